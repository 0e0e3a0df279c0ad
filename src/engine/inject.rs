//! `spawn = "injected"`: past its minimum a pool adds one worker each interval, and only while something is queued (.NET's
//! thread pool, `PortableThreadPool.GateThread.cs`, starvation detection). Divergence: the gate thread looks at fixed
//! times, here the interval begins when something is queued.

use super::calendar::Due;
use super::sim::Sim;
use crate::model::executor::{ExecutorKind, Spawn};
use crate::model::id::ExecutorId;
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// Something is queued: after an interval a worker is added, unless there are enough.
    pub(super) fn set_injection(&mut self, executor: ExecutorId) {
        let ExecutorKind::Threads { workers, spawn: Spawn::Injected { every, .. }, .. } =
            self.s.executors[executor.index()].kind
        else {
            return;
        };
        let pool = self.st.pool_mut(executor);
        if pool.injecting || pool.live() >= workers || pool.queue.len() == 0 {
            return;
        }
        pool.injecting = true;
        self.st.schedule(self.st.now + every, Due::Injection(executor));
    }

    /// The interval is over.
    pub(super) fn inject(&mut self, executor: ExecutorId) {
        let ExecutorKind::Threads { workers, .. } = self.s.executors[executor.index()].kind else { return };
        let pool = self.st.pool_mut(executor);
        pool.injecting = false;
        if pool.queue.len() > 0 && pool.live() < workers {
            let worker = self.add_worker(executor);
            self.put_to_work(executor, worker);
        }
        self.set_injection(executor);
    }
}
