//! What must hold between two events, whatever the scenario: checked by the property tests after every
//! slice, and nowhere else. Deliberately absent: anything that the trace alone can show.

use super::state::{KindState, State};
use super::task::{Flag, Future, Phase};
use super::things::SharedState;
use crate::model::executor::{ExecutorKind, OnWait};
use crate::model::scenario::Scenario;

/// # Panics
/// If something does not hold: a bug of ours.
pub(super) fn check(s: &Scenario, st: &State) {
    check_counts(st);
    for (described, state) in s.executors.iter().zip(&st.executors) {
        let KindState::Pool(pool) = &state.kind else { continue };
        let most = described.workers().unwrap_or(u32::MAX).max(pool.core);
        if let ExecutorKind::ForkJoin { max_workers, .. } = described.kind {
            assert!(pool.live() <= max_workers, "{}: workers", described.name);
            continue;
        }
        // A spare worker whose waiter goes on leaves after its task: until then there are more.
        let surplus = pool.live() - pool.compensated.min(pool.live()) > most;
        let spares = described.on_wait == OnWait::Compensate && pool.live() == pool.busy();
        assert!(!surplus || spares || !st.agenda.is_empty(), "{}: workers", described.name);
        let queued = pool.queue.iter(&st.tasks).count();
        assert_eq!(queued, pool.queue.len() as usize, "{}: the queue's length", described.name);
        assert!(described.queue.is_none_or(|bound| pool.queue.len() <= bound), "{}: bound", described.name);
        if st.agenda.is_empty() {
            // An entry of a full group waits beside idle workers.
            let has_turns = st
                .executors
                .iter()
                .any(|state| matches!(&state.kind, KindState::Cap(cap) if cap.has_turns()));
            let idle_beside_work = !has_turns
                && pool.live() > pool.busy()
                && (queued > 0 || !state.blocked.is_empty() || !pool.returning.is_empty());
            assert!(!idle_beside_work, "{}: an idle worker beside queued work", described.name);
        }
    }
    for state in &st.executors {
        if let KindState::Cap(cap) = &state.kind {
            assert!(cap.usage().all(|(used, limit)| used <= limit), "a cap is exceeded");
        }
    }
    for (shared, state) in s.shared.iter().zip(&st.shared) {
        match state {
            SharedState::Channel(channel) => channel.check(&shared.name),
            SharedState::Barrier(barrier) => barrier.check(&shared.name),
            SharedState::Latch(latch) => {
                let waits_in_vain = latch.left == 0 && !latch.line.is_empty();
                assert!(!waits_in_vain, "{}: somebody waits though it is open", shared.name);
            }
            SharedState::Condition(_) | SharedState::Server(_) => {}
        }
    }
    for carriers in &st.green.groups {
        let (count, most) = carriers.count();
        assert!(count <= most, "more carriers than threads and spare ones");
    }
    for (instance, resource) in st.resources.iter().zip(&s.resources) {
        assert!(!resource.is_owned() || instance.free <= resource.permits, "{}: permits", resource.name);
    }
}

/// The counters agree with the records.
fn check_counts(st: &State) {
    let open = |future: Future| matches!(future, Future::Pending | Future::Running);
    let unfinished = st.tasks.iter().filter(|(_, task)| open(task.future)).count();
    assert_eq!(unfinished, st.unfinished as usize, "unfinished tasks");
    let is_resident = |task: &super::task::Task| task.phase == Phase::Resident && open(task.future);
    let resident = st.tasks.iter().filter(|(_, task)| is_resident(task)).count();
    assert_eq!(resident, st.resident as usize, "resident tasks");
    for (_, task) in st.tasks.iter() {
        if task.phase == Phase::Ended {
            assert!(
                !open(task.future) && !task.flags.has(Flag::Entered),
                "an ended task is done and stands nowhere"
            );
        }
    }
}
