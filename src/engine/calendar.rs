//! What will happen and when: a tournament of timers.
//!
//! Equal instants leave in the order in which they were scheduled. A timer is cancelled by bumping the
//! `wake` of its task: the stale entry is skipped when it is met. Timeouts live in a calendar of their
//! own, because at one instant they come last; the timers of the delays' schedulers in another, because there
//! is one a delay, whatever it holds, and a tournament of few is short.
//!
//! A winner tree (Knuth, *The Art of Computer Programming* 3, 5.4.1): each timer has a leaf, each match
//! keeps the four who met in it (one cache line), and a leaf that changes plays its way up to the final. The way is
//! always equally long and each comparison without a branch, which beats a heap at the sizes that pools
//! make, and its loads do not depend on one another, which counts at large ones. Four at a match cost a third fewer
//! instructions than two: there are half as many matches to find, and to write a winner into. Where half as many leaves
//! are enough, only two meet in the final. (Wheels, each of sixteen slots, were tried: they cost 46 to 135 instructions an event
//! more on the standard workloads, as a slot and its line take longer to find and to keep than the way up.)
//!
//! Popping leaves the winner in its place. What is pushed next takes its leaf, which is one way up instead
//! of two: most timers that come are followed by another (a worker's next task, the next step).

use super::task::Slot;
use crate::model::id::{ExecutorId, WorkerId};
use crate::model::time::Time;
use std::hint::select_unpredictable;

/// Who is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// A task, if its `wake` is still this.
    Task(Slot, u32),
    /// The scheduler of a delay.
    Scheduler(ExecutorId),
    /// The thread on a core has had its interval: the task's `wake` must still be this.
    Preempt(Slot, u32),
    /// A worker has been idle for too long, if it has become idle this often and no more.
    Departure(ExecutorId, WorkerId, u32),
    /// A pool looks whether it adds a worker.
    Injection(ExecutorId),
}

/// A timer of the calendar.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub at: Time,
    /// Orders equal instants; unique.
    pub ticket: u64,
    pub due: Due,
}

/// What a timer plays with: its instant, then its ticket and its leaf in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    at: u64,
    ticket_and_leaf: u64,
}

/// No timer: loses against all.
const EMPTY: Key = Key { at: u64::MAX, ticket_and_leaf: u64::MAX };

impl Key {
    /// The winner of two. Each word is chosen without a branch, because who wins is as good as random; that
    /// there is a tie is not. (Compared as one number of 128 bits they would be shorter, but for that the
    /// compiler insists on a branch.)
    #[inline(always)]
    fn winner(self, other: Key) -> Key {
        if other.at == self.at {
            return self.first_there(other);
        }
        let other_wins = other.at < self.at;
        Key {
            at: select_unpredictable(other_wins, other.at, self.at),
            ticket_and_leaf: select_unpredictable(other_wins, other.ticket_and_leaf, self.ticket_and_leaf),
        }
    }

    #[cold]
    #[inline(never)]
    fn first_there(self, other: Key) -> Key {
        if other.ticket_and_leaf < self.ticket_and_leaf { other } else { self }
    }
}

/// Those who meet in one match.
type Match = [Key; PLAYERS];

/// How many meet in a match.
const PLAYERS: usize = 4;

/// The winner of a match.
#[inline(always)]
fn winner(players: &Match) -> Key {
    let [a, b, c, d] = *players;
    a.winner(b).winner(c.winner(d))
}

/// Bits of a key for the leaf: more timers than any memory holds.
const LEAF_BITS: u32 = 28;
/// Bits of a key for the ticket: a run has fewer than 2^32 events, and each schedules a few timers at most.
const TICKET_BITS: u32 = 36;

#[inline]
fn key(entry: &Entry, leaf: u32) -> Key {
    Key { at: entry.at.0, ticket_and_leaf: (entry.ticket << LEAF_BITS) | u64::from(leaf) }
}

#[inline]
fn leaf_of(key: Key) -> u32 {
    key.ticket_and_leaf as u32 & ((1 << LEAF_BITS) - 1)
}

fn ticket_of(key: Key) -> u64 {
    key.ticket_and_leaf >> LEAF_BITS
}

/// The pending timers.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    /// The first is the final; those of the match `n` are the winners of the matches `4 n + 1` to `4 n + 4`. In the last
    /// of them, a match for every four leaves, the leaves themselves meet.
    matches: Vec<Match>,
    /// Only the first two of the final's players ever have a timer.
    final_of_two: bool,
    /// For each leaf, who is woken.
    dues: Vec<Due>,
    /// Leaves without a timer.
    free: Vec<u32>,
    /// Who won the final.
    first: Key,
    /// The winner has been popped, and its leaf is to be given to another.
    popped: bool,
}

impl Default for Calendar {
    fn default() -> Calendar {
        Calendar {
            matches: Vec::new(),
            final_of_two: false,
            dues: Vec::new(),
            free: Vec::new(),
            first: EMPTY,
            popped: false,
        }
    }
}

impl Calendar {
    /// When the next timer is due; [`Time::NEVER`] also if there is none.
    #[inline(always)]
    pub fn next_at(&mut self) -> Time {
        if self.popped {
            self.leave();
        }
        Time(self.first.at)
    }

    /// The next timer.
    #[inline]
    pub fn peek(&mut self) -> Option<Entry> {
        let at = self.next_at();
        if self.first == EMPTY {
            return None;
        }
        let due = self.dues[leaf_of(self.first) as usize];
        Some(Entry { at, ticket: ticket_of(self.first), due })
    }

    /// Takes the next timer out.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<Entry> {
        let first = self.peek()?;
        self.popped = true;
        Some(first)
    }

    /// Takes the next timer out, and nobody takes its leaf.
    pub fn remove_first(&mut self) -> Option<Entry> {
        let first = self.pop()?;
        self.leave();
        Some(first)
    }

    /// When the next timer is due, where timers go by [`Calendar::remove_first`] alone.
    #[inline(always)]
    pub fn first_at(&self) -> Time {
        debug_assert!(!self.popped);
        Time(self.first.at)
    }

    /// Whether its next timer comes before the other's next; both must have been looked for.
    #[inline(always)]
    pub fn is_before(&self, other: &Calendar) -> bool {
        let (a, b) = (self.first, other.first);
        a.at <= b.at && (a.at < b.at || a.ticket_and_leaf < b.ticket_and_leaf)
    }

    /// Takes the next timer out, which there must be, and which must have been looked for.
    #[inline(always)]
    pub fn take(&mut self) -> Entry {
        debug_assert!(!self.popped && self.first != EMPTY);
        self.popped = true;
        let due = self.dues[leaf_of(self.first) as usize];
        Entry { at: Time(self.first.at), ticket: ticket_of(self.first), due }
    }

    #[inline(always)]
    pub fn push(&mut self, entry: Entry) {
        debug_assert!(entry.ticket < 1 << TICKET_BITS);
        let leaf = if self.popped {
            self.popped = false;
            leaf_of(self.first)
        } else {
            self.free_leaf()
        };
        self.dues[leaf as usize] = entry.due;
        self.play(leaf, key(&entry, leaf));
    }

    /// A leaf changes.
    #[inline(always)]
    fn play(&mut self, leaf: u32, key: Key) {
        let leaf = leaf as usize;
        let (mut at, mut place) = (self.first_of_leaves() + leaf / PLAYERS, leaf % PLAYERS);
        let mut best = key;
        while at > 0 {
            let players = &mut self.matches[at];
            players[place] = best;
            best = winner(players);
            (at, place) = ((at - 1) / PLAYERS, (at - 1) % PLAYERS);
        }
        let finalists = &mut self.matches[0];
        finalists[place] = best;
        self.first = if self.final_of_two { finalists[0].winner(finalists[1]) } else { winner(finalists) };
    }

    /// The number of the first match in which leaves meet.
    #[inline(always)]
    fn first_of_leaves(&self) -> usize {
        self.matches.len() - self.dues.len() / PLAYERS
    }

    /// What each leaf plays with.
    fn leaves(&self) -> &[Key] {
        self.matches[self.first_of_leaves()..].as_flattened()
    }

    /// Every entry, stale ones included, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = Entry> + '_ {
        let gone = if self.popped { self.first } else { EMPTY };
        self.leaves().iter().filter(move |key| **key != EMPTY && **key != gone).map(|key| {
            let due = self.dues[leaf_of(*key) as usize];
            Entry { at: Time(key.at), ticket: ticket_of(*key), due }
        })
    }

    /// Takes the entry with this ticket out.
    pub fn take_out(&mut self, ticket: u64) -> Option<Entry> {
        let entry = self.iter().find(|entry| entry.ticket == ticket)?;
        if self.popped {
            self.leave();
        }
        let at = self.leaves().iter().position(|key| *key != EMPTY && ticket_of(*key) == ticket)?;
        self.play(at as u32, EMPTY);
        self.free.push(at as u32);
        Some(entry)
    }

    /// The popped winner leaves, and nobody takes its leaf.
    fn leave(&mut self) {
        self.popped = false;
        let leaf = leaf_of(self.first);
        self.play(leaf, EMPTY);
        self.free.push(leaf);
    }

    #[inline]
    fn free_leaf(&mut self) -> u32 {
        match self.free.pop() {
            Some(leaf) => leaf,
            None => self.grow(),
        }
    }

    /// Makes twice as many leaves (four at first), and returns a free one.
    #[cold]
    fn grow(&mut self) -> u32 {
        let old = self.dues.len();
        let new = (2 * old).max(PLAYERS);
        assert!(new <= 1 << LEAF_BITS, "too many timers");
        // A complete tree: each row has four times as many as the one above it. If only two meet in the final, the rows
        // below are half empty, of which the last is left out.
        let rows = new.ilog(PLAYERS) + u32::from(!is_power_of_four(new));
        let above = (PLAYERS.pow(rows - 1) - 1) / (PLAYERS - 1);
        let mut matches = vec![[EMPTY; PLAYERS]; above + new / PLAYERS];
        let leaves = matches[above..].as_flattened_mut();
        leaves[..old].copy_from_slice(self.leaves());
        for at in (1..matches.len()).rev() {
            matches[(at - 1) / PLAYERS][(at - 1) % PLAYERS] = winner(&matches[at]);
        }
        self.matches = matches;
        self.final_of_two = !is_power_of_four(new);
        self.dues.resize(new, Due::Task(Slot::NONE, 0));
        self.free.extend((old as u32 + 1..new as u32).rev());
        old as u32
    }
}

/// Whether a complete tree has this many leaves, a power of two.
fn is_power_of_four(leaves: usize) -> bool {
    leaves.trailing_zeros().is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_in_order_of_time_then_ticket() {
        let mut calendar = Calendar::default();
        let stream = crate::engine::draw::Stream::of_seed(3);
        let mut expected = Vec::new();
        for ticket in 0..1000u32 {
            let at = Time((stream.at(0, ticket).unit() * 50.0) as u64);
            calendar.push(Entry { at, ticket: ticket.into(), due: Due::Task(Slot(ticket), 0) });
            expected.push((at, u64::from(ticket)));
        }
        expected.sort_unstable();
        let got: Vec<_> = std::iter::from_fn(|| calendar.pop()).map(|e| (e.at, e.ticket)).collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn pushes_and_pops_in_any_mixture() {
        let mut calendar = Calendar::default();
        let mut model = std::collections::BTreeSet::new();
        let stream = crate::engine::draw::Stream::of_seed(5);
        for ticket in 0..20_000u32 {
            let mut draws = stream.at(0, ticket);
            // Grows for a while, then shrinks.
            let push = draws.unit() < if ticket < 8000 { 0.6 } else { 0.45 };
            if push {
                let at = Time((draws.unit() * 1000.0) as u64);
                calendar.push(Entry { at, ticket: ticket.into(), due: Due::Task(Slot(ticket), 7) });
                model.insert((at, ticket));
            } else {
                let popped = calendar.pop().map(|entry| (entry.at, entry.due));
                assert_eq!(popped, model.pop_first().map(|(at, t)| (at, Due::Task(Slot(t), 7))));
            }
            if draws.unit() < 0.3 {
                assert_eq!(calendar.next_at(), model.first().map_or(Time::NEVER, |(at, _)| *at));
            }
        }
    }
}
