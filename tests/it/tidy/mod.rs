//! What a reader should not have to stumble over: names, words, comments and functions that keep to the project's style.
//!
//! Where the code does not keep to a rule yet, the exceptions are named or counted here. They may only become fewer:
//! whoever mends one takes it off.

mod circles;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Longest function, in lines.
const MAX_FUNCTION_LINES: usize = 70;
/// Fewest words of a doc comment.
const MIN_DOC_WORDS: usize = 3;

/// What a constant must not begin with: `MAX_` and `MIN_` say it.
const PREFIXES: [&str; 8] =
    ["MOST_", "LONGEST_", "LEAST_", "WIDEST_", "FEWEST_", "SHORTEST_", "GREATEST_", "LARGEST_"];

/// Phrases that nobody says, what to say instead, and how many files still have them.
const PHRASES: [(&str, &str, usize); 5] = [
    ("what lacks", "anything missing", 0),
    ("so many", "the number", 0),
    ("knotted", "stuck", 0),
    ("drawn durations", "these timings", 0),
    ("any durations", "other timings", 0),
];

/// A file of `src/` and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The room that a file stands in: `bin/web`, `engine`.
    fn room(&self) -> &str {
        let parts = if self.path.starts_with("bin/") { 2 } else { 1 };
        let end = self.path.match_indices('/').nth(parts - 1).map_or(self.path.len(), |(at, _)| at);
        &self.path[..end]
    }
}

/// Every file of `src/`, in order of their paths.
fn sources() -> Vec<Source> {
    let mut sources = sources_in("src");
    assert!(sources.len() > 100);
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// The files of Rust below a folder of the repository.
fn sources_in(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("UTF-8 source");
                let path =
                    path.strip_prefix(&root).expect("below the folder").to_string_lossy().replace('\\', "/");
                sources.push(Source { path, text });
            }
        }
    }
    sources
}

/// Fails if anything was found besides what is excepted.
#[track_caller]
fn only(found: &[String], excepted: &[&str], rule: &str) {
    let new: Vec<&String> = found.iter().filter(|item| !excepted.contains(&item.as_str())).collect();
    assert!(new.is_empty(), "{rule}:\n{new:#?}");
}

/// Fails if a room has more of something than it may have.
#[track_caller]
fn at_most(found: &BTreeMap<String, Vec<String>>, excepted: &[(&str, usize)], rule: &str) {
    let mut breaches = Vec::new();
    for (room, items) in found {
        let allowed = excepted.iter().find(|(name, _)| name == room).map_or(0, |(_, count)| *count);
        if items.len() > allowed {
            breaches.push(format!("{room} has {}, not {allowed}:\n  {}", items.len(), items.join("\n  ")));
        }
    }
    assert!(breaches.is_empty(), "{rule}\n{}", breaches.join("\n"));
}

#[test]
fn constants_say_max_and_min() {
    let mut found = Vec::new();
    for source in sources() {
        for line in source.text.lines() {
            found
                .extend(constant(line).filter(|name| PREFIXES.iter().any(|prefix| name.starts_with(prefix))));
        }
    }
    only(&found, &[], "MAX_ and MIN_ say it");
}

/// The name of the constant that a line declares.
fn constant(line: &str) -> Option<String> {
    let (before, rest) = line.split_once("const ").or_else(|| line.split_once("static "))?;
    let is_declared = before.split_whitespace().all(|word| word.starts_with("pub"));
    let name: String = rest.chars().take_while(|ch| ch.is_alphanumeric() || *ch == '_').collect();
    (is_declared && !name.is_empty()).then_some(name)
}

#[test]
fn words_are_plain() {
    let mut sources = sources();
    // This very file names the phrases.
    sources.extend(
        ["tests/it", "tests/web/src"]
            .into_iter()
            .flat_map(sources_in)
            .filter(|source| source.path != "tidy/mod.rs"),
    );
    for (phrase, instead, count) in PHRASES {
        let having = sources.iter().filter(|source| source.text.contains(phrase));
        let found: Vec<&str> = having.map(|source| source.path.as_str()).collect();
        assert!(found.len() <= count, "instead of `{phrase}` say `{instead}`, here:\n{}", found.join("\n"));
    }
}

#[test]
fn doc_comments_say_something() {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources() {
        let short = short_docs(&source.text).into_iter();
        let lines = short.map(|(number, text)| format!("{}:{number}: {text}", source.path));
        found.entry(source.room().to_owned()).or_default().extend(lines);
    }
    at_most(&found, &[], &format!("a doc comment has at least {MIN_DOC_WORDS} words"));
}

/// The doc comments of fewer than [`MIN_DOC_WORDS`] words, each with the number of its last line. What is only code, as
/// in "`run`", names something and may be short.
fn short_docs(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for (number, line) in text.lines().chain([""]).enumerate() {
        if let Some(doc) = line.trim_start().strip_prefix("///") {
            comment.push(doc);
            continue;
        }
        let words: Vec<&str> = comment.iter().flat_map(|doc| doc.split_whitespace()).collect();
        let is_code = words.first().is_some_and(|word| word.starts_with('`'))
            && words.last().is_some_and(|word| word.trim_end_matches('.').ends_with('`'));
        if !words.is_empty() && words.len() < MIN_DOC_WORDS && !is_code {
            found.push((number, words.join(" ")));
        }
        comment.clear();
    }
    found
}

#[test]
fn functions_fit_a_screen() {
    let mut found = Vec::new();
    for source in sources() {
        let long = functions(&source.text).into_iter().filter(|(_, lines)| *lines > MAX_FUNCTION_LINES);
        found.extend(long.map(|(name, _)| format!("{} {name}", source.path)));
    }
    only(&found, &[], &format!("functions have at most {MAX_FUNCTION_LINES} lines"));
}

/// The functions of a file that rustfmt has laid out, and how many lines each has.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function(line) else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        let closing = format!("{indent}}}");
        let end = lines[start..]
            .iter()
            .position(|line| **line == closing || line.ends_with(';') && *line == lines[start]);
        found.push((name, end.map_or(1, |end| end + 1)));
    }
    found
}

/// The name of the function that a line begins.
fn function(line: &str) -> Option<String> {
    let (before, rest) = line.split_once("fn ")?;
    let is_declared = before.split_whitespace().all(|word| {
        word.starts_with("pub") || ["const", "async", "in", "crate)"].contains(&word) || word.ends_with(')')
    });
    let name: String = rest.chars().take_while(|ch| ch.is_alphanumeric() || *ch == '_').collect();
    (is_declared && !name.is_empty()).then_some(name)
}

#[test]
fn the_rules_find_what_they_look_for() {
    assert_eq!(constant("pub(crate) const MOST_ROWS: usize = 3;").as_deref(), Some("MOST_ROWS"));
    assert_eq!(constant("    let x = const { 3 };"), None);
    assert_eq!(function("    pub(super) async fn go(&self) {").as_deref(), Some("go"));
    assert_eq!(function("    // a fn here"), None);
    assert_eq!(functions("fn a() {\n    b();\n}\nfn c();\n"), [("a".to_owned(), 3), ("c".to_owned(), 1)]);
    let docs =
        "/// They.\nfn a() {}\n/// Returns the names\n/// in order.\nfn b() {}\n/// `run`\nfn c() {}\n";
    assert_eq!(short_docs(docs), [(1, "They.".to_owned())]);
}
