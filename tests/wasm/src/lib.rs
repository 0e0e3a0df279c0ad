//! The gallery's fingerprints, as WebAssembly computes them: the same text as
//! `tests/golden/fingerprints.txt`, which `run.mjs` compares it with.

use std::fmt::Write;
use std::sync::{Arc, OnceLock};
use threadbare::language::{Document, Overrides};
use threadbare::study::run::run;

static TEXT: OnceLock<String> = OnceLock::new();

fn fingerprints() -> String {
    let mut text = String::new();
    for entry in threadbare::gallery::ENTRIES {
        let document = Document::parse(entry.name, entry.text).expect("the gallery has no problems");
        for variant in document.variants() {
            let scenario = document.scenario(&variant.name, &Overrides::default());
            let trace = run(Arc::new(scenario.expect("the gallery has no problems")));
            writeln!(text, "{} {} {}", trace.fingerprint(), entry.name, variant.name)
                .expect("a string takes any text");
        }
    }
    text
}

/// Where the text begins in memory.
#[unsafe(no_mangle)]
pub extern "C" fn text() -> *const u8 {
    TEXT.get_or_init(fingerprints).as_ptr()
}

/// How many bytes it has.
#[unsafe(no_mangle)]
pub extern "C" fn text_len() -> usize {
    TEXT.get_or_init(fingerprints).len()
}
