//! The headings of executors and cells: name, kind, and the figures at the cursor.

use super::{Row, Rows, TimelineInputs};
use crate::analysis::state::place::ExecutorState;
use crate::model::id::ExecutorId;
use crate::view::chart::Group;
use crate::view::scene::{
    Align, Area, Bounds, Fill, Ink, Item, Label, Mark, Point, Rect, Shape, TextSize, fit_text,
};

impl TimelineInputs<'_> {
    pub(super) fn heading(&mut self, executor: ExecutorId, row: &Row, rows: &Rows) {
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

    pub(super) fn cells_heading(&mut self, row: &Row, rows: &Rows) {
        self.band(row);
        self.title("cells", "read and written", None, rows.cells_folded, row);
    }

    fn band(&mut self, row: &Row) {
        let at = Bounds::new(0.0, row.top, self.body.right(), row.height());
        self.back.push(Item::Rect(Rect { at, ink: Ink::Raised, fill: Fill::Solid, edge: None, radius: 0.0 }));
    }

    fn title(&mut self, name: &str, note: &str, figures: Option<String>, is_folded: bool, row: &Row) {
        let middle = row.middle();
        let shape = if is_folded { Shape::Folded } else { Shape::Open };
        let at = Point { x: 12.0, y: middle };
        self.names.push(Item::Mark(Mark { at, size: 8.0, shape, ink: Ink::Soft }));
        let right = self.body.right() - 10.0;
        let mut left = 22.0;
        let mut room = right - left;
        if let Some(text) = figures {
            let width = (self.measure)(&text, TextSize::Small);
            if width < room - 40.0 {
                let plate = Some(Ink::Raised);
                let (at, ink, face) = (Point { x: right, y: middle }, Ink::Soft, TextSize::Small);
                self.names.push(Item::Label(Label { at, text, ink, face, align: Align::End, plate }));
                room -= width + 16.0;
            }
        }
        let Some(name) = fit_text(name, TextSize::Title, room, self.measure) else { return };
        let width = (self.measure)(&name, TextSize::Title);
        self.names.push(label(left, middle, name, Ink::Text, TextSize::Title, Align::Start));
        left += width + 8.0;
        room -= width + 8.0;
        if (self.measure)(note, TextSize::Small) <= room {
            self.names.push(label(left, middle, note.to_owned(), Ink::Soft, TextSize::Small, Align::Start));
        }
    }

    /// How busy a folded executor was, as an area behind its heading.
    fn folded_use(&mut self, group: &Group, row: &Row) {
        let (steps, full) = match group.workers {
            Some(workers) if !group.busy.is_empty() => (&group.busy, workers.min(group.busy.peak().max(1))),
            _ => (&group.queue, group.queue.peak().max(1)),
        };
        let points = self.stairs(steps, full, row.top + 3.0, row.bottom);
        let area = Area { points, base: row.bottom, ink: Ink::Level, fill: Fill::Wash };
        self.items.push(Item::Area(area));
    }
}

fn label(x: f64, y: f64, text: String, ink: Ink, face: TextSize, align: Align) -> Item {
    Item::Label(Label { at: Point { x, y }, text, ink, face, align, plate: None })
}

/// `5 of 5 busy, 5 queued`; `3 held, build 10 of 10`.
fn figures(group: &Group, place: &ExecutorState) -> String {
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
