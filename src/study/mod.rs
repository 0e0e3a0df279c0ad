//! Studies: the only caller of the engine.

pub mod run;
