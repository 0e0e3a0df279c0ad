//! Random draws that depend on nothing but what is drawn: the seed, the instance's name, the step and
//! how often the step was executed before. Two variants of a scenario therefore see the same work
//! (common random numbers), in whatever order things happen.
//!
//! The generator is counter-based in the sense of Salmon et al., "Parallel random numbers: as easy as
//! 1, 2, 3" (SC 2011): a key is hashed, no state is carried from draw to draw. The hash is the finaliser
//! of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014, with Stafford's variant 13 constants), once a word.
//! Siblings, places in a program and words of one draw are each told apart by multiples of a constant of
//! their own, so that none of the sequences runs into another.
//!
//! Transcendental functions come from `libm` on every target: the same bits everywhere.

use crate::model::distribution::Distribution;
use crate::model::time::Duration;
use rand::RngExt;
use std::convert::Infallible;
use std::sync::LazyLock;

/// The key of one task's (or one arrival entry's) random streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stream(pub u64);

/// What tells apart siblings (the golden ratio), places and executions (the square root of 3), and words
/// of one draw (the square root of 7): the first 64 bits after the point, all odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
const PLACE: u64 = 0xbb67_ae85_84ca_a73b;
const WORD: u64 = 0xa54f_f53a_5f1d_36f1;

#[inline]
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// FNV-1a with a final mix: a name's contribution to a stream's key.
pub(super) fn hash_name(name: &str) -> u64 {
    mix(name.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)))
}

impl Stream {
    /// The stream from which all others of a run derive.
    pub fn of_seed(seed: u64) -> Stream {
        Stream(mix(seed.wrapping_add(GOLDEN)))
    }

    /// The stream of the first thing called `name` (hashed) within this one.
    #[inline]
    pub fn family(self, name: u64) -> Stream {
        Stream(mix(self.0 ^ name))
    }

    /// The stream of the `ordinal`-th thing of this one's name, this one being the first.
    #[inline]
    pub fn sibling(self, ordinal: u32) -> Stream {
        Stream(self.0.wrapping_add(u64::from(ordinal).wrapping_mul(GOLDEN)))
    }

    /// The stream of the `ordinal`-th thing called `name` (hashed) within this one.
    #[inline]
    pub fn child(self, name: u64, ordinal: u32) -> Stream {
        self.family(name).sibling(ordinal)
    }

    /// The generator for the `n`-th execution of the draw at `site`.
    #[inline]
    pub fn at(self, site: u32, n: u32) -> Draws {
        let place = (u64::from(site) << 32) | u64::from(n);
        Draws(self.0.wrapping_add(place.wrapping_mul(PLACE)))
    }
}

/// Where the exponential's tail begins, and the area of each layer above it (Marsaglia & Tsang, "The
/// ziggurat method for generating random variables", Journal of Statistical Software 5(8), 2000; 256 layers).
const TAIL: f64 = 7.697_117_470_131_05;
const AREA: f64 = 0.003_949_659_822_581_557;

/// The layers of the exponential density exp(-x): layer `i` reaches to `edge[i]`, where the density is
/// `density[i]`; layer 0 stands for the base with the tail.
struct Ziggurat {
    layers: [Layer; 256],
    edge: [f64; 257],
    density: [f64; 257],
}

/// What nearly every draw needs of a layer.
#[derive(Clone, Copy)]
struct Layer {
    /// Its edge in units of 2^53: times a whole number of 53 bits, a point under the edge.
    unit: f64,
    /// Points below the edge of the layer above are under the curve.
    sure: f64,
}

static ZIGGURAT: LazyLock<Ziggurat> = LazyLock::new(|| {
    let mut edge = [0.0; 257];
    edge[0] = AREA / libm::exp(-TAIL);
    edge[1] = TAIL;
    for i in 2..256 {
        edge[i] = -libm::log(libm::exp(-edge[i - 1]) + AREA / edge[i - 1]);
    }
    // The uppermost layer ends where the density does.
    edge[256] = 0.0;
    let layers = std::array::from_fn(|i| Layer { unit: edge[i] / (1u64 << 53) as f64, sure: edge[i + 1] });
    Ziggurat { layers, edge, density: edge.map(|x| libm::exp(-x)) }
});

impl Ziggurat {
    /// A layer, and a point under its edge.
    #[inline(always)]
    fn point(&self, word: u64) -> (usize, f64) {
        let layer = (word & 0xff) as usize;
        (layer, (word >> 11) as f64 * self.layers[layer].unit)
    }

    /// One time in ninety the point is in the tail, or in the strip that only part of is under the curve.
    #[cold]
    fn outside_the_layers(&self, mut draws: Draws, mut layer: usize, mut x: f64) -> (f64, Draws) {
        loop {
            if layer == 0 {
                return (TAIL - libm::log(draws.positive()), draws);
            }
            let (low, high) = (self.density[layer], self.density[layer + 1]);
            if low + (high - low) * draws.unit() < libm::exp(-x) {
                return (x, draws);
            }
            (layer, x) = self.point(draws.random());
            if x < self.edge[layer + 1] {
                return (x, draws);
            }
        }
    }
}

/// A generator of as many random words as one draw takes (SplitMix64).
pub(super) struct Draws(u64);

impl rand::rand_core::TryRng for Draws {
    type Error = Infallible;

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let word = mix(self.0);
        self.0 = self.0.wrapping_add(WORD);
        Ok(word)
    }

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

impl Draws {
    /// Uniform on [0, 1).
    #[inline]
    pub fn unit(&mut self) -> f64 {
        self.random::<f64>()
    }

    /// Uniform on (0, 1], whose logarithm is finite.
    #[inline]
    fn positive(&mut self) -> f64 {
        1.0 - self.unit()
    }

    /// Exponential with mean 1, by the ziggurat. A draw with another mean is this one scaled.
    #[inline(always)]
    fn exponential(&mut self) -> f64 {
        let ziggurat = &*ZIGGURAT;
        let (layer, x) = ziggurat.point(mix(self.0));
        self.0 = self.0.wrapping_add(WORD);
        if x < ziggurat.layers[layer].sure {
            return x;
        }
        // By value, so that a generator which is used once never comes to stand in memory.
        let (x, rest) = ziggurat.outside_the_layers(Draws(self.0), layer, x);
        self.0 = rest.0;
        x
    }

    /// Standard normal (Box & Muller 1958, the cosine half).
    fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.positive()));
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// One duration. `turn` picks from a [`Distribution::Trace`], which is not random.
    #[inline(always)]
    pub fn duration(mut self, distribution: &Distribution, turn: u64) -> Duration {
        // The commonest stands where it is needed; the others are called.
        if let Distribution::Exponential { mean } = distribution {
            return nanos(mean * self.exponential());
        }
        self.any_duration(distribution, turn)
    }

    fn any_duration(mut self, distribution: &Distribution, turn: u64) -> Duration {
        match distribution {
            Distribution::Fixed(value) => *value,
            Distribution::Exponential { mean } => nanos(mean * self.exponential()),
            Distribution::Uniform { low, high } => Duration(self.random_range(low.0..=high.0)),
            Distribution::Normal { mean, deviation } => nanos(mean + deviation * self.normal()),
            Distribution::LogNormal { mu, sigma } => nanos(libm::exp(mu + sigma * self.normal())),
            Distribution::Erlang { stages, mean } => {
                let sum: f64 = (0..*stages).map(|_| self.exponential()).sum();
                nanos(mean / f64::from(*stages) * sum)
            }
            Distribution::Pareto { scale, shape } => {
                nanos(scale * libm::exp(-libm::log(self.positive()) / shape))
            }
            Distribution::Choice(choices) => self.choose(choices),
            Distribution::Trace(values) => values[(turn % values.len() as u64) as usize],
        }
    }

    fn choose(&mut self, choices: &[(Duration, f64)]) -> Duration {
        let total: f64 = choices.iter().map(|(_, weight)| weight).sum();
        let mut point = self.unit() * total;
        for (value, weight) in choices {
            if point < *weight {
                return *value;
            }
            point -= weight;
        }
        // Rounding may leave `point` at the very end.
        choices[choices.len() - 1].0
    }
}

/// Rounds to the nearest nanosecond; below zero is zero. One nanosecond short of forever at the most:
/// a drawn duration always ends.
#[inline(always)]
fn nanos(value: f64) -> Duration {
    // From 2^52 on, doubles are whole and their bits count up like whole numbers: the sum is rounded to
    // the nearest by the addition itself. That is up to 52 days; what is longer takes the long way.
    const WHOLE: f64 = (1u64 << 52) as f64;
    // So do the bits of all doubles that are not negative; those of the others are greater than any of them.
    if value.to_bits() < WHOLE.to_bits() {
        return Duration((value + WHOLE).to_bits() - WHOLE.to_bits());
    }
    Duration(((value + 0.5) as u64).min(u64::MAX - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_and_deviation(distribution: &Distribution) -> (f64, f64) {
        let stream = Stream::of_seed(7);
        let n = 100_000;
        let draws: Vec<f64> =
            (0..n).map(|i| stream.at(3, i).duration(distribution, u64::from(i)).seconds()).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(n);
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n - 1);
        (mean, variance.sqrt())
    }

    #[test]
    fn distributions_have_their_mean_and_deviation() {
        let second = Duration::from_secs;
        let s = 1e9;
        let cases = [
            (Distribution::Exponential { mean: 2.0 * s }, 2.0, 2.0),
            (Distribution::Uniform { low: second(1), high: second(3) }, 2.0, (4.0f64 / 12.0).sqrt()),
            (Distribution::Normal { mean: 2.0 * s, deviation: 0.3 * s }, 2.0, 0.3),
            (Distribution::Erlang { stages: 4, mean: 2.0 * s }, 2.0, 1.0),
            (Distribution::Choice(vec![(second(1), 0.9), (second(11), 0.1)]), 2.0, 3.0),
            (Distribution::Trace(vec![second(1), second(3)]), 2.0, 1.0),
        ];
        for (distribution, mean, deviation) in cases {
            let (m, d) = mean_and_deviation(&distribution);
            // Five standard errors of the mean; the deviation to 3 %.
            assert!((m - mean).abs() < 5.0 * deviation / 316.0, "{distribution:?}: mean {m}");
            assert!((d - deviation).abs() < 0.03 * deviation, "{distribution:?}: deviation {d}");
        }
    }

    #[test]
    fn lognormal_has_its_median_and_percentile() {
        let distribution = Distribution::lognormal(Duration::from_secs(2), Duration::from_secs(10));
        let stream = Stream::of_seed(1);
        let mut draws: Vec<u64> = (0..20_000).map(|i| stream.at(0, i).duration(&distribution, 0).0).collect();
        draws.sort_unstable();
        let quantile = |q: f64| draws[(q * 20_000.0) as usize] as f64 / 1e9;
        assert!((quantile(0.5) - 2.0).abs() < 0.1, "{}", quantile(0.5));
        assert!((quantile(0.99) - 10.0).abs() < 1.0, "{}", quantile(0.99));
    }

    #[test]
    fn nanoseconds_are_rounded_to_the_nearest() {
        let days = (1u64 << 52) as f64;
        let cases = [
            (0.0, 0),
            (0.4, 0),
            (1.6, 2),
            (-3.0, 0),
            (f64::NAN, 0),
            (1e9 + 0.25, 1_000_000_000),
            (days - 0.5, 1 << 52),
            (days + 2.0, (1 << 52) + 2),
            (1e300, u64::MAX - 1),
        ];
        for (value, expected) in cases {
            assert_eq!(nanos(value), Duration(expected), "{value}");
        }
    }

    #[test]
    fn neighbouring_sequences_share_no_words() {
        let root = Stream::of_seed(1).family(hash_name("job"));
        let mut words = std::collections::BTreeSet::new();
        for (ordinal, site, n) in
            (0..20).flat_map(|o| (0..5).flat_map(move |s| (0..20).map(move |n| (o, s, n))))
        {
            let mut draws = root.sibling(ordinal).at(site, n);
            words.extend((0..4).map(|_| draws.random::<u64>()));
        }
        assert_eq!(words.len(), 20 * 5 * 20 * 4);
    }

    #[test]
    fn streams_differ_and_are_stable() {
        let root = Stream::of_seed(1);
        let word = |s: Stream| s.at(0, 0).random::<u64>();
        let a = root.child(hash_name("build"), 0);
        assert_ne!(word(a), word(root.child(hash_name("build"), 1)));
        assert_ne!(word(a), word(root.child(hash_name("built"), 0)));
        assert_ne!(word(a), word(Stream::of_seed(2).child(hash_name("build"), 0)));
        // Pinned: a change here changes every recorded fingerprint.
        assert_eq!(word(a), 2_639_228_778_028_310_957);
    }
}
