//! The shared things that tasks coordinate through: what each one knows, and who waits at it.
//!
//! Bookkeeping only: what tasks do with them stands in `shared`, `channel`, `condition`, `latch`, `barrier` and `server`.

use super::jobs::Jobs;
use super::task::Slot;
use crate::model::id::TaskId;
use crate::model::shared::{Shared, SharedKind};
use std::collections::VecDeque;

/// One shared thing.
#[derive(Clone, Debug)]
pub(super) enum SharedState {
    Channel(Channel),
    /// Who waits on a condition.
    Condition(Line),
    Latch(Latch),
    Barrier(Barrier),
    Server(Jobs),
}

impl SharedState {
    pub fn new(shared: &Shared) -> SharedState {
        match shared.kind {
            SharedKind::Channel { capacity } => SharedState::Channel(Channel::new(capacity)),
            SharedKind::Condition { .. } => SharedState::Condition(Line::default()),
            SharedKind::Latch { count } => SharedState::Latch(Latch::new(count)),
            SharedKind::Barrier { parties } => SharedState::Barrier(Barrier::new(parties)),
            SharedKind::Server(server) => SharedState::Server(Jobs::new(server)),
        }
    }
}

/// Tasks that wait at one place, the longest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Line(VecDeque<(Slot, TaskId)>);

impl Line {
    /// The task waits, last.
    pub fn push(&mut self, slot: Slot, id: TaskId) {
        self.0.push_back((slot, id));
    }

    /// Takes the longest waiter out.
    pub fn pop(&mut self) -> Option<Slot> {
        self.0.pop_front().map(|(slot, _)| slot)
    }

    /// The longest waiter.
    pub fn first(&self) -> Option<Slot> {
        self.iter().next()
    }

    /// The task waits no longer.
    pub fn remove(&mut self, slot: Slot) {
        if let Some(place) = self.0.iter().position(|(waiter, _)| *waiter == slot) {
            self.0.remove(place);
        }
    }

    /// The waiter in this place is the first from now on.
    pub fn bring_forward(&mut self, place: usize) {
        if let Some(waiter) = self.0.remove(place) {
            self.0.push_front(waiter);
        }
    }

    /// Who waits, the longest first.
    pub fn iter(&self) -> impl Iterator<Item = Slot> + '_ {
        self.0.iter().map(|(slot, _)| *slot)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// A channel with its messages.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    /// Most messages that it keeps; `u32::MAX` is unbounded.
    pub capacity: u32,
    /// The senders of the messages that nobody has received, the oldest first.
    pub messages: VecDeque<TaskId>,
    /// Who waits for room. Nobody does while there is any, or while somebody waits for a message.
    pub senders: Line,
    /// Who waits for a message. Nobody does while there is one.
    pub receivers: Line,
    pub closed: bool,
}

impl Channel {
    pub fn new(capacity: Option<u32>) -> Channel {
        Channel {
            capacity: capacity.unwrap_or(u32::MAX),
            messages: VecDeque::new(),
            senders: Line::default(),
            receivers: Line::default(),
            closed: false,
        }
    }

    /// How many messages nobody has received.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether there is room for a message.
    pub fn has_room(&self) -> bool {
        (self.messages.len() as u64) < u64::from(self.capacity)
    }

    /// What must hold between two events.
    pub fn check(&self, name: &str) {
        assert!(self.messages.len() as u64 <= u64::from(self.capacity), "{name}: capacity");
        let both = !self.senders.is_empty() && !self.receivers.is_empty();
        assert!(!both, "{name}: a sender and a receiver wait for each other");
        assert!(self.senders.is_empty() || !self.has_room(), "{name}: a sender waits beside room");
        assert!(
            self.receivers.is_empty() || self.messages.is_empty(),
            "{name}: a receiver waits beside a message"
        );
        assert!(
            !self.closed || self.senders.is_empty() && self.receivers.is_empty(),
            "{name}: somebody waits though it is closed"
        );
    }
}

/// A latch and its count.
#[derive(Clone, Debug)]
pub(super) struct Latch {
    /// From where it is counted down.
    pub count: u32,
    /// How often it is still to be counted down.
    pub left: u32,
    /// Who waits. Nobody does once it is open.
    pub line: Line,
}

impl Latch {
    pub fn new(count: u32) -> Latch {
        Latch { count, left: count, line: Line::default() }
    }
}

/// A barrier and who has come.
#[derive(Clone, Debug)]
pub(super) struct Barrier {
    parties: u32,
    /// Who has come.
    pub line: Line,
    pub is_broken: bool,
}

impl Barrier {
    pub fn new(parties: u32) -> Barrier {
        Barrier { parties, line: Line::default(), is_broken: false }
    }

    /// Whether the next one to come is the last.
    pub fn lacks_one(&self) -> bool {
        self.line.len() as u64 + 1 >= u64::from(self.parties)
    }

    /// What must hold between two events.
    pub fn check(&self, name: &str) {
        assert!((self.line.len() as u64) < u64::from(self.parties), "{name}: parties");
        assert!(!self.is_broken || self.line.is_empty(), "{name}: somebody waits though it is broken");
    }
}
