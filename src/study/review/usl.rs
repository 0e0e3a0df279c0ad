//! The Universal Scalability Law beside what a server did in a run, and where the law breaks for it.
//!
//! With contention σ and coherency κ, N jobs together are N / (1 + σ(N − 1) + κN(N − 1)) times as fast as one alone. That is
//! greatest at N = √((1 − σ) / κ), and slower beyond: retrograde (N. J. Gunther, *Guerrilla Capacity Planning*, 2007, 4.2
//! and 4.4). Divergence: here a server is no faster than its capacity.
//!
//! Invariant: only said of servers that lose speed to each other's jobs; σ = κ = 0 is processor sharing and no law.

use crate::analysis::prose::plural;
use crate::analysis::review::{RuleKind, RuleOfThumb};
use crate::analysis::serving::Serving;
use crate::analysis::written;
use crate::model::scenario::Scenario;
use crate::model::shared::BILLION;

/// What the law is called.
const NAME: &str = "Universal Scalability Law";

/// What the law says of a server, and what was simulated; `None` for one whose jobs do not slow each other.
pub(super) fn rule(scenario: &Scenario, serving: &Serving) -> Option<RuleOfThumb> {
    let [contention, coherency] =
        [serving.law.contention, serving.law.coherency].map(|billionths| billionths as f64 / BILLION as f64);
    if contention == 0.0 && coherency == 0.0 {
        return None;
    }
    let best = FastestConcurrency::of(serving, contention, coherency);
    let (peak, number) = (serving.peak, |value: f64| written::number(libm::round(value * 100.0) / 100.0));
    let simulated = match peak {
        0 => "no job was there".to_owned(),
        _ => format!(
            "{} at once on average while there are any, {peak} at most: {} times the speed of one, {} with {peak}",
            number(serving.mean),
            number(serving.speed),
            number(serving.speed_of(peak))
        ),
    };
    Some(RuleOfThumb {
        kind: RuleKind::Model,
        name: NAME.to_owned(),
        executor: scenario.shared[serving.server.index()].name.clone(),
        formula: "speed of N jobs = N / (1 + σ × (N − 1) + κ × N × (N − 1)), greatest at N = √((1 − σ) / κ)"
            .to_owned(),
        applies: true,
        says: best.says(contention, coherency, serving),
        simulated,
        breaks: format!(
            "{} It is of the server alone: not of how long callers wait for their turn, nor of work that nobody waits for \
             any more.",
            best.reach(serving)
        ),
        source: "N. J. Gunther, Guerrilla Capacity Planning, 2007, 4.2".to_owned(),
    })
}

/// The number of jobs with which a server is fastest.
#[derive(Clone, Copy, Debug, PartialEq)]
enum FastestConcurrency {
    /// That many; more make it slower.
    Top(u32),
    /// As many as there are: it comes close to a bound and never to a top.
    None,
}

impl FastestConcurrency {
    fn of(serving: &Serving, contention: f64, coherency: f64) -> FastestConcurrency {
        if coherency == 0.0 {
            return if contention < 1.0 { FastestConcurrency::None } else { FastestConcurrency::Top(1) };
        }
        let top = libm::sqrt((1.0 - contention).max(0.0) / coherency);
        // Saturates: more than that many jobs are none that a run has.
        let low = (libm::floor(top) as u32).max(1);
        let is_higher = law(low.saturating_add(1), contention, coherency) > law(low, contention, coherency);
        let top = if is_higher { low.saturating_add(1) } else { low };
        // From where the capacity bounds the speed, more jobs are no faster.
        let bounded = (1..=top.min(serving.law.capacity.saturating_mul(8)))
            .find(|jobs| law(*jobs, contention, coherency) >= f64::from(serving.law.capacity));
        FastestConcurrency::Top(bounded.unwrap_or(top))
    }

    fn says(self, contention: f64, coherency: f64, serving: &Serving) -> String {
        let number = |value: f64| written::number(libm::round(value * 100.0) / 100.0);
        match self {
            FastestConcurrency::Top(jobs) => format!(
                "with σ = {contention} and κ = {coherency} it is fastest with {jobs} {} at once, {} times the speed of one",
                plural(jobs as usize, "job"),
                number(serving.speed_of(jobs))
            ),
            FastestConcurrency::None => format!(
                "with σ = {contention} and κ = 0 it is never faster than 1 / σ = {} times the speed of one, however many \
                 jobs there are",
                number(1.0 / contention)
            ),
        }
    }

    /// Whether the run comes to where the law bends.
    fn reach(self, serving: &Serving) -> String {
        match self {
            FastestConcurrency::Top(top) if serving.peak > top => format!(
                "The run has more than {top} at once: every further job makes all of them slower, and a bound on how many \
                 are let in makes it faster."
            ),
            FastestConcurrency::Top(top) if serving.peak < top => {
                format!("The run never has {top} at once: what the law says of more was not simulated.")
            }
            FastestConcurrency::Top(top) => format!("The run has {top} at once and no more."),
            FastestConcurrency::None => "Without coherency it has no best number.".to_owned(),
        }
    }
}

/// The speed of `jobs` jobs together by the law alone, without a capacity.
fn law(jobs: u32, contention: f64, coherency: f64) -> f64 {
    let n = f64::from(jobs);
    n / (1.0 + contention * (n - 1.0) + coherency * n * (n - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::serving::serving;
    use crate::language::{BASE, Document, Overrides};
    use crate::study::run::run;

    fn of(server: &str, jobs: u32) -> Option<RuleOfThumb> {
        let text = format!(
            "executors.pool = {{ kind = \"threads\", workers = 500 }}\nservers.database = {{ {server} }}\n\
             tasks.query.steps = [\"use database 1s\"]\narrivals = [{{ task = \"query\", to = \"pool\", count = {jobs} }}]\n"
        );
        let document = Document::parse("usl.toml", &text).unwrap_or_else(|problems| panic!("{problems}"));
        let scenario = document.scenario(BASE, &Overrides::default()).expect("it is sound");
        let trace = run(std::sync::Arc::new(scenario));
        rule(&trace.scenario, &serving(&trace)[0])
    }

    #[test]
    fn the_law_stands_beside_what_the_server_did() {
        // Gunther: N = √((1 − 0.02) / 0.0002) = 70, where 70 / (1 + 0.02 × 69 + 0.0002 × 70 × 69) = 20.92; a hundred jobs
        // together are 100 / (1 + 1.98 + 1.98) = 20.16 times as fast as one: 4.96 s for all of them.
        let rule = of("capacity = 64, contention = 0.02, coherency = 0.0002", 100).expect("it loses speed");
        insta::assert_snapshot!(format!("{}\n{}\n{}", rule.says, rule.simulated, rule.breaks), @"
        with σ = 0.02 and κ = 0.0002 it is fastest with 70 jobs at once, 20.92 times the speed of one
        100 at once on average while there are any, 100 at most: 20.16 times the speed of one, 20.16 with 100
        The run has more than 70 at once: every further job makes all of them slower, and a bound on how many are let in makes it faster. It is of the server alone: not of how long callers wait for their turn, nor of work that nobody waits for any more.
        ");
    }

    #[test]
    fn a_capacity_bounds_it_and_without_coherency_there_is_no_best_number() {
        // 8 / (1 + 0.001 × 7) < 8: nine jobs reach the capacity.
        let bounded = of("capacity = 8, contention = 0.001, coherency = 0.0001", 4).expect("it loses speed");
        let endless = of("capacity = 64, contention = 0.05", 3).expect("it loses speed");
        insta::assert_snapshot!(format!("{}\n{}\n{}\n{}", bounded.says, bounded.breaks, endless.says, endless.simulated), @"
        with σ = 0.001 and κ = 0.0001 it is fastest with 9 jobs at once, 8 times the speed of one
        The run never has 9 at once: what the law says of more was not simulated. It is of the server alone: not of how long callers wait for their turn, nor of work that nobody waits for any more.
        with σ = 0.05 and κ = 0 it is never faster than 1 / σ = 20 times the speed of one, however many jobs there are
        3 at once on average while there are any, 3 at most: 2.73 times the speed of one, 2.73 with 3
        ");
        assert_eq!(of("capacity = 8", 100), None, "processor sharing");
    }
}
