//! Lines between figures: who waits for whom, who holds what, and that a queue needs workers.
//!
//! Invariant: one line between two figures, whatever the number of tasks in them; a line is part of a deadlock only if
//! both its ends are.

use super::model::{SharedObjectId, StageObject, StageSnapshot, TaskToken, TokenWaitTarget};
use super::placed::{StageFigureKind, StageLayout};
use crate::analysis::digest::Digest;
use crate::model::id::{ExecutorId, TaskId, TaskTypeId};
use crate::model::signal::Signal;
use crate::view::chart::StuckSeverity;
use crate::view::words::list;
use std::collections::{BTreeMap, BTreeSet};

/// Maximum number of holders of one object to which lines are drawn.
const MAX_HOLDERS: usize = 8;

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
    pub trouble: StuckSeverity,
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

fn figure_trouble(stage: &StageSnapshot, placed: &StageLayout, figure: u32) -> StuckSeverity {
    match placed.figures[figure as usize].kind {
        StageFigureKind::Token(token) => stage.role_of(token).trouble,
        StageFigureKind::Pile(role) => stage.roles[role as usize].trouble,
        StageFigureKind::Rest(_) => StuckSeverity::None,
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
    let troubled = |object: &StageObject| object.waiting > 0 && object.trouble >= StuckSeverity::Stalled;
    for (number, object) in (0..).zip(&stage.objects).filter(|(_, object)| troubled(object)) {
        let key = |task: TaskId| digest.names.key(task);
        let brings = |token: &TaskToken| {
            let role = &stage.roles[token.role as usize];
            let has_key = match &object.thing {
                SharedObjectId::Resource(_, Some(own)) => key(token.task).as_ref() == Some(own),
                SharedObjectId::Resource(_, None) | SharedObjectId::Shared(_) => true,
            };
            role.trouble >= StuckSeverity::Stalled && has_key && may_bring(role.kind, &object.thing)
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
    let rooms = stage.rooms.iter().filter(|room| room.trouble != StuckSeverity::None && room.waiting > 0);
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
