//! What tasks coordinate through besides semaphores, locks and cells.

use super::id::ResourceId;

/// One shared thing: a channel, for example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Its name in the document.
    pub name: String,
    /// What it is.
    pub kind: SharedKind,
}

/// What a shared thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedKind {
    /// Messages, first in, first out.
    Channel {
        /// Most messages that wait to be received: 0 is a rendezvous, `None` is unbounded.
        capacity: Option<u32>,
    },
    /// Tasks that wait to be notified.
    Condition {
        /// The lock that is given up while one waits.
        lock: Option<ResourceId>,
    },
    /// Opens once it was counted down to zero.
    Latch {
        /// The count it starts from.
        count: u32,
    },
    /// Lets tasks go on together, again and again.
    Barrier {
        /// How many at a time.
        parties: u32,
    },
    /// Does work for many at once, all equally fast.
    Server(Server),
}

/// A server with processor sharing: the speed that jobs have together depends on how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server {
    /// How many jobs run at full speed.
    pub capacity: u32,
    /// Gunther's contention: the share of work that waits for other work, in billionths.
    pub contention: u64,
    /// Gunther's coherency: what each pair of jobs costs, in billionths.
    pub coherency: u64,
}

/// Billionths in one.
pub const BILLION: u64 = 1_000_000_000;

impl Server {
    /// The speed of each of `jobs` jobs, in units of 2⁻⁶⁰ of full speed, rounded up: the Universal Scalability Law
    /// (N. J. Gunther, *Guerrilla Capacity Planning*, 2007, 4.2), `n / (1 + σ(n − 1) + κn(n − 1))` for all together,
    /// and no more than the capacity. Integers only, so that it is the same on every machine.
    ///
    /// # Panics
    /// If there are no jobs.
    pub fn speed(&self, jobs: u32) -> u64 {
        assert!(jobs > 0, "a speed is that of a job");
        let n = u128::from(jobs);
        let unit = u128::from(BILLION);
        // Below 2^30 + 2^96 + 2^128 / 2^30: contention and coherency are at most a million.
        let cost = unit + u128::from(self.contention) * (n - 1) + u128::from(self.coherency) * n * (n - 1);
        let scaled = (unit << SPEED_BITS).div_ceil(cost);
        let shared = (u128::from(self.capacity) << SPEED_BITS).div_ceil(n);
        scaled.min(shared).min(1 << SPEED_BITS) as u64
    }
}

/// Full speed is 1, shifted left by this.
pub const SPEED_BITS: u32 = 60;

impl Shared {
    /// The word for what it is: `channel`.
    pub fn word(&self) -> &'static str {
        match self.kind {
            SharedKind::Channel { .. } => "channel",
            SharedKind::Condition { .. } => "condition",
            SharedKind::Latch { .. } => "latch",
            SharedKind::Barrier { .. } => "barrier",
            SharedKind::Server(_) => "server",
        }
    }
}
