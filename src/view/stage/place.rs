//! Where everything on the stage stands: columns of rooms from left to right in the order in which work goes through
//! them, objects beside or below, tokens in rows.
//!
//! Invariant: rooms are as large as the whole run needs them, as far as the frame has room; the measures that fit are
//! chosen by the run, not by the instant. Where nothing fits, the scene is higher than its frame.

use super::arrange::{BETWEEN, NARROW, OBJECT_WIDTH, RoomColumns, StageArrangement, margin};
use super::dimensions::{
    CAPTION, DIAL, FOOT, LOOP, METER, RoomDimensions, STRIP, shape, split, strip_lead, strip_width,
};
use super::model::{ExecutorRoomZone, PILE, StageObject, StageSnapshot, TaskToken};
use super::placed::{PAD, PlacedRoom, StageFrame, StageLayout, StagePixelSizes};
use super::rows::{FigureRowPlacer, FigureRowSpace};
use super::staged_run::{RoomPlan, StagedRun};
use crate::analysis::digest::Digest;
use crate::view::scene::{Bounds, TextSize, approximate_width};
use std::ops::RangeInclusive;

/// From comfortable to tight.
const METRICS: [StagePixelSizes; 8] = [
    StagePixelSizes { token: 34.0, gap: 10.0, pile: 48.0, header: 60.0, object: 58.0, piled_from: PILE },
    StagePixelSizes { token: 28.0, gap: 7.0, pile: 44.0, header: 56.0, object: 58.0, piled_from: PILE },
    StagePixelSizes { token: 24.0, gap: 5.0, pile: 40.0, header: 54.0, object: 58.0, piled_from: PILE },
    StagePixelSizes { token: 24.0, gap: 5.0, pile: 30.0, header: 50.0, object: 52.0, piled_from: PILE },
    StagePixelSizes { token: 20.0, gap: 3.0, pile: 26.0, header: 47.0, object: 46.0, piled_from: PILE },
    StagePixelSizes { token: 22.0, gap: 5.0, pile: 40.0, header: 50.0, object: 52.0, piled_from: 4 },
    StagePixelSizes { token: 22.0, gap: 4.0, pile: 26.0, header: 48.0, object: 46.0, piled_from: 4 },
    StagePixelSizes { token: 20.0, gap: 3.0, pile: 22.0, header: 46.0, object: 46.0, piled_from: 4 },
];

/// Arrangements with some of the measures, those that are taken rather first: each step of the way in its column, then
/// shorter ways to low columns, and only then piles of few tasks.
const LAYOUTS: [(StageArrangement, RangeInclusive<usize>); 8] = [
    (StageArrangement::ByLevel, 0..=4),
    (StageArrangement::ObjectsBeside, 2..=4),
    (StageArrangement::Spread, 2..=4),
    (StageArrangement::SpreadObjectsBeside, 2..=4),
    (StageArrangement::ByLevel, 5..=7),
    (StageArrangement::ObjectsBeside, 5..=7),
    (StageArrangement::Spread, 5..=7),
    (StageArrangement::SpreadObjectsBeside, 5..=7),
];

/// Above and below everything.
const MARGIN: f64 = 12.0;
/// Between two objects below each other at least.
const MIN_BETWEEN: f64 = 6.0;
/// Between the rooms and the objects below them.
const TO_OBJECTS: f64 = 40.0;
/// How high such a row is.
const STRIP_HEIGHT: f64 = 22.0;
/// Between a dial and the rows beside it.
const BESIDE_DIAL: f64 = 16.0;

/// Places a stage.
pub fn place(
    plan: &StagedRun,
    digest: &Digest<'_>,
    stage: &StageSnapshot,
    frame: &StageFrame,
) -> StageLayout {
    StagePlacer { plan, digest, stage }.place(frame)
}

/// Places one instant of a run in frames of any size.
#[derive(Clone, Copy)]
pub(super) struct StagePlacer<'a> {
    pub plan: &'a StagedRun,
    pub digest: &'a Digest<'a>,
    pub stage: &'a StageSnapshot,
}

impl StagePlacer<'_> {
    /// Every layout that a frame has the width for, by its place in the order of preference: the most comfortable first.
    pub fn layouts(self, frame: &StageFrame) -> impl Iterator<Item = (usize, RoomsLayout)> {
        let each =
            LAYOUTS.into_iter().flat_map(|(arrangement, metrics)| metrics.map(move |at| (arrangement, at)));
        each.enumerate().filter_map(move |(number, (arrangement, metrics))| {
            let rooms =
                RoomsLayout::new(self.plan, self.digest, self.stage, frame, METRICS[metrics], arrangement)?;
            Some((number, rooms))
        })
    }

    /// In the most comfortable layout that fits; where none does, in the lowest.
    pub fn place(self, frame: &StageFrame) -> StageLayout {
        let mut lowest: Option<(usize, RoomsLayout)> = None;
        for (number, rooms) in self.layouts(frame) {
            if rooms.height <= frame.height {
                return self.fill(number, &rooms, frame);
            }
            if lowest.as_ref().is_none_or(|(_, lowest)| rooms.height < lowest.height) {
                lowest = Some((number, rooms));
            }
        }
        lowest.map(|(number, rooms)| self.fill(number, &rooms, frame)).unwrap_or_default()
    }

    /// In the layout with this number, whether or not it fits; where there is no width for it, in the most comfortable.
    pub fn place_in(self, number: usize, frame: &StageFrame) -> StageLayout {
        let found = self.layouts(frame).find(|(at, _)| *at == number).or_else(|| self.layouts(frame).next());
        found.map(|(number, rooms)| self.fill(number, &rooms, frame)).unwrap_or_default()
    }

    fn fill(self, tightness: usize, rooms: &RoomsLayout, frame: &StageFrame) -> StageLayout {
        let is_piled_early = rooms.is_piled_early();
        StageLayout { tightness, is_piled_early, ..rooms.fill(self.plan, self.stage, frame) }
    }
}

/// The rooms' sizes and columns for one set of measures.
pub(super) struct RoomsLayout {
    metrics: StagePixelSizes,
    arrangement: StageArrangement,
    columns: RoomColumns,
    /// For each room of the plan.
    shapes: Vec<RoomDimensions>,
    /// How high everything is that the run needs, in pixels.
    pub height: f64,
    /// How far from the usual it is: 1 where each step of the way has its column, less the more that is given up.
    pub worth: f64,
}

/// Where those stand who have no seat.
#[derive(Default)]
struct WaitingAreas {
    queue: Option<Bounds>,
    deques: Vec<Bounds>,
    dial: Option<Bounds>,
    /// The lower edge of all.
    bottom: f64,
}

impl RoomsLayout {
    fn new(
        plan: &StagedRun,
        digest: &Digest<'_>,
        stage: &StageSnapshot,
        frame: &StageFrame,
        metrics: StagePixelSizes,
        arrangement: StageArrangement,
    ) -> Option<RoomsLayout> {
        let dimensions = |room: &RoomPlan, column: (usize, f64)| shape(plan, digest, room, column, metrics);
        let heights = |width: f64| {
            plan.rooms.iter().map(|room| dimensions(room, (0, width)).height).collect::<Vec<_>>()
        };
        let columns = RoomColumns::new(plan, stage, frame, arrangement, heights)?;
        let placed = plan.rooms.iter().zip(&columns.of_room);
        let shapes: Vec<RoomDimensions> =
            placed.map(|(room, column)| dimensions(room, (*column, columns.width))).collect();
        let tallest = (0..columns.count).map(|column| column_height(&shapes, column)).fold(0.0, f64::max);
        let height = if columns.objects_beside {
            tallest.max(pillar_height(stage.objects.len(), metrics.object, MIN_BETWEEN))
        } else {
            tallest + objects_height(stage, frame, metrics)
        };
        let worth = match arrangement {
            StageArrangement::ByLevel => 1.0,
            StageArrangement::Spread => 0.95,
            // Lines to the objects may pass over other rooms.
            StageArrangement::ObjectsBeside => 0.9,
            StageArrangement::SpreadObjectsBeside => 0.7,
        };
        let worth = if metrics.piled_from < PILE { 0.9 * worth } else { worth };
        Some(RoomsLayout { metrics, arrangement, columns, shapes, height: height + 2.0 * MARGIN, worth })
    }

    /// Each step of the way has its column, as far as there is width for columns.
    pub fn is_usual(&self) -> bool {
        self.arrangement == StageArrangement::ByLevel
    }

    /// Fewer tokens than usual are drawn as a pile.
    pub fn is_piled_early(&self) -> bool {
        self.metrics.piled_from < PILE
    }

    fn fill(&self, plan: &StagedRun, stage: &StageSnapshot, frame: &StageFrame) -> StageLayout {
        let below =
            if self.columns.objects_beside { 0.0 } else { objects_height(stage, frame, self.metrics) };
        let height = self.height.max(frame.height);
        let mut tops: Vec<f64> = (0..self.columns.count)
            .map(|column| {
                MARGIN
                    + ((height - 2.0 * MARGIN - below - column_height(&self.shapes, column)) / 2.0).max(0.0)
            })
            .collect();
        let placed = self.fill_from(tops.clone(), plan, stage, frame);
        // A column with more in it than planned takes the space above it, before anything is cut off.
        let mut has_moved = false;
        for (room, shape) in placed.rooms.iter().zip(&self.shapes) {
            let over = room.at.bottom() + below + MARGIN - height;
            let top = (tops[shape.column] - over.max(0.0)).max(MARGIN);
            has_moved |= top < tops[shape.column];
            tops[shape.column] = top;
        }
        if has_moved { self.fill_from(tops, plan, stage, frame) } else { placed }
    }

    /// Fills columns that begin at these heights.
    fn fill_from(
        &self,
        mut tops: Vec<f64>,
        plan: &StagedRun,
        stage: &StageSnapshot,
        frame: &StageFrame,
    ) -> StageLayout {
        let below =
            if self.columns.objects_beside { 0.0 } else { objects_height(stage, frame, self.metrics) };
        let mut placed = StageLayout {
            width: frame.width,
            height: self.height.max(frame.height),
            needed: self.height,
            columns: self.columns.count,
            figure_of: vec![None; stage.tokens.len()],
            ..StageLayout::default()
        };
        let mut rooms: Vec<PlacedRoom> = Vec::new();
        for (number, shape) in self.shapes.iter().enumerate() {
            let top = tops[shape.column];
            let at = Bounds::new(self.columns.x(shape.column), top, self.columns.width, shape.height);
            let room = self.room(plan, stage, frame, number, at, &mut placed);
            // A room grows with what has no row of its own in it; the next one gives way.
            tops[shape.column] = room.at.bottom() + BETWEEN;
            rooms.push(room);
        }
        let bottom = rooms.iter().map(|room| room.at.bottom()).fold(0.0, f64::max);
        placed.height = placed.height.max(bottom + below + MARGIN);
        placed.objects = self.objects(stage, frame, &rooms, bottom);
        let lowest = placed.objects.iter().map(|object| object.bottom()).fold(0.0, f64::max);
        placed.height = placed.height.max(lowest + MARGIN);
        placed.rooms = rooms;
        placed
    }

    fn room(
        &self,
        plan: &StagedRun,
        stage: &StageSnapshot,
        frame: &StageFrame,
        number: usize,
        mut at: Bounds,
        placed: &mut StageLayout,
    ) -> PlacedRoom {
        let (planned, shape, metrics) = (&plan.rooms[number], &self.shapes[number], self.metrics);
        let executor = planned.executor;
        let meter = if shape.is_piled { METER } else { 0.0 };
        let top = at.y + metrics.header + meter + shape.strips;
        let inner = Bounds::new(at.x + PAD, top, at.width - 2.0 * PAD, 0.0);
        let (seats_at, queue_at) = split(inner, shape);
        let mut rows = FigureRowPlacer { stage, frame, metrics, placed };
        let mut idle = Vec::new();
        let mut seats = None;
        let mut bottom = top;
        if shape.seat_rows > 0.0
            || stage.tokens.iter().any(|token| token.zone == ExecutorRoomZone::Seats(executor))
        {
            let space = FigureRowSpace { at: seats_at, rows: planned.seats, is_piled: shape.is_piled };
            let (used, free) = rows.seats(executor, space);
            idle = free;
            bottom = bottom.max(used.bottom());
            seats = Some(used);
        }
        let queued = self.waiting(planned, shape, seats, queue_at, stage.rooms[number].uncounted, &mut rows);
        bottom = bottom.max(queued.bottom);
        let end = bottom + if shape.has_loop { LOOP } else { 0.0 } + FOOT;
        at.height = at.height.max(end - at.y);
        let is_side_by_side = shape.is_side_by_side;
        let carriers = stage.rooms[number].carriers.as_ref();
        let wide = (at.width - 2.0 * PAD).min(carriers.map_or(f64::MAX, strip_width));
        let strip = |row: u32| {
            let y = top - shape.strips + strip_lead(metrics) + f64::from(row) * STRIP;
            Bounds::new(at.x + PAD, y, wide, STRIP_HEIGHT)
        };
        PlacedRoom {
            executor,
            at,
            seats,
            queue: queued.queue,
            idle,
            strips: (0..planned.strips).map(strip).collect(),
            dial: queued.dial,
            deques: queued.deques,
            is_side_by_side,
            has_meter: shape.is_piled,
        }
    }

    /// The queue of a room, with the deques or the dial beside it.
    fn waiting(
        &self,
        planned: &RoomPlan,
        shape: &RoomDimensions,
        seats: Option<Bounds>,
        mut at: Bounds,
        uncounted: u32,
        rows: &mut FigureRowPlacer<'_>,
    ) -> WaitingAreas {
        let mut places = WaitingAreas::default();
        if shape.queue_rows <= 0.0 {
            return places;
        }
        if shape.has_deques {
            places.deques = rows.deques(planned.executor, at, planned.seats);
            places.bottom = places.deques.iter().map(|deque| deque.bottom()).fold(0.0, f64::max);
            at.y = places.bottom + CAPTION + 8.0;
        }
        if let Some(seats) = seats.filter(|_| !shape.is_side_by_side) {
            // Right below the piles there are, not below those there may be; never over those who have no seat.
            let below = seats.bottom() + CAPTION + 8.0;
            at.y = if shape.is_piled { below } else { at.y.max(below) };
        }
        if shape.has_dial {
            let top = if shape.is_dial_above { at.y - CAPTION + 8.0 } else { at.y };
            places.dial = Some(Bounds::new(at.x, top, DIAL, DIAL));
            places.bottom = top + DIAL;
            if shape.is_dial_above {
                at.y = places.bottom + CAPTION;
            } else {
                at = Bounds::new(at.x + DIAL + BESIDE_DIAL, at.y, at.width - DIAL - BESIDE_DIAL, at.height);
            }
        }
        let workers = places.deques.len() as u32;
        let is_queued = |token: &TaskToken| {
            matches!(token.zone, ExecutorRoomZone::Queue(to) | ExecutorRoomZone::Door(to) if to == planned.executor)
                && token.deque.is_none_or(|worker| worker >= workers)
        };
        let outside = planned.outside.filter(|_| shape.has_deques);
        if outside != Some(0) || rows.stage.tokens.iter().any(is_queued) {
            let needed = outside.unwrap_or(planned.queue);
            let space = FigureRowSpace { at, rows: needed, is_piled: shape.is_queue_piled };
            let used = rows.queue(planned.executor, space, uncounted, workers);
            places.bottom = places.bottom.max(used.bottom());
            places.queue = Some(used);
        }
        places
    }

    fn objects(
        &self,
        stage: &StageSnapshot,
        frame: &StageFrame,
        rooms: &[PlacedRoom],
        bottom: f64,
    ) -> Vec<Bounds> {
        let (width, height) = (OBJECT_WIDTH, self.metrics.object);
        let count = stage.objects.len();
        if self.columns.objects_beside {
            let x = self.columns.right();
            let (top, low) = rooms.iter().fold((f64::MAX, 0.0_f64), |(top, low), room| {
                (top.min(room.at.y), low.max(room.at.bottom()))
            });
            let room = self.height.max(frame.height) - 2.0 * MARGIN;
            let spare = (room - pillar_height(count, height, 0.0)) / (count.max(2) - 1) as f64;
            let between = spare.clamp(MIN_BETWEEN, BETWEEN);
            let all = pillar_height(count, height, between);
            let most = MARGIN + (room - all).max(0.0);
            let first = ((top + low - all) / 2.0).clamp(MARGIN, most);
            return (0..count)
                .map(|at| Bounds::new(x, first + at as f64 * (height + between), width, height))
                .collect();
        }
        let per_row = objects_per_row(stage, frame);
        let room = frame.width - 2.0 * margin(frame);
        let wide = width.min((room + BETWEEN) / per_row as f64 - BETWEEN);
        let place = |at: usize| {
            let (row, in_row) = (at / per_row, at % per_row);
            let of_row = (count - row * per_row).min(per_row) as f64;
            let left = (frame.width - of_row * (wide + BETWEEN) + BETWEEN) / 2.0;
            let y = bottom + TO_OBJECTS + row as f64 * (height + 12.0);
            Bounds::new(left + in_row as f64 * (wide + BETWEEN), y, wide, height)
        };
        (0..count).map(place).collect()
    }
}

/// The height of this many objects of a height, one below the other, with this between two.
fn pillar_height(count: usize, object: f64, between: f64) -> f64 {
    (count as f64 * (object + between) - between).max(0.0)
}

/// How many objects stand beside each other; on a phone two, if their names are short enough for that.
fn objects_per_row(stage: &StageSnapshot, frame: &StageFrame) -> usize {
    let room = frame.width - 2.0 * margin(frame);
    let fits = ((room + BETWEEN) / (OBJECT_WIDTH + BETWEEN)) as usize;
    let half = (room - BETWEEN) / 2.0 - 60.0;
    let is_short = |object: &StageObject| approximate_width(&object.name, TextSize::Strong) <= half;
    let has_pairs = frame.width < NARROW && stage.objects.len() > 1 && stage.objects.iter().all(is_short);
    fits.max(if has_pairs { 2 } else { 1 })
}

fn objects_height(stage: &StageSnapshot, frame: &StageFrame, metrics: StagePixelSizes) -> f64 {
    match stage.objects.len() {
        0 => 0.0,
        count => TO_OBJECTS + count.div_ceil(objects_per_row(stage, frame)) as f64 * (metrics.object + 12.0),
    }
}

fn column_height(shapes: &[RoomDimensions], column: usize) -> f64 {
    let heights = shapes.iter().filter(|shape| shape.column == column).map(|shape| shape.height + BETWEEN);
    (heights.sum::<f64>() - BETWEEN).max(0.0)
}
