//! The licences of what we depend on: the page ships the notices of everything in it, and `deny.toml` allows whatever
//! the lock file names.
//!
//! `LICENCES=write cargo test --test it licences` (or `./x licences`) writes the notices again. `cargo deny check` says the
//! same of licences, and more of advisories; this needs neither that tool nor the network.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A package, as `cargo metadata` describes it.
struct Package {
    name: String,
    version: String,
    licence: String,
    authors: Vec<String>,
    folder: PathBuf,
    source: Option<String>,
    is_macro: bool,
}

impl Package {
    fn new(package: &Value) -> Package {
        let text = |key: &str| package[key].as_str().map(str::to_owned);
        let words = |list: &Value| {
            let words = list.as_array().into_iter().flatten().filter_map(Value::as_str);
            words.map(str::to_owned).collect::<Vec<_>>()
        };
        let manifest = PathBuf::from(text("manifest_path").expect("a manifest"));
        let targets = package["targets"].as_array().expect("targets");
        Package {
            name: text("name").expect("a name"),
            version: text("version").expect("a version"),
            licence: text("license").unwrap_or_default(),
            authors: words(&package["authors"]),
            folder: manifest.parent().expect("a folder").to_owned(),
            source: text("source"),
            is_macro: targets
                .iter()
                .any(|target| words(&target["kind"]).iter().any(|kind| kind == "proc-macro")),
        }
    }

    /// The licence under which the page ships this package: MIT where there is a choice.
    fn notice(&self) -> String {
        let files = self.licence_files();
        let preferred = files.iter().find(|file| file.to_string_lossy().contains("MIT")).or(files.first());
        if let Some(file) = preferred {
            let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            return text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned();
        }
        assert!(self.licence.contains("MIT"), "{} has no licence file, and is not under MIT", self.name);
        let ours = include_str!("../../LICENSE-MIT");
        let (_, terms) = ours.split_once("Permission is hereby").expect("the terms of MIT");
        let holders = match self.authors.as_slice() {
            [] => format!("the authors of {}", self.name),
            authors => authors.join(", "),
        };
        format!("Copyright (c) {holders}\n\nPermission is hereby{}", terms.trim_end())
    }

    fn licence_files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).unwrap_or_else(|e| panic!("{}: {e}", self.folder.display()));
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let mut files: Vec<PathBuf> = paths
            .filter(|path| {
                let name = path.file_name().expect("a name").to_string_lossy().to_uppercase();
                ["LICENSE", "LICENCE", "COPYING"].iter().any(|start| name.starts_with(start))
                    && path.is_file()
            })
            .collect();
        files.sort();
        files
    }
}

/// What `cargo metadata` prints with these arguments.
fn metadata(arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--locked", "--format-version", "1"]).args(arguments).current_dir(ROOT);
    let output = command.output().expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn packages(metadata: &Value) -> BTreeMap<String, Package> {
    let packages = metadata["packages"].as_array().expect("packages").iter();
    packages
        .map(|package| (package["id"].as_str().expect("an id").to_owned(), Package::new(package)))
        .collect()
}

/// The packages whose code is in the page, by name and version.
fn in_the_page() -> Vec<Package> {
    let target = ["--filter-platform", "wasm32-unknown-unknown"];
    let metadata = metadata(&[&target[..], &["--no-default-features", "--features", "web"]].concat());
    let mut packages = packages(&metadata);
    let nodes = metadata["resolve"]["nodes"].as_array().expect("nodes");
    let edges: BTreeMap<&str, &Value> =
        nodes.iter().map(|node| (node["id"].as_str().expect("an id"), &node["deps"])).collect();
    let root = metadata["resolve"]["root"].as_str().expect("a root");
    let mut reached = BTreeSet::new();
    let mut to_visit = vec![root];
    while let Some(id) = to_visit.pop() {
        // Macros run in the compiler; what they are made of is not in the page.
        if packages[id].is_macro || !reached.insert(id) {
            continue;
        }
        for dependency in edges[id].as_array().into_iter().flatten() {
            let kinds = dependency["dep_kinds"].as_array().expect("kinds");
            if kinds.iter().any(|kind| kind["kind"].is_null()) {
                to_visit.push(dependency["pkg"].as_str().expect("an id"));
            }
        }
    }
    reached.remove(root);
    let mut found: Vec<Package> = reached.into_iter().filter_map(|id| packages.remove(id)).collect();
    found.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    found
}

/// The text of `www/licences.txt`.
fn notices() -> String {
    let packages = in_the_page();
    let mut by_notice: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut text = "Threadbare is under MIT OR Apache-2.0. This page also contains these packages, and the Rust standard\n\
                    library (MIT OR Apache-2.0, the Rust Project Developers). Their notices follow.\n\n"
        .to_owned();
    for package in &packages {
        text += &format!("{} {}: {}\n", package.name, package.version, package.licence);
        let named = format!("{} {}", package.name, package.version);
        by_notice.entry(package.notice()).or_default().push(named);
    }
    let mut groups: Vec<(Vec<String>, String)> =
        by_notice.into_iter().map(|(notice, names)| (names, notice)).collect();
    groups.sort();
    for (names, notice) in groups {
        text += &format!("\n{}\n{}\n\n{notice}\n", "=".repeat(80), names.join(", "));
    }
    text
}

#[test]
fn the_page_ships_the_notices_of_what_is_in_it() {
    let path = Path::new(ROOT).join("www/licences.txt");
    let expected = notices();
    if std::env::var_os("LICENCES").is_some_and(|value| value == "write") {
        fs::write(&path, &expected).expect("www/licences.txt");
    }
    let shipped = fs::read_to_string(&path).expect("www/licences.txt");
    assert!(shipped == expected, "www/licences.txt is out of date: run `./x licences`");
    assert!(include_str!("../../index.html").contains("href=\"www/licences.txt\""));
}

#[test]
fn every_dependency_is_allowed() {
    let deny: toml::Table = toml::from_str(include_str!("../../deny.toml")).expect("TOML");
    let words = |table: &str, key: &str| -> Vec<String> {
        let words = deny[table][key].as_array().expect("a list").iter();
        words.map(|word| word.as_str().expect("a word").to_owned()).collect()
    };
    let (licences, sources) = (words("licenses", "allow"), words("sources", "allow-registry"));
    let metadata = metadata(&["--all-features"]);
    let packages = packages(&metadata);
    assert!(packages.len() > 100);
    for package in packages.values() {
        let (name, version, licence) = (&package.name, &package.version, &package.licence);
        assert!(is_allowed(licence, &licences), "{name} {version}: `{licence}` is not allowed by deny.toml");
        let is_ours = package.source.is_none() && package.folder == Path::new(ROOT);
        let is_from_registry = package.source.as_ref().is_some_and(|source| {
            let url = source.strip_prefix("registry+").unwrap_or(source);
            sources.iter().any(|allowed| allowed == url)
        });
        assert!(is_ours || is_from_registry, "{name} {version} comes from {:?}", package.source);
    }
}

/// Packages that nobody maintains any more, as the RustSec database says (2025); it is asked over the network before a
/// release.
const UNMAINTAINED: [&str; 14] = [
    "ansi_term",
    "atty",
    "bincode",
    "derivative",
    "fxhash",
    "instant",
    "mach",
    "number_prefix",
    "paste",
    "proc-macro-error",
    "rustls-pemfile",
    "serde_cbor",
    "serde_yaml",
    "yaml-rust",
];

/// Of a package in more than one version all but the newest are listed, each with who brings it; what nobody maintains
/// comes in through yew alone.
#[test]
fn duplicates_and_unmaintained_packages_are_known() {
    let deny: toml::Table = toml::from_str(include_str!("../../deny.toml")).expect("TOML");
    let skipped: BTreeSet<String> = deny["bans"]["skip"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|skip| skip["crate"].as_str().expect("name@version").to_owned())
        .collect();
    let lock: toml::Table = toml::from_str(include_str!("../../Cargo.lock")).expect("TOML");
    let mut versions: BTreeMap<&str, Vec<(Vec<u64>, &str)>> = BTreeMap::new();
    for package in lock["package"].as_array().expect("a list") {
        let (name, version) =
            (package["name"].as_str().expect("a name"), package["version"].as_str().expect("a version"));
        let numbers = version.split(['.', '+', '-']).take(3).map(|part| part.parse().unwrap_or(0)).collect();
        versions.entry(name).or_default().push((numbers, version));
    }
    let mut older = BTreeSet::new();
    for (name, versions) in &mut versions {
        versions.sort();
        versions.pop();
        older.extend(versions.iter().map(|(_, version)| format!("{name}@{version}")));
    }
    assert_eq!(older, skipped, "deny.toml lists the packages that come in more than one version");
    let present: Vec<&str> = UNMAINTAINED.into_iter().filter(|name| versions.contains_key(name)).collect();
    assert_eq!(present, ["bincode", "proc-macro-error"], "both come in through yew");
    let manifest: toml::Table = toml::from_str(include_str!("../../Cargo.toml")).expect("TOML");
    let direct = manifest["dependencies"].as_table().expect("a table");
    assert!(present.iter().all(|name| !direct.contains_key(*name)));
}

/// Whether an SPDX expression can be met by the licences that are allowed. `/` is an old way to write `OR`.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let holds = either(&mut words, allowed);
    holds == Some(true) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

/// Reads licences joined by `OR`, and returns whether one of them is allowed; `None` if that is no expression.
fn either(words: &mut Words<'_>, allowed: &[String]) -> Option<bool> {
    let mut holds = both(words, allowed)?;
    while words.next_if_eq(&"OR").is_some() {
        holds |= both(words, allowed)?;
    }
    Some(holds)
}

fn both(words: &mut Words<'_>, allowed: &[String]) -> Option<bool> {
    let mut holds = one(words, allowed)?;
    while words.next_if_eq(&"AND").is_some() {
        holds &= one(words, allowed)?;
    }
    Some(holds)
}

fn one(words: &mut Words<'_>, allowed: &[String]) -> Option<bool> {
    let word = words.next()?;
    if word == "(" {
        let holds = either(words, allowed)?;
        return (words.next() == Some(")")).then_some(holds);
    }
    let exception = words.next_if_eq(&"WITH").and_then(|_| words.next());
    let licence = exception.map_or_else(|| word.to_owned(), |exception| format!("{word} WITH {exception}"));
    Some(allowed.contains(&licence))
}

#[test]
fn licence_expressions_are_read() {
    let allowed = ["MIT".to_owned(), "Unicode-3.0".to_owned()];
    for good in ["MIT", "MIT OR GPL-3.0", "GPL-3.0/MIT", "(MIT OR Apache-2.0) AND Unicode-3.0"] {
        assert!(is_allowed(good, &allowed), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "MIT OR", "(MIT", "MIT WITH LLVM-exception"] {
        assert!(!is_allowed(bad, &allowed), "{bad}");
    }
}
