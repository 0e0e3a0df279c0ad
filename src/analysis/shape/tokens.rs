//! The game of tokens by which channels and latches are judged.
//!
//! A task is its list of sends, receives, countdowns, waits for latches and submissions, and a position in it. Positions
//! are walked depth first; a move that disables none and that none disables (or only its like) is taken alone (a persistent
//! set of one, see P. Godefroid, "Partial-order methods for the verification of concurrent systems", LNCS 1032, 1996).
//!
//! Invariant: knows numbers of players and places alone, and nothing of a scenario.

use crate::model::shared::SharedKind;
use std::collections::BTreeSet;

/// Positions of a game that are looked at; of a larger one nothing is said.
const MAX_POSITIONS: usize = 1_000;

/// Something that a task does to others; places and players are named by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Send(usize),
    Receive(usize),
    CountDown(usize, u32),
    Await(usize),
    /// Another task of this player comes to be.
    Submit(usize),
}

/// Where tokens lie: messages in a channel, or what a latch was counted down by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Most messages that lie in a channel; the count of a latch.
    bound: Option<u64>,
    /// How many tasks send to it.
    senders: u64,
    /// How many messages they send in all.
    sends: u64,
    /// Whoever sends to it does nothing else from then on: who goes first makes no difference.
    is_only_fed: bool,
    /// How many tasks receive from it.
    receivers: u64,
    /// Somebody who is no part of the game waits for it: it has to open.
    pub is_watched: bool,
}

impl Place {
    pub fn of(kind: SharedKind) -> Place {
        let bound = match kind {
            SharedKind::Channel { capacity } => capacity.map(u64::from),
            SharedKind::Latch { count } => Some(count.into()),
            SharedKind::Condition { .. } | SharedKind::Barrier { .. } | SharedKind::Server(_) => None,
        };
        Place { bound, senders: 0, sends: 0, is_only_fed: true, receivers: 0, is_watched: false }
    }

    /// Counts what this number of tasks with these moves do at this place, which has the number `at`.
    pub fn count(&mut self, at: usize, list: &[Move], tasks: u64) {
        let sends = list.iter().filter(|step| **step == Move::Send(at)).count() as u64;
        self.sends += sends * tasks;
        self.senders += if sends > 0 { tasks } else { 0 };
        self.is_only_fed &=
            list.iter().skip_while(|step| **step != Move::Send(at)).all(|step| *step == Move::Send(at));
        self.receivers += if list.contains(&Move::Receive(at)) { tasks } else { 0 };
    }
}

/// Where a game stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Positions {
    /// For each player, where its tasks stand in their list, in order.
    tasks: Vec<Vec<u16>>,
    /// For each place, what lies there: it follows from the positions.
    tokens: Vec<u64>,
}

/// A game of tokens.
pub(super) struct Game {
    /// For each player, the moves of one of its tasks.
    lists: Vec<Vec<Move>>,
    places: Vec<Place>,
    begun: Positions,
}

impl Game {
    /// `tasks`: for each player, where its tasks stand in its list at first.
    pub fn new(lists: Vec<Vec<Move>>, places: Vec<Place>, tasks: Vec<Vec<u16>>) -> Game {
        Game { lists, begun: Positions { tasks, tokens: vec![0; places.len()] }, places }
    }

    /// Whether every way to play it ends with every task at the end of its list, and every latch open that others watch.
    pub fn always_ends(&self) -> bool {
        let mut open = vec![self.begun.clone()];
        let mut seen: BTreeSet<Positions> = BTreeSet::new();
        while let Some(mut at) = open.pop() {
            let moves = loop {
                let moves = self.possible(&at);
                match moves.iter().find(|(_, _, step)| self.is_independent(*step)) {
                    Some((player, task, step)) => self.take(&mut at, *player, *task, *step),
                    None => break moves,
                }
            };
            if moves.is_empty() && !self.is_over(&at) {
                return false;
            }
            if seen.contains(&at) {
                continue;
            }
            for (player, task, step) in &moves {
                let mut next = at.clone();
                self.take(&mut next, *player, *task, *step);
                open.push(next);
            }
            seen.insert(at);
            if seen.len() > MAX_POSITIONS {
                return false;
            }
        }
        true
    }

    fn is_over(&self, at: &Positions) -> bool {
        let is_at_end = |position: &u16, list: &[Move]| usize::from(*position) == list.len();
        let is_open = |(place, tokens): (&Place, &u64)| {
            !place.is_watched || place.bound.is_none_or(|count| *tokens >= count)
        };
        at.tasks.iter().zip(&self.lists).all(|(tasks, list)| tasks.iter().all(|at| is_at_end(at, list)))
            && self.places.iter().zip(&at.tokens).all(is_open)
    }

    /// What can be done: which player, which of its tasks, what. Tasks that stand at one place are one.
    fn possible(&self, at: &Positions) -> Vec<(usize, usize, Move)> {
        let mut moves = Vec::new();
        for (player, tasks) in at.tasks.iter().enumerate() {
            for (task, position) in tasks.iter().enumerate() {
                let is_first = task == 0 || tasks[task - 1] != *position;
                let step = self.lists[player].get(usize::from(*position)).copied();
                if let Some(step) = step.filter(|step| is_first && self.is_possible(*step, &at.tokens)) {
                    moves.push((player, task, step));
                }
            }
        }
        moves
    }

    fn is_possible(&self, step: Move, tokens: &[u64]) -> bool {
        match step {
            Move::Send(channel) => self.places[channel].bound.is_none_or(|room| tokens[channel] < room),
            Move::Receive(channel) => tokens[channel] > 0,
            Move::Await(latch) => self.places[latch].bound.is_none_or(|count| tokens[latch] >= count),
            Move::CountDown(..) | Move::Submit(_) => true,
        }
    }

    /// Whether a possible move stays possible whatever others do, and takes nothing from them.
    fn is_independent(&self, step: Move) -> bool {
        match step {
            Move::CountDown(..) | Move::Await(_) | Move::Submit(_) => true,
            Move::Receive(channel) => self.places[channel].receivers <= 1,
            Move::Send(channel) => {
                let place = &self.places[channel];
                place.senders <= 1 || place.is_only_fed || place.bound.is_none_or(|room| place.sends <= room)
            }
        }
    }

    /// Makes a move.
    fn take(&self, at: &mut Positions, player: usize, task: usize, step: Move) {
        at.tasks[player][task] += 1;
        at.tasks[player].sort_unstable();
        match step {
            Move::Send(channel) => at.tokens[channel] += 1,
            Move::Receive(channel) => at.tokens[channel] -= 1,
            Move::CountDown(latch, count) => at.tokens[latch] += u64::from(count),
            Move::Await(_) => {}
            Move::Submit(child) => {
                at.tasks[child].push(0);
                at.tasks[child].sort_unstable();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Place =
        Place { bound: Some(1), senders: 0, sends: 0, is_only_fed: true, receivers: 0, is_watched: false };

    /// Whether a game with a task of each list, and a channel with room for one message for each number named, ends.
    fn ends(lists: &[&[Move]], channels: usize) -> bool {
        let mut places = vec![ROOM; channels];
        for list in lists {
            places.iter_mut().enumerate().for_each(|(at, place)| place.count(at, list, 1));
        }
        let tasks = lists.iter().map(|_| vec![0]).collect();
        let lists = lists.iter().map(|list| list.to_vec()).collect();
        Game::new(lists, places, tasks).always_ends()
    }

    #[test]
    fn a_game_ends_if_every_way_to_play_it_does() {
        use Move::{Receive, Send};
        // One asks, the other answers.
        assert!(ends(&[&[Send(0), Receive(1)], &[Receive(0), Send(1)]], 2));
        // Both wait for the other's question first.
        assert!(!ends(&[&[Receive(1), Send(0)], &[Receive(0), Send(1)]], 2));
        // There is room for one message, and nobody takes it.
        assert!(!ends(&[&[Send(0), Send(0)]], 1));
        // Two take what is enough for one of them: who comes first decides whether the other has its answer.
        assert!(!ends(&[&[Receive(0)], &[Receive(0)], &[Send(0)]], 1));
        // Both fill the other's channel twice before they take: full channels push back on each other.
        let (one, other) =
            ([Send(0), Send(0), Receive(1), Receive(1)], [Send(1), Send(1), Receive(0), Receive(0)]);
        assert!(!ends(&[&one, &other], 2));
        // Whoever comes first takes the only room that the other needs before it receives.
        let first = [Send(0), Receive(1)];
        assert!(!ends(&[&first, &[Send(0), Send(1), Receive(0), Receive(0)]], 2));
    }
}
