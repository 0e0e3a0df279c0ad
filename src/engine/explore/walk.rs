//! Everything that the future of a run depends on, told to a [`Sink`] piece by piece.
//!
//! Invariant: what is left out makes no difference to what can happen next (ids, causes, tickets, numbers of
//! workers; in the untimed view also instants and random streams). Tasks and keys are told as nodes, so that the
//! sink decides how they are called. The order in which things stand on the agenda is left out: any of
//! them may come next.

mod executors;
mod named;
mod shared;

use crate::engine::agenda::Action;
use crate::engine::calendar::Due;
use crate::engine::carriers::{Carrier, Item};
use crate::engine::cores::Thread;
use crate::engine::instance::Waiter;
use crate::engine::keys::{NO_KEY, Owner};
use crate::engine::plan::Plan;
use crate::engine::state::State;
use crate::engine::task::{Flag, Interrupt, NO_WORKER, Phase, Slot, Task};
use crate::model::executor::ReadyOrder;
use crate::model::id::{ArrivalId, ExecutorId, TaskId};
use crate::model::program::{Claim, Instruction};
use crate::model::runtime::Barging;
use crate::model::scenario::{ResourceKind, Scenario};
use crate::model::time::Time;
use crate::model::value::Value;
use std::collections::BTreeMap;

/// A task's record or a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Task(Slot),
    Key(u32),
}

/// Who is told.
pub(super) trait Sink {
    /// A plain number.
    fn value(&mut self, value: u64);
    /// A node, at this place of an order.
    fn node(&mut self, node: Option<Node>);
    /// A node (or nothing) with a number, in an unordered collection that [`Sink::end_set`] ends.
    fn member(&mut self, value: u64, node: Option<Node>);
    /// The collection is complete.
    fn end_set(&mut self);
}

/// What somebody else remembers of a task: see [`crate::trace::recorder::Recorder::remembered`].
pub(super) type Memory<'a> = &'a dyn Fn(TaskId) -> Option<u64>;

/// A state, with what is looked up often.
pub(super) struct Walk<'a> {
    memory: Memory<'a>,
    s: &'a Scenario,
    plan: &'a Plan,
    st: &'a State,
    untimed: bool,
    /// The owner and key of every keyed instance of a resource, and of a cell.
    resources: BTreeMap<u32, (u16, u32)>,
    cells: BTreeMap<u32, (u16, u32)>,
    /// Keys that may be named again, each with a number for its name: what becomes of them is not only up to who has them.
    named: BTreeMap<u32, u64>,
}

impl<'a> Walk<'a> {
    pub fn new(s: &'a Scenario, plan: &'a Plan, st: &'a State, memory: Memory<'a>) -> Walk<'a> {
        let (mut resources, mut cells) = (BTreeMap::new(), BTreeMap::new());
        for (&(owner, key), &instance) in &st.keys.instances {
            match owner {
                Owner::Resource(id) => resources.insert(instance, (id, key)),
                Owner::Cell(id) => cells.insert(instance, (id, key)),
            };
        }
        let named = named::again(s, st);
        Walk { memory, s, plan, st, untimed: st.exploring.rules.untimed, resources, cells, named }
    }

    /// Every node there is.
    pub fn nodes(&self) -> impl Iterator<Item = Node> + '_ {
        let keys = (1..=self.st.keys.numbers.len() as u32).map(Node::Key);
        self.st.tasks.iter().map(|(slot, _)| Node::Task(slot)).chain(keys)
    }

    /// An instant, where instants matter.
    fn instant(&self, at: Time) -> u64 {
        if self.untimed { 0 } else { at.0 }
    }

    /// What belongs to no single node.
    pub fn globals(&self, sink: &mut impl Sink) {
        let st = self.st;
        sink.value(self.instant(st.now));
        for entry in (0..self.s.arrivals.len() as u16).map(ArrivalId) {
            sink.value(st.sources.count(entry));
            sink.value(
                u64::from(st.sources.is_held_back(entry)) | u64::from(st.sources.is_ended(entry)) << 1,
            );
        }
        if !self.untimed {
            st.sources.each_next().for_each(|(at, entry)| sink.member(at.0 ^ u64::from(entry.0) << 48, None));
            sink.end_set();
        }
        for (todo, _) in st.agenda.iter() {
            match todo {
                Action::Turn(slot) => sink.member(1, Some(Node::Task(slot))),
                Action::Carrier(id) => {
                    // Which of like ones makes no difference.
                    let number = if self.is_fifo(id.group) { 0 } else { id.number };
                    sink.member(2 | u64::from(id.group) << 8 | u64::from(number) << 24, None);
                }
                Action::Pump(wrapper) => sink.member(3 | u64::from(wrapper.0) << 8, None),
                Action::Steal(home, thief) => {
                    sink.member(4 | u64::from(home.0) << 8 | u64::from(thief.0) << 24, None);
                }
            }
        }
        sink.end_set();
        self.timers(sink);
        for executor in (0..st.executors.len() as u16).map(ExecutorId) {
            self.executor(executor, sink);
        }
        self.green(sink);
        self.cpu(sink);
        for i in (0..st.resources.len() as u32).filter(|i| !self.resources.contains_key(i)) {
            self.resource(i, sink);
        }
        st.shared.iter().for_each(|shared| self.shared(shared, sink));
        for (i, cell) in (0u32..).zip(&st.cells) {
            if !self.cells.contains_key(&i) {
                value(cell, sink);
            }
        }
        // Whoever has no key shares what there is one of for each key.
        self.key(NO_KEY, sink);
    }

    /// Timers and timeouts that are armed.
    fn timers(&self, sink: &mut impl Sink) {
        for (tag, calendar) in [(0, &self.st.calendar), (0, &self.st.schedulers), (1, &self.st.timeouts)] {
            for entry in calendar.iter() {
                let at = self.instant(entry.at) << 3 | tag;
                match entry.due {
                    Due::Task(slot, wake) if self.st.tasks[slot].wake == wake => {
                        sink.member(at, Some(Node::Task(slot)));
                    }
                    Due::Preempt(slot, wake) if self.st.tasks[slot].wake == wake => {
                        sink.member(at | 2, Some(Node::Task(slot)));
                    }
                    Due::Scheduler(wrapper)
                        if self.st.scheduler_timer(wrapper) == Some((entry.at, entry.ticket)) =>
                    {
                        sink.member(at | 4 | u64::from(wrapper.0) << 52, None);
                    }
                    Due::Injection(home) => sink.member(at | 6 | u64::from(home.0) << 52, None),
                    // Told with the pool's idle workers.
                    Due::Task(..) | Due::Preempt(..) | Due::Scheduler(_) | Due::Departure(..) => {}
                }
            }
        }
        sink.end_set();
    }

    fn line(&self, slots: impl IntoIterator<Item = Slot>, sink: &mut impl Sink) {
        slots.into_iter().for_each(|slot| sink.node(Some(Node::Task(slot))));
        sink.node(None);
    }

    fn is_fifo(&self, group: u16) -> bool {
        self.st.green.groups[usize::from(group)].order == ReadyOrder::Fifo
    }

    fn green(&self, sink: &mut impl Sink) {
        for (number, group) in (0u16..).zip(&self.st.green.groups) {
            self.items(&group.ready, sink);
            if self.is_fifo(number) {
                // Carriers are all alike; those with nothing in hand may as well not be there.
                for carrier in &group.carriers {
                    let task = carrier.busy.then_some(Node::Task(carrier.task));
                    if carrier.busy || carrier.scheduled || carrier.on_core {
                        sink.member(self.carrier(carrier), task);
                    }
                }
                sink.end_set();
                continue;
            }
            for carrier in &group.carriers {
                sink.value(self.carrier(carrier));
                sink.node(carrier.busy.then_some(Node::Task(carrier.task)));
                sink.value(carrier.slot_turns.into());
                self.items(&carrier.slot, sink);
                self.items(&carrier.own, sink);
            }
            self.items(&group.late, sink);
            self.items(&group.deferred, sink);
        }
    }

    /// What is so about a carrier, as one number.
    fn carrier(&self, carrier: &Carrier) -> u64 {
        let flags = [carrier.busy, carrier.scheduled, carrier.looks, carrier.compensated, carrier.on_core];
        let bits = flags.into_iter().fold(0, |bits, flag| bits << 1 | u64::from(flag));
        let since = if carrier.on_core { self.instant(carrier.core_since) } else { 0 };
        bits | since << 5
    }

    fn items<'i>(&self, items: impl IntoIterator<Item = &'i Item>, sink: &mut impl Sink) {
        for item in items {
            match *item {
                Item::Task { slot, told } => {
                    sink.value(told.into());
                    sink.node(Some(Node::Task(slot)));
                }
                Item::Scheduler(wrapper) => sink.value(2 | u64::from(wrapper.0) << 8),
            }
        }
        sink.node(None);
    }

    fn cpu(&self, sink: &mut impl Sink) {
        let Some(cpu) = &self.st.cpu else { return };
        sink.value(cpu.free.into());
        for ready in &cpu.ready {
            sink.value(ready.since.0);
            match ready.thread {
                Thread::Of(slot) => sink.node(Some(Node::Task(slot))),
                Thread::Carrier(id) => {
                    sink.value(u64::from(id.group));
                    let carrier = self.st.green.carrier(id);
                    sink.node(carrier.busy.then_some(Node::Task(carrier.task)));
                }
            }
            sink.node(ready.left.map(|(slot, _)| Node::Task(slot)));
            sink.value(ready.left.map_or(0, |(_, left)| left.0));
        }
        sink.node(None);
        for burst in &cpu.bursts {
            let task = &self.st.tasks[burst.slot];
            let is_live = task.wake == burst.wake && task.flags.has(Flag::OnCpu);
            if is_live {
                sink.member(burst.end.0 << 1 | u64::from(burst.preemption_set), Some(Node::Task(burst.slot)));
            }
        }
        sink.end_set();
    }

    fn resource(&self, instance: u32, sink: &mut impl Sink) {
        let instance = &self.st.resources[instance as usize];
        sink.value(instance.free.into());
        let described = &self.s.resources[instance.resource.index()];
        if described.barging == Barging::Once {
            sink.value(instance.starving.into());
        }
        if matches!(described.kind, ResourceKind::ReadWriteLock { .. }) {
            let is_writer = |task: &Task| instance.writer == Some(task.id);
            let writer =
                self.st.tasks.iter().find(|(_, task)| is_writer(task)).map(|(slot, _)| Node::Task(slot));
            sink.value(instance.writer.is_some().into());
            sink.node(writer);
        }
        let waits = |waiter: &&Waiter| waiter.is_in_line(&self.st.tasks);
        self.line(instance.waiters.iter().filter(waits).map(|waiter| waiter.slot), sink);
    }

    /// What belongs to a node.
    pub fn node(&self, node: Node, sink: &mut impl Sink) {
        match node {
            Node::Task(slot) => {
                self.task(slot, sink);
                if let Some(remembered) = (self.memory)(self.st.tasks[slot].id) {
                    sink.value(remembered);
                }
            }
            Node::Key(key) => self.key(key, sink),
        }
    }

    /// The instances of one key, and its name if it matters.
    fn key(&self, key: u32, sink: &mut impl Sink) {
        if let Some(name) = self.named.get(&key) {
            sink.value(*name);
        }
        for (&(owner, of), &instance) in &self.st.keys.instances {
            if of != key {
                continue;
            }
            match owner {
                Owner::Resource(id) => {
                    sink.value(u64::from(id) << 1);
                    self.resource(instance, sink);
                }
                Owner::Cell(id) => {
                    sink.value(u64::from(id) << 1 | 1);
                    value(&self.st.cells[instance as usize], sink);
                }
            }
        }
    }

    fn task(&self, slot: Slot, sink: &mut impl Sink) {
        let task = &self.st.tasks[slot];
        let pieces = [task.kind.0, task.pc.0, task.first.0, task.at.0];
        sink.value(pieces.into_iter().fold(0, |sum, piece| sum << 16 | u64::from(piece)));
        sink.value((task.phase as u64) << 16 | (task.future as u64) << 8 | task.seat as u64);
        sink.value(u64::from(task.flags.bits()) << 1 | u64::from(task.worker != NO_WORKER));
        sink.value(task.home.0.into());
        sink.node((task.key != 0).then_some(Node::Key(task.key)));
        sink.node(task.below.some().filter(|_| task.phase != Phase::Ended).map(Node::Task));
        let (parent, id) = task.parent;
        let parent =
            parent.some().filter(|parent| self.st.tasks.is(*parent, id) && task.phase != Phase::Ended);
        sink.node(parent.filter(|parent| self.st.tasks[*parent].phase != Phase::Ended).map(Node::Task));
        if !self.untimed {
            if self.plan.has_draws {
                sink.value(task.stream.0);
                sink.value(task.ordinal.into());
            }
            if task.flags.has(Flag::OnCore)
                && let Some(cpu) = &self.st.cpu
            {
                sink.value(cpu.core_since(slot).0);
            }
        }
        self.extra(slot, sink);
        for look in self.st.exploring.looks.looks.iter().filter(|look| look.slot == slot) {
            let (id, key) = self.cells.get(&look.cell).copied().unwrap_or((look.cell as u16, 0));
            sink.member(u64::from(id) << 1 | u64::from(look.stale), (key != 0).then_some(Node::Key(key)));
        }
        sink.end_set();
    }

    fn extra(&self, slot: Slot, sink: &mut impl Sink) {
        let Some(extra) = self.st.tasks.extra(slot) else { return };
        for (latest, count) in &extra.names {
            sink.node(latest.some().map(Node::Task));
            if self.plan.counts_keys || (!self.untimed && self.plan.has_draws) {
                sink.value((*count).into());
            }
        }
        sink.node(None);
        for set in [&extra.children, &extra.awaited] {
            set.iter().for_each(|child| sink.member(0, Some(Node::Task(*child))));
            sink.end_set();
        }
        let code = &self.s.tasks[self.st.tasks[slot].kind.index()].program.code;
        for (i, count) in (0u8..).zip(&extra.counters) {
            // How often a loop without end went round makes no difference.
            let is_endless = |step: &Instruction| matches!(step, Instruction::Repeat { counter, times: None, .. } if *counter == i);
            sink.value(if code.iter().any(is_endless) { 0 } else { (*count).into() });
        }
        if !self.untimed && self.plan.has_draws {
            extra.executions.iter().for_each(|n| sink.value((*n).into()));
        }
        for held in &extra.held {
            let (id, key) = self.resources.get(&held.instance).copied().unwrap_or((held.instance as u16, 0));
            let claim = match held.claim {
                Claim::Permits(count) => u64::from(count - 1) << 2,
                Claim::Read => 1,
                Claim::Write => 2,
            };
            sink.member(u64::from(id) | claim << 16, (key != 0).then_some(Node::Key(key)));
        }
        sink.end_set();
        if !self.s.shared.is_empty() {
            sink.value(extra.found_closed.into());
            sink.value(extra.relock.map_or(0, |relock| {
                let (why, failure) = relock.verdict;
                1 | u64::from(relock.times) << 1 | (why as u64) << 40 | (failure as u64) << 48
            }));
        }
        for (cell, read) in &extra.last_read {
            let (id, key) = self.cells.get(cell).copied().unwrap_or((*cell as u16, 0));
            sink.member(u64::from(id), (key != 0).then_some(Node::Key(key)));
            value(read, sink);
        }
        sink.end_set();
        let interrupt =
            |interrupt: Interrupt| 1 | u64::from(interrupt.by_scope) << 1 | (interrupt.failure as u64) << 8;
        sink.value(extra.interrupt.map_or(0, interrupt));
        for scope in &extra.scopes {
            let failure = scope.failure.map_or(0, |failure| 1 | (failure as u64) << 8);
            sink.value(failure << 1 | u64::from(scope.fail_fast));
            scope.children.iter().for_each(|child| sink.member(0, Some(Node::Task(*child))));
            sink.end_set();
        }
        sink.node(None);
        sink.value(extra.priority as u64);
        sink.value(extra.remaining.into());
        sink.value(extra.verdict.map_or(0, |(why, failure)| 1 | (why as u64) << 8 | (failure as u64) << 16));
        let after = extra.after().map_or(0, |after| if self.untimed { 1 } else { after.0 << 1 | 1 });
        sink.value(after);
        if let Some(series) = extra.series() {
            // How many runs there were makes no difference.
            sink.value(1 | u64::from(series.after_end) << 1);
            sink.value(if self.untimed { 0 } else { series.period.0 });
        }
        if !self.untimed && extra.due() != Time::ZERO {
            sink.value(extra.due().0);
        }
    }
}

fn value(value: &Value, sink: &mut impl Sink) {
    match value {
        Value::Number(number) => {
            sink.value(1);
            sink.value(*number as u64);
        }
        Value::Text(text) => {
            sink.value(2);
            sink.value(crate::engine::draw::hash_name(text));
        }
    }
}
