//! The order in which the shown run goes, wherever several are possible, and the way back to the plain one.
//!
//! Invariant: a way is kept over a change of the text while it applies to the new one. Where it does not, the plain run
//! is shown, the page says so, and the way is tried again with the next change: it comes back with the text that it
//! belongs to. Another variant or document is another set of ways.

use super::state::{NewRunCursor, ShownSchedules};
use super::{Action, DetailTab, State, UserNotice};
use threadbare::study::schedule::Schedule;

/// Where the order of the shown run comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleOrigin {
    /// That of the plain run.
    Plain,
    /// One of its own, whoever found it.
    Own,
    /// One of its own, which a look at every order has found.
    Found,
    /// One of its own, which was taken at the cursor.
    Taken,
    /// That of the plain run, because the one before does not apply to the changed text.
    Lost,
}

impl State {
    /// Where the order of the shown run comes from.
    pub fn order(&self) -> ScheduleOrigin {
        let Some(schedule) = &self.schedule else {
            return if self.lost.is_some() { ScheduleOrigin::Lost } else { ScheduleOrigin::Plain };
        };
        let found = || self.orders.so_far.iter().flat_map(|looked| looked.iter()).flat_map(|l| &l.found);
        if self.beside.is_some() {
            ScheduleOrigin::Taken
        } else if found().any(|found| found.schedule.as_ref().is_some_and(|s| *s == schedule.to_string())) {
            ScheduleOrigin::Found
        } else {
            ScheduleOrigin::Own
        }
    }

    /// Goes another way, or back.
    pub(super) fn go(&mut self, action: Action) {
        match action {
            Action::Follow(schedule) => {
                self.follow(schedule, None);
                self.arrival = NewRunCursor::Play;
            }
            Action::Branch(schedule, event) => {
                self.tab = DetailTab::Numbers;
                let before = self.schedule.take();
                self.follow((schedule != Schedule::plain()).then_some(schedule), Some(before));
                self.arrival = NewRunCursor::At(event + 1, None, None);
            }
            Action::Back => {
                let before = self.beside.take().flatten();
                self.follow(before, None);
            }
            Action::Alone => {
                let here = self.schedule.take();
                self.follow(here, None);
            }
            Action::Misfit(id, why) if id == self.wanted => self.give_way_up(&why),
            Action::LetGo => self.lost = None,
            _ => {}
        }
    }

    /// Asks for the run that goes this way, alone or beside another.
    pub(super) fn follow(&mut self, schedule: Option<Schedule>, beside: Option<Option<Schedule>>) {
        self.want();
        self.with = None;
        (self.schedule, self.beside) = (schedule, beside);
    }

    /// The text of the same document has changed: the run goes on the same way, if it can.
    pub(super) fn change_in_place(&mut self) {
        let ways = self.lost.take().or_else(|| self.ways());
        self.change();
        if let Some(ways) = ways {
            (self.schedule, self.beside, self.is_carried) = (ways.shown, ways.beside, true);
        }
    }

    fn ways(&self) -> Option<ShownSchedules> {
        let ways = ShownSchedules { shown: self.schedule.clone(), beside: self.beside.clone() };
        (ways.shown.is_some() || ways.beside.is_some()).then_some(ways)
    }

    /// The way does not fit: the plain run is shown.
    fn give_way_up(&mut self, why: &str) {
        let (is_carried, arrival) = (self.is_carried, self.arrival);
        let lost = self.ways().filter(|_| is_carried);
        self.follow(None, None);
        self.lost = lost;
        self.arrival = if is_carried { arrival } else { NewRunCursor::Play };
        if !is_carried {
            self.notice = Some(UserNotice::trouble(format!("The plain run is shown, because {why}.")));
        }
    }
}
