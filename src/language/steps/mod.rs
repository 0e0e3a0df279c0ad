//! Steps to programs: blocks become jumps, names become numbers.
//!
//! Invariant: a program without problems has every jump inside its code (or just behind it, which ends
//! the task), and every number in range. A program with problems is thrown away with them.

mod awaited;
mod block;
mod blocks;
mod channels;
mod coordination;
mod executors;
mod resources;
mod verbs;
mod words;

use super::keys::MAX_STEPS;
use super::problem::Span;
use super::reader::Reader;
use super::text::{Text, TextError};
use super::tree::Node;
use crate::model::distribution::Distribution;
use crate::model::id::{DrawId, LiteralId, NameId, Pc, ResourceId, SubmitId};
use crate::model::program::{ChildName, Draw, Instruction, Program, Step, Submit};
use crate::model::value::Value;
use block::{Aftermath, Block};
use indexmap::IndexMap;
use words::{Word, Words};

/// The verbs that draw. A site is a verb and how often it stood in the program before, so that other
/// steps do not change what this one draws.
#[derive(Clone, Copy, Debug)]
enum Drawing {
    Run,
    Io,
    Submit,
    Wait,
    Result,
    Acquire,
    Lock,
    Maybe,
    Retry,
    Every,
    Send,
    Receive,
    WaitOn,
    Await,
    Use,
}

const DRAWING_VERBS: usize = 15;

/// A child's name while its program is compiled.
struct Child {
    /// Whether `as` gave it, as the first `submit` under it has it; `None` before any.
    given: Option<bool>,
    /// Where it was first spoken of.
    first: Span,
}

/// A program while it is compiled.
struct Compiler<'a, 'r> {
    reader: &'a mut Reader<'r>,
    /// The number of the task.
    number: usize,
    program: Program,
    children: IndexMap<String, Child>,
    blocks: Vec<Block>,
    ordinals: [u32; DRAWING_VERBS],
    /// The number of the step being compiled.
    step: u16,
    /// What the step before this one, in the same block, can have come to.
    aftermath: Aftermath,
    /// What steps give back by name, and where.
    given_back: Vec<(ResourceId, String, Span)>,
}

/// Compiles the steps of the task with this number.
pub(super) fn compile(reader: &mut Reader<'_>, number: usize, steps: Option<&Node>) -> Program {
    let steps = steps.and_then(Node::list).unwrap_or_default();
    if let Some(step) = steps.get(MAX_STEPS) {
        let message = format!("a task has at most {MAX_STEPS} steps");
        reader.sink.error(
            step.span.clone(),
            message,
            Some("repeat what is the same with `repeat N`".to_owned()),
        );
    }
    let mut compiler = Compiler {
        reader,
        number,
        program: Program::default(),
        children: IndexMap::new(),
        blocks: Vec::new(),
        ordinals: [0; DRAWING_VERBS],
        step: 0,
        aftermath: Aftermath::default(),
        given_back: Vec::new(),
    };
    for node in steps.iter().take(MAX_STEPS) {
        compiler.step(node);
    }
    compiler.finish()
}

impl Compiler<'_, '_> {
    fn step(&mut self, node: &Node) {
        let Some(text) = self.step_text(node) else { return };
        self.step = self.program.steps.len() as u16;
        let depth = self.blocks.len() as u8;
        self.program.steps.push(Step { text: shown(text.text.trim()), depth });
        let aftermath = std::mem::take(&mut self.aftermath);
        if let Err(mistake) = self.compile_step(&text, aftermath) {
            self.reader.mistake(&text, mistake);
        }
    }

    /// The step's text with params replaced; prose keeps what only looks like a param.
    fn step_text(&mut self, node: &Node) -> Option<Text> {
        let prose = node.text()?.trim_start();
        if ["note ", "fail "].iter().any(|verb| prose.starts_with(verb)) {
            let text = Text::new(self.reader.source, &node.span, node.text()?);
            return Some(text.substitute(|name, _| self.reader.params.text(name)));
        }
        self.reader.text_of(node)
    }

    fn compile_step(&mut self, text: &Text, aftermath: Aftermath) -> Result<(), TextError> {
        let mut words = Words::of_prose(text);
        let is_prose = words.peek().is_some_and(|word| word.text == "note" || word.text == "fail");
        if !is_prose {
            words = Words::of(text)?;
        }
        let Some(verb) = words.next() else {
            return Err(
                TextError::new(0..text.text.len(), "this step is empty").help("leave it out, or write yield")
            );
        };
        if self.block_step(&verb, &mut words, aftermath)? {
            return Ok(());
        }
        self.plain_step(&verb, &mut words)
    }

    fn finish(mut self) -> Program {
        while let Some(block) = self.blocks.pop() {
            let message = format!("this `{}` has no `end`", block.word());
            self.reader.sink.error(block.opened.clone(), message, Some("add the step \"end\"".to_owned()));
        }
        for (name, child) in &self.children {
            if child.given.is_none() {
                let submitted =
                    self.children.iter().filter(|(_, c)| c.given.is_some()).map(|(name, _)| name.as_str());
                let help = if self.reader.sink.is_full() {
                    None
                } else {
                    listed_with_commas(name)
                        .or_else(|| super::names::suggest(name, submitted))
                        .or_else(|| Some("this task submits nothing".to_owned()))
                };
                let message = format!("no step of this task submits `{}`", name.escape_debug());
                self.reader.sink.error(child.first.clone(), message, help);
            }
        }
        self.warn_of_what_is_never_held();
        let names = self.children.iter().take(usize::from(u16::MAX));
        self.program.names = names
            .map(|(name, child)| ChildName { text: name.clone(), given: child.given == Some(true) })
            .collect();
        if !self.reader.sink.has_errors() {
            awaited::mark(&mut self.program);
        }
        self.program
    }

    /// Only a holder may release: a task that never takes a thing cannot give it back.
    fn warn_of_what_is_never_held(&mut self) {
        for (resource, verb, at) in std::mem::take(&mut self.given_back) {
            let takes = |instruction: &Instruction| matches!(instruction, Instruction::Acquire { resource: taken, .. } if *taken == resource);
            if !self.program.code.iter().any(takes) {
                let help = match verb.as_str() {
                    "release" => "write `owned = false`: then any task may release it",
                    _ => "only whoever holds it may give it back; a task can hand on a value in a cell",
                };
                let message = "this step always fails: the task never takes what this step gives back";
                self.reader.sink.warn(at, message, Some(help.to_owned()));
            }
        }
    }

    fn emit(&mut self, instruction: Instruction) -> Pc {
        let at = self.here();
        self.program.code.push(instruction);
        self.program.step_of.push(self.step);
        at
    }

    /// Where the next instruction will stand.
    fn here(&self) -> Pc {
        Pc(self.program.code.len() as u16)
    }

    /// The random stream of the next use of this verb.
    fn site(&mut self, verb: Drawing) -> u32 {
        let ordinal = &mut self.ordinals[verb as usize];
        let site = (verb as u32) << 16 | *ordinal;
        *ordinal += 1;
        site
    }

    fn draw(&mut self, distribution: Distribution, site: u32) -> DrawId {
        self.program.draws.push(Draw { distribution, site });
        DrawId((self.program.draws.len() - 1) as u16)
    }

    fn literal(&mut self, value: Value) -> LiteralId {
        self.program.literals.push(value);
        LiteralId((self.program.literals.len() - 1) as u16)
    }

    fn submit(&mut self, submit: Submit) -> SubmitId {
        self.program.submits.push(submit);
        SubmitId((self.program.submits.len() - 1) as u16)
    }

    /// The number of a child's name that a step waits for or cancels.
    fn child(&mut self, word: &Word, words: &Words<'_>) -> NameId {
        let entry = self.children.entry(word.text.clone());
        let number = entry.index();
        entry.or_insert_with(|| Child { given: None, first: words.span(word) });
        NameId(number.min(usize::from(u16::MAX)) as u16)
    }
}

/// A step's text as reports show it: a measured `trace(…)` may have a thousand values, of which the first and the last will do.
fn shown(text: &str) -> String {
    const MAX_COUNT: usize = 120;
    const HEAD: usize = 70;
    const TAIL: usize = 30;
    let length = text.chars().count();
    if length <= MAX_COUNT {
        return text.to_owned();
    }
    let head: String = text.chars().take(HEAD).collect();
    let tail: String = text.chars().skip(length - TAIL).collect();
    // Values are kept whole.
    let head = head.rsplit_once(' ').map_or(head.as_str(), |(whole, _)| whole);
    let tail = tail.split_once(' ').map_or(tail.as_str(), |(_, whole)| whole);
    format!("{head} … {tail}")
}

/// What to say of a name that ends in a comma.
fn listed_with_commas(name: &str) -> Option<String> {
    name.contains(',').then(|| "separate names with spaces, not commas: `wait a b`".to_owned())
}
