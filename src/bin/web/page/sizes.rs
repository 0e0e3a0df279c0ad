//! Has the study of sizes carried out: a sweep in as many parts as there are workers, then what limits the size
//! that comes of it.
//!
//! Invariant: what is told comes to the store at most once a frame, as the whole of what all parts have told. A
//! study that is no longer wanted ends with its jobs.

use super::pool::{self, JobEvent, JobHandle};
use super::{SendAction, frame, now};
use crate::store::sizes::{SizesAction, SizesPanelState, SweepRequest};
use crate::store::study::StudyStatus;
use crate::store::{Action, State};
use std::cell::RefCell;
use std::rc::Rc;
use threadbare::jobs::{self, JobRequest, limit, sweep};
use yew::{hook, use_effect_with, use_mut_ref};

/// Does what the study wants.
#[hook]
pub fn use_sizes(state: &Rc<State>, send: &SendAction) {
    let stage = state.sizes.as_ref().map(|sizes| (sizes.study.number, sizes.study.stage));
    let under_way = use_mut_ref(Vec::<JobHandle>::new);
    let (held, send) = (Rc::clone(state), send.clone());
    use_effect_with(stage, move |stage| {
        let jobs = match (stage, &held.sizes) {
            (Some((number, StudyStatus::Going)), Some(sizes)) => sweep(*number, sizes.asked.as_ref(), &send),
            (Some((number, StudyStatus::Done)), Some(sizes)) => limit(*number, sizes, &held, &send),
            _ => Vec::new(),
        };
        let old = under_way.replace(jobs);
        drop(old);
    });
}

/// What has been told so far, and by how many parts nothing more will be.
struct PartialSweepResults {
    number: u32,
    so_far: sweep::SweepProgress,
    left: usize,
    since: f64,
    send: SendAction,
}

impl PartialSweepResults {
    fn report(&self) {
        let told = SizesAction::Progress(self.number, Rc::new(self.so_far.clone()), now() - self.since);
        self.send.emit(Action::Sizes(told));
    }

    fn over(&self, how: Result<(), String>) {
        self.send.emit(Action::Sizes(SizesAction::Over(self.number, how)));
    }
}

fn sweep(number: u32, asked: Option<&Rc<SweepRequest>>, send: &SendAction) -> Vec<JobHandle> {
    let Some(asked) = asked else { return Vec::new() };
    let cells: usize = asked.axes.iter().map(|(_, values)| values.len()).product();
    let parts = pool::width().min(cells).max(1);
    let so_far = sweep::SweepProgress::new(parts, &asked.labels);
    let gathering = PartialSweepResults { number, so_far, left: parts, since: now(), send: send.clone() };
    let gathering = Rc::new(RefCell::new(gathering));
    let part = |part: usize| {
        let order = sweep::SweepJob {
            subject: asked.subject.clone(),
            axes: asked.axes.clone(),
            metrics: asked.metrics.clone(),
            runs: asked.runs,
            part,
            parts,
        };
        let gathering = Rc::clone(&gathering);
        pool::start(&JobRequest::Sweep(order), move |event| receive(&gathering, part, event))
    };
    (0..parts).map(part).collect()
}

fn receive(gathering: &Rc<RefCell<PartialSweepResults>>, part: usize, event: JobEvent) {
    let is_over = match event {
        JobEvent::Progress(bytes) => {
            if gathering.borrow_mut().so_far.take(part, &bytes).is_none() {
                return gathering.borrow().over(Err("A part of the results is damaged.".to_owned()));
            }
            let gathering = Rc::clone(gathering);
            return frame::soon("sizes", move || gathering.borrow().report());
        }
        JobEvent::Done => {
            let mut gathering = gathering.borrow_mut();
            gathering.left -= 1;
            gathering.left == 0
        }
        JobEvent::Refused(why) => return gathering.borrow().over(Err(why)),
        JobEvent::Lost(why) => return gathering.borrow().over(Err(why.to_owned())),
    };
    if is_over {
        let gathering = gathering.borrow();
        gathering.report();
        gathering.over(Ok(()));
    }
}

fn limit(number: u32, sizes: &SizesPanelState, state: &State, send: &SendAction) -> Vec<JobHandle> {
    let cell = sizes.advice(sizes.here(&state.work)).and_then(|advice| advice.cell);
    let Some((cell, asked)) = cell.zip(sizes.asked.as_ref()) else { return Vec::new() };
    let order = limit::LimitJob { subject: asked.subject.clone(), set: sizes.values(cell) };
    let send = send.clone();
    let hear = move |event| {
        // Without it the advice is as good, only shorter.
        let JobEvent::Progress(bytes) = event else { return };
        if let Some(words) = jobs::unpacked(&bytes) {
            send.emit(Action::Sizes(SizesAction::Limit(number, words)));
        }
    };
    vec![pool::start(&JobRequest::Limit(order), hear)]
}
