//! What a scenario can come to, said at once: its shape, and where there are few enough orders, whether one of them
//! really comes to what the shape warns of.
//!
//! Invariant: what is said to hang has a ring in its shape or hangs in an order that was looked at; where every order
//! was looked at, the two agree. Deliberately absent: the orders themselves, which [`super::explore`] tells.

use super::allowance::Allowance;
use super::cancellation::{ShouldContinue, without_bound};
use super::look::{LookGoal, look_in_slices};
use super::schedule::{TimingAssumption, with_arrivals};
use crate::analysis::digest::shape_beside_a_run;
use crate::analysis::shape::{Hazard, HazardKind, LimitedResource, Shape};
use crate::analysis::verdict::{Coverage, DesignVerdict, MadeRuns, ShapeReading};
use crate::model::executor::OnWait;
use crate::model::id::ArrivalId;
use crate::model::scenario::Scenario;
use std::sync::Arc;

/// More states than this are not looked at: some 50 ms on a common machine.
pub const MAX_STATES: usize = 5_000;

/// Scenarios with more arrivals than this have too many orders, and are not begun with.
const MAX_ARRIVALS: u64 = 64;

/// Numbers of tasks beyond this are not verified order by order.
const MAX_VERIFIED: u64 = 12;

/// How often a number that is not enough is raised.
const MAX_RAISES: usize = 8;

/// Every order, whatever the durations.
const UNTIMED: TimingAssumption = TimingAssumption::Untimed { timeouts_last: false };

/// The check of a design: whether it can deadlock with other timings, by its shape and by exploring its orders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DesignCheck {
    /// Its shape, without what no order comes to.
    pub shape: Shape,
    /// What its shape warned of, and no order comes to.
    pub withdrawn: Vec<Hazard>,
    /// What was seen of its orders.
    pub orders: Coverage,
}

impl DesignCheck {
    /// Reads the shape of a scenario and goes through its orders.
    pub fn read(scenario: &Arc<Scenario>) -> DesignCheck {
        DesignCheck::read_in_slices(scenario, &without_bound, &mut |_| {})
    }

    /// What its shape says alone: no order is looked at.
    pub fn of_shape(scenario: &Scenario, may_go_on: ShouldContinue<'_>) -> DesignCheck {
        DesignCheck { shape: Shape::read_while(scenario, may_go_on), ..DesignCheck::default() }
    }

    /// The same as [`DesignCheck::read`] for as long as it may go on.
    pub fn read_while(scenario: &Arc<Scenario>, may_go_on: ShouldContinue<'_>) -> DesignCheck {
        DesignCheck::read_in_slices(scenario, may_go_on, &mut |_| {})
    }

    /// The same; every few milliseconds `between` is told the shape as it is by itself.
    pub fn read_in_slices(
        scenario: &Arc<Scenario>,
        may_go_on: ShouldContinue<'_>,
        between: &mut dyn FnMut(&Shape),
    ) -> DesignCheck {
        let shape = Shape::read_while(scenario, may_go_on);
        DesignCheck::of_orders(shape, scenario, may_go_on, between)
    }

    /// Goes through the orders of a scenario of this shape.
    fn of_orders(
        mut shape: Shape,
        scenario: &Arc<Scenario>,
        may_go_on: ShouldContinue<'_>,
        between: &mut dyn FnMut(&Shape),
    ) -> DesignCheck {
        let mut orders = orders_of(scenario, UNTIMED, may_go_on, &mut || between(&shape));
        if !orders.is_complete && !orders.stalls && shape.hazards.iter().any(|hazard| hazard.stall) {
            // Where tasks come again and again after a timeout, the plain search loses itself in their coming again.
            let last = TimingAssumption::Untimed { timeouts_last: true };
            orders.stalls = orders_of(scenario, last, may_go_on, &mut || between(&shape)).stalls;
        }
        let withdrawn =
            if orders.is_complete { shape.withdraw(orders.deadlocks, orders.stalls) } else { Vec::new() };
        let known = shape.clone();
        for hazard in shape.hazards.iter_mut().filter(|hazard| !hazard.stall) {
            verify(hazard, scenario, may_go_on, &mut || between(&known));
        }
        if orders.deadlocks {
            shape.mark_shown();
        }
        DesignCheck { shape, withdrawn, orders }
    }

    /// What is known of a design of which runs were made: where they deadlock that is known, and where its shape has no
    /// ring, so that orders are looked at only where it has one.
    pub fn beside_runs(
        scenario: &Arc<Scenario>,
        runs: MadeRuns,
        may_go_on: ShouldContinue<'_>,
    ) -> DesignVerdict {
        if runs.deadlocks > 0 {
            return DesignVerdict::of(&ShapeReading::Unknown, None, runs);
        }
        let shape = shape_beside_a_run(scenario, may_go_on);
        let has_ring = shape.hazards.iter().any(|hazard| !hazard.stall);
        let check = match has_ring {
            true => DesignCheck::of_orders(shape, scenario, may_go_on, &mut |_| {}),
            false => DesignCheck { shape, ..DesignCheck::default() },
        };
        check.design(scenario, runs)
    }

    /// What is known of the design, `runs` having been made of it.
    pub fn design(&self, scenario: &Scenario, runs: MadeRuns) -> DesignVerdict {
        DesignVerdict::of(&ShapeReading::of(&self.shape, scenario), Some(self.orders), runs)
    }
}

/// The shape of a scenario, read for as long as it may go on, whose numbers of tasks were held against their orders.
pub fn verified_shape(scenario: &Arc<Scenario>, may_go_on: ShouldContinue<'_>) -> Shape {
    let mut shape = Shape::read_while(scenario, may_go_on);
    for hazard in shape.hazards.iter_mut().filter(|hazard| !hazard.stall) {
        verify(hazard, scenario, may_go_on, &mut || {});
    }
    shape
}

/// Holds the numbers with which a hazard is said to deadlock against every order with just those: where they are not
/// enough, more are tried, up to all that arrive.
fn verify(
    hazard: &mut Hazard,
    scenario: &Arc<Scenario>,
    may_go_on: ShouldContinue<'_>,
    between: &mut dyn FnMut(),
) {
    let mut counts: Vec<u64> = vec![0; scenario.arrivals.len()];
    for (entry, count) in &hazard.enough {
        counts[entry.index()] = *count;
    }
    if counts.iter().sum::<u64>() > MAX_VERIFIED {
        hazard.is_estimate = is_rough(hazard, scenario);
        return;
    }
    for _ in 0..MAX_RAISES {
        let orders = orders_with(scenario, &counts, may_go_on, between);
        if orders.deadlocks {
            // What others could still give back, or bring, is no proof.
            hazard.is_shown = !matches!(hazard.sort, HazardKind::Kept | HazardKind::NeverComes);
            let entries = hazard.enough.iter().map(|(entry, _)| (*entry, counts[entry.index()]));
            hazard.enough = entries.collect();
            return;
        }
        let can_grow = |(entry, _): &&(ArrivalId, u64)| {
            let most = scenario.arrivals[entry.index()].pattern.most();
            most.is_none_or(|most| counts[entry.index()] < most)
        };
        // The entry that brings the fewest so far.
        let next = hazard.enough.iter().filter(can_grow).min_by_key(|(entry, _)| counts[entry.index()]);
        match next {
            Some((entry, _)) if orders.is_complete => counts[entry.index()] += 1,
            Some(_) | None => break,
        }
    }
    hazard.is_estimate = true;
}

/// Whether the numbers of a hazard that were not verified may be too small: how many fit a queue, or how many a helping
/// worker takes, the shape only bounds.
fn is_rough(hazard: &Hazard, scenario: &Scenario) -> bool {
    let helps = |thing: &LimitedResource| match thing {
        LimitedResource::Worker(pool) => scenario.executors[pool.index()].on_wait != OnWait::Hold,
        _ => false,
    };
    matches!(hazard.sort, HazardKind::FullQueue | HazardKind::Intake) || hazard.things.iter().any(helps)
}

/// Goes through the orders of a scenario with just these numbers of arrivals.
fn orders_with(
    scenario: &Arc<Scenario>,
    arrivals: &[u64],
    may_go_on: ShouldContinue<'_>,
    between: &mut dyn FnMut(),
) -> Coverage {
    let most: Vec<Option<u64>> = arrivals.iter().copied().map(Some).collect();
    orders_of(&Arc::new(with_arrivals(scenario, &most)), UNTIMED, may_go_on, between)
}

/// Goes through the orders of a scenario, if it has few enough arrivals.
fn orders_of(
    scenario: &Arc<Scenario>,
    view: TimingAssumption,
    may_go_on: ShouldContinue<'_>,
    between: &mut dyn FnMut(),
) -> Coverage {
    if arrivals(scenario).is_none_or(|arrivals| arrivals > MAX_ARRIVALS) {
        return Coverage::default();
    }
    let seen = look_in_slices(
        scenario,
        view,
        MAX_STATES,
        LookGoal::Everything,
        &Allowance::alone(may_go_on),
        between,
    );
    Coverage {
        states: seen.states,
        is_complete: seen.exhausted,
        is_complete_as_timed: seen.exhausted,
        deadlocks: seen.hangs,
        stalls: seen.stalls,
    }
}

/// How many tasks arrive in all; `None` if there is no end of them.
fn arrivals(scenario: &Scenario) -> Option<u64> {
    scenario.arrivals.iter().try_fold(0u64, |all, entry| Some(all.saturating_add(entry.pattern.most()?)))
}
