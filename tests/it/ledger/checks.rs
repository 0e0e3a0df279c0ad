//! What must hold at the end of an instant, at the end of a run, and of a state that `analysis` folded.

use super::{Ledger, Stage, Task};
use std::collections::{BTreeMap, BTreeSet};
use threadbare::analysis::state::State;
use threadbare::analysis::state::task::Phase;
use threadbare::model::executor::{ExecutorKind, OnWait};
use threadbare::model::id::{ExecutorId, TaskId};
use threadbare::trace::{Limit, OutcomeKind};

impl Ledger<'_> {
    /// Caps and prefetch are never exceeded.
    pub(super) fn check_wrapper(&self, wrapper: ExecutorId) {
        let inside = &self.handed_over[wrapper.index()];
        match &self.scenario.executors[wrapper.index()].kind {
            ExecutorKind::Cap { caps, .. } => {
                for cap in caps {
                    let used =
                        inside.iter().filter(|task| cap.types.contains(&self.names.kind(**task))).count();
                    assert!(used <= cap.limit as usize, "the cap {} is exceeded", cap.name);
                }
            }
            ExecutorKind::Bus { prefetch, .. } => {
                assert!(prefetch.is_none_or(|most| inside.len() <= most as usize), "prefetch is exceeded");
            }
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. } => {}
        }
    }

    /// How many tasks are in this stage at an executor.
    fn count(&self, executor: ExecutorId, stage: Stage) -> usize {
        self.tasks.iter().filter(|task| task.at == executor && task.stage == stage).count()
    }

    fn ids(&self) -> impl Iterator<Item = ExecutorId> + use<> {
        (0..self.scenario.executors.len() as u16).map(ExecutorId)
    }

    /// What must hold when nothing more happens at an instant.
    pub(super) fn check_instant(&self, at: usize) {
        for id in self.ids() {
            let executor = &self.scenario.executors[id.index()];
            let name = &executor.name;
            let queued = self.count(id, Stage::Queued);
            if let Some(bound) = executor.queue.filter(|_| executor.workers().is_some()) {
                assert!(queued <= bound as usize, "{name}: {queued} wait after event {at}");
            }
            self.check_held(id, at);
            let Some(most) = executor.workers() else { continue };
            // Spare workers stand in for blocked ones, and stay, idle, when those go on.
            let (most, keeps_spares) = match executor.kind {
                ExecutorKind::ForkJoin { max_workers, .. } => (max_workers, true),
                _ => (most, false),
            };
            let alive: Vec<&Vec<TaskId>> =
                self.workers.iter().filter(|((e, _), _)| *e == id).map(|(_, stack)| stack).collect();
            let waiting = |stack: &&&Vec<TaskId>| stack.last().is_some_and(|t| self.tasks[t.index()].waits);
            let spare =
                if executor.on_wait == OnWait::Compensate { alive.iter().filter(waiting).count() } else { 0 };
            // A surplus worker leaves after its task, so spares may outlive the waits for a while.
            if executor.on_wait != OnWait::Compensate {
                assert!(
                    alive.len() <= most as usize + spare,
                    "{name}: {} workers after event {at}",
                    alive.len()
                );
            }
            let free = alive.iter().filter(|stack| stack.is_empty()).count();
            let taken = self.count(id, Stage::Taken);
            if self.trace.outcome.kind != OutcomeKind::Limit(Limit::AtOneInstant) && !keeps_spares {
                assert!(free <= taken || queued == 0, "{name}: an idle worker beside work after event {at}");
            }
        }
        self.check_cores(at);
    }

    fn check_held(&self, id: ExecutorId, at: usize) {
        let executor = &self.scenario.executors[id.index()];
        let Some(bound) = executor.queue.filter(|_| executor.wraps().is_some()) else { return };
        let held = |task: &(TaskId, &Task)| task.1.at == id && task.1.stage == Stage::Held;
        let tasks = (0..).map(TaskId).zip(&self.tasks).filter(held);
        let mut by_type: BTreeMap<_, u32> = BTreeMap::new();
        for (task, _) in tasks {
            let of = matches!(executor.kind, ExecutorKind::Cap { .. }).then(|| self.names.kind(task));
            *by_type.entry(of).or_insert(0) += 1;
        }
        assert!(
            by_type.values().all(|n| *n <= bound),
            "{}: {by_type:?} held after event {at}",
            executor.name
        );
    }

    /// No more threads in `run` than cores; green tasks in `run`: one at a time.
    fn check_cores(&self, at: usize) {
        let is_green = |task: &&Task| {
            task.worker.is_some_and(|(e, _)| {
                matches!(self.scenario.executors[e.index()].kind, ExecutorKind::Green { .. })
            })
        };
        let running: Vec<&Task> = self.tasks.iter().filter(|task| task.on_cpu).collect();
        let green = running.iter().copied().filter(|task| is_green(task)).count();
        assert!(green <= 1, "{green} green tasks run at once after event {at}");
        if let Some(machine) = self.scenario.machine {
            let cores = if machine.gil { 1 } else { machine.cores as usize };
            assert!(running.len() <= cores, "{} threads on {cores} cores after event {at}", running.len());
        }
    }

    /// What must hold when the run is over.
    pub fn check_end(&self) {
        let open = self.unfinished_not_resident();
        match self.trace.outcome.kind {
            OutcomeKind::Completed => assert_eq!(open, BTreeSet::new(), "a completed run leaves nothing"),
            OutcomeKind::Stuck => assert_ne!(open, BTreeSet::new(), "a stuck run leaves something"),
            OutcomeKind::Until | OutcomeKind::Deadlock | OutcomeKind::Limit(_) => return,
        }
        assert_eq!(self.tasks.iter().filter(|task| task.stage == Stage::Passing).count(), 0, "all arrive");
    }

    /// Holds a state from `analysis` against what was read here.
    pub fn agrees_with(&self, state: &State) {
        for (id, task) in state.tasks() {
            let mine = &self.tasks[id.index()];
            let over = matches!(mine.stage, Stage::Over(_));
            assert_eq!(task.phase.is_ended(), over, "{id:?}: {:?} and {:?}", task.phase, mine.stage);
            assert_eq!(task.phase.is_under_way(), mine.stage == Stage::Running, "{id:?} is under way");
            assert_eq!(task.executor, mine.at, "where {id:?} is");
            assert_eq!(task.cancelled && !over, mine.cancelled && !over, "whether {id:?} is cancelled");
            match mine.stage {
                Stage::Held => assert_eq!(task.phase, Phase::Held),
                Stage::Queued => assert_eq!(task.phase, Phase::Queued),
                Stage::Drained => assert_eq!(task.phase, Phase::Drained),
                Stage::Taken => assert!(matches!(task.phase, Phase::Taken | Phase::Passing)),
                Stage::Blocked => assert_eq!(task.phase, Phase::Blocked),
                Stage::Passing | Stage::Running | Stage::Over(_) => {}
            }
            if mine.stage == Stage::Running {
                assert_eq!(task.pc, mine.pc, "the instruction of {id:?}");
            }
        }
        let unfinished = (0..self.tasks.len() as u32).map(TaskId).filter(|task| self.is_unfinished(*task));
        assert_eq!(state.unfinished() as usize, unfinished.count(), "unfinished tasks");
        for id in self.ids() {
            let place = state.executor(id);
            let stages = [Stage::Held, Stage::Queued].map(|stage| self.count(id, stage));
            assert_eq!(place.waiting as usize, stages.iter().sum::<usize>(), "how many wait at {id:?}");
            assert_eq!(place.shut_down, self.shut.contains(&id));
            let mine: Vec<_> = self.workers.iter().filter(|((e, _), _)| *e == id).collect();
            assert_eq!(place.alive as usize, mine.len(), "live workers of {id:?}");
            for ((_, worker), stack) in mine {
                let top = place.workers.get(worker.0).and_then(|worker| worker.top);
                assert_eq!(top, stack.last().copied(), "the task on {id:?} {worker:?}");
            }
            if let ExecutorKind::Cap { caps, .. } = &self.scenario.executors[id.index()].kind {
                let inside = |types: &[_]| {
                    let tasks = self.handed_over[id.index()].iter();
                    tasks.filter(|task| types.contains(&self.names.kind(**task))).count() as u32
                };
                let mine: Vec<u32> = caps.iter().map(|cap| inside(&cap.types)).collect();
                assert_eq!(place.cap_use, mine, "slots in use at {id:?}");
            }
        }
        for ((resource, key), held) in &self.permits {
            if !self.scenario.resources[resource.index()].is_owned() {
                continue;
            }
            let theirs = state.resource(*resource, key).map_or(Vec::new(), |resource| {
                resource.holders.iter().map(|holder| (holder.task, holder.claim)).collect()
            });
            assert_eq!(theirs, *held, "permits of {resource:?} {key:?}");
        }
    }
}
