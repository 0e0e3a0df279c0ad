//! Whether the messages, the room and the openings that tasks wait for come in every order, as long as nothing else
//! keeps the tasks that bring them.
//!
//! Channels and latches are a game of tokens (see [`super::tokens`]): workers, locks and times are left out. If every way to
//! play it ends with every task at the end of its list, whatever is missing in a standstill is missed for want of a worker
//! or a lock by somebody who comes before it: what a waiting task needs are then all who come before, and their ends tell
//! the rest. Whoever only waits for latches comes before nobody, and may give up.
//!
//! Invariant: what is said to come does, for the numbers of tasks that there are. Deliberately absent: whatever branches,
//! raises, times out or never ends beside a channel or a latch (nothing is said of those), rendezvous, conditions and
//! barriers.

use super::demand::{Node, way};
use super::nodes::{ancestors, is_ever_shut_down, policy};
use super::tokens::{Game, Move, Place};
use crate::model::executor::OnFull;
use crate::model::id::{NameId, SharedId, SubmitId};
use crate::model::program::{Instruction, Program, WaitMode};
use crate::model::scenario::Scenario;
use crate::model::shared::SharedKind;
use std::collections::{BTreeMap, BTreeSet};

/// Tasks of a game.
const MAX_TASKS: u64 = 64;
/// Moves of one task.
const MAX_MOVES: usize = 400;
/// Instructions that are read for them.
const MAX_STEPS: usize = 10_000;

/// What comes, and who comes before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Supply {
    /// For each channel and latch at which every wait ends, the nodes that play a part in it.
    players: BTreeMap<SharedId, BTreeSet<usize>>,
}

impl Supply {
    /// Plays the game of each group of things that have tasks in common.
    pub fn of(s: &Scenario, nodes: &[Node], raises: &[Vec<bool>]) -> Supply {
        let mut supply = Supply::default();
        let crashes = s.tasks.iter().any(|task| task.program.code.contains(&Instruction::Crash));
        if !s.shared.iter().any(|shared| is_token_place(shared.kind)) || s.has_interrupts() || crashes {
            return supply;
        }
        let table = Table { s, nodes, raises };
        for (things, players) in table.groups() {
            if let Some(game) = table.game(&things, &players)
                && game.always_ends()
            {
                supply.players.extend(things.into_iter().map(|thing| (thing, players.clone())));
            }
        }
        supply
    }

    /// Who comes before what is waited for at a channel or a latch; `None` if it may never come.
    pub fn players(&self, shared: SharedId) -> Option<&BTreeSet<usize>> {
        self.players.get(&shared)
    }
}

fn is_token_place(kind: SharedKind) -> bool {
    match kind {
        SharedKind::Channel { .. } | SharedKind::Latch { .. } => true,
        SharedKind::Condition { .. } | SharedKind::Barrier { .. } | SharedKind::Server(_) => false,
    }
}

/// The channel or latch that an instruction is about.
fn token_place(s: &Scenario, instruction: &Instruction) -> Option<SharedId> {
    instruction.shared().filter(|shared| is_token_place(s.shared[shared.index()].kind))
}

/// What games are made of.
struct Table<'a> {
    s: &'a Scenario,
    nodes: &'a [Node],
    raises: &'a [Vec<bool>],
}

/// Numbers of the places and players of one game.
struct Numbering {
    places: BTreeMap<SharedId, usize>,
    players: BTreeMap<usize, usize>,
}

/// Things, and the nodes whose tasks use them or bring those who do.
type Group = (BTreeSet<SharedId>, BTreeSet<usize>);

impl Table<'_> {
    fn program(&self, node: usize) -> &Program {
        &self.s.tasks[self.nodes[node].task.index()].program
    }

    fn things(&self, node: usize) -> BTreeSet<SharedId> {
        self.program(node).code.iter().filter_map(|step| token_place(self.s, step)).collect()
    }

    /// Those who do nothing with tokens but wait for latches, bring nobody who does, and were brought by nobody who does:
    /// an open latch stays open, so they take nothing from anybody, and what becomes of them is no part of the game.
    fn watchers(&self) -> BTreeSet<usize> {
        let only_awaits = |node: usize| {
            let mut uses = self.program(node).code.iter().filter(|step| token_place(self.s, step).is_some());
            uses.all(|step| matches!(step, Instruction::Await { .. }))
        };
        let playing = (0..self.nodes.len()).filter(|node| !only_awaits(*node));
        let players: BTreeSet<usize> = playing.flat_map(|node| ancestors(self.nodes, node)).collect();
        let is_watcher =
            |node: &usize| !ancestors(self.nodes, *node).iter().any(|above| players.contains(above));
        (0..self.nodes.len()).filter(is_watcher).collect()
    }

    /// The things that have tasks in common, with everybody who plays a part.
    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let watchers = self.watchers();
        for node in (0..self.nodes.len()).filter(|node| !watchers.contains(node)) {
            let things = self.things(node);
            if things.is_empty() {
                continue;
            }
            let mut group: Group = (things, ancestors(self.nodes, node).into_iter().collect());
            let (joined, apart) = groups.into_iter().partition(|(others, players): &Group| {
                !others.is_disjoint(&group.0) || !players.is_disjoint(&group.1)
            });
            groups = apart;
            let joined: Vec<Group> = joined;
            for (things, players) in joined {
                group.0.extend(things);
                group.1.extend(players);
            }
            groups.push(group);
        }
        groups
    }

    /// The game of a group; `None` if one of its tasks does what no list of moves can tell.
    fn game(&self, things: &BTreeSet<SharedId>, players: &BTreeSet<usize>) -> Option<Game> {
        let numbers = Numbering {
            places: things.iter().enumerate().map(|(number, thing)| (*thing, number)).collect(),
            players: players.iter().enumerate().map(|(number, node)| (*node, number)).collect(),
        };
        // Of what submits itself there is no end: it is never read.
        let tasks = players.iter().fold(0u64, |tasks, node| tasks.saturating_add(self.nodes[*node].ever));
        if tasks > MAX_TASKS || !players.iter().all(|node| self.surely_runs(*node)) {
            return None;
        }
        let lists = players.iter().map(|node| self.moves(*node, &numbers)).collect::<Option<Vec<_>>>()?;
        let mut places: Vec<Place> =
            things.iter().map(|thing| Place::of(self.s.shared[thing.index()].kind)).collect();
        for (list, node) in lists.iter().zip(players) {
            places
                .iter_mut()
                .enumerate()
                .for_each(|(at, place)| place.count(at, list, self.nodes[*node].ever));
        }
        for thing in self.watchers().into_iter().flat_map(|node| self.things(node)) {
            if let Some(number) = numbers.places.get(&thing) {
                places[*number].is_watched = true;
            }
        }
        let arriving = |node: &usize| {
            let count = if self.nodes[*node].parent.is_none() { self.nodes[*node].ever } else { 0 };
            vec![0u16; count as usize]
        };
        let tasks = players.iter().map(arriving).collect();
        Some(Game::new(lists, places, tasks))
    }

    /// Nobody refuses, drops or hands back a task of this node, and it has its own seat whatever happens.
    fn surely_runs(&self, at: usize) -> bool {
        let node = &self.nodes[at];
        let has_twin = self.nodes.iter().any(|other| {
            other.task == node.task
                && other.to == node.to
                && other.parent == node.parent
                && other.unseated != node.unseated
        });
        let lets_through = |stage: &super::demand::Stage| {
            let executor = &self.s.executors[stage.executor.index()];
            let blocks = policy(self.s, self.nodes, at, stage.executor) == OnFull::Block;
            (executor.queue.is_none() || blocks) && !is_ever_shut_down(self.s, stage.executor)
        };
        !node.dropped && !has_twin && way(self.s, node.task, node.to).iter().all(lets_through)
    }

    /// The moves of a task of this node, its loops unrolled.
    fn moves(&self, node: usize, numbers: &Numbering) -> Option<Vec<Move>> {
        let (program, kind) = (self.program(node), self.nodes[node].task.index());
        if self.raises[kind].contains(&true) || !program.handlers.is_empty() {
            return None;
        }
        let mut moves = Vec::new();
        let mut counters = vec![0u32; usize::from(program.counters)];
        let mut pc = 0;
        for _ in 0..MAX_STEPS {
            let Some(instruction) = program.code.get(pc) else { return Some(moves) };
            if instruction.timeout().is_some() {
                return None;
            }
            pc += 1;
            match instruction {
                Instruction::Repeat { times: Some(0), end, .. } => pc = end.index(),
                Instruction::Repeat { counter, times: Some(_), .. } => counters[usize::from(*counter)] = 0,
                Instruction::Again { counter, times: Some(times), body } => {
                    let count = &mut counters[usize::from(*counter)];
                    *count += 1;
                    if *count < *times {
                        pc = body.index();
                    }
                }
                Instruction::Wait { names, mode, .. } | Instruction::Result { names, mode, .. } => {
                    self.wait(node, (names, *mode), numbers, &mut moves)?;
                }
                instruction => moves.extend(self.moves_of(node, instruction, numbers)?),
            }
            if moves.len() > MAX_MOVES {
                return None;
            }
        }
        None
    }

    /// The moves of one instruction that does not branch; `None` if it may never end, or does more than a move can tell.
    fn moves_of(&self, node: usize, instruction: &Instruction, numbers: &Numbering) -> Option<Vec<Move>> {
        let ends = |draw: &crate::model::id::DrawId| {
            !self.program(node).draws[draw.index()].distribution.can_be_forever()
        };
        match instruction {
            Instruction::Send { channel, .. } => Some(vec![Move::Send(numbers.places[channel])]),
            Instruction::Receive { channel, .. } => Some(vec![Move::Receive(numbers.places[channel])]),
            Instruction::CountDown { latch, count } => {
                Some(vec![Move::CountDown(numbers.places[latch], *count)])
            }
            Instruction::Await { shared, .. } if token_place(self.s, instruction).is_some() => {
                Some(vec![Move::Await(numbers.places[shared])])
            }
            Instruction::Submit(id) => self.submitted(node, *id, numbers),
            Instruction::Run(draw) | Instruction::Io(draw, _) | Instruction::Use { work: draw, .. } => {
                ends(draw).then(Vec::new)
            }
            // What this waits for is no token: its own stand says what it needs, and whether it comes.
            Instruction::Acquire { .. }
            | Instruction::Release { .. }
            | Instruction::Read(_)
            | Instruction::Write(..)
            | Instruction::Add(..)
            | Instruction::Note(_)
            | Instruction::Yield => Some(Vec::new()),
            Instruction::Wait { .. }
            | Instruction::Result { .. }
            | Instruction::Cancel { .. }
            | Instruction::Fail(_)
            | Instruction::Repeat { .. }
            | Instruction::Again { .. }
            | Instruction::Retry { .. }
            | Instruction::OpenScope { .. }
            | Instruction::JoinScope
            | Instruction::CloseScope
            | Instruction::Maybe { .. }
            | Instruction::Jump(_)
            | Instruction::UnlessTimedOut(_)
            | Instruction::UnlessClosed(_)
            | Instruction::Close(_)
            | Instruction::WaitOn { .. }
            | Instruction::Notify { .. }
            | Instruction::Await { .. }
            | Instruction::Reset(_)
            | Instruction::Shutdown { .. }
            | Instruction::AwaitExecutor { .. }
            | Instruction::Resize { .. }
            | Instruction::Crash => None,
        }
    }

    /// A wait for children. One who plays a part, and is waited for before anything else is done, does its moves in place
    /// of its parent; of others nothing is known. Whoever plays no part ends without a token.
    fn wait(
        &self,
        node: usize,
        (names, mode): (&[NameId], WaitMode),
        numbers: &Numbering,
        moves: &mut Vec<Move>,
    ) -> Option<()> {
        let program = self.program(node);
        let is_awaited =
            |id: &SubmitId| mode == WaitMode::Every || names.contains(&program.submits[id.index()].name);
        let plays = |child: &usize| numbers.players.contains_key(child) && !self.nodes[*child].unseated;
        let children = self.nodes[node].children.iter().filter(|(id, _)| is_awaited(id));
        let playing: BTreeSet<usize> = children.map(|(_, child)| *child).filter(plays).collect();
        let Some(child) = playing.first().copied() else { return Some(()) };
        let submission = Move::Submit(numbers.players[&child]);
        let is_only = moves.iter().filter(|step| **step == submission).count() == 1;
        if playing.len() > 1 || moves.last() != Some(&submission) || !is_only || mode == WaitMode::Any {
            return None;
        }
        moves.pop();
        moves.extend(self.moves(child, numbers)?);
        Some(())
    }

    /// A submission: of somebody who plays a part it is a move.
    fn submitted(&self, node: usize, id: SubmitId, numbers: &Numbering) -> Option<Vec<Move>> {
        let submit = &self.program(node).submits[id.index()];
        let children: Vec<usize> =
            self.nodes[node].children.iter().filter(|(of, _)| *of == id).map(|(_, child)| *child).collect();
        let playing: Vec<usize> =
            children.iter().filter_map(|child| numbers.players.get(child).copied()).collect();
        match (playing.as_slice(), children.as_slice()) {
            ([], _) => Some(Vec::new()),
            // A series comes again and again.
            _ if submit.every.is_some() => None,
            // It ends before its submitter goes on.
            ([_], [child]) if self.nodes[*child].unseated => self.moves(*child, numbers),
            ([only], [_]) => Some(vec![Move::Submit(*only)]),
            _ => None,
        }
    }
}
