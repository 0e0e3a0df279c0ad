//! The workloads in odem-rs: agents that wait.

use crate::workload::{Draws, Finished, WATCHES, Workload};
use odem_rs::core::ops::waker;
use odem_rs::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::Waker;

/// A pool of like workers: its own facility has room for one.
#[derive(Default)]
struct Pool {
    idle: Cell<u32>,
    queue: RefCell<VecDeque<Waker>>,
}

impl Pool {
    /// Waits for a worker, first come, first served.
    async fn seize(&self) {
        match self.idle.get().checked_sub(1) {
            Some(idle) => self.idle.set(idle),
            None => {
                let waker = waker().await;
                self.queue.borrow_mut().push_back(waker);
                sleep().await;
            }
        }
    }

    /// Gives the worker to who has waited longest.
    fn release(&self) {
        match self.queue.borrow_mut().pop_front() {
            Some(next) => next.wake(),
            None => self.idle.set(self.idle.get() + 1),
        }
    }
}

/// What all agents share.
#[derive(Config, Default)]
struct Shared {
    pool: Pool,
    children: Pool,
    draws: RefCell<Option<Draws>>,
    finished: Cell<Finished>,
}

impl Shared {
    fn exp(&self, mean: f64) -> f64 {
        self.draws.borrow_mut().as_mut().map_or(mean, |draws| draws.exp(mean))
    }

    fn chance(&self, chance: f64) -> bool {
        self.draws.borrow_mut().as_mut().is_some_and(|draws| draws.chance(chance))
    }

    fn ended(&self, at: f64) {
        self.finished.set(Finished { tasks: self.finished.get().tasks + 1, at });
    }
}

/// A task of `mm8` and `burst`.
struct Job;

impl Behavior<Shared> for Job {
    type Output = ();

    async fn actions(&self, sim: &Sim<Shared>) {
        let shared = sim.global();
        shared.pool.seize().await;
        sim.advance(shared.exp(1.0)).await;
        shared.ended(sim.now());
        shared.pool.release();
    }
}

/// A parent: its child is a stretch of its own on the other pool, as it waits for it at once.
struct Parent;

impl Behavior<Shared> for Parent {
    type Output = ();

    async fn actions(&self, sim: &Sim<Shared>) {
        let shared = sim.global();
        shared.pool.seize().await;
        sim.advance(shared.exp(0.1)).await;
        sim.spawn(Child).await;
        sim.advance(shared.exp(0.1)).await;
        shared.ended(sim.now());
        shared.pool.release();
    }
}

struct Child;

impl Behavior<Shared> for Child {
    type Output = ();

    async fn actions(&self, sim: &Sim<Shared>) {
        let shared = sim.global();
        shared.children.seize().await;
        sim.advance(shared.exp(0.1)).await;
        shared.children.release();
    }
}

/// A delayed task, and whether it was cancelled.
struct Update(Rc<Cell<bool>>);

impl Behavior<Shared> for Update {
    type Output = ();

    async fn actions(&self, sim: &Sim<Shared>) {
        sim.advance(15.0).await;
        if self.0.get() {
            return;
        }
        let shared = sim.global();
        shared.pool.seize().await;
        sim.advance(0.001).await;
        shared.ended(sim.now());
        shared.pool.release();
    }
}

/// A submitter of `delayed`, with its rounds.
struct Watch(u64);

impl Behavior<Shared> for Watch {
    type Output = ();

    async fn actions(&self, sim: &Sim<Shared>) {
        let shared = sim.global();
        for _ in 0..self.0 {
            let is_cancelled = Rc::new(Cell::new(false));
            drop(sim.spawn(Update(Rc::clone(&is_cancelled))));
            sim.advance(shared.exp(6.0)).await;
            is_cancelled.set(shared.chance(0.9));
        }
    }
}

/// Runs a workload.
pub fn run(workload: Workload, tasks: u64) -> Finished {
    let (workers, children) = match workload {
        Workload::Mm8 | Workload::Delayed => (8, 0),
        Workload::Parents => (64, 32),
        Workload::Burst => (64, 0),
    };
    let shared = Shared::default();
    shared.pool.idle.set(workers);
    shared.children.idle.set(children);
    *shared.draws.borrow_mut() = Some(Draws::new());
    let simulator = Simulator::new(shared);
    let run = simulator.run(async |sim| {
        match workload {
            Workload::Mm8 => {
                for _ in 0..tasks {
                    drop(sim.spawn(Job));
                    sim.advance(sim.global().exp(1.0 / 7.2)).await;
                }
            }
            Workload::Parents => {
                for _ in 0..tasks / 5 {
                    drop(sim.spawn(Parent));
                    sim.advance(sim.global().exp(1.0 / 180.0)).await;
                }
            }
            Workload::Delayed => {
                for _ in 0..WATCHES {
                    drop(sim.spawn(Watch(tasks / WATCHES)));
                }
            }
            Workload::Burst => {
                for _ in 0..tasks {
                    drop(sim.spawn(Job));
                }
            }
        }
        // The run ends with this future: long after the last task has.
        sim.advance(1e9).await;
        sim.global().finished.get()
    });
    run.expect("nothing fails")
}
