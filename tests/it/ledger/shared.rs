//! What tasks share: never more permits than there are, messages in order and each once, who waits longest goes first
//! where that is promised, and a broken barrier stays broken.

use super::Ledger;
use threadbare::analysis::names::Key;
use threadbare::model::id::{Pc, ResourceId, SharedId, TaskId};
use threadbare::model::program::{Claim, Instruction};
use threadbare::model::scenario::ResourceKind;
use threadbare::model::shared::SharedKind;
use threadbare::trace::event::WakeReason;

/// Where tasks stand in line: a shared thing and which end of it, or a fair semaphore or lock.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Sending(SharedId),
    Receiving(SharedId),
    At(SharedId),
    Fair(ResourceId, Key),
}

impl Ledger<'_> {
    /// Where the step that a task is at makes it stand in line, if its waiters are served in order.
    fn place(&self, task: TaskId) -> Option<Place> {
        match self.instruction(task)? {
            Instruction::Send { channel, .. } => Some(Place::Sending(*channel)),
            Instruction::Receive { channel, .. } => Some(Place::Receiving(*channel)),
            Instruction::WaitOn { condition: shared, .. } | Instruction::Await { shared, .. } => {
                Some(Place::At(*shared))
            }
            Instruction::Acquire { resource, .. } => {
                let described = &self.scenario.resources[resource.index()];
                let is_plain = !matches!(described.kind, ResourceKind::ReadWriteLock { .. });
                let is_fair = described.fair == Some(true) && is_plain;
                is_fair.then(|| Place::Fair(*resource, self.resource_key(*resource, task)))
            }
            _ => None,
        }
    }

    pub(super) fn stands_in_line(&mut self, task: TaskId) {
        if let Some(place) = self.place(task) {
            let line = self.lines.entry(place).or_default();
            if !line.contains(&task) {
                line.push_back(task);
            }
        }
    }

    /// What a task waited for is there: nobody had waited longer.
    fn is_served(&mut self, task: TaskId) {
        let Some(place) = self.place(task) else { return };
        let Some(line) = self.lines.get_mut(&place) else { return };
        if line.contains(&task) {
            assert_eq!(line.pop_front(), Some(task), "the longest waiter goes first at {place:?}");
        }
    }

    /// The wait of a task at a shared thing is over.
    pub(super) fn leaves_line(&mut self, task: TaskId, why: WakeReason) {
        let place = self.place(task);
        match (why, place) {
            (WakeReason::Done, Some(Place::At(shared))) => {
                assert!(!self.broken.contains(&shared), "a broken barrier lets nobody through");
                self.is_served(task);
            }
            (WakeReason::TimedOut | WakeReason::Raises, Some(Place::At(shared))) => {
                self.forget_lines(task);
                if matches!(self.scenario.shared[shared.index()].kind, SharedKind::Barrier { .. }) {
                    self.broken.insert(shared);
                }
            }
            (_, _) => self.forget_lines(task),
        }
    }

    /// The last party has come.
    pub(super) fn passed_barrier(&self, task: TaskId) {
        if let Some(Instruction::Await { shared, .. }) = self.instruction(task) {
            assert!(!self.broken.contains(shared), "a broken barrier lets nobody through");
        }
    }

    pub(super) fn forget_lines(&mut self, task: TaskId) {
        self.lines.values_mut().for_each(|line| line.retain(|other| *other != task));
    }

    pub(super) fn acquired(&mut self, at: usize, task: TaskId, pc: Pc) {
        self.step(at, task, pc);
        if matches!(self.instruction(task), Some(Instruction::Acquire { .. })) {
            self.is_served(task);
        }
        let (resource, claim) = match self.instruction(task) {
            Some(Instruction::Acquire { resource, claim, .. }) => (*resource, *claim),
            Some(Instruction::WaitOn { condition, .. }) => {
                let SharedKind::Condition { lock } = self.scenario.shared[condition.index()].kind else {
                    panic!("a condition")
                };
                (lock.expect("a condition's lock"), Claim::ONE)
            }
            other => panic!("{other:?} acquires nothing"),
        };
        let key = self.resource_key(resource, task);
        let described = &self.scenario.resources[resource.index()];
        let held = self.permits.entry((resource, key)).or_default();
        held.push((task, claim));
        if !described.is_owned() {
            return;
        }
        let mine = |(holder, _): &(TaskId, Claim)| *holder == task;
        let taken: u64 = held.iter().map(|(_, claim)| u64::from(claim.permits())).sum();
        let again = described.is_reentrant() && held.iter().all(mine);
        let written = held.iter().any(|(_, claim)| *claim == Claim::Write);
        let sound = match described.kind {
            // A writer may read as well; readers are alone with readers.
            ResourceKind::ReadWriteLock { .. } => !written || held.iter().all(mine),
            ResourceKind::Semaphore { .. } | ResourceKind::Lock { .. } => {
                taken <= u64::from(described.permits)
            }
        };
        assert!(sound || again, "more of {} than there is", described.name);
    }

    pub(super) fn released(&mut self, task: TaskId, resource: ResourceId, claim: Claim) {
        if !self.scenario.resources[resource.index()].is_owned() {
            return;
        }
        let key = self.resource_key(resource, task);
        let held = self.permits.get_mut(&(resource, key)).expect("somebody holds it");
        let like = |of: Claim| of == claim || matches!((of, claim), (Claim::Permits(_), Claim::Permits(_)));
        let mut left = claim.permits();
        while left > 0 {
            let last = held.iter().rposition(|(holder, of)| *holder == task && like(*of));
            let last = last.expect("only what is held is released");
            let count = held[last].1.permits();
            if count > left {
                held[last].1 = Claim::Permits(count - left);
                left = 0;
            } else {
                left -= count;
                held.remove(last);
            }
        }
    }

    pub(super) fn channel(&self, task: TaskId) -> SharedId {
        match self.instruction(task) {
            Some(Instruction::Send { channel, .. } | Instruction::Receive { channel, .. }) => *channel,
            other => panic!("{other:?} is no step of a channel"),
        }
    }

    pub(super) fn sent(&mut self, at: usize, task: TaskId, pc: Pc) {
        self.step(at, task, pc);
        self.is_served(task);
        let channel = self.channel(task);
        let SharedKind::Channel { capacity } = self.scenario.shared[channel.index()].kind else {
            panic!("a channel")
        };
        let messages = &mut self.messages[channel.index()];
        messages.push_back(task);
        // Of a rendezvous the receiver is told next.
        let most = capacity.map_or(usize::MAX, |capacity| capacity.max(1) as usize);
        assert!(messages.len() <= most, "more messages than the channel keeps");
    }

    pub(super) fn received(&mut self, at: usize, task: TaskId, pc: Pc, sender: TaskId) {
        self.step(at, task, pc);
        self.is_served(task);
        let channel = self.channel(task);
        let first = self.messages[channel.index()].pop_front();
        assert_eq!(first, Some(sender), "messages leave in the order in which they came, each once");
    }
}
