//! Tables of known tools: which column is what, and in which unit, where a header alone does not say so.
//!
//! A tool is told by the names of columns that no other tool has together, or, where it writes no header, by its first
//! row. Tables that hold no single tasks (running totals, summaries) are known as well, and refused with the reason.

use super::super::number::Unit;

/// A column of a known tool: its name and the unit of its numbers.
pub(super) type ToolColumn = Option<(&'static str, Option<Unit>)>;

/// Rows of a table that are no tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowFilter {
    /// Only rows that have one of these values in this column.
    Only(&'static str, &'static [&'static str], &'static str),
    /// No rows with this character in this column.
    Without(&'static str, u8, &'static str),
}

/// What a tool's table looks like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tool {
    pub name: &'static str,
    /// Columns that are all there.
    marks: &'static [&'static str],
    pub arrival: ToolColumn,
    /// How long a task was queued before its start.
    pub queued: ToolColumn,
    pub start: ToolColumn,
    pub end: ToolColumn,
    pub duration: ToolColumn,
    pub kind: ToolColumn,
    pub pool: ToolColumn,
    pub filter: Option<RowFilter>,
    /// Its rows are in order of something other than time.
    pub is_unsorted: bool,
    /// It writes no header: these are its columns.
    pub names: &'static [&'static str],
}

const NO_TOOL: Tool = Tool {
    name: "",
    marks: &[],
    arrival: None,
    queued: None,
    start: None,
    end: None,
    duration: None,
    kind: None,
    pool: None,
    filter: None,
    is_unsorted: true,
    names: &[],
};

const MILLIS: Option<Unit> = Some(Unit::Millis);
const SECONDS: Option<Unit> = Some(Unit::Seconds);
const NANOS: Option<Unit> = Some(Unit::Nanos);

/// Tools whose tables have a header.
const WITH_HEADER: [Tool; 7] = [
    Tool {
        name: "JMeter",
        marks: &["timeStamp", "elapsed", "label", "responseCode"],
        start: Some(("timeStamp", MILLIS)),
        duration: Some(("elapsed", MILLIS)),
        kind: Some(("label", None)),
        ..NO_TOOL
    },
    // "ab -g" writes the rows in order of `ttime`.
    Tool {
        name: "ApacheBench (ab -g)",
        marks: &["starttime", "seconds", "ctime", "dtime", "ttime", "wait"],
        start: Some(("seconds", SECONDS)),
        duration: Some(("ttime", MILLIS)),
        ..NO_TOOL
    },
    Tool {
        name: "hey",
        marks: &["response-time", "DNS+dialup", "Response-delay", "offset"],
        start: Some(("offset", SECONDS)),
        duration: Some(("response-time", SECONDS)),
        ..NO_TOOL
    },
    // A sample of k6 has the time at which its request ended.
    Tool {
        name: "k6",
        marks: &["metric_name", "timestamp", "metric_value"],
        end: Some(("timestamp", None)),
        duration: Some(("metric_value", MILLIS)),
        kind: Some(("name", None)),
        filter: Some(RowFilter::Only(
            "metric_name",
            &["http_req_duration", "grpc_req_duration"],
            "samples of other metrics than `http_req_duration` and `grpc_req_duration`",
        )),
        ..NO_TOOL
    },
    Tool {
        name: "Slurm (sacct)",
        marks: &["JobID", "Submit", "Start", "End"],
        arrival: Some(("Submit", None)),
        start: Some(("Start", None)),
        end: Some(("End", None)),
        kind: Some(("JobName", None)),
        pool: Some(("Partition", None)),
        filter: Some(RowFilter::Without("JobID", b'.', "steps within a job")),
        ..NO_TOOL
    },
    // A GitLab job is created with its pipeline, and queued when the stages before it are done.
    Tool {
        name: "GitLab",
        marks: &["created_at", "started_at", "finished_at", "queued_duration"],
        queued: Some(("queued_duration", SECONDS)),
        start: Some(("started_at", None)),
        end: Some(("finished_at", None)),
        kind: Some(("name", None)),
        ..NO_TOOL
    },
    Tool {
        name: "Airflow",
        marks: &["dag_id", "task_id", "start_date", "end_date"],
        arrival: Some(("queued_dttm", None)),
        start: Some(("start_date", None)),
        end: Some(("end_date", None)),
        kind: Some(("task_id", None)),
        pool: Some(("pool", None)),
        ..NO_TOOL
    },
];

/// `vegeta encode --to csv`.
const VEGETA: Tool = Tool {
    name: "vegeta",
    start: Some(("timestamp", NANOS)),
    duration: Some(("latency", NANOS)),
    kind: Some(("attack", None)),
    names: &[
        "timestamp",
        "code",
        "latency",
        "bytes_out",
        "bytes_in",
        "error",
        "body",
        "attack",
        "seq",
        "method",
        "url",
        "headers",
    ],
    ..NO_TOOL
};

/// `.ninja_log`.
const NINJA: Tool = Tool {
    name: "Ninja",
    start: Some(("start", MILLIS)),
    end: Some(("end", MILLIS)),
    kind: Some(("output", None)),
    names: &["start", "end", "mtime", "output", "command_hash"],
    ..NO_TOOL
};

/// Tables of Locust that are no list of requests.
const LOCUST_TOTALS: [&[&str]; 2] = [
    &["User Count", "Requests/s", "Total Request Count"],
    &["Request Count", "Failure Count", "Median Response Time"],
];

/// Columns of percentiles from which on a table is a summary.
const MIN_PERCENTILES: usize = 2;

/// The tool that writes these columns.
pub(super) fn with_header(names: &[&str]) -> Option<Tool> {
    WITH_HEADER.into_iter().find(|tool| tool.marks.iter().all(|mark| names.contains(mark)))
}

/// The tool that writes a table without a header, from how it begins and its first row.
pub(super) fn without_header(text: &str, first: &[&str]) -> Option<Tool> {
    let is_number = |at: usize| first.get(at).is_some_and(|field| field.parse::<u64>().is_ok());
    if text.starts_with("# ninja log v") {
        return Some(NINJA);
    }
    let is_moment = first.first().is_some_and(|field| field.len() == 19) && is_number(0);
    let is_vegeta = first.len() == VEGETA.names.len() && is_moment && is_number(1) && is_number(2);
    is_vegeta.then_some(VEGETA)
}

/// Why a table of these columns has no tasks, and what to give instead.
pub(super) fn why_no_tasks(names: &[&str]) -> Option<(&'static str, &'static str)> {
    if LOCUST_TOTALS.iter().any(|marks| marks.iter().all(|mark| names.contains(mark))) {
        return Some((
            "this is a summary of Locust: each row has totals of many requests, not one request",
            "write a row for each request from Locust's `request` event: start_time, response_time_ms, name",
        ));
    }
    (names.iter().filter(|name| is_percentile(name)).count() >= MIN_PERCENTILES).then_some((
        "this is a summary: its columns are percentiles of many tasks, not one task a row",
        "give the table that the summary was made of, with a row for each task",
    ))
}

/// `99%`, `p95`, `90% Line`, `P99.9 (ms)`, `50th`.
fn is_percentile(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    let (rest, has_p) = name.strip_prefix('p').map_or((name.as_str(), false), |rest| (rest, true));
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    let is_share = rest[..end].parse::<f64>().is_ok_and(|share| share <= 100.0);
    let has_sign = rest[end..].starts_with('%') || rest[end..].starts_with("th");
    let ends = rest[end..].is_empty() || rest[end..].starts_with([' ', '_', '(']);
    is_share && (has_sign || (has_p && ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_make_a_summary() {
        for name in ["99%", "p95", "90% Line", "P99.9 (ms)", "50th"] {
            assert!(is_percentile(name), "{name}");
        }
        for name in ["p", "pool", "duration", "1", "priority", "100", "p200"] {
            assert!(!is_percentile(name), "{name}");
        }
        assert_eq!(why_no_tasks(&["name", "p50"]), None);
        assert!(why_no_tasks(&["name", "p50", "p99"]).is_some());
    }
}
