//! The steps of semaphores, locks and read-write locks: `acquire`, `release`, `lock`, `unlock`, and what `with` holds.

use super::words::{Word, Words};
use super::{Compiler, Drawing};
use crate::language::names::suggest;
use crate::language::step_forms::form;
use crate::language::text::TextError;
use crate::model::id::ResourceId;
use crate::model::program::{Claim, Instruction};

impl Compiler<'_, '_> {
    pub(super) fn acquire(&mut self, verb: &Word, words: &mut Words<'_>) -> Result<(), TextError> {
        let drawing = if verb.text == "lock" { Drawing::Lock } else { Drawing::Acquire };
        let (resource, claim) = self.resource(verb, words)?;
        let timeout = self.timeout(words, &verb.text, drawing)?;
        words.finish(form(&verb.text))?;
        self.emit(Instruction::Acquire { resource, claim, timeout });
        Ok(())
    }

    pub(super) fn release(&mut self, verb: &Word, words: &mut Words<'_>) -> Result<(), TextError> {
        let (resource, claim) = self.resource(verb, words)?;
        words.finish(form(&verb.text))?;
        // What has no owners anybody may give back.
        if self.reader.names.is_owned(resource) {
            self.given_back.push((resource, verb.text.clone(), words.span(verb)));
        }
        self.emit(Instruction::Release { resource, claim });
        Ok(())
    }

    /// The semaphore or the lock that a verb names, and how much of it; each has verbs of its own.
    fn resource(&mut self, verb: &Word, words: &mut Words<'_>) -> Result<(ResourceId, Claim), TextError> {
        let wants_lock = verb.text == "lock" || verb.text == "unlock";
        let (what, what_form) = if wants_lock { ("lock", "a lock") } else { ("semaphore", "a semaphore") };
        let word = words.expect(what_form, form(&verb.text))?;
        let names = self.reader.names;
        if wants_lock && let Some(found) = names.read_write_lock(&word.text) {
            return Ok((found, self.read_or_write(&word, words, &verb.text)?));
        }
        let (found, other) = match wants_lock {
            true => (names.lock(&word.text), names.semaphore(&word.text)),
            false => {
                let lock = names.lock(&word.text).or_else(|| names.read_write_lock(&word.text));
                (names.semaphore(&word.text), lock)
            }
        };
        if found.is_none() && other.is_some() {
            let right = match verb.text.as_str() {
                "lock" => "acquire",
                "unlock" => "release",
                "acquire" => "lock",
                _ => "unlock",
            };
            let is = if wants_lock { "a semaphore" } else { "a lock" };
            let message = format!("`{}` is {is}: `{}` does not apply to it", word.text, verb.text);
            return Err(TextError::new(word.at, message).help(format!("write `{right} {}`", word.text)));
        }
        if found.is_none() {
            let known = if wants_lock { &names.locks } else { &names.semaphores };
            self.reader.unknown(what, &word.text, words.span(&word), known.iter());
        }
        let claim = if wants_lock { Claim::ONE } else { self.permits(words, &verb.text)? };
        Ok((found.unwrap_or(ResourceId(0)), claim))
    }

    /// `read` or `write`, behind a read-write lock.
    fn read_or_write(&mut self, lock: &Word, words: &mut Words<'_>, verb: &str) -> Result<Claim, TextError> {
        if words.take("read").is_some() {
            return Ok(Claim::Read);
        }
        if words.take("write").is_some() {
            return Ok(Claim::Write);
        }
        let at = words.peek().map_or_else(|| lock.at.clone(), |word| word.at.clone());
        let message = format!("`{}` is a read-write lock: `{verb}` must say for what", lock.text);
        let help = format!("write `{verb} {0} read` or `{verb} {0} write`", lock.text);
        Err(TextError::new(at, message).help(help))
    }

    /// How many permits, if a number follows; one otherwise.
    fn permits(&mut self, words: &mut Words<'_>, verb: &str) -> Result<Claim, TextError> {
        let Some(word) = words.peek().filter(|word| word.text != "timeout").cloned() else {
            return Ok(Claim::ONE);
        };
        words.next();
        Ok(Claim::Permits(positive(&word, "permits", verb)?))
    }

    /// What `with` holds: any of them.
    pub(super) fn resource_of_with(
        &mut self,
        word: &Word,
        words: &mut Words<'_>,
    ) -> Result<(ResourceId, Claim), TextError> {
        let names = self.reader.names;
        if let Some(found) = names.read_write_lock(&word.text) {
            return Ok((found, self.read_or_write(word, words, "with")?));
        }
        let found = names.semaphore(&word.text).or_else(|| names.lock(&word.text));
        if found.is_none() {
            let known: Vec<&str> = names
                .semaphores
                .iter()
                .chain(names.locks.iter())
                .chain(names.read_write_locks.iter())
                .collect();
            let help =
                if self.reader.sink.is_full() { None } else { suggest(&word.text, known.iter().copied()) };
            let message = format!("there is no semaphore or lock `{}`", word.text.escape_debug());
            self.reader.sink.error(words.span(word), message, help);
        }
        Ok((found.unwrap_or(ResourceId(0)), Claim::ONE))
    }
}

/// A word as a whole number of 1 or more.
pub(super) fn positive(word: &Word, what: &str, verb: &str) -> Result<u32, TextError> {
    word.text.parse::<u32>().ok().filter(|count| *count > 0).ok_or_else(|| {
        let message = format!("`{}` is not a number of {what}", word.text.escape_debug());
        TextError::new(word.at.clone(), message).help(format!("it is written: {}", form(verb)))
    })
}
