//! Threadbare: an executor simulator.
//!
//! It shows in virtual time how thread pools, green threads, queues, caps, delays, cancellable futures
//! and parent-child tasks behave together. Data flows one way, and never back:
//!
//! ```text
//! scenario text -> model -> engine -> trace -> analysis -> view -> screen or terminal
//! ```
//!
//! # Examples
//!
//! Reads a scenario, runs it, and says how it ended:
//!
//! ```
//! use std::sync::Arc;
//! use threadbare::analysis::digest::Digest;
//! use threadbare::language::{BASE, Document, Overrides};
//! use threadbare::study::run::run;
//!
//! let text = r#"
//!     [executors.pool]
//!     kind = "threads"
//!     workers = 1
//!
//!     [tasks.parent]
//!     steps = ["submit child to pool", "wait child"]
//!
//!     [tasks.child]
//!     steps = ["run 1s"]
//!
//!     [[arrivals]]
//!     task = "parent"
//!     to = "pool"
//! "#;
//! let document = Document::parse("parents.toml", text).expect("valid TOML");
//! let scenario = document.scenario(BASE, &Overrides::default()).expect("a valid scenario");
//! let trace = run(Arc::new(scenario));
//! assert_eq!(Digest::new(&trace).findings.deadlocks.len(), 1); // the parent holds the only worker
//! ```
//!
//! A module uses only modules of floors below its own; `tests/it/layers.rs` holds the map.

pub mod analysis;
mod engine;
pub mod gallery;
pub mod import;
pub mod jobs;
pub mod language;
pub mod model;
pub mod study;
pub mod trace;
pub mod view;
