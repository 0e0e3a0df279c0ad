//! `scheduled`: a pool whose queue is in the order of deadlines, and series of runs, which a `delay` keeps as well
//! (OpenJDK 17, `java/util/concurrent/ScheduledThreadPoolExecutor.java`: `ScheduledFutureTask.run`, `onShutdown`).
//!
//! What is not yet due is held as a `delay` holds it; when its time comes it goes to an idle worker or into the queue. A
//! series is a task that never starts: each of its runs is a task of its own, and the next one is not queued before the
//! last has ended.

use super::draw::hash_name;
use super::held::RELEASED;
use super::sim::Sim;
use super::state::KindState;
use super::submit::NewTask;
use super::task::{Flag, Future, Phase, Slot};
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, WorkerId};
use crate::model::program::{Every, Program};
use crate::model::time::{Duration, Time};
use crate::trace::event::{Event, Failure, Seat, SubmissionOutcome};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// Whether a submission to a pool waits for its time there.
    pub(super) fn waits_for_its_time(&self, slot: Slot) -> bool {
        let extra = self.st.tasks.extra(slot);
        extra.is_some_and(|extra| {
            extra.series().is_some() || extra.after().is_some_and(|after| after > Duration::ZERO)
        })
    }

    /// A submission to a `scheduled` pool that waits for nothing.
    pub(super) fn is_due_now(&mut self, slot: Slot, executor: ExecutorId) {
        if self.st.executors[executor.index()].traits.scheduled {
            let due = if self.is_untimed() { RELEASED } else { self.st.now };
            self.st.tasks.extra_mut(slot).timing_mut().due = due;
        }
    }

    fn is_untimed(&self) -> bool {
        R::STEPWISE && self.st.exploring.rules.untimed
    }

    /// What was held in a pool has come due.
    pub(super) fn comes_due(&mut self, slot: Slot, executor: ExecutorId) {
        if self.st.tasks[slot].future == Future::Cancelled {
            self.skip(slot);
            self.free_if_unneeded(slot);
            return self.dismiss_idle(executor);
        }
        if self.is_untimed() {
            self.st.tasks.extra_mut(slot).timing_mut().due = RELEASED;
        }
        let id = self.st.tasks[slot].id;
        match self.st.pool(executor).next_idle() {
            Some(worker) => {
                self.st.pool_mut(executor).set_busy(worker);
                let event = Event::Entered { task: id, executor, fate: SubmissionOutcome::Taken };
                self.emit(event);
                if let Some(slot) = self.what_runs(slot) {
                    self.seat(slot, executor, worker, Seat::Worker, Slot::NONE);
                    self.ready(slot);
                }
            }
            None => {
                self.emit(Event::Entered { task: id, executor, fate: SubmissionOutcome::Queued });
                self.enqueue(slot, executor);
            }
        }
    }

    /// What a worker that takes an entry runs: the task itself, or the next run if it is a series. `None` if there are
    /// too many tasks.
    #[inline]
    pub(super) fn what_runs(&mut self, slot: Slot) -> Option<Slot> {
        let is_series = self.st.tasks.extra(slot).is_some_and(|extra| extra.series().is_some());
        if is_series { self.begin_run(slot, SubmissionOutcome::Taken) } else { Some(slot) }
    }

    /// Makes the next run of a series.
    pub(super) fn begin_run(&mut self, series: Slot, fate: SubmissionOutcome) -> Option<Slot> {
        let timing = self.st.tasks.extra_mut(series).timing_mut();
        let state = timing.series.as_mut().expect("only a series has runs");
        let n = state.runs;
        state.runs += 1;
        let task = &mut self.st.tasks[series];
        task.phase = Phase::Held;
        task.flags.clear(Flag::Entered);
        let new = NewTask {
            kind: task.kind,
            stream: task.stream.child(hash_name("@"), n),
            ordinal: n,
            parent: (series, task.id),
            to: task.at,
            key: task.key,
            priority: 0,
            held: false,
            awaited_by_program: false,
        };
        let id = task.id;
        let run = self.create(new)?;
        self.st.tasks[run].flags.set(Flag::Recurring);
        self.emit(Event::Repeated { task: self.st.tasks[run].id, series: id, fate });
        Some(run)
    }

    /// A task has ended: if it was a run of a series, the next one is put in its place, unless it failed.
    #[inline(always)]
    pub(super) fn after_run(&mut self, slot: Slot) {
        if self.st.tasks[slot].flags.has(Flag::Recurring) {
            let cause = self.st.cause;
            self.run_ended(slot);
            self.st.cause = cause;
        }
    }

    fn run_ended(&mut self, run: Slot) {
        let (series, id) = self.st.tasks[run].parent;
        let has_failed = self.st.tasks[run].future != Future::Finished;
        if !self.st.tasks.is(series, id) || self.st.tasks[series].phase == Phase::Ended {
            return;
        }
        if self.st.tasks[series].future == Future::Cancelled {
            self.skip(series);
            return self.free_if_unneeded(series);
        }
        if has_failed {
            return self.series_fails(series);
        }
        let extra = self.st.tasks.extra(series).expect("a series has one");
        let state = extra.series().expect("it is a series");
        let due = if state.after_end { self.st.now } else { extra.due() } + state.period;
        self.st.tasks.extra_mut(series).timing_mut().due = due;
        self.hold_series(series, due);
    }

    fn series_fails(&mut self, series: Slot) {
        let task = &mut self.st.tasks[series];
        task.phase = Phase::Ended;
        task.future = Future::Failed;
        let task = task.id;
        self.emit(Event::Failed { task, failure: Failure::Child });
        self.conclude(series);
        self.notify(series);
        self.st.tasks.drop_extra(series);
        self.free_if_unneeded(series);
    }

    /// A series waits for its next run, or at once for a worker if that is overdue.
    fn hold_series(&mut self, series: Slot, due: Time) {
        let (task, executor) = (self.st.tasks[series].id, self.st.tasks[series].at);
        let overdue = due <= self.st.now && !self.is_untimed();
        let is_pool = matches!(self.st.executors[executor.index()].kind, KindState::Pool(_));
        if overdue && is_pool {
            self.emit(Event::Entered { task, executor, fate: SubmissionOutcome::Queued });
            return self.enqueue(series, executor);
        }
        self.emit(Event::Entered { task, executor, fate: SubmissionOutcome::Held });
        let task = &mut self.st.tasks[series];
        task.phase = Phase::Held;
        task.flags.set(Flag::Entered);
        task.cause = self.st.cause;
        self.hold_until(series, executor, due.max(self.st.now));
    }

    /// A submission is a series.
    pub(super) fn make_series(&mut self, child: Slot, parent: Slot, program: &Program, every: Every) {
        let pc = self.st.tasks[parent].pc;
        // A period that was drawn as nothing would never let time pass.
        let period = self.draw(parent, program, pc, every.period).max(Duration(1));
        let series = super::task::Series { period, after_end: every.after_end, runs: 0 };
        self.st.tasks.extra_mut(child).timing_mut().series = Some(series);
    }

    /// At a shutdown every series ends, and of a `scheduled` pool also what is not yet due, if it is to.
    pub(super) fn end_series_at(&mut self, executor: ExecutorId, by: Slot) {
        let keeps_delayed = match self.s.executors[executor.index()].kind {
            ExecutorKind::Scheduled { delayed_after_shutdown, .. } => delayed_after_shutdown,
            ExecutorKind::Delay { .. } => true,
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => return,
        };
        let tasks = &self.st.tasks;
        let ends = |slot: Slot| {
            let task = &tasks[slot];
            let is_series = tasks.extra(slot).is_some_and(|extra| extra.series().is_some());
            let is_held = task.phase == Phase::Held && task.flags.has(Flag::Entered);
            task.at == executor
                && task.future == Future::Pending
                && task.phase != Phase::Drained
                && (is_series || (is_held && !keeps_delayed))
        };
        let mut ending: Vec<Slot> = tasks.iter().map(|(slot, _)| slot).filter(|slot| ends(*slot)).collect();
        ending.sort_by_key(|slot| self.st.tasks[*slot].id);
        for slot in ending {
            self.cancel(slot, by);
            if self.st.tasks[slot].flags.has(Flag::Entered) {
                self.forget_entry(slot, executor);
                self.skip(slot);
                self.free_if_unneeded(slot);
            }
        }
    }

    /// `resize`: more workers start at once if there is work for them; of fewer, idle ones leave after their patience.
    /// (`ThreadPoolExecutor.setCorePoolSize`)
    pub(super) fn resize_to(&mut self, executor: ExecutorId, workers: u32) {
        let pool = self.st.pool_mut(executor);
        let before = std::mem::replace(&mut pool.core, workers);
        if workers > before {
            let mut more = (workers - before).min(pool.queue.len());
            while more > 0 && self.st.pool(executor).queue.len() > 0 {
                let worker = self.add_worker(executor);
                self.put_to_work(executor, worker);
                more -= 1;
            }
        } else if self.st.pool(executor).live() > workers {
            // They were waiting without end, or for as long as there were too many before.
            let idle: Vec<WorkerId> = self.st.pool(executor).resting().collect();
            for worker in idle {
                self.st.pool_mut(executor).rest_anew(worker);
                self.wait_patiently(executor, worker);
            }
        }
    }
}
