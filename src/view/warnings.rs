//! The warnings of a run, a line for each executor and kind.
//!
//! Invariant: groups stand in order of their first warning; each counts all of its kind and keeps the first few.

use crate::analysis::digest::{Digest, Warned};
use crate::model::id::ExecutorId;
use crate::model::time::Time;
use crate::trace::event::Warning;

/// How many of a group are told one by one.
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
pub fn groups(digest: &Digest<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for warned in digest.warnings() {
        let is_same =
            |group: &&mut Group| (group.executor, group.warning) == (warned.executor, warned.warning);
        let group = match groups.iter_mut().find(is_same) {
            Some(group) => group,
            None => {
                let Warned { at, executor, warning, .. } = warned;
                let (text, first) = (String::new(), Vec::new());
                groups.push(Group { executor, warning, count: 0, text, first, last: at });
                groups.last_mut().expect("it was just pushed")
            }
        };
        group.count += 1;
        group.last = warned.at;
        if group.first.len() < MAX_SHOWN {
            group.first.push((warned.at, digest.names.name(warned.task)));
        }
    }
    for group in &mut groups {
        group.text = text(digest, group);
    }
    groups
}

fn text(digest: &Digest<'_>, group: &Group) -> String {
    let executor = &digest.trace().scenario.executors[group.executor.index()].name;
    let tasks = match group.count {
        1 => "1 task was".to_owned(),
        many => format!("{many} tasks were"),
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
