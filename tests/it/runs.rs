//! Runs of documents given as text, for the other tests.

use std::sync::Arc;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::expect::ExpectationResult;
use threadbare::language::{Document, Overrides};
use threadbare::model::scenario::Scenario;
use threadbare::study::run::run;
use threadbare::trace::Trace;

fn parse(name: &str, text: &str) -> Document {
    Document::parse(name, text).unwrap_or_else(|problems| panic!("{}", problems.render(false)))
}

/// Runs the document's base.
pub fn trace_of(text: &str) -> Trace {
    let scenario = parse("test.toml", text).scenario("base", &Overrides::default());
    run(Arc::new(scenario.unwrap_or_else(|problems| panic!("{}", problems.render(false)))))
}

/// How the document's expectations come out.
pub fn digest_of(text: &str) -> Vec<ExpectationResult> {
    Digest::new(&trace_of(text)).expectations
}

/// Runs every variant of a document: `NAME VARIANT` and its trace.
pub fn variants_of(name: &str, text: &str) -> Vec<(String, Trace)> {
    let document = parse(name, text);
    let variants = document.variants().into_iter();
    variants
        .map(|variant| {
            let scenario = document.scenario(&variant.name, &Overrides::default());
            let scenario = scenario.unwrap_or_else(|problems| panic!("{}", problems.render(false)));
            (format!("{name} {}", variant.name), run(Arc::new(scenario)))
        })
        .collect()
}

/// Every variant of a document: `NAME VARIANT` and its scenario.
pub fn scenarios_of(name: &str, text: &str) -> Vec<(String, Arc<Scenario>)> {
    let document = parse(name, text);
    let variants = document.variants().into_iter();
    variants
        .map(|variant| {
            let scenario = document.scenario(&variant.name, &Overrides::default());
            let scenario = scenario.unwrap_or_else(|problems| panic!("{}", problems.render(false)));
            (format!("{name} {}", variant.name), Arc::new(scenario))
        })
        .collect()
}

/// One variant of a gallery scenario.
pub fn scenario(name: &str, variant: &str) -> Arc<Scenario> {
    let text = threadbare::gallery::find(name).expect("it is in the gallery").text;
    let wanted = format!("{name} {variant}");
    let found = scenarios_of(name, text).into_iter().find(|(name, _)| *name == wanted);
    found.expect("it has the variant").1
}
