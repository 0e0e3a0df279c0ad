//! Small scenarios and traces put together by hand, for the unit tests of this room.

use crate::model::distribution::Distribution;
use crate::model::executor::{
    AfterShutdown, Cancelled, Executor, ExecutorKind, Guard, OnCrash, OnFull, OnWait, Order, Spawn,
};
use crate::model::id::*;
use crate::model::program::{ChildName, Draw, Instruction, Program, Step, Submit};
use crate::model::runtime::Runtime;
use crate::model::scenario::{Arrivals, Limits, Pattern, Scenario, TaskType};
use crate::model::time::{Duration, SECOND, Time};
use crate::trace::event::{Event, EventId};
use crate::trace::record::Record;
use crate::trace::{Outcome, OutcomeKind, Trace};
use std::sync::Arc;

/// A pool of threads.
pub fn pool(name: &str, workers: u32) -> Executor {
    let kind = ExecutorKind::Threads {
        workers,
        spawn: Spawn::OnDemand,
        start_cost: Duration::ZERO,
        keep_alive: None,
        claim_ahead: 0,
        on_crash: OnCrash::Replace,
    };
    executor(name, kind)
}

/// An executor with the default policies.
pub fn executor(name: &str, kind: ExecutorKind) -> Executor {
    Executor {
        name: name.to_owned(),
        kind,
        queue: None,
        on_full: OnFull::Reject,
        order: Order::Fifo,
        on_wait: OnWait::Hold,
        guard: Guard::Allow,
        leaf: false,
        memory: 0,
        cancelled: Cancelled::Kept,
        after_shutdown: AfterShutdown::Reject,
    }
}

/// A program: its instructions, its durations in seconds, the children it submits (type, `as` name).
pub fn task(name: &str, code: Vec<Instruction>, seconds: &[u64], children: &[(u16, &str)]) -> TaskType {
    let fixed = |s: &u64| Draw { distribution: Distribution::Fixed(Duration::from_secs(*s)), site: 0 };
    let submit = |(at, (task, _)): (usize, &(u16, &str))| Submit {
        task: TaskTypeId(*task),
        to: None,
        name: NameId(at as u16),
        after: None,
        key: None,
        priority: 0,
        on_full: None,
        awaited: false,
        call: false,
        every: None,
    };
    let program = Program {
        step_of: (0..code.len() as u16).collect(),
        steps: code.iter().map(|step| Step { text: format!("{step:?}"), depth: 0 }).collect(),
        code,
        names: children.iter().map(|(_, text)| ChildName { text: (*text).to_owned(), given: true }).collect(),
        draws: seconds.iter().map(fixed).collect(),
        submits: children.iter().enumerate().map(submit).collect(),
        ..Program::default()
    };
    TaskType { name: name.to_owned(), program }
}

/// A scenario in which the first task type arrives `count` times at the first executor.
pub fn scenario(executors: Vec<Executor>, tasks: Vec<TaskType>, count: u64) -> Arc<Scenario> {
    Arc::new(Scenario {
        title: String::new(),
        about: String::new(),
        variant: "base".to_owned(),
        runtime: Runtime::default(),
        seed: 1,
        until: None,
        stop_at_deadlock: false,
        executors,
        tasks,
        arrivals: vec![Arrivals {
            task: TaskTypeId(0),
            to: ExecutorId(0),
            pattern: Pattern::Batch { at: Time::ZERO, count },
            key: None,
            priority: 0,
            on_full: None,
        }],
        resources: Vec::new(),
        shared: Vec::new(),
        cells: Vec::new(),
        machine: None,
        expectations: Vec::new(),
        beats: Vec::new(),
        limits: Limits::default(),
        allowed: Vec::new(),
    })
}

/// A trace of these events, each at its second, caused by the one before.
pub fn trace(scenario: &Arc<Scenario>, events: Vec<(u64, Event)>, kind: OutcomeKind) -> Trace {
    let at = events.last().map_or(Time::ZERO, |(at, _)| Time(at * SECOND));
    let records = events
        .into_iter()
        .enumerate()
        .map(|(i, (at, event))| {
            let cause = if i == 0 { EventId::NONE } else { EventId(i as u32 - 1) };
            Record::new(Time(at * SECOND), cause, event)
        })
        .collect();
    Trace { scenario: Arc::clone(scenario), records, values: Vec::new(), outcome: Outcome { kind, at } }
}
