//! Tables and logs become scenarios: units, moments, sizes, and what is kept of many rows.

use crate::support;
use threadbare::analysis::digest::Digest;
use threadbare::import::{Columns, Format, Imported, Options, Provenance, Unit, import};
use threadbare::trace::OutcomeKind;

fn read(text: &str, options: &Options) -> Imported {
    import("recording", text, options).unwrap_or_else(|problems| panic!("{text}\n{problems}"))
}

fn table(text: &str) -> Imported {
    read(text, &Options::default())
}

/// When the imported run is over, in seconds, and that it completes.
fn makespan(imported: &Imported) -> f64 {
    let run = support::run(&imported.text);
    assert_eq!(run.trace.outcome.kind, OutcomeKind::Completed, "{}", imported.text);
    run.trace.outcome.at.seconds()
}

fn says(imported: &Imported, how: Provenance, words: &str) -> bool {
    imported.inferences.iter().any(|inference| inference.how == how && inference.text.contains(words))
}

/// The document without its title and what it says about its making.
fn program(imported: &Imported) -> String {
    let (_, program) = imported.text.split_once("\n\"\"\"\n").expect("an `about`");
    program.to_owned()
}

#[test]
fn the_same_times_in_every_unit_are_the_same_run() {
    let expected = program(&table("start,duration,type\n0,1.5,a\n0.5,2,b\n1,0.25,a\n"));
    for text in [
        "start_ms,duration_ms,type\n0,1500,a\n500,2000,b\n1000,250,a\n",
        "start (s),took (ms),type\n0,1500,a\n0.5,2000,b\n1,250,a\n",
        "start,duration_ms,type\n0,1500,a\n0.5,2000,b\n1,250,a\n",
        "begin,end,task\n0s,1.5s,a\n500ms,2500ms,b\n1s,1250ms,a\n",
        "timestamp;dauer;dur;name\n1764038923000;;1500ms;a\n1764038923500;;2000ms;b\n1764038924000;;250ms;a\n",
        "started_at\telapsed_us\top\n2026-11-25T02:49:55Z\t1500000\ta\n2026-11-25T02:49:55.5Z\t2000000\tb\n\
         2026-11-25T02:49:56Z\t250000\ta\n",
        "\u{feff}\"type\",\"start_ns\",\"duration_ns\"\r\n\"a\",0,1500000000\r\n\"b\",500000000,2000000000\r\n\
         \"a\",1000000000,250000000\r\n",
        "# a comment\nstart_s,end_s,duration_s,type\n0,1.5,1.5,a\n0.5,2.5,2,b\n1,1.25,0.25,a\n",
    ] {
        assert_eq!(program(&table(text)), expected, "{text}");
    }
    let asked = Options {
        unit: Some(Unit::Millis),
        columns: Columns {
            start: Some("x".to_owned()),
            duration: Some("Y".to_owned()),
            kind: Some("z".to_owned()),
            ..Columns::default()
        },
        ..Options::default()
    };
    assert_eq!(program(&read("x,y,z\n0,1500,a\n500,2000,b\n1000,250,a\n", &asked)), expected);
    for (text, assumed) in [
        ("start,duration\n0,1\n", ["`start` is in s", "`duration` is in s"].as_slice()),
        ("start,duration_ms\n0,1\n", &["`start` is in s"]),
        ("start_ms,end\n0,1\n", &[]),
    ] {
        let imported = table(text);
        let units = imported
            .inferences
            .iter()
            .filter(|one| one.how == Provenance::Assumed && one.text.contains(" is in "));
        let units: Vec<&str> = units.filter_map(|one| one.text.split(':').next()).collect();
        assert_eq!(units, assumed, "{text}");
    }
}

#[test]
fn an_imported_table_runs_as_it_was_recorded() {
    let imported = table(include_str!("../recordings/requests.csv"));
    assert_eq!(imported.format, Format::Csv);
    assert_eq!(makespan(&imported), 2.9);
    assert!(
        says(&imported, Provenance::Inferred, "3 workers")
            && says(&imported, Provenance::Unknown, "who submitted whom")
    );
    let run = support::run(&imported.text);
    let mut rows = Digest::new(&run.trace).latency;
    rows.sort_by(|a, b| a.task.cmp(&b.task));
    let told: Vec<(String, f64, f64)> = rows
        .iter()
        .map(|row| {
            let latency = row.latency.as_ref().expect("finished tasks");
            (row.task.clone(), latency.mean, latency.max)
        })
        .collect();
    assert_eq!(told, [("GET_servers".to_owned(), 0.09125, 0.12), ("POST_servers".to_owned(), 1.6, 1.7)]);
}

#[test]
fn a_submission_is_when_a_task_arrives() {
    let imported = table("submitted,started,finished\n0,0,2\n0,2,4\n1,4,5\n");
    assert!(imported.text.contains("trace = [\"0s\", \"0s\", \"1s\"]"), "{}", imported.text);
    assert_eq!(makespan(&imported), 5.0);
    assert!(says(&imported, Provenance::Read, "when it was submitted"));
}

#[test]
fn rows_out_of_order_are_sorted_when_asked() {
    let options = Options { sort: true, ..Options::default() };
    let sorted = read("start,duration\n5,1\n0,2\n", &options);
    assert!(sorted.text.contains("trace = [\"0s\", \"5s\"]") && sorted.text.contains("trace(2s 1s)"));
    assert!(says(&sorted, Provenance::Inferred, "sorted"));
}

#[test]
fn many_rows_keep_their_count_mean_and_length() {
    let count = 20_000u64;
    let mut text = String::from("start_us,duration_us,type\n");
    let (mut at, mut sum) = (0, 0);
    for n in 0..count {
        // Bursts, and a long tail.
        at += if n % 50 == 0 { 400_000 } else { n * 7 % 300 };
        let length = 200 + n * 7_919 % 1_000 + if n % 97 == 0 { 50_000 } else { 0 };
        sum += length;
        text.push_str(&format!("{at},{length},t\n"));
    }
    let imported = table(&text);
    assert!(imported.text.len() < 20_000, "{} bytes", imported.text.len());
    assert!(says(&imported, Provenance::Lost, "durations") && says(&imported, Provenance::Lost, "arrivals"));
    let run = support::run(&imported.text);
    let digest = Digest::new(&run.trace);
    assert_eq!(digest.latency[0].counts.finished, count);
    let measured = sum as f64 / count as f64 / 1e6;
    let busy = digest.latency[0].split.expect("finished tasks").running;
    assert!((busy / measured - 1.0).abs() < 0.05, "mean {busy} of {measured}");
    let length = run.trace.outcome.at.seconds();
    assert!((length / (at as f64 / 1e6) - 1.0).abs() < 0.05, "{length} of {at} us");
}

#[test]
fn too_many_kinds_become_a_few_and_numbers_at_their_ends_do_not_count() {
    let mut text = String::from("start,duration,type\n");
    for n in 0..1_000 {
        text.push_str(&format!("{n},{},kind{n}x\n{n},1,request #{n}\n", 1 + n % 7));
    }
    let imported = table(&text);
    assert!(says(&imported, Provenance::Lost, "`other`"));
    assert!(says(&imported, Provenance::Inferred, "once numbers at their ends are left out"));
    assert_eq!(imported.text.matches("[tasks.").count(), 200);
    makespan(&imported);
}

#[test]
fn a_log_of_nova_gives_pools_sizes_and_submissions() {
    let imported = table(include_str!("../recordings/nova.log"));
    assert_eq!(imported.format, Format::NovaLog);
    for line in [
        "[executors.default]\nkind = \"threads\"\nworkers = \"$default_workers\"\nspawn = \"per-submit\"",
        "[executors.cell_worker]\nkind = \"green\"",
        "trace = [\"0s\", \"500ms\", \"1s\", \"1.2s\", \"3s\"]",
        "# Named in warnings: ComputeManager._do_build_and_run_instance (1).",
        "# \"queue.default.max\" = \"<= 1\"",
    ] {
        assert!(imported.text.contains(line), "{line}\n{}", imported.text);
    }
    // 7.3 s of four tasks, from submission to end; one stood in the queue for 1.8 s, as the line before and the one after tell.
    assert!(imported.text.contains("run exp(1.375s)"), "{}", imported.text);
    assert!(says(&imported, Provenance::Unknown, "who submitted whom"));
    makespan(&imported);
}

#[test]
fn pools_with_long_names_have_tasks_of_their_own() {
    let line = |last: char| {
        format!(
            "2026-11-25 02:49:55.000 7 DEBUG nova.thread_pool_factory [-] State of a.pool.with.a.name.that.is.as.long.as.any.other.{last} \
             ThreadPoolExecutor when submitting a new task: max_workers: 10, workers: 1, idle workers: 1, queued work: 0, stats: \
             <ExecutorStatistics object at 0x7f (failures=0, executed=1, runtime=1.00, cancelled=0)>\n"
        )
    };
    let imported = table(&(line('x') + &line('y')));
    assert_eq!(Digest::new(&support::run(&imported.text).trace).latency.len(), 2, "{}", imported.text);
}

#[test]
fn counters_tell_of_submissions_that_have_no_line() {
    let line = |second: u32, executed: u32| {
        format!(
            "2026-11-25 02:49:{second}.000 7 DEBUG nova.thread_pool_factory [-] State of default ThreadPoolExecutor when \
             submitting a new task: max_workers: 10, workers: 1, idle workers: 1, queued work: 0, stats: \
             <ExecutorStatistics object at 0x7f (failures=0, executed={executed}, runtime={executed}.00, cancelled=0)>\n"
        )
    };
    let imported = table(&(line(10, 1) + &line(20, 6)));
    assert!(says(&imported, Provenance::Assumed, "4 of them have no line"));
    let trace = "trace = [\"0s\", \"2s\", \"4s\", \"6s\", \"8s\", \"10s\"]";
    assert!(imported.text.contains(trace), "{}", imported.text);
    assert!(imported.text.contains("run exp(1s)"), "{}", imported.text);
}

#[test]
fn a_run_as_nova_logs_it_comes_back() {
    use threadbare::analysis::nova_log::nova_log;
    let run = support::run(
        "executors.default = { kind = \"threads\", workers = 3, spawn = \"per-submit\" }
         tasks.build.steps = [\"run exp(50ms)\"]
         arrivals = [{ task = \"build\", to = \"default\", rate = \"45/s\", count = 2000 }]",
    );
    let digest = Digest::new(&run.trace);
    let log = nova_log(&run.trace, &digest.names, &digest.lives);
    assert_eq!(log.lines().filter(|line| line.contains("State of default")).count(), 2_000);
    assert_eq!(log.lines().filter(|line| line.contains("free threads")).count(), digest.warnings().count());
    let imported = read(&log, &Options { sort: false, ..Options::default() });
    assert!(imported.text.contains("value = 3"), "{}", imported.text);
    assert!(!says(&imported, Provenance::Assumed, "have no line of their own"), "{:?}", imported.inferences);
    // The queue is seen at submissions only, and takes part in the mean: what is left of it is near the truth.
    let again = support::run(&imported.text);
    let service =
        |run: &support::Run| Digest::new(&run.trace).latency[0].split.expect("finished tasks").running;
    let (truth, found) = (service(&run), service(&again));
    assert!((found / truth - 1.0).abs() < 0.1, "{found} for {truth}\n{:?}", imported.inferences);
    assert_eq!(Digest::new(&again.trace).latency[0].counts.finished, 2_000);
}
