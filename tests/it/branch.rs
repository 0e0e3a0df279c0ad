//! Branching off a run: what is listed at a moment, what it says, and that a way taken is the run up to there.

use crate::cli::threadbare;
use crate::runs::{scenario, scenarios_of};
use serde_json::Value;
use std::sync::Arc;
use threadbare::analysis::difference::first_difference;
use threadbare::analysis::digest::Digest;
use threadbare::model::scenario::Scenario;
use threadbare::model::time::Time;
use threadbare::study::branch::{BranchPoints, BranchSearchStart, RunOutcomeSummary, base, branches};
use threadbare::study::run;
use threadbare::study::schedule::{Schedule, TimingAssumption, replay};
use threadbare::trace::Trace;
use threadbare::trace::event::EventId;

const UNTIMED: TimingAssumption = TimingAssumption::Untimed { timeouts_last: false };

fn branches_of(
    scenario: &Arc<Scenario>,
    view: TimingAssumption,
    from: BranchSearchStart,
    most: usize,
) -> BranchPoints {
    branches(scenario, &base(None, view), from, most).expect("the plain run fits")
}

fn follow(scenario: &Scenario, schedule: &Schedule) -> Trace {
    replay(scenario, schedule).unwrap_or_else(|misfit| panic!("{schedule}: {misfit}")).trace
}

#[test]
fn a_way_is_the_run_up_to_its_point_and_the_one_taken_is_the_run() {
    let mut ways = 0;
    for entry in threadbare::gallery::ENTRIES {
        for (name, scenario) in scenarios_of(entry.name, entry.text) {
            for view in [TimingAssumption::Timed, UNTIMED] {
                let trunk = follow(&scenario, &base(None, view));
                if trunk.len() > 400 {
                    continue;
                }
                for point in branches_of(&scenario, view, BranchSearchStart::At(Time::ZERO), 5).points {
                    assert!(point.ways.len() > 1 && point.taken == 0, "{name}");
                    for (n, way) in point.ways.iter().enumerate().take(4) {
                        let trace = follow(&scenario, &way.schedule);
                        let first = first_difference(&trunk, &trace);
                        assert!(first.is_none_or(|first| first.0 >= point.events), "{name} {}", way.schedule);
                        assert!(n != point.taken || first.is_none(), "{name} {}", way.schedule);
                        ways += 1;
                    }
                }
            }
        }
    }
    assert!(ways > 1_000, "{ways}");
}

#[test]
fn a_branch_of_a_branch_keeps_its_turns() {
    let scenario = scenario("nova-hard-reboot", "base");
    let first =
        &branches_of(&scenario, UNTIMED, BranchSearchStart::At(Time::ZERO), 1).points[0].ways[1].schedule;
    let later = branches(&scenario, first, BranchSearchStart::At(Time::ZERO), 100).expect("it fits");
    assert_eq!(later.points[0].taken, 1, "the turn is what the run did");
    let second = &later.points.last().expect("there are more points").ways[1].schedule;
    assert_eq!((second.turns.len(), second.turns[0]), (2, first.turns[0]));
    let back = &later.points[0].ways[0].schedule;
    assert!(back.turns.is_empty(), "the engine's own way is to be had back: {back}");
    assert_eq!(base(Some(first), UNTIMED), *first);
    assert!(base(Some(first), TimingAssumption::Timed).turns.is_empty());
}

#[test]
fn what_could_have_come_is_said_in_plain_words() {
    let scenario = scenario("nova-hard-reboot", "base");
    let found = branches_of(&scenario, UNTIMED, BranchSearchStart::At(Time(5_000_000_000)), 1);
    let [point] = found.points.as_slice() else { panic!("{found:?}") };
    assert_eq!((point.at, point.events), (Time(6_000_000_000), 11));
    let told: Vec<_> = point.ways.iter().map(|way| (way.text.as_str(), way.at.seconds())).collect();
    assert_eq!(
        told,
        [
            ("libvirt_events#0's `io 4s` is over", 6.0),
            ("hard_reboot#0's `io 8s` is over", 8.0),
            ("delayed lets libvirt_events#0/update go", 17.0),
        ]
    );
    assert_eq!(point.ways[1].overtakes, ["the end of libvirt_events#0's `io 4s`"]);
    assert_eq!(found.more, 3);
    let late = follow(&scenario, &point.ways[2].schedule);
    let upshot = RunOutcomeSummary::of(&Digest::new(&late));
    let was = RunOutcomeSummary::of(&Digest::new(&run::run(Arc::clone(&scenario))));
    assert!(!upshot.is_like(&was) && was.failed.is_empty());
    assert!(upshot.words().contains("`final.power_state = RUNNING` fails: SHUTDOWN"), "{}", upshot.words());
}

#[test]
fn from_an_event_the_first_point_is_the_one_it_comes_of() {
    let scenario = scenario("nova-hard-reboot", "base");
    let all = branches_of(&scenario, UNTIMED, BranchSearchStart::At(Time::ZERO), 100).points;
    let from = |event| branches_of(&scenario, UNTIMED, BranchSearchStart::Event(EventId(event)), 100).points;
    for pair in all.windows(2) {
        assert_eq!(from(pair[1].events)[0].number, pair[1].number);
    }
    assert_eq!(from(0), all);
    assert!(from(1_000_000).is_empty());
}

#[test]
fn runs_differ_from_the_first_event_that_does() {
    let scenario = scenario("nova-build-deadlock", "base");
    let one = run::run(Arc::clone(&scenario));
    assert_eq!(first_difference(&one, &one), None);
    let mut shorter = one.clone();
    shorter.records.truncate(shorter.len() - 1);
    assert_eq!(first_difference(&one, &shorter), Some(EventId(shorter.len() as u32)));
    let six = run::run(crate::runs::scenario("nova-build-deadlock", "six_workers"));
    let first = first_difference(&one, &six).expect("they differ").index();
    assert!(first > 0 && one.event(EventId(first as u32)) != six.event(EventId(first as u32)));
}

#[test]
fn the_command_lists_alternatives_and_takes_one() {
    let listed = threadbare(&["branch", "nova-hard-reboot", "--at", "5s", "--view", "untimed"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    assert!(listed.out.contains("   2. delayed lets libvirt_events#0/update go"), "{}", listed.out);
    let take = ["branch", "nova-hard-reboot", "--at", "5s", "--view", "untimed", "--take"];
    let taken = threadbare(&[&take[..], &["2", "--timeline"]].concat());
    assert!(taken.out.contains("event 11, instead: at 17 s:"), "{}", taken.out);
    assert!(taken.out.contains("--schedule untimed/6.2 --timeline"), "{}", taken.out);
    let json = threadbare(&[&take[..], &["2", "--json"]].concat());
    let json: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(json["first_difference"], 11);
    assert_eq!(json["alternative"]["schedule"], "untimed/6.2");
    let way = ["run", "nova-hard-reboot", "--schedule", "untimed/6.2", "--json"];
    let replayed: Value = serde_json::from_str(&threadbare(&way).out).expect("JSON");
    assert_eq!(replayed["fingerprint"], json["instead"]["fingerprint"]);
    let none = threadbare(&[&take[..], &["99"]].concat());
    assert_eq!(none.code, 2);
    assert!(none.err.contains("there is no alternative 99"), "{}", none.err);
}

#[test]
fn the_command_keeps_to_the_view_of_a_schedule() {
    let way = ["branch", "nova-hard-reboot", "--schedule", "untimed/6.2"];
    let on = threadbare(&way);
    assert!(on.out.contains("With other timings, going untimed/6.2"), "{}{}", on.out, on.err);
    let other = threadbare(&[&way[..], &["--view", "timed"]].concat());
    assert_eq!(other.code, 2, "{}", other.out);
    let misfit = threadbare(&["branch", "nova-hard-reboot", "--schedule", "untimed/6.9"]);
    assert_eq!(misfit.code, 2, "{}", misfit.out);
    assert_eq!(threadbare(&["branch", "nova-hard-reboot", "--at", "forever"]).code, 2);
}
