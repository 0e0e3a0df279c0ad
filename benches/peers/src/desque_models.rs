//! The workloads in desque: events that schedule events, around a state of one's own.

use crate::workload::{Draws, Finished, WATCHES, Workload};
use desque::serial::{Event, Simulation};
use desque::{SimState, SimTime};
use std::cmp::Ordering;
use std::collections::VecDeque;

/// Seconds of virtual time.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Time(f64);

impl Eq for Time {}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Time) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Time {
    fn cmp(&self, other: &Time) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl SimTime for Time {}

/// A pool of like workers, with a queue of whoever waits.
struct Pool {
    idle: u32,
    queue: VecDeque<u32>,
}

impl Pool {
    fn new(workers: u32) -> Pool {
        Pool { idle: workers, queue: VecDeque::new() }
    }

    /// Whether a task starts at once; otherwise it queues.
    fn enter(&mut self, task: u32) -> bool {
        if self.idle == 0 {
            self.queue.push_back(task);
            return false;
        }
        self.idle -= 1;
        true
    }

    /// A worker is free: the next task, if one waits.
    fn leave(&mut self) -> Option<u32> {
        let next = self.queue.pop_front();
        self.idle += u32::from(next.is_none());
        next
    }
}

struct State {
    draws: Draws,
    pool: Pool,
    children: Pool,
    left: u64,
    mean: f64,
    finished: Finished,
    cancelled: Vec<bool>,
}

impl SimState<Time> for State {}

type Sim = Simulation<State, Time>;

fn after(sim: &mut Sim, event: impl Event<State, Time> + 'static, delay: f64) -> desque::Result {
    let at = Time(sim.current_time().0 + delay);
    sim.schedule(event, at)
}

/// A state with pools of these sizes that has `left` things to begin.
fn fresh(workers: u32, children: u32, left: u64, mean: f64) -> Sim {
    let (pool, children) = (Pool::new(workers), Pool::new(children));
    let state = State {
        draws: Draws::new(),
        pool,
        children,
        left,
        mean,
        finished: Finished::default(),
        cancelled: Vec::new(),
    };
    Simulation::new(state, Time(0.0))
}

fn ended(sim: &mut Sim) {
    let at = sim.current_time().0;
    let finished = &mut sim.state_mut().finished;
    finished.tasks += 1;
    finished.at = at;
}

/// Runs a workload.
pub fn run(workload: Workload, tasks: u64) -> Finished {
    let mut sim = match workload {
        Workload::Mm8 => fresh(8, 0, tasks, 1.0),
        Workload::Parents => fresh(64, 32, tasks / 5, 0.1),
        Workload::Delayed => fresh(8, 0, tasks / WATCHES, 0.001),
        Workload::Burst => fresh(64, 0, 0, 1.0),
    };
    let begun = match workload {
        Workload::Mm8 => after(&mut sim, Arrival { interval: 1.0 / 7.2, parent: false }, 0.0),
        Workload::Parents => after(&mut sim, Arrival { interval: 1.0 / 180.0, parent: true }, 0.0),
        Workload::Delayed => (0..WATCHES).try_for_each(|_| watch(&mut sim, tasks / WATCHES)),
        Workload::Burst => (0..tasks).try_for_each(|_| enter(&mut sim)),
    };
    begun.and_then(|()| sim.run()).expect("no event is in the past");
    sim.state().finished
}

/// A task arrives, and says when the next does.
#[derive(Debug)]
struct Arrival {
    interval: f64,
    parent: bool,
}

impl Event<State, Time> for Arrival {
    fn execute(&mut self, sim: &mut Sim) -> desque::Result {
        let state = sim.state_mut();
        state.left -= 1;
        if state.left > 0 {
            let delay = state.draws.exp(self.interval);
            after(sim, Arrival { ..*self }, delay)?;
        }
        if self.parent { parent_enters(sim) } else { enter(sim) }
    }
}

fn enter(sim: &mut Sim) -> desque::Result {
    if sim.state_mut().pool.enter(0) { work(sim) } else { Ok(()) }
}

fn work(sim: &mut Sim) -> desque::Result {
    let state = sim.state_mut();
    let delay = state.draws.exp(state.mean);
    after(sim, WorkEnds, delay)
}

/// A task has done its work.
#[derive(Debug)]
struct WorkEnds;

impl Event<State, Time> for WorkEnds {
    fn execute(&mut self, sim: &mut Sim) -> desque::Result {
        ended(sim);
        match sim.state_mut().pool.leave() {
            Some(_) => work(sim),
            None => Ok(()),
        }
    }
}

fn parent_enters(sim: &mut Sim) -> desque::Result {
    if sim.state_mut().pool.enter(0) { step(sim, ParentStep::First) } else { Ok(()) }
}

fn step(sim: &mut Sim, step: ParentStep) -> desque::Result {
    let state = sim.state_mut();
    let delay = state.draws.exp(state.mean);
    after(sim, step, delay)
}

/// What ends: the parent's first step, its child, or its last step.
#[derive(Debug)]
enum ParentStep {
    First,
    Child,
    Last,
}

impl Event<State, Time> for ParentStep {
    fn execute(&mut self, sim: &mut Sim) -> desque::Result {
        match self {
            ParentStep::First if sim.state_mut().children.enter(0) => step(sim, ParentStep::Child),
            ParentStep::First => Ok(()),
            ParentStep::Child => {
                if sim.state_mut().children.leave().is_some() {
                    step(sim, ParentStep::Child)?;
                }
                step(sim, ParentStep::Last)
            }
            ParentStep::Last => {
                ended(sim);
                match sim.state_mut().pool.leave() {
                    Some(_) => step(sim, ParentStep::First),
                    None => Ok(()),
                }
            }
        }
    }
}

/// A submitter begins a round: a timer of 15 s for the task, and one for itself.
fn watch(sim: &mut Sim, left: u64) -> desque::Result {
    let state = sim.state_mut();
    let update = state.cancelled.len();
    state.cancelled.push(false);
    let delay = state.draws.exp(6.0);
    after(sim, Due { update }, 15.0)?;
    after(sim, WatchWakes { update, left }, delay)
}

/// A delayed task is due. desque takes no event back: one that was cancelled does nothing.
#[derive(Debug)]
struct Due {
    update: usize,
}

impl Event<State, Time> for Due {
    fn execute(&mut self, sim: &mut Sim) -> desque::Result {
        let state = sim.state_mut();
        if state.cancelled[self.update] || !state.pool.enter(0) {
            return Ok(());
        }
        after(sim, UpdateEnds, 0.001)
    }
}

/// A delayed task has done its work.
#[derive(Debug)]
struct UpdateEnds;

impl Event<State, Time> for UpdateEnds {
    fn execute(&mut self, sim: &mut Sim) -> desque::Result {
        ended(sim);
        match sim.state_mut().pool.leave() {
            Some(_) => after(sim, UpdateEnds, 0.001),
            None => Ok(()),
        }
    }
}

/// A submitter has waited: it mostly cancels, and begins the next round.
#[derive(Debug)]
struct WatchWakes {
    update: usize,
    left: u64,
}

impl Event<State, Time> for WatchWakes {
    fn execute(&mut self, sim: &mut Sim) -> desque::Result {
        let state = sim.state_mut();
        if state.draws.chance(0.9) {
            state.cancelled[self.update] = true;
        }
        if self.left > 1 { watch(sim, self.left - 1) } else { Ok(()) }
    }
}
