//! Which of several variants that will do is preferred, by reasons that are said.
//!
//! Invariant: the order of the reasons is fixed, and stands in the text: whether it is certain that no order deadlocks, whether
//! an order was found that goes wrong otherwise, how many of the tried changes of a number break it, threads and memory at its peak, how long a run takes. What it takes to write a
//! variant, and to run it in production, is deliberately absent: nothing here knows that.

use crate::analysis::prose::plural;
use crate::analysis::review::{Review, ReviewedVariant};
use crate::analysis::verdict::DesignKind;
use crate::analysis::written;
use crate::model::expectation::Unit;
use crate::view::words::list;
use std::cmp::Ordering;

/// What speaks for a variant; less is better.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reasons {
    /// Not every order is known to be free of deadlocks.
    is_uncertain: bool,
    /// An order was found in which something else goes wrong: an update is lost, an expectation is missed, tasks stall.
    goes_wrong: bool,
    /// How many of the tried changes of a number break it.
    breaks: usize,
    /// Threads at its peak; `None` if that was not measured.
    threads: Option<f64>,
    /// Memory at its peak, in bytes.
    memory: Option<f64>,
    /// Until all is done, in seconds.
    makespan: Option<f64>,
}

impl Reasons {
    fn of(side: &ReviewedVariant) -> Reasons {
        let figure = |metric: &str| {
            let found = side.figures.iter().find(|figure| figure.metric == metric)?;
            Some(found.figure?.interval.mean)
        };
        let trials = side.sensitivity.iter().flat_map(|varied| &varied.trials);
        Reasons {
            is_uncertain: side.design.kind != DesignKind::CannotDeadlock,
            goes_wrong: side.counterexample.is_some(),
            breaks: trials.filter(|trial| is_for_the_worse(&trial.flips)).count(),
            threads: figure("threads.max"),
            memory: figure("memory.max"),
            makespan: figure("makespan"),
        }
    }

    fn compare(&self, other: &Reasons) -> Ordering {
        let less = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        self.is_uncertain
            .cmp(&other.is_uncertain)
            .then(self.goes_wrong.cmp(&other.goes_wrong))
            .then(self.breaks.cmp(&other.breaks))
            .then(less(self.threads, other.threads))
            .then(less(self.memory, other.memory))
            .then(less(self.makespan, other.makespan))
    }

    /// `none of the tried changes breaks it, 19 threads and 1.2 MiB at its peak`.
    fn words(&self, is_quick: bool) -> String {
        let mut said = Vec::new();
        if self.is_uncertain {
            said.push("not every order was explored".to_owned());
        }
        if self.goes_wrong {
            said.push("another order goes wrong".to_owned());
        }
        if !is_quick {
            said.push(match self.breaks {
                0 => "none of the tried changes breaks it".to_owned(),
                1 => "one of the tried changes breaks it".to_owned(),
                count => format!("{count} of the tried changes break it"),
            });
        }
        if let Some(threads) = self.threads {
            let words = plural(threads as usize, "thread");
            said.push(format!("{} {words} at its peak", written::figure(Unit::Count, threads)));
        }
        if let Some(memory) = self.memory {
            said.push(format!("{} of memory", written::figure(Unit::Bytes, memory)));
        }
        if let Some(makespan) = self.makespan {
            said.push(format!("all done in {}", written::figure(Unit::Seconds, makespan)));
        }
        said.join(", ")
    }
}

/// Which of the variants that will do is preferred and why, in a few sentences; `None` if there is no choice.
pub(super) fn preference(review: &Review, good: &[&ReviewedVariant]) -> Option<String> {
    let mut ranked: Vec<(&ReviewedVariant, Reasons)> =
        good.iter().map(|side| (*side, Reasons::of(side))).collect();
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
        "{first} The order of reasons is: certainly no deadlock, then no order that goes wrong otherwise, then {tried}fewest threads, then least memory, then the \
         shortest run. {}. What it takes \
         to write a variant and to run it in production is not known here; whoever weighs that may prefer another.",
        each.join("; ")
    ))
}

/// Whether something that held no longer does.
pub(super) fn is_for_the_worse(flips: &[String]) -> bool {
    flips.iter().any(|flip| !flip.ends_with(" is met") && !flip.contains("no longer deadlocks"))
}
