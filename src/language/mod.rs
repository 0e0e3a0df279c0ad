//! The scenario language: one TOML or JSON document to a [`Scenario`] and back.
//!
//! Text becomes a tree of values that know their places (`tree`); a variant's patch and overrides are
//! merged into it (`patch`), params replaced (`params`), shapes checked against the tables of keys
//! (`keys`, `shape`), and names resolved into the model (`scenario`). Every problem of a document is
//! reported at once, each with its place.
//!
//! Nothing here panics on any text, recurses without bound, or runs anything.

mod after;
mod allow;
mod arrivals;
pub mod costs;
mod distribution;
pub mod edit;
mod executors;
mod expect;
mod fields;
mod json;
mod keys;
pub mod metric;
mod names;
mod numbers;
mod params;
mod patch;
mod path;
mod place;
mod pools;
pub mod presets;
mod problem;
mod quantity;
mod reader;
mod scenario;
pub mod schema;
mod shape;
mod step_forms;
mod steps;
mod text;
mod tree;
mod tunable;
pub mod vocabulary;
pub mod write;

pub use keys::MAX_BYTES;
pub use names::is_name;
pub use numbers::DocumentNumber;
pub use params::{Param, ParamKind};
pub use place::SourceRange;
pub use problem::{Finding, Problem, Problems, Severity};
pub use quantity::{duration_text, number};
pub use tunable::Tunable;

use crate::model::scenario::Scenario;
use crate::model::time::Duration;
use keys::MAX_VARIANTS;
use names::Names;
use params::Params;
use problem::Sink;
use reader::Reader;
use std::sync::Arc;
use tree::{Entry, Node, Table, Value};

/// The name of the variant that is the document itself.
pub const BASE: &str = "base";

/// One parsed document, its variants and params still open.
#[derive(Clone, Debug)]
pub struct Document {
    file_name: String,
    source: Arc<str>,
    root: Arc<Node>,
}

/// What a run changes about a document without changing its text.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// In place of the document's seed.
    pub seed: Option<u64>,
    /// Params or paths (`default.workers`, `executors.default.workers`, `params.pool`) and their values
    /// as text.
    pub set: Vec<(String, String)>,
}

/// A variant of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its name; `base` is the document itself.
    pub name: String,
    /// What it changes, in one line; the document's own title for `base`.
    pub title: String,
}

/// The places of the steps of one variant.
pub struct StepPlaces<'a> {
    source: &'a str,
    /// The document with the variant's patch applied.
    root: Node,
}

impl StepPlaces<'_> {
    /// The place of a step, or of a task if no step is named: what [`Document::place_of_step`] says.
    pub fn get(&self, task: &str, step: Option<usize>) -> Option<SourceRange> {
        SourceRange::of(self.source, place::step(&self.root, task, step)?)
    }
}

impl Document {
    /// Parses TOML, or JSON if the first character that is no space is `{`.
    ///
    /// # Errors
    /// Every syntax error, or that the document is too long or nested too deep. What a well-formed
    /// document says wrongly comes out in [`Document::scenario`] and [`Document::check`].
    ///
    /// # Examples
    /// ```
    /// use threadbare::language::Document;
    ///
    /// let document = Document::parse("mine.toml", "title = 'Mine'").expect("valid TOML");
    /// assert_eq!(document.title(), "Mine");
    ///
    /// let problems = Document::parse("mine.toml", "title = ").expect_err("a value is missing");
    /// assert!(problems.render(false).contains("mine.toml:1"));
    /// ```
    pub fn parse(file_name: &str, source: &str) -> Result<Document, Problems> {
        let mut sink = Sink::new(source);
        let root = if source.len() > MAX_BYTES {
            let message = format!("the document has {} bytes, more than {MAX_BYTES}", source.len());
            sink.error(0..0, message, None);
            None
        } else if is_json(source) {
            json::parse_json(source, &mut sink)
        } else {
            tree::parse_toml(source, &mut sink)
        };
        let source: Arc<str> = if source.len() > MAX_BYTES { Arc::from("") } else { Arc::from(source) };
        match root {
            Some(root) if !sink.has_errors() => {
                Ok(Document { file_name: file_name.to_owned(), source, root: Arc::new(root) })
            }
            Some(_) | None => Err(sink.close(file_name, &source, None, &[])),
        }
    }

    /// The name it was parsed under.
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// Returns the text it was parsed from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its title; empty if it has none.
    pub fn title(&self) -> &str {
        self.root.get("title").and_then(Node::text).unwrap_or_default()
    }

    /// Its variants in document order, `base` first.
    pub fn variants(&self) -> Vec<Variant> {
        let base = Variant { name: BASE.to_owned(), title: self.title().to_owned() };
        let patches = self.patches().into_iter().flatten().map(|(name, entry)| Variant {
            name: name.clone(),
            title: entry.node.get("title").and_then(Node::text).unwrap_or(name).to_owned(),
        });
        std::iter::once(base).chain(patches.take(MAX_VARIANTS)).collect()
    }

    /// Its params as a variant has them, in document order.
    pub fn params(&self, variant: &str) -> Vec<Param> {
        let mut sink = Sink::new(&self.source);
        let root = self.merged(variant, &mut sink);
        params::list(&root)
    }

    /// What can be tuned in a variant: every param and every pool size, cap, permit, delay and rate.
    pub fn tunables(&self, variant: &str) -> Vec<Tunable> {
        let mut sink = Sink::new(&self.source);
        let root = self.merged(variant, &mut sink);
        tunable::list(&root, params::list(&root))
    }

    /// Every number of a variant that a result can rest on, in the order of the document after what can be tuned.
    pub fn numbers(&self, variant: &str) -> Vec<DocumentNumber> {
        let root = self.merged(variant, &mut Sink::new(&self.source));
        numbers::list(&root, tunable::list(&root, params::list(&root)))
    }

    /// Whether a variant itself says something at a path such as `executors.pool.memory`, which otherwise is a default.
    pub fn says(&self, variant: &str, path: &str) -> bool {
        place::of_path(&self.merged(variant, &mut Sink::new(&self.source)), path).is_some()
    }

    /// Where a number stands in the text; `None` for what was set from outside.
    pub fn place_of_number(&self, number: &DocumentNumber) -> Option<SourceRange> {
        SourceRange::of(&self.source, number.span.clone()?)
    }

    /// One variant as a scenario. Warnings do not keep it from being one; see [`Document::check`].
    ///
    /// # Errors
    /// Everything that is wrong with this variant, with its overrides, or that there is no such variant.
    pub fn scenario(&self, variant: &str, overrides: &Overrides) -> Result<Scenario, Problems> {
        let (scenario, problems) = self.build(variant, overrides);
        if problems.has_errors() { Err(problems) } else { Ok(scenario) }
    }

    /// One variant, and everything that is wrong with it. With errors, what the scenario says means little.
    pub fn read(&self, variant: &str) -> (Scenario, Problems) {
        self.build(variant, &Overrides::default())
    }

    /// Everything that is wrong with the document or with any of its variants, each once.
    pub fn check(&self) -> Problems {
        Problems::of_all(self.variants().iter().map(|variant| self.read(&variant.name).1))
            .expect("there is the base at least")
    }

    /// Where a step of a task stands, as a variant has it; the task's name without a step. `None` if there is no such
    /// thing in the text.
    ///
    /// # Examples
    /// ```
    /// use threadbare::language::Document;
    ///
    /// let text = "[tasks.build]\nsteps = [\"run 1s\", \"yield\"]\n";
    /// let document = Document::parse("mine.toml", text).expect("valid TOML");
    /// let place = document.place_of_step("base", "build", Some(1)).expect("there are two steps");
    /// assert_eq!((place.line, place.column), (2, 20));
    /// ```
    pub fn place_of_step(&self, variant: &str, task: &str, step: Option<usize>) -> Option<SourceRange> {
        self.step_places(variant).get(task, step)
    }

    /// Where the steps of a variant are, for whoever asks for many of them.
    pub fn step_places(&self, variant: &str) -> StepPlaces<'_> {
        StepPlaces { source: &self.source, root: self.merged(variant, &mut Sink::new(&self.source)) }
    }

    fn patches(&self) -> Option<&Table> {
        self.root.get("variants").and_then(Node::table)
    }

    /// A copy of the document with the patch of one variant; those of the others, which may be most of the text, have no
    /// part in it. The document itself keeps all of them.
    fn with_variant(&self, variant: &str) -> Node {
        let Some(table) = self.root.table().filter(|_| variant != BASE) else { return (*self.root).clone() };
        let part = |(key, entry): (&String, &Entry)| match entry.node.table().filter(|_| key == "variants") {
            None => (key.clone(), entry.clone()),
            Some(patches) => {
                let own = patches.iter().filter(|(name, _)| *name == variant);
                let own = own.map(|(name, entry)| (name.clone(), entry.clone())).collect();
                let node = Node { span: entry.node.span.clone(), value: Value::Table(own) };
                (key.clone(), Entry { key_span: entry.key_span.clone(), node })
            }
        };
        Node { span: self.root.span.clone(), value: Value::Table(table.iter().map(part).collect()) }
    }

    /// The document with a variant's patch applied.
    fn merged(&self, variant: &str, sink: &mut Sink) -> Node {
        let mut root = self.with_variant(variant);
        let patch = self.patches().and_then(|patches| patches.get(variant));
        if let Some(patch) = patch.and_then(|entry| entry.node.table())
            && variant != BASE
        {
            // What is to be seen in the document's own run need not be true of this one.
            if let Value::Table(table) = &mut root.value {
                table.shift_remove("beats");
            }
            patch::apply(&mut root, patch, sink);
        }
        root
    }

    fn build(&self, variant: &str, overrides: &Overrides) -> (Scenario, Problems) {
        let mut sink = Sink::new(&self.source);
        self.check_variants(variant, &mut sink);
        let mut root = self.merged(variant, &mut sink);
        for (number, (path, value)) in overrides.set.iter().enumerate() {
            let at = sink.override_span(number);
            match path::resolve(&root, path) {
                Ok(keys) => path::set(&mut root, &keys, tree::value_from_text(value, &at)),
                Err(wrong) => sink.error(sink.override_path_span(number), wrong.message, wrong.help),
            }
        }
        let params = Params::read(&root, &mut sink);
        if !params.fit(&root, &mut sink) {
            // Nothing else is said of it.
            root.value = Value::Table(Table::new());
        }
        params.replace_in(&mut root, &mut sink);
        presets::expand::fill_in(&mut root);
        shape::read_whole_numbers(&mut root);
        let names = Names::of(&root);
        let mut reader = Reader {
            source: &self.source,
            params: &params,
            names: &names,
            delays: Vec::new(),
            keeps_series: Vec::new(),
            resizable: Vec::new(),
            afters: Vec::new(),
            sink: &mut sink,
        };
        shape::check_document(&mut reader, &root);
        shape::check_not_empty(&mut reader, &root);
        let mut scenario = scenario::read(&mut reader, &root, variant);
        scenario.seed = overrides.seed.unwrap_or(scenario.seed);
        // A mistake elsewhere may be why nothing uses a param.
        if !sink.has_errors() {
            params::warn_of_unused(&self.root, &mut sink);
        }
        let shown = Some(variant).filter(|variant| *variant != BASE);
        (scenario, sink.close(&self.file_name, &self.source, shown, &overrides.set))
    }

    /// The wanted variant is there, and none is called `base`.
    fn check_variants(&self, variant: &str, sink: &mut Sink) {
        let patches = self.patches();
        if let Some(entry) = patches.and_then(|patches| patches.get(BASE)) {
            let message = "no variant can be called `base`: that is the document itself";
            sink.error(entry.key_span.clone(), message, Some("give it another name".to_owned()));
        }
        if variant != BASE && !patches.is_some_and(|patches| patches.contains_key(variant)) {
            let names = self.variants();
            let help = names::suggest(variant, names.iter().map(|variant| variant.name.as_str()));
            sink.error(0..0, format!("there is no variant `{}`", variant.escape_debug()), help);
        }
    }
}

/// Reads a duration as a document writes it: `250ms`, `1.5s`; not `forever`.
///
/// # Errors
/// What is wrong with it, and what would be right.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    quantity::finite(text).map_err(in_words)
}

/// Reads an amount of memory, in bytes, as a document writes it: `512MB`, `1GiB`.
///
/// # Errors
/// What is wrong with it, and what would be right.
pub fn parse_memory(text: &str) -> Result<u64, String> {
    quantity::memory(text).map_err(in_words)
}

fn in_words(mistake: text::TextError) -> String {
    match mistake.help {
        Some(help) => format!("{}; {help}", mistake.message),
        None => mistake.message,
    }
}

fn is_json(source: &str) -> bool {
    source.trim_start().starts_with('{')
}
