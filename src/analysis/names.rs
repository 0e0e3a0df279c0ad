//! Who the tasks of a trace are: type, parent, name and key of every instance.
//!
//! Invariant: one entry per created task, in order of creation, so a [`TaskId`] is an index. Names are
//! put together on demand from the parents' names; a million tasks cost a few machine words each.
//! What becomes of the tasks is deliberately absent: see [`super::lives`] and [`super::state`].

use crate::model::id::{ArrivalId, NameId, Pc, SubmitId, TaskId, TaskTypeId};
use crate::model::program::Instruction;
use crate::model::scenario::{Scenario, render_key};
use crate::trace::Trace;
use crate::trace::event::Event;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// The key of a task, as keyed locks, semaphores and cells see it; `None` is itself one key.
pub type Key = Option<Arc<str>>;

/// Where a task comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An entry of `[[arrivals]]`.
    Arrival(ArrivalId),
    /// A `submit` of its parent.
    Child {
        /// Task that submitted it.
        parent: TaskId,
        /// The submitter's instruction.
        pc: Pc,
        /// The `submit` step of the parent's program.
        submit: SubmitId,
        /// The child's name in the parent's program.
        name: NameId,
    },
    /// A run of a series.
    Run {
        /// The task that was submitted `every` so often.
        series: TaskId,
    },
}

impl Origin {
    /// The submitter, if a task was.
    pub fn parent(self) -> Option<TaskId> {
        match self {
            Origin::Arrival(_) | Origin::Run { .. } => None,
            Origin::Child { parent, .. } => Some(parent),
        }
    }

    /// The instruction of the submitter that submitted it, if a task did.
    pub fn submitted_at(self) -> Option<Pc> {
        match self {
            Origin::Arrival(_) | Origin::Run { .. } => None,
            Origin::Child { pc, .. } => Some(pc),
        }
    }
}

/// The `submit` step at `pc` of a program, if that is one.
pub fn submit_at(scenario: &Scenario, kind: TaskTypeId, pc: Pc) -> Option<SubmitId> {
    match scenario.tasks.get(kind.index())?.program.code.get(pc.index())? {
        Instruction::Submit(id) => Some(*id),
        Instruction::Run(_)
        | Instruction::Io(..)
        | Instruction::Yield
        | Instruction::Wait { .. }
        | Instruction::Result { .. }
        | Instruction::Cancel { .. }
        | Instruction::Retry { .. }
        | Instruction::OpenScope { .. }
        | Instruction::JoinScope
        | Instruction::CloseScope
        | Instruction::Acquire { .. }
        | Instruction::Release { .. }
        | Instruction::WaitOn { .. }
        | Instruction::Notify { .. }
        | Instruction::Await { .. }
        | Instruction::CountDown { .. }
        | Instruction::Reset(_)
        | Instruction::Use { .. }
        | Instruction::Read(_)
        | Instruction::Write(..)
        | Instruction::Add(..)
        | Instruction::Fail(_)
        | Instruction::Note(_)
        | Instruction::Repeat { .. }
        | Instruction::Again { .. }
        | Instruction::Maybe { .. }
        | Instruction::Jump(_)
        | Instruction::UnlessTimedOut(_)
        | Instruction::UnlessClosed(_)
        | Instruction::Send { .. }
        | Instruction::Receive { .. }
        | Instruction::Close(_)
        | Instruction::Shutdown { .. }
        | Instruction::AwaitExecutor { .. }
        | Instruction::Resize { .. }
        | Instruction::Crash => None,
    }
}

/// Generations that a name spells out, unless the scenario has more types of tasks: a longer line of descent is one of
/// tasks that submit themselves.
const MAX_GENERATIONS: usize = 3;

/// A task so far down that its name leaves out the generations between.
/// Maximum number of tasks that are held against one of another run.
const MAX_SEARCHED: usize = 100_000;

#[derive(Clone, Copy, Debug)]
struct Descendant {
    task: TaskId,
    /// The arrival that it descends from.
    root: TaskId,
    /// Which of its type it is among those, the arrival and its nearest descendants included.
    nth: u32,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    kind: TaskTypeId,
    /// How many submitters it descends from, up to the greatest number there is room for.
    depth: u16,
    origin: Origin,
    /// Of its type's arrivals, or of its parent's children of that name.
    ordinal: u32,
    /// Of its entry's arrivals (or the same as `ordinal`).
    n: u32,
}

/// The names of all tasks of one run.
#[derive(Clone, Debug)]
pub struct Names {
    scenario: Arc<Scenario>,
    entries: Vec<Entry>,
    /// Arrivals so far, by type.
    arrived: Vec<u32>,
    /// Arrivals so far, by entry.
    brought: Vec<u32>,
    /// Children so far, by parent and name.
    children: BTreeMap<(TaskId, NameId), u32>,
    /// Those whose names are shortened, in order of creation.
    descendants: Vec<Descendant>,
    /// The last number given in each line of descent.
    lines: BTreeMap<(TaskId, TaskTypeId), u32>,
    /// Runs so far, by series.
    runs: BTreeMap<TaskId, u32>,
}

impl Names {
    /// Names for no tasks yet.
    pub fn new(scenario: &Arc<Scenario>) -> Names {
        Names {
            arrived: vec![0; scenario.tasks.len()],
            brought: vec![0; scenario.arrivals.len()],
            scenario: Arc::clone(scenario),
            entries: Vec::new(),
            children: BTreeMap::new(),
            descendants: Vec::new(),
            lines: BTreeMap::new(),
            runs: BTreeMap::new(),
        }
    }

    /// The names of all tasks of `trace`.
    pub fn of(trace: &Trace) -> Names {
        let mut names = Names::new(&trace.scenario);
        for (_, _, event) in trace.events() {
            names.apply(event);
        }
        names
    }

    /// Takes the next event; only those that create a task matter.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Arrived { entry, .. } => {
                let kind = self.scenario.arrivals[entry.index()].task;
                let count = &mut self.arrived[kind.index()];
                let n = &mut self.brought[entry.index()];
                let origin = Origin::Arrival(entry);
                self.entries.push(Entry { kind, depth: 0, origin, ordinal: *count, n: *n });
                *count += 1;
                *n += 1;
            }
            Event::Submitted { parent, pc, .. } => {
                let Some((of, above)) = self.entries.get(parent.index()).map(|e| (e.kind, e.depth)) else {
                    return;
                };
                let Some(submit) = submit_at(&self.scenario, of, pc) else { return };
                let step = &self.scenario.tasks[of.index()].program.submits[submit.index()];
                let count = self.children.entry((parent, step.name)).or_insert(0);
                let origin = Origin::Child { parent, pc, submit, name: step.name };
                let (kind, depth) = (step.task, above.saturating_add(1));
                self.entries.push(Entry { kind, depth, origin, ordinal: *count, n: *count });
                *count += 1;
                if usize::from(depth) >= self.scenario.tasks.len().max(MAX_GENERATIONS) {
                    self.shorten(TaskId(self.entries.len() as u32 - 1), kind, parent);
                }
            }
            Event::Repeated { series, .. } => {
                let of = self.entries.get(series.index()).map(|e| (e.kind, e.depth));
                let Some((kind, depth)) = of else { return };
                let count = self.runs.entry(series).or_insert(0);
                let origin = Origin::Run { series };
                self.entries.push(Entry { kind, depth, origin, ordinal: *count, n: *count });
                *count += 1;
            }
            _ => {}
        }
    }

    /// Gives a task that is far down a number in its line of descent.
    fn shorten(&mut self, task: TaskId, kind: TaskTypeId, parent: TaskId) {
        let (mut root, mut alike) = (parent, 0);
        let mut at = Some(parent);
        while let Some(above) = at {
            if let Some(known) = self.descendant(above) {
                root = known.root;
                break;
            }
            alike += u32::from(self.kind(above) == kind);
            (root, at) = (above, self.parent(above));
        }
        let last = self.lines.entry((root, kind)).or_insert(alike);
        *last += 1;
        self.descendants.push(Descendant { task, root, nth: *last });
    }

    /// What stands for a task whose name is shortened.
    fn descendant(&self, task: TaskId) -> Option<Descendant> {
        let at = self.descendants.binary_search_by_key(&task, |known| known.task).ok()?;
        Some(self.descendants[at])
    }

    /// How many tasks there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All tasks, in order of creation.
    pub fn tasks(&self) -> impl ExactSizeIterator<Item = TaskId> + use<> {
        (0..self.entries.len() as u32).map(TaskId)
    }

    /// What `task` is.
    pub fn kind(&self, task: TaskId) -> TaskTypeId {
        self.entries[task.index()].kind
    }

    /// The name of the task's type.
    pub fn kind_name(&self, task: TaskId) -> &str {
        &self.scenario.tasks[self.kind(task).index()].name
    }

    /// Where `task` comes from.
    pub fn origin(&self, task: TaskId) -> Origin {
        self.entries[task.index()].origin
    }

    /// Returns the task that submitted `task`.
    pub fn parent(&self, task: TaskId) -> Option<TaskId> {
        self.origin(task).parent()
    }

    /// The name under which its parent knows it (`net`); the type's name for an arrival.
    pub fn short(&self, task: TaskId) -> &str {
        match self.origin(task) {
            Origin::Arrival(_) => self.kind_name(task),
            Origin::Run { series } => self.short(series),
            Origin::Child { parent, name, .. } => {
                &self.scenario.tasks[self.kind(parent).index()].program.names[name.index()].text
            }
        }
    }

    /// The instance's name: `build#0`, `build#0/net`, `build#0/net#1`, `build#0/network#0`; far down a line of tasks that
    /// submit themselves `tick#0/…/tick (754th)`;
    /// `build#0/beat@3` for a run of the series `beat`.
    pub fn name(&self, task: TaskId) -> String {
        let mut text = String::new();
        self.write_name(task, &mut text);
        text
    }

    /// Appends the instance's name to `text`, which makes many names cheaper than one [`Names::name`] each.
    pub fn write_name(&self, task: TaskId, text: &mut String) {
        let mut parts = Vec::new();
        let mut at = Some(task);
        while let Some(task) = at {
            if let Some(Descendant { root, nth, .. }) = self.descendant(task) {
                self.write_part(root, text);
                // Writing to a string cannot fail.
                let _ = write!(text, "/…/{} ({nth}{})", self.short(task), ordinal_ending(nth));
                break;
            }
            parts.push(task);
            at = self.parent(task);
        }
        for task in parts.into_iter().rev() {
            if self.parent(task).is_some() {
                text.push('/');
            }
            self.write_part(task, text);
        }
    }

    /// Appends the last part of a task's name: `build#0`, `net`.
    fn write_part(&self, task: TaskId, text: &mut String) {
        if let Origin::Run { series } = self.origin(task) {
            self.write_name(series, text);
            let _ = write!(text, "@{}", self.entries[task.index()].ordinal);
            return;
        }
        text.push_str(self.short(task));
        let entry = &self.entries[task.index()];
        if entry.ordinal > 0 || !self.is_given(task) {
            // Writing to a string cannot fail.
            let _ = write!(text, "#{}", entry.ordinal);
        }
    }

    /// The task of this run that has the same name as `task` of another run: the same arrival, or child of the same
    /// parent. `None` if this run has none, or none of the same number and none among its first 100 000.
    pub fn counterpart(&self, of: &Names, task: TaskId) -> Option<TaskId> {
        let is_same = |at: &TaskId| self.is_called(*at, of, task);
        let same_number = Some(task).filter(|at| at.index() < self.len()).filter(is_same);
        same_number.or_else(|| self.tasks().take(MAX_SEARCHED).find(is_same))
    }

    /// Whether a task has the same name here as another has there.
    fn is_called(&self, here: TaskId, of: &Names, there: TaskId) -> bool {
        let (mut a, mut b) = (here, there);
        loop {
            if self.ordinal(a) != of.ordinal(b) || self.short(a) != of.short(b) {
                return false;
            }
            match (self.origin(a), of.origin(b)) {
                (Origin::Arrival(_), Origin::Arrival(_)) => return true,
                (Origin::Child { parent: x, .. }, Origin::Child { parent: y, .. })
                | (Origin::Run { series: x }, Origin::Run { series: y }) => (a, b) = (x, y),
                (Origin::Arrival(_) | Origin::Child { .. } | Origin::Run { .. }, _) => return false,
            }
        }
    }

    /// The name that the next arrival of `entry` will have.
    pub fn next_of(&self, entry: ArrivalId) -> String {
        let kind = self.scenario.arrivals[entry.index()].task;
        format!("{}#{}", self.scenario.tasks[kind.index()].name, self.arrived[kind.index()])
    }

    /// The number after `#` in its name, whether it is written or not.
    pub fn ordinal(&self, task: TaskId) -> u32 {
        self.entries[task.index()].ordinal
    }

    /// The task's key: from its arrival's or submission's template, otherwise its parent's.
    pub fn key(&self, task: TaskId) -> Key {
        let mut at = task;
        loop {
            let entry = &self.entries[at.index()];
            match entry.origin {
                Origin::Arrival(arrival) => {
                    let template = self.scenario.arrivals[arrival.index()].key.as_deref()?;
                    return Some(render_key(template, entry.n.into()).into());
                }
                Origin::Run { series } => at = series,
                Origin::Child { parent, submit, .. } => {
                    let program = &self.scenario.tasks[self.kind(parent).index()].program;
                    if let Some(template) = &program.submits[submit.index()].key {
                        return Some(render_key(template, entry.ordinal.into()).into());
                    }
                    at = parent;
                }
            }
        }
    }

    fn is_given(&self, task: TaskId) -> bool {
        match self.origin(task) {
            Origin::Arrival(_) | Origin::Run { .. } => false,
            Origin::Child { parent, name, .. } => {
                self.scenario.tasks[self.kind(parent).index()].program.names[name.index()].given
            }
        }
    }
}

/// What follows a number that says which: `1st`, `2nd`, `3rd`, `11th`.
fn ordinal_ending(number: u32) -> &'static str {
    match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        (_, _) => "th",
    }
}
