//! The command lines that replay a run or explore a variant, as a person types them into a shell.

use crate::selection::RunSelection;
use std::fmt::Write;
use threadbare::language::BASE;
use threadbare::model::scenario::Scenario;
use threadbare::study::schedule::Schedule;

/// What replays the run of this schedule.
pub fn replays(file: &str, scenario: &Scenario, which: &RunSelection, schedule: &Schedule) -> String {
    let mut line = begins("run", file, &scenario.variant, which);
    let _ = write!(line, " --schedule {} --timeline", quoted(&schedule.to_string()));
    line
}

/// What looks at every order of this variant.
pub fn explores(file: &str, variant: &str, which: &RunSelection) -> String {
    begins("explore", file, variant, which)
}

fn begins(command: &str, file: &str, variant: &str, which: &RunSelection) -> String {
    let mut line = format!("threadbare {command} {}", quoted(file));
    if variant != BASE {
        let _ = write!(line, " --variant {}", quoted(variant));
    }
    if let Some(seed) = which.seed {
        let _ = write!(line, " --seed {seed}");
    }
    for (name, value) in &which.set {
        let _ = write!(line, " --set {}", quoted(&format!("{name}={value}")));
    }
    line
}

/// As a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./=,+:".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_split_it() {
        assert_eq!(quoted("default.workers=6"), "default.workers=6");
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
        assert_eq!(quoted(""), "''");
    }
}
