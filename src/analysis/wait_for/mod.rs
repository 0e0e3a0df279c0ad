//! The wait-for graph at one time: who needs what in order to go on, over workers, queues, futures,
//! semaphores, locks, channels, caps, buses, delays, shutdowns, blocked submissions and arrivals.
//!
//! Invariant: conservative. A task counts as live if it *may* still make a step, so what is called stuck
//! is stuck under any duration of the steps to come; only durations that are `forever` are taken at their
//! word, and tasks known never to move again ([`Assumptions::never`]). Which tasks form a deadlock, and since
//! when, is deliberately absent: see [`super::deadlock`].

mod build;
mod carriers;
pub mod graph;
mod interrupts;
mod joins;
mod model;
pub mod reach;
mod resources;
mod wrappers;

pub use model::{Assumptions, Node, WaitFor};
