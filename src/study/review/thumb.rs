//! What rules of thumb say of a design, beside what was simulated, and where they break for it.
//!
//! - Utilisation law and Little's law: see [`crate::study::laws`].
//! - Threads by waiting and computing: N = cores × U × (1 + W/C) (B. Goetz and others, *Java Concurrency in Practice*,
//!   2006, section 8.2).
//! - A pool that its own tasks wait for: Tn × (Cm − 1) + 1 (B. Wooldridge, HikariCP, *About Pool Sizing*, "Pool-locking").
//! - Erlang C: see [`crate::study::laws`].
//! - Universal Scalability Law, of servers: see `usl.rs`.
//!
//! Invariant: a rule is only said of a pool or a server that it is about, and always with what it leaves out.

use crate::analysis::digest::Digest;
use crate::analysis::lives::LifePart;
use crate::analysis::prose::plural;
use crate::analysis::review::{RuleKind, RuleOfThumb};
use crate::analysis::serving::serving;
use crate::analysis::shape::{HazardKind, Shape};
use crate::analysis::written;
use crate::model::expectation::Unit;
use crate::model::id::ExecutorId;
use crate::model::program::Submit;
use crate::model::scenario::Scenario;
use crate::study::laws::{self, PoolOperationalLaws};

/// Longest chain of tasks on one pool that is counted.
const MAX_CHAIN: u32 = 32;

/// What Erlang's model of a pool is called.
pub const ERLANG_C: &str = "Erlang C";

/// Every rule that is about a pool or a server of this run: pool by pool, then server by server.
pub fn rules(digest: &Digest<'_>, shape: &Shape) -> Vec<RuleOfThumb> {
    let scenario = &digest.trace().scenario;
    let flows = laws::flows(digest);
    let mut found = Vec::new();
    for flow in &flows {
        found.push(utilisation(scenario, flow));
        found.push(little(scenario, digest, flow));
        found.extend(goetz(scenario, digest, flow));
        found.extend(pool_locking(digest, shape, flow.executor));
        found.push(erlang_c(scenario, flow));
    }
    found.extend(serving(digest.trace()).iter().filter_map(|serving| super::usl::rule(scenario, serving)));
    found
}

fn utilisation(scenario: &Scenario, flow: &PoolOperationalLaws) -> RuleOfThumb {
    let workers = scenario.executors[flow.executor.index()].workers().unwrap_or(0);
    RuleOfThumb {
        kind: RuleKind::Law,
        name: "Utilisation law".to_owned(),
        executor: name(scenario, flow.executor),
        formula: "busy workers = rate × time on a worker".to_owned(),
        applies: true,
        says: format!(
            "{} × {} = {} busy, so at least {}",
            written::figure(Unit::Rate, flow.rate),
            written::seconds(flow.holding),
            written::number(rounded(flow.busy)),
            written::number(libm::ceil(flow.busy).max(1.0))
        ),
        simulated: format!("{} of {workers} taken on average", written::number(rounded(flow.busy))),
        breaks: "A worker that waits counts as busy, and a deadlock keeps workers busy for nothing. It is an average over the whole run: a \
             burst needs more."
            .to_owned(),
        source: "P. J. Denning and J. P. Buzen, Computing Surveys 10, 1978".to_owned(),
    }
}

fn little(scenario: &Scenario, digest: &Digest<'_>, flow: &PoolOperationalLaws) -> RuleOfThumb {
    let row = &digest.occupancy.executors[flow.executor.index()];
    RuleOfThumb {
        kind: RuleKind::Law,
        name: "Little's law".to_owned(),
        executor: name(scenario, flow.executor),
        formula: "waiting tasks = rate × time in the queue".to_owned(),
        applies: true,
        says: format!(
            "{} × {} = {} waiting",
            written::figure(Unit::Rate, flow.rate),
            written::seconds(flow.queued),
            written::number(rounded(flow.waiting))
        ),
        simulated: format!(
            "{} in the queue on average, {} at most",
            written::number(rounded(row.mean_queue)),
            written::number(f64::from(row.peak_queue))
        ),
        breaks: "It holds for a run from empty to empty: tasks that never started are in the queue and not in the law."
            .to_owned(),
        source: "J. D. C. Little, Operations Research 9, 1961".to_owned(),
    }
}

/// Threads by the ratio of waiting to computing; only of native pools whose tasks compute at all.
fn goetz(scenario: &Scenario, digest: &Digest<'_>, flow: &PoolOperationalLaws) -> Option<RuleOfThumb> {
    let executor = &scenario.executors[flow.executor.index()];
    if executor.is_green() {
        return None;
    }
    let here =
        || digest.lives.iter().filter(|life| life.executor == flow.executor && life.started().is_some());
    let sum = |parts: &[LifePart]| -> f64 {
        here().flat_map(|life| parts.iter().map(|part| life.spent(*part).seconds())).sum()
    };
    let (compute, wait) = (sum(&[LifePart::Cpu]), sum(&[LifePart::Io, LifePart::Waiting]));
    if compute == 0.0 {
        return None;
    }
    let ratio = wait / compute;
    let per_core = libm::round(1.0 + ratio);
    let applies = scenario.machine.is_some();
    let (says, breaks) = match &scenario.machine {
        Some(machine) => {
            let cores = if machine.gil { 1 } else { machine.cores };
            let threads = libm::round(f64::from(cores) * (1.0 + ratio));
            let says = format!(
                "{} × (1 + {}) {} {} threads",
                cores,
                written::number(rounded(ratio)),
                equals(f64::from(cores) * (1.0 + ratio), threads),
                written::number(threads)
            );
            (
                says,
                "It keeps the cores busy; it says nothing of latency, of bursts, or of tasks that wait for each other.",
            )
        }
        None => (
            format!(
                "1 + {} {} {} {} for each core",
                written::number(rounded(ratio)),
                equals(1.0 + ratio, per_core),
                written::number(per_core),
                plural(per_core as usize, "thread")
            ),
            "The document has no `[machine]`, so cores are never short and the rule has nothing to divide.",
        ),
    };
    let workers = executor.workers().unwrap_or(0);
    Some(RuleOfThumb {
        kind: RuleKind::RuleOfThumb,
        name: "Waiting and computing".to_owned(),
        executor: executor.name.clone(),
        formula: "threads = cores × utilisation × (1 + wait time / compute time)".to_owned(),
        applies,
        says,
        simulated: format!("{workers} {} at most", plural(workers as usize, "worker")),
        breaks: breaks.to_owned(),
        source: "B. Goetz and others, Java Concurrency in Practice, 2006, section 8.2".to_owned(),
    })
}

/// The fewest workers with which tasks that wait for tasks of their own pool cannot take them all.
fn pool_locking(digest: &Digest<'_>, shape: &Shape, pool: ExecutorId) -> Option<RuleOfThumb> {
    let scenario = &digest.trace().scenario;
    let roots = scenario.arrivals.iter().filter(|arrivals| scenario.pool_of(arrivals.to) == pool);
    let mut most = Some(0_u64);
    let mut held = 0;
    let chains = chains(scenario, pool);
    for arrivals in roots {
        let chain = chains[arrivals.task.index()];
        if chain > 1 {
            most = most.and_then(|most| Some(most.saturating_add(arrivals.pattern.most()?)));
            held = held.max(chain);
        }
    }
    if held < 2 {
        return None;
    }
    let sizes = shape.hazards.iter().filter(|hazard| hazard.sort == HazardKind::SelfWait);
    let size = sizes.flat_map(|hazard| &hazard.sizes).find(|size| size.pool == pool);
    let workers = scenario.executors[pool.index()].workers().unwrap_or(0);
    let simulated = match size.map(|size| size.safe) {
        Some(Some(safe)) => {
            let verb = if safe == 1 { "is" } else { "are" };
            format!("it can deadlock with {workers}; {safe} {verb} safe for what arrives here")
        }
        Some(None) => format!("it can deadlock with {workers}, and no number is safe"),
        // The rule is silent of locks, permits and caps: what else the shape or the run shows is no less a deadlock.
        None if !digest.findings.deadlocks.is_empty() => format!("it deadlocks with {workers}"),
        None if !shape.hazards.is_empty() => format!("it can deadlock with {workers}"),
        None => format!("{workers} {} cannot deadlock", plural(workers as usize, "worker")),
    };
    let says = match most {
        Some(most) => {
            let safe = most.saturating_mul(u64::from(held) - 1).saturating_add(1);
            format!("{most} × ({held} − 1) + 1 = {safe} {}", plural(safe as usize, "worker"))
        }
        None => "no number: arrivals have no end".to_owned(),
    };
    Some(RuleOfThumb {
        kind: RuleKind::RuleOfThumb,
        name: "Pool locking".to_owned(),
        executor: name(scenario, pool),
        formula: "workers = Tn × (Cm − 1) + 1: Tn tasks at once, each holding Cm workers".to_owned(),
        applies: true,
        says,
        simulated,
        breaks: "It takes every task that arrives to be there at once, and knows nothing of caps, locks or timeouts.".to_owned(),
        source: "B. Wooldridge, HikariCP, About Pool Sizing".to_owned(),
    })
}

/// How many workers of a pool a task of each type holds at once with the children that it waits for.
fn chains(scenario: &Scenario, pool: ExecutorId) -> Vec<u32> {
    let mut chains = vec![1; scenario.tasks.len()];
    // A task that waits for its own kind grows without end: it is cut off.
    for _ in 1..MAX_CHAIN {
        let longest = |submits: &[Submit]| {
            let on_pool = submits.iter().filter(|submit| {
                submit.awaited && !submit.call && submit.to.is_none_or(|to| scenario.pool_of(to) == pool)
            });
            on_pool.map(|submit| chains[submit.task.index()]).max().unwrap_or(0)
        };
        let next = scenario.tasks.iter().map(|task| 1 + longest(&task.program.submits)).collect();
        if next == chains {
            break;
        }
        chains = next;
    }
    chains
}

fn erlang_c(scenario: &Scenario, flow: &PoolOperationalLaws) -> RuleOfThumb {
    let pool = laws::fits(scenario).filter(|pool| pool.executor == flow.executor);
    let fits = pool.map(|pool| (pool, pool.erlang_c()));
    let applies = fits.is_some();
    let (says, breaks) = match fits {
        Some((pool, Some(found))) => (
            format!(
                "at {} erlangs {} of tasks wait; the mean wait is {}",
                written::number(rounded(pool.load())),
                written::figure(Unit::Share, rounded(found.waits)),
                written::seconds(found.wait)
            ),
            "It is the steady state: a short run, or its warm-up, lies below it.",
        ),
        Some((_, None)) => (
            "the queue grows without end".to_owned(),
            "It has no steady state; how long a run takes depends on when it is ended.",
        ),
        None => (
            "it does not apply".to_owned(),
            "This pool is not M/M/c: it takes Poisson arrivals of one task with one exponential step, and nothing else.",
        ),
    };
    RuleOfThumb {
        kind: RuleKind::Model,
        name: ERLANG_C.to_owned(),
        executor: name(scenario, flow.executor),
        formula: "share of tasks that wait at c servers with Poisson arrivals and exponential service"
            .to_owned(),
        applies,
        says,
        simulated: format!("{} in the queue on average", written::seconds(flow.queued)),
        breaks: breaks.to_owned(),
        source: "A. K. Erlang, 1917; L. Kleinrock, Queueing Systems I, 3.5".to_owned(),
    }
}

fn name(scenario: &Scenario, executor: ExecutorId) -> String {
    scenario.executors[executor.index()].name.clone()
}

/// The sign between a number and what it was rounded to.
fn equals(exact: f64, rounded: f64) -> char {
    if (exact - rounded).abs() < 0.005 { '=' } else { '≈' }
}

fn rounded(value: f64) -> f64 {
    libm::round(value * 100.0) / 100.0
}
