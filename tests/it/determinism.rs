//! The same document, variant, seed: the same run, on every machine, today and tomorrow.
//!
//! `tests/golden/fingerprints.txt` pins every variant of the gallery. It is a plain file, not a snapshot: the tests in
//! WebAssembly and in the browser compare their runs with the same lines. After a change that is meant to change runs,
//! `cargo test --test it write_fingerprints -- --ignored` writes it, and the difference is part of the review.

use crate::runs::variants_of;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use threadbare::analysis::csv::csv;
use threadbare::analysis::names::Names;

const FINGERPRINTS: &str = "tests/golden/fingerprints.txt";

/// The fingerprint and the name of every variant of the gallery, a line each.
fn fingerprints() -> String {
    let mut lines = String::new();
    for entry in threadbare::gallery::ENTRIES {
        for (name, trace) in variants_of(entry.name, entry.text) {
            writeln!(lines, "{} {name}", trace.fingerprint()).expect("a string takes any text");
        }
    }
    lines
}

fn fingerprints_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(FINGERPRINTS)
}

#[test]
fn every_run_of_the_gallery_has_its_fingerprint() {
    let expected = fs::read_to_string(fingerprints_path()).expect("the fingerprints are in the repository");
    let got = fingerprints();
    for (got, expected) in got.lines().zip(expected.lines()) {
        assert_eq!(got, expected, "in {FINGERPRINTS}; see the head of this file");
    }
    assert_eq!(got.lines().count(), expected.lines().count(), "lines of {FINGERPRINTS}");
}

#[test]
#[ignore = "writes a file of the repository"]
fn write_fingerprints() {
    fs::write(fingerprints_path(), fingerprints()).expect("the file can be written");
}

#[test]
fn two_runs_told_event_by_event() {
    for (scenario, variant) in [("nova-build-deadlock", "base"), ("nova-hard-reboot", "base")] {
        let text = threadbare::gallery::find(scenario).expect("it is in the gallery").text;
        let wanted = format!("{scenario} {variant}");
        let runs = variants_of(scenario, text);
        let (_, trace) = runs.iter().find(|(name, _)| *name == wanted).expect("it has the variant");
        insta::assert_snapshot!(format!("events_{scenario}"), csv(trace, &Names::of(trace)));
    }
}
