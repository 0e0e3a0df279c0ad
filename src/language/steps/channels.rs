//! The steps of channels: `send`, `receive`, `close`.

use super::words::Words;
use super::{Compiler, Drawing};
use crate::language::step_forms::form;
use crate::language::text::TextError;
use crate::model::id::SharedId;
use crate::model::program::Instruction;

impl Compiler<'_, '_> {
    pub(super) fn send(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let channel = self.channel(words, "send")?;
        let timeout = self.timeout(words, "send", Drawing::Send)?;
        words.finish(form("send"))?;
        self.emit(Instruction::Send { channel, timeout });
        Ok(())
    }

    pub(super) fn receive(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let channel = self.channel(words, "receive")?;
        let timeout = self.timeout(words, "receive", Drawing::Receive)?;
        words.finish(form("receive"))?;
        self.aftermath.closed = true;
        self.emit(Instruction::Receive { channel, timeout });
        Ok(())
    }

    pub(super) fn close(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let channel = self.channel(words, "close")?;
        words.finish(form("close"))?;
        self.emit(Instruction::Close(channel));
        Ok(())
    }

    fn channel(&mut self, words: &mut Words<'_>, verb: &str) -> Result<SharedId, TextError> {
        let word = words.expect("a channel", form(verb))?;
        let names = self.reader.names;
        let found = names.channel(&word.text);
        if found.is_none() {
            self.reader.unknown("channel", &word.text, words.span(&word), names.channels.iter());
        }
        Ok(found.unwrap_or(SharedId(0)))
    }
}
