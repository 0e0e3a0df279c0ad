//! Distributions as a document writes them: `exp(2s)`, `choice(1s: 0.9, 10s: 0.1)`; and back.

use super::names::nearest;
use super::quantity::{duration_text, finite, plain_number};
use super::text::TextError;
use crate::model::distribution::Distribution;
use crate::model::time::Duration;
use std::ops::Range;

/// The names of distributions and how each is written.
pub(super) const FORMS: [(&str, &str); 8] = [
    ("exp", "exp(2s)"),
    ("uniform", "uniform(1s, 3s)"),
    ("normal", "normal(2s, 500ms)"),
    ("lognormal", "lognormal(median 2s, p99 10s)"),
    ("erlang", "erlang(3, 2s)"),
    ("pareto", "pareto(1s, 1.5)"),
    ("choice", "choice(1s: 0.9, 10s: 0.1)"),
    ("trace", "trace(0.5s 0.7s 0.4s)"),
];

/// Most stages of `erlang`: each costs a draw.
const MAX_STAGES: u64 = 1_000;

/// A part of the text being read and where it begins.
#[derive(Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Part<'a> {
    fn trimmed(self) -> Part<'a> {
        let text = self.text.trim_start();
        Part { text: text.trim_end(), start: self.start + self.text.len() - text.len() }
    }

    fn split(self, separator: impl Fn(char) -> bool) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        let mut start = 0;
        for (at, c) in self.text.char_indices() {
            if separator(c) {
                parts.push(Part { text: &self.text[start..at], start: self.start + start }.trimmed());
                start = at + c.len_utf8();
            }
        }
        parts.push(Part { text: &self.text[start..], start: self.start + start }.trimmed());
        parts
    }

    fn range(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    fn mistake(self, message: impl Into<String>) -> TextError {
        TextError::new(self.range(), message)
    }

    fn finite(self) -> Result<Duration, TextError> {
        finite(self.text).map_err(|mistake| mistake.shifted(self.start))
    }

    fn longer_than_zero(self) -> Result<Duration, TextError> {
        let read = self.finite()?;
        if read == Duration::ZERO { Err(self.mistake("must be longer than 0 s")) } else { Ok(read) }
    }
}

/// Reads a duration (also `forever`) or a distribution.
pub(super) fn parse(text: &str) -> Result<Distribution, TextError> {
    let whole = Part { text, start: 0 };
    let Some(open) = text.find('(') else {
        return super::quantity::duration(text).map(Distribution::Fixed).map_err(|mut mistake| {
            if nearest_form(text).is_some() {
                mistake.help = Some(format!("a distribution takes parameters: {}", form_like(text)));
            }
            mistake
        });
    };
    let name = &text[..open];
    let Some(inner) = text[open + 1..].strip_suffix(')') else {
        return Err(whole.mistake("the bracket of this distribution is not closed").help(form_like(name)));
    };
    let inner = Part { text: inner, start: open + 1 };
    if let Some(extra) = inner.text.find(['(', ')']) {
        let at = inner.start + extra;
        return Err(TextError::new(at..at + 1, "a distribution cannot contain brackets"));
    }
    match name {
        "exp" => exponential(whole, inner),
        "uniform" => uniform(whole, inner),
        "normal" => normal(whole, inner),
        "lognormal" => lognormal(whole, inner),
        "erlang" => erlang(whole, inner),
        "pareto" => pareto(whole, inner),
        "choice" => choice(inner),
        "trace" => trace(inner),
        _ => {
            let known: Vec<&str> = FORMS.iter().map(|(name, _)| *name).collect();
            let mistake = TextError::new(0..open, format!("there is no distribution `{name}`"));
            Err(match nearest(name, known.iter().copied()) {
                Some(near) => mistake.help(format!("did you mean `{}`?", form_like(near))),
                None => mistake.help(format!("there are {}", known.join(", "))),
            })
        }
    }
}

fn nearest_form(name: &str) -> Option<&'static str> {
    nearest(name, FORMS.iter().map(|(name, _)| *name))
}

fn form_like(name: &str) -> String {
    let near = nearest_form(name).unwrap_or("exp");
    FORMS.iter().find(|(name, _)| *name == near).map_or_else(String::new, |(_, form)| (*form).to_owned())
}

/// Exactly `N` arguments, separated by commas.
fn arguments<'a, const N: usize>(
    whole: Part<'_>,
    inner: Part<'a>,
    form: &str,
) -> Result<[Part<'a>; N], TextError> {
    let parts = inner.split(|c| c == ',');
    let found = parts.len();
    parts.try_into().map_err(|_| {
        let plural = if N == 1 { "" } else { "s" };
        whole.mistake(format!("takes {N} argument{plural}, not {found}")).help(form_like(form))
    })
}

fn exponential(whole: Part<'_>, inner: Part<'_>) -> Result<Distribution, TextError> {
    let [mean] = arguments(whole, inner, "exp")?;
    Ok(Distribution::Exponential { mean: mean.longer_than_zero()?.0 as f64 })
}

fn uniform(whole: Part<'_>, inner: Part<'_>) -> Result<Distribution, TextError> {
    let [low, high] = arguments(whole, inner, "uniform")?;
    let (least, greatest) = (low.finite()?, high.finite()?);
    if least > greatest {
        let message = format!("the smallest value {} is above the largest {}", low.text, high.text);
        return Err(inner.trimmed().mistake(message).help(form_like("uniform")));
    }
    Ok(Distribution::Uniform { low: least, high: greatest })
}

fn normal(whole: Part<'_>, inner: Part<'_>) -> Result<Distribution, TextError> {
    let [mean, deviation] = arguments(whole, inner, "normal")?;
    Ok(Distribution::Normal { mean: mean.finite()?.0 as f64, deviation: deviation.finite()?.0 as f64 })
}

fn lognormal(whole: Part<'_>, inner: Part<'_>) -> Result<Distribution, TextError> {
    let [first, second] = arguments(whole, inner, "lognormal")?;
    let median = labelled(first, "median")?;
    let p99 = labelled(second, "p99")?;
    let (middle, high) = (median.longer_than_zero()?, p99.finite()?);
    if high <= middle {
        let message = format!("the 99th percentile {} is not above the median {}", p99.text, median.text);
        return Err(p99.mistake(message).help(form_like("lognormal")));
    }
    Ok(Distribution::lognormal(middle, high))
}

/// The value behind a word such as `median`.
fn labelled<'a>(part: Part<'a>, label: &str) -> Result<Part<'a>, TextError> {
    match part.text.strip_prefix(label) {
        Some(rest) if rest.starts_with(char::is_whitespace) => {
            Ok(Part { text: rest, start: part.start + label.len() }.trimmed())
        }
        Some(_) | None => {
            Err(part.mistake(format!("should begin with the word `{label}`")).help(form_like("lognormal")))
        }
    }
}

fn erlang(whole: Part<'_>, inner: Part<'_>) -> Result<Distribution, TextError> {
    let [stages, mean] = arguments(whole, inner, "erlang")?;
    let count = match stages.text.parse::<u64>() {
        Ok(count) if (1..=MAX_STAGES).contains(&count) => count as u32,
        Ok(_) | Err(_) => {
            let message = format!("the number of stages must be a whole number from 1 to {MAX_STAGES}");
            return Err(stages.mistake(message).help(form_like("erlang")));
        }
    };
    Ok(Distribution::Erlang { stages: count, mean: mean.longer_than_zero()?.0 as f64 })
}

fn pareto(whole: Part<'_>, inner: Part<'_>) -> Result<Distribution, TextError> {
    let [scale, shape] = arguments(whole, inner, "pareto")?;
    match plain_number(shape.text) {
        Some(index) if index > 0.0 => {
            Ok(Distribution::Pareto { scale: scale.longer_than_zero()?.0 as f64, shape: index })
        }
        Some(_) | None => Err(shape.mistake("the shape must be a number above 0").help(form_like("pareto"))),
    }
}

fn choice(inner: Part<'_>) -> Result<Distribution, TextError> {
    let mut choices = Vec::new();
    for part in inner.split(|c| c == ',') {
        let pair = part.split(|c| c == ':');
        let [value, weight] = pair[..] else {
            return Err(part.mistake("should be a duration, a colon and a weight").help(form_like("choice")));
        };
        match plain_number(weight.text) {
            Some(number) if number > 0.0 => choices.push((value.finite()?, number)),
            Some(_) | None => {
                return Err(weight.mistake("a weight must be a number above 0").help(form_like("choice")));
            }
        }
    }
    if !choices.iter().map(|(_, weight)| weight).sum::<f64>().is_finite() {
        return Err(inner.mistake("the sum of the weights is too large").help(form_like("choice")));
    }
    Ok(Distribution::Choice(choices))
}

fn trace(inner: Part<'_>) -> Result<Distribution, TextError> {
    let mut values = Vec::new();
    for part in inner.split(|c| c.is_whitespace() || c == ',') {
        if !part.text.is_empty() {
            values.push(part.finite()?);
        }
    }
    if values.is_empty() {
        return Err(inner.mistake("needs at least one duration").help(form_like("trace")));
    }
    Ok(Distribution::Trace(values))
}

/// Writes a distribution so that it reads back as the same one.
pub(super) fn distribution_text(distribution: &Distribution) -> String {
    let nanos = |nanos: f64| duration_text(Duration(nanos as u64));
    match distribution {
        Distribution::Fixed(value) => duration_text(*value),
        Distribution::Exponential { mean } => format!("exp({})", nanos(*mean)),
        Distribution::Uniform { low, high } => {
            format!("uniform({}, {})", duration_text(*low), duration_text(*high))
        }
        Distribution::Normal { mean, deviation } => {
            format!("normal({}, {})", nanos(*mean), nanos(*deviation))
        }
        Distribution::LogNormal { mu, sigma } => lognormal_text(*mu, *sigma),
        Distribution::Erlang { stages, mean } => format!("erlang({stages}, {})", nanos(*mean)),
        Distribution::Pareto { scale, shape } => format!("pareto({}, {shape})", nanos(*scale)),
        Distribution::Choice(choices) => {
            let write = |(value, weight): &(Duration, f64)| format!("{}: {weight}", duration_text(*value));
            format!("choice({})", choices.iter().map(write).collect::<Vec<_>>().join(", "))
        }
        Distribution::Trace(values) => {
            format!("trace({})", values.iter().map(|v| duration_text(*v)).collect::<Vec<_>>().join(" "))
        }
    }
}

/// Median and percentile are whole nanoseconds, the model keeps their logarithms: what reads back as
/// the same logarithms is near what they stand for.
fn lognormal_text(mu: f64, sigma: f64) -> String {
    const Z99: f64 = 2.326_347_874_040_840_8;
    const REACH: u64 = 8;
    let near = |value: f64| {
        let middle = libm::round(value) as u64;
        middle.saturating_sub(REACH).max(1)..=middle.saturating_add(REACH)
    };
    let write = |median: u64, p99: u64| {
        format!("lognormal(median {}, p99 {})", duration_text(Duration(median)), duration_text(Duration(p99)))
    };
    for median in near(libm::exp(mu)).filter(|median| libm::log(*median as f64) == mu) {
        for p99 in near(libm::exp(mu + sigma * Z99)).filter(|p99| *p99 > median) {
            let same = Distribution::lognormal(Duration(median), Duration(p99));
            if same == (Distribution::LogNormal { mu, sigma }) {
                return write(median, p99);
            }
        }
    }
    write(*near(libm::exp(mu)).start(), libm::round(libm::exp(mu + sigma * Z99)) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_reads_and_reads_back() {
        for (_, form) in FORMS {
            let read = parse(form).unwrap();
            assert_eq!(parse(&distribution_text(&read)), Ok(read), "{form}");
        }
        assert_eq!(
            parse("lognormal(median 2s, p99 10s)"),
            Ok(Distribution::lognormal(Duration(2_000_000_000), Duration(10_000_000_000),))
        );
    }

    #[test]
    fn a_mistake_points_at_its_part() {
        for (text, part) in [
            ("uniform(3s, 1s)", "3s, 1s"),
            ("erlang(0, 2s)", "0"),
            ("choice(1s: 0.9, 10s: -1)", "-1"),
            ("pareto(1s, 0)", "0"),
            ("lognormal(median 2s, p99 1s)", "1s"),
            ("unifrom(1s, 3s)", "unifrom"),
            ("exp(2)", "2"),
            ("trace()", ""),
        ] {
            let mistake = parse(text).unwrap_err();
            assert_eq!(&text[mistake.at.clone()], part, "{text}: {}", mistake.message);
        }
    }
}
