//! The telling moments of runs: few, in order, the deadlock among them, and the same every time.

use crate::runs::{trace_of, variants_of};
use threadbare::analysis::beats::{BeatKind, MAX_BEATS, most_telling};
use threadbare::analysis::digest::Digest;

/// The beats of a document, one a line: time, kind, sentence.
fn told(text: &str) -> String {
    let trace = trace_of(text);
    let digest = Digest::new(&trace);
    let lines = digest.beats.iter().map(|beat| format!("{} {:?}: {}\n", beat.from, beat.kind, beat.sentence));
    lines.collect()
}

#[test]
fn every_gallery_variant_has_five_to_twelve_beats_in_order_with_the_deadlock_among_them() {
    for entry in threadbare::gallery::ENTRIES {
        for (name, trace) in variants_of(entry.name, entry.text) {
            let digest = Digest::new(&trace);
            let beats = &digest.beats;
            assert!((5..=MAX_BEATS).contains(&beats.len()), "{name}: {beats:#?}");
            assert!(beats.is_sorted_by_key(|beat| beat.event), "{name}: {beats:#?}");
            assert!(beats.is_sorted_by_key(|beat| beat.from), "{name}: {beats:#?}");
            assert!(beats.iter().all(|beat| beat.from <= beat.to), "{name}: {beats:#?}");
            assert_eq!(beats.last().map(|beat| beat.kind), Some(BeatKind::End), "{name}");
            if let Some(hang) = digest.findings.deadlocks.first() {
                let knot = beats.iter().find(|beat| beat.kind == BeatKind::Deadlock);
                assert_eq!(knot.map(|beat| beat.event), Some(hang.event), "{name}");
                let telling = most_telling(beats).map(|at| beats[at].kind);
                assert_eq!(telling, Some(BeatKind::Deadlock), "{name}");
            }
            assert_eq!(*beats, Digest::new(&trace).beats, "{name}: not the same twice");
        }
    }
}

#[test]
fn the_build_deadlock_reads_as_a_story() {
    insta::assert_snapshot!(told(
        r#"
        [executors.default]
        kind = "threads"
        workers = 5
        [tasks.build]
        steps = ["run 1s", "submit network to default as net", "run 2s", "wait net", "run 1s"]
        [tasks.network]
        steps = ["io 3s"]
        [[arrivals]]
        task = "build"
        to = "default"
        at = "0s"
        count = 5
        [[beats]]
        at = "2500ms"
        say = "The network tasks have been in the queue for a second and a half."
        [[beats]]
        at = "1h"
        say = "Nobody sees this."
        "#
    ), @"
    0 s Arrival: 5 `build` tasks arrive at once at `default`.
    0 s Start: build#0 is the first to start, on `default`.
    0 s Full: All 5 workers of `default` are busy.
    1 s Child: build#0/net is submitted by another task.
    1 s Queued: build#0/net is the first to queue on `default`.
    1 s LongestQueue: The queue of `default` is at its longest: 5 tasks.
    2.5 s Named: The network tasks have been in the queue for a second and a half.
    3 s Waiting: build#0 waits for its `net`.
    3 s Deadlock: Deadlock: all 5 workers of `default` are held by `build`, each waiting for its `net`, queued behind them.
    3 s End: Nothing can happen any more. None of the 10 tasks ended.
    ");
}

#[test]
fn races_and_missed_targets_are_beats() {
    insta::assert_snapshot!(told(
        r#"
        [executors.pool]
        kind = "threads"
        workers = 2
        [cells.c]
        initial = 0
        [tasks.bump]
        steps = ["read c", "run 1s", "add c 1"]
        [[arrivals]]
        task = "bump"
        to = "pool"
        at = "0s"
        count = 3
        [expect]
        "latency.bump.max" = "< 1500ms"
        "#
    ), @"
    0 s Arrival: 3 `bump` tasks arrive at once at `pool`.
    0 s Start: bump#0 is the first to start, on `pool`.
    0 s Full: Both workers of `pool` are busy.
    0 s Queued: bump#2 is the first to queue on `pool`.
    1 s Race: Nothing orders what bump#1 and bump#0 do with `c`.
    1 s FirstEnd: bump#0 is the first to end.
    1 s Race: Nothing orders what bump#0 and bump#2 do with `c`.
    1 s Race: Nothing orders what bump#0 and bump#1 do with `c`.
    1 s LostUpdate: bump#1 overwrites `c` without having seen what bump#0 wrote.
    1.5 s TargetMissed: bump#2 has taken 1.5 s, all that `latency.bump.max < 1500ms` allows.
    2 s LostUpdate: bump#2 overwrites `c` without having seen what bump#1 wrote.
    2 s End: All 3 tasks finished.
    ");
}

#[test]
fn a_variant_has_only_the_beats_that_are_its_own() {
    let text = r#"
        [executors.pool]
        kind = "threads"
        workers = 1
        [tasks.t]
        steps = ["run 1s"]
        [[arrivals]]
        task = "t"
        to = "pool"
        at = "0s"
        [[beats]]
        at = "0s"
        say = "The base."
        [variants.silent]
        executors.pool.workers = 2
        [variants.told]
        beats = [{ at = "500ms", say = "Half way." }]
        "#;
    let said: Vec<Vec<String>> = variants_of("test", text)
        .into_iter()
        .map(|(_, trace)| trace.scenario.beats.iter().map(|beat| beat.say.clone()).collect())
        .collect();
    assert_eq!(said, [vec!["The base."], vec![], vec!["Half way."]]);
}
