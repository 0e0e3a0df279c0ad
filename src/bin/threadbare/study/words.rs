//! Figures as a person writes them: each metric in its own unit, with its interval.

use crate::tables;
use threadbare::analysis::expect::bytes_text;
use threadbare::analysis::prose::grouped;
use threadbare::model::expectation::Metric;
use threadbare::study::replicate::Estimate;
use threadbare::study::statistics::Interval;

/// What stands where there is nothing to say.
pub const NONE: &str = "–";

/// A metric's value in its unit.
pub fn value(metric: &Metric, value: f64) -> String {
    if value < 0.0 {
        return format!("−{}", self::value(metric, -value));
    }
    match metric {
        Metric::Latency(..) | Metric::Wait(..) | Metric::Cpu(..) | Metric::Makespan => tables::seconds(value),
        Metric::MemoryMax => bytes_text(value.round() as u64),
        Metric::Deadlock | Metric::Stuck | Metric::Utilisation(_) => percent(value),
        Metric::Throughput(_) => format!("{}/s", number(value)),
        Metric::Races
        | Metric::LostUpdates
        | Metric::Warnings
        | Metric::Rejected
        | Metric::Failed
        | Metric::Final(_)
        | Metric::Writes(_)
        | Metric::QueueMax(_)
        | Metric::WorkersMax(_) => number(value),
    }
}

/// A share in percent.
pub fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

/// To four significant digits.
fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return grouped(value as u64);
    }
    let decimals = 3 - (value.abs().log10().floor() as i32).clamp(-6, 3);
    let text = format!("{value:.*}", decimals as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A name with dots as it stands in a table: where there is too little room, in words that can stand in
/// several lines.
pub fn name(dotted: &str, is_narrow: bool) -> String {
    if is_narrow { dotted.replace('.', " ") } else { dotted.to_owned() }
}

/// An estimate with its interval: `1.2 s ± 30 ms`; a truth as the share of runs, `35 % (22 % to 50 %)`. The
/// tab in it is for [`crate::table::Table::row`].
pub fn estimate(metric: &Metric, estimate: Option<Estimate>) -> String {
    let Some(Estimate { interval, .. }) = estimate else { return NONE.to_owned() };
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
        assert_eq!(interval(|x| value(&Metric::Makespan, x), &wide), "1.235 s\t± 35 ms");
        assert_eq!(value(&Metric::Failed, 1234.0), "1 234".replace(' ', &grouped(1234)[1..2]));
        assert_eq!(value(&Metric::Failed, 0.1234567), "0.1235");
        assert_eq!(value(&Metric::Makespan, -2.0), "−2 s");
        assert_eq!(percent(0.1), "10 %");
        assert_eq!(bar(0.5, 3), "█▌");
    }
}
