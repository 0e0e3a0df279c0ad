//! The lines of a log that say something about a pool.
//!
//! Their wording is that of Nova's `nova/thread_pool_factory.py` (in older releases `nova/utils.py`), the statistics are those of
//! `ExecutorStatistics` in futurist's `_futures.py`; the time and the process before them as oslo.log and journald write them.

use super::super::findings::Findings;
use super::super::reading::MAX_RECORDS;
use super::super::{moment, number};
use crate::model::time::SECOND;
use std::collections::BTreeMap;
use std::ops::Range;

const STATE: &str = "State of ";
const THREADS: &str = " ThreadPoolExecutor when submitting a new task: ";
const GREEN: &str = " GreenThreadPoolExecutor when submitting a new task: ";
const FULL: &str = " pool does not have free threads so the task ";
const QUEUED: &str = " will be queued.";
/// Functions whose warnings are counted; a comment names a dozen.
const MAX_FUNCTIONS: usize = 100_000;
const LEVELS: [&str; 6] = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "AUDIT"];

const HELP: &str = "Nova writes: State of default ThreadPoolExecutor when submitting a new task: max_workers: 10, workers: 3, idle \
                    workers: 1, queued work: 0, stats: <ExecutorStatistics object at 0x7f… (failures=0, executed=12, runtime=34.50, \
                    cancelled=0)>";

/// What one line says about a pool, just before a submission to it.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// In nanoseconds, of the log's own clock.
    pub at: i128,
    pub process: String,
    pub pool: String,
    pub is_green: bool,
    pub max_workers: u64,
    /// Workers with a task.
    pub busy: u64,
    pub queued: u64,
    pub failures: u64,
    pub executed: u64,
    /// From submission to end, of all that were executed, in nanoseconds.
    pub runtime: u64,
    pub cancelled: u64,
    pub place: Range<usize>,
}

impl Sample {
    /// How many were submitted before, as far as the counters tell.
    pub fn seen(&self) -> u64 {
        let parts = [self.executed, self.cancelled, self.queued, self.busy];
        parts.into_iter().fold(0, u64::saturating_add)
    }
}

/// All lines of interest.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub samples: Vec<Sample>,
    /// For each pool of each process, the functions that warnings name, and how often.
    pub queued: BTreeMap<(String, String), BTreeMap<String, usize>>,
    /// How many there are.
    functions: usize,
}

impl Log {
    /// Counts a warning about a function, unless very many others were named before it.
    fn warn(&mut self, queued: (String, String), function: String) {
        let has_room = self.functions < MAX_FUNCTIONS;
        if !has_room && !self.queued.contains_key(&queued) {
            return;
        }
        let counts = self.queued.entry(queued).or_default();
        match counts.get_mut(&function) {
            Some(count) => *count += 1,
            None if has_room => {
                counts.insert(function, 1);
                self.functions += 1;
            }
            None => {}
        }
    }
}

/// Whether a text has a line with the statistics of a pool anywhere.
pub(super) fn has_states(text: &str) -> bool {
    text.contains(THREADS) || text.contains(GREEN)
}

pub(super) fn is_state(line: &str) -> bool {
    line.contains(STATE) && (line.contains(THREADS.trim_end()) || line.contains(GREEN.trim_end()))
}

/// A time, and a level soon after it.
pub(super) fn is_oslo(line: &str) -> bool {
    let rest = moment::leading(line).map(|(_, rest)| rest);
    rest.is_some_and(|rest| rest.split([' ', ':']).take(6).any(|word| LEVELS.contains(&word)))
}

/// Reads all lines.
pub(super) fn read(text: &str, findings: &mut Findings) -> Option<Log> {
    let mut log = Log::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let place = start..start + line.trim_end().len();
        start += line.len();
        if findings.is_full() {
            break;
        }
        if log.samples.len() > MAX_RECORDS {
            let message = format!("more than {MAX_RECORDS} lines about pools");
            findings.error(place, message, "cut out the part of the log that matters");
            break;
        }
        if let Some((queued, function)) = warning(line) {
            log.warn(queued, function);
        } else if is_state(line) {
            let is_cut = start >= text.len() && !text.ends_with('\n');
            match sample(line.trim_end(), &place) {
                Ok(sample) => log.samples.push(sample),
                Err(LineError { at, message }) => {
                    let at = place.start + at.start..place.start + at.end;
                    let message =
                        if is_cut { format!("the file ends within a line: {message}") } else { message };
                    findings.error(at, message, HELP);
                }
            }
        }
    }
    if log.samples.is_empty() && !findings.has_errors() {
        let help =
            "set thread_pool_statistic_period = 0 under [DEFAULT] in nova.conf, and log at the level DEBUG";
        findings.error(0..0, "no line of this log says how a thread pool is", help);
        return None;
    }
    Some(log)
}

/// An error in a line, with its place there.
struct LineError {
    at: Range<usize>,
    message: String,
}

fn sample(line: &str, place: &Range<usize>) -> Result<Sample, LineError> {
    let wrong = |part: &str, message: String| {
        let start = (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize).min(line.len());
        LineError { at: start..(start + part.len().max(1)).min(line.len().max(1)), message }
    };
    let Some((at, prefix)) = moment::leading(line) else {
        let head = line.get(..24).unwrap_or(line);
        return Err(wrong(head, "this line does not begin with its time".to_owned()));
    };
    let (_, told) = line.split_once(STATE).ok_or_else(|| wrong(line, "no pool is named".to_owned()))?;
    let (pool, rest, is_green) = match (told.split_once(GREEN), told.split_once(THREADS)) {
        (Some((pool, rest)), _) => (pool, rest, true),
        (None, Some((pool, rest))) => (pool, rest, false),
        (None, None) => return Err(wrong(told, "no figures follow".to_owned())),
    };
    let (state, stats) = rest.split_once("stats: ").unwrap_or((rest, ""));
    let figure = |part: &str, key: &str, separator: &str| -> Result<u64, LineError> {
        let found = part.split(", ").find_map(|pair| {
            let (name, value) = pair.split_once(separator)?;
            // The first of the statistics stands behind what they are called.
            (name.rsplit('(').next()?.trim() == key).then_some(value)
        });
        let Some(value) = found else {
            let place = if part.trim().is_empty() { line } else { part };
            return Err(wrong(place.trim_end(), format!("`{key}` is missing")));
        };
        let value = value.trim().trim_end_matches([')', '>', ',']);
        let unit = if key == "runtime" { SECOND } else { 1 };
        match number::nanos(value, unit) {
            Some(number) if number < 0 => Err(wrong(value, format!("`{key}` is negative: {value}"))),
            Some(number) => Ok(u64::try_from(number).unwrap_or(u64::MAX / 4).min(u64::MAX / 4)),
            None => Err(wrong(value, format!("`{key}` is not a number: {}", value.escape_debug()))),
        }
    };
    let workers = figure(state, "workers", ": ")?;
    let busy = if is_green { workers } else { workers.saturating_sub(figure(state, "idle workers", ": ")?) };
    Ok(Sample {
        at,
        process: process(prefix),
        pool: pool.trim().to_owned(),
        is_green,
        max_workers: figure(state, "max_workers", ": ")?,
        busy,
        queued: figure(state, if is_green { "work queued length" } else { "queued work" }, ": ")?,
        failures: figure(stats, "failures", "=")?,
        executed: figure(stats, "executed", "=")?,
        runtime: figure(stats, "runtime", "=")?,
        cancelled: figure(stats, "cancelled", "=")?,
        place: place.clone(),
    })
}

/// The process that wrote a line, from what follows its time: ` 84912 DEBUG …` or ` host nova-compute[84912]: DEBUG …`.
fn process(rest: &str) -> String {
    let mut words = rest.split_whitespace();
    let first = words.next().unwrap_or("");
    if !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit()) {
        return first.to_owned();
    }
    let bracketed = [first, words.next().unwrap_or("")].into_iter().find_map(|word| {
        let (_, id) = word.trim_end_matches(':').strip_suffix(']')?.rsplit_once('[')?;
        id.bytes().all(|b| b.is_ascii_digit()).then(|| id.to_owned())
    });
    bracketed.unwrap_or_default()
}

/// `The nova-compute.default pool does not have free threads so the task <function f at 0x…> will be queued.`
fn warning(line: &str) -> Option<((String, String), String)> {
    let (head, rest) = line.split_once(FULL)?;
    let pool = head.rsplit(' ').next()?;
    // The executor's name has its process's before it, and Nova itself names the pool alone elsewhere.
    let pool = pool.rsplit('.').next()?;
    let function = rest.split_once(QUEUED).map_or(rest.trim_end(), |(function, _)| function);
    let (_, prefix) = moment::leading(line)?;
    Some(((pool.to_owned(), process(prefix)), function_name(function)))
}

/// `f` of `<function f at 0x7f…>`, `C.m` of `<bound method C.m of <…>>`.
fn function_name(text: &str) -> String {
    let inner = text.trim().trim_start_matches('<');
    let named =
        inner.strip_prefix("function ").or_else(|| inner.strip_prefix("bound method ")).unwrap_or(inner);
    let name = named.split([' ', '>']).next().unwrap_or(named);
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_oslo_and_as_journald_write_it() {
        let told = "State of default ThreadPoolExecutor when submitting a new task: max_workers: 10, workers: 3, idle workers: \
                    1, queued work: 4, stats: <ExecutorStatistics object at 0x7f12 (failures=1, executed=12, runtime=34.50, \
                    cancelled=2)>";
        for prefix in [
            "2026-11-25 02:49:55.123 84912 DEBUG nova.thread_pool_factory [None req-1 admin] ",
            "Nov 25 02:49:55.123456 np0040575581 nova-scheduler[84912]: DEBUG nova.thread_pool_factory [-] ",
        ] {
            let line = format!("{prefix}{told}");
            assert!(is_state(&line) && is_oslo(&line), "{line}");
            let Ok(sample) = sample(&line, &(0..line.len())) else { panic!("{line}") };
            assert_eq!((sample.process.as_str(), sample.pool.as_str()), ("84912", "default"));
            assert_eq!((sample.max_workers, sample.busy, sample.queued), (10, 2, 4));
            assert_eq!((sample.failures, sample.executed, sample.cancelled), (1, 12, 2));
            assert_eq!(sample.runtime, 34_500_000_000);
            assert_eq!(sample.seen(), 20);
        }
    }

    #[test]
    fn a_green_pool_counts_otherwise() {
        let line = "2026-11-25 02:49:55.123 7 DEBUG nova.utils [-] State of default GreenThreadPoolExecutor when submitting a \
                    new task: workers: 2, max_workers: 1000, work queued length: 3, stats: <ExecutorStatistics object at 0x7f \
                    (failures=0, executed=5, runtime=1.00, cancelled=0)>";
        let Ok(sample) = sample(line, &(0..line.len())) else { panic!("{line}") };
        assert_eq!((sample.is_green, sample.max_workers, sample.busy, sample.queued), (true, 1000, 2, 3));
    }

    #[test]
    fn a_warning_names_what_was_queued() {
        let line = "2026-11-25 02:49:55.123 7 WARNING nova.thread_pool_factory [-] The MainProcess.default pool does not have free \
                    threads so the task <bound method Manager.build of <nova.Manager object at 0x7f>> will be queued. If this";
        let expected = (("default".to_owned(), "7".to_owned()), "Manager.build".to_owned());
        assert_eq!(warning(line), Some(expected));
        assert_eq!(function_name("<function f at 0x7f12>"), "f");
    }

    #[test]
    fn warnings_are_counted_for_so_many_functions_and_no_more() {
        let mut log = Log::default();
        let pool = |name: &str| (name.to_owned(), "7".to_owned());
        for function in 0..MAX_FUNCTIONS + 10 {
            log.warn(pool("default"), format!("f{function}"));
        }
        log.warn(pool("default"), "f0".to_owned());
        log.warn(pool("other"), "f0".to_owned());
        assert_eq!((log.queued.len(), log.queued[&pool("default")].len()), (1, MAX_FUNCTIONS));
        assert_eq!(log.queued[&pool("default")]["f0"], 2);
    }
}
