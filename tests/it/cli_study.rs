//! `threadbare sweep`, `merge`, `compare` and `size`: what they print and how they exit.

use crate::cli::{file, folder, threadbare};
use serde_json::Value;

const QUEUE: &str = r#"
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
    assert!(ran.out.contains("With default.workers = 5 this does not hold: deadlock"), "{}", ran.out);
    let ran =
        threadbare(&["size", "nova-build-deadlock", "--for", "default.workers", "--max", "5", "--json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let json: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(json["answer"], Value::Null);
    assert_eq!(json["tried"].as_array().map(Vec::len), Some(5));
    let ran = threadbare(&["size", "nova-build-deadlock", "--for", "nobody.workers"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
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
        ran.out.contains("7 of 64 values shown") && ran.out.contains("bus, which holds them back"),
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
fn a_sweep_is_resumed_and_joined_from_parts() {
    let folder = folder("sweep-parts");
    let path = file(&folder, "queue.toml", QUEUE);
    let sweep = ["sweep", &path, "--param", "pool.workers=2..6", "--runs", "3"];
    let whole = threadbare(&[&sweep[..], &["--csv"]].concat()).out;
    let parts: Vec<String> = ["0/2", "1/2"]
        .map(|shard| threadbare(&[&sweep[..], &["--shard", shard]].concat()).out)
        .iter()
        .enumerate()
        .map(|(n, text)| file(&folder, &format!("part{n}.csv"), text))
        .collect();
    assert_eq!(threadbare(&["merge", &parts[1], &parts[0]]).out, whole);
    // Broken off in the middle of its third line.
    let held = &whole[..whole.match_indices('\n').nth(2).expect("lines").0 - 3];
    let resumed = file(&folder, "resumed.csv", held);
    let ran = threadbare(&[&sweep[..], &["--resume", &resumed]].concat());
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&resumed).expect("a file"), whole);
    // Another document does not go on in this file, and nothing is lost.
    let ran = threadbare(&[&sweep[..], &["--seed", "6", "--resume", &resumed]].concat());
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("does not belong to this sweep"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&resumed).expect("a file"), whole);
    let other = threadbare(&[&sweep[..], &["--seed", "6", "--csv"]].concat()).out;
    let other = file(&folder, "other.csv", &other);
    let ran = threadbare(&["merge", &parts[0], &other]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("another sweep"), "{}", ran.err);
}

#[test]
fn slips_in_a_sweep_are_told_before_anything_runs() {
    for (param, word) in [
        ("poll=1..3", "did you mean `pool`"),
        ("pool=3..1", "is empty"),
        ("pool=1..30", "above its `max`"),
        ("pool", "NAME=VALUES"),
    ] {
        let ran = threadbare(&["sweep", "nova-build-deadlock", "--param", param, "--csv"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{param}");
        assert!(ran.err.contains(word), "{param}: {}", ran.err);
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

/// Killed without warning while cells are being written, a sweep goes on where it was: what is in the file stays as
/// it is, no cell is run again, none is lost.
#[cfg(unix)]
#[test]
fn a_sweep_that_is_killed_goes_on() {
    let folder = folder("sweep-killed");
    let path = file(&folder, "queue.toml", &QUEUE.replace("count = 200", "count = 4000"));
    let sweep = ["sweep", &path, "--param", "pool.workers=3..40", "--runs", "8"];
    let held = folder.join("held.csv");
    let resumed = held.to_str().expect("a path in UTF-8");
    let arguments = [&sweep[..], &["--resume", resumed]].concat();
    let lines = || std::fs::read_to_string(&held).map_or(0, |text| text.lines().count());
    let mut kills = 0;
    while kills < 3 {
        let before = lines();
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_threadbare"))
            .args(&arguments)
            .spawn()
            .expect("the command starts");
        while lines() <= before + 2 && child.try_wait().expect("a child").is_none() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        if child.try_wait().expect("a child").is_some() {
            break;
        }
        child.kill().and_then(|()| child.wait()).expect("it is killed");
        kills += 1;
    }
    assert!(kills > 0, "it ended before it could be killed");
    let kept = std::fs::read_to_string(&held).expect("a file");
    let ran = threadbare(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let whole = std::fs::read_to_string(&held).expect("a file");
    assert!(whole.starts_with(&kept[..kept.rfind('\n').expect("a line")]));
    assert_eq!(whole, threadbare(&[&sweep[..], &["--csv"]].concat()).out);
}

/// As Parquet a sweep is the same file in one go, resumed, and joined from parts.
#[cfg(feature = "parquet")]
#[test]
fn a_sweep_is_the_same_parquet_however_it_was_run() {
    let folder = folder("sweep-parquet");
    let path = file(&folder, "queue.toml", QUEUE);
    let sweep = ["sweep", &path, "--param", "pool.workers=2..6", "--runs", "3"];
    let bytes = |name: &str| std::fs::read(folder.join(name)).expect("a file");
    let to = |name: &str| folder.join(name).to_str().expect("a path in UTF-8").to_owned();
    let ran = threadbare(&[&sweep[..], &["--parquet", &to("whole.parquet")]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("15 runs in all"), "the table is printed as well: {}", ran.out);
    assert!(bytes("whole.parquet").starts_with(b"PAR1"));
    let csv = threadbare(&[&sweep[..], &["--csv"]].concat()).out;
    let held = file(&folder, "held.csv", &csv[..csv.len() / 2]);
    let ran = threadbare(&[&sweep[..], &["--resume", &held, "--parquet", &to("resumed.parquet")]].concat());
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    let parts: Vec<String> = ["0/2", "1/2"]
        .map(|shard| threadbare(&[&sweep[..], &["--shard", shard]].concat()).out)
        .iter()
        .enumerate()
        .map(|(n, text)| file(&folder, &format!("part{n}.csv"), text))
        .collect();
    let ran = threadbare(&["merge", &parts[1], &parts[0], "--parquet", &to("merged.parquet")]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(bytes("whole.parquet") == bytes("resumed.parquet"));
    assert!(bytes("whole.parquet") == bytes("merged.parquet"));
    let ran = threadbare(&[&sweep[..], &["--parquet", &to("no/such/folder.parquet")]].concat());
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "told before anything runs");
}

/// The script of `deploy/` that a machine without a cluster can run: parts side by side, joined to the same bytes.
#[test]
fn parts_on_one_machine_join_to_the_same_file() {
    let folder = folder("sweep-local");
    let path = file(&folder, "a queue.toml", QUEUE);
    let sweep = [path.as_str(), "--param", "pool.workers=2..6", "--runs", "3"];
    let whole = threadbare(&[&["sweep"], &sweep[..], &["--csv"]].concat()).out;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/local.sh");
    let output = std::process::Command::new("sh")
        .arg(script)
        .arg("3")
        .args(sweep)
        .env("THREADBARE", env!("CARGO_BIN_EXE_threadbare"))
        .env("PARTS", folder.join("parts"))
        .output()
        .expect("a shell");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(String::from_utf8(output.stdout).expect("UTF-8"), whole, "{errors}");
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
    assert!(curve.contains("expected: below 1 m 00 s, beyond the chart"), "{curve}");
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
    assert!(ran.out.contains("meet what is expected; less of any does not"), "{}", ran.out);
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
