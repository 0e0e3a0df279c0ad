//! A sweep as lines, CSV (RFC 4180) or JSON, which can be resumed where it broke off, and joined from its parts.
//!
//! Invariant: a line is a whole cell and begins with the sweep's identity, so that lines of different
//! documents, values or efforts never come together unnoticed. What an unbounded interval has for an end,
//! and a metric of which there was nothing, is empty, in JSON null.

use super::replicate::MetricEstimate;
use super::sweep::{SweepCell, SweepPlan};
use crate::analysis::expect::SampleCounts;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The columns before the axes.
const LEADING: &str = "study,cell";
/// What is brought as a part can name any number.
const MAX_MISSING: usize = 100;

impl SweepPlan {
    /// The columns: identity, cell, axes, runs, whether all expectations hold, three for each metric.
    pub fn csv_header(&self) -> String {
        let mut line = LEADING.to_owned();
        for axis in &self.axes {
            let _ = write!(line, ",{}", quoted(&axis.path));
        }
        line += ",runs,given_up,holds";
        for metric in &self.metrics {
            let _ = write!(line, ",{metric},{metric}.low,{metric}.high");
        }
        line + "\n"
    }

    /// A cell's line.
    pub fn csv_row(&self, cell: &SweepCell) -> String {
        let mut line = format!("{},{}", self.identity_text(), cell.cell);
        for value in &cell.values {
            let _ = write!(line, ",{}", quoted(value));
        }
        let holds = match cell.expectations.is_empty() {
            true => "",
            false if cell.holds() => "yes",
            false => "no",
        };
        let _ = write!(line, ",{},{},{holds}", cell.runs, cell.given_up);
        for figure in &cell.figures {
            let numbers =
                figure.map(|MetricEstimate { interval, .. }| [interval.mean, interval.low, interval.high]);
            for at in 0..3 {
                let number = numbers.map(|numbers| numbers[at]).filter(|number| number.is_finite());
                let _ = write!(line, ",{}", number.map_or(String::new(), |number| number.to_string()));
            }
        }
        line + "\n"
    }

    /// A cell's line of JSON, which says more: the expectations, the share of runs that hang, least and greatest.
    pub fn json_row(&self, cell: &SweepCell) -> String {
        let params = self.axes.iter().zip(&cell.values);
        let params: Map<String, Value> =
            params.map(|(axis, value)| (axis.path.clone(), Value::from(value.as_str()))).collect();
        let figures = self.metrics.iter().zip(&cell.figures);
        let metrics: Map<String, Value> =
            figures.map(|(name, figure)| (name.clone(), json!(figure))).collect();
        let whole = json!({
            "study": self.identity_text(),
            "cell": cell.cell,
            "params": params,
            "runs": cell.runs,
            "given_up": cell.given_up,
            "hung": cell.hung,
            "design": cell.design,
            "metrics": metrics,
            "counted": counted_json(&self.metrics, &cell.counted),
            "expectations": cell.expectations,
            "holds": cell.holds(),
        });
        whole.to_string() + "\n"
    }

    fn identity_text(&self) -> String {
        format!("{:016x}", self.id)
    }

    /// The cells that an earlier, perhaps broken off, CSV of this sweep holds. Its last line counts only
    /// if it is whole.
    ///
    /// # Errors
    /// That it is not of this sweep.
    pub fn done(&self, csv: &str) -> Result<Vec<usize>, String> {
        let mut lines = csv.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        match lines.next() {
            None => return Ok(Vec::new()),
            Some(header) if header == self.csv_header() => {}
            Some(_) => return Err("its columns are not those of this sweep".to_owned()),
        }
        let identity = self.identity_text();
        let mut cells = Vec::new();
        for (number, line) in lines.enumerate() {
            let (id, cell) = leading(line).ok_or_else(|| format!("line {} is not a cell", number + 2))?;
            if id != identity {
                return Err(format!("line {} is of another document, seed, or number of runs", number + 2));
            }
            if cell >= self.cells() {
                return Err(format!("line {}: there is no cell {cell}", number + 2));
            }
            cells.push(cell);
        }
        Ok(cells)
    }
}

/// The identity and the cell that a line, of CSV or JSON, begins with.
fn leading(line: &str) -> Option<(String, usize)> {
    #[derive(Deserialize)]
    struct LeadingColumns {
        study: String,
        cell: usize,
    }
    if is_json(line) {
        let found: LeadingColumns = serde_json::from_str(line).ok()?;
        return Some((found.study, found.cell));
    }
    let mut fields = line.trim_end().split(',');
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

fn is_json(line: &str) -> bool {
    line.starts_with('{')
}

/// What parts were joined to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedSweep {
    /// All lines, in the order of the cells.
    pub text: String,
    /// Cells that no part has, although some part has one after them; of very many the first hundred.
    pub missing: Vec<usize>,
}

/// What the parts before had in common, each with the name of a part that has it, and their lines by cells.
#[derive(Default)]
struct SweepPartJoiner<'a> {
    header: Option<(&'a str, &'a str)>,
    identity: Option<(String, &'a str)>,
    rows: BTreeMap<usize, (&'a str, &'a str)>,
}

/// Joins the outputs of the parts of one sweep, all CSV or all JSON, in the order of its cells. Cells that several
/// parts have must be the same in all.
///
/// # Errors
/// What does not fit, with the name of the part and the line.
pub fn merge(parts: &[(String, String)]) -> Result<JoinedSweep, String> {
    let mut joiner = SweepPartJoiner::default();
    for (name, text) in parts {
        joiner.add(name, text)?;
    }
    let SweepPartJoiner { header, rows, .. } = joiner;
    let header = header.map(|(line, _)| line).filter(|line| !line.is_empty());
    let lines = header.into_iter().chain(rows.values().map(|(line, _)| *line));
    let last = rows.last_key_value().map_or(0, |(cell, _)| *cell);
    Ok(JoinedSweep {
        text: lines.map(|line| format!("{line}\n")).collect(),
        missing: (0..last).filter(|cell| !rows.contains_key(cell)).take(MAX_MISSING).collect(),
    })
}

impl<'a> SweepPartJoiner<'a> {
    fn add(&mut self, name: &'a str, text: &'a str) -> Result<(), String> {
        let Some(first) = text.lines().next() else { return Ok(()) };
        // JSON has no columns.
        let header = if is_json(first) { "" } else { first };
        if !header.is_empty() && !header.starts_with(LEADING) {
            let why = format!("it begins neither with `{LEADING}` nor with a line of JSON");
            return Err(format!("{name} is not part of a sweep: {why}"));
        }
        // The rest of a cut number is a number: what was written by halves does not show otherwise.
        if !text.ends_with('\n') {
            return Err(format!(
                "{name} ends within a line: its sweep was broken off. Go on with it (sweep --resume), or remove that line"
            ));
        }
        match self.header {
            Some((known, of)) if known.is_empty() != header.is_empty() => {
                return Err(format!("of {name} and {of} one is CSV and the other JSON"));
            }
            Some((known, of)) if known != header => {
                return Err(format!("{name} has other columns than {of}"));
            }
            Some(_) | None => self.header = Some((header, name)),
        }
        for (line, number) in text.lines().zip(1..).skip(usize::from(!header.is_empty())) {
            if is_json(line) != header.is_empty() {
                return Err(format!("{name}, line {number}: no cell of a sweep"));
            }
            self.row(name, number, line)?;
        }
        Ok(())
    }

    fn row(&mut self, name: &'a str, number: usize, line: &'a str) -> Result<(), String> {
        let at = || format!("{name}, line {number}");
        let (id, cell) = leading(line).ok_or_else(|| format!("{}: no cell of a sweep", at()))?;
        match &self.identity {
            Some((known, of)) if *known != id => {
                let why = "the document, the values, the metrics, the seed or the number of runs differ";
                return Err(format!("{} is of another sweep than {of}: {why}", at()));
            }
            Some(_) => {}
            None => self.identity = Some((id, name)),
        }
        match self.rows.get(&cell) {
            Some((known, of)) if *known != line => {
                Err(format!("{}: cell {cell} is not the same in {of}", at()))
            }
            Some(_) => Ok(()),
            None => {
                self.rows.insert(cell, (line, name));
                Ok(())
            }
        }
    }
}

/// Of how many tasks each metric is that is a statistic over tasks.
pub fn counted_json(names: &[String], counted: &[Option<SampleCounts>]) -> Map<String, Value> {
    let each = names.iter().zip(counted);
    each.filter_map(|(name, counted)| Some((name.clone(), json!((*counted)?)))).collect()
}

/// A field, in quotes if it needs them.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
