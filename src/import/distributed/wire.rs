//! Spans with parents, as they come from several services.

use super::super::findings::Findings;
use super::super::reading::MAX_RECORDS;

/// One span of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WireSpan {
    pub trace: String,
    pub id: String,
    /// The id of its parent; empty if it has none.
    pub parent: String,
    /// A number of [`WireTrace::services`].
    pub service: u32,
    pub name: String,
    /// In nanoseconds since 1970.
    pub from: i64,
    pub to: i64,
}

/// All spans, and the names of their services.
#[derive(Debug, Default)]
pub(super) struct WireTrace {
    pub services: Vec<String>,
    pub spans: Vec<WireSpan>,
    /// Spans without a start, or an end.
    pub incomplete: usize,
}

impl WireTrace {
    /// The number of a service.
    pub fn service(&mut self, name: &str) -> u32 {
        let known = self.services.iter().position(|known| known == name);
        let number = known.unwrap_or_else(|| {
            self.services.push(name.to_owned());
            self.services.len() - 1
        });
        number as u32
    }

    /// Adds a span, or counts it if its times make no sense; false if there are too many.
    pub fn push(&mut self, span: WireSpan) -> bool {
        let is_sound = span.from > 0 && span.to >= span.from && span.to < i64::MAX / 4;
        if is_sound {
            self.spans.push(span);
        } else {
            self.incomplete += 1;
        }
        self.spans.len() <= MAX_RECORDS
    }
}

/// Says that JSON cannot be read, where it breaks off.
pub(super) fn broken(error: &serde_json::Error, at: usize, text: &str, findings: &mut Findings) {
    let at = at.min(text.len());
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    findings.error(at..at, format!("the trace cannot be read: {error}"), "export it anew, as JSON");
}
