//! Sizes: the smallest that will do, of one pool or of several, and what is said of them.

use crate::study::{document, effort, queue};
use crate::support::scenario_of;
use std::sync::Arc;
use threadbare::gallery;
use threadbare::language::Overrides;
use threadbare::model::scenario::Scenario;
use threadbare::study::bottleneck::{LimitingResource, bottleneck};
use threadbare::study::cancellation::without_bound;
use threadbare::study::laws;
use threadbare::study::replicate::ReplicationEffort;
use threadbare::study::size::{SizingQuestion, SizingResult, smallest};
use threadbare::study::sizes::{self, JointSizingResult};

fn size_of(text: &str, path: &str, runs: u32, most: u32) -> SizingResult {
    let document = document(text);
    let question = SizingQuestion {
        document: &document,
        variant: "base",
        overrides: &Overrides::default(),
        least: 1,
        most,
        metrics: &[],
        effort: effort(runs),
        may_go_on: &without_bound,
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

#[test]
fn the_bottleneck_is_named() {
    let of = |scenario: Arc<Scenario>| {
        let trace = threadbare::study::run::run(scenario);
        bottleneck(&threadbare::analysis::digest::Digest::new(&trace)).map(|found| found.holder)
    };
    let caps = gallery::find("nova-caps").expect("a gallery scenario").text;
    // The document itself has semaphores for caps.
    let document = document(caps);
    let enough = Overrides { set: vec![("workers".to_owned(), "42".to_owned())], ..Overrides::default() };
    let slots = of(Arc::new(document.scenario("base", &enough).expect("it is sound")));
    assert_eq!(slots, Some(LimitingResource::Semaphore { semaphore: "build_slots".to_owned() }));
    for (variant, cap) in [("typed_caps", "build"), ("typed_caps_together", "build")] {
        let found = of(scenario_of(caps, variant));
        assert!(
            matches!(&found, Some(LimitingResource::Cap { cap: full, .. }) if full == cap),
            "{variant}: {found:?}"
        );
    }
    // Whatever stands behind the build that cannot be taken is held back by the bus.
    let found = of(scenario_of(caps, "left_on_bus"));
    assert_eq!(found, Some(LimitingResource::Wrapper { executor: "bus".to_owned() }));
    let queued = of(scenario_of(&queue(1, 2.0, 100, ""), "base"));
    assert_eq!(queued, Some(LimitingResource::Workers { executor: "pool".to_owned() }));
    assert_eq!(of(scenario_of(&queue(50, 2.0, 100, ""), "base")), None);
    let hangs = of(scenario_of(gallery::find("lock-order").expect("a gallery scenario").text, "base"));
    assert!(matches!(hangs, Some(LimitingResource::Lock { .. })), "{hangs:?}");
    // What waits for children waits for what they wait for: here for nothing but their own work, or for workers.
    let family = |workers: u32| {
        format!(
            "[executors.pool]\nkind = \"threads\"\nworkers = {workers}\n[executors.own]\nkind = \"threads\"\n\
             workers = 9\n[tasks.parent]\nsteps = [\"submit child to pool\", \"wait child\"]\n\
             [tasks.child]\nsteps = [\"io 1s\"]\n\
             [[arrivals]]\ntask = \"parent\"\nto = \"own\"\nat = \"0s\"\ncount = 4\n"
        )
    };
    assert_eq!(of(scenario_of(&family(4), "base")), Some(LimitingResource::Children));
    assert_eq!(
        of(scenario_of(&family(1), "base")),
        Some(LimitingResource::Workers { executor: "pool".to_owned() })
    );
    let green = "[executors.pool]\nkind = \"green\"\nworkers = 9\n[tasks.job]\nsteps = [\"io 1s\", \"run 1s\"]\n\
                 [[arrivals]]\ntask = \"job\"\nto = \"pool\"\nat = \"0s\"\ncount = 4\n";
    assert_eq!(of(scenario_of(green, "base")), Some(LimitingResource::GreenThread));
    let cores = "[machine]\ncores = 1\n".to_owned() + &green.replace("green", "threads");
    assert_eq!(of(scenario_of(&cores, "base")), Some(LimitingResource::Cores));
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

fn sizes_of(text: &str, paths: &[&str], effort: ReplicationEffort) -> JointSizingResult {
    let document = document(text);
    let question = SizingQuestion {
        document: &document,
        variant: "base",
        overrides: &Overrides::default(),
        least: 1,
        most: 64,
        metrics: &[],
        effort,
        may_go_on: &without_bound,
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
        let found = sizes_of(&text, &["a.workers", "b.workers"], ReplicationEffort { threads, ..effort(20) });
        (found.answer, found.tried)
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
