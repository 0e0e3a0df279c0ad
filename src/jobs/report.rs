//! A design review of the document, made where it does not hold up the page: the same bytes as `threadbare report` gives.

use super::protocol::{JobHost, is_too_long, packed};
use crate::language::{BASE, Document, Overrides};
use crate::study::replicate::RunCallbacks;
use crate::study::review::{DEFAULT_RUNS, ReviewDepth, ReviewRequest, ReviewWithRuns, review};
use crate::view::report::Report;
use serde::{Deserialize, Serialize};

/// A request for a design review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportJob {
    /// The document's name.
    pub name: String,
    /// Text of the document.
    pub source: String,
    /// The variant that is shown; the document itself comes before it.
    pub variant: String,
    /// Paths and values that are run in place of the text's.
    pub set: Vec<(String, String)>,
}

/// The report: a page of HTML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HtmlReport {
    /// The page itself.
    pub html: String,
}

pub(super) fn execute(order: &ReportJob, line: &mut dyn JobHost) -> Result<(), String> {
    let document =
        Document::parse(&order.name, &order.source).map_err(|_| "The text is not a document.".to_owned())?;
    let mut variants = vec![BASE.to_owned()];
    if order.variant != BASE {
        variants.push(order.variant.clone());
    }
    let overrides = Overrides { seed: None, set: order.set.clone() };
    for variant in &variants {
        let scenario = document.scenario(variant, &overrides);
        let scenario = scenario.map_err(|_| format!("The variant {variant} has errors."))?;
        if is_too_long(scenario) {
            return Err(format!(
                "{variant} runs too long for a report in the page. `threadbare report` can make it."
            ));
        }
    }
    let request = ReviewRequest {
        document: &document,
        variants: &variants,
        overrides: &overrides,
        runs: DEFAULT_RUNS,
        depth: ReviewDepth::Full,
        recording: None,
    };
    let reviewed =
        review(&request, &RunCallbacks::default()).map_err(|_| "The text has errors.".to_owned())?;
    let Some(ReviewWithRuns { review, runs, shown }) = reviewed else { return Ok(()) };
    line.send(packed(&HtmlReport { html: Report::new(review, &runs, &shown).html() }));
    Ok(())
}
