//! What is so about the shared things that tasks coordinate through.

use super::{Node, Sink, Walk};
use crate::engine::things::SharedState;

impl Walk<'_> {
    /// Who sent what lies in a channel makes no difference to anybody.
    pub(super) fn shared(&self, shared: &SharedState, sink: &mut impl Sink) {
        match shared {
            SharedState::Channel(channel) => {
                sink.value((channel.len() as u64) << 1 | u64::from(channel.is_closed()));
                self.line(channel.senders.iter(), sink);
                self.line(channel.receivers.iter(), sink);
            }
            SharedState::Condition(line) => self.line(line.iter(), sink),
            SharedState::Latch(latch) => {
                sink.value(latch.left.into());
                self.line(latch.line.iter(), sink);
            }
            SharedState::Barrier(barrier) => {
                sink.value(barrier.is_broken.into());
                self.line(barrier.line.iter(), sink);
            }
            SharedState::Server(jobs) => {
                for (slot, left) in jobs.left(self.st.now) {
                    sink.value(left as u64);
                    sink.value((left >> 64) as u64);
                    sink.node(Some(Node::Task(slot)));
                }
                sink.node(None);
            }
        }
    }
}
