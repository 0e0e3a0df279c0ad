//! Reads a recorded run and says what it means: names, state at a time, waits, deadlocks, figures.
//!
//! Invariant: everything follows from the trace (and the scenario in it) alone; nothing here runs a
//! simulation or knows of a screen. What many runs came to together ([`swept`], [`pareto`]) is plain data here: the
//! studies make it, the views draw it.

pub mod backtest;
pub mod beats;
pub mod callback;
pub mod cancellation;
pub mod chrome;
pub mod csv;
pub mod deadlock;
pub mod difference;
pub mod digest;
pub mod ending;
pub mod expect;
pub mod explain;
pub mod happens_before;
pub mod interval;
pub mod knot;
pub mod lanes;
pub mod latency;
pub mod levels;
pub mod lives;
pub mod names;
pub mod nova_log;
pub mod observed;
pub mod occupancy;
pub mod overload;
pub mod paged;
pub mod pareto;
pub mod pass;
pub mod prose;
pub mod races;
pub mod review;
pub mod serving;
pub mod shape;
pub mod slowest;
pub mod state;
pub mod swept;
pub mod tally;
#[cfg(test)]
mod testing;
pub mod text_diff;
pub mod verdict;
pub mod wait_for;
pub mod warnings;
pub mod watch;
pub mod written;
