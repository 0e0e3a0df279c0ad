//! Runs what the store wants: here if it is done within a frame, otherwise in a worker.
//!
//! Invariant: one run (or pair) at a time; a new one replaces the old, whose answer then never comes. The page is
//! never deaf for longer than a slice: what a worker sends is taken in parcel by parcel.

use super::pool::{self, JobEvent};
use super::{SendAction, note_time, now};
use crate::store::run::{AnalyzedRun, SharedRun};
use crate::store::simulation;
use crate::store::sliced_run::IncrementalRun;
use crate::store::{Action, IncrementalRunProgress, UserNotice, parcel::RunAssembler};
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use threadbare::jobs::Subject;
use threadbare::model::scenario::Scenario;
use threadbare::model::time::Time;
use threadbare::study::schedule::Schedule;
use threadbare::trace::Trace;

/// How long the page itself tries, in milliseconds: most runs are done by then.
const FIRST_MILLIS: f64 = 12.0;
/// How long each slice of what it derives may take.
const SLICE_MILLIS: f64 = 24.0;
/// Events between two looks at the clock.
const LOOK_EVERY: u64 = 8_192;
/// Milliseconds after which the page says how far it is, whatever the worker says.
const PATIENCE: u32 = 1_001;
/// Runs with more events than this are not read on the page's thread.
const MAX_EVENTS: u64 = 50_000;

/// One run that is wanted.
pub struct RunRequest {
    /// What the job is about.
    pub subject: Subject,
    /// The same, read.
    pub scenario: Arc<Scenario>,
    /// The way that it goes.
    pub way: Option<Schedule>,
}

/// A run that a worker is at.
struct PendingRun {
    id: u32,
    arriving: Vec<RunAssembler>,
    since: f64,
    /// When the worker had sent everything.
    sent: Option<f64>,
    progress: IncrementalRunProgress,
    send: SendAction,
    /// Until it is over.
    _job: Option<pool::JobHandle>,
}

/// Runs what is wanted.
#[derive(Default)]
pub struct RunDispatcher {
    away: RefCell<Option<PendingRun>>,
    timer: RefCell<Option<Timeout>>,
    patience: RefCell<Option<Timeout>>,
}

impl RunDispatcher {
    /// Runs these in place of the present ones, as the answer to the request of this number.
    pub fn start(self: &Rc<Self>, id: u32, sides: Vec<RunRequest>, send: SendAction) {
        self.stop();
        match here(id, &sides) {
            Ok(Some(runs)) => done(runs, &send),
            Ok(None) => self.send_away(id, sides, send),
            Err(misfit) => send.emit(Action::Misfit(id, misfit)),
        }
    }

    /// Gives the present runs up.
    pub fn stop(&self) {
        let away = self.away.borrow_mut().take();
        drop(away);
        self.timer.borrow_mut().take();
        self.patience.borrow_mut().take();
    }

    fn send_away(self: &Rc<Self>, id: u32, sides: Vec<RunRequest>, send: SendAction) {
        let arriving = sides.iter().map(|side| RunAssembler::new(id, &side.scenario)).collect();
        let progress = IncrementalRunProgress { events: 0, now: Time::ZERO, millis: 0.0, is_read: false };
        let sides = sides.into_iter().map(|side| (side.subject, side.way.map(|way| way.to_string())));
        let order = simulation::SimulationJob { id, sides: sides.collect() };
        let this = Rc::downgrade(self);
        let job = pool::run(&order, move |event| this.upgrade().into_iter().for_each(|r| r.receive(&event)));
        *self.away.borrow_mut() =
            Some(PendingRun { id, arriving, since: now(), sent: None, progress, send, _job: Some(job) });
        // Whatever it is at: after a while the page says that it is at work, and offers to cancel.
        let this = Rc::downgrade(self);
        let report = move || this.upgrade().into_iter().for_each(|runner| runner.report_progress());
        *self.patience.borrow_mut() = Some(Timeout::new(PATIENCE, report));
    }

    fn receive(self: &Rc<Self>, event: &JobEvent) {
        match event {
            JobEvent::Progress(message) => match simulation::read(message) {
                Some(simulation::RunMessage::Progress(far)) => {
                    if let Some(away) = self.away.borrow_mut().as_mut() {
                        let simulation::RunProgress { events, now, is_read } = far;
                        away.progress = IncrementalRunProgress { events, now, millis: 0.0, is_read };
                    }
                    self.report_progress();
                }
                Some(simulation::RunMessage::Parcel(side, parcel)) => {
                    let taken = self.away.borrow_mut().as_mut().is_some_and(|away| {
                        let arriving = away.arriving.get_mut(side);
                        arriving.and_then(|arriving| arriving.take(parcel)).is_some()
                    });
                    if !taken {
                        return self.fail("The result of a run is damaged.");
                    }
                    self.derive_soon();
                }
                Some(simulation::RunMessage::Took(simulating, reading)) => {
                    note_time("threadbare: simulating", simulating);
                    note_time("threadbare: reading", reading);
                }
                None => self.fail("The result of a run is damaged."),
            },
            JobEvent::Done => {
                if let Some(away) = self.away.borrow_mut().as_mut() {
                    away.sent = Some(now());
                }
                self.derive_soon();
            }
            JobEvent::Refused(why) => {
                let away = self.away.borrow_mut().take();
                if let Some(away) = away {
                    away.send.emit(Action::Misfit(away.id, why.clone()));
                }
            }
            JobEvent::Lost(why) => self.fail(why),
        }
    }

    /// Says how far the run is.
    fn report_progress(&self) {
        let told = self.away.borrow().as_ref().map(|away| {
            let millis = now() - away.since;
            (away.send.clone(), Action::Running(IncrementalRunProgress { millis, ..away.progress }))
        });
        if let Some((send, action)) = told {
            send.emit(action);
        }
    }

    /// Goes on deriving once the page has answered whatever waits.
    fn derive_soon(self: &Rc<Self>) {
        let this = Rc::clone(self);
        self.timer.borrow_mut().get_or_insert_with(|| Timeout::new(0, move || this.derive()));
    }

    /// Derives in slices what the worker has left to the page; when the worker has sent everything, the runs are done.
    fn derive(self: &Rc<Self>) {
        self.timer.borrow_mut().take();
        let until = now() + SLICE_MILLIS;
        let (is_derived, sent) = {
            let mut away = self.away.borrow_mut();
            let Some(away) = away.as_mut() else { return };
            (away.arriving.iter_mut().all(|arriving| arriving.derive(|| now() < until)), away.sent)
        };
        if !is_derived {
            return self.derive_soon();
        }
        let Some(sent) = sent else { return };
        note_time("threadbare: taking in", now() - sent);
        let away = self.away.borrow_mut().take();
        let Some(away) = away else { return };
        note_time("threadbare: whole run", now() - away.since);
        match away.arriving.into_iter().map(RunAssembler::finish).collect() {
            Some(runs) => done(runs, &away.send),
            None => away.send.emit(trouble("The result of a run is incomplete.")),
        }
    }

    fn fail(&self, why: &str) {
        let away = self.away.borrow_mut().take();
        let Some(away) = away else { return };
        away.send.emit(Action::Cancel);
        away.send.emit(trouble(why));
    }
}

/// The runs, if they are short enough to be had and read within a frame or two.
fn here(id: u32, sides: &[RunRequest]) -> Result<Option<Vec<AnalyzedRun>>, String> {
    let begun = now();
    let mut traces: Vec<Trace> = Vec::new();
    let mut events = 0;
    for side in sides {
        let mut going = IncrementalRun::new(&side.scenario, side.way.as_ref())?;
        while !going.advance(LOOK_EVERY) {
            if now() >= begun + FIRST_MILLIS || events + going.events() > MAX_EVENTS {
                return Ok(None);
            }
        }
        events += going.events();
        traces.push(going.finish()?);
    }
    if events > MAX_EVENTS {
        return Ok(None);
    }
    note_time("threadbare: simulating", now() - begun);
    let ran = now();
    let runs = traces.into_iter().map(|trace| AnalyzedRun::new(id, trace)).collect();
    note_time("threadbare: reading", now() - ran);
    Ok(Some(runs))
}

fn done(mut runs: Vec<AnalyzedRun>, send: &SendAction) {
    // Of two, what hangs for ever in the shorter one is drawn as long as the longer one goes on.
    let end = runs.iter().map(|run| run.chart.end).max().unwrap_or_default();
    runs.iter_mut().for_each(|run| run.chart.reach(end));
    let mut runs = runs.into_iter().map(SharedRun::new);
    if let Some(run) = runs.next() {
        send.emit(Action::Ran(run, runs.next()));
    }
}

fn trouble(why: &str) -> Action {
    Action::Notice(Some(UserNotice { text: why.to_owned(), is_trouble: true }))
}
