//! The shape of a scenario, read without running it: who waits for whom, on which executor, while holding what.
//!
//! It says what can hang, with the smallest number of simultaneous tasks that it takes and the smallest pool that
//! is safe. Invariant: what can hang in any order, whatever the durations, has a hazard here; a scenario without
//! one cannot hang. The other way round it is careful: a hazard may need an order that the program does not allow
//! (`maybe`s that never go that way, keys that differ), so exploration has the last word. Deliberately absent:
//! time, and runs.

mod budget;
mod carriers;
mod children;
mod contention;
mod demand;
mod edges;
mod handover;
mod hazard;
mod holding;
mod knots;
mod nodes;
mod program;
mod reading;
pub mod rules;
mod sharing;
mod stands;
mod supply;
mod tokens;
mod words;

pub use demand::LimitedResource;
pub use edges::Edge;
pub use hazard::{AwaitedTask, Hazard, HazardKind, HazardPlace, PoolSize};

use crate::analysis::cancellation::{ShouldContinue, without_bound};
use crate::model::id::{ArrivalId, ExecutorId, TaskTypeId};
use crate::model::scenario::Scenario;
use budget::ReadingBudget;
use demand::{HoldPoint, MANY, Numbers};
use handover::Handover;
use knots::{Knot, KnotSearch, Net};
use reading::Reading;
use stands::HoldPointInputs;
use std::collections::{BTreeSet, VecDeque};
use supply::Supply;

/// Steps times things that can be held or outstanding at each: what is larger is not read.
const MAX_READ: usize = 1_000_000;
/// More workers than this are not tried.
const MAX_WORKERS: u64 = 1_000_000;

/// What a scenario's shape comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// What can hang, or stall until a timeout.
    pub hazards: Vec<Hazard>,
    /// Who has what and needs what meanwhile, whether it can hang or not; none where reading was ended from outside.
    pub edges: Vec<Edge>,
    /// False: there is too much to read, tasks can be created in too many ways, or reading was ended from outside before
    /// it came to something; nothing is known.
    pub known: bool,
    /// Reading was ended from outside.
    pub is_cut: bool,
}

/// What can happen to a scenario by its shape; all of it where its shape is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dangers {
    /// Some order can hang for ever.
    pub can_hang: bool,
    /// Some order can hang, or stand still until a timeout.
    pub can_stand_still: bool,
}

struct Reader<'a> {
    s: &'a Scenario,
    readings: Vec<Reading>,
    handovers: Vec<Handover>,
    raises: Vec<Vec<bool>>,
    budget: &'a ReadingBudget<'a>,
}

/// Reads every program: first as if any task might fail, then with those that surely end well.
fn read_programs(s: &Scenario, budget: &ReadingBudget<'_>) -> (Vec<Reading>, Vec<Handover>) {
    let (readings, handovers) = read_with(s, &vec![false; s.tasks.len()], budget);
    if !handover::is_calm(s) {
        return (readings, handovers);
    }
    let raises = contention::raises(s, &readings, budget);
    let ends_well: Vec<bool> = raises.iter().map(|steps| !steps.contains(&true)).collect();
    read_with(s, &ends_well, budget)
}

/// Reads every program, until what tasks hand over to their parents changes no more. Where that has no end, nothing is
/// handed over.
fn read_with(s: &Scenario, ends_well: &[bool], budget: &ReadingBudget<'_>) -> (Vec<Reading>, Vec<Handover>) {
    let none = vec![Handover::none(s.resources.len()); s.tasks.len()];
    let read = |kind: usize, handovers: &[Handover]| {
        program::read(&s.tasks[kind].program, s.resources.len(), handovers, budget)
    };
    let read_all = |handovers: &[Handover]| (0..s.tasks.len()).map(|kind| read(kind, handovers)).collect();
    let mut handovers = none.clone();
    let mut readings: Vec<Reading> = read_all(&handovers);
    let submitters = submitters(s);
    let mut changed: BTreeSet<usize> = (0..s.tasks.len()).collect();
    // A child of a child of a child hands over after as many rounds.
    for _ in 0..=s.tasks.len() + 1 {
        let of = |kind: usize| Handover::of(s, &s.tasks[kind].program, &readings[kind], ends_well[kind]);
        let now: Vec<(usize, Handover)> = changed
            .iter()
            .map(|kind| (*kind, of(*kind)))
            .filter(|(kind, handover)| handovers[*kind] != *handover)
            .collect();
        if now.is_empty() || budget.is_over() {
            return (readings, handovers);
        }
        // Only those who submit them read anything else than before.
        changed = now.iter().flat_map(|(kind, _)| &submitters[*kind]).copied().collect();
        for (kind, handover) in now {
            handovers[kind] = handover;
        }
        for kind in &changed {
            readings[*kind] = read(*kind, &handovers);
        }
    }
    (read_all(&none), none)
}

/// For each task type, the types that submit it.
fn submitters(s: &Scenario) -> Vec<BTreeSet<usize>> {
    let mut submitters = vec![BTreeSet::new(); s.tasks.len()];
    for (kind, task) in s.tasks.iter().enumerate() {
        for submit in &task.program.submits {
            submitters[submit.task.index()].insert(kind);
        }
    }
    submitters
}

/// Whether a scenario is small enough to be read: what a task holds and has outstanding is kept for every step.
fn is_readable(s: &Scenario) -> bool {
    let entries = s.arrivals.iter().filter(|entry| entry.pattern.most() != Some(0)).count();
    let steps = s.tasks.iter().map(|task| {
        (task.program.code.len() + 1).saturating_mul(s.resources.len() + task.program.submits.len() / 8 + 1)
    });
    entries <= nodes::MAX_NODES && steps.fold(0, usize::saturating_add) <= MAX_READ
}

impl Shape {
    /// Reads a scenario.
    pub fn read(s: &Scenario) -> Shape {
        Shape::read_while(s, &without_bound)
    }

    /// The same for as long as it may go on. What can hang is told if that is known by then; the smallest numbers with
    /// which it does are left out, or not the smallest.
    pub fn read_while(s: &Scenario, may_go_on: ShouldContinue<'_>) -> Shape {
        let budget = ReadingBudget::new(may_go_on);
        let unknown = || Shape { is_cut: budget.is_over(), ..Shape::default() };
        if !is_readable(s) {
            return Shape::default();
        }
        let (reader, numbers) = (Reader::new(s, &budget), Numbers::of(s));
        let Some(hanging) = reader.look(&numbers, false) else { return unknown() };
        let Some(stalling) = reader.look(&numbers, true) else { return unknown() };
        let mut hazards = Vec::new();
        let known: BTreeSet<LimitedResource> =
            hanging.knots.iter().flat_map(|knot| knot.things.clone()).collect();
        for knot in &hanging.knots {
            hazards.push(reader.hazard(&hanging, knot, &numbers, false));
        }
        for knot in stalling.knots.iter().filter(|knot| knot.things.is_disjoint(&known)) {
            hazards.push(reader.hazard(&stalling, knot, &numbers, true));
        }
        let edges = edges::edges(s, &hanging, &hazards, &budget);
        let is_cut = budget.is_over();
        Shape { hazards, edges: if is_cut { Vec::new() } else { edges }, known: true, is_cut }
    }

    /// Whether some order can hang for ever, and whether one can stand still until a timeout at least: what
    /// [`Shape::read_while`] says, without saying how, which takes much longer.
    pub fn dangers(s: &Scenario, may_go_on: ShouldContinue<'_>) -> Dangers {
        if !is_readable(s) {
            return Dangers { can_hang: true, can_stand_still: true };
        }
        let budget = ReadingBudget::new(may_go_on);
        let (reader, numbers) = (Reader::new(s, &budget), Numbers::of(s));
        let finds = |stalls: bool| reader.look(&numbers, stalls).is_none_or(|look| !look.knots.is_empty());
        let can_hang = finds(false);
        Dangers { can_hang, can_stand_still: can_hang || finds(true) }
    }

    /// Takes out what no order comes to, once all have been looked at: whether one hangs, and whether one stalls until
    /// a timeout. Returns it.
    pub fn withdraw(&mut self, hangs: bool, stalls: bool) -> Vec<Hazard> {
        self.known = true;
        // A ring that seemed to hang, and that a timeout breaks after all.
        if !hangs && stalls && self.hazards.iter().all(|hazard| !hazard.stall) {
            self.hazards.iter_mut().for_each(|hazard| hazard.stall = true);
            self.edges.iter_mut().for_each(|edge| edge.hazard = edge.hazard.map(|_| true));
        }
        let stands = |stall: bool| if stall { stalls } else { hangs };
        for edge in &mut self.edges {
            edge.hazard = edge.hazard.filter(|stall| stands(*stall));
        }
        let (stand, withdrawn) =
            std::mem::take(&mut self.hazards).into_iter().partition(|hazard| stands(hazard.stall));
        self.hazards = stand;
        withdrawn
    }

    /// An order was found that deadlocks: if there is only one ring, it is that.
    pub fn mark_shown(&mut self) {
        let mut rings = self.hazards.iter_mut().filter(|hazard| !hazard.stall);
        if let (Some(only), None) = (rings.next(), rings.next()) {
            only.is_shown = true;
        }
    }

    /// Whether some order can hang for ever.
    pub fn can_hang(&self) -> bool {
        !self.known || self.hazards.iter().any(|hazard| !hazard.stall)
    }
}

impl<'a> Reader<'a> {
    fn new(s: &'a Scenario, budget: &'a ReadingBudget<'a>) -> Reader<'a> {
        let (mut readings, handovers) = read_programs(s, budget);
        let raises = contention::raises(s, &readings, budget);
        for (reading, raises) in readings.iter_mut().zip(&raises) {
            reading.mark_orphans(raises);
        }
        Reader { s, readings, handovers, raises, budget }
    }

    /// The rings under certain numbers; `None` if tasks come to be in too many ways, or the budget is over.
    fn look(&self, numbers: &Numbers, stalls: bool) -> Option<KnotSearch> {
        let budget = self.budget;
        let nodes = nodes::grow(self.s, &self.readings, numbers, budget)?;
        let contended = contention::contended(self.s, &self.readings, &nodes, numbers, &self.raises, budget);
        let acts_owned = handover::acts_owned(self.s, &self.readings, &self.handovers, &nodes);
        let supply = Supply::of(self.s, &nodes, &self.raises);
        let ground = HoldPointInputs {
            s: self.s,
            readings: &self.readings,
            nodes: &nodes,
            supply: &supply,
            acts_owned: &acts_owned,
            numbers,
            contended: &contended,
            raises: &self.raises,
            budget,
        };
        let stands = ground.stands();
        if budget.is_over() {
            return None;
        }
        let knots = Net::new(self.s, &nodes, &stands, numbers, stalls, budget).knots();
        (!budget.is_over()).then_some(KnotSearch { nodes, stands, knots })
    }

    /// Whether a ring through one of these things remains under other numbers; `None` if that was not looked at, for want
    /// of budget.
    fn remains(&self, numbers: &Numbers, things: &BTreeSet<LimitedResource>, stalls: bool) -> Option<bool> {
        if !self.budget.allows_look() {
            return None;
        }
        let look = self.look(numbers, stalls);
        let visited = look.as_ref().map_or(nodes::MAX_NODES, |look| look.nodes.len() + look.stands.len());
        self.budget.visit(visited);
        let Some(look) = look else { return (!self.budget.is_over()).then_some(true) };
        Some(look.knots.iter().any(|knot| !knot.things.is_disjoint(things)))
    }

    fn hazard(&self, look: &KnotSearch, knot: &Knot, numbers: &Numbers, stall: bool) -> Hazard {
        let least = self.fewest_arrivals(numbers, &knot.things, stall);
        let is_estimate = least.is_none();
        let arrivals = least.map_or(Vec::new(), |least| least.arrivals);
        let enough = arrivals.into_iter().enumerate().filter(|(_, count)| *count > 0);
        let enough = enough.map(|(entry, count)| (ArrivalId(entry as u16), count)).collect();
        let pools = knot.things.iter().filter_map(|thing| match thing {
            LimitedResource::Worker(pool) => Some(*pool),
            _ => None,
        });
        let sizes = pools.filter_map(|pool| self.safe_size(numbers, &knot.things, pool, stall)).collect();
        let mut places: Vec<HazardPlace> = Vec::new();
        for at in &knot.stands {
            let place = self.place(look, knot, *at);
            if !places.contains(&place) {
                places.push(place);
            }
        }
        Hazard {
            sort: sort(knot),
            stall,
            things: knot.things.iter().copied().collect(),
            places,
            enough,
            is_estimate,
            is_shown: false,
            sizes,
        }
    }

    fn place(&self, look: &KnotSearch, knot: &Knot, at: usize) -> HazardPlace {
        let stand = &look.stands[at];
        let holds = stand.holds.iter().map(|(thing, _)| *thing).filter(|thing| knot.things.contains(thing));
        let mut needs = stand.needs.clone();
        for (node, _) in &stand.awaits {
            let node = &look.nodes[*node];
            needs.extend(demand::way(self.s, node.task, node.to).into_iter().flat_map(|stage| stage.needs));
        }
        let needs = needs_of_ring(self.s, knot, &needs);
        let through = if needs.is_empty() { awaited(self.s, look, knot, stand) } else { None };
        HazardPlace {
            task: look.nodes[stand.node].task,
            pc: stand.pc,
            holds: holds.collect(),
            needs,
            through,
        }
    }

    /// Takes arrivals away, entry by entry, as long as the ring remains; `None` where the budget did not last for all.
    fn fewest_arrivals(
        &self,
        numbers: &Numbers,
        things: &BTreeSet<LimitedResource>,
        stall: bool,
    ) -> Option<Numbers> {
        let mut least = numbers.clone();
        for entry in (0..least.arrivals.len()).rev() {
            let mut remains = |count: u64| {
                least.arrivals[entry] = count;
                self.remains(&least, things, stall)
            };
            let most = numbers.arrivals[entry];
            let fewest = smallest(most, &mut remains)?;
            least.arrivals[entry] = fewest;
        }
        Some(least)
    }

    /// How large a pool must be; `None` where the budget did not last to find out.
    fn safe_size(
        &self,
        numbers: &Numbers,
        things: &BTreeSet<LimitedResource>,
        pool: ExecutorId,
        stall: bool,
    ) -> Option<PoolSize> {
        let mut other = numbers.clone();
        let now = numbers.workers[pool.index()];
        let mut is_safe = |more: u64| {
            other.workers[pool.index()] = now.saturating_add(more);
            Some(!self.remains(&other, things, stall)?)
        };
        let safe = match is_safe(MAX_WORKERS)? {
            true => Some(now.saturating_add(smallest(MAX_WORKERS, &mut is_safe)?)),
            false => None,
        };
        Some(PoolSize { pool, now, safe })
    }
}

/// What of some needs belongs to a ring, or never comes.
fn needs_of_ring(s: &Scenario, knot: &Knot, needs: &BTreeSet<LimitedResource>) -> Vec<LimitedResource> {
    let is_told =
        |thing: &LimitedResource| matches!(thing, LimitedResource::Signal(_)) || demand::is_shut(s, *thing);
    // Such a thing says what never comes.
    let says_more = needs.iter().any(is_told);
    let is_part = |thing: &&LimitedResource| match thing {
        LimitedResource::Never => !says_more,
        thing => is_told(thing) || knot.things.contains(thing),
    };
    needs.iter().filter(is_part).copied().collect()
}

/// The nearest of those whose end a task waits for that needs something of the ring: its children first, then theirs.
fn awaited(s: &Scenario, look: &KnotSearch, knot: &Knot, stand: &HoldPoint) -> Option<AwaitedTask> {
    let mut open: VecDeque<(usize, Vec<TaskTypeId>)> =
        stand.awaits.iter().map(|(node, _)| (*node, Vec::new())).collect();
    let mut seen: BTreeSet<usize> = open.iter().map(|(node, _)| *node).collect();
    while let Some((node, between)) = open.pop_front() {
        let task = look.nodes[node].task;
        for stand in look.stands.iter().filter(|stand| stand.node == node && !stand.ended) {
            let needs = needs_of_ring(s, knot, &stand.needs);
            if !needs.is_empty() {
                return Some(AwaitedTask { between, task, pc: stand.pc, needs });
            }
            let further = stand.awaits.iter().map(|(node, _)| *node).filter(|node| seen.insert(*node));
            let way = || between.iter().copied().chain([task]).collect();
            open.extend(further.map(|node| (node, way())));
        }
    }
    None
}

/// The smallest number up to `most` of which `holds` is true; it is true of `most`, and of all above a true one. `None` if
/// of one it cannot be told.
fn smallest(most: u64, holds: &mut dyn FnMut(u64) -> Option<bool>) -> Option<u64> {
    let mut high = 1u64;
    if holds(0)? {
        return Some(0);
    }
    while high < most && !holds(high)? {
        high = high.saturating_mul(2);
    }
    let (mut low, mut high) = (high / 2, high.min(most));
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(if most == MANY && high == MANY { MANY } else { high })
}

fn sort(knot: &Knot) -> HazardKind {
    let has = |is: fn(&LimitedResource) -> bool| knot.things.iter().any(is);
    let workers = knot.things.iter().filter(|thing| matches!(thing, LimitedResource::Worker(_))).count();
    if has(|thing| *thing == LimitedResource::Never) {
        HazardKind::NeverComes
    } else if has(|thing| matches!(thing, LimitedResource::Room(_))) {
        HazardKind::FullQueue
    } else if has(|thing| {
        matches!(
            thing,
            LimitedResource::Slot(..)
                | LimitedResource::Head(_)
                | LimitedResource::Taken(_)
                | LimitedResource::Scheduler(_)
        )
    }) {
        HazardKind::Intake
    } else if has(|thing| matches!(thing, LimitedResource::Carrier(_))) {
        HazardKind::Pinned
    } else if has(|thing| matches!(thing, LimitedResource::Resource(_))) {
        if workers > 0 { HazardKind::HeldOverWait } else { HazardKind::LockOrder }
    } else if workers > 1 {
        HazardKind::PoolRing
    } else {
        HazardKind::SelfWait
    }
}
