//! From a digest to a chart, once.

use super::lane::{ChartLane, LaneSubject};
use super::model::{
    CapUsage, CellAccess, CellAccessTrack, ExecutorLanes, MAX_KEYS, MAX_PLACES, NOWHERE, PiecePosition,
    RunChart, SubmissionMark, SubmissionMarkKind,
};
use super::piece::{ActivitySpan, StuckSeverity, TaskActivity};
use super::steps::CountOverTime;
use super::stuck::{StuckIntervals, moments};
use crate::analysis::digest::Digest;
use crate::analysis::lanes::{self, Activity, Entry, LaneKind, Lanes};
use crate::analysis::prose::plural;
use crate::model::executor::{Executor, ExecutorKind};
use crate::model::id::{CellId, ExecutorId, TaskId, WorkerId};
use crate::model::time::Time;
use crate::trace::event::{Event, EventId};
use crate::trace::{Outcome, OutcomeKind};
use std::collections::{BTreeMap, BTreeSet};

const MILLISECOND: u64 = 1_000_000;

struct ChartBuilder<'a> {
    digest: &'a Digest<'a>,
    troubles: StuckIntervals,
    alive: BTreeMap<(ExecutorId, WorkerId), Vec<(Time, Time)>>,
    lanes: Vec<ChartLane>,
}

impl RunChart {
    /// Derives the chart from `digest`.
    pub fn new(digest: &Digest<'_>) -> RunChart {
        RunChart::of(digest, lanes::lanes(digest.trace(), &digest.lost_updates))
    }

    /// Derives the chart from `digest`, and the lanes that came with it.
    pub fn of(digest: &Digest<'_>, mut painted: Lanes) -> RunChart {
        let trace = digest.trace();
        let end = horizon(&trace.outcome);
        let mut last = end;
        if end > trace.outcome.at {
            last = beyond(end);
            prolong(&mut painted, end, last);
        }
        let mut builder = ChartBuilder {
            digest,
            troubles: StuckIntervals::new(&digest.findings, end),
            alive: alive(digest, last),
            lanes: Vec::new(),
        };
        let executors = trace.scenario.executors.iter().enumerate();
        let mut groups: Vec<ExecutorLanes> = executors
            .map(|(at, executor)| builder.group(ExecutorId(at as u16), executor, &painted))
            .collect();
        for mark in &painted.marks {
            let kind = match mark.kind {
                lanes::MarkKind::Rejected => SubmissionMarkKind::Rejected,
                lanes::MarkKind::Dropped => SubmissionMarkKind::Dropped,
                lanes::MarkKind::Warned(_) | lanes::MarkKind::Lost(_) => SubmissionMarkKind::Warned,
                // Failures stand at the end of their span, cancelled entries in their queue, notes in the list.
                lanes::MarkKind::Failed | lanes::MarkKind::Cancelled | lanes::MarkKind::Noted(_) => continue,
            };
            let mark_here = SubmissionMark { at: mark.at, event: mark.event, task: mark.task, kind };
            groups[mark.executor.index()].marks[kind as usize].push(mark_here);
        }
        let lanes = builder.lanes;
        let order = in_order_of_trouble(&groups, &lanes);
        let tasks = digest.names.len();
        let (starts, ends, places) = spots(&lanes, tasks);
        let (first_child, children) = children(digest, tasks);
        RunChart {
            end,
            run_end: trace.outcome.at,
            pieces: lanes.iter().map(|lane| lane.pieces().len()).sum(),
            groups,
            order,
            lanes,
            cells: cells(digest, &painted),
            moments: moments(&digest.findings),
            last_end: last_end(digest),
            starts,
            ends,
            places,
            first_child,
            children,
        }
    }

    /// Draws what hangs for ever on to a later instant, beside a longer run. A run that has ended stays as it is.
    pub fn reach(&mut self, end: Time) {
        if end <= self.end || self.end <= self.run_end {
            return;
        }
        let old = beyond(self.end);
        let new = beyond(end);
        for lane in &mut self.lanes {
            let goes_on = lane.pieces().last().is_some_and(|piece| piece.is_open && piece.to == old);
            let lives = lane.alive.last().is_some_and(|(_, to)| *to == old);
            if !goes_on && !lives {
                continue;
            }
            let mut pieces = lane.pieces().to_vec();
            if let Some(last) = pieces.last_mut().filter(|_| goes_on) {
                last.to = new;
            }
            let mut alive = std::mem::take(&mut lane.alive);
            alive.iter_mut().filter(|(_, to)| *to == old).for_each(|(_, to)| *to = new);
            *lane = ChartLane::new(lane.executor, lane.seat, alive, pieces);
        }
        self.end = end;
    }
}

/// The groups, those first of whose workers a deadlock holds the greatest share.
fn in_order_of_trouble(groups: &[ExecutorLanes], lanes: &[ChartLane]) -> Vec<u32> {
    let held = |group: &ExecutorLanes| {
        let workers = &lanes[group.lanes.start as usize..group.lanes.end as usize];
        let is_held =
            |lane: &&ChartLane| lane.pieces().iter().any(|piece| piece.trouble == StuckSeverity::Stuck);
        let count = workers.iter().filter(is_held).count();
        // In parts of a thousand: floats have no order.
        count * 1_000 / workers.len().max(1)
    };
    let mut order: Vec<(usize, u32)> =
        groups.iter().enumerate().map(|(at, group)| (held(group), at as u32)).collect();
    order.sort_by_key(|(held, at)| (std::cmp::Reverse(*held), *at));
    order.into_iter().map(|(_, at)| at).collect()
}

/// When the last task ended that had started.
fn last_end(digest: &Digest<'_>) -> Time {
    let started = digest.lives.iter().filter(|life| life.started().is_some());
    started.filter_map(|life| life.ended()).max().unwrap_or_default()
}

/// How far a run is drawn: what hangs for ever must be seen to hang.
fn horizon(outcome: &Outcome) -> Time {
    match outcome.kind {
        OutcomeKind::Stuck | OutcomeKind::Deadlock => {
            Time(outcome.at.0.saturating_add((outcome.at.0 / 5 * 2).max(MILLISECOND)))
        }
        OutcomeKind::Completed | OutcomeKind::Until | OutcomeKind::Limit(_) => outcome.at,
    }
}

/// What goes on at the end of the run goes on beyond the horizon, so that no window shows an end of it.
fn prolong(painted: &mut Lanes, horizon: Time, end: Time) {
    painted.end = horizon;
    painted.spans.iter_mut().filter(|span| span.is_open).for_each(|span| span.to = end);
    painted.entries.iter_mut().filter(|entry| entry.is_open).for_each(|entry| entry.to = end);
}

/// How far what hangs is drawn beyond a horizon.
fn beyond(end: Time) -> Time {
    Time(end.0.saturating_add(end.0 / 8))
}

/// When each worker lived.
fn alive(digest: &Digest<'_>, end: Time) -> BTreeMap<(ExecutorId, WorkerId), Vec<(Time, Time)>> {
    let mut alive: BTreeMap<_, Vec<(Time, Time)>> = BTreeMap::new();
    for (_, at, event) in digest.trace().worker_changes() {
        match event {
            Event::WorkerStarted { executor, worker } => {
                alive.entry((executor, worker)).or_default().push((at, end));
            }
            Event::WorkerStopped { executor, worker } => {
                if let Some(last) = alive.get_mut(&(executor, worker)).and_then(|lives| lives.last_mut()) {
                    last.1 = at;
                }
            }
            _ => {}
        }
    }
    alive
}

impl ChartBuilder<'_> {
    fn group(&mut self, id: ExecutorId, executor: &Executor, painted: &Lanes) -> ExecutorLanes {
        let first = self.lanes.len() as u32;
        for lane in painted.lanes.iter().filter(|lane| lane.executor == id) {
            let built = self.worker(lane, painted);
            self.lanes.push(built);
        }
        let after = self.lanes.len() as u32;
        let depths = &painted.depths[id.index()];
        let queue = CountOverTime::new(&depths.waiting);
        let from = painted.entries.partition_point(|entry| entry.executor < id);
        let to = painted.entries.partition_point(|entry| entry.executor <= id);
        if queue.peak() <= MAX_PLACES {
            self.places(id, executor.wraps().is_some(), &painted.entries[from..to]);
        }
        let caps = match &executor.kind {
            ExecutorKind::Cap { caps, .. } => caps.as_slice(),
            _ => &[],
        };
        ExecutorLanes {
            executor: id,
            name: executor.name.clone(),
            note: note(executor, &self.digest.trace().scenario.executors),
            workers: executor.workers(),
            is_wrapper: executor.wraps().is_some(),
            lanes: first..after,
            places: after..self.lanes.len() as u32,
            queue,
            bound: executor.queue,
            busy: CountOverTime::new(&depths.busy),
            caps: caps
                .iter()
                .zip(&depths.caps)
                .map(|(cap, used)| CapUsage {
                    name: cap.name.clone(),
                    limit: cap.limit,
                    used: CountOverTime::new(used),
                })
                .collect(),
            marks: Default::default(),
        }
    }

    fn worker(&self, lane: &lanes::Lane, painted: &Lanes) -> ChartLane {
        let mut pieces = Vec::with_capacity(lane.spans.len());
        for span in &painted.spans[lane.spans.start as usize..lane.spans.end as usize] {
            let act = match span.activity {
                Activity::Running => TaskActivity::Running,
                Activity::Io => TaskActivity::Io,
                Activity::Ready => TaskActivity::Ready,
                Activity::Waiting(_) => TaskActivity::Waiting,
                // The task on top of it is what the worker does.
                Activity::Covered => continue,
            };
            let life = &self.digest.lives[span.task.index()];
            let failed = matches!(life.end, Some(crate::analysis::state::task::End::Failed(_)));
            let piece = ActivitySpan {
                from: span.from,
                to: span.to,
                task: span.task,
                event: span.event,
                kind: life.kind,
                act,
                trouble: StuckSeverity::None,
                fails: failed && life.ended() == Some(span.to),
                is_open: span.is_open,
            };
            self.troubles.push(&mut pieces, piece);
        }
        let (seat, alive) = match lane.kind {
            LaneKind::Worker(worker) => (
                LaneSubject::Worker(worker),
                self.alive.get(&(lane.executor, worker)).cloned().unwrap_or_default(),
            ),
            LaneKind::Scheduler => (LaneSubject::Scheduler, vec![(Time::ZERO, painted.end)]),
            LaneKind::Own(n) => (LaneSubject::Own(n), Vec::new()),
        };
        ChartLane::new(lane.executor, seat, alive, pieces)
    }

    /// A row for each place of a queue: whoever comes takes the lowest free one.
    fn places(&mut self, executor: ExecutorId, is_wrapper: bool, entries: &[Entry]) {
        let mut rows: Vec<Vec<ActivitySpan>> = Vec::new();
        let mut taken: BTreeSet<(Time, usize)> = BTreeSet::new();
        let mut free: BTreeSet<usize> = BTreeSet::new();
        for entry in entries {
            while let Some(&(until, place)) = taken.first().filter(|(until, _)| *until <= entry.from) {
                taken.remove(&(until, place));
                free.insert(place);
            }
            let place = free.pop_first().unwrap_or_else(|| {
                rows.push(Vec::new());
                rows.len() - 1
            });
            taken.insert((entry.to, place));
            self.entry(&mut rows[place], entry, is_wrapper);
        }
        for (place, pieces) in rows.into_iter().enumerate() {
            self.lanes.push(ChartLane::new(executor, LaneSubject::Place(place as u32), Vec::new(), pieces));
        }
    }

    fn entry(&self, row: &mut Vec<ActivitySpan>, entry: &Entry, is_wrapper: bool) {
        let life = &self.digest.lives[entry.task.index()];
        let act = if is_wrapper { TaskActivity::Held } else { TaskActivity::Queued };
        let whole = ActivitySpan {
            from: entry.from,
            to: entry.to,
            task: entry.task,
            event: entry.event,
            kind: life.kind,
            act,
            trouble: StuckSeverity::None,
            fails: false,
            is_open: entry.is_open,
        };
        let cancelled = life.cancelled_at().filter(|_| entry.is_cancelled).map(|at| at.max(entry.from));
        match cancelled.filter(|at| *at < entry.to) {
            None => self.troubles.push(row, whole),
            Some(at) => {
                if at > entry.from {
                    self.troubles.push(row, ActivitySpan { to: at, is_open: false, ..whole });
                }
                row.push(ActivitySpan { from: at, act: TaskActivity::Cancelled, ..whole });
            }
        }
    }
}

/// `threads, 5 workers`; `delay into default`.
fn note(executor: &Executor, all: &[Executor]) -> String {
    let kind = executor.kind_word();
    match (executor.wraps(), executor.workers()) {
        (Some(into), _) => format!("{kind} into {}", all[into.index()].name),
        (None, Some(workers)) => format!("{kind}, {workers} {}", plural(workers as usize, "worker")),
        (None, None) => kind.to_owned(),
    }
}

fn spots(lanes: &[ChartLane], tasks: usize) -> (Vec<PiecePosition>, Vec<PiecePosition>, Vec<PiecePosition>) {
    let (mut starts, mut ends, mut places) =
        (vec![NOWHERE; tasks], vec![NOWHERE; tasks], vec![NOWHERE; tasks]);
    let mut began = vec![Time::NEVER; tasks];
    let mut ended = vec![Time::ZERO; tasks];
    for (row, lane) in lanes.iter().enumerate() {
        for (at, piece) in lane.pieces().iter().enumerate() {
            let (task, spot) = (piece.task.index(), (row as u32, at as u32));
            if matches!(lane.seat, LaneSubject::Place(_)) {
                // A stay that trouble cuts in two is still one stay.
                let before = at.checked_sub(1).map(|before| &lane.pieces()[before]);
                if before.is_none_or(|before| before.task != piece.task || before.to != piece.from) {
                    places[task] = spot;
                }
                continue;
            }
            if piece.from < began[task] {
                (began[task], starts[task]) = (piece.from, spot);
            }
            if piece.to >= ended[task] {
                (ended[task], ends[task]) = (piece.to, spot);
            }
        }
    }
    (starts, ends, places)
}

/// Children by parent: those of task `i` are `children[first[i]..first[i + 1]]`.
fn children(digest: &Digest<'_>, tasks: usize) -> (Vec<u32>, Vec<TaskId>) {
    let mut first = vec![0_u32; tasks + 1];
    let parents = || digest.names.tasks().filter_map(|task| Some((digest.names.parent(task)?, task)));
    for (parent, _) in parents() {
        first[parent.index() + 1] += 1;
    }
    for at in 0..tasks {
        first[at + 1] += first[at];
    }
    let mut next = first.clone();
    let mut children = vec![TaskId(0); first[tasks] as usize];
    for (parent, task) in parents() {
        children[next[parent.index()] as usize] = task;
        next[parent.index()] += 1;
    }
    (first, children)
}

fn cells(digest: &Digest<'_>, painted: &Lanes) -> Vec<CellAccessTrack> {
    let scenario = &digest.trace().scenario;
    let mut racing: Vec<EventId> = digest.races.iter().flatten().map(|race| race.second.0).collect();
    racing.sort_unstable();
    let mut tracks = Vec::new();
    for (number, cell) in scenario.cells.iter().enumerate() {
        let id = CellId(number as u16);
        let from = painted.accesses.partition_point(|access| access.cell < id);
        let to = painted.accesses.partition_point(|access| access.cell <= id);
        let all = &painted.accesses[from..to];
        let mut by_key: BTreeMap<Option<std::sync::Arc<str>>, Vec<CellAccess>> = BTreeMap::new();
        for access in all {
            let key = if cell.per_key { digest.names.key(access.task) } else { None };
            by_key.entry(key).or_default().push(CellAccess {
                at: access.at,
                event: access.event,
                task: access.task,
                value: access.value,
                races: access.loses || racing.binary_search(&access.event).is_ok(),
            });
        }
        if by_key.len() > MAX_KEYS {
            let mut accesses: Vec<CellAccess> = by_key.values().flatten().copied().collect();
            accesses.sort_by_key(|access| access.event);
            tracks.push(track(id, format!("{} ({} keys)", cell.name, by_key.len()), cell, accesses));
            continue;
        }
        for (key, accesses) in by_key {
            let name = key.map_or_else(|| cell.name.clone(), |key| format!("{}[{key}]", cell.name));
            tracks.push(track(id, name, cell, accesses));
        }
    }
    tracks
}

fn track(
    cell: CellId,
    name: String,
    of: &crate::model::scenario::Cell,
    accesses: Vec<CellAccess>,
) -> CellAccessTrack {
    let races = (0..accesses.len() as u32).filter(|at| accesses[*at as usize].races).collect();
    CellAccessTrack { cell, name, initial: of.initial.to_string(), accesses, races }
}
