//! Where the cursor of a lesson's stage is: up to the moment that a step shows while its question is open.

use super::super::replay;
use super::super::run::SharedRun;
use super::state::{LessonCursorPlacement, LessonState};
use threadbare::language::parse_duration;
use threadbare::model::time::Time;
use threadbare::study::lesson::{LearnerTask, PredictionQuestion, START};
use threadbare::trace::event::Event;

impl LessonState {
    /// The moment that the shown step speaks of, in nanoseconds; its run ends where it says none.
    fn moment(&self) -> Option<f64> {
        let at = self.shown()?.scene.at.as_ref()?;
        parse_duration(at).ok().map(|after| after.0 as f64)
    }

    /// How far the cursor may go while the question is open: an instant, and a number of events.
    fn limit(&self, run: &SharedRun) -> (f64, u32) {
        if let LessonCursorPlacement::Count(count) = self.rest {
            return (f64::MAX, count.unwrap_or(u32::MAX));
        }
        if self.shown().is_some_and(|step| step.scene.at.as_deref() == Some(START)) {
            return (0.0, 0);
        }
        let at = self.moment().unwrap_or(0.0);
        let up_to = run.trace().count_until(Time(at as u64)) as u32;
        // What ends at the beginning would be told by its first picture.
        let is_told = run.digest.findings.deadlocks.first().is_some_and(|hang| hang.at.0 as f64 <= at);
        (at, if is_told && self.moment().is_none() { 0 } else { up_to })
    }

    /// Puts the cursor where the shown step wants it, in a run that has just come.
    pub(super) fn arrive(&mut self) {
        let Some(run) = self.stage.run.clone() else { return };
        let limit = self.limit(&run);
        let (hides, moment) = (self.hides_future(), self.moment());
        let replay = &mut self.stage.replay;
        replay.speed = replay::speed_for(&run, replay::PLAY_SECONDS);
        replay.pause();
        match self.rest {
            LessonCursorPlacement::Moment if hides && limit.1 == 0 => replay.seek_count(&run, 0),
            LessonCursorPlacement::Moment => match moment.or(hides.then_some(limit.0)) {
                Some(at) => replay.seek(&run, at),
                None => replay.rest_at_telling(&run),
            },
            LessonCursorPlacement::Count(Some(count)) => replay.seek_count(&run, count),
            LessonCursorPlacement::Count(None) => replay.seek(&run, f64::MAX),
            LessonCursorPlacement::Story if !self.stage.still => {
                replay.playing = true;
                replay.tell_story(&run);
            }
            LessonCursorPlacement::Telling | LessonCursorPlacement::Story => replay.rest_at_telling(&run),
        }
    }

    /// Plays what was hidden.
    pub(super) fn reveal(&mut self) {
        self.stage.future_hidden = self.hides_future();
        let Some(run) = self.stage.run.clone() else { return };
        let until = self.next_start(&run);
        match (self.stage.still, until) {
            (true, Some(at)) => self.stage.replay.seek(&run, at),
            (true, None) => self.stage.replay.rest_at_telling(&run),
            (false, _) => self.stage.replay.reveal(&run, until),
        }
    }

    /// When the task starts that a step asks for, in nanoseconds.
    fn next_start(&self, run: &SharedRun) -> Option<f64> {
        let LearnerTask::Predict(PredictionQuestion::NextTask(after)) = &self.shown()?.task else {
            return None;
        };
        let after = parse_duration(after).ok()?;
        let mut later = run.trace().records.iter().filter(|record| record.at.0 > after.0);
        let start = later.find(|record| matches!(record.event(), Event::Started { .. }))?;
        Some(start.at.0 as f64)
    }

    /// Keeps the cursor from what is hidden.
    pub(super) fn hold_back(&mut self) {
        self.stage.future_hidden = self.hides_future();
        let Some(run) = self.stage.run.clone().filter(|_| self.hides_future()) else { return };
        let (at, count) = self.limit(&run);
        let replay = &mut self.stage.replay;
        if replay.count > count || replay.at > at {
            replay.pause();
            if count == 0 || at == f64::MAX {
                replay.seek_count(&run, count);
            } else {
                replay.seek(&run, at);
            }
        }
    }
}
