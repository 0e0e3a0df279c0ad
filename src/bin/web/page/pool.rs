//! The workers, and which of them does what.
//!
//! Invariant: a worker has one job at a time, and a job one worker; what is not wanted any more (its [`JobHandle`] is
//! dropped) ends with its worker. Orders wait while every worker is busy, in order, except runs: the person looks
//! at those. One idle worker of each program is kept, so that the next order begins at once. Whoever listens is
//! called while nothing here is borrowed, so that it may ask for more.

use super::worker;
use crate::store::simulation;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use threadbare::jobs::{self, JobRequest};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// Most workers for jobs that split.
const MAX_COUNT: usize = 8;
/// An idle worker with more memory than this, in bytes, is not kept: it gives none of it back.
const MAX_MEMORY: f64 = 256e6;
/// What `worker.js` says if it could not start its program: why, in the browser's words.
const LOST: &str = "lost";

/// Which program a worker is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WorkerProgram {
    /// The page's own, which is loaded and compiled already: it runs scenarios.
    Page,
    /// That of the studies, which is fetched when the first is asked for.
    Studies,
}

/// A message about a job that was started.
pub enum JobEvent {
    /// What the job tells; its own file reads it.
    Progress(Vec<u8>),
    /// All is told.
    Done,
    /// It cannot be done: why, in words.
    Refused(String),
    /// There is no worker, or it broke off: why, in words.
    Lost(&'static str),
}

type Listener = Rc<dyn Fn(JobEvent)>;

/// A job under way. Dropped, it is given up.
pub struct JobHandle(u32);

/// What a worker is to do.
struct QueuedJob {
    job: u32,
    order: Vec<u8>,
    program: WorkerProgram,
    listener: Listener,
}

/// A worker's place.
struct WorkerSlot {
    number: u32,
    program: WorkerProgram,
    worker: Worker,
    is_ready: bool,
    task: Option<QueuedJob>,
    _listen: Closure<dyn FnMut(MessageEvent)>,
    _fail: Closure<dyn FnMut(JsValue)>,
}

impl Drop for WorkerSlot {
    fn drop(&mut self) {
        // What is on its way already must not meet the closures when they are gone.
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

#[derive(Default)]
struct WorkerPool {
    seats: Vec<WorkerSlot>,
    waiting: VecDeque<QueuedJob>,
    /// The last number that was given out.
    last: u32,
    /// The browser started no more than these.
    refused_at: Option<usize>,
    /// The program of the studies, once a worker has compiled it.
    studies: Option<JsValue>,
}

thread_local! {
    static POOL: RefCell<WorkerPool> = RefCell::default();
}

/// Into how many parts a job that splits is best split: one for each core, at most 8. (Where the browser starts
/// fewer workers, parts wait for each other.)
pub fn width() -> usize {
    let cores = web_sys::window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    (cores as usize).clamp(1, MAX_COUNT)
}

/// Has runs made, before anything that waits. `listener` hears of them until the job is over, or dropped; never
/// before this returns.
pub fn run(order: &simulation::SimulationJob, listener: impl Fn(JobEvent) + 'static) -> JobHandle {
    enqueue(WorkerProgram::Page, jobs::packed(order), listener)
}

/// Has a study carried out. `listener` hears of it as it does of [`run`].
pub fn start(order: &JobRequest, listener: impl Fn(JobEvent) + 'static) -> JobHandle {
    enqueue(WorkerProgram::Studies, jobs::packed(order), listener)
}

fn enqueue(program: WorkerProgram, order: Vec<u8>, listener: impl Fn(JobEvent) + 'static) -> JobHandle {
    let width = width();
    let job = POOL.with_borrow_mut(|pool| {
        pool.last += 1;
        let job = pool.last;
        let task = QueuedJob { job, order, program, listener: Rc::new(listener) };
        match program {
            WorkerProgram::Page => pool.waiting.push_front(task),
            WorkerProgram::Studies => pool.waiting.push_back(task),
        }
        pool.assign(width);
        JobHandle(job)
    });
    if POOL.with_borrow(|pool| pool.seats.is_empty()) {
        // The browser would not start any.
        Timeout::new(0, || lose_all("This browser cannot start workers, which longer computations need."))
            .forget();
    }
    job
}

impl Drop for JobHandle {
    fn drop(&mut self) {
        let width = width();
        // A listener may hold what starts and drops jobs: it is dropped when nothing is borrowed.
        let gone = POOL.with_borrow_mut(|pool| {
            let waiting = pool.waiting.iter().position(|task| task.job == self.0);
            let waiting = waiting.and_then(|at| pool.waiting.remove(at));
            let is_mine = |seat: &WorkerSlot| seat.task.as_ref().is_some_and(|task| task.job == self.0);
            let seat = pool.seats.iter().position(is_mine).map(|at| pool.seats.swap_remove(at));
            pool.assign(width);
            (waiting, seat)
        });
        drop(gone);
    }
}

impl WorkerPool {
    /// Gives what waits to whoever is idle, and to new workers as long as there may be more.
    fn assign(&mut self, width: usize) {
        while let Some(first) = self.waiting.front() {
            let program = first.program;
            // A run does not wait for studies.
            let most = if program == WorkerProgram::Page { width + 1 } else { width };
            let most = most.min(self.refused_at.unwrap_or(most));
            let idle = self.seats.iter().position(|seat| seat.task.is_none() && seat.program == program);
            let seat = match idle {
                Some(at) => &mut self.seats[at],
                None => {
                    if self.seats.len() >= most {
                        // An idle worker of the other program gives its place up.
                        let Some(at) = self.seats.iter().position(|seat| seat.task.is_none()) else { return };
                        self.seats.swap_remove(at);
                    }
                    self.last += 1;
                    match WorkerSlot::new(self.last, program, self.studies.as_ref()) {
                        Some(seat) => self.seats.push_mut(seat),
                        None => {
                            self.refused_at = Some(self.seats.len());
                            return;
                        }
                    }
                }
            };
            seat.task = self.waiting.pop_front();
            seat.order();
        }
    }

    fn seat(&mut self, number: u32) -> Option<&mut WorkerSlot> {
        self.seats.iter_mut().find(|seat| seat.number == number)
    }

    /// Its job is over; whoever listened.
    fn over(&mut self, number: u32, memory: f64) -> Option<Listener> {
        let seat = self.seat(number)?;
        let (listener, program) = (seat.task.take()?.listener, seat.program);
        let idle = self.seats.iter().filter(|seat| seat.task.is_none() && seat.program == program).count();
        if (idle > 1 && self.waiting.is_empty()) || memory > MAX_MEMORY {
            self.seats.retain(|seat| seat.number != number);
        }
        Some(listener)
    }
}

impl WorkerSlot {
    /// Starts a worker; `None` if the browser will not. `studies` is their program, if it is compiled already.
    fn new(number: u32, program: WorkerProgram, studies: Option<&JsValue>) -> Option<WorkerSlot> {
        let document = web_sys::window()?.document()?;
        let page = document.query_selector("link[rel=modulepreload]").ok()??.get_attribute("href")?;
        let base = document.base_uri().ok()??;
        let url = |path: &str| Some(web_sys::Url::new_with_base(path, &base).ok()?.href());
        let (script, compiled) = match program {
            WorkerProgram::Page => (url(&page)?, wasm_bindgen::module()),
            // Their files have fixed names. What the page's own script is called changes with each build, so that no
            // studies of an earlier build come out of a browser's cache.
            WorkerProgram::Studies => {
                let build = page.rsplit('/').next().unwrap_or_default();
                let fetched = JsValue::from(url(&format!("studies_bg.wasm?{build}"))?);
                (url(&format!("studies.js?{build}"))?, studies.cloned().unwrap_or(fetched))
            }
        };
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options("worker.js", &options).ok()?;
        let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Ok(message) = event.data().dyn_into::<Array>() {
                receive(number, &message);
            }
        });
        let fail = Closure::<dyn FnMut(JsValue)>::new(move |_| fail(number));
        worker.set_onmessage(Some(listen.as_ref().unchecked_ref()));
        worker.set_onerror(Some(fail.as_ref().unchecked_ref()));
        let first: Array = [JsValue::from(script), compiled].iter().collect();
        worker.post_message(&first).ok()?;
        Some(WorkerSlot {
            number,
            program,
            worker,
            is_ready: false,
            task: None,
            _listen: listen,
            _fail: fail,
        })
    }

    /// Tells the worker what to do, if it is there.
    fn order(&self) {
        if let Some(task) = self.task.as_ref().filter(|_| self.is_ready) {
            let _ = self.worker.post_message(&Uint8Array::from(task.order.as_slice()));
        }
    }
}

/// A worker says something.
fn receive(number: u32, message: &Array) {
    let word = message.get(0).as_string().unwrap_or_default();
    let told = match word.as_str() {
        worker::READY => {
            POOL.with_borrow_mut(|pool| {
                let Some(seat) = pool.seat(number) else { return };
                seat.is_ready = true;
                seat.order();
                if seat.program == WorkerProgram::Studies {
                    pool.studies.get_or_insert_with(|| message.get(1));
                }
            });
            None
        }
        LOST => {
            fail(number);
            None
        }
        worker::TOLD => {
            let listener = POOL.with_borrow_mut(|pool| {
                pool.seat(number).and_then(|seat| Some(Rc::clone(&seat.task.as_ref()?.listener)))
            });
            let bytes = message.get(1).dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec());
            listener.zip(bytes.ok().map(JobEvent::Progress))
        }
        worker::OVER => {
            let memory = message.get(1).as_f64().unwrap_or(0.0);
            let width = width();
            let listener = POOL.with_borrow_mut(|pool| {
                let listener = pool.over(number, memory);
                pool.assign(width);
                listener
            });
            listener.zip(Some(message.get(2).as_string().map_or(JobEvent::Done, JobEvent::Refused)))
        }
        _ => None,
    };
    if let Some((listener, heard)) = told {
        listener(heard);
    }
}

/// A worker has failed. If it never began and there are others, they do its work.
fn fail(number: u32) {
    let width = width();
    let lost = POOL.with_borrow_mut(|pool| {
        let at = pool.seats.iter().position(|seat| seat.number == number)?;
        let mut seat = pool.seats.swap_remove(at);
        let task = seat.task.take()?;
        if !seat.is_ready && !pool.seats.is_empty() {
            pool.refused_at = Some(pool.seats.len());
            pool.waiting.push_front(task);
            pool.assign(width);
            return None;
        }
        // The next order may find the network back.
        pool.refused_at = pool.refused_at.filter(|_| seat.is_ready);
        pool.assign(width);
        Some((task.listener, seat.is_ready))
    });
    if let Some((listener, had_begun)) = lost {
        listener(JobEvent::Lost(if had_begun {
            "It was interrupted: the browser may have run out of memory."
        } else {
            "No worker started, and longer computations need one. It could not be loaded, or the browser does not allow it."
        }));
    }
}

fn lose_all(why: &'static str) {
    let lost = POOL.with_borrow_mut(|pool| {
        pool.refused_at = None;
        std::mem::take(&mut pool.waiting)
    });
    for task in lost {
        (task.listener)(JobEvent::Lost(why));
    }
}
