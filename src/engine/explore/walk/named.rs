//! Which keys may be named again: those that an arrival to come, or a submission, can call by their name.
//!
//! Keys that differ in nothing but their names are alike only if nobody comes who tells them apart by name. Invariant: says
//! "may" whenever a template could name the key, for submissions whatever the counts are.

use crate::engine::draw::hash_name;
use crate::engine::state::State;
use crate::model::id::ArrivalId;
use crate::model::scenario::{Scenario, render_key};
use std::collections::BTreeMap;

/// For each such key, a number for its name.
pub(super) fn again(s: &Scenario, st: &State) -> BTreeMap<u32, u64> {
    if st.keys.numbers.is_empty() {
        return BTreeMap::new();
    }
    let to_come = (0..).map(ArrivalId).zip(&s.arrivals).filter(|(entry, _)| !st.sources.is_ended(*entry));
    let arrivals =
        to_come.filter_map(|(entry, arrivals)| Some((arrivals.key.as_deref()?, st.sources.count(entry))));
    let submits = s.tasks.iter().flat_map(|task| &task.program.submits);
    let templates: Vec<(&str, u64)> =
        arrivals.chain(submits.filter_map(|submit| Some((submit.key.as_deref()?, 0)))).collect();
    let may_come = |name: &str| templates.iter().any(|(template, from)| names(template, *from, name));
    let keys = st.keys.numbers.iter().filter(|(name, _)| may_come(name));
    keys.map(|(name, number)| (*number, hash_name(name))).collect()
}

/// Whether the template comes to this name with a number from `from` on.
fn names(template: &str, from: u64, name: &str) -> bool {
    let Some((before, _)) = template.split_once("{n}") else { return template == name };
    let Some(rest) = name.strip_prefix(before) else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    // What follows the number may begin with digits.
    (1..=digits)
        .filter_map(|end| rest[..end].parse::<u64>().ok())
        .any(|n| n >= from && render_key(template, n) == name)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_template_names_what_it_comes_to() {
        assert!(names("k-{n}", 0, "k-0") && names("k-{n}", 3, "k-12"));
        assert!(!names("k-{n}", 1, "k-0") && !names("k-{n}", 0, "k-") && !names("k-{n}", 0, "k-01"));
        assert!(names("{n}0", 0, "10") && !names("{n}0", 0, "1") && names("{n}/{n}", 0, "2/2"));
        assert!(names("vm", 7, "vm") && !names("vm", 0, "vm0"));
    }
}
