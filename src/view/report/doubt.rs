//! What could make the answer of a report wrong, and what would help a variant that does not pass.

use super::choice;
use crate::analysis::review::ReviewedVariant;
use crate::analysis::verdict::DesignKind;
use crate::view::words::list;

/// Most reasons to doubt that are told in short.
const MAX_DOUBTS: usize = 4;

/// The values of one number with which a variant that does not pass would; `None` if none was found.
pub(super) fn help(side: &ReviewedVariant) -> Option<String> {
    let sweep = side.sweep.as_ref()?;
    let values = &sweep.swept.axes.first()?.values;
    let is_safe = |value: &String| sweep.safe.contains(value);
    let stretches = values.chunk_by(|a, b| is_safe(a) == is_safe(b)).filter(|stretch| is_safe(&stretch[0]));
    let words: Vec<String> = stretches
        .map(|stretch| match stretch {
            [first, .., last] => format!("{first} to {last}"),
            _ => stretch[0].clone(),
        })
        .collect();
    let (name, label, was) = (&side.variant, &sweep.label, &sweep.value);
    let told = || {
        format!(
            "for `{name}`, “{label}” {} instead of {was}: then all that is expected is met, and no order deadlocks.",
            list(&words)
        )
    };
    (!words.is_empty()).then(told)
}

/// What could make a variant that passes fail, in a sentence.
pub(super) fn told_doubts(side: &ReviewedVariant, is_quick: bool) -> String {
    let (name, doubts) = (&side.variant, doubts(side));
    match doubts.len() {
        0 if is_quick => format!("for `{name}` no other number and no other order was tried."),
        0 => format!(
            "for `{name}`, none of the changes that were tried: each number alone, a quarter less and a quarter more. Larger \
             changes, and two at once, were not tried."
        ),
        count if count <= MAX_DOUBTS => format!("for `{name}`, {}.", doubts.join("; ")),
        count => {
            format!(
                "for `{name}`, {}; and {} more, below.",
                doubts[..MAX_DOUBTS].join("; "),
                count - MAX_DOUBTS
            )
        }
    }
}

/// With which numbers a variant that does not pass does better, in a sentence.
pub(super) fn told_hopes(side: &ReviewedVariant, is_quick: bool) -> String {
    let name = &side.variant;
    let better = |flips: &[String]| !flips.is_empty() && !choice::is_for_the_worse(flips);
    let hopes: Vec<String> = side
        .sensitivity
        .iter()
        .flat_map(|varied| varied.trials.iter().map(move |trial| (varied, trial)))
        .filter(|(_, trial)| better(&trial.flips))
        .map(|(varied, trial)| {
            let (label, value, was) = (&varied.label, &trial.value, &varied.value);
            format!("if “{label}” is {value} instead of {was}, {}", list(&trial.flips))
        })
        .collect();
    match hopes.len() {
        0 if is_quick => format!("for `{name}` no other number was tried."),
        0 => format!(
            "for `{name}`, none of the changes that were tried: no number alone, a quarter less or a quarter more, makes it \
             meet what it misses."
        ),
        count if count <= MAX_DOUBTS => format!("for `{name}`, {}.", hopes.join("; ")),
        count => format!(
            "for `{name}`, {}; and {} more, below.",
            hopes[..MAX_DOUBTS].join("; "),
            count - MAX_DOUBTS
        ),
    }
}

/// What could make a variant that passes fail.
fn doubts(side: &ReviewedVariant) -> Vec<String> {
    let name = &side.variant;
    let mut found = Vec::new();
    if let Some(shown) = &side.counterexample {
        found.push(format!("another order of events goes wrong ({}), as shown below", shown.what));
    }
    if side.design.kind == DesignKind::NotKnown {
        found.push(format!("not every order of `{name}` was explored"));
    }
    for judged in side.expectations.iter().filter(|judged| judged.holds && !judged.is_certain) {
        found.push(format!("the interval of `{}` crosses its bound in `{name}`", judged.text));
    }
    for varied in &side.sensitivity {
        for trial in varied.trials.iter().filter(|trial| choice::is_for_the_worse(&trial.flips)) {
            let flips: Vec<String> = match trial.flips.iter().find(|flip| *flip == "it deadlocks") {
                // The rest follows.
                Some(flip) => vec![flip.clone()],
                None => trial.flips.clone(),
            };
            let (label, value, was) = (&varied.label, &trial.value, &varied.value);
            found.push(format!("if “{label}” is {value} instead of {was}, {}", list(&flips)));
        }
    }
    found
}
