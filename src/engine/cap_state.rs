//! The slots of a cap as bookkeeping: how many of each are taken, and who waits for one.
//!
//! Deliberately absent: who is handed over when; that is in `cap`.

use super::task::{Flag, Slot};
use super::tasks::Tasks;
use crate::model::executor::{Cap, HandOver};
use crate::model::id::{TaskId, TaskTypeId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Caps in use, and who waits.
#[derive(Clone, Debug)]
pub(super) struct CapState {
    caps: Vec<Cap>,
    pub(super) used: Vec<u32>,
    /// Waiting tasks of each type, in order; with a ticket that orders them all.
    pub(super) lines: BTreeMap<TaskTypeId, Line>,
    tickets: u64,
    len: u32,
    hand_over: HandOver,
    /// With turns: for each cap, whether its place in the queue behind is taken.
    pub(super) queued: Vec<bool>,
    /// With turns: who has come to its turn and has not ended.
    inside: BTreeSet<TaskId>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) entries: VecDeque<(u64, Slot, TaskId)>,
    len: u32,
}

impl CapState {
    pub fn new(caps: &[Cap], hand_over: HandOver) -> CapState {
        CapState {
            used: vec![0; caps.len()],
            queued: vec![false; caps.len()],
            caps: caps.to_vec(),
            lines: BTreeMap::new(),
            tickets: 0,
            len: 0,
            hand_over,
            inside: BTreeSet::new(),
        }
    }

    /// Whether a task takes its slots when its turn comes, not when it is handed over.
    pub fn has_turns(&self) -> bool {
        self.hand_over == HandOver::Turn
    }

    /// Whether a task of this type may be handed over now.
    pub fn lets_go(&self, kind: TaskTypeId) -> bool {
        match self.hand_over {
            HandOver::Room => self.has_room(kind),
            HandOver::Turn => self.caps_of(kind).all(|cap| !self.queued[cap]),
        }
    }

    /// The caps that count this type.
    fn caps_of(&self, kind: TaskTypeId) -> impl Iterator<Item = usize> + '_ {
        let counts = move |(_, cap): &(usize, &Cap)| cap.types.contains(&kind);
        self.caps.iter().enumerate().filter(counts).map(|(at, _)| at)
    }

    /// A task of this type is handed over: it takes its slots, or its groups' places in the queue.
    pub fn hands_over(&mut self, kind: TaskTypeId) {
        match self.hand_over {
            HandOver::Room => self.enter(kind),
            HandOver::Turn => self.set_queued(kind, true),
        }
    }

    fn set_queued(&mut self, kind: TaskTypeId, queued: bool) {
        for (cap, place) in self.caps.iter().zip(&mut self.queued) {
            if cap.types.contains(&kind) {
                *place = queued;
            }
        }
    }

    /// The turn of a task has come: it gives the place in the queue up, and takes its slots if it runs.
    pub fn comes_to_turn(&mut self, kind: TaskTypeId, runs: Option<TaskId>) {
        self.set_queued(kind, false);
        if let Some(id) = runs {
            self.inside.insert(id);
            self.enter(kind);
        }
    }

    /// A task that was handed over is done. `waits`: it still stands in the queue behind, and its turn is to come.
    pub fn gives_back(&mut self, kind: TaskTypeId, id: TaskId, waits: bool) {
        match self.hand_over {
            HandOver::Room => self.leave(kind),
            HandOver::Turn if self.inside.remove(&id) => self.leave(kind),
            HandOver::Turn if !waits => self.set_queued(kind, false),
            HandOver::Turn => {}
        }
    }

    /// How many tasks wait, cancelled ones included.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// How many of this type.
    pub fn len_of(&self, kind: TaskTypeId) -> u32 {
        self.lines.get(&kind).map_or(0, |line| line.len)
    }

    /// Whether every cap that counts this type has room.
    pub fn has_room(&self, kind: TaskTypeId) -> bool {
        self.caps.iter().zip(&self.used).all(|(cap, used)| *used < cap.limit || !cap.types.contains(&kind))
    }

    /// A task of this type takes its slots.
    fn enter(&mut self, kind: TaskTypeId) {
        for (cap, used) in self.caps.iter().zip(&mut self.used) {
            *used += u32::from(cap.types.contains(&kind));
        }
    }

    /// A task of this type gives its slots back.
    fn leave(&mut self, kind: TaskTypeId) {
        for (cap, used) in self.caps.iter().zip(&mut self.used) {
            *used -= u32::from(cap.types.contains(&kind));
        }
    }

    /// A task waits.
    pub fn hold(&mut self, kind: TaskTypeId, (slot, id): (Slot, TaskId)) {
        self.tickets += 1;
        self.len += 1;
        let line = self.lines.entry(kind).or_default();
        line.len += 1;
        line.entries.push_back((self.tickets, slot, id));
    }

    /// Notes that one of this type was dropped.
    pub fn forget_one(&mut self, kind: TaskTypeId) {
        self.len -= 1;
        self.lines.get_mut(&kind).expect("one of the type waited").len -= 1;
    }

    /// The one of this type that has waited longest.
    pub fn oldest(&self, kind: TaskTypeId, tasks: &Tasks) -> Option<Slot> {
        let line = self.lines.get(&kind)?;
        line.entries.iter().find(|entry| is_held(tasks, entry)).map(|entry| entry.1)
    }

    /// Every cap: how many hold it, and its limit.
    pub fn usage(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.used.iter().copied().zip(self.caps.iter().map(|cap| cap.limit))
    }

    /// Takes the longest-waiting task whose caps have room; a cancelled one too waits for its turn.
    pub(super) fn take_next(&mut self, tasks: &Tasks) -> Option<Slot> {
        let mut best: Option<(u64, TaskTypeId)> = None;
        let kinds: Vec<TaskTypeId> = self.lines.keys().copied().collect();
        for kind in kinds {
            let has_room = self.lets_go(kind);
            let line = self.lines.get_mut(&kind).expect("its key was just read");
            while line.entries.front().is_some_and(|entry| !is_held(tasks, entry)) {
                line.entries.pop_front();
            }
            let Some(&(ticket, _, _)) = line.entries.front() else { continue };
            if has_room && best.is_none_or(|(least, _)| ticket < least) {
                best = Some((ticket, kind));
            }
        }
        let (_, kind) = best?;
        let line = self.lines.get_mut(&kind).expect("its key was just read");
        line.len -= 1;
        self.len -= 1;
        line.entries.pop_front().map(|entry| entry.1)
    }
}

fn is_held(tasks: &Tasks, (_, slot, id): &(u64, Slot, TaskId)) -> bool {
    tasks.is(*slot, *id) && tasks[*slot].flags.has(Flag::Entered)
}
