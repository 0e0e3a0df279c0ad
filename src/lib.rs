//! Threadbare: an executor simulator.
//!
//! It shows in virtual time how thread pools, green threads, queues, caps, delays, cancellable futures
//! and parent-child tasks behave together. Data flows one way, and never back:
//!
//! ```text
//! scenario text -> model -> engine -> trace -> analysis -> view -> screen or terminal
//! ```
//!
//! A module uses only modules of floors below its own; `tests/it/layers.rs` holds the map.

pub mod analysis;
mod engine;
pub mod gallery;
pub mod import;
pub mod language;
pub mod model;
pub mod study;
pub mod trace;
pub mod view;
