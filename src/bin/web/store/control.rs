//! A tunable as a slider: whole positions between two ends, and the text that each position stands for.
//!
//! Invariant: every position gives a text that the language reads; the position of a value is the nearest.
//! Counts move in ones, durations and wide ranges by ratio, in the round numbers a person would write.

use threadbare::language::{ParamKind, Tunable};

/// Units of durations, in nanoseconds, the largest that a value is written in first.
const UNITS: [(&str, f64); 7] =
    [("h", 3.6e12), ("m", 6e10), ("s", 1e9), ("ms", 1e6), ("us", 1e3), ("µs", 1e3), ("ns", 1.0)];
/// What a round number begins with.
const ROUND: [f64; 14] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0];

/// How the value of a control is made.
#[derive(Clone, Debug, PartialEq)]
pub enum ControlInputKind {
    /// A slider; its positions count from 0 and each stands for one of these texts.
    Steps(Vec<String>),
    /// One of these words.
    Choice(Vec<&'static str>),
    /// A word or a distribution, typed.
    Typed,
    /// True or false.
    Switch,
}

/// A control of the panel.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterControl {
    /// Where it stands in the document.
    pub path: String,
    /// What it is, in a few words.
    pub label: String,
    /// Its value as the document has it.
    pub value: String,
    /// How it is moved.
    pub scale: ControlInputKind,
    /// Whether the shown variant depends on it.
    pub is_used: bool,
}

impl ParameterControl {
    /// The control for a tunable.
    pub fn of(tunable: &Tunable) -> ParameterControl {
        let scale = match tunable.kind {
            ParamKind::Number => steps(count_steps(tunable), &tunable.value),
            // Arrivals without any time between two need never end.
            ParamKind::Duration if tunable.path.ends_with(".every") => steps(
                duration_steps(tunable).into_iter().filter(|text| text != "0s").collect(),
                &tunable.value,
            ),
            ParamKind::Duration => steps(duration_steps(tunable), &tunable.value),
            ParamKind::Word if tunable.choices.contains(&tunable.value.as_str()) => {
                ControlInputKind::Choice(tunable.choices.clone())
            }
            ParamKind::Distribution | ParamKind::Word => ControlInputKind::Typed,
            ParamKind::Truth => ControlInputKind::Switch,
        };
        ParameterControl {
            path: tunable.path.clone(),
            label: tunable.label.clone(),
            value: tunable.value.clone(),
            scale,
            is_used: tunable.is_used,
        }
    }

    /// The position of the value on its slider: of the nearest text.
    pub fn position(&self) -> usize {
        let ControlInputKind::Steps(texts) = &self.scale else { return 0 };
        let value = nanos(&self.value).unwrap_or(0.0);
        let far = |text: &String| (nanos(text).unwrap_or(f64::MAX) - value).abs();
        let nearest = (0..texts.len()).min_by(|a, b| far(&texts[*a]).total_cmp(&far(&texts[*b])));
        nearest.unwrap_or(0)
    }
}

/// A slider of these texts; the value itself stands in it as the document has it.
fn steps(mut texts: Vec<String>, value: &str) -> ControlInputKind {
    for text in texts.iter_mut().filter(|text| nanos(text) == nanos(value)) {
        *text = value.to_owned();
    }
    if texts.len() < 2 { ControlInputKind::Typed } else { ControlInputKind::Steps(texts) }
}

/// A plain number, or a duration in nanoseconds.
pub(super) fn nanos(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches("/s");
    let unit = UNITS.iter().filter(|(unit, _)| text.ends_with(unit)).max_by_key(|(unit, _)| unit.len());
    let (number, scale) = match unit {
        Some((unit, scale)) => (text.strip_suffix(unit)?, *scale),
        None => (text, 1.0),
    };
    number.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0).map(|n| n * scale)
}

fn count_steps(tunable: &Tunable) -> Vec<String> {
    let read = |text: &Option<String>| text.as_deref().and_then(nanos);
    let Some(value) = nanos(&tunable.value) else { return Vec::new() };
    let low = read(&tunable.min).unwrap_or(0.0).min(value);
    let high = read(&tunable.max).unwrap_or((value * 4.0).max(20.0)).max(value);
    let is_whole = value.fract() == 0.0 && low.fract() == 0.0;
    let mut numbers: Vec<f64> = if is_whole && high - low <= 400.0 {
        (0..=(high - low) as u32).map(|n| low + f64::from(n)).collect()
    } else if is_whole {
        rounds(low.max(1.0), high).map(f64::round).collect()
    } else {
        (0..=100).map(|n| ((low + (high - low) * f64::from(n) / 100.0) * 1e6).round() / 1e6).collect()
    };
    numbers.extend([low, high, value]);
    ordered(numbers).into_iter().map(|n| n.to_string()).collect()
}

fn duration_steps(tunable: &Tunable) -> Vec<String> {
    let read = |text: &Option<String>| text.as_deref().and_then(nanos);
    let Some(value) = nanos(&tunable.value) else { return Vec::new() };
    let high = read(&tunable.max).unwrap_or(if value > 0.0 { value * 20.0 } else { 6e10 }).max(value);
    let low = read(&tunable.min).unwrap_or(0.0).min(value);
    let mut numbers: Vec<f64> = rounds(if low > 0.0 { low } else { high / 1e4 }, high).collect();
    numbers.extend([low, high, value]);
    ordered(numbers).into_iter().map(duration_text).collect()
}

/// The round numbers between two.
fn rounds(low: f64, high: f64) -> impl Iterator<Item = f64> {
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let all = (first..=last).flat_map(|power| ROUND.map(|round| round * 10f64.powi(power)));
    all.filter(move |n| low <= *n && *n <= high)
}

fn ordered(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.dedup_by(|a, b| (*a - *b).abs() <= f64::EPSILON * a.abs());
    numbers
}

/// A duration as a document has it: in the largest unit in which it has at most three decimals.
pub(super) fn duration_text(nanos: f64) -> String {
    if nanos == 0.0 {
        return "0s".to_owned();
    }
    let fits = |scale: f64| nanos >= scale && ((nanos / scale * 10.0).fract() == 0.0);
    let unit = UNITS.iter().find(|(unit, scale)| unit.is_ascii() && fits(*scale));
    let (unit, scale) = unit.unwrap_or(&("ns", 1.0));
    format!("{}{unit}", (nanos / scale * 1e3).round() / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use threadbare::gallery;
    use threadbare::language::{Document, edit};

    #[test]
    fn every_position_of_every_gallery_slider_stands_for_a_text_that_is_read() {
        let mut sliders = 0;
        for entry in gallery::ENTRIES {
            let document = Document::parse(entry.name, entry.text).expect("the gallery is valid");
            for tunable in document.tunables("base") {
                let control = ParameterControl::of(&tunable);
                let ControlInputKind::Steps(texts) = &control.scale else { continue };
                sliders += 1;
                assert_eq!(texts[control.position()], control.value, "{}: {}", entry.name, control.path);
                for text in [&texts[0], &texts[texts.len() / 2], &texts[texts.len() - 1]] {
                    let edited = edit::set(entry.text, &control.path, text)
                        .unwrap_or_else(|why| panic!("{}: {} = {text}: {why}", entry.name, control.path));
                    let read = Document::parse(entry.name, &edited).expect("still a document");
                    let problems = read.scenario("base", &Default::default()).err();
                    assert!(problems.is_none(), "{}: {} = {text}: {problems:?}", entry.name, control.path);
                }
            }
        }
        assert!(sliders > 30, "only {sliders} sliders");
    }

    #[test]
    fn a_word_is_chosen_from_those_that_every_place_of_it_takes() {
        let controls = |name: &str| {
            let entry = gallery::find(name).expect("a scenario of the gallery");
            let document = Document::parse(entry.name, entry.text).expect("the gallery is valid");
            document.tunables("base").iter().map(ParameterControl::of).collect::<Vec<_>>()
        };
        let choice_of = |name: &str, path: &str| {
            controls(name).into_iter().find(|control| control.path == path).map(|control| control.scale)
        };
        let kinds = ControlInputKind::Choice(vec![
            "threads",
            "green",
            "dynamic",
            "elastic",
            "fork-join",
            "scheduled",
        ]);
        assert_eq!(choice_of("nova-modes", "params.mode"), Some(kinds), "those with workers");
        let full = ["reject", "block", "caller-runs", "discard", "discard-oldest"];
        assert_eq!(
            choice_of("shared-bounded-queue", "params.full"),
            Some(ControlInputKind::Choice(full.to_vec()))
        );
    }

    #[test]
    fn durations_are_written_as_a_person_would() {
        for (nanos, text) in [
            (0.0, "0s"),
            (1.5e9, "1.5s"),
            (2.5e8, "250ms"),
            (9e10, "1.5m"),
            (7e9, "7s"),
            (3.6e12, "1h"),
            (12.0, "12ns"),
        ] {
            assert_eq!(duration_text(nanos), text);
        }
    }
}
