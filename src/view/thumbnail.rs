//! A run as a small picture for a card of the gallery: rows of workers in their colours, what waits, where
//! it hangs. No words: the card has them.
//!
//! Invariant: readable at 240 by 96 pixels; rows that do not fit are left out evenly, never squeezed away.

use super::chart::{
    ActivitySpan, ChartLane, LaneSegment, LaneSubject, RunChart, StuckSeverity, TaskActivity,
};
use super::hits::HitRegions;
use super::palette::hue;
use super::scene::{
    AreaUnderLine, Bounds, Fill, Ink, Layer, Line, Point, Rect, RectBatch, Scene, SceneItem, Stroke,
    SymbolMark, SymbolShape,
};
use super::viewport::{TimeWindow, Viewport};
use crate::model::id::TaskTypeId;
use std::collections::BTreeMap;

/// The least height of a row, in pixels.
const MIN_ROW: f64 = 4.0;
/// The greatest height of a row, in pixels.
const MAX_ROW: f64 = 14.0;
/// Height of the area for queues, in pixels.
const QUEUE: f64 = 14.0;

/// Draws `chart` as a thumbnail.
pub fn scene(chart: &RunChart, width: f64, height: f64) -> Scene {
    let bounds = TimeWindow::new(0.0, (chart.end.0 as f64).max(1.0));
    let view = Viewport { window: bounds, bounds, left: 0.0, width };
    let used = |lane: &&ChartLane| !lane.pieces().is_empty() && !matches!(lane.seat, LaneSubject::Place(_));
    let lanes: Vec<&ChartLane> = chart.lanes.iter().filter(used).collect();
    let held: Vec<&ChartLane> =
        chart.lanes.iter().filter(|lane| matches!(lane.seat, LaneSubject::Place(_))).collect();
    let deepest = chart.groups.iter().max_by_key(|group| group.queue.peak()).filter(|g| g.queue.peak() > 0);
    // With few workers there is room for who waits; with many their number has to do.
    let with_places = lanes.len() + held.len() <= 12;
    let rows: Vec<&ChartLane> = if with_places { lanes.into_iter().chain(held).collect() } else { lanes };
    let area = if with_places || deepest.is_none() { 0.0 } else { QUEUE };
    let room = height - 8.0 - area;
    let fits = ((room / MIN_ROW) as usize).max(1);
    let shown: Vec<&ChartLane> = match rows.len() {
        count if count <= fits => rows,
        count => (0..fits).map(|at| rows[at * count / fits]).collect(),
    };
    let row = (room / shown.len().max(1) as f64).clamp(MIN_ROW, MAX_ROW);
    let top = 4.0 + (room - row * shown.len() as f64).max(0.0) / 2.0;
    let mut items = Vec::new();
    for (number, lane) in shown.into_iter().enumerate() {
        let at = Bounds::new(0.0, top + number as f64 * row, width, row);
        draw(&mut items, lane, &view, at);
    }
    if let Some(group) = deepest.filter(|_| area > 0.0) {
        let base = height - 2.0;
        let peak = f64::from(group.queue.peak());
        let mut points: Vec<Point> = Vec::new();
        for (at, value) in group.queue.show(bounds.first(), bounds.last(), view.nanos_per_pixel() as u64 * 2)
        {
            let (x, y) = (view.x_of(at), base - (QUEUE - 3.0) * f64::from(value) / peak);
            points.extend(points.last().map(|last| Point { x, y: last.y }));
            points.push(Point { x, y });
        }
        points.extend(points.last().map(|last| Point { x: width, y: last.y }));
        items.push(SceneItem::Area(AreaUnderLine { points, base, ink: Ink::Level, fill: Fill::Wash }));
    }
    if let Some(moment) = chart.worst_moment() {
        let ink = if moment.trouble == StuckSeverity::Stuck { Ink::Danger } else { Ink::Stall };
        let x = view.x_of(moment.at);
        let (from, to) = (Point { x, y: 0.0 }, Point { x, y: height });
        items.push(SceneItem::Line(Line { from, to, ink, stroke: Stroke::Solid, width: 1.5 }));
        items.push(SceneItem::Mark(SymbolMark {
            at: Point { x, y: 5.0 },
            size: 9.0,
            shape: SymbolShape::Flag,
            ink,
        }));
    }
    let layers = vec![Layer { clip: Bounds::new(0.0, 0.0, width, height), items }];
    Scene { width, height, content_height: height, layers, hits: HitRegions::default() }
}

fn draw(items: &mut Vec<SceneItem>, lane: &ChartLane, view: &Viewport, at: Bounds) {
    let gap = if at.height >= 6.0 { 1.0 } else { 0.5 };
    let column = (view.nanos_per_pixel() * 2.0).max(1.0) as u64;
    let mut crowds: BTreeMap<Ink, Vec<Bounds>> = BTreeMap::new();
    lane.show(view.window.first(), view.window.last(), column, column, |shown| match shown {
        LaneSegment::Piece(number) => {
            let piece = &lane.pieces()[number as usize];
            let (left, right) = (view.x_of(piece.from), view.x_of(piece.to).min(at.right()));
            let place = Bounds::new(left, at.y + gap, right - left, at.height - 2.0 * gap);
            items.push(SceneItem::Rect(rect(piece, place)));
        }
        LaneSegment::Crowd { from, to, sum, .. } => {
            let share = ((sum.work + sum.rest) as f64 / column as f64).clamp(0.25, 1.0);
            let full = at.height - 2.0 * gap;
            let (left, right) = (view.x_of(from), view.x_of(to));
            let bar = Bounds::new(left, at.bottom() - gap - full * share, right - left, full * share);
            crowds.entry(Ink::Task(hue(TaskTypeId(sum.kind)))).or_default().push(bar);
        }
    });
    items.extend(
        crowds.into_iter().map(|(ink, bars)| SceneItem::Bars(RectBatch { bars, ink, fill: Fill::Solid })),
    );
}

fn rect(piece: &ActivitySpan, at: Bounds) -> Rect {
    let own = Ink::Task(hue(piece.kind));
    let (ink, edge) = match piece.trouble {
        StuckSeverity::None => (own, None),
        StuckSeverity::Stalled => (Ink::Stall, None),
        StuckSeverity::Behind => (own, Some(Ink::Danger)),
        StuckSeverity::Stuck => (Ink::Danger, None),
    };
    let fill = match piece.act {
        TaskActivity::Running => Fill::Solid,
        TaskActivity::Io => Fill::Half,
        TaskActivity::Waiting => Fill::Hatched,
        TaskActivity::Ready | TaskActivity::Queued => Fill::Outline,
        TaskActivity::Held => Fill::Dotted,
        TaskActivity::Cancelled => Fill::Struck,
    };
    let ink = if piece.act == TaskActivity::Cancelled { Ink::Muted } else { ink };
    Rect { at, ink, fill, edge, radius: 1.0 }
}
