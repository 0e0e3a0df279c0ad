//! The steps that open, turn and close blocks: `repeat`, `maybe`, `else`, `with`, `on-timeout`, `on-closed`, `try`,
//! `on-failure`, `retry`, `scope`, `end`.

use super::block::{Aftermath, Block, BlockKind, MAX_BLOCKS};
use super::words::{Word, Words};
use super::{Compiler, Drawing};
use crate::language::names::nearest;
use crate::language::quantity::plain_number;
use crate::language::step_forms::form;
use crate::language::text::TextError;
use crate::model::handler::{Handler, HandlerKind};
use crate::model::id::{DrawId, Pc};
use crate::model::program::{Instruction, IoMode, Scope};

/// The words that open a block.
const OPENERS: [&str; 8] = ["repeat", "maybe", "with", "on-timeout", "on-closed", "try", "retry", "scope"];

impl Compiler<'_, '_> {
    /// Compiles a step that has to do with blocks; says whether it was one.
    pub(super) fn block_step(
        &mut self,
        verb: &Word,
        words: &mut Words<'_>,
        aftermath: Aftermath,
    ) -> Result<bool, TextError> {
        if let Some(word) = OPENERS.into_iter().find(|word| *word == verb.text) {
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
                "try" => self.try_block(words),
                "retry" => self.retry(words),
                "scope" => self.scope(words),
                "on-closed" => self.on_closed(verb, words, aftermath),
                _ => self.on_timeout(verb, words, aftermath),
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
            "on-failure" => self.on_failure(verb, words).map(|()| true),
            "end" => self.end(verb, words).map(|()| true),
            _ => Ok(false),
        }
    }

    fn repeat(&mut self, words: &mut Words<'_>) -> Result<BlockKind, TextError> {
        let word = words.expect("how often", form("repeat"))?;
        let times = match word.text.as_str() {
            "forever" => None,
            digits => Some(digits.parse::<u32>().map_err(|_| {
                let message = format!("`{}` is not a number of repetitions", digits.escape_debug());
                TextError::new(word.at, message).help(format!("it is written: {}", form("repeat")))
            })?),
        };
        words.finish(form("repeat"))?;
        let counter = self.next_counter();
        let at = self.emit(Instruction::Repeat { counter, times, end: Pc(0) });
        Ok(BlockKind::Repeat { at, counter, times })
    }

    /// A loop counter that no open block uses.
    fn next_counter(&mut self) -> u8 {
        let counts =
            |block: &&Block| matches!(block.kind, BlockKind::Repeat { .. } | BlockKind::Retry { .. });
        let counter = self.blocks.iter().filter(counts).count() as u8;
        self.program.counters = self.program.counters.max(counter + 1);
        counter
    }

    /// A handler whose body begins here.
    fn handler(&mut self, kind: HandlerKind) -> usize {
        let here = self.here();
        self.program.handlers.push(Handler { from: here, to: here, target: here, kind });
        self.program.handlers.len() - 1
    }

    fn try_block(&mut self, words: &mut Words<'_>) -> Result<BlockKind, TextError> {
        words.finish(form("try"))?;
        Ok(BlockKind::Try { handler: self.handler(HandlerKind::Try) })
    }

    fn retry(&mut self, words: &mut Words<'_>) -> Result<BlockKind, TextError> {
        let site = self.site(Drawing::Retry);
        let word = words.expect("how often", form("retry"))?;
        let times = word.text.parse::<u32>().map_err(|_| {
            let message = format!("`{}` is not a number of repetitions", word.text.escape_debug());
            TextError::new(word.at, message).help(format!("it is written: {}", form("retry")))
        })?;
        let pause = match words.take("every") {
            None => None,
            Some(_) => {
                let word = words.expect("a duration after `every`", form("retry"))?;
                Some(self.duration(&word, site)?)
            }
        };
        words.finish(form("retry"))?;
        let counter = self.next_counter();
        self.emit(Instruction::Retry { counter });
        let handler = self.handler(HandlerKind::Retry { counter, times });
        Ok(BlockKind::Retry { handler, pause, step: self.step })
    }

    fn scope(&mut self, words: &mut Words<'_>) -> Result<BlockKind, TextError> {
        let fail_fast = words.take("fail-fast").is_some();
        if let Some(word) = words.peek().cloned() {
            let message = format!("`{}` is not expected here", word.text.escape_debug());
            let help = match nearest(&word.text, ["fail-fast"]) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it is written: {}", form("scope")),
            };
            return Err(TextError::new(word.at, message).help(help));
        }
        self.emit(Instruction::OpenScope { fail_fast });
        Ok(BlockKind::Scope { handler: self.handler(HandlerKind::Scope) })
    }

    fn on_failure(&mut self, verb: &Word, words: &mut Words<'_>) -> Result<(), TextError> {
        words.finish(form("on-failure"))?;
        let Some(block) = self.blocks.last() else {
            return Err(TextError::new(verb.at.clone(), "`on-failure` is outside any `try`"));
        };
        let opened = block.opened.clone();
        match block.kind {
            BlockKind::Try { handler } => {
                let jump = self.emit(Instruction::Jump(Pc(0)));
                let target = self.here();
                let handler = &mut self.program.handlers[handler];
                (handler.to, handler.target) = (jump, target);
                self.blocks.pop();
                self.blocks.push(Block { opened, kind: BlockKind::OnFailure { jump } });
                self.dedent();
                Ok(())
            }
            BlockKind::Broken { word: "try" } => {
                self.dedent();
                Ok(())
            }
            BlockKind::OnFailure { .. } => {
                Err(TextError::new(verb.at.clone(), "this `try` has an `on-failure` already"))
            }
            BlockKind::Repeat { .. }
            | BlockKind::Maybe { .. }
            | BlockKind::Else { .. }
            | BlockKind::With { .. }
            | BlockKind::OnTimeout { .. }
            | BlockKind::OnClosed { .. }
            | BlockKind::Retry { .. }
            | BlockKind::Scope { .. }
            | BlockKind::Broken { .. } => {
                let message =
                    format!("`on-failure` belongs to `try`, but the open block is `{}`", block.word());
                Err(TextError::new(verb.at.clone(), message))
            }
        }
    }

    /// The block again, after the pause, as long as there are repetitions left.
    fn end_retry(&mut self, handler: usize, pause: Option<DrawId>, step: u16) {
        let jump = self.emit(Instruction::Jump(Pc(0)));
        let (body, target) = (self.program.handlers[handler].from, self.here());
        (self.program.handlers[handler].to, self.program.handlers[handler].target) = (jump, target);
        if let Some(pause) = pause {
            self.emit(Instruction::Io(pause, IoMode::Plain));
            // It is the `retry` that pauses.
            if let Some(of) = self.program.step_of.last_mut() {
                *of = step;
            }
        }
        self.emit(Instruction::Jump(body));
        self.point(jump, self.here());
    }

    fn maybe(&mut self, words: &mut Words<'_>) -> Result<BlockKind, TextError> {
        // The ordinal counts what stands in the text, right or wrong.
        let site = self.site(Drawing::Maybe);
        let word = words.expect("a probability", form("maybe"))?;
        let percent = word.text.strip_suffix('%').and_then(plain_number).map(|percent| percent / 100.0);
        let p = percent.or_else(|| plain_number(&word.text)).filter(|p| (0.0..=1.0).contains(p));
        let p = p.ok_or_else(|| {
            let message = format!("`{}` is not a probability", word.text.escape_debug());
            TextError::new(word.at.clone(), message)
                .help("write a number between 0 and 1, or a percentage such as 5%")
        })?;
        words.finish(form("maybe"))?;
        let at = self.emit(Instruction::Maybe { p, site, otherwise: Pc(0) });
        Ok(BlockKind::Maybe { at })
    }

    fn with(&mut self, words: &mut Words<'_>) -> Result<BlockKind, TextError> {
        let word = words.expect("a semaphore or a lock", form("with"))?;
        let (resource, claim) = self.resource_of_with(&word, words)?;
        words.finish(form("with"))?;
        self.emit(Instruction::Acquire { resource, claim, timeout: None });
        let scope = self.program.scopes.len();
        self.program.scopes.push(Scope { from: self.here(), to: self.here(), resource, claim });
        Ok(BlockKind::With { scope, resource, claim })
    }

    fn on_timeout(
        &mut self,
        verb: &Word,
        words: &mut Words<'_>,
        aftermath: Aftermath,
    ) -> Result<BlockKind, TextError> {
        words.finish(form("on-timeout"))?;
        if !aftermath.timeout {
            let message = "`on-timeout` must come directly after a step that can time out";
            let help = "such as `wait NAME timeout 5s`, result, acquire or lock with a timeout";
            return Err(TextError::new(verb.at.clone(), message).help(help));
        }
        let at = self.emit(Instruction::UnlessTimedOut(Pc(0)));
        Ok(BlockKind::OnTimeout { at, rest: Aftermath { timeout: false, ..aftermath } })
    }

    fn on_closed(
        &mut self,
        verb: &Word,
        words: &mut Words<'_>,
        aftermath: Aftermath,
    ) -> Result<BlockKind, TextError> {
        words.finish(form("on-closed"))?;
        if !aftermath.closed {
            let message = "`on-closed` must come directly after a `receive`";
            let help = "it is what a receiver does once the channel is closed and empty";
            return Err(TextError::new(verb.at.clone(), message).help(help));
        }
        let at = self.emit(Instruction::UnlessClosed(Pc(0)));
        Ok(BlockKind::OnClosed { at, rest: Aftermath { closed: false, ..aftermath } })
    }

    fn otherwise(&mut self, verb: &Word, words: &mut Words<'_>) -> Result<(), TextError> {
        words.finish(form("else"))?;
        let Some(block) = self.blocks.last() else {
            return Err(TextError::new(verb.at.clone(), "`else` is outside any `maybe`"));
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
            | BlockKind::OnClosed { .. }
            | BlockKind::Try { .. }
            | BlockKind::OnFailure { .. }
            | BlockKind::Retry { .. }
            | BlockKind::Scope { .. }
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
            BlockKind::Maybe { at } | BlockKind::Else { jump: at } | BlockKind::OnFailure { jump: at } => {
                self.point(at, self.here());
            }
            BlockKind::OnTimeout { at, rest } | BlockKind::OnClosed { at, rest } => {
                self.point(at, self.here());
                self.aftermath = rest;
            }
            BlockKind::With { scope, resource, claim } => {
                let release = self.emit(Instruction::Release { resource, claim });
                self.program.scopes[scope].to = release;
            }
            BlockKind::Try { .. } => {
                self.dedent();
                let message = "this `try` has no `on-failure`";
                let help = "add the step \"on-failure\" before its `end`";
                return Err(TextError::new(verb.at.clone(), message).help(help));
            }
            BlockKind::Retry { handler, pause, step } => self.end_retry(handler, pause, step),
            BlockKind::Scope { handler } => {
                let join = self.emit(Instruction::JoinScope);
                let handler = &mut self.program.handlers[handler];
                (handler.to, handler.target) = (join, join);
                self.emit(Instruction::CloseScope);
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
            Instruction::Jump(to) | Instruction::UnlessTimedOut(to) | Instruction::UnlessClosed(to) => {
                *to = target;
            }
            other => unreachable!("{other:?} is no jump of a block"),
        }
    }
}
