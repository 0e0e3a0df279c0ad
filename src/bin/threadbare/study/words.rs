//! Figures as a person writes them: each metric in its own unit, with its interval.

use crate::table::Table;
use crate::text::wrap;
use threadbare::analysis::expect::SampleCounts;
use threadbare::analysis::written;
use threadbare::model::expectation::{Metric, Unit};
use threadbare::study::replicate::Estimate;
use threadbare::study::statistics::Interval;

/// What stands where there is nothing to say.
pub const NONE: &str = "–";

/// A metric's value in its unit.
pub fn value(metric: &Metric, value: f64) -> String {
    written::figure(metric.unit(), value)
}

/// A share in percent.
pub fn percent(share: f64) -> String {
    written::figure(Unit::Share, share)
}

/// A name with dots as it stands in a table: where there is too little room, in words that can stand in
/// several lines.
pub fn name(dotted: &str, is_narrow: bool) -> String {
    if is_narrow { dotted.replace('.', " ") } else { dotted.to_owned() }
}

/// A table as wide as the terminal at most, and below it what it leaves out: where there is too little room, the
/// columns of `names` that are the same in every row; where that does not do, names break (`is_narrow`).
pub fn fitting(build: impl Fn(bool) -> Table, names: &[String], width: usize) -> String {
    let whole = build(false);
    if whole.natural_width() <= width {
        return whole.render(width);
    }
    let (mut table, mut same) = whole.without_constant(names);
    if table.natural_width() > width {
        let narrow: Vec<String> = names.iter().map(|dotted| name(dotted, true)).collect();
        (table, same) = build(true).without_constant(&narrow);
    }
    let mut text = table.render(width);
    if !same.is_empty() {
        let same: Vec<String> = same.iter().map(|(name, cell)| format!("{} {cell}", name.trim())).collect();
        let line = format!("the same in every row: {}", same.join(", "));
        text += "\n";
        text.extend(wrap(&line, width.min(100) - 2).iter().map(|line| format!("  {line}\n")));
    }
    text
}

/// An estimate with its interval: `1.2 s ± 30 ms`; a truth as the share of runs, `35 % (22 % to 50 %)`. Where it is not of
/// all tasks it says of how many: `unbounded: 2 of 50 finished`, `says nothing: 11 of 1 262 finished`. The tabs in it are
/// for [`crate::table::Table::row`].
pub fn estimate(metric: &Metric, estimate: Option<Estimate>, counted: Option<SampleCounts>) -> String {
    let counted = counted.filter(|counted| counted.known < counted.total);
    let Some(Estimate { interval, .. }) = estimate else {
        let of = |counted: SampleCounts| format!("says nothing:\t{} finished", counted.words());
        return counted.map_or(NONE.to_owned(), of);
    };
    let whole = figure(metric, interval);
    match counted {
        None => whole,
        Some(counted) if interval.mean.is_finite() => format!("{whole},\tof {}", counted.words()),
        Some(counted) => format!("{whole}:\t{} finished", counted.words()),
    }
}

fn figure(metric: &Metric, interval: Interval) -> String {
    let is_truth = matches!(metric, Metric::Deadlock | Metric::Stuck);
    match is_truth {
        true if interval.low == interval.high => if interval.mean > 0.0 { "yes" } else { "no" }.to_owned(),
        true => {
            let [mean, low, high] = [interval.mean, interval.low, interval.high].map(whole_percent);
            format!("{mean}\t({low} to {high})")
        }
        false => self::interval(|x| value(metric, x), &interval),
    }
}

fn whole_percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A mean and how far its interval reaches.
pub fn interval(write: impl Fn(f64) -> String, interval: &Interval) -> String {
    let mean = write(interval.mean);
    match interval.half_width() {
        0.0 => mean,
        half if half.is_finite() => format!("{mean}\t± {}", write(round_up(half))),
        _ => format!("{mean}\t± ?"),
    }
}

/// Two significant digits are enough for half an interval.
fn round_up(half: f64) -> f64 {
    let scale = 10f64.powf(half.log10().floor() - 1.0);
    (half / scale).ceil() * scale
}

/// A bar of at most `width` columns, in eighths.
pub fn bar(share: f64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        let wide = Interval { mean: 1.2345, low: 1.2, high: 1.269 };
        assert_eq!(interval(|x| value(&Metric::Makespan, x), &wide), "1.234 s\t± 35 ms");
        assert_eq!(percent(0.1), "10 %");
        assert_eq!(bar(0.5, 3), "█▌");
    }
}
