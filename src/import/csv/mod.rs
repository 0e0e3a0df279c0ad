//! A table of a run: a row for each task, with when it started and how long it took.
//!
//! Columns are told by their names (`header`), or said; rows become times (`rows`, `units`); the tasks become one pool that is as
//! large as most of them were at once. Rows are read one by one; what is kept of each are three numbers.
//!
//! What the table does not say is not made up: who submitted whom, which pool, how long a task stood in a queue.

mod header;
mod rows;
mod units;

use super::draft::{Arrivals, Draft, Executor, Step, Task, count};
use super::findings::Findings;
use super::names::{Names, kind_of};
use super::order::{most_at_once, sort_by_key};
use super::{Inference, MAX_RECORDS, Options, Provenance, Reading};
use crate::model::time::Duration;
use header::Header;
use rows::{Row, Rows};
use std::cmp::Reverse;

/// Task types that are kept apart.
const MAX_KINDS: usize = 200;
/// The one executor.
const POOL: &str = "pool";

/// Reads a table.
pub(super) fn read(text: &str, options: &Options, findings: &mut Findings) -> Option<Reading> {
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

fn scenario(mut rows: Rows, header: &Header, mut inferences: Vec<Inference>) -> Reading {
    let mut say = |how: Provenance, text: String| inferences.push(Inference { how, text });
    let peak = most_at_once(rows.list.iter().map(|row| (row.start, row.start + row.duration)));
    fold_kinds(&mut rows, &mut say);
    let length = rows.list.iter().map(|row| row.start + row.duration).max().unwrap_or(0);
    let told = count(rows.list.len(), "task");
    say(
        Provenance::Read,
        format!("{told} of {} within {}", count(rows.kinds.len(), "type"), Duration(length)),
    );
    let workers = format!(
        "`{POOL}` has {}, the most tasks that were under way at once; a real pool may be larger",
        count(peak as usize, "worker")
    );
    say(Provenance::Inferred, workers);
    let waited = if header.arrival.is_some() {
        "a task arrives when it was submitted; how long it then waited comes out of the run".to_owned()
    } else {
        "a task arrives when it started: the table does not say how long it stood in a queue before"
            .to_owned()
    };
    say(if header.arrival.is_some() { Provenance::Read } else { Provenance::Assumed }, waited);
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
    draft.executors.push(Executor {
        name: POOL.to_owned(),
        kind: "threads",
        workers: peak,
        extra: Vec::new(),
        comments: vec![
            "? One pool for all, as large as most tasks at once. Split it where the real system has several."
                .to_owned(),
        ],
    });
    tasks(&mut draft, &rows);
    draft.measured.push(("makespan".to_owned(), format!("<= {}", super::series::spell(length))));
    Reading { draft, inferences }
}

fn tasks(draft: &mut Draft, rows: &Rows) {
    let mut names = Names::default();
    for (number, kind) in rows.kinds.iter().enumerate() {
        let of: Vec<&Row> = rows.list.iter().filter(|row| row.kind as usize == number).collect();
        let Some(first) = of.first() else { continue };
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
        let comments =
            if first.arrival == first.start { Vec::new() } else { vec!["As submitted.".to_owned()] };
        let times = of.iter().map(|row| row.arrival).collect();
        draft.arrivals.push(Arrivals { task: name, to: POOL.to_owned(), times, comments });
    }
}

/// Names without what tells instances apart; if there are still too many, the rare ones become `other`.
fn fold_kinds(rows: &mut Rows, say: &mut impl FnMut(Provenance, String)) {
    let stems: Vec<String> = rows.kinds.iter().map(|kind| kind_of(kind).to_owned()).collect();
    let before = rows.kinds.len();
    rows.rename(&stems);
    if rows.kinds.len() < before {
        let after = rows.kinds.len();
        say(
            Provenance::Inferred,
            format!("{before} names are {} once numbers at their ends are left out", count(after, "type")),
        );
    }
    if rows.kinds.len() > MAX_KINDS {
        let mut time: Vec<(u128, usize)> = (0..rows.kinds.len()).map(|number| (0, number)).collect();
        rows.list.iter().for_each(|row| time[row.kind as usize].0 += u128::from(row.duration));
        sort_by_key(&mut time, |time| Reverse(*time));
        let mut kept: Vec<String> = rows.kinds.clone();
        time[MAX_KINDS - 1..].iter().for_each(|(_, number)| kept[*number] = "other".to_owned());
        let folded = rows.kinds.len() - (MAX_KINDS - 1);
        rows.rename(&kept);
        say(Provenance::Lost, format!("{folded} task types with the least time are one, `other`"));
    }
}
