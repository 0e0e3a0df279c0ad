//! From what `analysis` knows of a run to the picture that is drawn.
//!
//! A worker that helps runs tasks on top of a waiting one: the topmost is shown. What never ends runs to
//! the right edge, which then lies a little after the last event.

use super::picture::{EventMark, Lane, Level, Span, SpanStyle, TimelineMark, TimelinePicture, Tone, Track};
use threadbare::analysis::digest::Digest;
use threadbare::analysis::lanes::{self, Activity, LaneKind, Lanes, MarkKind, WaitReason, lanes};
use threadbare::model::id::{ExecutorId, SharedId, TaskId};
use threadbare::model::time::{SECOND, Time};
use threadbare::trace::OutcomeKind;
use threadbare::trace::event::Event;
use threadbare::view::palette;

/// The picture of a run for about `columns` columns: what is narrower than two needs no label.
pub fn picture(digest: &Digest<'_>, columns: usize) -> TimelinePicture {
    let lanes = lanes(digest.trace(), &digest.lost_updates);
    let end = end(digest, &lanes);
    let troubles = troubles(digest);
    let painter =
        Painter { digest, lanes: &lanes, end, labelled: 2 * end.0 / columns.max(1) as u64, troubles };
    let executors = 0..digest.trace().scenario.executors.len();
    let mut tracks: Vec<Track> = executors.map(|number| painter.track(ExecutorId(number as u16))).collect();
    tracks.extend(painter.channels());
    tracks.extend(painter.cells());
    TimelinePicture { end, tracks, marks: marks(digest) }
}

/// The right edge: the end of the run, or somewhat later if something goes on for ever.
fn end(digest: &Digest<'_>, lanes: &Lanes) -> Time {
    let goes_on = lanes.spans.iter().any(|span| span.is_open) || lanes.entries.iter().any(|e| e.is_open);
    let is_over = matches!(digest.trace().outcome.kind, OutcomeKind::Until | OutcomeKind::Limit(_));
    match lanes.end {
        Time::ZERO => Time(SECOND),
        end if goes_on && !is_over => Time(end.0.saturating_add(end.0 / 4)),
        end => end,
    }
}

/// A span in which a task is stuck or stalls.
struct StuckSpan {
    task: TaskId,
    from: Time,
    to: Time,
    look: SpanStyle,
}

fn troubles(digest: &Digest<'_>) -> Vec<StuckSpan> {
    let mut troubles = Vec::new();
    for hang in &digest.findings.deadlocks {
        let stuck = hang.knot.tasks.iter().chain(&hang.behind);
        troubles.extend(stuck.map(|&task| StuckSpan {
            task,
            from: hang.at,
            to: Time::NEVER,
            look: SpanStyle::Deadlocked,
        }));
    }
    for stall in &digest.findings.stalls {
        let to = stall.until.unwrap_or(Time::NEVER);
        let stuck = stall.knot.tasks.iter();
        troubles.extend(stuck.map(|&task| StuckSpan { task, from: stall.at, to, look: SpanStyle::Stalled }));
    }
    troubles.sort_by_key(|trouble| (trouble.task, trouble.from));
    troubles
}

fn marks(digest: &Digest<'_>) -> Vec<TimelineMark> {
    let hangs = digest.findings.deadlocks.iter().map(|hang| (hang.at, "deadlock", Tone::Deadlock));
    let stalls = digest.findings.stalls.iter().flat_map(|stall| {
        let end = stall.ended_by.and(stall.until).map(|at| (at, "timeout", Tone::Stall));
        [Some((stall.at, "stall", Tone::Stall)), end].into_iter().flatten()
    });
    let outcome = digest.trace().outcome;
    let limit =
        matches!(outcome.kind, OutcomeKind::Limit(_)).then_some((outcome.at, "given up", Tone::Deadlock));
    let mut marks: Vec<_> = hangs.chain(stalls).chain(limit).collect();
    marks.sort_by_key(|&(at, ..)| at);
    marks.dedup();
    marks.into_iter().map(|(at, text, tone)| TimelineMark { at, text: text.to_owned(), tone }).collect()
}

/// Spans of one task that follow each other without a gap and look alike are one.
fn merged<'a>(spans: impl Iterator<Item = &'a lanes::Span>) -> Vec<lanes::Span> {
    let mut merged: Vec<lanes::Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last)
                if last.task == span.task && last.activity == span.activity && last.to == span.from =>
            {
                last.to = span.to;
                last.is_open = span.is_open;
            }
            _ => merged.push(*span),
        }
    }
    merged
}

struct Painter<'a> {
    digest: &'a Digest<'a>,
    lanes: &'a Lanes,
    end: Time,
    /// Spans of this length or more get labels, in nanoseconds.
    labelled: u64,
    /// By task, then by beginning.
    troubles: Vec<StuckSpan>,
}

impl Painter<'_> {
    fn track(&self, id: ExecutorId) -> Track {
        let executor = &self.digest.trace().scenario.executors[id.index()];
        let of = self.lanes.lanes.iter().filter(|lane| lane.executor == id && !self.is_idle_scheduler(lane));
        Track {
            title: executor.name.clone(),
            note: self.note(id),
            lanes: of.map(|lane| self.lane(lane)).collect(),
            levels: self.levels(id),
        }
    }

    /// A wrapper's scheduler rarely does anything that takes time.
    fn is_idle_scheduler(&self, lane: &lanes::Lane) -> bool {
        lane.kind == LaneKind::Scheduler && lane.spans.is_empty()
    }

    /// What stands beside the title: the kind, and how full it was.
    fn note(&self, id: ExecutorId) -> String {
        let row = &self.digest.occupancy.executors[id.index()];
        let mut note = row.kind.clone();
        if let Some(most) = row.workers {
            note += &format!(", at most {} of {most} workers busy", row.peak_busy);
        }
        if row.peak_queue > 0 {
            let word = if row.workers.is_some() { "queued" } else { "held" };
            note += &format!(", at most {} {word}", row.peak_queue);
        }
        note
    }

    fn lane(&self, lane: &lanes::Lane) -> Lane {
        let name = match lane.kind {
            LaneKind::Worker(worker) => worker.0.to_string(),
            LaneKind::Scheduler => "scheduler".to_owned(),
            LaneKind::Own(number) => format!("caller {number}"),
        };
        let spans = &self.lanes.spans[lane.spans.start as usize..lane.spans.end as usize];
        let shown = spans.iter().filter(|span| span.activity != Activity::Covered);
        let mut drawn = Vec::new();
        let mut points = Vec::new();
        for span in merged(shown) {
            self.spans(&span, &mut drawn);
        }
        for span in spans.iter().filter(|span| !span.is_open) {
            let failed = self.digest.lives[span.task.index()].ended() == Some(span.to)
                && self.digest.lives[span.task.index()].state_word() == "failed";
            if failed {
                // Its cross stands on its last moment, not on what comes after it.
                points.push((Time(span.to.0.saturating_sub(1)), EventMark::Failed));
            }
        }
        Lane { name, spans: drawn, points }
    }

    /// One span, cut where its task gets into trouble and out of it.
    fn spans(&self, span: &lanes::Span, drawn: &mut Vec<Span>) {
        let to = if span.is_open { Time::NEVER } else { span.to };
        let labels = if to.since(span.from).0 >= self.labelled { self.labels(span) } else { Vec::new() };
        let kind = self.digest.names.kind(span.task);
        let initial = self.digest.names.kind_name(span.task).chars().next().unwrap_or('?');
        let hue = usize::from(palette::hue(kind).index);
        let mut piece = |from: Time, to: Time, look: SpanStyle| {
            if to > from {
                drawn.push(Span { from, to, look, labels: labels.clone(), initial, hue });
            }
        };
        let (look, can_be_stuck) = match span.activity {
            Activity::Running => (SpanStyle::Running, false),
            Activity::Io => (SpanStyle::Io, false),
            Activity::Ready => (SpanStyle::Ready, true),
            Activity::Waiting(_) => (SpanStyle::Waiting, true),
            Activity::Covered => return,
        };
        let mut from = span.from;
        if can_be_stuck {
            let first = self.troubles.partition_point(|trouble| trouble.task < span.task);
            let of = self.troubles[first..].iter().take_while(|trouble| trouble.task == span.task);
            for trouble in of.filter(|trouble| trouble.to > span.from && trouble.from < to) {
                piece(from, trouble.from.min(to), look);
                piece(trouble.from.max(from), trouble.to.min(to), trouble.look);
                from = from.max(trouble.to.min(to));
            }
        }
        piece(from, to, look);
    }

    /// Who runs, or what is waited for: the longest form first.
    fn labels(&self, span: &lanes::Span) -> Vec<String> {
        let names = &self.digest.names;
        let scenario = &self.digest.trace().scenario;
        match span.activity {
            Activity::Running | Activity::Io => {
                vec![
                    names.name(span.task),
                    names.short(span.task).to_owned(),
                    names.kind_name(span.task).to_owned(),
                ]
            }
            Activity::Ready | Activity::Covered => Vec::new(),
            Activity::Waiting(WaitReason::Room(executor)) => {
                let name = &scenario.executors[executor.index()].name;
                vec![format!("no room in {name}"), "no room".to_owned()]
            }
            Activity::Waiting(WaitReason::Resource(resource)) => {
                let name = &scenario.resources[resource.index()].name;
                vec![format!("waits for {name}"), name.clone()]
            }
            Activity::Waiting(WaitReason::Drain(executor)) => {
                let name = &scenario.executors[executor.index()].name;
                vec![format!("waits until {name} is empty"), format!("drains {name}"), name.clone()]
            }
            Activity::Waiting(WaitReason::Signal(_)) => self.step(span).into_iter().collect(),
            Activity::Waiting(WaitReason::Children) => self.step(span).map_or_else(Vec::new, |step| {
                let names: Vec<&str> =
                    step.split_whitespace().skip(1).take_while(|word| *word != "timeout").collect();
                let short = match names[..] {
                    [one] => one.to_owned(),
                    _ => format!("waits for {}", names.len()),
                };
                vec![step, short]
            }),
        }
    }

    /// The step that a waiting task is in, as the document has it: `wait net timeout 300s`.
    fn step(&self, span: &lanes::Span) -> Option<String> {
        let Event::Waiting { pc, .. } = self.digest.trace().event(span.event) else { return None };
        let kind = self.digest.names.kind(span.task);
        let program = &self.digest.trace().scenario.tasks[kind.index()].program;
        let step = *program.step_of.get(pc.index())?;
        program.steps.get(usize::from(step)).map(|step| step.text.clone())
    }

    fn levels(&self, id: ExecutorId) -> Vec<Level> {
        let executor = &self.digest.trace().scenario.executors[id.index()];
        let depths = &self.lanes.depths[id.index()];
        let wide = |steps: &lanes::Steps| steps.iter().map(|&(at, n)| (at, u64::from(n))).collect();
        let mut points: Vec<(Time, EventMark)> = Vec::new();
        for mark in self.lanes.marks.iter().filter(|mark| mark.executor == id) {
            match mark.kind {
                MarkKind::Rejected | MarkKind::Dropped => points.push((mark.at, EventMark::Refused)),
                MarkKind::Cancelled => points.push((mark.at, EventMark::Cancelled)),
                MarkKind::Failed | MarkKind::Warned(_) | MarkKind::Noted(_) | MarkKind::Lost(_) => {}
            }
        }
        let name = if executor.wraps().is_some() { "held" } else { "queue" };
        let waiting: Vec<(Time, u64)> = wide(&depths.waiting);
        let mut levels = Vec::new();
        if waiting.iter().any(|&(at, n)| n > 0 && at <= self.end) || !points.is_empty() {
            levels.push(Level { name: name.to_owned(), steps: waiting, points });
        }
        let caps = &self.digest.occupancy.executors[id.index()].caps;
        for (steps, cap) in depths.caps.iter().zip(caps).filter(|(steps, _)| !steps.is_empty()) {
            let name = format!("{} of {}", cap.cap, cap.limit);
            levels.push(Level { name, steps: wide(steps), points: Vec::new() });
        }
        levels
    }

    /// For each channel that was used: how many messages lie in it.
    fn channels(&self) -> Option<Track> {
        let shared = &self.digest.trace().scenario.shared;
        let level = |(channel, steps): &(SharedId, lanes::Steps)| Level {
            name: shared[channel.index()].name.clone(),
            steps: steps.iter().map(|&(at, n)| (at, u64::from(n))).collect(),
            points: Vec::new(),
        };
        let levels: Vec<Level> = self.lanes.channels.iter().map(level).collect();
        let track = Track { title: "Channels".to_owned(), levels, ..Track::default() };
        (!self.lanes.channels.is_empty()).then_some(track)
    }

    /// A line a cell: who read and wrote it when.
    fn cells(&self) -> Option<Track> {
        let cells = &self.digest.trace().scenario.cells;
        let lane = |(number, cell): (usize, &threadbare::model::scenario::Cell)| {
            let of = self.lanes.accesses.iter().filter(|access| access.cell.index() == number);
            let point = |access: &lanes::Access| match (access.value, access.loses) {
                (None, _) => EventMark::Read,
                (Some(_), false) => EventMark::Write,
                (Some(_), true) => EventMark::Lost,
            };
            let points = of.map(|access| (access.at, point(access))).collect();
            Lane { name: cell.name.clone(), spans: Vec::new(), points }
        };
        let lanes: Vec<Lane> = cells.iter().enumerate().map(lane).collect();
        let track = Track { title: "Cells".to_owned(), lanes, ..Track::default() };
        (!cells.is_empty()).then_some(track)
    }
}
