//! The vocabulary: plain data that every other room speaks in.
//!
//! Nothing here reads text, simulates, or knows of a screen. Names are resolved to small numbers
//! ([`id`]); a [`scenario::Scenario`] is therefore always whole: an executor it names exists, a jump
//! lands inside its program. `language` builds it, `engine` runs it, `analysis` reads runs with it.

pub mod distribution;
pub mod executor;
pub mod expectation;
pub mod handler;
pub mod id;
pub mod program;
pub mod rule;
pub mod runtime;
pub mod scenario;
pub mod shared;
pub mod signal;
pub mod time;
pub mod value;
