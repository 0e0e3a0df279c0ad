//! Branching: the other ways that a run could have gone at a moment, and what each comes to.
//!
//! A run is a schedule ([`super::schedule`]). Wherever more than one thing may happen next it has a *point*, and each
//! of the things is a *way* on. A way comes with the schedule that goes as the run did until there, then this way, and
//! from there on as the engine itself would. So a branch is an ordinary run: `run --schedule` and a link replay it.
//!
//! In the timed view the ways at a point are the simultaneous events with these timings. In the untimed
//! view whatever is under way may come next; what is overtaken by that lasted longer than drawn.
//!
//! Invariant: the first way that is listed is the engine's own, and following the schedule of any way gives a run
//! that differs from the listed one nowhere before the point. Deliberately absent: judging which ways matter;
//! [`RunOutcomeSummary`] says what a run comes to, and a caller compares.

mod upshot;
mod words;

pub use upshot::RunOutcomeSummary;

use super::recorders::RunRecorder;
use super::schedule::{
    NextChoices, PendingEvent, ReplayInProgress, Schedule, ScheduleDeviation, ScheduleError,
    TimingAssumption, due,
};
use crate::analysis::names::Names;
use crate::engine::explore::Choice;
use crate::model::id::TaskId;
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::trace::event::EventId;
use std::sync::Arc;
use words::ChoiceDescriber;

/// Where in a run the search for branch points begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchSearchStart {
    /// From the point on whose outcome this event was. Events are counted from 0, as in a trace.
    Event(EventId),
    /// From the first thing on that happened at this instant or later.
    At(Time),
}

/// A place at which a run could have gone another way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchPoint {
    /// Its number, as schedules count points: from 1.
    pub number: u32,
    /// When what came next happened.
    pub at: Time,
    /// How many events had happened; the event of this number is the first that a way may change.
    pub events: u32,
    /// Which of the ways the run took.
    pub taken: usize,
    /// What could come next, the engine's own way first: two ways at least.
    pub ways: Vec<BranchAlternative>,
}

/// Something that could come next at a branch point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchAlternative {
    /// What comes, in plain words without a full stop: `build#1 starts`.
    pub text: String,
    /// What it comes before although that is due earlier: those durations last longer than drawn. Empty in the
    /// timed view.
    pub overtakes: Vec<String>,
    /// When it happens: at the present instant, or when it is due.
    pub at: Time,
    /// The task it is about, if it is one; the ids are those of the run up to here.
    pub task: Option<TaskId>,
    /// An earlier way that comes to the same, because the two tasks are alike in everything.
    pub like: Option<usize>,
    /// The run that goes this way.
    pub schedule: Schedule,
}

/// The branch points of a run that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchPoints {
    /// In order. Only as many as were asked for.
    pub points: Vec<BranchPoint>,
    /// How many more there are.
    pub more: u32,
}

/// A search for the points of a run, in slices so that a caller can show progress and answer a cancel.
pub struct BranchPointSearch {
    scenario: Arc<Scenario>,
    base: Schedule,
    most: usize,
    from: BranchListingStart,
    replaying: ReplayInProgress,
    /// As of the last event that was read.
    names: Names,
    read: usize,
    found: BranchPoints,
}

/// Where the list of points begins.
#[derive(Clone, Copy)]
enum BranchListingStart {
    /// It is not known yet which point this event comes of.
    Seeking(u64),
    Point(u32),
    At(Time),
}

/// The run that branches are taken from, seen in `view`: the way of `schedule` if it is one of that view, otherwise the
/// engine's own with the same arrivals. (Points are counted differently in each view, so turns of one mean
/// nothing in the other.)
pub fn base(schedule: Option<&Schedule>, view: TimingAssumption) -> Schedule {
    match schedule {
        Some(schedule) if schedule.view == view => schedule.clone(),
        Some(schedule) => Schedule { view, arrivals: schedule.arrivals.clone(), turns: Vec::new() },
        None => Schedule { view, arrivals: Vec::new(), turns: Vec::new() },
    }
}

/// All at once: see [`BranchPointSearch`].
///
/// # Errors
/// If the schedule does not fit.
pub fn branches(
    scenario: &Arc<Scenario>,
    base: &Schedule,
    from: BranchSearchStart,
    most: usize,
) -> Result<BranchPoints, ScheduleError> {
    let mut branching = BranchPointSearch::new(scenario, base, from, most)?;
    while !branching.advance(u64::MAX)? {}
    Ok(branching.finish())
}

impl BranchPointSearch {
    /// Ready to look for the first `most` points, from a moment on, of the run of `scenario` that `base` names.
    ///
    /// # Errors
    /// If the schedule does not fit: see [`ReplayInProgress`].
    pub fn new(
        scenario: &Arc<Scenario>,
        base: &Schedule,
        from: BranchSearchStart,
        most: usize,
    ) -> Result<BranchPointSearch, ScheduleError> {
        let replaying = ReplayInProgress::new(scenario, base)?;
        let from = match from {
            BranchSearchStart::Event(event) => BranchListingStart::Seeking(event.0.into()),
            BranchSearchStart::At(at) => BranchListingStart::At(at),
        };
        Ok(BranchPointSearch {
            scenario: Arc::clone(scenario),
            base: base.clone(),
            most,
            from,
            names: Names::new(replaying.scenario()),
            replaying,
            read: 0,
            found: BranchPoints { points: Vec::new(), more: 0 },
        })
    }

    /// Takes `steps` more steps of the run; returns whether it is over.
    ///
    /// # Errors
    /// If the schedule does not fit after all.
    pub fn advance(&mut self, steps: u64) -> Result<bool, ScheduleError> {
        for _ in 0..steps {
            let Some(next) = self.replaying.look() else {
                return self.replaying.fits().map(|()| true);
            };
            match self.from {
                BranchListingStart::Seeking(event) => self.seek(&next, event)?,
                BranchListingStart::Point(_) | BranchListingStart::At(_) => self.note(&next),
            }
        }
        Ok(false)
    }

    /// How far the run has come.
    pub fn now(&self) -> Time {
        self.replaying.now()
    }

    /// The branch points of a run that were found.
    pub fn finish(self) -> BranchPoints {
        self.found
    }

    /// Goes on until it is known which point the event comes of, and begins again to tell from there on.
    fn seek(&mut self, next: &NextChoices, event: u64) -> Result<(), ScheduleError> {
        self.replaying.go(next);
        if self.replaying.events() > event {
            let is_point = next.choices.len() > 1;
            self.from = BranchListingStart::Point(next.point + u32::from(!is_point));
            self.replaying = ReplayInProgress::new(&self.scenario, &self.base)?;
        }
        Ok(())
    }

    fn note(&mut self, next: &NextChoices) {
        let is_in = match self.from {
            BranchListingStart::Seeking(_) => false,
            BranchListingStart::Point(first) => next.point >= first,
            BranchListingStart::At(from) => instant(&next.choices[next.taken], self.replaying.now()) >= from,
        };
        if is_in && next.choices.len() > 1 {
            if self.found.points.len() < self.most {
                let point = self.point(next);
                self.found.points.push(point);
            } else {
                self.found.more += 1;
            }
        }
        self.replaying.go(next);
    }

    fn point(&mut self, next: &NextChoices) -> BranchPoint {
        let twins = self.replaying.run().twins(&next.choices);
        let (now, events) = (self.replaying.now(), self.replaying.events() as u32);
        self.read_names();
        let words = ChoiceDescriber { scenario: self.replaying.scenario(), names: &self.names };
        let dues: Vec<PendingEvent> = next.choices.iter().filter_map(due).collect();
        let ways = (0u16..).zip(&next.choices).zip(twins).map(|((number, choice), like)| {
            let overtaken = |slow: &&PendingEvent| choice.due.is_some_and(|fast| slow.at < fast);
            BranchAlternative {
                text: words.choice(choice),
                overtakes: dues.iter().filter(overtaken).map(|slow| words.due(slow)).collect(),
                at: instant(choice, now),
                task: choice.task,
                like,
                schedule: self.way(next.point, number),
            }
        });
        let at = instant(&next.choices[next.taken], now);
        BranchPoint { number: next.point, at, events, taken: next.taken, ways: ways.collect() }
    }

    /// The schedule that goes this way at this point.
    fn way(&self, point: u32, choice: u16) -> Schedule {
        let before = self.base.turns.iter().filter(|turn| turn.point < point);
        let here = (choice > 0).then_some(ScheduleDeviation { point, choice });
        Schedule { turns: before.copied().chain(here).collect(), ..self.base.clone() }
    }

    fn read_names(&mut self) {
        if let RunRecorder::All(full) = &self.replaying.run().recorder().0 {
            full.records[self.read..].iter().for_each(|record| self.names.apply(record.event()));
            self.read = full.records.len();
        }
    }
}

/// When a choice happens.
fn instant(choice: &Choice, now: Time) -> Time {
    choice.due.map_or(now, |due| due.max(now))
}
