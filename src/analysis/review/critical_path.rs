//! Where the time of the slowest tasks went: their own waits and work, and those of the child that ended last.
//!
//! Invariant: the parts of a path add up to the time of its task. Waiting for children is broken down by the child that
//! ended last, which is the one that the task waited for at the end; what is left of the wait stays with the task.
//! Deliberately absent: which other task held the worker or the lock meanwhile.

use super::{PathPart, SlowTask};
use crate::analysis::digest::Digest;
use crate::analysis::lives::{LifePart, TaskLife};
use crate::analysis::names::Origin;
use crate::model::id::TaskId;
use crate::model::time::{Duration, SECOND};

/// Most tasks that are told.
const MAX_TOLD: usize = 10;
/// Longest chain of children that is followed.
const MAX_DEPTH: usize = 8;

/// The slowest hundredth of the tasks that arrived, at most ten, the slowest first.
pub fn slowest(digest: &Digest<'_>) -> Vec<SlowTask> {
    let end = digest.trace().outcome.at;
    let mut arrived: Vec<(Duration, TaskId)> = Vec::new();
    for task in digest.names.tasks() {
        let life = &digest.lives[task.index()];
        if matches!(digest.names.origin(task), Origin::Arrival(_)) && life.cancelled_at().is_none() {
            arrived.push((life.ended().unwrap_or(end).since(life.submitted), task));
        }
    }
    let told = arrived.len().div_ceil(100).min(MAX_TOLD);
    // The slowest first; of equals the one that came first.
    arrived.sort_by_key(|(took, task)| (std::cmp::Reverse(*took), *task));
    let children = children(digest);
    arrived[..told].iter().map(|(took, task)| slow(digest, &children, *took, *task)).collect()
}

/// The children of every task.
fn children(digest: &Digest<'_>) -> Vec<Vec<TaskId>> {
    let mut children = vec![Vec::new(); digest.lives.len()];
    for task in digest.names.tasks() {
        if let Origin::Child { parent, .. } = digest.names.origin(task) {
            children[parent.index()].push(task);
        }
    }
    children
}

fn slow(digest: &Digest<'_>, children: &[Vec<TaskId>], took: Duration, task: TaskId) -> SlowTask {
    let mut path = Vec::new();
    let (mut at, mut left) = (task, took);
    for _ in 0..MAX_DEPTH {
        let life = &digest.lives[at.index()];
        let waited = life.spent(LifePart::Waiting).min(left);
        push_own(&mut path, digest, at, life);
        let last = children[at.index()]
            .iter()
            .copied()
            .max_by_key(|child| digest.lives[child.index()].ended().map_or(u64::MAX, |ended| ended.0));
        let Some(child) = last.filter(|_| waited.0 > 0) else {
            push(&mut path, digest, at, "waiting", waited);
            break;
        };
        // The child may have begun before its parent waited: what does not fit the wait was no wait.
        let of_child = &digest.lives[child.index()];
        let end = digest.trace().outcome.at;
        let whole = of_child.ended().unwrap_or(end).since(of_child.submitted);
        let before = whole.0.saturating_sub(waited.0);
        push(&mut path, digest, at, "waiting for others", Duration(waited.0.saturating_sub(whole.0)));
        if before > 0 {
            let what = format!("waiting for {}, which was under way", digest.names.name(child));
            push(&mut path, digest, at, &what, waited);
            break;
        }
        (at, left) = (child, whole);
    }
    let is_unfinished = digest.lives[task.index()].ended().is_none();
    let seconds = took.0 as f64 / SECOND as f64;
    SlowTask { task: digest.names.name(task), seconds, is_unfinished, path }
}

/// What a task did and waited for besides children, in the order in which it can come.
fn push_own(path: &mut Vec<PathPart>, digest: &Digest<'_>, task: TaskId, life: &TaskLife) {
    let name = |executor: crate::model::id::ExecutorId| {
        digest.trace().scenario.executors[executor.index()].name.clone()
    };
    push(path, digest, task, &format!("held by {}", name(life.first)), life.spent(LifePart::Delay));
    push(path, digest, task, &format!("held back before {}", name(life.executor)), life.spent(LifePart::Cap));
    push(path, digest, task, &format!("queued on {}", name(life.executor)), life.spent(LifePart::Queue));
    push(path, digest, task, "running", life.spent(LifePart::Cpu));
    push(path, digest, task, "in I/O", life.spent(LifePart::Io));
}

fn push(path: &mut Vec<PathPart>, digest: &Digest<'_>, task: TaskId, what: &str, took: Duration) {
    if took.0 > 0 {
        let seconds = took.0 as f64 / SECOND as f64;
        path.push(PathPart { task: digest.names.name(task), what: what.to_owned(), seconds });
    }
}
