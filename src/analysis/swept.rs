//! What a sweep came to, as plain data: some quantities at each value of one or two parameters.
//!
//! A study makes it, a view draws it, a worker sends it; none of them is known here. Invariant: a cell has a
//! figure (or `None`) for each quantity and an index into each axis. Cells may be missing, as they are while
//! a sweep is still running, and stand in any order.

use super::interval::Interval;
use crate::model::expectation::{Better, Comparison, Unit};
use serde::{Deserialize, Serialize};

/// Whether a cell meets what its scenario expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellVerdict {
    /// Every expectation is met.
    Meets,
    /// Every one is met, but an interval reaches over its bound.
    MayMeet,
    /// Some is not met, but an interval reaches over its bound.
    MayFail,
    /// Some is not met.
    Fails,
    /// Some is not met, since of too few tasks is anything known.
    SaysNothing,
    /// Some run was given up at a limit.
    GivenUp,
    /// Nothing is expected.
    Open,
}

impl CellVerdict {
    /// Whether everything is met, be it only just.
    pub fn is_met(self) -> bool {
        matches!(self, CellVerdict::Meets | CellVerdict::MayMeet)
    }

    /// Whether something is not met, be it only just.
    pub fn is_failed(self) -> bool {
        matches!(
            self,
            CellVerdict::Fails | CellVerdict::MayFail | CellVerdict::SaysNothing | CellVerdict::GivenUp
        )
    }

    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            CellVerdict::Meets => "meets what is expected",
            CellVerdict::MayMeet => "meets what is expected, but not surely",
            CellVerdict::MayFail => "fails what is expected, but not surely",
            CellVerdict::Fails => "fails what is expected",
            CellVerdict::SaysNothing => "says nothing of what is expected: too few tasks finished",
            CellVerdict::GivenUp => "given up at a limit",
            CellVerdict::Open => "nothing is expected",
        }
    }
}

/// A parameter and its values, as a document writes them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// A param or a path: `pool`, `default.workers`.
    pub name: String,
    /// In the order in which they were asked for.
    pub values: Vec<String>,
}

/// Something that was measured at every cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// In the words of `[expect]`: `latency.build.p99`.
    pub name: String,
    /// What it is counted in.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// What the scenario expects of it, if that is a number.
    pub bound: Option<(Comparison, f64)>,
}

/// One combination of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Its number in the sweep: the last axis varies fastest.
    pub cell: usize,
    /// For each axis, which of its values.
    pub at: Vec<usize>,
    /// For each quantity; `None` if no run had anything to measure.
    pub figures: Vec<Option<Interval>>,
    /// How it stands to what is expected.
    pub standing: CellVerdict,
    /// The share of its runs in which something hung for ever.
    pub hung: Interval,
    /// How many runs were made.
    pub runs: u32,
}

/// A sweep, as far as it has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Swept {
    /// One or two.
    pub axes: Vec<Axis>,
    /// What was measured.
    pub quantities: Vec<Quantity>,
    /// What is done.
    pub cells: Vec<Cell>,
}

impl Swept {
    /// The value of an axis at a cell; empty if there is no such axis.
    pub fn value(&self, cell: &Cell, axis: usize) -> &str {
        let at = cell.at.get(axis).copied().unwrap_or(usize::MAX);
        self.axes.get(axis).and_then(|axis| axis.values.get(at)).map_or("", String::as_str)
    }

    /// All values of a cell in words: `pool = 8, builds = 5`.
    pub fn place(&self, cell: &Cell) -> String {
        let axes = self.axes.iter().enumerate();
        let said: Vec<String> =
            axes.map(|(at, axis)| format!("{} = {}", axis.name, self.value(cell, at))).collect();
        said.join(", ")
    }
}
