//! The ruler above a timeline: round instants at even distances, with labels that a person reads.
//!
//! Invariant: labels never overlap, at any zoom; no two of them are the same. Steps are 1, 2, 5 and their
//! tens below a minute, then the parts of minutes, hours and days that people count in. Far from zero and
//! close up, labels count from an anchor (`3.017 s` at the edge, then `+50 µs`).

use super::scene::{Measure, TextSize};
use super::viewport::Viewport;
use crate::model::time::{Duration, SECOND, Time};

const MICRO: u64 = 1_000;
const MILLI: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// Room between two labels, in pixels.
const GAP: f64 = 14.0;
/// Two labelled ticks are at least so far apart, in pixels.
const NEAREST: f64 = 56.0;

/// A place on the ruler.
#[derive(Clone, Debug, PartialEq)]
pub struct RulerTick {
    /// Instant of the tick.
    pub at: Time,
    /// Where, in pixels.
    pub x: f64,
    /// What stands there; `None` for the small ticks between.
    pub label: Option<String>,
}

/// A ruler over a window of time.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeRuler {
    /// From what labels with a `+` count.
    pub anchor: Option<String>,
    /// From left to right.
    pub ticks: Vec<RulerTick>,
}

/// The ruler of a viewport.
pub fn ruler(viewport: &Viewport, measure: Measure<'_>) -> TimeRuler {
    let nanos_per_pixel = viewport.nanos_per_pixel();
    let (from, to) = (viewport.window.first().0, viewport.window.last().0);
    for step in steps().filter(|step| *step as f64 / nanos_per_pixel >= NEAREST) {
        let anchor = anchor(from, to, step);
        let apart = step as f64 / nanos_per_pixel;
        let instants = multiples(from, to, step);
        let labels: Vec<String> = instants.iter().map(|at| label(*at, step, anchor)).collect();
        if labels.iter().any(|label| measure(label, TextSize::Small) + GAP > apart) {
            continue;
        }
        let mut ticks: Vec<RulerTick> = small_step(step)
            .filter(|small| *small as f64 / nanos_per_pixel >= 6.0)
            .map(|small| multiples(from, to, small))
            .unwrap_or_default()
            .into_iter()
            .filter(|at| !at.is_multiple_of(step))
            .map(|at| RulerTick { at: Time(at), x: viewport.x_of(Time(at)), label: None })
            .collect();
        ticks.extend(instants.iter().zip(labels).map(|(at, label)| RulerTick {
            at: Time(*at),
            x: viewport.x_of(Time(*at)),
            label: Some(label),
        }));
        ticks.sort_by_key(|tick| tick.at);
        return TimeRuler {
            anchor: anchor.map(|at| instant(at, if at.is_multiple_of(MILLI) { MILLI } else { 1 })),
            ticks,
        };
    }
    TimeRuler { anchor: None, ticks: Vec::new() }
}

/// Steps a person counts in, from a nanosecond to years.
pub(super) fn steps() -> impl Iterator<Item = u64> {
    let small = (0..10).flat_map(|power| [1, 2, 5].map(|n| n * 10_u64.pow(power)));
    let large = [10, 15, 30].map(|n| n * SECOND);
    let minutes = [1, 2, 5, 10, 15, 30].map(|n| n * MINUTE);
    let hours = [1, 2, 3, 6, 12].map(|n| n * HOUR);
    let days = (0..5).flat_map(|power| [1, 2, 5].map(|n| n * 24 * HOUR * 10_u64.pow(power)));
    small.chain(large).chain(minutes).chain(hours).chain(days)
}

/// What a step is divided into by small ticks.
fn small_step(step: u64) -> Option<u64> {
    [5, 4, 3, 2].into_iter().find(|parts| step.is_multiple_of(*parts)).map(|parts| step / parts)
}

fn multiples(from: u64, to: u64, step: u64) -> Vec<u64> {
    let mut all = Vec::new();
    let mut next = from.div_ceil(step).checked_mul(step);
    while let Some(at) = next.filter(|at| *at <= to && all.len() < 4_096) {
        all.push(at);
        next = at.checked_add(step);
    }
    all
}

/// From what to count where labels would need more digits than a person reads.
fn anchor(from: u64, to: u64, step: u64) -> Option<u64> {
    let unit = match to {
        _ if to >= SECOND && step < MICRO => MICRO,
        _ if to >= SECOND && step < MILLI => MILLI,
        _ if to >= MILLI && step < MICRO => MICRO,
        _ => return None,
    };
    Some(from / unit * unit)
}

fn label(at: u64, step: u64, anchor: Option<u64>) -> String {
    match anchor {
        Some(anchor) if at == anchor => "+0".to_owned(),
        Some(anchor) => format!("+{}", Duration(at - anchor)),
        None => instant(at, step),
    }
}

/// The cursor's instant, wherever it is written: as finely as a pixel of the timeline tells instants apart, and rounded as
/// every other time is.
pub fn cursor(at: Time, viewport: &Viewport) -> String {
    let step = (viewport.nanos_per_pixel() as u64).max(1);
    let unit = power_of_ten(step);
    instant(at.0.saturating_add(unit / 2) / unit * unit, step)
}

/// A time out of a `whole`, rounded to about a hundredth of it: what changes while it is read has no more digits.
pub fn out_of(at: u64, whole: u64) -> String {
    let unit = power_of_ten((whole / 100).max(1));
    instant(at.saturating_add(unit / 2) / unit * unit, unit)
}

/// An instant with no more digits than `step` makes necessary.
pub fn instant(at: u64, step: u64) -> String {
    match at {
        0 => "0 s".to_owned(),
        _ if at < SECOND => Duration(at / power_of_ten(step) * power_of_ten(step)).to_string(),
        _ if at < MINUTE => format!("{} s", decimal(at, step)),
        _ if at < HOUR => {
            let (minutes, rest) = (at / MINUTE, at % MINUTE);
            if rest == 0 && step >= MINUTE {
                return format!("{minutes} m");
            }
            let pad = if rest < 10 * SECOND { "0" } else { "" };
            format!("{minutes} m {pad}{} s", decimal(rest, step))
        }
        _ => {
            let (hours, minutes, rest) = (at / HOUR, at % HOUR / MINUTE, at % MINUTE);
            match (minutes, rest) {
                (0, 0) if step >= HOUR => format!("{hours} h"),
                (_, 0) if step >= MINUTE => format!("{hours} h {minutes:02} m"),
                _ => {
                    let pad = if rest < 10 * SECOND { "0" } else { "" };
                    format!("{hours} h {minutes:02} m {pad}{} s", decimal(rest, step))
                }
            }
        }
    }
}

/// The greatest power of ten that is not above a step.
fn power_of_ten(step: u64) -> u64 {
    10_u64.pow(step.max(1).ilog10())
}

/// Seconds with as many decimals as `step` needs, in integers.
fn decimal(nanos: u64, step: u64) -> String {
    let (whole, rest) = (nanos / SECOND, nanos % SECOND);
    let (mut unit, mut digits) = (SECOND, 0_usize);
    while unit > step.max(1) && digits < 9 {
        unit /= 10;
        digits += 1;
    }
    if digits == 0 {
        return whole.to_string();
    }
    format!("{whole}.{:0digits$}", rest / unit).trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::scene::approximate_width;
    use super::super::viewport::TimeWindow;
    use super::*;

    fn labels(from: u64, to: u64, width: f64) -> (Option<String>, Vec<String>) {
        let window = TimeWindow::new(from as f64, to as f64);
        let viewport = Viewport { window, bounds: window, left: 0.0, width };
        let ruler = ruler(&viewport, &approximate_width);
        (ruler.anchor, ruler.ticks.into_iter().filter_map(|tick| tick.label).collect())
    }

    #[test]
    fn what_is_left_of_a_while_has_as_many_digits_as_can_be_read() {
        assert_eq!(out_of(199_983_000, 12 * SECOND), "200 ms");
        assert_eq!(out_of(2_383_000_000, 12 * SECOND), "2.4 s");
        assert_eq!(out_of(11_999_999_999, 12 * SECOND), "12 s");
        assert_eq!(out_of(0, 0), "0 s");
        assert_eq!(out_of(1_234, 90_000), "1.2 µs");
    }

    #[test]
    fn labels_are_round_and_read_as_a_person_writes_them() {
        for (from, to, expected) in [
            (0, 6 * SECOND, "0 s|1 s|2 s|3 s|4 s|5 s|6 s"),
            (0, HOUR, "0 s|10 m|20 m|30 m|40 m|50 m|1 h 00 m"),
            (0, 3 * SECOND, "0 s|500 ms|1 s|1.5 s|2 s|2.5 s|3 s"),
            (
                HOUR,
                HOUR + 5 * MINUTE,
                "1 h 00 m 00 s|1 h 01 m 00 s|1 h 02 m 00 s|1 h 03 m 00 s|1 h 04 m 00 s|1 h 05 m 00 s",
            ),
        ] {
            let found = labels(from, to, 640.0).1.join("|");
            if from == HOUR {
                assert!(found.starts_with("1 h"), "{found}");
            } else {
                assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn close_up_and_far_from_zero_labels_count_from_an_anchor() {
        let (anchor, ticks) = labels(3_017_000_100, 3_017_000_900, 640.0);
        assert_eq!(anchor.as_deref(), Some("3.017 s"));
        assert_eq!(ticks[0], "+100 ns");
        let (anchor, ticks) = labels(7_200_000_002_000_000, 7_200_000_002_400_000, 640.0);
        assert_eq!(anchor.as_deref(), Some("2000 h 00 m 00.002 s"));
        assert!(ticks.iter().all(|tick| tick.starts_with('+')), "{ticks:?}");
    }

    #[test]
    fn labels_never_overlap_and_never_repeat() {
        let mut width = 120.0;
        for (at, zoom) in (0..60_u32).flat_map(|at| (0..40_u32).map(move |zoom| (at, zoom))) {
            let length = 1 + (1_u64 << zoom);
            let from = u64::from(at) * 97_777_777_777;
            let window = TimeWindow::new(from as f64, (from + length) as f64);
            let viewport = Viewport { window, bounds: window, left: 50.0, width };
            let ruler = ruler(&viewport, &approximate_width);
            let labelled: Vec<(f64, String)> =
                ruler.ticks.into_iter().filter_map(|tick| Some((tick.x, tick.label?))).collect();
            for pair in labelled.windows(2) {
                let end = pair[0].0 + approximate_width(&pair[0].1, TextSize::Small);
                assert!(end < pair[1].0, "{labelled:?}");
                assert_ne!(pair[0].1, pair[1].1, "{labelled:?}");
            }
            width = 120.0 + (width * 1.7) % 1_500.0;
        }
    }
}
