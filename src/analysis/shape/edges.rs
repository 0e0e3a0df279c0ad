//! Who has what and needs what: the shape as edges between things, dangerous or not.
//!
//! Invariant: every need of a task that holds something is an edge, also where nothing can hang. An edge is marked with
//! the hazard whose ring it closes.

use super::budget::ReadingBudget;
use super::demand::{HoldPoint, LimitedResource, way};
use super::hazard::Hazard;
use super::knots::KnotSearch;
use crate::model::id::TaskTypeId;
use crate::model::scenario::Scenario;
use std::collections::{BTreeMap, BTreeSet};

/// Tasks that have one thing and need another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// What they have.
    pub from: LimitedResource,
    /// What they need meanwhile.
    pub to: LimitedResource,
    /// Types whose tasks wait.
    pub tasks: Vec<TaskTypeId>,
    /// Whose ends they wait for, if it is those that need it.
    pub awaited: Vec<TaskTypeId>,
    /// Whether it closes a ring that can hang (`Some(false)`) or stall until a timeout (`Some(true)`).
    pub hazard: Option<bool>,
}

type EdgeTypes = BTreeMap<(LimitedResource, LimitedResource), (BTreeSet<TaskTypeId>, BTreeSet<TaskTypeId>)>;

/// All edges, in the order of things; worth nothing once the budget is over.
pub(super) fn edges(
    s: &Scenario,
    look: &KnotSearch,
    hazards: &[Hazard],
    budget: &ReadingBudget<'_>,
) -> Vec<Edge> {
    let mut ends = EdgeTypes::new();
    for stand in look.stands.iter().filter(|stand| !stand.ended && !stand.meant) {
        if budget.is_over() {
            return Vec::new();
        }
        note(s, look, stand, &mut ends);
    }
    let reach = reach(&ends, budget);
    let closes = |from: LimitedResource, to: LimitedResource, hazard: &Hazard| {
        let leads = |a: LimitedResource, b: LimitedResource| {
            a == b || reach.get(&a).is_some_and(|set| set.contains(&b))
        };
        hazard.things.iter().any(|thing| leads(*thing, from) && leads(to, *thing))
    };
    let ends = ends.into_iter().take_while(|_| !budget.is_over());
    ends.map(|((from, to), (tasks, awaited))| {
        let mut of = hazards.iter().filter(|hazard| closes(from, to, hazard)).map(|hazard| hazard.stall);
        let hazard = of.clone().find(|stall| !stall).or_else(|| of.next());
        let (tasks, awaited) = (tasks.into_iter().collect(), awaited.into_iter().collect());
        Edge { from, to, tasks, awaited, hazard }
    })
    .collect()
}

/// What a task at a stand has, and what it needs itself or through those whose end it waits for.
fn note(s: &Scenario, look: &KnotSearch, stand: &HoldPoint, ends: &mut EdgeTypes) {
    let node = &look.nodes[stand.node];
    for (held, _) in &stand.holds {
        for need in stand
            .needs
            .iter()
            .filter(|need| !matches!(need, LimitedResource::Never | LimitedResource::Signal(_)))
        {
            ends.entry((*held, *need)).or_default().0.insert(node.task);
        }
        for (child, helped) in &stand.awaits {
            let child = &look.nodes[*child];
            let own = LimitedResource::Worker(s.pool_of(child.to));
            let needs = way(s, child.task, child.to).into_iter().flat_map(|stage| stage.needs);
            for need in needs.filter(|need| !(child.unseated || *helped && *need == own)) {
                let (tasks, awaited) = ends.entry((*held, need)).or_default();
                tasks.insert(node.task);
                awaited.insert(child.task);
            }
        }
    }
}

/// What each thing leads to.
fn reach(
    ends: &EdgeTypes,
    budget: &ReadingBudget<'_>,
) -> BTreeMap<LimitedResource, BTreeSet<LimitedResource>> {
    let mut reach: BTreeMap<LimitedResource, BTreeSet<LimitedResource>> = BTreeMap::new();
    for (from, to) in ends.keys() {
        reach.entry(*from).or_default().insert(*to);
    }
    let things: Vec<LimitedResource> = reach.keys().copied().collect();
    for via in things.iter().take_while(|_| !budget.is_over()) {
        let further = reach[via].clone();
        for set in reach.values_mut().filter(|set| set.contains(via)) {
            set.extend(&further);
        }
    }
    reach
}
