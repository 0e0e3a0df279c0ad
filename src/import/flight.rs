//! A recording of Java's Flight Recorder, as `jfr print --json FILE` prints it.
//!
//! The Flight Recorder knows waits, not tasks. Events of the program's own (subclasses of `jdk.jfr.Event` with a duration) are
//! the tasks; the JDK's waits (`jdk.ThreadPark`, `jdk.JavaMonitorEnter` and others) that lie within one are its steps. What else
//! the JDK records (collections, compilations, samples, settings) says nothing about tasks.

use super::draft::count;
use super::findings::Findings;
use super::inference::{Inference, Provenance};
use super::json::{Elements, broken};
use super::moment;
use super::number;
use super::reading::{MAX_RECORDS, Reading};
use super::spans;
use super::spans::record::{Own, Process, Record, Slice, Thread};
use crate::model::time::SECOND;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Prefix of the types that the JDK records itself.
const JDK: &str = "jdk.";
/// Waits of the JDK, and what a step is called that comes of one.
const WAITS: [(&str, &str); 9] = [
    ("jdk.JavaMonitorEnter", "lock"),
    ("jdk.JavaMonitorWait", "wait"),
    ("jdk.ThreadPark", "wait"),
    ("jdk.ThreadSleep", "sleep"),
    ("jdk.SocketRead", "socket read"),
    ("jdk.SocketWrite", "socket write"),
    ("jdk.FileRead", "file read"),
    ("jdk.FileWrite", "file write"),
    ("jdk.FileForce", "file write"),
];

/// What to do about a recording without tasks.
const NO_TASKS: &str = "record events of your own around tasks (a subclass of `jdk.jfr.Event`), take thread dumps (jcmd PID \
                        Thread.print), or wrap the executors with recorders/java/ThreadbareRecorder.java";

/// What cannot be read, if it cannot, and what to do.
const RECORDING: &str = "the recording";
const PRINT_ANEW: &str = "print it again: jfr print --json FILE";

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    recording: Recording<'a>,
}

#[derive(Deserialize)]
struct Recording<'a> {
    #[serde(borrow, default)]
    events: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    values: Values,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    start_time: Option<String>,
    duration: Option<String>,
    event_thread: Option<JavaThread>,
    #[serde(alias = "parkedClass")]
    monitor_class: Option<JavaClass>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JavaThread {
    java_name: Option<String>,
    os_name: Option<String>,
    #[serde(default)]
    java_thread_id: i64,
    #[serde(default)]
    os_thread_id: i64,
}

#[derive(Deserialize)]
struct JavaClass {
    name: Option<String>,
}

/// Whether JSON is such a recording, from how it begins.
pub(super) fn is_flight_recording(start: &str) -> bool {
    start.contains("\"recording\"") && start.contains("\"events\"") && start.contains("\"values\"")
}

/// Reads a recording: event by event, and no further than to the first span or wait beyond [`MAX_RECORDS`].
pub(super) fn read(text: &str, findings: &mut Findings) -> Option<Reading> {
    let reader = read_events(text, MAX_RECORDS, findings)?;
    let mut inferences = Vec::new();
    let record = reader.finish(findings, &mut inferences)?;
    spans::scenario(record, findings, inferences)
}

fn read_events(text: &str, max: usize, findings: &mut Findings) -> Option<FlightReader> {
    let document: Document<'_> = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => {
            let line = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            broken(RECORDING, &error, line, text, PRINT_ANEW, findings);
            return None;
        }
    };
    let mut reader = FlightReader::default();
    for event in Elements::<Event>::of(document.recording.events) {
        match event {
            Ok(event) => reader.event(&event),
            Err(unreadable) => {
                unreadable.report(RECORDING, text, PRINT_ANEW, findings);
                return None;
            }
        }
        if reader.record.slices.len() + reader.waits.len() > max {
            let message = format!("more than {} with a duration", count(max, "event"));
            findings.error(0..0, message, "print a part of it: jfr print --json --events NAMES FILE");
            return None;
        }
    }
    Some(reader)
}

/// A wait of the JDK, before it is known whether it lies within a task.
struct Wait {
    thread: u32,
    name: u32,
    from: i64,
    to: i64,
}

#[derive(Default)]
struct FlightReader {
    record: Record,
    /// Numbers of threads, by the ids that Java and the system give them.
    threads: BTreeMap<(i64, i64), u32>,
    waits: Vec<Wait>,
    others: usize,
}

impl FlightReader {
    fn event(&mut self, event: &Event) {
        let is_task = !event.kind.starts_with(JDK);
        let wait = WAITS.iter().find(|(kind, _)| *kind == event.kind);
        let (Some((from, to)), Some(thread)) = (stretch(&event.values), &event.values.event_thread) else {
            self.others += 1;
            return;
        };
        if !is_task && wait.is_none() {
            self.others += 1;
            return;
        }
        let thread = self.thread(thread);
        match wait {
            Some((_, word)) => {
                let name = self.record.names.number(&step_name(word, &event.values));
                self.waits.push(Wait { thread, name, from, to });
            }
            None => {
                let name = event.kind.rsplit('.').next().unwrap_or(&event.kind);
                let name = self.record.names.number(name);
                self.record.slices.push(Slice { thread, name, from, to, own: Own::Foreign, cpu: None });
            }
        }
    }

    fn thread(&mut self, thread: &JavaThread) -> u32 {
        if self.record.processes.is_empty() {
            self.record.processes.push(Process { name: "java".to_owned(), ..Process::default() });
        }
        let number = self.record.threads.len() as u32;
        let found = *self.threads.entry((thread.java_thread_id, thread.os_thread_id)).or_insert(number);
        if found == number {
            let name = thread.java_name.as_ref().filter(|name| !name.is_empty()).or(thread.os_name.as_ref());
            let name = name.cloned().unwrap_or_default();
            self.record.threads.push(Thread { process: 0, name, track: None });
        }
        found
    }

    /// Adds the waits that lie within a task, and says what is left out.
    fn finish(mut self, findings: &mut Findings, inferences: &mut Vec<Inference>) -> Option<Record> {
        if self.record.slices.is_empty() {
            let message = "this recording of Java's Flight Recorder has waits, locks and samples of threads, but no tasks";
            findings.error(0..0, message, NO_TASKS);
            return None;
        }
        let mut tasks: Vec<(u32, i64, i64)> =
            self.record.slices.iter().map(|slice| (slice.thread, slice.from, slice.to)).collect();
        tasks.sort_unstable();
        let waits = self.waits.len();
        let inner = self.waits.into_iter().filter(|wait| lies_within_a_task(wait, &tasks));
        let before = self.record.slices.len();
        self.record.slices.extend(inner.map(|wait| Slice {
            thread: wait.thread,
            name: wait.name,
            from: wait.from,
            to: wait.to,
            own: Own::Foreign,
            cpu: None,
        }));
        let idle = waits - (self.record.slices.len() - before);
        let mut lost = |number: usize, noun: &str, what: &str| {
            if number > 0 {
                let text = format!("{} {what}", count(number, noun));
                inferences.push(Inference { how: Provenance::Lost, text });
            }
        };
        lost(
            idle,
            "wait",
            "of threads outside any task: idle workers, and threads without events of their own",
        );
        lost(self.others, "event", "of the JDK that say nothing about tasks");
        Some(self.record)
    }
}

/// Whether a wait lies within one of `tasks`: thread, start and end of each, in order. The outermost task around an instant
/// is looked for, so that only the last few that start before it have to be compared.
fn lies_within_a_task(wait: &Wait, tasks: &[(u32, i64, i64)]) -> bool {
    /// Tasks that are nested in each other.
    const MAX_NESTED: usize = 16;
    let end = tasks.partition_point(|(thread, from, _)| (*thread, *from) <= (wait.thread, wait.from));
    let around = |(thread, _, to): &(u32, i64, i64)| *thread == wait.thread && wait.to <= *to;
    tasks[..end].iter().rev().take(MAX_NESTED).any(around)
}

/// The start and the end of an event that has a duration, in nanoseconds since 1970.
fn stretch(values: &Values) -> Option<(i64, i64)> {
    let from = moment::whole(values.start_time.as_deref()?)?;
    let length = iso_duration(values.duration.as_deref()?).filter(|length| *length > 0)?;
    let from = i64::try_from(from).ok().filter(|from| (0..i64::MAX / 4).contains(from))?;
    let length = i64::try_from(length).ok().filter(|length| *length < i64::MAX / 4)?;
    Some((from, from + length))
}

/// `lock Connection`: what is waited for, by the class without its package.
fn step_name(word: &str, values: &Values) -> String {
    let class = values.monitor_class.as_ref().and_then(|class| class.name.as_deref());
    match class.and_then(|class| class.rsplit('/').next()).filter(|class| !class.is_empty()) {
        Some(class) => format!("{word} {class}"),
        None => word.to_owned(),
    }
}

/// Reads a duration of ISO 8601 with hours, minutes and seconds, such as `PT1M0.139852446S`, in nanoseconds.
fn iso_duration(text: &str) -> Option<i128> {
    let mut rest = text.strip_prefix("PT")?;
    let mut nanos = 0;
    for (unit, seconds) in [('H', 3_600), ('M', 60), ('S', 1)] {
        if let Some((value, after)) = rest.split_once(unit) {
            nanos += number::nanos(value, SECOND * seconds)?;
            rest = after;
        }
    }
    rest.is_empty().then_some(nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_ends_with_the_first_event_beyond_the_bound() {
        let event = |kind: &str| {
            let values =
                r#"{"startTime":"2026-11-25T02:49:55Z","duration":"PT1S","eventThread":{"javaThreadId":1}}"#;
            format!(r#"{{"type":"{kind}","values":{values}}}"#)
        };
        let events =
            [event("app.Build"), event("jdk.ThreadPark"), event("app.Build"), "7".to_owned()].join(",");
        let text = format!(r#"{{"recording":{{"events":[{events}]}}}}"#);
        let refusal = |max| {
            let mut findings = Findings::default();
            assert!(read_events(&text, max, &mut findings).is_none());
            findings.close("x", &text).to_string()
        };
        assert!(refusal(2).contains("more than 2 events with a duration"), "{}", refusal(2));
        assert!(refusal(3).contains("the recording cannot be read: invalid type"), "{}", refusal(3));
    }

    #[test]
    fn durations_of_java_are_exact() {
        for (text, nanos) in [
            ("PT0.139852446S", Some(139_852_446)),
            ("PT1M0.5S", Some(60_500_000_000)),
            ("PT2H", Some(7_200_000_000_000)),
            ("PT0S", Some(0)),
            ("0.5 s", None),
            ("PT5", None),
        ] {
            assert_eq!(iso_duration(text), nanos, "{text}");
        }
    }

    #[test]
    fn only_waits_within_a_task_are_its_steps() {
        let tasks = [(0, 10, 20), (0, 30, 40), (1, 10, 50)];
        let within = |thread, from, to| lies_within_a_task(&Wait { thread, name: 0, from, to }, &tasks);
        assert!(within(0, 10, 20) && within(0, 31, 35) && within(1, 12, 50));
        assert!(!within(0, 20, 30) && !within(0, 15, 25) && !within(0, 5, 15) && !within(2, 10, 20));
    }
}
