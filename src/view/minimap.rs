//! The whole run in a strip: how busy it was, by task type; where it hung; which part is in the window.
//!
//! Invariant: a profile is made once for a run and a width, and costs as much as that strip is wide; a scene
//! is cut from it for every frame. Heights are shares of the most workers that ever did something at once.

use super::beatmark::StoryBeatMark;
use super::chart::{LaneSegment, LaneSubject, RunChart, StuckSeverity, TaskActivity};
use super::hits::{HitRegions, HitTarget};
use super::palette::{TaskHue, hue};
use super::scene::{
    Bounds, Fill, Ink, Layer, Line, Point, Rect, RectBatch, Scene, SceneItem, Stroke, SymbolMark, SymbolShape,
};
use super::viewport::{TimeWindow, Viewport};
use crate::model::id::TaskTypeId;
use crate::model::time::Time;
use std::collections::BTreeMap;

/// How wide a column is, in pixels.
const COLUMN: f64 = 2.0;
/// How far a handle can be grabbed beside the window's edge, in pixels.
const GRAB: f64 = 6.0;

/// What workers did in one column, in worker-nanoseconds.
#[derive(Clone, Debug, Default)]
struct MinimapColumn {
    work: BTreeMap<TaskHue, u64>,
    rest: u64,
    stalled: u64,
    behind: u64,
    stuck: u64,
}

impl MinimapColumn {
    fn total(&self) -> u64 {
        self.work.values().sum::<u64>() + self.rest + self.stalled + self.behind + self.stuck
    }
}

/// A whole run, cut into columns.
#[derive(Clone, Debug)]
pub struct MinimapProfile {
    columns: Vec<MinimapColumn>,
    /// The greatest total of a column.
    most: u64,
    /// How wide the strip is.
    width: f64,
    bounds: TimeWindow,
}

impl MinimapProfile {
    /// Cuts a run into columns for a strip of this width.
    pub fn new(chart: &RunChart, width: f64) -> MinimapProfile {
        MinimapProfile::until(chart, chart.end, width)
    }

    /// The same for a strip that goes on to a later instant: the end of a longer run beside it.
    pub fn until(chart: &RunChart, end: Time, width: f64) -> MinimapProfile {
        let bounds = TimeWindow::whole(end);
        let count = (width / COLUMN).max(1.0) as usize;
        let nanos = (bounds.length() / count as f64).max(1.0) as u64;
        let mut columns = vec![MinimapColumn::default(); count];
        for lane in chart.lanes.iter().filter(|lane| !matches!(lane.seat, LaneSubject::Place(_))) {
            lane.show(Time::ZERO, bounds.last(), nanos, nanos, |shown| match shown {
                LaneSegment::Piece(at) => {
                    let piece = &lane.pieces()[at as usize];
                    let (from, to) = (piece.from.0, piece.to.0.min(bounds.last().0));
                    let first = (from / nanos) as usize;
                    for (at, column) in columns.iter_mut().enumerate().skip(first) {
                        let start = at as u64 * nanos;
                        let part = to.min(start + nanos).saturating_sub(from.max(start));
                        if start >= to {
                            break;
                        }
                        let here = match (piece.act, piece.trouble) {
                            (TaskActivity::Running | TaskActivity::Io, _) => {
                                column.work.entry(hue(piece.kind)).or_default()
                            }
                            (_, StuckSeverity::Stuck | StuckSeverity::Behind) => &mut column.stuck,
                            (_, StuckSeverity::Stalled) => &mut column.stalled,
                            (_, StuckSeverity::None) => &mut column.rest,
                        };
                        *here += part;
                    }
                }
                LaneSegment::Crowd { from, sum, .. } => {
                    let Some(column) = columns.get_mut((from.0 / nanos) as usize) else { return };
                    *column.work.entry(hue(TaskTypeId(sum.kind))).or_default() += sum.work;
                    match sum.worst {
                        StuckSeverity::Stuck => column.stuck += sum.rest,
                        StuckSeverity::Behind => column.behind += sum.rest,
                        StuckSeverity::Stalled => column.stalled += sum.rest,
                        StuckSeverity::None => column.rest += sum.rest,
                    }
                }
            });
        }
        let most = columns.iter().map(MinimapColumn::total).max().unwrap_or(0).max(1);
        MinimapProfile { columns, most, width, bounds }
    }

    /// The columns as bars, by meaning.
    fn bars(&self, at: Bounds) -> Vec<SceneItem> {
        let mut all: BTreeMap<(Ink, Fill), Vec<Bounds>> = BTreeMap::new();
        let step = at.width / self.columns.len() as f64;
        for (number, column) in self.columns.iter().enumerate() {
            let mut base = at.bottom();
            let work = column.work.iter().map(|(hue, nanos)| (Ink::Task(*hue), Fill::Solid, *nanos));
            let rest = [
                (Ink::Level, Fill::Hatched, column.rest),
                (Ink::Stall, Fill::Hatched, column.stalled),
                (Ink::Muted, Fill::Hatched, column.behind),
                (Ink::Danger, Fill::Hatched, column.stuck),
            ];
            for (ink, fill, nanos) in work.chain(rest).filter(|(_, _, nanos)| *nanos > 0) {
                let height = at.height * nanos as f64 / self.most as f64;
                base -= height;
                let bar = Bounds::new(at.x + number as f64 * step, base, step, height);
                let bars = all.entry((ink, fill)).or_default();
                match bars.last_mut() {
                    Some(last)
                        if last.y == bar.y && last.height == bar.height && bar.x - last.right() < 0.01 =>
                    {
                        last.width = bar.right() - last.x;
                    }
                    _ => bars.push(bar),
                }
            }
        }
        all.into_iter().map(|((ink, fill), bars)| SceneItem::Bars(RectBatch { bars, ink, fill })).collect()
    }
}

/// The viewport of a whole strip.
fn whole(profile: &MinimapProfile) -> Viewport {
    Viewport { window: profile.bounds, bounds: profile.bounds, left: 0.0, width: profile.width }
}

/// The instant under a pixel of the strip, in nanoseconds.
pub fn nanos_at(profile: &MinimapProfile, x: f64) -> f64 {
    whole(profile).nanos_at(x)
}

/// What is shown in the strip beside the run itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct MinimapMarkers<'a> {
    /// Where the cursor is.
    pub cursor: Option<Time>,
    /// The telling moments.
    pub beats: &'a [StoryBeatMark],
    /// Nothing right of the cursor is drawn.
    pub is_future_hidden: bool,
}

/// Draws the strip: the whole run, the window in it, where it hung, the cursor.
pub fn scene(
    profile: &MinimapProfile,
    chart: &RunChart,
    window: TimeWindow,
    marks: &MinimapMarkers<'_>,
    height: f64,
) -> Scene {
    let strip = whole(profile);
    let width = profile.width;
    let clip = Bounds::new(0.0, 0.0, width, height);
    let cursor = marks.cursor;
    let edge = cursor.filter(|_| marks.is_future_hidden).map_or(width, |cursor| strip.x_of(cursor));
    let mut told = profile.bars(Bounds::new(0.0, 4.0, width, height - 5.0));
    for beat in marks.beats {
        told.extend(beat.dot(strip.x_of(beat.at), height - 6.0));
    }
    let floor = height - 0.5;
    let mut items = Vec::new();
    items.push(SceneItem::Line(line(0.0, floor, width, floor, Ink::Rule)));
    for moment in chart.moments.iter().take(64) {
        let ink = if moment.trouble == StuckSeverity::Stuck { Ink::Danger } else { Ink::Stall };
        let x = strip.x_of(moment.at);
        told.push(SceneItem::Line(line(x, 0.0, x, height, ink)));
        let at = Point { x, y: 5.0 };
        told.push(SceneItem::Mark(SymbolMark { at, size: 9.0, shape: SymbolShape::Flag, ink }));
    }
    let mut hits = HitRegions::default();
    hits.row(0.0, height, Some(HitTarget::Minimap));
    let (left, right) = (strip.x(window.from).max(0.0), strip.x(window.to).min(width));
    if window != profile.bounds {
        let veil = |x: f64, w: f64| {
            let at = Bounds::new(x, 0.0, w, height);
            SceneItem::Rect(Rect { at, ink: Ink::Surface, fill: Fill::Half, edge: None, radius: 0.0 })
        };
        items.push(veil(0.0, left));
        items.push(veil(right, width - right));
    }
    let frame = Bounds::new(left, 0.0, (right - left).max(2.0), height);
    items.push(SceneItem::Rect(Rect {
        at: frame,
        ink: Ink::Surface,
        fill: Fill::Wash,
        edge: (window != profile.bounds).then_some(Ink::Soft),
        radius: 2.0,
    }));
    hits.over(frame, HitTarget::MinimapWindow);
    for (x, target) in [(left, HitTarget::MinimapFrom), (right, HitTarget::MinimapTo)] {
        // Whole also at the ends of the strip, and apart from what is beside it.
        let left = (x - 2.0).clamp(1.0, (width - 5.0).max(1.0));
        let grip = Bounds::new(left, height / 2.0 - 8.0, 4.0, 16.0);
        let rect = Rect { at: grip, ink: Ink::Soft, fill: Fill::Solid, edge: None, radius: 1.5 };
        items.push(SceneItem::Rect(rect));
        hits.over(Bounds::new(x - GRAB, 0.0, 2.0 * GRAB, height), target);
    }
    if let Some(cursor) = cursor {
        let x = strip.x_of(cursor);
        items.push(SceneItem::Line(Line { width: 1.5, ..line(x, 0.0, x, height, Ink::Accent) }));
    }
    let past = Bounds { width: edge, ..clip };
    let layers = vec![Layer { clip: past, items: told }, Layer { clip, items }];
    Scene { width, height, content_height: height, layers, hits }
}

fn line(x: f64, y: f64, to_x: f64, to_y: f64, ink: Ink) -> Line {
    Line { from: Point { x, y }, to: Point { x: to_x, y: to_y }, ink, stroke: Stroke::Solid, width: 1.0 }
}
