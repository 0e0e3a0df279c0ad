//! Which children a program waits for later: guards judge a submission by it.
//!
//! A child counts as awaited if a `wait` or `result` that names it, or a `wait all`, can be reached from
//! its submission, through loops too, before another submission takes over its name. That is what
//! compilers call liveness, and it is found as they find it: backwards, until nothing changes.

use crate::model::handler::HandlerKind;
use crate::model::id::Pc;
use crate::model::program::{Instruction, Program, WaitMode};

/// The bit that stands for `wait all`; the name with number `n` has bit `n + 1`.
const EVERYONE: usize = 0;

/// Fills in [`crate::model::program::Submit::awaited`] and [`Program::waits_for_all`].
pub(super) fn mark(program: &mut Program) {
    let words = program.names.len() / 64 + 1;
    // For each instruction, and for the end: what may be waited for from there on.
    let mut waited = vec![0u64; (program.code.len() + 1) * words];
    let mut changed = true;
    while changed {
        changed = false;
        for at in (0..program.code.len()).rev() {
            changed |= step_back(program, &mut waited, words, at);
        }
    }
    program.waits_for_all = program.code.iter().any(|code| {
        matches!(
            code,
            Instruction::Wait { mode: WaitMode::Every, .. } | Instruction::Cancel { all: true, .. }
        )
    });
    for at in 0..program.code.len() {
        if let Instruction::Submit(id) = program.code[at] {
            let name = program.submits[id.index()].name.index() + 1;
            let after = &waited[(at + 1) * words..(at + 2) * words];
            // The end of a scope waits for all that is submitted in it.
            let joined = program.handlers.iter().any(|handler| {
                handler.kind == HandlerKind::Scope && (handler.from.index()..handler.to.index()).contains(&at)
            });
            program.submits[id.index()].awaited = has(after, name) || has(after, EVERYONE) || joined;
        }
    }
}

/// What may be waited for from one instruction on, from what may be after it; says whether it is more
/// than was known.
fn step_back(program: &Program, waited: &mut [u64], words: usize, at: usize) -> bool {
    let mut here = vec![0u64; words];
    let raised = program.handlers.iter().filter(|h| (h.from.index()..h.to.index()).contains(&at));
    let ways = successors(&program.code[at], at).into_iter().flatten();
    for next in ways.chain(raised.map(|handler| handler.target.index())) {
        let after = &waited[next * words..(next + 1) * words];
        here.iter_mut().zip(after).for_each(|(bits, more)| *bits |= more);
    }
    let mut set = |bit: usize| here[bit / 64] |= 1 << (bit % 64);
    match &program.code[at] {
        Instruction::Wait { mode: WaitMode::Every, .. } => set(EVERYONE),
        Instruction::Wait { names, .. } | Instruction::Result { names, .. } => {
            names.iter().for_each(|name| set(name.index() + 1));
        }
        Instruction::Submit(id) => {
            // Before this, the name means another child.
            let bit = program.submits[id.index()].name.index() + 1;
            here[bit / 64] &= !(1 << (bit % 64));
        }
        _ => {}
    }
    let known = &mut waited[at * words..(at + 1) * words];
    let is_more = known != here.as_slice();
    known.copy_from_slice(&here);
    is_more
}

fn has(bits: &[u64], bit: usize) -> bool {
    bits[bit / 64] >> (bit % 64) & 1 == 1
}

/// Where a program may go on from an instruction; never further than just behind its code.
fn successors(instruction: &Instruction, at: usize) -> [Option<usize>; 2] {
    let follows = Some(at + 1);
    let to = |pc: &Pc| Some(pc.index());
    match instruction {
        Instruction::Fail(_) | Instruction::Crash => [None, None],
        Instruction::Jump(target) => [to(target), None],
        Instruction::Maybe { otherwise, .. } => [follows, to(otherwise)],
        Instruction::UnlessTimedOut(target) | Instruction::UnlessClosed(target) => [follows, to(target)],
        Instruction::Repeat { times: Some(0), end, .. } => [to(end), None],
        Instruction::Repeat { .. } => [follows, None],
        Instruction::Again { times: None, body, .. } => [to(body), None],
        Instruction::Again { body, .. } => [to(body), follows],
        Instruction::Run(_)
        | Instruction::Io(..)
        | Instruction::Yield
        | Instruction::Submit(_)
        | Instruction::Wait { .. }
        | Instruction::Result { .. }
        | Instruction::Cancel { .. }
        | Instruction::Retry { .. }
        | Instruction::OpenScope { .. }
        | Instruction::JoinScope
        | Instruction::CloseScope
        | Instruction::Acquire { .. }
        | Instruction::Release { .. }
        | Instruction::WaitOn { .. }
        | Instruction::Notify { .. }
        | Instruction::Await { .. }
        | Instruction::CountDown { .. }
        | Instruction::Reset(_)
        | Instruction::Use { .. }
        | Instruction::Read(_)
        | Instruction::Write(..)
        | Instruction::Add(..)
        | Instruction::Note(_)
        | Instruction::AwaitExecutor { .. }
        | Instruction::Resize { .. }
        | Instruction::Send { .. }
        | Instruction::Receive { .. }
        | Instruction::Close(_)
        | Instruction::Shutdown { .. } => [follows, None],
    }
}
