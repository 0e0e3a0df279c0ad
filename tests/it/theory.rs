//! Queues whose answers are known: the simulator's means lie within their confidence intervals.
//!
//! Method of batch means: the first tenth of the tasks is left out as warm-up, the rest is cut into
//! [`BATCHES`] batches in order of arrival, whose means are taken as independent; the interval is Student's
//! at 99.9 % (Law & Kelton, *Simulation Modeling and Analysis*, "batch means"). Seeds are fixed, so that a
//! test either always holds or never does.

use crate::runs::trace_of;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::lives::TaskLife;

const TASKS: usize = 200_000;
const BATCHES: usize = 20;
/// The 99.95 % quantile of Student's t with 19 degrees of freedom.
const T19: f64 = 3.883;

/// A pool with Poisson arrivals, `rate` a second, and this service.
fn queue(workers: u32, rate: f64, service: &str, more: &str) -> String {
    format!(
        "seed = 7\n[executors.pool]\nkind = \"threads\"\nworkers = {workers}\n{more}\n\
         [tasks.job]\nsteps = [\"run {service}\"]\n\
         [[arrivals]]\ntask = \"job\"\nto = \"pool\"\nrate = \"{rate}/s\"\ncount = {TASKS}\n"
    )
}

/// The mean of `figure` over all tasks in order of arrival, and half the width of its interval.
fn mean_and_half_width(lives: &[TaskLife], figure: impl Fn(&TaskLife) -> f64) -> (f64, f64) {
    let steady = &lives[TASKS / 10..];
    let size = steady.len() / BATCHES;
    let means: Vec<f64> = steady
        .chunks_exact(size)
        .take(BATCHES)
        .map(|b| b.iter().map(&figure).sum::<f64>() / size as f64)
        .collect();
    let mean = means.iter().sum::<f64>() / BATCHES as f64;
    let variance = means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (BATCHES - 1) as f64;
    (mean, T19 * (variance / BATCHES as f64).sqrt())
}

/// Runs the document and holds the mean of `figure` against `expected`.
fn holds(document: &str, expected: f64, figure: impl Fn(&TaskLife) -> f64) {
    let trace = trace_of(document);
    let (mean, half_width) = mean_and_half_width(&Digest::new(&trace).lives, figure);
    assert!(
        (mean - expected).abs() <= half_width,
        "{mean} ± {half_width} does not hold {expected}:\n{document}"
    );
    // An interval that holds everything proves nothing.
    assert!(half_width < 0.2 * expected, "± {half_width} about {mean} is too wide");
}

fn wait(life: &TaskLife) -> f64 {
    life.started().expect("every task starts").since(life.submitted).seconds()
}

/// The chance that an arrival finds all `c` servers busy, `a` being the offered load (Erlang B, by its
/// recursion).
fn erlang_b(c: u32, a: f64) -> f64 {
    (1..=c).fold(1.0, |b, n| a * b / (f64::from(n) + a * b))
}

/// The chance of having to wait in M/M/c (Erlang C, from Erlang B).
fn erlang_c(c: u32, a: f64) -> f64 {
    let (b, rho) = (erlang_b(c, a), a / f64::from(c));
    b / (1.0 - rho + rho * b)
}

#[test]
fn m_m_1_mean_wait() {
    // rho / (mu - lambda), Kleinrock, *Queueing Systems* I, 3.2.
    holds(&queue(1, 0.7, "exp(1s)", ""), 0.7 / 0.3, wait);
}

#[test]
fn m_m_c_mean_wait_is_erlang_c() {
    // C(c, a) / (c mu - lambda).
    for (workers, rate) in [(4, 3.2), (8, 6.8)] {
        let expected = erlang_c(workers, rate) / (f64::from(workers) - rate);
        holds(&queue(workers, rate, "exp(1s)", ""), expected, wait);
    }
}

#[test]
fn m_m_c_c_blocking_is_erlang_b() {
    for (workers, rate) in [(3, 2.0), (8, 7.0)] {
        let refused = |life: &TaskLife| f64::from(u8::from(life.state_word() == "rejected"));
        holds(&queue(workers, rate, "exp(1s)", "queue = 0"), erlang_b(workers, rate), refused);
    }
}

#[test]
fn m_d_1_mean_wait() {
    // Pollaczek-Khinchine with no variance: half of M/M/1's.
    holds(&queue(1, 0.7, "1s", ""), 0.7 / (2.0 * 0.3), wait);
}

#[test]
fn m_g_1_mean_wait_is_pollaczek_khinchine() {
    // lambda E[S^2] / (2 (1 - rho)): uniform on [0.5, 1.5], E[S^2] = 1 + 1/12; Erlang-2, E[S^2] = 1.5; and
    // a choice with E[S] = 1, E[S^2] = 0.9 * 0.25 + 0.1 * 30.25 = 3.25.
    for (service, second_moment) in [
        ("uniform(500ms, 1500ms)", 13.0 / 12.0),
        ("erlang(2, 1s)", 1.5),
        ("choice(500ms: 0.9, 5500ms: 0.1)", 3.25),
    ] {
        holds(&queue(1, 0.6, service, ""), 0.6 * second_moment / (2.0 * 0.4), wait);
    }
}

/// L = lambda W, exactly, on a run that begins and ends empty (Little 1961): the area under the number in
/// the queue is the sum of the waits, the area under the number of busy workers the sum of the services.
#[test]
fn littles_law_holds_on_every_run() {
    for (workers, rate, service) in
        [(1, 0.9, "exp(1s)"), (4, 3.0, "lognormal(median 1s, p99 4s)"), (2, 3.0, "1s")]
    {
        let trace = trace_of(&queue(workers, rate, service, "").replace(&TASKS.to_string(), "5000"));
        let digest = Digest::new(&trace);
        let length = trace.outcome.at.seconds();
        let waits: f64 = digest.lives.iter().map(wait).sum();
        let in_all: f64 = digest.lives.iter().filter_map(TaskLife::latency).map(|l| l.seconds()).sum();
        let row = &digest.occupancy.executors[0];
        assert!((row.mean_queue * length - waits).abs() <= 1e-6 * waits.max(1.0), "the queue");
        assert!((row.mean_busy * length - (in_all - waits)).abs() <= 1e-6 * in_all, "the workers");
    }
}

/// A server with processor sharing, `rho` loaded: the mean response is that of M/M/1, whatever the distribution of the
/// work (insensitivity: Kleinrock, *Queueing Systems* 2, 4.4).
fn shared_server(rho: f64, work: &str) -> String {
    format!(
        "seed = 5\n[executors.pool]\nkind = \"threads\"\nworkers = 100000\n[servers.s]\ncapacity = 1\n\
         [tasks.job]\nsteps = [\"use s {work}\"]\n\
         [[arrivals]]\ntask = \"job\"\nto = \"pool\"\nrate = \"{rho}/s\"\ncount = {TASKS}\n"
    )
}

#[test]
fn processor_sharing_has_the_mean_of_m_m_1_whatever_the_work() {
    let response = |life: &TaskLife| life.ended().expect("it ends").since(life.submitted).seconds();
    for work in ["exp(1s)", "1s", "uniform(0s, 2s)", "choice(100ms: 0.9, 9100ms: 0.1)"] {
        holds(&shared_server(0.6, work), 1.0 / (1.0 - 0.6), response);
    }
}
