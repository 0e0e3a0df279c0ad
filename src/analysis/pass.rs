//! All that is learnt from a trace by going through it once, event by event.
//!
//! The state is folded once, and names, lives, occupancy, lost updates, beats and, where
//! a picture is wanted, lanes look on. It can follow a run that is
//! still going on, chunk by chunk. Invariant: chunks make no difference. What needs the whole trace (who is blocked for
//! ever, what is expected) is deliberately absent: see [`super::digest`].

use super::beats;
use super::cancellation::ShouldContinue;
use super::lanes::{LanePainter, Lanes};
use super::lives::{LifeNarrator, TaskLife};
use super::names::Names;
use super::occupancy::{Meter, Occupancy};
use super::races::{LostUpdate, lost_update};
use super::state::{CheckpointBuilder, Checkpoints};
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::trace::event::{Event, EventId};
use crate::trace::record::Record;
use std::sync::Arc;

/// Events that are read between two looks at the clock.
const SLICE: usize = 50_000;

/// A trace that is being read.
pub struct Pass {
    checkpoints: CheckpointBuilder,
    names: Names,
    lives: LifeNarrator,
    meter: Meter,
    lost_updates: Vec<LostUpdate>,
    scan: beats::Scan,
    painter: Option<LanePainter>,
    read: usize,
}

/// The results of the single pass over a trace.
pub(crate) struct PassResults {
    pub(crate) checkpoints: Checkpoints,
    pub(crate) names: Names,
    pub(crate) lives: Vec<TaskLife>,
    pub(crate) occupancy: Occupancy,
    pub(crate) lost_updates: Vec<LostUpdate>,
    pub(crate) scan: beats::Scan,
    /// The lanes, if they were asked for.
    pub(crate) lanes: Option<Lanes>,
}

impl Pass {
    /// Before the first event; states are kept about every `every` events.
    pub fn new(scenario: &Arc<Scenario>, every: u32) -> Pass {
        let checkpoints = CheckpointBuilder::new(scenario, every);
        Pass {
            names: Names::new(scenario),
            lives: LifeNarrator::new(scenario),
            meter: Meter::new(scenario, checkpoints.state()),
            lost_updates: Vec::new(),
            scan: beats::Scan::new(scenario),
            painter: None,
            read: 0,
            checkpoints,
        }
    }

    /// The same, which draws the lanes too.
    pub fn painting(scenario: &Arc<Scenario>, every: u32) -> Pass {
        Pass { painter: Some(LanePainter::new(scenario)), ..Pass::new(scenario, every) }
    }

    /// Reads on: `records` are all events so far, those of earlier calls first and unchanged.
    pub fn read(&mut self, records: &[Record]) {
        for (number, record) in records.iter().enumerate().skip(self.read) {
            self.apply(EventId(number as u32), record.at, record.event());
        }
        self.read = records.len();
    }

    /// The same for as long as it may go on; whether all was read.
    pub fn read_while(&mut self, records: &[Record], may_go_on: ShouldContinue<'_>) -> bool {
        while self.read < records.len() {
            if !may_go_on() {
                return false;
            }
            self.read(&records[..records.len().min(self.read + SLICE)]);
        }
        true
    }

    fn apply(&mut self, id: EventId, at: Time, event: Event) {
        self.names.apply(event);
        self.lives.apply(at, event, &self.names);
        let before = self.checkpoints.state();
        self.meter.pass(at, before);
        if let Event::Wrote { task, pc, .. } = event {
            self.lost_updates.extend(lost_update(before, id, at, task, pc));
        }
        if let Some(painter) = &mut self.painter {
            painter.before(event, before);
        }
        self.checkpoints.apply(id, at, event);
        let after = self.checkpoints.state();
        if let Some(painter) = &mut self.painter {
            painter.after(id, at, event, after);
        }
        self.meter.look(event, after);
        self.scan.see(id, at, event, after);
    }

    /// What was learnt of a run that ended at `end`.
    pub(crate) fn finish(self, end: Time) -> PassResults {
        let lives = self.lives.finish(end);
        let state = self.checkpoints.state();
        let lanes = self.painter.map(|painter| painter.finish(end, state, &self.lost_updates));
        PassResults {
            lanes,
            occupancy: self.meter.finish(end, self.checkpoints.state(), &lives),
            checkpoints: self.checkpoints.finish(),
            names: self.names,
            lives,
            lost_updates: self.lost_updates,
            scan: self.scan,
        }
    }
}
