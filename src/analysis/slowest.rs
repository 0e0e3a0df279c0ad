//! Why a time that is expected was missed: where the slowest task that it is about spent its time, and who was in its
//! way, from wait to wait.
//!
//! Invariant: a function of the run. A task that failed or was refused has no time to explain, and is left out.
//! Deliberately absent: remedies, which are `study::advise`'s.

use super::digest::Digest;
use super::expect::exceeds_bound;
use super::lives::{LifePart, TaskLife};
use super::prose::grouped;
use super::state::State;
use super::state::task::{Phase, Thread};
use crate::model::expectation::{Metric, TaskTime};
use crate::model::id::{ExecutorId, Pc, TaskId, TaskTypeId};
use crate::model::time::Duration;
use crate::trace::event::{Event, EventId};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Waits that are followed from a task to the child that it waits for.
const MAX_FOLLOWED: usize = 3;
/// What takes less than this share of a time is not told.
const MIN_SHARE: f64 = 0.05;

/// Which part of a task's life a bound is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stretch {
    Whole,
    UntilStart,
    LateStart,
}

/// Why the run misses the `number`-th expectation, in a few sentences; `None` if it is not about the time of tasks, or no
/// task is left to explain.
pub fn why_missed(digest: &Digest<'_>, number: usize) -> Option<String> {
    let metric = &digest.trace().scenario.expectations.get(number)?.metric;
    let (kind, stretch) = stretch_of(metric)?;
    let slowest = Slowest { digest, stretch };
    let tasks = digest.names.tasks().filter(|task| digest.names.kind(*task) == kind);
    let task = tasks
        .filter(|task| slowest.counts(*task))
        .max_by_key(|task| (slowest.length(*task), Reverse(*task)))?;
    let mut sentences = vec![slowest.sentence(task)];
    let mut follows = if stretch == Stretch::Whole { slowest.awaited(task) } else { None };
    for _ in 0..MAX_FOLLOWED {
        let Some(child) = follows else { break };
        sentences.push(Slowest { digest, stretch: Stretch::Whole }.sentence(child));
        follows = slowest.awaited(child);
    }
    let held = digest.lives[task.index()].spent(LifePart::Delay);
    if stretch != Stretch::LateStart && exceeds_bound(&digest.trace().scenario, metric, held.0) {
        let name = digest.names.kind_name(task);
        sentences.push(format!(
            "The delay alone is longer than that, whatever the sizes: `late.{name}` is the time beyond it."
        ));
    }
    Some(sentences.join(" "))
}

/// The task type and the part of its tasks' lives that a metric is about.
fn stretch_of(metric: &Metric) -> Option<(TaskTypeId, Stretch)> {
    let (kind, time) = metric.task_time()?;
    let stretch = match time {
        TaskTime::Latency => Stretch::Whole,
        TaskTime::Wait => Stretch::UntilStart,
        TaskTime::Late => Stretch::LateStart,
        TaskTime::Cpu => return None,
    };
    Some((kind, stretch))
}

struct Slowest<'a, 'b> {
    digest: &'a Digest<'b>,
    stretch: Stretch,
}

impl Slowest<'_, '_> {
    fn life(&self, task: TaskId) -> &TaskLife {
        &self.digest.lives[task.index()]
    }

    /// Whether a task finished, or may still.
    fn counts(&self, task: TaskId) -> bool {
        let life = self.life(task);
        life.is_unfinished() || life.ending() == super::ending::Ending::Finished
    }

    fn length(&self, task: TaskId) -> Duration {
        let life = self.life(task);
        let end = self.digest.trace().outcome.at;
        match self.stretch {
            Stretch::Whole => life.ended().unwrap_or(end).since(life.submitted),
            Stretch::UntilStart => life.started().unwrap_or(end).since(life.submitted),
            Stretch::LateStart => life.started().unwrap_or(end).since(life.intended()),
        }
    }

    /// `The slowest `job` … took 49 s: 48.9 s queued for `default`, whose 5 workers are held by 5 `build`.`
    fn sentence(&self, task: TaskId) -> String {
        let length = self.length(task);
        let verb = match (self.stretch, self.life(task).end.is_some() || self.life(task).started().is_some())
        {
            (Stretch::Whole, true) => "took",
            (Stretch::Whole, false) => "has taken",
            (Stretch::UntilStart, true) => "waited",
            (Stretch::UntilStart, false) => "has waited",
            (Stretch::LateStart, true) => "started late by",
            (Stretch::LateStart, false) => "is late by",
        };
        let parts: &[LifePart] = match self.stretch {
            Stretch::Whole => &LifePart::ALL,
            Stretch::UntilStart => &[LifePart::Delay, LifePart::Cap, LifePart::Queue],
            Stretch::LateStart => &[LifePart::Cap, LifePart::Queue],
        };
        let is_told =
            |part: &&LifePart| self.life(task).spent(**part).seconds() > MIN_SHARE * length.seconds();
        let told: Vec<String> = parts.iter().filter(is_told).map(|part| self.part(task, *part)).collect();
        let where_to = if told.is_empty() { String::new() } else { format!(": {}", told.join(", ")) };
        format!("{} {verb} {}{where_to}.", self.digest.names.name(task), length.rounded())
    }

    fn part(&self, task: TaskId, part: LifePart) -> String {
        let life = self.life(task);
        let spent = life.spent(part).rounded();
        let executor = |id: ExecutorId| &self.digest.trace().scenario.executors[id.index()].name;
        match part {
            LifePart::Delay => format!("{spent} held by a delay"),
            LifePart::Cap => format!("{spent} held back by a cap or a bus"),
            LifePart::Queue => {
                let holders = self.holders(task, life.executor);
                format!("{spent} queued for `{}`{holders}", executor(life.executor))
            }
            LifePart::Cpu => format!("{spent} on the CPU"),
            LifePart::Io => format!("{spent} in `io`"),
            LifePart::Waiting => match self.longest_wait(task) {
                Some((pc, _)) => format!("{spent} waiting, most of it at {}", self.step(task, pc)),
                None => format!("{spent} waiting"),
            },
        }
    }

    fn step(&self, task: TaskId, pc: Pc) -> String {
        let kind = self.digest.names.kind(task);
        self.digest.trace().scenario.tasks[kind.index()].program.step_words(pc)
    }

    /// Who is on the workers of an executor just before a task starts there: `, whose workers are held by 4 `backup``.
    fn holders(&self, task: TaskId, executor: ExecutorId) -> String {
        let is_start =
            |event: &Event| matches!(event, Event::Started { task: started, .. } if *started == task);
        let started = self.digest.trace().events().find(|(_, _, event)| is_start(event));
        let state = match started {
            Some((id, ..)) => self.state_before(id),
            None => self.digest.end().clone(),
        };
        let mut by_kind: BTreeMap<(TaskTypeId, Option<Pc>), u64> = BTreeMap::new();
        for (_, other) in state.tasks() {
            if matches!(other.thread, Some(Thread::Worker(pool, _)) if pool == executor) {
                let waits = matches!(other.phase, Phase::Waiting | Phase::Submitting(_));
                *by_kind.entry((other.kind, waits.then_some(other.pc))).or_default() += 1;
            }
        }
        let scenario = &self.digest.trace().scenario;
        let words = |((kind, waits), count): (&(TaskTypeId, Option<Pc>), &u64)| {
            let name = format!("{} `{}`", grouped(*count), scenario.tasks[kind.index()].name);
            match waits {
                Some(pc) => format!("{name} at {}", scenario.tasks[kind.index()].program.step_words(*pc)),
                None => name,
            }
        };
        let held: Vec<String> = by_kind.iter().map(words).collect();
        if held.is_empty() { String::new() } else { format!(", with {} on its workers", held.join(" and ")) }
    }

    fn state_before(&self, event: EventId) -> State {
        self.digest.lens.state(event.0)
    }

    /// Where a task waited longest, and the event that began it.
    fn longest_wait(&self, task: TaskId) -> Option<(Pc, EventId)> {
        let mut open = None;
        let mut longest: Option<(Duration, Pc, EventId)> = None;
        let mut close = |open: &mut Option<_>, at: crate::model::time::Time| {
            let Some((pc, since, id)) = open.take() else { return };
            let length = at.since(since);
            if longest.is_none_or(|(known, ..)| known < length) {
                longest = Some((length, pc, id));
            }
        };
        for (id, at, event) in self.digest.trace().events() {
            if let Event::Waiting { task: waiting, pc } = event
                && waiting == task
            {
                close(&mut open, at);
                open = Some((pc, at, id));
            } else if let Event::Resumed { task: resumed, .. } | Event::Acquired { task: resumed, .. } = event
                && resumed == task
            {
                close(&mut open, at);
            }
        }
        close(&mut open, self.digest.trace().outcome.at);
        longest.map(|(_, pc, id)| (pc, id))
    }

    /// The child that a task waited for longest, if most of its time went there.
    fn awaited(&self, task: TaskId) -> Option<TaskId> {
        let life = self.life(task);
        let waits = life.spent(LifePart::Waiting).seconds();
        if waits < 0.5 * self.length(task).seconds() || waits == 0.0 {
            return None;
        }
        let (pc, event) = self.longest_wait(task)?;
        let state = self.state_before(EventId(event.0 + 1));
        let waiting = state.task(task)?;
        let children = state.awaited_children(waiting, pc);
        children.into_iter().max_by_key(|child| (self.length(*child), Reverse(*child)))
    }
}
