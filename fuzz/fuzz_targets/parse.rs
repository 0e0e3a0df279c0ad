//! Any bytes are read as a document without a panic or a hang, all their problems can be shown, and what
//! is a scenario comes back from its own text, as TOML and as JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use threadbare::language::{BASE, Document, Overrides, Tunable, edit, write};
use threadbare::model::scenario::Scenario;

/// How many variants of a document are built one by one; `check` looks at all of them.
const VARIANTS: usize = 3;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let document = match Document::parse("fuzz.toml", text) {
        Ok(document) => document,
        Err(problems) => {
            assert!(!problems.render(false).is_empty(), "a refusal says why");
            return;
        }
    };
    let problems = document.check();
    let _ = (problems.render(false), problems.to_string());
    for variant in document.variants().iter().take(VARIANTS) {
        let name = &variant.name;
        let Ok(scenario) = document.scenario(name, &Overrides::default()) else { continue };
        let as_is = |text: String| read(&text, name);
        assert_eq!(as_is(write::document_as_toml(&document)), scenario, "the document as TOML");
        assert_eq!(as_is(write::document_as_json(&document)), scenario, "the document as JSON");
        for tunable in document.tunables(name).iter().take(3) {
            stays_the_same(&document, name, tunable, &scenario);
        }
        comes_back(scenario);
    }
});

/// What is set to the value that it has stays the same scenario, whether it is set for the run or in the text.
fn stays_the_same(document: &Document, variant: &str, tunable: &Tunable, scenario: &Scenario) {
    let Tunable { path, value, .. } = tunable;
    let set = Overrides { seed: None, set: vec![(path.clone(), value.clone())] };
    let same = document.scenario(variant, &set);
    assert_eq!(same.as_ref().ok(), Some(scenario), "--set {path}={value}");
    // A value may be what cannot be changed in place, but no edit breaks the document.
    if let Ok(edited) = edit::set(document.source(), path, value) {
        assert!(Document::parse("edited.toml", &edited).is_ok(), "{path}:\n{edited}");
        if variant == BASE {
            assert_eq!(read(&edited, BASE), *scenario, "{path} = {value}");
        }
    }
}

fn comes_back(mut scenario: Scenario) {
    scenario.variant = "base".to_owned();
    assert_eq!(read(&write::toml(&scenario), "base"), scenario, "as TOML");
    assert_eq!(read(&write::json(&scenario), "base"), scenario, "as JSON");
}

fn read(text: &str, variant: &str) -> Scenario {
    let document = Document::parse("written", text).unwrap_or_else(|problems| panic!("{text}\n{problems}"));
    let scenario = document.scenario(variant, &Overrides::default());
    scenario.unwrap_or_else(|problems| panic!("{text}\n{problems}"))
}
