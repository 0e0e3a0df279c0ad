//! Changes to one variant of a document's text, in place.
//!
//! A change to `base` is made where the value stands; a change to another variant is made in that variant's own
//! tables, so that the document and its other variants stay as they are. Comments and layout are kept.

use crate::analysis::shape::Shape;
use crate::language::{BASE, Document, Overrides, edit};
use crate::model::scenario::Scenario;
use crate::study::cancellation::ShouldContinue;

/// A document's text, and which variant of it is changed.
#[derive(Clone, Debug)]
pub(super) struct VariantPatch {
    pub text: String,
    pub variant: String,
}

impl VariantPatch {
    /// Sets the value at a path of the variant, such as `executors.default.workers`; whether that was possible.
    pub fn set(&mut self, path: &str, value: &str) -> bool {
        let full = self.own(path);
        let changed = edit::set(&self.text, &full, value).ok().or_else(|| self.nest(&full, value));
        match changed {
            Some(text) => {
                self.text = text;
                true
            }
            None => false,
        }
    }

    /// Makes the tables that lead to the value, from the innermost that is there.
    fn nest(&self, path: &str, value: &str) -> Option<String> {
        let mut value = as_toml(value);
        let mut way = path;
        let least = if self.variant == BASE { 1 } else { 3 };
        while let Some((above, key)) = way.rsplit_once('.') {
            if above.split('.').count() < least {
                return None;
            }
            value = format!("{{ {key} = {value} }}");
            way = above;
            if edit::get(&self.text, way).is_some() {
                // It is there and is no table that could take it.
                return None;
            }
            if let Ok(text) = edit::set(&self.text, way, &value) {
                return Some(text);
            }
        }
        None
    }

    /// The value at a path, as written, if it is plain: the variant's own, or else the document's.
    pub fn get(&self, path: &str) -> Option<String> {
        let own = edit::get(&self.text, &self.own(path));
        own.or_else(|| edit::get(&self.text, path)).and_then(|words| match &words[..] {
            [word] => Some(word.clone()),
            _ => None,
        })
    }

    /// The steps of a task, as written.
    pub fn steps(&self, task: &str) -> Option<Vec<String>> {
        let path = format!("tasks.{task}.steps");
        edit::get(&self.text, &self.own(&path)).or_else(|| edit::get(&self.text, &path))
    }

    /// Changes one step of a task.
    pub fn set_step(&mut self, task: &str, number: usize, step: &str) -> bool {
        let path = format!("tasks.{task}.steps");
        if edit::get(&self.text, &self.own(&path)).is_some() {
            return self.set(&format!("{path}.{number}"), &quoted(step));
        }
        let Some(mut steps) = self.steps(task).filter(|steps| number < steps.len()) else { return false };
        step.clone_into(&mut steps[number]);
        self.set_steps(task, &steps)
    }

    /// Sees to it that the variant has a list of its own; whether it has.
    pub fn own_list(&mut self, path: &str) -> bool {
        let own = self.own(path);
        if self.variant == BASE || edit::raw(&self.text, &own).is_some() {
            return true;
        }
        edit::raw(&self.text, path).is_some_and(|list| self.set(path, &list))
    }

    /// Changes all steps of a task.
    pub fn set_steps(&mut self, task: &str, steps: &[String]) -> bool {
        let words: Vec<String> = steps.iter().map(|step| quoted(step)).collect();
        self.set(&format!("tasks.{task}.steps"), &format!("[{}]", words.join(", ")))
    }

    /// The variant as it is now; `None` if it has problems.
    pub fn scenario(&self) -> Option<Scenario> {
        let document = Document::parse("scenario", &self.text).ok()?;
        document.scenario(&self.variant, &Overrides::default()).ok()
    }

    /// Its shape shows that it cannot hang; not where there is no time left to read it.
    pub fn is_clear(&self, may_go_on: ShouldContinue<'_>) -> bool {
        may_go_on() && self.scenario().is_some_and(|scenario| !Shape::dangers(&scenario, may_go_on).can_hang)
    }

    fn own(&self, path: &str) -> String {
        if self.variant == BASE { path.to_owned() } else { format!("variants.{}.{path}", self.variant) }
    }
}

/// A word as a TOML string.
pub(super) fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A value as TOML: words that are no number, truth, list, table or string are quoted.
fn as_toml(value: &str) -> String {
    let plain = value.parse::<f64>().is_ok() || matches!(value, "true" | "false");
    if plain || value.starts_with(['[', '{', '"']) { value.to_owned() } else { quoted(value) }
}
