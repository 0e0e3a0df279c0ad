//! Where the cursor is in a run, and how it moves: by time while playing, by event when stepped.
//!
//! Invariant: `count` events have happened at the cursor, all at or before `at`; playing stops at the end.

use super::run::AnalyzedRun;
use threadbare::analysis::beats::{Beat, most_telling};
use threadbare::model::time::{SECOND, Time};

/// How long a run lasts on the screen when it plays by itself, in seconds, as nearly as speeds allow.
pub const PLAY_SECONDS: f64 = 4.0;

/// Speeds that are offered, in virtual seconds a second.
pub const SPEEDS: [f64; 11] = [0.01, 0.03, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 20.0, 100.0, 1000.0];

/// The longest time between two frames that is played: after a pause of the page it goes on where it was.
const MAX_SLICE_MS: f64 = 100.0;

/// How long a run that tells its story stays at a beat, in milliseconds.
const DWELL_MS: f64 = 900.0;
/// How long it stays at all beats together at most, in milliseconds.
const MAX_DWELL_MS: f64 = 3_000.0;

/// The cursor and its motion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaybackCursor {
    /// Where it is, in nanoseconds of virtual time.
    pub at: f64,
    /// How many events have happened there.
    pub count: u32,
    /// Whether it moves by itself.
    pub playing: bool,
    /// How fast, in virtual seconds a second.
    pub speed: f64,
    /// How far it goes, in nanoseconds: as far as the run is shown, or the longer one of two.
    pub end: f64,
    /// Where it stops by itself if it tells the story of the run, in nanoseconds.
    pub rest: Option<f64>,
    /// How long it stays at the beat where it is, in milliseconds.
    pub(super) dwell: f64,
}

impl Default for PlaybackCursor {
    fn default() -> Self {
        PlaybackCursor { at: 0.0, count: 0, playing: false, speed: 1.0, end: 0.0, rest: None, dwell: 0.0 }
    }
}

impl PlaybackCursor {
    /// The cursor as an instant.
    pub fn instant(&self) -> Time {
        Time(self.at.max(0.0) as u64)
    }

    /// Puts the cursor at an instant, after all that happens there.
    pub fn seek(&mut self, run: &AnalyzedRun, at: f64) {
        self.at = at.clamp(0.0, self.end);
        self.count = run.trace().count_until(self.instant()) as u32;
    }

    /// Puts the cursor right after the first `count` events.
    pub fn seek_count(&mut self, run: &AnalyzedRun, count: u32) {
        self.count = count.min(run.trace().len() as u32);
        self.at = match self.count.checked_sub(1) {
            Some(last) => run.trace().records[last as usize].at.0 as f64,
            None => 0.0,
        };
    }

    /// The cursor in nanoseconds, if it is beyond the last event that has happened there.
    pub fn beyond(&self, run: &AnalyzedRun) -> Option<u64> {
        let mut at_event = *self;
        at_event.seek_count(run, self.count);
        (self.instant() > at_event.instant()).then(|| self.instant().0)
    }

    /// Goes on to this instant, as far as nothing more happens before it.
    pub fn go_on(&mut self, run: &AnalyzedRun, at: Option<u64>) {
        let next =
            run.trace().records.get(self.count as usize).map(|next| next.at.0.saturating_sub(1) as f64);
        let end = next.map_or(self.end, |next| next.min(self.end));
        self.at = at.map_or(self.at, |at| (at as f64).min(end)).max(self.at);
    }

    /// One event on, or back.
    pub fn step(&mut self, run: &AnalyzedRun, by: i32) {
        self.pause();
        self.seek_count(run, self.count.saturating_add_signed(by));
    }

    /// Plays, from the beginning if it is at the end; or pauses.
    pub fn toggle(&mut self, run: &AnalyzedRun) {
        self.playing = !self.playing;
        (self.rest, self.dwell) = (None, 0.0);
        if self.playing && self.at >= self.end {
            self.seek(run, 0.0);
        }
    }

    /// Moves on as far as it plays in `millis` milliseconds.
    pub fn tick(&mut self, run: &AnalyzedRun, millis: f64) {
        if !self.playing {
            return;
        }
        // What is left of a frame after a stay is played: where frames are slow, the story takes no longer.
        let stay = self.dwell.min(millis.max(0.0));
        self.dwell -= stay;
        if self.dwell > 0.0 {
            return;
        }
        let millis = (millis - stay).clamp(0.0, MAX_SLICE_MS);
        let from = self.at;
        let to = from + millis / 1000.0 * self.speed * SECOND as f64;
        let Some(rest) = self.rest else {
            self.seek(run, to);
            self.playing = self.at < self.end;
            return;
        };
        let beats = &run.digest.beats;
        let next = beats.iter().map(|beat| beat.from.0 as f64).find(|at| from < *at && *at <= to.min(rest));
        self.seek(run, next.unwrap_or(to).min(rest));
        if self.at >= rest {
            self.come_to_rest(run, rest);
        } else if next.is_some() {
            self.dwell = dwell(beats);
        }
    }

    /// Pauses; from then on it is no story any more.
    pub fn pause(&mut self) {
        (self.playing, self.rest, self.dwell) = (false, None, 0.0);
    }

    /// Plays from beat to beat, up to the telling one.
    pub fn tell_story(&mut self, run: &AnalyzedRun) {
        let beats = &run.digest.beats;
        let telling = most_telling(beats).and_then(|at| beats.get(at));
        self.rest = Some(telling.map_or(self.end, |beat| beat.from.0 as f64));
        self.dwell = dwell(beats);
        self.seek(run, 0.0);
    }

    /// Plays on from beat to beat: until an instant in nanoseconds, or up to the telling beat if that is still to come,
    /// otherwise to the end.
    pub fn reveal(&mut self, run: &AnalyzedRun, until: Option<f64>) {
        let beats = &run.digest.beats;
        let telling = most_telling(beats).and_then(|at| beats.get(at)).map(|beat| beat.from.0 as f64);
        self.rest = Some(until.or(telling).filter(|at| *at > self.at).unwrap_or(self.end));
        self.dwell = 0.0;
        self.playing = self.at < self.end;
    }

    /// Rests at the telling beat: the knot, the worst moment, else the end.
    pub fn rest_at_telling(&mut self, run: &AnalyzedRun) {
        let beats = &run.digest.beats;
        match most_telling(beats).and_then(|at| beats.get(at)) {
            Some(beat) => self.seek_count(run, beat.event.0 + 1),
            None => self.seek(run, f64::MAX),
        }
        self.pause();
    }

    /// Whether it rests at the telling beat.
    pub fn is_at_telling(&self, run: &AnalyzedRun) -> bool {
        let beats = &run.digest.beats;
        let telling = most_telling(beats).and_then(|at| beats.get(at));
        !self.playing && telling.is_some_and(|beat| self.count == beat.event.0 + 1)
    }

    /// Rests where the story ends: at the telling beat if that is there, after the event that brings it.
    fn come_to_rest(&mut self, run: &AnalyzedRun, rest: f64) {
        let telling = most_telling(&run.digest.beats).and_then(|at| run.digest.beats.get(at));
        if telling.is_none_or(|beat| beat.from.0 as f64 == rest) {
            self.rest_at_telling(run);
        } else {
            self.seek(run, rest);
            self.pause();
        }
    }

    /// The next beat, or the one before.
    pub fn step_beat(&mut self, run: &AnalyzedRun, by: i32) {
        self.pause();
        let counts = run.digest.beats.iter().map(|beat| beat.event.0 + 1);
        let goal = if by < 0 {
            counts.filter(|count| *count < self.count).max()
        } else {
            counts.filter(|count| *count > self.count).min()
        };
        if let Some(count) = goal {
            self.seek_count(run, count);
        }
    }

    /// Whether nothing right of the cursor is shown: the person asked so, or the run tells its story.
    pub fn hides(&self, is_asked: bool) -> bool {
        is_asked || (self.playing && self.rest.is_some())
    }

    /// The place of the last beat that has come, in the run's list.
    pub fn beat(&self, run: &AnalyzedRun) -> Option<usize> {
        let beats = &run.digest.beats;
        let end = beats.partition_point(|beat| beat.event.0 < self.count);
        let last = beats.get(end.checked_sub(1)?)?;
        // Of several that one event brings, the most telling.
        let first = beats.partition_point(|beat| beat.event < last.event);
        most_telling(&beats[first..end]).map(|at| first + at)
    }

    /// Takes another run, shown up to `end`: keeps the cursor where it can; one that stood at the old end
    /// stands at the new.
    pub fn rebase(&mut self, run: &AnalyzedRun, end: f64) {
        let at_end = !self.playing && self.at >= self.end;
        self.end = end;
        if self.rest.is_some() {
            let telling = most_telling(&run.digest.beats).and_then(|at| run.digest.beats.get(at));
            self.rest = Some(telling.map_or(end, |beat| beat.from.0 as f64));
        }
        self.seek(run, if at_end { end } else { self.at });
    }
}

/// How long to stay at each of these.
fn dwell(beats: &[Beat]) -> f64 {
    DWELL_MS.min(MAX_DWELL_MS / beats.len().max(1) as f64)
}

/// Up to where a run is shown, in nanoseconds: what hangs for ever is shown for a while more.
pub fn end_of(run: &AnalyzedRun) -> f64 {
    run.chart.end.0 as f64
}

/// The nearest offered speed at which a run lasts about `seconds` on the screen.
pub fn speed_for(run: &AnalyzedRun, seconds: f64) -> f64 {
    let ideal = end_of(run) / SECOND as f64 / seconds;
    let far = |speed: f64| (speed / ideal.max(1e-9)).log2().abs();
    SPEEDS.into_iter().min_by(|a, b| far(*a).total_cmp(&far(*b))).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::work::OpenDocument;
    use super::*;
    use threadbare::study;

    fn deadlock() -> AnalyzedRun {
        let scenario = OpenDocument::gallery("nova-build-deadlock").scenario;
        AnalyzedRun::new(1, study::run::run(scenario.expect("the gallery's scenarios are valid")))
    }

    #[test]
    fn playing_ends_at_the_end_and_starts_again_from_the_beginning() {
        let run = deadlock();
        let mut replay = PlaybackCursor { end: end_of(&run), ..PlaybackCursor::default() };
        replay.toggle(&run);
        for _ in 0..29 {
            replay.tick(&run, 100.0);
        }
        assert!(replay.playing && replay.count > 0 && (replay.count as usize) < run.trace().len());
        for _ in 0..13 {
            replay.tick(&run, 100.0);
        }
        assert!(!replay.playing, "it shows the deadlock for a while, and stops");
        assert_eq!(replay.instant(), Time(4_200_000_000));
        assert_eq!(replay.count as usize, run.trace().len());
        replay.toggle(&run);
        assert_eq!(replay.at, 0.0);
    }

    #[test]
    fn steps_go_event_by_event_and_stop_at_both_ends() {
        let run = deadlock();
        let mut replay = PlaybackCursor { end: end_of(&run), ..PlaybackCursor::default() };
        for count in 1..=run.trace().len() as u32 {
            replay.step(&run, 1);
            assert_eq!(replay.count, count);
            assert_eq!(replay.instant(), run.trace().records[count as usize - 1].at);
        }
        replay.step(&run, 1);
        assert_eq!(replay.count as usize, run.trace().len());
        replay.seek_count(&run, 0);
        replay.step(&run, -1);
        assert_eq!(replay.count, 0);
    }

    #[test]
    fn a_long_pause_of_the_page_does_not_leap() {
        let run = deadlock();
        let mut replay = PlaybackCursor { playing: true, end: end_of(&run), ..PlaybackCursor::default() };
        replay.tick(&run, 60_000.0);
        assert_eq!(replay.at, 0.1 * SECOND as f64);
    }

    #[test]
    fn the_opening_story_is_short_however_slow_the_frames_are() {
        let run = deadlock();
        for frame in [16.0, 100.0] {
            let mut replay = PlaybackCursor { playing: true, end: end_of(&run), ..PlaybackCursor::default() };
            replay.tell_story(&run);
            let frames = (1..=1_000).find(|_| {
                replay.tick(&run, frame);
                !replay.playing
            });
            let millis = frames.expect("it ends") as f64 * frame;
            assert!((3_000.0..7_000.0).contains(&millis), "{millis} ms at {frame} ms a frame");
        }
    }
}
