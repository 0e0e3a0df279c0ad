//! What a parameter is swept over, as it is typed: from, to, and the step between two values.
//!
//! Invariant: what is proposed is accepted, and every value is written as the language reads it. Numbers, durations
//! and rates can be swept; words and distributions cannot.

use super::super::control::{ControlInputKind, ParameterControl, duration_text, nanos};
use threadbare::language::Tunable;

/// Most values of one parameter.
pub const MAX_VALUES: usize = 200;
/// Values that are proposed, or a few more.
const PROPOSED: f64 = 20.0;

/// One parameter and the fields beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterRangeFields {
    /// Where it stands in the document.
    pub path: String,
    /// What it is, in a few words.
    pub label: String,
    /// The first value.
    pub from: String,
    /// The last value.
    pub to: String,
    /// What lies between two.
    pub step: String,
}

/// What a value is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ParameterUnit {
    /// A plain number.
    Number,
    /// A duration; as a number it is in nanoseconds.
    Duration,
    /// In units a second.
    Rate,
}

impl ParameterUnit {
    fn of(text: &str) -> Option<ParameterUnit> {
        let text = text.trim();
        if text.parse::<f64>().is_ok() {
            return Some(ParameterUnit::Number);
        }
        let per_second = text.strip_suffix("/s").map(|number| number.trim().parse::<f64>().is_ok());
        match per_second {
            Some(true) => Some(ParameterUnit::Rate),
            Some(false) => None,
            None => nanos(text).map(|_| ParameterUnit::Duration),
        }
    }

    fn write(self, value: f64) -> String {
        // What steps add up to has the last digits of the sum, not of the values.
        let rounded = (value * 1e6).round() / 1e6;
        match self {
            ParameterUnit::Number => rounded.to_string(),
            ParameterUnit::Duration => duration_text(value.round()),
            ParameterUnit::Rate => format!("{rounded}/s"),
        }
    }

    fn example(self) -> &'static str {
        match self {
            ParameterUnit::Number => "a number, for instance 5",
            ParameterUnit::Duration => "a duration, for instance 500ms or 2s",
            ParameterUnit::Rate => "a rate, for instance 5/s",
        }
    }
}

impl ParameterRangeFields {
    /// What is proposed for a tunable; `None` if it cannot be swept, or nothing depends on it.
    pub fn of(tunable: &Tunable) -> Option<ParameterRangeFields> {
        let unit = ParameterUnit::of(&tunable.value).filter(|_| tunable.is_used)?;
        let value = nanos(&tunable.value)?;
        let bound = |text: &Option<String>| {
            let text = text.as_deref().filter(|text| ParameterUnit::of(text) == Some(unit));
            text.and_then(nanos)
        };
        let least = bound(&tunable.min).unwrap_or(0.0).min(value);
        // A few times the present value shows what matters; all of a wide range would pass over it.
        let enough = match unit {
            ParameterUnit::Number => (value * 2.0).max(PROPOSED),
            ParameterUnit::Duration | ParameterUnit::Rate => value * 4.0,
        };
        let most = bound(&tunable.max).unwrap_or(f64::INFINITY).max(value).min(enough);
        let most = if most > least { most } else { least + 1.0 };
        let is_whole = unit == ParameterUnit::Number && value.fract() == 0.0 && least.fract() == 0.0;
        let step = step_for(unit, (most - least) / PROPOSED, is_whole);
        // Round values: 5, 10, 15 rather than 1, 6, 11. Nothing at all is seldom a size.
        let from = if least == 0.0 { step } else { (least / step).ceil() * step };
        let from = if from >= most { least } else { from };
        let to =
            (from + ((most - from) / step + 1e-9).floor() * step).max(from + step).min(most.max(from + step));
        let write = |value| unit.write(value);
        Some(ParameterRangeFields {
            path: tunable.path.clone(),
            label: tunable.label.clone(),
            from: write(from),
            to: write(to),
            step: write(step),
        })
    }

    /// The whole of the slider in place of what was proposed; `None` if that is not more, or if the person asked for
    /// something else.
    pub fn wider(&self, tunable: &Tunable) -> Option<ParameterRangeFields> {
        let proposed = ParameterRangeFields::of(tunable).filter(|proposed| proposed == self)?;
        let unit = ParameterUnit::of(&tunable.value)?;
        let ControlInputKind::Steps(texts) = ParameterControl::of(tunable).scale else { return None };
        let (least, most) = (nanos(&proposed.from)?, nanos(texts.last()?)?);
        if most <= nanos(&proposed.to)? * 1.01 {
            return None;
        }
        let is_whole = unit == ParameterUnit::Number && most.fract() == 0.0 && least.fract() == 0.0;
        let step = step_for(unit, (most - least) / PROPOSED, is_whole);
        let from = if least < step { step } else { (least / step).ceil() * step };
        let to = from + ((most - from) / step + 1e-9).floor() * step;
        let [from, to, step] = [from, to, step].map(|value| unit.write(value));
        Some(ParameterRangeFields { from, to, step, ..proposed })
    }

    /// Every value.
    ///
    /// # Errors
    /// Which field is wrong, and what would be right, as a sentence.
    pub fn values(&self) -> Result<Vec<String>, String> {
        let unit = ParameterUnit::of(&self.from).ok_or_else(|| {
            format!("`{}` is neither a number nor a duration: write 1, 2s or 5/s.", self.from.trim())
        })?;
        let read = |text: &String| {
            let value = nanos(text).filter(|_| ParameterUnit::of(text) == Some(unit));
            value.ok_or_else(|| format!("`{}` is not {}.", text.trim(), unit.example()))
        };
        let (from, to, step) = (read(&self.from)?, read(&self.to)?, read(&self.step)?);
        if step <= 0.0 {
            return Err("The step must be more than 0.".to_owned());
        }
        if to < from {
            return Err(format!("{} to {} is the wrong way round.", self.from.trim(), self.to.trim()));
        }
        let steps = ((to - from) / step + 1e-9).floor();
        if steps >= MAX_VALUES as f64 {
            return Err(format!(
                "{} to {} in steps of {} is more than {MAX_VALUES} values: use a larger step.",
                self.from.trim(),
                self.to.trim(),
                self.step.trim()
            ));
        }
        let mut values: Vec<String> =
            (0..=steps as u32).map(|n| unit.write(from + f64::from(n) * step)).collect();
        values.dedup();
        Ok(values)
    }
}

/// The round step of at least this length.
fn step_for(unit: ParameterUnit, least: f64, is_whole: bool) -> f64 {
    const MINUTES: [f64; 8] = [0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0];
    let minute = 6e10;
    if unit == ParameterUnit::Duration && least > minute / 3.0 {
        let minutes = MINUTES.into_iter().map(|n| n * minute).find(|step| *step >= least);
        return minutes.unwrap_or((least / (60.0 * minute)).ceil() * 60.0 * minute);
    }
    let least = if is_whole { least.max(1.0) } else { least };
    let power = 10f64.powf(least.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].map(|n| n * power);
    // What is a hair too short for the last of the proposed values will do.
    round.into_iter().find(|step| *step >= least * 0.9).unwrap_or(power * 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use threadbare::gallery;
    use threadbare::language::{Document, Overrides, ParamKind};

    fn tunable(value: &str, min: Option<&str>, max: Option<&str>) -> Tunable {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Tunable {
            path: "params.p".to_owned(),
            label: "p".to_owned(),
            value: value.to_owned(),
            kind: ParamKind::Number,
            min: owned(min),
            max: owned(max),
            is_used: true,
            choices: Vec::new(),
        }
    }

    fn proposed(value: &str, min: Option<&str>, max: Option<&str>) -> String {
        let range = ParameterRangeFields::of(&tunable(value, min, max)).expect("it can be swept");
        format!("{}..{}..{}", range.from, range.to, range.step)
    }

    #[test]
    fn what_is_proposed_is_round_and_around_the_present_value() {
        assert_eq!(proposed("5", Some("1"), Some("20")), "1..20..1");
        assert_eq!(proposed("50", Some("1"), Some("1000")), "5..100..5");
        assert_eq!(proposed("0", Some("0"), None), "1..20..1");
        assert_eq!(proposed("3s", Some("100ms"), Some("60s")), "1s..12s..1s");
        assert_eq!(proposed("300s", Some("5s"), Some("600s")), "30s..10m..30s");
        assert_eq!(proposed("5/s", Some("0.1/s"), None), "1/s..20/s..1/s");
        assert_eq!(proposed("0.5", Some("0"), Some("1")), "0.05..1..0.05");
        assert!(ParameterRangeFields::of(&tunable("green", None, None)).is_none());
        assert!(ParameterRangeFields::of(&tunable("exp(2s)", None, None)).is_none());
    }

    #[test]
    fn the_whole_slider_is_swept_where_what_was_proposed_is_not_enough() {
        let wider = |value: &str, min, max| {
            let tunable = tunable(value, min, max);
            let range = ParameterRangeFields::of(&tunable).expect("it can be swept").wider(&tunable);
            range.map(|range| format!("{}..{}..{}", range.from, range.to, range.step))
        };
        assert_eq!(wider("50", Some("1"), Some("1000")), Some("50..1000..50".to_owned()));
        assert_eq!(wider("5", Some("1"), Some("20")), None, "it was all of it");
        let tunable = tunable("50", Some("1"), Some("1000"));
        let typed = ParameterRangeFields {
            to: "60".to_owned(),
            ..ParameterRangeFields::of(&tunable).expect("it can be swept")
        };
        assert_eq!(typed.wider(&tunable), None, "the person's own range stays");
    }

    #[test]
    fn every_proposal_in_the_gallery_is_accepted_and_its_values_are_read() {
        let mut ranges = 0;
        for entry in gallery::ENTRIES {
            let document = Document::parse(entry.name, entry.text).expect("the gallery is valid");
            for range in document.tunables("base").iter().filter_map(ParameterRangeFields::of) {
                ranges += 1;
                let values =
                    range.values().unwrap_or_else(|wrong| panic!("{}: {range:?}: {wrong}", entry.name));
                assert!(values.len() >= 2 && values.len() <= 41, "{}: {range:?}", entry.name);
                for value in [&values[0], &values[values.len() - 1]] {
                    let set = vec![(range.path.clone(), value.clone())];
                    let read = document.scenario("base", &Overrides { set, ..Overrides::default() });
                    assert!(read.is_ok(), "{}: {} = {value}: {:?}", entry.name, range.path, read.err());
                }
            }
        }
        assert!(ranges > 30, "only {ranges}");
    }

    #[test]
    fn a_slip_is_told_with_what_would_be_right() {
        let of = |from: &str, to: &str, step: &str| {
            let [from, to, step] = [from, to, step].map(str::to_owned);
            ParameterRangeFields { path: "p".to_owned(), label: "p".to_owned(), from, to, step }.values()
        };
        assert_eq!(of("1", "5", "2").as_deref(), Ok(&["1", "3", "5"].map(str::to_owned)[..]));
        assert_eq!(of("0.1", "0.3", "0.1").as_deref(), Ok(&["0.1", "0.2", "0.3"].map(str::to_owned)[..]));
        assert_eq!(of("1s", "1s", "1s").map(|values| values.len()), Ok(1));
        for (from, to, step) in [
            ("1", "5s", "1"),
            ("", "5", "1"),
            ("1", "5", "0"),
            ("9", "5", "1"),
            ("1", "1e12", "1"),
            ("1s", "5s", "2"),
        ] {
            assert!(of(from, to, step).is_err(), "{from} {to} {step}");
        }
    }
}
