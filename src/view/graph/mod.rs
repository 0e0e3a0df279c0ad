//! The wait-for graph at the cursor as a picture: who holds which worker, who waits for what, and who is
//! stuck.
//!
//! Read from left to right: a worker is held by its task, the task waits for a child or a lock, the child
//! waits in a queue, the queue needs a worker; a knot is where the way leads back.
//!
//! Invariant: positions are keyed by identity and stand in an order that follows from the run alone
//! (executor, worker, task), so that the picture keeps still from step to step. What moves freely and
//! nobody waits for is counted, not drawn, when there is much of it. Which nodes *can* come true,
//! `analysis::wait_for` decides; its AND/OR nodes are not drawn one to one.

mod collect;
mod model;
mod paint;
mod place;

pub use model::{
    MAX_ROWS, WaitForEdge, WaitForEdgeKind, WaitForNode, WaitForNodeKind, WaitForPicture, WorkerPoolFrame,
};
pub use paint::scene;

use super::chart::StuckSeverity;
use super::scene::Measure;
use crate::analysis::deadlock::Stall;
use crate::analysis::digest::Digest;
use crate::analysis::state::State;
use crate::model::id::TaskId;
use crate::model::time::Time;

/// What a picture comes to, a sentence or two: whether anybody waits, who is stuck, what only a timeout ends.
/// `now` is the instant of the state.
pub fn words(digest: &Digest<'_>, picture: &WaitForPicture, now: Time) -> String {
    const WHO: &str = "Who waits for whom at the cursor.";
    if picture.nodes.is_empty() {
        return "Nobody waits for anybody at the cursor.".to_owned();
    }
    let count = |trouble: StuckSeverity| {
        let is_one =
            |node: &&WaitForNode| matches!(node.who, WaitForNodeKind::Task(_)) && node.trouble == trouble;
        picture.nodes.iter().filter(is_one).count()
    };
    // What is stalled has a timeout, the first of which lets somebody go on.
    let is_on = |stall: &&Stall| stall.at <= now && stall.until.is_none_or(|until| now < until);
    let until = digest.findings.stalls.iter().filter(is_on).filter_map(|stall| stall.until).min();
    let until = until.map_or("until a timeout comes".to_owned(), |until| format!("until {until}"));
    match (count(StuckSeverity::Stuck), count(StuckSeverity::Stalled)) {
        (0, 0) => format!("{WHO} Nobody is stuck."),
        (0, 1) => format!("{WHO} One task is stalled {until}."),
        (0, many) => format!("{WHO} {many} tasks are stalled {until}."),
        (1, _) => format!("{WHO} One task can never continue."),
        (many, _) => format!("{WHO} {many} tasks can never continue."),
    }
}

/// The picture at a state of the digest's trace. `keep` is never folded away.
pub fn picture(
    digest: &Digest<'_>,
    state: &State,
    keep: Option<TaskId>,
    measure: Measure<'_>,
) -> WaitForPicture {
    let mut picture = collect::collect(digest, state, keep);
    place::place(&mut picture, measure);
    picture
}
