//! What one long run says about the steady state: where its warm-up ends, and batch means.
//!
//! Pure functions of a series in order of time. Invariant: nothing is made up: a series too short to say
//! anything gives `None`. Deliberately absent: several runs (see [`super::statistics`]).
//!
//! Sources: K. P. White, "An effective truncation heuristic for bias reduction in simulation output",
//! *Simulation* 69 (1997), and W. W. Franklin & K. P. White, "Stationarity tests and MSER-5", *Winter
//! Simulation Conference* 2008 (means of five; a minimum in the second half is no answer); Law, *Simulation
//! Modeling and Analysis*, "batch means".

use super::statistics::mean;

/// Values that are averaged before MSER looks at them.
const FIVE: usize = 5;

/// How many values at the beginning of the series belong to its warm-up, by MSER-5: the truncation that
/// makes the standard error of what is left the smallest. `None` if the minimum lies in the second half
/// of the series, or the series is shorter than 50 values: it has not become steady.
pub fn warm_up(series: &[f64]) -> Option<usize> {
    let means: Vec<f64> = series.chunks_exact(FIVE).filter_map(mean).collect();
    let n = means.len();
    if n < 10 {
        return None;
    }
    // Shifted by a value of the series, so that the squares do not cancel.
    let shift = means[n - 1];
    let (mut sum, mut squares) = (0.0, 0.0);
    let mut best = (f64::INFINITY, 0);
    // The last few statistics are over so little that they can be small by chance alone.
    for d in (0..n).rev() {
        let value = means[d] - shift;
        sum += value;
        squares += value * value;
        let left = (n - d) as f64;
        let spread = (squares - sum * sum / left).max(0.0);
        let statistic = spread / (left * left);
        if n - d >= FIVE && statistic <= best.0 {
            best = (statistic, d);
        }
    }
    (best.1 <= n / 2).then_some(best.1 * FIVE)
}

/// The means of `batches` batches of equal length of a steady series: where batches are long enough, they are
/// next to independent, and an interval can be made of them as of separate runs. The values after the last whole
/// batch are left out. `None` if there are not two batches of two values.
pub fn batch_means(series: &[f64], batches: usize) -> Option<Vec<f64>> {
    let size = series.len().checked_div(batches).filter(|size| *size >= 2 && batches >= 2)?;
    Some(series.chunks_exact(size).take(batches).filter_map(mean).collect())
}

#[cfg(test)]
mod tests {
    use super::super::statistics::mean_interval;
    use super::*;

    /// Noise that is the same everywhere, between -1 and 1.
    fn noise(n: usize) -> Vec<f64> {
        let mut x = 12345_u32;
        let mut next = || {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(x >> 8) / f64::from(1 << 23) - 1.0
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn a_slope_at_the_beginning_is_cut_off() {
        let mut series = noise(1000);
        for (n, value) in series.iter_mut().take(200).enumerate() {
            *value += 20.0 * (1.0 - n as f64 / 200.0);
        }
        let cut = warm_up(&series).expect("it becomes steady");
        assert!((150..=250).contains(&cut), "{cut}");
    }

    #[test]
    fn nothing_is_cut_off_where_nothing_warms_up() {
        let cut = warm_up(&noise(1000)).expect("it is steady");
        assert!(cut < 150, "{cut}");
        assert_eq!(warm_up(&[3.0; 100]), Some(0));
    }

    #[test]
    fn what_never_becomes_steady_is_not_called_so() {
        let slope: Vec<f64> = noise(1000).iter().enumerate().map(|(n, x)| x + n as f64).collect();
        assert_eq!(warm_up(&slope), None);
        assert_eq!(warm_up(&[1.0; 20]), None);
    }

    #[test]
    fn batches_give_an_interval() {
        let means = batch_means(&noise(2010), 20).expect("long enough");
        assert_eq!(means.len(), 20);
        let interval = mean_interval(&means, 0.95).expect("values");
        assert!(interval.holds(0.0) && interval.half_width() < 0.1, "{interval:?}");
        assert_eq!(batch_means(&[1.0, 3.0, 5.0, 7.0, 9.0], 2), Some(vec![2.0, 6.0]));
        assert_eq!(batch_means(&[1.0; 10], 20), None);
        assert_eq!(batch_means(&[1.0; 10], 0), None);
    }
}
