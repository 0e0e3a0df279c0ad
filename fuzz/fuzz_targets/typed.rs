//! What is typed or pasted beside a document: a schedule, values to set, axes, metrics, durations, parts of a sweep. Each is
//! read from any text without a panic, a hang or more memory than it warrants, and what is read means what it says.
//!
//! The first byte chooses a gallery scenario that the text is about.

#![no_main]

use libfuzzer_sys::fuzz_target;
use threadbare::gallery;
use threadbare::language::{
    BASE, Document, Overrides, duration_text, edit, metric, number, parse_duration, parse_memory,
};
use threadbare::study::axis::SweepAxis;
use threadbare::study::parts::merge;
use threadbare::study::replicate::ReplicationEffort;
use threadbare::study::schedule::{ReplayInProgress, Schedule};
use threadbare::study::sweep::SweepPlan;

/// More steps of a replay are not taken.
const MAX_STEPS: u64 = 2_000;
/// More cells are not read, each of which is a document.
const MAX_CELLS: usize = 8;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let entry = gallery::ENTRIES[usize::from(*first) % gallery::ENTRIES.len()];
    let document = Document::parse(entry.name, entry.text).expect("the gallery is valid");
    schedule(&document, text);
    set(&document, text);
    sweep(&document, text);
    quantities(&document, text);
    parts(text);
});

fn schedule(document: &Document, text: &str) {
    let Ok(schedule) = text.parse::<Schedule>() else { return };
    let written = schedule.to_string();
    let again: Schedule = written.parse().expect("a written schedule is one");
    assert_eq!((&again.turns, again.view), (&schedule.turns, schedule.view));
    assert_eq!(again.to_string(), written);
    let scenario = document.scenario(BASE, &Overrides::default()).expect("the gallery is valid");
    if let Ok(mut replaying) = ReplayInProgress::new(&scenario, &schedule) {
        replaying.advance(MAX_STEPS);
        let _ = replaying.finish();
    }
}

/// What is set for a run is the same as what is set in the text. (What was not there before may come to stand
/// elsewhere in the text, and tables have an order.)
fn set(document: &Document, text: &str) {
    let Some((path, value)) = text.split_once('=') else { return };
    let overrides = Overrides { seed: None, set: vec![(path.to_owned(), value.to_owned())] };
    let set = document.scenario(BASE, &overrides);
    if let Err(problems) = &set {
        assert!(!problems.render(false).is_empty(), "a refusal says why");
    }
    match edit::set(document.source(), path, value) {
        Ok(edited) => {
            let edited =
                Document::parse("edited", &edited).unwrap_or_else(|p| panic!("{path} = {value}\n{p}"));
            let edited = edited.scenario(BASE, &Overrides::default());
            let full = edit::full_path(document.source(), path).expect("what was changed is there");
            if edit::raw(document.source(), &full).is_some() {
                assert!(edited.as_ref().ok() == set.as_ref().ok(), "{path} = {value}");
            }
        }
        Err(problems) => assert!(!problems.render(false).is_empty(), "a refusal says why"),
    }
}

fn sweep(document: &Document, text: &str) {
    let axes: Result<Vec<SweepAxis>, String> = text.lines().take(2).map(SweepAxis::parse).collect();
    let Ok(axes) = axes else { return };
    if axes.iter().map(|axis| axis.values.len()).product::<usize>() > MAX_CELLS {
        return;
    }
    let effort = ReplicationEffort { runs: 1, ..ReplicationEffort::default() };
    let Ok(sweep) = SweepPlan::new(document, BASE, &Overrides::default(), axes, &[], effort) else { return };
    assert_eq!(sweep.done(&sweep.csv_header()), Ok(Vec::new()), "a sweep knows its own columns");
    let joined = merge(&[("a".to_owned(), sweep.csv_header())]).map(|joined| joined.text);
    assert_eq!(joined, Ok(sweep.csv_header()));
    let _ = sweep.done(text);
}

fn quantities(document: &Document, text: &str) {
    let scenario = document.scenario(BASE, &Overrides::default()).expect("the gallery is valid");
    let _ = (metric::parse(text, &scenario), parse_memory(text), number(text));
    if let Ok(duration) = parse_duration(text) {
        assert_eq!(parse_duration(&duration_text(duration)), Ok(duration), "{text}");
    }
}

/// What was joined is a part, and the order of the parts makes no difference.
fn parts(text: &str) {
    let mut parts: Vec<(String, String)> =
        text.split("\n\n").take(3).map(|part| ("part".to_owned(), part.to_owned())).collect();
    let joined = merge(&parts);
    parts.reverse();
    assert_eq!(merge(&parts).ok(), joined.as_ref().ok().cloned());
    if let Ok(joined) = joined {
        assert_eq!(merge(&[("joined".to_owned(), joined.text.clone())]), Ok(joined));
    }
}
