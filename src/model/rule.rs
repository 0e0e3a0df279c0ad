//! The rules of `check`: a stable code and name for each kind of trouble that a design can come to.
//!
//! Invariant: a code that was released keeps its meaning; a rule that goes is not replaced by another under its code.
//! Deliberately absent: how trouble is found, and the pages that explain it (`analysis::shape::rules`).

use std::fmt;

/// One rule of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The document does not say what it should.
    DocumentProblem,
    /// Tasks of a pool wait for tasks of the same pool.
    SelfWait,
    /// Tasks of several pools wait for each other's.
    PoolRing,
    /// Locks or permits are taken in more than one order.
    LockOrder,
    /// A lock or permit is asked for by the task that holds it.
    LockTwice,
    /// A lock or permit is held over a wait for a worker that needs it.
    HeldOverWait,
    /// Workers wait for room in a queue that only they empty.
    FullQueue,
    /// Caps, buses or scheduler threads are part of a ring.
    IntakeRing,
    /// Green tasks keep their carriers while they wait for what needs one.
    PinnedCarriers,
    /// A task ends with a lock or permit that others need.
    NeverReleased,
    /// A task waits for what never comes.
    NeverComes,
    /// Tasks that never end occupy all workers of a pool.
    WorkersTaken,
    /// An order was found that is stuck, and the shape does not say why.
    UnexplainedOrder,
    /// Neither the shape nor the orders could be gone through.
    Undecided,
}

impl Rule {
    /// Every rule, in the order of the codes.
    pub const ALL: [Rule; 14] = [
        Rule::DocumentProblem,
        Rule::SelfWait,
        Rule::PoolRing,
        Rule::LockOrder,
        Rule::LockTwice,
        Rule::HeldOverWait,
        Rule::FullQueue,
        Rule::IntakeRing,
        Rule::PinnedCarriers,
        Rule::NeverReleased,
        Rule::NeverComes,
        Rule::WorkersTaken,
        Rule::UnexplainedOrder,
        Rule::Undecided,
    ];

    /// The code, for instance `TB001`.
    pub const fn code(self) -> &'static str {
        match self {
            Rule::DocumentProblem => "TB000",
            Rule::SelfWait => "TB001",
            Rule::PoolRing => "TB002",
            Rule::LockOrder => "TB003",
            Rule::LockTwice => "TB004",
            Rule::HeldOverWait => "TB005",
            Rule::FullQueue => "TB006",
            Rule::IntakeRing => "TB007",
            Rule::PinnedCarriers => "TB008",
            Rule::NeverReleased => "TB009",
            Rule::NeverComes => "TB010",
            Rule::WorkersTaken => "TB011",
            Rule::UnexplainedOrder => "TB012",
            Rule::Undecided => "TB013",
        }
    }

    /// The name, for instance `self-wait`.
    pub const fn name(self) -> &'static str {
        match self {
            Rule::DocumentProblem => "document-problem",
            Rule::SelfWait => "self-wait",
            Rule::PoolRing => "pool-ring",
            Rule::LockOrder => "lock-order",
            Rule::LockTwice => "lock-twice",
            Rule::HeldOverWait => "held-over-wait",
            Rule::FullQueue => "full-queue",
            Rule::IntakeRing => "intake-ring",
            Rule::PinnedCarriers => "pinned-carriers",
            Rule::NeverReleased => "never-released",
            Rule::NeverComes => "never-comes",
            Rule::WorkersTaken => "workers-taken",
            Rule::UnexplainedOrder => "unexplained-order",
            Rule::Undecided => "undecided",
        }
    }

    /// The rule of a code or a name, in any case.
    ///
    /// # Examples
    /// ```
    /// use threadbare::model::rule::Rule;
    ///
    /// assert_eq!(Rule::find("tb001"), Some(Rule::SelfWait));
    /// assert_eq!(Rule::find("lock-order"), Some(Rule::LockOrder));
    /// assert_eq!(Rule::find("TB999"), None);
    /// ```
    pub fn find(word: &str) -> Option<Rule> {
        let is_it =
            |rule: &Rule| word.eq_ignore_ascii_case(rule.code()) || word.eq_ignore_ascii_case(rule.name());
        Rule::ALL.into_iter().find(is_it)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.name())
    }
}

/// A rule that a document allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The rule that is allowed.
    pub rule: Rule,
    /// Why it does not matter here; empty if the document does not say.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_count_up_and_every_word_finds_its_rule() {
        for (number, rule) in Rule::ALL.into_iter().enumerate() {
            assert_eq!(rule.code(), format!("TB{number:03}"));
            assert_eq!(Rule::find(rule.code()), Some(rule));
            assert_eq!(Rule::find(rule.name()), Some(rule));
        }
    }
}
