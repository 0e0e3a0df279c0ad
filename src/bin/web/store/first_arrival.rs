//! A scenario in which nothing arrives: what it could begin with.

use super::work::OpenDocument;
use std::collections::BTreeSet;
use threadbare::language::Document;

/// How many tasks the proposal brings: enough to fill a small pool.
const COUNT: u32 = 5;

/// Arrivals that a scenario without any can be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedArrival {
    /// What its button says.
    pub label: String,
    /// The scenario's text with the arrivals at its end.
    pub source: String,
}

impl SuggestedArrival {
    /// Proposes arrivals of the first task type that no other submits, to the first executor. `None` if the document
    /// has no executor or no task type, or if nothing arrives with that text either.
    pub fn propose(work: &OpenDocument) -> Option<SuggestedArrival> {
        let scenario = work.scenario.as_ref()?;
        let submits = scenario.tasks.iter().flat_map(|task| &task.program.submits);
        let children: BTreeSet<_> = submits.map(|submit| submit.task).collect();
        let types = || scenario.tasks.iter().zip(0..);
        let task = types().find(|(_, id)| !children.iter().any(|child| child.0 == *id)).or(types().next())?.0;
        let executor = scenario.executors.first()?;
        let (task, to) = (&task.name, &executor.name);
        let text = work.source.trim_end();
        let source = format!("{text}\n\n[[arrivals]]\ntask = \"{task}\"\nto = \"{to}\"\ncount = {COUNT}\n");
        // A variant may have arrivals of its own, or the text a list of them that cannot be continued.
        let scenario =
            Document::parse(&work.name, &source).ok()?.scenario(&work.variant, &Default::default());
        let arrives = scenario.is_ok_and(|scenario| !scenario.arrivals.is_empty());
        let label = format!("Let {COUNT} {task} tasks arrive at {to}");
        arrives.then_some(SuggestedArrival { label, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use threadbare::language::BASE;

    const SILENT: &str = "[executors.pool]\nkind = \"threads\"\nworkers = 2\n[tasks.part]\nsteps = [\"run 1s\"]\n\
        [tasks.job]\nsteps = [\"submit part as p\", \"wait p\"]\n";

    fn proposed(source: &str) -> Option<SuggestedArrival> {
        SuggestedArrival::propose(&OpenDocument::open("mine.toml", source, BASE))
    }

    #[test]
    fn a_parent_arrives_rather_than_its_child() {
        let proposal = proposed(SILENT).expect("a proposal");
        assert_eq!(proposal.label, "Let 5 job tasks arrive at pool");
        let work = OpenDocument::open("mine.toml", &proposal.source, BASE);
        assert!(!work.is_broken(), "{:?}", work.problems);
        assert_eq!(work.scenario.map(|scenario| scenario.arrivals.len()), Some(1));
    }

    #[test]
    fn a_text_that_it_would_break_gets_none() {
        assert_eq!(proposed(&format!("arrivals = []\n{SILENT}")), None);
        assert_eq!(proposed("[executors.pool]\nkind = \"threads\"\nworkers = 2\n"), None);
    }
}
