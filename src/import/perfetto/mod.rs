//! A trace of Perfetto in its binary form: track events as slices on threads, flows as arrows between them.
//!
//! Slices are pairs of `TYPE_SLICE_BEGIN` and `TYPE_SLICE_END`, or Chrome's legacy phases `B`, `E` and `X`. Counters, instants,
//! the kernel's scheduling and everything else says nothing about tasks.

mod clocks;
mod tracks;
mod wire;

use super::draft::count;
use super::findings::Findings;
use super::inference::{Inference, Provenance};
use super::reading::{MAX_RECORDS, Reading};
use super::spans;
use super::spans::pairs::{OpenSlices, PairError};
use super::spans::record::{Flow, Names, Own, Record, Slice};
use crate::model::time::Duration;
use clocks::Clocks;
use std::collections::BTreeMap;
use tracks::Tracks;
use wire::{Broken, Packets, TracePacket, TrackEvent};

/// The clock of a packet that names none: `BUILTIN_CLOCK_BOOTTIME`.
const BOOT_CLOCK: u32 = 6;
/// `SEQ_INCREMENTAL_STATE_CLEARED` among a packet's flags.
const STATE_CLEARED: u32 = 1;
/// Bytes that are looked at to tell a trace from a text that begins with an empty line.
const LOOK: usize = 256;

/// Whether bytes are such a trace: they begin with a packet, and are no text.
pub(super) fn is_perfetto(bytes: &[u8]) -> bool {
    let has_control = bytes.iter().take(LOOK).any(|byte| *byte < b'\t');
    bytes.starts_with(b"\n") && has_control && Packets::of(bytes).next().is_some_and(|packet| packet.is_ok())
}

/// Reads a trace.
pub(super) fn read(bytes: &[u8], findings: &mut Findings) -> Option<Reading> {
    let mut inferences = Vec::new();
    let record =
        read_packets(Packets::of(bytes), MAX_RECORDS, findings)?.finish(findings, &mut inferences)?;
    spans::scenario(record, findings, inferences)
}

/// Reads packets one at a time, and no further than to the first that makes more of anything that is kept than `max`.
fn read_packets(
    packets: impl Iterator<Item = Result<TracePacket, Broken>>,
    max: usize,
    findings: &mut Findings,
) -> Option<Reader> {
    let mut reader = Reader::default();
    for packet in packets {
        match packet {
            Ok(packet) => reader.packet(packet, findings),
            Err(broken) => {
                let message = format!("the trace breaks off at byte {}: {}", broken.at, broken.message);
                findings.error(0..0, message, "record it again, or give the part that is complete");
            }
        }
        if let Some(what) = reader.excess(max) {
            let help = "record less, or cut out the part of the run that matters";
            findings.error(0..0, format!("more than {what}"), help);
        }
        if findings.has_errors() {
            return None;
        }
    }
    Some(reader)
}

/// What a writer of packets says once for all that follow.
#[derive(Default)]
struct Writer {
    names: BTreeMap<u64, String>,
    clocks: Clocks,
    clock: Option<u32>,
    track: Option<u64>,
}

#[derive(Default)]
struct Reader {
    record: Record,
    tracks: Tracks,
    writers: BTreeMap<u32, Writer>,
    /// How many names the writers have said.
    interned: usize,
    arrows: Names,
    open: OpenSlices,
    last: i64,
    ends_without_begin: usize,
    /// Events of other types.
    others: usize,
    /// Events whose clock is not known.
    timeless: usize,
}

impl Reader {
    /// What there is more than `max` of.
    fn excess(&self, max: usize) -> Option<String> {
        let spans = self.record.slices.len() + self.open.len() + self.record.flows.len();
        if spans > max {
            return Some(format!("{} and arrows", count(max, "span")));
        }
        let kept =
            [(self.tracks.len(), "track"), (self.writers.len(), "writer"), (self.interned, "interned name")];
        kept.into_iter().find(|(number, _)| *number > max).map(|(_, noun)| count(max, noun))
    }

    fn packet(&mut self, packet: TracePacket, findings: &mut Findings) {
        if let Some(track) = packet.track_descriptor {
            self.tracks.describe(track);
        }
        let writer = self.writers.entry(packet.trusted_packet_sequence_id).or_default();
        if packet.incremental_state_cleared || packet.sequence_flags & STATE_CLEARED != 0 {
            self.interned -= writer.names.len();
            writer.names.clear();
        }
        if let Some(defaults) = &packet.trace_packet_defaults {
            writer.clock = defaults.timestamp_clock_id.or(writer.clock);
            let track = defaults.track_event_defaults.as_ref().and_then(|defaults| defaults.track_uuid);
            writer.track = track.or(writer.track);
        }
        for name in packet.interned_data.into_iter().flat_map(|data| data.event_names) {
            self.interned += usize::from(writer.names.insert(name.iid, name.name).is_none());
        }
        if let Some(snapshot) = &packet.clock_snapshot {
            writer.clocks.set(snapshot);
        }
        let Some(timestamp) = packet.timestamp else { return };
        let clock = packet.timestamp_clock_id.or(writer.clock).unwrap_or(BOOT_CLOCK);
        // Packets without an event move a clock that counts differences, too.
        let at = writer.clocks.time(clock, timestamp);
        let Some(event) = packet.track_event else { return };
        let Some(at) = at else {
            self.timeless += 1;
            return;
        };
        let track = event.track_uuid.or(writer.track).unwrap_or(0);
        let name = name_of(&event, &writer.names);
        self.event(&event, &name, track, at, findings);
    }

    fn event(&mut self, event: &TrackEvent, name: &str, track: u64, at: i64, findings: &mut Findings) {
        let Some(form) = Form::of(event) else {
            self.others += 1;
            return;
        };
        self.last = self.last.max(at);
        let thread = self.tracks.thread(track);
        match form {
            Form::Begin => {
                let name = self.record.names.number(name);
                self.open.begin(thread, name, at);
            }
            Form::Complete { nanos } => {
                let name = self.record.names.number(name);
                let to = at.saturating_add(nanos);
                self.last = self.last.max(to);
                self.record.slices.push(Slice { thread, name, from: at, to, own: Own::Foreign, cpu: None });
            }
            Form::End => match self.open.end(thread, at) {
                Ok(slice) => self.record.slices.push(slice),
                Err(PairError::NoBegin) => self.ends_without_begin += 1,
                Err(PairError::Backwards(nanos)) => {
                    let back = Duration(nanos);
                    let message =
                        format!("a slice ends {back} before it begins: the packets are not in order");
                    findings.error(0..0, message, "sort the packets of each track by their timestamps");
                }
            },
        }
        for id in event.flow_ids.iter().chain(&event.terminating_flow_ids) {
            let arrow = self.arrows.number(&id.to_string());
            self.record.flows.push(Flow { arrow, thread, at, encloses: true });
        }
    }

    /// Ends what has not ended, and says what is odd.
    fn finish(mut self, findings: &mut Findings, inferences: &mut Vec<Inference>) -> Option<Record> {
        let open = self.open.close(self.last);
        let mut say = |number: usize, noun: &str, how: Provenance, what: &str| {
            if number > 0 {
                inferences.push(Inference { how, text: format!("{} {what}", count(number, noun)) });
            }
        };
        say(open.len(), "span", Provenance::Assumed, "without an end, taken to end with the trace");
        say(
            self.ends_without_begin,
            "end",
            Provenance::Lost,
            "without a begin: they began before the recording",
        );
        say(
            self.others,
            "event",
            Provenance::Lost,
            "with nothing about tasks: counters, instants and the like",
        );
        say(self.timeless, "event", Provenance::Lost, "of a clock that the trace does not define");
        self.record.slices.extend(open);
        if self.record.slices.is_empty() {
            let help =
                "there have to be track events with a begin and an end: enable a category of your program";
            findings.error(0..0, "there is no span in this trace of Perfetto", help);
            return None;
        }
        (self.record.threads, self.record.processes) = self.tracks.close();
        Some(self.record)
    }
}

/// What an event does to its track.
enum Form {
    Begin,
    End,
    Complete { nanos: i64 },
}

impl Form {
    /// `None` for what is no part of a slice.
    fn of(event: &TrackEvent) -> Option<Form> {
        /// `TYPE_SLICE_BEGIN` and `TYPE_SLICE_END`.
        const BEGIN: u32 = 1;
        const END: u32 = 2;
        match (event.kind, &event.legacy_event) {
            (BEGIN, _) => Some(Form::Begin),
            (END, _) => Some(Form::End),
            (0, Some(legacy)) => match u8::try_from(legacy.phase).ok()? {
                b'B' => Some(Form::Begin),
                b'E' => Some(Form::End),
                b'X' => Some(Form::Complete {
                    nanos: legacy.duration_us.max(0).saturating_mul(1_000).min(i64::MAX / 4),
                }),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The name of an event, which may stand in the event, or once in the data of its writer.
fn name_of(event: &TrackEvent, names: &BTreeMap<u64, String>) -> String {
    let legacy = event.legacy_event.as_ref().map_or(0, |legacy| legacy.name_iid);
    let interned = || names.get(&event.name_iid).or_else(|| names.get(&legacy)).cloned();
    if event.name.is_empty() { interned().unwrap_or_default() } else { event.name.clone() }
}

#[cfg(test)]
mod tests {
    use super::wire::{EventName, InternedData, TracePacketDefaults, TrackDescriptor, TrackEventDefaults};
    use super::*;
    use prost::Message;

    fn bytes_of(packets: &[TracePacket]) -> Vec<u8> {
        packets
            .iter()
            .flat_map(|packet| [vec![b'\n'], packet.encode_length_delimited_to_vec()].concat())
            .collect()
    }

    fn event(at: u64, kind: u32, name_iid: u64) -> TracePacket {
        let event = TrackEvent { kind, name_iid, ..TrackEvent::default() };
        TracePacket { timestamp: Some(at), track_event: Some(event), ..TracePacket::default() }
    }

    fn named() -> TracePacket {
        let names = vec![EventName { iid: 3, name: "build".to_owned() }];
        let track = TrackEventDefaults { track_uuid: Some(9) };
        TracePacket {
            interned_data: Some(InternedData { event_names: names }),
            trace_packet_defaults: Some(TracePacketDefaults {
                track_event_defaults: Some(track),
                ..Default::default()
            }),
            ..TracePacket::default()
        }
    }

    #[test]
    fn names_and_tracks_that_a_writer_says_once_hold_for_all_that_follow() {
        let bytes = bytes_of(&[named(), event(1_000, 1, 3), event(5_000, 2, 0), event(6_000, 4, 0)]);
        assert!(is_perfetto(&bytes));
        let mut findings = Findings::default();
        let reading = read(&bytes, &mut findings).expect("a trace");
        assert!(!findings.has_errors());
        assert_eq!(
            reading.measured.tasks.iter().map(|task| task.name.as_str()).collect::<Vec<_>>(),
            ["build"]
        );
        assert!(
            reading.inferences.iter().any(|found| found.text.starts_with("1 event with nothing about tasks"))
        );
    }

    /// What is wrong with packets of which at most three may make something, and how many were read to find it.
    fn refused(packet: impl Fn(u64) -> TracePacket) -> (String, usize) {
        let mut read = 0;
        let packets = (1..100).map(|at| Ok(packet(at))).inspect(|_| read += 1);
        let mut findings = Findings::default();
        assert!(read_packets(packets, 3, &mut findings).is_none());
        (findings.close("x", "").to_string(), read)
    }

    #[test]
    fn reading_ends_with_the_first_packet_that_makes_too_much() {
        let (why, read) = refused(|at| event(at, if at % 2 == 1 { 1 } else { 2 }, 0));
        assert!(why.contains("more than 3 spans and arrows") && read == 7, "{read}: {why}");
        // Without an end they are spans, too.
        let (why, read) = refused(|at| event(at, 1, 0));
        assert!(why.contains("more than 3 spans and arrows") && read == 4, "{read}: {why}");
        let (why, read) = refused(|uuid| TracePacket {
            track_descriptor: Some(TrackDescriptor { uuid, ..TrackDescriptor::default() }),
            ..TracePacket::default()
        });
        assert!(why.contains("more than 3 tracks") && read == 4, "{read}: {why}");
        let (why, read) = refused(|writer| TracePacket {
            trusted_packet_sequence_id: writer as u32,
            ..TracePacket::default()
        });
        assert!(why.contains("more than 3 writers") && read == 4, "{read}: {why}");
        let interned = |iid, sequence_flags| TracePacket {
            interned_data: Some(InternedData { event_names: vec![EventName { iid, name: "a".to_owned() }] }),
            sequence_flags,
            ..TracePacket::default()
        };
        let (why, read) = refused(|iid| interned(iid, 0));
        assert!(why.contains("more than 3 interned names") && read == 4, "{read}: {why}");
        // A writer that starts anew forgets its names.
        let mut findings = Findings::default();
        let anew = (1..100).map(|iid| Ok(interned(iid, STATE_CLEARED)));
        assert!(read_packets(anew, 3, &mut findings).is_some_and(|reader| reader.interned == 1));
    }

    #[test]
    fn what_breaks_off_is_told_and_a_text_is_no_trace() {
        let bytes = bytes_of(&[named(), event(1_000, 1, 3)]);
        for length in 1..bytes.len() {
            let mut findings = Findings::default();
            // Cut between two packets it is whole, and then without a task or with one that does not end.
            let is_read = read(&bytes[..length], &mut findings).is_some();
            assert_ne!(is_read, findings.has_errors(), "{length}");
        }
        assert!(!is_perfetto(b"\n# a text that begins with an empty line, and goes on for a while"));
        assert!(!is_perfetto(b"\n"));
    }
}
