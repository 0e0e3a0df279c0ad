//! The instructions by which tasks coordinate: each is carried out in the file of what it is about.

use super::sim::Sim;
use super::task::Slot;
use super::work::Flow;
use crate::model::id::Pc;
use crate::model::program::{Instruction, Program};
use crate::trace::event::{Event, Failure};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// An instruction by which tasks coordinate: `None` to go on with the next, or what the thread does instead.
    #[inline(always)]
    pub(super) fn coordinate(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        instruction: &Instruction,
    ) -> Result<Option<Flow>, Failure> {
        match instruction {
            Instruction::OpenScope { fail_fast } => self.open_scope(slot, *fail_fast),
            Instruction::JoinScope => {
                if let Some(flow) = self.join_scope(slot, program, pc) {
                    return Ok(Some(flow));
                }
            }
            Instruction::CloseScope => self.close_scope(slot, program)?,
            Instruction::AwaitExecutor { executor, timeout } => {
                if let Some(flow) = self.await_executor(slot, program, pc, *executor, *timeout) {
                    return Ok(Some(flow));
                }
            }
            Instruction::Resize { executor, workers } => {
                self.emit(Event::Resized { task: self.st.tasks[slot].id, pc, executor: *executor });
                self.resize_to(*executor, *workers);
            }
            Instruction::Crash => return Ok(Some(self.crash(slot))),
            Instruction::Send { channel, timeout } => {
                if let Some(flow) = self.send(slot, program, pc, *channel, *timeout)? {
                    return Ok(Some(flow));
                }
            }
            Instruction::Receive { channel, timeout } => {
                if let Some(flow) = self.receive(slot, program, pc, *channel, *timeout) {
                    return Ok(Some(flow));
                }
            }
            Instruction::Close(channel) => self.close(slot, pc, *channel),
            Instruction::WaitOn { condition, timeout } => {
                return self.wait_on(slot, program, pc, *condition, *timeout).map(Some);
            }
            Instruction::Notify { condition, count } => self.notify_waiters(slot, pc, *condition, *count),
            Instruction::Await { shared, timeout } => {
                if let Some(flow) = self.await_shared(slot, program, pc, *shared, *timeout)? {
                    return Ok(Some(flow));
                }
            }
            Instruction::CountDown { latch, count } => self.count_down(slot, pc, *latch, *count),
            Instruction::Reset(latch) => self.reset(slot, pc, *latch),
            Instruction::Use { server, work } => {
                return Ok(Some(self.use_server(slot, program, pc, *server, *work)));
            }
            Instruction::Shutdown { executor, wait, mode } => {
                if let Some(flow) = self.shutdown(slot, pc, *executor, *wait, *mode) {
                    return Ok(Some(flow));
                }
            }
            _ => unreachable!("`step` does the others itself"),
        }
        Ok(None)
    }
}
