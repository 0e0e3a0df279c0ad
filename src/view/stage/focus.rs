//! What the person points at on the stage, and the chain of waits that hangs together with it.

use super::links::{Link, Target};
use super::model::{RoomZone, Stage};
use super::placed::{FigureKind, Placed};
use crate::analysis::digest::Digest;
use crate::model::id::{TaskId, TaskTypeId};
use std::collections::BTreeSet;

/// What the person points at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Focus {
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
        stage: &Stage,
        placed: &Placed,
        links: &[Link],
        focus: &Focus,
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
            lit.follow(Target::Figure(first), links, is_forward);
        }
        lit.is_all = lit.figures.len() + lit.objects.len() < 2;
        lit
    }

    /// Lights what has one of these names; everything if nothing has.
    fn named(&mut self, digest: &Digest<'_>, stage: &Stage, placed: &Placed, names: &[String]) {
        let scenario = &digest.trace().scenario;
        let is_named = |zone: RoomZone, kind: TaskTypeId| {
            names.contains(&scenario.executors[zone.executor().index()].name)
                || names.contains(&scenario.tasks[kind.index()].name)
        };
        for (number, figure) in (0u32..).zip(&placed.figures) {
            let role = match figure.kind {
                FigureKind::Token(token) => stage.role_of(token),
                FigureKind::Pile(role) => &stage.roles[role as usize],
                FigureKind::Rest(_) => continue,
            };
            if is_named(role.zone, role.kind) {
                self.figures.insert(number);
            }
        }
        let objects = (0u32..).zip(&stage.objects).filter(|(_, object)| names.contains(&object.name));
        self.objects.extend(objects.map(|(number, _)| number));
        self.is_all = self.figures.is_empty() && self.objects.is_empty();
    }

    fn follow(&mut self, from: Target, links: &[Link], is_forward: bool) {
        let mut next = vec![from];
        let mut seen: BTreeSet<Target> = BTreeSet::new();
        while let Some(at) = next.pop() {
            if !seen.insert(at) {
                continue;
            }
            match at {
                Target::Figure(figure) => drop(self.figures.insert(figure)),
                Target::Object(object) => drop(self.objects.insert(object)),
                Target::Seats(_) | Target::Queue(_) | Target::Carriers(_) | Target::Room(_) => {}
            }
            for link in links {
                let ends: Vec<Target> = match link.members.as_slice() {
                    [] => vec![link.to],
                    members => members.iter().map(|figure| Target::Figure(*figure)).collect(),
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

    pub fn has_link(&self, link: &Link) -> bool {
        let has = |target: Target| match target {
            Target::Figure(figure) => self.has_figure(figure),
            Target::Object(object) => self.has_object(object),
            Target::Seats(_) | Target::Queue(_) | Target::Carriers(_) => true,
            Target::Room(_) => link.members.iter().any(|figure| self.has_figure(*figure)),
        };
        has(link.from) && has(link.to)
    }
}
