//! A log of an OpenStack service, as oslo.log writes it: how long locks were waited for and held (oslo.concurrency's
//! lockutils), and how long requests took (the WSGI server).
//!
//! Each time a lock was held becomes a task that takes the lock, so that waits come out of the run and can be held against
//! those that were logged.

use super::draft::{Arrivals, Draft, Executor, Step, Task, count};
use super::findings::Findings;
use super::inference::{Inference, Provenance};
use super::measured::{Measured, MeasuredPool, MeasuredSpan, MeasuredTask};
use super::names::Names;
use super::order::{most_at_once, sort_by_key};
use super::reading::{MAX_RECORDS, Reading};
use super::{moment, number};
use crate::model::time::{Duration, SECOND};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Locks, and task types, that are kept apart.
const MAX_NAMES: usize = 200;
/// The one executor.
const POOL: &str = "service";
/// Nothing is logged for longer.
const TOO_LONG: i128 = 100 * 366 * 86_400 * SECOND as i128;

/// Whether a text has such lines near its beginning.
pub(super) fn looks_like_log(head: &str) -> bool {
    head.lines().any(|line| lock_line(line).is_some() || request_line(line).is_some())
}

/// A task of the log: a held lock, or a request.
struct OsloTask {
    name: String,
    lock: Option<String>,
    /// In nanoseconds of the log's clock.
    submitted: i128,
    start: i128,
    end: i128,
}

enum LockLine<'a> {
    /// `Lock "a" acquired by "f" :: waited 0.001s`
    Acquired { lock: &'a str, by: &'a str, waited: i128 },
    /// `Lock "a" "released" by "f" :: held 2.000s`
    Released { lock: &'a str },
}

/// The lock line that oslo.concurrency wrote, in the wording of any of its releases.
fn lock_line(line: &str) -> Option<LockLine<'_>> {
    let (_, rest) = line.split_once("Lock \"")?;
    let (lock, rest) = rest.split_once('"')?;
    let verb = rest.trim_start().trim_start_matches('"');
    let (_, by) = rest.split_once(" by \"")?;
    let (by, rest) = by.split_once('"')?;
    let seconds = |word: &str| {
        let (_, rest) = rest.split_once(word)?;
        number::nanos(rest.split('s').next()?.trim(), SECOND).filter(|nanos| (0..TOO_LONG).contains(nanos))
    };
    if verb.starts_with("acquired") {
        return Some(LockLine::Acquired { lock, by, waited: seconds(":: waited ")? });
    }
    verb.starts_with("released").then_some(LockLine::Released { lock })
}

/// The method, path and time of `"GET /v2.1/servers HTTP/1.1" status: 200 len: 1893 time: 0.1234567`.
fn request_line(line: &str) -> Option<(&str, i128)> {
    let (before, time) = line.rsplit_once(" time: ")?;
    let (request, _) = before.rsplit_once(" status: ")?;
    let request = request.rsplit_once(" HTTP/")?.0;
    let request = &request[request.rfind('"')? + 1..];
    let time = time.trim().split(' ').next()?;
    let nanos = number::nanos(time, SECOND).filter(|nanos| (0..TOO_LONG).contains(nanos))?;
    Some((request.split('?').next().unwrap_or(request), nanos))
}

/// Reads a log.
pub(super) fn read(text: &str, findings: &mut Findings) -> Option<Reading> {
    let (held, unreleased) = read_lines(text, MAX_RECORDS, findings)?;
    scenario(held, unreleased, findings)
}

/// The tasks of a log, and how many locks were not released by its end. No more than `max` are held or open at once.
fn read_lines(text: &str, max: usize, findings: &mut Findings) -> Option<(Vec<OsloTask>, usize)> {
    let mut held: Vec<OsloTask> = Vec::new();
    let mut open: BTreeMap<(String, String), (String, i128, i128)> = BTreeMap::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let place = start..start + line.trim_end().len();
        start += line.len();
        if held.len() + open.len() >= max {
            let message = format!("more than {} about locks and requests", count(max, "line"));
            findings.error(place, message, "cut out the part of the log that matters");
            return None;
        }
        let Some((at, rest)) = moment::leading(line) else { continue };
        let process = rest.split_whitespace().next().unwrap_or("");
        match lock_line(line) {
            Some(LockLine::Acquired { lock, by, waited }) => {
                let key = (process.to_owned(), lock.to_owned());
                open.insert(key, (by.to_owned(), at - waited, at));
            }
            Some(LockLine::Released { lock }) => {
                let key = (process.to_owned(), lock.to_owned());
                if let Some((name, submitted, start)) = open.remove(&key).filter(|(.., start)| *start <= at) {
                    held.push(OsloTask { name, lock: Some(lock.to_owned()), submitted, start, end: at });
                }
            }
            None => {
                if let Some((name, took)) = request_line(line) {
                    let (name, start) = (super::names::kind_of(name).to_owned(), at - took);
                    held.push(OsloTask { name, lock: None, submitted: start, start, end: at });
                }
            }
        }
    }
    if held.is_empty() {
        let help = "set debug = true, so that oslo.concurrency logs how long locks are held";
        findings.error(
            0..0,
            "no lock was acquired and released in this log, and no request was served",
            help,
        );
        return None;
    }
    Some((held, open.len()))
}

fn scenario(mut held: Vec<OsloTask>, unreleased: usize, findings: &mut Findings) -> Option<Reading> {
    sort_by_key(&mut held, |held| held.submitted);
    let zero = held[0].submitted;
    let last = held.iter().map(|held| held.end).max().unwrap_or(zero);
    if last - zero > TOO_LONG {
        findings.error(0..0, "the log spans more than a hundred years", "is a date wrong?");
        return None;
    }
    let since = |at: i128| u64::try_from(at - zero).unwrap_or(0);
    let length = since(last);
    let peak = most_at_once(held.iter().map(|held| (since(held.submitted), since(held.end))));
    let locks = lock_names(&held);
    let mut inferences = Vec::new();
    note_inferences(&held, (locks.len(), unreleased), (length, peak), &mut inferences);
    let mut draft = Draft {
        title: count(held.len(), "task"),
        about: vec![
            "Made from a log of oslo.log. **Places marked `# ?`** are what the log does not say.".to_owned(),
        ],
        ..Draft::default()
    };
    draft.executors.push(Executor {
        name: POOL.to_owned(),
        kind: "green",
        workers: peak,
        extra: Vec::new(),
        comments: vec!["? Green threads of the service, as many as were under way at once.".to_owned()],
    });
    for (lock, name) in &locks {
        draft.locks.push((name.clone(), format!("`{lock}`")));
    }
    let tasks = tasks(&mut draft, &held, &locks, since);
    draft.expected.push(("makespan".to_owned(), format!("<= {}", super::series::spell(length))));
    let busy = held.iter().map(|held| (held.end - held.submitted).max(0) as u128).sum::<u128>();
    let busy = Duration(u64::try_from(busy).unwrap_or(u64::MAX - 1));
    let pools = vec![MeasuredPool { name: POOL.to_owned(), busy, workers: peak }];
    let measured = Measured { makespan: Some(Duration(length)), tasks, pools };
    Some(Reading { draft, inferences, measured, verdict: None })
}

/// Says what was found. Of locks: how many there are, and how many were not released; then the length of the log and
/// the most tasks at once.
fn note_inferences(
    held: &[OsloTask],
    (locks, unreleased): (usize, usize),
    (length, peak): (u64, u64),
    inferences: &mut Vec<Inference>,
) {
    let mut say = |how: Provenance, text: String| inferences.push(Inference { how, text });
    let requests = held.iter().filter(|held| held.lock.is_none()).count();
    say(
        Provenance::Read,
        format!(
            "{} of {} and {} within {}",
            count(held.len() - requests, "acquisition"),
            count(locks, "lock"),
            count(requests, "request"),
            Duration(length)
        ),
    );
    let at_once = "a real service may run more at once";
    say(
        Provenance::Inferred,
        format!(
            "`{POOL}` has {}, as many tasks as were under way at once; {at_once}",
            count(peak as usize, "worker")
        ),
    );
    say(
        Provenance::Read,
        "a task begins to wait for its lock when it did in the log; how long it waits comes out of the run"
            .to_owned(),
    );
    if unreleased > 0 {
        say(Provenance::Lost, format!("{} not released by the end of the log", count(unreleased, "lock")));
    }
    say(
        Provenance::Unknown,
        "what a request does, which of these tasks are of one request, and what waits for what else"
            .to_owned(),
    );
}

/// The names of the locks; of too many those that were waited for longest.
fn lock_names(held: &[OsloTask]) -> BTreeMap<String, String> {
    let mut waited: BTreeMap<&str, i128> = BTreeMap::new();
    for one in held {
        if let Some(lock) = &one.lock {
            *waited.entry(lock).or_insert(0) += one.start - one.submitted;
        }
    }
    let mut order: Vec<(&str, i128)> = waited.into_iter().collect();
    sort_by_key(&mut order, |(_, waited)| Reverse(*waited));
    let mut names = Names::default();
    order.into_iter().take(MAX_NAMES).map(|(lock, _)| (lock.to_owned(), names.give(lock))).collect()
}

/// A task for each function and lock, and each request.
fn tasks(
    draft: &mut Draft,
    held: &[OsloTask],
    locks: &BTreeMap<String, String>,
    since: impl Fn(i128) -> u64,
) -> Vec<MeasuredTask> {
    let mut kinds: BTreeMap<(&str, Option<&str>), Vec<&OsloTask>> = BTreeMap::new();
    for one in held {
        let lock = one.lock.as_deref().and_then(|lock| locks.get(lock)).map(String::as_str);
        let key = (one.name.as_str(), lock);
        let key = if kinds.len() >= MAX_NAMES && !kinds.contains_key(&key) { ("other", None) } else { key };
        kinds.entry(key).or_default().push(one);
    }
    let mut names = Names::default();
    let mut measured = Vec::new();
    for ((function, lock), of) in kinds {
        // `nova.compute.manager.ComputeManager._do_build` is called by its last two parts.
        let is_path = function.contains('/');
        let second_last = function.rmatch_indices('.').nth(1).filter(|_| !is_path);
        let name = names.give(second_last.map_or(function, |(at, _)| &function[at + 1..]));
        // Of a task without a lock the wait is part of its time.
        let start = |one: &OsloTask| if lock.is_some() { one.start } else { one.submitted };
        let values: Vec<u64> = of.iter().map(|one| since(one.end) - since(start(one))).collect();
        let spend = Step::Spend { verb: "io", values, comment: "? or run, submit, wait".to_owned() };
        let written = |text: String| Step::Written { text, comment: String::new() };
        let steps = match lock {
            Some(lock) => vec![written(format!("lock {lock}")), spend, written(format!("unlock {lock}"))],
            None => vec![spend],
        };
        let comments = vec![format!("`{function}` in the log, {}.", count(of.len(), "time"))];
        draft.tasks.push(Task { name: name.clone(), steps, comments, is_paired: true });
        let times = of.iter().map(|one| since(one.submitted)).collect();
        draft.arrivals.push(Arrivals {
            task: name.clone(),
            to: POOL.to_owned(),
            times,
            comments: Vec::new(),
        });
        let spans = of.iter().map(|one| MeasuredSpan {
            submitted: None,
            start: since(one.submitted),
            end: since(one.end),
        });
        measured.push(MeasuredTask::new(name, spans));
    }
    measured
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_ends_with_the_first_line_for_which_there_is_no_room() {
        let line = |lock: usize, what: &str| {
            format!("2026-11-25 02:49:55.{lock:03} 7 DEBUG x Lock \"l{lock}\" {what}\n")
        };
        let acquired = |lock| line(lock, "acquired by \"f\" :: waited 0.000s");
        let released = |lock| line(lock, "\"released\" by \"f\" :: held 0.000s");
        let mut findings = Findings::default();
        let three: String = (0..3).map(|lock| acquired(lock) + &released(lock)).collect();
        assert!(
            read_lines(&three, 4, &mut findings).is_some_and(|(held, open)| (held.len(), open) == (3, 0))
        );
        // Locks that are never released are kept, too.
        let text: String = (0..100).map(acquired).collect();
        assert!(read_lines(&text, 4, &mut findings).is_none());
        let told = findings.close("x", &text);
        assert!(told.list[0].message.contains("more than 4 lines") && told.list[0].line == 5, "{told}");
    }
}
