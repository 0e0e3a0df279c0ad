//! What every reader of a section needs: the document's text, params and names, and where problems go.

use super::names::{Names, suggest};
use super::params::Params;
use super::problem::{Sink, Span};
use super::text::{Text, TextError};
use super::tree::Node;
use super::{distribution, quantity};
use crate::model::distribution::Distribution;
use crate::model::id::{ExecutorId, TaskTypeId};
use crate::model::time::Duration;

/// A document while its sections are read.
pub(super) struct Reader<'a> {
    pub source: &'a str,
    pub params: &'a Params,
    pub names: &'a Names,
    /// For each executor, whether it or one it leads into is a `delay`; known once executors are read.
    pub delays: Vec<bool>,
    /// For each executor, whether it keeps a series.
    pub keeps_series: Vec<bool>,
    /// For each executor that a step can resize, its greatest number of workers.
    pub resizable: Vec<Option<u32>>,
    /// The `after` of each `submit` without `to`, with the number of the task that submits.
    pub afters: Vec<(usize, Span)>,
    pub sink: &'a mut Sink,
}

impl Reader<'_> {
    /// The text of a value with its params replaced; an unknown one is reported, and then there is none.
    pub fn text_of(&mut self, node: &Node) -> Option<Text> {
        let mut unknown = Vec::new();
        let text = Text::new(self.source, &node.span, node.text()?).substitute(|name, at| {
            let value = self.params.text(name);
            if value.is_none() {
                unknown.push((name.to_owned(), at));
            }
            value
        });
        let all_known = unknown.is_empty();
        for (name, at) in unknown {
            let (message, help) = self.params.unknown(&name, self.sink);
            self.sink.error(at, message, help);
        }
        all_known.then_some(text)
    }

    /// Reports a mistake in a part of a text.
    pub fn mistake(&mut self, text: &Text, mistake: TextError) {
        self.sink.error(text.span(&mistake.at), mistake.message, mistake.help);
    }

    /// The text of a value with its params replaced, for values that were checked before.
    pub fn plain_text(&self, node: &Node) -> Option<String> {
        let text = Text::new("", &(0..0), node.text()?);
        Some(text.substitute(|name, _| self.params.text(name)).text)
    }

    /// A distribution that was checked before.
    pub fn distribution(&self, node: &Node) -> Option<Distribution> {
        distribution::parse(&self.plain_text(node)?).ok()
    }

    /// A duration that was checked before.
    pub fn duration(&self, node: &Node) -> Option<Duration> {
        quantity::finite(&self.plain_text(node)?).ok()
    }

    /// A seed: a whole number, or its digits as text.
    pub fn seed(node: &Node) -> Option<u64> {
        node.integer().and_then(|n| u64::try_from(n).ok()).or_else(|| node.text()?.parse().ok())
    }

    /// What a name of an executor refers to, or a problem with the nearest one.
    pub fn executor(&mut self, name: &str, at: Span) -> Option<ExecutorId> {
        let found = self.names.executor(name);
        if found.is_none() {
            let names = self.names;
            self.unknown("executor", name, at, names.executors.iter());
        }
        found
    }

    /// What a name of a task refers to, or a problem with the nearest one.
    pub fn task(&mut self, name: &str, at: Span) -> Option<TaskTypeId> {
        let found = self.names.task(name);
        if found.is_none() {
            let names = self.names;
            self.unknown("task", name, at, names.tasks.iter());
        }
        found
    }

    /// Reports that a section has no such name, and suggests the nearest one.
    pub fn unknown<'n>(
        &mut self,
        what: &str,
        name: &str,
        at: Span,
        known: impl Iterator<Item = &'n str> + Clone,
    ) {
        self.unknown_in(what, &format!("{what}s"), name, at, known);
    }

    /// The same, for what stands in a section whose name is not made with an `s`.
    pub fn unknown_in<'n>(
        &mut self,
        what: &str,
        section: &str,
        name: &str,
        at: Span,
        known: impl Iterator<Item = &'n str> + Clone,
    ) {
        let help = if self.sink.is_full() {
            None
        } else if known.clone().next().is_none() {
            Some(format!("the document defines no {what}; add [{section}.{name}]"))
        } else {
            suggest(name, known)
        };
        self.sink.error(at, format!("there is no {what} `{}`", name.escape_debug()), help);
    }
}
