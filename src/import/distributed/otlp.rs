//! OTLP JSON: an `ExportTraceServiceRequest`, or one on each line as the collector's file exporter writes it.
//!
//! The format: opentelemetry-proto, `trace/v1/trace.proto`, in the JSON encoding of the OTLP specification: times are decimal
//! numbers of nanoseconds, usually in quotes.

use super::super::findings::Findings;
use super::wire::{WireSpan, WireTrace, broken};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default)]
    resource_spans: Vec<ResourceSpans>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans {
    #[serde(default)]
    resource: Resource,
    #[serde(default, alias = "instrumentationLibrarySpans")]
    scope_spans: Vec<ScopeSpans>,
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
struct ScopeSpans {
    #[serde(default)]
    spans: Vec<Span>,
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

/// Reads all requests of a text.
pub(super) fn read(text: &str, findings: &mut Findings) -> WireTrace {
    let mut trace = WireTrace::default();
    let mut requests = serde_json::Deserializer::from_str(text).into_iter::<Request>();
    while let Some(request) = requests.next() {
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                broken(&error, requests.byte_offset(), text, findings);
                break;
            }
        };
        for of in request.resource_spans {
            let service = trace.service(&service_name(&of.resource));
            for span in of.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                if !trace.push(wire_span(span, service)) {
                    return trace;
                }
            }
        }
    }
    trace
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
