//! Recordings that are wrong: each with every problem that has to be said, its place and its help; and that no bytes at all make the
//! importer panic or write a document that does not read.
//!
//! The cases stand in `tests/bad/import.txt`, in the form that `bad_input.rs` describes.

use crate::bad_input::{cases, line_of};
use proptest::prelude::*;
use threadbare::import::{Imported, Options, import};
use threadbare::language::{Document, Problems, Severity};

fn try_import(text: &str) -> Result<Imported, Problems> {
    import("bad", text, &Options::default())
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let path = "tests/bad/import.txt";
    let cases = cases(&std::fs::read_to_string(path).expect("the cases"));
    assert!(cases.len() >= 40, "{path} has only {} cases", cases.len());
    let mut wrong = String::new();
    for case in &cases {
        let found: Vec<String> = match try_import(&case.source) {
            Ok(_) => vec!["nothing".to_owned()],
            Err(problems) => {
                let rendered = problems.to_string();
                assert!(
                    problems.list.iter().all(|problem| rendered.contains(&problem.message)),
                    "{rendered}"
                );
                problems.list.iter().map(line_of).collect()
            }
        };
        if found != case.expected {
            wrong.push_str(&format!("# {}\n{}----\n{}\n", case.name, case.source, found.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{path}:\n{wrong}");
}

#[test]
fn a_file_that_was_cut_off_is_said_to_be() {
    for (text, message) in [
        ("start,duration,type\n0,1,a\n1,2", "the file ends within a row"),
        (
            "[{\"ph\":\"X\",\"name\":\"a\",\"ts\":0,\"dur\":5},{\"ph\":\"X\",\"na",
            "the file ends within an event; 1 event before",
        ),
        (
            "2026-11-25 02:49:55 7 DEBUG x State of default ThreadPoolExecutor when submitting a new task: max_wor",
            "the file ends within a line",
        ),
    ] {
        let problems = try_import(text).expect_err(text);
        assert!(problems.list[0].message.contains(message), "{problems}");
    }
}

#[test]
fn twenty_problems_are_listed_and_the_rest_is_counted() {
    let text = "start,duration\n".to_owned() + &"0,-1\n".repeat(50);
    let problems = try_import(&text).expect_err("negative durations");
    assert_eq!(problems.list.len(), 20);
    assert!(
        problems.list.iter().enumerate().all(|(at, problem)| problem.line as usize == at + 2),
        "{problems}"
    );
}

#[test]
fn a_long_line_is_shown_in_part() {
    let padding = "x".repeat(1_000_000);
    let text = format!("[{{\"ph\":\"X\",\"name\":\"{padding}\",\"ts\":0,\"dur\":-1}}]");
    let rendered = try_import(&text).expect_err("a negative duration").to_string();
    assert!(rendered.contains("bad:1:10000") && rendered.len() < 1_000, "{} bytes", rendered.len());
}

#[test]
fn more_records_than_there_may_be_are_refused() {
    let mut text = String::from("start,duration\n");
    for n in 0..=threadbare::import::MAX_RECORDS {
        text.push_str(if n % 2 == 0 { "1,1\n" } else { "1,2\n" });
    }
    let problems = try_import(&text).expect_err("too many rows");
    assert!(problems.list[0].message.contains("more than 1 000 000 rows"), "{problems}");
}

#[test]
fn odd_recordings_are_read_with_a_warning() {
    let trace = r#"[{"ph":"E","name":"early","pid":1,"tid":1,"ts":1},
        {"ph":"X","name":"a","pid":1,"tid":1,"ts":2,"dur":5}]"#;
    let imported = try_import(trace).expect("a trace that began too late");
    assert_eq!(imported.warnings.list.len(), 1);
    assert_eq!((imported.warnings.list[0].severity, imported.warnings.list[0].line), (Severity::Warning, 1));
}

/// Whatever comes in, what comes out reads without errors.
fn sound(text: &str) {
    let Ok(imported) = try_import(text) else { return };
    let document = Document::parse("imported", &imported.text);
    let document = document.unwrap_or_else(|problems| panic!("{text}\n{}\n{problems}", imported.text));
    let problems = document.check();
    assert!(!problems.has_errors(), "{text}\n{}\n{problems}", imported.text);
    assert!(!imported.inferences.is_empty());
}

/// How many [`seeds`] there are.
const SEEDS: usize = 14;

/// Good recordings to change: bytes at random would seldom come past the header.
fn seeds() -> Vec<&'static str> {
    vec![
        "start,duration,end,type,submitted\n0,1,1,a,0\n1.5,2ms,1.502,b#1,1\n2026-11-25T02:49:55Z,1e3,3,\"c,d\",2\n",
        "ts_ms;took\n1764038923456;5\n1764038923457;6\n",
        include_str!("../recordings/threadpool.json"),
        include_str!("../recordings/nova.log"),
        include_str!("../recordings/recorded_dead.jsonl"),
        include_str!("../recordings/otlp.jsonl"),
        include_str!("../recordings/jaeger.json"),
        include_str!("../recordings/oslo.log"),
        include_str!("../recordings/dump_java_locks.txt"),
        include_str!("../recordings/dump_faulthandler_exhausted.txt"),
        include_str!("../recordings/dump_pyspy_healthy.txt"),
        include_str!("../recordings/dump_go_asleep.txt"),
        include_str!("../recordings/gitlab_jobs.csv"),
        include_str!("../recordings/k6.csv"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_importer_panic(text in "\\PC{0,400}") {
        sound(&text);
    }

    #[test]
    fn no_change_of_a_recording_makes_it_panic(
        seed in 0..SEEDS,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0usize..8, "[-0-9a-zA-Z,:;.#\"{}\\[\\]\n ]{0,4}"), 1..6),
    ) {
        let seeds = seeds();
        prop_assert_eq!(seeds.len(), SEEDS);
        let mut text: Vec<char> = seeds[seed].chars().collect();
        for (at, length, new) in changes {
            let at = at.index(text.len() + 1);
            let to = (at + length).min(text.len());
            text.splice(at..to, new.chars());
        }
        sound(&text.into_iter().collect::<String>());
    }
}

/// Found by fuzzing: a task that goes on before it began to wait.
#[test]
fn a_clock_that_runs_back_within_a_task_harms_nothing() {
    let recording = "\
{\"threadbare_recording\": 1, \"runtime\": \"CPython 3.11.7\", \"program\": \"back.py\"}
{\"event\": \"pool\", \"pool\": \"default\", \"kind\": \"threads\", \"workers\": 2}
{\"event\":\"submit\",\"time\":1000,\"task\":1,\"type\":\"build\",\"pool\":\"default\",\"queue\":0}
{\"event\":\"start\",\"time\":2000,\"task\":1,\"worker\":\"default_0\"}
{\"event\":\"submit\",\"time\":3000,\"task\":2,\"type\":\"net\",\"pool\":\"default\",\"queue\":0,\"parent\":1}
{\"event\":\"start\",\"time\":4000,\"task\":2,\"worker\":\"default_1\"}
{\"event\":\"wait\",\"time\":9000000,\"task\":1,\"for\":[2]}
{\"event\":\"end\",\"time\":5000000,\"task\":2}
{\"event\":\"resume\",\"time\":6000000,\"task\":1}
{\"event\":\"end\",\"time\":7000000,\"task\":1}
";
    let options = threadbare::import::Options::default();
    let imported = threadbare::import::import("back.jsonl", recording, &options);
    let imported = imported.unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    assert!(imported.text.contains("\"wait net\""), "{}", imported.text);
}

#[test]
fn a_table_of_endless_lines_or_names_is_refused_at_once() {
    let columns = ",".repeat(2 << 20);
    for text in [format!("start,duration\n0,1\n{columns}\n"), format!("start,duration{columns}\n0,1\n")] {
        let problems = try_import(&text).expect_err("it has no end");
        assert!(problems.list[0].message.contains("this line is longer than 1 MiB"), "{problems}");
    }
    // A name of many words is none that says what a column is.
    let name = "job ".repeat(100_000);
    let imported = try_import(&format!("start,duration_s,{name}\n0,1,2\n")).expect("a table");
    assert!(imported.text.contains("run 1s"), "{}", imported.text);
    let problems = try_import(&format!("{name}start,duration_s\n0,1\n")).expect_err("no start");
    assert!(problems.list[0].message.contains("no column says when a task started"), "{problems}");
}
