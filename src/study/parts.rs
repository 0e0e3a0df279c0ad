//! A sweep as CSV (RFC 4180), which can be resumed where it broke off, and joined from its parts.
//!
//! Invariant: a line is a whole cell and begins with the sweep's identity, so that lines of different
//! documents, values or efforts never come together unnoticed. What an unbounded interval has for an end,
//! and a metric of which there was nothing, is empty.

use super::replicate::Estimate;
use super::sweep::{Cell, Sweep};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The columns before the axes.
const LEADING: &str = "study,cell";

impl Sweep {
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
    pub fn csv_row(&self, cell: &Cell) -> String {
        let mut line = format!("{:016x},{}", self.id, cell.cell);
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
                figure.map(|Estimate { interval, .. }| [interval.mean, interval.low, interval.high]);
            for at in 0..3 {
                let number = numbers.map(|numbers| numbers[at]).filter(|number| number.is_finite());
                let _ = write!(line, ",{}", number.map_or(String::new(), |number| number.to_string()));
            }
        }
        line + "\n"
    }

    /// The cells that an earlier, perhaps broken off, output of this sweep holds. Its last line counts only
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
        let identity = format!("{:016x}", self.id);
        let mut cells = Vec::new();
        for (number, line) in lines.enumerate() {
            let (id, cell) = leading(line).ok_or_else(|| format!("line {} is no cell", number + 2))?;
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

/// The identity and the cell that a line begins with.
fn leading(line: &str) -> Option<(&str, usize)> {
    let mut fields = line.trim_end().split(',');
    Some((fields.next()?, fields.next()?.parse().ok()?))
}

/// Joins the outputs of the parts of one sweep, in the order of its cells. Cells that several parts have
/// must be the same in all.
///
/// # Errors
/// What does not fit, with the name of the part and the line.
pub fn merge(parts: &[(String, String)]) -> Result<String, String> {
    let mut header: Option<(&str, &str)> = None;
    let mut identity: Option<(&str, &str)> = None;
    let mut rows: BTreeMap<usize, (&str, &str)> = BTreeMap::new();
    for (name, text) in parts {
        let mut lines = text.lines();
        let Some(first) = lines.next() else { continue };
        if !first.starts_with(LEADING) {
            return Err(format!("{name} is no CSV of a sweep: it does not begin with `{LEADING}`"));
        }
        // The rest of a cut number is a number: what was written by halves does not show otherwise.
        if !text.ends_with('\n') {
            return Err(format!(
                "{name} ends within a line: its sweep was broken off. Go on with it (sweep --resume), or remove that line"
            ));
        }
        match header {
            Some((known, of)) if known != first => {
                return Err(format!("{name} has other columns than {of}"));
            }
            Some(_) | None => header = Some((first, name)),
        }
        for (number, line) in lines.enumerate() {
            let at = || format!("{name}, line {}", number + 2);
            let (id, cell) = leading(line).ok_or_else(|| format!("{}: no cell of a sweep", at()))?;
            match identity {
                Some((known, of)) if known != id => {
                    return Err(format!("{} is of another sweep than {of}", at()));
                }
                Some(_) | None => identity = Some((id, name)),
            }
            match rows.get(&cell) {
                Some((known, of)) if *known != line => {
                    return Err(format!("{}: cell {cell} is not the same in {of}", at()));
                }
                Some(_) | None => drop(rows.insert(cell, (line, name))),
            }
        }
    }
    let lines = header.map(|(line, _)| line).into_iter().chain(rows.values().map(|(line, _)| *line));
    Ok(lines.map(|line| format!("{line}\n")).collect())
}

/// A field, in quotes if it needs them.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
