//! What survives a reload: the last work, the theme, whether the hints have been read.
//!
//! Invariant: a browser that forbids storage, or has none left, costs the person nothing but the memory.

use crate::store::Theme;
use web_sys::Storage;

const WORK: &str = "threadbare.work";
const THEME: &str = "threadbare.theme";
const HINTS: &str = "threadbare.hints";

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

/// The last work, as a link's fragment.
pub fn work() -> Option<String> {
    get(WORK)
}

/// Keeps the last work.
pub fn keep_work(fragment: &str) {
    set(WORK, fragment);
}

/// The chosen theme. (`www/start.js` reads the same key before the first paint.)
pub fn theme() -> Theme {
    match get(THEME).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Keeps the theme.
pub fn keep_theme(theme: Theme) {
    set(THEME, word(theme));
}

/// How the page's root says which theme it has.
pub fn word(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
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

/// Whether the hints have been read.
pub fn hints_read() -> bool {
    get(HINTS).is_some()
}

/// Remembers that the hints have been read.
pub fn keep_hints_read() {
    set(HINTS, "read");
}
