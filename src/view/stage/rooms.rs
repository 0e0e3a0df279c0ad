//! What is written over a room: what it is, how many of its workers are held, how many wait.

use super::model::{CarrierThreadRow, ExecutorRoom, PILE, TaskEndCounts, WrapperLimitUsage};
use super::staged_run::{RoomPlan, StagedRun};
use super::tokens::StageTokens;
use crate::analysis::digest::Digest;
use crate::analysis::prose::{grouped, plural};
use crate::analysis::state::State;
use crate::analysis::state::place::ExecutorState;
use crate::analysis::state::task::Task;
use crate::model::executor::{Cap, Executor, ExecutorKind};
use crate::model::id::ExecutorId;

pub(super) fn rooms(
    plan: &StagedRun,
    digest: &Digest<'_>,
    state: &State,
    found: &StageTokens,
) -> Vec<ExecutorRoom> {
    let scenario = &digest.trace().scenario;
    let room = |(planned, uncounted): (&RoomPlan, &u32)| {
        let executor = &scenario.executors[planned.executor.index()];
        let place = state.executor(planned.executor);
        ExecutorRoom {
            executor: planned.executor,
            alive: place.alive,
            busy: place.busy,
            live: place.workers.iter().map(|(number, _)| number).take(PILE as usize).collect(),
            carriers: carriers(digest, state, found, planned.executor),
            gates: gates(&executor.kind, place),
            limit: executor.workers(),
            waiting: place.waiting,
            uncounted: *uncounted,
            ends: planned.ends(digest, state),
            note: note(executor, place),
            trouble: plan.pool_trouble(planned.executor, state.applied()),
        }
    };
    plan.rooms.iter().zip(&found.uncounted).map(room).collect()
}

/// What the tasks of a green executor run on, and who has one of them to itself: on the one thread that several share
/// anybody, else those on its own workers.
fn carriers(
    digest: &Digest<'_>,
    state: &State,
    found: &StageTokens,
    executor: ExecutorId,
) -> Option<CarrierThreadRow> {
    let scenario = &digest.trace().scenario;
    let green = Some(&scenario.executors[executor.index()]).filter(|green| green.is_green())?;
    let is_shared = green.carriers().is_none();
    let runs_here = |task: &Task| match state.carried_by(task) {
        Some(home) if is_shared => scenario.executors[home.index()].shares_green_thread(),
        home => home == Some(executor),
    };
    let keeps = |id| state.task(id).is_some_and(|task| runs_here(task) && state.keeps_carrier(task));
    let tokens = (0_u32..).zip(&found.tokens).filter(|(_, token)| keeps(token.task));
    let threads = green.carriers().map_or(1, |carriers| carriers.threads);
    Some(CarrierThreadRow { threads, is_shared, kept_by: tokens.map(|(number, _)| number).collect() })
}

/// How many a wrapper lets through, and how many have come.
fn gates(kind: &ExecutorKind, place: &ExecutorState) -> Vec<WrapperLimitUsage> {
    match kind {
        ExecutorKind::Cap { caps, .. } => {
            let gate = |(cap, used): (&Cap, &u32)| WrapperLimitUsage {
                name: cap.name.clone(),
                used: *used,
                limit: cap.limit,
            };
            caps.iter().zip(&place.cap_use).map(gate).collect()
        }
        ExecutorKind::Bus { prefetch, .. } => {
            let gate =
                |limit| WrapperLimitUsage { name: "prefetch".to_owned(), used: place.handed_over, limit };
            prefetch.map(gate).into_iter().collect()
        }
        ExecutorKind::Threads { .. }
        | ExecutorKind::Green { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::Elastic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Scheduled { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Delay { .. } => Vec::new(),
    }
}

/// `threads · 5 workers, all held · 5 queued`.
fn note(executor: &Executor, place: &ExecutorState) -> String {
    let mut parts = vec![executor.kind_word().to_owned()];
    match &executor.kind {
        ExecutorKind::Green { workers: None, .. } => {
            parts.push(format!("{} alive", grouped(u64::from(place.busy))))
        }
        ExecutorKind::Threads { workers, .. }
        | ExecutorKind::Green { workers: Some(workers), .. }
        | ExecutorKind::Dynamic { workers, .. }
        | ExecutorKind::Elastic { workers, .. }
        | ExecutorKind::ForkJoin { workers, .. }
        | ExecutorKind::Scheduled { workers, .. } => {
            let of = format!("{} {}", grouped(u64::from(*workers)), plural(*workers as usize, "worker"));
            parts.push(match place.busy {
                0 => of,
                busy if busy >= *workers => format!("{of}, all held"),
                busy => format!("{} of {of} held", grouped(u64::from(busy))),
            });
        }
        ExecutorKind::Cap { caps, .. } => match caps.as_slice() {
            [cap] => parts.push(format!("{} of {} {} let in", place.cap_use[0], cap.limit, cap.name)),
            // Each has a row of its own.
            _ => parts
                .push(format!("{} let in", grouped(place.cap_use.iter().map(|used| u64::from(*used)).sum()))),
        },
        ExecutorKind::Bus { prefetch, .. } => {
            parts.extend(prefetch.map(|prefetch| format!("{} of {prefetch} prefetched", place.handed_over)))
        }
        ExecutorKind::Inline | ExecutorKind::Delay { .. } => {}
    }
    parts.extend(beside(&executor.kind));
    let word = if executor.wraps().is_some() { "held back" } else { "queued" };
    if place.waiting > 0 {
        let bound = executor.queue.filter(|_| executor.wraps().is_none());
        let of = bound.map_or(String::new(), |bound| format!(" of {}", grouped(u64::from(bound))));
        parts.push(format!("{}{of} {word}", grouped(u64::from(place.waiting))));
    }
    if !place.blocked.is_empty() {
        parts.push(format!("{} at the door", grouped(place.blocked.len() as u64)));
    }
    if place.shut_down {
        parts.push("shut down".to_owned());
    }
    parts.join(" · ")
}

/// What besides its workers makes a pool what it is: carriers, deques, spare workers.
fn beside(kind: &ExecutorKind) -> Option<String> {
    match kind {
        ExecutorKind::Green { carriers: Some(carriers), .. } => {
            Some(format!("on {} {}", carriers.threads, plural(carriers.threads as usize, "carrier")))
        }
        ExecutorKind::ForkJoin { workers, max_workers, .. } if max_workers > workers => {
            Some(format!("a deque each, up to {} to compensate", max_workers - workers))
        }
        ExecutorKind::ForkJoin { .. } => Some("a deque each".to_owned()),
        ExecutorKind::Elastic { core, workers, .. } if core < workers => {
            Some(format!("{core} of them its core"))
        }
        ExecutorKind::Green { carriers: None, .. }
        | ExecutorKind::Elastic { .. }
        | ExecutorKind::Threads { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::Scheduled { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Delay { .. }
        | ExecutorKind::Cap { .. }
        | ExecutorKind::Bus { .. } => None,
    }
}

impl TaskEndCounts {
    /// The counts in words, those that are not zero: `46 finished · 1 019 refused`.
    pub fn words(self) -> String {
        let counts = [
            (self.finished, "finished"),
            (self.failed, "failed"),
            (self.refused, "refused"),
            (self.cancelled, "cancelled"),
        ];
        let words = counts.iter().filter(|(count, _)| *count > 0);
        words
            .map(|(count, word)| format!("{} {word}", grouped(u64::from(*count))))
            .collect::<Vec<_>>()
            .join(" · ")
    }
}
