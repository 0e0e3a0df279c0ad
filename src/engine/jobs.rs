//! Servers: processor sharing. All jobs are served at one speed, which depends on how many there are.
//!
//! Every job has had the same service since it came, so one number for all (`served`, in units of 2⁻⁶⁰ ns of work at full
//! speed) says how far each is: a job of length D that came at `served` S is done at S + D. It grows by exact
//! multiplication, so nothing is lost however often the speed changes. One timer is set, that of the next job to be done,
//! at the first whole nanosecond at which it is.

use super::task::Slot;
use crate::model::shared::Server;
use crate::model::time::{Duration, Time};
use std::collections::BTreeMap;

/// The jobs of one server.
#[derive(Clone, Debug)]
pub(super) struct Jobs {
    server: Server,
    /// By how much service they are done at, then in order of coming.
    pub jobs: BTreeMap<(u128, u64), Slot>,
    /// What each job that is there from the beginning would have had.
    pub served: u128,
    /// Until when that was counted.
    pub since: Time,
    /// What is done and has not gone on yet, in order.
    pub done: Vec<Slot>,
    /// Whose timer is set.
    pub timer: Option<Slot>,
}

impl Jobs {
    pub fn new(server: Server) -> Jobs {
        Jobs { server, jobs: BTreeMap::new(), served: 0, since: Time::ZERO, done: Vec::new(), timer: None }
    }

    /// How many jobs there are.
    fn count(&self) -> u32 {
        self.jobs.len() as u32
    }

    /// What each job has had by this instant.
    fn served_until(&self, now: Time) -> u128 {
        if self.jobs.is_empty() {
            return self.served;
        }
        let passed = u128::from(now.since(self.since).0);
        self.served.saturating_add(passed * u128::from(self.server.speed(self.count())))
    }

    /// Counts what each job has had until now, and takes out what is done.
    pub fn advance(&mut self, now: Time) {
        self.served = self.served_until(now);
        self.since = now;
        while let Some((&(target, ticket), _)) = self.jobs.first_key_value()
            && target <= self.served
        {
            let before = self.server.speed(self.count());
            self.done.extend(self.jobs.remove(&(target, ticket)));
            if !self.jobs.is_empty() {
                // They have gone on at their new speed since then.
                let (over, after) = (self.served - target, self.server.speed(self.count()));
                let scaled = over.checked_mul(after.into()).map(|over| over / u128::from(before));
                self.served = target.saturating_add(scaled.unwrap_or(over));
            }
        }
    }

    /// When the job with the least left to do is done if nothing changes.
    pub fn next(&self) -> Option<(Slot, Time)> {
        if let Some(done) = self.done.first() {
            return Some((*done, self.since));
        }
        let ((target, _), slot) = self.jobs.first_key_value()?;
        let left = target.saturating_sub(self.served);
        let nanoseconds = left.div_ceil(u128::from(self.server.speed(self.count())));
        let length = Duration(u64::try_from(nanoseconds).unwrap_or(u64::MAX));
        (!length.is_forever()).then(|| (*slot, self.since + length))
    }

    /// The timer has come: takes out what is done, in order.
    pub fn take_done(&mut self, now: Time) -> Vec<Slot> {
        self.advance(now);
        self.timer = None;
        std::mem::take(&mut self.done)
    }

    /// Each job and what it still needs, for the walk of a state.
    pub fn left(&self, now: Time) -> impl Iterator<Item = (Slot, u128)> + '_ {
        let served = self.served_until(now);
        let left = self.jobs.iter().map(move |((target, _), slot)| (*slot, target.saturating_sub(served)));
        self.done.iter().map(|slot| (*slot, 0)).chain(left)
    }
}
