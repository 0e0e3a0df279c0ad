//! The parts of the page: each shows a part of the state and sends actions.
//!
//! Invariant: a panel computes nothing that `view` or `analysis` could, and remembers nothing that the
//! store should. Every text goes to the page as text.

pub mod about;
pub mod advice;
mod assist;
pub mod beats;
pub mod branch;
pub mod card;
pub mod compare;
pub mod detail;
pub mod dialogs;
pub mod drawing;
pub mod edges;
pub mod events;
pub mod explore;
pub mod export;
pub mod figures;
pub mod gallery;
pub mod graph;
pub mod header;
pub mod icons;
pub mod inspector;
pub mod learn;
pub mod legend;
pub mod minimap;
pub mod new_scenario;
pub mod notice;
pub mod order;
pub mod outcomes;
pub mod pictures;
pub mod prose;
pub mod range_strip;
pub mod reference;
pub mod report;
pub mod search;
pub mod shape;
pub mod silence;
pub mod sizes;
pub mod skips;
pub mod splitter;
pub mod stage;
pub mod text;
pub mod thumbnail;
pub mod timeline;
pub mod transport;
pub mod tune;
pub mod verdict;
