//! What moves between two pictures of the stage: tokens go from where they were drawn to where they are now.
//!
//! A token moves against its room: where a room has moved, or grown above it, the token is there at once, as the words
//! and the rows around it are.
//!
//! Invariant: a function of the pictures and the times it is given; after [`MOVE_MS`] everything stands where the
//! stage has it. When more moves at once than an eye can follow, only the first are drawn on their way.

use super::model::{ExecutorRoomZone, StageSnapshot};
use super::placed::{PAD, StageLayout};
use crate::analysis::digest::Digest;
use crate::model::id::{TaskId, TaskTypeId};
use crate::view::scene::{Bounds, Point};
use std::collections::BTreeMap;

/// How long a move takes, in milliseconds.
pub const MOVE_MS: f64 = 150.0;
/// Maximum number of tokens on their way at once.
const MAX_MOVES: usize = 64;
/// A token on its way out, or in, is drawn as high as this.
const SMALL: f64 = 12.0;

/// One token on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TokenMove {
    pub kind: TaskTypeId,
    from: Bounds,
    to: Bounds,
    began: f64,
    /// It is on its way out of the room.
    pub is_leaving: bool,
}

impl TokenMove {
    /// The same move in a room that has moved.
    fn shifted(self, by: Point) -> TokenMove {
        TokenMove { from: shifted(self.from, by), to: shifted(self.to, by), ..self }
    }

    /// Where it is drawn at a time.
    pub fn at(&self, now: f64) -> Bounds {
        let part = ((now - self.began) / MOVE_MS).clamp(0.0, 1.0);
        let eased = 1.0 - (1.0 - part) * (1.0 - part) * (1.0 - part);
        let mix = |a: f64, b: f64| a + (b - a) * eased;
        let (from, to) = (self.from, self.to);
        Bounds::new(
            mix(from.x, to.x),
            mix(from.y, to.y),
            mix(from.width, to.width),
            mix(from.height, to.height),
        )
    }

    /// Whether it has come to where it goes.
    pub fn is_over(&self, now: f64) -> bool {
        now >= self.began + MOVE_MS
    }
}

/// Where a token was drawn.
#[derive(Clone, Copy, Debug)]
struct TokenPlace {
    at: Bounds,
    zone: ExecutorRoomZone,
    kind: TaskTypeId,
}

/// Where tokens were drawn last, and which of them are on their way.
#[derive(Clone, Debug, Default)]
pub struct TokenMotion {
    places: BTreeMap<TaskId, TokenPlace>,
    /// The upper left corners of the parts of rooms that they were in.
    corners: BTreeMap<ExecutorRoomZone, Point>,
    pub(super) moves: BTreeMap<TaskId, TokenMove>,
}

impl TokenMotion {
    /// Takes the next picture, at a time in milliseconds. The first one stands still.
    pub fn update(&mut self, digest: &Digest<'_>, stage: &StageSnapshot, placed: &StageLayout, now: f64) {
        let is_first = self.places.is_empty();
        self.moves.retain(|_, going| !going.is_over(now));
        let corners = corners(placed);
        self.move_rooms(&corners);
        let mut places = BTreeMap::new();
        for (token, figure) in stage.tokens.iter().zip(&placed.figure_of) {
            let Some(figure) = figure.and_then(|figure| placed.figures.get(figure as usize)) else {
                continue;
            };
            let kind = digest.names.kind(token.task);
            places.insert(token.task, TokenPlace { at: figure.at, zone: token.zone, kind });
            if is_first || self.moves.len() >= MAX_MOVES {
                continue;
            }
            let from = match self.places.get(&token.task) {
                Some(place) if place.zone == token.zone && is_same(place.at, figure.at) => continue,
                Some(place) => self.moves.get(&token.task).map_or(place.at, |going| going.at(now)),
                None => self.entrance(digest, placed, token.task, figure.at),
            };
            let going = TokenMove { kind, from, to: figure.at, began: now, is_leaving: false };
            self.moves.insert(token.task, going);
        }
        if !is_first {
            self.leave(&places, placed, now);
        }
        self.places = places;
        self.corners = corners;
    }

    /// Takes everything along that is in a room which has moved since the last picture.
    fn move_rooms(&mut self, corners: &BTreeMap<ExecutorRoomZone, Point>) {
        let by = |zone: ExecutorRoomZone| {
            let (from, to) = (self.corners.get(&zone)?, corners.get(&zone)?);
            let by = Point { x: to.x - from.x, y: to.y - from.y };
            (by != Point::default()).then_some(by)
        };
        for (task, place) in &mut self.places {
            let Some(by) = by(place.zone) else { continue };
            place.at = shifted(place.at, by);
            if let Some(going) = self.moves.get_mut(task) {
                *going = going.shifted(by);
            }
        }
    }

    /// Where a new token comes from: its parent, or the left edge.
    fn entrance(&self, digest: &Digest<'_>, placed: &StageLayout, task: TaskId, to: Bounds) -> Bounds {
        let parent = digest.names.parent(task).and_then(|parent| self.places.get(&parent));
        match parent {
            Some(TokenPlace { at, .. }) => {
                Bounds::new(at.x + at.width / 2.0, at.y + (at.height - SMALL) / 2.0, SMALL, SMALL)
            }
            None => {
                let room = placed.rooms.iter().find(|room| room.at.x <= to.x && to.x < room.at.right());
                let edge = room.map_or(0.0, |room| room.at.x);
                Bounds::new((edge - 40.0).max(0.0), to.y + (to.height - SMALL) / 2.0, SMALL, SMALL)
            }
        }
    }

    /// Those who are gone go to the foot of their room, beside what is written there.
    fn leave(&mut self, places: &BTreeMap<TaskId, TokenPlace>, placed: &StageLayout, now: f64) {
        for (task, TokenPlace { at, zone, kind }) in &self.places {
            if places.contains_key(task) {
                continue;
            }
            self.moves.remove(task);
            let Some(room) = placed.room(zone.executor()).filter(|_| self.moves.len() < MAX_MOVES) else {
                continue;
            };
            let to = Bounds::new(room.at.x + (PAD - SMALL) / 2.0, room.at.bottom() - 21.0, SMALL, SMALL);
            let going = TokenMove { kind: *kind, from: *at, to, began: now, is_leaving: true };
            self.moves.insert(*task, going);
        }
    }

    /// Whether something is still on its way.
    pub fn is_moving(&self, now: f64) -> bool {
        self.moves.values().any(|going| !going.is_over(now))
    }

    /// Forgets everything: the next picture stands still.
    pub fn reset(&mut self) {
        *self = TokenMotion::default();
    }
}

/// Where the rows of each part of each room begin.
fn corners(placed: &StageLayout) -> BTreeMap<ExecutorRoomZone, Point> {
    let corner = |at: Bounds| Point { x: at.x, y: at.y };
    let parts = placed.rooms.iter().flat_map(|room| {
        let (seats, queue) = (room.seats.unwrap_or(room.at), room.queue.unwrap_or(room.at));
        [
            (ExecutorRoomZone::Seats(room.executor), corner(seats)),
            (ExecutorRoomZone::Queue(room.executor), corner(queue)),
            (ExecutorRoomZone::Door(room.executor), corner(queue)),
        ]
    });
    parts.collect()
}

fn shifted(at: Bounds, by: Point) -> Bounds {
    Bounds { x: at.x + by.x, y: at.y + by.y, ..at }
}

/// Whether two places are one, but for what adding and subtracting loses.
fn is_same(a: Bounds, b: Bounds) -> bool {
    let is_near = |a: f64, b: f64| (a - b).abs() < 0.01;
    is_near(a.x, b.x) && is_near(a.y, b.y) && is_near(a.width, b.width) && is_near(a.height, b.height)
}
