//! What was found out about a trace as a draft.

use super::super::draft::{Arrivals, Draft, Executor, Step, Task, count};
use super::super::measured::{Measured, MeasuredPool, MeasuredSpan, MeasuredTask};
use super::super::names::{Names, tidy, without_place};
use super::super::order::sort_by_key;
use super::super::series::spell;
use super::found::TraceFindings;
use super::record::Own;
use super::types::{Step as KindStep, TaskKind};
use crate::language::is_name;
use crate::model::time::Duration;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

impl TraceFindings {
    pub(super) fn draft(&self) -> (Draft, Measured) {
        let instances = &self.links.instances;
        let last = instances.iter().map(|instance| instance.to).max().unwrap_or(0);
        let mut draft = Draft {
            title: count(instances.len(), "task"),
            about: vec![format!(
                "Made from a trace of a real run. **Places marked `# ?`** are guesses; {} are not in a trace of spans.",
                self.record.unseen()
            )],
            ..Draft::default()
        };
        let executors = self.executors(&mut draft);
        let locks = self.locks(&mut draft);
        let mut names = Names::default();
        // Parents first: they are what a reader looks for.
        let order: Vec<usize> = (0..self.kinds.list.len()).rev().collect();
        let mut tasks = vec![String::new(); self.kinds.list.len()];
        // Of several shapes of one name the commonest is called so.
        let mut commonest = order.clone();
        sort_by_key(&mut commonest, |number| Reverse(self.kinds.list[*number].instances.len()));
        for number in commonest {
            tasks[number] = names.give(without_place(&self.kinds.list[number].name));
        }
        for number in &order {
            self.task(&mut draft, *number, &tasks, &executors, &locks);
        }
        for number in &order {
            self.arrivals(&mut draft, *number, &tasks, &executors);
        }
        draft.expected.push(("makespan".to_owned(), format!("<= {}", spell(self.since(last)))));
        let tasks = order.iter().map(|number| self.measured_task(*number, &tasks)).collect();
        let pools =
            executors.iter().enumerate().map(|(number, name)| self.measured_pool(number, name)).collect();
        // A run that had not ended has no makespan.
        let is_whole =
            !self.tree.nodes.iter().any(|node| matches!(node.own, Own::Task { is_unfinished: true, .. }));
        let makespan = is_whole.then(|| Duration(self.since(last)));
        (draft, Measured { makespan, tasks, pools })
    }

    /// What was measured of the tasks of one type that ended.
    fn measured_task(&self, number: usize, tasks: &[String]) -> MeasuredTask {
        let kind = &self.kinds.list[number];
        let is_endless = kind.steps.last() == Some(&KindStep::Forever);
        let is_unfinished = |at: &&u32| {
            let node = self.links.instances[**at as usize].node;
            matches!(self.tree.nodes[node as usize].own, Own::Task { is_unfinished: true, .. })
        };
        let ended = kind.instances.iter().filter(|at| !is_endless && !is_unfinished(at));
        let spans = ended.map(|at| {
            let instance = &self.links.instances[*at as usize];
            let submitted = instance.parent.map(|(_, at)| at).or(instance.submitted);
            MeasuredSpan {
                submitted: submitted.map(|at| self.since(at)),
                start: self.since(instance.from),
                end: self.since(instance.to),
            }
        });
        MeasuredTask::new(tasks[number].clone(), spans)
    }

    /// What was measured of a pool.
    fn measured_pool(&self, number: usize, name: &str) -> MeasuredPool {
        let of = self.links.instances.iter().filter(|instance| instance.pool as usize == number);
        let busy: u128 = of.map(|instance| (instance.to - instance.from).max(0) as u128).sum();
        let busy = Duration(u64::try_from(busy).unwrap_or(u64::MAX - 1));
        MeasuredPool { name: name.to_owned(), busy, workers: self.workers(number) }
    }

    fn executors(&self, draft: &mut Draft) -> Vec<String> {
        let mut names = Names::default();
        let mut given = Vec::new();
        for (number, pool) in self.pools.iter().enumerate() {
            let name = names.give(&pool.name);
            let threads = pool.threads.len();
            let comment = match (pool.workers, pool.is_async) {
                (Some(_), _) => None,
                (None, true) => {
                    Some("Async operations of the trace: as many at once as were seen.".to_owned())
                }
                (None, false) if threads == 1 => Some(format!("The thread `{}`.", pool.name)),
                (None, false) => {
                    Some(format!("? The {threads} threads `{}…` that were seen at work.", pool.name))
                }
            };
            draft.executors.push(Executor {
                name: name.clone(),
                kind: pool.kind,
                workers: self.workers(number),
                extra: Vec::new(),
                comments: comment.into_iter().collect(),
            });
            given.push(name);
        }
        given
    }

    fn task(
        &self,
        draft: &mut Draft,
        number: usize,
        tasks: &[String],
        executors: &[String],
        locks: &[String],
    ) {
        let kind = &self.kinds.list[number];
        let children = self.child_names(kind, tasks);
        let is_async = kind
            .instances
            .iter()
            .all(|at| self.pools[self.links.instances[*at as usize].pool as usize].is_async);
        let mut steps = Vec::new();
        let mut child = 0;
        for (step, values) in kind.steps.iter().zip(&kind.times) {
            match step {
                KindStep::Spend { name } => {
                    if values.iter().any(|value| *value > 0) {
                        steps.push(self.spend(*name, values, is_async));
                    }
                }
                KindStep::Submit { kind, pool } => {
                    steps.push(Step::Submit {
                        task: tasks[*kind as usize].clone(),
                        to: executors[*pool as usize].clone(),
                        name: (children[child] != tasks[*kind as usize]).then(|| children[child].clone()),
                    });
                    child += 1;
                }
                KindStep::Wait { children: of, is_guess } => steps.push(Step::Wait {
                    names: of.iter().map(|child| children[*child].clone()).collect(),
                    comment: if *is_guess {
                        "? it may have worked meanwhile".to_owned()
                    } else {
                        String::new()
                    },
                }),
                KindStep::Acquire { lock } => steps.push(self.lock_step("lock", "acquire", *lock, locks)),
                KindStep::Release { lock } => steps.push(self.lock_step("unlock", "release", *lock, locks)),
                KindStep::Forever => steps.push(Step::Written {
                    text: "io forever".to_owned(),
                    comment: "? it had not ended when the trace did".to_owned(),
                }),
            }
        }
        draft.tasks.push(Task {
            name: tasks[number].clone(),
            steps,
            comments: vec![self.told(kind, &tasks[number])],
            is_paired: kind.is_paired,
        });
    }

    /// The locks and semaphores that were taken; returns their names in the scenario.
    fn locks(&self, draft: &mut Draft) -> Vec<String> {
        let mut names = Names::default();
        let mut given = Vec::new();
        for lock in &self.record.locks {
            let name = names.give(&lock.name);
            let told = format!("`{}` in the recording.", lock.name);
            match lock.permits {
                None => draft.locks.push((name.clone(), told)),
                Some(permits) => draft.semaphores.push((name.clone(), permits, told)),
            }
            given.push(name);
        }
        given
    }

    fn lock_step(&self, of_lock: &str, of_semaphore: &str, lock: u32, names: &[String]) -> Step {
        let is_lock = self.record.locks[lock as usize].permits.is_none();
        let verb = if is_lock { of_lock } else { of_semaphore };
        Step::Written { text: format!("{verb} {}", names[lock as usize]), comment: String::new() }
    }

    /// One stretch of time.
    fn spend(&self, name: Option<u32>, values: &[u64], is_async: bool) -> Step {
        let off_cpu = is_async || name.is_some_and(|name| self.off_cpu[name as usize]);
        let name = name.map_or("", |name| self.record.names.get(name));
        let comment = if self.record.is_own && name == "io" { String::new() } else { name.to_owned() };
        Step::Spend { verb: if off_cpu { "io" } else { "run" }, values: values.to_vec(), comment }
    }

    /// How many there were and how long they took.
    fn told(&self, kind: &TaskKind, name: &str) -> String {
        let lengths = kind.instances.iter().map(|at| {
            let instance = &self.links.instances[*at as usize];
            (instance.to - instance.from).unsigned_abs()
        });
        let (number, longest) = (kind.instances.len(), lengths.clone().max().unwrap_or(0));
        let mean = lengths.map(u128::from).sum::<u128>() / number as u128;
        let alias = if kind.name == name { String::new() } else { format!("`{}` in the trace: ", kind.name) };
        let (mean, longest) = (Duration(mean as u64), Duration(longest));
        format!("{alias}{number} measured, from start to end mean {mean}, longest {longest}.")
    }

    /// What each child of a program is called: its task's name if that is clear, else a name of its own.
    fn child_names(&self, kind: &TaskKind, tasks: &[String]) -> Vec<String> {
        let submitted = |step: &KindStep| match step {
            KindStep::Submit { kind, .. } => Some(*kind as usize),
            KindStep::Spend { .. }
            | KindStep::Wait { .. }
            | KindStep::Acquire { .. }
            | KindStep::Release { .. }
            | KindStep::Forever => None,
        };
        let of: Vec<usize> = kind.steps.iter().filter_map(submitted).collect();
        let mut count: BTreeMap<usize, usize> = BTreeMap::new();
        of.iter().for_each(|child| *count.entry(*child).or_insert(0) += 1);
        let mut taken: BTreeSet<String> = of.iter().map(|child| tasks[*child].clone()).collect();
        let parent = &self.links.instances[kind.instances[0] as usize];
        let mut names = Vec::new();
        for (place, child) in of.iter().enumerate() {
            let hint = parent.children.get(place).and_then(|child| self.own_name(*child));
            let name = match hint {
                Some(hint) if !taken.contains(&hint) => hint,
                _ if count[child] == 1 => {
                    names.push(tasks[*child].clone());
                    continue;
                }
                _ => {
                    let mut free = (1..).map(|number| format!("{}_{number}", tasks[*child]));
                    free.find(|name| !taken.contains(name)).expect("there is always another number")
                }
            };
            taken.insert(name.clone());
            names.push(name);
        }
        names
    }

    /// `net` of `build#0/net`: what a parent of our own export calls its child.
    fn own_name(&self, instance: u32) -> Option<String> {
        let node = &self.tree.nodes[self.links.instances[instance as usize].node as usize];
        let Own::Task { .. } = node.own else { return None };
        let (_, name) = self.record.names.get(node.name).rsplit_once('/')?;
        let name = name.split('#').next().unwrap_or(name);
        (is_name(name) && tidy(name) == name).then(|| name.to_owned())
    }

    /// What came from outside, for each executor it came to.
    fn arrivals(&self, draft: &mut Draft, number: usize, tasks: &[String], executors: &[String]) {
        let mut times: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for at in &self.kinds.list[number].instances {
            let instance = &self.links.instances[*at as usize];
            if instance.parent.is_none() {
                let come = instance.submitted.unwrap_or(instance.from).min(instance.from);
                times.entry(instance.pool).or_default().push(self.since(come));
            }
        }
        for (pool, mut times) in times {
            times.sort_unstable();
            draft.arrivals.push(Arrivals {
                task: tasks[number].clone(),
                to: executors[pool as usize].clone(),
                times,
                comments: Vec::new(),
            });
        }
    }
}
