//! A table of a run: a row for each task, with when it started and how long it took.
//!
//! Columns are told by their names (`header`), or said; rows become times (`rows`, `units`); the tasks become one pool that is as
//! large as most of them were at once. Rows are read one by one; what is kept of each are three numbers.
//!
//! What the table does not say is not made up: who submitted whom, which pool, how long a task stood in a queue.

mod header;
mod left_out;
mod rows;
mod tools;
mod units;

use super::draft::{Arrivals, Draft, Executor, Step, Task, count};
use super::findings::Findings;
use super::inference::{Inference, Provenance};
use super::measured::{Measured, MeasuredPool, MeasuredSpan, MeasuredTask};
use super::names::{Names, kind_of};
use super::order::{most_at_once, sort_by_key};
use super::reading::{MAX_RECORDS, MAX_ROW_BYTES, Options, Reading};
use crate::model::time::Duration;
use header::Header;
use rows::{Row, Rows};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Task types, and pools, that are kept apart.
const MAX_NAMES: usize = 200;

/// Reads a table.
pub(super) fn read(text: &str, options: &Options, findings: &mut Findings) -> Option<Reading> {
    if let Some(start) = too_long_a_line(text) {
        let message = format!("this line is longer than {} MiB", MAX_ROW_BYTES >> 20);
        findings.error(start..start + 1, message, "a table has a row for each task, on a line of its own");
        return None;
    }
    let mut inferences = Vec::new();
    let header = Header::read(text, options, findings, &mut inferences)?;
    let rows = rows::read(text, &header, options, findings, &mut inferences)?;
    if rows.list.is_empty() {
        if !findings.has_errors() {
            let at = text.len()..text.len();
            findings.error(at, "there is no row below the header", "a row for each task is needed");
        }
        return None;
    }
    if rows.list.len() > MAX_RECORDS {
        let at = rows.list[MAX_RECORDS].at;
        let message = format!("more than {}", count(MAX_RECORDS, "row"));
        findings.error(at..at + 1, message, "cut out the part of the run that matters");
        return None;
    }
    Some(scenario(rows, &header, inferences))
}

/// Where the first line begins that is longer than a row may be.
fn too_long_a_line(text: &str) -> Option<usize> {
    let mut start = 0;
    text.split_inclusive(['\n', '\r']).find_map(|line| {
        let at = start;
        start += line.len();
        (line.len() > MAX_ROW_BYTES).then_some(at)
    })
}

fn scenario(mut rows: Rows, header: &Header, mut inferences: Vec<Inference>) -> Reading {
    let mut say = |how: Provenance, text: String| inferences.push(Inference { how, text });
    fold_pools(&mut rows, &mut say);
    fold_kinds(&mut rows, &mut say);
    let length = rows.list.iter().map(|row| row.start + row.duration).max().unwrap_or(0);
    let told = count(rows.list.len(), "task");
    say(
        Provenance::Read,
        format!("{told} of {} within {}", count(rows.kinds.len(), "type"), Duration(length)),
    );
    let waited = if header.arrival.is_some() || header.queued.is_some() {
        "a task arrives when it was submitted; how long it then waited comes out of the run"
    } else {
        "a task arrives when it started: the table does not say how long it stood in a queue before"
    };
    let is_read = header.arrival.is_some() || header.queued.is_some();
    say(if is_read { Provenance::Read } else { Provenance::Assumed }, waited.to_owned());
    say(
        Provenance::Unknown,
        "who submitted whom, who waited for whom, and whether a task worked or waited for something: every task is one \
         `run`, and comes from outside"
            .to_owned(),
    );
    let mut draft = Draft {
        title: told,
        about: vec![
            "Made from a table of a real run. **Places marked `# ?`** are what the table does not say."
                .to_owned(),
        ],
        ..Draft::default()
    };
    let pools = executors(&mut draft, &rows, header, &mut say);
    let names: Vec<String> = pools.iter().map(|pool| pool.name.clone()).collect();
    let tasks = tasks(&mut draft, &rows, &names, is_read);
    draft.expected.push(("makespan".to_owned(), format!("<= {}", super::series::spell(length))));
    Reading {
        draft,
        inferences,
        measured: Measured { makespan: Some(Duration(length)), tasks, pools },
        verdict: None,
    }
}

/// An executor for each pool, and what was measured of it.
fn executors(
    draft: &mut Draft,
    rows: &Rows,
    header: &Header,
    say: &mut impl FnMut(Provenance, String),
) -> Vec<MeasuredPool> {
    let mut names = Names::default();
    let mut measured = Vec::new();
    for (number, pool) in rows.pools.iter().enumerate() {
        let of = rows.list.iter().filter(|row| row.pool as usize == number);
        let busy = of.clone().map(|row| u128::from(row.duration)).sum::<u128>();
        let peak = most_at_once(of.map(|row| (row.start, row.start + row.duration)));
        let name = names.give(pool);
        let workers = format!(
            "`{name}` has {}, the most tasks that were under way at once; a real pool may be larger",
            count(peak as usize, "worker")
        );
        say(Provenance::Inferred, workers);
        let comment = if header.pool.is_some() {
            format!("? `{pool}` in the table; as large as most of its tasks at once.")
        } else {
            "? One pool for all, as large as most tasks at once. Split it where the real system has several."
                .to_owned()
        };
        draft.executors.push(Executor {
            name: name.clone(),
            kind: "threads",
            workers: peak,
            extra: Vec::new(),
            comments: vec![comment],
        });
        let busy = Duration(u64::try_from(busy).unwrap_or(u64::MAX - 1));
        measured.push(MeasuredPool { name, busy, workers: peak });
    }
    measured
}

/// A task and its arrivals for each kind, and what was measured of it.
fn tasks(draft: &mut Draft, rows: &Rows, pools: &[String], has_arrivals: bool) -> Vec<MeasuredTask> {
    let mut names = Names::default();
    let mut measured = Vec::new();
    for (number, kind) in rows.kinds.iter().enumerate() {
        let mut of: Vec<&Row> = rows.list.iter().filter(|row| row.kind as usize == number).collect();
        // The arrivals of one instant are numbered pool by pool.
        sort_by_key(&mut of, |row| (row.arrival, row.pool));
        if of.is_empty() {
            continue;
        }
        let name = names.give(kind);
        let values: Vec<u64> = of.iter().map(|row| row.duration).collect();
        let mean = values.iter().map(|value| u128::from(*value)).sum::<u128>() / values.len() as u128;
        let longest = values.iter().max().copied().unwrap_or(0);
        let told =
            format!("{} measured, mean {}, longest {}", of.len(), Duration(mean as u64), Duration(longest));
        let known_as = if name == *kind { String::new() } else { format!("`{kind}` in the table: ") };
        draft.tasks.push(Task {
            name: name.clone(),
            steps: vec![Step::Spend { verb: "run", values, comment: "? or io, submit, wait".to_owned() }],
            comments: vec![format!("{known_as}{told}.")],
            is_paired: true,
        });
        for (pool, to) in pools.iter().enumerate() {
            let here: Vec<&&Row> = of.iter().filter(|row| row.pool as usize == pool).collect();
            let Some(first) = here.first() else { continue };
            let comments =
                if first.arrival == first.start { Vec::new() } else { vec!["As submitted.".to_owned()] };
            let times = here.iter().map(|row| row.arrival).collect();
            draft.arrivals.push(Arrivals { task: name.clone(), to: to.clone(), times, comments });
        }
        let spans = of.iter().map(|row| MeasuredSpan {
            submitted: has_arrivals.then_some(row.arrival),
            start: row.start,
            end: row.start + row.duration,
        });
        measured.push(MeasuredTask::new(name, spans));
    }
    measured
}

/// Of too many pools those with the least time become one.
fn fold_pools(rows: &mut Rows, say: &mut impl FnMut(Provenance, String)) {
    let Some((kept, folded)) = kept_names(&rows.pools, &rows.list, |row| row.pool, "other_pools") else {
        return;
    };
    rows.pools = rename(&kept, rows.list.iter_mut().map(|row| &mut row.pool));
    say(Provenance::Lost, format!("{folded} pools with the least time are one, `other_pools`"));
}

/// Names without what tells instances apart; if there are still too many, the rare ones become `other`.
fn fold_kinds(rows: &mut Rows, say: &mut impl FnMut(Provenance, String)) {
    let stems: Vec<String> = rows.kinds.iter().map(|kind| kind_of(kind).to_owned()).collect();
    let before = rows.kinds.len();
    rows.kinds = rename(&stems, rows.list.iter_mut().map(|row| &mut row.kind));
    if rows.kinds.len() < before {
        let after = rows.kinds.len();
        say(
            Provenance::Inferred,
            format!("{before} names are {} once numbers at their ends are left out", count(after, "type")),
        );
    }
    let Some((kept, folded)) = kept_names(&rows.kinds, &rows.list, |row| row.kind, "other") else { return };
    rows.kinds = rename(&kept, rows.list.iter_mut().map(|row| &mut row.kind));
    say(Provenance::Lost, format!("{folded} task types with the least time are one, `other`"));
}

/// Names of which only those with the most time are kept, and how many are not; `None` if there are few.
fn kept_names(
    names: &[String],
    rows: &[Row],
    number_of: impl Fn(&Row) -> u32,
    other: &str,
) -> Option<(Vec<String>, usize)> {
    if names.len() <= MAX_NAMES {
        return None;
    }
    let mut time: Vec<(u128, usize)> = (0..names.len()).map(|number| (0, number)).collect();
    rows.iter().for_each(|row| time[number_of(row) as usize].0 += u128::from(row.duration));
    sort_by_key(&mut time, |time| Reverse(*time));
    let mut kept = names.to_vec();
    time[MAX_NAMES - 1..].iter().for_each(|(_, number)| kept[*number] = other.to_owned());
    Some((kept, names.len() - (MAX_NAMES - 1)))
}

/// Gives each number the name at its place; those that share one become one. Returns the names that are left.
fn rename<'a>(names: &[String], numbers: impl Iterator<Item = &'a mut u32>) -> Vec<String> {
    let mut places: BTreeMap<&str, u32> = BTreeMap::new();
    let mut kept = Vec::new();
    let mut new = Vec::with_capacity(names.len());
    for name in names {
        new.push(*places.entry(name).or_insert_with(|| {
            kept.push(name.clone());
            kept.len() as u32 - 1
        }));
    }
    numbers.for_each(|number| *number = new[*number as usize]);
    kept
}
