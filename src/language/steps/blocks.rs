//! The steps that open, turn and close blocks: `repeat`, `maybe`, `else`, `with`, `on-timeout`, `end`.

use super::forms::form;
use super::words::{Word, Words};
use super::{Compiler, Drawing, MAX_BLOCKS};
use crate::language::problem::Span;
use crate::language::quantity::plain_number;
use crate::language::text::TextError;
use crate::model::id::{Pc, ResourceId};
use crate::model::program::{Instruction, Scope};

/// A block that is open.
pub(super) struct Block {
    /// Where its first word stands in the document.
    pub opened: Span,
    kind: BlockKind,
}

#[derive(Clone, Copy)]
enum BlockKind {
    /// The `Repeat` instruction, to be told its end.
    Repeat { at: Pc, counter: u8, times: Option<u32> },
    /// The `Maybe` instruction, to be told where else to go.
    Maybe { at: Pc },
    /// The `Jump` at the end of the first half, to be told the end.
    Else { jump: Pc },
    /// Its place among the program's scopes.
    With { scope: usize, resource: ResourceId },
    /// The `UnlessTimedOut` instruction, to be told the end.
    OnTimeout { at: Pc },
    /// A block whose opening step was wrong; its `end` is expected all the same.
    Broken { word: &'static str },
}

impl Block {
    /// The word that opened it.
    pub fn word(&self) -> &'static str {
        match self.kind {
            BlockKind::Repeat { .. } => "repeat",
            BlockKind::Maybe { .. } => "maybe",
            BlockKind::Else { .. } => "else",
            BlockKind::With { .. } => "with",
            BlockKind::OnTimeout { .. } => "on-timeout",
            BlockKind::Broken { word } => word,
        }
    }
}

impl Compiler<'_, '_> {
    /// Compiles a step that has to do with blocks; says whether it was one.
    pub(super) fn block_step(
        &mut self,
        verb: &Word,
        words: &mut Words<'_>,
        could_time_out: bool,
    ) -> Result<bool, TextError> {
        let opener = ["repeat", "maybe", "with", "on-timeout"].into_iter().find(|word| *word == verb.text);
        if let Some(word) = opener {
            let opened = words.span(verb);
            if self.blocks.len() == MAX_BLOCKS {
                // Later ones are too deep as well; saying it once is enough.
                self.blocks.push(Block { opened, kind: BlockKind::Broken { word } });
                return Err(TextError::new(
                    verb.at.clone(),
                    format!("blocks are nested more than {MAX_BLOCKS} deep"),
                ));
            }
            if self.blocks.len() > MAX_BLOCKS {
                // The stack stays bounded: depths are kept in 8 bits.
                if self.blocks.len() < usize::from(u8::MAX) {
                    self.blocks.push(Block { opened, kind: BlockKind::Broken { word } });
                }
                return Ok(true);
            }
            let kind = match word {
                "repeat" => self.repeat(words),
                "maybe" => self.maybe(words),
                "with" => self.with(words),
                _ => self.on_timeout(verb, words, could_time_out),
            };
            let (kind, result) = match kind {
                Ok(kind) => (kind, Ok(true)),
                Err(mistake) => (BlockKind::Broken { word }, Err(mistake)),
            };
            self.blocks.push(Block { opened, kind });
            return result;
        }
        match verb.text.as_str() {
            "else" => self.otherwise(verb, words).map(|()| true),
            "end" => self.end(verb, words).map(|()| true),
            _ => Ok(false),
        }
    }

    fn repeat(&mut self, words: &mut Words<'_>) -> Result<BlockKind, TextError> {
        let word = words.expect("how often", form("repeat"))?;
        let times = match word.text.as_str() {
            "forever" => None,
            digits => Some(digits.parse::<u32>().map_err(|_| {
                let message = format!("`{}` is no number of repetitions", digits.escape_debug());
                TextError::new(word.at, message).help(format!("it is written: {}", form("repeat")))
            })?),
        };
        words.finish(form("repeat"))?;
        let open = self.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Repeat { .. }));
        let counter = open.count() as u8;
        self.program.counters = self.program.counters.max(counter + 1);
        let at = self.emit(Instruction::Repeat { counter, times, end: Pc(0) });
        Ok(BlockKind::Repeat { at, counter, times })
    }

    fn maybe(&mut self, words: &mut Words<'_>) -> Result<BlockKind, TextError> {
        // The ordinal counts what stands in the text, right or wrong.
        let site = self.site(Drawing::Maybe);
        let word = words.expect("a probability", form("maybe"))?;
        let percent = word.text.strip_suffix('%').and_then(plain_number).map(|percent| percent / 100.0);
        let p = percent.or_else(|| plain_number(&word.text)).filter(|p| (0.0..=1.0).contains(p));
        let p = p.ok_or_else(|| {
            let message = format!("`{}` is no probability", word.text.escape_debug());
            TextError::new(word.at.clone(), message)
                .help("write a number between 0 and 1, or a percentage such as 5%")
        })?;
        words.finish(form("maybe"))?;
        let at = self.emit(Instruction::Maybe { p, site, otherwise: Pc(0) });
        Ok(BlockKind::Maybe { at })
    }

    fn with(&mut self, words: &mut Words<'_>) -> Result<BlockKind, TextError> {
        let word = words.expect("a semaphore or a lock", form("with"))?;
        let resource = self.semaphore_or_lock(&word, words);
        words.finish(form("with"))?;
        self.emit(Instruction::Acquire { resource, timeout: None });
        let scope = self.program.scopes.len();
        self.program.scopes.push(Scope { from: self.here(), to: self.here(), resource });
        Ok(BlockKind::With { scope, resource })
    }

    fn on_timeout(
        &mut self,
        verb: &Word,
        words: &mut Words<'_>,
        could_time_out: bool,
    ) -> Result<BlockKind, TextError> {
        words.finish(form("on-timeout"))?;
        if !could_time_out {
            let message = "`on-timeout` must stand directly after a step that can time out";
            let help = "such as `wait NAME timeout 5s`, result, acquire or lock with a timeout";
            return Err(TextError::new(verb.at.clone(), message).help(help));
        }
        let at = self.emit(Instruction::UnlessTimedOut(Pc(0)));
        Ok(BlockKind::OnTimeout { at })
    }

    fn otherwise(&mut self, verb: &Word, words: &mut Words<'_>) -> Result<(), TextError> {
        words.finish(form("else"))?;
        let Some(block) = self.blocks.last() else {
            return Err(TextError::new(verb.at.clone(), "`else` stands outside any `maybe`"));
        };
        let opened = block.opened.clone();
        match block.kind {
            BlockKind::Maybe { at } => {
                let jump = self.emit(Instruction::Jump(Pc(0)));
                self.point(at, self.here());
                self.blocks.pop();
                self.blocks.push(Block { opened, kind: BlockKind::Else { jump } });
                self.dedent();
                Ok(())
            }
            BlockKind::Broken { word: "maybe" } => {
                self.dedent();
                Ok(())
            }
            BlockKind::Else { .. } => {
                Err(TextError::new(verb.at.clone(), "this `maybe` has an `else` already"))
            }
            BlockKind::Repeat { .. }
            | BlockKind::With { .. }
            | BlockKind::OnTimeout { .. }
            | BlockKind::Broken { .. } => {
                let message = format!("`else` belongs to `maybe`, but the open block is `{}`", block.word());
                Err(TextError::new(verb.at.clone(), message))
            }
        }
    }

    fn end(&mut self, verb: &Word, words: &mut Words<'_>) -> Result<(), TextError> {
        words.finish(form("end"))?;
        let Some(block) = self.blocks.pop() else {
            let message = "`end` closes nothing: no block is open";
            return Err(TextError::new(verb.at.clone(), message));
        };
        match block.kind {
            BlockKind::Repeat { at, counter, times } => {
                let body = Pc(at.0 + 1);
                self.emit(Instruction::Again { counter, times, body });
                self.point(at, self.here());
            }
            BlockKind::Maybe { at } | BlockKind::OnTimeout { at } | BlockKind::Else { jump: at } => {
                self.point(at, self.here());
            }
            BlockKind::With { scope, resource } => {
                let release = self.emit(Instruction::Release(resource));
                self.program.scopes[scope].to = release;
            }
            BlockKind::Broken { .. } => {}
        }
        self.dedent();
        Ok(())
    }

    /// `else` and `end` stand as deep as the word that opened their block.
    fn dedent(&mut self) {
        if let Some(step) = self.program.steps.last_mut() {
            step.depth = step.depth.saturating_sub(1);
        }
    }

    /// Tells a jump where it goes.
    fn point(&mut self, at: Pc, target: Pc) {
        match &mut self.program.code[at.index()] {
            Instruction::Repeat { end, .. } => *end = target,
            Instruction::Maybe { otherwise, .. } => *otherwise = target,
            Instruction::Jump(to) | Instruction::UnlessTimedOut(to) => *to = target,
            other => unreachable!("{other:?} is no jump of a block"),
        }
    }
}
