//! Where everything on the stage stands, as plain data.

use super::model::ExecutorRoomZone;
use crate::model::id::{ExecutorId, TaskTypeId};
use crate::view::scene::Bounds;
use std::collections::BTreeSet;

/// Between the edge of a room and what is in it.
pub(super) const PAD: f64 = 18.0;
/// How far the tokens behind the first of a pile stick out to its right.
pub(super) const PILE_DEPTH: f64 = 8.0;
/// For the word before a row of carriers or permits, in pixels.
pub(super) const STRIP_CAPTION: f64 = 88.0;
/// Between two carriers.
pub(super) const SLOT_GAP: f64 = 4.0;
/// The widest carrier.
pub(super) const MAX_SLOT: f64 = 150.0;
/// The room there is, and what the person has unfolded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageFrame {
    /// Its width in CSS pixels.
    pub width: f64,
    /// Its height in CSS pixels.
    pub height: f64,
    /// What does not fit makes it higher, as on a phone, where the whole page scrolls; otherwise the stage gets smaller.
    pub can_grow: bool,
    /// How much larger than on a desk its pixels are, as on a wall; 0 as 1.
    pub scale: f64,
    /// Piles that are drawn token by token.
    pub unfolded: BTreeSet<(ExecutorRoomZone, TaskTypeId)>,
}

/// What a figure stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageFigureKind {
    /// One token, by its place in `Stage::tokens`.
    Token(u32),
    /// All tokens of a role, by its place in `Stage::roles`.
    Pile(u32),
    /// Tokens without a row of their own.
    Rest(u32),
}

/// Something drawn in a room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StageFigure {
    /// What it stands for.
    pub kind: StageFigureKind,
    /// The part of a room where it is.
    pub zone: ExecutorRoomZone,
    /// Where it is drawn.
    pub at: Bounds,
    /// A chip of an unfolded pile: too small for more than a number.
    pub is_chip: bool,
}

/// A room with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedRoom {
    /// The executor whose room it is.
    pub executor: ExecutorId,
    /// Where the whole room is.
    pub at: Bounds,
    /// Where its workers sit; `None` if it has none.
    pub seats: Option<Bounds>,
    /// Where its queue stands; `None` if nobody ever waits.
    pub queue: Option<Bounds>,
    /// Workers without a task, by their numbers; of a room that is drawn as piles, one in place of all.
    pub idle: Vec<(u32, Bounds)>,
    /// The carriers of a green executor, or the limits of a wrapper, one below the other.
    pub strips: Vec<Bounds>,
    /// The dial of a delay, on which tokens go round to the instant at which they are due.
    pub dial: Option<Bounds>,
    /// The deque of each worker, in rows with them.
    pub deques: Vec<Bounds>,
    /// The queue is left of the seats, not below them.
    pub is_side_by_side: bool,
    /// Its workers are summed up in a bar.
    pub has_meter: bool,
}

/// Everything with its place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageLayout {
    /// Its width in CSS pixels.
    pub width: f64,
    /// Its height in CSS pixels; more than the frame's if there is no room.
    pub height: f64,
    /// The height that the run needs at most in a frame of this width, with these measures.
    pub needed: f64,
    /// How many columns of rooms there are.
    pub columns: usize,
    /// Which of the layouts was taken: 0 is the most comfortable.
    pub tightness: usize,
    /// There was so little room that fewer tokens than usual are drawn as a pile.
    pub is_piled_early: bool,
    /// In the stage's order.
    pub rooms: Vec<PlacedRoom>,
    /// In the stage's order.
    pub objects: Vec<Bounds>,
    /// What is drawn in the rooms.
    pub figures: Vec<StageFigure>,
    /// For each token, the figure that it is in, or is.
    pub figure_of: Vec<Option<u32>>,
}

impl StageLayout {
    /// The room of an executor.
    pub fn room(&self, executor: ExecutorId) -> Option<&PlacedRoom> {
        self.rooms.iter().find(|room| room.executor == executor)
    }
}

/// How large things are, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct StagePixelSizes {
    pub token: f64,
    pub gap: f64,
    pub pile: f64,
    pub header: f64,
    /// The height of an object.
    pub object: f64,
    /// Number of tokens from which they are drawn as a pile.
    pub piled_from: u32,
}
