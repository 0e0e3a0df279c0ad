//! What lies under and over the rows: ruler and grid, deadlocks and stalls where they formed, the chosen
//! range, the cursor.

use super::{FutureVisibility, RULER, TimelineInputs};
use crate::model::time::{Duration, Time};
use crate::view::chart::StuckSeverity;
use crate::view::hits::HitTarget;
use crate::view::ruler::{self, ruler};
use crate::view::scene::{
    Bounds, Fill, Ink, Line, Point, Polyline, Rect, SceneItem, Stroke, SymbolMark, SymbolShape, TextAlign,
    TextLabel, TextSize,
};
use crate::view::viewport::TimeWindow;

/// A millisecond in nanoseconds.
const MILLISECOND: u64 = 1_000_000;
/// A standstill narrower than this has no words, in pixels.
const MIN_TAIL: f64 = 240.0;
/// Most deadlocks and stalls with a flag each.
const MAX_FLAGS: usize = 64;

impl TimelineInputs<'_> {
    pub(super) fn ruler(&mut self, width: f64) {
        self.hits.row(0.0, RULER, Some(HitTarget::Ruler));
        let ruler = ruler(&self.view, self.measure);
        let right = self.body.right();
        let plate = self.cursor_plate(width);
        let covered = |from: f64, to: f64| plate.is_some_and(|(left, right)| from < right && left < to);
        for tick in ruler.ticks.iter().filter(|tick| tick.x >= self.body.x - 0.5 && tick.x <= right) {
            let is_main = tick.label.is_some();
            let top = RULER - if is_main { 7.0 } else { 4.0 };
            self.over.push(line(tick.x, top, RULER, Ink::Rule, Stroke::Solid, 1.0));
            let Some(text) = &tick.label else { continue };
            self.back.push(line(tick.x, RULER, self.body.bottom(), Ink::Grid, Stroke::Solid, 1.0));
            let half = (self.measure)(text, TextSize::Small) / 2.0;
            let x = tick.x.clamp(self.body.x + half - 4.0, (right - half - 2.0).max(self.body.x));
            if (x - tick.x).abs() < half && !covered(x - half - 4.0, x + half + 4.0) {
                let at = Point { x, y: RULER / 2.0 - 3.0 };
                self.over.push(text_at(
                    at,
                    text.clone(),
                    Ink::Soft,
                    TextSize::Small,
                    TextAlign::Middle,
                    None,
                ));
            }
        }
        if let Some(anchor) = ruler.anchor {
            let at = Point { x: 8.0, y: RULER / 2.0 - 3.0 };
            self.over.push(text_at(
                at,
                anchor,
                Ink::Text,
                TextSize::Small,
                TextAlign::Start,
                Some(Ink::Surface),
            ));
        }
        let (from, to) = (Point { x: 0.0, y: RULER }, Point { x: width, y: RULER });
        self.over.push(SceneItem::Line(Line { from, to, ink: Ink::Rule, stroke: Stroke::Solid, width: 1.0 }));
    }

    /// `foot` is the lower edge of what there is, scrolled.
    pub(super) fn over_all(&mut self, width: f64, height: f64, foot: f64) {
        self.end_of_run(height);
        self.moments(height, foot);
        self.parting(height);
        self.range(height);
        self.marked(height);
        self.cut(height);
        self.beats();
        self.cursor(width, height);
    }

    /// Where the run ends: nothing is drawn after it.
    fn end_of_run(&mut self, height: f64) {
        let x = self.view.x_of(self.chart.end);
        let hangs = self.chart.end > self.chart.run_end;
        if !hangs && self.body.x < x && x < self.body.right() {
            self.items.push(line(x, RULER, height, Ink::Rule, Stroke::Dotted, 1.0));
        }
    }

    fn moments(&mut self, height: f64, foot: f64) {
        let hidden = self.focus.future == FutureVisibility::Hidden;
        let until = self.focus.cursor.filter(|_| hidden);
        let mut taken = f64::MIN;
        let chart = self.chart;
        let seen = |at: f64| self.body.x <= at && at <= self.body.right();
        let moments: Vec<_> = chart
            .moments
            .iter()
            .filter(|moment| until.is_none_or(|until| moment.at <= until))
            .map(|moment| (moment, self.view.x_of(moment.at)))
            .filter(|(_, x)| seen(*x))
            .take(MAX_FLAGS)
            .collect();
        for (moment, x) in moments {
            let (ink, text) = match moment.trouble {
                StuckSeverity::Stuck => (Ink::Danger, "deadlock forms"),
                StuckSeverity::Stalled | StuckSeverity::Behind | StuckSeverity::None => {
                    (Ink::Stall, "stall begins")
                }
            };
            // Wider than the cursor, so that it is seen when the cursor stands on it.
            self.lines.push(line(x, RULER, height, ink, Stroke::Solid, 3.0));
            let at = Point { x, y: RULER + 8.0 };
            self.over.push(SceneItem::Mark(SymbolMark { at, size: 14.0, shape: SymbolShape::Flag, ink }));
            self.hits.over(Bounds::new(x - 4.0, RULER, 16.0, 18.0), HitTarget::Moment(moment.event));
            // The words stand at the foot of the line, where no row is in the way of them for long.
            let length = (self.measure)(text, TextSize::Small);
            let fits_right = x + length + 12.0 < self.body.right();
            if x < taken {
                continue;
            }
            taken = x + length + 20.0;
            // Scrolled away from the foot they would cover a row; the flag and its card remain.
            if foot > height + 0.5 {
                continue;
            }
            let (at, align) = match fits_right {
                true => (Point { x: x + 7.0, y: height - 10.0 }, TextAlign::Start),
                false => (Point { x: x - 7.0, y: height - 10.0 }, TextAlign::End),
            };
            self.over.push(text_at(at, text.to_owned(), ink, TextSize::Small, align, Some(Ink::Surface)));
        }
    }

    /// Telling moments, on the line between ruler and rows.
    fn beats(&mut self) {
        let hidden = self.focus.future == FutureVisibility::Hidden;
        let until = self.focus.cursor.filter(|_| hidden);
        for beat in self.focus.beats.iter().filter(|beat| until.is_none_or(|until| beat.at <= until)) {
            let x = self.view.x_of(beat.at);
            if x < self.body.x - 0.5 || x > self.body.right() + 0.5 {
                continue;
            }
            self.over.extend(beat.dot(x, RULER - 1.0));
            self.hits.over(Bounds::new(x - 9.0, RULER - 10.0, 18.0, 18.0), HitTarget::Moment(beat.event));
        }
    }

    /// What the person marked: a flag with its number, and a line through all rows.
    fn marked(&mut self, height: f64) {
        for (number, at) in self.focus.marks.iter().enumerate() {
            let x = self.view.x_of(*at);
            if x < self.body.x - 0.5 || x > self.body.right() + 0.5 {
                continue;
            }
            self.lines.push(line(x, RULER, height, Ink::Text, Stroke::Dotted, 1.0));
            let at = Point { x: x + 3.0, y: RULER - 8.0 };
            let text = (number + 1).to_string();
            self.over.push(text_at(
                at,
                text,
                Ink::Surface,
                TextSize::Small,
                TextAlign::Start,
                Some(Ink::Text),
            ));
        }
    }

    /// Where a standstill in sight is cut off, and what is said there: how much longer it lasts, or that nothing more
    /// happens.
    pub(super) fn break_in_sight(&self) -> Option<(f64, String)> {
        let (chart, window, right) = (self.chart, self.view.window, self.body.right());
        if self.focus.future == FutureVisibility::Hidden {
            return None;
        }
        let (to, end) = (window.to, chart.run_end.0 as f64);
        let is_at_end = |story: &TimeWindow| (to - story.to).abs() <= story.length() * 0.01;
        match chart.story().filter(is_at_end) {
            Some(_) if end - to >= MILLISECOND as f64 => {
                let rest = Duration((end - to) as u64 / MILLISECOND * MILLISECOND);
                let finishes = chart.last_end.0 as f64 > to;
                Some((right, format!("{rest} more{}", if finishes { "" } else { ", nothing finishes" })))
            }
            Some(_) => Some((right, "nothing more happens".to_owned())),
            // What hangs for ever is drawn for a while beyond the end of the run.
            None if chart.end > chart.run_end && self.view.x_of(chart.end) <= right + 1.0 => {
                Some((self.view.x_of(chart.end), "nothing more happens".to_owned()))
            }
            None => None,
        }
    }

    /// A break where a standstill is cut off.
    fn cut(&mut self, height: f64) {
        let (chart, right) = (self.chart, self.body.right());
        let Some((x, text)) = self.break_in_sight() else { return };
        // Nothing is drawn beyond the break.
        let beyond = Bounds::new(x - 5.0, RULER + 1.0, (right - x + 5.0).max(0.0), height - RULER);
        self.lines.push(SceneItem::Rect(Rect {
            at: beyond,
            ink: Ink::Surface,
            fill: Fill::Solid,
            edge: None,
            radius: 0.0,
        }));
        for offset in [-9.0, -5.0] {
            self.lines.push(zigzag(x + offset, RULER, height));
        }
        // At the foot, beside the words of the deadlock, if there is room for both.
        let knot = chart.worst_moment().map_or(self.body.x, |moment| self.view.x_of(moment.at));
        if x - knot.max(self.body.x) > MIN_TAIL {
            let at = Point { x: x - 16.0, y: height - 10.0 };
            self.over.push(text_at(at, text, Ink::Soft, TextSize::Small, TextAlign::End, Some(Ink::Surface)));
        }
    }

    /// Where the run parts from the one beside it: on both, so that the eye finds it.
    fn parting(&mut self, height: f64) {
        let Some(at) = self.focus.parted else { return };
        let (x, text) = (self.view.x_of(at), "they part here");
        if x < self.body.x - 0.5 || x > self.body.right() + 0.5 {
            return;
        }
        self.lines.push(line(x, RULER, height, Ink::Text, Stroke::Dashed, 2.0));
        let fits_right = x + (self.measure)(text, TextSize::Small) + 12.0 < self.body.right();
        let (x, align) = if fits_right { (x + 7.0, TextAlign::Start) } else { (x - 7.0, TextAlign::End) };
        // Over the words of a deadlock that forms in the same place.
        let at = Point { x, y: height - 28.0 };
        self.over.push(text_at(at, text.to_owned(), Ink::Text, TextSize::Small, align, Some(Ink::Surface)));
    }

    fn range(&mut self, height: f64) {
        let Some(range) = self.focus.range else { return };
        let left = self.view.x(range.from).max(self.body.x);
        let right = self.view.x(range.to).min(self.body.right());
        if right <= left {
            return;
        }
        let at = Bounds::new(left, RULER, right - left, height - RULER);
        self.items.push(SceneItem::Rect(Rect {
            at,
            ink: Ink::Chosen,
            fill: Fill::Wash,
            edge: None,
            radius: 0.0,
        }));
        for x in [left, right] {
            self.items.push(line(x, RULER, height, Ink::Chosen, Stroke::Solid, 1.0));
        }
        let text = Duration(libm::round(range.length()) as u64).to_string();
        let at = Point { x: (left + right) / 2.0, y: RULER + 12.0 };
        self.items.push(text_at(at, text, Ink::Text, TextSize::Small, TextAlign::Middle, Some(Ink::Surface)));
    }

    fn cursor(&mut self, width: f64, height: f64) {
        let Some(cursor) = self.focus.cursor else { return };
        let x = self.view.x_of(cursor);
        if self.focus.future == FutureVisibility::Pale && x < self.body.right() {
            let left = x.max(self.body.x);
            let at = Bounds::new(left, RULER, self.body.right() - left, height - RULER);
            let veil = Rect { at, ink: Ink::Surface, fill: Fill::Half, edge: None, radius: 0.0 };
            self.items.push(SceneItem::Rect(veil));
        }
        if x < self.body.x - 0.5 || x > self.body.right() + 0.5 {
            return;
        }
        // Under the words of headings, which it would strike through.
        self.lines.push(line(x, RULER - 8.0, height, Ink::Accent, Stroke::Solid, 1.5));
        let Some((left, right)) = self.cursor_plate(width) else { return };
        let at = Point { x: (left + right) / 2.0, y: RULER / 2.0 - 3.0 };
        let text = self.cursor_text(cursor);
        self.over.push(text_at(
            at,
            text,
            Ink::OnAccent,
            TextSize::Small,
            TextAlign::Middle,
            Some(Ink::Accent),
        ));
    }

    fn cursor_text(&self, cursor: Time) -> String {
        ruler::cursor(cursor, &self.view)
    }

    /// From where to where the cursor's time stands on the ruler, if it is seen.
    fn cursor_plate(&self, width: f64) -> Option<(f64, f64)> {
        let cursor = self.focus.cursor?;
        let x = self.view.x_of(cursor);
        if x < self.body.x - 0.5 || x > self.body.right() + 0.5 {
            return None;
        }
        let half = (self.measure)(&self.cursor_text(cursor), TextSize::Small) / 2.0 + 4.0;
        let middle = x.clamp(half, (width - half).max(half));
        Some((middle - half, middle + half))
    }
}

/// The edge of a break.
fn zigzag(x: f64, top: f64, bottom: f64) -> SceneItem {
    const STEP: f64 = 6.0;
    let count = libm::ceil((bottom - top) / STEP) as usize;
    let at = |number: usize| Point {
        x: x + if number.is_multiple_of(2) { -2.0 } else { 2.0 },
        y: (top + number as f64 * STEP).min(bottom),
    };
    SceneItem::Polyline(Polyline {
        points: (0..=count).map(at).collect(),
        ink: Ink::Soft,
        stroke: Stroke::Solid,
        width: 1.5,
    })
}

fn line(x: f64, top: f64, bottom: f64, ink: Ink, stroke: Stroke, width: f64) -> SceneItem {
    SceneItem::Line(Line { from: Point { x, y: top }, to: Point { x, y: bottom }, ink, stroke, width })
}

fn text_at(
    at: Point,
    text: String,
    ink: Ink,
    face: TextSize,
    align: TextAlign,
    plate: Option<Ink>,
) -> SceneItem {
    SceneItem::Label(TextLabel { at, text, ink, face, align, plate })
}
