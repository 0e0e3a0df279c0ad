//! The work that arrives: tasks a second of each type at each executor, and what each needs.

use super::demand::Demand;
use super::place::{Overload, OverloadedPlace};
use crate::model::id::{ExecutorId, TaskTypeId};
use crate::model::scenario::Scenario;

/// What comes to a scenario, while arrivals go on.
pub(super) struct Offered<'a> {
    pub scenario: &'a Scenario,
    /// Tasks a second of each type that come to each executor, the first of a chain.
    pub rates: Vec<Vec<f64>>,
    /// What a task of each type needs.
    pub demands: Vec<Demand>,
}

impl Offered<'_> {
    /// Each type of tasks that comes to an executor: which, where, how many a second, what each needs.
    pub fn streams(&self) -> impl Iterator<Item = (TaskTypeId, ExecutorId, f64, &Demand)> {
        let of_kind = |(kind, demand): (usize, _)| {
            let rates = self.rates[kind].iter().enumerate().filter(|(_, rate)| **rate > 0.0);
            rates.map(move |(first, rate)| (TaskTypeId(kind as u16), ExecutorId(first as u16), *rate, demand))
        };
        self.demands.iter().enumerate().flat_map(of_kind)
    }

    /// The overload of a place that holds `capacity` tasks at once, if more come to it.
    pub fn overload(&self, place: OverloadedPlace, capacity: f64) -> Option<Overload> {
        let (mut arriving, mut offered, mut is_measured) = (0.0, 0.0, false);
        for (kind, first, rate, demand) in self.streams() {
            if let Some((held, measured)) = demand.of(place, kind, first, self.scenario) {
                (arriving, offered) = (arriving + rate, offered + rate * held);
                is_measured |= measured;
            }
        }
        let is_too_much = offered > capacity * (1.0 + 1e-9) && offered.is_finite();
        let served = arriving * capacity / offered;
        is_too_much.then_some(Overload { place, arriving, served, is_measured })
    }
}
