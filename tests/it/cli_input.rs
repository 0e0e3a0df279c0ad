//! What the command line takes as input and how it names it: nothing at all, pipes, too much, saved runs, several files of
//! which one is broken; and that each line of JSON says what it is about.

use crate::cli::{command, file, folder, threadbare, with_input};
use serde_json::Value;

const POOL: &str = r#"
[executors.pool]
kind = "threads"
workers = 2

[cells.c]
initial = 0

[tasks.job]
steps = ["read c", "run 1s", "add c 1"]

[[arrivals]]
task = "job"
to = "pool"
at = "0s"
count = 2
"#;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[test]
fn an_empty_document_passes_no_gate() {
    for text in ["", "# nothing\n", "{}", "title = \"t\"\n[executors]\n"] {
        for arguments in [&["check", "-", "--deny", "hang"][..], &["run", "-"], &["explore", "-"]] {
            let ran = with_input(arguments, text);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?} {text:?}");
            assert!(
                ran.err.contains("the scenario is empty: it needs executors, tasks and arrivals"),
                "{}",
                ran.err
            );
        }
    }
    let misspelt = with_input(&["check", "-"], "[executor.pool]\nworkers = 1\n");
    assert!(!misspelt.err.contains("nothing in it"), "{}", misspelt.err);
}

#[test]
fn standard_input_is_read_once_and_has_one_name() {
    for command in ["run", "check"] {
        let ran = with_input(&[command, "-", "-"], POOL);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains("- is given twice"), "{}", ran.err);
    }
    assert!(with_input(&["run", "-"], POOL).out.starts_with("standard input\n"));
    assert!(with_input(&["check", "-"], POOL).out.starts_with("standard input is valid"));
    assert!(with_input(&["check", "-"], "x").err.contains("standard input:1:"));
}

#[test]
fn whatever_can_be_opened_is_read_up_to_its_limit() {
    if !std::path::Path::new("/dev/stdin").exists() {
        return;
    }
    // A pipe by its path: it has no size beforehand, and is no regular file.
    let ran = with_input(&["check", "/dev/stdin"], POOL);
    assert_eq!((ran.code, ran.out.lines().next()), (0, Some("/dev/stdin is valid")), "{}", ran.err);
    // The writer would go on for ever: what is too long is not read to its end.
    let mut child = command(&["run", "/dev/zero"]);
    let output = child.output().expect("the command ends");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("/dev/zero is larger than 1 MiB, the maximum size of a scenario"), "{said}");
}

#[test]
fn a_saved_run_is_no_scenario() {
    let folder = folder("no-scenario");
    let path = folder.join("run.trace");
    let path = path.to_str().expect("UTF-8");
    assert_eq!(with_input(&["run", "-", "--save", path], POOL).code, 0);
    for arguments in [
        &["check", path][..],
        &["sweep", path, "--param", "pool.workers=1..2"],
        &["bench", path, "--runs", "1"],
    ] {
        let ran = threadbare(arguments);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("is a saved run; this command needs a scenario"), "{}", ran.err);
    }
}

#[test]
fn a_broken_file_does_not_keep_the_others_from_running() {
    let folder = folder("one-broken");
    let (good, bad) = (file(&folder, "good.toml", POOL), file(&folder, "bad.toml", "[executors"));
    let ran = threadbare(&["run", &good, &bad, "no-such-thing", "lock-order", "--json"]);
    assert_eq!(ran.code, 2);
    let runs = lines(&ran.out);
    assert_eq!(runs.iter().map(|run| &run["file"]).collect::<Vec<_>>(), [good.as_str(), "lock-order"]);
    assert!(ran.err.contains("bad.toml:1") && ran.err.contains("no-such-thing"), "{}", ran.err);
}

#[test]
fn every_line_of_json_says_what_it_is_about() {
    for arguments in [
        &["run", "lock-order"][..],
        &["explore", "lock-order"],
        &["advise", "lock-order"],
        &["branch", "lock-order"],
        &["branch", "lock-order", "--take", "1"],
    ] {
        let lines = lines(&threadbare(&[arguments, &["--json"]].concat()).out);
        assert_eq!(lines.len(), 1, "{arguments:?}");
        assert_eq!((&lines[0]["file"], &lines[0]["variant"]), (&"lock-order".into(), &"base".into()));
    }
    assert_eq!(lines(&with_input(&["run", "-", "--json"], POOL).out)[0]["file"], "standard input");
}

#[test]
fn what_a_run_gave_is_a_number_beside_its_bound() {
    let text = POOL.replace("run 1s", "run 1.9999s")
        + "[expect]\n\"latency.job.mean\" = \"<= 1.99995s\"\nraces = 1\ndeadlock = false\n\"final.c\" = 1\n";
    let ran = with_input(&["run", "-"], &text);
    assert!(ran.out.contains("✓ latency.job.mean <= 1.99995s  1.9999 s\n"), "{}", ran.out);
    let expectations = lines(&with_input(&["run", "-", "--json"], &text).out)[0]["expectations"].clone();
    let values: Vec<&Value> =
        expectations.as_array().expect("four").iter().map(|one| &one["value"]).collect();
    assert_eq!(values, [&Value::from(1.9999), &1.into(), &false.into(), &1.into()]);
}

#[test]
fn a_lost_update_is_told_without_being_expected() {
    let ran = with_input(&["run", "-", "--width", "100"], POOL);
    assert_eq!(ran.code, 0, "it is told, no more");
    assert!(ran.out.contains("1 update of `c` was lost (job#1 overwrote job#0)."), "{}", ran.out);
    let three = with_input(
        &["run", "-", "--json"],
        &POOL.replace("count = 2", "count = 3").replace("workers = 2", "workers = 3"),
    );
    assert_eq!(lines(&three.out)[0]["races"], 3, "pairs of tasks");
}

#[test]
fn an_after_that_holds_nothing_back_is_a_warning_everywhere() {
    let text =
        POOL.replace("\"run 1s\"", "\"submit child after 1s\"") + "[tasks.child]\nsteps = [\"run 1s\"]\n";
    let explore = ["explore", "-", "--states", "1000"];
    for arguments in
        [&["check", "-"][..], &["run", "-"], &explore, &["sweep", "-", "--param", "pool.workers=1..2"]]
    {
        let ran = with_input(arguments, &text);
        assert_eq!(
            ran.err.matches("`after` has no meaning for this executor").count(),
            1,
            "{arguments:?} {}",
            ran.err
        );
    }
    let held = text.replace("to = \"pool\"", "to = \"late\"")
        + "[executors.late]\nkind = \"delay\"\ninto = \"pool\"\n";
    let ran = with_input(&["check", "-"], &held);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn advice_on_what_is_healthy_writes_nothing() {
    let folder = folder("healthy");
    let fixed = folder.join("fixed.toml");
    let fixed = fixed.to_str().expect("UTF-8");
    let healthy =
        threadbare(&["advise", "nova-build-deadlock", "--variant", "six_workers", "--write", fixed]);
    assert_eq!(healthy.code, 0, "{}", healthy.err);
    assert!(healthy.out.contains("was not written"), "{}", healthy.out);
    assert!(!std::path::Path::new(fixed).exists());
    let own = file(&folder, "own.toml", "mine\n");
    let ran = threadbare(&["advise", "lock-order", "--write", &own]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("exists already"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&own).expect("still there"), "mine\n");
    assert_eq!(threadbare(&["advise", "lock-order", "--write", &own, "--force"]).code, 0);
}

#[test]
fn what_is_written_wrongly_is_named_as_its_author_would() {
    for (text, said) in [
        ("kind = threads\n", "this text needs quotes: \"threads\""),
        ("kind = green\n", "this text needs quotes: \"green\""),
        ("at = 5s\n", "this text needs quotes: \"5s\""),
        ("gil = True\n", "write this as `true`"),
        (
            "kind = \"threads\nworkers = 2\nat = 5s\nkind = \"green\n",
            "this string is not closed: a `\"` is missing",
        ),
    ] {
        let ran = with_input(&["check", "-"], text);
        assert!(ran.err.contains(said), "{text}: {}", ran.err);
        assert_eq!(ran.err.matches("error").count(), 1, "{text}: {}", ran.err);
    }
    let variant = POOL.to_owned() + "[variants.more.executors.pol]\nworkers = 3\n";
    let ran = with_input(&["check", "-"], &variant);
    assert!(
        ran.err.contains("there is no executor `pol` to change") && ran.err.contains("did you mean `pool`")
    );
    let short = with_input(&["check", "-"], &POOL.replace("run 1s", "run 0.1ns"));
    assert!(short.err.contains("`0.1ns` is shorter than a nanosecond"), "{}", short.err);
    assert_eq!(with_input(&["check", "-"], &POOL.replace("workers = 2", "workers = \"2\"")).code, 0);
}

#[test]
fn a_value_that_is_set_is_to_blame_for_what_it_is() {
    let set = |what: &str| threadbare(&["run", "nova-build-deadlock", "--set", what]).err;
    let wrong = set("pool=abc");
    assert!(
        wrong.contains("`abc` is not a number for `pool`") && wrong.matches("error").count() == 1,
        "{wrong}"
    );
    assert!(wrong.contains("1 | pool=abc\n  |      ^^^\n"), "the value is marked: {wrong}");
    assert!(set("pol=3").contains("|\n1 | pol=3\n  | ^^^"), "the name is marked: {}", set("pol=3"));
}

#[test]
fn nothing_is_wider_than_the_columns() {
    for arguments in [&["gallery"][..], &["run", "nova-build-deadlock"], &["explore", "lock-order"]] {
        let output = command(arguments).env("COLUMNS", "40").output().expect("the command ends");
        let out = String::from_utf8(output.stdout).expect("UTF-8");
        // A command is not broken: it is to be copied.
        for line in out.lines().filter(|line| !line.contains("Replay it: ")) {
            assert!(line.chars().count() <= 40, "{arguments:?}: {line}");
        }
    }
}

#[test]
fn a_moment_after_the_end_has_nothing_to_branch_off() {
    let ran = threadbare(&["branch", "lock-order", "--at", "500s"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no other order begins at 8 m 20 s: the run ends at "), "{}", ran.err);
}
