//! Figures of a report as a person writes them, with their intervals.

use super::block::{Block, paragraph};
use crate::analysis::interval::Interval;
use crate::analysis::review::{
    ChangeKind, Comparison, Figure, PairedDifference, ReviewedExpectation, ReviewedVariant,
};
use crate::analysis::verdict::Tone;
use crate::analysis::written;
use crate::model::expectation::Unit;

/// What stands where there is nothing to say.
pub(super) const NONE: &str = "–";

/// A mean and how far its interval reaches: `1.2 s ± 30 ms`.
pub(super) fn interval(unit: Unit, interval: &Interval) -> String {
    let mean = written::figure(unit, interval.mean);
    match interval.half_width() {
        0.0 => mean,
        half if half.is_finite() => format!("{mean} ± {}", written::figure(unit, rounded_up(half))),
        _ => format!("{mean} ± ?"),
    }
}

/// What was measured of an expectation: a truth as `yes`, `no` or the share of runs.
pub(super) fn measured(judged: &ReviewedExpectation) -> String {
    let Some(Figure { interval: found, .. }) = judged.measured else { return judged.first_run.clone() };
    match judged.is_truth {
        true if found.low == found.high => if found.mean > 0.0 { "yes" } else { "no" }.to_owned(),
        true => {
            let [mean, low, high] =
                [found.mean, found.low, found.high].map(|share| format!("{} %", libm::round(share * 100.0)));
            format!("in {mean} of runs ({low} to {high})")
        }
        false => interval(judged.unit, &found),
    }
}

/// A figure, or that there is none.
pub(super) fn figure(unit: Unit, figure: Option<Figure>) -> String {
    figure.map_or_else(|| NONE.to_owned(), |figure| interval(unit, &figure.interval))
}

/// A difference with its sign.
pub(super) fn difference(unit: Unit, found: &PairedDifference) -> String {
    let Some(difference) = found.difference else { return NONE.to_owned() };
    let sign = if difference.mean > 0.0 { "+" } else { "" };
    let share = found.share.filter(|_| found.change != ChangeKind::Same && difference.mean != 0.0);
    let share = share.map_or(String::new(), |share| {
        let sign = if share.mean > 0.0 { "+" } else { "" };
        match share.mean {
            // A percentage of five digits says nothing to anybody.
            more if more >= 9.0 => {
                format!(" ({} times)", written::number(libm::round((more + 1.0) * 10.0) / 10.0))
            }
            _ => format!(
                " ({sign}{})",
                written::figure(Unit::Share, libm::round(share.mean * 1000.0) / 1000.0)
            ),
        }
    });
    let lost = match found.pairs_lost {
        0 => String::new(),
        1 => ", 1 pair lost".to_owned(),
        lost => format!(", {lost} pairs lost"),
    };
    format!("{sign}{}{share}{lost}", interval(unit, &difference))
}

/// What the signs in tables of figures stand for, of those that are in them.
pub(super) fn notes(sides: &[ReviewedVariant], comparisons: &[Comparison]) -> Option<Block> {
    let figures = || sides.iter().flat_map(|side| &side.figures);
    let mut notes = Vec::new();
    if figures().any(|measured| measured.figure.is_some_and(|figure| figure.interval.mean.is_infinite())) {
        notes.push(
            "Unbounded: too many tasks failed, were refused or never ended for the statistic to have a bound.",
        );
    }
    if figures().any(|measured| measured.figure.is_none()) {
        notes.push("–: no run gives the figure, such as the makespan of a run in which nothing ended.");
    }
    if comparisons
        .iter()
        .flat_map(|comparison| &comparison.differences)
        .any(|found| found.pairs_lost > 0 && found.difference.is_some())
    {
        notes.push("Pairs lost: pairs of runs of which one has no figure, or none with a bound; they are left out of the difference.");
    }
    (!notes.is_empty()).then(|| paragraph(notes.join(" ")))
}

/// What a difference is worth, in a word.
pub(super) fn worth(change: ChangeKind) -> (Option<Tone>, &'static str) {
    match change {
        ChangeKind::Better => (Some(Tone::Good), "better"),
        ChangeKind::Worse => (Some(Tone::Bad), "worse"),
        ChangeKind::Different => (None, "different"),
        ChangeKind::Same => (None, "no difference"),
        ChangeKind::Unknown => (None, NONE),
    }
}

/// Two significant digits are enough for half an interval.
fn rounded_up(half: f64) -> f64 {
    let scale = libm::pow(10.0, libm::floor(libm::log10(half)) - 1.0);
    libm::ceil(half / scale) * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_read_well() {
        let wide = Interval { mean: 1.2345, low: 1.2, high: 1.269 };
        assert_eq!(interval(Unit::Seconds, &wide), "1.234 s ± 35 ms");
        assert_eq!(interval(Unit::Count, &Interval::exact(3.0)), "3");
    }
}
