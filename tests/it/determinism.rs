//! The same document, variant, seed: the same run, on every machine, today and tomorrow.
//!
//! `tests/golden/fingerprints.txt` pins every variant of the gallery. A change of the engine or of a
//! scenario that is meant to change runs rewrites it: `UPDATE_GOLDEN=1 cargo test determinism`, and the
//! difference is part of the review.

use crate::runs::variants_of;
use std::fmt::Write;
use std::path::Path;
use threadbare::analysis::csv::csv;
use threadbare::analysis::names::Names;

pub fn golden(name: &str, got: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder can be made");
        std::fs::write(&path, got).expect("the file can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    for (got, expected) in got.lines().zip(expected.lines()) {
        assert_eq!(got, expected, "in {name}; see the head of this file");
    }
    assert_eq!(got.lines().count(), expected.lines().count(), "lines of {name}");
}

#[test]
fn every_run_of_the_gallery_has_its_fingerprint() {
    let mut lines = String::new();
    for entry in threadbare::gallery::ENTRIES {
        for (name, trace) in variants_of(entry.name, entry.text) {
            writeln!(lines, "{} {name}", trace.fingerprint()).expect("a string takes any text");
        }
    }
    golden("fingerprints.txt", &lines);
}

#[test]
fn two_runs_told_event_by_event() {
    for (scenario, variant) in [("nova-build-deadlock", "base"), ("nova-hard-reboot", "base")] {
        let text = threadbare::gallery::find(scenario).expect("it is in the gallery").text;
        let wanted = format!("{scenario} {variant}");
        let runs = variants_of(scenario, text);
        let (_, trace) = runs.iter().find(|(name, _)| *name == wanted).expect("it has the variant");
        golden(&format!("{scenario}.csv"), &csv(trace, &Names::of(trace)));
    }
}
