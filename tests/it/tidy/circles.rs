//! Circles of imports between the files of a room: two files that need each other are one, or both need a third.
//!
//! It reads text, as `layers.rs` does: `use` declarations and paths in expressions that begin with `crate::`, `super::`,
//! `self::` or a child's name. Code of tests does not count.

use super::{Source, sources};
use std::collections::{BTreeMap, BTreeSet};

type Module = Vec<String>;

#[test]
fn no_file_imports_what_imports_it() {
    let sources = sources();
    let rooms: BTreeSet<&str> =
        sources.iter().map(Source::room).filter(|room| !room.ends_with(".rs")).collect();
    let mut found = BTreeMap::new();
    for room in rooms {
        let files = sources.iter().filter(|source| source.room() == room);
        let texts: BTreeMap<Module, &str> =
            files.map(|source| (module(room, &source.path), source.text.as_str())).collect();
        let imports = imports(room, &texts);
        let in_circles: Vec<String> = circles(&imports).into_iter().flatten().collect();
        found.insert(room.to_owned(), in_circles);
    }
    let found: Vec<String> = found.into_values().flatten().collect();
    assert!(found.is_empty(), "files import each other in a circle: extract what both need:\n{found:#?}");
}

/// The module of a file within its room: `study/args.rs` is `study::args`, `main.rs` and `mod.rs` the folder's own.
fn module(room: &str, path: &str) -> Module {
    let inside = path.strip_prefix(room).expect("a file of the room").trim_start_matches('/');
    let mut parts: Module = inside.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") || parts == ["main"] {
        parts.pop();
    }
    parts
}

/// Which files of a room each file imports.
fn imports(room: &str, texts: &BTreeMap<Module, &str>) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut imports = BTreeMap::new();
    for (module, text) in texts {
        let code = without_tests_and_comments(text);
        let targets = paths(&code).into_iter().filter_map(|path| resolve(room, module, &path, texts));
        imports.insert(module.clone(), targets.filter(|target| target != module).collect());
    }
    imports
}

fn without_tests_and_comments(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    code.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// The paths of a file: those of `use` declarations, with their groups taken apart, and those within the code.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = String::new();
    for statement in code.split_inclusive(';') {
        let declared = statement.rfind("use ").filter(|&at| {
            let before = &statement[..at];
            before.trim_end().is_empty() || before.ends_with(['\n', ' ', '\t'])
        });
        match declared {
            Some(at) => {
                rest.push_str(&statement[..at]);
                let tree: String = statement[at + 4..].trim_end_matches(';').split_whitespace().collect();
                found.extend(
                    expanded(&tree)
                        .iter()
                        .map(|path| path.split("::").map(str::to_owned).collect::<Vec<_>>()),
                );
            }
            None => rest.push_str(statement),
        }
    }
    let is_path = |ch: char| ch.is_alphanumeric() || ch == '_' || ch == ':';
    let words = rest.split(|ch| !is_path(ch)).filter(|word| word.contains("::"));
    found.extend(words.map(|word| word.split("::").map(str::to_owned).collect()));
    found
}

/// The paths of a `use` tree without blanks: `a::{b, c::{d, e}}` is `a::b`, `a::c::d` and `a::c::e`.
fn expanded(tree: &str) -> Vec<String> {
    let Some((prefix, group)) = tree.split_once('{') else { return vec![tree.to_owned()] };
    let group = group.strip_suffix('}').unwrap_or(group);
    let mut found = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, ch) in group.char_indices().chain([(group.len(), ',')]) {
        match ch {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let items = expanded(&group[start..at]).into_iter().filter(|item| !item.is_empty());
                found.extend(items.map(|item| format!("{prefix}{item}")));
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

/// The file of the room that a path leads into.
fn resolve(room: &str, from: &Module, path: &[String], texts: &BTreeMap<Module, &str>) -> Option<Module> {
    let mut rest = path;
    let mut base = match path.first()?.as_str() {
        "crate" => {
            rest = &rest[1..];
            if !room.starts_with("bin/") {
                rest = rest.strip_prefix(&[room.to_owned()][..])?;
            }
            Module::new()
        }
        "self" => {
            rest = &rest[1..];
            from.clone()
        }
        "super" => {
            let height = path.iter().take_while(|part| *part == "super").count();
            rest = &rest[height..];
            from[..from.len().checked_sub(height)?].to_vec()
        }
        child => {
            let mut module = from.clone();
            module.push(child.to_owned());
            texts.contains_key(&module).then_some(from.clone())?
        }
    };
    for part in rest {
        let mut inner = base.clone();
        inner.push(part.clone());
        if !texts.contains_key(&inner) {
            break;
        }
        base = inner;
    }
    texts.contains_key(&base).then_some(base)
}

/// The sets of files that reach each other, each by the names of its files.
fn circles(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<Vec<String>> {
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        imports.keys().map(|module| (module, reachable(module, imports))).collect();
    let mut seen: BTreeSet<&Module> = BTreeSet::new();
    let mut found = Vec::new();
    for (module, from_here) in &reached {
        if !from_here.contains(module) || seen.contains(module) {
            continue;
        }
        let circle: Vec<&Module> =
            from_here.iter().filter(|other| reached[*other].contains(module)).copied().collect();
        seen.extend(circle.iter().copied());
        let name = |module: &&Module| if module.is_empty() { "mod".to_owned() } else { module.join("/") };
        found.push(circle.iter().map(name).collect());
    }
    found
}

fn reachable<'a>(from: &Module, imports: &'a BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut to_visit: Vec<&Module> = imports[from].iter().collect();
    while let Some(module) = to_visit.pop() {
        if reached.insert(module) {
            to_visit.extend(&imports[module]);
        }
    }
    reached
}

#[test]
fn circles_are_found() {
    let module = |name: &str| -> Module {
        name.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let texts = BTreeMap::from([
        (module(""), "mod a; use a::{b::{C, D}, E};"),
        (module("a"), "use crate::room::{c, x};"),
        (module("a/b"), "fn f() { super::super::c::g() }"),
        (
            module("c"),
            "// use crate::room::a;\nuse super::a::b::X;\n#[cfg(test)]\nmod tests { use crate::room::a; }",
        ),
    ]);
    let imports = imports("room", &texts);
    assert_eq!(imports[&module("")], BTreeSet::from([module("a"), module("a/b")]));
    assert_eq!(imports[&module("a")], BTreeSet::from([module(""), module("c")]));
    assert_eq!(circles(&imports), [vec!["mod", "a"], vec!["a/b", "c"]]);
}
