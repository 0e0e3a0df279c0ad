//! Tracks: the threads of a process, and rows that a program has named itself.

use super::super::spans::record::{Process, Thread};
use super::wire::TrackDescriptor;
use std::collections::BTreeMap;

/// Tracks within tracks.
const MAX_NESTED: usize = 16;

/// The tracks of a trace, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    described: BTreeMap<u64, TrackDescriptor>,
    /// Numbers of threads that have been given out.
    threads: BTreeMap<u64, u32>,
    /// The tracks of these threads.
    used: Vec<u64>,
}

impl Tracks {
    /// Takes over a descriptor, in place of an earlier one of the same track.
    pub fn describe(&mut self, track: TrackDescriptor) {
        self.described.insert(track.uuid, track);
    }

    /// The number of a track's thread, which is given out if it is new: what the track is called may follow.
    pub fn thread(&mut self, uuid: u64) -> u32 {
        *self.threads.entry(uuid).or_insert_with(|| {
            self.used.push(uuid);
            self.used.len() as u32 - 1
        })
    }

    /// How many there are: described ones, or those with events if they are more.
    pub fn len(&self) -> usize {
        self.described.len().max(self.used.len())
    }

    /// The threads in the order of their numbers, and their processes.
    pub fn close(&self) -> (Vec<Thread>, Vec<Process>) {
        let processes = self.described.values().filter_map(|track| track.process.as_ref());
        let names: BTreeMap<i32, &str> =
            processes.map(|process| (process.pid, process.process_name.as_str())).collect();
        let mut numbers = BTreeMap::new();
        let mut processes = Vec::new();
        let mut process_of = |uuid| {
            let pid = self.pid(uuid);
            *numbers.entry(pid).or_insert_with(|| {
                let name = names.get(&pid).copied().unwrap_or_default().to_owned();
                processes.push(Process { id: pid.to_string(), name, ..Process::default() });
                processes.len() as u32 - 1
            })
        };
        let threads = self.used.iter().map(|uuid| self.described_thread(*uuid, process_of(*uuid))).collect();
        (threads, processes)
    }

    fn described_thread(&self, uuid: u64, process: u32) -> Thread {
        let described = self.described.get(&uuid);
        let own_thread = described.and_then(|track| track.thread.as_ref());
        match (own_thread, described) {
            (Some(thread), _) => Thread { process, name: thread.thread_name.clone(), track: None },
            (None, Some(track)) if track.process.is_none() => {
                let name = if track.name.is_empty() { &track.static_name } else { &track.name };
                Thread { process, name: name.clone(), track: Some(name.clone()) }
            }
            (None, _) => Thread { process, ..Thread::default() },
        }
    }

    /// The process of a track: its own, its thread's, or that of a track around it.
    fn pid(&self, uuid: u64) -> i32 {
        let around = std::iter::successors(self.described.get(&uuid), |track| {
            self.described.get(&track.parent_uuid).filter(|_| track.parent_uuid != 0)
        });
        let pid_of = |track: &TrackDescriptor| {
            let own = track.process.as_ref().map(|process| process.pid);
            own.or_else(|| track.thread.as_ref().map(|thread| thread.pid))
        };
        around.take(MAX_NESTED).find_map(pid_of).unwrap_or(0)
    }
}
