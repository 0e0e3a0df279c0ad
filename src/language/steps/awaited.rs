//! Which children a program waits for later: guards judge a submission by it.
//!
//! A child counts as awaited if a `wait` or `result` that names it, or a `wait all`, can be reached from
//! its submission, through loops too, before another submission takes over its name.

use crate::model::id::{NameId, Pc};
use crate::model::program::{Instruction, Program, WaitMode};

/// Fills in [`crate::model::program::Submit::awaited`] and [`Program::waits_for_all`].
pub(super) fn mark(program: &mut Program) {
    let before = predecessors(program);
    let waits_for_every =
        |at: usize| matches!(program.code[at], Instruction::Wait { mode: WaitMode::Every, .. });
    let everyone: Vec<usize> = (0..program.code.len()).filter(|at| waits_for_every(*at)).collect();
    let mut awaited = vec![false; program.submits.len()];
    // From each `wait all` back to every submission before it.
    walk_back(program, &before, &everyone, |_| false, &mut awaited);
    // From each step that names a child back to the latest submissions under that name.
    for (name, waits) in waits_by_name(program).into_iter().enumerate() {
        if !waits.is_empty() {
            walk_back(program, &before, &waits, |other| other.index() == name, &mut awaited);
        }
    }
    program.waits_for_all = !everyone.is_empty();
    for (submit, awaited) in program.submits.iter_mut().zip(awaited) {
        submit.awaited = awaited;
    }
}

/// Marks submissions met on the way back; one for which `stops_at` holds ends its path. If `stops_at`
/// holds for none, all submissions are meant, otherwise only those.
fn walk_back(
    program: &Program,
    before: &[Vec<u16>],
    from: &[usize],
    stops_at: impl Fn(NameId) -> bool,
    awaited: &mut [bool],
) {
    let all = !(0..program.names.len()).any(|name| stops_at(NameId(name as u16)));
    let mut seen = vec![false; program.code.len()];
    let mut open: Vec<u16> = from.iter().flat_map(|at| before[*at].iter().copied()).collect();
    while let Some(at) = open.pop() {
        if std::mem::replace(&mut seen[usize::from(at)], true) {
            continue;
        }
        if let Instruction::Submit(id) = program.code[usize::from(at)] {
            let is_meant = stops_at(program.submits[id.index()].name);
            awaited[id.index()] |= all || is_meant;
            if is_meant {
                continue;
            }
        }
        open.extend(&before[usize::from(at)]);
    }
}

/// For each name, the instructions that wait for it.
fn waits_by_name(program: &Program) -> Vec<Vec<usize>> {
    let mut waits = vec![Vec::new(); program.names.len()];
    for (at, instruction) in program.code.iter().enumerate() {
        match instruction {
            Instruction::Wait { names, .. } => names.iter().for_each(|name| waits[name.index()].push(at)),
            Instruction::Result { name, .. } => waits[name.index()].push(at),
            _ => {}
        }
    }
    waits
}

/// For each instruction, those that may come just before it.
fn predecessors(program: &Program) -> Vec<Vec<u16>> {
    let mut before = vec![Vec::new(); program.code.len()];
    for at in 0..program.code.len() {
        for next in successors(&program.code[at], at).into_iter().flatten() {
            if let Some(list) = before.get_mut(next) {
                list.push(at as u16);
            }
        }
    }
    before
}

fn successors(instruction: &Instruction, at: usize) -> [Option<usize>; 2] {
    let follows = Some(at + 1);
    let to = |pc: &Pc| Some(pc.index());
    match instruction {
        Instruction::Fail(_) => [None, None],
        Instruction::Jump(target) => [to(target), None],
        Instruction::Maybe { otherwise, .. } => [follows, to(otherwise)],
        Instruction::UnlessTimedOut(target) => [follows, to(target)],
        Instruction::Repeat { times: Some(0), end, .. } => [to(end), None],
        Instruction::Repeat { .. } => [follows, None],
        Instruction::Again { times: None, body, .. } => [to(body), None],
        Instruction::Again { body, .. } => [to(body), follows],
        Instruction::Run(_)
        | Instruction::Io(_)
        | Instruction::Yield
        | Instruction::Submit(_)
        | Instruction::Wait { .. }
        | Instruction::Result { .. }
        | Instruction::Cancel(_)
        | Instruction::Acquire { .. }
        | Instruction::Release(_)
        | Instruction::Read(_)
        | Instruction::Write(..)
        | Instruction::Add(..)
        | Instruction::Note(_)
        | Instruction::Shutdown { .. } => [follows, None],
    }
}
