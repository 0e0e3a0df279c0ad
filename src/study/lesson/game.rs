//! Being the scheduler: at each point where more than one thing may come next, the learner says which.
//!
//! Invariant: only ways that the engine allows can be taken. What a way leads to is not said before it is taken.

use super::answer::AnswerResult;
use super::{Lesson, LessonScene, PuzzleObjective, SchedulingPuzzle};
use crate::analysis::digest::Digest;
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::study::branch::{self, BranchPoint, BranchSearchStart};
use crate::study::explore::{ExplorationOptions, FindingKind, InterleavingExplorer};
use crate::study::schedule::{self, Schedule, ScheduleDeviation, ScheduleError};
use crate::trace::Trace;
use std::sync::Arc;

/// Steps of the search for a shortest solution.
const MAX_STEPS: u64 = 400_000;

/// A game in progress.
#[derive(Clone, Debug)]
pub struct SchedulingGame {
    scenario: Arc<Scenario>,
    puzzle: SchedulingPuzzle,
    /// The way taken at each point so far, from point 1 on.
    taken: Vec<u16>,
    /// Which of those points left a choice.
    chosen: Vec<usize>,
}

/// What the learner sees of a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GameChoicePoint {
    /// When what comes next happens.
    pub at: Time,
    /// How many events have happened: what is shown up to there gives nothing away.
    pub events: u32,
    /// What may come next: a text each, with the number to take it by.
    pub ways: Vec<(u16, String)>,
}

impl SchedulingGame {
    /// A game at its beginning.
    pub fn new(scenario: Arc<Scenario>, puzzle: SchedulingPuzzle) -> SchedulingGame {
        SchedulingGame { scenario, puzzle, taken: Vec::new(), chosen: Vec::new() }
    }

    /// The next point that leaves a choice; points at which all ways come to the same are passed. `None` once the run is over.
    ///
    /// # Errors
    /// Never for ways that were taken with [`SchedulingGame::take`].
    pub fn next_move(&mut self) -> Result<Option<GameChoicePoint>, ScheduleError> {
        loop {
            let Some(point) = self.point()? else { return Ok(None) };
            let ways: Vec<(u16, String)> = (0u16..)
                .zip(&point.ways)
                .filter(|(_, way)| way.like.is_none())
                .map(|(number, way)| (number, way.text.clone()))
                .collect();
            if ways.len() > 1 {
                return Ok(Some(GameChoicePoint { at: point.at, events: point.events, ways }));
            }
            self.taken.push(0);
        }
    }

    /// Takes the way of this number at the present point.
    pub fn take(&mut self, way: u16) {
        self.chosen.push(self.taken.len());
        self.taken.push(way);
    }

    /// Takes back the last choice; whether there was one.
    pub fn undo(&mut self) -> bool {
        match self.chosen.pop() {
            Some(length) => {
                self.taken.truncate(length);
                true
            }
            None => false,
        }
    }

    /// How many choices were made.
    pub fn choice_count(&self) -> usize {
        self.chosen.len()
    }

    /// The way so far; from there on the engine goes its own.
    pub fn schedule(&self) -> Schedule {
        let turns = (1u32..).zip(&self.taken).filter(|(_, choice)| **choice > 0);
        let turns = turns.map(|(point, &choice)| ScheduleDeviation { point, choice }).collect();
        Schedule { view: self.puzzle.view, arrivals: Vec::new(), turns }
    }

    /// The run of the way so far, to its end: what comes after the present point is not for the learner yet.
    ///
    /// # Errors
    /// Never for ways that were taken with [`SchedulingGame::take`].
    pub fn replay(&self) -> Result<Trace, ScheduleError> {
        Ok(schedule::replay(&self.scenario, &self.schedule())?.trace)
    }

    /// Whether the way so far has already brought about what is wanted, whatever comes.
    pub fn is_won(&self) -> Result<bool, ScheduleError> {
        reaches(&self.scenario, &self.schedule(), self.puzzle.aim)
    }

    /// The point after those taken.
    fn point(&self) -> Result<Option<BranchPoint>, ScheduleError> {
        let schedule = self.schedule();
        let found = branch::branches(
            &self.scenario,
            &schedule,
            BranchSearchStart::At(Time::ZERO),
            self.taken.len() + 1,
        )?;
        Ok(found.points.into_iter().nth(self.taken.len()))
    }
}

/// Whether the run of a schedule comes to what is wanted.
fn reaches(scenario: &Scenario, schedule: &Schedule, aim: PuzzleObjective) -> Result<bool, ScheduleError> {
    let replay = schedule::replay(scenario, schedule)?;
    let digest = Digest::owning(replay.trace);
    let deadlocks = !digest.findings.deadlocks.is_empty();
    Ok(match aim {
        PuzzleObjective::Deadlock => deadlocks,
        PuzzleObjective::Finish => !deadlocks,
        PuzzleObjective::LostUpdate => !digest.lost_updates.is_empty(),
    })
}

/// Judges a schedule that a learner has found.
pub fn judge(
    lesson: &Lesson,
    scene: &LessonScene,
    puzzle: &SchedulingPuzzle,
    schedule: &Schedule,
) -> AnswerResult {
    let Ok(scenario) = lesson.scenario(scene) else { return AnswerResult::wrong("The run does not read.") };
    if schedule.view != puzzle.view || !schedule.arrivals.is_empty() {
        return AnswerResult::wrong("This is a schedule of another view.");
    }
    if schedule.turns.len() > puzzle.max_choices {
        return AnswerResult::wrong(format!("At most {} choices are allowed.", puzzle.max_choices));
    }
    match reaches(&scenario, schedule, puzzle.aim) {
        Ok(true) => AnswerResult::right("You made it happen."),
        Ok(false) => AnswerResult::wrong(match puzzle.aim {
            PuzzleObjective::Deadlock => "This order does not deadlock.",
            PuzzleObjective::Finish => "This order deadlocks.",
            PuzzleObjective::LostUpdate => "This order loses nothing.",
        }),
        Err(wrong) => AnswerResult::wrong(wrong.to_string()),
    }
}

/// A schedule that solves a puzzle, the fewest turns first; `None` if there is none within the search's bounds.
pub fn solution(lesson: &Lesson, scene: &LessonScene, puzzle: &SchedulingPuzzle) -> Option<Schedule> {
    let scenario = lesson.scenario(scene).ok()?;
    let plain = Schedule { view: puzzle.view, arrivals: Vec::new(), turns: Vec::new() };
    if reaches(&scenario, &plain, puzzle.aim).ok()? {
        return Some(plain);
    }
    if puzzle.aim == PuzzleObjective::Finish {
        return first_safe_turn(&scenario, &plain);
    }
    let mut explorer = InterleavingExplorer::new(
        &scenario,
        ExplorationOptions { view: puzzle.view, ..ExplorationOptions::default() },
    );
    explorer.advance(MAX_STEPS);
    let wanted = |kind: &FindingKind| match puzzle.aim {
        PuzzleObjective::Deadlock => matches!(kind, FindingKind::Deadlock(_) | FindingKind::Partial(_)),
        PuzzleObjective::LostUpdate => matches!(kind, FindingKind::LostUpdate(..)),
        PuzzleObjective::Finish => false,
    };
    let found = explorer.findings().iter().filter(|finding| wanted(&finding.kind));
    found.map(|finding| finding.schedule.clone()).min_by_key(|schedule| schedule.turns.len())
}

/// One turn that avoids the deadlock of the plain run.
fn first_safe_turn(scenario: &Arc<Scenario>, plain: &Schedule) -> Option<Schedule> {
    const MAX_POINTS: usize = 200;
    let found = branch::branches(scenario, plain, BranchSearchStart::At(Time::ZERO), MAX_POINTS).ok()?;
    let ways = found.points.into_iter().flat_map(|point| point.ways.into_iter().skip(1));
    ways.map(|way| way.schedule).find(|way| reaches(scenario, way, PuzzleObjective::Finish) == Ok(true))
}
