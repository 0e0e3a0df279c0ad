//! Tasks, and what the arrows between them say: who submitted whom, and who was woken by whom.
//!
//! A task is a slice of a thread that lies within no other one (a worker's own loop aside). An arrow to a task that starts
//! only afterwards is its submission; an arrow back to the one that submitted it is the end of a wait.

use super::super::names::without_place;
use super::super::order::sort_by_key;
use super::pools::Pool;
use super::record::{Flow, Names, Own, Record};
use super::tree::Tree;

/// Functions that are a worker's loop, not a task: the bottom of every stack of a pool thread.
const LOOPS: [&str; 9] = [
    "_worker",
    "_bootstrap",
    "_bootstrap_inner",
    "run",
    "worker_loop",
    "WorkerThread",
    "ThreadMain",
    "runWorker",
    "start_thread",
];
/// What a worker's loop does for itself between two tasks; it may stand idle in the first of them.
const CHORES: [&str; 11] = [
    "Queue.get",
    "Queue.take",
    "Queue.poll",
    "Queue.put",
    "getTask",
    "Semaphore.acquire",
    "Semaphore.release",
    "Future.set_running_or_notify_cancel",
    "Future.set_result",
    "Future.set_exception",
    "Thread._delete",
];
/// Loops within loops.
const MAX_LOOPS: usize = 8;

/// One run of a task.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub node: u32,
    pub pool: u32,
    pub from: i64,
    pub to: i64,
    /// When it was submitted from outside, where the trace says so.
    pub submitted: Option<i64>,
    /// Who submitted it, and when.
    pub parent: Option<(u32, i64)>,
    /// Whom it submitted, in order.
    pub children: Vec<u32>,
    /// Its children whose ends woke it.
    pub woken_by: Vec<u32>,
}

/// What the arrows come to.
#[derive(Debug, Default)]
pub(crate) struct Links {
    pub instances: Vec<Instance>,
    /// Names of the loops that were taken off.
    pub loops: Names,
    /// Names of what the loops did for themselves, left out too.
    pub chores: Names,
    pub submits: usize,
    pub wakes: usize,
    /// Arrows between tasks that are not parent and child.
    pub others: usize,
    /// Arrows that begin or end in no task.
    pub loose: usize,
}

/// Finds the tasks and follows the arrows.
pub(super) fn links(record: &Record, tree: &Tree, pools: &[Pool]) -> Links {
    let mut links = Links::default();
    for (pool, of) in pools.iter().enumerate() {
        for thread in &of.threads {
            for root in tree.roots(*thread) {
                links.task(record, tree, root, pool as u32, of.is_pool && !record.is_own, MAX_LOOPS);
            }
        }
    }
    // In order of their starts, so that a parent stands before its children.
    sort_by_key(&mut links.instances, |instance| (instance.from, instance.node));
    let of_node = tasks_of(tree, &links.instances);
    let arrows = arrows(record, tree, &of_node);
    for arrow in &arrows {
        links.submission(arrow);
    }
    for arrow in &arrows {
        links.wake_up(arrow);
    }
    for instance in &mut links.instances {
        instance.woken_by.sort_unstable();
        instance.woken_by.dedup();
    }
    links
}

/// For each node the task that it is, or lies in.
fn tasks_of(tree: &Tree, instances: &[Instance]) -> Vec<Option<u32>> {
    let mut of_node = vec![None; tree.nodes.len()];
    for (number, instance) in instances.iter().enumerate() {
        of_node[instance.node as usize] = Some(number as u32);
    }
    // Parents stand before their children.
    for node in 0..tree.nodes.len() {
        if let (None, Some(parent)) = (of_node[node], tree.nodes[node].parent) {
            of_node[node] = of_node[parent as usize];
        }
    }
    of_node
}

/// An arrow from one task at a time to another at a time. No task: from or to outside.
struct Arrow {
    from: Option<u32>,
    left: i64,
    to: Option<u32>,
    reached: i64,
    is_followed: std::cell::Cell<bool>,
}

fn arrows(record: &Record, tree: &Tree, of_node: &[Option<u32>]) -> Vec<Arrow> {
    let mut flows: Vec<&Flow> = record.flows.iter().collect();
    sort_by_key(&mut flows, |flow| (flow.arrow, flow.at));
    let task = |flow: &Flow, is_start: bool| -> Option<u32> {
        let node = if flow.encloses || is_start {
            tree.at(flow.thread, flow.at)?
        } else {
            // By the format it goes to the next slice; what has begun just then is that.
            tree.next(flow.thread, flow.at)?
        };
        of_node[node as usize]
    };
    let pairs = flows.windows(2).filter(|pair| pair[0].arrow == pair[1].arrow);
    pairs
        .map(|pair| Arrow {
            from: task(pair[0], true),
            left: pair[0].at,
            to: task(pair[1], false),
            reached: pair[1].at,
            is_followed: std::cell::Cell::new(false),
        })
        .collect()
}

impl Links {
    /// A root, or what lies within a worker's loop.
    fn task(&mut self, record: &Record, tree: &Tree, root: u32, pool: u32, may_loop: bool, deep: usize) {
        let node = &tree.nodes[root as usize];
        if node.own == Own::State {
            // It lies in no task: it took no time, at the end of one.
            return;
        }
        let name = record.names.get(node.name);
        let called = without_place(name);
        let bare = called.rsplit(['.', ':']).next().unwrap_or(called);
        if may_loop && deep > 0 && LOOPS.contains(&bare) && tree.children(root).next().is_some() {
            self.loops.number(called);
            for child in tree.children(root) {
                self.task(record, tree, child, pool, may_loop, deep - 1);
            }
            return;
        }
        let is_of_loop = deep < MAX_LOOPS || (may_loop && !self.loops.list.is_empty());
        if is_of_loop && CHORES.iter().any(|chore| called.ends_with(chore)) {
            self.chores.number(called);
            return;
        }
        let submitted = match node.own {
            Own::Task { submitted, .. } => submitted,
            Own::State | Own::Foreign => None,
        };
        self.instances.push(Instance {
            node: root,
            pool,
            from: node.from,
            to: node.to,
            submitted,
            parent: None,
            children: Vec::new(),
            woken_by: Vec::new(),
        });
    }

    /// An arrow to a task that starts afterwards, for the first time.
    fn submission(&mut self, arrow: &Arrow) {
        let Some(to) = arrow.to else { return };
        let child = &mut self.instances[to as usize];
        if child.parent.is_some() || child.from < arrow.left || arrow.reached > child.to {
            return;
        }
        match arrow.from {
            None => {
                child.submitted.get_or_insert(arrow.left);
            }
            // A parent stands before its child: nobody can be his own ancestor.
            Some(from) if from < to => {
                child.parent = Some((from, arrow.left));
                self.instances[from as usize].children.push(to);
                self.submits += 1;
            }
            Some(_) => return,
        }
        arrow.is_followed.set(true);
    }

    /// An arrow back from a child to the one that submitted it.
    fn wake_up(&mut self, arrow: &Arrow) {
        if arrow.is_followed.get() {
            return;
        }
        let (Some(from), Some(to)) = (arrow.from, arrow.to) else {
            self.loose += 1;
            return;
        };
        if self.instances[from as usize].parent.is_some_and(|(parent, _)| parent == to) {
            self.instances[to as usize].woken_by.push(from);
            self.wakes += 1;
        } else if from != to {
            self.others += 1;
        }
    }
}
