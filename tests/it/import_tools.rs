//! Recordings of known tools: each is read with the right columns, units and pools, and runs as it was measured.

use crate::support;
use threadbare::import::{Format, Imported, Options, Provenance, Unit, import};
use threadbare::model::expectation::Statistic;
use threadbare::study::backtest::{Backtest, Quantity, backtest};
use threadbare::trace::OutcomeKind;

fn read(name: &str, text: &str) -> Imported {
    import(name, text, &Options::default()).unwrap_or_else(|problems| panic!("{name}\n{problems}"))
}

/// The imported scenario, run and held against its recording.
fn checked(imported: &Imported) -> Backtest {
    let scenario = support::scenario_of(&imported.text, "base");
    let result = backtest(&scenario, &imported.measured);
    assert_eq!(result.outcome.kind, OutcomeKind::Completed, "{}", imported.text);
    result
}

fn figure(result: &Backtest, quantity: Quantity) -> (f64, f64) {
    let one = result.comparisons.iter().find(|one| one.quantity == quantity).expect("it was measured");
    (one.measured, one.simulated.expect("it was simulated"))
}

fn says(imported: &Imported, how: Provenance, words: &str) -> bool {
    imported.inferences.iter().any(|inference| inference.how == how && inference.text.contains(words))
}

/// Milliseconds of the simulated makespan, and the names of the task types.
fn shape(imported: &Imported) -> (u64, Vec<&str>) {
    let (_, makespan) = figure(&checked(imported), Quantity::Makespan);
    let names = imported.measured.tasks.iter().map(|task| task.name.as_str()).collect();
    ((makespan * 1e3).round() as u64, names)
}

#[test]
fn load_tests_are_read_in_milliseconds() {
    for (name, text, makespan, kinds) in [
        ("jmeter.jtl", include_str!("../recordings/jmeter.jtl"), 394, vec!["get_1KiB_html"]),
        ("ab.tsv", include_str!("../recordings/ab.tsv"), 1_112, vec!["task"]),
        ("k6.csv", include_str!("../recordings/k6.csv"), 1_114, vec!["https_h_post"]),
        ("hey.csv", include_str!("../recordings/hey.csv"), 41, vec!["task"]),
    ] {
        let imported = read(name, text);
        assert_eq!(shape(&imported), (makespan, kinds), "{name}\n{}", imported.text);
        assert!(checked(&imported).beyond(0.02).is_empty(), "{name}");
    }
    let k6 = read("k6.csv", include_str!("../recordings/k6.csv"));
    assert!(says(&k6, Provenance::Lost, "4 rows left out"), "{:?}", k6.inferences);
}

#[test]
fn tables_without_a_header_are_known_by_their_first_row() {
    let vegeta = "\
1764038923456000000,200,12000000,0,10,\"\",b2s=,attack,0,GET,http://h/,
1764038923556000000,200,15000000,0,10,\"\",b2s=,attack,1,GET,http://h/,
";
    assert_eq!(shape(&read("vegeta.csv", vegeta)), (115, vec!["attack"]));
    let ninja = "# ninja log v5\n3\t1520\t0\ta.o\tdeadbeef\n4\t2210\t0\tb.o\tdeadbee0\n";
    assert_eq!(shape(&read(".ninja_log", ninja)), (2_207, vec!["a_o", "b_o"]));
}

#[test]
fn batch_systems_name_their_pools_and_leave_what_has_not_ended() {
    let airflow = read("airflow_ti.csv", include_str!("../recordings/airflow_ti.csv"));
    assert!(says(&airflow, Provenance::Lost, "1 row without an end"), "{:?}", airflow.inferences);
    let pools: Vec<&str> = airflow.measured.pools.iter().map(|pool| pool.name.as_str()).collect();
    assert_eq!(pools, ["default_pool", "sensors"]);
    assert_eq!(shape(&airflow).1, ["extract", "wait_upstream"]);
    // Airflow's scheduler let the task wait for 4.38 s although the pool had room: a model without it is told to differ.
    let result = checked(&airflow);
    let (measured, simulated) = figure(&result, Quantity::Latency(Statistic::Mean));
    assert!((measured - 64.38).abs() < 1e-9 && (simulated - 60.0).abs() < 1e-9, "{measured} {simulated}");
    let source = result.largest.expect("it differs");
    let wait = source.wait_difference.expect("submissions were recorded");
    assert!((wait - source.mean_difference).abs() < 1e-9, "{source:?}");

    let gitlab = read("gitlab_jobs.csv", include_str!("../recordings/gitlab_jobs.csv"));
    assert!(says(&gitlab, Provenance::Lost, "1 row without a start"), "{:?}", gitlab.inferences);
    assert_eq!(shape(&gitlab), (736_000, vec!["build_amd64", "build_arm64", "test"]));

    let sacct = read("sacct.txt", include_str!("../recordings/sacct.txt"));
    assert!(says(&sacct, Provenance::Lost, "steps within a job"), "{:?}", sacct.inferences);
    assert_eq!(shape(&sacct).1, ["align", "call"]);
}

#[test]
fn summaries_are_refused_with_the_reason() {
    for (text, reason) in [
        (include_str!("../recordings/locust_history.csv"), "a summary of Locust"),
        ("Label,# Samples,Average,Median,90% Line,95% Line\na,1,2,3,4,5\n", "its columns are percentiles"),
    ] {
        let problems = import("summary.csv", text, &Options::default()).expect_err("it has no tasks");
        assert!(problems.list[0].message.contains(reason), "{problems}");
    }
}

#[test]
fn a_unit_is_asked_for_where_nothing_tells_it() {
    let text = "started,took,type\n2026-11-25T02:49:55Z,120,a\n2026-11-25T02:49:56Z,80,a\n";
    let problems = import("x.csv", text, &Options::default()).expect_err("no unit");
    assert!(problems.list[0].message.contains("nothing says the unit of `took`"), "{problems}");
    let options = Options { unit: Some(Unit::Millis), ..Options::default() };
    assert_eq!(shape(&import("x.csv", text, &options).expect("a unit")), (1_080, vec!["a"]));
    // With an end the three have to fit; milliseconds since 1970 have durations in milliseconds.
    for text in [
        "started,took,ended\n2026-11-25T02:49:55Z,1000,2026-11-25T02:49:56Z\n",
        "started,took\n1764038923456,1000\n",
        "started,took,ended\n1764038923,1000,1764038924\n",
    ] {
        assert_eq!(shape(&read("x.csv", text)).0, 1_000, "{text}");
    }
}

#[test]
fn a_type_is_a_column_that_is_called_so() {
    let text = "start_ms,elapsed_ms,dataType,hostname,label\n0,5,text,h1,a\n1,5,text,h2,b\n";
    assert_eq!(shape(&read("x.csv", text)).1, ["a", "b"]);
}

#[test]
fn an_async_operation_and_a_span_of_one_name_are_two_types() {
    for (name, text, kinds) in [
        ("min_mixed.json", include_str!("../recordings/min_mixed.json"), 2),
        ("min_async.json", include_str!("../recordings/min_async.json"), 1),
    ] {
        let imported = read(name, text);
        let (makespan, names) = shape(&imported);
        assert_eq!((makespan, names.len()), (102, kinds), "{name}\n{}", imported.text);
    }
}

#[test]
fn builds_are_read_and_sums_of_clang_are_no_tasks() {
    assert_eq!(shape(&read("ninja.json", include_str!("../recordings/ninja.json"))).0, 3_498);
    let clang = read("clang.json", include_str!("../recordings/clang.json"));
    assert_eq!(shape(&clang), (1_203, vec!["ExecuteCompiler"]));
    assert!(says(&clang, Provenance::Lost, "3 spans of clang"), "{:?}", clang.inferences);
}

#[test]
fn what_a_recorder_wrote_is_read_and_runs_as_it_was() {
    for (name, text) in [
        ("four", include_str!("../recordings/recorded_four.jsonl")),
        ("healthy", include_str!("../recordings/recorded_healthy.jsonl")),
    ] {
        let imported = read(name, text);
        assert_eq!(imported.format, Format::Recording);
        let result = checked(&imported);
        let beyond = result.beyond(0.02);
        assert!(beyond.is_empty(), "{name}: {beyond:?}\n{}", imported.text);
        assert_eq!(shape(&imported).1, ["build", "net"], "{name}");
        assert!(imported.text.contains("wait net"), "{name}\n{}", imported.text);
        // Four are submitted at once, and one worker is free: three wait, and that is not odd.
        assert!(
            !says(&imported, Provenance::Unknown, "although a worker was idle"),
            "{name}: {:?}",
            imported.inferences
        );
    }
}

#[test]
fn coroutines_that_were_recorded_keep_their_waits() {
    let imported = read("aio", include_str!("../recordings/recorded_aio.jsonl"));
    for step in ["wait child_1 child_2 child_3 child_4", "submit sleep to asyncio_2", "wait sleep"] {
        assert!(imported.text.contains(step), "{step}\n{}", imported.text);
    }
    // Which of five children took how long is drawn, and the slowest is not the last again.
    let (measured, simulated) = figure(&checked(&imported), Quantity::Makespan);
    assert!((simulated / measured - 1.0).abs() < 0.1, "{simulated} for {measured}");
}

#[test]
fn recorded_locks_are_taken_in_their_order_and_deadlock_if_they_did() {
    let ordered = read("locks", include_str!("../recordings/recorded_locks.jsonl"));
    for line in ["[locks.locks_py_5]", "[semaphores.locks_py_7]\npermits = 2", "\"unlock locks_py_6\""] {
        assert!(ordered.text.contains(line), "{line}\n{}", ordered.text);
    }
    assert!(checked(&ordered).beyond(0.05).is_empty(), "{}", ordered.text);
    let crossed = read("locks", include_str!("../recordings/recorded_locks_dead.jsonl"));
    let run = support::run(&crossed.text);
    assert_eq!(run.trace.outcome.kind, OutcomeKind::Stuck, "{}", crossed.text);
}

#[test]
fn a_recorded_deadlock_deadlocks_again() {
    let imported = read("dead", include_str!("../recordings/recorded_dead.jsonl"));
    assert!(
        says(&imported, Provenance::Read, "5 tasks waiting when the recording ended"),
        "{:?}",
        imported.inferences
    );
    let run = support::run(&imported.text);
    assert_eq!(run.trace.outcome.kind, OutcomeKind::Stuck, "{}", imported.text);
    assert_eq!(imported.measured.makespan, None, "a run that has not ended has no makespan");
}

#[test]
fn a_recording_that_contradicts_itself_is_refused_with_its_line() {
    for (lines, message) in [
        ("{\"event\":\"start\",\"time\":1,\"task\":7}\n", "task 7 was not submitted before this line"),
        ("{\"event\":\"dance\",\"time\":1}\n", "this is not an event"),
        ("{\"event\":\"end\",\"time\":-1,\"task\":7}\n", "no time: -1"),
        ("", "no task was submitted"),
    ] {
        let text = format!("{{\"threadbare_recording\": 1}}\n{lines}");
        let problems = import("x.jsonl", text, &Options::default()).expect_err("it makes no sense");
        assert!(problems.list[0].message.contains(message), "{problems}");
    }
    let newer =
        import("x.jsonl", "{\"threadbare_recording\": 9}\n", &Options::default()).expect_err("a version");
    assert!(newer.list[0].message.contains("version 9"), "{newer}");
}

#[test]
fn spans_of_services_become_executors_submissions_and_waits() {
    let otlp = read("otlp.jsonl", include_str!("../recordings/otlp.jsonl"));
    assert_eq!(otlp.format, Format::OpenTelemetry);
    assert_eq!(shape(&otlp), (310, vec!["GET_cart", "load"]), "{}", otlp.text);
    assert!(otlp.text.contains("submit load to cart") && otlp.text.contains("wait load"), "{}", otlp.text);
    assert!(checked(&otlp).beyond(0.02).is_empty(), "{}", otlp.text);

    let jaeger = read("jaeger.json", include_str!("../recordings/jaeger.json"));
    assert_eq!(jaeger.format, Format::Jaeger);
    assert_eq!(shape(&jaeger).0, 700, "{}", jaeger.text);
    assert!(jaeger.text.contains("submit SQL_SELECT to mysql"), "{}", jaeger.text);
    assert!(checked(&jaeger).beyond(0.02).is_empty(), "{}", jaeger.text);
}

#[test]
fn a_log_of_oslo_gives_locks_and_requests() {
    let imported = read("oslo.log", include_str!("../recordings/oslo.log"));
    assert_eq!(imported.format, Format::OsloLog);
    for line in ["[locks.compute_resources]", "\"lock compute_resources\"", "\"io 2s\"", "\"io 123456.7us\""]
    {
        assert!(imported.text.contains(line), "{line}\n{}", imported.text);
    }
    assert!(checked(&imported).beyond(0.02).is_empty());
}

/// Recorded with VizTracer 1.1: four requests on two workers have images resized by a pool of one, and wait for them.
#[test]
fn viztracer_shows_the_tasks_of_a_pool_of_python() {
    let imported = read("viztracer.json", include_str!("../recordings/viztracer.json"));
    assert_eq!(imported.format, Format::Chrome);
    for part in [
        "[params.api_workers]\nvalue = 2",
        "[params.images_workers]\nvalue = 1",
        "# `handle (/srv/app.py:11)` in the trace: 4 measured",
        "# `resize (/srv/app.py:8)` in the trace: 4 measured",
        ",  # time.sleep",
        ",  # Future.result",
    ] {
        assert!(imported.text.contains(part), "{part}\n{}", imported.text);
    }
    assert!(says(&imported, Provenance::Inferred, "`_worker` and `_WorkItem.run`: the loop of a worker"));
    assert!(says(&imported, Provenance::Unknown, "the trace has no arrows"), "{:?}", imported.inferences);
    assert!(checked(&imported).beyond(0.02).is_empty(), "{}", imported.text);
}

/// Recorded on OpenJDK 17: four tasks of an event class of their own on two workers, which take a lock, sleep and compute.
#[test]
fn events_of_a_program_are_tasks_and_the_waits_within_them_steps() {
    let imported = read("flight.json", include_str!("../recordings/flight_recorder.json"));
    assert_eq!(imported.format, Format::FlightRecorder);
    for line in ["kind = \"threads\"", "\"io 47475.326us\",  # lock Object", "# sleep"] {
        assert!(imported.text.contains(line), "{line}\n{}", imported.text);
    }
    assert!(
        says(&imported, Provenance::Lost, "2 waits of threads outside any task"),
        "{:?}",
        imported.inferences
    );
    assert_eq!(shape(&imported), (340, vec!["Build_2", "Build"]));
    assert!(checked(&imported).beyond(0.02).is_empty());
}

/// Written with Perfetto's own messages: interned names, a clock that counts differences in microseconds, and flows from two
/// tasks to the two that they submit, which start 5 ms later.
#[test]
fn a_binary_trace_of_perfetto_has_pools_and_submissions() {
    let bytes = include_bytes!("../recordings/tracks.perfetto-trace");
    let imported = import("tracks", bytes, &Options::default()).expect("a trace");
    assert_eq!(imported.format, Format::Perfetto);
    for line in ["[executors.build]", "[executors.libvirt]", "\"submit spawn to libvirt\"", "\"wait spawn\""]
    {
        assert!(imported.text.contains(line), "{line}\n{}", imported.text);
    }
    let (measured, simulated) = figure(&checked(&imported), Quantity::Makespan);
    assert!((measured - 0.061).abs() < 1e-12 && (simulated - 0.056).abs() < 1e-12, "{measured} {simulated}");
}

#[test]
fn what_is_not_read_is_named_with_what_to_do() {
    for (bytes, message) in [
        (&b"PK\x03\x04rest"[..], "a ZIP archive"),
        (b"FLR\0rest", "Flight Recorder"),
        (b"\xff\xfe\x00", "line 1 is not UTF-8"),
        (b"10.0.0.1 - - [25/Nov/2026:02:49:55 +0000] \"GET / HTTP/1.1\" 200 612\n", "an access log"),
        (b"# HELP up x\n# TYPE up gauge\nup 1\n", "metrics of Prometheus"),
        (b"main;handle;query 12\nmain;idle 3\n", "samples of stacks"),
        (b"{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\"}", "a sampled profile"),
        (b"[{\"traceId\":\"1\",\"id\":\"2\",\"localEndpoint\":{}}]", "a trace of Zipkin"),
        (b"#0  0x00007f in poll ()\n#1  0x00007f in main ()\n", "a backtrace of gdb"),
        (b"\x1f\x8b\x08damaged", "gzip says"),
        (b"\n\x02\x40\x05", "no span in this trace of Perfetto"),
        (b"\n\x02\x40\x05\n\x04\x40", "the trace breaks off at byte 4"),
        (
            b"{\"recording\":{\"events\":[{\"type\":\"jdk.GarbageCollection\",\"values\":{}}]}}",
            "but no tasks",
        ),
        (
            b"{\"recording\":{\"events\":[{\"type\":\"app.Task\",\"values\":{}},",
            "the recording cannot be read",
        ),
    ] {
        let problems = import("x", bytes, &Options::default()).expect_err(message);
        assert!(problems.list[0].message.contains(message), "{message}: {problems}");
        assert!(problems.list[0].help.is_some(), "{message}");
    }
}
