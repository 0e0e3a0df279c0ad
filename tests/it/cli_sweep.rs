//! A sweep in parts and with interruptions: shards, `merge`, `--resume`, SIGKILL, Ctrl-C, Parquet, the script of
//! `deploy/`. However it came to its end, the files are the same.

use crate::cli::{file, folder, threadbare};
use crate::cli_study::QUEUE;

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
    // Nor does a file that is no CSV at all, however it ends: its only line was once taken for one that was broken off.
    for text in ["notes without an end of line", "cell", "{}\n"] {
        let notes = file(&folder, "notes.txt", text);
        let ran = threadbare(&[&sweep[..], &["--resume", &notes]].concat());
        let kept = std::fs::read_to_string(&notes).expect("a file");
        assert_eq!((ran.code, kept.as_str()), (2, text), "{}", ran.err);
    }
    let other = threadbare(&[&sweep[..], &["--seed", "6", "--csv"]].concat()).out;
    let other = file(&folder, "other.csv", &other);
    let ran = threadbare(&["merge", &parts[0], &other]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("another sweep"), "{}", ran.err);
}

/// The same lines whatever the threads, the parts, and the order in which parts are joined; in JSON too.
#[test]
fn parts_of_json_are_joined_as_well() {
    let folder = folder("sweep-json");
    let path = file(&folder, "queue.toml", QUEUE);
    let sweep = ["sweep", &path, "--param", "pool.workers=2..6", "--runs", "3", "--json"];
    let whole = threadbare(&sweep).out;
    assert_eq!(whole.lines().count(), 5);
    assert_eq!(threadbare(&[&sweep[..], &["--threads", "1"]].concat()).out, whole);
    let parts: Vec<String> = ["0/3", "1/3", "2/3"]
        .map(|shard| threadbare(&[&sweep[..], &["--shard", shard, "--threads", "2"]].concat()).out)
        .iter()
        .enumerate()
        .map(|(n, text)| file(&folder, &format!("part{n}.jsonl"), text))
        .collect();
    let ran = threadbare(&["merge", &parts[2], &parts[0], &parts[1]]);
    assert_eq!((ran.out, ran.err.as_str()), (whole, ""));
    let ran = threadbare(&["merge", &parts[2], &parts[0]]);
    assert!(ran.code == 0 && ran.err.contains("warning: no part has cell 1\n"), "{}", ran.err);
}

#[test]
fn what_is_no_part_of_one_sweep_is_refused() {
    let folder = folder("sweep-refused");
    let path = file(&folder, "queue.toml", QUEUE);
    let other = file(&folder, "other.toml", &QUEUE.replace("exp(1s)", "exp(2s)"));
    let part = |name: &str, path: &str, more: &[&str]| {
        let sweep = ["sweep", path, "--param", "pool.workers=2..3", "--runs", "2", "--shard", "0/2"];
        file(&folder, name, &threadbare(&[&sweep[..], more].concat()).out)
    };
    let here = part("here", &path, &[]);
    let text = std::fs::read_to_string(&here).expect("a file");
    for (there, said) in [
        (part("document", &other, &[]), "line 2 is of another sweep than"),
        (part("metric", &path, &["--metric", "makespan"]), "has other columns than"),
        (part("json", &path, &["--json"]), "one is CSV and the other JSON"),
        (file(&folder, "prose", "Dear reader\n"), "is not part of a sweep"),
        (file(&folder, "broken", &text[..text.len() - 4]), "ends within a line"),
        (file(&folder, "altered", &text.replace(",no,", ",yes,")), "cell 0 is not the same in"),
    ] {
        let ran = threadbare(&["merge", &here, &there]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{there}: {}", ran.err);
        assert!(ran.err.contains(said) && ran.err.contains(&there), "{there}: {}", ran.err);
    }
}

/// Begins a sweep, sends it SIGINT after a while, longer if it was too early, and answers with what it printed once
/// it had done two cells.
#[cfg(unix)]
fn interrupted(arguments: &[&str]) -> (String, String) {
    use std::process::{Command, Stdio};
    for wait in [200, 500, 1000, 2000, 4000] {
        let mut begun = crate::cli::command(arguments);
        let child = begun.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success(), "it ended before it could be interrupted");
        let output = child.wait_with_output().expect("it ends");
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8"));
        if err.contains("stopped: 2 of 3 cells are done") {
            assert_eq!(output.status.code(), Some(130), "{out}{err}");
            return (out, err);
        }
    }
    panic!("it never had two cells of three")
}

/// Ctrl-C keeps the cells that have all their runs, in whatever form they are asked for.
#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_is_done() {
    let folder = folder("sweep-interrupted");
    let path = file(&folder, "queue.toml", &QUEUE.replace("workers = 1", "workers = 40"));
    // Two cells that take next to nothing; the third takes many seconds, of runs of a fraction of one.
    let axis = "arrivals.0.count=100,200,200000";
    let sweep = ["sweep", &path, "--param", axis, "--runs", "64"];
    let to = |name: &str| folder.join(name).to_str().expect("a path in UTF-8").to_owned();
    let few = sweep.map(|word| word.strip_suffix(",200000").unwrap_or(word));
    let rows = |text: &str| text.lines().filter(|line| line.contains("200000")).count();

    let (table, _) = interrupted(&sweep);
    assert!(table.contains("128 runs in all") && rows(&table) == 0, "{table}");
    let (lines, _) = interrupted(&[&sweep[..], &["--json"]].concat());
    assert!(lines.lines().count() == 2 && lines.ends_with('\n'), "{lines}");
    let held = to("held.csv");
    interrupted(&[&sweep[..], &["--resume", &held]].concat());
    let held = std::fs::read_to_string(held).expect("a file");
    // All but the sweep's identity is as if nobody had asked for the third.
    let figures =
        |text: &str| text.lines().map(|line| line.split_once(',').expect("a cell").1.to_owned()).collect();
    let (held, few): (Vec<String>, Vec<String>) =
        (figures(&held), figures(&threadbare(&[&few[..], &["--csv"]].concat()).out));
    assert_eq!(held, few);
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

/// A build without Parquet says so before anything runs, and what to do.
#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_parquet_says_so() {
    let ran = threadbare(&["sweep", "lock-order", "--param", "seed=1,2", "--parquet", "sweep.parquet"]);
    let expected = "error: this build of threadbare cannot write Parquet\n  Build it with \
                    `cargo install --path . --features parquet`, or use --csv.\n";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (2, "", expected));
}

/// The script of `deploy/` that a machine without a cluster can run: parts side by side, joined to the same bytes, with
/// GNU parallel where that is installed, and without.
#[cfg(unix)]
#[test]
fn parts_on_one_machine_join_to_the_same_file() {
    let folder = folder("sweep-local");
    let path = file(&folder, "a queue.toml", QUEUE);
    let sweep = [path.as_str(), "--param", "pool.workers=2..6", "--runs", "3"];
    let whole = threadbare(&[&["sweep"], &sweep[..], &["--csv"]].concat()).out;
    // A folder of what the script needs, and no more.
    let without = folder.join("bin");
    std::fs::create_dir(&without).expect("a folder");
    for command in ["sh", "seq", "xargs", "nproc", "mkdir"] {
        let found = ["/usr/bin", "/bin"].map(|at| std::path::Path::new(at).join(command));
        let found = found.iter().find(|path| path.exists()).expect("every Unix has it");
        std::os::unix::fs::symlink(found, without.join(command)).expect("a link");
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/local.sh");
    let with = std::env::var_os("PATH").expect("a path");
    for (name, path) in [("with", with.as_os_str()), ("without", without.as_os_str())] {
        let parts = folder.join(name);
        let output = std::process::Command::new("/bin/sh")
            .arg(script)
            .arg("3")
            .args(sweep)
            .env("THREADBARE", env!("CARGO_BIN_EXE_threadbare"))
            .env("PARTS", &parts)
            .env("PATH", path)
            .output()
            .expect("a shell");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {errors}");
        assert_eq!(String::from_utf8(output.stdout).expect("UTF-8"), whole, "{name}: {errors}");
        assert_eq!(std::fs::read_dir(parts).expect("parts").count(), 3, "{name}");
    }
}

/// Two processes that resumed one file wrote cells up to three times.
#[test]
fn a_file_is_resumed_by_one_process_at_a_time() {
    let folder = folder("sweep-locked");
    let path = file(&folder, "queue.toml", QUEUE);
    let held = file(&folder, "held.csv", "");
    let resume = ["sweep", &path, "--param", "pool.workers=2..3", "--runs", "2", "--resume", &held];
    let other = std::fs::File::options().append(true).open(&held).expect("the file");
    other.lock().expect("a lock");
    let refused = threadbare(&resume);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("another sweep is writing to"), "{}", refused.err);
    assert_eq!(std::fs::read_to_string(&held).expect("the file"), "");
    drop(other);
    assert_eq!(threadbare(&resume).code, 0);
}

#[test]
fn a_file_to_resume_is_read_within_a_bound() {
    let folder = folder("sweep-long");
    let path = file(&folder, "queue.toml", QUEUE);
    let held = folder.join("long.csv");
    // Sparse: it takes no room on the disk.
    std::fs::File::create(&held).expect("a file").set_len(1 << 30).expect("a long file");
    let held = held.to_str().expect("a path in UTF-8");
    let refused = threadbare(&["sweep", &path, "--param", "pool.workers=2..3", "--resume", held]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("is larger than 256 MiB"), "{}", refused.err);
}
