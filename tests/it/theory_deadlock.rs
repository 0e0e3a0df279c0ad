//! Time to deadlock against theory: a worker that submits to its own bounded queue and blocks when that is full.
//!
//! Poisson arrivals at rate L (discarded when the queue is full), exponential service at rate m, room for n in
//! the queue; after service, with probability r, the job goes back to the queue of its own node. The states are
//! `empty` and `busy with k waiting`; the deadlock is absorbing, and the mean time to it from `empty` solves a
//! system of n + 2 linear equations, done here.

use std::sync::Arc;
use threadbare::language::{Document, Overrides};
use threadbare::study::run::run;
use threadbare::trace::OutcomeKind;

struct Node {
    room: usize,
    service: f64,
    back: f64,
    arrivals: f64,
}

const NODES: [(Node, f64); 3] = [
    (Node { room: 3, service: 10.0, back: 0.25, arrivals: 7.0 }, 3.841_170_345_689_296),
    (Node { room: 3, service: 5.0, back: 0.25, arrivals: 6.0 }, 3.079_947_916_666_666_3),
    (Node { room: 3, service: 5.0, back: 0.5, arrivals: 6.0 }, 1.622_029_3),
];

/// The mean time to deadlock, in seconds.
fn mean_time(node: &Node) -> f64 {
    let n = node.room + 2;
    let mut rows = vec![vec![0.0; n + 1]; n];
    for (state, row) in rows.iter_mut().enumerate() {
        row[n] = 1.0;
        let mut leads = |to: Option<usize>, rate: f64| {
            row[state] += rate;
            if let Some(to) = to {
                row[to] -= rate;
            }
        };
        if state < n - 1 {
            leads(Some(state + 1), node.arrivals);
        }
        if state > 0 {
            leads(Some(state - 1), node.service * (1.0 - node.back));
            // With the queue full the job has nowhere to go; otherwise the next one is served.
            leads((state < n - 1).then_some(state), node.service * node.back);
        }
    }
    for at in 0..n {
        let pivot = (at..n).max_by(|a, b| rows[*a][at].abs().total_cmp(&rows[*b][at].abs())).expect("a row");
        rows.swap(at, pivot);
        let lead = rows[at].clone();
        for (i, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != at) {
            let factor = row[at] / lead[at];
            debug_assert!(i < n);
            for (value, from) in row.iter_mut().zip(&lead) {
                *value -= factor * from;
            }
        }
    }
    rows[0][n] / rows[0][0]
}

fn document(node: &Node) -> Document {
    let text = format!(
        r#"
stop = "deadlock"
[executors.node]
kind = "threads"
workers = 1
queue = {}
[tasks.job]
steps = ["run exp({}s)", "maybe {}", "submit job on_full block", "end"]
[[arrivals]]
task = "job"
to = "node"
at = "0s"
rate = "{}/s"
on_full = "discard"
"#,
        node.room,
        1.0 / node.service,
        node.back,
        node.arrivals
    );
    Document::parse("node.toml", &text).unwrap_or_else(|problems| panic!("{}", problems.render(false)))
}

/// The mean time to deadlock over a number of runs, and its standard error.
fn measure(node: &Node, runs: u64) -> (f64, f64) {
    let document = document(node);
    let (mut sum, mut squares) = (0.0, 0.0);
    for seed in 1..=runs {
        let overrides = Overrides { seed: Some(seed), ..Overrides::default() };
        let scenario = document.scenario("base", &overrides).expect("a good document");
        let outcome = run(Arc::new(scenario)).outcome;
        assert_eq!(outcome.kind, OutcomeKind::Deadlock, "seed {seed}");
        let seconds = outcome.at.seconds();
        sum += seconds;
        squares += seconds * seconds;
    }
    let n = runs as f64;
    let mean = sum / n;
    (mean, ((squares / n - mean * mean) / n).sqrt())
}

/// Two-sided 99 % point of the normal distribution.
const Z99: f64 = 2.576;

#[test]
fn the_mean_time_to_deadlock_is_the_exact_one() {
    for (node, exact) in NODES {
        let solved = mean_time(&node);
        assert!((solved - exact).abs() < 1e-6, "{solved} against {exact}");
        let (mean, error) = measure(&node, 1500);
        assert!((mean - exact).abs() < Z99 * error, "{mean} ± {} against {exact}", Z99 * error);
    }
}

/// The same over 10^5 runs each.
#[test]
#[ignore = "long"]
fn the_mean_time_to_deadlock_is_the_exact_one_at_length() {
    for (node, exact) in NODES {
        let (mean, error) = measure(&node, 100_000);
        println!("{mean:.5} ± {:.5} against {exact:.5}", Z99 * error);
        assert!((mean - exact).abs() < Z99 * error);
    }
}
