//! What waiting tasks need others to bring, and which steps bring it.

use super::id::{ResourceId, SharedId};
use super::program::Instruction;
use super::scenario::Scenario;
use super::shared::SharedKind;

/// Something that a waiting task needs another task to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Signal {
    /// A message in a channel, or its close.
    Message(SharedId),
    /// Room in a channel (a receiver, where it has none), or its close.
    Room(SharedId),
    /// A notification of a condition.
    Notification(SharedId),
    /// That a latch opens.
    Opening(SharedId),
    /// That the other parties of a barrier come.
    Parties(SharedId),
    /// Permits of a semaphore that anybody may release.
    Permits(ResourceId),
}

impl Signal {
    /// The name of the thing that it comes through.
    pub fn name(self, scenario: &Scenario) -> &str {
        match self {
            Signal::Message(shared)
            | Signal::Room(shared)
            | Signal::Notification(shared)
            | Signal::Opening(shared)
            | Signal::Parties(shared) => &scenario.shared[shared.index()].name,
            Signal::Permits(resource) => &scenario.resources[resource.index()].name,
        }
    }
}

impl Signal {
    /// The shared thing that it comes through; none if that is a semaphore.
    pub fn shared(self) -> Option<SharedId> {
        match self {
            Signal::Message(shared)
            | Signal::Room(shared)
            | Signal::Notification(shared)
            | Signal::Opening(shared)
            | Signal::Parties(shared) => Some(shared),
            Signal::Permits(_) => None,
        }
    }
}

impl Instruction {
    /// The shared thing that it names, semaphores, locks and cells apart.
    pub fn shared(&self) -> Option<SharedId> {
        match self {
            Instruction::Send { channel: shared, .. }
            | Instruction::Receive { channel: shared, .. }
            | Instruction::Close(shared)
            | Instruction::WaitOn { condition: shared, .. }
            | Instruction::Notify { condition: shared, .. }
            | Instruction::Await { shared, .. }
            | Instruction::CountDown { latch: shared, .. }
            | Instruction::Reset(shared)
            | Instruction::Use { server: shared, .. } => Some(*shared),
            _ => None,
        }
    }

    /// What a task that waits at this instruction needs others to bring; `None` if it needs something else, or
    /// never waits.
    pub fn awaited_signal(&self, scenario: &Scenario) -> Option<Signal> {
        match self {
            Instruction::Send { channel, .. } => Some(Signal::Room(*channel)),
            Instruction::Receive { channel, .. } => Some(Signal::Message(*channel)),
            Instruction::WaitOn { condition, .. } => Some(Signal::Notification(*condition)),
            Instruction::Await { shared, .. } => match scenario.shared[shared.index()].kind {
                SharedKind::Barrier { .. } => Some(Signal::Parties(*shared)),
                SharedKind::Latch { .. } => Some(Signal::Opening(*shared)),
                SharedKind::Channel { .. } | SharedKind::Condition { .. } | SharedKind::Server(_) => None,
            },
            Instruction::Acquire { resource, .. } if !scenario.resources[resource.index()].is_owned() => {
                Some(Signal::Permits(*resource))
            }
            _ => None,
        }
    }

    /// What this instruction brings to others.
    pub fn brought_signals(&self) -> [Option<Signal>; 2] {
        match self {
            Instruction::Send { channel, .. } => [Some(Signal::Message(*channel)), None],
            Instruction::Receive { channel, .. } => [Some(Signal::Room(*channel)), None],
            Instruction::Close(channel) => [Some(Signal::Message(*channel)), Some(Signal::Room(*channel))],
            Instruction::Notify { condition, .. } => [Some(Signal::Notification(*condition)), None],
            Instruction::CountDown { latch, .. } => [Some(Signal::Opening(*latch)), None],
            Instruction::Await { shared, .. } => [Some(Signal::Parties(*shared)), None],
            Instruction::Release { resource, .. } => [Some(Signal::Permits(*resource)), None],
            _ => [None, None],
        }
    }
}
