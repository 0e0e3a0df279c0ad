//! The reduced exploration against one without any: on random small scenarios both must find the same.
//!
//! The yardstick pauses at every instruction and tells like tasks apart. It walks the whole tree of orders
//! where that is small enough, remembering nothing; otherwise it merges states that are equal to the letter.

mod cases;
mod control;
mod documents;
mod endings;
mod handing;
mod length;
mod mixed;
mod pinned;
mod shapes;
mod sharing;
mod sundry;
mod unending;
mod views;

use super::blocked::BlockedTaskFinder;
use super::judged::{self, JudgedExpectations};
use super::sample::{SamplingMethod, ScheduleSampler};
use super::shown::shown_at_end;
use super::turn_bounded::TurnBoundedSearch;
use super::{
    ExplorationFinding, ExplorationOptions, FindingKind, InterleavingExplorer, NonterminationEvidence,
};
use crate::engine::Engine;
use crate::engine::explore::Rules;
use crate::language::Document;
use crate::model::scenario::Scenario;
use crate::study::schedule::Run;
use crate::study::schedule::{TimingAssumption, replay};
use crate::trace::recorder::Stepwise;
use control::control;
use documents::{document, expecting, foreign, wider};
use endings::ending;
use mixed::mixed;
use sharing::sharing;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use sundry::sundry;

/// A walk through every order without any reduction, and all that it finds.
struct ExhaustiveWalk {
    found: BTreeSet<FindingKind>,
    seen: Option<HashSet<u128>>,
    left: u64,
    view: TimingAssumption,
    blocked: BlockedTaskFinder,
}

impl ExhaustiveWalk {
    /// `None` if there are too many orders.
    fn measure(
        scenario: &Arc<Scenario>,
        view: TimingAssumption,
        merge: bool,
        most: u64,
    ) -> Option<BTreeSet<FindingKind>> {
        let expected = JudgedExpectations::of(scenario, view, false);
        let mut run = Engine::new(Arc::clone(scenario), Stepwise(expected.keep_events()));
        run.explore_by(Rules { every_step: true, ..view.rules() });
        let blocked = BlockedTaskFinder::new(scenario);
        let seen = merge.then(HashSet::new);
        let mut all = ExhaustiveWalk { found: BTreeSet::new(), seen, left: most, view, blocked };
        let whole = all.walk(run, &expected);
        whole.then_some(all.found)
    }

    fn walk(&mut self, run: Run, expected: &JudgedExpectations) -> bool {
        let mut open = vec![run];
        while let Some(mut run) = open.pop() {
            if let Some(lost) = run.take_lost() {
                self.found.insert(FindingKind::of_lost(lost));
            }
            let mut is_known =
                |seen: &mut HashSet<u128>| !seen.insert(judged::key_without_symmetry(&mut run));
            if self.seen.as_mut().is_some_and(&mut is_known) {
                continue;
            }
            let choices = run.choices();
            if choices.is_empty() {
                let blocked = &self.blocked;
                self.found.extend(shown_at_end(&mut run, expected, &mut |events| blocked.after(events)));
            } else if self.view != TimingAssumption::Timed && choices.iter().all(|choice| choice.is_timeout())
            {
                self.found.insert(FindingKind::Stall(run.standing()));
            }
            for choice in &choices {
                if self.left == 0 {
                    return false;
                }
                self.left -= 1;
                let mut next = run.clone();
                next.take(choice);
                open.push(next);
            }
        }
        true
    }
}

/// Compares on the documents of these numbers; how many were small enough, and how many of them have findings.
fn compare(numbers: std::ops::Range<u64>, view: TimingAssumption) -> (usize, usize) {
    compare_on(document, numbers, view, 30_000)
}

fn compare_on(
    document: impl Fn(u64) -> String,
    numbers: std::ops::Range<u64>,
    view: TimingAssumption,
    most: u64,
) -> (usize, usize) {
    let (mut compared, mut with_findings) = (0, 0);
    for number in numbers {
        let text = document(number);
        let Some(result) = compare_one(&text, view, most) else { continue };
        let has_findings =
            result.unwrap_or_else(|difference| panic!("document {number}, {view:?}: {difference}\n{text}"));
        compared += 1;
        with_findings += usize::from(has_findings);
    }
    (compared, with_findings)
}

/// Holds the exploration of a document against the yardstick: whether there are findings, or where the two differ. `None`
/// if there are too many orders.
fn compare_one(text: &str, view: TimingAssumption, most: u64) -> Option<Result<bool, String>> {
    let document = Document::parse("random.toml", text).ok()?;
    let scenario = Arc::new(document.scenario("base", &Default::default()).ok()?);
    let tree = ExhaustiveWalk::measure(&scenario, view, false, most.min(3_000));
    let want = tree.or_else(|| ExhaustiveWalk::measure(&scenario, view, true, most))?;
    let mut explorer =
        InterleavingExplorer::new(&scenario, ExplorationOptions { view, ..ExplorationOptions::default() });
    let is_over = explorer.advance(1_000_000);
    let coverage = explorer.coverage();
    // What a limit of the scenario ends is looked at as far as it goes, by the yardstick too.
    let is_whole =
        coverage.exhausted || (coverage.cut_runs && !coverage.cut_paths && coverage.stopped_by.is_none());
    if !is_over || !is_whole {
        return Some(Err("it is small, and not explored to its end".to_owned()));
    }
    // A horizon shows who is blocked for ever; otherwise no single state does: see `what_never_ends_is_found`. Where
    // a loop takes no time, which of its states is the last depends on what was looked at before.
    let has_loop =
        explorer.coverage().endless || want.iter().any(|kind| matches!(kind, FindingKind::Endless(_)));
    let has_horizon = view == TimingAssumption::Timed && scenario.until.is_some() && !has_loop;
    let is_shown = |kind: &FindingKind| has_horizon || !is_of_circles(kind);
    let want: BTreeSet<FindingKind> = want.into_iter().filter(is_shown).collect();
    let got = kinds(explorer.findings().iter().filter(|finding| is_shown(&finding.kind)));
    if got != want {
        return Some(Err(format!("explored {got:?}, there is {want:?}")));
    }
    for finding in explorer.findings() {
        let trace = replay(&scenario, &finding.schedule);
        if trace.is_err() {
            return Some(Err(format!("{} does not replay: {trace:?}", finding.schedule)));
        }
    }
    Some(Ok(!want.is_empty()))
}

#[test]
fn nothing_is_lost_by_the_reductions() {
    let (compared, with_findings) = compare(0..700, TimingAssumption::Untimed { timeouts_last: false });
    assert!(compared >= 500 && with_findings >= 100, "{compared} compared, {with_findings} with findings");
}

#[test]
fn nothing_is_lost_by_the_reductions_when_timeouts_come_last() {
    let (compared, _) = compare(1000..1200, TimingAssumption::Untimed { timeouts_last: true });
    assert!(compared >= 100, "{compared} compared");
}

#[test]
fn nothing_is_lost_by_the_reductions_under_the_drawn_durations() {
    let (compared, with_findings) = compare(2000..2400, TimingAssumption::Timed);
    assert!(compared >= 300 && with_findings >= 30, "{compared} compared, {with_findings} with findings");
}

/// Whether only all states together show it.
fn is_of_circles(kind: &FindingKind) -> bool {
    matches!(kind, FindingKind::Partial(_) | FindingKind::Endless(NonterminationEvidence::Circle))
}

#[test]
fn no_failed_expectation_is_lost_by_the_reductions() {
    let view = TimingAssumption::Untimed { timeouts_last: false };
    let (compared, with_findings) = compare_on(|number| expecting(number, view), 3000..3250, view, 10_000);
    assert!(compared >= 150 && with_findings >= 60, "{compared} compared, {with_findings} with findings");
    let view = TimingAssumption::Timed;
    let (compared, with_findings) = compare_on(|number| expecting(number, view), 4000..4250, view, 10_000);
    assert!(compared >= 150 && with_findings >= 60, "{compared} compared, {with_findings} with findings");
}

#[test]
fn nothing_is_lost_by_the_reductions_with_other_locks_queues_and_failures() {
    for (first, view) in
        [(5000, TimingAssumption::Untimed { timeouts_last: false }), (6000, TimingAssumption::Timed)]
    {
        let (compared, with_findings) = compare_on(wider, first..first + 200, view, 4_000);
        assert!(compared >= 60 && with_findings >= 20, "{compared} compared, {with_findings} with findings");
    }
}

/// Whether a run can come to where no end can be reached any more: by the whole graph of orders.
#[test]
fn nothing_is_lost_by_the_reductions_on_the_executors_of_other_runtimes() {
    for (first, view) in
        [(0, TimingAssumption::Untimed { timeouts_last: false }), (1000, TimingAssumption::Timed)]
    {
        let (compared, with_findings) = compare_on(foreign, first..first + 200, view, 4_000);
        assert!(compared >= 80 && with_findings >= 30, "{compared} {with_findings}");
    }
}

fn never_ends(scenario: &Arc<Scenario>, view: TimingAssumption, most: usize) -> Option<bool> {
    let mut run =
        Engine::new(Arc::clone(scenario), Stepwise(JudgedExpectations::of(scenario, view, false).keep()));
    run.explore_by(Rules { every_step: true, ..view.rules() });
    let mut numbers = HashMap::from([(run.key_without_symmetry(), 0)]);
    let (mut before, mut ends) = (vec![Vec::new()], Vec::new());
    let mut open = vec![(run, 0)];
    while let Some((mut run, number)) = open.pop() {
        let choices = run.choices();
        if choices.is_empty() {
            ends.push(number);
        }
        for choice in &choices {
            let mut next = run.clone();
            next.take(choice);
            let fresh = numbers.len();
            let to = *numbers.entry(next.key_without_symmetry()).or_insert(fresh);
            if to == fresh {
                before.push(Vec::new());
                open.push((next, to));
            }
            before[to].push(number);
        }
        if numbers.len() > most {
            return None;
        }
    }
    let mut can_end = vec![false; numbers.len()];
    while let Some(state) = ends.pop() {
        if !std::mem::replace(&mut can_end[state], true) {
            ends.extend(&before[state]);
        }
    }
    Some(can_end.contains(&false))
}

#[test]
fn what_never_ends_is_found() {
    let view = TimingAssumption::Untimed { timeouts_last: false };
    let (mut compared, mut endless) = (0, 0);
    for number in 7000..7300 {
        // Tasks that submit each other, or go round for ever.
        let mut text = wider(number);
        if number % 2 == 0 {
            text = text.replacen(
                "[tasks.b]\nsteps = [",
                "[tasks.b]\nsteps = [\"maybe 0.5\", \"submit a to q\", \"end\", ",
                1,
            );
        }
        let Ok(document) = Document::parse("random.toml", &text) else { continue };
        let Ok(scenario) = document.scenario("base", &Default::default()) else { continue };
        let scenario = Arc::new(scenario);
        let Some(want) = never_ends(&scenario, view, 3_000) else { continue };
        let mut explorer = InterleavingExplorer::new(
            &scenario,
            ExplorationOptions { view, ..ExplorationOptions::default() },
        );
        assert!(explorer.advance(1_000_000) && explorer.coverage().exhausted, "document {number}\n{text}");
        assert_eq!(explorer.coverage().endless, want, "document {number}\n{text}");
        let found = explorer.findings().iter().any(|finding| is_of_circles(&finding.kind));
        assert_eq!(found, want, "document {number}: {:?}\n{text}", explorer.findings());
        compared += 1;
        endless += usize::from(want);
    }
    assert!(compared >= 100 && endless >= 10, "{compared} compared, {endless} endless");
}

/// The documents of these numbers that are small enough to exhaust, each with all that is found in them.
fn exhausted(
    numbers: std::ops::Range<u64>,
    view: TimingAssumption,
) -> Vec<(u64, Arc<Scenario>, BTreeSet<FindingKind>)> {
    let explore = |number| {
        let document = Document::parse("random.toml", &document(number)).ok()?;
        let scenario = Arc::new(document.scenario("base", &Default::default()).ok()?);
        let mut explorer = InterleavingExplorer::new(
            &scenario,
            ExplorationOptions { view, ..ExplorationOptions::default() },
        );
        explorer.advance(30_000);
        // These a single run does not show.
        let is_shown = |finding: &&ExplorationFinding| !is_of_circles(&finding.kind);
        let kinds = kinds(explorer.findings().iter().filter(is_shown));
        explorer.coverage().exhausted.then_some((number, scenario, kinds))
    };
    numbers.filter_map(explore).collect()
}

fn kinds<'a>(findings: impl IntoIterator<Item = &'a ExplorationFinding>) -> BTreeSet<FindingKind> {
    findings.into_iter().map(|finding| finding.kind.clone()).collect()
}

const VIEWS: [TimingAssumption; 2] =
    [TimingAssumption::Timed, TimingAssumption::Untimed { timeouts_last: false }];

#[test]
fn what_a_sample_finds_is_there_and_enough_samples_find_all() {
    for view in VIEWS {
        let mut troubled = 0;
        for (number, scenario, want) in exhausted(0..80, view) {
            for method in [SamplingMethod::Random, SamplingMethod::Pct { depth: 4 }] {
                let options = ExplorationOptions { view, ..ExplorationOptions::default() };
                let mut sampler = ScheduleSampler::new(&scenario, options, method, number, 1);
                let found =
                    |sampler: &ScheduleSampler| kinds(sampler.counted().iter().map(|(finding, _)| finding));
                sampler.advance(100);
                while sampler.sampled().runs < 20_000 && found(&sampler) != want {
                    sampler.advance(500);
                }
                assert_eq!(found(&sampler), want, "document {number}, {view:?}, {method:?}");
                for (finding, _) in sampler.counted() {
                    assert!(replay(&scenario, &finding.schedule).is_ok(), "{}", finding.schedule);
                }
            }
            troubled += usize::from(!want.is_empty());
        }
        assert!(troubled >= 10, "{troubled} with findings, {view:?}");
    }
}

#[test]
fn what_few_turns_find_is_there_and_without_a_bound_they_find_all() {
    for view in VIEWS {
        let mut whole = 0;
        for (number, scenario, want) in exhausted(0..60, view) {
            let options =
                || ExplorationOptions { view, most_states: 20_000, ..ExplorationOptions::default() };
            let mut two = TurnBoundedSearch::new(&scenario, options(), 2, 1);
            two.advance(300);
            assert!(kinds(two.findings()).is_subset(&want), "document {number}, {view:?}");
            assert!(two.findings().iter().all(|finding| finding.schedule.turns.len() <= 2));
            let mut all = TurnBoundedSearch::new(&scenario, options(), u32::MAX, 1);
            if all.advance(500) && all.covered().exhausted {
                assert_eq!(kinds(all.findings()), want, "document {number}, {view:?}");
                whole += 1;
            }
        }
        assert!(whole >= 10, "{whole} without a bound, {view:?}");
    }
}

/// Two tasks take two locks in opposite orders: a deadlock of depth 2 (each takes its first before the other takes its
/// second), beside tasks that have nothing to do with it.
const OPPOSITE: &str = r#"
[executors.p]
kind = "threads"
workers = 5
[locks.a]
[locks.b]
[cells.c]
initial = 0
[tasks.ab]
steps = ["lock a", "lock b", "unlock b", "unlock a"]
[tasks.ba]
steps = ["lock b", "lock a", "unlock a", "unlock b"]
[tasks.other]
steps = ["read c", "read c", "read c"]
[[arrivals]]
task = "ab"
to = "p"
at = "0s"
[[arrivals]]
task = "ba"
to = "p"
at = "0s"
[[arrivals]]
task = "other"
to = "p"
at = "0s"
count = 3
"#;

#[test]
fn pct_keeps_its_guarantee() {
    let document = Document::parse("opposite.toml", OPPOSITE).expect("it is sound");
    let scenario = Arc::new(document.scenario("base", &Default::default()).expect("it is sound"));
    for depth in [2, 3] {
        let method = SamplingMethod::Pct { depth };
        let mut sampler = ScheduleSampler::new(&scenario, ExplorationOptions::default(), method, 7, 0);
        sampler.advance(4_032);
        let sampled = sampler.sampled();
        assert!(sampled.measured_on == 32 && sampled.points > 5 && sampled.actors >= 7, "{sampled:?}");
        let hangs = |found: &&(ExplorationFinding, u64)| matches!(found.0.kind, FindingKind::Deadlock(_));
        let hits = sampler.counted().iter().find(hangs).expect("it is found").1;
        let (p, share) = (sampled.guarantee().expect("it is PCT"), hits as f64 / 4_000.0);
        assert!(share >= p, "depth {depth}: {share} is less than {p}");
    }
}

#[test]
fn threads_make_no_difference() {
    for number in 0..30 {
        let Ok(document) = Document::parse("random.toml", &document(number)) else { continue };
        let Ok(scenario) = document.scenario("base", &Default::default()) else { continue };
        let scenario = Arc::new(scenario);
        let looked = |threads| {
            let method = SamplingMethod::Pct { depth: 3 };
            let mut sampler =
                ScheduleSampler::new(&scenario, ExplorationOptions::default(), method, 1, threads);
            // Also the sizes of the slices make none.
            (0..=threads).for_each(|_| sampler.advance(300 / (threads as u64 + 1)));
            let mut few = TurnBoundedSearch::new(&scenario, ExplorationOptions::default(), 2, threads);
            few.advance(300);
            (sampler.counted().to_vec(), sampler.sampled().clone(), few.findings().to_vec())
        };
        assert_eq!(looked(1), looked(2), "document {number}");
    }
}

#[test]
fn nothing_is_lost_by_the_reductions_whatever_is_put_together() {
    for (first, view) in views_from(8000) {
        let (compared, with_findings) =
            compare_on(|number| sundry(number, view), first..first + 120, view, 2_000);
        assert!(compared >= 60 && with_findings >= 20, "{compared} compared, {with_findings} with findings");
    }
}

/// Every view, each with the number of its first document.
fn views_from(first: u64) -> [(u64, TimingAssumption); 3] {
    let untimed = |timeouts_last| TimingAssumption::Untimed { timeouts_last };
    [(first, untimed(false)), (first + 200, untimed(true)), (first + 500, TimingAssumption::Timed)]
}

#[test]
fn nothing_is_lost_by_the_reductions_with_carriers_scopes_and_interrupts() {
    for (first, view) in views_from(8000) {
        let (compared, with_findings) =
            compare_on(|number| control(number, view), first..first + 120, view, 2_000);
        assert!(compared >= 40 && with_findings >= 10, "{compared} compared, {with_findings} with findings");
    }
}

#[test]
fn nothing_is_lost_by_the_reductions_where_tasks_coordinate_on_any_executor() {
    for (first, view) in views_from(9500) {
        let (compared, with_findings) = compare_on(mixed, first..first + 150, view, 2_000);
        assert!(compared >= 50 && with_findings >= 20, "{compared} compared, {with_findings} with findings");
    }
}

#[test]
fn nothing_is_lost_by_the_reductions_where_executors_end() {
    for (first, view) in views_from(9800) {
        let (compared, with_findings) = compare_on(ending, first..first + 80, view, 1_000);
        assert!(compared >= 30 && with_findings >= 10, "{compared} compared, {with_findings} with findings");
    }
}

#[test]
fn nothing_is_lost_by_the_reductions_where_tasks_coordinate() {
    for (first, view) in views_from(9000) {
        let (compared, with_findings) = compare_on(sharing, first..first + 150, view, 3_000);
        assert!(compared >= 80 && with_findings >= 30, "{compared} compared, {with_findings} with findings");
    }
}
