//! Which things can come to be held for ever, in a ring: the fixed point at the heart of the shape.
//!
//! Every thing is suspect at first. A thing is cleared if those who hold it while they need something suspect
//! are always fewer than there are of it: then somebody else has one, goes on, and gives it back. What stays
//! suspect when nothing more can be cleared can hang; the rings among those things are the knots.

use super::budget::ReadingBudget;
use super::demand::{HoldPoint, LimitedResource, MANY, Node, Numbers};
use crate::analysis::wait_for::graph::{AndOr, Mode};
use crate::model::id::ExecutorId;
use crate::model::program::Instruction;
use crate::model::scenario::Scenario;
use std::collections::{BTreeMap, BTreeSet};

/// A ring of things, and the stands in which tasks hold one of them and need another.
#[derive(Clone, Debug)]
pub(super) struct Knot {
    pub things: BTreeSet<LimitedResource>,
    /// Numbers of stands.
    pub stands: Vec<usize>,
}

/// The knots under certain numbers, and what they are made of.
pub(super) struct KnotSearch {
    /// Ways for tasks to come to be.
    pub nodes: Vec<Node>,
    /// Where such tasks can stand still.
    pub stands: Vec<HoldPoint>,
    /// Rings that remain.
    pub knots: Vec<Knot>,
}

/// What knots are looked for in.
pub(super) struct Net<'a> {
    s: &'a Scenario,
    nodes: &'a [Node],
    stands: &'a [HoldPoint],
    numbers: &'a Numbers,
    /// For each stand, all that must come before it goes on.
    needs: Vec<BTreeSet<LimitedResource>>,
    /// For each stand, whether it counts: one that goes on after a while hangs nothing.
    counts: Vec<bool>,
    /// For each resource, the most that a task asks for at once.
    largest: Vec<u64>,
    /// For each executor, the most tasks that can want a worker of it at once.
    wanting: Vec<u64>,
    budget: &'a ReadingBudget<'a>,
}

/// For each thing, which of these stands hold it, and how much of it.
fn holders(
    stands: &[HoldPoint],
    among: impl IntoIterator<Item = usize>,
) -> BTreeMap<LimitedResource, Vec<(usize, u64)>> {
    let mut found: BTreeMap<LimitedResource, Vec<(usize, u64)>> = BTreeMap::new();
    for at in among {
        for (thing, count) in &stands[at].holds {
            found.entry(*thing).or_default().push((at, *count));
        }
    }
    found
}

impl<'a> Net<'a> {
    /// `stalls`: what goes on after a timeout counts too.
    pub fn new(
        s: &'a Scenario,
        nodes: &'a [Node],
        stands: &'a [HoldPoint],
        numbers: &'a Numbers,
        stalls: bool,
        budget: &'a ReadingBudget<'a>,
    ) -> Net<'a> {
        let counts: Vec<bool> = stands.iter().map(|stand| stalls || !stand.timed).collect();
        let (largest, wanting) = (largest_claims(s), wanting_workers(s, nodes));
        let mut net = Net { s, nodes, stands, numbers, needs: Vec::new(), counts, largest, wanting, budget };
        net.needs = net.close();
        net
    }

    /// For each stand its own needs and those of everybody whose end it needs.
    fn close(&self) -> Vec<BTreeSet<LimitedResource>> {
        // For each node: what its way to a worker needs, and what its steps need.
        let mut start: Vec<BTreeSet<LimitedResource>> = vec![BTreeSet::new(); self.nodes.len()];
        for (number, node) in self.nodes.iter().enumerate() {
            let way = super::demand::way(self.s, node.task, node.to);
            start[number].extend(way.iter().flat_map(|stage| &stage.needs).filter(|_| !node.unseated));
        }
        let mut steps: Vec<BTreeSet<LimitedResource>> = vec![BTreeSet::new(); self.nodes.len()];
        loop {
            let mut changed = false;
            // Children come after their parents.
            for (number, stand) in self.stands.iter().enumerate().rev() {
                if self.budget.is_over() {
                    return vec![BTreeSet::new(); self.stands.len()];
                }
                if self.counts[number] && !stand.ended {
                    let needs = self.of_stand(stand, &start, &steps);
                    let of_node = if stand.pc.is_some() { &mut steps } else { &mut start };
                    let known = of_node[stand.node].len();
                    of_node[stand.node].extend(needs);
                    changed |= of_node[stand.node].len() > known;
                }
            }
            if !changed {
                break;
            }
        }
        self.stands.iter().map(|stand| self.of_stand(stand, &start, &steps)).collect()
    }

    fn of_stand(
        &self,
        stand: &HoldPoint,
        start: &[BTreeSet<LimitedResource>],
        steps: &[BTreeSet<LimitedResource>],
    ) -> BTreeSet<LimitedResource> {
        let mut needs = stand.needs.clone();
        for (node, helped) in &stand.awaits {
            let own = LimitedResource::Worker(self.s.pool_of(self.nodes[*node].to));
            needs.extend(start[*node].iter().filter(|thing| !(*helped && **thing == own)));
            needs.extend(&steps[*node]);
        }
        needs
    }

    /// What stays suspect, leaving out rings that were cleared otherwise: the greatest fixed point, whatever the order in
    /// which things are cleared.
    fn suspects(&self, cleared: &[BTreeSet<LimitedResource>]) -> BTreeSet<LimitedResource> {
        let mut suspects: BTreeSet<LimitedResource> = self.needs.iter().flatten().copied().collect();
        suspects.insert(LimitedResource::Never);
        let mut needers: BTreeMap<LimitedResource, Vec<usize>> = BTreeMap::new();
        // For each stand, how many suspect things it needs: none, and it does not stand still.
        let mut suspect_needs = vec![0usize; self.stands.len()];
        for at in (0..self.stands.len()).filter(|at| self.counts[*at]) {
            for thing in self.needs_of(at, cleared) {
                needers.entry(thing).or_default().push(at);
                suspect_needs[at] += 1;
            }
        }
        let holders = holders(self.stands, 0..self.stands.len());
        let mut open: BTreeSet<LimitedResource> = suspects.clone();
        open.remove(&LimitedResource::Never);
        while let Some(thing) = open.pop_first() {
            if self.budget.is_over() {
                break;
            }
            let all = holders.get(&thing).map_or(&[][..], Vec::as_slice);
            let stuck = all.iter().copied().filter(|(at, _)| suspect_needs[*at] > 0);
            if !suspects.contains(&thing) || self.can_run_out(thing, stuck) {
                continue;
            }
            suspects.remove(&thing);
            for at in needers.get(&thing).into_iter().flatten() {
                suspect_needs[*at] -= 1;
                if suspect_needs[*at] == 0 {
                    let held = self.stands[*at].holds.iter().map(|(held, _)| *held);
                    open.extend(
                        held.filter(|held| suspects.contains(held) && *held != LimitedResource::Never),
                    );
                }
            }
        }
        suspects
    }

    /// A stand's needs without those that only close a cleared ring.
    fn needs_of(
        &self,
        stand: usize,
        cleared: &[BTreeSet<LimitedResource>],
    ) -> impl Iterator<Item = LimitedResource> {
        let holds = &self.stands[stand].holds;
        let inside: Vec<&BTreeSet<LimitedResource>> =
            cleared.iter().filter(|ring| holds.iter().any(|(thing, _)| ring.contains(thing))).collect();
        self.needs[stand].iter().copied().filter(move |thing| !inside.iter().any(|ring| ring.contains(thing)))
    }

    /// Whether these stands, each with how much it holds, can hold all there is of a thing.
    fn can_run_out(&self, thing: LimitedResource, holders: impl Iterator<Item = (usize, u64)>) -> bool {
        // Tasks behind one cap are counted together.
        let mut held: BTreeMap<Option<LimitedResource>, u64> = BTreeMap::new();
        // For each node: how much one task holds, and whether it still does when it has ended.
        let mut of_node: BTreeMap<usize, (u64, bool)> = BTreeMap::new();
        for (at, count) in holders {
            let stand = &self.stands[at];
            let (most, ended) = of_node.entry(stand.node).or_default();
            *most = (*most).max(count);
            *ended |= stand.ended;
        }
        let passed = matches!(
            thing,
            LimitedResource::Worker(_) | LimitedResource::Carrier(_) | LimitedResource::Resource(_)
        );
        // A task and those that follow it count once.
        let mut of_family: BTreeMap<(usize, Option<LimitedResource>), u64> = BTreeMap::new();
        for (node, (each, ended)) in of_node {
            let node = &self.nodes[node];
            let tasks = match passed {
                // One after the other keeps something.
                _ if ended => node.ever,
                true => node.run,
                false => node.exist,
            };
            let most = of_family.entry((node.family, node.cap.filter(|_| passed))).or_default();
            *most = (*most).max(tasks.saturating_mul(each));
        }
        for ((_, cap), most) in of_family {
            let sum = held.entry(cap).or_default();
            *sum = sum.saturating_add(most);
        }
        let total = held.iter().fold(0u64, |total, (cap, sum)| {
            let limit = cap.map_or(MANY, |cap| self.numbers.capacity(self.s, cap));
            // A task may hold several permits; then the cap bounds nothing simple.
            let bounded = if matches!(thing, LimitedResource::Worker(_)) { (*sum).min(limit) } else { *sum };
            total.saturating_add(bounded)
        });
        if let LimitedResource::Worker(pool) = thing
            && self.wanting[pool.index()] <= self.numbers.capacity(self.s, thing)
        {
            // Each has a worker of its own.
            return false;
        }
        let enough = self.enough(thing);
        if total < enough || (total == 0 && enough > 0) {
            return false;
        }
        match thing {
            LimitedResource::Room(executor) => self.can_overflow(executor),
            _ => true,
        }
    }

    /// How much of a thing must be held for somebody to find too little of it: all of it, or so much that the largest
    /// request finds one too few.
    fn enough(&self, thing: LimitedResource) -> u64 {
        let capacity = self.numbers.capacity(self.s, thing);
        let LimitedResource::Resource(resource) = thing else { return capacity.max(1) };
        let largest = self.largest.get(resource.index()).copied().unwrap_or(1);
        capacity.saturating_sub(largest.saturating_sub(1))
    }

    /// A queue that stays full has all workers taken besides, and one more task in front of it.
    fn can_overflow(&self, executor: ExecutorId) -> bool {
        let passing = self.nodes.iter().filter(|node| {
            super::demand::way(self.s, node.task, node.to).iter().any(|stage| stage.executor == executor)
        });
        let total = passing.fold(0u64, |total, node| total.saturating_add(node.exist));
        let room = self.numbers.capacity(self.s, LimitedResource::Room(executor));
        total > room.saturating_add(self.numbers.workers[executor.index()])
    }

    /// Returns the knots found.
    pub fn knots(&self) -> Vec<Knot> {
        let mut cleared: Vec<BTreeSet<LimitedResource>> = Vec::new();
        loop {
            let suspects = self.suspects(&cleared);
            let rings = self.rings(&suspects, &cleared);
            if self.budget.is_over() {
                return rings;
            }
            let harmless = rings.iter().find(|knot| self.is_harmless(knot));
            match harmless {
                Some(knot) => cleared.push(knot.things.clone()),
                None => {
                    let mut knots = rings;
                    self.push_for_ever(&suspects, &cleared, &mut knots);
                    return knots;
                }
            }
        }
    }

    /// The strongly connected parts of "who holds this needs that".
    fn rings(
        &self,
        suspects: &BTreeSet<LimitedResource>,
        cleared: &[BTreeSet<LimitedResource>],
    ) -> Vec<Knot> {
        let mut reach: BTreeMap<LimitedResource, BTreeSet<LimitedResource>> = BTreeMap::new();
        for at in (0..self.stands.len()).filter(|at| self.counts[*at]) {
            for (held, _) in self.stands[at].holds.iter().filter(|(held, _)| suspects.contains(held)) {
                let needs = self
                    .needs_of(at, cleared)
                    .filter(|need| *need != LimitedResource::Never && suspects.contains(need));
                reach.entry(*held).or_default().extend(needs);
            }
        }
        let things: Vec<LimitedResource> = reach.keys().copied().collect();
        let mut graph = AndOr::default();
        for needs in reach.values() {
            graph.push(
                Mode::Any,
                needs.iter().filter_map(|need| Some(things.binary_search(need).ok()? as u32)),
            );
        }
        let (component, _) = graph.components(|_| true);
        // In order of the first thing of each.
        let mut rings: Vec<(u32, BTreeSet<LimitedResource>)> = Vec::new();
        let mut known: BTreeMap<u32, usize> = BTreeMap::new();
        for (thing, component) in things.iter().zip(component) {
            let at = *known.entry(component).or_insert_with(|| {
                rings.push((component, BTreeSet::new()));
                rings.len() - 1
            });
            rings[at].1.insert(*thing);
        }
        let needs_itself =
            |things: &BTreeSet<LimitedResource>| things.iter().any(|thing| reach[thing].contains(thing));
        let rings = rings.into_iter().map(|(_, things)| things);
        let rings = rings.filter(|things| things.len() > 1 || needs_itself(things));
        let with_stands = |things: BTreeSet<LimitedResource>| {
            let inside = |at: &usize| {
                self.counts[*at]
                    && self.stands[*at].holds.iter().any(|(thing, _)| things.contains(thing))
                    && self.needs_of(*at, cleared).any(|thing| things.contains(&thing))
            };
            Knot { stands: (0..self.stands.len()).filter(inside).collect(), things: things.clone() }
        };
        rings.map(with_stands).collect()
    }

    /// A ring that needs two tasks at once where there can be but one: there is only one, or all of them hold
    /// something that only one can have.
    fn is_harmless(&self, knot: &Knot) -> bool {
        let alone = |at: &usize| {
            let stand = &self.stands[*at];
            stand
                .holds
                .iter()
                .any(|(thing, _)| knot.things.contains(thing) && self.needs[*at].contains(thing))
        };
        if knot.stands.iter().any(alone) {
            return false;
        }
        let nodes: BTreeSet<usize> = knot.stands.iter().map(|at| self.stands[*at].node).collect();
        let tasks = nodes.iter().fold(0u64, |total, node| total.saturating_add(self.nodes[*node].run));
        if tasks <= 1 {
            return true;
        }
        let gate = |thing: &LimitedResource| {
            !knot.things.contains(thing)
                && self.numbers.capacity(self.s, *thing) == 1
                && knot.stands.iter().all(|at| self.stands[*at].holds.iter().any(|(held, _)| held == thing))
        };
        self.stands[knot.stands[0]].holds.iter().any(|(thing, _)| gate(thing))
    }

    /// What is kept by tasks that never give it back, and waits for what never comes.
    fn push_for_ever(
        &self,
        suspects: &BTreeSet<LimitedResource>,
        cleared: &[BTreeSet<LimitedResource>],
        knots: &mut Vec<Knot>,
    ) {
        let known: BTreeSet<LimitedResource> = knots.iter().flat_map(|knot| knot.things.clone()).collect();
        for thing in
            suspects.iter().filter(|thing| **thing != LimitedResource::Never && !known.contains(thing))
        {
            let keeps = |at: &usize| {
                let stand = &self.stands[*at];
                self.counts[*at]
                    && stand.needs.contains(&LimitedResource::Never)
                    && stand.holds.iter().any(|(held, _)| held == thing)
            };
            let keepers: Vec<usize> = (0..self.stands.len()).filter(keeps).collect();
            let kept = holders(self.stands, keepers.iter().copied()).remove(thing).unwrap_or_default();
            let wanted = |at: &usize| self.counts[*at] && self.stands[*at].needs.contains(thing);
            let wanting: Vec<usize> = (0..self.stands.len()).filter(wanted).collect();
            if !wanting.is_empty()
                && self.can_run_out(*thing, kept.into_iter())
                && self.leaves_somebody(*thing, &keepers, &wanting)
            {
                knots.push(Knot { things: BTreeSet::from([*thing]), stands: keepers });
            }
        }
        let waits = |at: &usize| {
            let stand = &self.stands[*at];
            self.counts[*at]
                && !stand.meant
                && self.needs_of(*at, cleared).any(|thing| thing == LimitedResource::Never)
        };
        let stands: Vec<usize> = (0..self.stands.len()).filter(waits).collect();
        if !stands.is_empty() {
            knots.push(Knot { things: BTreeSet::from([LimitedResource::Never]), stands });
        }
    }

    /// Whether there is a task left to want a thing when others keep all there is of it.
    fn leaves_somebody(&self, thing: LimitedResource, keepers: &[usize], wanting: &[usize]) -> bool {
        let nodes: BTreeSet<usize> = keepers.iter().chain(wanting).map(|at| self.stands[*at].node).collect();
        let tasks = nodes.iter().fold(0u64, |total, node| total.saturating_add(self.nodes[*node].ever));
        let held = keepers.iter().flat_map(|at| &self.stands[*at].holds);
        let each = held.filter(|(held, _)| *held == thing).map(|(_, count)| *count).max().unwrap_or(1);
        tasks.saturating_mul(each.max(1)) >= self.enough(thing).saturating_add(1)
    }
}

/// For each executor, the most tasks that can want a worker of it at once.
fn wanting_workers(s: &Scenario, nodes: &[Node]) -> Vec<u64> {
    let mut of_family: BTreeMap<(ExecutorId, usize), u64> = BTreeMap::new();
    for node in nodes.iter().filter(|node| !node.unseated) {
        let most = of_family.entry((s.pool_of(node.to), node.family)).or_default();
        *most = (*most).max(node.exist);
    }
    let mut wanting = vec![0u64; s.executors.len()];
    for ((pool, _), most) in of_family {
        wanting[pool.index()] = wanting[pool.index()].saturating_add(most);
    }
    wanting
}

fn largest_claims(s: &Scenario) -> Vec<u64> {
    let mut largest = vec![1u64; s.resources.len()];
    for instruction in s.tasks.iter().flat_map(|task| &task.program.code) {
        if let Instruction::Acquire { resource, claim, .. } = instruction {
            let known = &mut largest[resource.index()];
            *known = (*known).max(u64::from(claim.permits()));
        }
    }
    largest
}
