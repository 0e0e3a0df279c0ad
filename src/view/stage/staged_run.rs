//! What the stage needs to know of a whole run: which rooms there are and how large they have to be, what hangs since
//! when, and when tasks ended.
//!
//! Invariant: read once; asking it about an instant costs a bisection. Rooms follow from the run alone, so they keep
//! still while it plays.

use super::model::{ExecutorRoomZone, PILE, TaskEndCounts};
use crate::analysis::digest::Digest;
use crate::analysis::knot::Knot;
use crate::analysis::names::Key;
use crate::analysis::state::State;
use crate::analysis::state::task::{End, Task};
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, ResourceId, SharedId, TaskId};
use crate::model::program::Instruction;
use crate::model::scenario::Scenario;
use crate::model::signal::Signal;
use crate::model::time::Time;
use crate::trace::event::EventId;
use crate::view::chart::{LaneSubject, RunChart, StuckSeverity};
use std::collections::BTreeSet;

/// Maximum number of limits of a wrapper that are drawn.
pub(super) const MAX_GATES: u32 = 3;
/// Longest chain of executors that is drawn as columns of its own.
const MAX_LEVEL: u32 = 3;

/// A room as the whole run needs it.
#[derive(Clone, Debug)]
pub(super) struct RoomPlan {
    pub executor: ExecutorId,
    /// Its column: how many executors submit into it, one after the other.
    pub level: u32,
    /// Most workers alive at once.
    pub seats: u32,
    /// Most entries in its queue at once.
    pub queue: u32,
    /// How many task types come here.
    pub kinds: u32,
    /// Rows for carriers, or for the limits of a wrapper.
    pub strips: u32,
    /// It is a delay, which has a dial.
    pub is_delay: bool,
    /// Most entries from outside at once, where workers have deques of their own.
    pub outside: Option<u32>,
    /// The tasks that ended here, by when: well, badly, refused, cancelled.
    ends: [Vec<(Time, TaskId)>; 4],
}

/// A task in trouble from one event to another.
#[derive(Clone, Copy, Debug)]
struct StuckSpan {
    task: TaskId,
    from: EventId,
    until: EventId,
    trouble: StuckSeverity,
}

/// A knot, and what besides tasks is part of it.
#[derive(Clone, Debug)]
struct StuckKnot {
    from: EventId,
    until: EventId,
    trouble: StuckSeverity,
    pools: Vec<ExecutorId>,
    resources: Vec<(ResourceId, Key)>,
    signals: Vec<Signal>,
}

impl StuckKnot {
    fn of(knot: &Knot, (from, until): (EventId, EventId), trouble: StuckSeverity) -> StuckKnot {
        let (pools, resources) = (knot.pools.clone(), knot.resources.clone());
        StuckKnot { from, until, trouble, pools, resources, signals: knot.signals.clone() }
    }
}

/// What the stage needs of a whole run.
#[derive(Clone, Debug)]
pub struct StagedRun {
    /// The rooms that are used, by column, then in document order.
    pub(super) rooms: Vec<RoomPlan>,
    /// Resources that some program asks for and that have no keys.
    pub(super) resources: Vec<ResourceId>,
    /// Whether some program asks for a resource with keys.
    pub(super) has_keyed: bool,
    spans: Vec<StuckSpan>,
    knots: Vec<StuckKnot>,
}

impl StagedRun {
    /// Reads a run.
    pub fn new(digest: &Digest<'_>, chart: &RunChart) -> StagedRun {
        let scenario = &digest.trace().scenario;
        let levels = levels(scenario);
        let mut rooms: Vec<RoomPlan> = levels
            .iter()
            .enumerate()
            .filter_map(|(at, level)| Some(room(digest, chart, ExecutorId(at as u16), (*level)?)))
            .collect();
        fill_ends(&mut rooms, digest);
        rooms.sort_by_key(|room| (room.level, room.executor));
        let (used, keyed): (Vec<ResourceId>, Vec<ResourceId>) = asked_for(scenario)
            .into_iter()
            .partition(|resource| !scenario.resources[resource.index()].per_key);
        let (spans, knots) = troubles(digest);
        StagedRun { rooms, resources: used, has_keyed: !keyed.is_empty(), spans, knots }
    }

    /// Whether a part of a room is so full at its fullest that it is drawn as piles.
    pub(super) fn is_piled(&self, zone: ExecutorRoomZone) -> bool {
        let room = self.rooms.iter().find(|room| room.executor == zone.executor());
        room.is_some_and(|room| match zone {
            ExecutorRoomZone::Seats(_) => room.seats >= PILE,
            // Beside its worker each has its own place.
            ExecutorRoomZone::Queue(_) if room.has_deque_rows(PILE) => false,
            ExecutorRoomZone::Queue(_) | ExecutorRoomZone::Door(_) => room.queue >= PILE,
        })
    }

    /// The executors that have a room, by column.
    pub fn executors(&self) -> impl Iterator<Item = ExecutorId> + '_ {
        self.rooms.iter().map(|room| room.executor)
    }

    /// Whether a task is in trouble after `count` events; [`StuckSeverity::Behind`] also if it does not wait yet.
    pub(super) fn trouble(&self, task: TaskId, count: u32) -> StuckSeverity {
        let first = self.spans.partition_point(|span| span.task < task);
        let of_task = self.spans[first..].iter().take_while(|span| span.task == task);
        let now = of_task.filter(|span| span.from.0 < count && count <= span.until.0);
        now.map(|span| span.trouble).max().unwrap_or_default()
    }

    fn knots(&self, count: u32) -> impl Iterator<Item = &StuckKnot> {
        self.knots.iter().filter(move |knot| knot.from.0 < count && count <= knot.until.0)
    }

    /// Whether a deadlock has formed after `count` events.
    pub(super) fn is_stuck(&self, count: u32) -> bool {
        self.knots(count).any(|knot| knot.trouble == StuckSeverity::Stuck)
    }

    /// Whether the workers of a pool are part of something that hangs.
    pub(super) fn pool_trouble(&self, pool: ExecutorId, count: u32) -> StuckSeverity {
        let has = |knot: &&StuckKnot| knot.pools.contains(&pool);
        self.knots(count).filter(has).map(|knot| knot.trouble).max().unwrap_or_default()
    }

    /// Whether the workers of a pool are part of something that hangs at any time of the run.
    pub(super) fn is_ever_stuck(&self, pool: ExecutorId) -> bool {
        self.knots.iter().any(|knot| knot.pools.contains(&pool))
    }

    /// Whether what comes through a channel, condition, latch or barrier is part of something that hangs.
    pub(super) fn shared_trouble(&self, shared: SharedId, count: u32) -> StuckSeverity {
        let has = |knot: &&StuckKnot| knot.signals.iter().any(|signal| signal.shared() == Some(shared));
        self.knots(count).filter(has).map(|knot| knot.trouble).max().unwrap_or_default()
    }

    /// Whether a lock or semaphore is part of something that hangs.
    pub(super) fn resource_trouble(&self, resource: ResourceId, key: &Key, count: u32) -> StuckSeverity {
        // Permits that anybody may hand out come like a message, for whichever key.
        let has = |knot: &&StuckKnot| {
            knot.resources.iter().any(|(of, for_key)| *of == resource && for_key == key)
                || knot.signals.contains(&Signal::Permits(resource))
        };
        self.knots(count).filter(has).map(|knot| knot.trouble).max().unwrap_or_default()
    }
}

impl RoomPlan {
    /// Whether each worker's deque is drawn beside it: in a pool of so few that they are no piles.
    pub fn has_deque_rows(&self, piled_from: u32) -> bool {
        self.outside.is_some() && self.seats < piled_from && self.queue > 0
    }

    /// What has become of its tasks in a state: within an instant some may have ended and others not yet.
    pub fn ends(&self, digest: &Digest<'_>, state: &State) -> TaskEndCounts {
        let now = state.at();
        let is_over = |id: TaskId| {
            let is_never_met = digest.lives[id.index()].ended().is_none();
            let is_gone = |task: &Task| task.phase.is_ended() || (is_never_met && task.cancelled);
            id.0 < state.created() && state.task(id).is_none_or(is_gone)
        };
        let count = |ends: &[(Time, TaskId)]| {
            let before = ends.partition_point(|(at, _)| *at < now);
            let at_once = ends[before..].iter().take_while(|(at, _)| *at == now);
            (before + at_once.filter(|(_, task)| is_over(*task)).count()) as u32
        };
        let [finished, failed, refused, cancelled] = [0, 1, 2, 3].map(|way: usize| count(&self.ends[way]));
        TaskEndCounts { finished, failed, refused, cancelled }
    }
}

fn room(digest: &Digest<'_>, chart: &RunChart, executor: ExecutorId, level: u32) -> RoomPlan {
    let group = chart.group(executor);
    let worker = |lane: u32| match chart.lanes.get(lane as usize)?.seat {
        LaneSubject::Worker(worker) => Some(worker.0 + 1),
        LaneSubject::Scheduler | LaneSubject::Own(_) | LaneSubject::Place(_) => None,
    };
    let seats = group.and_then(|group| group.lanes.clone().filter_map(worker).max()).unwrap_or(0);
    let kinds: BTreeSet<_> = digest
        .lives
        .iter()
        .filter(|life| life.executor == executor || life.first == executor)
        .map(|life| life.kind)
        .collect();
    let queue = group.map_or(0, |group| group.queue.peak());
    let kind = &digest.trace().scenario.executors[executor.index()].kind;
    RoomPlan {
        executor,
        level,
        seats,
        queue,
        kinds: kinds.len().max(1) as u32,
        strips: strips(kind),
        is_delay: matches!(kind, ExecutorKind::Delay { .. }),
        outside: matches!(kind, ExecutorKind::ForkJoin { .. }).then(|| from_outside(digest, executor)),
        ends: Default::default(),
    }
}

/// Rows for carriers, or for the limits of a wrapper.
fn strips(kind: &ExecutorKind) -> u32 {
    match kind {
        ExecutorKind::Green { .. } | ExecutorKind::Bus { prefetch: Some(_), .. } => 1,
        ExecutorKind::Cap { caps, .. } => (caps.len() as u32).min(MAX_GATES),
        ExecutorKind::Bus { prefetch: None, .. }
        | ExecutorKind::Threads { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::Elastic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Scheduled { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Delay { .. } => 0,
    }
}

/// Most tasks at once that wait for a worker of a pool and were submitted by none of its own.
fn from_outside(digest: &Digest<'_>, pool: ExecutorId) -> u32 {
    let end = digest.end().at();
    let is_own = |task: TaskId| {
        digest.names.parent(task).is_some_and(|parent| digest.lives[parent.index()].executor == pool)
    };
    let mut steps: Vec<(Time, i32)> = Vec::new();
    for (at, life) in digest.lives.iter().enumerate().filter(|(_, life)| life.executor == pool) {
        if life.first != pool || !is_own(TaskId(at as u32)) {
            let until = life.started().or(life.ended()).unwrap_or(end);
            steps.extend([(life.submitted, 1), (until, -1)].into_iter().filter(|_| until > life.submitted));
        }
    }
    steps.sort_unstable();
    let mut here = 0;
    steps.iter().fold(0, |most: i32, (_, step)| {
        here += step;
        most.max(here)
    }) as u32
}

fn fill_ends(rooms: &mut [RoomPlan], digest: &Digest<'_>) {
    for (task, life) in (0..).map(TaskId).zip(&digest.lives) {
        let Some(at) = life.ended().or(life.cancelled_at()) else { continue };
        let way = match life.end {
            Some(End::Finished) => 0,
            Some(End::Failed(_)) => 1,
            Some(End::Rejected(_) | End::Discarded) => 2,
            Some(End::Cancelled) | None => 3,
        };
        if let Some(room) = rooms.iter_mut().find(|room| room.executor == life.executor) {
            room.ends[way].push((at, task));
        }
    }
    rooms.iter_mut().flat_map(|room| &mut room.ends).for_each(|ends| ends.sort_unstable());
}

/// Every resource that some program asks for, in document order.
fn asked_for(scenario: &Scenario) -> BTreeSet<ResourceId> {
    let code = scenario.tasks.iter().flat_map(|task| &task.program.code);
    code.filter_map(|instruction| match instruction {
        Instruction::Acquire { resource, .. } => Some(*resource),
        _ => None,
    })
    .collect()
}

/// For each executor, the longest chain of executors whose tasks come to it one after the other; `None` for one that
/// nobody comes to. It follows from the scenario alone, so columns stay where they are.
fn levels(scenario: &Scenario) -> Vec<Option<u32>> {
    let count = scenario.executors.len();
    let mut leads: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut homes: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); scenario.tasks.len()];
    let mut used: BTreeSet<usize> = BTreeSet::new();
    // Enters at an executor and follows its wrappers inward; where its tasks run in the end.
    let mut enter = |from: Option<usize>, to: ExecutorId, leads: &mut BTreeSet<(usize, usize)>| {
        let (mut before, mut at) = (from, to);
        for _ in 0..count {
            used.insert(at.index());
            leads.extend(before.filter(|before| *before != at.index()).map(|before| (before, at.index())));
            before = Some(at.index());
            match scenario.executors[at.index()].wraps() {
                Some(into) => at = into,
                None => break,
            }
        }
        at.index()
    };
    for arrivals in &scenario.arrivals {
        homes[arrivals.task.index()].insert(enter(None, arrivals.to, &mut leads));
    }
    // Each pass follows submissions one step further; chains are no longer than there are task types.
    for _ in 0..scenario.tasks.len() {
        for (kind, task) in scenario.tasks.iter().enumerate() {
            for home in homes[kind].clone() {
                for submit in &task.program.submits {
                    let to = submit.to.unwrap_or(ExecutorId(home as u16));
                    let end = enter(Some(home), to, &mut leads);
                    homes[submit.task.index()].insert(end);
                }
            }
        }
    }
    let mut levels = vec![0_u32; count];
    for _ in 0..count.min(4) {
        for (from, to) in leads.iter().filter(|(from, to)| !leads.contains(&(*to, *from))) {
            levels[*to] = levels[*to].max((levels[*from] + 1).min(MAX_LEVEL));
        }
    }
    let levels = levels.into_iter().enumerate();
    levels.map(|(at, level)| used.contains(&at).then_some(level)).collect()
}

fn troubles(digest: &Digest<'_>) -> (Vec<StuckSpan>, Vec<StuckKnot>) {
    let (mut spans, mut knots) = (Vec::new(), Vec::new());
    let never = EventId(u32::MAX);
    for hang in &digest.findings.deadlocks {
        let span =
            |task: &TaskId, trouble| StuckSpan { task: *task, from: hang.event, until: never, trouble };
        spans.extend(hang.knot.tasks.iter().map(|task| span(task, StuckSeverity::Stuck)));
        spans.extend(hang.behind.iter().map(|task| span(task, StuckSeverity::Behind)));
        knots.push(StuckKnot::of(&hang.knot, (hang.event, never), StuckSeverity::Stuck));
    }
    for stall in &digest.findings.stalls {
        let (from, until, trouble) = (stall.event, stall.ended_by.unwrap_or(never), StuckSeverity::Stalled);
        spans.extend(stall.knot.tasks.iter().map(|task| StuckSpan { task: *task, from, until, trouble }));
        knots.push(StuckKnot::of(&stall.knot, (from, until), trouble));
    }
    spans.sort_by_key(|span| (span.task, span.from));
    (spans, knots)
}

/// Whether an executor only passes tasks on.
pub(super) fn is_wrapper(kind: &ExecutorKind) -> bool {
    match kind {
        ExecutorKind::Delay { .. } | ExecutorKind::Cap { .. } | ExecutorKind::Bus { .. } => true,
        ExecutorKind::Threads { .. }
        | ExecutorKind::Green { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::Elastic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Scheduled { .. }
        | ExecutorKind::Inline => false,
    }
}
