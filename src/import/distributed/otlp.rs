//! OTLP JSON: an `ExportTraceServiceRequest`, or one on each line as the collector's file exporter writes it.
//!
//! The format: opentelemetry-proto, `trace/v1/trace.proto`, in the JSON encoding of the OTLP specification: times are decimal
//! numbers of nanoseconds, usually in quotes.

use super::super::findings::Findings;
use super::wire::{Elements, Unreadable, WireSpan, WireTrace, broken};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow, default)]
    resource_spans: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans<'a> {
    #[serde(default)]
    resource: Resource,
    #[serde(borrow, default, alias = "instrumentationLibrarySpans")]
    scope_spans: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Resource {
    #[serde(default)]
    attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
struct Attribute {
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: Value,
}

#[derive(Deserialize)]
struct ScopeSpans<'a> {
    #[serde(borrow, default)]
    spans: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Span {
    #[serde(default)]
    trace_id: String,
    #[serde(default)]
    span_id: String,
    #[serde(default)]
    parent_span_id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    start_time_unix_nano: Value,
    #[serde(default)]
    end_time_unix_nano: Value,
}

/// Reads all requests of a text: span by span, and no further than to the first beyond `max`.
pub(super) fn read(text: &str, max: usize, findings: &mut Findings) -> WireTrace {
    let mut trace = WireTrace::of_at_most(max);
    let mut requests = serde_json::Deserializer::from_str(text).into_iter::<Request<'_>>();
    while let Some(request) = requests.next() {
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                broken(&error, requests.byte_offset(), text, findings);
                break;
            }
        };
        if let Err(unreadable) = read_request(&request, &mut trace) {
            unreadable.tell(text, findings);
        }
        if trace.is_full() || findings.has_errors() {
            break;
        }
    }
    trace
}

fn read_request<'a>(request: &Request<'a>, trace: &mut WireTrace) -> Result<(), Unreadable<'a>> {
    for of in Elements::of(request.resource_spans) {
        if trace.is_full() {
            break;
        }
        read_resource(of?, trace)?;
    }
    Ok(())
}

fn read_resource<'a>(of: ResourceSpans<'a>, trace: &mut WireTrace) -> Result<(), Unreadable<'a>> {
    let service = trace.services.number(&service_name(&of.resource));
    for scope in Elements::of(of.scope_spans) {
        let scope: ScopeSpans<'a> = scope?;
        for span in Elements::of(scope.spans) {
            if trace.is_full() {
                return Ok(());
            }
            trace.push(wire_span(span?, service));
        }
    }
    Ok(())
}

fn wire_span(span: Span, service: u32) -> WireSpan {
    WireSpan {
        trace: span.trace_id,
        id: span.span_id,
        parent: span
            .parent_span_id
            .trim_matches('0')
            .is_empty()
            .then(String::new)
            .unwrap_or(span.parent_span_id),
        service,
        name: span.name,
        from: nanos(&span.start_time_unix_nano),
        to: nanos(&span.end_time_unix_nano),
    }
}

/// A number of nanoseconds, in quotes or not; 0 for what is none.
fn nanos(value: &Value) -> i64 {
    value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(0)
}

fn service_name(resource: &Resource) -> String {
    let name = resource.attributes.iter().find(|attribute| attribute.key == "service.name");
    let name = name.and_then(|attribute| attribute.value.get("stringValue")?.as_str());
    name.unwrap_or("service").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_ends_with_the_first_span_beyond_the_bound() {
        const SPAN: &str = r#"{"spanId":"a","startTimeUnixNano":"5","endTimeUnixNano":9}"#;
        let spans = [SPAN, SPAN, SPAN, "7"].join(",");
        let text = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#);
        let mut findings = Findings::default();
        assert!(read(&text, 2, &mut findings).is_full() && !findings.has_errors());
        let trace = read(&text, 3, &mut findings);
        assert!(!trace.is_full() && trace.spans.len() == 3 && findings.has_errors());
    }
}
