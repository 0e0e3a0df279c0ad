//! Jaeger's JSON, as its page downloads it and its API (`/api/traces`) gives it: times in microseconds.

use super::super::findings::Findings;
use super::wire::{WireSpan, WireTrace, broken};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: Vec<Trace>,
}

#[derive(Deserialize)]
struct Trace {
    #[serde(default)]
    spans: Vec<Span>,
    #[serde(default)]
    processes: BTreeMap<String, Process>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Process {
    #[serde(default)]
    service_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Span {
    #[serde(default, rename = "traceID")]
    trace_id: String,
    #[serde(default, rename = "spanID")]
    span_id: String,
    #[serde(default)]
    operation_name: String,
    #[serde(default)]
    references: Vec<Reference>,
    #[serde(default)]
    start_time: i64,
    duration: Option<i64>,
    #[serde(default, rename = "processID")]
    process_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    #[serde(default)]
    ref_type: String,
    #[serde(default, rename = "spanID")]
    span_id: String,
}

/// Reads one answer, or several on end.
pub(super) fn read(text: &str, findings: &mut Findings) -> WireTrace {
    let mut all = WireTrace::default();
    let mut answers = serde_json::Deserializer::from_str(text).into_iter::<Answer>();
    while let Some(answer) = answers.next() {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                broken(&error, answers.byte_offset(), text, findings);
                break;
            }
        };
        for trace in answer.data {
            let services: BTreeMap<String, u32> = trace
                .processes
                .into_iter()
                .map(|(id, process)| (id, all.service(&process.service_name)))
                .collect();
            for span in trace.spans {
                let service = services.get(&span.process_id).copied();
                let service = service.unwrap_or_else(|| all.service("service"));
                if !all.push(wire_span(span, service)) {
                    return all;
                }
            }
        }
    }
    all
}

fn wire_span(span: Span, service: u32) -> WireSpan {
    // What follows from a span is not waited for by it, and begins by itself as far as anybody knows.
    let parent = span.references.into_iter().find(|reference| reference.ref_type == "CHILD_OF");
    let from = span.start_time.saturating_mul(1_000);
    WireSpan {
        trace: span.trace_id,
        id: span.span_id,
        parent: parent.map(|reference| reference.span_id).unwrap_or_default(),
        service,
        name: span.operation_name,
        from,
        to: span.duration.map_or(-1, |duration| from.saturating_add(duration.saturating_mul(1_000))),
    }
}
