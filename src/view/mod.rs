//! View models: what a screen shows, as plain data and pure functions.
//!
//! ```text
//! analysis::digest -> chart -> timeline, minimap, thumbnail -> scene -> a painter (canvas, SVG)
//!                     state at the cursor -> graph, inspector, event list
//! ```
//!
//! Invariant: nothing here knows of a page, a clock or a colour on a screen; everything is a function of
//! what it is given, and is tested without a browser. Coordinates are CSS pixels.

pub mod arrow_keys;
pub mod assist;
pub mod beatmark;
pub mod caption;
pub mod chart;
pub mod comparison;
pub mod divergence;
pub mod drawing;
pub mod editor;
pub mod eventlist;
pub mod geometry;
pub mod graph;
pub mod highlight;
pub mod hits;
pub mod inspector;
pub mod legend;
pub mod markup;
pub mod mermaid;
pub mod minimap;
pub mod palette;
pub mod picture;
pub mod plot;
pub mod range;
#[cfg(feature = "cli")]
pub mod raster;
pub mod report;
pub mod ruler;
pub mod scene;
pub mod search;
pub mod shape;
pub mod shell;
pub mod stage;
pub mod svg;
pub mod theme;
pub mod thumbnail;
pub mod timeline;
pub mod viewport;
pub mod warnings;
pub mod words;
pub mod worksheet;
