//! Spans with parents as slices on tracks, and arrows between them.
//!
//! Invariant: a track holds one task and what lies within it, so that slices on it nest; a parent's track has a smaller number
//! than its children's. Nothing here recurses: chains of spans may be as long as there are spans.

use super::super::draft::count;
use super::super::inference::{Inference, Provenance};
use super::super::order::sort_by_key;
use super::super::spans::record::{Flow, Own, Process, Record, Slice, Thread};
use super::wire::{WireSpan, WireTrace};
use std::collections::HashMap;

/// Spans within spans that are kept on one track.
const MAX_DEPTH: usize = 256;

/// Makes the record of a trace.
pub(super) fn record(trace: WireTrace, inferences: &mut Vec<Inference>) -> Record {
    let WireTrace { services, mut spans, incomplete, .. } = trace;
    // Parents stand before what lies within them.
    sort_by_key(&mut spans, |span| (span.from, -span.to));
    let zero = spans.first().map_or(0, |span| span.from);
    let mut record = Record::default();
    for (number, name) in services.list.into_iter().enumerate() {
        record.processes.push(Process { id: number.to_string(), name, labels: String::new() });
    }
    let parents = parents(&spans);
    let order = topological(&parents);
    let mut nest =
        Nest { spans: &spans, zero, places: vec![None; spans.len()], record, shifted: 0, orphans: 0 };
    for number in order {
        nest.place(number, parents[number]);
    }
    let Nest { record, shifted, orphans, .. } = nest;
    let mut say = |how: Provenance, text: String| inferences.push(Inference { how, text });
    if incomplete > 0 {
        say(Provenance::Lost, format!("{} without a start or an end left out", count(incomplete, "span")));
    }
    if orphans > 0 {
        say(
            Provenance::Lost,
            format!("{} whose parents are not in the trace arrive from outside", count(orphans, "span")),
        );
    }
    if shifted > 0 {
        let text = "begin before their parents in another service: their clock is taken to be off, and they are moved into \
                    the middle of their parents";
        say(Provenance::Inferred, format!("{} {text}", count(shifted, "span")));
    }
    record
}

/// The parent of each span: none, one that is missing, or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ParentLink {
    None,
    Missing,
    Span(usize),
}

fn parents(spans: &[WireSpan]) -> Vec<ParentLink> {
    let numbers: HashMap<(&str, &str), usize> =
        spans.iter().enumerate().map(|(at, span)| ((span.trace.as_str(), span.id.as_str()), at)).collect();
    let link = |(at, span): (usize, &WireSpan)| {
        if span.parent.is_empty() {
            return ParentLink::None;
        }
        match numbers.get(&(span.trace.as_str(), span.parent.as_str())) {
            Some(parent) if *parent != at => ParentLink::Span(*parent),
            Some(_) | None => ParentLink::Missing,
        }
    };
    spans.iter().enumerate().map(link).collect()
}

/// Parents before their children, else in order; spans whose parents form a circle come last, without them.
fn topological(parents: &[ParentLink]) -> Vec<usize> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); parents.len()];
    for (at, parent) in parents.iter().enumerate() {
        if let ParentLink::Span(parent) = parent {
            children[*parent].push(at);
        }
    }
    let mut order: Vec<usize> = Vec::with_capacity(parents.len());
    let is_root = |at: &usize| !matches!(parents[*at], ParentLink::Span(_));
    for root in (0..parents.len()).filter(is_root) {
        let mut open = vec![root];
        while let Some(at) = open.pop() {
            order.push(at);
            open.extend(children[at].iter().rev());
        }
    }
    order
}

/// Where a span has come to lie.
#[derive(Clone, Copy)]
struct SpanPlace {
    track: u32,
    depth: usize,
    from: i64,
    to: i64,
    /// What is added to the clock of its service.
    offset: i64,
    /// Until when its track is taken by what lies within it.
    busy_until: i64,
}

struct Nest<'a> {
    spans: &'a [WireSpan],
    zero: i64,
    places: Vec<Option<SpanPlace>>,
    record: Record,
    shifted: usize,
    orphans: usize,
}

impl Nest<'_> {
    fn place(&mut self, number: usize, link: ParentLink) {
        let span = &self.spans[number];
        let (from, to) = (span.from - self.zero, span.to - self.zero);
        let parent = match link {
            ParentLink::Span(parent) => self.places[parent].map(|place| (parent, place)),
            ParentLink::None => None,
            ParentLink::Missing => {
                self.orphans += 1;
                None
            }
        };
        let Some((parent_number, parent)) = parent else {
            self.task(number, SpanPlace { track: 0, depth: 0, from, to, offset: 0, busy_until: from });
            return;
        };
        let is_same_service = self.spans[parent_number].service == span.service;
        let mut offset = parent.offset;
        if !is_same_service && from + offset < parent.from && to - from <= parent.to - parent.from {
            // As Jaeger's own page does.
            offset = parent.from + (parent.to - parent.from - (to - from)) / 2 - from;
            self.shifted += 1;
        }
        let (from, to) = (from + offset, to + offset);
        let place =
            SpanPlace { track: parent.track, depth: parent.depth + 1, from, to, offset, busy_until: from };
        let fits = from >= parent.busy_until.max(parent.from) && to <= parent.to && place.depth < MAX_DEPTH;
        if is_same_service && fits {
            if let Some(parent) = &mut self.places[parent_number] {
                parent.busy_until = to;
            }
            self.slice(number, place);
            return;
        }
        let track = self.task(number, SpanPlace { depth: 0, ..place });
        self.arrows(parent, track, from, to);
    }

    /// A task on a track of its own.
    fn task(&mut self, number: usize, place: SpanPlace) -> u32 {
        let track = self.record.threads.len() as u32;
        let process = self.spans[number].service;
        self.record.threads.push(Thread { process, name: String::new(), track: Some(String::new()) });
        self.slice(number, SpanPlace { track, ..place });
        track
    }

    fn slice(&mut self, number: usize, place: SpanPlace) {
        let name = self.record.names.number(&self.spans[number].name);
        let SpanPlace { track, from, to, .. } = place;
        self.record.slices.push(Slice { thread: track, name, from, to, own: Own::Foreign, cpu: None });
        self.places[number] = Some(place);
    }

    /// The submission of a child, and the end of the wait for it if the parent outlives it.
    fn arrows(&mut self, parent: SpanPlace, track: u32, from: i64, to: i64) {
        let mut arrow = |ends: [(u32, i64); 2]| {
            let number = (self.record.flows.len() / 2) as u32;
            self.record.flows.extend(ends.map(|(thread, at)| Flow {
                arrow: number,
                thread,
                at,
                encloses: true,
            }));
        };
        if from >= parent.from && from <= parent.to {
            arrow([(parent.track, from), (track, from)]);
            if to <= parent.to {
                arrow([(track, to), (parent.track, to)]);
            }
        }
    }
}
