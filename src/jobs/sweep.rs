//! Many runs at each of many values, told as they come.
//!
//! A sweep is split over workers by its values: each takes every n-th, so that dear and cheap ones are shared out.
//! Invariant: what the parts tell comes to the same whatever their number, because a cell depends on nothing but
//! the text, its values and the number of runs. Each value is run once before any is run twice.

use super::protocol::{JobHost, SEND_EVERY, Subject, packed, unpacked};
use crate::analysis::swept::{Axis, Swept};
use crate::language::Overrides;
use crate::study::axis;
use crate::study::replicate::ReplicationEffort;
use crate::study::rounds::InterleavedSweep;
use crate::study::sweep::{SweepError, SweepPlan};
use serde::{Deserialize, Serialize};

/// A request for one part of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepJob {
    /// What is swept.
    pub subject: Subject,
    /// Each parameter's path and its values.
    pub axes: Vec<(String, Vec<String>)>,
    /// What is measured, in the words of `[expect]`.
    pub metrics: Vec<String>,
    /// Runs at each value.
    pub runs: u32,
    /// Which part it is, from 0.
    pub part: usize,
    /// Of how many.
    pub parts: usize,
}

/// A message of a part: what has changed since its last one.
#[derive(Serialize, Deserialize)]
struct SweepDelta {
    /// With the cells that have had a run since.
    swept: Swept,
    /// How many runs this part has made, and will have made.
    runs: (u64, u64),
}

/// What all parts have told.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepProgress {
    /// The cells there are, in order.
    pub swept: Swept,
    /// For each part, how many runs it has made, and will have made; nothing is known before its first message.
    runs: Vec<Option<(u64, u64)>>,
}

impl SweepProgress {
    /// Creates an empty result of `parts` parts; `labels` is what the parameters are called.
    pub fn new(parts: usize, labels: &[String]) -> SweepProgress {
        let axis = |label: &String| Axis { name: label.clone(), values: Vec::new() };
        let axes = labels.iter().map(axis).collect();
        let swept = Swept { axes, quantities: Vec::new(), cells: Vec::new() };
        SweepProgress { swept, runs: vec![None; parts] }
    }

    /// Takes what a part has told; `None` if it is no message of ours.
    pub fn take(&mut self, part: usize, message: &[u8]) -> Option<()> {
        let SweepDelta { swept, runs } = unpacked(message)?;
        *self.runs.get_mut(part)? = Some(runs);
        self.swept.quantities = swept.quantities;
        for (axis, told) in self.swept.axes.iter_mut().zip(swept.axes) {
            axis.values = told.values;
        }
        for cell in swept.cells {
            match self.swept.cells.binary_search_by_key(&cell.cell, |known| known.cell) {
                Ok(at) => self.swept.cells[at] = cell,
                Err(at) => self.swept.cells.insert(at, cell),
            }
        }
        Some(())
    }

    /// How much is done, from 0 to 1: of parts that have not begun, as much as of none.
    pub fn share(&self) -> f64 {
        let share =
            |runs: &Option<(u64, u64)>| runs.map_or(0.0, |(done, all)| done as f64 / all.max(1) as f64);
        self.runs.iter().map(share).sum::<f64>() / self.runs.len().max(1) as f64
    }

    /// How many runs were made.
    pub fn runs(&self) -> u64 {
        self.runs.iter().flatten().map(|(done, _)| done).sum()
    }
}

pub(super) fn execute(order: &SweepJob, line: &mut dyn JobHost) -> Result<(), String> {
    let document = order.subject.document()?;
    let axis = |(path, values): &(String, Vec<String>)| axis::SweepAxis {
        path: path.clone(),
        values: values.clone(),
    };
    let axes = order.axes.iter().map(axis).collect();
    let effort = ReplicationEffort { runs: order.runs, ..ReplicationEffort::default() };
    let sweep = SweepPlan::new(
        &document,
        &order.subject.variant,
        &Overrides::default(),
        axes,
        &order.metrics,
        effort,
    );
    let sweep = sweep.map_err(in_words)?;
    let cells: Vec<usize> = (order.part..sweep.cells()).step_by(order.parts.max(1)).collect();
    let mut changed = vec![false; cells.len()];
    let mut rounds = InterleavedSweep::new(&sweep, cells);
    let (mut runs, all) = (0, rounds.runs());
    // What comes first is told at once.
    let mut told = f64::NEG_INFINITY;
    loop {
        let ran = rounds.advance();
        if let Some(place) = ran {
            changed[place] = true;
            runs += 1;
        }
        let now = line.now();
        if ran.is_none() || now - told >= SEND_EVERY {
            told = now;
            let places = changed.iter().enumerate().filter(|(_, changed)| **changed);
            let cells: Vec<_> = places.map(|(place, _)| rounds.cell(place)).collect();
            line.send(packed(&SweepDelta { swept: sweep.swept(&cells), runs: (runs, all) }));
            changed.fill(false);
        }
        if ran.is_none() {
            return Ok(());
        }
    }
}

/// The first thing that is wrong, as a sentence for the person.
fn in_words(wrong: SweepError) -> String {
    match wrong {
        SweepError::Document(problems) => {
            problems.list.first().map_or_else(String::new, |problem| format!("{}.", problem.message))
        }
        SweepError::Question(what, help) if help.is_empty() => format!("{what}."),
        SweepError::Question(what, help) => format!("{what}. {help}."),
    }
}
