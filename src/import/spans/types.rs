//! Tasks that did the same become one task type: the same name, and the same marks (submissions, waits, nested slices) in
//! the same order.
//!
//! Invariant: a type's children have smaller numbers than it has, so types stand children first.

use super::super::names::kind_of;
use super::super::order::sort_by_key;
use super::links::Instance;
use super::pools::Pool;
use super::program::Item;
use super::record::{self, Own, Record};
use super::tree::Tree;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// Shapes of one name that are kept apart; what comes beyond that is one stretch of time.
const MAX_SHAPES: usize = 6;
/// Names that are kept apart.
const MAX_NAMES: usize = 200;
/// Items of a task beyond which its steps are not told.
const MAX_ITEMS: usize = 200;
/// What the rest is called.
const OTHER: &str = "other";

/// One step of a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    Spend { name: Option<u32> },
    Submit { kind: u32, pool: u32 },
    Wait { children: Vec<usize>, is_guess: bool },
    Acquire { lock: u32 },
    Release { lock: u32 },
    Forever,
}

/// A task type.
#[derive(Debug)]
pub(super) struct TaskKind {
    /// Its name in the trace.
    pub name: String,
    pub steps: Vec<Step>,
    /// Its tasks, in order of their ordinals if it is paired, else of their starts.
    pub instances: Vec<u32>,
    /// For each step the time it took each instance; empty for marks.
    pub times: Vec<Vec<u64>>,
    /// Whether instance number n of the simulation is `instances[n]`.
    pub is_paired: bool,
}

/// Tasks, and what each did step by step.
pub(super) struct Source<'a> {
    pub record: &'a Record,
    pub tree: &'a Tree,
    /// The items of a task, each with the time it took (0 for marks).
    pub items: &'a ItemsOf<'a>,
}

/// Tells what a task did.
pub(crate) type ItemsOf<'a> = dyn Fn(&[Instance], &Instance) -> Vec<(Item, u64)> + 'a;

/// All types, and the type of each task.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    pub list: Vec<TaskKind>,
    pub of: Vec<u32>,
    /// Tasks whose shape is not kept.
    pub flat: usize,
    /// Tasks whose parent's shape is not kept: they arrive from outside.
    pub orphans: usize,
    /// Names that became `other`.
    pub folded: usize,
}

impl Kinds {
    /// Sorts the tasks into types. Those whose parents forget them lose their parents.
    pub fn of(source: &Source<'_>, pools: &[Pool], instances: &mut [Instance]) -> Kinds {
        let mut kinds = Kinds { of: vec![0; instances.len()], ..Kinds::default() };
        let (names, name_of) = kinds.names(source, instances);
        // An async operation and a thread's span of one name are two types: one waits, the other works.
        let mut known: HashMap<(u32, bool, Vec<Step>), u32> = HashMap::new();
        let mut shapes: Vec<usize> = vec![0; names.len()];
        // Children start after their parents and stand behind them.
        for number in (0..instances.len()).rev() {
            let instance = &instances[number];
            let name = name_of[number];
            // What has more children than may be told is not looked at: that could take for ever.
            let is_told = instance.children.len() <= MAX_ITEMS;
            let (steps, mut times) =
                if is_told { kinds.steps(source, instances, instance) } else { Default::default() };
            let mut key = (name, pools[instance.pool as usize].is_async, steps);
            let is_known = known.contains_key(&key);
            let count = &mut shapes[name as usize];
            if !is_told || (!is_known && (*count >= MAX_SHAPES || key.2.len() > MAX_ITEMS)) {
                let whole = u64::try_from(instance.to - instance.from).unwrap_or(0);
                (key.2, times) = (vec![Step::Spend { name: None }], vec![whole]);
                kinds.flat += 1;
                for child in instances[number].children.clone() {
                    let child = &mut instances[child as usize];
                    if let Some((_, at)) = child.parent.take() {
                        child.submitted.get_or_insert(at);
                        kinds.orphans += 1;
                    }
                }
                instances[number].children.clear();
            } else if !is_known {
                *count += 1;
            }
            let kind = *known.entry(key).or_insert_with_key(|(name, _, steps)| {
                let times = vec![Vec::new(); steps.len()];
                let (name, steps) = (names[*name as usize].clone(), steps.clone());
                kinds.list.push(TaskKind { name, steps, instances: Vec::new(), times, is_paired: false });
                kinds.list.len() as u32 - 1
            });
            let of = &mut kinds.list[kind as usize];
            of.instances.push(number as u32);
            of.times.iter_mut().zip(times).for_each(|(series, time)| series.push(time));
            kinds.of[number] = kind;
        }
        kinds.pair(instances);
        kinds
    }

    /// The names of types, and which is that of each task. Of too many the ones with the most time are kept.
    fn names(&mut self, source: &Source<'_>, instances: &[Instance]) -> (Vec<String>, Vec<u32>) {
        let name = |instance: &Instance| {
            let node = &source.tree.nodes[instance.node as usize];
            match node.own {
                Own::Task { kind, .. } => source.record.names.get(kind),
                Own::State | Own::Foreign => kind_of(source.record.names.get(node.name)),
            }
        };
        let mut names = record::Names::default();
        let mut of: Vec<u32> = instances.iter().map(|instance| names.number(name(instance))).collect();
        let mut names = names.list;
        if names.len() > MAX_NAMES {
            let mut time: Vec<(i128, usize)> = (0..names.len()).map(|number| (0, number)).collect();
            for (number, instance) in of.iter().zip(instances) {
                time[*number as usize].0 += i128::from(instance.to - instance.from);
            }
            sort_by_key(&mut time, |time| Reverse(*time));
            let rare: BTreeSet<u32> =
                time[MAX_NAMES - 1..].iter().map(|(_, number)| *number as u32).collect();
            self.folded = rare.len();
            names.push(OTHER.to_owned());
            let other = names.len() as u32 - 1;
            of.iter_mut().filter(|number| rare.contains(number)).for_each(|number| *number = other);
        }
        (names, of)
    }

    /// A task's steps, and the time of each.
    fn steps(
        &self,
        source: &Source<'_>,
        instances: &[Instance],
        instance: &Instance,
    ) -> (Vec<Step>, Vec<u64>) {
        let step = |item: Item| match item {
            Item::Spend { name } => Step::Spend { name },
            Item::Submit { child } => {
                let child = instance.children[child];
                Step::Submit { kind: self.of[child as usize], pool: instances[child as usize].pool }
            }
            Item::Wait { children, is_guess } => Step::Wait { children, is_guess },
            Item::Acquire { lock } => Step::Acquire { lock },
            Item::Release { lock } => Step::Release { lock },
            Item::Forever => Step::Forever,
        };
        // Children that lost their parent are none any more; a task keeps those that it has.
        (source.items)(instances, instance).into_iter().map(|(item, time)| (step(item), time)).unzip()
    }

    /// Which types can give each instance its own times back, and the order for that. The simulator numbers arrivals in order;
    /// a child that is submitted once has its parent's number.
    fn pair(&mut self, instances: &[Instance]) {
        let mut ordinals: Vec<u32> = vec![0; instances.len()];
        for number in (0..self.list.len()).rev() {
            let of = self.list[number].instances.clone();
            let pool = instances[of[0] as usize].pool;
            let come = |at: u32| {
                let instance = &instances[at as usize];
                (instance.submitted.unwrap_or(instance.from), at)
            };
            let from_outside = of
                .iter()
                .all(|at| instances[*at as usize].parent.is_none() && instances[*at as usize].pool == pool);
            let mut order: Vec<(i64, u32)> = if from_outside {
                self.list[number].is_paired = true;
                of.iter().map(|at| come(*at)).collect()
            } else {
                let parent = |at: &u32| instances[*at as usize].parent.map(|(parent, _)| parent);
                let site = of.first().and_then(parent).map(|parent| self.of[parent as usize]);
                let one_site = site.is_some_and(|site| {
                    let kind = &self.list[site as usize];
                    let submits =
                        |step: &&Step| matches!(step, Step::Submit { kind, .. } if *kind == number as u32);
                    kind.is_paired && kind.steps.iter().filter(submits).count() == 1
                });
                let all = of.iter().all(|at| parent(at).map(|parent| self.of[parent as usize]) == site);
                self.list[number].is_paired = one_site && all;
                let ordinal = |at: &u32| match parent(at).filter(|_| one_site && all) {
                    Some(parent) => i64::from(ordinals[parent as usize]),
                    None => instances[*at as usize].from,
                };
                of.iter().map(|at| (ordinal(at), *at)).collect()
            };
            sort_by_key(&mut order, |place| *place);
            let place: HashMap<u32, usize> = of.iter().enumerate().map(|(place, at)| (*at, place)).collect();
            let kind = &mut self.list[number];
            kind.instances = order.iter().map(|(_, at)| *at).collect();
            for series in &mut kind.times {
                *series = kind.instances.iter().map(|at| series[place[at]]).collect();
            }
            for (ordinal, at) in kind.instances.iter().enumerate() {
                ordinals[*at as usize] = ordinal as u32;
            }
        }
    }
}
