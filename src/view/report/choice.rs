//! Which of several variants that will do is preferred, by reasons that are said.
//!
//! Invariant: the order of the reasons is fixed, and stands in the text: whether it is certain that no order deadlocks, whether
//! an order was found that goes wrong otherwise, how many tasks fail, how many of the tried changes of a number break it, how many threads and how
//! much memory it is configured to have, how long a run takes. What it takes to write a
//! variant, and to run it in production, is deliberately absent: nothing here knows that.

use crate::analysis::prose::{grouped, plural};
use crate::analysis::review::{Review, ReviewedVariant};
use crate::analysis::verdict::DesignKind;
use crate::analysis::written;
use crate::model::expectation::Unit;
use crate::view::words::list;
use std::cmp::Ordering;

/// What speaks for a variant; less is better.
#[derive(Clone, Copy, Debug, PartialEq)]
struct VariantRankingKey {
    /// Not every order is known to be free of deadlocks.
    is_uncertain: bool,
    /// An order was found in which something else goes wrong: an update is lost, an expectation is missed, tasks stall.
    goes_wrong: bool,
    /// Tasks that fail or are refused in a run, on average.
    undone: f64,
    /// How many of the tried changes of a number break it.
    breaks: usize,
    /// Threads that it may have; `None` without a bound.
    threads: Option<u64>,
    /// Memory that its workers may have, in bytes; `None` without a bound.
    memory: Option<u64>,
    /// Until all is done, in seconds.
    makespan: Option<f64>,
}

impl VariantRankingKey {
    fn of(side: &ReviewedVariant) -> VariantRankingKey {
        let figure = |metric: &str| {
            let found = side.figures.iter().find(|figure| figure.metric == metric)?;
            Some(found.figure?.interval.mean)
        };
        let trials = side.sensitivity.iter().flat_map(|varied| &varied.trials);
        VariantRankingKey {
            is_uncertain: side.design.kind != DesignKind::CannotDeadlock,
            goes_wrong: side.counterexample.is_some(),
            undone: ["failed", "rejected"].into_iter().filter_map(figure).fold(0.0, f64::max),
            breaks: trials.filter(|trial| is_for_the_worse(&trial.flips)).count(),
            threads: side.configured.threads,
            memory: side.configured.memory,
            makespan: figure("makespan"),
        }
    }

    fn compare(&self, other: &VariantRankingKey) -> Ordering {
        let shorter = |a: f64, b: f64| a.total_cmp(&b);
        self.is_uncertain
            .cmp(&other.is_uncertain)
            .then(self.goes_wrong.cmp(&other.goes_wrong))
            .then(self.undone.total_cmp(&other.undone))
            .then(self.breaks.cmp(&other.breaks))
            .then(less(self.threads, other.threads, |a, b| a.cmp(&b)))
            .then(less(self.memory, other.memory, |a, b| a.cmp(&b)))
            .then(less(self.makespan, other.makespan, shorter))
    }

    /// `none of the tried changes breaks it, 19 threads, 1.2 MiB of memory`.
    fn words(&self, is_quick: bool) -> String {
        let mut said = Vec::new();
        if self.is_uncertain {
            said.push("not every order was explored".to_owned());
        }
        if self.goes_wrong {
            said.push("another order goes wrong".to_owned());
        }
        if self.undone > 0.0 {
            said.push(format!(
                "{} tasks of a run fail or are refused",
                written::figure(Unit::Count, libm::round(self.undone * 10.0) / 10.0)
            ));
        }
        if !is_quick {
            said.push(match self.breaks {
                0 => "none of the tried changes breaks it".to_owned(),
                1 => "one of the tried changes breaks it".to_owned(),
                count => format!("{count} of the tried changes break it"),
            });
        }
        said.push(match self.threads {
            Some(threads) => format!("{} {}", grouped(threads), plural(threads as usize, "thread")),
            None => "threads without bound".to_owned(),
        });
        if let Some(memory) = self.memory {
            said.push(format!("{} of memory", written::figure(Unit::Bytes, memory as f64)));
        }
        if let Some(makespan) = self.makespan {
            said.push(format!("a run takes {}", written::figure(Unit::Seconds, makespan)));
        }
        said.join(", ")
    }
}

/// The lesser of two figures comes first, and what has none comes last.
fn less<T>(a: Option<T>, b: Option<T>, compare: impl Fn(T, T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => compare(a, b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// Which of the variants that will do is preferred and why, in a few sentences; `None` if there is no choice.
pub(super) fn preference(review: &Review, good: &[&ReviewedVariant]) -> Option<String> {
    let mut ranked: Vec<(&ReviewedVariant, VariantRankingKey)> =
        good.iter().map(|side| (*side, VariantRankingKey::of(side))).collect();
    // Stable: of equals the one that was named first comes first.
    ranked.sort_by(|(_, a), (_, b)| a.compare(b));
    let [(_, best), (_, next), ..] = ranked.as_slice() else { return None };
    let named = |side: &ReviewedVariant| format!("`{}`", side.variant);
    let first = match best.compare(next) {
        Ordering::Equal => {
            let equal = ranked.iter().filter(|(_, reasons)| reasons.compare(best).is_eq());
            let equal: Vec<String> = equal.map(|(side, _)| named(side)).collect();
            format!("nothing measured here sets {} apart.", list(&equal))
        }
        Ordering::Less | Ordering::Greater => format!("{}.", named(ranked[0].0)),
    };
    let each: Vec<String> = ranked
        .iter()
        .map(|(side, reasons)| format!("{}: {}", named(side), reasons.words(review.is_quick)))
        .collect();
    let tried = if review.is_quick { "" } else { "fewest changes of a number that break it, then " };
    Some(format!(
        "{first} The order of reasons is: certainly no deadlock, then no order found in which an update is lost, an expectation missed or tasks stall, then fewest tasks that fail or are refused, then {tried}fewest threads and then least memory that it may have as it is configured, then the \
         shortest run. {}. What it takes \
         to write a variant and to run it in production is not known here; whoever weighs that may prefer another.",
        each.join("; ")
    ))
}

/// Whether something that held no longer does.
pub(super) fn is_for_the_worse(flips: &[String]) -> bool {
    flips.iter().any(|flip| !flip.ends_with(" is met") && !flip.contains("no longer deadlocks"))
}
