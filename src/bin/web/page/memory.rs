//! What survives a reload: the last work, the person's own documents, the theme.
//!
//! Invariant: a browser that forbids storage, or has none left, costs the person nothing but the memory.

use crate::store::lesson::SavedLesson;
use crate::store::screen::ThemeChoice;
use std::rc::Rc;
use web_sys::Storage;

const WORK: &str = "threadbare.work";
const NAME: &str = "threadbare.work.name";
const THEME: &str = "threadbare.theme";
/// What the key of a document of the person's own begins with.
const DOCUMENT: &str = "threadbare.document.";
/// What the key of a lesson begins with.
const LESSON: &str = "threadbare.lesson.";
/// Maximum number of documents that are listed.
const MAX_DOCUMENTS: usize = 200;

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

fn set(key: &str, value: &str) {
    // A full or forbidden storage: see the invariant.
    let _ = storage().map(|storage| storage.set_item(key, value));
}

/// What only this tab remembers, over its reloads.
fn tab() -> Option<Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// The last work of this tab, else of any, as a link's fragment.
pub fn work() -> Option<String> {
    tab().and_then(|tab| tab.get_item(WORK).ok().flatten()).or_else(|| get(WORK))
}

/// Keeps the last work, and under which name it is kept among the person's own, if it is.
pub fn keep_work(fragment: &str, name: Option<&str>) {
    let _ = tab().map(|tab| {
        let kept = tab.set_item(WORK, fragment);
        kept.and_then(|()| tab.set_item(NAME, name.unwrap_or_default()))
    });
    set(WORK, fragment);
}

/// Under which name the last work of this tab is kept among the person's own.
pub fn work_name() -> Option<Rc<str>> {
    let name = tab()?.get_item(NAME).ok().flatten()?;
    (!name.is_empty()).then(|| name.into())
}

/// A document of the person's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedDocument {
    /// Under which name it is kept.
    pub name: Rc<str>,
    /// What it is called.
    pub title: String,
    /// When it was kept, as a person writes it.
    pub when: String,
    /// The document, as a link's fragment.
    pub fragment: String,
}

/// The person's own documents, the latest first.
pub fn documents() -> Vec<SavedDocument> {
    let Some(storage) = storage() else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    let keys = (0..count).filter_map(|at| storage.key(at).ok().flatten());
    let mut found: Vec<(f64, SavedDocument)> = keys
        .filter_map(|key| {
            let name = key.strip_prefix(DOCUMENT)?;
            let text = storage.get_item(&key).ok().flatten()?;
            let mut parts = text.splitn(3, '\n');
            let (when, title, fragment) = (parts.next()?.parse::<f64>().ok()?, parts.next()?, parts.next()?);
            let date = js_sys::Date::new(&when.into());
            let words = date.to_locale_string("default", &js_sys::Object::new());
            let when_words = words.as_string().unwrap_or_default();
            let document = SavedDocument {
                name: name.into(),
                title: title.to_owned(),
                when: when_words,
                fragment: fragment.to_owned(),
            };
            Some((when, document))
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    found.into_iter().map(|(_, document)| document).take(MAX_DOCUMENTS).collect()
}

/// Keeps a document: under its name, unless another tab has kept something else there since; then, or if it has no name
/// yet, under a new one. The name.
pub fn keep_document(name: Option<&Rc<str>>, title: &str, fragment: &str) -> Rc<str> {
    let value = format!("{}\n{}\n{fragment}", js_sys::Date::now(), title.replace('\n', " "));
    let is_ours = |name: &Rc<str>| {
        let there = get(&format!("{DOCUMENT}{name}"));
        let ours = tab().and_then(|tab| tab.get_item(&format!("{DOCUMENT}{name}")).ok().flatten());
        there.is_none() || ours.is_none() || there == ours
    };
    let name = name.filter(|name| is_ours(name)).cloned().unwrap_or_else(new_name);
    let key = format!("{DOCUMENT}{name}");
    set(&key, &value);
    let _ = tab().map(|tab| tab.set_item(&key, &value));
    name
}

/// Forgets a document.
pub fn forget_document(name: &str) {
    drop(storage().map(|storage| storage.remove_item(&format!("{DOCUMENT}{name}"))));
}

/// A name that no document has: the time, and a random number against another tab at the same one.
fn new_name() -> Rc<str> {
    let random = (js_sys::Math::random() * 1e9) as u64;
    format!("{}-{random}", js_sys::Date::now()).into()
}

/// A lesson as it was left.
pub fn lesson(name: &str) -> Option<SavedLesson> {
    serde_json::from_str(&get(&format!("{LESSON}{name}"))?).ok()
}

/// Keeps a lesson as it is left.
pub fn keep_lesson(name: &str, kept: &SavedLesson) {
    // Plain data is always written.
    if let Ok(text) = serde_json::to_string(kept) {
        set(&format!("{LESSON}{name}"), &text);
    }
}

/// The chosen theme. (`www/start.js` reads the same key before the first paint.)
pub fn theme() -> ThemeChoice {
    match get(THEME).as_deref() {
        Some("light") => ThemeChoice::Light,
        Some("dark") => ThemeChoice::Dark,
        _ => ThemeChoice::System,
    }
}

/// Keeps the theme.
pub fn keep_theme(theme: ThemeChoice) {
    set(THEME, word(theme));
}

/// How the page's root says which theme it has; the style sheet follows the system without it.
pub fn theme_word(theme: ThemeChoice) -> Option<&'static str> {
    (theme != ThemeChoice::System).then(|| word(theme))
}

/// The word for a theme in storage.
pub fn word(theme: ThemeChoice) -> &'static str {
    match theme {
        ThemeChoice::System => "system",
        ThemeChoice::Light => "light",
        ThemeChoice::Dark => "dark",
    }
}

/// The width of a column that the person chose, in pixels.
pub fn width(property: &str) -> Option<f64> {
    get(&format!("threadbare.width{property}"))?.parse().ok().filter(|width: &f64| width.is_finite())
}

/// Keeps the width of a column, or forgets it.
pub fn keep_width(property: &str, width: Option<f64>) {
    let key = format!("threadbare.width{property}");
    match width {
        Some(width) => set(&key, &width.to_string()),
        None => drop(storage().map(|storage| storage.remove_item(&key))),
    }
}
