//! What was caused at this instant and has not happened yet, in the order caused.
//!
//! Nearly always there is nothing, or one thing: that one has a place of its own before the line.

use super::carriers::CarrierId;
use super::task::Slot;
use crate::model::id::{ExecutorId, WorkerId};
use crate::trace::event::EventId;
use std::collections::VecDeque;

/// What happens next at this instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// A task's thread goes on with it.
    Turn(Slot),
    /// A carrier of green threads takes its next item.
    Carrier(CarrierId),
    /// A wrapper looks whether it can hand something over.
    Pump(ExecutorId),
    /// A worker of a `fork-join` pool steals; only where other orders are explored.
    Steal(ExecutorId, WorkerId),
}

/// What is to be done, each with the event that caused it.
#[derive(Clone, Debug, Default)]
pub(super) struct Agenda {
    /// The first; if there is none, nothing is in the line either.
    first: Option<(Action, EventId)>,
    line: VecDeque<(Action, EventId)>,
}

impl Agenda {
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    #[inline(always)]
    pub fn push(&mut self, todo: Action, cause: EventId) {
        if self.first.is_none() {
            self.first = Some((todo, cause));
        } else {
            self.line.push_back((todo, cause));
        }
    }

    #[inline(always)]
    pub fn pop(&mut self) -> Option<(Action, EventId)> {
        let first = self.first?;
        self.first = if self.line.is_empty() { None } else { self.line.pop_front() };
        Some(first)
    }

    /// Everything on it, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Action, EventId)> + '_ {
        self.first.iter().chain(&self.line).copied()
    }

    /// Takes the last out, if it is this.
    pub fn take_out_last(&mut self, todo: Action) -> Option<(Action, EventId)> {
        match self.line.back() {
            Some((last, _)) => (*last == todo).then(|| self.line.pop_back())?,
            None => self.first.take_if(|(first, _)| *first == todo),
        }
    }

    /// Takes the one at this place out.
    pub fn take_out(&mut self, index: usize) -> Option<(Action, EventId)> {
        match index {
            0 => self.pop(),
            later => self.line.remove(later - 1),
        }
    }

    /// A task that is gone has no turn.
    pub fn forget(&mut self, slot: Slot) {
        let stays = |todo: &Action| *todo != Action::Turn(slot);
        self.line.retain(|(todo, _)| stays(todo));
        if self.first.is_some_and(|(todo, _)| !stays(&todo)) {
            self.first = self.line.pop_front();
        }
    }

    /// Puts something before all else.
    pub fn push_first(&mut self, todo: Action, cause: EventId) {
        if let Some(first) = self.first.replace((todo, cause)) {
            self.line.push_front(first);
        }
    }
}
