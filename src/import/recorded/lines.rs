//! The lines of a recording.

use super::super::draft::count;
use super::super::findings::Findings;
use super::super::reading::MAX_EVENT_BYTES;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;

/// The version of the format that is read.
const VERSION: u64 = 1;
/// Pools that are kept apart.
const MAX_POOLS: usize = 200;
/// Locks that are kept apart.
const MAX_LOCKS: usize = 200;
/// Events for each task that there may be, on average; each task that is waited for is one.
const MAX_EVENTS_PER_TASK: usize = 8;
/// Times beyond this (290 years of nanoseconds) are none.
const MAX_TIME: i64 = i64::MAX / 4;

/// A pool that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RecordedPool {
    pub name: String,
    /// As a scenario calls it: `threads` or `green`.
    pub kind: &'static str,
    pub workers: Option<u64>,
}

/// A task that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RecordedTask {
    /// A number of [`Recording::kinds`].
    pub kind: u32,
    /// A number of [`Recording::pools`].
    pub pool: u32,
    pub submitted: i64,
    pub start: Option<i64>,
    pub end: Option<i64>,
    /// Time on the CPU, where it was measured.
    pub cpu: Option<i64>,
    pub parent: Option<u32>,
    /// Its place among its parent's children.
    pub place: usize,
    /// Whom it submitted, in order.
    pub children: Vec<u32>,
    pub events: Vec<(i64, TaskEvent)>,
}

/// What a task did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TaskEvent {
    Submit {
        child: u32,
    },
    Wait {
        tasks: Vec<u32>,
    },
    Resume,
    /// It begins to take a lock or a permit; a number of [`Recording::locks`].
    Acquire {
        lock: u32,
    },
    /// It has what it began to take.
    Acquired,
    Release {
        lock: u32,
    },
}

/// A lock or a semaphore that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RecordedLock {
    pub name: String,
    /// `None` for a lock.
    pub permits: Option<u64>,
}

impl RecordedTask {
    /// Whether it spent most of its own time off the CPU.
    pub fn is_off_cpu(&self) -> bool {
        let (Some(start), Some(end), Some(cpu)) = (self.start, self.end, self.cpu) else { return false };
        let mut waited = 0;
        let mut since = None;
        for (at, event) in &self.events {
            match event {
                TaskEvent::Wait { .. } | TaskEvent::Acquire { .. } => since = Some(*at),
                TaskEvent::Resume | TaskEvent::Acquired => {
                    waited += since.take().map_or(0, |since| at - since)
                }
                TaskEvent::Submit { .. } | TaskEvent::Release { .. } => {}
            }
        }
        cpu.saturating_mul(2) < end - start - waited
    }

    /// Whether it stands in a wait that has not ended.
    pub fn waits_at_the_end(&self) -> bool {
        let last = self.events.iter().rfind(|(_, event)| !matches!(event, TaskEvent::Submit { .. }));
        self.end.is_none() && matches!(last, Some((_, TaskEvent::Wait { .. } | TaskEvent::Acquire { .. })))
    }
}

/// A whole recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Recording {
    pub pools: Vec<RecordedPool>,
    pub kinds: Vec<String>,
    pub locks: Vec<RecordedLock>,
    pub tasks: Vec<RecordedTask>,
    /// The time of the last event.
    pub last: i64,
    /// Events that the recorder dropped.
    pub lost: u64,
}

/// The place of a task among another's children; none if it is none of them.
pub(super) fn child_place(recording: &Recording, parent: u32, child: u32) -> Option<usize> {
    let child = &recording.tasks[child as usize];
    (child.parent == Some(parent)).then_some(child.place)
}

#[derive(Deserialize)]
struct Header {
    threadbare_recording: u64,
}

#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line {
    Pool { pool: String, workers: Option<u64>, kind: Option<String> },
    Submit { time: i64, task: u64, r#type: String, pool: String, parent: Option<u64> },
    Start { time: i64, task: u64 },
    Wait { time: i64, task: u64, r#for: Vec<u64> },
    Resume { time: i64, task: u64 },
    End { time: i64, task: u64, cpu: Option<i64> },
    Lock { lock: String, permits: Option<u64> },
    Acquire { time: i64, task: u64, lock: String },
    Acquired { time: i64, task: u64 },
    Release { time: i64, task: u64, lock: String },
    Lost { events: u64 },
}

/// Reads all lines, and no further than to the first for which there is no room among `max` tasks and their events.
pub(super) fn read(text: &str, max: usize, findings: &mut Findings) -> Option<Recording> {
    let mut reader = Reader::default();
    let mut start = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let place = start..start + line.trim_end().len();
        start += line.len();
        if findings.is_full() {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        if number == 0 {
            header(line, place, findings);
            continue;
        }
        if line.len() > MAX_EVENT_BYTES {
            let message = format!("this line is longer than {} MiB", MAX_EVENT_BYTES >> 20);
            findings.error(place, message, "an event is an object on a line of its own");
            break;
        }
        if reader.events > max * MAX_EVENTS_PER_TASK || reader.recording.tasks.len() > max {
            let message = format!("more than {} or events of them", count(max, "task"));
            findings.error(place, message, "record for a shorter time");
            break;
        }
        // A process that was killed may have left half a line.
        let is_cut = !line.ends_with('\n');
        match serde_json::from_str::<Line>(line) {
            Ok(read) => reader.line(read, &place, findings),
            Err(_) if is_cut => {}
            Err(error) => {
                let help = "docs/reference/recording.md says what a line may be";
                findings.error(place, format!("this is not an event: {error}"), help);
            }
        }
    }
    (!findings.has_errors()).then_some(reader.recording)
}

fn header(line: &str, place: Range<usize>, findings: &mut Findings) {
    match serde_json::from_str::<Header>(line) {
        Ok(Header { threadbare_recording: VERSION }) => {}
        Ok(Header { threadbare_recording: version }) => {
            let message = format!("the recording is of version {version}; version {VERSION} is read");
            findings.error(place, message, "use the recorder that comes with this release of Threadbare");
        }
        Err(error) => findings.error(place, format!("the header cannot be read: {error}"), "record anew"),
    }
}

#[derive(Default)]
struct Reader {
    recording: Recording,
    tasks: BTreeMap<u64, u32>,
    pools: BTreeMap<String, u32>,
    kinds: BTreeMap<String, u32>,
    locks: BTreeMap<String, u32>,
    events: usize,
}

impl Reader {
    fn line(&mut self, line: Line, place: &Range<usize>, findings: &mut Findings) {
        self.events += 1;
        let time = match &line {
            Line::Pool { .. } | Line::Lock { .. } | Line::Lost { .. } => 0,
            Line::Submit { time, .. }
            | Line::Start { time, .. }
            | Line::Wait { time, .. }
            | Line::Resume { time, .. }
            | Line::Acquire { time, .. }
            | Line::Acquired { time, .. }
            | Line::Release { time, .. }
            | Line::End { time, .. } => *time,
        };
        if !(0..MAX_TIME).contains(&time) {
            findings.error(place.clone(), format!("no time: {time}"), "times are nanoseconds, 0 or more");
            return;
        }
        self.recording.last = self.recording.last.max(time);
        match line {
            Line::Pool { pool, workers, kind } => {
                let number = self.pool(&pool);
                let pool = &mut self.recording.pools[number as usize];
                pool.workers = workers.map(|workers| workers.clamp(1, 1_000_000));
                pool.kind = if kind.as_deref() == Some("green") { "green" } else { "threads" };
            }
            Line::Lost { events } => self.recording.lost = self.recording.lost.saturating_add(events),
            Line::Submit { task, r#type, pool, parent, .. } => {
                if self.tasks.contains_key(&task) {
                    findings.error(
                        place.clone(),
                        format!("task {task} is submitted twice"),
                        "each task has a number of its own",
                    );
                    return;
                }
                let parent = parent.and_then(|parent| self.tasks.get(&parent).copied());
                self.submit(time, task, &r#type, &pool, parent);
            }
            Line::Start { task, .. } => self.event(task, time, place, findings, |task, time| {
                task.start.get_or_insert(time.max(task.submitted));
            }),
            Line::End { task, cpu, .. } => self.event(task, time, place, findings, |task, time| {
                // One that was cancelled ends without a start, and took no time.
                let start = *task.start.get_or_insert(time);
                task.end = Some(time.max(start));
                task.cpu = cpu.filter(|cpu| *cpu >= 0);
            }),
            Line::Wait { task, r#for, .. } => {
                let event = self.wait(&r#for);
                self.did(task, time, event, place, findings);
            }
            Line::Resume { task, .. } => self.did(task, time, TaskEvent::Resume, place, findings),
            Line::Lock { lock, permits } => {
                let number = self.lock(&lock);
                let permits = permits.map(|permits| permits.clamp(1, 1_000_000));
                self.recording.locks[number as usize].permits = permits;
            }
            Line::Acquire { task, lock, .. } => {
                let lock = self.lock(&lock);
                self.did(task, time, TaskEvent::Acquire { lock }, place, findings);
            }
            Line::Acquired { task, .. } => self.did(task, time, TaskEvent::Acquired, place, findings),
            Line::Release { task, lock, .. } => {
                let lock = self.lock(&lock);
                self.did(task, time, TaskEvent::Release { lock }, place, findings);
            }
        }
    }

    /// A wait for those of `tasks` that are known.
    fn wait(&mut self, tasks: &[u64]) -> TaskEvent {
        self.events += tasks.len();
        TaskEvent::Wait { tasks: tasks.iter().filter_map(|task| self.tasks.get(task).copied()).collect() }
    }

    fn lock(&mut self, name: &str) -> u32 {
        let name =
            if self.locks.len() >= MAX_LOCKS && !self.locks.contains_key(name) { "other" } else { name };
        let locks = &mut self.recording.locks;
        *self.locks.entry(name.to_owned()).or_insert_with(|| {
            locks.push(RecordedLock { name: name.to_owned(), permits: None });
            locks.len() as u32 - 1
        })
    }

    fn did(&mut self, task: u64, time: i64, event: TaskEvent, place: &Range<usize>, findings: &mut Findings) {
        self.event(task, time, place, findings, |task, time| task.events.push((time, event)));
    }

    fn submit(&mut self, time: i64, task: u64, kind: &str, pool: &str, parent: Option<u32>) {
        let number = self.recording.tasks.len() as u32;
        let pool = self.pool(pool);
        let kinds = &mut self.recording.kinds;
        let kind = *self.kinds.entry(kind.to_owned()).or_insert_with(|| {
            kinds.push(kind.to_owned());
            kinds.len() as u32 - 1
        });
        // What a task that has not started submits cannot be: its thread is another's by now.
        let parent = parent.filter(|parent| self.recording.tasks[*parent as usize].start.is_some());
        let mut place = 0;
        if let Some(parent) = parent {
            let parent = &mut self.recording.tasks[parent as usize];
            place = parent.children.len();
            parent.children.push(number);
            parent.events.push((time, TaskEvent::Submit { child: number }));
        }
        self.tasks.insert(task, number);
        self.recording.tasks.push(RecordedTask {
            kind,
            pool,
            submitted: time,
            start: None,
            end: None,
            cpu: None,
            parent,
            place,
            children: Vec::new(),
            events: Vec::new(),
        });
    }

    fn pool(&mut self, name: &str) -> u32 {
        let name =
            if self.pools.len() >= MAX_POOLS && !self.pools.contains_key(name) { "other" } else { name };
        let pools = &mut self.recording.pools;
        *self.pools.entry(name.to_owned()).or_insert_with(|| {
            pools.push(RecordedPool { name: name.to_owned(), kind: "threads", workers: None });
            pools.len() as u32 - 1
        })
    }

    /// Something that happens to a task that was submitted and has not ended.
    fn event(
        &mut self,
        task: u64,
        time: i64,
        place: &Range<usize>,
        findings: &mut Findings,
        apply: impl FnOnce(&mut RecordedTask, i64),
    ) {
        let Some(number) = self.tasks.get(&task) else {
            let help = "the submission of a task comes before all that happens to it";
            findings.error(place.clone(), format!("task {task} was not submitted before this line"), help);
            return;
        };
        let task = &mut self.recording.tasks[*number as usize];
        if task.end.is_none() {
            apply(task, time);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_ends_with_the_first_line_for_which_there_is_no_room() {
        let refused = |line: &dyn Fn(usize) -> String| {
            let lines: String = (0..100).map(line).collect();
            let text = format!("{{\"threadbare_recording\": 1}}\n{lines}");
            let mut findings = Findings::default();
            assert!(read(&text, 3, &mut findings).is_none());
            findings.close("x", &text)
        };
        let submit =
            |n| format!("{{\"event\":\"submit\",\"time\":{n},\"task\":{n},\"type\":\"t\",\"pool\":\"p\"}}\n");
        let told = refused(&submit);
        assert!(told.list[0].message.contains("more than 3 tasks") && told.list[0].line == 6, "{told}");
        // 24 events have room: the task that waits, and those that it waits for.
        let told = refused(&|n| match n {
            0 => submit(0),
            n => format!("{{\"event\":\"wait\",\"time\":{n},\"task\":0,\"for\":[0,0,0,0,0,0,0]}}\n"),
        });
        assert!(told.list[0].message.contains("or events of them") && told.list[0].line == 6, "{told}");
        let told = refused(&|n| if n == 0 { "x".repeat(MAX_EVENT_BYTES + 1) } else { String::new() });
        assert!(told.list[0].message.contains("longer than 16 MiB"), "{told}");
    }
}
