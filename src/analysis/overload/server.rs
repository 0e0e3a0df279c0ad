//! What servers can do: with processor sharing, that depends on how many jobs are there.
//!
//! Under more load than it can take, the jobs at a server never become fewer: what it can do is the most that it does with
//! as many as are there when the run ends, or with more, up to as many as workers, caps and permits let come there. A
//! server that jobs slow down may so be overloaded by what it could do with fewer of them.

use super::offered::Offered;
use super::place::OverloadedPlace;
use crate::analysis::state::State;
use crate::analysis::state::task::Phase;
use crate::model::id::{ExecutorId, SharedId, TaskTypeId};
use crate::model::program::Instruction;
use crate::model::scenario::Scenario;
use crate::model::shared::{BILLION, SPEED_BITS, Server, SharedKind};
use std::collections::BTreeMap;

/// For each server, how much of a second's work it can do in a second, while jobs pile up there.
pub(super) fn served_at_once(offered: &Offered<'_>, end: &State) -> Vec<(SharedId, f64)> {
    let shared = (0..).map(SharedId).zip(&offered.scenario.shared);
    let servers = shared.filter_map(|(id, shared)| match shared.kind {
        SharedKind::Server(server) => Some((id, server)),
        SharedKind::Channel { .. }
        | SharedKind::Condition { .. }
        | SharedKind::Latch { .. }
        | SharedKind::Barrier { .. } => None,
    });
    let speed = |(id, server): (SharedId, Server)| {
        let jobs = jobs_at(end, id).max(1);
        (id, best_speed(server, jobs, max_jobs(offered, id).max(jobs)))
    };
    servers.map(speed).collect()
}

/// How many tasks are in `use` of a server.
fn jobs_at(state: &State, server: SharedId) -> u32 {
    let is_job = |task: &crate::analysis::state::task::Task| {
        task.phase == Phase::Io
            && matches!(state.instruction(task), Some(Instruction::Use { server: of, .. }) if *of == server)
    };
    state.tasks().filter(|(_, task)| is_job(task)).count() as u32
}

/// How many jobs workers, caps and permits let come to a server at once.
fn max_jobs(offered: &Offered<'_>, server: SharedId) -> u32 {
    let mut by_pool: BTreeMap<ExecutorId, f64> = BTreeMap::new();
    for (kind, first, _, demand) in offered.streams() {
        if demand.of(OverloadedPlace::Server(server), kind, first, offered.scenario).is_some() {
            let most = demand.permitted(server).min(max_admitted(offered.scenario, kind, first));
            *by_pool.entry(offered.scenario.pool_of(first)).or_default() += most;
        }
    }
    let workers = |pool: &ExecutorId| offered.scenario.executors[pool.index()].workers();
    let most = |(pool, jobs): (&ExecutorId, &f64)| workers(pool).map_or(*jobs, |all| jobs.min(all.into()));
    // Saturates: more than that many are as good as without bound.
    by_pool.iter().map(most).sum::<f64>() as u32
}

/// How many tasks of a type the caps on the way from `first` let pass at once.
fn max_admitted(scenario: &Scenario, kind: TaskTypeId, first: ExecutorId) -> f64 {
    let way = std::iter::successors(Some(first), |at| scenario.executors[at.index()].wraps());
    let limits = way.flat_map(|at| scenario.executors[at.index()].caps());
    limits
        .filter(|cap| cap.types.contains(&kind))
        .map(|cap| f64::from(cap.limit))
        .fold(f64::INFINITY, f64::min)
}

/// The most that a server does with `least` to `most` jobs: its speed rises up to a number of jobs and falls from there.
fn best_speed(server: Server, least: u32, most: u32) -> f64 {
    let together = |jobs: u32| f64::from(jobs) * server.speed(jobs) as f64 / (1u64 << SPEED_BITS) as f64;
    let (contention, coherency) = (server.contention as f64, server.coherency as f64);
    let top = ((BILLION as f64 - contention).max(0.0) / coherency).sqrt();
    // Without coherency it has no top.
    let top = if top.is_finite() { top as u32 } else { u32::MAX };
    let tried = [least, most, top.clamp(least, most), top.saturating_add(1).clamp(least, most)];
    tried.into_iter().map(together).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_as_fast_as_with_the_best_number_of_jobs_that_can_be_there() {
        let plain = Server { capacity: 8, contention: 0, coherency: 0 };
        let shared = Server { capacity: 32, contention: BILLION / 100, coherency: BILLION / 5_000 };
        let speeds = [
            best_speed(plain, 1, 4),
            best_speed(plain, 3, u32::MAX),
            best_speed(shared, 1, u32::MAX),
            best_speed(shared, 1_000, u32::MAX),
            best_speed(Server { contention: 2 * BILLION, ..shared }, 1, 100),
        ];
        assert_eq!(speeds.map(|speed| (speed * 1e3).round() / 1e3), [4.0, 8.0, 26.355, 4.744, 1.0]);
    }
}
