//! Lines between figures: who waits for whom, who holds what, and that a queue needs workers.
//!
//! Invariant: one line between two figures, whatever the number of tasks in them; a line is part of a deadlock only if
//! both its ends are.

use super::model::{
    ExecutorRoomZone, SharedObjectId, StageObject, StageSnapshot, TaskToken, TokenWaitTarget,
};
use super::placed::{StageFigure, StageFigureKind, StageLayout};
use crate::analysis::digest::Digest;
use crate::model::id::{ExecutorId, TaskId, TaskTypeId};
use crate::model::signal::Signal;
use crate::view::chart::StuckLevel;
use crate::view::scene::{Bounds, Curve, Ink, Point, Stroke};
use crate::view::words::list;
use std::collections::{BTreeMap, BTreeSet};

/// Maximum number of holders of one object to which lines are drawn.
const MAX_HOLDERS: usize = 8;

/// Between two lines that run beside each other.
const BESIDE_LINE: f64 = 6.0;
/// How far above a row a line passes that leads over it.
const OVER_ROW: f64 = 7.0;
/// How far left of a row that line comes down.
const BEFORE_ROW: f64 = 22.0;
/// Maximum number of lines beside each other; further ones lie over them.
const MAX_TURNS: u32 = 3;

/// An end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LinkEnd {
    /// By its place in [`StageLayout::figures`].
    Figure(u32),
    /// By its place in [`StageSnapshot::objects`].
    Object(u32),
    /// The workers of an executor.
    Seats(ExecutorId),
    /// The queue of an executor.
    Queue(ExecutorId),
    /// The carriers of a green executor.
    Carriers(ExecutorId),
    /// The room of an executor: several figures in it.
    Room(ExecutorId),
}

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StageLinkKind {
    /// Waits for it.
    WaitsFor,
    /// Is held by it.
    HeldBy,
    /// Is what it would bring, could it go on.
    BroughtBy,
    /// Needs any one of the workers.
    NeedsAny,
}

/// A line between two ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StageLink {
    pub from: LinkEnd,
    pub to: LinkEnd,
    pub kind: StageLinkKind,
    pub trouble: StuckLevel,
    /// What is written on it; empty on all but one of those that say the same.
    pub label: String,
    /// The figures that a room stands for.
    pub members: Vec<u32>,
}

/// Every line of a stage, those in trouble last.
pub(super) fn links(digest: &Digest<'_>, stage: &StageSnapshot, placed: &StageLayout) -> Vec<StageLink> {
    let mut links = waits(digest, stage, placed);
    links.extend(holds(stage, placed));
    links.extend(brings(digest, stage, placed));
    links.extend(needs(stage));
    links.sort_by_key(|link| (link.trouble, link.kind, link.from, link.to));
    links
}

fn figure_trouble(stage: &StageSnapshot, placed: &StageLayout, figure: u32) -> StuckLevel {
    match placed.figures[figure as usize].kind {
        StageFigureKind::Token(token) => stage.role_of(token).trouble,
        StageFigureKind::Pile(role) => stage.roles[role as usize].trouble,
        StageFigureKind::Rest(_) => StuckLevel::None,
    }
}

fn waits(digest: &Digest<'_>, stage: &StageSnapshot, placed: &StageLayout) -> Vec<StageLink> {
    let scenario = &digest.trace().scenario;
    let mut found: BTreeMap<(LinkEnd, LinkEnd), (u32, u32)> = BTreeMap::new();
    for wait in &stage.waits {
        let Some(from) = placed.figure_of[wait.from as usize] else { continue };
        let to = match wait.to {
            TokenWaitTarget::Token(token) => match placed.figure_of[token as usize] {
                Some(to) if to != from => LinkEnd::Figure(to),
                Some(_) | None => continue,
            },
            TokenWaitTarget::Object(object) => LinkEnd::Object(object),
            TokenWaitTarget::Room(executor) => LinkEnd::Queue(executor),
            TokenWaitTarget::Carriers(executor) => LinkEnd::Carriers(executor),
        };
        let role = stage.tokens[wait.from as usize].role;
        let known = found.entry((LinkEnd::Figure(from), to)).or_insert((role, 0));
        known.1 += 1;
    }
    let found = gathered(stage, placed, found);
    // What is said of one role and one kind of thing is said once.
    let mut said: BTreeMap<(u32, String), ()> = BTreeMap::new();
    let link = |GroupedWaits { from, to, role, members }: GroupedWaits| {
        let LinkEnd::Figure(figure) = from else { return None };
        let own = figure_trouble(stage, placed, figure);
        let (other, what) = match to {
            LinkEnd::Figure(to) => {
                let kind = match placed.figures[to as usize].kind {
                    StageFigureKind::Token(token) => Some(stage.role_of(token).kind),
                    StageFigureKind::Pile(role) => Some(stage.roles[role as usize].kind),
                    StageFigureKind::Rest(_) => None,
                };
                let name = kind.map_or("others", |kind| scenario.tasks[kind.index()].name.as_str());
                (figure_trouble(stage, placed, to), name.to_owned())
            }
            LinkEnd::Object(object) => {
                let object = &stage.objects[object as usize];
                (object.trouble, object.name.clone())
            }
            LinkEnd::Room(_) => {
                let troubles = members.iter().map(|to| figure_trouble(stage, placed, *to));
                (troubles.max().unwrap_or_default(), kinds_of(digest, stage, placed, &members))
            }
            LinkEnd::Carriers(_) => (own, "a carrier".to_owned()),
            LinkEnd::Queue(executor) | LinkEnd::Seats(executor) => {
                let name = &scenario.executors[executor.index()].name;
                (own, format!("room in {name}"))
            }
        };
        let is_new = said.insert((role, what.clone()), ()).is_none();
        let each = if stage.roles[role as usize].tokens.len() > 1 { "each waits for" } else { "waits for" };
        let label = if is_new { format!("{each} {what}") } else { String::new() };
        Some(StageLink { from, to, kind: StageLinkKind::WaitsFor, trouble: own.min(other), label, members })
    };
    found.into_iter().filter_map(link).collect()
}

/// Waits of one figure, those for several figures of another room gathered.
struct GroupedWaits {
    from: LinkEnd,
    to: LinkEnd,
    role: u32,
    members: Vec<u32>,
}

fn gathered(
    stage: &StageSnapshot,
    placed: &StageLayout,
    found: BTreeMap<(LinkEnd, LinkEnd), (u32, u32)>,
) -> Vec<GroupedWaits> {
    let executor = |target: LinkEnd| match target {
        LinkEnd::Figure(figure) => Some(placed.figures[figure as usize].zone.executor()),
        LinkEnd::Object(_)
        | LinkEnd::Seats(_)
        | LinkEnd::Queue(_)
        | LinkEnd::Carriers(_)
        | LinkEnd::Room(_) => None,
    };
    let mut rooms: BTreeMap<(LinkEnd, ExecutorId), (u32, Vec<u32>)> = BTreeMap::new();
    let mut all = Vec::new();
    for ((from, to), (role, _)) in found {
        let elsewhere = executor(to).filter(|room| Some(*room) != executor(from));
        match (elsewhere, to) {
            (Some(room), LinkEnd::Figure(figure)) => {
                rooms.entry((from, room)).or_insert((role, Vec::new())).1.push(figure);
            }
            (_, to) => all.push(GroupedWaits { from, to, role, members: Vec::new() }),
        }
    }
    for ((from, room), (role, members)) in rooms {
        let is_single =
            |target: u32| matches!(placed.figures[target as usize].kind, StageFigureKind::Token(_));
        if members.len() == 1 || members.iter().all(|member| is_single(*member)) {
            let each = members.into_iter().map(LinkEnd::Figure);
            all.extend(each.map(|to| GroupedWaits { from, to, role, members: Vec::new() }));
        } else {
            all.push(GroupedWaits { from, to: LinkEnd::Room(room), role, members });
        }
    }
    debug_assert!(all.iter().all(|one| (one.role as usize) < stage.roles.len()));
    all
}

/// The types of what these figures stand for: `price and stock`.
fn kinds_of(digest: &Digest<'_>, stage: &StageSnapshot, placed: &StageLayout, figures: &[u32]) -> String {
    let kind = |figure: &u32| match placed.figures[*figure as usize].kind {
        StageFigureKind::Token(token) => Some(stage.role_of(token).kind),
        StageFigureKind::Pile(role) => Some(stage.roles[role as usize].kind),
        StageFigureKind::Rest(_) => None,
    };
    let kinds: BTreeSet<_> = figures.iter().filter_map(kind).collect();
    let tasks = &digest.trace().scenario.tasks;
    let names: Vec<&str> = kinds.iter().map(|kind| tasks[kind.index()].name.as_str()).collect();
    list(&names)
}

/// From an object that somebody waits for to those who hold it.
fn holds(stage: &StageSnapshot, placed: &StageLayout) -> Vec<StageLink> {
    let mut links = Vec::new();
    let figures: BTreeMap<_, u32> = stage
        .tokens
        .iter()
        .zip(&placed.figure_of)
        .filter_map(|(token, figure)| Some((token.task, (*figure)?)))
        .collect();
    for (number, object) in (0..).zip(&stage.objects).filter(|(_, object)| object.waiting > 0) {
        let mut holders: Vec<u32> =
            object.holders.iter().filter_map(|task| figures.get(task)).copied().collect();
        holders.sort_unstable();
        holders.dedup();
        for (at, figure) in holders.into_iter().take(MAX_HOLDERS).enumerate() {
            let trouble = object.trouble.min(figure_trouble(stage, placed, figure));
            let label = if at == 0 { "held by".to_owned() } else { String::new() };
            let (from, to) = (LinkEnd::Object(number), LinkEnd::Figure(figure));
            links.push(StageLink {
                from,
                to,
                kind: StageLinkKind::HeldBy,
                trouble,
                label,
                members: Vec::new(),
            });
        }
    }
    links
}

/// From a shared thing that somebody waits for in a deadlock to those who cannot go on to bring what is waited for.
fn brings(digest: &Digest<'_>, stage: &StageSnapshot, placed: &StageLayout) -> Vec<StageLink> {
    let scenario = &digest.trace().scenario;
    let is_of = |signal: Signal, thing: &SharedObjectId| match (signal, thing) {
        // What has an owner is held, and comes back from who holds it.
        (Signal::Permits(resource), SharedObjectId::Resource(of, _)) => {
            resource == *of && !scenario.resources[of.index()].is_owned()
        }
        (signal, SharedObjectId::Shared(shared)) => signal.shared() == Some(*shared),
        (_, SharedObjectId::Resource(..)) => false,
    };
    let may_bring = |kind: TaskTypeId, thing: &SharedObjectId| {
        let code = &scenario.tasks[kind.index()].program.code;
        code.iter().flat_map(|step| step.brought_signals()).flatten().any(|signal| is_of(signal, thing))
    };
    let mut links = Vec::new();
    let troubled = |object: &StageObject| object.waiting > 0 && object.trouble >= StuckLevel::Stalled;
    for (number, object) in (0..).zip(&stage.objects).filter(|(_, object)| troubled(object)) {
        let key = |task: TaskId| digest.names.key(task);
        let brings = |token: &TaskToken| {
            let role = &stage.roles[token.role as usize];
            let has_key = match &object.thing {
                SharedObjectId::Resource(_, Some(own)) => key(token.task).as_ref() == Some(own),
                SharedObjectId::Resource(_, None) | SharedObjectId::Shared(_) => true,
            };
            role.trouble >= StuckLevel::Stalled && has_key && may_bring(role.kind, &object.thing)
        };
        let here = stage.waits.iter().filter(|wait| wait.to == TokenWaitTarget::Object(number));
        let waiting: BTreeSet<u32> = here.map(|wait| wait.from).collect();
        let tokens =
            (0_u32..).zip(&stage.tokens).filter(|(at, token)| brings(token) && !waiting.contains(at));
        let figures: BTreeSet<u32> =
            tokens.filter_map(|(at, _)| placed.figure_of[at as usize]).take(MAX_HOLDERS).collect();
        for figure in figures {
            let trouble = object.trouble.min(figure_trouble(stage, placed, figure));
            let label = if links.is_empty() { "brought by".to_owned() } else { String::new() };
            let (from, to) = (LinkEnd::Object(number), LinkEnd::Figure(figure));
            links.push(StageLink {
                from,
                to,
                kind: StageLinkKind::BroughtBy,
                trouble,
                label,
                members: Vec::new(),
            });
        }
    }
    links
}

/// From a queue whose workers are all part of what hangs to those workers.
fn needs(stage: &StageSnapshot) -> Vec<StageLink> {
    let rooms = stage.rooms.iter().filter(|room| room.trouble != StuckLevel::None && room.waiting > 0);
    rooms
        .map(|room| StageLink {
            from: LinkEnd::Queue(room.executor),
            to: LinkEnd::Seats(room.executor),
            kind: StageLinkKind::NeedsAny,
            trouble: room.trouble,
            label: match room.limit {
                Some(1) => "needs the one worker".to_owned(),
                Some(limit) => format!("each needs any one of the {limit} workers"),
                None => "each needs a worker".to_owned(),
            },
            members: Vec::new(),
        })
        .collect()
}

/// The bounds of an end.
fn bounds(placed: &StageLayout, target: LinkEnd) -> Option<Bounds> {
    match target {
        LinkEnd::Figure(figure) => placed.figures.get(figure as usize).map(|figure| figure.at),
        LinkEnd::Object(object) => placed.objects.get(object as usize).copied(),
        LinkEnd::Seats(executor) => placed.room(executor)?.seats,
        LinkEnd::Carriers(executor) => placed.room(executor)?.strips.first().copied(),
        LinkEnd::Room(executor) => {
            let at = placed.room(executor)?.at;
            Some(Bounds::new(at.x, at.y, at.width, at.height.min(180.0)))
        }
        LinkEnd::Queue(executor) => {
            let queue = placed.figures.iter().find(|figure| figure.zone == ExecutorRoomZone::Queue(executor));
            queue.map(|figure| figure.at).or(placed.room(executor)?.queue).or(Some(placed.room(executor)?.at))
        }
    }
}

/// The curve of a line; `None` for one that is drawn as a bracket, or whose end is nowhere.
pub(super) fn curve(placed: &StageLayout, link: &StageLink, ink: Ink, width: f64) -> Option<Curve> {
    if link.kind == StageLinkKind::NeedsAny {
        return None;
    }
    let (from, to) = (bounds(placed, link.from)?, bounds(placed, link.to)?);
    let stroke = match link.kind {
        StageLinkKind::HeldBy | StageLinkKind::BroughtBy => Stroke::Dashed,
        StageLinkKind::WaitsFor | StageLinkKind::NeedsAny => Stroke::Solid,
    };
    let [from, leave, approach, to] = match (link.from, link.to) {
        (_, LinkEnd::Object(_)) if to.y > from.bottom() + 24.0 => down(from, to, around(placed, link.from)),
        (LinkEnd::Object(_), _) if from.y > to.bottom() + 24.0 => up(from, to, around(placed, link.to)),
        _ => across(from, to),
    };
    Some(Curve { from, leave, approach, to, ink, stroke, width, has_head: true })
}

/// The way of a line from an object beside a room to a figure in its queue: over the seats between them, and down in
/// the gap before them; `None` where there are no seats between. `turn` tells several such lines apart.
pub(super) fn way_over_seats(placed: &StageLayout, link: &StageLink, turn: u32) -> Option<Vec<Point>> {
    let (LinkEnd::Object(_), LinkEnd::Figure(figure)) = (link.from, link.to) else { return None };
    let (from, to) = (bounds(placed, link.from)?, bounds(placed, link.to)?);
    let room = placed.room(placed.figures[figure as usize].zone.executor())?;
    let seats = room.seats.filter(|_| room.is_side_by_side)?;
    if !(to.right() <= seats.x && seats.right() <= from.x) {
        return None;
    }
    let aside = f64::from(turn % MAX_TURNS) * BESIDE_LINE;
    let (over, gap) = (over_caption(room.at, seats) - aside, seats.x - 24.0 - aside);
    let out = (room.at.right() + from.x) / 2.0 + aside;
    let (start, end) = (middle(from) - BESIDE_LINE - aside, middle(to));
    let way = [(from.x, start), (out, start), (out, over), (gap, over), (gap, end), (to.right(), end)];
    Some(way.map(|(x, y)| Point { x, y }).to_vec())
}

/// The way of a line from an object beside a room to a figure that has others in its row before it, as tasks on one
/// thread have: above the row, and from the left into the figure. `None` where nothing is between.
pub(super) fn way_over_row(placed: &StageLayout, link: &StageLink) -> Option<Vec<Point>> {
    let (LinkEnd::Object(_), LinkEnd::Figure(figure)) = (link.from, link.to) else { return None };
    let (from, to) = (bounds(placed, link.from)?, bounds(placed, link.to)?);
    let own = placed.figures[figure as usize];
    let is_between = |other: &StageFigure| {
        let at = other.at;
        other.zone == own.zone
            && at.x >= to.right()
            && at.right() <= from.x
            && at.y < to.bottom()
            && to.y < at.bottom()
    };
    let last = placed.figures.iter().filter(|other| is_between(other)).map(|other| other.at.right());
    let last = last.max_by(f64::total_cmp)?;
    let room = placed.room(own.zone.executor())?;
    let is_first = |seats: &Bounds| to.y <= seats.y + 1.0;
    let over = room.seats.filter(is_first).map_or(to.y - OVER_ROW, |seats| over_caption(room.at, seats));
    let out = (room.at.right().max(last) + from.x) / 2.0;
    let (start, before, end) = (middle(from) - BESIDE_LINE, to.x - BEFORE_ROW, middle(to));
    let way = [(from.x, start), (out, start), (out, over), (before, over), (before, end), (to.x, end)];
    Some(way.map(|(x, y)| Point { x, y }).to_vec())
}

/// Between the note over a room and the word over its seats; in a tight room as far from both as can be.
fn over_caption(room: Bounds, seats: Bounds) -> f64 {
    let (note, word) = (room.y + 48.0, seats.y - 17.0);
    ((note + word) / 2.0).max(seats.y - 21.0)
}

fn middle(at: Bounds) -> f64 {
    at.y + at.height / 2.0
}

fn centre(at: Bounds) -> f64 {
    at.x + at.width / 2.0
}

/// Between figures beside each other, or around the right of those below each other.
fn across(from: Bounds, to: Bounds) -> [Point; 4] {
    let (y, end) = (middle(from), middle(to));
    let is_same_column = from.x < to.right() && to.x < from.right();
    if is_same_column {
        let out = from.right().max(to.right()) + 34.0;
        return [
            Point { x: from.right(), y },
            Point { x: out, y },
            Point { x: out, y: end },
            Point { x: to.right(), y: end },
        ];
    }
    let (start, goal, ahead) =
        if from.right() <= to.x { (from.right(), to.x, 1.0) } else { (from.x, to.right(), -1.0) };
    let bend = ((goal - start).abs() * 0.5).max(24.0) * ahead;
    [
        Point { x: start, y },
        Point { x: start + bend, y },
        Point { x: goal - bend, y: end },
        Point { x: goal, y: end },
    ]
}

/// The room that a figure is in, or the end itself.
fn around(placed: &StageLayout, target: LinkEnd) -> Bounds {
    let room = match target {
        LinkEnd::Figure(figure) => placed
            .figures
            .get(figure as usize)
            .and_then(|figure| placed.room(figure.zone.executor()))
            .map(|room| room.at),
        LinkEnd::Object(_)
        | LinkEnd::Seats(_)
        | LinkEnd::Queue(_)
        | LinkEnd::Carriers(_)
        | LinkEnd::Room(_) => None,
    };
    room.or_else(|| bounds(placed, target)).unwrap_or_default()
}

/// On which side of a room a line between a figure in it and an object below it passes: on the object's.
fn side_of(room: Bounds, object: Bounds) -> f64 {
    if centre(object) >= centre(room) { 1.0 } else { -1.0 }
}

/// From the side of a figure along its room down to the upper edge of an object.
fn down(from: Bounds, to: Bounds, room: Bounds) -> [Point; 4] {
    let side = side_of(room, to);
    let (x, y) = (if side > 0.0 { from.right() } else { from.x }, middle(from));
    let goal = centre(to) + side * to.width * 0.12;
    [
        Point { x, y },
        Point { x: x + side * 56.0, y: y + (to.y - y) * 0.55 },
        Point { x: goal, y: to.y - 32.0 },
        Point { x: goal, y: to.y },
    ]
}

/// From the upper edge of an object to the outside of a room, and along it up to the side of a figure in it: over neither
/// the objects beside it nor what is in the room.
fn up(from: Bounds, to: Bounds, room: Bounds) -> [Point; 4] {
    let side = side_of(room, from);
    let (x, goal) = (centre(from) + side * from.width * 0.3, if side > 0.0 { to.right() } else { to.x });
    let end = middle(to) + to.height * 0.2;
    let outside = goal + side * 62.0;
    [
        Point { x, y: from.y },
        Point { x: outside, y: from.y - 24.0 },
        Point { x: outside, y: end },
        Point { x: goal, y: end },
    ]
}
