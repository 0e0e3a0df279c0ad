//! The few messages of Perfetto that say something about tasks, with the numbers of `protos/perfetto/trace` in its repository.
//!
//! Fields that are not listed are skipped, as in every reader of protobuf.

use prost::Message;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// Most bytes of a packet that are decoded. In memory they may be sixteen times as long: an empty name takes two of them.
const MAX_PACKET_BYTES: usize = 16 << 20;
/// The fields of a packet that are messages, by their numbers in [`TracePacket`].
const MESSAGES: [u32; 5] = [6, 11, 12, 59, 60];

#[derive(Clone, PartialEq, Message)]
pub(super) struct TracePacket {
    #[prost(message, optional, tag = "6")]
    pub clock_snapshot: Option<ClockSnapshot>,
    #[prost(uint64, optional, tag = "8")]
    pub timestamp: Option<u64>,
    #[prost(uint32, tag = "10")]
    pub trusted_packet_sequence_id: u32,
    #[prost(message, optional, tag = "11")]
    pub track_event: Option<TrackEvent>,
    #[prost(message, optional, tag = "12")]
    pub interned_data: Option<InternedData>,
    #[prost(uint32, tag = "13")]
    pub sequence_flags: u32,
    #[prost(bool, tag = "41")]
    pub incremental_state_cleared: bool,
    #[prost(uint32, optional, tag = "58")]
    pub timestamp_clock_id: Option<u32>,
    #[prost(message, optional, tag = "59")]
    pub trace_packet_defaults: Option<TracePacketDefaults>,
    #[prost(message, optional, tag = "60")]
    pub track_descriptor: Option<TrackDescriptor>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct TracePacketDefaults {
    #[prost(message, optional, tag = "11")]
    pub track_event_defaults: Option<TrackEventDefaults>,
    #[prost(uint32, optional, tag = "58")]
    pub timestamp_clock_id: Option<u32>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct TrackEventDefaults {
    #[prost(uint64, optional, tag = "11")]
    pub track_uuid: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ClockSnapshot {
    #[prost(message, repeated, tag = "1")]
    pub clocks: Vec<Clock>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Clock {
    #[prost(uint32, tag = "1")]
    pub clock_id: u32,
    #[prost(uint64, tag = "2")]
    pub timestamp: u64,
    #[prost(bool, tag = "3")]
    pub is_incremental: bool,
    #[prost(uint64, tag = "4")]
    pub unit_multiplier_ns: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct InternedData {
    #[prost(message, repeated, tag = "2")]
    pub event_names: Vec<EventName>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct EventName {
    #[prost(uint64, tag = "1")]
    pub iid: u64,
    #[prost(string, tag = "2")]
    pub name: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct TrackEvent {
    #[prost(message, optional, tag = "6")]
    pub legacy_event: Option<LegacyEvent>,
    #[prost(uint32, tag = "9")]
    pub kind: u32,
    #[prost(uint64, tag = "10")]
    pub name_iid: u64,
    #[prost(uint64, optional, tag = "11")]
    pub track_uuid: Option<u64>,
    #[prost(string, tag = "23")]
    pub name: String,
    #[prost(fixed64, repeated, tag = "47")]
    pub flow_ids: Vec<u64>,
    #[prost(fixed64, repeated, tag = "48")]
    pub terminating_flow_ids: Vec<u64>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct LegacyEvent {
    #[prost(uint64, tag = "1")]
    pub name_iid: u64,
    #[prost(int32, tag = "2")]
    pub phase: i32,
    #[prost(int64, tag = "3")]
    pub duration_us: i64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct TrackDescriptor {
    #[prost(uint64, tag = "1")]
    pub uuid: u64,
    #[prost(string, tag = "2")]
    pub name: String,
    #[prost(message, optional, tag = "3")]
    pub process: Option<ProcessDescriptor>,
    #[prost(message, optional, tag = "4")]
    pub thread: Option<ThreadDescriptor>,
    #[prost(uint64, tag = "5")]
    pub parent_uuid: u64,
    #[prost(string, tag = "10")]
    pub static_name: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ProcessDescriptor {
    #[prost(int32, tag = "1")]
    pub pid: i32,
    #[prost(string, tag = "6")]
    pub process_name: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ThreadDescriptor {
    #[prost(int32, tag = "1")]
    pub pid: i32,
    #[prost(int64, tag = "2")]
    pub tid: i64,
    #[prost(string, tag = "5")]
    pub thread_name: String,
}

/// What keeps a trace from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Offset in bytes.
    pub at: usize,
    pub message: String,
}

/// The packets of a trace, one after the other: a `Trace` is nothing but packets in field 1.
pub(super) struct Packets<'a> {
    bytes: &'a [u8],
    length: usize,
}

impl<'a> Packets<'a> {
    pub fn of(bytes: &'a [u8]) -> Packets<'a> {
        Packets { bytes, length: bytes.len() }
    }

    fn read(&mut self) -> Result<TracePacket, String> {
        /// Field 1, with a length.
        const PACKET_TAG: u32 = 1;
        let told = |error: prost::DecodeError| error.to_string();
        let (tag, kind) = decode_key(&mut self.bytes).map_err(told)?;
        if tag != PACKET_TAG {
            skip_field(kind, tag, &mut self.bytes, DecodeContext::default()).map_err(told)?;
            return Ok(TracePacket::default());
        }
        if decoded_bytes(self.bytes).map_err(told)? > MAX_PACKET_BYTES {
            return Err(format!(
                "a packet has more than {} MiB of track events and names",
                MAX_PACKET_BYTES >> 20
            ));
        }
        TracePacket::decode_length_delimited(&mut self.bytes).map_err(told)
    }
}

/// How many bytes of the packet that `bytes` begin with, length first, are decoded. A short one is not looked into; in a long one, what is
/// skipped (samples of the kernel, a heap) does not count.
fn decoded_bytes(mut bytes: &[u8]) -> Result<usize, prost::DecodeError> {
    let length = decode_varint(&mut bytes)? as usize;
    if length <= MAX_PACKET_BYTES || length > bytes.len() {
        return Ok(0);
    }
    let mut packet = &bytes[..length];
    let mut decoded = 0;
    while !packet.is_empty() {
        let (tag, kind) = decode_key(&mut packet)?;
        let before = packet.len();
        skip_field(kind, tag, &mut packet, DecodeContext::default())?;
        if kind == WireType::LengthDelimited && MESSAGES.contains(&tag) {
            decoded += before - packet.len();
        }
    }
    Ok(decoded)
}

impl Iterator for Packets<'_> {
    type Item = Result<TracePacket, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.is_empty() {
            return None;
        }
        let at = self.length - self.bytes.len();
        Some(self.read().map_err(|message| {
            self.bytes = &[];
            Broken { at, message }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet with one field of this number and length.
    fn packet(tag: u8, length: usize) -> Vec<u8> {
        let mut field = Vec::new();
        prost::encoding::encode_key(u32::from(tag), WireType::LengthDelimited, &mut field);
        prost::encoding::encode_varint(length as u64, &mut field);
        field.resize(field.len() + length, 0);
        let mut packet = vec![b'\n'];
        prost::encoding::encode_varint(field.len() as u64, &mut packet);
        packet.extend(field);
        packet
    }

    #[test]
    fn a_long_packet_is_read_if_what_is_long_in_it_is_skipped() {
        // Field 1 of a packet: samples of the kernel's scheduler.
        let skipped = packet(1, MAX_PACKET_BYTES + 1);
        assert_eq!(Packets::of(&skipped).next(), Some(Ok(TracePacket::default())));
        let names = packet(12, MAX_PACKET_BYTES + 1);
        let refusal = Packets::of(&names).next().expect("a packet").expect_err("too long");
        assert!(
            refusal.message.contains("more than 16 MiB of track events and names"),
            "{}",
            refusal.message
        );
    }
}
