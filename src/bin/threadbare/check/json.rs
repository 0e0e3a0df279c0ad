//! What was checked, on a line of JSON.

use super::checked::{
    CheckedDocument, Conclusion, ConclusionGroup, Finding, SafetyReason, Severity, StepPlace,
};
use serde_json::{Map, Value, json};

pub(super) fn of(checked: &CheckedDocument) -> Value {
    let reading = |reading: &ConclusionGroup| match &reading.said {
        Conclusion::Finding(finding) => self::finding(&checked.file, reading, finding),
        Conclusion::Safe(SafetyReason::Shape) => json!({ "variants": reading.variants, "verdict": "safe" }),
        Conclusion::Safe(SafetyReason::Orders(warned)) => json!({
            "variants": reading.variants,
            "verdict": "safe",
            "what": "every order was looked at",
            "warned_by_shape": warned,
        }),
        Conclusion::NothingArrives(design) => {
            json!({ "variants": reading.variants, "verdict": "nothing-arrives", "what": design.text })
        }
    };
    let designs = checked.designs.iter().map(|(name, design)| (name.clone(), json!(design)));
    json!({
        "file": checked.file,
        "designs": designs.collect::<Map<String, Value>>(),
        "shapes": checked.readings.iter().map(reading).collect::<Vec<_>>(),
    })
}

fn finding(file: &str, reading: &ConclusionGroup, finding: &Finding) -> Value {
    let verdict = match finding.severity {
        Severity::Deadlock => "hang",
        Severity::Stall => "stall",
        Severity::Unknown => "unknown",
    };
    let mut value = json!({
        "variants": reading.variants,
        "verdict": verdict,
        "code": finding.rule.code(),
        "rule": finding.rule.name(),
        "what": finding.headline,
        "details": finding.details,
        "places": reading.places.iter().map(|at| place(file, at)).collect::<Vec<_>>(),
    });
    if let Some(reason) = &finding.allowed {
        value["allowed"] = reason.as_str().into();
    }
    value
}

fn place(file: &str, at: &StepPlace) -> Value {
    json!({
        "file": file,
        "line": at.place.line,
        "column": at.place.column,
        "task": at.task,
        "step": at.step,
    })
}
