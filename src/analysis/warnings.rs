//! The warnings of a run, a line for each executor and kind.
//!
//! Invariant: groups stand in order of their first warning; each counts all of its kind and keeps the first few. Nova's
//! wording is that of [`super::nova_log`] alone.

use super::names::Names;
use crate::model::id::ExecutorId;
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::{Event, Warning};

/// Warnings of a group that are kept with their tasks.
pub const MAX_SHOWN: usize = 5;

/// Warnings of one kind about one executor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// About which executor.
    pub executor: ExecutorId,
    /// Of which kind.
    pub warning: Warning,
    /// How many there are.
    pub count: usize,
    /// What they say together, with names in backquotes.
    pub text: String,
    /// The first of them: when, and about which task.
    pub first: Vec<(Time, String)>,
    /// When the last of them came.
    pub last: Time,
}

/// All warnings of a run.
pub fn groups(trace: &Trace, names: &Names) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (_, at, event) in trace.warnings() {
        let Event::Warned { task, executor, warning } = event else { continue };
        let is_same = |group: &&mut Group| (group.executor, group.warning) == (executor, warning);
        let group = match groups.iter_mut().find(is_same) {
            Some(group) => group,
            None => {
                let (text, first) = (String::new(), Vec::new());
                groups.push(Group { executor, warning, count: 0, text, first, last: at });
                groups.last_mut().expect("it was just pushed")
            }
        };
        group.count += 1;
        group.last = at;
        if group.first.len() < MAX_SHOWN {
            group.first.push((at, names.name(task)));
        }
    }
    for group in &mut groups {
        group.text = text(&trace.scenario, group);
    }
    groups
}

fn text(scenario: &Scenario, group: &Group) -> String {
    let executor = &scenario.executors[group.executor.index()].name;
    let tasks = match group.count {
        1 => "1 task was".to_owned(),
        many => format!("{} tasks were", super::prose::grouped(many as u64)),
    };
    match group.warning {
        Warning::Backlog => format!(
            "{tasks} queued behind others on `{executor}`: it seems too small, or its workers are stuck"
        ),
        Warning::Guard => format!("{tasks} submitted to `{executor}`, which their waiting ancestors occupy"),
        Warning::Leaf => {
            format!("{tasks} submitted to `{executor}` and waited for by a task of a leaf executor")
        }
    }
}
