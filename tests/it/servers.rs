//! Servers: processor sharing against what is known of it.

use crate::runs::trace_of;
use crate::support::lives;
use threadbare::analysis::digest::Digest;
use threadbare::model::shared::{BILLION, SPEED_BITS, Server};
use threadbare::model::time::{Duration, Time};

#[test]
fn jobs_share_the_speed_and_lose_nothing() {
    // Two jobs of 2 s and 1 s: the short one is half done by 1 s, so it is done at 2 s, the other at 3 s.
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        servers.s = { capacity = 1 }
        tasks.long.steps = ["use s 2s"]
        tasks.short.steps = ["use s 1s"]
        arrivals = [{ task = "long", to = "p" }, { task = "short", to = "p" }]"#,
        "0 long#0 starts
         0 short#0 starts
         2 short#0 ends
         3 long#0 ends
         3 completed",
    );
    // Three equal ones, of which none ends a nanosecond early or late.
    lives(
        r#"
        executors.p = { kind = "green", workers = 9 }
        servers.s = { capacity = 2 }
        tasks.t.steps = ["use s 2s", "use s 0s"]
        arrivals = [{ task = "t", to = "p", count = 3 }]"#,
        "0 t#0 starts
         0 t#1 starts
         0 t#2 starts
         3 t#0 ends
         3 t#1 ends
         3 t#2 ends
         3 completed",
    );
}

/// The Universal Scalability Law with whole numbers: n / (1 + σ(n − 1) + κn(n − 1)), no more than the capacity.
#[test]
fn the_figures_of_the_universal_scalability_law_are_exact() {
    let speed = |server: Server, jobs: u32| u128::from(server.speed(jobs)) * u128::from(jobs);
    let one = 1u128 << SPEED_BITS;
    let plain = Server { capacity: 4, contention: 0, coherency: 0 };
    for (jobs, together) in [(1, 1), (2, 2), (4, 4), (5, 4), (1000, 4)] {
        // Each is rounded up by less than a unit.
        assert!((together * one..together * one + u128::from(jobs)).contains(&speed(plain, jobs)), "{jobs}");
    }
    let usl = Server { capacity: 1000, contention: BILLION / 20, coherency: BILLION / 1000 };
    for jobs in [1u32, 2, 10, 31, 32, 100, 1000] {
        // The same with a denominator of 1000: 1000n / (1000 + 50(n − 1) + n(n − 1)).
        let n = u128::from(jobs);
        let (numerator, denominator) = (1000 * n, 1000 + 50 * (n - 1) + n * (n - 1));
        let exact = numerator * one / denominator;
        assert!(speed(usl, jobs) >= exact && speed(usl, jobs) - exact <= n + 1, "{jobs} jobs");
    }
    // The peak lies at √((1 − σ) / κ), here about 30.8: beyond it more jobs are slower together.
    let best = (1..200).max_by_key(|jobs| speed(usl, *jobs)).expect("some");
    assert_eq!(best, 31);
}

/// While it is never idle, a server of capacity 1 does a nanosecond of work in each nanosecond, whatever comes when.
#[test]
fn work_is_conserved_to_the_nanosecond() {
    let document = |capacity: u32| {
        format!(
            r#"seed = 11
            executors.p = {{ kind = "threads", workers = 100000 }}
            servers.s = {{ capacity = {capacity} }}
            tasks.first.steps = ["use s 1000s"]
            tasks.t.steps = ["use s exp(300ms)"]
            arrivals = [{{ task = "first", to = "p" }}, {{ task = "t", to = "p", rate = "3/s", count = 2000 }}]"#
        )
    };
    let trace = trace_of(&document(1));
    let end = trace.outcome.at;
    // What each job asked for, taken from a server that is never shared.
    let alone = trace_of(&document(1_000_000));
    let digest = Digest::new(&alone);
    let work: u64 = digest.lives.iter().map(|life| length(life.started(), life.ended())).sum();
    assert!(end.0.abs_diff(work) <= 1, "{} against {work}", end.0);
}

fn length(from: Option<Time>, to: Option<Time>) -> u64 {
    let (from, to) = (from.expect("it starts"), to.expect("it ends"));
    let Duration(length) = to.since(from);
    length
}
