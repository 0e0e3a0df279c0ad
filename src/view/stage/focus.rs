//! What the person points at on the stage, and the chain of waits that hangs together with it.

use super::links::{LinkEnd, StageLink};
use super::model::{ExecutorRoomZone, StageSnapshot};
use super::placed::{StageFigureKind, StageLayout};
use crate::analysis::digest::Digest;
use crate::model::id::{TaskId, TaskTypeId};
use std::collections::BTreeSet;

/// What the person points at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageSelection {
    /// The task under the pointer, or any one of a pile.
    pub hovered: Option<TaskId>,
    /// The selected task: its chain stays lit when nothing is hovered.
    pub selected: Option<TaskId>,
    /// Names of executors, task types and shared things that are lit when nothing is hovered or selected.
    pub light: Vec<String>,
}

/// The highlighted figures and objects; all if nobody waits for, or is waited for by, what is pointed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HighlightedItems {
    figures: BTreeSet<u32>,
    objects: BTreeSet<u32>,
    /// The figure pointed at.
    pub figure: Option<u32>,
    is_all: bool,
}

impl HighlightedItems {
    pub fn new(
        digest: &Digest<'_>,
        stage: &StageSnapshot,
        placed: &StageLayout,
        links: &[StageLink],
        focus: &StageSelection,
    ) -> HighlightedItems {
        let figure_of = |task: TaskId| placed.figure_of.get(stage.token(task)? as usize).copied().flatten();
        let hovered = focus.hovered.and_then(figure_of);
        let figure = hovered.or_else(|| focus.selected.and_then(figure_of));
        let mut lit =
            HighlightedItems { figures: BTreeSet::new(), objects: BTreeSet::new(), figure, is_all: true };
        let Some(first) = figure else {
            lit.named(digest, stage, placed, &focus.light);
            return lit;
        };
        // Against the arrows and along them, never from one to the other: those who wait for it, and what it waits for.
        for is_forward in [true, false] {
            lit.follow(LinkEnd::Figure(first), links, is_forward);
        }
        lit.is_all = lit.figures.len() + lit.objects.len() < 2;
        lit
    }

    /// Lights what has one of these names; everything if nothing has.
    fn named(&mut self, digest: &Digest<'_>, stage: &StageSnapshot, placed: &StageLayout, names: &[String]) {
        let scenario = &digest.trace().scenario;
        let is_named = |zone: ExecutorRoomZone, kind: TaskTypeId| {
            names.contains(&scenario.executors[zone.executor().index()].name)
                || names.contains(&scenario.tasks[kind.index()].name)
        };
        for (number, figure) in (0u32..).zip(&placed.figures) {
            let role = match figure.kind {
                StageFigureKind::Token(token) => stage.role_of(token),
                StageFigureKind::Pile(role) => &stage.roles[role as usize],
                StageFigureKind::Rest(_) => continue,
            };
            if is_named(role.zone, role.kind) {
                self.figures.insert(number);
            }
        }
        let objects = (0u32..).zip(&stage.objects).filter(|(_, object)| names.contains(&object.name));
        self.objects.extend(objects.map(|(number, _)| number));
        self.is_all = self.figures.is_empty() && self.objects.is_empty();
    }

    fn follow(&mut self, from: LinkEnd, links: &[StageLink], is_forward: bool) {
        let mut next = vec![from];
        let mut seen: BTreeSet<LinkEnd> = BTreeSet::new();
        while let Some(at) = next.pop() {
            if !seen.insert(at) {
                continue;
            }
            match at {
                LinkEnd::Figure(figure) => drop(self.figures.insert(figure)),
                LinkEnd::Object(object) => drop(self.objects.insert(object)),
                LinkEnd::Seats(_) | LinkEnd::Queue(_) | LinkEnd::Carriers(_) | LinkEnd::Room(_) => {}
            }
            for link in links {
                let ends: Vec<LinkEnd> = match link.members.as_slice() {
                    [] => vec![link.to],
                    members => members.iter().map(|figure| LinkEnd::Figure(*figure)).collect(),
                };
                if is_forward && link.from == at {
                    next.extend(ends);
                } else if !is_forward && ends.contains(&at) {
                    next.push(link.from);
                }
            }
        }
    }

    pub fn has_figure(&self, figure: u32) -> bool {
        self.is_all || self.figures.contains(&figure)
    }

    pub fn has_object(&self, object: u32) -> bool {
        self.is_all || self.objects.contains(&object)
    }

    pub fn has_link(&self, link: &StageLink) -> bool {
        let has = |target: LinkEnd| match target {
            LinkEnd::Figure(figure) => self.has_figure(figure),
            LinkEnd::Object(object) => self.has_object(object),
            LinkEnd::Seats(_) | LinkEnd::Queue(_) | LinkEnd::Carriers(_) => true,
            LinkEnd::Room(_) => link.members.iter().any(|figure| self.has_figure(*figure)),
        };
        has(link.from) && has(link.to)
    }
}
