//! Lessons on the page: one step at a time beside the stage.
//!
//! Invariant: what a lesson is and what follows from an action is `store::lesson`; here it is shown and carried out. The
//! question comes before the picture and the picture before the answers, for readers of the screen and on a phone alike.

mod channel;
mod design;
mod dialogs;
mod effects;
pub mod feedback;
mod finish;
mod game;
mod head;
mod keys;
pub mod lesson_page;
mod paper;
mod predict;
mod present;
pub mod presenter;
mod qr;
mod scene;
mod share;
mod shared;
mod step;
