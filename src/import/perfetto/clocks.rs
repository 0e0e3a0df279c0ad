//! Clocks of a writer of packets. Most packets bear the time of the machine; a writer may also define clocks of its own, which
//! count in another unit or only the difference to the packet before.

use super::wire::ClockSnapshot;
use std::collections::BTreeMap;

/// Clocks with these numbers belong to one writer.
const OWN: std::ops::RangeInclusive<u32> = 64..=127;

/// A clock that a writer has defined.
#[derive(Clone, Copy, Debug)]
struct OwnClock {
    /// The machine's time at which the clock stood at `origin`.
    base: u64,
    origin: u64,
    unit: u64,
    is_incremental: bool,
    last: u64,
}

/// The clocks of one writer.
#[derive(Clone, Debug, Default)]
pub(super) struct Clocks {
    own: BTreeMap<u32, OwnClock>,
}

impl Clocks {
    /// Takes over what clocks showed at one instant.
    pub fn set(&mut self, snapshot: &ClockSnapshot) {
        let machine =
            snapshot.clocks.iter().find(|clock| !OWN.contains(&clock.clock_id) && clock.timestamp > 0);
        let base = machine.map_or(0, |clock| clock.timestamp);
        for clock in snapshot.clocks.iter().filter(|clock| OWN.contains(&clock.clock_id)) {
            let own = OwnClock {
                base,
                origin: clock.timestamp,
                unit: clock.unit_multiplier_ns.max(1),
                is_incremental: clock.is_incremental,
                last: clock.timestamp,
            };
            self.own.insert(clock.clock_id, own);
        }
    }

    /// The machine's time, in nanoseconds, of a packet that bears `timestamp` of a clock. `None` if the clock is not known.
    pub fn time(&mut self, clock: u32, timestamp: u64) -> Option<i64> {
        let time = if OWN.contains(&clock) {
            let own = self.own.get_mut(&clock)?;
            own.last = if own.is_incremental { own.last.checked_add(timestamp)? } else { timestamp };
            own.last.checked_sub(own.origin)?.checked_mul(own.unit)?.checked_add(own.base)?
        } else {
            timestamp
        };
        i64::try_from(time).ok().filter(|time| *time < i64::MAX / 4)
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::Clock;
    use super::*;

    #[test]
    fn a_clock_of_ones_own_counts_differences_in_its_unit() {
        let clock = |clock_id, timestamp, is_incremental, unit_multiplier_ns| Clock {
            clock_id,
            timestamp,
            is_incremental,
            unit_multiplier_ns,
        };
        let mut clocks = Clocks::default();
        assert_eq!(clocks.time(64, 5), None);
        assert_eq!(clocks.time(6, 5), Some(5));
        let snapshot = vec![clock(6, 1_000, false, 0), clock(64, 7, true, 1_000), clock(65, 2, false, 10)];
        clocks.set(&ClockSnapshot { clocks: snapshot });
        assert_eq!(clocks.time(64, 2), Some(3_000));
        assert_eq!(clocks.time(64, 1), Some(4_000));
        assert_eq!(clocks.time(65, 5), Some(1_030));
        assert_eq!(clocks.time(65, u64::MAX), None);
    }
}
