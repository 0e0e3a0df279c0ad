//! One run, or two side by side, told in parcels: the page's own program carries it out as a worker, so that the first
//! picture waits for nothing else.

use super::parcel;
use super::run::AnalyzedRun;
use super::sliced_run::IncrementalRun;
use serde::{Deserialize, Serialize};
use threadbare::jobs::{JobHost, SEND_EVERY, Subject, packed, unpacked};
use threadbare::model::time::Time;

/// Events between two looks at the clock.
const LOOK_EVERY: u64 = 65_536;

/// A request for a run, or for two side by side.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SimulationJob {
    /// Which request of the store it answers.
    pub id: u32,
    /// Each side's variant, and the way that it goes.
    pub sides: Vec<(Subject, Option<String>)>,
}

/// A message about a run in progress.
#[derive(Clone, Debug, PartialEq)]
pub enum RunMessage<'a> {
    /// The progress of the run.
    Progress(RunProgress),
    /// A part of the run of one side.
    Parcel(usize, &'a [u8]),
    /// How long it took to simulate and to read, in milliseconds.
    Took(f64, f64),
}

/// The progress of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunProgress {
    /// Events so far.
    pub events: u64,
    /// The present instant.
    pub now: Time,
    /// Whether the run is over and being read.
    pub is_read: bool,
}

/// The last byte of a message: what it is; below, it is the side of a parcel.
const FAR: u8 = 254;
const TOOK: u8 = 255;

/// What a message says; `None` if it is none of ours.
pub fn read(message: &[u8]) -> Option<RunMessage<'_>> {
    let (tag, bytes) = message.split_last()?;
    Some(match *tag {
        FAR => RunMessage::Progress(unpacked(bytes)?),
        TOOK => unpacked(bytes).map(|(simulating, reading)| RunMessage::Took(simulating, reading))?,
        side => RunMessage::Parcel(usize::from(side), bytes),
    })
}

fn send(line: &mut dyn JobHost, mut message: Vec<u8>, tag: u8) {
    message.push(tag);
    line.send(message);
}

/// Runs what is asked.
///
/// # Errors
/// Why a way does not fit its scenario.
pub fn execute(order: &SimulationJob, line: &mut dyn JobHost) -> Result<(), String> {
    let (mut before, mut simulating, mut reading) = (0, 0.0, 0.0);
    for (side, (subject, schedule)) in (0..).zip(&order.sides) {
        let scenario = subject.scenario()?;
        let begun = line.now();
        let schedule = schedule.as_ref().and_then(|text| text.parse().ok());
        let mut going = IncrementalRun::new(&scenario, schedule.as_ref())?;
        let mut told = begun;
        while !going.advance(LOOK_EVERY) {
            let now = line.now();
            if now - told >= SEND_EVERY {
                told = now;
                far(line, before + going.events(), going.now(), false);
            }
        }
        before += going.events();
        far(line, before, going.now(), true);
        let ran = line.now();
        let trace = going.finish()?;
        parcel::pack_records(&trace, |bytes| send(line, bytes, side));
        let run = AnalyzedRun::new(order.id, trace);
        parcel::pack(run, |bytes| send(line, bytes, side));
        simulating += ran - begun;
        reading += line.now() - ran;
    }
    send(line, packed(&(simulating, reading)), TOOK);
    Ok(())
}

fn far(line: &mut dyn JobHost, events: u64, now: Time, is_read: bool) {
    send(line, packed(&RunProgress { events, now, is_read }), FAR);
}
