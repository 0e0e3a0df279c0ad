//! OTLP JSON: an `ExportTraceServiceRequest`, or one on each line as the collector's file exporter writes it.
//!
//! The format: opentelemetry-proto, `trace/v1/trace.proto`, in the JSON encoding of the OTLP specification: times are decimal
//! numbers of nanoseconds, usually in quotes.

use super::super::findings::Findings;
use super::super::json::{Elements, Unreadable, broken};
use super::wire::{HELP, TRACE, WireSpan, WireTrace};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow, default)]
    resource_spans: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans<'a> {
    #[serde(borrow, default)]
    resource: Resource<'a>,
    #[serde(borrow, default, alias = "instrumentationLibrarySpans")]
    scope_spans: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Resource<'a> {
    #[serde(borrow, default)]
    attributes: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Attribute<'a> {
    #[serde(borrow, default)]
    key: Cow<'a, str>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

/// The value of an attribute, if it is a text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TextValue<'a> {
    #[serde(borrow)]
    string_value: Cow<'a, str>,
}

#[derive(Deserialize)]
struct ScopeSpans<'a> {
    #[serde(borrow, default)]
    spans: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Span<'a> {
    #[serde(default)]
    trace_id: String,
    #[serde(default)]
    span_id: String,
    #[serde(default)]
    parent_span_id: String,
    #[serde(default)]
    name: String,
    #[serde(borrow, default)]
    start_time_unix_nano: Option<&'a RawValue>,
    #[serde(borrow, default)]
    end_time_unix_nano: Option<&'a RawValue>,
}

/// Reads all requests of a text: span by span, and no further than to the first beyond `max`.
pub(super) fn read(text: &str, max: usize, findings: &mut Findings) -> WireTrace {
    let mut trace = WireTrace::of_at_most(max);
    let mut requests = serde_json::Deserializer::from_str(text).into_iter::<Request<'_>>();
    while let Some(request) = requests.next() {
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                broken(TRACE, &error, requests.byte_offset(), text, HELP, findings);
                break;
            }
        };
        if let Err(unreadable) = read_request(&request, &mut trace) {
            unreadable.report(TRACE, text, HELP, findings);
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
    let service = trace.services.number(&service_name(&of.resource)?);
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

fn wire_span(span: Span<'_>, service: u32) -> WireSpan {
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
        from: nanos(span.start_time_unix_nano),
        to: nanos(span.end_time_unix_nano),
    }
}

/// A number of nanoseconds, in quotes or not; 0 for what is none.
fn nanos(value: Option<&RawValue>) -> i64 {
    value.and_then(|value| value.get().trim_matches('"').parse().ok()).unwrap_or(0)
}

/// The name of the service that a resource is, among however many attributes.
fn service_name<'a>(resource: &Resource<'a>) -> Result<Cow<'a, str>, Unreadable<'a>> {
    for attribute in Elements::of(resource.attributes) {
        let attribute: Attribute<'a> = attribute?;
        if attribute.key == "service.name" {
            let text = attribute.value.and_then(|value| serde_json::from_str(value.get()).ok());
            return Ok(text.map_or("service".into(), |TextValue { string_value }| string_value));
        }
    }
    Ok("service".into())
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

    #[test]
    fn a_service_is_found_among_any_attributes() {
        let name = |attributes: &str| {
            let span = r#"{"spanId":"a","startTimeUnixNano":"5","endTimeUnixNano":9}"#;
            let text = format!(
                r#"{{"resourceSpans":[{{"resource":{{"attributes":{attributes}}},"scopeSpans":[{{"spans":[{span}]}}]}}]}}"#
            );
            let mut findings = Findings::default();
            let trace = read(&text, 1, &mut findings);
            (!findings.has_errors()).then_some(trace.services.list)
        };
        let many = r#"{"key":"k","value":{"arrayValue":{"values":[{},{}]}}},"#.repeat(100);
        let of = |value: &str| name(&format!(r#"[{many}{{"key":"service.name","value":{value}}}]"#));
        assert_eq!(of(r#"{"stringValue":"cart"}"#), Some(vec!["cart".to_owned()]));
        assert_eq!(of(r#"{"intValue":"7"}"#), Some(vec!["service".to_owned()]));
        assert_eq!(name("[]"), Some(vec!["service".to_owned()]));
        assert_eq!(name("[7]"), None);
    }
}
