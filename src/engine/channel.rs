//! Channels: first in, first out on both sides, with direct hand-over.
//!
//! A message goes to the longest-waiting receiver; a place that comes free goes to the longest-waiting sender, whose
//! message follows at once (Go's `runtime/chan.go`; asyncio's and Tokio's bounded queues and Java's
//! `ArrayBlockingQueue` come to the same as long as nobody barges). A closed channel is drained; then every receiver
//! learns of it. Whoever sends to it, or waits to, raises.

use super::sim::Sim;
use super::task::{Flag, Slot};
use super::things::{Channel, SharedState};
use super::work::Flow;
use crate::model::id::{DrawId, Pc, SharedId, TaskId};
use crate::model::program::Program;
use crate::trace::event::{Event, Failure, WakeReason};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    pub(super) fn channel_mut(&mut self, channel: SharedId) -> &mut Channel {
        match self.shared_mut(channel) {
            SharedState::Channel(channel) => channel,
            other => panic!("{other:?} is no channel"),
        }
    }

    /// `send`: what the thread does if there is no room.
    pub(super) fn send(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        channel: SharedId,
        timeout: Option<DrawId>,
    ) -> Result<Option<Flow>, Failure> {
        self.st.tasks[slot].flags.clear(Flag::TimedOut);
        let id = self.st.tasks[slot].id;
        let state = self.channel_mut(channel);
        if state.closed {
            return Err(Failure::Closed);
        }
        if let Some(receiver) = state.receivers.pop() {
            self.emit(Event::Sent { task: id, pc });
            let cause = self.st.cause;
            let at = self.st.tasks[receiver].pc;
            self.received(receiver, at, id);
            self.unpark(receiver);
            self.st.cause = cause;
            return Ok(None);
        }
        if state.has_room() {
            state.messages.push_back(id);
            self.emit(Event::Sent { task: id, pc });
            return Ok(None);
        }
        if let Some(flow) = self.meets_interrupt(slot) {
            return Ok(Some(flow));
        }
        let flow = self.park(slot, program, pc, timeout);
        let id = self.st.tasks[slot].id;
        self.channel_mut(channel).senders.push(slot, id);
        Ok(Some(flow))
    }

    /// `receive`: what the thread does if there is no message.
    pub(super) fn receive(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        channel: SharedId,
        timeout: Option<DrawId>,
    ) -> Option<Flow> {
        self.st.tasks[slot].flags.clear(Flag::TimedOut);
        self.st.tasks.extra_mut(slot).found_closed = false;
        let state = self.channel_mut(channel);
        if let Some(sender) = state.messages.pop_front() {
            let next = state.senders.pop();
            self.received(slot, pc, sender);
            if let Some(next) = next {
                let id = self.st.tasks[next].id;
                self.channel_mut(channel).messages.push_back(id);
                self.lets_sender_go(next);
            }
            return None;
        }
        if let Some(sender) = state.senders.pop() {
            let id = self.st.tasks[sender].id;
            let cause = self.st.cause;
            self.lets_sender_go(sender);
            self.st.cause = cause;
            self.received(slot, pc, id);
            return None;
        }
        if state.closed {
            self.found_closed(slot, pc);
            return None;
        }
        if let Some(flow) = self.meets_interrupt(slot) {
            return Some(flow);
        }
        let flow = self.park(slot, program, pc, timeout);
        let id = self.st.tasks[slot].id;
        self.channel_mut(channel).receivers.push(slot, id);
        Some(flow)
    }

    /// The task has a message.
    fn received(&mut self, slot: Slot, pc: Pc, sender: TaskId) {
        self.emit(Event::Received { task: self.st.tasks[slot].id, pc, sender });
    }

    /// The message of a sender that waited has gone through.
    fn lets_sender_go(&mut self, sender: Slot) {
        let cause = self.st.cause;
        let task = &self.st.tasks[sender];
        self.emit(Event::Sent { task: task.id, pc: task.pc });
        self.unpark(sender);
        self.st.cause = cause;
    }

    fn found_closed(&mut self, slot: Slot, pc: Pc) {
        self.st.tasks.extra_mut(slot).found_closed = true;
        self.emit(Event::FoundClosed { task: self.st.tasks[slot].id, pc });
    }

    /// `close`: receivers that wait learn of it, senders that wait raise.
    pub(super) fn close(&mut self, slot: Slot, pc: Pc, channel: SharedId) {
        let state = self.channel_mut(channel);
        if std::mem::replace(&mut state.closed, true) {
            return;
        }
        self.emit(Event::Closed { task: self.st.tasks[slot].id, pc });
        let cause = self.st.cause;
        while let Some(receiver) = self.channel_mut(channel).receivers.pop() {
            let at = self.st.tasks[receiver].pc;
            self.found_closed(receiver, at);
            self.unpark(receiver);
            self.st.cause = cause;
        }
        while let Some(sender) = self.channel_mut(channel).senders.first() {
            self.stop_waiting(sender, WakeReason::Raises, Failure::Closed);
        }
    }
}
