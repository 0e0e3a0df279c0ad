//! From task to task with the arrow keys: along a row, and from row to row.

use super::chart::{ChartLane, RunChart};
use crate::model::id::TaskId;
use crate::model::time::Time;

/// Where an arrow key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrowDirection {
    /// The next task of the same row.
    Later,
    /// The one before it in the same row.
    Earlier,
    /// The task at that time in the row above.
    Up,
    /// The task at that time in the row below.
    Down,
}

/// The task that an arrow key leads to; the first of all if none is chosen, or the chosen one stands nowhere.
pub fn beside(chart: &RunChart, task: Option<TaskId>, direction: ArrowDirection) -> Option<TaskId> {
    let spot = task.and_then(|task| chart.start_of(task).or_else(|| chart.place_of(task)));
    let Some((lane, piece)) = spot else {
        return chart.lanes.iter().find_map(|lane| Some(lane.pieces().first()?.task));
    };
    let (lane, piece) = (lane as usize, piece as usize);
    let pieces = chart.lanes.get(lane)?.pieces();
    let at = pieces.get(piece)?.from;
    let is_other = |other: &TaskId| Some(*other) != task;
    let in_row = |lane: &ChartLane| at_time(lane, at).filter(is_other);
    match direction {
        ArrowDirection::Later => pieces[piece + 1..].iter().map(|piece| piece.task).find(is_other),
        ArrowDirection::Earlier => pieces[..piece].iter().rev().map(|piece| piece.task).find(is_other),
        ArrowDirection::Up => chart.lanes[..lane].iter().rev().find_map(in_row),
        ArrowDirection::Down => chart.lanes[lane + 1..].iter().find_map(in_row),
    }
}

/// The task of a row at an instant, or the one that comes next there; its last if none does.
fn at_time(lane: &ChartLane, at: Time) -> Option<TaskId> {
    let pieces = lane.pieces();
    let next = pieces.partition_point(|piece| piece.to <= at);
    pieces.get(next).or(pieces.last()).map(|piece| piece.task)
}
