//! The rule that each hazard falls under, and the pages that explain the rules.
//!
//! A page is Markdown of `docs/reference/rules/`, compiled in: *What it does*, *Why it is bad*, *Example*, *Use instead*.
//! A test holds the pages to their rules: the example shows it, and what to use instead does not.

use super::hazard::{Hazard, HazardKind};
use crate::model::rule::Rule;

impl Hazard {
    /// The rule that it falls under.
    pub fn rule(&self) -> Rule {
        match self.sort {
            HazardKind::SelfWait if self.is_kept() => Rule::WorkersTaken,
            HazardKind::SelfWait => Rule::SelfWait,
            HazardKind::PoolRing => Rule::PoolRing,
            HazardKind::LockOrder if self.is_kept() => Rule::NeverReleased,
            HazardKind::LockOrder if self.things.len() == 1 => Rule::LockTwice,
            HazardKind::LockOrder => Rule::LockOrder,
            HazardKind::HeldOverWait => Rule::HeldOverWait,
            HazardKind::FullQueue => Rule::FullQueue,
            HazardKind::Intake => Rule::IntakeRing,
            HazardKind::Pinned => Rule::PinnedCarriers,
            HazardKind::Kept => Rule::NeverReleased,
            HazardKind::NeverComes => Rule::NeverComes,
        }
    }
}

/// The page of a rule, as Markdown.
pub fn page(rule: Rule) -> &'static str {
    match rule {
        Rule::DocumentProblem => include_str!("../../../docs/reference/rules/document-problem.md"),
        Rule::SelfWait => include_str!("../../../docs/reference/rules/self-wait.md"),
        Rule::PoolRing => include_str!("../../../docs/reference/rules/pool-ring.md"),
        Rule::LockOrder => include_str!("../../../docs/reference/rules/lock-order.md"),
        Rule::LockTwice => include_str!("../../../docs/reference/rules/lock-twice.md"),
        Rule::HeldOverWait => include_str!("../../../docs/reference/rules/held-over-wait.md"),
        Rule::FullQueue => include_str!("../../../docs/reference/rules/full-queue.md"),
        Rule::IntakeRing => include_str!("../../../docs/reference/rules/intake-ring.md"),
        Rule::PinnedCarriers => include_str!("../../../docs/reference/rules/pinned-carriers.md"),
        Rule::NeverReleased => include_str!("../../../docs/reference/rules/never-released.md"),
        Rule::NeverComes => include_str!("../../../docs/reference/rules/never-comes.md"),
        Rule::WorkersTaken => include_str!("../../../docs/reference/rules/workers-taken.md"),
        Rule::UnexplainedOrder => include_str!("../../../docs/reference/rules/unexplained-order.md"),
        Rule::Undecided => include_str!("../../../docs/reference/rules/undecided.md"),
    }
}

/// The section of a rule's page under this heading, without the heading.
pub fn section(rule: Rule, heading: &str) -> &'static str {
    let opening = format!("## {heading}\n");
    let rest = page(rule).split_once(opening.as_str()).map_or("", |(_, rest)| rest);
    rest.split("\n## ").next().unwrap_or_default().trim()
}

/// What a rule does, on one line.
pub fn summary(rule: Rule) -> String {
    section(rule, "What it does").split_whitespace().collect::<Vec<_>>().join(" ")
}
