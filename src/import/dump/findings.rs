//! What dumps prove: closed rings of locks, pools whose workers all wait for a result, threads that have not moved.
//!
//! Invariant: a deadlock is claimed only where the dump has the whole ring, or the runtime says so itself. A pool whose
//! workers all wait is called exhausted, and a deadlock only on the condition that their tasks were submitted to it; a
//! wait with a timeout is never part of either.

use super::super::draft::{count, listed};
use super::super::inference::{Inference, Provenance};
use super::super::spans::pools::pool_stem;
use super::thread::{Activity, Awaited, DumpKind, DumpThread, ThreadDump};
use std::collections::{BTreeMap, BTreeSet};

/// Waits, and rings, that are told one by one.
const MAX_EDGES: usize = 20;
/// Pools that are told one by one, and that a scenario has.
pub(super) const MAX_POOLS: usize = 200;
/// Calls at the bottom of a worker's stack.
const WORKER_CALLS: [&str; 4] =
    ["ThreadPoolExecutor.runWorker", "ForkJoinWorkerThread.run", "ForkJoinPool.runWorker", "_worker ("];

/// Threads that are one executor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DumpPool {
    pub name: String,
    /// Places in the dump.
    pub threads: Vec<usize>,
    /// They are workers of an executor, not threads that happen to have like names.
    pub is_executor: bool,
    /// All its workers wait for a result.
    pub exhaustion: Option<Exhaustion>,
}

/// A pool whose workers all wait for a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exhaustion {
    /// Threads elsewhere that are at work and may bring it.
    pub at_work_elsewhere: usize,
}

/// A thread that waits for a lock that another holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LockWait {
    pub waiter: usize,
    pub holder: usize,
}

/// All that was found out, about the last dump and about all of them.
#[derive(Clone, Debug, Default)]
pub(super) struct DumpFindings {
    pub pools: Vec<DumpPool>,
    pub lock_waits: Vec<LockWait>,
    /// Rings of threads, each waiting for the next one.
    pub rings: Vec<Vec<usize>>,
    /// Threads of the last dump that are at the same place in all.
    pub unmoved: Vec<usize>,
    pub dumps: usize,
    /// They say who holds a lock.
    pub shows_holders: bool,
    /// Between the first dump and the last, in nanoseconds.
    pub between: Option<i128>,
}

impl DumpFindings {
    pub fn of(dumps: &[ThreadDump], kind: DumpKind) -> DumpFindings {
        let Some(last) = dumps.last() else { return DumpFindings::default() };
        let mut found = DumpFindings {
            pools: pools(last, kind),
            lock_waits: lock_waits(last),
            unmoved: unmoved(dumps, kind),
            dumps: dumps.len(),
            ..DumpFindings::default()
        };
        let first = dumps.first().and_then(|dump| dump.moment);
        found.between =
            first.zip(last.moment).map(|(first, last)| last - first).filter(|between| *between > 0);
        found.rings = rings(&found.lock_waits, last.threads.len());
        exhaust(&mut found.pools, last);
        found
    }

    /// What is to be said first.
    pub fn verdict(&self, last: &ThreadDump) -> String {
        let name = |at: &usize| format!("`{}`", last.threads[*at].name);
        if let Some(ring) = self.rings.first() {
            let told = ring_text(ring, last);
            let behind = self.behind(ring);
            let behind = if behind == 0 { String::new() } else { format!(" {} behind them.", waits(behind)) };
            return format!("Deadlock: {told}.{behind}");
        }
        if last.is_all_asleep {
            let waiting: Vec<String> = (0..last.threads.len()).map(|at| name(&at)).take(3).collect();
            let more = if last.threads.len() > 3 { ", …" } else { "" };
            return format!("Deadlock: Go found all goroutines asleep ({}{more}).", waiting.join(", "));
        }
        let is_shut = |pool: &&DumpPool| pool.exhaustion.is_some_and(|shut| shut.at_work_elsewhere == 0);
        if let Some(pool) = self.pools.iter().find(is_shut) {
            let workers = count(pool.threads.len(), "worker");
            return format!(
                "Pool exhausted: `{}` has {workers}, and each waits for the result of another task, while no other thread is at \
                 work. If those tasks were submitted to `{}`, this is a deadlock.",
                pool.name, pool.name
            );
        }
        "No deadlock is seen in this dump: no closed ring of locks, and no pool whose workers all wait for what nobody \
         works on."
            .to_owned()
    }

    /// How many threads wait for those of a ring without being in it.
    fn behind(&self, ring: &[usize]) -> usize {
        let mut waiters: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for wait in &self.lock_waits {
            waiters.entry(wait.holder).or_default().push(wait.waiter);
        }
        let mut stuck: BTreeSet<usize> = ring.iter().copied().collect();
        let mut open: Vec<usize> = ring.to_vec();
        while let Some(holder) = open.pop() {
            let behind = waiters.get(&holder).into_iter().flatten();
            open.extend(behind.filter(|waiter| stuck.insert(**waiter)));
        }
        stuck.len() - ring.len()
    }

    pub fn note_inferences(&self, last: &ThreadDump, kind: DumpKind, inferences: &mut Vec<Inference>) {
        let threads = count(last.threads.len(), "thread");
        let which =
            if self.dumps > 1 { format!(", the last of {} dumps", self.dumps) } else { String::new() };
        say(inferences, Provenance::Read, format!("{threads} as {} shows them{which}", kind.words()));
        let (told, untold) = self.pools.split_at(self.pools.len().min(MAX_POOLS));
        for pool in told {
            say(inferences, Provenance::Read, format!("`{}`: {}", pool.name, doings(pool, last)));
        }
        if !untold.is_empty() {
            let threads = count(untold.iter().map(|pool| pool.threads.len()).sum(), "thread");
            let names: Vec<String> = untold.iter().map(|pool| pool.name.clone()).collect();
            let text = format!("{threads} of {} more: {}", count(names.len(), "name"), listed(&names));
            say(inferences, Provenance::Lost, text);
        }
        for wait in self.lock_waits.iter().take(MAX_EDGES) {
            let (waiter, holder) = (&last.threads[wait.waiter], &last.threads[wait.holder]);
            let at = waiter.user_frame(kind).map_or(String::new(), |frame| format!(" at {frame}"));
            let text = format!("`{}` waits{at} for a lock that `{}` holds", waiter.name, holder.name);
            say(inferences, Provenance::Read, text);
        }
        if self.lock_waits.len() > MAX_EDGES {
            let more = self.lock_waits.len() - MAX_EDGES;
            say(inferences, Provenance::Read, format!("{} more for locks that others hold", waits(more)));
        }
        for ring in self.rings.iter().take(MAX_EDGES) {
            say(inferences, Provenance::Inferred, format!("deadlock: {}", ring_text(ring, last)));
        }
        if self.rings.len() > MAX_EDGES {
            let more = count(self.rings.len() - MAX_EDGES, "more ring");
            say(inferences, Provenance::Inferred, format!("deadlock: {more} of locks"));
        }
        for pool in told {
            let Some(Exhaustion { at_work_elsewhere }) = pool.exhaustion else { continue };
            let text = if at_work_elsewhere == 0 {
                format!(
                    "`{}` is exhausted, and no other thread is at work that could end a wait of its workers",
                    pool.name
                )
            } else {
                format!(
                    "every worker of `{}` waits for a result; {} elsewhere at work may bring it",
                    pool.name,
                    count(at_work_elsewhere, "thread")
                )
            };
            say(inferences, Provenance::Inferred, text);
        }
        if self.dumps > 1 {
            self.note_unmoved(last, inferences);
        }
        if !self.shows_holders {
            let text = "who holds a lock: a ring of locks cannot be seen in this kind of dump";
            say(inferences, Provenance::Unknown, text.to_owned());
        }
        let text = "what tasks do before and after, how long it takes, and who submits what: a dump shows one moment";
        say(inferences, Provenance::Unknown, text.to_owned());
    }

    fn note_unmoved(&self, last: &ThreadDump, inferences: &mut Vec<Inference>) {
        let over = self.between.map_or(String::new(), |nanos| format!(" over {} s", nanos / 1_000_000_000));
        let names: Vec<String> = self.unmoved.iter().map(|at| last.threads[*at].name.clone()).collect();
        let text = match names.len() {
            0 => format!("every busy thread has moved between the dumps{over}"),
            1 => format!("{} is at the same place in all {} dumps{over}", listed(&names), self.dumps),
            _ => format!("{} are at the same place in all {} dumps{over}", listed(&names), self.dumps),
        };
        say(inferences, Provenance::Inferred, text);
    }
}

/// `1 thread waits`, `3 threads wait`.
fn waits(number: usize) -> String {
    format!("{} wait{}", count(number, "thread"), if number == 1 { "s" } else { "" })
}

/// `` `a` waits for a lock that `b` holds, and `b` for one that `a` holds ``.
fn ring_text(ring: &[usize], last: &ThreadDump) -> String {
    let name = |place: usize| format!("`{}`", last.threads[ring[place % ring.len()]].name);
    match ring.len() {
        1 => format!("{} waits for a lock that it holds itself", name(0)),
        2 => format!(
            "{} waits for a lock that {} holds, and {} for one that {} holds",
            name(0),
            name(1),
            name(1),
            name(0)
        ),
        length => {
            const MAX_NAMED: usize = 5;
            let named: Vec<String> = (0..length.min(MAX_NAMED)).map(name).collect();
            let more = if length > MAX_NAMED { ", …".to_owned() } else { String::new() };
            format!(
                "{length} threads wait in a ring, each for a lock that the next one holds: {}{more}, and again {}",
                named.join(", "),
                name(0)
            )
        }
    }
}

/// What the threads of a pool do, counted.
fn doings(pool: &DumpPool, last: &ThreadDump) -> String {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    const WORDS: [&str; 6] = [
        "at work",
        "idle",
        "asleep or in a call of its own",
        "waiting for a lock",
        "waiting for a result",
        "waiting for a signal",
    ];
    for at in &pool.threads {
        let word = match &last.threads[*at].activity {
            Activity::Working => 0,
            Activity::Idle => 1,
            Activity::Timed => 2,
            Activity::Waiting(Awaited::Lock(_)) => 3,
            Activity::Waiting(Awaited::Result) => 4,
            Activity::Waiting(Awaited::Signal) => 5,
        };
        *counts.entry(word).or_insert(0) += 1;
    }
    let told: Vec<String> =
        counts.iter().map(|(word, number)| format!("{number} {}", WORDS[*word])).collect();
    format!("{}, {}", count(pool.threads.len(), "thread"), told.join(", "))
}

/// The threads of a dump by their pools, in order of their first threads.
fn pools(dump: &ThreadDump, kind: DumpKind) -> Vec<DumpPool> {
    let mut pools: Vec<DumpPool> = Vec::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for (at, thread) in dump.threads.iter().enumerate() {
        let name = thread.container.clone().unwrap_or_else(|| pool_stem(&thread.name).0);
        let number = *numbers.entry(name.clone()).or_insert_with(|| {
            pools.push(DumpPool { name, threads: Vec::new(), is_executor: true, exhaustion: None });
            pools.len() - 1
        });
        pools[number].threads.push(at);
        pools[number].is_executor &= is_worker(thread, kind);
    }
    if kind == DumpKind::Go {
        // One goroutine is no pool.
        pools.iter_mut().for_each(|pool| pool.is_executor &= pool.threads.len() > 1);
    }
    pools
}

fn is_worker(thread: &DumpThread, kind: DumpKind) -> bool {
    if kind == DumpKind::Go {
        // Goroutines that one line started, and that run the same loop.
        return thread.container.is_some();
    }
    thread.activity == Activity::Idle
        || thread.frames.iter().any(|frame| WORKER_CALLS.iter().any(|call| frame.contains(call)))
}

/// Who waits for a lock that somebody holds.
fn lock_waits(dump: &ThreadDump) -> Vec<LockWait> {
    let holders: BTreeMap<&str, usize> = dump
        .threads
        .iter()
        .enumerate()
        .flat_map(|(at, thread)| thread.holds.iter().map(move |lock| (lock.as_str(), at)))
        .collect();
    let wait = |(waiter, thread): (usize, &DumpThread)| match &thread.activity {
        Activity::Waiting(Awaited::Lock(Some(lock))) => {
            holders.get(lock.as_str()).map(|holder| LockWait { waiter, holder: *holder })
        }
        Activity::Waiting(Awaited::Lock(None) | Awaited::Result | Awaited::Signal)
        | Activity::Working
        | Activity::Idle
        | Activity::Timed => None,
    };
    dump.threads.iter().enumerate().filter_map(wait).collect()
}

/// The closed rings among waits; each thread waits for one other at most.
fn rings(lock_waits: &[LockWait], threads: usize) -> Vec<Vec<usize>> {
    let next: BTreeMap<usize, usize> = lock_waits.iter().map(|wait| (wait.waiter, wait.holder)).collect();
    // The walk in which a thread was met first.
    let mut met = vec![usize::MAX; threads];
    let mut rings = Vec::new();
    for start in next.keys().copied() {
        let mut at = start;
        while met[at] == usize::MAX {
            met[at] = start;
            let Some(following) = next.get(&at) else { break };
            at = *following;
        }
        let is_closed = met[at] == start && next.contains_key(&at);
        if is_closed {
            let mut ring = vec![at];
            let mut following = next[&at];
            while following != at {
                ring.push(following);
                following = next[&following];
            }
            rings.push(ring);
        }
    }
    rings
}

/// Finds the pools whose workers all wait for a result.
fn exhaust(pools: &mut [DumpPool], dump: &ThreadDump) {
    let may_bring_it = |pool: &DumpPool, at: usize| match dump.threads[at].activity {
        Activity::Working => true,
        // A worker that sleeps has a task; the main thread that sleeps has none to bring a result.
        Activity::Timed => pool.is_executor,
        Activity::Idle | Activity::Waiting(_) => false,
    };
    let at_work = |pool: &DumpPool| pool.threads.iter().filter(|at| may_bring_it(pool, **at)).count();
    // Of an exhausted pool itself nobody is at work.
    let at_work_elsewhere = pools.iter().map(at_work).sum();
    for pool in pools {
        let is_exhausted =
            pool.is_executor && pool.threads.iter().all(|at| dump.threads[*at].is_waiting_for_result());
        pool.exhaustion = is_exhausted.then_some(Exhaustion { at_work_elsewhere });
    }
}

/// Busy threads of the last dump that have the same stack in all.
fn unmoved(dumps: &[ThreadDump], kind: DumpKind) -> Vec<usize> {
    let Some((last, earlier)) = dumps.split_last().filter(|(_, earlier)| !earlier.is_empty()) else {
        return Vec::new();
    };
    let known: Vec<BTreeMap<&str, &DumpThread>> = earlier
        .iter()
        .map(|dump| dump.threads.iter().map(|thread| (thread.id.as_str(), thread)).collect())
        .collect();
    let is_unmoved = |thread: &DumpThread| {
        let is_busy = thread.activity != Activity::Idle && thread.user_frame(kind).is_some();
        let is_same = |threads: &BTreeMap<&str, &DumpThread>| {
            threads.get(thread.id.as_str()).is_some_and(|known| known.frames == thread.frames)
        };
        is_busy && known.iter().all(is_same)
    };
    (0..last.threads.len()).filter(|at| is_unmoved(&last.threads[*at])).collect()
}

/// Says one thing.
fn say(inferences: &mut Vec<Inference>, how: Provenance, text: String) {
    inferences.push(Inference { how, text });
}
