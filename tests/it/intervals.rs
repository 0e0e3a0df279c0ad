//! Intervals hold what they should, and steady runs leave out their warm-up.

use crate::study::{effort, metric, queue};
use crate::support::scenario_of;
use threadbare::study::replicate::{Effort, replicate};
use threadbare::study::steady;

#[test]
fn runs_are_doubled_until_the_interval_is_narrow() {
    let scenario = scenario_of(&queue(2, 1.0, 300, ""), "base");
    let metrics = [metric(&scenario, "latency.job.mean")];
    let wanted = Effort { runs: 5, within: Some(0.02), most: 2000, ..Effort::default() };
    let runs = replicate(&scenario, &metrics, &wanted);
    let interval = runs.estimate(0, &metrics[0]).expect("they end").interval;
    assert!(runs.runs.len() > 5 && interval.is_within(0.02), "{} runs: {interval:?}", runs.runs.len());
    let few = replicate(&scenario, &metrics, &Effort { within: Some(1e-9), most: 20, ..wanted });
    assert_eq!(few.runs.len(), 20);
}

/// The share of experiments whose interval holds the mean wait in M/M/4 at a load of 0.7. Each run begins
/// empty and has so many tasks: the mean of all runs is the truth that the intervals of few should hold.
fn coverage(experiments: u32, each: u32, tasks: u32) -> f64 {
    let scenario = scenario_of(&queue(4, 2.8, tasks, ""), "base");
    let all = replicate(&scenario, &[metric(&scenario, "wait.job.mean")], &effort(experiments * each));
    let values: Vec<f64> = all.runs.iter().map(|run| run.figures[0].expect("they start")).collect();
    let truth = values.iter().sum::<f64>() / values.len() as f64;
    let holds = values.chunks(each as usize).filter(|values| {
        let interval = threadbare::study::statistics::mean_interval(values, 0.95).expect("values");
        interval.holds(truth)
    });
    holds.count() as f64 / f64::from(experiments)
}

#[test]
fn intervals_hold_what_they_should() {
    let share = coverage(100, 20, 100);
    assert!((0.88..=1.0).contains(&share), "{share}");
}

#[test]
#[ignore = "long"]
fn intervals_hold_what_they_should_at_length() {
    let share = coverage(1000, 30, 1000);
    println!("{share}");
    assert!((0.93..=0.97).contains(&share), "{share}");
}

/// The queue of the next test again, many times, as `--steady` measures it.
#[test]
fn steady_replications_leave_the_warm_up_out() {
    let full = "[[arrivals]]\ntask = \"job\"\nto = \"pool\"\nat = \"0s\"\ncount = 300\n";
    let scenario = scenario_of(&queue(4, 2.8, 10_000, full), "base");
    let metrics = [metric(&scenario, "wait.job.mean"), metric(&scenario, "cpu.job.mean")];
    let wait = |steady| {
        let runs = replicate(&scenario, &metrics, &Effort { steady, ..effort(8) });
        runs.estimate(0, &metrics[0]).expect("they become steady").interval
    };
    let truth = 0.4287 / 1.2;
    let (all, steady) = (wait(false), wait(true));
    assert!(all.low > 3.0 * truth, "{all:?}");
    assert!(steady.low < 1.2 * truth && steady.high > 0.8 * truth, "{steady:?}");
}

/// A queue that starts with 300 tasks in it drains until it is like one that did not.
#[test]
fn the_transient_of_a_queue_started_full_is_cut_off() {
    let full = "[[arrivals]]\ntask = \"job\"\nto = \"pool\"\nat = \"0s\"\ncount = 300\n";
    let trace = threadbare::study::run::run(scenario_of(&queue(4, 2.8, 20_000, full), "base"));
    let digest = threadbare::analysis::digest::Digest::new(&trace);
    let mut waits: Vec<(u64, f64)> = digest
        .lives
        .iter()
        .map(|life| (life.submitted.0, life.started().expect("all start").since(life.submitted).seconds()))
        .collect();
    waits.sort_by_key(|(submitted, _)| *submitted);
    let waits: Vec<f64> = waits.into_iter().map(|(_, wait)| wait).collect();
    let cut = steady::warm_up(&waits).expect("it becomes steady");
    // 300 tasks too many leave at 1.2 a second while 2.8 a second arrive.
    assert!((300..4_000).contains(&cut), "{cut}");
    // Erlang C for four servers at a load of 2.8 is 0.4287; the mean wait is C / (4 - 2.8).
    let truth = 0.4287 / 1.2;
    let steady_mean = steady::batch_means(&waits[cut..], 20, 0.99).expect("long enough");
    assert!(steady_mean.holds(truth), "{steady_mean:?} does not hold {truth}");
    let with_transient = waits.iter().sum::<f64>() / waits.len() as f64;
    assert!(with_transient > 2.0 * steady_mean.mean, "{with_transient} against {steady_mean:?}");
}
