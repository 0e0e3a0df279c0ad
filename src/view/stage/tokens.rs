//! Which tasks are on the stage, and where.
//!
//! Invariant: every task that has not ended has one token, except those behind the first [`MAX_QUEUED`] of a queue and,
//! in a state too large to be searched, those that are on their way between two places.

use super::model::{ExecutorRoomZone, MAX_QUEUED};
use super::staged_run::StagedRun;
use crate::analysis::state::State;
use crate::analysis::state::task::{Phase, Task, Thread};
use crate::model::id::{ExecutorId, TaskId};
use std::collections::BTreeSet;

/// The largest state that is searched for tasks that are in no queue and on no worker.
const MAX_SEARCHED: u32 = 8_192;

/// A task and its place on the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PlacedTask {
    pub task: TaskId,
    pub zone: ExecutorRoomZone,
    pub seat: Option<u32>,
    pub depth: u32,
    /// The worker on whose deque it waits.
    pub deque: Option<u32>,
}

/// All tasks on the stage.
#[derive(Clone, Debug, Default)]
pub(super) struct StageTokens {
    pub tokens: Vec<PlacedTask>,
    /// For each room of the plan, the entries of its queue that were only counted.
    pub uncounted: Vec<u32>,
}

pub(super) fn tasks(plan: &StagedRun, state: &State) -> StageTokens {
    let mut found = StageTokens::default();
    for executor in plan.executors() {
        on_workers(&mut found, state, executor);
        let entries = state.entries(executor).take(MAX_QUEUED);
        let before = found.tokens.len();
        found.tokens.extend(entries.map(|(id, task)| PlacedTask {
            deque: task.deque.map(|worker| worker.0),
            ..loose(id, ExecutorRoomZone::Queue(executor))
        }));
        let queued = (found.tokens.len() - before) as u32;
        found.uncounted.push(state.executor(executor).waiting.saturating_sub(queued));
        let blocked = state.executor(executor).blocked.iter().take(MAX_QUEUED);
        found.tokens.extend(blocked.map(|task| loose(*task, ExecutorRoomZone::Door(executor))));
    }
    if state.size() <= MAX_SEARCHED {
        on_their_way(&mut found, state);
    }
    found
}

fn loose(task: TaskId, zone: ExecutorRoomZone) -> PlacedTask {
    PlacedTask { task, zone, seat: None, depth: 0, deque: None }
}

/// The tasks on each worker's thread, and on the scheduler's, from the lowest up.
fn on_workers(found: &mut StageTokens, state: &State, executor: ExecutorId) {
    let place = state.executor(executor);
    let tops = place.workers.iter().map(|(number, worker)| (Some(number), worker.top));
    for (seat, top) in tops.chain([(None, place.scheduler_top)]) {
        let mut stack: Vec<TaskId> = state.stack(top).map(|(task, _)| task).collect();
        stack.reverse();
        let zone = ExecutorRoomZone::Seats(executor);
        let seated = stack.into_iter().enumerate();
        found.tokens.extend(seated.map(|(depth, task)| PlacedTask {
            task,
            zone,
            seat,
            depth: depth as u32,
            deque: None,
        }));
    }
}

/// Tasks that are in no queue and on no worker: just taken, handed on, without their worker, on a thread of their own.
fn on_their_way(found: &mut StageTokens, state: &State) {
    let known: BTreeSet<TaskId> = found.tokens.iter().map(|token| token.task).collect();
    let missing = |(id, task): &(TaskId, &Task)| !task.phase.is_ended() && !known.contains(id);
    let more: Vec<PlacedTask> = state
        .tasks()
        .filter(missing)
        .map(|(id, task)| {
            let executor = match task.thread {
                Some(Thread::Worker(executor, _) | Thread::Scheduler(executor)) => executor,
                Some(Thread::Own(_)) | None => task.executor,
            };
            let zone = match task.phase {
                Phase::Held | Phase::Passing | Phase::Queued | Phase::Drained => {
                    ExecutorRoomZone::Queue(executor)
                }
                Phase::Blocked => ExecutorRoomZone::Door(executor),
                Phase::Taken
                | Phase::Running
                | Phase::Io
                | Phase::Ready
                | Phase::Waiting
                | Phase::Submitting(_)
                | Phase::Returning
                | Phase::Ended(_) => ExecutorRoomZone::Seats(executor),
            };
            loose(id, zone)
        })
        .collect();
    found.tokens.extend(more);
}
