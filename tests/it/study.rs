//! Many runs: what is counted is what the trace says; sizes, intervals and differences are right; threads,
//! shards and interruptions make no difference.

use crate::support::scenario_of;
use std::sync::Arc;
use threadbare::gallery;
use threadbare::language::{Document, Overrides};
use threadbare::model::expectation::Metric;
use threadbare::model::scenario::Scenario;
use threadbare::study::axis::Axis;
use threadbare::study::bottleneck::{Holder, bottleneck};
use threadbare::study::compare::{FailIf, difference};
use threadbare::study::laws;
use threadbare::study::observe::{observe, seed_of, traced};
use threadbare::study::parts::merge;
use threadbare::study::replicate::{Effort, replicate};
use threadbare::study::size::{Question, Sizing, smallest};
use threadbare::study::sizes::{self, Sizes};
use threadbare::study::steady;
use threadbare::study::sweep::Sweep;

fn effort(runs: u32) -> Effort {
    Effort { runs, most: runs, ..Effort::default() }
}

fn document(text: &str) -> Document {
    Document::parse("test.toml", text).unwrap_or_else(|e| panic!("{}\n{text}", e.render(false)))
}

fn metric(scenario: &Scenario, name: &str) -> Metric {
    threadbare::language::metric::parse(name, scenario).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

/// Poisson arrivals at a pool with exponential service of mean 1 s.
fn queue(workers: u32, rate: f64, tasks: u32, more: &str) -> String {
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
    let on_the_way = observe(scenario, scenario.seed, &metrics, false);
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
    assert_eq!(runs.runs[2], observe(&scenario, seed_of(3, 2), &metrics, false));
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

fn size_of(text: &str, path: &str, runs: u32, most: u32) -> Sizing {
    let document = document(text);
    let question = Question {
        document: &document,
        variant: "base",
        overrides: &Overrides::default(),
        least: 1,
        most,
        metrics: &[],
        effort: effort(runs),
    };
    smallest(&question, path, &mut |_| {}).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

#[test]
fn one_worker_more_than_builds_is_enough() {
    let text = gallery::find("nova-build-deadlock").expect("a gallery scenario").text;
    for (builds, workers) in [(5, 6), (10, 11), (20, 21)] {
        let text = text.replace("[params.builds]\nvalue = 5", &format!("[params.builds]\nvalue = {builds}"));
        let sizing = size_of(&text, "default.workers", 10, 64);
        assert_eq!(sizing.answer, Some(workers), "{builds} builds");
        assert!(!sizing.was_scanned && sizing.tried.len() < 14);
        // The param has a maximum of its own.
        let sizing = size_of(&text, "pool", 10, 64);
        assert_eq!(sizing.answer, Some(workers).filter(|workers| *workers <= 20), "{builds} builds");
        assert_eq!(sizing.most, 20);
    }
    assert_eq!(size_of(text, "pool", 1, 5).answer, None);
}

#[test]
fn an_erlang_c_target_gives_the_analytic_number_of_servers() {
    // Load 8: C(9) = 0.6533, C(10) = 0.4092, C(11) = 0.2456; mean waits 0.653 s, 0.205 s, 0.082 s.
    let wait = |c: u32| {
        let b = (1..=c).fold(1.0, |b, n| 8.0 * b / (f64::from(n) + 8.0 * b));
        let rho = 8.0 / f64::from(c);
        b / (1.0 - rho + rho * b) / (f64::from(c) - 8.0)
    };
    let target = 0.35;
    let analytic = (9..).find(|c| wait(*c) < target).expect("enough servers");
    let expect = format!("[expect]\n\"wait.job.mean\" = \"< {target}s\"");
    let sizing = size_of(&queue(1, 8.0, 4000, &expect), "pool.workers", 12, 32);
    assert_eq!(sizing.answer, Some(analytic));
}

#[test]
fn where_more_is_not_better_all_sizes_are_tried() {
    let text = |count: u32, expect: &str| {
        format!(
            "[executors.pool]\nkind = \"threads\"\nworkers = 1\n[tasks.job]\nsteps = [\"io 1s\"]\n\
             [[arrivals]]\ntask = \"job\"\nto = \"pool\"\nat = \"0s\"\ncount = {count}\n[expect]\n{expect}\n"
        )
    };
    let sizing = size_of(&text(6, "\"makespan\" = \"<= 3s\""), "pool.workers", 1, 16);
    assert!(sizing.answer == Some(2) && !sizing.was_scanned && !sizing.is_uneven);
    // With three workers all is done in one second; that was not asked for.
    let sizing = size_of(&text(3, "\"makespan\" = \"= 2s\""), "pool.workers", 1, 16);
    assert!(sizing.answer == Some(2) && sizing.was_scanned && sizing.is_uneven);
    // Doubling does not meet the one number that will do.
    let sizing = size_of(&text(5, "\"workers.pool.max\" = 3"), "pool.workers", 1, 16);
    assert!(sizing.answer == Some(3) && sizing.was_scanned && sizing.is_uneven);
}

fn sweep(text: &str, axes: &[&str], effort: Effort) -> Sweep {
    let axes = axes.iter().map(|axis| Axis::parse(axis).expect("an axis")).collect();
    Sweep::new(&document(text), "base", &Overrides::default(), axes, &[], effort)
        .unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

fn csv(sweep: &Sweep, cells: &[usize]) -> String {
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
    let serial = sweep(&text, &axes, Effort { threads: 1, ..effort(8) });
    let all: Vec<usize> = (0..serial.cells()).collect();
    assert_eq!(all.len(), 8);
    let whole = csv(&serial, &all);
    for threads in [0, 3] {
        assert_eq!(csv(&sweep(&text, &axes, Effort { threads, ..effort(8) }), &all), whole);
    }
    // In three parts, joined in another order.
    let part = |shard: usize| {
        let cells: Vec<usize> = all.iter().copied().skip(shard).step_by(3).collect();
        (format!("part{shard}.csv"), csv(&serial, &cells))
    };
    assert_eq!(merge(&[part(2), part(0), part(1)]), Ok(whole.clone()));
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
    let worse = |by: &str| FailIf::parse(&format!("latency.job.mean worse by {by}")).expect("a condition");
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
    assert!(FailIf::parse("latency.build.p99 worse").expect("a condition").happened(&metrics[0], &found));
}

#[test]
fn the_bottleneck_is_named() {
    let of = |scenario: Arc<Scenario>| {
        let trace = threadbare::study::run::run(scenario);
        bottleneck(&threadbare::analysis::digest::Digest::new(&trace)).map(|found| found.holder)
    };
    let caps = gallery::find("nova-caps").expect("a gallery scenario").text;
    for (variant, cap) in [("typed_caps", "build"), ("typed_caps_together", "build")] {
        let found = of(scenario_of(caps, variant));
        assert!(matches!(&found, Some(Holder::Cap { cap: full, .. }) if full == cap), "{variant}: {found:?}");
    }
    // Whatever stands behind the build that cannot be taken is held back by the bus.
    let found = of(scenario_of(caps, "left_on_bus"));
    assert_eq!(found, Some(Holder::Wrapper { executor: "bus".to_owned() }));
    let queued = of(scenario_of(&queue(1, 2.0, 100, ""), "base"));
    assert_eq!(queued, Some(Holder::Workers { executor: "pool".to_owned() }));
    assert_eq!(of(scenario_of(&queue(50, 2.0, 100, ""), "base")), None);
    let hangs = of(scenario_of(gallery::find("lock-order").expect("a gallery scenario").text, "base"));
    assert_eq!(hangs, Some(Holder::Others));
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
    let found = observe(&scenario, 1, &metrics, false);
    let (mib, scheduler) = (f64::from(1 << 20), 10.0 * 1024.0);
    let expected = [1.25 * mib + scheduler, 2.0 * mib + scheduler, 2.25, 3.0, 3.0, 4.0];
    assert_eq!(found.figures, expected.map(Some));
    assert_eq!(traced(&scenario, &metrics).figures, expected.map(Some));
}

/// Two pools: parents hold one while they wait for children on the other.
fn two_pools(parents: u32) -> String {
    format!(
        "seed = 1\n[executors.a]\nkind = \"threads\"\nworkers = 1\n[executors.b]\nkind = \"threads\"\nworkers = 1\n\
         [tasks.child]\nsteps = [\"run 1s\"]\n[tasks.parent]\nsteps = [\"submit child to b\", \"wait child\"]\n\
         [[arrivals]]\ntask = \"parent\"\nto = \"a\"\nat = \"0s\"\ncount = {parents}\n\
         [expect]\n\"makespan\" = \"<= 2s\"\n"
    )
}

fn sizes_of(text: &str, paths: &[&str], effort: Effort) -> Sizes {
    let document = document(text);
    let question = Question {
        document: &document,
        variant: "base",
        overrides: &Overrides::default(),
        least: 1,
        most: 64,
        metrics: &[],
        effort,
    };
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    sizes::smallest(&question, &paths, &mut |_| {}).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

#[test]
fn several_pools_are_sized_together() {
    // 12 children of 1 s in 2 s need six workers of each pool; no less of either will do.
    let found = sizes_of(&two_pools(12), &["a.workers", "b.workers"], effort(1));
    assert_eq!(found.answer, Some(vec![6, 6]));
    for below in [vec![5, 6], vec![6, 5]] {
        assert!(found.tried.get(&below).is_some_and(|tried| !tried.holds()), "{below:?} was looked at");
    }
    assert!(!found.is_uneven && found.runs() == found.tried.len() && found.tried.len() < 40);
    // The caps make up for each other in sum: one dear pool is brought down first, then the other.
    let text = two_pools(12).replace("\"makespan\" = \"<= 2s\"", "\"makespan\" = \"<= 1s\"");
    assert_eq!(sizes_of(&text, &["b.workers", "a.workers"], effort(1)).answer, Some(vec![12, 12]));
    let never = two_pools(12).replace("<= 2s", "<= 500ms");
    assert_eq!(sizes_of(&never, &["a.workers", "b.workers"], effort(1)).answer, None);
}

#[test]
fn threads_make_no_difference_to_sizes() {
    let text = two_pools(12).replace("run 1s", "run exp(1s)").replace("<= 2s", "<= 4s");
    let found = |threads| {
        let found = sizes_of(&text, &["a.workers", "b.workers"], Effort { threads, ..effort(20) });
        let tried: Vec<_> =
            found.tried.into_iter().map(|(values, tried)| (values, tried.replications)).collect();
        (found.answer, tried)
    };
    let one = found(1);
    assert!(one.0.is_some());
    assert_eq!(one, found(2));
}

#[test]
fn operational_laws_hold_in_a_run_and_erlang_c_only_where_it_fits() {
    let text = queue(12, 8.0, 20_000, "");
    let scenario = scenario_of(&text, "base");
    let pool = laws::fits(&scenario).expect("it is M/M/12");
    assert!((pool.arrivals - 8.0).abs() < 1e-9 && (pool.service - 1.0).abs() < 1e-9 && pool.servers == 12);
    let trace = threadbare::study::run::run(Arc::clone(&scenario));
    let digest = threadbare::analysis::digest::Digest::new(&trace);
    let [flow] = laws::flows(&digest).try_into().expect("one pool");
    // Both laws are identities of the run: what is multiplied is what was counted.
    assert!((flow.rate * flow.holding - flow.busy).abs() < 1e-9);
    assert!((flow.waiting - digest.occupancy.executors[0].mean_queue).abs() < 1e-6, "{flow:?}");
    assert!((flow.busy - 8.0).abs() < 0.3, "{flow:?}");
    // And the run is near what Erlang C says: a mean wait of 34.8 ms, 13.9 % waiting.
    let analytic = pool.erlang_c().expect("it is stable");
    assert!((analytic.wait - 0.0348).abs() < 1e-3, "{analytic:?}");
    assert!((flow.queued - analytic.wait).abs() < 0.4 * analytic.wait, "{flow:?} {analytic:?}");
    for (from, to) in [
        ("run exp(1s)", "run 1s"),
        ("run exp(1s)\"", "run exp(1s)\", \"io exp(1s)\""),
        ("workers = 12", "workers = 12\nqueue = 5"),
        ("workers = 12", "workers = 12\norder = \"lifo\""),
        ("workers = 12", "workers = 12\nstart_cost = \"1ms\""),
        ("rate = \"8/s\"", "every = \"125ms\""),
        ("kind = \"threads\"", "kind = \"green\""),
        ("seed = 3", "seed = 3\nmachine = { cores = 4 }"),
    ] {
        assert!(text.contains(from), "{from}");
        assert_eq!(laws::fits(&scenario_of(&text.replace(from, to), "base")), None, "{to}");
    }
}
