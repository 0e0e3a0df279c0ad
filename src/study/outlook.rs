//! What a scenario can come to, said at once: its shape, and where there are few enough orders, whether one of them
//! really comes to what the shape warns of.
//!
//! Invariant: what is said to hang has a ring in its shape or hangs in an order that was looked at; where every order
//! was looked at, the two agree. Deliberately absent: the orders themselves, which [`super::explore`] tells.

use super::advise::look_in_slices;
use super::schedule::View;
use crate::analysis::shape::{Hazard, Shape};
use crate::model::scenario::Scenario;
use std::sync::Arc;

/// More states than this are not looked at: some 50 ms on a common machine.
pub const MAX_STATES: usize = 5_000;

/// Scenarios with more arrivals than this have too many orders, and are not begun with.
const MAX_ARRIVALS: u64 = 64;

/// What a scenario can come to under any durations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Its shape, without what no order comes to.
    pub shape: Shape,
    /// What its shape warned of, and no order comes to.
    pub withdrawn: Vec<Hazard>,
    /// What was seen of its orders.
    pub orders: Orders,
}

/// What was seen of the orders of a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// How many states were looked at.
    pub states: usize,
    /// Those are all that can be reached.
    pub all: bool,
    /// In one of them tasks hang for ever.
    pub hangs: bool,
    /// In one of them only a timeout lets things go on.
    pub stalls: bool,
}

/// The worst that a scenario can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It can hang for ever.
    Hang,
    /// It can stand until a timeout.
    Stall,
    /// It can do neither.
    Safe,
    /// Neither its shape nor its orders could be gone through.
    Unknown,
}

impl Outlook {
    /// Reads the shape of a scenario and goes through its orders.
    pub fn read(scenario: &Arc<Scenario>) -> Outlook {
        Outlook::read_in_slices(scenario, &mut |_| {})
    }

    /// The same; every few milliseconds `between` is told the shape as it is by itself.
    pub fn read_in_slices(scenario: &Arc<Scenario>, between: &mut dyn FnMut(&Shape)) -> Outlook {
        let mut shape = Shape::read(scenario);
        let orders = Orders::of(scenario, &mut || between(&shape));
        let withdrawn = if orders.all { shape.withdraw(orders.hangs, orders.stalls) } else { Vec::new() };
        Outlook { shape, withdrawn, orders }
    }

    /// The worst it can come to.
    pub fn verdict(&self) -> Verdict {
        let (orders, shape) = (self.orders, &self.shape);
        if orders.hangs || shape.hazards.iter().any(|hazard| !hazard.stall) {
            Verdict::Hang
        } else if !shape.known && !orders.all {
            Verdict::Unknown
        } else if orders.stalls || !shape.hazards.is_empty() {
            Verdict::Stall
        } else {
            Verdict::Safe
        }
    }
}

impl Orders {
    /// Goes through the orders of a scenario, if it has few enough arrivals.
    fn of(scenario: &Arc<Scenario>, between: &mut dyn FnMut()) -> Orders {
        if arrivals(scenario).is_none_or(|arrivals| arrivals > MAX_ARRIVALS) {
            return Orders::default();
        }
        let view = View::Untimed { timeouts_last: false };
        let seen = look_in_slices(scenario, view, MAX_STATES, between);
        Orders { states: seen.states, all: seen.exhausted, hangs: seen.hangs, stalls: seen.stalls }
    }
}

/// How many tasks arrive in all; `None` if there is no end of them.
fn arrivals(scenario: &Scenario) -> Option<u64> {
    scenario.arrivals.iter().try_fold(0u64, |all, entry| Some(all.saturating_add(entry.pattern.most()?)))
}
