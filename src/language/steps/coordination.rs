//! The steps of conditions, latches, barriers and servers.

use super::resources::positive;
use super::words::{Word, Words};
use super::{Compiler, Drawing};
use crate::language::step_forms::form;
use crate::language::text::TextError;
use crate::model::id::{ExecutorId, SharedId};
use crate::model::program::Instruction;

/// The target of an `await`.
#[derive(Clone, Copy)]
enum AwaitTarget {
    Shared(SharedId),
    Executor(ExecutorId),
}

impl Compiler<'_, '_> {
    pub(super) fn wait_on(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let condition = self.condition(words, "wait-on")?;
        let timeout = self.timeout(words, "wait-on", Drawing::WaitOn)?;
        words.finish(form("wait-on"))?;
        self.emit(Instruction::WaitOn { condition, timeout });
        Ok(())
    }

    pub(super) fn notify(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let condition = self.condition(words, "notify")?;
        let count = match words.next() {
            None => Some(1),
            Some(word) if word.text == "all" => None,
            Some(word) => Some(positive(&word, "waiters", "notify")?),
        };
        words.finish(form("notify"))?;
        self.emit(Instruction::Notify { condition, count });
        Ok(())
    }

    fn condition(&mut self, words: &mut Words<'_>, verb: &str) -> Result<SharedId, TextError> {
        let word = words.expect("a condition", form(verb))?;
        let names = self.reader.names;
        let found = names.condition(&word.text);
        if found.is_none() {
            self.reader.unknown("condition", &word.text, words.span(&word), names.conditions.iter());
        }
        Ok(found.unwrap_or(SharedId(0)))
    }

    /// `await` of a latch, a barrier or an executor.
    pub(super) fn await_shared(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let word = words.expect("a latch, a barrier or an executor", form("await"))?;
        let names = self.reader.names;
        let latch = names.latch(&word.text).map(|id| ("a latch", AwaitTarget::Shared(id)));
        let barrier = names.barrier(&word.text).map(|id| ("a barrier", AwaitTarget::Shared(id)));
        let executor = names.executor(&word.text).map(|id| ("an executor", AwaitTarget::Executor(id)));
        let mut found = [latch, barrier, executor].into_iter().flatten();
        let awaited = found.next();
        if let (Some((one, _)), Some((other, _))) = (awaited, found.next()) {
            let message = format!("`{}` is both {one} and {other}", word.text);
            let help = "give one of them another name, so that `await` can tell them apart";
            return Err(TextError::new(word.at, message).help(help));
        }
        if awaited.is_none() {
            self.unknown_awaited(&word, words);
        }
        let timeout = self.timeout(words, "await", Drawing::Await)?;
        words.finish(form("await"))?;
        self.emit(match awaited {
            Some((_, AwaitTarget::Executor(executor))) => Instruction::AwaitExecutor { executor, timeout },
            Some((_, AwaitTarget::Shared(shared))) => Instruction::Await { shared, timeout },
            None => Instruction::Await { shared: SharedId(0), timeout },
        });
        Ok(())
    }

    fn unknown_awaited(&mut self, word: &Word, words: &Words<'_>) {
        let names = self.reader.names;
        let known = || names.latches.iter().chain(names.barriers.iter()).chain(names.executors.iter());
        let help = match self.reader.sink.is_full() {
            true => None,
            false => crate::language::names::suggest(&word.text, known()),
        };
        let message = format!("there is no latch, barrier or executor `{}`", word.text.escape_debug());
        self.reader.sink.error(words.span(word), message, help);
    }

    pub(super) fn count_down(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let latch = self.latch(words, "count-down")?;
        let count = words.next().map_or(Ok(1), |word| positive(&word, "counts", "count-down"))?;
        words.finish(form("count-down"))?;
        self.emit(Instruction::CountDown { latch, count });
        Ok(())
    }

    pub(super) fn reset(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let latch = self.latch(words, "reset")?;
        words.finish(form("reset"))?;
        self.emit(Instruction::Reset(latch));
        Ok(())
    }

    fn latch(&mut self, words: &mut Words<'_>, verb: &str) -> Result<SharedId, TextError> {
        let word = words.expect("a latch", form(verb))?;
        let names = self.reader.names;
        let found = names.latch(&word.text);
        if found.is_none() {
            self.reader.unknown_in("latch", "latches", &word.text, words.span(&word), names.latches.iter());
        }
        Ok(found.unwrap_or(SharedId(0)))
    }

    pub(super) fn use_server(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let site = self.site(Drawing::Use);
        let word = words.expect("a server", form("use"))?;
        let names = self.reader.names;
        let found = names.server(&word.text);
        if found.is_none() {
            self.reader.unknown("server", &word.text, words.span(&word), names.servers.iter());
        }
        let length = words.expect("a duration", form("use"))?;
        let work = self.duration(&length, site)?;
        words.finish(form("use"))?;
        self.emit(Instruction::Use { server: found.unwrap_or(SharedId(0)), work });
        Ok(())
    }
}
