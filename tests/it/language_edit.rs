//! Edits of one value leave everything else of the text as it was.

use super::language_compile::{example, scenario_of};
use threadbare::language::edit;

/// Sets one value and checks that exactly these lines changed.
fn check(source: &str, path: &str, value: &str, before: &str, after: &str) {
    let edited = edit::set(source, path, value).unwrap_or_else(|problems| panic!("\n{problems}"));
    assert!(source.contains(before), "the source has no {before:?}");
    assert_eq!(edited, source.replacen(before, after, 1));
}

#[test]
fn one_value_changes_and_comments_stay() {
    let source = example();
    check(&source, "pool", "6", "value = 5  ", "value = 6  ");
    check(&source, "params.pool", "6", "value = 5  ", "value = 6  ");
    check(&source, "seed", "7", "seed  = 1  ", "seed  = 7  ");
    check(&source, "until", "5m", "until = \"10m\"  ", "until = \"5m\"  ");
    check(&source, "default.workers", "9", "workers = \"$pool\"", "workers = 9");
    check(&source, "arrivals.0.count", "20", "count = 5\n", "count = 20\n");
    check(&source, "tasks.build.steps.1", "yield", "\"submit network to default as net\"", "\"yield\"");
    check(&source, "variants.eventlet.executors.default.workers", "64", "workers = 1000", "workers = 64");
    check(&source, "default.queue", "3", "workers = \"$pool\"\n", "workers = \"$pool\"\nqueue = 3\n");
}

#[test]
fn json_is_edited_where_the_value_stands() {
    let source = "{\n  \"executors\": {\n    \"p\": { \"kind\": \"threads\",  \"workers\": 2 }\n  }\n}";
    check(source, "p.workers", "3", "\"workers\": 2", "\"workers\": 3");
    check(source, "p.queue", "4", "\"workers\": 2", "\"workers\": 2,  \"queue\": 4");
}

#[test]
fn several_edits_in_a_row() {
    let changes = [("pool", "8"), ("arrivals.0.count", "8")].map(|(p, v)| (p.to_owned(), v.to_owned()));
    let scenario = scenario_of(&edit::apply(&example(), &changes).unwrap(), "base");
    assert_eq!(scenario.executors[0].workers(), Some(8));
}

#[test]
fn a_path_that_leads_nowhere_names_the_nearest() {
    let problems = edit::set(&example(), "defualt.workers", "6").unwrap_err();
    assert_eq!(problems.list[0].message, "there is no param, executor, semaphore or cell `defualt`");
    assert_eq!(problems.list[0].help.as_deref(), Some("did you mean `default`?"));
}
