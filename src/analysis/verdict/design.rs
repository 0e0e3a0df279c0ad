//! The second line of the verdict: what is known of a design over all its orders, and how it is known.
//!
//! Invariant: a design is said to deadlock only if a run or an order shows it, and not to only if every order was covered
//! or its shape allows no ring. Whoever knows less says less: no two readings of one design contradict each other.

use super::tone::Tone;
use crate::analysis::prose::{grouped, plural};
use crate::analysis::shape::Shape;
use crate::model::scenario::Scenario;
use serde::{Deserialize, Serialize};

/// What is known of a design, over all its orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DesignKind {
    /// No order can deadlock; every one was covered.
    CannotDeadlock,
    /// Some order deadlocks, and it can be shown.
    CanDeadlock,
    /// Not every order was covered, and none that was deadlocks.
    NotKnown,
    /// No task ever arrives. Whatever is said of all orders is true of it, and says nothing.
    NothingArrives,
}

/// The second line: this design.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignVerdict {
    /// What is known.
    pub kind: DesignKind,
    /// Some order waits for a timeout.
    pub can_stall: bool,
    /// One or two sentences: what is known, and what it is worth.
    pub text: String,
}

/// What the shape of a design says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShapeReading {
    /// It was not read, or has too many ways for tasks to come to be.
    #[default]
    Unknown,
    /// No task ever arrives.
    Empty,
    /// It has no ring: nothing can deadlock, whatever the order.
    Clear {
        /// It has one that a timeout breaks.
        can_stall: bool,
    },
    /// It has a ring: `may deadlock once 2 tasks are running: …`.
    Ring(String),
    /// It has a ring, and an order of just the tasks that it takes deadlocks.
    Shown(String),
}

impl ShapeReading {
    /// What `shape` says of `scenario`.
    pub fn of(shape: &Shape, scenario: &Scenario) -> ShapeReading {
        if !scenario.has_arrivals() {
            return ShapeReading::Empty;
        }
        let rings = || shape.hazards.iter().filter(|hazard| !hazard.stall);
        let shown = rings().find(|hazard| hazard.is_shown);
        match (shown, rings().next()) {
            (Some(hazard), _) => ShapeReading::Shown(hazard.headline(scenario)),
            (None, Some(hazard)) => ShapeReading::Ring(hazard.headline(scenario)),
            (None, None) if shape.known => ShapeReading::Clear { can_stall: !shape.hazards.is_empty() },
            (None, None) => ShapeReading::Unknown,
        }
    }
}

/// What was seen of the orders of a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// States looked at.
    pub states: usize,
    /// Those are all that can be reached, whatever the timings.
    pub is_complete: bool,
    /// They are all that can be reached with these timings.
    pub is_complete_as_timed: bool,
    /// In one of them tasks are blocked for ever.
    pub deadlocks: bool,
    /// In one of them only a timeout lets things go on.
    pub stalls: bool,
}

impl Coverage {
    /// What two looks at the orders of one design saw between them.
    pub fn with(self, other: Coverage) -> Coverage {
        Coverage {
            states: self.states.max(other.states),
            is_complete: self.is_complete || other.is_complete,
            is_complete_as_timed: self.is_complete_as_timed || other.is_complete_as_timed,
            deadlocks: self.deadlocks || other.deadlocks,
            stalls: self.stalls || other.stalls,
        }
    }
}

/// The runs that were made of a design.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeRuns {
    /// How many runs were made.
    pub count: usize,
    /// In how many of them tasks are blocked for ever.
    pub deadlocks: usize,
}

impl MadeRuns {
    /// One run, which deadlocks or does not.
    pub fn one(deadlocks: bool) -> MadeRuns {
        MadeRuns { count: 1, deadlocks: usize::from(deadlocks) }
    }
}

impl DesignVerdict {
    /// The verdict on a design: from its shape, the orders that were looked at (if any were) and the runs that were made.
    pub fn of(shape: &ShapeReading, coverage: Option<Coverage>, runs: MadeRuns) -> DesignVerdict {
        let covered = coverage.unwrap_or_default();
        let can_stall = covered.stalls || *shape == ShapeReading::Clear { can_stall: true };
        let stall = if can_stall { " It can stand still until a timeout expires." } else { "" };
        let (kind, text) = if *shape == ShapeReading::Empty {
            (DesignKind::NothingArrives, "It is judged once a task arrives.".to_owned())
        } else if runs.deadlocks > 0 {
            (DesignKind::CanDeadlock, runs.shown())
        } else if covered.deadlocks {
            (DesignKind::CanDeadlock, format!("Exploring {} found it.", counted(covered.states)))
        } else if covered.is_complete {
            let explored = match covered.states {
                1 => "Its only state was explored.".to_owned(),
                states => format!("All {} were explored.", counted(states)),
            };
            (DesignKind::CannotDeadlock, format!("{explored}{stall}"))
        } else {
            match shape {
                ShapeReading::Clear { can_stall: true } => {
                    let rings = "A timeout breaks every ring of waits.";
                    (DesignKind::CannotDeadlock, format!("{rings}{stall}"))
                }
                ShapeReading::Clear { can_stall: false } => {
                    (DesignKind::CannotDeadlock, format!("It has no circular wait.{stall}"))
                }
                ShapeReading::Shown(ring) => {
                    (DesignKind::CanDeadlock, format!("Exploring just these tasks confirms it: it {ring}."))
                }
                ShapeReading::Ring(ring) => (
                    DesignKind::NotKnown,
                    format!("{} Its shape warns that it {ring}.", looked(coverage, runs)),
                ),
                ShapeReading::Unknown | ShapeReading::Empty => (DesignKind::NotKnown, looked(coverage, runs)),
            }
        };
        DesignVerdict { kind, can_stall, text }
    }

    /// A few words: `cannot deadlock in any order`, `can deadlock`, `may deadlock, not known`, `nothing arrives`.
    pub fn word(&self) -> &'static str {
        match self.kind {
            DesignKind::CannotDeadlock => "cannot deadlock in any order",
            DesignKind::CanDeadlock => "can deadlock",
            DesignKind::NotKnown => "may deadlock, not known",
            DesignKind::NothingArrives => "nothing arrives",
        }
    }

    /// How it should look.
    pub fn tone(&self) -> Tone {
        match self.kind {
            DesignKind::CannotDeadlock if self.can_stall => Tone::Warning,
            DesignKind::CannotDeadlock => Tone::Good,
            DesignKind::CanDeadlock => Tone::Bad,
            DesignKind::NotKnown | DesignKind::NothingArrives => Tone::Warning,
        }
    }

    /// The whole line: `This design: can deadlock. This run shows it.`
    pub fn line(&self) -> String {
        format!("This design: {}. {}", self.word(), self.text)
    }
}

/// `1 state`, `1 320 states`.
fn counted(states: usize) -> String {
    format!("{} {}", grouped(states as u64), plural(states, "state"))
}

/// What was looked at, where nothing deadlocks and that proves nothing.
fn looked(coverage: Option<Coverage>, runs: MadeRuns) -> String {
    match (coverage.filter(|coverage| coverage.states > 0), runs.count) {
        (Some(coverage), _) => {
            let (states, were) =
                (counted(coverage.states), if coverage.states == 1 { "was" } else { "were" });
            let timed =
                if coverage.is_complete_as_timed { "With these timings no order deadlocks. " } else { "" };
            format!("{timed}{states} {were} explored and none deadlocks, but there are more.")
        }
        (None, 0) => "No order was explored.".to_owned(),
        (None, 1) => "Only this order was run.".to_owned(),
        (None, count) => {
            format!("None of {} runs deadlocks; other orders were not run.", grouped(count as u64))
        }
    }
}

impl MadeRuns {
    fn shown(self) -> String {
        let (count, deadlocks) = (grouped(self.count as u64), grouped(self.deadlocks as u64));
        match (self.count, self.deadlocks) {
            (1, _) => "This run shows it.".to_owned(),
            (_, 1) => format!("One of {count} runs shows it."),
            (all, shown) if all == shown => format!("All {count} runs show it."),
            _ => format!("{deadlocks} of {count} runs show it."),
        }
    }
}
