//! The headings of executors and cells: name, kind, and the figures at the cursor.

use super::{TimelineInputs, TimelineRow, TimelineRows};
use crate::analysis::state::place::ExecutorState;
use crate::model::id::ExecutorId;
use crate::view::chart::ExecutorLanes;
use crate::view::scene::{
    AreaUnderLine, Bounds, Fill, Ink, Point, Rect, SceneItem, SymbolMark, SymbolShape, TextAlign, TextLabel,
    TextSize, fit_text,
};

/// How wide a break is drawn, in CSS pixels.
const BREAK: f64 = 12.0;

impl TimelineInputs<'_> {
    pub(super) fn heading(&mut self, executor: ExecutorId, row: &TimelineRow, rows: &TimelineRows) {
        let chart = self.chart;
        let Some(group) = chart.group(executor) else { return };
        let is_folded = rows.folded.contains(&executor);
        self.band(row);
        if is_folded {
            self.folded_use(group, row);
        }
        let figures = self.focus.state.map(|state| figures(group, state.executor(executor)));
        self.title(&group.name, &group.note, figures, is_folded, row);
    }

    pub(super) fn cells_heading(&mut self, row: &TimelineRow, rows: &TimelineRows) {
        self.band(row);
        self.title("cells", "read and written", None, rows.cells_folded, row);
    }

    fn band(&mut self, row: &TimelineRow) {
        let at = Bounds::new(0.0, row.top, self.body.right(), row.height());
        self.back.push(SceneItem::Rect(Rect {
            at,
            ink: Ink::Raised,
            fill: Fill::Solid,
            edge: None,
            radius: 0.0,
        }));
    }

    fn title(&mut self, name: &str, note: &str, figures: Option<String>, is_folded: bool, row: &TimelineRow) {
        let middle = row.middle();
        let shape = if is_folded { SymbolShape::Folded } else { SymbolShape::Open };
        let at = Point { x: 12.0, y: middle };
        self.names.push(SceneItem::Mark(SymbolMark { at, size: 8.0, shape, ink: Ink::Soft }));
        // The zigzag of a break begins a little before it.
        let end = self.break_in_sight().map_or(self.body.right(), |(x, _)| x - BREAK);
        let right = end - 10.0;
        let mut left = 22.0;
        let mut room = right - left;
        if let Some(text) = figures.filter(|text| !text.is_empty()) {
            let width = (self.measure)(&text, TextSize::Small);
            if width < room - 40.0 {
                let plate = Some(Ink::Raised);
                let (at, ink, face) = (Point { x: right, y: middle }, Ink::Soft, TextSize::Small);
                self.names.push(SceneItem::Label(TextLabel {
                    at,
                    text,
                    ink,
                    face,
                    align: TextAlign::End,
                    plate,
                }));
                room -= width + 16.0;
            }
        }
        let Some(name) = fit_text(name, TextSize::Title, room, self.measure) else { return };
        let width = (self.measure)(&name, TextSize::Title);
        self.names.push(label(left, middle, name, Ink::Text, TextSize::Title, TextAlign::Start));
        left += width + 8.0;
        room -= width + 8.0;
        if (self.measure)(note, TextSize::Small) <= room {
            self.names.push(label(
                left,
                middle,
                note.to_owned(),
                Ink::Soft,
                TextSize::Small,
                TextAlign::Start,
            ));
        }
    }

    /// How busy a folded executor was, as an area behind its heading.
    fn folded_use(&mut self, group: &ExecutorLanes, row: &TimelineRow) {
        let (steps, full) = match group.workers {
            Some(workers) if !group.busy.is_empty() => (&group.busy, workers.min(group.busy.peak().max(1))),
            _ => (&group.queue, group.queue.peak().max(1)),
        };
        let points = self.stairs(steps, full, row.top + 3.0, row.bottom);
        let area = AreaUnderLine { points, base: row.bottom, ink: Ink::Level, fill: Fill::Wash };
        self.items.push(SceneItem::Area(area));
    }
}

fn label(x: f64, y: f64, text: String, ink: Ink, face: TextSize, align: TextAlign) -> SceneItem {
    SceneItem::Label(TextLabel { at: Point { x, y }, text, ink, face, align, plate: None })
}

/// `5 of 5 busy, 5 queued`; `3 held, build 10 of 10`.
fn figures(group: &ExecutorLanes, place: &ExecutorState) -> String {
    let mut parts = Vec::new();
    if let Some(workers) = group.workers {
        let busy = (place.busy + place.starting).min(place.alive);
        parts.push(format!("{busy} of {workers} busy"));
    }
    let word = if group.is_wrapper { "held" } else { "queued" };
    if place.waiting > 0 || (group.is_wrapper && group.caps.is_empty()) {
        parts.push(format!("{} {word}", place.waiting));
    }
    for (cap, used) in group.caps.iter().zip(&place.cap_use) {
        parts.push(format!("{} {used} of {}", cap.name, cap.limit));
    }
    if place.shut_down {
        parts.push("shut down".to_owned());
    }
    parts.join(", ")
}
