//! Schedules: which way a run went wherever more than one was possible, as a short text that replays it.
//!
//! `VIEW[/arrivals=N,N,…]/POINT.CHOICE,POINT.CHOICE,…`, for instance `untimed/arrivals=2,-/3.1,7.2`: in the
//! untimed view, with only 2 of the first entry's arrivals, the third time that there is a choice take alternative
//! 1, the seventh time alternative 2, and otherwise what the engine itself would do (alternative 0). `+late` after
//! the view: timeouts come only when nothing else can happen. Points are counted from 1.
//!
//! Invariant: the empty timed schedule is the plain run, event by event. A schedule belongs to the document,
//! variant and seed that it was found with; on another it may lead elsewhere, or nowhere, and then says so.

use super::recorders::RunRecorder;
use super::run::end_after;
use crate::engine::Engine;
use crate::engine::explore::{Choice, ChoiceKind, Rules};
use crate::model::id::{ArrivalId, ExecutorId, Pc, TaskId};
use crate::model::scenario::{Limits, Pattern, Scenario};
use crate::model::time::Time;
use crate::trace::event::EventId;
use crate::trace::record::Record;
use crate::trace::recorder::{FullRecord, Recorder, Stepwise};
use crate::trace::{Outcome, OutcomeKind, Trace};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Which orders are possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimingAssumption {
    /// What is simultaneous with these timings may come in any order.
    Timed,
    /// Durations say nothing: whatever is under way may end next.
    Untimed {
        /// Timeouts come only when nothing else can happen.
        timeouts_last: bool,
    },
}

impl TimingAssumption {
    pub(super) fn rules(self) -> Rules {
        match self {
            TimingAssumption::Timed => Rules::default(),
            TimingAssumption::Untimed { timeouts_last } => {
                Rules { untimed: true, timeouts_last, every_step: false }
            }
        }
    }
}

/// At which choice another than the engine's own way was taken, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduleDeviation {
    /// The how-manieth time, from 1, that there was a choice.
    pub point: u32,
    /// Which of the alternatives, from 1.
    pub choice: u16,
}

/// One way that a run can go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Under which view.
    pub view: TimingAssumption,
    /// Maximum number of arrivals of each entry; entries beyond the list, and `None`, bring all of theirs.
    pub arrivals: Vec<Option<u64>>,
    /// Where it leaves the engine's own way, in order.
    pub turns: Vec<ScheduleDeviation>,
}

impl Schedule {
    /// The plain run's.
    pub fn plain() -> Schedule {
        Schedule { view: TimingAssumption::Timed, arrivals: Vec::new(), turns: Vec::new() }
    }
}

/// Most turns that a schedule may have: enough for any that exploration finds.
const MAX_TURNS: usize = 100_000;

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.view {
            TimingAssumption::Timed => "timed",
            TimingAssumption::Untimed { timeouts_last: false } => "untimed",
            TimingAssumption::Untimed { timeouts_last: true } => "untimed+late",
        })?;
        if self.arrivals.iter().any(Option::is_some) {
            let entry = |most: &Option<u64>| most.map_or("-".to_owned(), |most| most.to_string());
            write!(f, "/arrivals={}", self.arrivals.iter().map(entry).collect::<Vec<_>>().join(","))?;
        }
        f.write_str("/")?;
        for (i, turn) in self.turns.iter().enumerate() {
            write!(f, "{}{}.{}", if i > 0 { "," } else { "" }, turn.point, turn.choice)?;
        }
        Ok(())
    }
}

/// Why a text is no schedule, or a schedule does not fit a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleError(pub String);

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ScheduleError {}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Schedule, ScheduleError> {
        let misfit = |what: String| ScheduleError(format!("{what}; a schedule looks like `untimed/3.1,7.2`"));
        let mut parts = text.trim().split('/');
        let view = match parts.next().unwrap_or_default() {
            "timed" => TimingAssumption::Timed,
            "untimed" => TimingAssumption::Untimed { timeouts_last: false },
            "untimed+late" => TimingAssumption::Untimed { timeouts_last: true },
            other => return Err(misfit(format!("`{other}` is not a view (timed, untimed or untimed+late)"))),
        };
        let mut schedule = Schedule { view, arrivals: Vec::new(), turns: Vec::new() };
        let mut next = parts.next();
        if let Some(arrivals) = next.and_then(|part| part.strip_prefix("arrivals=")) {
            for entry in arrivals.split(',') {
                let most = match entry {
                    "-" => None,
                    number => Some(
                        number
                            .parse()
                            .map_err(|_| misfit(format!("`{number}` is not a number of arrivals")))?,
                    ),
                };
                schedule.arrivals.push(most);
            }
            next = parts.next();
        }
        for turn in next.unwrap_or_default().split(',').filter(|turn| !turn.is_empty()) {
            let numbers = turn.split_once('.').and_then(|(p, c)| Some((p.parse().ok()?, c.parse().ok()?)));
            let Some((point, choice)) = numbers else {
                return Err(misfit(format!("`{turn}` is not POINT.CHOICE")));
            };
            if choice == 0 || schedule.turns.last().map_or(0, |last| last.point) >= point {
                return Err(misfit(format!("`{turn}`: points ascend from 1, and so does a choice")));
            }
            schedule.turns.push(ScheduleDeviation { point, choice });
        }
        if let Some(more) = parts.next() {
            return Err(misfit(format!("`/{more}` is more than a schedule has")));
        }
        if schedule.turns.len() > MAX_TURNS {
            return Err(misfit(format!(
                "{} turns are more than the {MAX_TURNS} allowed",
                schedule.turns.len()
            )));
        }
        Ok(schedule)
    }
}

/// Returns the scenario with at most `most` arrivals of each entry.
pub fn with_arrivals(scenario: &Scenario, most: &[Option<u64>]) -> Scenario {
    let mut scenario = scenario.clone();
    for (entry, most) in scenario.arrivals.iter_mut().zip(most) {
        let Some(most) = *most else { continue };
        match &mut entry.pattern {
            Pattern::Batch { count, .. } => *count = most.min(*count),
            Pattern::Stream { count, .. } => *count = Some(count.map_or(most, |count| count.min(most))),
            Pattern::Trace(times) => times.truncate(usize::try_from(most).unwrap_or(usize::MAX)),
        }
    }
    scenario
}

/// A run that goes its own way is given up sooner: in the untimed view nothing else ends it.
pub(super) fn limits(own: Limits) -> Limits {
    Limits {
        max_events: own.max_events.min(1_000_000),
        max_tasks: own.max_tasks.min(100_000),
        max_at_one_instant: own.max_at_one_instant.min(1_000_000),
    }
}

/// Something with a deadline that something with a later deadline came before: its duration was longer than drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OvertakenEvent {
    /// What was overtaken.
    pub slow: PendingEvent,
    /// What overtook it.
    pub fast: PendingEvent,
}

/// Something that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingEvent {
    /// When, as drawn.
    pub at: Time,
    /// What is due.
    pub what: PendingEventKind,
}

/// What may be due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingEventKind {
    /// The entry's next task arrives.
    Arrival(ArrivalId),
    /// The step before this instruction of the task is over; at 0, the thread that is to run it has started.
    Step(TaskId, Pc),
    /// The delay lets the task go.
    Delay(TaskId, ExecutorId),
    /// The wait at this instruction of the task times out.
    Timeout(TaskId, Pc),
}

/// Most of them that are told of one run.
const MAX_LATE_ITEMS: usize = 64;

pub(super) fn due(choice: &Choice) -> Option<PendingEvent> {
    let (at, task, pc) = (choice.due?, choice.task, choice.pc);
    let what = match choice.what {
        ChoiceKind::Arrival(entry) => PendingEventKind::Arrival(entry),
        ChoiceKind::Timer => PendingEventKind::Step(task?, pc?),
        ChoiceKind::Delay(wrapper) => PendingEventKind::Delay(task?, wrapper),
        ChoiceKind::Timeout => PendingEventKind::Timeout(task?, pc?),
        ChoiceKind::Preempt
        | ChoiceKind::Departure(_)
        | ChoiceKind::Injection(_)
        | ChoiceKind::Turn(_)
        | ChoiceKind::Green(_)
        | ChoiceKind::Pump(_)
        | ChoiceKind::Steal(..)
        | ChoiceKind::Maybe(_)
        | ChoiceKind::Notify(_) => return None,
    };
    Some(PendingEvent { at, what })
}

/// Notes what `taken` comes before although it is due later.
fn note_late(list: &mut Vec<OvertakenEvent>, taken: &Choice, choices: &[Choice]) {
    let Some(fast) = due(taken) else { return };
    for slow in choices.iter().filter_map(due).filter(|slow| slow.at < fast.at) {
        if list.len() < MAX_LATE_ITEMS && list.iter().all(|known| known.slow != slow) {
            list.push(OvertakenEvent { slow, fast });
        }
    }
}

/// A run that goes one way or another.
pub(super) type Run = Engine<Stepwise<RunRecorder>>;

/// Ready to go its way from the beginning.
pub(super) fn begin(scenario: Arc<Scenario>, view: TimingAssumption, keep: RunRecorder) -> Run {
    let mut run = Engine::new(scenario, Stepwise(keep));
    run.explore_by(view.rules());
    run
}

/// What a run kept that was told to keep everything.
fn kept(run: Run) -> FullRecord {
    match run.into_recorder().0 {
        RunRecorder::All(full) => full,
        RunRecorder::Search(_) => FullRecord::default(),
    }
}

/// A run that followed a schedule.
#[derive(Clone, Debug)]
pub struct ReplayedRun {
    /// What happened. Its scenario has the arrivals that the schedule leaves.
    pub trace: Trace,
    /// What took longer than drawn, in the order in which that showed. Empty in the timed view.
    pub late: Vec<OvertakenEvent>,
    /// The run came to its end.
    pub is_whole: bool,
}

/// What may happen next in a replay. There is a choice if there is more than one.
pub(super) struct NextChoices {
    /// What may happen.
    pub choices: Vec<Choice>,
    /// Which of it does.
    pub taken: usize,
    /// How many choices there have been, this one included.
    pub point: u32,
}

/// A replay in slices, so that a caller can show progress and answer a cancel.
pub struct ReplayInProgress {
    scenario: Arc<Scenario>,
    run: Run,
    turns: Vec<ScheduleDeviation>,
    /// How many of them are taken.
    taken: usize,
    /// How many real choices there have been.
    points: u32,
    late: Vec<OvertakenEvent>,
    misfit: Option<String>,
    over: bool,
}

impl ReplayInProgress {
    /// Ready to run `scenario` the way that `schedule` says.
    ///
    /// # Errors
    /// If the schedule names more entries of arrivals than there are.
    pub fn new(scenario: &Scenario, schedule: &Schedule) -> Result<ReplayInProgress, ScheduleError> {
        if schedule.arrivals.len() > scenario.arrivals.len() {
            return Err(ScheduleError(
                "the schedule names more entries of arrivals than the scenario has".to_owned(),
            ));
        }
        let mut limited = with_arrivals(scenario, &schedule.arrivals);
        limited.limits = limits(limited.limits);
        let scenario = Arc::new(limited);
        Ok(ReplayInProgress {
            run: begin(Arc::clone(&scenario), schedule.view, RunRecorder::All(FullRecord::default())),
            scenario,
            turns: schedule.turns.clone(),
            taken: 0,
            points: 0,
            late: Vec::new(),
            misfit: None,
            over: false,
        })
    }

    /// Takes `steps` more steps; returns whether the run is over.
    pub fn advance(&mut self, steps: u64) -> bool {
        for _ in 0..steps {
            if self.over {
                break;
            }
            self.step();
        }
        self.over
    }

    fn step(&mut self) {
        if let Some(next) = self.look() {
            self.go(&next);
        }
    }

    /// What may happen next, and which of it the schedule takes; `None` once the run is over.
    pub(super) fn look(&mut self) -> Option<NextChoices> {
        let choices = self.run.choices();
        if choices.is_empty() {
            self.over = true;
        }
        let taken = if choices.len() > 1 { self.pick(choices.len()) } else { 0 };
        self.over |= self.misfit.is_some();
        (!self.over).then_some(NextChoices { choices, taken, point: self.points })
    }

    /// Takes the alternative `next`.
    pub(super) fn go(&mut self, next: &NextChoices) {
        let taken = &next.choices[next.taken];
        note_late(&mut self.late, taken, &next.choices);
        self.run.take(taken);
    }

    /// The run as far as it has come.
    pub(super) fn run(&mut self) -> &mut Run {
        &mut self.run
    }

    /// The scenario, with the arrivals that the schedule leaves.
    pub(super) fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// Returns which of `alternatives` the schedule takes at this point.
    fn pick(&mut self, alternatives: usize) -> usize {
        self.points += 1;
        let Some(turn) = self.turns.get(self.taken).filter(|turn| turn.point == self.points) else {
            return 0;
        };
        self.taken += 1;
        let choice = usize::from(turn.choice);
        if choice < alternatives {
            return choice;
        }
        let (point, last) = (turn.point, alternatives - 1);
        self.misfit = Some(format!("at point {point} the alternatives end at {last}; {choice} is none"));
        0
    }

    /// How many events there were.
    pub fn events(&self) -> u64 {
        self.run.recorder().count()
    }

    /// The present instant.
    pub fn now(&self) -> Time {
        self.run.now()
    }

    /// What happened.
    ///
    /// # Errors
    /// If there was no such alternative at some point, or there were fewer points: the schedule is of another
    /// document, variant or seed.
    pub fn finish(mut self) -> Result<ReplayedRun, ScheduleError> {
        self.fits()?;
        let outcome = self.run.ended();
        let FullRecord { records, values, .. } = kept(self.run);
        let trace = Trace { scenario: self.scenario, records, values, outcome };
        Ok(ReplayedRun { trace, late: self.late, is_whole: true })
    }

    /// What has happened so far; of a run that has not ended the outcome is that of a horizon here.
    ///
    /// # Errors
    /// As [`ReplayInProgress::finish`].
    pub(super) fn finish_here(mut self) -> Result<ReplayedRun, ScheduleError> {
        let is_over = self.look().is_none();
        self.fits()?;
        let here = Outcome { kind: OutcomeKind::Until, at: self.now() };
        let outcome = if is_over { self.run.ended() } else { here };
        let FullRecord { records, values, .. } = kept(self.run);
        let trace = Trace { scenario: self.scenario, records, values, outcome };
        Ok(ReplayedRun { trace, late: self.late, is_whole: is_over })
    }

    /// What has happened up to the event that completes a deadlock.
    ///
    /// # Errors
    /// As [`ReplayInProgress::finish`].
    pub(super) fn finish_at_deadlock(self, event: EventId) -> Result<ReplayedRun, ScheduleError> {
        if let Some(misfit) = &self.misfit {
            return Err(ScheduleError(misfit.clone()));
        }
        let FullRecord { mut records, mut values, .. } = kept(self.run);
        let outcome = Outcome { kind: OutcomeKind::Deadlock, at: records[event.index()].at };
        end_after(event, &mut records, &mut values);
        let trace = Trace { scenario: self.scenario, records, values, outcome };
        Ok(ReplayedRun { trace, late: self.late, is_whole: false })
    }

    /// The events so far.
    pub(super) fn records(&self) -> &[Record] {
        self.run.recorder().0.recent()
    }

    /// Complains at the end of the run if the schedule did not fit.
    pub(super) fn fits(&self) -> Result<(), ScheduleError> {
        let what = match (&self.misfit, self.turns.get(self.taken)) {
            (Some(misfit), _) => misfit.clone(),
            (None, Some(ScheduleDeviation { point, .. })) => {
                format!("the run has {} points with a choice; {point} is beyond them", self.points)
            }
            (None, None) => return Ok(()),
        };
        Err(ScheduleError(format!("the schedule is not of this document, variant and seed: {what}")))
    }
}

/// Runs `scenario` the way that `schedule` says, and keeps everything.
///
/// # Errors
/// If it does not fit: see [`ReplayInProgress`].
pub fn replay(scenario: &Scenario, schedule: &Schedule) -> Result<ReplayedRun, ScheduleError> {
    let mut replaying = ReplayInProgress::new(scenario, schedule)?;
    while !replaying.advance(u64::MAX) {}
    replaying.finish()
}
