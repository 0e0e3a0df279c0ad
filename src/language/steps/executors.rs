//! The steps that are about executors: `shutdown`, `resize`, and series.

use super::words::Words;
use super::{Compiler, Drawing};
use crate::language::names::suggest;
use crate::language::step_forms::form;
use crate::language::text::TextError;
use crate::model::id::ExecutorId;
use crate::model::program::{Every, Instruction, ShutdownMode, Submit};

impl Compiler<'_, '_> {
    pub(super) fn shutdown(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let word = words.expect("an executor", form("shutdown"))?;
        let executor = self.reader.executor(&word.text, words.span(&word)).unwrap_or(ExecutorId(0));
        let is_now = words.take("now").is_some();
        let mut cancel = !is_now && words.take("cancel").is_some();
        let wait = !is_now && words.take("nowait").is_none();
        cancel |= !is_now && words.take("cancel").is_some();
        words.finish(form("shutdown"))?;
        let mode = match (is_now, cancel) {
            (true, _) => ShutdownMode::Now,
            (false, true) => ShutdownMode::Cancel,
            (false, false) => ShutdownMode::Drain,
        };
        self.emit(Instruction::Shutdown { executor, wait, mode });
        Ok(())
    }

    pub(super) fn resize(&mut self, words: &mut Words<'_>) -> Result<(), TextError> {
        let word = words.expect("an executor", form("resize"))?;
        let executor = self.reader.executor(&word.text, words.span(&word));
        let number = words.expect("a number of workers", form("resize"))?;
        let workers = number.text.parse::<u32>().map_err(|_| {
            let message = format!("`{}` is not a number of workers", number.text.escape_debug());
            TextError::new(number.at.clone(), message).help(format!("it is written: {}", form("resize")))
        })?;
        words.finish(form("resize"))?;
        let known = executor.and_then(|executor| self.reader.resizable.get(executor.index()));
        match known {
            Some(None) => {
                let message = format!("the number of workers of `{}` is fixed", word.text);
                return Err(TextError::new(word.at, message)
                    .help("only an executor of kind `elastic` or `scheduled` can be resized"));
            }
            Some(Some(most)) if workers > *most => {
                let message = format!("`{}` has at most {most} workers", word.text);
                return Err(TextError::new(number.at, message));
            }
            Some(Some(_)) | None => {}
        }
        self.emit(Instruction::Resize { executor: executor.unwrap_or(ExecutorId(0)), workers });
        Ok(())
    }

    /// What follows `every`.
    pub(super) fn every(&mut self, words: &mut Words<'_>) -> Result<Every, TextError> {
        let site = self.site(Drawing::Every);
        let word = words.expect("a duration after `every`", form("submit"))?;
        let period = self.duration(&word, site)?;
        let distribution = &self.program.draws[period.index()].distribution;
        if distribution.fixed().is_some_and(|period| period == crate::model::time::Duration::ZERO) {
            return Err(TextError::new(word.at, "a series needs some time between two runs"));
        }
        let after_end = words.take("fixed-delay").is_some();
        if !after_end {
            words.take("fixed-rate");
        }
        Ok(Every { period, after_end })
    }

    /// A series is kept by an executor that knows of time.
    pub(super) fn check_series(&mut self, submit: &Submit, words: &Words<'_>) -> Result<(), TextError> {
        if submit.every.is_none() {
            return Ok(());
        }
        let keeps = submit.to.map(|to| self.reader.keeps_series.get(to.index()).copied().unwrap_or(true));
        let help = match keeps {
            Some(true) => return Ok(()),
            None => "name one of kind `scheduled` or `delay` after `to`".to_owned(),
            Some(false) => {
                let names = self.reader.names;
                let keeping = names.executors.iter().zip(&self.reader.keeps_series);
                let keeping: Vec<&str> = keeping.filter(|(_, keeps)| **keeps).map(|(name, _)| name).collect();
                suggest("", keeping.iter().copied()).unwrap_or_else(|| {
                    "the document has no executor of kind `scheduled` or `delay`".to_owned()
                })
            }
        };
        Err(TextError::new(words.all(), "`every` needs an executor that keeps a series").help(help))
    }
}
