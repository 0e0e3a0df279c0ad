//! The document being worked on: its text, what the text means, and how controls change it in place.
//!
//! Invariant: `source` is always what the person sees as text. A text with errors keeps the meaning of the
//! last one without (`scenario`), so that the last good run stays on the screen.

use std::rc::Rc;
use std::sync::Arc;
use threadbare::gallery;
use threadbare::jobs::Subject;
use threadbare::language::{BASE, Document, MAX_BYTES, Overrides, Problem, Severity, Tunable, Variant, edit};
use threadbare::model::scenario::Scenario;

/// One document under work.
#[derive(Clone)]
pub struct OpenDocument {
    /// What it is called: a gallery name or a file name.
    pub name: String,
    /// Its text now.
    pub source: Rc<str>,
    /// Its text as it was opened: what a reset goes back to.
    pub original: Rc<str>,
    /// Which variant is shown.
    pub variant: String,
    /// Paths and values that are run in place of the text's, as a lesson sets them.
    pub set: Vec<(String, String)>,
    /// Its variants, `base` first; those of the last text that could be read.
    pub variants: Rc<[Variant]>,
    /// What can be tuned in the shown variant.
    pub tunables: Rc<[Tunable]>,
    /// What is wrong with the text.
    pub problems: Rc<[Problem]>,
    /// Whether every variant has been looked at for problems since the last change, not the shown one only.
    pub is_checked: bool,
    /// The shown variant, of the last text that made one.
    pub scenario: Option<Arc<Scenario>>,
}

impl OpenDocument {
    /// Opens a text.
    pub fn open(name: &str, source: &str, variant: &str) -> OpenDocument {
        let source: Rc<str> = Rc::from(source);
        let mut work = OpenDocument {
            name: name.to_owned(),
            original: Rc::clone(&source),
            source,
            variant: variant.to_owned(),
            set: Vec::new(),
            variants: Rc::from([]),
            tunables: Rc::from([]),
            problems: Rc::from([]),
            is_checked: false,
            scenario: None,
        };
        work.understand();
        work.check();
        work
    }

    /// Opens a text, of which values are run that are not in it.
    pub fn setting(name: &str, source: &str, variant: &str, set: Vec<(String, String)>) -> OpenDocument {
        let mut work = OpenDocument::open(name, source, variant);
        if !set.is_empty() {
            work.set = set;
            work.understand();
        }
        work
    }

    /// A document that was changed since it was opened.
    pub fn restore(name: &str, source: &str, original: &str, variant: &str) -> OpenDocument {
        let mut work = OpenDocument::open(name, source, variant);
        if original != source {
            work.original = Rc::from(original);
        }
        work
    }

    /// The text that a document of this name is taken to have been opened with, unless something else is said.
    pub fn usual_original<'a>(name: &str, source: &'a str) -> &'a str {
        gallery::find(name).map_or(source, |entry| entry.text)
    }

    /// A scenario of the gallery; the first one if there is none of this name.
    pub fn gallery(name: &str) -> OpenDocument {
        let entry = gallery::find(name).unwrap_or(&gallery::ENTRIES[0]);
        OpenDocument::open(entry.name, entry.text, BASE)
    }

    /// Whether the text has errors. Those of another variant keep the shown one from nothing.
    pub fn is_broken(&self) -> bool {
        let concerns = |problem: &&Problem| problem.variant.as_ref().is_none_or(|of| *of == self.variant);
        self.problems.iter().filter(concerns).any(|problem| problem.severity == Severity::Error)
    }

    /// Whether the text is not as it was opened.
    pub fn is_changed(&self) -> bool {
        self.source != self.original
    }

    /// Whether the text is a gallery scenario's, word for word.
    pub fn is_of_gallery(&self) -> bool {
        gallery::find(&self.name).is_some_and(|entry| *entry.text == *self.source)
    }

    /// What a file of it is called: a gallery scenario that was changed is named after its own title.
    pub fn file_name(&self) -> String {
        let is_someone_elses = gallery::find(&self.name).is_some() && !self.is_of_gallery();
        if !is_someone_elses {
            return self.name.clone();
        }
        let word = |ch: char| if ch.is_ascii_alphanumeric() { ch.to_ascii_lowercase() } else { '-' };
        let mut slug: String = self.title().chars().take(48).map(word).collect();
        while slug.contains("--") {
            slug = slug.replace("--", "-");
        }
        match slug.trim_matches('-') {
            "" => "scenario.toml".to_owned(),
            slug => format!("{slug}.toml"),
        }
    }

    /// What the whole document says about itself, and the shown variant.
    pub fn title(&self) -> &str {
        self.variants.first().map_or(self.name.as_str(), |base| base.title.as_str())
    }

    /// Another variant of the text as it is now; none if it has errors.
    pub fn scenario_of(&self, variant: &str) -> Option<Arc<Scenario>> {
        let document = Document::parse(&self.name, &self.source).ok()?;
        document.scenario(variant, &self.overrides()).ok().map(Arc::new)
    }

    /// A variant of the text as it is now, for a job.
    pub fn subject(&self, variant: &str) -> Subject {
        let (name, source) = (self.name.clone(), self.source.to_string());
        Subject { name, source, variant: variant.to_owned(), set: self.set.clone() }
    }

    fn overrides(&self) -> Overrides {
        Overrides { seed: None, set: self.set.clone() }
    }

    /// Takes another text.
    pub fn edit(&mut self, source: &str) {
        self.source = Rc::from(source);
        self.understand();
    }

    /// Takes the text of the file that it was opened from, which has changed there.
    pub fn take_file(&mut self, source: &str) {
        self.edit(source);
        self.original = Rc::clone(&self.source);
        self.check();
    }

    /// Goes back to the text as it was opened.
    pub fn reset(&mut self) {
        self.source = Rc::clone(&self.original);
        self.understand();
    }

    /// Shows another variant.
    pub fn show(&mut self, variant: &str) {
        self.variant = variant.to_owned();
        self.understand();
    }

    /// Changes one value in the text, in the shown variant if it says anything about it, otherwise in the
    /// document itself.
    ///
    /// # Errors
    /// Why the text cannot be changed there, or what would be wrong with it then; it stays as it is.
    pub fn tune(&mut self, path: &str, value: &str) -> Result<(), String> {
        let text = tuned(&self.source, &self.variant, path, value)?;
        let before = self.clone();
        self.edit(&text);
        let errors = self.problems.iter().filter(|problem| problem.severity == Severity::Error);
        if before.is_broken() || errors.count() == 0 {
            return Ok(());
        }
        // A control that broke the text would be the one that can no longer mend it.
        let broken = std::mem::replace(self, before);
        let first = broken.problems.iter().find(|problem| problem.severity == Severity::Error);
        Err(first.map_or_else(String::new, |problem| {
            let help = problem.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
            format!("`{value}` was not accepted: {}{help}.", problem.message)
        }))
    }

    fn understand(&mut self) {
        self.is_checked = false;
        let document = match Document::parse(&self.name, &self.source) {
            Ok(document) => document,
            Err(problems) => {
                self.problems = Rc::from(problems.list);
                return;
            }
        };
        self.variants = Rc::from(document.variants());
        if !self.variants.iter().any(|variant| variant.name == self.variant) {
            self.variant = BASE.to_owned();
        }
        self.tunables = Rc::from(document.tunables(&self.variant));
        match document.scenario(&self.variant, &self.overrides()) {
            Ok(scenario) => {
                self.scenario = Some(Arc::new(scenario));
                self.problems = Rc::from([]);
            }
            Err(found) => self.problems = Rc::from(found.list),
        }
    }

    /// Looks at every variant for problems. This takes as many times longer as there are variants, so it
    /// is not done while a slider moves.
    pub fn check(&mut self) {
        self.is_checked = true;
        if let Ok(document) = Document::parse(&self.name, &self.source) {
            let found = document.check().list;
            if !found.is_empty() {
                self.problems = Rc::from(found);
            }
        }
    }
}

/// A text with one value changed, in this variant if it says anything about it, otherwise in the document itself.
///
/// # Errors
/// Why the text cannot be changed there.
pub fn tuned(source: &str, variant: &str, path: &str, value: &str) -> Result<String, String> {
    let in_base = || edit::set(source, path, value);
    let edited = if variant == BASE {
        in_base()
    } else {
        edit::set(source, &variant_path(variant, path), value).or_else(|_| in_base())
    };
    edited.map_err(|problems| {
        let first = problems.list.first().map(|problem| problem.message.clone());
        first.unwrap_or_else(|| format!("`{path}` cannot be changed"))
    })
}

/// Where a variant's patch would say something about a path of the document.
fn variant_path(variant: &str, path: &str) -> String {
    let value = if path.starts_with("params.") && path.matches('.').count() == 1 { ".value" } else { "" };
    format!("variants.{variant}.{path}{value}")
}

/// What is wrong with a text from outside before it is even read.
///
/// # Errors
/// That it is too long, in words for the person who brought it.
pub fn admit(name: &str, bytes: usize) -> Result<(), String> {
    if bytes <= MAX_BYTES {
        return Ok(());
    }
    let (size, most) = (bytes / 1024, MAX_BYTES / 1024);
    Err(format!("{name} has {size} KiB. A scenario may have at most {most} KiB, so it was not opened."))
}

/// Whether a file may be meant as a scenario, however broken: it names something that scenarios are made of.
///
/// # Errors
/// That it does not, in words for the person who brought it.
pub fn recognise(name: &str, text: &str) -> Result<(), String> {
    if ["executors", "tasks", "arrivals"].iter().any(|section| text.contains(section)) {
        return Ok(());
    }
    Err(format!(
        "{name} was not opened: it is neither a scenario (nothing in it names executors, tasks or arrivals) nor a recording of a known format."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slider_changes_the_text_in_place_and_keeps_its_comments() {
        let mut work = OpenDocument::gallery("nova-build-deadlock");
        assert!(work.scenario.is_some() && !work.is_broken());
        work.tune("params.pool", "6").expect("the pool can be tuned");
        assert_eq!(work.scenario.as_ref().and_then(|s| s.executors[0].workers()), Some(6));
        assert!(work.source.contains("# Five as in the CI job"), "comments stay");
        assert!(work.is_changed());
        work.reset();
        assert!(!work.is_changed());
        assert_eq!(work.scenario.as_ref().and_then(|s| s.executors[0].workers()), Some(5));
    }

    #[test]
    fn a_value_that_would_break_the_text_is_not_taken() {
        let mut work = OpenDocument::gallery("shared-bounded-queue");
        let before = Rc::clone(&work.source);
        let why = work.tune("params.full", "banana").expect_err("there is no such word");
        assert!(why.starts_with("`banana` was not accepted: ") && why.contains("caller-runs"), "{why}");
        assert_eq!(work.source, before);
        assert!(!work.is_broken() && work.problems.is_empty());
        work.tune("params.full", "reject").expect("this one there is");
    }

    #[test]
    fn a_slider_in_a_variant_changes_what_the_variant_says_itself() {
        let mut work = OpenDocument::gallery("nova-build-deadlock");
        work.show("six_workers");
        work.tune("params.pool", "9").expect("the variant's pool can be tuned");
        assert_eq!(work.scenario.as_ref().and_then(|s| s.executors[0].workers()), Some(9));
        work.show(BASE);
        assert_eq!(work.scenario.as_ref().and_then(|s| s.executors[0].workers()), Some(5));
    }

    #[test]
    fn a_broken_text_keeps_the_last_scenario_and_names_its_problem() {
        let mut work = OpenDocument::gallery("nova-build-deadlock");
        let broken = work.source.replace("\"wait net\",  # no timeout", "\"wiat net\",");
        assert_ne!(broken, *work.source);
        work.edit(&broken);
        assert!(work.is_broken());
        assert!(work.problems[0].line > 0);
        assert!(work.scenario.is_some());
    }

    #[test]
    fn a_mistake_in_another_variant_is_found_and_stops_nothing() {
        let mut work = OpenDocument::gallery("nova-build-deadlock");
        let broken = work.source.replace("on_wait = \"release\"", "on_wait = \"relaese\"");
        work.edit(&broken);
        assert!(work.problems.is_empty() && !work.is_checked);
        work.check();
        assert_eq!(work.problems.len(), 1);
        assert!(!work.is_broken() && work.scenario.is_some());
        work.show("release_worker");
        assert!(work.is_broken());
    }

    #[test]
    fn a_variant_that_a_new_text_lacks_gives_way_to_the_base() {
        let mut work = OpenDocument::gallery("nova-build-deadlock");
        work.show("timeout");
        work.edit("[executors.a]\nkind = \"threads\"\nworkers = 1\n[tasks.t]\nsteps = [\"run 1s\"]\n[[arrivals]]\ntask = \"t\"\nto = \"a\"\nat = \"0s\"\n");
        assert_eq!(work.variant, BASE);
        assert!(!work.is_broken(), "{:?}", work.problems);
    }

    #[test]
    fn a_text_that_is_too_long_is_not_admitted() {
        assert!(admit("a.toml", MAX_BYTES).is_ok());
        assert!(admit("a.toml", MAX_BYTES + 1).is_err());
    }
}
