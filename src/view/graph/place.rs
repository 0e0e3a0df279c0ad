//! Columns and rows become pixels.

use super::model::{
    WaitForEdge, WaitForEdgeKind, WaitForNode, WaitForNodeKind, WaitForPicture, WorkerPoolFrame,
};
use crate::view::scene::{Bounds, Measure, TextSize};

/// Widest node, in pixels.
const MAX_WIDTH: f64 = 132.0;
const MAX_QUEUE_WIDTH: f64 = 176.0;
/// Room between columns, where the edges are.
const BETWEEN: f64 = 34.0;
/// Room around everything; more at the left and below, where ways lead back.
const EDGE: f64 = 12.0;
const BACK: f64 = 22.0;
/// Room for the name of a pool above its frame.
const NAME: f64 = 20.0;

/// Gives every node and frame its place.
pub(super) fn place(picture: &mut WaitForPicture, measure: Measure<'_>) {
    let columns = picture.nodes.iter().map(|node| node.slot.0 + 1).max().unwrap_or(0) as usize;
    let rows = picture.nodes.iter().map(|node| node.slot.1 + 1).max().unwrap_or(0);
    let (row, height) = if rows <= 16 { (28.0, 22.0) } else { (21.0, 18.0) };
    let mut widths = vec![0.0_f64; columns];
    for node in &picture.nodes {
        let padding = if matches!(node.who, WaitForNodeKind::Worker(..) | WaitForNodeKind::Scheduler(_)) {
            10.0
        } else {
            14.0
        };
        let widest = if matches!(node.who, WaitForNodeKind::Queue(_)) { MAX_QUEUE_WIDTH } else { MAX_WIDTH };
        let width = (measure(&node.text, TextSize::Small) + padding).clamp(height, widest);
        let column = &mut widths[node.slot.0 as usize];
        *column = column.max(width);
    }
    let mut lefts = Vec::with_capacity(columns);
    let mut x = EDGE + BACK;
    for width in &widths {
        lefts.push(x);
        if *width > 0.0 {
            x += width + BETWEEN;
        }
    }
    // A pool's rows begin under its name; each pool above adds one.
    let mut firsts: Vec<(u32, crate::model::id::ExecutorId)> = Vec::new();
    for node in &picture.nodes {
        if let WaitForNodeKind::Worker(executor, _) = node.who
            && !firsts.iter().any(|(_, known)| *known == executor)
        {
            firsts.push((node.slot.1, executor));
        }
    }
    let above = |slot: u32| firsts.iter().filter(|(first, _)| *first <= slot).count().max(1) as f64;
    for node in &mut picture.nodes {
        let (column, slot) = (node.slot.0 as usize, node.slot.1);
        let y = EDGE + above(slot) * NAME + f64::from(slot) * row;
        node.at = Bounds::new(lefts[column], y, widths[column], height);
    }
    centre_queues(picture);
    for pool in &mut picture.pools {
        let mine =
            |node: &&WaitForNode| matches!(node.who, WaitForNodeKind::Worker(of, _) if of == pool.executor);
        let (mut top, mut bottom, mut left, mut right) = (f64::MAX, f64::MIN, f64::MAX, f64::MIN);
        for node in picture.nodes.iter().filter(mine) {
            (top, bottom) = (top.min(node.at.y), bottom.max(node.at.bottom()));
            (left, right) = (left.min(node.at.x), right.max(node.at.right()));
        }
        pool.at = Bounds::new(left - 5.0, top - 5.0, right - left + 10.0, bottom - top + 10.0);
    }
    // Where nothing stands beside the workers, the name of their pool is wider than they are.
    let name =
        |pool: &WorkerPoolFrame| pool.at.x + measure(&pool.name, TextSize::Small).min(MAX_QUEUE_WIDTH) + EDGE;
    let bends = (0..picture.edges.len()).filter_map(|number| picture.bend(number)).map(|bend| bend + EDGE);
    picture.width =
        picture.pools.iter().map(name).chain(bends).fold((x - BETWEEN + EDGE).max(2.0 * EDGE), f64::max);
    let lowest = picture.nodes.iter().map(|node| node.at.bottom()).fold(0.0, f64::max);
    let way_back =
        if picture.edges.iter().any(|edge| edge.kind == WaitForEdgeKind::NeedsAny) { BACK } else { 0.0 };
    picture.height = lowest + EDGE + way_back;
}

/// A queue stands beside the middle of those that are in it.
fn centre_queues(picture: &mut WaitForPicture) {
    let mut free = f64::MIN;
    for at in 0..picture.nodes.len() {
        if !matches!(picture.nodes[at].who, WaitForNodeKind::Queue(_)) {
            continue;
        }
        let into = |edge: &&WaitForEdge| edge.to as usize == at && edge.kind == WaitForEdgeKind::QueuedIn;
        let tops: Vec<f64> =
            picture.edges.iter().filter(into).map(|edge| picture.nodes[edge.from as usize].at.y).collect();
        let y = match tops.len() {
            0 => picture.nodes[at].at.y,
            count => tops.iter().sum::<f64>() / count as f64,
        };
        let y = y.max(free);
        picture.nodes[at].at.y = y;
        free = y + picture.nodes[at].at.height + 10.0;
    }
}
