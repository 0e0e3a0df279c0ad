//! What Threadbare's recorders write (`docs/reference/recording.md`): a JSON object on each line, the first one a header.
//!
//! Submissions with their parents, starts, waits, resumptions and ends are read, not guessed, also those of a process that
//! hangs: a task that waits at the end of the recording ends with its wait, and one that never started is submitted all the same.
//!
//! Invariant: a task is submitted before anything else happens to it; what contradicts that is refused with its line.

mod lines;

use super::draft::count;
use super::findings::Findings;
use super::inference::{Inference, Provenance};
use super::reading::{MAX_RECORDS, Reading};
use super::spans;
use super::spans::links::{Instance, Links};
use super::spans::program::Item;
use super::spans::record::{Lock, Own, Process, Record, Thread};
use super::spans::tree::{Node, Tree};
use lines::{Recording, TaskEvent};
use std::collections::BTreeMap;

/// Whether a text begins as such a recording.
pub(super) fn is_recording(start: &str) -> bool {
    let line = start.lines().next().unwrap_or("");
    line.starts_with('{') && line.contains("\"threadbare_recording\"")
}

/// Reads a recording.
pub(super) fn read(text: &str, findings: &mut Findings) -> Option<Reading> {
    let recording = lines::read(text, MAX_RECORDS, findings)?;
    if recording.tasks.is_empty() {
        findings.error(
            0..0,
            "no task was submitted in this recording",
            "record a run in which a pool gets a task",
        );
        return None;
    }
    let mut inferences = Vec::new();
    note_inferences(&recording, &mut inferences);
    let zero = recording.tasks.iter().map(|task| task.submitted).min().unwrap_or(0);
    let record = record(&recording);
    let (tree, links) = instances(&recording, &record, zero);
    let io = record.names.list.iter().position(|name| name == "io").map(|io| io as u32);
    let items = |_: &[Instance], instance: &Instance| items(&recording, instance, io);
    Some(spans::recorded(record, tree, links, &items, inferences))
}

fn note_inferences(recording: &Recording, inferences: &mut Vec<Inference>) {
    let mut say = |how: Provenance, text: String| inferences.push(Inference { how, text });
    let unstarted = recording.tasks.iter().filter(|task| task.start.is_none()).count();
    let waiting = recording.tasks.iter().filter(|task| task.waits_at_the_end()).count();
    if waiting > 0 {
        say(Provenance::Read, format!("{} waiting when the recording ended", count(waiting, "task")));
    }
    if unstarted > 0 {
        say(Provenance::Read, format!("{} not started when the recording ended", count(unstarted, "task")));
    }
    if recording.lost > 0 {
        say(
            Provenance::Lost,
            format!("{} that the recorder had no room for", count(recording.lost as usize, "event")),
        );
    }
}

/// Pools as processes, workers as threads.
fn record(recording: &Recording) -> Record {
    let mut record = Record { is_own: true, is_recorded: true, ..Record::default() };
    for (number, pool) in recording.pools.iter().enumerate() {
        let name = format!("{} ({})", pool.name, pool.kind);
        let labels = pool.workers.map_or(String::new(), |workers| count(workers as usize, "worker"));
        record.processes.push(Process { id: number.to_string(), name, labels });
    }
    // One thread for all workers of a pool: its size is told, or the most tasks at once.
    for (pool, _) in recording.pools.iter().enumerate() {
        record.threads.push(Thread { process: pool as u32, name: "worker 0".to_owned(), track: None });
    }
    record.names.number("io");
    recording.kinds.iter().for_each(|kind| {
        record.names.number(kind);
    });
    for lock in &recording.locks {
        record.locks.push(Lock { name: lock.name.clone(), permits: lock.permits });
    }
    record
}

/// Tasks as instances, in order of their starts; a parent stands before its children, for it started before it submitted.
fn instances(recording: &Recording, record: &Record, zero: i64) -> (Tree, Links) {
    let known: BTreeMap<&str, u32> = record.names.list.iter().map(String::as_str).zip(0..).collect();
    let mut order: Vec<usize> = (0..recording.tasks.len()).collect();
    let starts = |at: usize| {
        let task = &recording.tasks[at];
        (task.start.unwrap_or(task.submitted), at)
    };
    super::order::sort_by_key(&mut order, |at| starts(*at));
    let mut place_of = vec![0u32; order.len()];
    order.iter().zip(0..).for_each(|(at, place)| place_of[*at] = place);
    let (mut tree, mut links) = (Tree::default(), Links::default());
    for (place, at) in order.iter().enumerate() {
        let task = &recording.tasks[*at];
        let from = task.start.unwrap_or(task.submitted) - zero;
        let to = if task.start.is_some() { task.end.unwrap_or(recording.last) - zero } else { from };
        let kind = known[recording.kinds[task.kind as usize].as_str()];
        let own =
            Own::Task { kind, submitted: Some(task.submitted - zero), is_unfinished: task.end.is_none() };
        let end = place as u32 + 1;
        tree.nodes.push(Node { thread: task.pool, name: kind, from, to, own, cpu: None, parent: None, end });
        let parent = task.parent.map(|parent| (place_of[parent as usize], task.submitted - zero));
        links.submits += usize::from(parent.is_some());
        links.instances.push(Instance {
            node: *at as u32,
            pool: task.pool,
            from,
            to,
            submitted: Some(task.submitted - zero),
            parent,
            children: task.children.iter().map(|child| place_of[*child as usize]).collect(),
            woken_by: Vec::new(),
        });
    }
    // The nodes stand in the order of the tasks of the file.
    let nodes = std::mem::take(&mut tree.nodes);
    tree.nodes = place_of.iter().map(|place| nodes[*place as usize]).collect();
    (tree, links)
}

/// What a task did, step by step.
fn items(recording: &Recording, instance: &Instance, io: Option<u32>) -> Vec<(Item, u64)> {
    let task = &recording.tasks[instance.node as usize];
    let Some(start) = task.start else { return vec![(Item::Spend { name: None }, 0)] };
    let name = io.filter(|_| task.is_off_cpu());
    let mut steps =
        Steps { items: Vec::new(), name, since: start, stands: TaskPause::Nowhere, held: BTreeMap::new() };
    for (at, event) in &task.events {
        steps.event(recording, instance.node, *at, event);
    }
    match task.end {
        Some(end) => steps.spend(end),
        None if steps.stands != TaskPause::Nowhere => {}
        None => {
            steps.spend(recording.last);
            steps.items.push((Item::Forever, 0));
        }
    }
    // A wait for what is not a child of the task says nothing that a scenario could have.
    let mut items = steps.items;
    items.retain(|(item, _)| !matches!(item, Item::Wait { children, .. } if children.is_empty()));
    items
}

/// The reason why a task is not running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TaskPause<'a> {
    Nowhere,
    /// It waits for the results of these tasks; until they are there, time belongs to the wait.
    Waiting(&'a [u32]),
    /// It wants a lock; time belongs to its `lock` step.
    Acquiring,
}

/// The steps of one task, as far as they are known.
struct Steps<'a> {
    items: Vec<(Item, u64)>,
    /// What its own time is called.
    name: Option<u32>,
    since: i64,
    stands: TaskPause<'a>,
    /// How often it has taken each lock that it holds.
    held: BTreeMap<u32, u32>,
}

impl<'a> Steps<'a> {
    fn spend(&mut self, to: i64) {
        let item = Item::Spend { name: self.name };
        self.items.push((item, u64::try_from(to - self.since).unwrap_or(0)));
        self.since = to;
    }

    fn event(&mut self, recording: &'a Recording, number: u32, at: i64, event: &'a TaskEvent) {
        // Clocks that were joined can run back; a task does not.
        let at = at.max(self.since);
        match event {
            TaskEvent::Submit { child } => {
                self.spend(at);
                let child = lines::child_place(recording, number, *child).unwrap_or(0);
                self.items.push((Item::Submit { child }, 0));
            }
            TaskEvent::Wait { tasks } => {
                self.spend(at);
                let children = tasks.iter().filter_map(|task| lines::child_place(recording, number, *task));
                self.items.push((Item::Wait { children: children.collect(), is_guess: false }, 0));
                self.stands = TaskPause::Waiting(tasks);
            }
            TaskEvent::Acquire { lock } => {
                self.spend(at);
                self.items.push((Item::Acquire { lock: *lock }, 0));
                *self.held.entry(*lock).or_default() += 1;
                self.stands = TaskPause::Acquiring;
            }
            TaskEvent::Acquired => {
                self.since = at;
                self.stands = TaskPause::Nowhere;
            }
            TaskEvent::Release { lock } => {
                // Another task took it: a scenario's lock is given back by who holds it.
                let Some(times) = self.held.get_mut(lock).filter(|times| **times > 0) else { return };
                *times -= 1;
                self.spend(at);
                self.items.push((Item::Release { lock: *lock }, 0));
            }
            TaskEvent::Resume => self.resume(recording, at),
        }
    }

    fn resume(&mut self, recording: &Recording, at: i64) {
        match std::mem::replace(&mut self.stands, TaskPause::Nowhere) {
            TaskPause::Nowhere => {}
            // From then on it takes the task itself a while to go on: an interpreter's lock, a processor.
            TaskPause::Waiting(tasks) => {
                let ends = tasks.iter().map(|task| recording.tasks[*task as usize].end.unwrap_or(at));
                self.since = ends.max().unwrap_or(at).clamp(self.since, at);
            }
            // It gave up: the time is its own, and the lock is not taken.
            TaskPause::Acquiring => {
                if let Some((Item::Acquire { lock }, _)) = self.items.pop() {
                    self.held.entry(lock).and_modify(|times| *times = times.saturating_sub(1));
                }
            }
        }
    }
}
