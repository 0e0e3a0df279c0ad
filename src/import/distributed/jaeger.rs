//! Jaeger's JSON, as its page downloads it and its API (`/api/traces`) gives it: times in microseconds.

use super::super::findings::Findings;
use super::super::json::{Elements, Entries, Unreadable, broken};
use super::wire::{HELP, TRACE, WireSpan, WireTrace};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
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
    #[serde(borrow, default)]
    processes: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Process<'a> {
    #[serde(borrow, default)]
    service_name: Cow<'a, str>,
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

/// Reads one answer, or several on end: span by span, and no further than to the first span, or process of a trace, beyond `max`.
pub(super) fn read(text: &str, max: usize, findings: &mut Findings) -> WireTrace {
    let mut all = WireTrace::of_at_most(max);
    let mut answers = serde_json::Deserializer::from_str(text).into_iter::<Answer<'_>>();
    while let Some(answer) = answers.next() {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                broken(TRACE, &error, answers.byte_offset(), text, HELP, findings);
                break;
            }
        };
        if let Err(unreadable) = read_answer(&answer, &mut all) {
            unreadable.report(TRACE, text, HELP, findings);
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
    let mut services: BTreeMap<Cow<'a, str>, Cow<'a, str>> = BTreeMap::new();
    all.processes = 0;
    for entry in Entries::of(trace.processes) {
        let (id, process): (Cow<'a, str>, Process<'a>) = entry?;
        services.insert(id, process.service_name);
        all.processes += 1;
        if all.is_full() {
            return Ok(());
        }
    }
    for span in Elements::of(trace.spans) {
        if all.is_full() {
            break;
        }
        let span: Span<'a> = span?;
        let service = services.get(span.process_id.as_str()).map_or("service", |name| &**name);
        let service = all.services.number(service);
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

    #[test]
    fn reading_ends_with_the_first_process_of_a_trace_beyond_the_bound() {
        let of = |count: usize| {
            let processes: Vec<String> =
                (0..count).map(|n| format!(r#""p{n}":{{"serviceName":"s{n}"}}"#)).collect();
            let span = r#"{"spanID":"a","processID":"p1","startTime":5,"duration":1}"#;
            format!(r#"{{"spans":[{span}],"processes":{{{}}}}}"#, processes.join(","))
        };
        let read = |traces: &[String]| {
            let mut findings = Findings::default();
            let read = read(&format!(r#"{{"data":[{}]}}"#, traces.join(",")), 3, &mut findings);
            assert!(!findings.has_errors());
            read
        };
        // Each trace has its own; what no span is of is no service.
        let whole = read(&[of(3), of(3)]);
        assert!(!whole.is_full() && whole.spans.len() == 2);
        assert_eq!(whole.services.list, ["s1"]);
        assert!(read(&[of(4)]).is_full());
    }
}
