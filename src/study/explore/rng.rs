//! Pseudo-random numbers for sampling orders: the same on every machine.

/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
#[derive(Clone, Debug)]
pub(super) struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    /// Of the run of this number among those with this seed.
    pub fn of_run(seed: u64, run: u64) -> Rng {
        let mut rng = Rng::new(seed);
        rng.0 = rng.next() ^ run;
        rng
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `0..n`. (Of numbers this small the remainder favours none that anyone could notice.)
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}
