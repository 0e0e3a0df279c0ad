//! A Chrome or Perfetto trace (JSON): events as slices on threads, and arrows between them: `X`, `B`/`E`, async `b`/`e` (and
//! the older `S`/`F`), flows `s`/`t`/`f`, and the metadata that names processes and threads. Everything else (counters,
//! instants, samples) says nothing about tasks.

mod events;

use super::draft::count;
use super::findings::Findings;
use super::inference::{Inference, Provenance};
use super::reading::{MAX_RECORDS, Reading};
use super::spans;
use super::spans::pairs::{OpenSlices, PairError};
use super::spans::record::{Flow, Names, Own, Process, Record, Slice, Thread};
use crate::model::time::{Duration, SECOND};
use events::{Event, Events, micros, text};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::ops::Range;

/// Nothing is traced for longer, in nanoseconds.
const TOO_LONG: i128 = 10 * 366 * 86_400 * SECOND as i128;

/// Reads a trace.
pub(super) fn read(text: &str, findings: &mut Findings) -> Option<Reading> {
    let mut inferences = Vec::new();
    let record = read_record(text, MAX_RECORDS, findings, &mut inferences)?;
    spans::scenario(record, findings, inferences)
}

/// The reading of a trace.
struct Recorder {
    record: Record,
    threads: HashMap<(u32, String), u32>,
    processes: HashMap<String, u32>,
    arrows: Names,
    open: OpenSlices,
    last: i64,
    unmatched: Unmatched,
    totals: usize,
}

/// Ends without a begin, and the place of the first.
#[derive(Default)]
struct Unmatched {
    count: usize,
    first: Option<Range<usize>>,
    others: usize,
}

/// Reads all events, and no further than to the first for which there is no room among `max`.
fn read_record(
    source: &str,
    max: usize,
    findings: &mut Findings,
    inferences: &mut Vec<Inference>,
) -> Option<Record> {
    let mut events = Events::open(source, findings)?;
    let mut recorder = Recorder {
        record: Record::default(),
        threads: HashMap::new(),
        processes: HashMap::new(),
        arrows: Names::default(),
        open: OpenSlices::default(),
        last: 0,
        unmatched: Unmatched::default(),
        totals: 0,
    };
    while let Some((event, place)) = events.next(findings) {
        if let Some(what) = recorder.excess(max) {
            let help = "record less, or cut out the part of the run that matters";
            findings.error(place, format!("more than {what}"), help);
            break;
        }
        recorder.event(&event, place, &events, findings);
    }
    if findings.has_errors() {
        return None;
    }
    recorder.finish(findings, inferences)
}

impl Recorder {
    /// What there is no room for any more.
    fn excess(&self, max: usize) -> Option<String> {
        let spans = self.record.slices.len() + self.open.len() + self.record.flows.len();
        if spans >= max {
            return Some(format!("{} and arrows", count(max, "span")));
        }
        let kept = [(self.record.threads.len(), "thread"), (self.record.processes.len(), "process id")];
        kept.into_iter().find(|(number, _)| *number >= max).map(|(_, noun)| count(max, noun))
    }

    fn event(
        &mut self,
        event: &Event<'_>,
        place: Range<usize>,
        events: &Events<'_>,
        findings: &mut Findings,
    ) {
        let phase = text(event.get("ph"));
        let known = matches!(&*phase, "X" | "B" | "E" | "b" | "e" | "S" | "F" | "s" | "t" | "f");
        if phase == "M" {
            self.metadata(event);
            return;
        }
        if !known {
            if phase.is_empty() {
                let help = "`ph` says what an event is: X, B, E, b, e, s, t, f or M";
                findings.error(place, "this event has no phase (`ph`)", help);
            }
            self.unmatched.others += 1;
            return;
        }
        let Some(at) = time(event.get("ts"), "ts", &place, events, findings) else { return };
        self.last = self.last.max(at);
        match &*phase {
            // Clang's `-ftime-trace` ends with sums over all spans of a name, each on a thread of its own.
            "X" if is_total(event) => self.totals += 1,
            "X" => {
                let Some(length) = time(event.get("dur"), "dur", &place, events, findings) else { return };
                self.complete(event, at, length);
            }
            "B" | "E" => {
                let thread = self.thread(event, None);
                self.nested(event, thread, at, phase == "B", place, findings);
            }
            "b" | "e" | "S" | "F" => {
                let track = format!("{}\u{1f}{}", text(event.get("cat")), id(event));
                let thread = self.thread(event, Some(track));
                self.nested(event, thread, at, matches!(&*phase, "b" | "S"), place, findings);
            }
            _ => self.flow(event, &phase, at),
        }
    }

    fn complete(&mut self, event: &Event<'_>, at: i64, length: i64) {
        let thread = self.thread(event, None);
        let own = match &*text(event.get("cat")) {
            "task" => self.own_task(&event.args()),
            "state" if self.record.is_own => Own::State,
            _ => Own::Foreign,
        };
        let name = self.record.names.number(&text(event.get("name")));
        let cpu = event
            .get("tdur")
            .and_then(micros)
            .and_then(|cpu| i64::try_from(cpu).ok())
            .filter(|cpu| *cpu >= 0);
        self.last = self.last.max(at + length);
        self.bound(event, thread, at);
        self.record.slices.push(Slice { thread, name, from: at, to: at + length, own, cpu });
    }

    fn own_task(&mut self, args: &Event<'_>) -> Own {
        let kind = text(args.get("type"));
        if kind.is_empty() {
            return Own::Foreign;
        }
        self.record.is_own = true;
        let submitted = args.get("submitted").and_then(micros).and_then(|at| i64::try_from(at).ok());
        let is_unfinished = text(args.get("unfinished")) == "true";
        Own::Task { kind: self.record.names.number(&kind), submitted, is_unfinished }
    }

    /// A begin or an end on a thread.
    fn nested(
        &mut self,
        event: &Event<'_>,
        thread: u32,
        at: i64,
        begins: bool,
        place: Range<usize>,
        findings: &mut Findings,
    ) {
        if begins {
            let name = self.record.names.number(&text(event.get("name")));
            self.open.begin(thread, name, at);
            return;
        }
        match self.open.end(thread, at) {
            Ok(slice) => self.record.slices.push(slice),
            Err(PairError::NoBegin) => {
                self.unmatched.count += 1;
                self.unmatched.first.get_or_insert(place);
            }
            Err(PairError::Backwards(nanos)) => {
                let back = Duration(nanos);
                let message = format!("this end comes {back} before its begin: the events are not in order");
                findings.error(place, message, "sort the begins and ends of each thread by `ts`");
            }
        }
    }

    fn flow(&mut self, event: &Event<'_>, phase: &str, at: i64) {
        let key = format!("{}\u{1f}{}\u{1f}{}", text(event.get("cat")), text(event.get("name")), id(event));
        let (thread, arrow) = (self.thread(event, None), self.arrows.number(&key));
        let encloses = phase == "s" || text(event.get("bp")) == "e";
        self.record.flows.push(Flow { arrow, thread, at, encloses });
    }

    /// The newer form of an arrow: a slice says itself that one leaves or reaches it.
    fn bound(&mut self, event: &Event<'_>, thread: u32, at: i64) {
        let says = |key: &str| text(event.get(key)) == "true";
        if let Some(id) = event.get("bind_id").filter(|_| says("flow_in") || says("flow_out")) {
            let arrow = self.arrows.number(&text(Some(id)));
            self.record.flows.push(Flow { arrow, thread, at, encloses: true });
        }
    }

    fn metadata(&mut self, event: &Event<'_>) {
        let args = event.args();
        match &*text(event.get("name")) {
            "process_name" => {
                let process = self.process(event);
                self.record.processes[process as usize].name = text(args.get("name")).into_owned();
            }
            "process_labels" => {
                let process = self.process(event);
                self.record.processes[process as usize].labels = text(args.get("labels")).into_owned();
            }
            "thread_name" => {
                let thread = self.thread(event, None);
                self.record.threads[thread as usize].name = text(args.get("name")).into_owned();
            }
            _ => {}
        }
    }

    fn process(&mut self, event: &Event<'_>) -> u32 {
        let id = text(event.get("pid"));
        if let Some(number) = self.processes.get(&*id) {
            return *number;
        }
        let number = self.record.processes.len() as u32;
        self.record.processes.push(Process { id: id.clone().into_owned(), ..Process::default() });
        self.processes.insert(id.into_owned(), number);
        number
    }

    /// The thread of an event, or the track of an async operation.
    fn thread(&mut self, event: &Event<'_>, track: Option<String>) -> u32 {
        let process = self.process(event);
        let key = track.clone().unwrap_or_else(|| text(event.get("tid")).into_owned());
        let number = self.record.threads.len() as u32;
        let found = *self.threads.entry((process, key)).or_insert(number);
        if found == number {
            let category = track.map(|track| track.split('\u{1f}').next().unwrap_or("").to_owned());
            self.record.threads.push(Thread { process, name: String::new(), track: category });
        }
        found
    }

    /// Ends what has not ended, and says what is odd.
    fn finish(mut self, findings: &mut Findings, inferences: &mut Vec<Inference>) -> Option<Record> {
        let open = self.open.close(self.last);
        let endless = open.len();
        self.record.slices.extend(open);
        let mut say = |how: Provenance, text: String| inferences.push(Inference { how, text });
        if endless > 0 {
            let last = Duration(self.last.max(0) as u64);
            say(
                Provenance::Assumed,
                format!(
                    "{} without an end, taken to end with the trace, at {last} of its clock",
                    count(endless, "span")
                ),
            );
        }
        if let Unmatched { count: ends, first: Some(first), .. } = &self.unmatched {
            let message = format!("{} without a begin, this is the first: left out", count(*ends, "end"));
            findings.warn(
                first.clone(),
                message,
                "they began before the recording did, or begins are missing",
            );
        }
        if self.unmatched.others > 0 {
            let others = count(self.unmatched.others, "event");
            say(
                Provenance::Lost,
                format!("{others} with nothing about tasks: counters, instants and the like"),
            );
        }
        if self.totals > 0 {
            let totals = count(self.totals, "span");
            say(Provenance::Lost, format!("{totals} of clang that are sums over others (`Total …`)"));
        }
        if self.record.slices.is_empty() {
            let help = "there have to be spans: X events, or pairs of B and E, or of b and e";
            findings.error(0..0, "there is no span in this trace", help);
            return None;
        }
        Some(self.record)
    }
}

/// Whether a span is one of clang's sums.
fn is_total(event: &Event<'_>) -> bool {
    text(event.get("name")).starts_with("Total ") && event.args().get("avg ms").is_some()
}

/// The id of an arrow or an async operation.
fn id(event: &Event<'_>) -> String {
    let raw = event.get("id").or(event.get("id2"));
    raw.map_or_else(String::new, |raw| raw.get().to_owned())
}

/// A time in microseconds that an event has to have.
fn time(
    raw: Option<&RawValue>,
    key: &str,
    event: &Range<usize>,
    events: &Events<'_>,
    findings: &mut Findings,
) -> Option<i64> {
    let Some(raw) = raw else {
        let help = format!("`{key}` is a number of microseconds");
        findings.error(event.start..event.start + 1, format!("this event has no `{key}`"), help);
        return None;
    };
    let place = events.place(raw);
    let shown: String = raw.get().chars().take(40).collect();
    let Some(nanos) = micros(raw) else {
        let help = "write a number of microseconds, such as 1250.5";
        findings.error(place, format!("`{key}` is not a number: {shown}"), help);
        return None;
    };
    if nanos < 0 {
        let help = if key == "dur" {
            "a span cannot take less than no time"
        } else {
            "shift all times to begin at 0"
        };
        findings.error(place, format!("`{key}` is negative: {shown}"), help);
        return None;
    }
    // Times may be since 1970 or since the machine was started; durations may not.
    if key == "dur" && nanos > TOO_LONG {
        findings.error(
            place,
            format!("`dur` is more than ten years: {shown}"),
            "it is in microseconds: is the unit wrong?",
        );
        return None;
    }
    let kept = i64::try_from(nanos).ok().filter(|nanos| *nanos < i64::MAX / 4);
    if kept.is_none() {
        findings.error(
            place,
            format!("`{key}` is too large: {shown}"),
            "it is in microseconds: is the unit wrong?",
        );
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with these events, of which at most three may make something.
    fn refused(event: impl Fn(usize) -> String) -> String {
        let events: Vec<String> = (0..100).map(event).collect();
        let text = format!("[{}]", events.join(","));
        let mut findings = Findings::default();
        assert!(read_record(&text, 3, &mut findings, &mut Vec::new()).is_none());
        findings.close("x", &text).to_string()
    }

    #[test]
    fn reading_ends_with_the_first_event_for_which_there_is_no_room() {
        let event = |phase: &str, n: usize| {
            format!(r#"{{"ph":"{phase}","name":"a","pid":1,"tid":{n},"ts":{n},"dur":1}}"#)
        };
        for phase in ["X", "B", "s"] {
            let why = refused(|n| event(phase, if phase == "X" { n } else { 1 }));
            assert!(why.contains("more than 3 spans and arrows"), "{phase}: {why}");
        }
        // Ends alone make no span, and names alone no event.
        let why = refused(|n| event("E", n));
        assert!(why.contains("more than 3 threads"), "{why}");
        let why =
            refused(|n| format!(r#"{{"ph":"M","name":"process_name","pid":{n},"args":{{"name":"a"}}}}"#));
        assert!(why.contains("more than 3 process ids"), "{why}");
    }
}
