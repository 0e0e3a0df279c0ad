//! Rows of tokens and piles in one part of a room.

use super::model::{ExecutorRoomZone, StageSnapshot, TaskGroup, TaskToken};
use super::placed::{PILE_DEPTH, StageFigure, StageFigureKind, StageFrame, StageLayout, StagePixelSizes};
use crate::model::id::ExecutorId;
use crate::view::scene::Bounds;

/// Maximum number of rows beyond those that the run needs.
const MAX_EXTRA: usize = 2;
/// Maximum number of piles in one part of a room.
const MAX_PILES: usize = 5;
/// The size of a chip of an unfolded pile.
const CHIP: (f64, f64) = (46.0, 22.0);
/// Maximum number of chips of one pile.
const MAX_CHIPS: usize = 48;
/// Between the edge of a deque and its entries, and between those.
const INSET: f64 = 3.0;
/// The narrowest entry of a deque.
const MIN_ENTRY: f64 = 26.0;
/// The narrowest entry of a deque that has its name written on it.
const MIN_NAMED: f64 = 96.0;
/// Between two tasks on one worker's thread: room for the line from one to the other.
const STACKED: f64 = 26.0;

/// Where rows begin, and how they are meant.
#[derive(Clone, Copy, Debug)]
pub(super) struct FigureRowSpace {
    /// The first row's upper left corner, and the width of all.
    pub at: Bounds,
    /// How many rows the run needs.
    pub rows: u32,
    /// Tokens of one role are one figure.
    pub is_piled: bool,
}

/// Puts figures into rows.
pub(super) struct FigureRowPlacer<'a> {
    pub stage: &'a StageSnapshot,
    pub frame: &'a StageFrame,
    pub metrics: StagePixelSizes,
    pub placed: &'a mut StageLayout,
}

impl FigureRowPlacer<'_> {
    fn figure(&mut self, kind: StageFigureKind, zone: ExecutorRoomZone, at: Bounds, is_chip: bool) {
        let number = self.placed.figures.len() as u32;
        self.placed.figures.push(StageFigure { kind, zone, at, is_chip });
        match kind {
            StageFigureKind::Token(token) => self.placed.figure_of[token as usize] = Some(number),
            StageFigureKind::Pile(role) => {
                for token in &self.stage.roles[role as usize].tokens {
                    self.placed.figure_of[*token as usize] = Some(number);
                }
            }
            StageFigureKind::Rest(_) => {}
        }
    }

    /// The workers of an executor: where they are, and which of them are idle.
    pub fn seats(&mut self, executor: ExecutorId, space: FigureRowSpace) -> (Bounds, Vec<(u32, Bounds)>) {
        let zone = ExecutorRoomZone::Seats(executor);
        if space.is_piled {
            let first = self.placed.figures.len();
            let used = self.piles(&[zone], space, 0, |_| true);
            let pile = Bounds::new(space.at.x, space.at.y, space.at.width - PILE_DEPTH, self.metrics.pile);
            let is_empty = self.placed.figures.len() == first;
            return (used, is_empty.then_some((0, pile)).into_iter().collect());
        }
        let row = self.metrics.token + self.metrics.gap;
        let at = |number: u32| {
            Bounds::new(space.at.x, space.at.y + f64::from(number) * row, space.at.width, self.metrics.token)
        };
        let rows: Vec<Bounds> = (0..space.rows.max(1)).map(at).collect();
        let tokens: Vec<(u32, Option<u32>)> = self
            .stage
            .tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| token.zone == zone)
            .map(|(number, token)| (number as u32, token.seat))
            .collect();
        let mut idle = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            let stack: Vec<u32> = tokens
                .iter()
                .filter(|(_, seat)| *seat == Some(number as u32))
                .map(|(token, _)| *token)
                .collect();
            if stack.is_empty() && (number as u32) < space.rows {
                idle.push((number as u32, *row));
            }
            self.stack(&stack, zone, *row);
        }
        let others: Vec<u32> = tokens
            .iter()
            .filter(|(_, seat)| seat.is_none_or(|seat| seat as usize >= rows.len()))
            .map(|(token, _)| *token)
            .collect();
        // Before any worker is there, whoever runs without one has the only row.
        let first = if space.rows == 0 { 0 } else { rows.len() };
        if space.rows == 0 && others.is_empty() {
            idle.push((0, rows[0]));
        }
        let bottom = self.list(&others, zone, space, first, 0);
        (Bounds::new(space.at.x, space.at.y, space.at.width, bottom - space.at.y), idle)
    }

    /// The tasks on one thread, side by side, the lowest first.
    fn stack(&mut self, stack: &[u32], zone: ExecutorRoomZone, row: Bounds) {
        let count = stack.len().max(1) as f64;
        let wide = (row.width - STACKED * (count - 1.0)) / count;
        for (at, token) in stack.iter().enumerate() {
            let place = Bounds::new(row.x + at as f64 * (wide + STACKED), row.y, wide, row.height);
            self.figure(StageFigureKind::Token(*token), zone, place, false);
        }
    }

    /// The deques of the first `workers` of an executor, each in a row with its worker, the newest entry next to it.
    pub fn deques(&mut self, executor: ExecutorId, at: Bounds, workers: u32) -> Vec<Bounds> {
        let row = self.metrics.token + self.metrics.gap;
        let place =
            |number: u32| Bounds::new(at.x, at.y + f64::from(number) * row, at.width, self.metrics.token);
        let places: Vec<Bounds> = (0..workers).map(place).collect();
        for (number, place) in (0..workers).zip(&places) {
            let is_here = |token: &TaskToken| {
                token.zone == ExecutorRoomZone::Queue(executor) && token.deque == Some(number)
            };
            let entries = (0..).zip(&self.stage.tokens).filter(|(_, token)| is_here(token));
            let entries: Vec<u32> = entries.map(|(entry, _)| entry).collect();
            self.deque(&entries, ExecutorRoomZone::Queue(executor), *place);
        }
        places
    }

    /// One deque: as many of its entries as there is room for, the oldest counted.
    fn deque(&mut self, entries: &[u32], zone: ExecutorRoomZone, at: Bounds) {
        let inner = Bounds::new(at.x + INSET, at.y + INSET, at.width - 2.0 * INSET, at.height - 2.0 * INSET);
        let fits = (((inner.width + INSET) / (MIN_ENTRY + INSET)) as usize).max(1);
        let hidden = if entries.len() > fits { entries.len() + 1 - fits } else { 0 };
        let shown = &entries[hidden..];
        let count = (shown.len() + usize::from(hidden > 0)).max(1) as f64;
        let wide = (inner.width - INSET * (count - 1.0)) / count;
        let place = |n: usize| Bounds::new(inner.x + n as f64 * (wide + INSET), inner.y, wide, inner.height);
        if hidden > 0 {
            self.figure(StageFigureKind::Rest(hidden as u32), zone, place(0), true);
            self.count_in(&entries[..hidden]);
        }
        for (n, entry) in shown.iter().enumerate() {
            let at = place(n + usize::from(hidden > 0));
            self.figure(StageFigureKind::Token(*entry), zone, at, wide < MIN_NAMED);
        }
    }

    /// The queue of an executor, and who stands at its door; those on the deques of the first `deques` workers are no
    /// part of it.
    pub fn queue(
        &mut self,
        executor: ExecutorId,
        space: FigureRowSpace,
        uncounted: u32,
        deques: u32,
    ) -> Bounds {
        let zones = [ExecutorRoomZone::Queue(executor), ExecutorRoomZone::Door(executor)];
        let is_here = |token: &TaskToken| token.deque.is_none_or(|worker| worker >= deques);
        if space.is_piled {
            return self.piles(&zones, space, uncounted, is_here);
        }
        let is_queued = |token: &TaskToken| zones.contains(&token.zone) && is_here(token);
        let tokens = self.stage.tokens.iter().enumerate().filter(|(_, token)| is_queued(token));
        let tokens: Vec<u32> = tokens.map(|(number, _)| number as u32).collect();
        let row = self.metrics.token + self.metrics.gap;
        let bottom = self.list(&tokens, zones[0], space, 0, uncounted);
        let least = space.at.y + f64::from(space.rows) * row - self.metrics.gap;
        Bounds::new(space.at.x, space.at.y, space.at.width, bottom.max(least) - space.at.y)
    }

    /// One token a row from this row on; those for which there is no row are counted. The lower edge.
    fn list(
        &mut self,
        tokens: &[u32],
        zone: ExecutorRoomZone,
        space: FigureRowSpace,
        first: usize,
        uncounted: u32,
    ) -> f64 {
        let most = (space.rows as usize + MAX_EXTRA).max(first + MAX_EXTRA);
        let (token, row) = (self.metrics.token, self.metrics.token + self.metrics.gap);
        let place = |at: usize| Bounds::new(space.at.x, space.at.y + at as f64 * row, space.at.width, token);
        let fits = most.saturating_sub(first);
        let shown = if tokens.len() > fits { fits.saturating_sub(1) } else { tokens.len() };
        for (at, token) in tokens.iter().take(shown).enumerate() {
            let zone = self.stage.tokens[*token as usize].zone;
            self.figure(StageFigureKind::Token(*token), zone, place(first + at), false);
        }
        let rest = (tokens.len() - shown) as u32 + uncounted;
        let mut rows = first + shown;
        if rest > 0 {
            self.figure(StageFigureKind::Rest(rest), zone, place(rows), false);
            self.count_in(&tokens[shown..]);
            rows += 1;
        }
        space.at.y + rows.max(1) as f64 * row - self.metrics.gap
    }

    /// The last figure stands for these tokens too.
    fn count_in(&mut self, tokens: &[u32]) {
        let last = (self.placed.figures.len() as u32).checked_sub(1);
        for token in tokens {
            self.placed.figure_of[*token as usize] = last;
        }
    }

    /// One figure a role.
    fn piles(
        &mut self,
        zones: &[ExecutorRoomZone],
        space: FigureRowSpace,
        uncounted: u32,
        is_here: impl Fn(&TaskToken) -> bool,
    ) -> Bounds {
        let stage = self.stage;
        // Those of one role are all here, or none.
        let has_any =
            |role: &TaskGroup| role.tokens.first().is_some_and(|at| is_here(&stage.tokens[*at as usize]));
        let roles: Vec<(u32, &TaskGroup)> =
            (0..).zip(&stage.roles).filter(|(_, role)| zones.contains(&role.zone) && has_any(role)).collect();
        let shown = if roles.len() > MAX_PILES { MAX_PILES - 1 } else { roles.len() };
        let mut y = space.at.y;
        for (number, role) in roles.iter().take(shown) {
            y = self.pile(*number, role, Bounds::new(space.at.x, y, space.at.width, self.metrics.pile));
        }
        let hidden: Vec<u32> =
            roles[shown..].iter().flat_map(|(_, role)| role.tokens.iter().copied()).collect();
        let rest = hidden.len() as u32 + uncounted;
        if rest > 0 {
            let at = Bounds::new(space.at.x, y, space.at.width, self.metrics.token);
            self.figure(StageFigureKind::Rest(rest), zones[0], at, false);
            self.count_in(&hidden);
            y += self.metrics.token + self.metrics.gap;
        }
        let bottom = if y > space.at.y { y - self.metrics.gap } else { y + self.metrics.pile };
        Bounds::new(space.at.x, space.at.y, space.at.width, bottom - space.at.y)
    }

    /// A pile, or its tokens as chips if it is unfolded; where the next one begins.
    fn pile(&mut self, number: u32, role: &TaskGroup, at: Bounds) -> f64 {
        if !self.frame.unfolded.contains(&(role.zone, role.kind)) {
            self.figure(StageFigureKind::Pile(number), role.zone, at, false);
            return at.bottom() + self.metrics.gap;
        }
        let per_row = ((at.width / (CHIP.0 + 4.0)) as usize).max(1);
        let shown = role.tokens.len().min(MAX_CHIPS);
        let place = |n: usize| {
            let (row, column) = (n / per_row, n % per_row);
            Bounds::new(
                at.x + column as f64 * (CHIP.0 + 4.0),
                at.y + row as f64 * (CHIP.1 + 4.0),
                CHIP.0,
                CHIP.1,
            )
        };
        for (n, token) in role.tokens.iter().take(shown).enumerate() {
            self.figure(StageFigureKind::Token(*token), role.zone, place(n), true);
        }
        let mut chips = shown;
        if role.tokens.len() > shown {
            self.figure(
                StageFigureKind::Rest((role.tokens.len() - shown) as u32),
                role.zone,
                place(shown),
                true,
            );
            self.count_in(&role.tokens[shown..]);
            chips += 1;
        }
        at.y + chips.div_ceil(per_row) as f64 * (CHIP.1 + 4.0) + self.metrics.gap
    }
}
