//! What was caused at this instant and has not happened yet, in the order caused.
//!
//! Nearly always there is nothing, or one thing: that one has a place of its own before the line.

use super::task::Slot;
use crate::model::id::ExecutorId;
use crate::trace::event::EventId;
use std::collections::VecDeque;

/// What happens next at this instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Todo {
    /// A task's thread goes on with it.
    Turn(Slot),
    /// The green thread takes its next item.
    Green,
    /// A wrapper looks whether it can hand something over.
    Pump(ExecutorId),
}

/// What is to be done, each with the event that caused it.
#[derive(Clone, Debug, Default)]
pub(super) struct Agenda {
    /// The first; if there is none, nothing is in the line either.
    first: Option<(Todo, EventId)>,
    line: VecDeque<(Todo, EventId)>,
}

impl Agenda {
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    #[inline(always)]
    pub fn push(&mut self, todo: Todo, cause: EventId) {
        if self.first.is_none() {
            self.first = Some((todo, cause));
        } else {
            self.line.push_back((todo, cause));
        }
    }

    #[inline(always)]
    pub fn pop(&mut self) -> Option<(Todo, EventId)> {
        let first = self.first?;
        self.first = if self.line.is_empty() { None } else { self.line.pop_front() };
        Some(first)
    }
}
