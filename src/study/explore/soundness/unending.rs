//! Random small documents in which something never ends: tickers, tasks that submit themselves, arrivals without end,
//! tasks that fail or are refused again and again, up to a horizon; and who can never continue beside them.

use super::{TimingAssumption, compare_on, control, foreign, mixed, sharing};
use crate::engine::explore::Rules;
use crate::language::Document;
use crate::model::id::{Pc, TaskTypeId};
use crate::model::scenario::Scenario;
use crate::study::explore::blocked::BlockedTaskFinder;
use crate::study::explore::cycles;
use crate::study::explore::judged::{self, JudgedExpectations};
use crate::study::explore::rng::Rng;
use crate::study::explore::soundness::documents::{document, wider};
use crate::study::explore::soundness::sundry::sundry;
use crate::study::explore::{ExplorationFinding, ExplorationOptions, FindingKind, InterleavingExplorer};
use crate::study::schedule::begin;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use std::sync::Arc;

/// A document of [`wider`] beside something that never ends.
fn unending(number: u64) -> String {
    let mut rng = Rng::new(number ^ 0x71c4);
    let mut text = format!("until = \"{}\"\n{}", rng.one(&["3s", "4s", "6s"]), wider(number));
    let steps = rng.one(&[
        r#""repeat forever", "io 2s", "end""#,
        r#""io 2s", "submit tick""#,
        r#""submit tick to timer""#,
        r#""submit tick to timer", "fail again""#,
        r#""repeat forever", "io 2s", "submit b to p on_full discard", "end""#,
        r#""io 2s", "submit tick to t on_full reject""#,
        r#""with m", "io 2s", "submit tick", "end""#,
        r#""io forever""#,
        r#""io 10s""#,
        r#""run 1s""#,
        r#""fail at-once""#,
    ]);
    let queue = rng.one(&["", "queue = 0\non_full = \"reject\"\n", "queue = 1\n"]);
    let every = if steps.contains("submit") || steps.contains("forever") { "" } else { "every = \"2s\"\n" };
    let _ = write!(
        text,
        "[executors.t]\nkind = \"threads\"\nworkers = 1\n{queue}\
         [executors.timer]\nkind = \"delay\"\ndelay = \"2s\"\ninto = \"t\"\n\
         [tasks.tick]\nsteps = [{steps}]\n\
         [[arrivals]]\ntask = \"tick\"\nto = \"t\"\nat = \"0s\"\n{every}"
    );
    text
}

#[test]
fn nothing_is_lost_by_the_reductions_beside_what_never_ends() {
    let (compared, with_findings) = compare_on(unending, 9500..9700, TimingAssumption::Timed, 4_000);
    assert!(compared >= 50 && with_findings >= 25, "{compared} compared, {with_findings} with findings");
    let view = TimingAssumption::Untimed { timeouts_last: false };
    let (compared, _) = compare_on(unending, 9700..9800, view, 4_000);
    assert!(compared >= 10, "{compared} compared");
}

#[test]
#[ignore = "long: run it after changing the engine or a reduction"]
fn nothing_is_lost_at_length_beside_what_never_ends() {
    super::length::at_length("unending", |number, _| unending(number));
}

/// Follows one random order of a document and looks who is blocked after each step; the steps at which somebody is.
fn blocked_along(text: &str, view: TimingAssumption, number: u64) -> Option<usize> {
    let document = Document::parse("random.toml", text).ok()?;
    let scenario = Arc::new(document.scenario("base", &Default::default()).ok()?);
    let (finder, mut rng) = (BlockedTaskFinder::new(&scenario), Rng::new(number));
    let mut run =
        begin(Arc::clone(&scenario), view, JudgedExpectations::of(&scenario, view, false).keep_events());
    let (mut before, mut steps) = (Vec::new(), 0);
    for _ in 0..200 {
        let choices = run.choices();
        if choices.is_empty() {
            break;
        }
        run.take(&choices[rng.below(choices.len() as u64) as usize]);
        let now = match finder.after(run.recorder().0.recent()) {
            Some(FindingKind::Partial(steps)) => steps,
            Some(_) | None => Vec::new(),
        };
        let is_still = |step| now.contains(step);
        assert!(before.iter().all(is_still), "document {number}: {before:?}, then {now:?}\n{text}");
        steps += usize::from(!now.is_empty());
        before = now;
    }
    Some(steps)
}

#[test]
fn who_is_blocked_for_ever_never_goes_on() {
    let mut blocked = 0;
    for number in 0..400 {
        for view in [TimingAssumption::Timed, TimingAssumption::Untimed { timeouts_last: false }] {
            // Whoever is cancelled before it starts waits no longer.
            for text in
                [unending(number), sundry(number, view)].iter().filter(|text| !text.contains("cancel"))
            {
                blocked += usize::from(blocked_along(text, view, number).is_some_and(|steps| steps > 0));
            }
        }
    }
    assert!(blocked >= 100, "{blocked} with blocked tasks");
}

/// The document beside a task that goes round for ever.
fn beside_a_ticker(text: &str) -> String {
    format!(
        "until = \"20s\"\nexecutors.own = {{ kind = \"threads\", workers = 1 }}\n\
         tasks.tick.steps = [\"repeat forever\", \"io 2s\", \"end\"]\n{text}\n\
         [[arrivals]]\ntask = \"tick\"\nto = \"own\"\n"
    )
}

/// A circle of states that nothing leads out of, found by a walk without any reduction.
struct InescapableCycle {
    /// Who is blocked for ever there, as the wait-for graph says.
    blocked: Option<FindingKind>,
    /// The steps at which tasks stand in all of its states: they are blocked for ever, whatever a graph says.
    standing: Vec<(TaskTypeId, Pc)>,
}

impl InescapableCycle {
    /// All of them; `None` if there are more states than `most`.
    fn all(scenario: &Arc<Scenario>, view: TimingAssumption, most: usize) -> Option<Vec<InescapableCycle>> {
        let expected = JudgedExpectations::of(scenario, view, false);
        let mut run = begin(Arc::clone(scenario), view, expected.keep_events());
        run.explore_by(Rules { every_step: true, ..view.rules() });
        let mut numbers = HashMap::from([(judged::key_without_symmetry(&mut run), 0)]);
        let (mut edges, mut events, mut standing) = (Vec::new(), vec![Vec::new()], vec![run.standing()]);
        let mut open = vec![(run, 0)];
        while let Some((mut run, number)) = open.pop() {
            for choice in &run.choices() {
                let mut next = run.clone();
                next.take(choice);
                let fresh = numbers.len() as u32;
                let to = *numbers.entry(judged::key_without_symmetry(&mut next)).or_insert(fresh);
                edges.push((number, to));
                if to == fresh {
                    events.push(next.recorder().0.recent().to_vec());
                    standing.push(next.standing());
                    open.push((next, to));
                }
            }
            if numbers.len() > most {
                return None;
            }
        }
        let finder = BlockedTaskFinder::new(scenario);
        let firsts = cycles::for_ever(numbers.len(), &edges);
        let in_all = |first: &u32| {
            let states = reachable(*first, &edges);
            let mut steps = standing[*first as usize].clone();
            steps.retain(|step| states.iter().all(|state| standing[*state as usize].contains(step)));
            steps
        };
        let circle = |first: &u32| InescapableCycle {
            blocked: finder.after(&events[*first as usize]),
            standing: in_all(first),
        };
        Some(firsts.iter().map(circle).collect())
    }

    /// Types of tasks that are blocked for ever: by the graph, and in truth. Where a task's last step is over, a trace does
    /// not tell that it stands at the next, so that steps differ.
    fn types(&self) -> (BTreeSet<TaskTypeId>, BTreeSet<TaskTypeId>) {
        let types = |steps: &[(TaskTypeId, Pc)]| steps.iter().map(|step| step.0).collect();
        let by_graph = match &self.blocked {
            Some(FindingKind::Partial(steps)) => types(steps),
            Some(other) => panic!("{other:?} is not of a circle"),
            None => BTreeSet::new(),
        };
        (by_graph, types(&self.standing))
    }
}

/// The states that steps lead to from `first`, itself included.
fn reachable(first: u32, edges: &[(u32, u32)]) -> BTreeSet<u32> {
    let (mut found, mut open) = (BTreeSet::from([first]), vec![first]);
    while let Some(state) = open.pop() {
        let next = edges.iter().filter(|(from, _)| *from == state).map(|(_, to)| *to);
        open.extend(next.filter(|to| found.insert(*to)));
    }
    found
}

/// How many documents were compared.
#[derive(Debug, Default)]
struct ComparedDocumentCounts {
    all: usize,
    /// In which somebody is blocked.
    with_blocked: usize,
    /// In which more are blocked than the graph says, which is careful.
    unseen: Vec<u64>,
}

/// Holds who is found to be blocked in circles against the yardstick.
fn compare_circles(
    document: impl Fn(u64) -> String,
    numbers: std::ops::Range<u64>,
    most: usize,
) -> ComparedDocumentCounts {
    let view = TimingAssumption::Untimed { timeouts_last: false };
    let mut compared = ComparedDocumentCounts::default();
    for number in numbers {
        // What submits without end is too large for the yardstick.
        let text = beside_a_ticker(&document(number));
        let Ok(document) = Document::parse("random.toml", &text) else { continue };
        let Ok(scenario) = document.scenario("base", &Default::default()) else { continue };
        let scenario = Arc::new(scenario);
        let Some(circles) = InescapableCycle::all(&scenario, view, most) else { continue };
        let mut is_unseen = false;
        for (by_graph, standing) in circles.iter().map(InescapableCycle::types) {
            assert!(by_graph.is_subset(&standing), "document {number}: {by_graph:?} can go on\n{text}");
            is_unseen |= by_graph != standing;
        }
        let mut explorer = InterleavingExplorer::new(
            &scenario,
            ExplorationOptions { view, ..ExplorationOptions::default() },
        );
        assert!(explorer.advance(1_000_000) && explorer.coverage().exhausted, "document {number}\n{text}");
        let is_partial = |finding: &&ExplorationFinding| matches!(finding.kind, FindingKind::Partial(_));
        let got = super::kinds(explorer.findings().iter().filter(is_partial));
        let want: BTreeSet<_> = circles.into_iter().filter_map(|circle| circle.blocked).collect();
        assert_eq!(got, want, "document {number}\n{text}");
        compared.all += 1;
        compared.with_blocked += usize::from(!want.is_empty());
        compared.unseen.extend(is_unseen.then_some(number));
    }
    compared
}

#[test]
fn who_is_blocked_in_circles_is_found() {
    let view = TimingAssumption::Untimed { timeouts_last: false };
    let compared = compare_circles(|number| control(number, view), 20_000..20_100, 800);
    assert!(compared.all >= 30 && compared.with_blocked >= 10, "{compared:?}");
    assert!(compared.unseen.len() <= 1, "{compared:?}");
}

#[test]
#[ignore = "long: run it after changing the engine, a reduction or the wait-for graph"]
fn who_is_blocked_in_circles_is_found_at_length() {
    let from = std::env::var("THREADBARE_FROM").ok().and_then(|from| from.parse().ok()).unwrap_or(30_000);
    let count = std::env::var("THREADBARE_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000);
    let view = TimingAssumption::Untimed { timeouts_last: false };
    let compare = |sort: &str, document: &dyn Fn(u64) -> String| {
        println!("{sort}: {:?}", compare_circles(document, from..from + count, 1_000));
    };
    compare("plain", &document);
    compare("control", &|number| control(number, view));
    compare("sharing", &sharing);
    compare("mixed", &mixed);
    compare("foreign", &foreign);
}

/// Beside what never ends, others can be blocked for ever: the untimed view says so as a run does.
#[test]
fn who_is_blocked_beside_a_ticker_is_found_in_the_untimed_view() {
    // The scheduler thread of the delay runs what it lets go, and never comes back.
    let held = r#"executors.e0 = { kind = "inline", guard = "warn" }
executors.e1 = { kind = "delay", delay = "2s", into = "e0" }
tasks.a.steps = ["run forever"]
[[arrivals]]
task = "a"
to = "e1"
count = 2"#;
    let queued = r#"executors.e0 = { kind = "threads", workers = 1 }
semaphores.S0 = { permits = 2 }
tasks.b.steps = ["run uniform(0s, 2s)", "acquire S0", "yield", "io forever"]
[[arrivals]]
task = "b"
to = "e0"
at = "0s"
count = 2"#;
    for text in [held, queued].map(beside_a_ticker) {
        let document = Document::parse("pinned.toml", &text).expect("it is sound");
        let scenario = Arc::new(document.scenario("base", &Default::default()).expect("it is sound"));
        let view = TimingAssumption::Untimed { timeouts_last: false };
        let mut explorer = InterleavingExplorer::new(
            &scenario,
            ExplorationOptions { view, ..ExplorationOptions::default() },
        );
        assert!(explorer.advance(100_000) && explorer.coverage().exhausted, "{text}");
        let [ExplorationFinding { kind: FindingKind::Partial(steps), .. }] = explorer.findings() else {
            panic!("{:?}\n{text}", explorer.findings())
        };
        assert_eq!(steps.len(), 1, "{text}");
    }
}
