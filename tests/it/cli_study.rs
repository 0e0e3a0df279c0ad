//! `threadbare sweep`, `merge`, `compare` and `size`: what they print and how they exit.

use crate::cli::{file, folder, threadbare, with_input};
use serde_json::Value;

pub const QUEUE: &str = r#"
seed = 5
[executors.pool]
kind = "threads"
workers = 1

[tasks.job]
steps = ["run exp(1s)"]

[[arrivals]]
task = "job"
to = "pool"
rate = "2/s"
count = 200

[expect]
"wait.job.mean" = "< 500ms"

[variants.slower.tasks.job]
steps = ["run exp(1s)", "run 500ms"]
"#;

#[test]
fn a_size_is_found_or_said_not_to_be_there() {
    let ran = threadbare(&["size", "nova-build-deadlock", "--for", "default.workers"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("default.workers = 6 is the smallest"), "{}", ran.out);
    assert!(ran.out.contains("With default.workers = 5, this fails: deadlock"), "{}", ran.out);
    let ran =
        threadbare(&["size", "nova-build-deadlock", "--for", "default.workers", "--max", "5", "--json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let json: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(json["answer"], Value::Null);
    assert_eq!(json["tried"].as_array().map(Vec::len), Some(5));
    let ran = threadbare(&["size", "nova-build-deadlock", "--for", "nobody.workers"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    let twice =
        ["size", "nova-build-deadlock", "--for", "default.workers", "--for", "executors.default.workers"];
    let ran = threadbare(&twice);
    assert!(ran.code == 2 && ran.err.contains("is to be sized twice"), "{}", ran.err);
    // Nothing will do, and to try a million values one by one would take hours.
    let never = ["--set", "expect.makespan=< 1ms", "--max", "1000000", "--runs", "1"];
    let ran =
        threadbare(&[&["size", "nova-build-deadlock", "--for", "default.workers"], &never[..]].concat());
    assert!(ran.code == 2 && ran.err.contains("are too many to try all"), "{}{}", ran.out, ran.err);
    let ran = threadbare(&["size", "nova-build-deadlock", "--for", "pool", "--min", "30"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.contains("30 to 20"), "{}", ran.err);
}

/// Whether caps are semaphores or a wrapper's, what limits the size that was found is a cap.
#[test]
fn what_limits_a_size_next_is_named() {
    let size = ["size", "nova-caps", "--for", "workers"];
    let ran = threadbare(&size);
    assert!(ran.out.starts_with("workers = 42 is the smallest"), "{}{}", ran.out, ran.err);
    let said = ran.out.replace('\n', " ");
    assert!(said.contains("tasks wait most for permits of build_slots: 40 %"), "{}", ran.out);
    assert!(said.contains("the same in every row: deadlock no, rejected 0"), "{}", ran.out);
    let ran = threadbare(&[&size[..], &["--variant", "typed_caps"]].concat());
    assert!(
        ran.out.replace('\n', " ").contains("wait most for the cap build of capped: 40 %"),
        "{}",
        ran.out
    );
    let ran = threadbare(&[&size[..], &["--json"]].concat());
    let json: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(
        (&json["limit"]["holder"], &json["limit"]["semaphore"]),
        (&"semaphore".into(), &"build_slots".into())
    );
    assert_eq!(json["laws"][0]["executor"], "workers");
    // Nothing will do: a table of many values is thinned, and what holds them back is named.
    let ran = threadbare(&["size", "nova-caps", "--for", "workers", "--variant", "left_on_bus"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("7 of 64 values shown")
            && ran.out.contains("With workers = 64, tasks wait most for bus,\nwhich holds them back"),
        "{}",
        ran.out
    );
}

#[test]
fn what_is_wanted_can_be_typed() {
    let size = |expect: &str| threadbare(&["size", "nova-build-deadlock", "--for", "pool", "--set", expect]);
    let ran = size("expect.latency.build.mean=\"<= 6.5s\"");
    assert!(ran.out.starts_with("pool = 8 is the smallest"), "{}{}", ran.out, ran.err);
    let ran = size("expect.latency.build.p99=< 10s");
    assert!(ran.out.starts_with("pool = 7 is the smallest"), "{}{}", ran.out, ran.err);
    assert_eq!(size("expect.latency.biuld.mean=\"< 1s\"").code, 2);
    let bare = file(&folder("typed"), "bare.toml", QUEUE.split("[expect]").next().expect("a part"));
    assert_eq!(threadbare(&["size", &bare, "--for", "pool.workers"]).code, 2);
    let wanted =
        ["size", &bare, "--for", "pool.workers", "--runs", "5", "--set", "expect.wait.job.mean=< 1s"];
    let ran = threadbare(&wanted);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn a_sweep_is_a_table_or_csv_or_json() {
    let folder = folder("sweep");
    let path = file(&folder, "queue.toml", QUEUE);
    let sweep = ["sweep", &path, "--param", "pool.workers=2..4", "--runs", "5"];
    let ran = threadbare(&sweep);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.lines().next().is_some_and(|line| line.contains("wait.job.mean")), "{}", ran.out);
    assert!(ran.out.contains("15 runs in all"), "{}", ran.out);
    let csv = threadbare(&[&sweep[..], &["--csv"]].concat()).out;
    assert_eq!(csv.lines().count(), 4);
    assert!(csv.starts_with("study,cell,pool.workers,runs,given_up,holds,wait.job.mean,wait.job.mean.low"));
    let json = threadbare(&[&sweep[..], &["--json"]].concat()).out;
    let cells: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(cells.len(), 3);
    assert_eq!(cells[2]["params"]["pool.workers"], "4");
    assert!(
        cells[2]["metrics"]["wait.job.mean"]["mean"].as_f64()
            < cells[0]["metrics"]["wait.job.mean"]["mean"].as_f64()
    );
    let of_both = threadbare(
        &[&sweep[..], &["--param", "arrivals.0.count=50,100", "--csv", "--threads", "1"]].concat(),
    );
    assert_eq!(of_both.out.lines().count(), 7);
}

#[test]
fn slips_in_a_sweep_are_told_before_anything_runs() {
    for (param, word) in [
        ("poll=1..3", "did you mean `pool`"),
        ("pool=3..1", "is empty"),
        ("pool=1..30", "above its `max`"),
        ("pool", "NAME=VALUES"),
        ("nobody.workers=1..3", "there is no param, executor, semaphore or cell `nobody`"),
        ("default.workers=1..1000000000", "more than 10000 values"),
        ("default.workers=1..9..0", "is empty"),
        ("default.workers=0..1", "from 1 to 1000000, not 0"),
        ("default.workers=-3..4", "is not a whole number"),
        ("network_time=uniform(1s,\n2s)", "line break"),
    ] {
        let ran = threadbare(&["sweep", "nova-build-deadlock", "--param", param, "--csv"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{param}");
        assert!(ran.err.contains(word), "{param}: {}", ran.err);
    }
    for (more, word) in [
        (["--runs", "0"], "0 is not in 1..=1000000"),
        (["--shard", "17/16"], "with I from 0 to N-1"),
        (["--shard", "0/0"], "with I from 0 to N-1"),
        (["--within", "nan"], "a share such as 5%"),
        (["--param", "params.pool=4..6"], "pool is swept twice"),
        (["--param", "builds=1..9999"], "cells are more than 10000"),
    ] {
        let ran =
            threadbare(&[&["sweep", "nova-build-deadlock", "--param", "pool=1..3"], &more[..]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{more:?}");
        assert!(ran.err.contains(word), "{more:?}: {}", ran.err);
    }
    let metric = ["sweep", "nova-build-deadlock", "--param", "pool=5", "--metric", "latency.biuld.p99"];
    let ran = threadbare(&metric);
    assert!(ran.code == 2 && ran.err.contains("did you mean `build`"), "{}", ran.err);
}

#[test]
fn a_comparison_fails_only_if_it_is_worse() {
    let folder = folder("compare");
    let path = file(&folder, "queue.toml", &QUEUE.replace("workers = 1", "workers = 5"));
    let compare = |variants: &str, condition: &str| {
        threadbare(&["compare", &path, "--variants", variants, "--runs", "10", "--fail-if", condition])
    };
    let ran = compare("base,slower", "latency.job.mean worse by 10%");
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
    assert!(ran.out.contains("From base to slower") && ran.out.contains("10 runs of each"), "{}", ran.out);
    assert_eq!(compare("base,slower", "latency.job.mean worse by 900%").code, 0);
    assert_eq!(compare("slower,base", "latency.job.mean worse by 0%").code, 0);
    assert_eq!(compare("base,base", "latency.job.mean worse").code, 0);
    assert_eq!(compare("base,slower", "latency.job.mean wrose by 10%").code, 2);
    assert_eq!(compare("base,nobody", "failed worse").code, 2);
    assert_eq!(threadbare(&["compare", &path, "--variants", "base"]).code, 2);
    let ran = threadbare(&["compare", &path, "--variants", "base,slower", "--json", "--runs", "5"]);
    let json: Value = serde_json::from_str(&ran.out).expect("JSON");
    let change = &json["compared"][0]["metrics"]["wait.job.mean"]["difference"];
    assert!(change["low"].as_f64().is_some_and(|low| low > 0.0), "{change}");
}

#[test]
fn a_sweep_is_drawn_within_eighty_columns_and_without_colour() {
    let fits = |text: &str| {
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    };
    // One parameter: a table, and its curve with what hangs below it.
    let ran = threadbare(&["sweep", "nova-build-deadlock", "--param", "pool=1..20"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    fits(&ran.out);
    let curve = ran.out.split("\nlatency.build.p99\n").nth(1).expect("a chart under its title");
    assert_eq!(curve.matches('×').count(), 5 + 1, "five values and the legend: {curve}");
    assert_eq!(curve.matches('▲').count(), 2, "{curve}");
    assert_eq!(curve.matches('█').count(), 5 + 1, "{curve}");
    assert!(curve.contains("expected: below 1 m 00 s"), "{curve}");
    // Two: a heat map, if it is asked for; figures in its cells if there is room.
    let map = ["sweep", "nova-build-deadlock", "--param", "pool=5..8", "--param", "builds=4..7", "--chart"];
    let ran = threadbare(&map);
    fits(&ran.out);
    assert!(ran.out.contains("[8 s]") && ran.out.contains('×'), "{}", ran.out);
    let ran = threadbare(&[&map[..3], &["pool=1..20", "--param", "builds=1..12", "--chart"]].concat());
    fits(&ran.out);
    assert!(ran.out.contains("[2]") && ran.out.contains("2 5 s to 10 s"), "{}", ran.out);
    // Far too many columns for the terminal: the table.
    let wide = ["sweep", "nova-build-deadlock", "--param", "pool=5,6", "--param", "net=1..100", "--chart"];
    assert_eq!(threadbare(&wide).code, 2);
}

#[test]
fn several_pools_are_sized_in_one_go_and_laws_say_why() {
    let folder = folder("sizes");
    let path = file(&folder, "queue.toml", QUEUE);
    let ran = threadbare(&["size", &path, "--for", "pool.workers", "--runs", "10"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for said in ["(utilisation law)", "(Little's law)", "Erlang C: pool is M/M/"] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    let two = QUEUE
        .replace("[tasks.job]\n", "[executors.other]\nkind = \"threads\"\nworkers = 9\n\n[tasks.job]\n")
        + "\n[[arrivals]]\ntask = \"job\"\nto = \"other\"\nrate = \"1/s\"\ncount = 100\n";
    let path = file(&folder, "two.toml", &two);
    let size = ["size", &path, "--for", "pool.workers", "--for", "other.workers", "--runs", "5"];
    let ran = threadbare(&size);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("meet the expectations, and none of them can be lower"), "{}", ran.out);
    assert!(!ran.out.contains("Erlang C"), "two sources are no M/M/c: {}", ran.out);
    let json: Value =
        serde_json::from_str(&threadbare(&[&size[..], &["--json"]].concat()).out).expect("JSON");
    assert_eq!(json["answer"].as_array().map(Vec::len), Some(2));
    assert_eq!(json["for"][1], "other.workers");
}

#[test]
fn a_comparison_comes_with_the_bill_of_each_variant() {
    let compare = ["compare", "nova-modes", "--variants", "base,eventlet", "--runs", "8"];
    let ran = threadbare(&compare);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for said in
        ["The bill", "CPU time of all tasks", "memory, on average", "threads, at most", "until all is done"]
    {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    let json: Value =
        serde_json::from_str(&threadbare(&[&compare[..], &["--json"]].concat()).out).expect("JSON");
    let said = ran.out.replace("\n  ", " ");
    assert!(said.contains("threads fewer") && said.contains("of memory less"), "{}", ran.out);
    let saved = &json["compared"][0]["bill"]["threads.max"]["difference"]["high"];
    assert!(saved.as_f64().is_some_and(|high| high < 0.0), "{saved}");
    let threads = |side: &str| json["bill"][side]["threads.max"]["mean"].as_f64();
    assert!(threads("base") > threads("eventlet"), "{}", json["bill"]);
    assert!(json["compared"][0]["metrics"]["threads.mean"].is_null());
}

#[test]
fn the_front_of_two_metrics_has_a_knee() {
    let folder = folder("pareto");
    let path = file(&folder, "queue.toml", QUEUE);
    let sweep = ["sweep", &path, "--param", "pool.workers=3..12", "--runs", "5"];
    let ran = threadbare(&[&sweep[..], &["--pareto", "memory.max", "latency.job.p99"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
    assert!(ran.out.contains("The knee of the front is at pool.workers = "), "{}", ran.out);
    assert!(ran.out.contains('◆') && ran.out.contains("memory.max"), "{}", ran.out);
    let ran = threadbare(&[&sweep[..], &["--pareto", "memory.max", "latency.jab.p99"]].concat());
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("did you mean `job`"), "{}", ran.err);
}

#[test]
fn who_hangs_is_not_called_as_fast() {
    let ran = threadbare(&["compare", "nova-build-deadlock", "--variants", "four_builds,base"]);
    assert!(ran.out.contains("four_builds does not deadlock; base deadlocks."), "{}", ran.out);
    assert!(!ran.out.contains("neither faster nor slower"), "{}", ran.out);
}

/// Work for four workers at least, on at most two.
const TOO_FEW: &str = r#"
params.n = { value = 1, min = 1, max = 2 }
executors.p = { kind = "threads", workers = "$n" }
tasks.a.steps = ["run exp(1s)"]
arrivals = [{ task = "a", to = "p", rate = "4/s", count = 20 }]
[expect]
"latency.a.p99" = "< 2s"
"#;

#[test]
fn why_no_size_will_do_is_told() {
    let size = |text: &str, more: &[&str]| {
        let ran = with_input(&[&["size", "-", "--for", "n", "--runs", "3"], more].concat(), text);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        ran.out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let narrow = size(TOO_FEW, &[]);
    assert!(narrow.contains("The parameter's own `max` allows no larger value."), "{narrow}");
    let unsteady = size(TOO_FEW, &["--steady"]);
    assert!(unsteady.contains("No run is long enough to have a steady part"), "{unsteady}");
    let limited = size(&format!("{TOO_FEW}[limits]\nmax_events = 20\n"), &[]);
    assert!(limited.contains("With n = 2, a limit ended every run, so it cannot be judged"), "{limited}");
}
