//! Spans with parents, as they come from several services.

use super::super::spans::record::Names;

/// What cannot be read, if it cannot, and what to do.
pub(super) const TRACE: &str = "the trace";
pub(super) const HELP: &str = "export it again, as JSON";

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
#[derive(Debug)]
pub(super) struct WireTrace {
    /// Most spans, and most processes of one trace; one more is read to know that there are.
    max: usize,
    pub services: Names,
    /// How many processes the trace at hand has.
    pub processes: usize,
    pub spans: Vec<WireSpan>,
    /// Spans without a start, or an end.
    pub incomplete: usize,
}

impl WireTrace {
    /// Without a span yet, and with room for `max` of them.
    pub fn of_at_most(max: usize) -> WireTrace {
        WireTrace { max, services: Names::default(), processes: 0, spans: Vec::new(), incomplete: 0 }
    }

    /// Adds a span, or counts it if its times make no sense.
    pub fn push(&mut self, span: WireSpan) {
        let is_sound = span.from > 0 && span.to >= span.from && span.to < i64::MAX / 4;
        if is_sound {
            self.spans.push(span);
        } else {
            self.incomplete += 1;
        }
    }

    /// Whether there are too many spans or processes already, so that nothing more need be read.
    pub fn is_full(&self) -> bool {
        self.excess().is_some()
    }

    /// What there is too much of.
    pub fn excess(&self) -> Option<&'static str> {
        if self.spans.len() > self.max {
            Some("span")
        } else {
            (self.processes > self.max).then_some("process id")
        }
    }
}
