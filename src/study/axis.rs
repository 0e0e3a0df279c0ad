//! The values that a parameter is swept over: `pool=1..20`, `network_time=1s,2s,5s`.

use std::collections::BTreeSet;

/// More values than this are surely a slip.
const MAX_VALUES: usize = 10_000;

/// One parameter and the values that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweepAxis {
    /// A param or a path: `pool`, `default.workers`.
    pub path: String,
    /// Its values as a document writes them, in order.
    pub values: Vec<String>,
}

impl SweepAxis {
    /// Reads `NAME=VALUES`: values or ranges of whole numbers with commas between them. `1..20` has both
    /// ends, `10..100..10` goes in steps of ten, as in a shell's braces. A value that comes again counts once.
    ///
    /// # Errors
    /// What is wrong, in one sentence without a full stop.
    pub fn parse(text: &str) -> Result<SweepAxis, String> {
        let (path, values) =
            text.split_once('=').ok_or("expected NAME=VALUES, for instance pool=1..20 or pool=5,10,20")?;
        let path = path.trim();
        if path.is_empty() {
            return Err("the name before `=` is missing".to_owned());
        }
        // Each cell is a line of a file.
        if text.contains(char::is_control) {
            return Err("a line break or another control character is not allowed in it".to_owned());
        }
        let mut axis = SweepAxis { path: path.to_owned(), values: Vec::new() };
        for item in items(values) {
            let item = item.trim();
            if item.is_empty() {
                return Err(format!("a value is missing in `{values}`"));
            }
            match range(item)? {
                Some(numbers) => axis.values.extend(numbers.map(|number| number.to_string())),
                None => axis.values.push(item.to_owned()),
            }
            if axis.values.len() > MAX_VALUES {
                return Err(format!("`{values}` has more than {MAX_VALUES} values"));
            }
        }
        let mut seen = BTreeSet::new();
        axis.values.retain(|value| seen.insert(value.clone()));
        Ok(axis)
    }
}

/// A path without what may be left out, so that two names of one parameter are equal: `default.workers` for
/// `executors.default.workers`.
pub(super) fn short(path: &str) -> &str {
    ["params.", "executors."].into_iter().find_map(|table| path.strip_prefix(table)).unwrap_or(path)
}

/// The parts between commas; those in brackets belong to a distribution.
fn items(text: &str) -> Vec<&str> {
    let (mut items, mut from, mut depth) = (Vec::new(), 0, 0_u32);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                items.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    items.push(&text[from..]);
    items
}

fn range(item: &str) -> Result<Option<impl Iterator<Item = u64> + use<>>, String> {
    let Some((first, rest)) = item.split_once("..") else { return Ok(None) };
    let (last, step) = rest.split_once("..").unwrap_or((rest, "1"));
    let number = |text: &str| {
        let text = text.trim();
        text.parse::<u64>().map_err(|_| format!("`{text}` in the range `{item}` is not a whole number"))
    };
    let (first, last, step) = (number(first)?, number(last)?, number(step)?);
    if step == 0 || last < first {
        return Err(format!("the range `{item}` is empty: it is written FIRST..LAST or FIRST..LAST..STEP"));
    }
    let step = usize::try_from(step).map_err(|_| format!("the step of `{item}` is too large"))?;
    Ok(Some((first..=last).step_by(step).take(MAX_VALUES + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        SweepAxis::parse(text).unwrap_or_else(|wrong| panic!("{text}: {wrong}")).values
    }

    #[test]
    fn lists_and_ranges_may_be_mixed() {
        assert_eq!(values("pool=1..4"), ["1", "2", "3", "4"]);
        assert_eq!(values("default.workers = 1..3, 8,10..30..10"), ["1", "2", "3", "8", "10", "20", "30"]);
        assert_eq!(values("t=1s,uniform(1s, 3s)"), ["1s", "uniform(1s, 3s)"]);
        assert_eq!(values("kind=threads,green"), ["threads", "green"]);
        assert_eq!(values("pool=8,1..3,2..4"), ["8", "1", "2", "3", "4"]);
    }

    #[test]
    fn slips_are_told() {
        for text in ["pool", "=1", "pool=", "pool=1,,2", "pool=5..1", "pool=1..x", "pool=1..9..0"] {
            assert!(SweepAxis::parse(text).is_err(), "{text}");
        }
        assert!(SweepAxis::parse("t=uniform(1s,\n2s)").is_err());
        assert!(SweepAxis::parse("pool=0..18446744073709551615").is_err());
    }
}
