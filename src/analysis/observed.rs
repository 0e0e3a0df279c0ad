//! The facts of a run in the shape of the recordings of real executors: what `run --json` prints.
//!
//! Invariant: what is here has the names that a recording has, so that the two can be compared key by key. Times are in
//! seconds.

use super::callback::Callbacks;
use super::levels::{self, Changes, Levels, Steps};
use super::lives::TaskLife;
use super::names::{Key, Names};
use super::state::State;
use crate::model::id::{CellId, ExecutorId, Pc, TaskId, TaskTypeId};
use crate::model::program::Instruction;
use crate::model::runtime::Runtime;
use crate::model::scenario::Scenario;
use crate::model::shared::SharedKind;
use crate::model::time::Time;
use crate::model::value::Value;
use crate::trace::event::Event;
use crate::trace::{OutcomeKind, Trace};
use serde::Serialize;
use std::collections::BTreeMap;

/// What was observed of one task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Task {
    /// `pending` until it starts, `running`, or how it ended.
    pub state: &'static str,
    /// When it was submitted to its first executor.
    pub submitted: f64,
    /// When it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<f64>,
    /// When it finished or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<f64>,
    /// When it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<f64>,
    /// What the last `cancel` of it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_returned: Option<bool>,
    /// Whether an interrupt was raised in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<bool>,
    /// When one of its steps first swallowed an interrupt, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swallowed: Option<f64>,
    /// When a cancelled task was gone: had ended, or was met by a worker, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<f64>,
    /// When the loop of Node heard that it was done, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback: Option<f64>,
    /// The worker that started it, `EXECUTOR-N`, numbered from 0 in the order in which the executor made them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    /// Every change of what its future says.
    pub future: Steps<&'static str>,
}

/// The facts of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Observed {
    /// `completed`, `stuck`, `until`, `deadlock` or `limit`.
    pub outcome: &'static str,
    /// The unfinished tasks of a stuck run (resident ones included); of a run that was ended early, those
    /// that are known to be blocked for ever.
    pub stuck: Vec<String>,
    /// Every task, by name.
    pub tasks: BTreeMap<String, Task>,
    /// Worker threads of each native executor.
    pub threads_at_end: BTreeMap<String, u32>,
    /// How full each executor was: every change.
    pub levels: BTreeMap<String, Levels>,
    /// The tasks in the order in which they started.
    pub start_order: Vec<String>,
    /// The value of each cell; `CELL[key]` for one with a key.
    pub cells: BTreeMap<String, Value>,
    /// The writes to each cell: task, seconds, value.
    pub writes: BTreeMap<String, Vec<(String, f64, Value)>>,
    /// What passed through each channel.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub messages: BTreeMap<String, Messages>,
    /// Every `note`: task, seconds, text.
    pub notes: Vec<(String, f64, String)>,
}

/// What passed through a channel, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Messages {
    /// When each `send` went through: task, seconds.
    pub sent: Vec<(String, f64)>,
    /// When each `receive` returned with a message: task, seconds, sender.
    pub received: Vec<(String, f64, String)>,
}

/// The cell that the `write` or `add` at `pc` names.
pub fn written_cell(scenario: &Scenario, kind: TaskTypeId, pc: Pc) -> Option<CellId> {
    match scenario.tasks[kind.index()].program.code.get(pc.index())? {
        Instruction::Write(cell, _) | Instruction::Add(cell, _) => Some(*cell),
        _ => None,
    }
}

/// A cell's name for a key: `CELL` or `CELL[key]`.
pub fn cell_name(scenario: &Scenario, cell: CellId, key: &Key) -> String {
    let name = &scenario.cells[cell.index()].name;
    key.as_ref().map_or_else(|| name.clone(), |key| format!("{name}[{key}]"))
}

/// The facts of `trace`. `blocked` are the tasks known to be blocked for ever.
pub fn observed(
    trace: &Trace,
    names: &Names,
    lives: &[TaskLife],
    end: &State,
    blocked: &[TaskId],
) -> Observed {
    let scenario = &trace.scenario;
    let stuck_tasks: Vec<TaskId> = match trace.outcome.kind {
        OutcomeKind::Stuck => names.tasks().filter(|task| lives[task.index()].is_unfinished()).collect(),
        OutcomeKind::Completed => Vec::new(),
        OutcomeKind::Until | OutcomeKind::Deadlock | OutcomeKind::Limit(_) => blocked.to_vec(),
    };
    let mut stuck: Vec<String> = stuck_tasks.into_iter().map(|task| names.name(task)).collect();
    stuck.sort();
    let native = scenario.executors.iter().enumerate().filter(|(_, executor)| executor.is_native());
    let mut changes = levels::changes(trace, names);
    Observed {
        outcome: trace.outcome.kind.word(),
        stuck,
        tasks: tasks(trace, names, lives, &mut changes),
        levels: changes.levels,
        start_order: changes.start_order.into_iter().map(|task| names.name(task)).collect(),
        threads_at_end: native
            .map(|(at, executor)| (executor.name.clone(), end.executor(ExecutorId(at as u16)).alive))
            .collect(),
        cells: cells(trace, end),
        writes: writes(trace, names),
        messages: messages(trace, names),
        notes: notes(trace, names),
    }
}

fn messages(trace: &Trace, names: &Names) -> BTreeMap<String, Messages> {
    let channels =
        trace.scenario.shared.iter().filter(|shared| matches!(shared.kind, SharedKind::Channel { .. }));
    let mut messages: BTreeMap<String, Messages> =
        channels.map(|channel| (channel.name.clone(), Messages::default())).collect();
    if messages.is_empty() {
        return messages;
    }
    for (_, at, event) in trace.events() {
        let (Event::Sent { task, pc } | Event::Received { task, pc, .. }) = event else { continue };
        if task.index() >= names.len() {
            continue;
        }
        let instruction = trace.scenario.tasks[names.kind(task).index()].program.code.get(pc.index());
        let Some(Instruction::Send { channel, .. } | Instruction::Receive { channel, .. }) = instruction
        else {
            continue;
        };
        let Some(of_channel) = messages.get_mut(&trace.scenario.shared[channel.index()].name) else {
            continue;
        };
        match event {
            Event::Received { sender, .. } => {
                of_channel.received.push((names.name(task), at.seconds(), names.name(sender)));
            }
            _ => of_channel.sent.push((names.name(task), at.seconds())),
        }
    }
    messages
}

fn notes(trace: &Trace, names: &Names) -> Vec<(String, f64, String)> {
    let noted = trace.events().filter_map(|(_, at, event)| {
        let Event::Noted { task, pc } = event else { return None };
        let program = &trace.scenario.tasks.get(names.kind(task).index())?.program;
        let Instruction::Note(literal) = program.code.get(pc.index())? else { return None };
        Some((names.name(task), at.seconds(), program.literals.get(literal.index())?.to_string()))
    });
    noted.collect()
}

fn tasks(trace: &Trace, names: &Names, lives: &[TaskLife], changes: &mut Changes) -> BTreeMap<String, Task> {
    let scenario = &trace.scenario;
    let callbacks = (scenario.runtime == Runtime::Node).then(|| Callbacks::of(trace, names));
    let heard = |life: &TaskLife| {
        // What is cancelled comes back to the loop in another way, and what runs there is no callback.
        let ended = life.ended().filter(|_| life.cancelled_at().is_none())?;
        let is_native = scenario.executors[life.executor.index()].is_native();
        callbacks.as_ref().filter(|_| is_native).map(|callbacks| callbacks.heard(ended))
    };
    let mut of = |task: TaskId| {
        let life = &lives[task.index()];
        let worker = changes.workers.get_mut(task.index()).and_then(Option::take);
        let future = changes.futures.get_mut(task.index()).map(std::mem::take).unwrap_or_default();
        (names.name(task), Task { worker, future, ..told(life, heard(life)) })
    };
    names.tasks().map(&mut of).collect()
}

fn told(life: &TaskLife, heard: Option<Time>) -> Task {
    use super::state::task::End;
    let ran = matches!(life.end, Some(End::Finished | End::Failed(_)));
    Task {
        state: life.state_word(),
        submitted: life.submitted.seconds(),
        started: life.started().map(Time::seconds),
        ended: life.ended().filter(|_| ran).map(Time::seconds),
        cancelled_at: life.cancelled_at().map(Time::seconds),
        cancel_returned: life.cancel_returned,
        interrupted: life.is_interrupted.then_some(true),
        swallowed: life.swallowed_at().map(Time::seconds),
        dropped: life.dropped_at().map(Time::seconds),
        callback: heard.map(Time::seconds),
        worker: None,
        future: Vec::new(),
    }
}

fn cells(trace: &Trace, end: &State) -> BTreeMap<String, Value> {
    let scenario = &trace.scenario;
    let mut cells: BTreeMap<String, Value> = BTreeMap::new();
    for (cell, key, now) in end.cells() {
        if let Some(value) = now.value.and_then(|value| trace.values.get(value as usize)) {
            cells.insert(cell_name(scenario, cell, key), value.clone());
        }
    }
    for (at, cell) in scenario.cells.iter().enumerate() {
        let written = end.cells().any(|(id, _, _)| id.index() == at);
        if !written {
            cells.insert(cell.name.clone(), cell.initial.clone());
        }
    }
    cells
}

fn writes(trace: &Trace, names: &Names) -> BTreeMap<String, Vec<(String, f64, Value)>> {
    let scenario = &trace.scenario;
    let mut writes: BTreeMap<String, Vec<(String, f64, Value)>> = BTreeMap::new();
    if scenario.cells.is_empty() {
        return writes;
    }
    for cell in scenario.cells.iter().filter(|cell| !cell.per_key) {
        writes.insert(cell.name.clone(), Vec::new());
    }
    for (_, at, event) in trace.events() {
        let Event::Wrote { task, pc, value } = event else { continue };
        if task.index() >= names.len() {
            continue;
        }
        let Some(cell) = written_cell(scenario, names.kind(task), pc) else { continue };
        let Some(value) = trace.values.get(value as usize) else { continue };
        let key = if scenario.cells[cell.index()].per_key { names.key(task) } else { None };
        let name = cell_name(scenario, cell, &key);
        writes.entry(name).or_default().push((names.name(task), at.seconds(), value.clone()));
    }
    writes
}
