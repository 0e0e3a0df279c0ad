//! The sentence of each beat.
//!
//! Invariant: a sentence stands alone and leaves out the time, which stands beside it wherever beats are shown.

use super::beat::{Beat, BeatKind, last_event_at};
use super::evidence::Evidence;
use super::scan::{BeatCandidate, Scan};
use crate::analysis::explain;
use crate::analysis::latency::{Measure, measure};
use crate::analysis::lives::TaskLife;
use crate::analysis::prose::{Prose, Segment, count_word, grouped, plural};
use crate::model::executor::ExecutorKind;
use crate::model::expectation::{Bound, Comparison, Metric};
use crate::model::id::{ExecutorId, ResourceId, TaskId, TaskTypeId};
use crate::model::program::{Instruction, WaitMode};
use crate::model::time::{Duration, Time};
use crate::trace::event::{Event, EventId, SubmissionOutcome};
use crate::trace::{OutcomeKind, Trace};

/// Races that are told: more would never be chosen.
const MAX_RACES: usize = 12;

/// What was noticed on the way through the trace.
pub(super) fn seen(scan: &Scan, evidence: &Evidence<'_>) -> Vec<Beat> {
    let narrator = BeatNarrator { evidence, prose: Prose::new() };
    let noticed = scan.moments.iter().copied().chain(scan.peaks());
    let end = evidence.lens.trace().outcome.at;
    let told = noticed.map(|moment| {
        let until = match moment.kind {
            BeatKind::Full => moment.until.unwrap_or(end),
            _ => moment.at,
        };
        let sentence = narrator.clone().of(scan, moment);
        Beat::new(moment.kind, moment.event, (moment.at, until), sentence)
    });
    told.collect()
}

#[derive(Clone)]
struct BeatNarrator<'a> {
    evidence: &'a Evidence<'a>,
    prose: Prose,
}

impl BeatNarrator<'_> {
    fn of(mut self, scan: &Scan, moment: BeatCandidate) -> Prose {
        let names = self.evidence.names;
        let tasks: Vec<TaskId> = moment.task.into_iter().collect();
        match moment.kind {
            BeatKind::Arrival => self.arrival(&scan.first_arrivals, moment.executor),
            BeatKind::Full => self.full(moment),
            BeatKind::LongestQueue => self.longest_queue(moment),
            BeatKind::Held => self.held(moment),
            BeatKind::Waiting => self.waiting(moment),
            BeatKind::RunOut => self.run_out(moment),
            BeatKind::Taken => {
                self.prose.tasks(&tasks, names).words(" is the first to take ");
                if let Some(resource) = moment.resource {
                    self.resource(resource);
                }
                self.prose.words(".");
            }
            BeatKind::Refused => self.refused(moment),
            BeatKind::Start
            | BeatKind::Child
            | BeatKind::Queued
            | BeatKind::NoRoom
            | BeatKind::Discarded
            | BeatKind::Failed
            | BeatKind::Cancelled
            | BeatKind::TimedOut
            | BeatKind::Helped
            | BeatKind::ShutDown
            | BeatKind::FirstEnd => {
                self.prose.tasks(&tasks, names);
                let (before, after) = plain_words(moment.kind);
                self.prose.words(before);
                if let Some(executor) = moment.executor.filter(|_| before.ends_with(' ')) {
                    self.executor(executor);
                    self.prose.words(after);
                }
                self.prose.words(".");
            }
            BeatKind::Race
            | BeatKind::LostUpdate
            | BeatKind::TargetMissed
            | BeatKind::Stall
            | BeatKind::StallEnd
            | BeatKind::Deadlock
            | BeatKind::Halfway
            | BeatKind::End
            | BeatKind::Named => unreachable!("{:?} is found after the trace, not on the way", moment.kind),
        }
        self.prose
    }

    fn executor(&mut self, executor: ExecutorId) {
        let name = &self.evidence.lens.trace().scenario.executors[executor.index()].name;
        self.prose.executor(executor, name);
    }

    fn resource(&mut self, resource: ResourceId) {
        let described = &self.evidence.lens.trace().scenario.resources[resource.index()];
        self.prose.words(format!("{} ", described.word()));
        self.prose.segments.push(Segment::Resource { resource, text: format!("`{}`", described.name) });
    }

    /// `5 `build` tasks and one `boot` task arrive at once.`
    fn arrival(&mut self, tasks: &[TaskId], to: Option<ExecutorId>) {
        let names = self.evidence.names;
        let mut kinds: Vec<(TaskTypeId, Vec<TaskId>)> = Vec::new();
        for task in tasks {
            let kind = names.kind(*task);
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, of)) => of.push(*task),
                None => kinds.push((kind, vec![*task])),
            }
        }
        let shown = kinds.len().min(3);
        for (at, (_, of)) in kinds[..shown].iter().enumerate() {
            self.prose.words(match at {
                0 => "",
                _ if at + 1 == kinds.len() => " and ",
                _ => ", ",
            });
            if of.len() == 1 {
                self.prose.tasks(of, names);
            } else {
                let text = format!("{} `{}` tasks", grouped(of.len() as u64), names.kind_name(of[0]));
                self.prose.tasks_as(of, text);
            }
        }
        let rest: usize = kinds[shown..].iter().map(|(_, of)| of.len()).sum();
        if rest > 0 {
            self.prose.words(format!(" and {} more {}", grouped(rest as u64), plural(rest, "task")));
        }
        self.prose.words(if tasks.len() == 1 { " arrives" } else { " arrive at once" });
        if let (Some(to), [_]) = (to, kinds.as_slice()) {
            self.prose.words(" at ");
            self.executor(to);
        }
        self.prose.words(".");
    }

    fn full(&mut self, moment: BeatCandidate) {
        let Some(executor) = moment.executor else { return };
        self.prose.words(match moment.count {
            1 => "The only worker of ".to_owned(),
            2 => "Both workers of ".to_owned(),
            count => format!("All {} workers of ", grouped(count.into())),
        });
        self.executor(executor);
        self.prose.words(if moment.count == 1 { " is busy." } else { " are busy." });
    }

    fn longest_queue(&mut self, moment: BeatCandidate) {
        let Some(executor) = moment.executor else { return };
        let is_wrapper = self.evidence.lens.trace().scenario.executors[executor.index()].wraps().is_some();
        let count = grouped(moment.count.into());
        if is_wrapper {
            self.executor(executor);
            self.prose.words(format!(" holds back more tasks than at any other time: {count}."));
        } else {
            self.prose.words("The queue of ");
            self.executor(executor);
            self.prose
                .words(format!(" is at its longest: {count} {}.", plural(moment.count as usize, "task")));
        }
    }

    fn held(&mut self, moment: BeatCandidate) {
        let (Some(executor), Some(task)) = (moment.executor, moment.task) else { return };
        let names = self.evidence.names;
        let kind = &self.evidence.lens.trace().scenario.executors[executor.index()].kind;
        let (verb, why) = match kind {
            ExecutorKind::Delay { .. } => (" is held by ", ", to be handed on later"),
            ExecutorKind::Scheduled { .. } => (" waits for its time in ", ""),
            ExecutorKind::Bus { .. } => (" stays on ", ", because it cannot be taken yet"),
            ExecutorKind::Cap { .. }
            | ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Inline => (" is held back by ", ", because its cap is reached"),
        };
        self.prose.tasks(&[task], names).words(verb);
        self.executor(executor);
        self.prose.words(format!("{why}."));
    }

    fn waiting(&mut self, moment: BeatCandidate) {
        let Some(task) = moment.task else { return };
        let names = self.evidence.names;
        let program = &self.evidence.lens.trace().scenario.tasks[names.kind(task).index()].program;
        let pc = match self.evidence.lens.trace().event(moment.event) {
            Event::Waiting { pc, .. } => Some(pc),
            _ => None,
        };
        let what = match pc.and_then(|pc| program.code.get(pc.index())) {
            Some(Instruction::Wait { mode: WaitMode::Every, .. }) => "all of its children".to_owned(),
            Some(Instruction::Wait { names, mode, .. } | Instruction::Result { names, mode, .. }) => {
                let known = names.iter().map(|name| format!("`{}`", program.names[name.index()].text));
                let known: Vec<String> = known.collect();
                match (mode, known.as_slice()) {
                    (_, [.., _]) if known.len() > 3 => format!("{} of its children", count_word(known.len())),
                    (WaitMode::Any, [_, _, ..]) => format!("any of its {}", known.join(", ")),
                    _ => format!("its {}", known.join(" and ")),
                }
            }
            Some(Instruction::JoinScope) => "all that its scope submitted".to_owned(),
            _ => "its children".to_owned(),
        };
        self.prose.tasks(&[task], names).words(format!(" waits for {what}."));
    }

    fn run_out(&mut self, moment: BeatCandidate) {
        let (Some(resource), Some(task)) = (moment.resource, moment.task) else { return };
        let names = self.evidence.names;
        let scenario = &self.evidence.lens.trace().scenario;
        let permits = scenario.resources[resource.index()].permits;
        self.prose.tasks(&[task], names).words(" has to wait for ");
        self.resource(resource);
        self.prose.words(match permits {
            1 => ", which is taken.".to_owned(),
            many => format!(": its {} permits are taken.", grouped(many.into())),
        });
    }

    fn refused(&mut self, moment: BeatCandidate) {
        let Some(task) = moment.task else { return };
        let names = self.evidence.names;
        let outcome = match self.evidence.lens.trace().event(moment.event) {
            Event::Arrived { fate, .. } | Event::Submitted { fate, .. } | Event::Entered { fate, .. } => fate,
            _ => SubmissionOutcome::Full,
        };
        self.prose.tasks(&[task], names).words(" is refused");
        if let Some(executor) = moment.executor {
            self.prose.words(" by ");
            self.executor(executor);
        }
        self.prose.words(match outcome {
            SubmissionOutcome::ShutDown => ", which is shut down.",
            SubmissionOutcome::Guarded => ": it could wait for itself.",
            SubmissionOutcome::Leaf => ": a task of a leaf executor may not wait for children.",
            SubmissionOutcome::Full
            | SubmissionOutcome::Taken
            | SubmissionOutcome::Queued
            | SubmissionOutcome::Held
            | SubmissionOutcome::Passed
            | SubmissionOutcome::Blocked
            | SubmissionOutcome::InCaller
            | SubmissionOutcome::Dropped => ": there is no room.",
        });
    }
}

/// What stands after the task's name, and after the executor's, if that follows.
fn plain_words(kind: BeatKind) -> (&'static str, &'static str) {
    match kind {
        BeatKind::Start => (" is the first to start, on ", ""),
        BeatKind::Child => (" is submitted by another task", ""),
        BeatKind::Queued => (" is the first to queue on ", ""),
        BeatKind::NoRoom => (" finds no room in ", " and waits for it"),
        BeatKind::Discarded => (" is dropped for lack of room", ""),
        BeatKind::Failed => (" is the first to fail", ""),
        BeatKind::Cancelled => (" is cancelled", ""),
        BeatKind::TimedOut => (" gives up waiting: its timeout has expired", ""),
        BeatKind::Helped => (" runs above a task that waits, on its worker of ", ""),
        BeatKind::ShutDown => (" shuts down ", ""),
        BeatKind::FirstEnd => (" is the first to end", ""),
        BeatKind::Arrival
        | BeatKind::Full
        | BeatKind::Waiting
        | BeatKind::LongestQueue
        | BeatKind::Held
        | BeatKind::RunOut
        | BeatKind::Taken
        | BeatKind::Refused
        | BeatKind::Race
        | BeatKind::LostUpdate
        | BeatKind::TargetMissed
        | BeatKind::Stall
        | BeatKind::StallEnd
        | BeatKind::Deadlock
        | BeatKind::Halfway
        | BeatKind::End
        | BeatKind::Named => ("", ""),
    }
}

/// What is known only after the whole trace: deadlocks, stalls, races, missed targets, the end.
pub(super) fn found(evidence: &Evidence<'_>) -> Vec<Beat> {
    let mut beats = Vec::new();
    blocked(evidence, &mut beats);
    unordered(evidence, &mut beats);
    beats.extend(missed_target(evidence));
    beats.extend(halfway(evidence));
    beats.extend(end(evidence));
    beats
}

fn blocked(evidence: &Evidence<'_>, beats: &mut Vec<Beat>) {
    let (lens, names) = (evidence.lens, evidence.names);
    let end = lens.trace().outcome.at;
    for hang in &evidence.findings.deadlocks {
        let mut sentence = Prose::new();
        sentence.words("Deadlock: ");
        sentence.segments.extend(explain::knot(lens, names, &hang.knot, hang.event).segments);
        beats.push(Beat::new(BeatKind::Deadlock, hang.event, (hang.at, end), sentence));
    }
    for stall in &evidence.findings.stalls {
        let until = stall.until.unwrap_or(end);
        let mut sentence = Prose::new();
        sentence.words("Only a timeout can go on from here: ");
        sentence.segments.extend(explain::knot(lens, names, &stall.knot, stall.event).segments);
        beats.push(Beat::new(BeatKind::Stall, stall.event, (stall.at, until), sentence));
        if let Some(ended_by) = stall.ended_by {
            let mut sentence = Prose::new();
            sentence.words("The timeout of ").tasks(&[stall.waiter], names).words(" ends the stall.");
            beats.push(Beat::new(BeatKind::StallEnd, ended_by, (until, until), sentence));
        }
    }
}

fn unordered(evidence: &Evidence<'_>, beats: &mut Vec<Beat>) {
    let (trace, names) = (evidence.lens.trace(), evidence.names);
    let cell = |id: crate::model::id::CellId| Segment::Cell {
        cell: id,
        text: format!("`{}`", trace.scenario.cells[id.index()].name),
    };
    for lost in evidence.lost_updates {
        let mut sentence = Prose::new();
        sentence.tasks(&[lost.writer], names).words(" overwrites ");
        sentence.segments.push(cell(lost.cell));
        sentence.words(" without having seen what ").tasks(&[lost.loser], names).words(" wrote.");
        beats.push(Beat::new(BeatKind::LostUpdate, lost.event, (lost.at, lost.at), sentence));
    }
    for race in evidence.races.into_iter().flatten().take(MAX_RACES) {
        let mut sentence = Prose::new();
        sentence.words("Nothing orders what ").tasks(&[race.first.1], names).words(" and ");
        sentence.tasks(&[race.second.1], names).words(" do with ");
        sentence.segments.push(cell(race.cell));
        sentence.words(".");
        beats.push(Beat::new(BeatKind::Race, race.second.0, (race.at, race.at), sentence));
    }
}

/// The first moment at which a task has taken longer than an expectation allows that the run did not meet.
fn missed_target(evidence: &Evidence<'_>) -> Option<Beat> {
    let trace = evidence.lens.trace();
    let unmet = trace.scenario.expectations.iter().zip(evidence.expectations);
    let unmet = unmet.filter(|(_, judged)| !judged.holds);
    let moments = unmet.filter_map(|(expectation, _)| {
        let Bound::Number(Comparison::Less | Comparison::AtMost, bound) = expectation.bound else {
            return None;
        };
        let (kind, what) = match &expectation.metric {
            Metric::Latency(kind, _) => (*kind, Measure::Latency),
            Metric::Wait(kind, _) => (*kind, Measure::Wait),
            _ => return None,
        };
        let bound = Duration::from_seconds_f64(bound);
        let exceeds = |life: &&(usize, &TaskLife)| exceeds(life.1, kind, what, bound, trace.outcome.at);
        let lives: Vec<(usize, &TaskLife)> = evidence.lives.iter().enumerate().collect();
        let (task, life) = lives.iter().filter(exceeds).min_by_key(|(_, life)| life.submitted)?;
        Some((life.submitted + bound, TaskId(*task as u32), bound, expectation.text.as_str()))
    });
    let (at, task, bound, text) = moments.min_by_key(|(at, ..)| *at)?;
    let event = last_event_at(trace, at)?;
    let at = at.min(trace.outcome.at);
    let mut sentence = Prose::new();
    sentence.tasks(&[task], evidence.names);
    sentence.words(format!(" has taken {bound}, all that `{text}` allows."));
    Some(Beat::new(BeatKind::TargetMissed, event, (at, at), sentence))
}

fn exceeds(life: &TaskLife, kind: TaskTypeId, what: Measure, bound: Duration, end: Time) -> bool {
    if life.kind != kind || life.cancelled_at().is_some() {
        return false;
    }
    measure(life, what).map_or(life.end.is_none() && end.since(life.submitted) > bound, |is| is > bound)
}

/// The fewest tasks of which half are called so.
const MIN_HALVED: usize = 8;

/// When half of the tasks, or a few more that end in the same instant, have ended.
fn halfway(evidence: &Evidence<'_>) -> Option<Beat> {
    let mut ends: Vec<Time> = evidence.lives.iter().filter_map(TaskLife::ended).collect();
    let middle = evidence.lives.len().div_ceil(2).checked_sub(1)?;
    if middle >= ends.len() {
        return None;
    }
    let (first, last) = (*ends.iter().min()?, *ends.iter().max()?);
    let at = *ends.select_nth_unstable(middle).1;
    if at == first || at == last {
        return None;
    }
    let event = last_event_at(evidence.lens.trace(), at)?;
    let (ended, all) = (ends.iter().filter(|end| **end <= at).count(), evidence.lives.len());
    let mut sentence = Prose::new();
    // Of few tasks, or where more end at once, half is not what one sees.
    let is_half = ended == all.div_ceil(2) && all >= MIN_HALVED;
    sentence.words(match is_half {
        true => format!("Half of the {} tasks have ended.", grouped(all as u64)),
        false => format!("{} of the {} tasks have ended.", grouped(ended as u64), grouped(all as u64)),
    });
    Some(Beat::new(BeatKind::Halfway, event, (at, at), sentence))
}

fn end(evidence: &Evidence<'_>) -> Option<Beat> {
    let trace = evidence.lens.trace();
    let last = EventId(u32::try_from(trace.records.len().checked_sub(1)?).ok()?);
    let at = trace.outcome.at;
    let mut sentence = Prose::new();
    sentence.words(match trace.outcome.kind {
        OutcomeKind::Completed => "",
        OutcomeKind::Stuck => "Nothing can happen any more. ",
        OutcomeKind::Until => "The horizon is reached. ",
        OutcomeKind::Deadlock => "The run stops at its first deadlock. ",
        OutcomeKind::Limit(_) => "The run stops at a limit. ",
    });
    sentence.words(format!("{}.", evidence.tally.sentence()));
    Some(Beat::new(BeatKind::End, last, (at, at), sentence))
}

/// What the document itself names; what lies after the end of the run is left out.
pub(super) fn named(trace: &Trace) -> Vec<Beat> {
    let within = trace.scenario.beats.iter().filter(|named| named.at <= trace.outcome.at);
    let told = within.filter_map(|named| {
        let mut sentence = Prose::new();
        sentence.words(named.say.as_str());
        let event = last_event_at(trace, named.at)?;
        Some(Beat::new(BeatKind::Named, event, (named.at, named.at), sentence))
    });
    told.collect()
}
