//! Charts of a sweep in a terminal: places from `threadbare::view::plot`, drawn with characters.
//!
//! Invariant: no line is wider than it may be, and nothing needs colour: what fails is a cross, an interval is
//! stippled, a class of a heat map is a number. Curves are drawn in braille, four dots high and two wide to a
//! character.

use crate::timeline::palette;
use crate::timeline::picture::{EventMark, SpanStyle};
use crate::timeline::row::Row;
use anstyle::Style;
use threadbare::analysis::swept::Swept;
use threadbare::view::plot::heat::{HeatMap, heat};
use threadbare::view::plot::line::{HangRateStrip, LineChart, line};
use threadbare::view::plot::scatter::{ParetoRank, ScatterPlot, scatter};
use threadbare::view::plot::{AxisTick, ExpectationLine, PlotFrame};
use threadbare::view::scene::{Bounds, Point};

/// Rows of a chart with axes, all labels included.
const HEIGHT: usize = 17;
/// Wider than this and a curve is harder to follow, not easier.
const MAX_WIDTH: usize = 100;
/// Heights of a bar, in eighths.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Marks of points; a failed one is a cross in every chart.
const GOOD: char = '●';
const BAD: char = '×';

/// The curve of a quantity, an index into what was swept; `None` if there is nothing to draw.
pub fn curve(swept: &Swept, quantity: usize, width: usize) -> Option<String> {
    let width = width.min(MAX_WIDTH);
    let drawn = line(swept, quantity, &PlotFrame::terminal(width, HEIGHT))?;
    drawn.spots.iter().any(|spot| spot.is_measured).then(|| text(&curve_rows(&drawn, width)))
}

/// The heat map of a quantity; `None` if there is nothing to draw.
pub fn map(swept: &Swept, quantity: usize, width: usize) -> Option<String> {
    let [across, up] = swept.axes.as_slice() else { return None };
    let gutter = up.values.iter().map(|value| value.chars().count()).max().unwrap_or(0) + 1;
    let room = width.saturating_sub(gutter + 1) / across.values.len().max(1);
    // A figure with a space on both sides, or else the number of a class, or at least its colour.
    let columns = room.min(13);
    if columns == 0 {
        return None;
    }
    let frame = PlotFrame::terminal(gutter + columns * across.values.len(), up.values.len() + 4);
    // Half a column that the map leaves free at its right is not there.
    let drawn = heat(swept, quantity, &PlotFrame { width: frame.width + 0.5, ..frame })?;
    (!drawn.classes.is_empty()).then(|| text(&map_rows(&drawn, columns, width)))
}

/// Two quantities against each other; `None` if there is nothing to draw.
pub fn front(swept: &Swept, quantities: [usize; 2], width: usize) -> Option<String> {
    let width = width.min(MAX_WIDTH);
    let drawn = scatter(swept, quantities, &PlotFrame::terminal(width, HEIGHT))?;
    Some(text(&front_rows(&drawn, width)))
}

fn text(rows: &[Row]) -> String {
    rows.iter().map(|row| row.coloured() + "\n").collect()
}

fn ink() -> Style {
    palette::span(SpanStyle::Running, 0)
}

fn trouble() -> Style {
    palette::point(EventMark::Failed)
}

/// The inside of a chart with axes, as characters and as dots.
struct Canvas {
    area: Bounds,
    width: usize,
    left: usize,
    columns: usize,
    rows: Vec<Row>,
    dots: Vec<u8>,
}

impl Canvas {
    fn new(area: Bounds, width: usize) -> Canvas {
        let left = area.x.ceil() as usize;
        let columns = (area.right().floor() as usize).saturating_sub(left).max(1);
        let count = (area.height.floor() as usize).max(1);
        Canvas {
            area,
            width,
            left,
            columns,
            rows: vec![Row::blank(width); count],
            dots: vec![0; columns * count],
        }
    }

    /// A share of `count` equal parts of a length.
    fn part(at: f64, from: f64, length: f64, count: usize) -> usize {
        let share = if length > 0.0 { (at - from) / length } else { 0.0 };
        ((share * count as f64) as usize).min(count.saturating_sub(1))
    }

    fn column(&self, x: f64) -> usize {
        self.left + Canvas::part(x, self.area.x, self.area.width, self.columns)
    }

    fn row(&self, y: f64) -> usize {
        Canvas::part(y, self.area.y, self.area.height, self.rows.len())
    }

    fn put(&mut self, at: Point, sign: char, style: Style) {
        let (column, row) = (self.column(at.x), self.row(at.y));
        self.rows[row].put(column, sign, style);
    }

    /// A line through points, in dots.
    fn join(&mut self, points: &[Point]) {
        for pair in points.windows(2) {
            let x = |at: f64| Canvas::part(at, self.area.x, self.area.width, self.columns * 2) as f64;
            let y = |at: f64| Canvas::part(at, self.area.y, self.area.height, self.rows.len() * 4) as f64;
            let (from, to) = ((x(pair[0].x), y(pair[0].y)), (x(pair[1].x), y(pair[1].y)));
            let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1.0);
            for step in 0..=steps as usize {
                let share = step as f64 / steps;
                let (x, y) = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
                self.dot(x.round() as usize, y.round() as usize);
            }
        }
    }

    /// Unicode, "Braille Patterns": dots 1 to 3 and 7 go down on the left, 4 to 6 and 8 on the right.
    fn dot(&mut self, x: usize, y: usize) {
        const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
        self.dots[y / 4 * self.columns + x / 2] |= BITS[x % 2][y % 4];
    }

    /// Puts the dots over whatever stands there.
    fn set_dots(&mut self) {
        for (at, dots) in self.dots.iter().enumerate().filter(|(_, dots)| **dots != 0) {
            let sign = char::from_u32(0x2800 + u32::from(*dots)).expect("all 256 patterns are characters");
            self.rows[at / self.columns].put(self.left + at % self.columns, sign, ink());
        }
    }

    /// Stipples between two lines from left to right.
    fn stipple(&mut self, upper: &[Point], lower: &[Point]) {
        for column in 0..self.columns {
            let x = self.area.x + (column as f64 + 0.5) / self.columns as f64 * self.area.width;
            let (Some(top), Some(foot)) = (between(upper, x), between(lower, x)) else { continue };
            // A band thinner than a row is no wider than the curve in it.
            for row in self.row(top)..=self.row(foot) {
                self.rows[row].put(self.left + column, '░', palette::faint());
            }
        }
    }

    /// A level across what is still free.
    fn level(&mut self, y: f64) {
        let row = self.row(y);
        for column in (0..self.columns).step_by(2) {
            if self.rows[row].is_blank(self.left + column) {
                self.rows[row].put(self.left + column, '╌', Style::new());
            }
        }
    }

    /// The y axis with its labels.
    fn left_axis(&mut self, ticks: &[AxisTick]) {
        let Some(edge) = self.left.checked_sub(1) else { return };
        self.rows.iter_mut().for_each(|row| row.put(edge, '│', palette::faint()));
        for tick in ticks {
            let row = self.row(tick.at);
            self.rows[row].put(edge, '┤', palette::faint());
            let from = edge.saturating_sub(tick.label.chars().count());
            self.rows[row].write(from, &tick.label, Style::new());
        }
    }

    /// The rule below everything, with its ticks, and the labels under it.
    fn foot(&self, ticks: &[AxisTick], title: &str) -> Vec<Row> {
        let edge = self.left.saturating_sub(1);
        let mut rows = vec![Row::blank(self.width); 3];
        rows[0].write(edge, &("└".to_owned() + &"─".repeat(self.columns)), palette::faint());
        for tick in ticks {
            rows[0].put(self.column(tick.at), '┬', palette::faint());
            let half = tick.label.chars().count() / 2;
            rows[1].write(self.column(tick.at).saturating_sub(half), &tick.label, Style::new());
        }
        let from = self.left + (self.columns / 2).saturating_sub(title.chars().count() / 2);
        rows[2].write(from, title, palette::title());
        rows
    }
}

/// The height of a line through points at a place; `None` beside it.
fn between(points: &[Point], x: f64) -> Option<f64> {
    let pair = points.windows(2).find(|pair| pair[0].x <= x && x <= pair[1].x)?;
    let share = if pair[1].x > pair[0].x { (x - pair[0].x) / (pair[1].x - pair[0].x) } else { 0.0 };
    Some(pair[0].y + (pair[1].y - pair[0].y) * share)
}

fn titled(text: &str, width: usize) -> Row {
    let mut row = Row::blank(width);
    row.write(0, text, palette::title());
    row
}

fn curve_rows(drawn: &LineChart, width: usize) -> Vec<Row> {
    let mut canvas = Canvas::new(drawn.area, width);
    for stretch in &drawn.stretches {
        let (upper, lower) = stretch.band.split_at(stretch.band.len() / 2);
        canvas.stipple(upper, &lower.iter().rev().copied().collect::<Vec<_>>());
        canvas.join(&stretch.curve);
    }
    canvas.set_dots();
    let is_crowded = drawn.spots.len() * 2 > canvas.columns;
    for spot in &drawn.spots {
        match (spot.is_measured, spot.standing.is_failed()) {
            (_, true) => canvas.put(spot.at, BAD, trouble()),
            (true, false) if !is_crowded => canvas.put(spot.at, GOOD, ink()),
            _ => {}
        }
    }
    if let Some(y) = drawn.target.as_ref().and_then(|target| target.at) {
        canvas.level(y);
    }
    canvas.left_axis(&drawn.y);
    let scale = if drawn.is_log { " (logarithmic)" } else { "" };
    let mut rows = vec![titled(&format!("{}{scale}", drawn.title.text), width)];
    let mut foot = canvas.foot(&drawn.x, &drawn.x_title.text);
    if let Some(answer) = drawn.answer {
        foot[0].put(canvas.column(drawn.spots[answer].at.x), '▲', Style::new());
    }
    if let Some(hangs) = &drawn.hangs {
        foot.insert(1, hang_row(&canvas, hangs, width));
    }
    rows.extend(std::mem::take(&mut canvas.rows));
    rows.extend(foot);
    rows.extend(legend(&curve_signs(drawn), width));
    rows
}

/// A bar a value, as high as the share of runs that deadlock.
fn hang_row(canvas: &Canvas, hangs: &HangRateStrip, width: usize) -> Row {
    let mut row = Row::blank(width);
    for hang in hangs.bars.iter().filter(|hang| hang.share > 0.0) {
        let level = LEVELS[((hang.share * 8.0).ceil() as usize).clamp(1, 8) - 1];
        row.put(canvas.column(hang.x), level, trouble());
    }
    row
}

/// What the signs of a curve mean, as far as they are there.
fn curve_signs(drawn: &LineChart) -> Vec<(char, Style, String)> {
    let mut signs = Vec::new();
    let mut add = |is_there: bool, sign: char, style: Style, text: &str| {
        if is_there {
            signs.push((sign, style, text.to_owned()));
        }
    };
    let spots = &drawn.spots;
    add(spots.iter().any(|spot| spot.standing.is_failed()), BAD, trouble(), "not as expected");
    add(drawn.answer.is_some(), '▲', Style::new(), "the first as expected");
    add(drawn.stretches.iter().any(|s| !s.band.is_empty()), '░', palette::faint(), "95 % interval");
    add(drawn.hangs.is_some(), '█', trouble(), "share of runs that deadlock");
    signs.extend(target_sign(drawn.target.as_ref(), '╌'));
    signs
}

fn target_sign(target: Option<&ExpectationLine>, sign: char) -> Option<(char, Style, String)> {
    let target = target?;
    let beyond = if target.at.is_none() { ", beyond the chart" } else { "" };
    Some((sign, Style::new(), format!("expected: {}{beyond}", target.label)))
}

/// Signs and what they mean, in as many lines as they need.
fn legend(signs: &[(char, Style, String)], width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut at = width;
    for (sign, style, text) in signs {
        let columns = text.chars().count() + 5;
        if at + columns > width {
            rows.push(Row::blank(width));
            at = 0;
        }
        let row = rows.last_mut().expect("one was just begun");
        row.put(at + 2, *sign, *style);
        row.write(at + 4, text, palette::faint());
        at += columns;
    }
    rows
}

fn map_rows(drawn: &HeatMap, columns: usize, width: usize) -> Vec<Row> {
    let (left, top) = (drawn.area.x.round() as usize, drawn.area.y.round() as usize);
    let count = drawn.area.height.round() as usize;
    let mut rows = vec![Row::blank(width); top + count + 2];
    rows[0].write(0, &drawn.title.text, palette::title());
    rows[1].write(0, &drawn.y_title.text, palette::title());
    for tick in &drawn.y {
        let from = left.saturating_sub(1 + tick.label.chars().count());
        rows[(tick.at.floor() as usize).min(top + count - 1)].write(from, &tick.label, Style::new());
    }
    let steps: Vec<usize> = drawn.classes.iter().map(|class| class.step).collect();
    for square in &drawn.squares {
        let row = &mut rows[top + count - 1 - square.slot.1];
        let style = square.step.map_or_else(trouble, palette::step);
        let class = square.step.and_then(|step| steps.iter().position(|other| *other == step));
        let number = class.map_or_else(|| BAD.to_string(), |class| (class + 1).to_string());
        let figure = square.label.clone().unwrap_or(number);
        let figure = match square.standing.is_met() {
            true if columns >= figure.chars().count() + 2 => format!("[{figure}]"),
            true | false => figure,
        };
        row.write(left + square.slot.0 * columns, &format!("{figure:^columns$}"), style);
    }
    for tick in &drawn.x {
        let from = (tick.at - tick.label.chars().count() as f64 / 2.0).round().max(0.0) as usize;
        rows[top + count].write(from, &tick.label, Style::new());
    }
    let from = drawn.x_title.at.x.round() as usize;
    rows[top + count + 1].write(from, &drawn.x_title.text, palette::title());
    rows.extend(legend(&map_signs(drawn, columns), width));
    rows
}

fn map_signs(drawn: &HeatMap, columns: usize) -> Vec<(char, Style, String)> {
    let has_figures = drawn.squares.iter().any(|square| square.label.is_some());
    let class = |(at, class): (usize, &threadbare::view::plot::heat::HeatMapLegendStep)| {
        let sign = if has_figures { ' ' } else { char::from_digit(at as u32 + 1, 36).unwrap_or(' ') };
        (sign, palette::step(class.step), class.label.clone())
    };
    // Where the figures themselves stand in the map, classes are only its colours.
    let mut signs: Vec<(char, Style, String)> = match has_figures {
        true => Vec::new(),
        false => drawn.classes.iter().enumerate().map(class).collect(),
    };
    if columns >= 3 && drawn.squares.iter().any(|square| square.standing.is_met()) {
        signs.push(('[', Style::new(), "] as expected".to_owned()));
    }
    if drawn.squares.iter().any(|square| square.step.is_none()) {
        signs.push((BAD, trouble(), "nothing to measure".to_owned()));
    }
    signs
}

fn front_rows(drawn: &ScatterPlot, width: usize) -> Vec<Row> {
    let mut canvas = Canvas::new(drawn.area, width);
    canvas.join(&drawn.front);
    canvas.set_dots();
    for dot in &drawn.dots {
        let (sign, style) = match dot.rank {
            _ if dot.standing.is_failed() && dot.rank != ParetoRank::Beaten => (BAD, trouble()),
            ParetoRank::Beaten => ('·', palette::faint()),
            ParetoRank::Front => (GOOD, ink()),
            ParetoRank::Knee => ('◆', ink().bold()),
        };
        canvas.put(dot.at, sign, style);
    }
    for (dot, label) in drawn.dots.iter().filter_map(|dot| Some((dot, dot.label.as_ref()?))) {
        let (row, column) = (canvas.row(label.at.y), canvas.column(dot.at.x));
        let columns = label.text.chars().count();
        let is_left = label.at.x < dot.at.x;
        let from = if is_left { column.saturating_sub(columns + 1) } else { column + 2 };
        let style = if dot.rank == ParetoRank::Knee { palette::title() } else { Style::new() };
        canvas.rows[row].write(from, &label.text, style);
    }
    if let Some(y) = drawn.targets[1].as_ref().and_then(|target| target.at) {
        canvas.level(y);
    }
    canvas.left_axis(&drawn.y);
    let mut rows = vec![titled(&drawn.y_title.text, width)];
    let foot = canvas.foot(&drawn.x, &drawn.x_title.text);
    rows.extend(std::mem::take(&mut canvas.rows));
    rows.extend(foot);
    let is_there = |rank: ParetoRank| drawn.dots.iter().any(|dot| dot.rank == rank);
    let failed = drawn.dots.iter().any(|dot| dot.standing.is_failed() && dot.rank != ParetoRank::Beaten);
    let mut signs = vec![(GOOD, ink(), "front: nothing beats it".to_owned())];
    if is_there(ParetoRank::Knee) {
        signs.push(('◆', ink().bold(), "its knee".to_owned()));
    }
    if failed {
        signs.push((BAD, trouble(), "not as expected".to_owned()));
    }
    if is_there(ParetoRank::Beaten) {
        signs.push(('·', palette::faint(), "beaten".to_owned()));
    }
    signs.extend(target_sign(drawn.targets[1].as_ref(), '╌'));
    rows.extend(legend(&signs, width));
    rows
}
