//! Runs what the store wants: here if it is done within a frame, otherwise in a worker.
//!
//! Invariant: one job at a time; a new one replaces the old, whose answer then never comes. The page is never
//! deaf for longer than a slice: what a worker sends is taken in parcel by parcel.

use super::worker::{self, Order};
use super::{Send, note_time, now};
use crate::store::run::{Run, SharedRun};
use crate::store::way::Going;
use crate::store::{Action, Notice, Progress, parcel::Arriving};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use threadbare::model::scenario::Scenario;
use threadbare::model::time::Time;
use threadbare::study::schedule::Schedule;
use threadbare::trace::Trace;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// How long the page itself tries, in milliseconds: most runs are done by then.
const FIRST_MILLIS: f64 = 12.0;
/// How long each slice of what it derives may take.
const SLICE_MILLIS: f64 = 24.0;
/// Events between two looks at the clock.
const LOOK_EVERY: u64 = 8_192;
/// After so many milliseconds the page says how far it is, whatever the worker says.
const PATIENCE: u32 = 1_001;
/// Runs with more events than this are not read on the page's thread.
const MOST_EVENTS: u64 = 50_000;

/// What is to be run: the shown variant, and the one it is compared with.
pub struct Job {
    /// What a worker is told, if it takes one.
    pub order: Order,
    /// The variants, as scenarios.
    pub scenarios: Vec<Arc<Scenario>>,
    /// The way that the first of them goes.
    pub way: Option<Schedule>,
}

/// A worker, and what it says when there is nobody to say it to yet.
struct Helper {
    worker: Worker,
    is_ready: bool,
    _listen: Closure<dyn FnMut(MessageEvent)>,
    _fail: Closure<dyn FnMut(JsValue)>,
}

/// A job that a worker has.
struct Away {
    order: Order,
    arriving: Vec<Arriving>,
    since: f64,
    progress: Progress,
    send: Send,
}

/// Runs jobs.
#[derive(Default)]
pub struct Runner {
    helper: RefCell<Option<Helper>>,
    away: RefCell<Option<Away>>,
    timer: RefCell<Option<Timeout>>,
    patience: RefCell<Option<Timeout>>,
}

impl Runner {
    /// Takes a job in place of the present one.
    pub fn start(self: &Rc<Self>, job: Job, send: Send) {
        self.stop();
        match here(&job) {
            Ok(Some(runs)) => done(runs, &send),
            Ok(None) => self.send_away(job, send),
            Err(misfit) => no_such_way(&misfit, &send),
        }
    }

    /// Gives the present job up. A worker that is at it is ended: it would not hear.
    pub fn stop(&self) {
        if self.away.borrow_mut().take().is_some()
            && let Some(helper) = self.helper.borrow_mut().take()
        {
            helper.worker.terminate();
        }
        self.timer.borrow_mut().take();
        self.patience.borrow_mut().take();
    }

    fn send_away(self: &Rc<Self>, job: Job, send: Send) {
        let arriving = job.scenarios.iter().map(|scenario| Arriving::new(job.order.id, scenario)).collect();
        let progress = Progress { events: 0, now: Time::ZERO, millis: 0.0, is_read: false };
        *self.away.borrow_mut() = Some(Away { order: job.order, arriving, since: now(), progress, send });
        // Whatever it is at: after a while the page says that it is at work, and offers to cancel.
        let this = Rc::downgrade(self);
        let tell = move || this.upgrade().into_iter().for_each(|runner| runner.tell());
        *self.patience.borrow_mut() = Some(Timeout::new(PATIENCE, tell));
        if self.helper.borrow().is_none() {
            let helper = Helper::start(self);
            if helper.is_none() {
                self.fail("This browser starts no worker, which a run of this size needs.");
            }
            *self.helper.borrow_mut() = helper;
        } else {
            self.order();
        }
    }

    /// Tells the worker what to do, if it is there.
    fn order(&self) {
        let (helper, away) = (self.helper.borrow(), self.away.borrow());
        let (Some(helper), Some(away)) = (helper.as_ref().filter(|helper| helper.is_ready), away.as_ref())
        else {
            return;
        };
        let text = serde_json::to_string(&away.order).unwrap_or_default();
        let _ = helper.worker.post_message(&text.into());
    }

    fn hear(self: &Rc<Self>, message: &Array) {
        let word = message.get(0).as_string().unwrap_or_default();
        match word.as_str() {
            worker::READY => {
                if let Some(helper) = self.helper.borrow_mut().as_mut() {
                    helper.is_ready = true;
                }
                self.order();
            }
            worker::PROGRESS => {
                if let Some(away) = self.away.borrow_mut().as_mut() {
                    away.progress = worker::progress(message, 0.0);
                }
                self.tell();
            }
            worker::PARCEL => {
                let side = message.get(1).as_f64().unwrap_or(0.0) as usize;
                let parcel = message.get(2).dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec());
                let taken = match (self.away.borrow_mut().as_mut(), parcel) {
                    (Some(away), Ok(parcel)) => {
                        away.arriving.get_mut(side).and_then(|arriving| arriving.take(&parcel)).is_some()
                    }
                    (Some(_), Err(_)) => false,
                    (None, _) => true,
                };
                if !taken {
                    self.fail("A run came back damaged.");
                }
            }
            worker::MISFIT => {
                let misfit = message.get(1).as_string().unwrap_or_default();
                if let Some(away) = self.away.borrow_mut().take() {
                    no_such_way(&misfit, &away.send);
                }
            }
            worker::DONE => {
                let millis = |at: u32| message.get(at).as_f64().unwrap_or(0.0);
                note_time("threadbare: simulating", millis(1));
                note_time("threadbare: reading", millis(2));
                self.derive(now());
            }
            _ => {}
        }
    }

    /// Says how far the job is.
    fn tell(&self) {
        let told = self.away.borrow().as_ref().map(|away| {
            let millis = now() - away.since;
            (away.send.clone(), Action::Running(Progress { millis, ..away.progress }))
        });
        if let Some((send, action)) = told {
            send.emit(action);
        }
    }

    /// Derives in slices what the worker has left to the page; then the runs are done.
    fn derive(self: &Rc<Self>, begun: f64) {
        let until = now() + SLICE_MILLIS;
        let is_done = {
            let mut away = self.away.borrow_mut();
            let Some(away) = away.as_mut() else { return };
            away.arriving.iter_mut().all(|arriving| arriving.derive(|| now() < until))
        };
        if !is_done {
            let this = Rc::clone(self);
            *self.timer.borrow_mut() = Some(Timeout::new(0, move || this.derive(begun)));
            return;
        }
        note_time("threadbare: taking in", now() - begun);
        let Some(away) = self.away.borrow_mut().take() else { return };
        note_time("threadbare: whole run", now() - away.since);
        match away.arriving.into_iter().map(Arriving::finish).collect() {
            Some(runs) => done(runs, &away.send),
            None => away.send.emit(trouble("A run came back incomplete.")),
        }
    }

    fn fail(&self, why: &str) {
        let Some(away) = self.away.borrow_mut().take() else { return };
        self.helper.borrow_mut().take();
        away.send.emit(Action::Cancel);
        away.send.emit(trouble(why));
    }
}

impl Helper {
    /// Starts the app a second time; `None` if the browser will not.
    fn start(runner: &Rc<Runner>) -> Option<Helper> {
        let document = web_sys::window()?.document()?;
        let script = document.query_selector("link[rel=modulepreload]").ok()??.get_attribute("href")?;
        let base = document.base_uri().ok()??;
        let script = web_sys::Url::new_with_base(&script, &base).ok()?.href();
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options("worker.js", &options).ok()?;
        let this = Rc::downgrade(runner);
        let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let (Some(runner), Ok(message)) = (this.upgrade(), event.data().dyn_into::<Array>()) {
                runner.hear(&message);
            }
        });
        let this = Rc::downgrade(runner);
        let fail = Closure::<dyn FnMut(JsValue)>::new(move |_| {
            if let Some(runner) = this.upgrade() {
                runner.fail("The run broke off: perhaps the browser had no memory left for it.");
            }
        });
        worker.set_onmessage(Some(listen.as_ref().unchecked_ref()));
        worker.set_onerror(Some(fail.as_ref().unchecked_ref()));
        let first: Array = [JsValue::from(script), wasm_bindgen::module()].iter().collect();
        worker.post_message(&first).ok()?;
        Some(Helper { worker, is_ready: false, _listen: listen, _fail: fail })
    }
}

/// The runs, if they are short enough to be had and read within a frame or two.
fn here(job: &Job) -> Result<Option<Vec<Run>>, String> {
    let begun = now();
    let mut traces: Vec<Trace> = Vec::new();
    let mut events = 0;
    for (side, scenario) in job.scenarios.iter().enumerate() {
        let mut going = Going::new(scenario, job.way.as_ref().filter(|_| side == 0))?;
        while !going.advance(LOOK_EVERY) {
            if now() >= begun + FIRST_MILLIS || events + going.events() > MOST_EVENTS {
                return Ok(None);
            }
        }
        events += going.events();
        traces.push(going.finish()?);
    }
    if events > MOST_EVENTS {
        return Ok(None);
    }
    note_time("threadbare: simulating", now() - begun);
    let ran = now();
    let runs = traces.into_iter().map(|trace| Run::new(job.order.id, trace)).collect();
    note_time("threadbare: reading", now() - ran);
    Ok(Some(runs))
}

fn done(mut runs: Vec<Run>, send: &Send) {
    // Of two, what hangs for ever in the shorter one is drawn as long as the longer one goes on.
    let end = runs.iter().map(|run| run.chart.end).max().unwrap_or_default();
    runs.iter_mut().for_each(|run| run.chart.reach(end));
    let mut runs = runs.into_iter().map(SharedRun::new);
    if let Some(run) = runs.next() {
        send.emit(Action::Ran(run, runs.next()));
    }
}

/// A schedule does not fit: the plain run is shown, and why.
fn no_such_way(misfit: &str, send: &Send) {
    send.emit(Action::Follow(None));
    send.emit(trouble(&format!("The plain run is shown, because {misfit}.")));
}

fn trouble(why: &str) -> Action {
    Action::Notice(Some(Notice { text: why.to_owned(), is_trouble: true }))
}
