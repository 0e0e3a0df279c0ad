//! What was found out about a trace, and how it is told.

use super::super::draft::{self, count};
use super::super::inference::{Inference, Provenance};
use super::super::order::most_at_once;
use super::links::Links;
use super::pools::Pool;
use super::record::Record;
use super::tree::Tree;
use super::types::{self, Kinds};
use crate::model::time::Duration;

/// The findings about a trace.
pub(super) struct TraceFindings {
    pub record: Record,
    pub tree: Tree,
    pub pools: Vec<Pool>,
    pub links: Links,
    pub kinds: Kinds,
    /// For each name, whether it is that of something off the CPU.
    pub off_cpu: Vec<bool>,
    /// Time in which tasks stood still for what the scenario does not have.
    pub still: u128,
    /// The trace's clock when the run begins.
    pub zero: i64,
}

impl TraceFindings {
    /// The time of the run at a time of the trace's clock.
    pub fn since(&self, at: i64) -> u64 {
        u64::try_from(at - self.zero).unwrap_or(0)
    }

    /// Most of a pool's tasks that were under way at once.
    fn peak(&self, pool: usize) -> u64 {
        let of = self.links.instances.iter().filter(|instance| instance.pool as usize == pool);
        most_at_once(of.map(|instance| (self.since(instance.from), self.since(instance.to))))
    }

    pub fn workers(&self, pool: usize) -> u64 {
        let of = &self.pools[pool];
        match of.workers {
            Some(workers) => workers,
            None if of.is_async || self.record.is_recorded => self.peak(pool),
            None => of.threads.len() as u64,
        }
    }

    /// Submissions that waited while a worker of their pool was idle for a while: all, and those.
    fn odd_waits(&self, pool: usize) -> (usize, usize) {
        /// In nanoseconds: what a thread takes to be started, or to be woken.
        const MIN_IDLE: u64 = 10_000_000;
        let of = || self.links.instances.iter().filter(|instance| instance.pool as usize == pool);
        let stretches = of().map(|instance| (self.since(instance.from), self.since(instance.to)));
        let idle = IdleTime::of(stretches, self.workers(pool));
        let submits: Vec<(u64, u64)> =
            of().filter_map(|i| Some((self.since(i.parent?.1), self.since(i.from)))).collect();
        let odd = submits.iter().filter(|(at, from)| idle.until(*from) - idle.until(*at) > MIN_IDLE);
        (submits.len(), odd.count())
    }

    pub fn note_inferences(&self, inferences: &mut Vec<Inference>) {
        let mut say = |how: Provenance, text: String| inferences.push(Inference { how, text });
        let (links, kinds) = (&self.links, &self.kinds);
        let last = links.instances.iter().map(|instance| instance.to).max().unwrap_or(0);
        let tasks = format!(
            "{} of {} within {}",
            count(links.instances.len(), "task"),
            count(kinds.list.len(), "type"),
            Duration(self.since(last))
        );
        if self.record.is_recorded {
            say(Provenance::Read, format!("{tasks}; {} of them submitted by others", links.submits));
        } else {
            let whose = if self.record.is_own { "Threadbare's own export: " } else { "" };
            let spans = count(self.tree.nodes.len(), "span");
            let threads = count(self.pools.iter().map(|pool| pool.threads.len()).sum::<usize>(), "thread");
            say(Provenance::Read, format!("{whose}{spans} on {threads} are {tasks}"));
        }
        let is_unfinished = |kind: &&types::TaskKind| kind.steps.last() == Some(&types::Step::Forever);
        let unfinished: usize =
            kinds.list.iter().filter(is_unfinished).map(|kind| kind.instances.len()).sum();
        if unfinished > 0 {
            let text =
                "had not ended when the trace did: what they waited for is not in it, so they stay for ever";
            say(Provenance::Assumed, format!("{} {text}", count(unfinished, "task")));
        }
        self.note_pools(&mut say);
        if !self.record.is_recorded {
            self.note_arrows(&mut say);
        }
        self.note_waits(&mut say);
        self.note_losses(&mut say);
        self.note_unknown(&mut say);
    }

    fn note_arrows(&self, say: &mut impl FnMut(Provenance, String)) {
        let links = &self.links;
        let arrows = [
            (links.submits, Provenance::Inferred, "arrow", "to tasks that start afterwards: submissions"),
            (
                links.wakes,
                Provenance::Inferred,
                "arrow",
                "back to the one that submitted a task: the end of a wait for it",
            ),
            (
                links.others,
                Provenance::Lost,
                "arrow",
                "between tasks that are not parent and child: locks and queues are not modelled",
            ),
            (links.loose, Provenance::Lost, "arrow", "with an end outside of tasks"),
        ];
        for (number, how, noun, what) in arrows.into_iter().filter(|(number, ..)| *number > 0) {
            say(how, format!("{} {what}", count(number, noun)));
        }
    }

    /// What was found out about waits, and about the loops of workers.
    fn note_waits(&self, say: &mut impl FnMut(Provenance, String)) {
        let (links, kinds) = (&self.links, &self.kinds);
        let guesses = kinds.list.iter().map(|kind| {
            let is_guess = |step: &&types::Step| matches!(step, types::Step::Wait { is_guess: true, .. });
            kind.steps.iter().filter(is_guess).count() * kind.instances.len()
        });
        let guesses: usize = guesses.sum();
        if guesses > 0 {
            let text = "they are not in the trace; where a child ends within its parent, the parent is taken to have \
                        done nothing since its last step";
            say(Provenance::Assumed, format!("{}: {text}", count(guesses, "wait")));
        }
        if !links.loops.list.is_empty() {
            let loops = draft::listed(&links.loops.list);
            let chores = match draft::listed(&links.chores.list) {
                chores if chores.is_empty() => String::new(),
                chores => format!(", without what it does for itself ({chores})"),
            };
            say(
                Provenance::Inferred,
                format!("{loops}: the loop of a worker, whose content are the tasks{chores}"),
            );
        }
    }

    fn note_losses(&self, say: &mut impl FnMut(Provenance, String)) {
        let kinds = &self.kinds;
        if self.tree.cut > 0 {
            let cut = self.tree.cut;
            say(
                Provenance::Lost,
                format!("{cut} spans overlap another on their thread without lying within it, and were cut"),
            );
        }
        if self.tree.deep > 0 {
            say(
                Provenance::Lost,
                format!("{} too deep within others (more than 512)", count(self.tree.deep, "span")),
            );
        }
        if self.still > 0 {
            let still = Duration(u64::try_from(self.still).unwrap_or(u64::MAX - 1));
            say(
                Provenance::Lost,
                format!(
                    "{still} in which tasks stood still, and not until a child of theirs ended: for a lock or a place in a \
                     queue, in a delay, in a wait that was given up"
                ),
            );
        }
        if kinds.flat > 0 {
            let (flat, orphans) = (kinds.flat, kinds.orphans);
            let text = format!(
                "{flat} tasks did what few others of their name did: they are one stretch of time each"
            );
            let text = if orphans == 0 {
                text
            } else {
                format!("{text}, and {orphans} children of theirs arrive from outside")
            };
            say(Provenance::Lost, text);
        }
        if kinds.folded > 0 {
            say(
                Provenance::Lost,
                format!("{} names with the least time are one task type, `other`", kinds.folded),
            );
        }
    }

    fn note_unknown(&self, say: &mut impl FnMut(Provenance, String)) {
        let links = &self.links;
        if !self.record.is_own {
            say(
                Provenance::Assumed,
                "a task that nobody in the trace submitted arrives when it starts: how long it stood in a queue before is \
                 not in the trace"
                    .to_owned(),
            );
            say(
                Provenance::Assumed,
                "time is `run` unless a span's name or its CPU time say that it was off the CPU (`io`); that matters only \
                 for green executors and with [machine]"
                    .to_owned(),
            );
        }
        if links.submits == 0 && !self.record.is_own {
            say(
                Provenance::Unknown,
                "who submitted whom, and who waited for whom: the trace has no arrows (flow events) between tasks"
                    .to_owned(),
            );
        }
        say(Provenance::Unknown, format!("{}: a trace of spans does not show them", self.record.unseen()));
    }

    fn note_pools(&self, say: &mut impl FnMut(Provenance, String)) {
        for (number, pool) in self.pools.iter().enumerate() {
            let (name, workers) = (&pool.name, self.workers(number));
            let told = count(workers as usize, "worker");
            match (pool.workers, pool.is_async) {
                (Some(_), _) => say(Provenance::Read, format!("`{name}` has {told}")),
                (None, true) => {
                    let text = format!("`{name}` stands for async operations, at most {workers} at once");
                    say(Provenance::Inferred, text);
                }
                (None, false) if workers > 1 && pool.is_nameless => {
                    let threads = count(pool.threads.len(), "thread");
                    say(
                        Provenance::Assumed,
                        format!("`{name}` stands for {threads} without a name, as if they were one pool"),
                    );
                }
                (None, false) if workers > 1 => {
                    let text =
                        format!("`{name}` has {told}, the threads of that name; a real pool may be larger");
                    say(Provenance::Inferred, text);
                }
                (None, false) => {}
            }
            let (all, odd) = self.odd_waits(number);
            if odd > 0 {
                let text = format!(
                    "{odd} of {all} submissions to `{name}` waited although a worker was idle: is there a delay or a cap \
                     before it, or are some of its threads not its workers?"
                );
                say(Provenance::Unknown, text);
            }
        }
    }
}

/// How long a worker of a pool was idle, up to any instant.
struct IdleTime {
    /// In order of time: an instant, the idle time before it, and whether a worker is idle from then on.
    changes: Vec<(u64, u64, bool)>,
}

impl IdleTime {
    /// Of a pool whose tasks were under way in these stretches of time.
    fn of(stretches: impl Iterator<Item = (u64, u64)>, workers: u64) -> IdleTime {
        let (mut starts, mut ends): (Vec<u64>, Vec<u64>) = stretches.unzip();
        starts.sort_unstable();
        ends.sort_unstable();
        let mut changes: Vec<(u64, u64, bool)> = vec![(0, 0, true)];
        let (mut begun, mut over) = (0, 0);
        while over < ends.len() {
            let at = starts.get(begun).map_or(ends[over], |start| ends[over].min(*start));
            begun += starts[begun..].iter().take_while(|start| **start <= at).count();
            over += ends[over..].iter().take_while(|end| **end <= at).count();
            let (since, before, was_idle) = changes[changes.len() - 1];
            let idle = before + if was_idle { at - since } else { 0 };
            changes.push((at, idle, ((begun - over) as u64) < workers));
        }
        IdleTime { changes }
    }

    fn until(&self, at: u64) -> u64 {
        let after = self.changes.partition_point(|(from, ..)| *from <= at);
        let (since, before, is_idle) = self.changes[after.max(1) - 1];
        before + if is_idle { at.saturating_sub(since) } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_idle_while_fewer_are_at_work() {
        // Two workers: one until 10, both until 20, one until 30.
        let idle = IdleTime::of([(0, 20), (10, 30), (20, 20)].into_iter(), 2);
        let until: Vec<u64> = [0, 5, 10, 15, 20, 25, 30, 40].into_iter().map(|at| idle.until(at)).collect();
        assert_eq!(until, [0, 5, 10, 10, 10, 15, 20, 30]);
        assert_eq!(IdleTime::of(std::iter::empty(), 1).until(7), 7);
    }
}
