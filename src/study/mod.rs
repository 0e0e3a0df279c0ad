//! Studies: the only caller of the engine. One run ([`run`]), every order of it ([`explore`]) or one that is
//! named ([`schedule`]), and those that leave one at some moment ([`branch`]); many runs of one scenario ([`replicate`]), of many sizes ([`sweep`]), of variants side
//! by side ([`compare`]); the smallest size that will do ([`size`], of several pools [`sizes`]) and the laws that
//! explain it ([`laws`]); what a scenario can come to, in short ([`design_check`]), and what would fix it ([`advise`]);
//! all of that for a design review ([`review`]).
//!
//! Invariant: results do not depend on how many threads computed them, nor on the order in which they did.

pub mod advise;
mod allowance;
pub mod axis;
pub mod backtest;
mod bill;
pub mod bottleneck;
pub mod branch;
pub mod cancellation;
#[cfg(feature = "parquet")]
pub mod columnar;
pub mod compare;
mod constraint;
pub mod design_check;
pub mod explore;
pub mod laws;
pub mod lesson;
mod look;
pub mod observe;
pub mod parallel;
pub mod parts;
mod recorders;
pub mod replicate;
pub mod review;
pub mod rounds;
pub mod run;
pub mod schedule;
pub mod size;
pub mod sizes;
mod standing;
pub mod statistics;
pub mod steady;
pub mod sweep;
pub mod tally;
