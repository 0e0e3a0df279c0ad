//! Measured values as a scenario writes them: exactly while they are few, summed up when they are many.
//!
//! The rule: up to `exact` values of a series are written as they are (`trace(…)` where instance number n is to get
//! value number n), up to a hundred different ones where only the distribution is known (`choice(…)` with their counts).
//! Beyond that a distribution becomes a `choice` of a hundred equal parts (fewer in a document of very many series), each
//! by its mean, the longest hundredth cut again and its maximum kept; arrivals become [`WINDOWS`] stretches of time, each
//! with its own count and its own distribution of gaps.
//!
//! Invariant: counts are kept exactly, means within a thousandth.

use crate::language::duration_text;
use crate::model::time::Duration;

/// Stretches that many arrivals are cut into.
const WINDOWS: usize = 24;
/// Parts of a distribution.
const PARTS: usize = 100;
/// Parts of the distribution of gaps within a window.
const GAP_PARTS: usize = 16;

/// A distribution as text, and what is lost in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DistributionText {
    pub text: String,
    pub loss: ImportLoss,
}

/// What is lost of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ImportLoss {
    /// Nothing: the instance that took a time gets it again.
    Nothing,
    /// Which instance had which value.
    Order,
    /// All but the distribution's shape.
    Detail,
}

/// Durations as a distribution. `paired`: value number n belongs to instance number n.
pub(super) fn durations(values: &[u64], paired: bool, exact: usize) -> DistributionText {
    let first = values.first().copied().unwrap_or(0);
    if values.iter().all(|value| *value == first) {
        return DistributionText { text: spell(first), loss: ImportLoss::Nothing };
    }
    if paired && values.len() <= exact {
        let list: Vec<String> = values.iter().map(|value| spell(*value)).collect();
        return DistributionText { text: format!("trace({})", list.join(" ")), loss: ImportLoss::Nothing };
    }
    let counted = counted(values);
    if counted.len() <= exact.min(PARTS) {
        return DistributionText { text: choice(&counted), loss: ImportLoss::Order };
    }
    DistributionText { text: choice(&parts(values, parts_for(exact), true)), loss: ImportLoss::Detail }
}

/// Equal parts of a distribution that is summed up.
pub(super) fn parts_for(exact: usize) -> usize {
    (exact / 10).clamp(8, PARTS)
}

/// Each value once, with how often it occurs, in ascending order.
fn counted(values: &[u64]) -> Vec<(u64, usize)> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).collect()
}

/// The values in `parts` equal shares, each by its mean; with `tail` the last share is cut at its last tenth and at the
/// maximum.
fn parts(values: &[u64], parts: usize, tail: bool) -> Vec<(u64, usize)> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let length = sorted.len();
    let mut cuts: Vec<usize> = (1..parts).map(|part| part * length / parts).collect();
    if tail {
        cuts.push(length - (length / (10 * parts)).max(1));
        cuts.push(length - 1);
    }
    cuts.push(length);
    cuts.dedup();
    let mut found: Vec<(u64, usize)> = Vec::new();
    let mut from = 0;
    for to in cuts.into_iter().filter(|to| *to > 0) {
        if to <= from {
            continue;
        }
        let share = &sorted[from..to];
        let sum: u128 = share.iter().map(|value| u128::from(*value)).sum();
        let mean = rounded((sum / share.len() as u128) as u64);
        match found.last_mut() {
            Some((last, count)) if *last == mean => *count += share.len(),
            _ => found.push((mean, share.len())),
        }
        from = to;
    }
    found
}

/// To five digits, so that the text is short.
pub(super) fn rounded(value: u64) -> u64 {
    let mut unit = 1;
    while value / unit >= 100_000 {
        unit *= 10;
    }
    (value + unit / 2) / unit * unit
}

fn choice(parts: &[(u64, usize)]) -> String {
    if let [(only, _)] = parts {
        return spell(*only);
    }
    let list: Vec<String> =
        parts.iter().map(|(value, count)| format!("{}: {count}", spell(*value))).collect();
    format!("choice({})", list.join(", "))
}

/// A duration as a scenario writes it.
pub(super) fn spell(nanos: u64) -> String {
    duration_text(Duration(nanos.min(u64::MAX - 1)))
}

/// Arrivals as the lines of one or more `[[arrivals]]`, without task and executor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ArrivalEntries {
    pub entries: Vec<Vec<String>>,
    pub loss: ImportLoss,
}

/// Instants in ascending order as `[[arrivals]]`.
pub(super) fn arrivals(times: &[u64], exact: usize) -> ArrivalEntries {
    let first = times.first().copied().unwrap_or(0);
    if times.iter().all(|time| *time == first) {
        let mut lines = vec![format!("at = \"{}\"", spell(first))];
        if times.len() > 1 {
            lines.push(format!("count = {}", times.len()));
        }
        return ArrivalEntries { entries: vec![lines], loss: ImportLoss::Nothing };
    }
    if times.len() <= exact {
        return ArrivalEntries { entries: vec![trace(times)], loss: ImportLoss::Nothing };
    }
    let (from, to) = (first, times[times.len() - 1]);
    let width = (to - from) / WINDOWS as u64 + 1;
    let entries = times.chunk_by(|a, b| (a - from) / width == (b - from) / width).map(window).collect();
    ArrivalEntries { entries, loss: ImportLoss::Detail }
}

/// A list of instants, in lines that can be read.
fn trace(times: &[u64]) -> Vec<String> {
    const WIDTH: usize = 110;
    let items: Vec<String> = times.iter().map(|time| format!("\"{}\"", spell(*time))).collect();
    let short = format!("trace = [{}]", items.join(", "));
    if short.len() <= WIDTH {
        return vec![short];
    }
    let mut lines = vec!["trace = [".to_owned()];
    let mut line = String::from(" ");
    for item in items {
        if line.len() + item.len() + 2 > WIDTH {
            lines.push(std::mem::replace(&mut line, String::from(" ")));
        }
        line.push_str(&format!(" {item},"));
    }
    lines.extend([line, "]".to_owned()]);
    lines
}

/// One stretch: as many as there were, with gaps distributed as they were.
fn window(times: &[u64]) -> Vec<String> {
    let gaps: Vec<u64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let at = format!("at = \"{}\"", spell(rounded_down(times[0])));
    if gaps.is_empty() {
        return vec![at];
    }
    let every = choice(&parts(&gaps, GAP_PARTS.min(gaps.len()), true));
    vec![at, format!("count = {}", times.len()), format!("every = \"{every}\"")]
}

/// To a microsecond where that is nothing.
fn rounded_down(time: u64) -> u64 {
    if time > 1_000_000 { time / 1_000 * 1_000 } else { time }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_written_as_they_are() {
        assert_eq!(durations(&[5, 5], true, 10).text, "5ns");
        assert_eq!(durations(&[3, 1, 2], true, 10).text, "trace(3ns 1ns 2ns)");
        let counted = durations(&[3, 1, 3], false, 10);
        assert_eq!((counted.text.as_str(), counted.loss), ("choice(1ns: 1, 3ns: 2)", ImportLoss::Order));
    }

    #[test]
    fn many_values_keep_their_count_mean_and_maximum() {
        let values: Vec<u64> = (0..100_000u64).map(|n| n * n % 1_000_003 * 1_000).collect();
        let parts = parts(&values, PARTS, true);
        assert_eq!(parts.iter().map(|(_, count)| count).sum::<usize>(), values.len());
        let mean = |sum: u128| sum as f64 / values.len() as f64;
        let kept = mean(parts.iter().map(|(value, count)| u128::from(*value) * *count as u128).sum());
        let measured = mean(values.iter().map(|value| u128::from(*value)).sum());
        assert!((kept / measured - 1.0).abs() < 1e-3, "{kept} {measured}");
        let max = *values.iter().max().expect("values");
        assert!(parts.last().expect("parts").0.abs_diff(max) <= max / 10_000);
        assert!(parts.len() <= PARTS + 2);
    }

    #[test]
    fn many_arrivals_keep_their_count() {
        let times: Vec<u64> = (0..10_000u64).map(|n| n * n).collect();
        let arrived = arrivals(&times, 100);
        assert_eq!(arrived.loss, ImportLoss::Detail);
        let counts = arrived.entries.iter().map(|entry| {
            let count = entry.iter().find_map(|line| line.strip_prefix("count = "));
            count.map_or(1, |count| count.parse::<usize>().expect("a count"))
        });
        assert_eq!(counts.sum::<usize>(), times.len());
        assert_eq!(arrivals(&[7, 7, 7], 1).entries, [["at = \"7ns\"", "count = 3"]]);
    }
}
