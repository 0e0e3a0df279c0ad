//! Many runs: what is counted is what the trace says; differences are right; threads, shards and interruptions
//! make no difference. Intervals are judged in `intervals.rs`, sizes in `sizes.rs`.

use crate::support::scenario_of;
use std::sync::Arc;
use threadbare::gallery;
use threadbare::language::{Document, Overrides};
use threadbare::model::expectation::Metric;
use threadbare::model::scenario::Scenario;
use threadbare::study::axis::SweepAxis;
use threadbare::study::compare::{FailCondition, difference};
use threadbare::study::observe::{observe, seed_of, traced};
use threadbare::study::parts::merge;
use threadbare::study::replicate::{ReplicationEffort, replicate};
use threadbare::study::sweep::SweepPlan;

pub fn effort(runs: u32) -> ReplicationEffort {
    ReplicationEffort { runs, most: runs, ..ReplicationEffort::default() }
}

pub fn document(text: &str) -> Document {
    Document::parse("test.toml", text).unwrap_or_else(|e| panic!("{}\n{text}", e.render(false)))
}

pub fn metric(scenario: &Scenario, name: &str) -> Metric {
    threadbare::language::metric::parse(name, scenario).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

/// Poisson arrivals at a pool with exponential service of mean 1 s.
pub fn queue(workers: u32, rate: f64, tasks: u32, more: &str) -> String {
    format!(
        "seed = 3\n[executors.pool]\nkind = \"threads\"\nworkers = {workers}\n\
         [tasks.job]\nsteps = [\"run exp(1s)\"]\n\
         [[arrivals]]\ntask = \"job\"\nto = \"pool\"\nrate = \"{rate}/s\"\ncount = {tasks}\n{more}\n"
    )
}

/// Everything that can be counted on the way, for every task and executor.
fn countable(scenario: &Scenario) -> Vec<String> {
    let mut names: Vec<String> = [
        "deadlock",
        "stuck",
        "warnings",
        "rejected",
        "failed",
        "memory.max",
        "memory.mean",
        "threads.max",
        "threads.mean",
        "makespan",
    ]
    .map(str::to_owned)
    .into();
    for task in &scenario.tasks {
        for of in ["latency", "wait"] {
            names.extend(["mean", "p50", "p99", "max"].map(|which| format!("{of}.{}.{which}", task.name)));
        }
        names.push(format!("throughput.{}", task.name));
    }
    for executor in &scenario.executors {
        names.push(format!("queue.{}.max", executor.name));
        names.push(format!("workers.{}.max", executor.name));
        names.push(format!("utilisation.{}", executor.name));
    }
    names
}

fn counts_as_the_trace_says(scenario: &Arc<Scenario>, about: &str) {
    let names = countable(scenario);
    let metrics: Vec<Metric> = names.iter().map(|name| metric(scenario, name)).collect();
    let on_the_way = observe(scenario, scenario.seed, &metrics, None);
    let afterwards = traced(scenario, &metrics);
    assert_eq!(on_the_way.outcome, afterwards.outcome, "{about}");
    assert_eq!(on_the_way.holds, afterwards.holds, "{about}");
    for (at, name) in names.iter().enumerate() {
        assert_eq!(on_the_way.figures[at], afterwards.figures[at], "{about}: {name}");
    }
}

#[test]
fn what_is_counted_on_the_way_is_what_the_trace_says() {
    for entry in gallery::ENTRIES {
        let document = document(entry.text);
        for variant in document.variants() {
            let scenario = document.scenario(&variant.name, &Overrides::default()).expect("sound");
            counts_as_the_trace_says(&Arc::new(scenario), &format!("{} {}", entry.name, variant.name));
        }
    }
    let waits = "[tasks.child]\nsteps = [\"io exp(2s)\"]\n[tasks.parent]\nsteps = [\"run 1s\", \"submit child\", \
                 \"wait child timeout 5s\", \"maybe 0.1\", \"fail oops\", \"end\"]\n\
                 [[arrivals]]\ntask = \"parent\"\nto = \"pool\"\nrate = \"3/s\"\ncount = 200\n";
    for policy in [
        "",
        "queue = 3",
        "queue = 3\non_full = \"block\"",
        "queue = 3\non_full = \"discard-oldest\"",
        "queue = 1\non_full = \"caller-runs\"",
        "on_wait = \"help-child\"",
        "on_wait = \"help-any\"",
        "on_wait = \"release\"",
        "on_wait = \"compensate\"",
        "order = \"lifo\"\nstart_cost = \"100ms\"",
    ] {
        let pool = format!("[executors.pool]\nkind = \"threads\"\nworkers = 4\n{policy}\n");
        for until in ["", "until = \"30s\"\n"] {
            let text = format!("{until}{pool}{waits}");
            counts_as_the_trace_says(&scenario_of(&text, "base"), &text);
        }
    }
}

#[test]
fn the_first_replication_is_the_run_that_everybody_knows() {
    assert_eq!(seed_of(7, 0), 7);
    let seeds: std::collections::BTreeSet<u64> = (0..1000).map(|number| seed_of(7, number)).collect();
    assert_eq!(seeds.len(), 1000);
    let scenario = scenario_of(&queue(2, 1.0, 50, ""), "base");
    let metrics = [metric(&scenario, "wait.job.mean")];
    let runs = replicate(&scenario, &metrics, &effort(3));
    assert_eq!(runs.runs[2], observe(&scenario, seed_of(3, 2), &metrics, None));
    assert_ne!(runs.runs[0].figures, runs.runs[1].figures);
}

#[test]
fn what_draws_nothing_is_run_once_and_known_exactly() {
    let text = queue(1, 1.0, 5, "").replace("exp(1s)", "1s").replace("rate = \"1/s\"", "at = \"0s\"");
    let scenario = scenario_of(&text, "base");
    let metrics = [metric(&scenario, "makespan")];
    let runs = replicate(&scenario, &metrics, &effort(100));
    assert_eq!(runs.runs.len(), 1);
    let estimate = runs.estimate(0, &metrics[0]).expect("they end");
    assert_eq!((estimate.interval.mean, estimate.interval.half_width()), (5.0, 0.0));
}

fn sweep(text: &str, axes: &[&str], effort: ReplicationEffort) -> SweepPlan {
    let axes = axes.iter().map(|axis| SweepAxis::parse(axis).expect("an axis")).collect();
    SweepPlan::new(&document(text), "base", &Overrides::default(), axes, &[], effort)
        .unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

fn csv(sweep: &SweepPlan, cells: &[usize]) -> String {
    let mut text = sweep.csv_header();
    sweep.run(cells, |cell| {
        text += &sweep.csv_row(cell);
        true
    });
    text
}

#[test]
fn threads_shards_and_interruptions_make_no_difference() {
    let text = queue(1, 2.0, 200, "[expect]\n\"wait.job.p90\" = \"< 2s\"\nstuck = false");
    let axes = ["pool.workers=2..5", "arrivals.0.rate=1/s,2/s"];
    let serial = sweep(&text, &axes, ReplicationEffort { threads: 1, ..effort(8) });
    let all: Vec<usize> = (0..serial.cells()).collect();
    assert_eq!(all.len(), 8);
    let whole = csv(&serial, &all);
    for threads in [0, 3] {
        assert_eq!(csv(&sweep(&text, &axes, ReplicationEffort { threads, ..effort(8) }), &all), whole);
    }
    // In three parts, joined in another order.
    let part = |shard: usize| {
        let cells: Vec<usize> = all.iter().copied().skip(shard).step_by(3).collect();
        (format!("part{shard}.csv"), csv(&serial, &cells))
    };
    let joined = merge(&[part(2), part(0), part(1)]).expect("parts of one sweep");
    assert_eq!((joined.text, joined.missing), (whole.clone(), vec![]));
    let joined = merge(&[part(2)]).expect("a part");
    assert_eq!(joined.missing, [0, 1, 3, 4]);
    // A number that was cut within is a number still: a part that was broken off is not joined.
    let (name, text) = part(0);
    let cut = (name, text[..text.len() - 3].to_owned());
    assert!(merge(&[part(1), cut]).expect_err("a part").contains("part0.csv ends within a line"));
    // Broken off in the middle of a line, and resumed.
    let held = &whole[..whole.len() / 2];
    let done = serial.done(held).expect("it is this sweep");
    assert!(!done.is_empty() && done.len() < 8);
    let rest: Vec<usize> = all.iter().copied().filter(|cell| !done.contains(cell)).collect();
    let kept = &held[..held.rfind('\n').expect("a line") + 1];
    assert_eq!(kept.to_owned() + csv(&serial, &rest).split_once('\n').expect("a header").1, whole);
}

#[test]
fn parts_of_different_sweeps_are_refused() {
    let text = queue(1, 2.0, 20, "");
    let csv_of = |text: &str, runs| csv(&sweep(text, &["pool.workers=2..3"], effort(runs)), &[0, 1]);
    let here = csv_of(&text, 2);
    for other in [csv_of(&text.replace("seed = 3", "seed = 4"), 2), csv_of(&text, 3)] {
        let parts = [("a".to_owned(), here.clone()), ("b".to_owned(), other.clone())];
        assert!(merge(&parts).expect_err("different sweeps").contains("another sweep"));
        assert!(sweep(&text, &["pool.workers=2..3"], effort(2)).done(&other).is_err());
    }
    assert!(merge(&[("a".to_owned(), "x,y\n1,2\n".to_owned())]).is_err());
    let far = format!("study,cell\nx,{}\n", usize::MAX);
    assert_eq!(merge(&[("a".to_owned(), far)]).expect("a part").missing.len(), 100);
}

#[test]
fn pairs_tell_apart_what_single_runs_do_not() {
    let slow = "[variants.slow]\n[variants.slow.tasks.job]\nsteps = [\"run exp(1s)\", \"run 20ms\"]";
    let text = queue(4, 2.8, 200, slow);
    let (base, slow) = (scenario_of(&text, "base"), scenario_of(&text, "slow"));
    let metrics = [metric(&base, "latency.job.mean")];
    let (a, b) = (replicate(&base, &metrics, &effort(20)), replicate(&slow, &metrics, &effort(20)));
    let found = difference(&a, &b, 0, [&metrics[0], &metrics[0]]);
    let (first, second) = (found.first.expect("runs").interval, found.second.expect("runs").interval);
    assert!(first.high > second.low, "alone the intervals overlap");
    let gap = found.difference.expect("pairs");
    assert!(gap.low > 0.0 && gap.mean >= 0.02, "{gap:?}");
    let worse =
        |by: &str| FailCondition::parse(&format!("latency.job.mean worse by {by}")).expect("a condition");
    assert!(worse("0.5%").happened(&metrics[0], &found));
    assert!(!worse("50%").happened(&metrics[0], &found));
    let same = difference(&a, &a, 0, [&metrics[0], &metrics[0]]);
    assert!(!worse("0%").happened(&metrics[0], &same));
}

#[test]
fn a_variant_that_no_longer_ends_is_worse() {
    let text = gallery::find("nova-build-deadlock").expect("a gallery scenario").text;
    let (six, five) = (scenario_of(text, "six_workers"), scenario_of(text, "base"));
    let metrics = [metric(&six, "latency.build.p99")];
    let (a, b) = (replicate(&six, &metrics, &effort(5)), replicate(&five, &metrics, &effort(5)));
    let found = difference(&a, &b, 0, [&metrics[0], &metrics[0]]);
    assert_eq!((found.only_first, found.difference), (1, None));
    assert!(
        FailCondition::parse("latency.build.p99 worse").expect("a condition").happened(&metrics[0], &found)
    );
}

#[test]
fn what_a_run_costs_is_weighted_by_time() {
    // One task of 1 s at 0 s, two of 1 s at 3 s: one worker for 3 s, two for 1 s; 1 MiB each.
    let text = "[executors.pool]\nkind = \"threads\"\nworkers = 2\nmemory = \"1MiB\"\n\
                [executors.later]\nkind = \"delay\"\ninto = \"pool\"\nmemory = \"greenlet\"\n\
                [tasks.job]\nsteps = [\"run 1s\"]\n\
                [[arrivals]]\ntask = \"job\"\nto = \"pool\"\nat = \"0s\"\n\
                [[arrivals]]\ntask = \"job\"\nto = \"pool\"\nat = \"3s\"\ncount = 2\n";
    let scenario = scenario_of(text, "base");
    let names = ["memory.mean", "memory.max", "threads.mean", "threads.max", "cpu.total", "makespan"];
    let metrics = names.map(|name| metric(&scenario, name));
    let found = observe(&scenario, 1, &metrics, None);
    let (mib, scheduler) = (f64::from(1 << 20), 10.0 * 1024.0);
    let expected = [1.25 * mib + scheduler, 2.0 * mib + scheduler, 2.25, 3.0, 3.0, 4.0];
    assert_eq!(found.figures, expected.map(Some));
    assert_eq!(traced(&scenario, &metrics).figures, expected.map(Some));
}
