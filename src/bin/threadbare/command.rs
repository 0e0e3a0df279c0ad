//! The command lines that replay a run or explore a variant, as a person types them into a shell.

use crate::selection::RunSelection;
use std::fmt::Write;
use threadbare::language::BASE;
use threadbare::model::scenario::Scenario;
use threadbare::study::schedule::Schedule;
use threadbare::view::shell::quoted;

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

/// What looks for a stall that the plain search did not come to: it is soonest found where timeouts come last.
pub fn explores_with_timeouts_last(file: &str, variant: &str, which: &RunSelection) -> String {
    format!("{} --timeouts-last", explores(file, variant, which))
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
