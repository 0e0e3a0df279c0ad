//! `threadbare export`: each format has what its reader needs.

use crate::cli::{folder, threadbare};
use serde_json::Value;

#[test]
fn chrome_has_named_tracks_and_complete_spans() {
    let ran = threadbare(&["export", "nova-build-deadlock", "--variant", "timeout", "--format", "chrome"]);
    assert_eq!(ran.code, 0, "the outcome is no concern of an export: {}", ran.err);
    let file: Value = serde_json::from_str(&ran.out).expect("JSON");
    let events = file["traceEvents"].as_array().expect("a list of events");
    let named = |phase: &str| events.iter().filter(move |event| event["ph"] == phase).count();
    assert!(named("X") >= 5, "spans");
    assert!(named("M") > 0, "names of tracks");
    assert!(named("C") > 0, "counters of queues");
    assert!(named("s") > 0 && named("s") == named("f"), "arrows");
    assert!(events.iter().any(|event| event["args"]["name"].as_str().is_some_and(|n| n.contains("default"))));
}

#[test]
fn csv_has_a_line_an_event() {
    let ran = threadbare(&["export", "nova-build-deadlock", "--format", "csv"]);
    assert_eq!(ran.code, 0);
    let run = threadbare(&["run", "nova-build-deadlock", "--json"]).out;
    let run: Value = serde_json::from_str(&run).expect("JSON");
    assert_eq!(ran.out.lines().count() as u64, 1 + run["events"].as_u64().expect("a count"));
    let columns = ran.out.lines().next().expect("a heading").split(',').count();
    assert!(columns >= 5, "{}", ran.out);
}

#[test]
fn json_is_what_run_prints_and_a_trace_can_be_exported_again() {
    let folder = folder("export");
    let path = folder.join("run.trace");
    let path = path.to_str().expect("UTF-8");
    let arguments = ["export", "nova-build-deadlock", "--variant", "timeout", "--seed", "5"];
    assert_eq!(threadbare(&[&arguments[..], &["--format", "trace", "--output", path]].concat()).code, 0);
    let printed =
        threadbare(&["run", "nova-build-deadlock", "--variant", "timeout", "--seed", "5", "--json"]);
    let exported = threadbare(&["export", path, "--format", "json"]);
    let facts = |out: &str| out.split_once(',').expect("its file, then the facts").1.to_owned();
    assert_eq!(facts(&exported.out), facts(&printed.out));
    assert_eq!(threadbare(&["export", path, "--format", "json", "--seed", "6"]).code, 2);
}

#[test]
fn a_format_is_asked_for_and_unknown_ones_are_refused() {
    assert_eq!(threadbare(&["export", "lock-order"]).code, 2);
    let ran = threadbare(&["export", "lock-order", "--format", "pdf"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("chrome"), "{}", ran.err);
}
