//! Studies: the only caller of the engine.

pub mod explore;
pub mod run;
pub mod schedule;
