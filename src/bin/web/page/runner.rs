//! Runs what the store wants: at once if it is done within a frame, otherwise in slices from a timer.
//!
//! Invariant: one job at a time; a new one replaces the old, whose answer then never comes.

use super::{Send, now};
use crate::store::run::{Run, SharedRun};
use crate::store::{Action, Progress};
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use threadbare::model::scenario::Scenario;
use threadbare::model::time::Time;
use threadbare::study::run::Session;
use threadbare::trace::Trace;

/// How long the first slice may take, in milliseconds: most runs are done in it.
const FIRST_MILLIS: f64 = 12.0;
/// How long each later one may take.
const SLICE_MILLIS: f64 = 8.0;
/// Events between two looks at the clock.
const LOOK_EVERY: u64 = 8_192;

/// What is to be run: the shown variant, and the one it is compared with.
pub struct Job {
    /// Which request of the store this answers.
    pub id: u32,
    /// The shown variant.
    pub scenario: Arc<Scenario>,
    /// The other one.
    pub other: Option<Arc<Scenario>>,
}

struct Work {
    id: u32,
    session: Option<Session>,
    next: Option<Arc<Scenario>>,
    done: Vec<Trace>,
    since: f64,
}

/// Runs jobs.
#[derive(Default)]
pub struct Runner {
    work: RefCell<Option<Work>>,
    timer: RefCell<Option<Timeout>>,
}

impl Runner {
    /// Takes a job in place of the present one.
    pub fn start(self: &Rc<Self>, job: Job, send: Send) {
        self.stop();
        let session = Some(Session::new(job.scenario));
        let work = Work { id: job.id, session, next: job.other, done: Vec::new(), since: now() };
        *self.work.borrow_mut() = Some(work);
        self.slice(FIRST_MILLIS, send);
    }

    /// Gives the present job up.
    pub fn stop(&self) {
        self.work.borrow_mut().take();
        self.timer.borrow_mut().take();
    }

    fn slice(self: &Rc<Self>, millis: f64, send: Send) {
        let Some(mut work) = self.work.borrow_mut().take() else { return };
        if work.advance(now() + millis) {
            let mut traces = work.done.into_iter();
            let mut share = || traces.next().map(|trace| SharedRun::new(Run::new(work.id, trace)));
            if let Some(run) = share() {
                send.emit(Action::Ran(run, share()));
            }
            return;
        }
        let (events, instant) = work.session.as_ref().map_or((0, Time::ZERO), |s| (s.events(), s.now()));
        send.emit(Action::Running(Progress { events, now: instant, millis: now() - work.since }));
        *self.work.borrow_mut() = Some(work);
        let this = Rc::clone(self);
        *self.timer.borrow_mut() = Some(Timeout::new(0, move || this.slice(SLICE_MILLIS, send)));
    }
}

impl Work {
    /// Runs on until a time; whether everything is done.
    fn advance(&mut self, until: f64) -> bool {
        while let Some(session) = &mut self.session {
            if session.advance(LOOK_EVERY).is_some() {
                self.done.extend(self.session.take().map(Session::finish));
                self.session = self.next.take().map(Session::new);
            }
            if now() >= until {
                break;
            }
        }
        self.session.is_none()
    }
}
