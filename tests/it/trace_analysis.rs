//! What is derived from a trace agrees with itself: seeking with folding, lives with depths, saving with
//! loading.

use crate::runs::{trace_of, variants_of};
use crate::support;
use threadbare::analysis::chrome::chrome;
use threadbare::analysis::csv::csv;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::lanes::lanes;
use threadbare::analysis::lives::{LifePart, lives};
use threadbare::analysis::names::Names;
use threadbare::analysis::occupancy::occupancy;
use threadbare::analysis::state::{CheckpointBuilder, Checkpoints, State, state_at};
use threadbare::gallery;
use threadbare::model::time::Time;
use threadbare::trace::Trace;
use threadbare::trace::event::EventId;
use threadbare::trace::file::{LoadError, Source, load, save};

fn all_runs() -> Vec<(String, Trace)> {
    gallery::ENTRIES.iter().flat_map(|entry| variants_of(entry.name, entry.text)).collect()
}

/// What can be seen of a state, as text.
fn shown(state: &State) -> String {
    let tasks: Vec<_> =
        state.tasks().map(|(id, task)| (id, task.phase, task.pc, task.thread, task.cancelled)).collect();
    let cells: Vec<_> = state.cells().collect();
    let resources: Vec<_> = state.resources().collect();
    format!("{tasks:?} {cells:?} {resources:?} {:?} {}", state.sources(), state.unfinished())
}

#[test]
fn seeking_from_a_checkpoint_is_folding_from_the_start() {
    for (name, trace) in all_runs().into_iter().filter(|(_, trace)| trace.len() < 1000) {
        let checkpoints = Checkpoints::new(&trace, 7);
        for count in (1..=trace.len() as u32).step_by(5) {
            let folded = state_at(&trace, EventId(count - 1));
            assert_eq!(shown(&checkpoints.after(&trace, count)), shown(&folded), "{name} after {count}");
        }
    }
}

/// In little room fewer states are kept, evenly along the trace, and seeking leads to the same.
#[test]
fn fewer_states_are_kept_where_they_would_take_too_much_memory() {
    let text = "[executors.p]\nkind = \"green\"\nworkers = 100000\n[tasks.t]\nsteps = [\"io uniform(1s, 9s)\"]\n\
                [[arrivals]]\ntask = \"t\"\nto = \"p\"\nat = \"0s\"\ncount = 3000\n";
    let trace = support::run(text).trace;
    let folded = |most: u64| {
        let mut folding = CheckpointBuilder::new(&trace.scenario, 50).within(most);
        while folding.advance(&trace, 1_000) {}
        folding.finish()
    };
    let (many, few) = (folded(u64::MAX), folded(3 << 20));
    let places: Vec<u32> = few.places().collect();
    assert!(places.len() * 4 < many.places().count() && places.len() >= 6, "{places:?}");
    assert!(places.windows(2).all(|pair| pair[1] - pair[0] <= trace.len() as u32 / 3), "{places:?}");
    for count in (1..=trace.len() as u32).step_by(997) {
        assert_eq!(shown(&few.after(&trace, count)), shown(&many.after(&trace, count)), "after {count}");
    }
}

/// Little's law, on every run: the mean number in all queues is the time that tasks spent in them over
/// the length of the run, although one is counted by executors and the other by tasks.
#[test]
fn littles_law_holds_on_every_run() {
    let mut checked = 0;
    for (name, trace) in all_runs() {
        let names = Names::of(&trace);
        let lives = lives(&trace, &names);
        let occupancy = occupancy(&trace, &lives);
        let length = trace.outcome.at.seconds();
        let parts = [LifePart::Delay, LifePart::Cap, LifePart::Queue];
        let waited: f64 = lives.iter().flat_map(|life| parts.map(|part| life.spent(part).seconds())).sum();
        let queued: f64 = occupancy.executors.iter().map(|row| row.mean_queue).sum();
        // Before a full queue, or taken by a green worker that has not had its turn, a task is in no list.
        let unlisted = trace.scenario.machine.is_some()
            || trace.scenario.executors.iter().any(|at| at.queue.is_some() || at.kind_word() == "green");
        if !unlisted {
            assert!(
                (waited - queued * length).abs() < 1e-6 * waited.max(1.0),
                "{name}: {waited} {queued} {length}"
            );
            checked += 1;
        }
        for (life, task) in lives.iter().zip(names.tasks()) {
            let end = life.ended().unwrap_or(trace.outcome.at);
            let all = [
                LifePart::Delay,
                LifePart::Cap,
                LifePart::Queue,
                LifePart::Cpu,
                LifePart::Io,
                LifePart::Waiting,
            ];
            let spent: u64 = all.iter().map(|part| life.spent(*part).0).sum();
            assert_eq!(Time(life.submitted.0 + spent), end, "{name} {}", names.name(task));
        }
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn spans_of_one_task_do_not_overlap_and_lanes_are_sorted() {
    for (name, trace) in all_runs() {
        let lanes = lanes(&trace, &[]);
        let key = |at: usize| (lanes.spans[at].lane, lanes.spans[at].from, lanes.spans[at].depth);
        assert!((1..lanes.spans.len()).all(|at| key(at - 1) <= key(at)), "{name}");
        for lane in &lanes.lanes {
            let spans = &lanes.spans[lane.spans.start as usize..lane.spans.end as usize];
            for depth in 0..3 {
                let level: Vec<_> = spans.iter().filter(|span| span.depth == depth).collect();
                assert!(level.windows(2).all(|pair| pair[0].to <= pair[1].from), "{name} {lane:?}");
            }
        }
        assert!(!lanes.spans.is_empty(), "{name}");
    }
}

#[test]
fn exports_name_every_task() {
    let (_, trace) = variants_of("nova-build-deadlock", gallery_text("nova-build-deadlock")).remove(0);
    let names = Names::of(&trace);
    let table = csv(&trace, &names);
    assert_eq!(table.lines().count(), trace.len() + 1);
    assert!(table.contains(",waiting,build#4,,,wait net,"), "{}", &table[..3000.min(table.len())]);
    let file: serde_json::Value =
        serde_json::from_str(&chrome(&trace, &names, &lanes(&trace, &[]))).expect("JSON");
    let events = file["traceEvents"].as_array().expect("a list");
    let named =
        |phase: &str, name: &str| events.iter().filter(|e| e["ph"] == phase && e["name"] == name).count();
    assert_eq!(named("X", "build#0"), 1);
    assert_eq!(named("M", "thread_name"), 5);
    assert_eq!(named("C", "queue"), 1, "all five are queued at the same instant");
}

fn gallery_text(name: &str) -> &'static str {
    gallery::find(name).expect("it is built in").text
}

#[test]
fn a_saved_trace_comes_back_as_it_was() {
    for (name, trace) in all_runs() {
        let bytes = save(&trace, &Source { file: name.clone(), ..Source::default() });
        let saved = load(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let back = saved.into_trace(trace.scenario.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(back.fingerprint(), trace.fingerprint(), "{name}");
        assert_eq!(back.outcome, trace.outcome);
    }
}

#[test]
fn damaged_files_are_refused_with_a_reason_and_never_panic() {
    let trace = trace_of(
        r#"
        [executors.pool]
        kind = "threads"
        workers = 1
        [cells.c]
        initial = 0
        [tasks.job]
        steps = ["submit other as o", "read c", "add c 1", "cancel o"]
        [tasks.other]
        steps = ["io 1s"]
        [[arrivals]]
        task = "job"
        to = "pool"
        at = "0s"
        "#,
    );
    let bytes = save(&trace, &Source::default());
    assert_eq!(load(b"hello").unwrap_err(), LoadError::NotATrace);
    for cut in 0..bytes.len() {
        assert!(load(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << bit;
            assert!(load(&bytes).is_err(), "byte {at}, bit {bit}");
        }
    }
    // A file of before the checksum: the same, begun otherwise, and without its end.
    let mut old = bytes[..bytes.len() - 8].to_vec();
    old[..8].copy_from_slice(b"THRDBARE");
    let again =
        load(&old).and_then(|saved| saved.into_trace(trace.scenario.clone())).expect("it is read still");
    assert_eq!(again.fingerprint(), trace.fingerprint());
    // What is damaged there and not noticed must do no harm.
    for at in 0..old.len() {
        let mut old = old.clone();
        old[at] ^= 0x80;
        if let Ok(trace) = load(&old).and_then(|saved| saved.into_trace(trace.scenario.clone())) {
            Digest::new(&trace).json();
        }
    }
}

/// Who holds and who waits, at the first event at which that number does. Many thousand may: what an event changes is found
/// without a look at the others, or a run of a hundred thousand that crowd at one lock would take minutes to read.
#[test]
fn a_crowd_at_a_lock_is_counted() {
    let crowd = |things: &str, steps: &str| {
        let text = format!(
            "[executors.p]\nkind = \"green\"\nworkers = 100000\n{things}\n[tasks.t]\nsteps = [{steps}]\n\
             [[arrivals]]\ntask = \"t\"\nto = \"p\"\nat = \"0s\"\ncount = 40000\n"
        );
        let trace = support::run(&text).trace;
        let mut state = State::new(&trace.scenario);
        let mut most = (0, 0);
        for (id, at, event) in trace.events() {
            state.apply(id, at, event);
            let now =
                state.resources().next().map_or((0, 0), |(.., all)| (all.holders.len(), all.waiting.len()));
            most = (most.0.max(now.0), most.1.max(now.1));
        }
        assert!(state.resources().next().is_none(), "nobody holds or waits in the end: {things}");
        most
    };
    // Woken and found taken, one waits again, and is counted once.
    let unfair = crowd("[locks.l]\nfair = false", "\"lock l\", \"io 1ms\", \"unlock l\"");
    assert_eq!(unfair, (1, 39_999));
    let timed = crowd(
        "[locks.l]",
        "\"lock l timeout uniform(1s, 2s)\", \"on-timeout\", \"fail late\", \"end\", \"io 10m\", \"unlock l\"",
    );
    assert_eq!(timed, (1, 39_999));
    let held =
        crowd("[semaphores.s]\npermits = 40000", "\"acquire s\", \"io uniform(1s, 2s)\", \"release s\"");
    assert_eq!(held, (40_000, 0));
}
