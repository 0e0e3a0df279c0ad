//! The timeline: a ruler, a group of rows for each executor, the cells; cut out of a chart for one window
//! of time and one place of the scroll bar.
//!
//! Invariant: a pure function of its arguments. What it costs depends on what is seen, not on what there
//! is: rows outside the clip are skipped, pieces under two pixels are merged. Deliberately absent: events,
//! scrolling and gliding (the page's), colours (the painter's), the minimap ([`super::minimap`]).

mod arrows;
mod cells;
mod frame;
mod heading;
mod layout;
mod levels;
mod pieces;
mod rows;

pub use layout::{RULER, RowDensity, TimelineLayout};
pub use rows::{TimelineRow, TimelineRowKind, TimelineRows};

pub use super::beatmark::StoryBeatMark;

use super::chart::RunChart;
use super::hits::{HitRegions, HitTarget};
use super::scene::{Bounds, Ink, Layer, Measure, Scene, SceneItem, TextAlign, TextLabel, TextSize};
use super::viewport::{TimeWindow, Viewport};
use crate::analysis::digest::Digest;
use crate::analysis::state::State;
use crate::model::id::TaskId;
use crate::model::time::Time;
use std::collections::BTreeSet;

/// Pieces narrower than this are merged, in pixels.
pub const MIN_COUNT: f64 = 2.0;

/// What part of the run after the cursor is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FutureVisibility {
    /// All of it.
    #[default]
    Shown,
    /// It is there, but pale.
    Pale,
    /// Nothing: the run is drawn as it happens.
    Hidden,
}

/// What the person looks at.
#[derive(Clone, Copy, Default)]
pub struct TimelineViewState<'a> {
    /// Cursor, if it is in sight.
    pub cursor: Option<Time>,
    /// The state at the cursor, for the figures in the headings.
    pub state: Option<&'a State>,
    /// What of the run after the cursor is shown.
    pub future: FutureVisibility,
    /// The task that is chosen: outlined, with arrows from its parent and to its children.
    pub selected: Option<TaskId>,
    /// The task that the pointer is on, here or in the graph: the same, more lightly.
    pub hovered: Option<TaskId>,
    /// Tasks to outline: found by a search, pointed at in the graph.
    pub highlighted: Option<&'a BTreeSet<TaskId>>,
    /// The range of time that is chosen.
    pub range: Option<TimeWindow>,
    /// Where the run parts from another that is shown beside it.
    pub parted: Option<Time>,
    /// Telling moments, as dots on the ruler.
    pub beats: &'a [StoryBeatMark],
    /// Instants that the person marked.
    pub marks: &'a [Time],
}

impl TimelineViewState<'_> {
    fn is_outlined(&self, task: TaskId) -> bool {
        self.selected == Some(task) || self.highlighted.is_some_and(|tasks| tasks.contains(&task))
    }
}

/// All that a part of the timeline is drawn from.
struct TimelineInputs<'a> {
    digest: &'a Digest<'a>,
    chart: &'a RunChart,
    view: Viewport,
    focus: &'a TimelineViewState<'a>,
    measure: Measure<'a>,
    /// Where rows can be seen.
    body: Bounds,
    /// The instants at the body's edges.
    from: Time,
    to: Time,
    /// The background of rows.
    back: Vec<SceneItem>,
    /// What happens in time: cut off at the gutter, and at the cursor if the future is hidden.
    items: Vec<SceneItem>,
    /// Lines through all rows, under the words of headings.
    lines: Vec<SceneItem>,
    /// What lies over it.
    over: Vec<SceneItem>,
    /// Names in the gutter, headings.
    names: Vec<SceneItem>,
    /// Where the row above says what is waited for, and that: said once for a run of equal neighbours.
    above: Vec<(i64, String)>,
    /// The same of the row that is being drawn.
    here: Vec<(i64, String)>,
    hits: HitRegions,
}

impl TimelineInputs<'_> {
    fn nanos(&self, pixels: f64) -> u64 {
        (self.view.nanos_per_pixel() * pixels).max(1.0) as u64
    }

    /// Where an instant is, kept near the body so that no painter sees huge numbers.
    fn x(&self, at: Time) -> f64 {
        self.view.x_of(at).clamp(self.body.x - 64.0, self.body.right() + 64.0)
    }
}

/// How wide the gutter for names must be: the `left` of the timeline's viewport.
pub fn gutter(chart: &RunChart, width: f64, measure: Measure<'_>) -> f64 {
    let least = if width < 600.0 { 36.0 } else { 56.0 };
    let cells = chart.cells.iter().map(|cell| cell.name.as_str());
    let caps = chart.groups.iter().flat_map(|group| &group.caps).map(|cap| cap.name.as_str());
    let rest = ["queue", "held"].into_iter().filter(|_| chart.groups.iter().any(|g| !g.queue.is_empty()));
    let widest = cells.chain(caps).chain(rest).map(|name| measure(name, TextSize::Small)).fold(0.0, f64::max);
    libm::ceil((widest + 20.0).clamp(least, (width * 0.24).max(least)))
}

/// Draws it. `viewport.left` is the gutter's width, and `left + width` the scene's.
pub fn scene(
    digest: &Digest<'_>,
    chart: &RunChart,
    viewport: &Viewport,
    layout: &TimelineLayout,
    focus: &TimelineViewState<'_>,
    measure: Measure<'_>,
) -> Scene {
    let rows = TimelineRows::new(chart, layout);
    let height = if layout.height > 0.0 { layout.height } else { rows.height };
    let body = Bounds::new(viewport.left, RULER, layout.width - viewport.left, height - RULER);
    let mut canvas = TimelineInputs {
        digest,
        chart,
        view: *viewport,
        focus,
        measure,
        body,
        from: viewport.window.first(),
        to: viewport.window.last(),
        back: Vec::new(),
        items: Vec::new(),
        lines: Vec::new(),
        over: Vec::new(),
        names: Vec::new(),
        above: Vec::new(),
        here: Vec::new(),
        hits: HitRegions::default(),
    };
    canvas.ruler(layout.width);
    for row in rows.between(RULER, height) {
        canvas.row(row, &rows);
    }
    if let Some(row) = rows.stuck_heading() {
        canvas.stuck(&row, &rows);
    }
    canvas.arrows(&rows);
    canvas.over_all(layout.width, height, rows.height - layout.scroll);
    canvas.finish(layout.width, height, rows.height)
}

/// The words that reach beyond the cursor, as they can be read there.
fn veiled(words: &[SceneItem], edge: f64, measure: Measure<'_>) -> Vec<SceneItem> {
    let reaches = |label: &&TextLabel| {
        let width = measure(&label.text, label.face);
        label.at.x + width * if label.align == TextAlign::Middle { 0.5 } else { 1.0 } > edge
    };
    let labels =
        words.iter().filter_map(|item| if let SceneItem::Label(label) = item { Some(label) } else { None });
    let pale = |label: &TextLabel| {
        let ink = if let Ink::OnTask(hue) = label.ink { Ink::OnVeiled(hue) } else { label.ink };
        SceneItem::Label(TextLabel { ink, ..label.clone() })
    };
    labels.filter(reaches).map(pale).collect()
}

impl TimelineInputs<'_> {
    fn row(&mut self, row: &TimelineRow, rows: &TimelineRows) {
        if !matches!(row.kind, TimelineRowKind::Lane(_)) {
            self.here.clear();
        }
        // A row half under the ruler can only be pointed at where it is seen.
        let target = match row.kind {
            TimelineRowKind::Heading(executor) => Some(HitTarget::Heading(executor)),
            TimelineRowKind::Lane(lane) => self.lane_target(lane),
            TimelineRowKind::Queue(executor) => Some(HitTarget::Queue(executor)),
            TimelineRowKind::Cap(executor, cap) => Some(HitTarget::Cap(executor, cap)),
            TimelineRowKind::CellsHeading => Some(HitTarget::CellsHeading),
            TimelineRowKind::Cell(track) => Some(HitTarget::Cell(self.chart.cells[track as usize].cell)),
        };
        self.hits.row(row.top.max(RULER), row.bottom.max(RULER), target);
        match row.kind {
            TimelineRowKind::Heading(executor) => self.heading(executor, row, rows),
            TimelineRowKind::Lane(lane) => self.lane(lane, row),
            TimelineRowKind::Queue(executor) => self.queue(executor, row),
            TimelineRowKind::Cap(executor, cap) => self.cap(executor, cap, row),
            TimelineRowKind::CellsHeading => self.cells_heading(row, rows),
            TimelineRowKind::Cell(track) => self.cell(track, row),
        }
    }

    /// The heading of what is scrolled half away, over its rows.
    fn stuck(&mut self, row: &TimelineRow, rows: &TimelineRows) {
        let (back, names) = (self.back.len(), self.names.len());
        self.names.retain(|item| !matches!(item, SceneItem::Label(label) if label.at.y < row.bottom));
        let names = names.min(self.names.len());
        match row.kind {
            TimelineRowKind::Heading(executor) => self.heading(executor, row, rows),
            _ => self.cells_heading(row, rows),
        }
        // It lies over everything: what it consists of moves to the top.
        self.over.splice(0..0, self.back.split_off(back).into_iter().chain(self.names.split_off(names)));
        let target = match row.kind {
            TimelineRowKind::Heading(executor) => HitTarget::Heading(executor),
            _ => HitTarget::CellsHeading,
        };
        self.hits.over(
            Bounds::new(0.0, row.top.max(RULER), self.body.right(), row.bottom - row.top.max(RULER)),
            target,
        );
    }

    fn finish(self, width: f64, height: f64, content_height: f64) -> Scene {
        let below = Bounds::new(0.0, RULER, width, height - RULER);
        let hidden = self.focus.future == FutureVisibility::Hidden;
        let cursor = self.focus.cursor.map(|at| self.x(at).clamp(self.body.x, self.body.right()));
        let edge = cursor.unwrap_or(self.body.right());
        let past = Bounds { width: edge - self.body.x, ..self.body };
        let ahead = Bounds { x: edge, width: self.body.right() - edge, ..self.body };
        let everything = Bounds::new(0.0, 0.0, width, height);
        // Words stand over what veils the future, in ink that can be read there.
        let (words, shapes): (Vec<SceneItem>, Vec<SceneItem>) =
            self.items.into_iter().partition(|item| matches!(item, SceneItem::Label(_)));
        let is_pale = self.focus.future == FutureVisibility::Pale && edge < self.body.right();
        let veiled = if is_pale { self::veiled(&words, edge, self.measure) } else { Vec::new() };
        let layers = vec![
            Layer { clip: below, items: self.back },
            Layer { clip: if hidden { past } else { self.body }, items: shapes },
            Layer { clip: if hidden || is_pale { past } else { self.body }, items: words },
            Layer { clip: ahead, items: veiled },
            Layer { clip: everything, items: self.lines },
            Layer { clip: below, items: self.names },
            Layer { clip: everything, items: self.over },
        ];
        Scene { width, height, content_height, layers, hits: self.hits }
    }
}
