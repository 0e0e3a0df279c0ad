//! A log of OpenStack Nova with the statistics of its thread pools as a scenario.
//!
//! With `thread_pool_statistic_period` set, Nova says at each submission (or once in a period) how a pool is: its workers, its
//! queue, how many tasks it has run and for how long (`lines`). So the pools and their sizes are known, and when something was
//! submitted; between two lines the counters say how many more came.
//!
//! What was submitted, by whom, and who waits for whom is not in those lines: it has to be filled in.

mod lines;

use super::draft::{Arrivals, Draft, Executor, Step, Task, count, listed};
use super::findings::Findings;
use super::inference::{Inference, Provenance};
use super::measured::Measured;
use super::names::Names;
use super::order::sort_by_key;
use super::reading::{MAX_RECORDS, Options, Reading};
use super::series::{rounded, spell};
use crate::model::time::{Duration, SECOND};
use lines::{Log, Sample};
use std::collections::BTreeMap;

/// Most pools of all processes.
const MAX_POOLS: usize = 200;
/// Functions that a comment names.
const MAX_NAMED: usize = 12;
/// No log is longer.
const TOO_LONG: i128 = 100 * 366 * 86_400 * SECOND as i128;
/// A log may go back by this much: several threads write it.
const JITTER: i128 = SECOND as i128;

/// Whether a text has lines of such a log near its beginning.
pub(super) fn looks_like_log(head: &str) -> bool {
    head.lines().any(|line| lines::is_state(line) || lines::is_oslo(line))
}

/// Whether a text has a line with the statistics of a pool anywhere.
pub(super) fn has_states(text: &str) -> bool {
    lines::has_states(text)
}

/// Reads a log.
pub(super) fn read(text: &str, options: &Options, findings: &mut Findings) -> Option<Reading> {
    let mut log = lines::read(text, findings)?;
    in_order(&mut log, options.sort, findings);
    if findings.has_errors() {
        return None;
    }
    let mut pools: BTreeMap<(String, String), Vec<Sample>> = BTreeMap::new();
    for sample in log.samples {
        pools.entry((sample.pool.clone(), sample.process.clone())).or_default().push(sample);
    }
    if pools.len() > MAX_POOLS {
        let message = format!("more than {MAX_POOLS} pools, or processes with one");
        findings.error(0..0, message, "give the log of one service");
        return None;
    }
    let zero = pools.values().flatten().map(|sample| sample.at).min().unwrap_or(0);
    let mut inferences = Vec::new();
    let mut draft = Draft {
        title: String::new(),
        about: vec![
            "Made from Nova's statistics of its thread pools. **Places marked `# ?`** are what the log does not say: which \
             tasks were submitted, by whom, and who waits for whom."
                .to_owned(),
        ],
        ..Draft::default()
    };
    let mut total = 0;
    let (mut names, mut tasks) = (Names::default(), Names::default());
    for ((pool, process), samples) in &pools {
        let alone = pools.keys().filter(|(other, _)| other == pool).count() == 1;
        let name = names.give(&if alone { pool.clone() } else { format!("{pool}_{process}") });
        let seen = Pool::of(&name, samples, zero, findings)?;
        let functions = log.queued.get(&(pool.clone(), process.clone()));
        total += seen.times.len();
        seen.note_inferences(&mut inferences, functions);
        seen.draft(&mut draft, &mut tasks, functions);
    }
    draft.title = format!("{} to {} of Nova", count(total, "submission"), count(pools.len(), "pool"));
    let mut say = |how: Provenance, text: &str| inferences.push(Inference { how, text: text.to_owned() });
    say(
        Provenance::Assumed,
        "how long tasks take is exponential: the log has only means; a measured distribution is better",
    );
    say(
        Provenance::Unknown,
        "which task types there are, who submitted whom and who waited for whom: without that, no run of this scenario can \
         show a deadlock; fill in the places marked # ?",
    );
    Some(Reading { draft, inferences, measured: Measured::default(), verdict: None })
}

/// Refuses a log that goes back in time, or sorts it.
fn in_order(log: &mut Log, sort: bool, findings: &mut Findings) {
    let mut last: Option<i128> = None;
    for sample in &log.samples {
        if let Some(last) = last.filter(|last| sample.at + JITTER < *last && !sort) {
            let back = Duration(u64::try_from(last - sample.at).unwrap_or(u64::MAX - 1));
            let message = format!("the log is not in order: this line goes back by {back}");
            findings.error(
                sample.place.clone(),
                message,
                "are these several logs in one? sort it, or say --sort",
            );
        }
        last = Some(last.map_or(sample.at, |last| last.max(sample.at)));
    }
    sort_by_key(&mut log.samples, |sample| sample.at);
    if let (Some(first), Some(last)) = (log.samples.first(), log.samples.last())
        && last.at - first.at > TOO_LONG
    {
        let message = "this line is more than a hundred years after the first one";
        findings.error(last.place.clone(), message, "is its date right?");
    }
}

/// What the lines about one pool come to.
struct Pool {
    name: String,
    is_green: bool,
    workers: u64,
    /// When something was submitted.
    times: Vec<u64>,
    /// Those of them that no line is about.
    unlogged: usize,
    /// Mean time from submission to end, and what of it was spent in the queue.
    mean: Option<(u64, u64)>,
    failures: u64,
    cancelled: u64,
    /// Longest queue that was seen.
    queue: u64,
}

impl Pool {
    fn of(name: &str, samples: &[Sample], zero: i128, findings: &mut Findings) -> Option<Pool> {
        let (first, last) = (samples.first()?, samples.last()?);
        let since = |at: i128| u64::try_from(at - zero).unwrap_or(0).min(u64::MAX / 4);
        let mut times = vec![since(first.at)];
        let mut unlogged = 0;
        let (mut executed, mut runtime, mut queued) = (0, 0, 0);
        for pair in samples.windows(2) {
            let (before, now) = (&pair[0], &pair[1]);
            let (from, to) = (since(before.at), since(now.at));
            // The counters of a line are from just before its own submission. A restarted process counts anew.
            let is_anew = now.executed < before.executed;
            let more = if is_anew { 0 } else { now.seen().saturating_sub(before.seen()).saturating_sub(1) };
            if times.len() as u64 + more > MAX_RECORDS as u64 {
                let message = format!("more than {MAX_RECORDS} submissions by the counters of this line");
                findings.error(now.place.clone(), message, "cut out the part of the log that matters");
                return None;
            }
            let gap = u128::from(to - from);
            times.extend((1..=more).map(|n| from + (gap * u128::from(n) / u128::from(more + 1)) as u64));
            times.push(to);
            unlogged += more as usize;
            executed += if is_anew { now.executed } else { now.executed - before.executed };
            runtime += if is_anew { now.runtime } else { now.runtime.saturating_sub(before.runtime) };
            queued += u128::from(before.queued) * gap;
        }
        times.sort_unstable();
        if executed == 0 {
            (executed, runtime) = (last.executed, last.runtime);
        }
        // Little's law: the mean wait is the mean queue over the rate at which tasks pass.
        let wait = if executed > 0 { queued / u128::from(executed) } else { 0 };
        let mean = (executed > 0).then(|| {
            let mean = runtime / executed;
            (mean, u64::try_from(wait).unwrap_or(u64::MAX).min(mean / 10 * 9))
        });
        Some(Pool {
            name: name.to_owned(),
            is_green: last.is_green,
            workers: samples.iter().map(|sample| sample.max_workers).max().unwrap_or(1).clamp(1, 1_000_000),
            times,
            unlogged,
            mean,
            failures: last.failures,
            cancelled: last.cancelled,
            queue: samples.iter().map(|sample| sample.queued).max().unwrap_or(0),
        })
    }

    fn note_inferences(&self, inferences: &mut Vec<Inference>, functions: Option<&BTreeMap<String, usize>>) {
        let Pool { name, workers, unlogged, failures, cancelled, queue, .. } = self;
        let mut say = |how: Provenance, text: String| inferences.push(Inference { how, text });
        let kind = if self.is_green { "green" } else { "native" };
        let submissions = count(self.times.len(), "submission");
        let workers = count(*workers as usize, "worker");
        say(Provenance::Read, format!("`{name}`: {workers} ({kind}), {submissions}, at most {queue} queued"));
        if *unlogged > 0 {
            let text = format!(
                "`{name}`: {unlogged} of them have no line of their own (thread_pool_statistic_period is not 0); \
                                the counters say that they came, they are spread evenly between the lines"
            );
            say(Provenance::Assumed, text);
        }
        match self.mean {
            None => say(Provenance::Unknown, format!("`{name}`: how long its tasks take: none had ended")),
            Some((mean, 0)) => {
                say(Provenance::Inferred, format!("`{name}`: a task takes {} on average", Duration(mean)));
            }
            Some((mean, wait)) => {
                let text = format!(
                    "`{name}`: a task takes {} on average: {} from submission to end, as futurist counts, less about {} in the \
                     queue (Little's law)",
                    Duration(mean - wait),
                    Duration(mean),
                    Duration(wait)
                );
                say(Provenance::Inferred, text);
            }
        }
        if failures + cancelled > 0 {
            let text = format!(
                "`{name}`: {failures} failed and {cancelled} were cancelled; in the scenario all are run"
            );
            say(Provenance::Lost, text);
        }
        if let Some(functions) = functions {
            let names: Vec<String> = functions.keys().cloned().collect();
            say(
                Provenance::Read,
                format!("`{name}`: warnings name {} among what was queued", listed(&names)),
            );
        }
    }

    fn draft(&self, draft: &mut Draft, tasks: &mut Names, functions: Option<&BTreeMap<String, usize>>) {
        let name = &self.name;
        let task = tasks.give(&format!("{name}_task"));
        let extra = if self.is_green { Vec::new() } else { vec!["spawn = \"per-submit\"".to_owned()] };
        draft.executors.push(Executor {
            name: name.clone(),
            kind: if self.is_green { "green" } else { "threads" },
            workers: self.workers,
            extra,
            comments: Vec::new(),
        });
        // What a green thread does in `run`, no other does meanwhile; Nova's tasks mostly wait for something.
        let verb = if self.is_green { "io" } else { "run" };
        let first = match self.mean {
            Some((mean, wait)) if mean > wait => {
                let comment = "? only the mean is known".to_owned();
                Step::Written { text: format!("{verb} exp({})", spell(rounded(mean - wait))), comment }
            }
            Some(_) => Step::Written {
                text: format!("{verb} 5ms"),
                comment: "? less than the log can say".to_owned(),
            },
            None => Step::Written { text: format!("{verb} 1s"), comment: "? none had ended".to_owned() },
        };
        let mut comments = vec![format!(
            "? All that was submitted to `{name}`, whatever it was. Split it into the tasks that there are, and say who submits \
             whom: \"submit OTHER to EXECUTOR as x\", \"wait x\"."
        )];
        if let Some(functions) = functions {
            let first = functions.iter().take(MAX_NAMED);
            let named: Vec<String> = first.map(|(name, count)| format!("{name} ({count})")).collect();
            let more = if functions.len() > MAX_NAMED { " and more" } else { "" };
            comments.push(format!("Named in warnings: {}{more}.", named.join(", ")));
        }
        draft.tasks.push(Task { name: task.clone(), steps: vec![first], comments, is_paired: false });
        let comments = if self.unlogged == 0 {
            Vec::new()
        } else {
            vec!["? Some were counted, not logged, and are spread evenly between those that were.".to_owned()]
        };
        draft.arrivals.push(Arrivals { task, to: name.clone(), times: self.times.clone(), comments });
        draft.expected.push((format!("queue.{name}.max"), format!("<= {}", self.queue)));
    }
}
