//! What a size is explained with: one run of it, read by operational laws, queueing theory and rules of thumb.

use super::words;
use std::sync::Arc;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::review::{RuleKind, RuleOfThumb};
use threadbare::analysis::shape::Shape;
use threadbare::analysis::verdict::{DesignVerdict, MadeRuns};
use threadbare::analysis::written;
use threadbare::model::expectation::Unit;
use threadbare::model::scenario::Scenario;
use threadbare::model::time::Time;
use threadbare::study::bottleneck::{Bottleneck, bottleneck};
use threadbare::study::cancellation::ShouldContinue;
use threadbare::study::design_check::DesignCheck;
use threadbare::study::laws::{self, ErlangCPrediction, MmcQueue, PoolOperationalLaws};
use threadbare::study::review::thumb;
use threadbare::study::run::run_while;
use threadbare::trace::OutcomeKind;

/// What a size is explained with, from its first run.
pub struct SizeExplanation {
    pub scenario: Arc<Scenario>,
    /// The time ended before the run was made and read.
    pub is_cut_short: bool,
    /// The horizon, if no task finishes before it.
    pub too_short: Option<Time>,
    /// What is known of the design.
    pub design: DesignVerdict,
    /// What tasks wait for most.
    pub limit: Option<Bottleneck>,
    /// What gets more work than it can do, a sentence each.
    pub overloads: Vec<String>,
    /// The operational laws of each pool.
    pub flows: Vec<PoolOperationalLaws>,
    /// Where a pool is M/M/c: what that says.
    pub erlang_c: Option<(MmcQueue, ErlangCPrediction)>,
    /// What rules of thumb say of the pools.
    pub rules: Vec<RuleOfThumb>,
}

impl SizeExplanation {
    /// Runs a scenario once and reads it, for as long as it may go on.
    pub fn of(
        scenario: Scenario,
        known: Option<DesignVerdict>,
        may_go_on: ShouldContinue<'_>,
    ) -> SizeExplanation {
        let scenario = Arc::new(scenario);
        let trace = run_while(&scenario, may_go_on);
        let digest = trace.as_ref().and_then(|trace| Digest::new_while(trace, may_go_on));
        let Some(digest) = digest else {
            let read = || DesignCheck::of_shape(&scenario, may_go_on).design(&scenario, MadeRuns::default());
            let design = known.unwrap_or_else(read);
            return SizeExplanation::cut_short(scenario, design);
        };
        let runs = MadeRuns::one(!digest.findings.deadlocks.is_empty());
        let read = || DesignCheck::read_while(&scenario, may_go_on).design(&scenario, runs);
        let outcome = digest.trace().outcome;
        let is_cut_off = outcome.kind == OutcomeKind::Until && digest.tally.finished == 0;
        SizeExplanation {
            is_cut_short: false,
            too_short: is_cut_off.then_some(outcome.at),
            limit: bottleneck(&digest),
            overloads: digest.overloads.iter().map(|of| of.words(&scenario).to_string()).collect(),
            flows: laws::flows(&digest),
            rules: thumb::rules(&digest, &Shape::read_while(&scenario, may_go_on)),
            design: known.unwrap_or_else(read),
            erlang_c: laws::fits(&scenario).and_then(|pool| Some((pool, pool.erlang_c()?))),
            scenario,
        }
    }

    /// What is left to say when there was no time for a run.
    fn cut_short(scenario: Arc<Scenario>, design: DesignVerdict) -> SizeExplanation {
        SizeExplanation {
            is_cut_short: true,
            too_short: None,
            limit: None,
            overloads: Vec::new(),
            flows: Vec::new(),
            erlang_c: None,
            rules: Vec::new(),
            design,
            scenario,
        }
    }

    /// The laws as sentences: the utilisation law and Little's law of each pool, Erlang C.
    pub fn laws(&self) -> Vec<String> {
        let scenario = &self.scenario;
        let mut said: Vec<String> = self.flows.iter().map(|flow| law(flow, scenario)).collect();
        if let Some((pool, found)) = &self.erlang_c {
            let name = &scenario.executors[pool.executor.index()].name;
            said.push(format!(
                "Erlang C: {name} is M/M/{} at a load of {} erlangs; {} of tasks wait, the mean wait of all is {}.",
                pool.servers,
                round(pool.load()),
                words::percent((found.waits * 1000.0).round() / 1000.0),
                written::seconds(found.wait)
            ));
        }
        // The laws, and Erlang C where it applies, are above.
        let is_new = |rule: &&RuleOfThumb| rule.kind != RuleKind::Law && rule.name != thumb::ERLANG_C;
        said.extend(self.rules.iter().filter(is_new).map(RuleOfThumb::sentence));
        said
    }
}

fn round(value: f64) -> String {
    written::number((value * 100.0).round() / 100.0)
}

fn law(flow: &PoolOperationalLaws, scenario: &Scenario) -> String {
    let executor = &scenario.executors[flow.executor.index()];
    let workers = executor.workers().unwrap_or(0);
    let rate = written::figure(Unit::Rate, flow.rate);
    let waiting = if flow.waiting > 0.0 {
        let (queued, waiting) = (written::seconds(flow.queued), round(flow.waiting));
        format!("{rate} × {queued} in the queue are {waiting} waiting (Little's law).")
    } else if flow.queue > 0.0 {
        format!(
            "{} are in its queue on average, and those that started had not waited: Little's law says nothing.",
            round(flow.queue)
        )
    } else {
        "Its queue stays empty.".to_owned()
    };
    let (name, holding, busy) = (&executor.name, written::seconds(flow.holding), round(flow.busy));
    format!(
        "{name}: {rate} × {holding} on a worker keep {busy} of {workers} busy (utilisation law). {waiting}"
    )
}
