//! Who waits for what another task is to bring through a shared thing, and who could still bring it.

use super::Explainer;
use crate::analysis::prose::count_word;
use crate::analysis::state::task::Task;
use crate::model::id::TaskId;
use crate::model::shared::SharedKind;
use crate::model::signal::Signal;

impl Explainer<'_> {
    /// `… waits for a message in channel `jobs`, and nobody is left to send one`.
    pub(super) fn signal(&mut self, tasks: &[TaskId], signal: Signal) {
        let waits = if tasks.len() == 1 { " waits for " } else { " wait for " };
        let what = self.told(signal);
        self.subject(tasks);
        self.prose.words(format!("{waits}{what}"));
        let could = match signal {
            Signal::Message(_) => "send one or close it",
            Signal::Room(_) => "receive from it",
            Signal::Notification(_) => "notify it",
            Signal::Opening(_) => "count it down",
            Signal::Parties(_) => "come to it",
            Signal::Permits(_) => "release it",
        };
        let bringers = self.bringers(signal);
        let others: Vec<TaskId> = bringers.iter().copied().filter(|task| !tasks.contains(task)).collect();
        if !others.is_empty() {
            let names = self.names;
            self.prose.words(", and only ").tasks(&others, names).words(format!(" could {could}"));
        } else if bringers.is_empty() || matches!(signal, Signal::Parties(_)) {
            self.prose.words(format!(", and nobody is left to {could}"));
            self.lost_notifications(signal);
        } else if tasks.len() == 1 {
            self.prose.words(", which it would have to do itself");
        } else {
            self.prose.words(", which they would have to do themselves");
        }
    }

    /// What is waited for, with the state that it is in.
    pub(super) fn told(&self, signal: Signal) -> String {
        let name = signal.name(self.state.scenario());
        match signal {
            Signal::Message(_) => format!("a message in channel `{name}`"),
            Signal::Room(channel) => match self.state.shared(channel).messages.len() {
                0 => format!("a receiver at channel `{name}`"),
                1 => format!("room in channel `{name}`, whose one place is taken"),
                taken => format!("room in channel `{name}`, whose {taken} places are taken"),
            },
            Signal::Notification(_) => format!("a notification of condition `{name}`"),
            Signal::Opening(latch) => match self.state.shared(latch).left {
                1 => format!("latch `{name}`, which must be counted down once more"),
                left => format!("latch `{name}`, which must be counted down {left} times more"),
            },
            Signal::Parties(barrier) => {
                let SharedKind::Barrier { parties } = self.state.scenario().shared[barrier.index()].kind
                else {
                    return format!("barrier `{name}`");
                };
                let come = self.state.shared(barrier).waiting.len();
                format!("barrier `{name}`, to which {} of {} have come", count_word(come), parties)
            }
            Signal::Permits(_) => format!("a permit of semaphore `{name}`"),
        }
    }

    /// A notification that came before anybody waited for it.
    fn lost_notifications(&mut self, signal: Signal) {
        let Signal::Notification(condition) = signal else { return };
        match self.state.shared(condition).lost {
            0 => {}
            1 => drop(self.prose.words(": one notification was lost, because nobody waited when it came")),
            lost => {
                self.prose
                    .words(format!(": {lost} notifications were lost, because nobody waited when they came"));
            }
        }
    }

    /// Who may still bring it: tasks that are not over, by what is left of their programs.
    fn bringers(&self, signal: Signal) -> Vec<TaskId> {
        let may = |task: &Task| match task.phase.is_under_way() {
            true => self.reach.brings(task.kind, task.pc, signal),
            false => self.reach.ever_brings(task.kind, signal),
        };
        let open = self.state.tasks().filter(|(_, task)| !task.phase.is_ended() && !task.cancelled);
        open.filter(|(_, task)| may(task)).map(|(id, _)| id).collect()
    }
}
