//! The steps that stand for themselves, one function for each family.

use super::words::{Word, Words};
use super::{Compiler, Drawing};
use crate::language::distribution;
use crate::language::executors::on_full;
use crate::language::keys::ON_FULL;
use crate::language::names::{RESERVED, nearest, suggest, wrong_name};
use crate::language::step_forms::{form, suggest_verb};
use crate::language::text::TextError;
use crate::model::id::{CellId, DrawId, ExecutorId, NameId, TaskTypeId};
use crate::model::program::{CancelMode, Instruction, IoMode, Names, Submit, WaitMode};
use crate::model::value::Value;

impl Compiler<'_, '_> {
    /// Compiles a step that has nothing to do with blocks.
    pub(super) fn plain_step(&mut self, verb: &Word, words: &mut Words<'_>) -> Result<(), TextError> {
        match verb.text.as_str() {
            "run" => self.work(words, "run", Drawing::Run, Instruction::Run),
            "io" => self.io(words),
            "yield" => {
                words.finish(form("yield"))?;
                self.emit(Instruction::Yield);
                Ok(())
            }
            "submit" => self.submit_step(words),
            "call" => self.call(words),
            "wait" => self.wait(words),
            "result" => self.result(words),
            "cancel" => self.cancel(words),
            "acquire" | "lock" => self.acquire(verb, words),
            "release" | "unlock" => self.release(verb, words),
            "read" => {
                let cell = self.cell(words, "read")?;
                words.finish(form("read"))?;
                self.emit(Instruction::Read(cell));
                Ok(())
            }
            "write" => self.write(words),
            "add" => self.add(words),
            "fail" => self.say("fail", words, Instruction::Fail),
            "note" => self.say("note", words, Instruction::Note),
            "shutdown" => self.shutdown(words),
            "send" => self.send(words),
            "receive" => self.receive(words),
            "close" => self.close(words),
            "wait-on" => self.wait_on(words),
            "notify" => self.notify(words),
            "await" => self.await_shared(words),
            "count-down" => self.count_down(words),
            "reset" => self.reset(words),
            "use" => self.use_server(words),
            "resize" => self.resize(words),
            "crash" => {
                words.finish(form("crash"))?;
                self.emit(Instruction::Crash);
                Ok(())
            }
            other => {
                let message = format!("there is no step `{}`", other.escape_debug());
                Err(TextError::new(verb.at.clone(), message).help(suggest_verb(other)))
            }
        }
    }

    fn work(
        &mut self,
        words: &mut Words<'_>,
        verb: &str,
        drawing: Drawing,
        instruction: impl Fn(DrawId) -> Instruction,
    ) -> Result<(), TextError> {
        let site = self.site(drawing);
        let word = words.expect("a duration", form(verb))?;
        let draw = self.duration(&word, site)?;
        words.finish(form(verb))?;
        self.emit(instruction(draw));
        Ok(())
    }

    fn io(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let site = self.site(Drawing::Io);
        let word = words.expect("a duration", form("io"))?;
        let draw = self.duration(&word, site)?;
        let mode = match words.next() {
            None => IoMode::Plain,
            Some(word) => io_mode(&word)?,
        };
        words.finish(form("io"))?;
        self.emit(Instruction::Io(draw, mode));
        Ok(())
    }

    pub(super) fn duration(&mut self, word: &Word, site: u32) -> Result<DrawId, TextError> {
        let read = distribution::parse(&word.text).map_err(|mistake| mistake.shifted(word.at.start))?;
        Ok(self.draw(read, site))
    }

    /// `timeout D`, if it follows; the ordinal counts steps without one too.
    pub(super) fn timeout(
        &mut self,
        words: &mut Words<'_>,
        verb: &str,
        drawing: Drawing,
    ) -> Result<Option<DrawId>, TextError> {
        let site = self.site(drawing);
        if words.take("timeout").is_none() {
            return Ok(None);
        }
        let word = words.expect("a duration after `timeout`", form(verb))?;
        self.aftermath.timeout = true;
        self.duration(&word, site).map(Some)
    }

    fn submit_step(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let site = self.site(Drawing::Submit);
        let task = words.expect("a task", form("submit"))?;
        let id = self.reader.task(&task.text, words.span(&task));
        let mut submit = Submit {
            task: id.unwrap_or(TaskTypeId(0)),
            to: None,
            name: NameId(0),
            after: None,
            key: None,
            priority: 0,
            on_full: None,
            awaited: false,
            call: false,
            every: None,
        };
        let (mut given, mut after) = (None, None);
        let mut seen: Vec<String> = Vec::new();
        while let Some(option) = words.next() {
            if seen.contains(&option.text) {
                return Err(TextError::new(
                    option.at,
                    format!("`{}` appears twice in this step", option.text),
                ));
            }
            if option.text == "after" {
                after = Some(words.span(&option));
            }
            self.submit_option(&option, words, site, &mut submit, &mut given)?;
            seen.push(option.text);
        }
        match (submit.to, after) {
            (Some(to), Some(at)) if self.reader.delays.get(to.index()) == Some(&false) => {
                crate::language::after::warn(self.reader, at);
            }
            (None, Some(at)) => self.reader.afters.push((self.number, at)),
            (_, _) => {}
        }
        self.check_series(&submit, words)?;
        submit.name = self.child_of_submit(&task, given, words)?;
        let submit = self.submit(submit);
        self.emit(Instruction::Submit(submit));
        Ok(())
    }

    fn call(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let task = words.expect("a task", form("call"))?;
        let id = self.reader.task(&task.text, words.span(&task));
        let given = match words.take("as") {
            Some(_) => Some(words.expect("a name after `as`", form("call"))?),
            None => None,
        };
        words.finish(form("call"))?;
        let name = self.child_of_submit(&task, given, words)?;
        let submit = self.submit(Submit {
            task: id.unwrap_or(TaskTypeId(0)),
            to: None,
            name,
            after: None,
            key: None,
            priority: 0,
            on_full: None,
            awaited: false,
            every: None,
            call: true,
        });
        self.emit(Instruction::Submit(submit));
        Ok(())
    }

    fn submit_option(
        &mut self,
        option: &Word,
        words: &mut Words<'_>,
        site: u32,
        submit: &mut Submit,
        given: &mut Option<Word>,
    ) -> Result<(), TextError> {
        let what = format!("something after `{}`", option.text);
        match option.text.as_str() {
            "to" => {
                let word = words.expect("an executor after `to`", form("submit"))?;
                submit.to =
                    Some(self.reader.executor(&word.text, words.span(&word)).unwrap_or(ExecutorId(0)));
            }
            "as" => *given = Some(words.expect("a name after `as`", form("submit"))?),
            "after" => {
                let word = words.expect("a duration after `after`", form("submit"))?;
                submit.after = Some(self.duration(&word, site)?);
            }
            "every" => submit.every = Some(self.every(words)?),
            "key" => submit.key = Some(words.expect(&what, form("submit"))?.text),
            "priority" => {
                let word = words.expect("a number after `priority`", form("submit"))?;
                submit.priority = word.text.parse().map_err(|_| {
                    TextError::new(word.at, format!("`{}` is not a whole number", word.text.escape_debug()))
                })?;
            }
            "on_full" => {
                let word = words.expect("a policy after `on_full`", form("submit"))?;
                let policy = on_full(&word.text).ok_or_else(|| {
                    let mistake =
                        TextError::new(word.at.clone(), format!("`on_full` cannot be `{}`", word.text));
                    mistake.help(suggest(&word.text, ON_FULL.iter().copied()).unwrap_or_default())
                })?;
                submit.on_full = Some(policy);
            }
            other => {
                let message = format!("`submit` takes no `{}`", other.escape_debug());
                let options = ["to", "as", "after", "every", "key", "priority", "on_full"];
                let help = suggest(other, options.iter().copied()).unwrap_or_default();
                return Err(TextError::new(option.at.clone(), message).help(help));
            }
        }
        Ok(())
    }

    /// The number of the name that a submission goes under; `as` names and task names keep apart.
    fn child_of_submit(
        &mut self,
        task: &Word,
        given: Option<Word>,
        words: &Words<'_>,
    ) -> Result<NameId, TextError> {
        let is_given = given.is_some();
        let word = given.unwrap_or_else(|| task.clone());
        if is_given && let Some(why) = wrong_name(&word.text) {
            return Err(TextError::new(word.at, why));
        }
        let id = self.child(&word, words);
        let (_, child) = self.children.get_index_mut(id.index()).expect("the child was just entered");
        match child.given {
            Some(before) if before != is_given => {
                let other = if before { "with" } else { "without" };
                let message =
                    format!("`{}` is already the name of a child submitted {other} `as`", word.text);
                Err(TextError::new(word.at, message).help("give the one with `as` another name"))
            }
            Some(_) => Ok(id),
            None => {
                child.given = Some(is_given);
                Ok(id)
            }
        }
    }

    /// Names up to one of the words that may follow, or the end; at least one.
    fn names(&mut self, words: &mut Words<'_>, verb: &str, until: &[&str]) -> Result<Names, TextError> {
        let mut names = vec![words.expect("the name of a child", form(verb))?];
        while words.peek().is_some_and(|word| !until.contains(&word.text.as_str())) {
            names.extend(words.next());
        }
        for word in &names {
            if RESERVED.contains(&word.text.as_str()) {
                let message = format!("`{}` is a word of the step language, not a child", word.text);
                return Err(
                    TextError::new(word.at.clone(), message).help(format!("it is written: {}", form(verb)))
                );
            }
        }
        Ok(names.iter().map(|word| self.child(word, words)).collect())
    }

    fn wait(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let (names, mode) = if words.take("all").is_some() {
            (Box::default(), WaitMode::Every)
        } else if words.take("any").is_some() {
            (self.names(words, "wait", &["timeout"])?, WaitMode::Any)
        } else {
            (self.names(words, "wait", &["timeout"])?, WaitMode::All)
        };
        let timeout = self.timeout(words, "wait", Drawing::Wait)?;
        words.finish(form("wait"))?;
        self.emit(Instruction::Wait { names, mode, timeout });
        Ok(())
    }

    fn result(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let mode = if words.take("any").is_some() { WaitMode::Any } else { WaitMode::All };
        let names = self.names(words, "result", &["timeout"])?;
        let timeout = self.timeout(words, "result", Drawing::Result)?;
        words.finish(form("result"))?;
        self.emit(Instruction::Result { names, mode, timeout });
        Ok(())
    }

    fn cancel(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        const MODES: [&str; 2] = ["interrupt", "detach"];
        let all = words.take("all").is_some();
        let names = if all { Names::default() } else { self.names(words, "cancel", &MODES)? };
        let mode = if words.take("interrupt").is_some() {
            CancelMode::Interrupt
        } else if words.take("detach").is_some() {
            CancelMode::Detach
        } else {
            CancelMode::Plain
        };
        words.finish(form("cancel"))?;
        self.emit(Instruction::Cancel { names, all, mode });
        Ok(())
    }

    fn cell(&mut self, words: &mut Words<'_>, verb: &str) -> Result<CellId, TextError> {
        let word = words.expect("a cell", form(verb))?;
        let names = self.reader.names;
        let found = names.cell(&word.text);
        if found.is_none() {
            self.reader.unknown("cell", &word.text, words.span(&word), names.cells.iter());
        }
        Ok(found.unwrap_or(CellId(0)))
    }

    fn write(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let cell = self.cell(words, "write")?;
        let value = words.expect("a value", form("write"))?;
        words.finish(form("write"))?;
        let literal = self.literal(Value::parse(&value.text));
        self.emit(Instruction::Write(cell, literal));
        Ok(())
    }

    fn add(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let name = words.peek().cloned();
        let cell = self.cell(words, "add")?;
        let word = words.expect("a whole number", form("add"))?;
        let amount = word.text.parse().map_err(|_| {
            TextError::new(word.at.clone(), format!("`{}` is not a whole number", word.text.escape_debug()))
        })?;
        words.finish(form("add"))?;
        if let Some(name) = name
            && self.reader.names.cell(&name.text).is_some_and(|cell| !self.reader.names.is_number(cell))
        {
            let message = format!("the cell `{}` does not hold a number", name.text);
            return Err(
                TextError::new(name.at, message).help("`add` needs a cell whose `initial` is a whole number")
            );
        }
        self.emit(Instruction::Add(cell, amount));
        Ok(())
    }

    fn say(
        &mut self,
        verb: &str,
        words: &Words<'_>,
        instruction: impl Fn(crate::model::id::LiteralId) -> Instruction,
    ) -> Result<(), TextError> {
        let text = words.rest().to_owned();
        if text.is_empty() {
            let message = format!("`{verb}` needs a text");
            return Err(TextError::new(0..verb.len(), message).help(format!("it is written: {}", form(verb))));
        }
        let literal = self.literal(Value::Text(text));
        self.emit(instruction(literal));
        Ok(())
    }
}

/// What an `io` step does to its thread.
fn io_mode(word: &Word) -> Result<IoMode, TextError> {
    const MODES: [&str; 3] = ["blocking", "managed", "uninterruptible"];
    match word.text.as_str() {
        "blocking" => Ok(IoMode::Blocking),
        "managed" => Ok(IoMode::Managed),
        "uninterruptible" => Ok(IoMode::Uninterruptible),
        other => {
            let message = format!("`{}` is not expected here", other.escape_debug());
            let help = nearest(other, MODES).map_or_else(
                || format!("it is written: {}", form("io")),
                |near| format!("did you mean `{near}`?"),
            );
            Err(TextError::new(word.at.clone(), message).help(help))
        }
    }
}
