//! `inline`, and `caller-runs` on a full executor: the task runs on its submitter's thread
//! (futurist's `SynchronousExecutor`; java.util.concurrent's `CallerRunsPolicy`).

use super::sim::Sim;
use super::state::Origin;
use super::task::{NO_WORKER, Phase, Slot};
use crate::model::id::ExecutorId;
use crate::trace::event::Seat;
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// The task runs on its submitter's thread. A parent calls it at once; others at their next turn.
    pub(super) fn run_in_caller(&mut self, slot: Slot, executor: ExecutorId, origin: Origin) {
        match origin {
            Origin::Parent(parent) => {
                let (home, worker) = (self.st.tasks[parent].home, self.st.tasks[parent].worker);
                self.seat(slot, home, worker, Seat::Caller, parent);
                self.st.tasks[parent].phase = Phase::Calling;
            }
            Origin::Entry(_) => {
                self.seat(slot, executor, NO_WORKER, Seat::Own, Slot::NONE);
                self.ready(slot);
            }
            Origin::Scheduler(wrapper) => {
                self.st.executors[wrapper.index()].scheduler_busy = true;
                self.seat(slot, wrapper, NO_WORKER, Seat::Scheduler, Slot::NONE);
                self.ready(slot);
            }
        }
    }
}
