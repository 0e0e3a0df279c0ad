//! What a recording is, from how it begins; and what is known, but not read, with the reason and what to give instead.

use super::reading::Format;
use super::{dump, flight, nova, oslo, recorded};

/// Characters that are looked at: a log may be long before its first line of interest.
const LOOK: usize = 1 << 16;

/// What is read, in a sentence.
pub(super) const READ: &str = "give a CSV, a trace (Chrome, OpenTelemetry, Jaeger, a recorder's), a thread dump, or a log of Nova or \
                               oslo.log";

/// A recording that is not read: what it is and why, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub message: &'static str,
    pub help: &'static str,
}

const fn refusal(message: &'static str, help: &'static str) -> Refusal {
    Refusal { message, help }
}

/// Files that are no text, by their first bytes.
const BINARY: [(&[u8], Refusal); 10] = [
    (b"PK\x03\x04", refusal("this is a ZIP archive", "unpack it, and give the recording in it")),
    (
        b"\x28\xb5\x2f\xfd",
        refusal("this is compressed with Zstandard", "unpack it: zstd -d FILE; gzip is read as it is"),
    ),
    (b"BZh", refusal("this is compressed with bzip2", "unpack it: bunzip2 FILE; gzip is read as it is")),
    (b"\xfd7zXZ", refusal("this is compressed with xz", "unpack it: unxz FILE; gzip is read as it is")),
    (
        b"PAR1",
        refusal("this is a Parquet file", "write it as CSV with a row for each task: start, duration, type"),
    ),
    (
        b"SQLite format 3",
        refusal("this is an SQLite database", "write the table of tasks as CSV: start, duration, type"),
    ),
    (
        b"FLR\0",
        refusal("this is a binary recording of Java's Flight Recorder", "print it: jfr print --json FILE"),
    ),
    (b"JAVA PROFILE", refusal("this is a heap dump of Java", "give a thread dump: jcmd PID Thread.print")),
    (
        b"\x7fELF",
        refusal(
            "this is a program or a core dump",
            "give a thread dump of the running process: py-spy, jstack",
        ),
    ),
    (
        b"\xd4\xc3\xb2\xa1",
        refusal("this is a packet capture", "a capture has packets, not tasks: give a trace or a table"),
    ),
];

/// Why bytes are not read, if they are known as something else.
pub(super) fn why_not_binary(bytes: &[u8]) -> Option<Refusal> {
    BINARY.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, refusal)| *refusal)
}

/// Why a text is not read, if it is known as something else.
pub(super) fn why_not(text: &str) -> Option<Refusal> {
    let head = head(text);
    let start = head.trim_start();
    let has = |key: &str| start.contains(key);
    if start.starts_with('{') || start.starts_with('[') {
        return why_not_json(start);
    }
    if start.starts_with("<!DOCTYPE") || start.starts_with("<html") || start.starts_with("<?xml") {
        return Some(refusal("this is HTML or XML", READ));
    }
    if has("# HELP ") && has("# TYPE ") {
        let message = "these are metrics of Prometheus: sums and counts, not single tasks";
        return Some(refusal(
            message,
            "give a trace, or a table with a row for each task: start, duration, type",
        ));
    }
    if start.lines().any(|line| line.starts_with("#0  0x")) {
        return Some(refusal(
            "this is a backtrace of gdb, which does not know the tasks of a runtime",
            "give a thread dump of the runtime: py-spy dump, faulthandler, jstack, or SIGQUIT for Go",
        ));
    }
    if start.lines().take(20).any(is_access_log) {
        return Some(refusal(
            "this is an access log: it says when requests came, not how long they took",
            "log the duration as well ($msec and $request_time in nginx, %{msec}t and %D in Apache), separated by commas, with a \
             header: end,duration_s,type",
        ));
    }
    let is_folded = |line: &str| {
        line.rsplit_once(' ')
            .is_some_and(|(stack, count)| stack.contains(';') && count.parse::<u64>().is_ok())
    };
    let mut lines = start.lines().filter(|line| !line.is_empty()).take(5).peekable();
    if lines.peek().is_some() && lines.all(is_folded) {
        let message =
            "these are samples of stacks (for a flame graph): they show where time goes, not single tasks";
        return Some(refusal(message, "give a trace with spans, or a thread dump"));
    }
    None
}

fn why_not_json(start: &str) -> Option<Refusal> {
    let has = |key: &str| start.contains(key);
    if has("speedscope.app/file-format-schema")
        || has("\"stackFrames\"")
        || has("\"nodes\":[{\"id\":1,\"callFrame\"")
    {
        let message = "this is a sampled profile: it shows where time goes, not single tasks";
        return Some(refusal(message, "record spans: viztracer, OpenTelemetry, or a recorder of Threadbare"));
    }
    if has("\"log\"") && has("\"creator\"") && has("\"entries\"") {
        return Some(refusal(
            "this is an HTTP archive (HAR), which is not read",
            "write its entries as CSV: startedDateTime, time_ms, url",
        ));
    }
    if start.starts_with('[') && has("\"traceId\"") && has("\"localEndpoint\"") {
        return Some(refusal(
            "this is a trace of Zipkin, which is not read",
            "export it as Jaeger JSON or as OTLP JSON",
        ));
    }
    None
}

/// `10.0.0.1 - - [25/Nov/2026:02:49:55 +0000] "GET / HTTP/1.1" 200 612`.
fn is_access_log(line: &str) -> bool {
    let Some((before, rest)) = line.split_once(" [") else { return false };
    let Some((time, request)) = rest.split_once("] \"") else { return false };
    let is_time = time.len() > 20 && time.as_bytes().get(2) == Some(&b'/');
    is_time && before.split(' ').count() >= 3 && request.contains(" HTTP/")
}

/// Whether a text is surely a recording: JSON may be a scenario as well, and plain text anything.
pub(super) fn is_recording(text: &str) -> bool {
    match format_of(text) {
        Format::Chrome => text.trim_start().starts_with('[') || text.contains("\"traceEvents\""),
        Format::Csv => false,
        Format::Recording
        | Format::OpenTelemetry
        | Format::Jaeger
        | Format::FlightRecorder
        | Format::Perfetto
        | Format::NovaLog
        | Format::OsloLog
        | Format::ThreadDump => true,
    }
}

/// What a text is, from what it begins with.
pub(super) fn format_of(text: &str) -> Format {
    let head = head(text);
    let start = head.trim_start();
    if dump::kind_of(head).is_some() {
        return Format::ThreadDump;
    }
    if start.starts_with('{') {
        let has = |key: &str| start.contains(key);
        return if recorded::is_recording(start) {
            Format::Recording
        } else if has("\"resourceSpans\"") {
            Format::OpenTelemetry
        } else if has("\"traceID\"") && has("\"spans\"") {
            Format::Jaeger
        } else if flight::is_flight_recording(start) {
            Format::FlightRecorder
        } else {
            Format::Chrome
        };
    }
    if nova::has_states(text) {
        Format::NovaLog
    } else if oslo::looks_like_log(head) {
        Format::OsloLog
    } else if nova::looks_like_log(head) {
        Format::NovaLog
    } else if start.starts_with('[') {
        Format::Chrome
    } else {
        Format::Csv
    }
}

/// The beginning of a text.
fn head(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}');
    let mut end = text.len().min(LOOK);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
