//! Which threads are the workers of one pool: those whose names differ in a number only.

use super::record::{Record, Thread};
use std::collections::BTreeMap;

/// The kinds of Threadbare's executors that run tasks; its own export names its processes `NAME (KIND)`.
const KINDS: [&str; 3] = ["threads", "green", "dynamic"];

/// Pools that are kept apart; the threads of all others are one.
const MAX_POOLS: usize = 200;
/// What that is called.
const OTHER: &str = "other threads";

/// Words for a worker that say nothing about its pool.
const WORKER_WORDS: [&str; 5] = ["worker", "thread", "wkr", "pool", "executor"];

/// Threads that are one executor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pool {
    /// What it is to be called.
    pub name: String,
    pub kind: &'static str,
    /// The threads, by their numbers.
    pub threads: Vec<u32>,
    /// How many workers it may have, where the trace says so.
    pub workers: Option<u64>,
    /// Tracks of async operations, not threads.
    pub is_async: bool,
    /// The names of its threads tell that they are workers.
    pub is_pool: bool,
    /// Its threads have no names.
    pub is_nameless: bool,
}

/// The pools of all threads that have slices, in the order of their first threads.
pub(super) fn pools(record: &Record, has_slices: impl Fn(u32) -> bool) -> Vec<Pool> {
    let mut pools: Vec<Pool> = Vec::new();
    let mut numbers: BTreeMap<(u32, String), usize> = BTreeMap::new();
    let several = record.processes.len() > 1;
    for (number, thread) in record.threads.iter().enumerate() {
        let number = number as u32;
        if !has_slices(number) {
            continue;
        }
        let process = &record.processes[thread.process as usize];
        let own = record.is_own.then(|| own_executor(&process.name)).flatten();
        let (stem, is_pool) = stem(thread);
        let mut key = (thread.process, if own.is_some() { String::new() } else { stem.clone() });
        let is_rest = pools.len() >= MAX_POOLS && !numbers.contains_key(&key);
        if is_rest {
            key = (u32::MAX, OTHER.to_owned());
        }
        let at = *numbers.entry(key).or_insert_with(|| {
            let (name, kind) = match own {
                _ if is_rest => (OTHER.to_owned(), "threads"),
                Some((name, kind)) => (name.to_owned(), kind),
                None => (full_name(&stem, process.name.as_str(), &process.id, several), "threads"),
            };
            let is_async = thread.track.is_some();
            let kind = if is_async { "green" } else { kind };
            let workers = workers_of(&process.labels).filter(|_| own.is_some());
            let is_nameless = stem.is_empty();
            pools.push(Pool { name, kind, threads: Vec::new(), workers, is_async, is_pool, is_nameless });
            pools.len() - 1
        });
        pools[at].threads.push(number);
    }
    pools
}

/// `default (threads)`: an executor of our own export.
fn own_executor(process: &str) -> Option<(&str, &'static str)> {
    let (name, kind) = process.strip_suffix(')')?.rsplit_once(" (")?;
    KINDS.into_iter().find(|known| *known == kind).map(|kind| (name, kind))
}

/// `6 workers`, as our own export labels a process.
fn workers_of(labels: &str) -> Option<u64> {
    labels.split(',').find_map(|label| {
        let count = label.trim().strip_suffix(" workers").or_else(|| label.trim().strip_suffix(" worker"))?;
        count.parse().ok().filter(|count| (1..=1_000_000).contains(count))
    })
}

/// What the threads of one pool have in common, and whether that is a pool by its name.
fn stem(thread: &Thread) -> (String, bool) {
    match &thread.track {
        // A track of its process alone.
        Some(category) if category.is_empty() => (String::new(), false),
        Some(category) => (format!("async {category}"), false),
        None => pool_stem(&thread.name),
    }
}

/// What the names of the threads of one pool have in common, and whether this name is one of a pool's.
pub(crate) fn pool_stem(name: &str) -> (String, bool) {
    let mut name = name.trim();
    // CPython's own: `Thread-12 (function)`.
    if let Some((head, _)) = name.rsplit_once(" (").filter(|_| name.ends_with(')')) {
        name = head;
    }
    let bare = name.trim_end_matches([')', ']']);
    let stem = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.len() == bare.len() || stem.is_empty() {
        return (name.to_owned(), false);
    }
    let mut stem = stem.trim_end_matches([' ', '-', '_', '#', ':', '(', '[', '.', '/']);
    // `pool-1-thread-2` is of `pool-1`; a bare `worker 3` keeps its word.
    for word in ["thread", "Thread", "worker", "Worker"] {
        if let Some(head) = stem.strip_suffix(word).map(|head| head.trim_end_matches([' ', '-', '_']))
            && !head.is_empty()
            && head.len() < stem.len() - word.len()
        {
            stem = head;
        }
    }
    (stem.to_owned(), true)
}

/// The name of an executor: what its threads have in common, with its process where that says nothing or is not alone.
fn full_name(stem: &str, process: &str, id: &str, several: bool) -> String {
    let process = if process.is_empty() && several { format!("process {id}") } else { process.to_owned() };
    let says_nothing = stem.is_empty() || WORKER_WORDS.contains(&stem.to_lowercase().as_str());
    match (says_nothing, process.is_empty()) {
        (true, true) if stem.is_empty() => "threads".to_owned(),
        (_, true) => stem.to_owned(),
        (true, false) => process,
        (false, false) if several => format!("{process} {stem}"),
        (false, false) => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem_of(name: &str) -> (String, bool) {
        stem(&Thread { name: name.to_owned(), ..Thread::default() })
    }

    #[test]
    fn workers_of_one_pool_have_one_stem() {
        for (name, pool) in [
            ("ThreadPoolExecutor-0_3", "ThreadPoolExecutor-0"),
            ("pool-1-thread-2", "pool-1"),
            ("ForkJoinPool.commonPool-worker-3", "ForkJoinPool.commonPool"),
            ("worker 3", "worker"),
            ("Thread-12 (serve)", "Thread"),
            ("grpc-default-executor-5", "grpc-default-executor"),
            ("ThreadPoolForegroundWorker[2]", "ThreadPoolForegroundWorker"),
        ] {
            assert_eq!(stem_of(name), (pool.to_owned(), true), "{name}");
        }
        for name in ["MainThread", "CrRendererMain", "", "12", "tokio-runtime-worker"] {
            assert_eq!(stem_of(name), (name.to_owned(), false), "{name}");
        }
    }

    #[test]
    fn an_executor_of_our_own_is_known() {
        assert_eq!(own_executor("default (threads)"), Some(("default", "threads")));
        assert_eq!(own_executor("default (delay)"), None);
        assert_eq!(own_executor("chrome"), None);
        assert_eq!(workers_of("6 workers"), Some(6));
        assert_eq!(workers_of("pid 6"), None);
    }

    #[test]
    fn a_process_helps_where_a_thread_says_nothing() {
        assert_eq!(full_name("worker", "api", "1", false), "api");
        assert_eq!(full_name("pool-1", "api", "1", false), "pool-1");
        assert_eq!(full_name("pool-1", "api", "1", true), "api pool-1");
        assert_eq!(full_name("", "", "7", true), "process 7");
        assert_eq!(full_name("", "", "7", false), "threads");
    }
}
