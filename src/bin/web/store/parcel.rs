//! A run in parcels: what a worker derives, packed so that the page can take it in without a pause.
//!
//! Invariant: what is unpacked is what was packed. No parcel takes long to unpack, and what the page has to
//! derive itself (names, states along the trace) it derives in slices, from the records, which come first: while
//! the worker still reads them. Parcels go from the app to itself in
//! one version: they are no format, and are not kept.

use super::run::AnalyzedRun;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use threadbare::analysis::deadlock::WaitForIndex;
use threadbare::analysis::digest::{Digest, RunSummary};
use threadbare::analysis::lives::TaskLife;
use threadbare::analysis::names::Names;
use threadbare::analysis::state::CheckpointBuilder;
use threadbare::model::scenario::Scenario;
use threadbare::trace::log::Log;
use threadbare::trace::record::Record;
use threadbare::trace::{Outcome, Trace};
use threadbare::view::chart::{ChartLane, RunChart};

/// Bytes of a record.
const RECORD: usize = 24;
/// Records in a parcel, lives in a parcel, stretches of rows in a parcel.
const RECORDS: usize = 1 << 18;
const LIVES: usize = 1 << 15;
const PIECES: usize = 1 << 16;
/// Events between two looks at the clock while the page derives its part.
const LOOK_EVERY: u32 = 4_096;

/// What a parcel holds; the first byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RunParcelKind {
    /// How many records there will be.
    Count = 1,
    Records,
    Head,
    Lives,
    Lanes,
    Chart,
}

/// A run without its records: the outcome, the values and the summary.
#[derive(Serialize, Deserialize)]
struct RunSummaryParcel {
    outcome: Outcome,
    /// The written values as JSON: a value does not say which kind it is.
    values: String,
    said: RunSummary,
    fingerprint: String,
}

/// Sends what happened, parcel by parcel, before it is read.
pub fn pack_records(trace: &Trace, mut send: impl FnMut(Vec<u8>)) {
    send(packed(RunParcelKind::Count, &trace.records.len()));
    for records in trace.records.chunks(RECORDS) {
        let mut bytes = Vec::with_capacity(1 + records.len() * RECORD);
        bytes.push(RunParcelKind::Records as u8);
        records.iter().for_each(|record| bytes.extend_from_slice(&record.to_bytes()));
        send(bytes);
    }
}

/// Gives away all else of a run, parcel by parcel.
pub fn pack(run: AnalyzedRun, mut send: impl FnMut(Vec<u8>)) {
    let AnalyzedRun { digest, mut chart, fingerprint, .. } = run;
    let trace = digest.trace();
    let said = digest.said();
    let values = serde_json::to_string(&trace.values).unwrap_or_default();
    let head = RunSummaryParcel { outcome: trace.outcome, values, said, fingerprint };
    send(packed(RunParcelKind::Head, &head));
    digest.lives.chunks(LIVES).for_each(|lives| send(packed(RunParcelKind::Lives, &lives)));
    let lanes = std::mem::take(&mut chart.lanes);
    let mut some: Vec<&ChartLane> = Vec::new();
    let mut pieces = 0;
    for lane in &lanes {
        pieces += lane.pieces().len();
        some.push(lane);
        if pieces >= PIECES {
            send(packed(RunParcelKind::Lanes, &some));
            (some, pieces) = (Vec::new(), 0);
        }
    }
    send(packed(RunParcelKind::Lanes, &some));
    send(packed(RunParcelKind::Chart, &chart));
}

fn packed<T: Serialize + ?Sized>(kind: RunParcelKind, what: &T) -> Vec<u8> {
    // Writing our own plain data to memory cannot fail; an empty parcel would be noticed where it arrives.
    postcard::to_extend(what, vec![kind as u8]).unwrap_or_default()
}

/// A run that is put together from its parcels.
pub struct RunAssembler {
    id: u32,
    head: Option<RunSummaryParcel>,
    lives: Vec<TaskLife>,
    lanes: Vec<ChartLane>,
    chart: Option<RunChart>,
    names: Names,
    trace: Trace,
    /// How many records there will be, once that is known.
    count: Option<usize>,
    folding: Option<CheckpointBuilder>,
    named: usize,
}

impl RunAssembler {
    /// Nothing yet of the run of this scenario that answers a request.
    pub fn new(id: u32, scenario: &Arc<Scenario>) -> RunAssembler {
        use threadbare::trace::OutcomeKind;
        let outcome = Outcome { kind: OutcomeKind::Until, at: Default::default() };
        let (records, values) = (Log::default(), Vec::new());
        RunAssembler {
            id,
            head: None,
            lives: Vec::new(),
            lanes: Vec::new(),
            chart: None,
            names: Names::new(scenario),
            trace: Trace { scenario: Arc::clone(scenario), records, values, outcome },
            count: None,
            folding: None,
            named: 0,
        }
    }

    /// Takes the next parcel; `None` if it is none of ours.
    pub fn take(&mut self, parcel: &[u8]) -> Option<()> {
        let (kind, bytes) = parcel.split_first()?;
        match *kind {
            kind if kind == RunParcelKind::Count as u8 => {
                self.count = Some(postcard::from_bytes(bytes).ok()?);
            }
            kind if kind == RunParcelKind::Head as u8 => self.head = Some(postcard::from_bytes(bytes).ok()?),
            kind if kind == RunParcelKind::Records as u8 => {
                for record in bytes.chunks(RECORD) {
                    self.trace.records.push(Record::from_bytes(record.try_into().ok()?)?);
                }
            }
            kind if kind == RunParcelKind::Lives as u8 => {
                self.lives.extend(postcard::from_bytes::<Vec<TaskLife>>(bytes).ok()?);
            }
            kind if kind == RunParcelKind::Lanes as u8 => {
                self.lanes.extend(postcard::from_bytes::<Vec<ChartLane>>(bytes).ok()?);
            }
            kind if kind == RunParcelKind::Chart as u8 => {
                self.chart = Some(postcard::from_bytes(bytes).ok()?)
            }
            _ => return None,
        }
        Some(())
    }

    /// Derives what follows from the records so far, as long as `go_on` says so. Whether that is done.
    pub fn derive(&mut self, mut go_on: impl FnMut() -> bool) -> bool {
        let Some(count) = self.count else { return true };
        let every = WaitForIndex::spacing(count);
        let folding = self.folding.get_or_insert_with(|| CheckpointBuilder::new(&self.trace.scenario, every));
        loop {
            let end = (self.named + LOOK_EVERY as usize).min(self.trace.records.len());
            for record in &self.trace.records[self.named..end] {
                self.names.apply(record.event());
            }
            self.named = end;
            if !folding.advance(&self.trace, LOOK_EVERY) {
                return true;
            }
            if !go_on() {
                return false;
            }
        }
    }

    /// The run; `None` if a parcel is missing.
    pub fn finish(self) -> Option<AnalyzedRun> {
        let RunAssembler { id, head, lives, lanes, chart, names, mut trace, count, folding, .. } = self;
        if count != Some(trace.records.len()) {
            return None;
        }
        let (RunSummaryParcel { outcome, values, said, fingerprint }, mut chart) = (head?, chart?);
        trace.values = serde_json::from_str(&values).ok()?;
        (trace.outcome, chart.lanes) = (outcome, lanes);
        let lens = WaitForIndex::assembled(trace, folding?.finish());
        let digest = Digest::assembled(lens, names, lives, said);
        Some(AnalyzedRun { id, digest, chart, fingerprint })
    }
}

#[cfg(test)]
mod tests {
    use super::super::work::OpenDocument;
    use super::*;
    use threadbare::gallery;
    use threadbare::study;

    #[test]
    fn what_is_unpacked_is_what_was_packed() {
        for entry in gallery::ENTRIES {
            let scenario = OpenDocument::gallery(entry.name).scenario.expect("the gallery is valid");
            let trace = study::run::run(Arc::clone(&scenario));
            let whole = AnalyzedRun::new(7, trace.clone());
            let mut arriving = RunAssembler::new(7, &scenario);
            pack_records(&trace, |parcel| arriving.take(&parcel).expect("our own parcel"));
            let mut slices = 0;
            while !arriving.derive(|| false) {
                slices += 1;
            }
            pack(AnalyzedRun::new(7, trace), |parcel| arriving.take(&parcel).expect("our own parcel"));
            assert!(arriving.derive(|| false), "nothing is left to derive");
            assert!(slices * LOOK_EVERY as usize <= whole.trace().len());
            let run = arriving.finish().expect("all parcels");
            assert_eq!(run.fingerprint(), whole.fingerprint());
            assert_eq!(run.trace().fingerprint().to_string(), whole.fingerprint());
            assert_eq!(run.digest.json(), whole.digest.json(), "{}", entry.name);
            assert_eq!(format!("{:?}", run.chart), format!("{:?}", whole.chart), "{}", entry.name);
            assert_eq!(run.digest.names.len(), whole.digest.names.len());
        }
    }

    #[test]
    fn what_is_no_parcel_is_refused() {
        let scenario = OpenDocument::gallery("nova-caps").scenario.expect("valid");
        let mut arriving = RunAssembler::new(1, &scenario);
        for parcel in [&[][..], &[0], &[99, 1], &[1], &[3, b'x'], &[4, 255, 255, 255, 255, 255], &[2; 26]] {
            assert!(arriving.take(parcel).is_none(), "{parcel:?}");
        }
        arriving.derive(|| true);
        assert!(arriving.finish().is_none());
    }
}
