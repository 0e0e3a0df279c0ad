//! Tracks: the threads of a process, and rows that a program has named itself.

use super::super::spans::record::{Process, Record, Thread};
use super::wire::{Packets, TrackDescriptor};
use std::collections::BTreeMap;

/// Tracks within tracks.
const MAX_NESTED: usize = 16;

/// The tracks of a trace, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    described: BTreeMap<u64, TrackDescriptor>,
    /// Numbers of [`Record::threads`] that have been given out.
    threads: BTreeMap<u64, u32>,
    /// Numbers of [`Record::processes`], by the system's.
    processes: BTreeMap<i32, u32>,
}

impl Tracks {
    /// Gathers the descriptors, which may follow the events. What breaks off is told by who reads the events.
    pub fn described(bytes: &[u8]) -> Tracks {
        let packets = Packets::of(bytes).map_while(Result::ok);
        let described = packets.filter_map(|packet| packet.track_descriptor);
        let described = described.map(|track| (track.uuid, track)).collect();
        Tracks { described, ..Tracks::default() }
    }

    /// The number of a track's thread in `record`, which is added if it is new.
    pub fn thread(&mut self, uuid: u64, record: &mut Record) -> u32 {
        if let Some(number) = self.threads.get(&uuid) {
            return *number;
        }
        let process = self.process(uuid, record);
        let described = self.described.get(&uuid);
        let own_thread = described.and_then(|track| track.thread.as_ref());
        let thread = match (own_thread, described) {
            (Some(thread), _) => Thread { process, name: thread.thread_name.clone(), track: None },
            (None, Some(track)) if track.process.is_none() => {
                let name = if track.name.is_empty() { &track.static_name } else { &track.name };
                Thread { process, name: name.clone(), track: Some(name.clone()) }
            }
            (None, _) => Thread { process, ..Thread::default() },
        };
        let number = record.threads.len() as u32;
        record.threads.push(thread);
        self.threads.insert(uuid, number);
        number
    }

    /// The process of a track: its own, its thread's, or that of a track around it.
    fn process(&mut self, uuid: u64, record: &mut Record) -> u32 {
        let around = std::iter::successors(self.described.get(&uuid), |track| {
            self.described.get(&track.parent_uuid).filter(|_| track.parent_uuid != 0)
        });
        let pid_of = |track: &TrackDescriptor| {
            let own = track.process.as_ref().map(|process| process.pid);
            own.or_else(|| track.thread.as_ref().map(|thread| thread.pid))
        };
        let pid = around.take(MAX_NESTED).find_map(pid_of).unwrap_or(0);
        if let Some(number) = self.processes.get(&pid) {
            return *number;
        }
        let described = self.described.values().filter_map(|track| track.process.as_ref());
        let mut name =
            described.filter(|process| process.pid == pid).map(|process| process.process_name.clone());
        let process =
            Process { id: pid.to_string(), name: name.next_back().unwrap_or_default(), ..Process::default() };
        let number = record.processes.len() as u32;
        record.processes.push(process);
        self.processes.insert(pid, number);
        number
    }
}
