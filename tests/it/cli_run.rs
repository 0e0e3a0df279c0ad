//! `threadbare run` and `check`: exit codes, JSON, input from everywhere, and what a person reads.

use crate::cli::{file, folder, threadbare, with_input};
use crate::outlook::ONE_AFTER_THE_OTHER;
use serde_json::Value;

const HANGS: &str = r#"
[executors.pool]
kind = "threads"
workers = 1

[tasks.parent]
steps = ["submit child as c", "wait c"]

[tasks.child]
steps = ["run 1s"]

[[arrivals]]
task = "parent"
to = "pool"
at = "0s"

[variants.bigger.executors.pool]
workers = 2
"#;

fn json(arguments: &[&str]) -> Value {
    let ran = threadbare(arguments);
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", ran.out, ran.err))
}

#[test]
fn the_exit_code_follows_the_expectations() {
    let folder = folder("exit-codes");
    let expects_none = file(&folder, "none.toml", &format!("{HANGS}\n[expect]\ndeadlock = false\n"));
    let expects_one = file(&folder, "one.toml", &format!("{HANGS}\n[expect]\ndeadlock = true\n"));
    assert_eq!(threadbare(&["run", &expects_none]).code, 1);
    assert_eq!(threadbare(&["run", &expects_none, "--variant", "bigger"]).code, 0);
    assert_eq!(threadbare(&["run", &expects_one]).code, 0);
    assert_eq!(threadbare(&["run", &expects_one, "--variant", "bigger"]).code, 1);
    assert_eq!(threadbare(&["run", &expects_one, "--all-variants"]).code, 1);
}

#[test]
fn without_expectations_being_stuck_is_what_fails() {
    let ran = with_input(&["run", "-"], HANGS);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("This run: deadlock."), "{}", ran.out);
    assert_eq!(with_input(&["run", "-", "--set", "pool.workers=2"], HANGS).code, 0);
    let given_up = with_input(&["run", "-"], &format!("{HANGS}\n[limits]\nmax_events = 3\n"));
    assert_eq!(given_up.code, 1, "{}", given_up.err);
    assert!(given_up.out.contains("max_events"), "{}", given_up.out);
}

/// Where it ends is a matter of the machine, and whether there was time to read it too: that it ended so is not.
#[test]
fn a_run_that_has_no_time_left_is_given_up_and_fails() {
    let endless = "executors.p = { kind = \"threads\", workers = 1 }\n\
                   tasks.tick.steps = [\"io 1s\", \"submit tick to p\"]\n\
                   arrivals = [{ task = \"tick\", to = \"p\" }]\n";
    let ran = with_input(&["run", "-", "--time", "0.01"], endless);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("The run was stopped at"), "{}", ran.out);
    let told: Value =
        serde_json::from_str(&with_input(&["run", "-", "--time", "0.01", "--json"], endless).out)
            .expect("JSON");
    assert_eq!(told["outcome"], "limit");
    let in_time = with_input(&["run", "-", "--time", "10m", "--set", "pool.workers=2"], HANGS);
    assert_eq!(in_time.out, with_input(&["run", "-", "--set", "pool.workers=2"], HANGS).out);
}

#[test]
fn bad_input_exits_with_2_and_says_where() {
    let folder = folder("bad-input");
    let path = file(&folder, "broken.toml", &HANGS.replace("workers = 1", "wrokers = 1"));
    for command in ["run", "check"] {
        let ran = threadbare(&[command, &path]);
        assert_eq!(ran.code, 2);
        assert_eq!(ran.out, "");
        assert!(ran.err.contains("broken.toml:4:1"), "{}", ran.err);
        assert!(ran.err.contains("wrokers") && ran.err.contains("workers"), "{}", ran.err);
    }
    for (arguments, said) in [
        (&["run", "nova-build-dedlock"][..], "Did you mean `nova-build-deadlock`?"),
        (&["run", "no/such/file.toml"], "there is no file no/such/file.toml"),
        (&["run", "lock-order", "--variant", "timeuot"], "It has base, same_order"),
        (&["run", "lock-order", "--set", "nothing.there=1"], "nothing"),
        (&["run", "lock-order", "lock-order", "--save", "x"], "--save takes a single run"),
        (&["run", env!("CARGO_MANIFEST_DIR")], "is a folder"),
    ] {
        let ran = threadbare(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
    let binary = folder.join("binary.toml");
    std::fs::write(&binary, b"title = \"\xff\"\n").expect("a file");
    let ran = threadbare(&["run", binary.to_str().expect("UTF-8")]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("line 1 is not UTF-8"), "{}", ran.err);
}

#[test]
fn what_fails_says_how_to_see_it_again() {
    let ran = threadbare(&["run", "nova-hard-reboot", "--variant", "naive_sleep", "--seed", "4"]);
    let line = "Replay it: threadbare run nova-hard-reboot --variant naive_sleep --seed 4 --schedule timed/ --timeline";
    assert!(ran.code == 1 && ran.out.contains(line), "{}", ran.out);
    let again = threadbare(&line["Replay it: threadbare ".len()..].split(' ').collect::<Vec<_>>());
    assert!(again.code == 1 && again.out.contains(line), "{}", again.out);
    assert!(
        !threadbare(&["run", "nova-build-deadlock", "--variant", "six_workers"]).out.contains("Replay it")
    );
    let checked = threadbare(&["check", "nova-build-deadlock"]);
    assert!(checked.out.contains("See how: threadbare explore nova-build-deadlock\n"), "{}", checked.out);
    assert!(checked.out.contains("See how: threadbare explore nova-build-deadlock --variant burst\n"));
}

#[test]
fn check_goes_on_after_a_bad_file_and_counts_variants() {
    let ran = threadbare(&["check", "lock-order", "no-such-thing", "nova-caps"]);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("lock-order is valid, with 6 variants"), "{}", ran.out);
    assert!(ran.out.contains("nova-caps is valid"), "{}", ran.out);
    assert!(ran.err.contains("no-such-thing"), "{}", ran.err);
}

#[test]
fn check_denies_what_it_is_told_to() {
    let code = |arguments: &[&str]| threadbare(&[&["check"], arguments].concat()).code;
    assert_eq!(code(&["nova-build-deadlock"]), 0, "that something can hang is no fault of a document");
    assert_eq!(code(&["nova-build-deadlock", "--deny", "hang"]), 1);
    assert_eq!(code(&["nova-build-deadlock", "--deny", "hang", "--variant", "timeout"]), 0);
    assert_eq!(code(&["nova-build-deadlock", "--deny", "stall", "--variant", "timeout"]), 1);
    assert_eq!(code(&["nova-build-deadlock", "--deny", "stall", "--variant", "six_workers"]), 0);
    assert_eq!(code(&["nova-build-deadlock", "--deny", "hang", "--variant", "base", "--set", "pool=6"]), 0);
    assert_eq!(code(&["nova-build-deadlock", "--variant", "no_such"]), 2);
    let safe =
        threadbare(&["check", "nova-build-deadlock", "--variant", "four_builds", "--variant", "eventlet"]);
    assert!(safe.out.ends_with("  ✓ four_builds, eventlet cannot deadlock in any order.\n"), "{}", safe.out);
}

#[test]
fn check_withdraws_what_no_order_comes_to() {
    let checked = with_input(&["check", "-", "--deny", "stall"], ONE_AFTER_THE_OTHER);
    assert_eq!(checked.code, 0, "{}", checked.out);
    let text = checked.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = "✓ It cannot deadlock in any order. Every order was explored. By its shape alone it may deadlock once 1 \
                `a` task is running: ";
    assert!(
        text.contains(said) && text.ends_with("m and n are taken in more than one order."),
        "{}",
        checked.out
    );
    let two =
        with_input(&["check", "-", "--deny", "hang", "--set", "arrivals.0.count=2"], ONE_AFTER_THE_OTHER);
    assert!(two.code == 1 && two.out.contains("✗ base can deadlock"), "{}", two.out);
    let told = with_input(&["check", "-", "--json"], ONE_AFTER_THE_OTHER);
    let told: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!(told["shapes"][0]["verdict"], "safe");
    assert!(
        told["shapes"][0]["warned_by_shape"][0].as_str().is_some_and(|text| text.starts_with("may deadlock"))
    );
}

#[test]
fn where_nothing_arrives_no_command_says_that_it_cannot_deadlock() {
    let text = "executors.pool = { kind = \"threads\", workers = 2 }\ntasks.job.steps = [\"run 1s\"]\n";
    let none_of_a_param = format!(
        "{text}[params.jobs]\nvalue = 0\n[[arrivals]]\ntask = \"job\"\nto = \"pool\"\ncount = \"$jobs\"\n"
    );
    let said = "This design: nothing arrives. It is judged once a task arrives.";
    for document in [text, &none_of_a_param] {
        for command in ["run", "check", "explore", "advise"] {
            let told = with_input(&[command, "-"], document).out;
            let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains(said) && !told.contains("cannot deadlock"), "{command}: {told}");
        }
        let checked = with_input(&["check", "-", "--json"], document).out;
        let checked: serde_json::Value = serde_json::from_str(&checked).expect("JSON");
        assert_eq!(checked["designs"]["base"]["kind"], "nothing-arrives");
        assert_eq!(checked["shapes"][0]["verdict"], "nothing-arrives");
        // What arrives late is judged.
        let late = format!("{text}[[arrivals]]\ntask = \"job\"\nto = \"pool\"\nat = \"1h\"\n");
        assert!(with_input(&["check", "-"], &late).out.contains("It cannot deadlock"));
    }
}

#[test]
fn check_tells_the_same_in_json() {
    let checked = json(&["check", "nova-build-deadlock", "--json"]);
    let of = |variant: &str| -> Vec<&str> {
        let shapes = checked["shapes"].as_array().expect("shapes");
        let has = |shape: &&serde_json::Value| {
            shape["variants"].as_array().expect("names").iter().any(|name| name == variant)
        };
        shapes.iter().filter(has).map(|shape| shape["verdict"].as_str().expect("a word")).collect()
    };
    assert_eq!(of("base"), ["hang"]);
    assert_eq!(of("timeout"), ["stall"]);
    assert_eq!(of("help_child"), ["safe"]);
}

#[test]
fn check_finds_what_is_wrong_in_a_variant_only() {
    let broken = HANGS.replace("workers = 2", "workers = \"many\"");
    let ran = with_input(&["check", "-"], &broken);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("variant `bigger`") && ran.err.contains("standard input:18:11"), "{}", ran.err);
    assert_eq!(with_input(&["run", "-"], &broken).code, 1, "the document itself runs");
}

#[test]
fn json_has_the_shape_of_a_recording() {
    let run = json(&["run", "nova-build-deadlock", "--json"]);
    assert_eq!(run["outcome"], "stuck");
    assert_eq!(run["stuck"].as_array().map(Vec::len), Some(10));
    assert_eq!(run["tasks"]["build#0"]["state"], "running");
    assert_eq!(
        run["tasks"]["build#0/net"],
        serde_json::json!({ "state": "pending", "submitted": 1.0, "future": [[1.0, "pending"]] })
    );
    assert_eq!(run["threads_at_end"]["default"], 5);
    assert_eq!(run["deadlocks"][0]["at"], 3.0);
    assert_eq!(run["expectations"][0]["holds"], false);
    let reboot = json(&["run", "nova-hard-reboot", "--json"]);
    assert_eq!(reboot["outcome"], "completed");
    assert_eq!(reboot["tasks"]["libvirt_events#0/update"]["state"], "cancelled");
}

#[test]
fn several_runs_are_a_line_of_json_each() {
    let ran = threadbare(&["run", "lock-order", "--all-variants", "--json"]);
    let runs: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(runs.len(), 7);
    assert_eq!(runs[0]["variant"], "base");
    assert_eq!(runs[1]["variant"], "same_order");
}

#[test]
fn seeds_and_values_can_be_set() {
    let of = |arguments: &[&str]| {
        json(&[&["run", "nova-modes", "--json"], arguments].concat())["fingerprint"].clone()
    };
    assert_eq!(of(&["--seed", "7"]), of(&["--seed", "7"]));
    assert_ne!(of(&["--seed", "7"]), of(&["--seed", "8"]));
    let stuck = json(&["run", "nova-build-deadlock", "--json"])["outcome"].clone();
    let runs = json(&["run", "nova-build-deadlock", "--json", "--set", "pool=6"])["outcome"].clone();
    assert_eq!((stuck.as_str(), runs.as_str()), (Some("stuck"), Some("completed")));
}

#[test]
fn a_saved_run_is_shown_again() {
    let folder = folder("saved");
    let path = folder.join("run.trace");
    let path = path.to_str().expect("UTF-8");
    let arguments = ["run", "nova-build-deadlock", "--variant", "timeout", "--set", "pool=4", "--json"];
    let made = json(&[&arguments[..], &["--save", path]].concat());
    assert_eq!(made["file"], "nova-build-deadlock");
    let mut again = json(&["run", path, "--json"]);
    assert_eq!(again["file"], path);
    again["file"] = made["file"].clone();
    assert_eq!(again, made);
    let changed = threadbare(&["run", path, "--seed", "3"]);
    assert_eq!(changed.code, 2);
    assert!(changed.err.contains("is a saved run"), "{}", changed.err);
    let bytes = std::fs::read(path).expect("the saved run");
    std::fs::write(path, &bytes[..bytes.len() - 9]).expect("a damaged copy");
    let damaged = threadbare(&["run", path]);
    assert_eq!((damaged.code, damaged.out.as_str()), (2, ""));
}

#[test]
fn no_colour_goes_into_a_pipe_unless_asked_for() {
    assert!(!threadbare(&["run", "lock-order", "--timeline"]).out.contains('\x1b'));
    assert!(threadbare(&["run", "lock-order", "--timeline", "--color", "always"]).out.contains('\x1b'));
    assert!(!threadbare(&["run", "nothing-here"]).err.contains('\x1b'));
}

#[test]
fn nothing_is_wider_than_asked_for() {
    for width in ["60", "80", "140"] {
        let ran = threadbare(&["run", "nova-caps", "--timeline", "--all-variants", "--width", width]);
        let most: usize = width.parse().expect("a number");
        // A command is not broken: it is to be copied.
        for line in ran.out.lines().filter(|line| !line.starts_with("Replay it: ")) {
            assert!(line.chars().count() <= most, "{width}: {line}");
        }
    }
}

#[test]
fn a_reader_that_stops_early_is_no_trouble() {
    use std::io::Read;
    use std::process::Stdio;
    let mut child = crate::cli::command(&["run", "nova-caps", "--all-variants"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("UTF-8");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    assert_eq!(said, "");
}
