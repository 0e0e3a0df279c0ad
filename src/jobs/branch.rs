//! The other orders that were possible at a moment of a run, in words, and what each comes to.

use super::protocol::{JobHost, Subject, packed};
use crate::analysis::digest::Digest;
use crate::model::scenario::Scenario;
use crate::study::branch::{self, BranchPointSearch, BranchSearchStart, RunOutcomeSummary};
use crate::study::schedule::{ReplayInProgress, Schedule, TimingAssumption};
use crate::trace::event::EventId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Points that are told of each view: the one at the moment, and the next.
const MAX_POINTS: usize = 2;
/// Ways that are told of each point.
const MAX_WAYS: usize = 12;
/// Steps between two looks at what is left, and most steps of a run that is looked through for what it comes to.
const SLICE: u64 = 4_096;
const MAX_STEPS: u64 = 20_000;

/// A request for the other orders at a moment of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BranchJob {
    /// Of which scenario.
    pub subject: Subject,
    /// The way that the run goes.
    pub schedule: Option<String>,
    /// The moment: the point whose outcome this event was.
    pub event: u32,
}

/// The points at which the run could have gone another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchPoints {
    /// Points with these timings, where they mean something for this run.
    pub timed: Option<Vec<BranchPoint>>,
    /// Points with other timings, likewise.
    pub untimed: Option<Vec<BranchPoint>>,
}

/// A place at which the run could have gone another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchPoint {
    /// Instant of the point.
    pub at: String,
    /// How many events had happened.
    pub events: u32,
    /// What the run did there.
    pub came: String,
    /// What could have come instead.
    pub ways: Vec<Alternative>,
    /// How many more there are.
    pub more: u32,
}

/// Something else that could have come next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    /// In words, without a full stop.
    pub text: String,
    /// What would have lasted longer than drawn.
    pub overtakes: Vec<String>,
    /// What the run then comes to, in a few words; none if that was not looked at.
    pub comes_to: Option<String>,
    /// The run that goes this way.
    pub schedule: String,
}

pub(super) fn execute(order: &BranchJob, line: &mut dyn JobHost) -> Result<(), String> {
    let scenario = order.subject.scenario()?;
    let schedule = order.schedule.as_ref().and_then(|text| text.parse::<Schedule>().ok());
    let mut told = BranchPoints { timed: None, untimed: None };
    for view in [TimingAssumption::Timed, TimingAssumption::Untimed { timeouts_last: false }] {
        // A run that goes its own way has its points in its own view only.
        if schedule.as_ref().is_some_and(|schedule| schedule.view != view) {
            continue;
        }
        // As many more as those that were told already can leave empty.
        let most = MAX_POINTS + told.timed.as_ref().map_or(0, Vec::len);
        let mut points = points(&scenario, &branch::base(schedule.as_ref(), view), order.event, most)?;
        leave_out(&mut points, told.timed.as_deref().unwrap_or_default());
        points.truncate(MAX_POINTS);
        *if view == TimingAssumption::Timed { &mut told.timed } else { &mut told.untimed } = Some(points);
    }
    line.send(packed(&told));
    // What each comes to takes a run each: it is told when it is known.
    for points in [&mut told.timed, &mut told.untimed].into_iter().flatten() {
        for way in points.iter_mut().flat_map(|point| &mut point.ways) {
            way.comes_to = way.schedule.parse().ok().and_then(|schedule| comes_to(&scenario, &schedule));
        }
    }
    line.send(packed(&told));
    Ok(())
}

fn points(
    scenario: &Arc<Scenario>,
    base: &Schedule,
    event: u32,
    most: usize,
) -> Result<Vec<BranchPoint>, String> {
    let from = BranchSearchStart::Event(EventId(event));
    let misfit = |misfit: crate::study::schedule::ScheduleError| misfit.to_string();
    let mut branching = BranchPointSearch::new(scenario, base, from, most).map_err(misfit)?;
    while !branching.advance(SLICE).map_err(misfit)? {}
    let points = branching.finish().points.into_iter();
    Ok(points.filter_map(point).collect())
}

/// Leaves out what was told already.
fn leave_out(points: &mut Vec<BranchPoint>, told: &[BranchPoint]) {
    for point in points.iter_mut() {
        let same = |way: &Alternative| {
            let here = told.iter().filter(|other| other.events == point.events);
            here.flat_map(|other| &other.ways).any(|other| other.text == way.text)
        };
        let ways = std::mem::take(&mut point.ways);
        point.ways = ways.into_iter().filter(|way| !same(way)).collect();
    }
    points.retain(|point| !point.ways.is_empty());
}

/// A point with what could have come instead; ways that come to the same as another are left out.
fn point(point: branch::BranchPoint) -> Option<BranchPoint> {
    let taken = &point.ways[point.taken];
    let is_other = |(number, way): &(usize, &branch::BranchAlternative)| {
        *number != point.taken && way.like.is_none() && taken.like != Some(*number)
    };
    let others = point.ways.iter().enumerate().filter(is_other);
    let ways: Vec<Alternative> = others
        .map(|(_, way)| Alternative {
            text: way.text.clone(),
            overtakes: way.overtakes.clone(),
            comes_to: None,
            schedule: way.schedule.to_string(),
        })
        .collect();
    let more = ways.len().saturating_sub(MAX_WAYS) as u32;
    (!ways.is_empty()).then(|| BranchPoint {
        at: point.at.to_string(),
        events: point.events,
        came: taken.text.clone(),
        ways: ways.into_iter().take(MAX_WAYS).collect(),
        more,
    })
}

fn comes_to(scenario: &Scenario, schedule: &Schedule) -> Option<String> {
    let mut replaying = ReplayInProgress::new(scenario, schedule).ok()?;
    if !replaying.advance(MAX_STEPS) {
        return None;
    }
    let replay = replaying.finish().ok()?;
    Some(RunOutcomeSummary::of(&Digest::new(&replay.trace)).words())
}

#[cfg(test)]
mod tests {
    use super::super::{JobRequest, execute, unpacked};
    use super::*;
    use crate::gallery;

    struct LastMessage(Vec<BranchPoints>);

    impl JobHost for LastMessage {
        fn send(&mut self, message: Vec<u8>) {
            self.0.extend(unpacked(&message));
        }

        fn now(&self) -> f64 {
            0.0
        }
    }

    fn asked(name: &str, schedule: Option<&str>, event: u32) -> BranchPoints {
        let source = gallery::find(name).expect("in the gallery").text.to_owned();
        let subject = Subject { name: name.to_owned(), source, variant: "base".to_owned(), set: Vec::new() };
        let mut last = LastMessage(Vec::new());
        let order = JobRequest::Branch(BranchJob { subject, schedule: schedule.map(str::to_owned), event });
        execute(&order, &mut last).expect("a good subject");
        last.0.pop().expect("something is told")
    }

    #[test]
    fn another_order_of_a_reboot_has_words_and_an_upshot() {
        let told = asked("nova-hard-reboot", None, 0);
        let points = told.untimed.expect("a plain run has both views");
        let way = points.iter().flat_map(|point| &point.ways).next().expect("another order");
        assert!(!way.text.is_empty() && way.comes_to.is_some(), "{way:?}");
        assert!(told.timed.is_some());
    }

    #[test]
    fn a_run_that_goes_its_own_way_has_points_in_its_own_view_only() {
        let told = asked("nova-hard-reboot", Some("untimed/1.1"), 0);
        assert!(told.timed.is_none() && told.untimed.is_some());
    }
}
