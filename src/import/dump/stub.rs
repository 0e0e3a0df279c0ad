//! A stub of a scenario from a dump: each pool with as many workers as it had threads, and each place at which busy threads
//! were as a task that comes to stand there. What a dump does not say is marked `# ?`.

use super::super::draft::{Arrivals, Draft, Executor, Step, Task, count};
use super::super::names::Names;
use super::findings::{DumpFindings, DumpPool, MAX_POOLS};
use super::thread::{Activity, Awaited, DumpKind, DumpThread, ThreadDump};
use std::collections::{BTreeMap, BTreeSet};

/// Locks, and places, that are kept apart.
const MAX_NAMES: usize = 200;
/// An executor for tasks of which nobody knows where they run.
const ELSEWHERE: &str = "elsewhere";

/// The draft of a scenario.
pub(super) fn draft(dump: &ThreadDump, found: &DumpFindings, kind: DumpKind) -> Draft {
    let mut stub = Stub {
        dump,
        found,
        kind,
        draft: Draft {
            title: count(dump.threads.len(), "thread"),
            about: vec![
                found.verdict(dump),
                String::new(),
                "Made from a thread dump. **Places marked `# ?`** are what a dump does not say: fill them in.".to_owned(),
            ],
            ..Draft::default()
        },
        locks: BTreeMap::new(),
        tasks: Names::default(),
        child: None,
    };
    stub.locks();
    stub.pools();
    stub.draft
}

/// The stub while it is made.
struct Stub<'a> {
    dump: &'a ThreadDump,
    found: &'a DumpFindings,
    kind: DumpKind,
    draft: Draft,
    /// The names of the locks that somebody waits for.
    locks: BTreeMap<&'a str, String>,
    tasks: Names,
    /// The task whose result others wait for, once there is one.
    child: Option<String>,
}

impl<'a> Stub<'a> {
    /// Names the locks that somebody waits for.
    fn locks(&mut self) {
        let mut names = Names::default();
        for wait in &self.found.lock_waits {
            let Some(lock) = awaited_lock(&self.dump.threads[wait.waiter]) else { continue };
            if self.locks.len() < MAX_NAMES && !self.locks.contains_key(lock) {
                let name = names.give("lock");
                self.draft.locks.push((name.clone(), format!("`{lock}` in the dump.")));
                self.locks.insert(lock, name);
            }
        }
    }

    fn pools(&mut self) {
        let found = self.found;
        let mut names = Names::default();
        names.give(ELSEWHERE);
        let given: Vec<String> =
            found.pools.iter().take(MAX_POOLS).map(|pool| names.give(&pool.name)).collect();
        let busy =
            found.pools.iter().position(|pool| self.is_at_work(pool)).filter(|place| *place < MAX_POOLS);
        for (pool, name) in found.pools.iter().zip(&given) {
            let comment = if pool.is_executor {
                format!(
                    "? The {} of `{}`; the real pool may be larger.",
                    count(pool.threads.len(), "worker"),
                    pool.name
                )
            } else {
                format!("{} called `{}`.", count(pool.threads.len(), "thread"), pool.name)
            };
            self.draft.executors.push(Executor {
                name: name.clone(),
                kind: if self.kind == DumpKind::Go { "green" } else { "threads" },
                workers: pool.threads.len() as u64,
                extra: Vec::new(),
                comments: vec![comment],
            });
        }
        for (pool, name) in found.pools.iter().zip(&given) {
            let child_to = match pool.exhaustion {
                Some(shut) if shut.at_work_elsewhere == 0 => name.clone(),
                Some(_) | None => busy.map_or(ELSEWHERE.to_owned(), |place| given[place].clone()),
            };
            self.pool(pool, name, &child_to);
        }
    }

    fn is_at_work(&self, pool: &DumpPool) -> bool {
        pool.is_executor && pool.threads.iter().any(|at| self.dump.threads[*at].activity == Activity::Working)
    }

    /// A task for each place at which threads of a pool are, with what they hold and wait for there.
    fn pool(&mut self, pool: &DumpPool, executor: &str, child_to: &str) {
        let mut places: BTreeMap<(String, Vec<String>, String), Vec<usize>> = BTreeMap::new();
        for at in &pool.threads {
            let thread = &self.dump.threads[*at];
            if thread.activity == Activity::Idle {
                continue;
            }
            let frame = thread.user_frame(self.kind).unwrap_or("another place").to_owned();
            let wants =
                awaited_lock(thread).and_then(|lock| self.locks.get(lock)).cloned().unwrap_or_default();
            let full = places.len() >= MAX_NAMES
                && !places.contains_key(&(frame.clone(), self.held(thread), wants.clone()));
            let key = if full {
                ("another place".to_owned(), Vec::new(), String::new())
            } else {
                (frame, self.held(thread), wants)
            };
            places.entry(key).or_default().push(*at);
        }
        for ((frame, held, wants), threads) in places {
            let function = frame.split(" (").next().unwrap_or(&frame);
            let name = self.tasks.give(function);
            let steps = self.steps(&self.dump.threads[threads[0]], &frame, &held, &wants, child_to);
            self.draft.tasks.push(Task {
                name: name.clone(),
                steps,
                comments: vec![format!("{} at {frame}.", count(threads.len(), "thread"))],
                is_paired: false,
            });
            self.draft.arrivals.push(Arrivals {
                task: name,
                to: executor.to_owned(),
                times: vec![0; threads.len()],
                comments: vec!["? All are there at once; the dump does not say when they came.".to_owned()],
            });
        }
    }

    /// The named locks that a thread holds, each once.
    fn held(&self, thread: &DumpThread) -> Vec<String> {
        let held: BTreeSet<&String> =
            thread.holds.iter().filter_map(|lock| self.locks.get(lock.as_str())).collect();
        held.into_iter().cloned().collect()
    }

    fn steps(
        &mut self,
        thread: &DumpThread,
        frame: &str,
        held: &[String],
        wants: &str,
        child_to: &str,
    ) -> Vec<Step> {
        let written = |text: String, comment: &str| Step::Written { text, comment: comment.to_owned() };
        let mut steps: Vec<Step> = held.iter().map(|lock| written(format!("lock {lock}"), "")).collect();
        let before = "? what it did until there, and for how long";
        match &thread.activity {
            Activity::Working => {
                steps.push(written("run 1s".to_owned(), &format!("? it was at work at {frame}")))
            }
            Activity::Timed => {
                steps.push(written(
                    "io 1s".to_owned(),
                    &format!("? asleep, or in a call of its own, at {frame}"),
                ));
            }
            Activity::Waiting(Awaited::Lock(_)) if wants.is_empty() => {
                steps.push(written("run 10ms".to_owned(), before));
                steps.push(written(
                    "io 1s".to_owned(),
                    "? a wait for a lock; the dump does not say who holds it",
                ));
            }
            Activity::Waiting(Awaited::Lock(_)) => {
                steps.push(written("run 10ms".to_owned(), before));
                steps.push(written(format!("lock {wants}"), "it waits here"));
                steps.push(written(format!("unlock {wants}"), ""));
            }
            Activity::Waiting(Awaited::Result) => {
                let child = self.child(child_to);
                steps.push(written("run 10ms".to_owned(), before));
                steps.push(written(
                    format!("submit {child} to {child_to}"),
                    "? which task, and to which pool",
                ));
                steps.push(written(format!("wait {child}"), "it waits here"));
            }
            Activity::Waiting(Awaited::Signal) => {
                steps.push(written(
                    "io forever".to_owned(),
                    "? a wait for a signal, a channel or a condition",
                ));
            }
            Activity::Idle => {}
        }
        steps.extend(held.iter().rev().map(|lock| written(format!("unlock {lock}"), "")));
        steps
    }

    /// The task whose result is waited for.
    fn child(&mut self, to: &str) -> String {
        if to == ELSEWHERE && self.draft.executors.iter().all(|executor| executor.name != ELSEWHERE) {
            self.draft.executors.push(Executor {
                name: ELSEWHERE.to_owned(),
                kind: "threads",
                workers: 1,
                extra: Vec::new(),
                comments: vec!["? Wherever the tasks run whose results are waited for.".to_owned()],
            });
        }
        if let Some(child) = &self.child {
            return child.clone();
        }
        let name = self.tasks.give("awaited");
        self.draft.tasks.push(Task {
            name: name.clone(),
            steps: vec![Step::Written { text: "run 10ms".to_owned(), comment: "? what it does".to_owned() }],
            comments: vec!["? The task whose result is waited for; the dump does not name it.".to_owned()],
            is_paired: false,
        });
        self.child = Some(name.clone());
        name
    }
}

/// The lock that a thread waits for.
fn awaited_lock(thread: &DumpThread) -> Option<&str> {
    match &thread.activity {
        Activity::Waiting(Awaited::Lock(lock)) => lock.as_deref(),
        Activity::Waiting(Awaited::Result | Awaited::Signal)
        | Activity::Working
        | Activity::Idle
        | Activity::Timed => None,
    }
}
