//! Traces of several services: OpenTelemetry (OTLP JSON, in one object or a line each) and Jaeger (JSON of its API and page).
//!
//! Both give spans with a parent (`otlp`, `jaeger`); `nest` makes tasks of them. A service is an executor; a span that lies
//! within its parent in the same service is a step of it, any other one a task that its parent submits, and waits for if it
//! ends before the parent does.

mod jaeger;
mod nest;
mod otlp;
mod wire;

use super::draft::count;
use super::findings::Findings;
use super::reading::{MAX_RECORDS, Reading};
use wire::WireTrace;

/// Reads OTLP JSON.
pub(super) fn read_otlp(text: &str, findings: &mut Findings) -> Option<Reading> {
    let trace = otlp::read(text, MAX_RECORDS, findings);
    scenario(trace, findings)
}

/// Reads Jaeger's JSON.
pub(super) fn read_jaeger(text: &str, findings: &mut Findings) -> Option<Reading> {
    let trace = jaeger::read(text, MAX_RECORDS, findings);
    scenario(trace, findings)
}

fn scenario(trace: WireTrace, findings: &mut Findings) -> Option<Reading> {
    if findings.has_errors() {
        return None;
    }
    if let Some(noun) = trace.excess() {
        let help = "cut out the part of the run that matters";
        let noun = if noun == "process" { "processe" } else { noun };
        findings.error(0..0, format!("more than {}", count(MAX_RECORDS, noun)), help);
        return None;
    }
    if trace.spans.is_empty() {
        let help = "there have to be spans with a start and an end";
        findings.error(0..0, "there is no span in this trace", help);
        return None;
    }
    let mut inferences = Vec::new();
    let record = nest::record(trace, &mut inferences);
    super::spans::scenario(record, findings, inferences)
}
