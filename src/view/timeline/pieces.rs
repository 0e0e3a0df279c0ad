//! The rows of workers and of queues' places: spans, their names, what they wait for.
//!
//! Invariant: each meaning has one form. Running is solid, `io` paler, waiting hatched, ready and queued an
//! outline, held dotted, cancelled struck; trouble replaces the hue, never the form.

use super::{MIN_COUNT, TimelineInputs, TimelineRow};
use crate::model::id::TaskTypeId;
use crate::view::chart::{
    ActivitySpan, ChartLane, LaneSegment, LaneSubject, MergedActivity, StuckSeverity, TaskActivity,
};
use crate::view::hits::HitTarget;
use crate::view::palette::{hue, letter};
use crate::view::scene::{
    Bounds, Fill, Ink, Point, Rect, RectBatch, SceneItem, SymbolMark, SymbolShape, TextAlign, TextLabel,
    TextSize, fit_text,
};
use crate::view::words;
use std::collections::BTreeMap;

/// The most columns that all rows together are cut into; more rows get wider columns.
const MAX_COLUMNS: f64 = 12_000.0;
/// The widest column, in pixels (up to twice as wide when rounded to a power of two of nanoseconds).
const MAX_WIDTH: f64 = 8.0;
/// Rows lower than this do not repeat what the row above says in the same place, in pixels.
const LABELLED: f64 = 40.0;
/// Rows lower than this show no names and one bar a column.
const LOW: f64 = 6.0;

/// Columns of merged pieces, by meaning.
type MergedColumns = BTreeMap<(Ink, Fill), Vec<Bounds>>;

impl TimelineInputs<'_> {
    pub(super) fn lane_target(&self, lane: u32) -> Option<HitTarget> {
        let lane = &self.chart.lanes[lane as usize];
        match lane.seat {
            LaneSubject::Worker(worker) => Some(HitTarget::Worker { executor: lane.executor, worker }),
            LaneSubject::Place(_) => Some(HitTarget::Queue(lane.executor)),
            LaneSubject::Scheduler | LaneSubject::Own(_) => Some(HitTarget::Heading(lane.executor)),
        }
    }

    pub(super) fn lane(&mut self, number: u32, row: &TimelineRow) {
        let chart = self.chart;
        let lane = &chart.lanes[number as usize];
        self.above = std::mem::take(&mut self.here);
        self.lane_name(lane, row);
        self.lane_life(lane, row);
        let rows = (self.body.height / row.height()).max(1.0);
        let pixels = (self.body.width * rows / MAX_COLUMNS).clamp(MIN_COUNT, MAX_WIDTH);
        let column = self.nanos(pixels);
        let mut crowds = MergedColumns::new();
        let mut last: Option<(f64, f64, u32, u32)> = None;
        lane.show_frame(self.from, self.to, column, |shown| match shown {
            LaneSegment::Piece(at) => {
                self.flush(&mut last, number);
                match row.height() >= LOW {
                    true => self.piece(number, at, lane, row),
                    false => self.low_piece(number, at, lane, row, &mut crowds),
                }
            }
            LaneSegment::Crowd { first, end, from, to, sum } => {
                let alone = end - first == 1;
                let span = if alone {
                    let piece = &lane.pieces()[first as usize];
                    (piece.from, piece.to)
                } else {
                    (from, to)
                };
                let (left, right) = (self.x(span.0), self.x(span.1));
                let at = Bounds::new(left, row.top, (right - left).max(1.0), row.height());
                crowd(&mut crowds, at, &sum, if alone { None } else { Some(to.0 - from.0) }, lane.seat);
                match &mut last {
                    Some(open) if open.3 == first && at.x - open.1 < 1.5 => {
                        (open.1, open.3) = (at.right(), end)
                    }
                    _ => {
                        self.flush(&mut last, number);
                        last = Some((at.x, at.right(), first, end));
                    }
                }
            }
        });
        self.flush(&mut last, number);
        if let (LaneSubject::Place(0), Some(group)) = (lane.seat, chart.group(lane.executor)) {
            self.marks(group, row.middle());
        }
        let bars =
            crowds.into_iter().map(|((ink, fill), bars)| SceneItem::Bars(RectBatch { bars, ink, fill }));
        self.items.extend(bars);
    }

    /// Makes the merged pieces so far one place to point at.
    fn flush(&mut self, last: &mut Option<(f64, f64, u32, u32)>, lane: u32) {
        if let Some((from, to, first, end)) = last.take() {
            let target = match end - first {
                1 => {
                    let task = self.chart.lanes[lane as usize].pieces()[first as usize].task;
                    HitTarget::Span { task, lane, piece: first }
                }
                _ => HitTarget::Crowd { lane, first, end },
            };
            self.hits.spot(from, to, target);
        }
    }

    fn lane_name(&mut self, lane: &ChartLane, row: &TimelineRow) {
        let wrapper = self.chart.group(lane.executor).is_some_and(|group| group.is_wrapper);
        let text = match lane.seat {
            LaneSubject::Worker(worker) => worker.0.to_string(),
            LaneSubject::Scheduler => "scheduler".to_owned(),
            LaneSubject::Own(_) => "caller".to_owned(),
            LaneSubject::Place(0) if wrapper => "held".to_owned(),
            LaneSubject::Place(0) => "queue".to_owned(),
            LaneSubject::Place(_) => return,
        };
        let face = if row.height() >= 16.0 { TextSize::Small } else { TextSize::Tiny };
        if row.height() >= 10.0 {
            self.gutter_name(&text, row.middle(), face);
        }
    }

    pub(super) fn gutter_name(&mut self, text: &str, middle: f64, face: TextSize) {
        let room = self.body.x - 14.0;
        let Some(text) = fit_text(text, face, room, self.measure) else { return };
        let at = Point { x: self.body.x - 8.0, y: middle };
        self.names.push(SceneItem::Label(TextLabel {
            at,
            text,
            ink: Ink::Soft,
            face,
            align: TextAlign::End,
            plate: None,
        }));
    }

    /// A pale band while the worker is there.
    fn lane_life(&mut self, lane: &ChartLane, row: &TimelineRow) {
        let from = lane.alive.partition_point(|(_, to)| *to < self.from);
        let inset = if row.height() >= 12.0 { 2.0 } else { 0.5 };
        let mut right = f64::MIN;
        for (born, died) in lane.alive[from..].iter().take_while(|(born, _)| *born <= self.to) {
            let (left, until) = (self.x(*born).max(right), self.x(*died));
            if until - left < 1.0 {
                continue;
            }
            right = until;
            let at = Bounds::new(left, row.top + inset, until - left, row.height() - 2.0 * inset);
            let rect = Rect { at, ink: Ink::Idle, fill: Fill::Solid, edge: None, radius: 2.0 };
            self.items.push(SceneItem::Rect(rect));
        }
    }

    fn piece(&mut self, lane: u32, number: u32, of: &ChartLane, row: &TimelineRow) {
        let piece = of.pieces()[number as usize];
        let (left, right) = (self.x(piece.from), self.x(piece.to));
        self.hits.spot(left, right, HitTarget::Span { task: piece.task, lane, piece: number });
        let inset = if row.height() >= 12.0 { 2.0 } else { 0.5 };
        // A hair of room between two tasks, none between two steps of one.
        let follows = of.pieces().get(number as usize + 1).is_some_and(|next| next.task != piece.task);
        let gap = if follows && right - left > 4.0 { 1.0 } else { 0.0 };
        let at = Bounds::new(left, row.top + inset, right - left - gap, row.height() - 2.0 * inset);
        let (ink, fill) = form(&piece);
        let outlined = self.focus.is_outlined(piece.task) || self.focus.hovered == Some(piece.task);
        let edge = match piece.trouble {
            _ if outlined => Some(Ink::Chosen),
            StuckSeverity::Stuck => Some(Ink::Danger),
            StuckSeverity::Behind => Some(Ink::Muted),
            StuckSeverity::Stalled => Some(Ink::Stall),
            StuckSeverity::None => None,
        };
        let radius = if row.height() >= 12.0 { 2.0 } else { 0.0 };
        self.items.push(SceneItem::Rect(Rect { at, ink, fill, edge, radius }));
        if piece.fails && row.height() >= 10.0 {
            let size = if row.height() >= 20.0 { 10.0 } else { 7.0 };
            let at = Point { x: right - gap - 1.0, y: row.middle() };
            self.items.push(SceneItem::Mark(SymbolMark {
                at,
                size,
                shape: SymbolShape::Cross,
                ink: Ink::Danger,
            }));
            self.over_event(at, size, piece.task);
        }
        if !self.is_named_before(&piece, number, of) {
            self.piece_name(&piece, at, row);
        }
    }

    /// In a low row: without name, and with others of its meaning in one path.
    fn low_piece(
        &mut self,
        lane: u32,
        number: u32,
        of: &ChartLane,
        row: &TimelineRow,
        crowds: &mut MergedColumns,
    ) {
        let piece = of.pieces()[number as usize];
        if self.focus.is_outlined(piece.task) || self.focus.hovered == Some(piece.task) {
            return self.piece(lane, number, of, row);
        }
        let (left, right) = (self.x(piece.from), self.x(piece.to));
        self.hits.spot(left, right, HitTarget::Span { task: piece.task, lane, piece: number });
        let at = Bounds::new(left, row.top + 0.5, (right - left).max(1.0), row.height() - 1.0);
        let (ink, fill) = form(&piece);
        crowds.entry((ink, fill)).or_default().push(at);
    }

    /// Whether the stretch before it is work of the same task and wide enough to bear the name for both.
    fn is_named_before(&self, piece: &ActivitySpan, number: u32, of: &ChartLane) -> bool {
        let Some(before) = number.checked_sub(1).map(|at| of.pieces()[at as usize]) else { return false };
        let same = before.task == piece.task && before.to == piece.from;
        let seen = self.x(before.to) - self.x(before.from).max(self.body.x);
        same && before.act.is_work() && piece.act.is_work() && seen >= 60.0
    }

    fn over_event(&mut self, at: Point, size: f64, task: crate::model::id::TaskId) {
        if let Some((lane, piece)) = self.chart.end_of(task) {
            let around = Bounds::new(at.x - size / 2.0, at.y - size / 2.0, size, size);
            self.hits.over(around, HitTarget::Span { task, lane, piece });
        }
    }

    fn piece_name(&mut self, piece: &ActivitySpan, at: Bounds, row: &TimelineRow) {
        let face = match row.height() {
            h if h >= 20.0 => TextSize::Body,
            h if h >= 10.0 => TextSize::Tiny,
            _ => return,
        };
        // What is seen of it: a name moves with the left edge of the window.
        let left = at.x.max(self.body.x);
        let right = at.right().min(self.body.right());
        let room = right - left - 12.0;
        if room < face.size() {
            return;
        }
        let name = || self.digest.names.name(piece.task);
        let texts = match piece.act {
            TaskActivity::Running | TaskActivity::Io => {
                vec![name(), self.digest.names.short(piece.task).to_owned()]
            }
            TaskActivity::Ready => {
                let executor = self.digest.lives[piece.task.index()].executor;
                let executor = &self.digest.trace().scenario.executors[executor.index()];
                vec![format!("waits for {}", words::processor(executor)), "ready".to_owned()]
            }
            TaskActivity::Waiting => words::waits_for(self.digest, piece.task, piece.event),
            TaskActivity::Queued if piece.trouble == StuckSeverity::Stuck => {
                vec!["waits for a worker".to_owned(), name()]
            }
            TaskActivity::Queued | TaskActivity::Held => vec![name()],
            TaskActivity::Cancelled => vec![format!("{}, cancelled", name()), name()],
        };
        let whole = texts.iter().find(|text| (self.measure)(text, face) <= room).cloned();
        let short = || texts.last().and_then(|text| fit_text(text, face, room, self.measure));
        let sign = || letter(piece.kind).map(String::from);
        let Some(text) = whole.or_else(short).or_else(sign) else { return };
        let (ink, plate) = match (piece.act, piece.trouble) {
            (TaskActivity::Running, _) => (Ink::OnTask(hue(piece.kind)), None),
            (TaskActivity::Io | TaskActivity::Queued | TaskActivity::Held | TaskActivity::Ready, _) => {
                (Ink::Text, None)
            }
            (TaskActivity::Waiting, _) => (Ink::Text, Some(Ink::Surface)),
            (TaskActivity::Cancelled, _) => (Ink::Soft, Some(Ink::Surface)),
        };
        if plate.is_some() && row.height() < LABELLED {
            let said = (libm::round(left) as i64, text.clone());
            let is_said = self.above.contains(&said);
            self.here.push(said);
            if is_said {
                return;
            }
        }
        let point = Point { x: left + if plate.is_some() { 8.0 } else { 6.0 }, y: row.middle() };
        self.items.push(SceneItem::Label(TextLabel {
            at: point,
            text,
            ink,
            face,
            align: TextAlign::Start,
            plate,
        }));
    }
}

/// The ink of what waits in vain; `None` where the wait has its task's own.
fn stuck_ink(level: StuckSeverity) -> Option<Ink> {
    match level {
        StuckSeverity::None => None,
        StuckSeverity::Stalled => Some(Ink::Stall),
        StuckSeverity::Behind => Some(Ink::Muted),
        StuckSeverity::Stuck => Some(Ink::Danger),
    }
}

/// The one form of what a task does.
fn form(piece: &ActivitySpan) -> (Ink, Fill) {
    let own = Ink::Task(hue(piece.kind));
    // Red is for the knot alone: what only stands behind it is grey.
    let ink = stuck_ink(piece.trouble).unwrap_or(own);
    match piece.act {
        TaskActivity::Running => (own, Fill::Solid),
        TaskActivity::Io => (own, Fill::Half),
        TaskActivity::Ready => (ink, Fill::Outline),
        TaskActivity::Waiting => (ink, Fill::Hatched),
        TaskActivity::Queued => (ink, Fill::Outline),
        TaskActivity::Held => (ink, Fill::Dotted),
        TaskActivity::Cancelled => (Ink::Muted, Fill::Struck),
    }
}

/// Adds a column of merged pieces: how much of it is work, solid from below; how much is not, paler above
/// it. One piece alone, however short, is as high as the row.
fn crowd(
    crowds: &mut MergedColumns,
    at: Bounds,
    sum: &MergedActivity,
    column: Option<u64>,
    seat: LaneSubject,
) {
    let inset = if at.height >= 12.0 { 2.0 } else { 0.5 };
    let (full, base) = (at.height - 2.0 * inset, at.bottom() - inset);
    let own = Ink::Task(hue(TaskTypeId(sum.kind)));
    let rest_ink = stuck_ink(sum.worst).unwrap_or(own);
    let rest_fill = if matches!(seat, LaneSubject::Place(_)) { Fill::Wash } else { Fill::Hatched };
    // Heights in at most eight steps, so that neighbours can be one bar; never nothing for something.
    let share = |nanos: u64| match column {
        None if nanos > 0 => full,
        None => 0.0,
        Some(column) => {
            let steps = libm::floor(full).clamp(2.0, 8.0);
            full * libm::ceil(nanos as f64 / column as f64 * steps).min(steps) / steps
        }
    };
    let is_low = at.height < LOW;
    let (work, rest) = match (is_low, sum.work >= sum.rest) {
        (true, true) => (share(sum.work + sum.rest), 0.0),
        (true, false) => (0.0, share(sum.work + sum.rest)),
        (false, _) => {
            let work = share(sum.work);
            (work, share(sum.rest).min(full - work))
        }
    };
    let mut add = |ink, fill, top: f64, height: f64| {
        if height <= 0.0 {
            return;
        }
        let bars = crowds.entry((ink, fill)).or_default();
        match bars.last_mut() {
            Some(last) if last.y == top && last.height == height && at.x - last.right() < 0.1 => {
                last.width = at.right() - last.x;
            }
            _ => bars.push(Bounds::new(at.x, top, at.width, height)),
        }
    };
    add(own, Fill::Solid, base - work, work);
    add(rest_ink, rest_fill, base - work - rest, rest);
    if sum.fails {
        add(Ink::Danger, Fill::Solid, at.y + inset, (full * 0.25).clamp(1.0, 3.0));
    }
}
