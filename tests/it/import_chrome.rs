//! Chrome traces become scenarios: our own export comes back as the same run, a trace of another program gives its pools, tasks,
//! steps, submissions and waits.

use crate::support::{self, Run};
use threadbare::analysis::digest::Digest;
use threadbare::analysis::{chrome, lanes};
use threadbare::gallery;
use threadbare::import::{Imported, Options, Provenance, import};
use threadbare::trace::OutcomeKind;

fn read(text: &str) -> Imported {
    import("trace.json", text, &Options::default()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn export(run: &Run) -> String {
    let digest = Digest::new(&run.trace);
    chrome::chrome(&run.trace, &digest.names, &lanes::lanes(&run.trace, &digest.lost_updates))
}

/// Makespan, and for each task type how many finished, and their mean and longest latency.
fn figures(run: &Run) -> (f64, Vec<(String, u64, f64, f64)>) {
    assert_eq!(run.trace.outcome.kind, OutcomeKind::Completed);
    let digest = Digest::new(&run.trace);
    let mut rows: Vec<(String, u64, f64, f64)> = digest
        .latency
        .iter()
        .filter_map(|row| {
            let latency = row.latency.as_ref()?;
            Some((row.task.clone(), row.counts.finished, latency.mean, latency.max))
        })
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    (run.trace.outcome.at.seconds(), rows)
}

/// An exported run, imported and run, has the same makespan and latencies, to a thousandth.
fn comes_back(name: &str, variant: &str) {
    let entry = gallery::find(name).expect("a scenario of the gallery");
    let run = Run::of(threadbare::study::run::run(support::scenario_of(entry.text, variant)));
    let imported = read(&export(&run));
    let again = support::run(&imported.text);
    let (expected, got) = (figures(&run), figures(&again));
    let near = |a: f64, b: f64| (a - b).abs() <= a.abs() / 1e3;
    let same = expected.1.len() == got.1.len()
        && expected
            .1
            .iter()
            .zip(&got.1)
            .all(|(a, b)| a.0 == b.0 && a.1 == b.1 && near(a.2, b.2) && near(a.3, b.3));
    assert!(same && near(expected.0, got.0), "{name} {variant}: {expected:?}\n{got:?}\n{}", imported.text);
}

#[test]
fn an_exported_run_comes_back() {
    for (name, variant) in [
        ("nova-build-deadlock", "six_workers"),
        ("nova-build-deadlock", "four_builds"),
        ("nova-build-deadlock", "eventlet"),
        ("nova-build-deadlock", "long_task"),
        ("nova-caps", "executor_per_type"),
        ("nova-scatter-gather", "healthy"),
        ("nova-console-proxy", "base"),
        ("nested-pools", "pool_per_level"),
    ] {
        comes_back(name, variant);
    }
}

#[test]
fn the_build_deadlock_comes_back_as_it_was_written() {
    let entry = gallery::find("nova-build-deadlock").expect("a scenario of the gallery");
    let run = Run::of(threadbare::study::run::run(support::scenario_of(entry.text, "six_workers")));
    let text = read(&export(&run)).text;
    let program = "steps = [\n  \"run 1s\",\n  \"submit network to default as net\",\n  \"run 2s\",\n  \"wait net\",\n  \"run 1s\",\n]";
    assert!(text.contains(program), "{text}");
    // One worker fewer, and it hangs as the real one did.
    let text = text.replace("value = 6", "value = 5");
    assert_eq!(support::run(&text).trace.outcome.kind, OutcomeKind::Stuck);
}

#[test]
fn what_had_not_ended_stays_and_that_is_said() {
    let entry = gallery::find("nova-build-deadlock").expect("a scenario of the gallery");
    let run = Run::of(threadbare::study::run::run(support::scenario_of(entry.text, "base")));
    let imported = read(&export(&run));
    let said = imported.inferences.iter().find(|i| i.how == Provenance::Assumed).map(|i| i.text.as_str());
    assert!(
        said.is_some_and(|said| said.starts_with("5 tasks had not ended when the trace did")),
        "{said:?}"
    );
    assert!(imported.text.contains("\"run 3s\",\n  \"io forever\","), "{}", imported.text);
    assert_eq!(imported.text.matches("[tasks.").count(), 1, "a wait is no task: {}", imported.text);
}

#[test]
fn what_an_exported_run_stood_still_for_is_said_to_be_lost() {
    let lost = |name: &str, variant: &str| {
        let entry = gallery::find(name).expect("a scenario of the gallery");
        let run = Run::of(threadbare::study::run::run(support::scenario_of(entry.text, variant)));
        let imported = read(&export(&run));
        imported.inferences.iter().any(|i| i.how == Provenance::Lost && i.text.contains("stood still"))
    };
    // A wait with a timeout that passed; waits that all ended with a child.
    assert!(lost("nova-scatter-gather", "base"));
    assert!(!lost("nova-build-deadlock", "six_workers"));
}

#[test]
fn a_trace_of_another_program_gives_pools_steps_submissions_and_waits() {
    let imported = read(include_str!("../recordings/threadpool.json"));
    let program = "steps = [
  \"run 1ms\",
  \"run 4ms\",  # parse
  \"run 5ms\",
  \"submit resize to ThreadPoolExecutor-0\",
  \"io 5ms\",  # db query
  \"run 5ms\",
  \"wait resize\",
  \"run trace(7.9ms 6.9ms 5.9ms)\",
]";
    for part in [
        program,
        "[params.ThreadPoolExecutor-0_workers]\nvalue = 3",
        "[executors.async_http]\nkind = \"green\"",
        "\"io trace(80ms 60ms)\"",
        "[tasks.resize]\nsteps = [\n  \"run trace(30ms 31ms 32ms)\",\n]",
    ] {
        assert!(imported.text.contains(part), "{part}\n{}", imported.text);
    }
    assert!(
        imported
            .inferences
            .iter()
            .any(|i| i.how == Provenance::Inferred && i.text.contains("3 arrows to tasks"))
    );
    let (length, rows) = figures(&support::run(&imported.text));
    // The recording ends at 250 ms; 2.1 ms of it are the time that a thread took to start and to wake up.
    assert!((length - 0.2479).abs() < 1e-9, "{length}");
    assert_eq!(rows.iter().map(|row| row.1).sum::<u64>(), 11);
}

/// A parent on thread 1 and its child on thread 2, with an arrow from one to the other.
fn parent_and_child(nested: &str, back: &str) -> String {
    format!(
        r#"[{{"ph":"X","name":"parent","pid":1,"tid":1,"ts":0,"dur":100000}},
        {{"ph":"X","name":"child","pid":1,"tid":2,"ts":20000,"dur":40000}},
        {{"ph":"s","name":"f","cat":"f","id":1,"pid":1,"tid":1,"ts":20000}},
        {{"ph":"f","name":"f","cat":"f","id":1,"pid":1,"tid":2,"ts":20000,"bp":"e"}}{nested}{back}
        "#
    )
}

#[test]
fn a_wait_is_seen_by_its_arrow_by_its_name_or_guessed() {
    let back = r#",{"ph":"s","name":"g","cat":"f","id":2,"pid":1,"tid":2,"ts":59999},
        {"ph":"f","name":"g","cat":"f","id":2,"pid":1,"tid":1,"ts":60000,"bp":"e"}"#;
    let work = r#",{"ph":"X","name":"compute","pid":1,"tid":1,"ts":30000,"dur":40000}"#;
    let wait = r#",{"ph":"X","name":"Future.result","pid":1,"tid":1,"ts":30000,"dur":30000}"#;
    let done = r#",{"ph":"X","name":"Future.result","pid":1,"tid":1,"ts":70000,"dur":0}"#;
    for (nested, back, steps, is_guess) in [
        (done, "", vec!["run 20ms", "submit child to threads", "run 50ms", "wait child", "run 30ms"], false),
        ("", back, vec!["run 20ms", "submit child to threads", "wait child", "run 40ms"], false),
        (wait, "", vec!["run 20ms", "submit child to threads", "run 10ms", "wait child", "run 40ms"], false),
        ("", "", vec!["run 20ms", "submit child to threads", "wait child", "run 40ms"], true),
        (work, "", vec!["run 20ms", "submit child to threads", "run 10ms", "run 40ms", "run 30ms"], false),
    ] {
        // The array's closing bracket may be missing, by the format.
        let imported = read(&parent_and_child(nested, back));
        let lines = imported.text.lines().filter_map(|line| line.trim().strip_prefix('"')?.split('"').next());
        let found: Vec<&str> = lines.filter(|step| !step.is_empty()).take(steps.len()).collect();
        assert_eq!(found, steps, "{}", imported.text);
        assert_eq!(imported.text.contains("# ? it may have worked meanwhile"), is_guess, "{}", imported.text);
        assert_eq!(figures(&support::run(&imported.text)).0, 0.1, "{}", imported.text);
    }
}

#[test]
fn a_wait_may_end_a_while_after_what_it_waited_for() {
    let late = r#",{"ph":"X","name":"wait for it","pid":1,"tid":1,"ts":55000,"dur":15000}"#;
    let imported = read(&parent_and_child(late, ""));
    assert!(imported.text.contains("\"run 35ms\",\n  \"wait child\",\n  \"run 30ms\""), "{}", imported.text);
    // Somebody else's wait: it goes on for long after the child has ended.
    let other = r#",{"ph":"X","name":"wait for it","pid":1,"tid":1,"ts":55000,"dur":45000}"#;
    let imported = read(&parent_and_child(other, ""));
    assert!(!imported.text.contains("\"wait child\""), "{}", imported.text);
}

#[test]
fn a_slice_may_say_itself_what_it_leads_to() {
    let imported = read(
        r#"[{"ph":"X","name":"parent","pid":1,"tid":1,"ts":0,"dur":10,"bind_id":"0x5","flow_out":true},
        {"ph":"X","name":"child","pid":1,"tid":2,"ts":30,"dur":50,"bind_id":"0x5","flow_in":true}]"#,
    );
    assert!(imported.text.contains("\"submit child to threads\""), "{}", imported.text);
}

#[test]
fn what_a_pool_of_python_does_for_itself_is_no_task() {
    let lib = "(/usr/lib/python3.11/concurrent/futures/thread.py:69)";
    let mut events = vec![
        r#"{"ph":"M","name":"thread_name","pid":1,"tid":7,"args":{"name":"api_0"}}"#.to_owned(),
        format!(r#"{{"ph":"X","name":"_worker {lib}","pid":1,"tid":7,"ts":0,"dur":90000}}"#),
    ];
    for (name, at, length) in [
        ("queue.SimpleQueue.get", 0, 9_000),
        ("_WorkItem.run (/usr/lib/python3.11/concurrent/futures/thread.py:53)", 10_000, 9_000),
        (
            "Future.set_running_or_notify_cancel (/usr/lib/python3.11/concurrent/futures/_base.py:1)",
            10_000,
            10,
        ),
        ("handle (/srv/io/app.py:9)", 11_000, 5_000),
        ("Thread.is_alive (/usr/lib/python3.11/threading.py:1)", 12_000, 100),
        ("Future.set_result (/usr/lib/python3.11/concurrent/futures/_base.py:2)", 17_000, 10),
        ("queue.SimpleQueue.get", 20_000, 60_000),
    ] {
        events.push(format!(r#"{{"ph":"X","name":"{name}","pid":1,"tid":7,"ts":{at},"dur":{length}}}"#));
    }
    let imported = read(&format!("[{}]", events.join(",\n")));
    let program = "[tasks.handle]\nsteps = [\n  \"run 1ms\",\n  \"run 100us\",  # Thread.is_alive (/usr/lib/python3.11/threading.py:1)\n  \"run 3.9ms\",\n]";
    assert!(
        imported.text.contains(program) && imported.text.matches("[tasks.").count() == 1,
        "{}",
        imported.text
    );
    assert!(imported.inferences.iter().any(|i| i.text.contains("without what it does for itself")));
    assert!(
        imported.inferences.iter().any(|i| i.how == Provenance::Unknown && i.text.contains("has no arrows"))
    );
}

#[test]
fn a_second_trace_in_the_file_is_pointed_out() {
    let one = r#"[{"ph":"X","name":"a","pid":1,"tid":1,"ts":0,"dur":1}]"#;
    assert!(read(&format!("{one}\n")).warnings.is_empty());
    let warnings = read(&format!("{one}\n{one}")).warnings;
    assert!(warnings.list[0].line == 2 && warnings.list[0].message.contains("left out"), "{warnings}");
}

#[test]
fn a_trace_of_idle_workers_only_is_refused() {
    let text = r#"[{"ph":"M","name":"thread_name","pid":1,"tid":7,"args":{"name":"api_0"}},
        {"ph":"X","name":"_worker","pid":1,"tid":7,"ts":0,"dur":9},
        {"ph":"X","name":"SimpleQueue.get","pid":1,"tid":7,"ts":0,"dur":9}]"#;
    let problems = import("trace.json", text, &Options::default()).expect_err("no task");
    assert!(problems.to_string().contains("no task in this trace"), "{problems}");
}

#[test]
fn a_workers_loop_is_no_task() {
    let mut events = Vec::new();
    for worker in 0..2 {
        let tid = 10 + worker;
        events.push(format!(
            r#"{{"ph":"M","name":"thread_name","pid":1,"tid":{tid},"args":{{"name":"ThreadPoolExecutor-0_{worker}"}}}}"#
        ));
        events.push(format!(r#"{{"ph":"X","name":"_worker","pid":1,"tid":{tid},"ts":0,"dur":9000}}"#));
        for n in 0..3 {
            let at = n * 2_000 + worker * 500;
            events.push(format!(r#"{{"ph":"X","name":"job {n}","pid":1,"tid":{tid},"ts":{at},"dur":1000}}"#));
        }
    }
    let imported = read(&format!("[{}]", events.join(",\n")));
    assert!(
        imported.text.contains("[tasks.job]") && !imported.text.contains("_worker]"),
        "{}",
        imported.text
    );
    assert!(imported.inferences.iter().any(|i| i.text.contains("the loop of a worker")));
    assert_eq!(figures(&support::run(&imported.text)).1[0].1, 6);
}

/// Every worker's loop may be a class of its own: each is looked up, not searched for among those before it.
#[test]
fn loops_of_many_names_are_told_once_each() {
    let mut events =
        vec![r#"{"ph":"M","name":"thread_name","pid":1,"tid":1,"args":{"name":"worker-1"}}"#.to_owned()];
    for n in 0..40_000 {
        let (at, class) = (n * 100, n / 2);
        events.push(format!(r#"{{"ph":"X","name":"c{class}.run","pid":1,"tid":1,"ts":{at},"dur":90}}"#));
        events.push(format!(r#"{{"ph":"X","name":"job","pid":1,"tid":1,"ts":{at},"dur":80}}"#));
    }
    let imported = read(&format!("[{}]", events.join(",\n")));
    let told = imported.inferences.iter().find(|i| i.text.contains("the loop of a worker")).expect("loops");
    assert!(told.text.contains("`c0.run`") && told.text.contains("19994 more"), "{}", told.text);
}

#[test]
fn what_is_lost_of_many_shapes_is_said() {
    let mut events = Vec::new();
    for n in 0..40 {
        let at = n * 10_000;
        events.push(format!(r#"{{"ph":"X","name":"task","pid":1,"tid":1,"ts":{at},"dur":9000}}"#));
        events.push(format!(r#"{{"ph":"X","name":"part{n}x","pid":1,"tid":1,"ts":{at},"dur":4000}}"#));
    }
    let imported = read(&format!("[{}]", events.join(",\n")));
    assert!(
        imported
            .inferences
            .iter()
            .any(|i| i.how == Provenance::Lost && i.text.contains("one stretch of time each"))
    );
    let (length, rows) = figures(&support::run(&imported.text));
    assert_eq!((length, rows.iter().map(|row| row.1).sum::<u64>()), (0.399, 40));
}

#[test]
fn tasks_that_took_no_time_come_back() {
    let text = include_str!("../recordings/zero_length.toml");
    let run = support::run(text);
    let imported = read(&export(&run));
    let again = support::run(&imported.text);
    assert_eq!(figures(&again), figures(&run), "{}", imported.text);
}
