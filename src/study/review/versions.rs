//! Two versions of a document, variant by variant: what changed in what they come to.
//!
//! Invariant: both versions draw the same work wherever the document has the same steps, so that a difference comes from
//! the change. Deliberately absent: what flips, what is slow, and counterexamples, which a report has.

use super::{ReviewRequest, brief, change_of, metrics};
use crate::analysis::review::{ReviewedVariant, VersionPair};
use crate::language::Problems;
use crate::study::replicate::{ReplicationEffort, ReplicationJob, replicate_all};
use crate::study::run::run;
use std::sync::Arc;

/// Compares every variant of two versions of a document. The variants of a request are those of its version.
///
/// # Errors
/// What is wrong with one of the versions.
pub fn versions(old: &ReviewRequest<'_>, new: &ReviewRequest<'_>) -> Result<Vec<VersionPair>, Problems> {
    let mut names: Vec<&String> = new.variants.iter().collect();
    names.extend(old.variants.iter().filter(|name| !new.variants.contains(name)));
    names.into_iter().map(|name| pair(old, new, name)).collect()
}

fn pair(old: &ReviewRequest<'_>, new: &ReviewRequest<'_>, name: &str) -> Result<VersionPair, Problems> {
    let read = |request: &ReviewRequest<'_>| {
        let has = request.variants.iter().any(|variant| variant == name);
        let read = || request.document.scenario(name, request.overrides).map(Arc::new);
        has.then(read).transpose()
    };
    let scenarios = [read(old)?, read(new)?];
    let first = scenarios.iter().flatten().next();
    let mut sides: [Option<ReviewedVariant>; 2] = [None, None];
    let mut all = Vec::new();
    for ((scenario, request), side) in scenarios.iter().zip([old, new]).zip(&mut sides) {
        let (Some(scenario), Some(first)) = (scenario, first) else { continue };
        let metrics = metrics(first, scenario);
        let measured: Vec<_> = metrics.iter().map(|(_, metric, _)| metric.clone()).collect();
        let effort = ReplicationEffort { runs: request.runs, ..ReplicationEffort::default() };
        let job = ReplicationJob { scenario, metrics: &measured };
        let replications = replicate_all(&[job], &effort).pop().expect("one for each scenario");
        let trace = run(Arc::clone(scenario));
        *side = Some(brief(request, scenario, &trace, &replications, &metrics));
        all.push((replications, metrics));
    }
    let differences = match all.as_slice() {
        [(first, of_first), (second, of_second)] => {
            super::differences([first, second], [of_first, of_second])
        }
        _ => Vec::new(),
    };
    let changes = match &scenarios {
        [Some(first), Some(second)] => change_of(first, second),
        _ => Vec::new(),
    };
    let [old, new] = sides;
    Ok(VersionPair { variant: name.to_owned(), old, new, changes, differences })
}
