//! What is printed to show a finding again does show it: every such command of the gallery, run as it stands.

use crate::cli::{Ran, folder, threadbare};
use serde_json::Value;

/// So many states a view: enough for the findings that the gallery is about.
const FEW: [&str; 4] = ["--states", "400", "--runs", "0"];

/// Runs what is printed, with more arguments; nothing in the gallery needs quotes.
fn run_printed(line: &str, more: &[&str], without: &str) -> Ran {
    let words: Vec<&str> = line.split_whitespace().filter(|word| *word != without).collect();
    assert!(words[0] == "threadbare" && !line.contains('\''), "{line}");
    let ran = threadbare(&[&words[1..], more].concat());
    assert!(ran.code < 2, "{line}\n{}", ran.err);
    ran
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The commands that stand behind this in a report.
fn printed<'a>(report: &'a str, label: &str) -> Vec<&'a str> {
    report.lines().filter_map(|line| line.trim_start().strip_prefix(label)).collect()
}

#[test]
fn every_finding_of_the_gallery_is_shown_again_by_the_command_that_is_printed() {
    let mut shown = 0;
    for entry in threadbare::gallery::ENTRIES {
        let asked = [&["explore", entry.name, "--all-variants"][..], &FEW].concat();
        let told = threadbare(&asked).out;
        let json = threadbare(&[&asked[..], &["--json"]].concat()).out;
        let variants: Vec<Value> =
            json.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let views = variants.iter().flat_map(|variant| variant["views"].as_array().expect("views"));
        let findings: Vec<&Value> =
            views.flat_map(|view| view["findings"].as_array().expect("findings")).collect();
        let lines = printed(&told, "Replay it: ");
        assert_eq!(lines.len(), findings.len(), "{}", entry.name);
        for (line, finding) in lines.into_iter().zip(findings) {
            let kind = finding["kind"].as_str().expect("a kind");
            if kind == "endless" {
                continue;
            }
            let replayed: Value =
                serde_json::from_str(&run_printed(line, &["--json"], "--timeline").out).expect("JSON");
            // Of a run that goes on beyond the finding only the beginning was told.
            let is_whole = !finding["fingerprint"].is_null();
            assert!(!is_whole || replayed["fingerprint"] == finding["fingerprint"], "{line}");
            let report = on_one_line(&run_printed(line, &["--width", "100"], "").out);
            if matches!(kind, "deadlock" | "partial-deadlock" | "stall") {
                let text = finding["text"].as_str().expect("a text");
                let told = text.split(" No timeout").next().unwrap_or(text);
                assert!(report.contains(if is_whole { text } else { told }), "{line}\n{report}");
            }
            shown += 1;
        }
    }
    assert!(shown >= 40, "{shown} shown again");
}

#[test]
fn every_run_of_the_gallery_that_fails_is_shown_again_by_the_command_that_is_printed() {
    let mut failed = 0;
    for entry in threadbare::gallery::ENTRIES {
        let document = threadbare::language::Document::parse(entry.name, entry.text).expect("it is sound");
        for variant in document.variants() {
            let which = ["run", entry.name, "--variant", variant.name.as_str()];
            let ran = threadbare(&which);
            let lines = printed(&ran.out, "Replay it: ");
            assert_eq!(lines.len(), usize::from(ran.code == 1), "{which:?}\n{}", ran.out);
            let Some(line) = lines.first() else { continue };
            let of = |ran: Ran| serde_json::from_str::<Value>(&ran.out).expect("JSON")["fingerprint"].clone();
            let again = of(run_printed(line, &["--json"], "--timeline"));
            assert_eq!(again, of(threadbare(&[&which[..], &["--json"]].concat())), "{line}");
            assert_eq!(run_printed(line, &[], "").code, 1, "{line}");
            failed += 1;
        }
    }
    assert!(failed >= 20, "{failed} failed");
}

#[test]
fn every_hazard_of_the_gallery_is_found_by_the_command_that_is_printed() {
    let mut found = 0;
    for entry in threadbare::gallery::ENTRIES {
        let told = threadbare(&["check", entry.name, "--width", "200"]).out;
        for line in printed(&told, "See how: ") {
            let report = run_printed(line, &["--states", "4000", "--runs", "0"], "").out;
            assert!(report.contains("Deadlock") || report.contains("Stall"), "{line}\n{report}");
            found += 1;
        }
    }
    assert!(found >= 10, "{found} found");
}

/// A disk that is full while a run is saved: what was there stays.
#[cfg(unix)]
#[test]
fn a_saved_run_is_replaced_as_a_whole_or_not_at_all() {
    let folder = folder("save-full");
    let saved = folder.join("run.trace");
    std::fs::write(&saved, "an earlier run").expect("a file");
    let path = saved.to_str().expect("a path in UTF-8");
    let program = env!("CARGO_BIN_EXE_threadbare");
    // No file may be longer than 512 bytes.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" run nova-build-deadlock --save \"$1\"";
    let run = std::process::Command::new("sh").args(["-c", script, program, path]).output().expect("a shell");
    assert_eq!(run.status.code(), Some(2), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(std::fs::read_to_string(&saved).expect("the file"), "an earlier run");
    let left = std::fs::read_dir(&folder).expect("a folder").count();
    assert_eq!(left, 1, "nothing is left beside it");
    assert!(threadbare(&["run", "nova-build-deadlock", "--save", path]).err.is_empty());
    assert!(std::fs::read(&saved).expect("the file").starts_with(b"THRDBAR2"));
}
