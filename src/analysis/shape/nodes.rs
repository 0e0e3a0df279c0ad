//! Every way for a task to come to be, and how many can be so at once.

use super::budget::ReadingBudget;
use super::demand::{LimitedResource, MANY, Node, Numbers, Stage, refused, runs_in_caller, way};
use super::reading::Reading;
use crate::model::executor::{AfterShutdown, ExecutorKind, OnFull, OnWait};
use crate::model::id::{DrawId, ExecutorId, SubmitId, TaskTypeId};
use crate::model::program::{Instruction, ShutdownMode};
use crate::model::scenario::Scenario;

/// More ways than this are not followed; the shape is then not known whole.
pub(super) const MAX_NODES: usize = 2_000;

/// A way in which tasks of a node come to be of each other.
#[derive(Clone, Copy, Debug)]
struct Recursion {
    node: usize,
    /// Each submits the next and then goes on to its end, so that no two of them wait at once.
    is_chain: bool,
}

/// Grows the nodes; `None` if there are too many, or the budget is over.
pub(super) fn grow(
    s: &Scenario,
    readings: &[Reading],
    numbers: &Numbers,
    budget: &ReadingBudget<'_>,
) -> Option<Vec<Node>> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut endless: Vec<Recursion> = Vec::new();
    for (entry, arrivals) in s.arrivals.iter().enumerate() {
        if numbers.arrivals[entry] > 0 {
            let on_full = arrivals.on_full.unwrap_or(s.executors[arrivals.to.index()].on_full);
            for unseated in seats(s, arrivals.to, on_full) {
                let mut node = node(arrivals.task, arrivals.to, None, unseated);
                node.exist = numbers.arrivals[entry];
                node.ever = node.exist;
                node.family = nodes.len();
                nodes.push(node);
            }
        }
    }
    let mut at = 0;
    while at < nodes.len() {
        children(s, readings, &mut nodes, &mut endless, at);
        if nodes.len() > MAX_NODES || budget.is_over() {
            return None;
        }
        at += 1;
    }
    count(s, readings, numbers, &mut nodes, &endless);
    drops(s, numbers, &mut nodes);
    Some(nodes)
}

fn node(task: TaskTypeId, to: ExecutorId, parent: Option<(usize, SubmitId)>, unseated: bool) -> Node {
    Node {
        task,
        to,
        parent,
        children: Vec::new(),
        ever: 0,
        exist: 0,
        run: 0,
        cap: None,
        family: 0,
        unseated,
        dropped: false,
    }
}

/// Whether a task submitted there runs on a worker, in its submitter, or either.
fn seats(s: &Scenario, to: ExecutorId, on_full: OnFull) -> Vec<bool> {
    let first = &s.executors[to.index()];
    let by_caller = on_full == OnFull::CallerRuns && first.queue.is_some();
    let mut behind = std::iter::successors(first.wraps(), |at| s.executors[at.index()].wraps());
    if s.executors[s.pool_of(to).index()].kind == ExecutorKind::Inline {
        vec![true]
    } else if by_caller || behind.any(|at| runs_in_caller(s, at)) {
        vec![false, true]
    } else {
        vec![false]
    }
}

fn children(
    s: &Scenario,
    readings: &[Reading],
    nodes: &mut Vec<Node>,
    endless: &mut Vec<Recursion>,
    at: usize,
) {
    let task = nodes[at].task;
    let program = &s.tasks[task.index()].program;
    for (number, submit) in program.submits.iter().enumerate() {
        let id = SubmitId(number as u16);
        // A call runs above its caller, wherever that is.
        let to = match submit.call {
            true => s.pool_of(nodes[at].to),
            false => submit.to.unwrap_or(nodes[at].to),
        };
        let reached = program.code.iter().enumerate().any(|(pc, instruction)| {
            *instruction == Instruction::Submit(id) && readings[task.index()].before[pc].reached
        });
        if !reached || (!submit.call && submit.awaited && refused(s, readings, nodes, at, to)) {
            continue;
        }
        let on_full = submit.on_full.unwrap_or(s.executors[to.index()].on_full);
        let seats = if submit.call { vec![true] } else { seats(s, to, on_full) };
        let is_last_act = is_last_act(s, readings, task, id, to);
        for unseated in seats {
            let same = |node: &Node| node.task == submit.task && node.to == to && node.unseated == unseated;
            let child = match ancestors(nodes, at).into_iter().find(|above| same(&nodes[*above])) {
                Some(above) => {
                    let is_chain = above == at && is_last_act;
                    endless.push(Recursion { node: above, is_chain });
                    above
                }
                None => {
                    let number = nodes.len();
                    let family = if is_last_act { nodes[at].family } else { number };
                    nodes.push(Node { family, ..node(submit.task, to, Some((at, id)), unseated) });
                    number
                }
            };
            nodes[at].children.push((id, child));
        }
    }
}

/// Whether a task makes this submission once, to where there is always room, and waits for nothing from then on.
fn is_last_act(s: &Scenario, readings: &[Reading], task: TaskTypeId, id: SubmitId, to: ExecutorId) -> bool {
    let (program, reading) = (&s.tasks[task.index()].program, &readings[task.index()]);
    let submit = &program.submits[id.index()];
    let is_single = !submit.call && submit.every.is_none() && reading.ever[id.index()] == 1;
    let has_room = |stage: &Stage| {
        let executor = &s.executors[stage.executor.index()];
        executor.queue.is_none() && executor.kind != ExecutorKind::Inline
    };
    let ends = |draw: &DrawId| !program.draws[draw.index()].distribution.can_be_forever();
    let goes_on = |step: &Instruction| match step {
        Instruction::Run(draw) | Instruction::Io(draw, _) => ends(draw),
        Instruction::Note(_) | Instruction::Read(_) | Instruction::Write(..) | Instruction::Add(..) => true,
        _ => false,
    };
    let after = program.code.iter().skip_while(|step| **step != Instruction::Submit(id)).skip(1);
    is_single
        && program.handlers.is_empty()
        && way(s, submit.task, to).iter().all(has_room)
        && after.into_iter().all(goes_on)
}

/// The node and those above it.
pub(super) fn ancestors(nodes: &[Node], node: usize) -> Vec<usize> {
    let mut above = vec![node];
    let mut at = node;
    while let Some((parent, _)) = nodes[at].parent {
        above.push(parent);
        at = parent;
    }
    above
}

/// Fills in how many exist and run at once; parents stand before their children.
fn count(s: &Scenario, readings: &[Reading], numbers: &Numbers, nodes: &mut [Node], endless: &[Recursion]) {
    for at in 0..nodes.len() {
        if let Some((parent, id)) = nodes[at].parent {
            let above = nodes[parent].clone();
            let reading = &readings[above.task.index()];
            let parents = if reading.orphaned[id.index()] { above.exist } else { above.run };
            nodes[at].exist = parents.saturating_mul(reading.at_once[id.index()]);
            let submit = &s.tasks[above.task.index()].program.submits[id.index()];
            let runs = if submit.every.is_some() { MANY } else { reading.ever[id.index()] };
            nodes[at].ever = above.ever.saturating_mul(runs);
        }
        let above = ancestors(nodes, at);
        let mut recursions = endless.iter().filter(|recursion| above.contains(&recursion.node)).peekable();
        if recursions.peek().is_some() {
            nodes[at].ever = MANY;
            if !recursions.all(|recursion| recursion.is_chain && recursion.node == at) {
                nodes[at].exist = MANY;
            }
        }
        let mut run = nodes[at].exist;
        let mut cap: Option<LimitedResource> = None;
        let mut least = MANY;
        for stage in way(s, nodes[at].task, nodes[at].to) {
            for thing in stage.keeps {
                let limit = numbers.capacity(s, thing);
                if limit < least {
                    (least, cap) = (limit, Some(thing));
                }
            }
        }
        run = run.min(least);
        let pool = s.pool_of(nodes[at].to);
        if !nodes[at].unseated && s.executors[pool.index()].on_wait == OnWait::Hold {
            run = run.min(numbers.workers[pool.index()]);
        }
        nodes[at].run = run;
        nodes[at].cap = cap;
    }
}

/// Marks what may be dropped: on the way of too many to an executor that drops.
fn drops(s: &Scenario, numbers: &Numbers, nodes: &mut [Node]) {
    let ways: Vec<Vec<ExecutorId>> = nodes
        .iter()
        .map(|node| way(s, node.task, node.to).iter().map(|stage| stage.executor).collect())
        .collect();
    for at in 0..nodes.len() {
        nodes[at].dropped = ways[at].iter().enumerate().any(|(stage, executor)| {
            let discards = s.executors[executor.index()].after_shutdown == AfterShutdown::Discard;
            if is_ever_stopped(s, *executor) || discards && is_ever_shut_down(s, *executor) {
                return true;
            }
            let Some(queue) = s.executors[executor.index()].queue else { return false };
            let passing = (0..nodes.len()).filter(|other| ways[*other].contains(executor));
            let oldest =
                passing.clone().any(|other| policy(s, nodes, other, *executor) == OnFull::DiscardOldest);
            let mine = if stage == 0 {
                policy(s, nodes, at, *executor)
            } else {
                s.executors[executor.index()].on_full
            };
            let total = passing.map(|other| nodes[other].exist).fold(0u64, u64::saturating_add);
            let workers = numbers.workers[executor.index()];
            (mine == OnFull::Discard || oldest) && total > u64::from(queue).saturating_add(workers)
        });
    }
}

/// Whether some program shuts the executor down.
pub(super) fn is_ever_shut_down(s: &Scenario, executor: ExecutorId) -> bool {
    let shuts =
        |step: &Instruction| matches!(step, Instruction::Shutdown { executor: of, .. } if *of == executor);
    s.tasks.iter().any(|task| task.program.code.iter().any(shuts))
}

/// Whether some program shuts the executor down and hands back what it holds.
pub(super) fn is_ever_stopped(s: &Scenario, executor: ExecutorId) -> bool {
    let stops = |step: &Instruction| matches!(step, Instruction::Shutdown { executor: of, mode: ShutdownMode::Now, .. } if *of == executor);
    s.tasks.iter().any(|task| task.program.code.iter().any(stops))
}

/// What happens to tasks of a node that find an executor on their way full.
pub(super) fn policy(s: &Scenario, nodes: &[Node], node: usize, executor: ExecutorId) -> OnFull {
    let usual = s.executors[executor.index()].on_full;
    let node = &nodes[node];
    if node.to != executor {
        return usual;
    }
    match node.parent {
        Some((parent, id)) => {
            let submit = &s.tasks[nodes[parent].task.index()].program.submits[id.index()];
            submit.on_full.unwrap_or(usual)
        }
        None => {
            let mine = s.arrivals.iter().find(|entry| entry.task == node.task && entry.to == node.to);
            mine.and_then(|entry| entry.on_full).unwrap_or(usual)
        }
    }
}
