//! The step interpreter: a task runs from instruction to instruction until it has to wait.

use super::calendar::Due;
use super::keys::Owner;
use super::place::Place;
use super::sim::Sim;
use super::state::Origin;
use super::submit::NewTask;
use super::task::{Flag, Future, Phase, Slot};
use super::work::Flow;
use crate::model::id::{CellId, DrawId, Pc, SubmitId};
use crate::model::program::{Instruction, IoMode, Program, Submit};
use crate::model::scenario::render_key;
use crate::model::time::Duration;
use crate::model::value::Value;
use crate::trace::Limit;
use crate::trace::event::{Event, Failure};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// Runs the task from where it is until it waits or ends.
    #[inline(always)]
    pub(super) fn interpret(&mut self, slot: Slot) -> Flow {
        let task = &self.st.tasks[slot];
        let program = &self.s.tasks[task.kind.index()].program;
        let mut pc = task.pc;
        loop {
            if R::STEPWISE && self.pauses(slot, program, pc) {
                return Flow::OnCpu;
            }
            let Some(instruction) = program.code.get(pc.index()) else { return self.finish(slot) };
            if self.is_endless() {
                return Flow::Idle;
            }
            // The commonest stands here; the others are called.
            let done = if let Instruction::Run(draw) = instruction {
                Ok(self.run(slot, program, pc, *draw))
            } else {
                self.step(slot, program, pc, instruction)
            };
            match done {
                Ok(None) => pc = self.st.tasks[slot].pc,
                Ok(Some(flow)) => return flow,
                Err(failure) => return self.raise(slot, failure),
            }
        }
    }

    /// Counts an instruction; one too many at this instant is an endless loop, and ends the run.
    #[inline(always)]
    fn is_endless(&mut self) -> bool {
        self.st.at_instant += 1;
        let endless = self.st.at_instant > self.s.limits.max_at_one_instant;
        if endless {
            self.give_up(Limit::AtOneInstant);
        }
        endless
    }

    /// One instruction: `None` to go on with the next, or what the thread does instead.
    #[inline(always)]
    fn step(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        instruction: &Instruction,
    ) -> Result<Option<Flow>, Failure> {
        let task = self.st.tasks[slot].id;
        let mut next = Pc(pc.0 + 1);
        match instruction {
            Instruction::Run(draw) => return Ok(self.run(slot, program, pc, *draw)),
            Instruction::Io(draw, mode) => {
                if let Some(flow) = self.meets_interrupt_in_io(slot, *mode) {
                    return Ok(Some(flow));
                }
                return Ok(Some(self.io(slot, program, pc, *draw, *mode)));
            }
            Instruction::Yield => {
                if let Some(flow) = self.meets_interrupt(slot) {
                    return Ok(Some(flow));
                }
                self.emit(Event::Yielded { task, pc });
                self.st.tasks[slot].pc = next;
                self.st.tasks[slot].phase = Phase::Ready;
                self.yields(slot);
                return Ok(Some(Flow::Idle));
            }
            Instruction::Submit(submit) => return self.submit(slot, program, pc, *submit),
            Instruction::Wait { names, mode, timeout } => {
                if let Some(flow) = self.wait(slot, program, pc, names, *mode, *timeout) {
                    return Ok(Some(flow));
                }
            }
            Instruction::Result { names, mode, timeout } => {
                if let Some(flow) = self.wait_for_result(slot, program, pc, names, *mode, *timeout)? {
                    return Ok(Some(flow));
                }
            }
            Instruction::Cancel { names, all, mode } => self.cancel_children(slot, names, *all, *mode),
            Instruction::Acquire { resource, claim, timeout } => {
                if let Some(flow) = self.acquire(slot, program, pc, (*resource, *claim), *timeout) {
                    return Ok(Some(flow));
                }
            }
            Instruction::Release { resource, claim } => self.release(slot, *resource, *claim)?,
            Instruction::Read(cell) => self.read(slot, pc, *cell),
            Instruction::Write(cell, literal) => {
                self.write(slot, pc, *cell, program.literals[literal.index()].clone());
            }
            Instruction::Add(cell, amount) => self.add(slot, pc, *cell, *amount)?,
            Instruction::Fail(_) => return Err(Failure::Fail),
            Instruction::Note(_) => self.emit(Event::Noted { task, pc }),
            Instruction::Repeat { .. }
            | Instruction::Again { .. }
            | Instruction::Retry { .. }
            | Instruction::Maybe { .. }
            | Instruction::Jump(_)
            | Instruction::UnlessTimedOut(_)
            | Instruction::UnlessClosed(_) => next = self.next_instruction(slot, program, pc, instruction),
            _ => {
                if let Some(flow) = self.coordinate(slot, program, pc, instruction)? {
                    return Ok(Some(flow));
                }
            }
        }
        self.st.tasks[slot].pc = next;
        Ok(None)
    }

    /// Where an instruction that is only about the way through the program leads.
    #[inline(always)]
    fn next_instruction(&mut self, slot: Slot, program: &Program, pc: Pc, instruction: &Instruction) -> Pc {
        let next = Pc(pc.0 + 1);
        match instruction {
            Instruction::Repeat { times: Some(0), end, .. } => return *end,
            Instruction::Repeat { counter, .. } | Instruction::Retry { counter } => {
                *self.counter(slot, program, *counter) = 0;
            }
            Instruction::Again { counter, times, body } => {
                let count = self.counter(slot, program, *counter);
                *count = count.saturating_add(1);
                if times.is_none_or(|times| *count < times) {
                    return *body;
                }
            }
            Instruction::Maybe { p, site, otherwise } => {
                let n = self.execution(slot, program, pc);
                let decided = if R::STEPWISE { self.decided_maybe() } else { None };
                if !decided.unwrap_or_else(|| self.st.tasks[slot].stream.at(*site, n).unit() < *p) {
                    return *otherwise;
                }
            }
            Instruction::Jump(to) => return *to,
            Instruction::UnlessTimedOut(to) => {
                if !self.st.tasks[slot].flags.take(Flag::TimedOut) {
                    return *to;
                }
            }
            Instruction::UnlessClosed(to) => {
                if !std::mem::take(&mut self.st.tasks.extra_mut(slot).found_closed) {
                    return *to;
                }
            }
            _ => unreachable!("`step` hands only these on"),
        }
        next
    }

    #[inline(always)]
    fn run(&mut self, slot: Slot, program: &Program, pc: Pc, draw: DrawId) -> Option<Flow> {
        let length = self.draw(slot, program, pc, draw);
        if pc.0 > 0 {
            self.emit(Event::Ran { task: self.st.tasks[slot].id, pc });
        }
        let cause = self.st.cause;
        let task = &mut self.st.tasks[slot];
        task.pc = Pc(pc.0 + 1);
        if length == Duration::ZERO || length.is_forever() || self.st.cpu.is_some() {
            return self.run_on_cpu(slot, length);
        }
        task.cause = cause;
        task.phase = Phase::Timed;
        task.flags.set(Flag::OnCpu);
        let due = Due::Task(slot, task.wake);
        self.st.schedule(self.st.now + length, due);
        Some(Flow::OnCpu)
    }

    /// The rest of a `run` that takes no time or for ever, or that has to share the machine.
    fn run_on_cpu(&mut self, slot: Slot, length: Duration) -> Option<Flow> {
        let task = &mut self.st.tasks[slot];
        if length == Duration::ZERO {
            task.phase = Phase::Ready;
            return None;
        }
        task.cause = self.st.cause;
        task.flags.set(Flag::OnCpu);
        let at = self.st.now + length;
        if length.is_forever() {
            task.phase = Phase::Resident;
            self.st.resident += u32::from(task.future == Future::Running);
        } else {
            task.phase = Phase::Timed;
            let due = Due::Task(slot, task.wake);
            self.st.schedule(at, due);
        }
        if self.st.cpu.is_some() {
            self.burst_begins(slot, at);
        }
        Some(Flow::OnCpu)
    }

    /// A task that was just seated on a worker starts: most begin with a `run`, and that is all that happens
    /// for now. What is done here is what [`Sim::start`] and [`Sim::interpret`] would do.
    #[inline(always)]
    pub(super) fn start_and_run(&mut self, slot: Slot) -> Flow {
        let task = &self.st.tasks[slot];
        let (kind, id, home, worker, seat) = (task.kind, task.id, task.home, task.worker, task.seat);
        let program = &self.s.tasks[kind.index()].program;
        let Some(&Instruction::Run(draw)) = program.code.first().filter(|_| !R::STEPWISE) else {
            self.start(slot);
            return Flow::GoOn;
        };
        self.emit(Event::Started { task: id, executor: home, worker, seat });
        let cause = self.st.cause;
        let is_endless = self.is_endless();
        let length = self.draw(slot, program, Pc(0), draw);
        let task = &mut self.st.tasks[slot];
        task.future = Future::Running;
        task.pc = Pc(1);
        if is_endless {
            return Flow::Idle;
        }
        if length == Duration::ZERO || length.is_forever() || self.st.cpu.is_some() {
            return self.run_on_cpu(slot, length).unwrap_or(Flow::GoOn);
        }
        task.cause = cause;
        task.phase = Phase::Timed;
        task.flags.set(Flag::OnCpu);
        let due = Due::Task(slot, task.wake);
        self.st.schedule(self.st.now + length, due);
        Flow::OnCpu
    }

    fn io(&mut self, slot: Slot, program: &Program, pc: Pc, draw: DrawId, mode: IoMode) -> Flow {
        let length = self.draw(slot, program, pc, draw);
        if pc.0 > 0 {
            self.emit(Event::Blocked { task: self.st.tasks[slot].id, pc });
        }
        let cause = self.st.cause;
        let task = &mut self.st.tasks[slot];
        task.pc = Pc(pc.0 + 1);
        task.cause = cause;
        if length.is_forever() {
            task.phase = Phase::Resident;
            self.st.resident += u32::from(task.future == Future::Running);
        } else {
            task.phase = Phase::Timed;
            let due = Due::Task(slot, task.wake);
            self.st.schedule(self.st.now + length, due);
        }
        if mode == IoMode::Managed && self.is_in_fork_join(slot) {
            self.compensate(slot);
        }
        Flow::Idle
    }

    /// How long the step at `pc` takes this time.
    #[inline(always)]
    pub(super) fn draw(&mut self, slot: Slot, program: &Program, pc: Pc, draw: DrawId) -> Duration {
        let draw = &program.draws[draw.index()];
        if let Some(fixed) = draw.distribution.fixed() {
            return fixed;
        }
        let n = self.execution(slot, program, pc);
        let task = &self.st.tasks[slot];
        task.stream.at(draw.site, n).duration(&draw.distribution, u64::from(task.ordinal) + u64::from(n))
    }

    /// How often the instruction was executed before. Without loops there is only once.
    #[inline(always)]
    fn execution(&mut self, slot: Slot, program: &Program, pc: Pc) -> u32 {
        if program.counters == 0 { 0 } else { self.execution_in_loop(slot, program, pc) }
    }

    #[inline(always)]
    fn execution_in_loop(&mut self, slot: Slot, program: &Program, pc: Pc) -> u32 {
        let executions = &mut self.st.tasks.extra_mut(slot).executions;
        let n = place(executions, pc.index(), program.code.len(), 0);
        *n = n.wrapping_add(1);
        n.wrapping_sub(1)
    }

    #[inline(always)]
    pub(super) fn counter(&mut self, slot: Slot, program: &Program, counter: u8) -> &mut u32 {
        let counters = &mut self.st.tasks.extra_mut(slot).counters;
        place(counters, counter.into(), program.counters.into(), 0)
    }

    fn submit(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        id: SubmitId,
    ) -> Result<Option<Flow>, Failure> {
        let submit = &program.submits[id.index()];
        let parent = &self.st.tasks[slot];
        let (parent_id, to) = (parent.id, submit.to.unwrap_or(parent.first));
        let forbidden = if submit.call { Some(Place::Caller) } else { self.guard(slot, to, submit.awaited) };
        let Some(child) = self.child(slot, program, pc, submit) else { return Ok(Some(Flow::Idle)) };
        let told = |task, fate| Event::Submitted { task, parent: parent_id, pc, fate };
        if !self.plan.has_guards && !submit.call && self.submit_plainly(child, to, told) {
            self.st.tasks[slot].pc = Pc(pc.0 + 1);
            return Ok(None);
        }
        let place = match forbidden {
            Some(place) => place,
            None => self.place(child, to, submit.on_full),
        };
        let warned = self.is_backlog(to, place);
        let child_id = self.st.tasks[child].id;
        self.tell_submitted(child, slot, pc, place);
        let cause = self.st.cause;
        self.warn_of_backlog(warned, child_id, to);
        if !submit.call {
            self.warn_of_guard(slot, child, to, submit.awaited);
        }
        self.settle(child, to, place, Origin::Parent(slot));
        self.st.cause = cause;
        let flow = match place {
            Place::Full | Place::Shut | Place::Guarded | Place::Leaf => return Err(Failure::Rejected),
            Place::Caller => Some(Flow::Next(child)),
            Place::Worker(_) | Place::NewWorker if self.st.tasks[child].flags.has(Flag::Eager) => {
                Some(Flow::Next(child))
            }
            Place::Block => Some(Flow::Idle),
            Place::Worker(_)
            | Place::NewWorker
            | Place::Helper(_)
            | Place::Queue
            | Place::InsteadOfOldest
            | Place::Hold
            | Place::HoldInsteadOfOldest
            | Place::Pass
            | Place::Drop => None,
        };
        self.st.tasks[slot].pc = Pc(pc.0 + 1);
        Ok(flow)
    }

    /// The child of a `submit`, before anybody decides about it; `None` if there are too many tasks.
    #[inline(always)]
    fn child(&mut self, slot: Slot, program: &Program, pc: Pc, submit: &Submit) -> Option<Slot> {
        let parent = &self.st.tasks[slot];
        let (parent_id, kind, stream) = (parent.id, parent.kind, parent.stream);
        let (parent_key, parent_ordinal) = (parent.key, parent.ordinal);
        let to = submit.to.unwrap_or(parent.first);
        let count = self.count_name(slot, program, submit.name);
        let key = match &submit.key {
            Some(template) => self.st.keys.number(render_key(template, count.into())),
            None => parent_key,
        };
        let name = self.plan.child_names[kind.index()][submit.name.index()];
        let child = self.create(NewTask {
            kind: submit.task,
            stream: stream.child(name, count),
            ordinal: parent_ordinal.wrapping_add(count),
            parent: (slot, parent_id),
            to,
            key,
            priority: submit.priority,
            held: true,
            awaited_by_program: submit.awaited,
        })?;
        self.hold_future(slot, program, submit.name, child);
        if let Some(after) = submit.after {
            let after = self.draw(slot, program, pc, after);
            self.st.tasks.extra_mut(child).timing_mut().after = Some(after);
        }
        if let Some(every) = submit.every {
            self.make_series(child, slot, program, every);
        }
        Some(child)
    }

    /// Counts one more child under this name; returns how many there were.
    #[inline(always)]
    fn count_name(&mut self, slot: Slot, program: &Program, name: crate::model::id::NameId) -> u32 {
        let names = &mut self.st.tasks.extra_mut(slot).names;
        let (_, count) = place(names, name.index(), program.names.len(), (Slot::NONE, 0));
        *count += 1;
        *count - 1
    }

    /// The name means the new child from now on; the one before is let go, unless a `wait all` or a scope may want it.
    fn hold_future(&mut self, slot: Slot, program: &Program, name: crate::model::id::NameId, child: Slot) {
        let extra = self.st.tasks.extra_mut(slot);
        let old = std::mem::replace(&mut extra.names[name.index()].0, child);
        // Mostly it is one of the latest.
        let is_in_scope =
            extra.scopes.iter().any(|scope| scope.children.iter().rev().any(|child| *child == old));
        if let Some(scope) = extra.scopes.last_mut() {
            scope.children.push(child);
        }
        if program.waits_for_all {
            extra.children.push(child);
        } else if let Some(old) = old.some().filter(|_| !is_in_scope) {
            self.let_go(old);
        }
    }

    /// The instance of a cell for the task's key.
    fn cell(&mut self, slot: Slot, cell: CellId) -> u32 {
        let described = &self.s.cells[cell.index()];
        if !described.per_key {
            return cell.0.into();
        }
        let (keys, cells) = (&mut self.st.keys, &mut self.st.cells);
        keys.instance(Owner::Cell(cell.0), self.st.tasks[slot].key, || {
            cells.push(described.initial.clone());
            cells.len() as u32 - 1
        })
    }

    fn read(&mut self, slot: Slot, pc: Pc, cell: CellId) {
        let instance = self.cell(slot, cell);
        let value = self.st.cells[instance as usize].clone();
        let reads = &mut self.st.tasks.extra_mut(slot).last_read;
        match reads.iter_mut().find(|(read, _)| *read == instance) {
            Some(last) => last.1 = value,
            None => reads.push((instance, value)),
        }
        if R::STEPWISE {
            self.st.exploring.looks.read(slot, instance);
        }
        self.emit(Event::Read { task: self.st.tasks[slot].id, pc, cell });
    }

    fn write(&mut self, slot: Slot, pc: Pc, cell: CellId, value: Value) {
        let instance = self.cell(slot, cell);
        if R::STEPWISE {
            self.st.exploring.looks.wrote(slot, instance, self.st.tasks[slot].kind, pc);
        }
        let number = self.rec.value(&value);
        self.st.cells[instance as usize] = value;
        self.emit(Event::Wrote { task: self.st.tasks[slot].id, pc, value: number });
    }

    /// Writes what the task last read there, plus `amount`.
    fn add(&mut self, slot: Slot, pc: Pc, cell: CellId, amount: i64) -> Result<(), Failure> {
        let instance = self.cell(slot, cell);
        let reads = &self.st.tasks.extra_mut(slot).last_read;
        let read = reads.iter().find(|(read, _)| *read == instance).map(|(_, value)| value);
        let Some(Value::Number(number)) = read else { return Err(Failure::Add) };
        let sum = number.checked_add(amount).ok_or(Failure::Add)?;
        self.write(slot, pc, cell, Value::Number(sum));
        Ok(())
    }
}

/// The place `at` of a list that is to have `len` of them, and has none until the first is needed.
#[inline(always)]
fn place<T: Clone>(list: &mut Vec<T>, at: usize, len: usize, unwritten: T) -> &mut T {
    if list.len() <= at {
        fill(list, len, unwritten);
    }
    &mut list[at]
}

#[cold]
#[inline(never)]
fn fill<T: Clone>(list: &mut Vec<T>, len: usize, unwritten: T) {
    // No more than that: there is such a list for every task that has children or loops.
    list.reserve_exact(len - list.len());
    list.resize(len, unwritten);
}
