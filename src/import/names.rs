//! Names of a recording as names of a scenario: letters, digits, `_` and `-`, each once.

use crate::language::is_name;
use std::collections::{BTreeMap, BTreeSet};

/// Longest name that is kept whole.
const MAX_LENGTH: usize = 48;

/// Gives each thing of one kind a name of its own.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
    given: BTreeMap<String, u32>,
}

impl Names {
    /// A free name that is as near to `wanted` as may be.
    pub fn give(&mut self, wanted: &str) -> String {
        let name = tidy(wanted);
        if self.taken.insert(name.clone()) {
            return name;
        }
        loop {
            let count = self.given.entry(name.clone()).or_insert(1);
            *count += 1;
            let candidate = format!("{name}_{count}");
            if self.taken.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
}

/// What is left of a name that only has what a scenario's names may have.
pub(super) fn tidy(wanted: &str) -> String {
    let mut name = String::new();
    for c in wanted.chars() {
        if c.is_ascii_alphanumeric() || c == '-' {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
        if name.len() >= MAX_LENGTH {
            break;
        }
    }
    let name = name.trim_matches(['_', '-']).to_owned();
    if name.is_empty() {
        "task".to_owned()
    } else if !is_name(&name) {
        format!("{name}_")
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("t{name}")
    } else {
        name
    }
}

/// The name without what tells one instance from another: `build#12` is `build`, `handle 0x7f12` is `handle`.
pub(super) fn kind_of(name: &str) -> &str {
    let mut kind = name.trim();
    loop {
        let shorter = without_number(kind);
        if shorter == kind || shorter.is_empty() {
            return kind;
        }
        kind = shorter;
    }
}

/// A function's name without where it stands: VizTracer calls one `handle (/srv/app.py:12)`.
pub(super) fn without_place(name: &str) -> &str {
    let place = |rest: &str| {
        let number = rest.strip_suffix(')').and_then(|rest| rest.rsplit_once(':'));
        number.is_some_and(|(_, line)| is_number(line))
    };
    match name.find(" (") {
        Some(at) if at > 0 && place(&name[at..]) => name[..at].trim_end(),
        _ => name,
    }
}

/// Cuts off one number at the end, with what sets it apart.
fn without_number(name: &str) -> &str {
    let bracketed = [('(', ')'), ('[', ']'), ('<', '>')].into_iter().find_map(|(open, close)| {
        let at = name.strip_suffix(close)?.rfind(open)?;
        is_number(&name[at + 1..name.len() - 1]).then(|| name[..at].trim_end())
    });
    if let Some(name) = bracketed {
        return name;
    }
    let Some(at) = name.rfind([' ', '#', ':', '=', '/']) else { return name };
    if is_number(&name[at + 1..]) { name[..at].trim_end_matches([' ', '#', ':', '=', '/']) } else { name }
}

/// A decimal number, a hexadecimal address, or a UUID.
fn is_number(text: &str) -> bool {
    let hex = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
    let uuid = text.len() == 36 && text.split('-').count() == 5 && text.split('-').all(hex);
    let decimal = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    decimal || uuid || text.strip_prefix("0x").is_some_and(hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tidy_and_differ() {
        let mut names = Names::default();
        let given = ["GET /v2/servers", "wait", "", "7zip", "build", "build", "build_2", "build", "日本"];
        let given: Vec<String> = given.into_iter().map(|name| names.give(name)).collect();
        let expected = [
            "GET_v2_servers",
            "wait_",
            "task",
            "t7zip",
            "build",
            "build_2",
            "build_2_2",
            "build_3",
            "task_2",
        ];
        assert_eq!(given, expected);
        assert!(given.iter().all(|name| is_name(name)));
    }

    #[test]
    fn what_tells_instances_apart_is_left_out() {
        for (name, kind) in [
            ("build#12", "build"),
            ("handle 0x7f12", "handle"),
            ("GET /servers/123", "GET /servers"),
            ("poll(3)", "poll"),
            ("stop 2a3b4c5d-0000-1111-2222-333344445555", "stop"),
            ("utf8", "utf8"),
            ("42", "42"),
            ("a/b", "a/b"),
        ] {
            assert_eq!(kind_of(name), kind, "{name}");
        }
    }
}
