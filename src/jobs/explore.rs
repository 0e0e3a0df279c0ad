//! Every order of events of one variant, told in words: with these timings first, then with others.
//!
//! Each message says all that there is so far, so that whoever stops it keeps the last. What is found is made short
//! before it is told: it opens at once.

use super::protocol::{JobHost, SEND_EVERY, Subject, packed};
use crate::analysis::prose::{grouped, list};
use crate::analysis::verdict::Coverage;
use crate::model::scenario::Scenario;
use crate::study::cancellation::without_bound;
use crate::study::explore::{
    ExplorationFinding, ExplorationOptions, FindingKind, InterleavingExplorer, shorten, words,
};
use crate::study::schedule::{Schedule, TimingAssumption};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Steps between two looks at the clock.
const LOOK_EVERY: u64 = 500;
/// Most states in each view: some hundred megabytes at the deepest.
const MAX_STATES: usize = 500_000;
/// How much is tried to make a finding short before it is told: a blink.
const EFFORT: u64 = 1_500;
/// Findings that are told of each view.
const MAX_SHOWN: usize = 5;

const VIEWS: [TimingAssumption; 2] =
    [TimingAssumption::Timed, TimingAssumption::Untimed { timeouts_last: false }];

/// The progress of one view of the search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewProgress {
    /// In words, under which durations.
    pub under: String,
    /// These are the durations as drawn.
    pub is_timed: bool,
    /// In words, how much was looked at.
    pub covered: String,
    /// Every reachable state was looked at.
    pub is_whole: bool,
    /// In a sentence, which arrivals are not looked at; empty if all are.
    pub cut: String,
    /// It goes no further.
    pub is_over: bool,
    /// What was found.
    pub found: Vec<ExploreFinding>,
    /// What that says of the design.
    pub seen: Coverage,
}

/// A finding, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExploreFinding {
    /// What, as a heading.
    pub what: String,
    /// Variant that was explored.
    pub of: String,
    /// It is no mere stall.
    pub is_grave: bool,
    /// An earlier view found it too.
    pub is_known: bool,
    /// The way there; none for the plain run.
    pub schedule: Option<String>,
}

/// What all views together say of the design.
pub fn seen(looked: &[ViewProgress]) -> Coverage {
    looked.iter().fold(Coverage::default(), |seen, looked| Coverage {
        // Each view goes through states of its own.
        states: seen.states + looked.seen.states,
        ..seen.with(looked.seen)
    })
}

impl ViewProgress {
    /// Whether it found something that is not a mere stall.
    pub fn is_grave(&self) -> bool {
        self.found.iter().any(|found| found.is_grave)
    }
}

pub(super) fn execute(subject: &Subject, line: &mut dyn JobHost) -> Result<(), String> {
    let scenario = subject.scenario()?;
    let mut looked: Vec<ViewProgress> = Vec::new();
    let mut known: Vec<FindingKind> = Vec::new();
    for view in VIEWS {
        let options = ExplorationOptions { view, most_states: MAX_STATES, ..ExplorationOptions::default() };
        let mut explorer = InterleavingExplorer::new(&scenario, options.clone());
        looked.push(nothing_yet(view));
        let here = looked.len() - 1;
        let mut told = line.now();
        loop {
            let is_over = explorer.advance(LOOK_EVERY);
            let state = &mut looked[here];
            let coverage = explorer.coverage();
            (state.is_over, state.is_whole) = (is_over, coverage.exhausted);
            state.covered = if is_over {
                words::covered(coverage)
            } else {
                format!("{} states", grouped(coverage.states as u64))
            };
            state.cut = cut(&scenario, &coverage.cut_arrivals);
            state.seen = seen_so_far(view, &explorer);
            for finding in explorer.findings().iter().take(MAX_SHOWN).skip(state.found.len()) {
                let short = shorten(&scenario, &options, finding, EFFORT, &without_bound);
                let is_known = known.contains(&finding.kind);
                state.found.push(found(&scenario, finding, &short.schedule, is_known));
            }
            if is_over || line.now() - told >= SEND_EVERY {
                told = line.now();
                line.send(packed(&looked));
            }
            if is_over {
                break;
            }
        }
        known.extend(explorer.findings().iter().map(|finding| finding.kind.clone()));
    }
    Ok(())
}

/// `Only the first 64 arrivals of list and of boot were looked at.`
fn cut(scenario: &Scenario, arrivals: &[(usize, u64)]) -> String {
    let Some((_, most)) = arrivals.first() else { return String::new() };
    let name = |(entry, _): &(usize, u64)| {
        format!("of {}", scenario.tasks[scenario.arrivals[*entry].task.index()].name)
    };
    let names: Vec<String> = arrivals.iter().map(name).collect();
    match most {
        1 => format!("Only the first arrival {} was explored.", list(&names)),
        _ => format!("Only the first {most} arrivals {} were explored.", list(&names)),
    }
}

fn nothing_yet(view: TimingAssumption) -> ViewProgress {
    ViewProgress {
        under: words::under(view).to_owned(),
        is_timed: view == TimingAssumption::Timed,
        covered: String::new(),
        is_whole: false,
        cut: String::new(),
        is_over: false,
        found: Vec::new(),
        seen: Coverage::default(),
    }
}

/// What one view has seen so far.
fn seen_so_far(view: TimingAssumption, explorer: &InterleavingExplorer) -> Coverage {
    let coverage = explorer.coverage();
    let is_complete = coverage.exhausted && coverage.cut_arrivals.is_empty();
    let finds =
        |is_wanted: fn(&FindingKind) -> bool| explorer.findings().iter().any(|found| is_wanted(&found.kind));
    Coverage {
        states: coverage.states,
        is_complete: is_complete && view != TimingAssumption::Timed,
        is_complete_as_timed: is_complete && view == TimingAssumption::Timed,
        deadlocks: finds(|kind| matches!(kind, FindingKind::Deadlock(_) | FindingKind::Partial(_))),
        stalls: finds(|kind| matches!(kind, FindingKind::Stall(_))),
    }
}

fn found(
    scenario: &Arc<Scenario>,
    finding: &ExplorationFinding,
    schedule: &Schedule,
    is_known: bool,
) -> ExploreFinding {
    ExploreFinding {
        what: words::kind_words(&finding.kind).to_owned(),
        of: of(scenario, &finding.kind),
        is_grave: !matches!(finding.kind, FindingKind::Stall(_)),
        is_known,
        schedule: (*schedule != Schedule::plain()).then(|| schedule.to_string()),
    }
}

/// Whose it is: task types, or the expectation that fails.
fn of(scenario: &Scenario, kind: &FindingKind) -> String {
    let task = |kind: crate::model::id::TaskTypeId| scenario.tasks[kind.index()].name.as_str();
    match kind {
        FindingKind::Deadlock(steps) | FindingKind::Partial(steps) | FindingKind::Stall(steps) => {
            let mut names: Vec<&str> = steps.iter().map(|(kind, _)| task(*kind)).collect();
            names.dedup();
            names.join(", ")
        }
        FindingKind::LostUpdate(kind, _) => task(*kind).to_owned(),
        FindingKind::Final(number) => scenario.expectations[*number].text.clone(),
        FindingKind::Endless(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{JobRequest, execute, unpacked};
    use super::*;
    use crate::gallery;

    /// A line whose clock leaps, so that everything is told.
    #[derive(Default)]
    struct MessageLog {
        told: Vec<Vec<ViewProgress>>,
        now: std::cell::Cell<f64>,
    }

    impl JobHost for MessageLog {
        fn send(&mut self, message: Vec<u8>) {
            self.told.push(unpacked(&message).expect("our own message"));
        }

        fn now(&self) -> f64 {
            self.now.set(self.now.get() + SEND_EVERY);
            self.now.get()
        }
    }

    fn explored(name: &str, variant: &str) -> Vec<Vec<ViewProgress>> {
        let source = gallery::find(name).expect("in the gallery").text.to_owned();
        let subject = Subject { name: name.to_owned(), source, variant: variant.to_owned(), set: Vec::new() };
        let mut heard = MessageLog::default();
        execute(&JobRequest::Explore(subject), &mut heard).expect("a good subject");
        heard.told
    }

    #[test]
    fn a_hang_that_only_other_durations_show_is_found_with_the_way_there() {
        let told = explored("lock-order", "lucky_timing");
        let last = told.last().expect("something is told");
        let [timed, untimed] = &last[..] else { panic!("two views: {last:?}") };
        assert!(timed.is_timed && timed.is_whole && timed.is_over && timed.found.is_empty(), "{timed:?}");
        assert!(untimed.is_grave() && untimed.is_whole && untimed.is_over, "{untimed:?}");
        assert_eq!(untimed.found[0].what, "Deadlock");
        let schedule = untimed.found[0].schedule.as_deref().expect("not the plain run");
        assert!(schedule.starts_with("untimed/"), "{schedule}");
        let is_on_the_way = |told: &Vec<ViewProgress>| told.last().is_some_and(|last| !last.is_over);
        assert!(told.iter().any(is_on_the_way), "it is told how far it is");
    }

    #[test]
    fn what_the_drawn_durations_show_is_known_when_any_are_looked_at() {
        let told = explored("nova-build-deadlock", "base");
        let last = told.last().expect("something is told");
        assert!(last[0].found.iter().all(|found| !found.is_known));
        assert!(last[1].found.iter().any(|found| found.is_known), "{last:?}");
        assert_eq!(last[0].found[0].schedule, None, "the plain run hangs");
    }
}
