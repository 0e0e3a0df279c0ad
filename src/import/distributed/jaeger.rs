//! Jaeger's JSON, as its page downloads it and its API (`/api/traces`) gives it: times in microseconds.

use super::super::findings::Findings;
use super::wire::{Elements, Unreadable, WireSpan, WireTrace, broken};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Trace<'a> {
    #[serde(borrow, default)]
    spans: Option<&'a RawValue>,
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
struct Span<'a> {
    #[serde(default, rename = "traceID")]
    trace_id: String,
    #[serde(default, rename = "spanID")]
    span_id: String,
    #[serde(default)]
    operation_name: String,
    #[serde(borrow, default)]
    references: Option<&'a RawValue>,
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

/// Reads one answer, or several on end: span by span, and no further than to the first beyond `max`.
pub(super) fn read(text: &str, max: usize, findings: &mut Findings) -> WireTrace {
    let mut all = WireTrace::of_at_most(max);
    let mut answers = serde_json::Deserializer::from_str(text).into_iter::<Answer<'_>>();
    while let Some(answer) = answers.next() {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                broken(&error, answers.byte_offset(), text, findings);
                break;
            }
        };
        if let Err(unreadable) = read_answer(&answer, &mut all) {
            unreadable.tell(text, findings);
        }
        if all.is_full() || findings.has_errors() {
            break;
        }
    }
    all
}

fn read_answer<'a>(answer: &Answer<'a>, all: &mut WireTrace) -> Result<(), Unreadable<'a>> {
    for trace in Elements::of(answer.data) {
        if all.is_full() {
            break;
        }
        read_trace(trace?, all)?;
    }
    Ok(())
}

fn read_trace<'a>(trace: Trace<'a>, all: &mut WireTrace) -> Result<(), Unreadable<'a>> {
    let named = |(id, process): (String, Process)| (id, all.services.number(&process.service_name));
    let services: BTreeMap<String, u32> = trace.processes.into_iter().map(named).collect();
    for span in Elements::of(trace.spans) {
        if all.is_full() {
            break;
        }
        let span: Span<'a> = span?;
        let service = services.get(&span.process_id).copied();
        let service = service.unwrap_or_else(|| all.services.number("service"));
        all.push(wire_span(span, service)?);
    }
    Ok(())
}

fn wire_span<'a>(span: Span<'a>, service: u32) -> Result<WireSpan, Unreadable<'a>> {
    // What follows from a span is not waited for by it, and begins by itself as far as anybody knows.
    let mut parent = None;
    for reference in Elements::of(span.references) {
        let reference: Reference = reference?;
        if parent.is_none() && reference.ref_type == "CHILD_OF" {
            parent = Some(reference.span_id);
        }
    }
    let from = span.start_time.saturating_mul(1_000);
    Ok(WireSpan {
        trace: span.trace_id,
        id: span.span_id,
        parent: parent.unwrap_or_default(),
        service,
        name: span.operation_name,
        from,
        to: span.duration.map_or(-1, |duration| from.saturating_add(duration.saturating_mul(1_000))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(spans: &str) -> String {
        format!(r#"{{"spans":[{spans}],"processes":{{"p":{{"serviceName":"web"}}}}}}"#)
    }

    #[test]
    fn reading_ends_with_the_first_span_beyond_the_bound() {
        const SPAN: &str = r#"{"spanID":"a","processID":"p","startTime":5,"duration":1}"#;
        const WRONG: &str = r#"{"startTime":"soon"}"#;
        let one = trace(&[SPAN, SPAN, SPAN, WRONG].join(","));
        let two = [trace(&[SPAN, SPAN].join(",")), trace(SPAN), trace(WRONG)].join(",");
        for traces in [one, two] {
            let text = format!(r#"{{"data":[{traces}]}}"#);
            let mut findings = Findings::default();
            assert!(read(&text, 2, &mut findings).is_full() && !findings.has_errors(), "{text}");
            // What is wrong comes after it, and is told if there is room for all.
            assert!(!read(&text, 3, &mut findings).is_full());
            let told = findings.close("x", &text);
            assert_eq!(told.list.len(), 1);
            assert_eq!(told.list[0].column as usize, text.find(WRONG).expect("a wrong span") + 1);
            assert!(told.list[0].message.contains("the trace cannot be read: invalid type"), "{told}");
        }
    }
}
