//! Axes: from values to places, with ticks at numbers that a person would choose.
//!
//! Invariant: places rise (or fall) strictly with values; the ticks of a quantity cover its range; labels
//! never overlap, and no two of an axis are the same.

use super::{AxisTick, PlotFrame};
use crate::analysis::written;
use crate::language;
use crate::model::expectation::Unit;
use crate::model::time::{Duration, SECOND};
use crate::view::ruler;

/// How values stand to places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AxisScale {
    /// Equal differences are equally far apart.
    Linear {
        /// The value at the beginning.
        from: f64,
        /// The value at the end.
        to: f64,
    },
    /// Equal ratios are equally far apart.
    Log {
        /// The value at the beginning; above 0.
        from: f64,
        /// The value at the end.
        to: f64,
    },
}

impl AxisScale {
    /// Returns the ends of the axis.
    pub fn ends(self) -> (f64, f64) {
        match self {
            AxisScale::Linear { from, to } | AxisScale::Log { from, to } => (from, to),
        }
    }

    /// How far along a value is: 0 at the beginning, 1 at the end, and cut off there.
    pub fn share(self, value: f64) -> f64 {
        let share = match self {
            AxisScale::Linear { from, to } => (value - from) / (to - from),
            AxisScale::Log { from, to } if value > 0.0 => libm::log(value / from) / libm::log(to / from),
            AxisScale::Log { .. } => 0.0,
        };
        share.clamp(0.0, 1.0)
    }
}

/// An axis with its ticks as values; where they stand depends on where the axis is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct TickedAxis {
    /// From values to shares of its length.
    pub scale: AxisScale,
    /// Values and labels, ascending.
    pub ticks: Vec<(f64, String)>,
}

impl TickedAxis {
    /// The widest label.
    pub fn width(&self, frame: &PlotFrame<'_>) -> f64 {
        self.ticks.iter().map(|(_, label)| frame.label(label)).fold(0.0, f64::max)
    }

    /// The ticks along a line from one place to another.
    pub fn along(&self, from: f64, to: f64) -> Vec<AxisTick> {
        let place = |value: f64| from + self.scale.share(value) * (to - from);
        self.ticks.iter().map(|(value, label)| AxisTick { at: place(*value), label: label.clone() }).collect()
    }
}

/// Ratio of the greatest to the least value above which positive values are drawn by ratios.
const WIDE: f64 = 60.0;
/// Most ticks of an axis.
const MAX_TICKS: usize = 12;

/// An axis of a quantity that covers these values, `length` long, on which labels take as much room along it
/// as `extent` says. It begins at 0 unless all values lie close together, and is logarithmic where they are
/// very far apart.
pub fn of_values(unit: Unit, values: &[f64], length: f64, extent: &dyn Fn(&str) -> f64) -> TickedAxis {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let greatest = finite().fold(f64::NEG_INFINITY, f64::max);
    let least = finite().fold(f64::INFINITY, f64::min);
    if least > greatest {
        return linear(unit, 0.0, 1.0, length, extent);
    }
    let least_above = finite().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
    // Nothing is drawn at 0 on a logarithmic axis, so one value there forbids it; the shares are all of one size.
    if unit != Unit::Share && least > 0.0 && greatest / least_above > WIDE {
        return log(unit, least, greatest, length, extent);
    }
    let is_close = least > 0.0 && greatest - least < greatest / 4.0 && greatest > least;
    let from = if is_close || least < 0.0 { least } else { 0.0 };
    let to = if greatest <= from { from + if from == 0.0 { 1.0 } else { from.abs() } } else { greatest };
    linear(unit, from, to, length, extent)
}

/// A linear axis whose ticks cover `from` to `to`.
pub fn linear(unit: Unit, from: f64, to: f64, length: f64, extent: &dyn Fn(&str) -> f64) -> TickedAxis {
    let fits = |ticks: &[(f64, String)]| {
        let apart = length / (ticks.len() - 1).max(1) as f64;
        stand_apart(ticks, |_| apart, extent)
    };
    let mut last = None;
    for step in steps(unit) {
        // What is a tick but for rounding needs none beyond it.
        let (first, end) = (libm::floor(from / step + 1e-9), libm::ceil(to / step - 1e-9));
        if end - first >= MAX_TICKS as f64 {
            continue;
        }
        let count = (end - first).max(1.0) as usize;
        let ticks: Vec<(f64, String)> = (0..=count)
            .map(|n| (first + n as f64) * step)
            .map(|value| (value, label(unit, value, step)))
            .collect();
        let found = TickedAxis { scale: AxisScale::Linear { from: ticks[0].0, to: ticks[count].0 }, ticks };
        if fits(&found.ticks) {
            return found;
        }
        last = Some(found);
        if count == 1 {
            break;
        }
    }
    ends(last, unit, from, to, |from, to| AxisScale::Linear { from, to })
}

/// A logarithmic axis whose ticks cover `from` to `to`; both above 0.
fn log(unit: Unit, from: f64, to: f64, length: f64, extent: &dyn Fn(&str) -> f64) -> TickedAxis {
    let mut last = None;
    for levels in levels(unit) {
        let Some(first) = levels.iter().rposition(|level| *level <= from) else { continue };
        let Some(end) = levels.iter().position(|level| *level >= to) else { continue };
        if end - first > MAX_TICKS || end == first {
            continue;
        }
        let scale = AxisScale::Log { from: levels[first], to: levels[end] };
        let ticks: Vec<(f64, String)> =
            levels[first..=end].iter().map(|level| (*level, label(unit, *level, *level))).collect();
        let apart = |at: usize| (scale.share(ticks[at + 1].0) - scale.share(ticks[at].0)) * length;
        let fits = stand_apart(&ticks, apart, extent);
        let found = TickedAxis { scale, ticks };
        if fits {
            return found;
        }
        last = Some(found);
    }
    ends(last, unit, from, to, |from, to| AxisScale::Log { from, to })
}

/// Whether labels, centred on their ticks, keep out of each other's way; `apart` is the way from a tick to
/// the next.
fn stand_apart(ticks: &[(f64, String)], apart: impl Fn(usize) -> f64, extent: &dyn Fn(&str) -> f64) -> bool {
    (0..ticks.len().saturating_sub(1)).all(|at| {
        let (here, next) = (&ticks[at].1, &ticks[at + 1].1);
        here != next && (extent(here) + extent(next)) / 2.0 < apart(at)
    })
}

/// Where there is no room for more than one label: the axis as far as it goes, and only its end labelled.
fn ends(
    found: Option<TickedAxis>,
    unit: Unit,
    from: f64,
    to: f64,
    scale: impl Fn(f64, f64) -> AxisScale,
) -> TickedAxis {
    let bare = || TickedAxis {
        scale: scale(from, if to > from { to } else { from + 1.0 }),
        ticks: vec![(from, String::new()), (to, written::figure(unit, to))],
    };
    let mut found = found.unwrap_or_else(bare);
    found.ticks = found.ticks.pop().into_iter().collect();
    found
}

/// Steps that a person counts in, ascending.
fn steps(unit: Unit) -> Box<dyn Iterator<Item = f64>> {
    let decimal = |from: i32, to: i32| (from..to).flat_map(|power| [1, 2, 5].map(|n| ten(n, power)));
    match unit {
        Unit::Seconds => Box::new(ruler::steps().map(|nanos| nanos as f64 / SECOND as f64)),
        Unit::Bytes => Box::new((0..64).map(|power| libm::exp2(f64::from(power)))),
        Unit::Share => Box::new(decimal(-6, -1).chain([0.1, 0.2, 0.25, 0.5]).chain(decimal(0, 9))),
        Unit::Rate | Unit::Count => Box::new(decimal(-6, 18)),
    }
}

/// `n` times this power of ten, correctly rounded, so that equal ticks of different steps are equal numbers.
fn ten(n: u32, power: i32) -> f64 {
    let tens = libm::pow(10.0, f64::from(power.abs()));
    if power < 0 { f64::from(n) / tens } else { f64::from(n) * tens }
}

/// Ticks of a logarithmic axis, the densest first.
fn levels(unit: Unit) -> Vec<Vec<f64>> {
    let decades = |from: i32, to: i32, each: &'static [u32]| {
        (from..to).flat_map(move |power| each.iter().map(move |n| ten(*n, power)))
    };
    match unit {
        Unit::Seconds => {
            let long = |each: &[f64]| -> Vec<f64> { each.iter().map(|minutes| minutes * 60.0).collect() };
            let hours: Vec<f64> = (1..8).map(|power| 60.0 * ten(1, power)).collect();
            let dense = decades(-9, 1, &[1, 2, 5]).chain([10.0, 20.0]);
            let dense =
                dense.chain(long(&[1.0, 2.0, 5.0, 10.0, 20.0, 30.0])).chain(hours.iter().map(|h| h * 6.0));
            let sparse = decades(-9, 2, &[1]).chain(long(&[1.0, 10.0])).chain(hours.iter().map(|h| h * 6.0));
            let sparser = (-3..1).map(|power| ten(1, power * 3)).chain([60.0, 3_600.0, 3.6e6, 3.6e9]);
            vec![dense.collect(), sparse.collect(), sparser.collect()]
        }
        Unit::Bytes => {
            [1, 2, 5, 10].map(|step| (0..64).step_by(step).map(|n| libm::exp2(f64::from(n))).collect()).into()
        }
        Unit::Share | Unit::Rate | Unit::Count => {
            let thousands = (-3..7).map(|power| ten(1, power * 3));
            vec![decades(-9, 19, &[1, 2, 5]).collect(), decades(-9, 19, &[1]).collect(), thousands.collect()]
        }
    }
}

/// A tick's label, with no more digits than its step makes necessary.
fn label(unit: Unit, value: f64, step: f64) -> String {
    match unit {
        Unit::Seconds if value >= 0.0 => {
            let nanos = |seconds: f64| Duration::from_seconds_f64(seconds).0;
            ruler::instant(nanos(value), nanos(step))
        }
        Unit::Bytes if value >= 0.0 => bytes(value),
        Unit::Seconds | Unit::Bytes | Unit::Share | Unit::Rate | Unit::Count => written::figure(unit, value),
    }
}

/// Bytes without rounding, as far as three decimals go: `1.25 GiB`.
fn bytes(value: f64) -> String {
    const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let (mut size, mut unit) = (value, 0);
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    let text = format!("{size:.3}");
    format!("{} {}", text.trim_end_matches('0').trim_end_matches('.'), UNITS[unit])
}

/// The axis of a parameter: where each of its values stands, and which are labelled.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterAxis {
    /// For each value how far along it is, from 0 to 1.
    pub shares: Vec<f64>,
    /// The values that are labelled.
    pub labelled: Vec<usize>,
}

/// The axis of a parameter with these values, `length` long. Numbers (also durations, memory, shares) in
/// ascending order stand to scale, by ratios if they were chosen so; everything else, and all if `is_even`,
/// at equal distances. As many values are labelled as have room.
pub fn of_parameter(
    values: &[String],
    length: f64,
    is_even: bool,
    extent: &dyn Fn(&str) -> f64,
) -> ParameterAxis {
    let numbers: Option<Vec<f64>> = values.iter().map(|value| language::number(value)).collect();
    let rising = |numbers: &Vec<f64>| !is_even && numbers.windows(2).all(|pair| pair[0] < pair[1]);
    let shares = match numbers.filter(rising) {
        Some(numbers) if numbers.len() > 1 => to_scale(&numbers),
        Some(_) | None => slots(values.len(), is_even),
    };
    let labelled = thinned(values, |at| shares[at] * length, extent);
    ParameterAxis { shares, labelled }
}

fn to_scale(numbers: &[f64]) -> Vec<f64> {
    let (from, to) = (numbers[0], numbers[numbers.len() - 1]);
    // Most values crowd into the first part of a linear axis: they were chosen by ratios.
    let crowded = numbers.iter().filter(|number| **number - from < (to - from) / 5.0).count();
    let scale = match from > 0.0 && crowded * 2 > numbers.len() {
        true => AxisScale::Log { from, to },
        false => AxisScale::Linear { from, to },
    };
    numbers.iter().map(|number| scale.share(*number)).collect()
}

/// Equal distances: in the middle of equal parts, or from end to end.
fn slots(count: usize, in_parts: bool) -> Vec<f64> {
    match count {
        1 => vec![0.5],
        _ if in_parts => (0..count).map(|n| (n as f64 + 0.5) / count as f64).collect(),
        _ => (0..count).map(|n| n as f64 / (count - 1) as f64).collect(),
    }
}

/// Every n-th value, n being the least with which labels keep apart.
fn thinned(values: &[String], place: impl Fn(usize) -> f64, extent: &dyn Fn(&str) -> f64) -> Vec<usize> {
    if values.is_empty() {
        return Vec::new();
    }
    for every in (0..).flat_map(|power| [1_usize, 2, 5].map(|n| n * 10_usize.pow(power))) {
        // Counted so that round numbers keep their labels: of 1 to 20 it is 5, 10, 15, 20.
        let first =
            values.first().and_then(|value| value.parse::<usize>().ok()).filter(|first| *first < every);
        let skip = first.map_or(0, |first| (every - first) % every);
        let chosen: Vec<usize> = (0..values.len()).skip(skip).step_by(every).collect();
        let apart = |pair: &[usize]| {
            let (here, next) = (&values[pair[0]], &values[pair[1]]);
            (extent(here) + extent(next)) / 2.0 < place(pair[1]) - place(pair[0])
        };
        if chosen.windows(2).all(apart) {
            return if chosen.is_empty() { vec![values.len() - 1] } else { chosen };
        }
    }
    Vec::new()
}
