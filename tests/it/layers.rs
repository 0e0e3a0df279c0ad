//! The map of the house, and the test that holds every file of `src/` to it: a file imports only from
//! floors below its own; rooms on one floor do not see each other; only `study` calls the engine.
//!
//! It reads text, not types: paths that begin with `crate::` (in a binary: `threadbare::`) or that climb
//! to a sibling room with `super::`. What only a compiler can see (a re-export, say) it does not.

use std::fs;
use std::path::{Path, PathBuf};

/// Every room, its floor, and whether what it does is part of a simulated run (which must be the same
/// on every machine).
const ROOMS: [Room; 13] = [
    Room::on(0, "model").simulated(),
    Room::on(1, "language"),
    Room::on(1, "trace").simulated(),
    Room::on(2, "gallery"),
    Room::on(2, "import"),
    Room::on(2, "engine").simulated(),
    Room::on(2, "analysis"),
    Room::on(3, "study"),
    Room::on(3, "view"),
    Room::on(4, "jobs"),
    Room::on(5, "bin/threadbare"),
    Room::on(5, "bin/studies"),
    Room::on(5, "bin/web"),
];

/// What has no place on the simulated path, and why.
const NOT_SIMULATED: [(&str, &str); 11] = [
    ("std::time", "virtual time is `model::time`"),
    ("Instant::now", "virtual time is `model::time`"),
    ("SystemTime", "virtual time is `model::time`"),
    ("HashMap", "its order of iteration differs from run to run"),
    ("HashSet", "its order of iteration differs from run to run"),
    ("thread_rng", "every draw derives from the scenario's seed"),
    (".ln()", "platforms differ in the last bit: use `libm`"),
    (".exp()", "platforms differ in the last bit: use `libm`"),
    (".powf(", "platforms differ in the last bit: use `libm`"),
    (".sin()", "platforms differ in the last bit: use `libm`"),
    (".cos()", "platforms differ in the last bit: use `libm`"),
];

const MAX_LINES: usize = 500;

#[derive(Clone, Copy)]
struct Room {
    floor: u8,
    name: &'static str,
    simulated: bool,
}

impl Room {
    const fn on(floor: u8, name: &'static str) -> Room {
        Room { floor, name, simulated: false }
    }

    const fn simulated(self) -> Room {
        Room { simulated: true, ..self }
    }

    fn named(name: &str) -> Option<Room> {
        ROOMS.into_iter().find(|room| room.name == name)
    }

    /// The room that a path below `src/` stands in: `engine/mod.rs` and `engine.rs` alike.
    fn of(path: &str) -> Option<Room> {
        let inside = |room: &Room| {
            path.strip_prefix(room.name).is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
        };
        ROOMS.into_iter().find(inside)
    }

    fn is_binary(self) -> bool {
        self.name.starts_with("bin/")
    }

    fn may_see(self, other: Room) -> bool {
        self.name == other.name
            || (other.floor < self.floor && (other.name != "engine" || self.name == "study"))
    }
}

/// What a file breaks; empty if it stands well. `path` is relative to `src/`.
fn breaches(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES {
        found.push(format!("{path}: {lines} lines; a file has one subject and at most {MAX_LINES} lines"));
    }
    if !text.starts_with("//!") {
        found.push(format!("{path}: opens without a doc comment (`//!`) that says what it is"));
    }
    if path == "lib.rs" {
        return found;
    }
    let Some(room) = Room::of(path) else {
        found.push(format!("{path}: stands in no room of the table in tests/it/layers.rs"));
        return found;
    };
    let code = without_comments(text);
    for name in rooms_named(room, path, &code) {
        let Some(other) = Room::named(&name) else {
            found.push(format!("{path}: `{name}` is no room"));
            continue;
        };
        if !room.may_see(other) {
            let (from, to) = (room.floor, other.floor);
            found.push(format!("{path}: `{}` (floor {from}) imports `{name}` (floor {to})", room.name));
        }
    }
    if room.simulated {
        for (word, why) in NOT_SIMULATED {
            if code.contains(word) {
                found.push(format!("{path}: `{word}` on the simulated path; {why}"));
            }
        }
    }
    found
}

/// The rooms that paths of `code` begin in. In a binary `crate::` is the binary's own.
fn rooms_named(room: Room, path: &str, code: &str) -> Vec<String> {
    let mut names = Vec::new();
    let root = if room.is_binary() { "threadbare::" } else { "crate::" };
    for (at, _) in code.match_indices(root) {
        let before = code[..at].chars().next_back();
        if !before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            names.extend(heads(&code[at + root.len()..]));
        }
    }
    if !room.is_binary() {
        names.extend(climbed(path, code));
    }
    names.retain(|name| !["self", "Result", "Error"].contains(&name.as_str()));
    names
}

/// The first names of a path, or of the group `{a::b, c}` that it begins with.
fn heads(rest: &str) -> Vec<String> {
    let Some(group) = rest.strip_prefix('{') else { return vec![identifier(rest)] };
    let mut depth = 0;
    let mut names = Vec::new();
    let mut expects_name = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expects_name = true,
            c if expects_name && (c.is_alphabetic() || c == '_') => {
                names.push(identifier(&group[at..]));
                expects_name = false;
            }
            _ => {}
        }
    }
    names
}

/// Rooms reached by `super::` paths that climb at least as high as the file stands deep. (Inside
/// `mod tests` one `super` more is needed, so only names of rooms count.)
fn climbed(path: &str, code: &str) -> Vec<String> {
    let depth = path.trim_end_matches(".rs").trim_end_matches("/mod").split('/').count();
    let mut names = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("super::") {
        rest = &rest[at..];
        let mut height = 0;
        while let Some(above) = rest.strip_prefix("super::") {
            rest = above;
            height += 1;
        }
        if height >= depth {
            names.extend(heads(rest).into_iter().filter(|name| Room::named(name).is_some()));
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The text without `//` comments; a `//` inside a string ends its line too, which does no harm here.
fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for entry in entries {
            let path = entry.expect("a readable directory entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn every_file_keeps_to_its_floor() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&src);
    assert!(files.len() > 10, "found only {} files below {}", files.len(), src.display());
    let mut found = Vec::new();
    for file in &files {
        let path = file.strip_prefix(&src).expect("below src").to_string_lossy().replace('\\', "/");
        found.extend(breaches(&path, &fs::read_to_string(file).expect("UTF-8 source")));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn tests_are_short_and_say_what_they_are() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for file in rust_files(&tests) {
        let text = fs::read_to_string(&file).expect("UTF-8 source");
        assert!(text.lines().count() <= MAX_LINES, "{} is too long", file.display());
        assert!(text.starts_with("//!"), "{} opens without a doc comment", file.display());
    }
}

#[test]
fn the_engine_is_private_to_the_library() {
    let lib = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    let text = fs::read_to_string(lib).expect("src/lib.rs");
    assert!(!text.contains("pub mod engine"), "the engine is reached through `study` only");
}

#[test]
fn breaches_are_found() {
    let cases = [
        ("model/time.rs", "use crate::trace::Trace;", "`model` (floor 0) imports `trace` (floor 1)"),
        ("trace/mod.rs", "use crate::{model::id, language::Document};", "imports `language`"),
        ("analysis/lanes.rs", "fn f() { crate::engine::run() }", "imports `engine`"),
        ("view/scene.rs", "use crate::engine::run;", "imports `engine`"),
        ("view/scene.rs", "use crate::study::run;", "imports `study`"),
        ("analysis/mod.rs", "use super::study::run;", "imports `study`"),
        ("analysis/wait/graph.rs", "use super::super::super::view::scene;", "imports `view`"),
        ("bin/threadbare/main.rs", "use threadbare::{engine, model};", "imports `engine`"),
        ("cellar/mod.rs", "", "stands in no room"),
        ("language/mod.rs", "use crate::lexicon::x;", "`lexicon` is no room"),
        ("engine/tasks.rs", "use std::collections::HashMap;", "`HashMap` on the simulated path"),
        ("trace/mod.rs", "let now = std::time::Instant::now();", "`std::time` on the simulated path"),
        ("model/distribution.rs", "let y = x.ln();", "use `libm`"),
    ];
    for (path, code, expected) in cases {
        let found = breaches(path, &format!("//! A file.\n{code}\n"));
        assert!(found.iter().any(|breach| breach.contains(expected)), "{path}: {code}\n{found:?}");
    }
    assert!(breaches("view/mod.rs", "use crate::model::id;")[0].contains("without a doc comment"));
    let long = "//! A file.\n".to_owned() + &"\n".repeat(MAX_LINES);
    assert!(breaches("view/mod.rs", &long)[0].contains("501 lines"));
}

#[test]
fn honest_files_are_left_alone() {
    let cases = [
        ("study/run.rs", "use crate::engine::Run; use crate::{analysis::lanes::{Lane, Span}, model::id};"),
        ("analysis/lanes.rs", "// crate::engine is out of reach\nuse super::names; use crate::trace::Trace;"),
        ("analysis/mod.rs", "mod tests { use super::*; use super::state; }"),
        ("bin/threadbare/run.rs", "use crate::view::x; use threadbare::study::run;"),
        ("language/mod.rs", "use std::collections::HashMap;"),
    ];
    for (path, code) in cases {
        assert_eq!(breaches(path, &format!("//! A file.\n{code}\n")), Vec::<String>::new());
    }
}
