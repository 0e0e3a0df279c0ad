//! A picture to lines of characters, in a given width. A pure function.
//!
//! Invariant: no line is wider than it may be, and every meaning has a form that does not need colour:
//! running is solid, waiting hatched, and names or initials stand inside the spans.

use super::palette;
use super::picture::{EventMark, Lane, Level, Span, SpanStyle, TimelineMark, TimelinePicture, Tone, Track};
use super::row::Row;
use super::ruler::Scale;
use anstyle::Style;
use std::collections::BTreeSet;
use threadbare::model::time::Time;

/// The size of the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CanvasSize {
    /// Columns in all, at least 40.
    pub width: usize,
    /// Lanes of one track before the rest is folded into one line, at least 2.
    pub lanes: usize,
}

/// Heights of a column, from an eighth to full.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Names longer than this are cut.
const MAX_NAME_LENGTH: usize = 20;
/// More marks than this become a count.
const MAX_MARKS: usize = 4;
/// Number of spans in one column from which on it shows how busy it is, instead of whose it is.
const CROWD: u32 = 3;

/// Draws a picture.
pub fn draw(picture: &TimelinePicture, room: CanvasSize) -> Vec<Row> {
    let gutter = gutter(picture, room);
    let scale = Scale { from: Time::ZERO, to: picture.end, columns: room.width - gutter };
    let mut rows = ruler(picture, &scale, gutter, room);
    for track in &picture.tracks {
        rows.push(heading(track, room));
        rows.extend(lanes(track, picture, &scale, gutter, room));
        rows.extend(track.levels.iter().map(|level| level_row(level, &scale, gutter, room)));
    }
    rows.extend(legend(picture, room));
    rows
}

/// The columns that names take, with two before and one after them.
fn gutter(picture: &TimelinePicture, room: CanvasSize) -> usize {
    let names = picture.tracks.iter().flat_map(|track| {
        let folded = fold(track, room).map(|rest| more(track.lanes.len() - rest).chars().count());
        let lanes = track.lanes.iter().map(|lane| lane.name.chars().count());
        lanes.chain(track.levels.iter().map(|level| level.name.chars().count())).chain(folded)
    });
    names.max().unwrap_or(0).min(MAX_NAME_LENGTH) + 3
}

fn ruler(picture: &TimelinePicture, scale: &Scale, gutter: usize, room: CanvasSize) -> Vec<Row> {
    let (labels, ticks) = scale.ruler();
    let mut numbers = Row::blank(room.width);
    numbers.write(gutter, &labels, palette::faint());
    let mut line = Row::blank(room.width);
    for column in 0..scale.columns {
        let character = if ticks.contains(&column) { '┬' } else { '─' };
        line.put(gutter + column, character, palette::faint());
    }
    let mut rows = vec![numbers, line];
    for mark in picture.marks.iter().take(MAX_MARKS) {
        rows.push(mark_row(mark, scale, gutter, room));
    }
    if picture.marks.len() > MAX_MARKS {
        let mut row = Row::blank(room.width);
        row.write(gutter, &format!("… {} more", picture.marks.len() - MAX_MARKS), palette::faint());
        rows.push(row);
    }
    rows
}

/// `▼ deadlock` at its column; before it where there is no room after it.
fn mark_row(mark: &TimelineMark, scale: &Scale, gutter: usize, room: CanvasSize) -> Row {
    let mut row = Row::blank(room.width);
    let style = palette::mark(mark.tone);
    let column = gutter + scale.column(mark.at);
    let length = mark.text.chars().count();
    row.put(column, '▼', style);
    if column + 2 + length <= room.width {
        row.write(column + 2, &mark.text, style);
    } else {
        row.write(column.saturating_sub(length + 1), &mark.text, style);
        row.put(column, '▼', style);
    }
    row
}

fn heading(track: &Track, room: CanvasSize) -> Row {
    let mut row = Row::blank(room.width);
    row.write(0, &track.title, palette::title());
    row.write(track.title.chars().count() + 2, &track.note, palette::faint());
    row
}

/// How many lanes are drawn one by one, if not all are.
fn fold(track: &Track, room: CanvasSize) -> Option<usize> {
    (track.lanes.len() > room.lanes).then(|| room.lanes.max(2) - 1)
}

fn more(lanes: usize) -> String {
    format!("… {lanes} more")
}

fn lanes(
    track: &Track,
    picture: &TimelinePicture,
    scale: &Scale,
    gutter: usize,
    room: CanvasSize,
) -> Vec<Row> {
    let shown = fold(track, room).unwrap_or(track.lanes.len());
    let mut rows = Vec::new();
    for lane in &track.lanes[..shown] {
        let mut row = named(&lane.name, room);
        row.place(gutter, &lane_row(lane, scale));
        for mark in picture.marks.iter().filter(|mark| mark.tone == Tone::Deadlock) {
            let column = gutter + scale.column(mark.at);
            if row.is_blank(column) {
                row.put(column, '┊', palette::mark(mark.tone));
            }
        }
        rows.push(row);
    }
    if shown < track.lanes.len() {
        rows.push(folded_row(&track.lanes[shown..], scale, gutter, room));
    }
    rows
}

fn named(name: &str, room: CanvasSize) -> Row {
    let mut row = Row::blank(room.width);
    let short: String = if name.chars().count() > MAX_NAME_LENGTH {
        name.chars().take(MAX_NAME_LENGTH - 1).chain(['…']).collect()
    } else {
        name.to_owned()
    };
    row.write(2, &short, Style::new());
    row
}

/// What a column of a lane shows.
#[derive(Clone, Copy, Default)]
struct Column {
    /// Nanoseconds covered by any span.
    covered: u64,
    /// How many spans touch it.
    spans: u32,
    /// The span that covers most of it, and how much.
    most: Option<(usize, u64)>,
}

fn columns(lane: &Lane, scale: &Scale) -> Vec<Column> {
    let mut columns = vec![Column::default(); scale.columns];
    for (i, span) in lane.spans.iter().enumerate() {
        let to = span.to.min(scale.to);
        if span.from >= scale.to || to < span.from {
            continue;
        }
        let (first, last) = (scale.column(span.from), scale.column(to));
        for (at, column) in columns.iter_mut().enumerate().take(last + 1).skip(first) {
            let part = to.min(scale.instant(at + 1)).since(span.from.max(scale.instant(at))).0;
            if part == 0 && at != first {
                continue;
            }
            column.covered += part;
            column.spans += 1;
            if column.most.is_none_or(|(_, most)| part > most) {
                column.most = Some((i, part));
            }
        }
    }
    columns
}

/// The span that a column shows: the one that covers most of it, unless most of it is idle and the span
/// has another column to show itself in.
fn winner(columns: &[Column], at: usize, lane: &Lane, scale: &Scale) -> Option<usize> {
    let column = columns[at];
    let (span, _) = column.most?;
    let width = scale.instant(at + 1).since(scale.instant(at)).0;
    let first = scale.column(lane.spans[span].from);
    let last = scale.column(lane.spans[span].to.min(scale.to));
    (column.covered * 2 >= width || last.saturating_sub(first) < 2 && at == first).then_some(span)
}

fn lane_row(lane: &Lane, scale: &Scale) -> Row {
    let mut row = Row::blank(scale.columns);
    let columns = columns(lane, scale);
    let mut at = 0;
    while at < columns.len() {
        if columns[at].spans >= CROWD {
            crowd(&mut row, at, columns[at], lane, scale);
            at += 1;
            continue;
        }
        let Some(span) = winner(&columns, at, lane, scale) else {
            at += 1;
            continue;
        };
        let same =
            |next: usize| columns[next].spans < CROWD && winner(&columns, next, lane, scale) == Some(span);
        let end = (at + 1..columns.len()).find(|&next| !same(next)).unwrap_or(columns.len());
        block(&mut row, at, end, &lane.spans[span]);
        at = end;
    }
    points(&mut row, &lane.points, scale);
    row
}

/// Many short spans in one column: how much of it they fill.
fn crowd(row: &mut Row, at: usize, column: Column, lane: &Lane, scale: &Scale) {
    let width = scale.instant(at + 1).since(scale.instant(at)).0.max(1);
    let Some((span, _)) = column.most else { return };
    let span = &lane.spans[span];
    row.put(at, level_of(column.covered, width), palette::span(span.look, span.hue));
}

/// One span in its columns, with the first label that fits.
fn block(row: &mut Row, from: usize, to: usize, span: &Span) {
    let style = palette::span(span.look, span.hue);
    for column in from..to {
        row.put(column, glyph(span.look), style);
    }
    let room = to - from;
    let fits = |label: &&String| label.chars().count() + 2 <= room;
    let (label, start) = match span.labels.iter().find(fits) {
        Some(label) => (Some(label.clone()), from + 1),
        None => (is_solid(span.look).then(|| span.initial.to_string()), from),
    };
    if let Some(label) = label {
        let length = label.chars().count();
        let style = palette::label(span.look, span.hue);
        match span.look {
            SpanStyle::Running | SpanStyle::Io => row.write(start, &label, style),
            // A space on either side sets the word off from the hatching.
            SpanStyle::Ready | SpanStyle::Waiting | SpanStyle::Stalled | SpanStyle::Deadlocked
                if length + 4 <= room =>
            {
                row.write(start, &format!(" {label} "), style);
            }
            SpanStyle::Ready | SpanStyle::Waiting | SpanStyle::Stalled | SpanStyle::Deadlocked => {
                row.write(start, &label, style)
            }
        }
    }
}

fn is_solid(look: SpanStyle) -> bool {
    match look {
        SpanStyle::Running | SpanStyle::Io => true,
        SpanStyle::Ready | SpanStyle::Waiting | SpanStyle::Stalled | SpanStyle::Deadlocked => false,
    }
}

/// The character of a look.
fn glyph(look: SpanStyle) -> char {
    match look {
        SpanStyle::Running => '█',
        SpanStyle::Io => '▓',
        SpanStyle::Ready => '·',
        SpanStyle::Waiting | SpanStyle::Stalled => '░',
        SpanStyle::Deadlocked => '▒',
    }
}

/// The lanes that are not drawn one by one: how busy they are together.
fn folded_row(lanes: &[Lane], scale: &Scale, gutter: usize, room: CanvasSize) -> Row {
    let mut row = named(&more(lanes.len()), room);
    let mut covered = vec![0u64; scale.columns];
    for lane in lanes {
        for (sum, column) in covered.iter_mut().zip(columns(lane, scale)) {
            *sum = sum.saturating_add(column.covered);
        }
    }
    for (at, &sum) in covered.iter().enumerate() {
        let width = scale.instant(at + 1).since(scale.instant(at)).0.max(1);
        if sum > 0 {
            row.put(gutter + at, level_of(sum, width.saturating_mul(lanes.len() as u64)), Style::new());
        }
    }
    row
}

fn level_row(level: &Level, scale: &Scale, gutter: usize, room: CanvasSize) -> Row {
    let mut row = named(&level.name, room);
    let most = level.steps.iter().map(|&(_, count)| count).max().unwrap_or(0);
    let mut heights = vec![0; scale.columns];
    for (i, &(from, count)) in level.steps.iter().enumerate() {
        if from >= scale.to {
            break;
        }
        let to = level.steps.get(i + 1).map_or(scale.to, |next| next.0).min(scale.to);
        // A count that holds from one instant to the same one was never there.
        if to > from {
            let last = scale.column(Time(to.0 - 1));
            for height in &mut heights[scale.column(from)..=last] {
                *height = count.max(*height);
            }
        }
    }
    for (at, &count) in heights.iter().enumerate() {
        if count > 0 {
            row.put(gutter + at, level_of(count, most), palette::faint());
        }
    }
    let mut marks = Row::blank(scale.columns);
    points(&mut marks, &level.points, scale);
    row.overlay(gutter, &marks);
    row
}

/// Puts points into a row; the gravest of a column is seen.
fn points(row: &mut Row, points: &[(Time, EventMark)], scale: &Scale) {
    let mut gravest: Vec<Option<EventMark>> = vec![None; scale.columns];
    for &(instant, point) in points.iter().filter(|(instant, _)| *instant <= scale.to) {
        let seen = &mut gravest[scale.column(instant)];
        *seen = (*seen).max(Some(point));
    }
    for (column, point) in gravest.iter().enumerate() {
        if let Some(point) = *point {
            row.put(column, point_glyph(point), palette::point(point));
        }
    }
}

/// The character of a point.
fn point_glyph(point: EventMark) -> char {
    match point {
        EventMark::Read => '○',
        EventMark::Write => '●',
        EventMark::Cancelled => '×',
        EventMark::Lost => '!',
        EventMark::Failed | EventMark::Refused => '✗',
    }
}

/// The height for `part` of `whole`, to the nearest eighth; never blank for something.
fn level_of(part: u64, whole: u64) -> char {
    let whole = u128::from(whole.max(1));
    let eighths = (u128::from(part) * 8 + whole / 2) / whole;
    LEVELS[(eighths as usize).clamp(1, 8) - 1]
}

/// What the characters mean: those that occur, in as many lines as it takes.
fn legend(picture: &TimelinePicture, room: CanvasSize) -> Vec<Row> {
    let lanes = || picture.tracks.iter().flat_map(|track| &track.lanes);
    let looks: BTreeSet<SpanStyle> =
        lanes().flat_map(|lane| lane.spans.iter().map(|span| span.look)).collect();
    let levels = picture.tracks.iter().flat_map(|track| &track.levels);
    let points: BTreeSet<EventMark> = lanes()
        .map(|lane| &lane.points)
        .chain(levels.map(|level| &level.points))
        .flatten()
        .map(|p| p.1)
        .collect();
    let mut signs: Vec<(String, Style, String)> = looks
        .into_iter()
        .map(|look| (glyph(look).to_string().repeat(2), palette::span(look, 0), look_words(look).to_owned()))
        .collect();
    for point in points {
        let sign = point_glyph(point).to_string();
        match signs.last_mut().filter(|(last, ..)| *last == sign) {
            Some((_, _, words)) => *words += &format!(" or {}", point_words(point)),
            None => signs.push((sign, palette::point(point), point_words(point).to_owned())),
        }
    }
    let mut rows = vec![Row::blank(room.width)];
    let mut column = 2;
    for (sign, style, words) in &signs {
        let length = sign.chars().count() + 1 + words.chars().count();
        if column + length > room.width {
            rows.push(Row::blank(room.width));
            column = 2;
        }
        let row = rows.last_mut().expect("there is at least one row");
        row.write(column, sign, *style);
        row.write(column + sign.chars().count() + 1, words, palette::faint());
        column += length + 3;
    }
    rows
}

fn look_words(look: SpanStyle) -> &'static str {
    match look {
        SpanStyle::Running => "running",
        SpanStyle::Io => "in I/O",
        SpanStyle::Ready => "ready, without a CPU",
        SpanStyle::Waiting => "waiting",
        SpanStyle::Stalled => "waiting, until a timeout",
        SpanStyle::Deadlocked => "waiting for ever",
    }
}

fn point_words(point: EventMark) -> &'static str {
    match point {
        EventMark::Read => "read",
        EventMark::Write => "write",
        EventMark::Cancelled => "cancelled",
        EventMark::Lost => "lost update",
        EventMark::Failed => "failed",
        EventMark::Refused => "refused",
    }
}
