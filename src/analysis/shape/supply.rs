//! Whether the messages, the room and the openings that tasks wait for come in every order, as long as nothing else
//! keeps the tasks that bring them.
//!
//! Channels and latches are a game of tokens: a task is its list of sends, receives, countdowns, waits for latches and
//! submissions, and a position in it; workers, locks and times are left out. If every way to play it ends with every task
//! at the end of its list, whatever is missing in a standstill is missed for want of a worker or a lock by somebody who
//! comes before it: what a waiting task needs are then all who come before, and their ends tell the rest. Positions are
//! walked depth first; a move that disables none and that none disables (or only its like) is taken alone (a persistent set of one, see
//! P. Godefroid, "Partial-order methods for the verification of concurrent systems", LNCS 1032, 1996).
//!
//! Invariant: what is said to come does, for the numbers of tasks that there are. Deliberately absent: whatever branches,
//! raises, times out or never ends beside a channel or a latch (nothing is said of those), rendezvous, conditions and
//! barriers.

use super::demand::{Node, way};
use super::nodes::{ancestors, is_ever_shut_down, policy};
use crate::model::executor::OnFull;
use crate::model::id::{NameId, SharedId, SubmitId};
use crate::model::program::{Instruction, Program, WaitMode};
use crate::model::scenario::Scenario;
use crate::model::shared::SharedKind;
use std::collections::{BTreeMap, BTreeSet};

/// Positions of a game that are looked at; of a larger one nothing is said.
const MAX_POSITIONS: usize = 1_000;
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

    /// The things that have tasks in common, with everybody who plays a part.
    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for node in 0..self.nodes.len() {
            let code = &self.program(node).code;
            let things: BTreeSet<SharedId> = code.iter().filter_map(|i| token_place(self.s, i)).collect();
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
        let arriving = |node: &usize| {
            let count = if self.nodes[*node].parent.is_none() { self.nodes[*node].ever } else { 0 };
            vec![0u16; count as usize]
        };
        let tasks = players.iter().map(arriving).collect();
        Some(Game { lists, begun: Positions { tasks, tokens: vec![0; places.len()] }, places })
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

/// Something that a task does to others; places and players are named by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    Send(usize),
    Receive(usize),
    CountDown(usize, u32),
    Await(usize),
    /// Another task of this player comes to be.
    Submit(usize),
}

/// Where tokens lie: messages in a channel, or what a latch was counted down by.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Most messages that lie in a channel; the count of a latch.
    bound: Option<u64>,
    /// How many tasks send to it.
    senders: u64,
    /// How many messages they send in all.
    sends: u64,
    /// Whoever sends to it does nothing else from then on: who goes first makes no difference.
    is_only_fed: bool,
    /// How many tasks receive from it.
    receivers: u64,
}

impl Place {
    fn of(kind: SharedKind) -> Place {
        let bound = match kind {
            SharedKind::Channel { capacity } => capacity.map(u64::from),
            SharedKind::Latch { count } => Some(count.into()),
            SharedKind::Condition { .. } | SharedKind::Barrier { .. } | SharedKind::Server(_) => None,
        };
        Place { bound, senders: 0, sends: 0, is_only_fed: true, receivers: 0 }
    }

    /// Counts what this number of tasks with these moves do at this place, which has the number `at`.
    fn count(&mut self, at: usize, list: &[Move], tasks: u64) {
        let sends = list.iter().filter(|step| **step == Move::Send(at)).count() as u64;
        self.sends += sends * tasks;
        self.senders += if sends > 0 { tasks } else { 0 };
        self.is_only_fed &=
            list.iter().skip_while(|step| **step != Move::Send(at)).all(|step| *step == Move::Send(at));
        self.receivers += if list.contains(&Move::Receive(at)) { tasks } else { 0 };
    }
}

/// Where a game stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Positions {
    /// For each player, where its tasks stand in their list, in order.
    tasks: Vec<Vec<u16>>,
    /// For each place, what lies there: it follows from the positions.
    tokens: Vec<u64>,
}

/// A game of tokens.
struct Game {
    /// For each player, the moves of one of its tasks.
    lists: Vec<Vec<Move>>,
    places: Vec<Place>,
    begun: Positions,
}

impl Game {
    /// Whether every way to play it ends with every task at the end of its list.
    fn always_ends(&self) -> bool {
        let mut open = vec![self.begun.clone()];
        let mut seen: BTreeSet<Positions> = BTreeSet::new();
        while let Some(mut at) = open.pop() {
            let moves = loop {
                let moves = self.possible(&at);
                match moves.iter().find(|(_, _, step)| self.is_independent(*step)) {
                    Some((player, task, step)) => self.take(&mut at, *player, *task, *step),
                    None => break moves,
                }
            };
            if moves.is_empty() && !self.is_over(&at) {
                return false;
            }
            if seen.contains(&at) {
                continue;
            }
            for (player, task, step) in &moves {
                let mut next = at.clone();
                self.take(&mut next, *player, *task, *step);
                open.push(next);
            }
            seen.insert(at);
            if seen.len() > MAX_POSITIONS {
                return false;
            }
        }
        true
    }

    fn is_over(&self, at: &Positions) -> bool {
        let is_at_end = |position: &u16, list: &[Move]| usize::from(*position) == list.len();
        at.tasks.iter().zip(&self.lists).all(|(tasks, list)| tasks.iter().all(|at| is_at_end(at, list)))
    }

    /// What can be done: which player, which of its tasks, what. Tasks that stand at one place are one.
    fn possible(&self, at: &Positions) -> Vec<(usize, usize, Move)> {
        let mut moves = Vec::new();
        for (player, tasks) in at.tasks.iter().enumerate() {
            for (task, position) in tasks.iter().enumerate() {
                let is_first = task == 0 || tasks[task - 1] != *position;
                let step = self.lists[player].get(usize::from(*position)).copied();
                if let Some(step) = step.filter(|step| is_first && self.is_possible(*step, &at.tokens)) {
                    moves.push((player, task, step));
                }
            }
        }
        moves
    }

    fn is_possible(&self, step: Move, tokens: &[u64]) -> bool {
        match step {
            Move::Send(channel) => self.places[channel].bound.is_none_or(|room| tokens[channel] < room),
            Move::Receive(channel) => tokens[channel] > 0,
            Move::Await(latch) => self.places[latch].bound.is_none_or(|count| tokens[latch] >= count),
            Move::CountDown(..) | Move::Submit(_) => true,
        }
    }

    /// Whether a possible move stays possible whatever others do, and takes nothing from them.
    fn is_independent(&self, step: Move) -> bool {
        match step {
            Move::CountDown(..) | Move::Await(_) | Move::Submit(_) => true,
            Move::Receive(channel) => self.places[channel].receivers <= 1,
            Move::Send(channel) => {
                let place = &self.places[channel];
                place.senders <= 1 || place.is_only_fed || place.bound.is_none_or(|room| place.sends <= room)
            }
        }
    }

    /// Makes a move.
    fn take(&self, at: &mut Positions, player: usize, task: usize, step: Move) {
        at.tasks[player][task] += 1;
        at.tasks[player].sort_unstable();
        match step {
            Move::Send(channel) => at.tokens[channel] += 1,
            Move::Receive(channel) => at.tokens[channel] -= 1,
            Move::CountDown(latch, count) => at.tokens[latch] += u64::from(count),
            Move::Await(_) => {}
            Move::Submit(child) => {
                at.tasks[child].push(0);
                at.tasks[child].sort_unstable();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Place = Place { bound: Some(1), senders: 0, sends: 0, is_only_fed: true, receivers: 0 };

    /// Whether a game with a task of each list, and a channel with room for one message for each number named, ends.
    fn ends(lists: &[&[Move]], channels: usize) -> bool {
        let mut places = vec![ROOM; channels];
        for list in lists {
            places.iter_mut().enumerate().for_each(|(at, place)| place.count(at, list, 1));
        }
        let tasks = lists.iter().map(|_| vec![0]).collect();
        let lists = lists.iter().map(|list| list.to_vec()).collect();
        Game { lists, begun: Positions { tasks, tokens: vec![0; channels] }, places }.always_ends()
    }

    #[test]
    fn a_game_ends_if_every_way_to_play_it_does() {
        use Move::{Receive, Send};
        // One asks, the other answers.
        assert!(ends(&[&[Send(0), Receive(1)], &[Receive(0), Send(1)]], 2));
        // Both wait for the other's question first.
        assert!(!ends(&[&[Receive(1), Send(0)], &[Receive(0), Send(1)]], 2));
        // There is room for one message, and nobody takes it.
        assert!(!ends(&[&[Send(0), Send(0)]], 1));
        // Two take what is enough for one of them: who comes first decides whether the other has its answer.
        assert!(!ends(&[&[Receive(0)], &[Receive(0)], &[Send(0)]], 1));
        // Both fill the other's channel twice before they take: full channels push back on each other.
        let (one, other) =
            ([Send(0), Send(0), Receive(1), Receive(1)], [Send(1), Send(1), Receive(0), Receive(0)]);
        assert!(!ends(&[&one, &other], 2));
        // Whoever comes first takes the only room that the other needs before it receives.
        let first = [Send(0), Receive(1)];
        assert!(!ends(&[&first, &[Send(0), Send(1), Receive(0), Receive(0)]], 2));
    }
}
