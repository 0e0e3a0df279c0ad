//! The documentation tells the truth: its sessions print what they show, its examples are sound, its pages are complete.
//!
//! `TRYCMD=overwrite cargo test --test it documentation` writes the sessions again.

use crate::cli::{threadbare, with_input};
use std::fs;
use std::path::{Path, PathBuf};

const README: &str = include_str!("../../README.md");
const LANGUAGE: &str = include_str!("../../docs/reference/language.md");

/// The blocks of a Markdown text that are fenced as `kind`.
fn blocks<'a>(text: &'a str, kind: &str) -> Vec<&'a str> {
    let opening = format!("```{kind}\n");
    let rest = text.split(opening.as_str()).skip(1);
    rest.map(|block| block.split("```").next().expect("a first part")).collect()
}

#[test]
fn sessions_print_what_they_show() {
    trycmd::TestCases::new()
        .register_bin("threadbare", Path::new(env!("CARGO_BIN_EXE_threadbare")))
        .env("COLUMNS", "80")
        .case("README.md")
        .case("docs/guides/*.md")
        .case("docs/reference/*.md")
        .case("docs/explanation/*.md");
}

#[test]
fn every_command_is_in_the_reference() {
    let reference = include_str!("../../docs/reference/command-line.md");
    let help = threadbare(&["--help"]).out;
    let (_, commands) = help.split_once("Commands:\n").expect("the commands");
    let (commands, _) = commands.split_once("\n\n").expect("the options after the commands");
    let names: Vec<&str> = commands
        .lines()
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.len() > 10, "{names:?}");
    let headings: Vec<&str> =
        reference.lines().filter_map(|line| line.strip_prefix("## threadbare ")).collect();
    assert_eq!(headings, names, "a section for each command, in the order of the help");
    for name in names {
        let section = format!("\n## threadbare {name}\n\n```console\n$ threadbare {name} --help\n");
        assert!(reference.contains(&section), "the section of `{name}` begins with its help");
    }
}

#[test]
fn every_page_is_reached_and_no_link_is_broken() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut to_visit = vec![root.join("README.md"), root.join("CONTRIBUTING.md"), root.join("SECURITY.md")];
    let mut visited: Vec<PathBuf> = Vec::new();
    while let Some(page) = to_visit.pop() {
        if visited.contains(&page) {
            continue;
        }
        let text = fs::read_to_string(&page).unwrap_or_else(|e| panic!("{}: {e}", page.display()));
        for target in links(&text) {
            let path = page.parent().expect("a folder").join(target);
            let path = path.canonicalize().unwrap_or_else(|e| panic!("{}: {target}: {e}", page.display()));
            if path.extension().is_some_and(|ending| ending == "md") {
                to_visit.push(path);
            } else {
                visited.push(path);
            }
        }
        visited.push(page);
    }
    for folder in ["docs/guides", "docs/reference", "docs/reference/rules", "docs/explanation"] {
        for entry in fs::read_dir(root.join(folder)).expect("a folder") {
            let page = entry.expect("an entry").path().canonicalize().expect("a page");
            if page.is_dir() {
                continue;
            }
            assert!(visited.contains(&page), "no page links to {}", page.display());
        }
    }
}

/// The targets of a Markdown text's links to files, without their anchors.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let files = targets.map(|(target, _)| target.split_once('#').map_or(target, |(file, _)| file));
    files.filter(|file| !file.is_empty() && !file.contains("://"))
}

#[test]
fn every_recorded_divergence_is_in_the_reference() {
    let reference = include_str!("../../docs/reference/divergences.md");
    let recorded = include_str!("../conformance/runtimes/divergences/README.md");
    let names: Vec<&str> = recorded
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" |"))
        .map(|(name, _)| name)
        .filter(|name| name.contains('/'))
        .collect();
    assert!(!names.is_empty());
    for name in names {
        assert!(
            reference.contains(&format!("| `{name}` |")),
            "docs/reference/divergences.md has no `{name}`"
        );
    }
}

#[test]
fn the_readme_shows_the_timeline_that_is_printed() {
    let blocks = blocks(README, "text");
    assert_eq!(blocks.len(), 1);
    let ran = threadbare(&["run", "nova-build-deadlock", "--timeline", "--width", "100"]);
    assert!(
        ran.out.contains(blocks[0].trim_end()),
        "the README shows\n{}\nand it prints\n{}",
        blocks[0],
        ran.out
    );
}

#[test]
fn the_scenario_of_the_readme_does_what_it_says() {
    let blocks = blocks(README, "toml");
    assert_eq!(blocks, [include_str!("../../examples/uploads.toml")]);
    let ran = with_input(&["check", "-"], blocks[0]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(with_input(&["run", "-"], blocks[0]).code, 1, "it shows a deadlock");
    assert_eq!(with_input(&["run", "-", "--variant", "own_pool"], blocks[0]).code, 0, "and its cure");
}

#[test]
fn the_examples_of_the_language_reference_are_sound() {
    let blocks = blocks(LANGUAGE, "toml");
    assert!(!blocks.is_empty());
    for block in blocks {
        let ran = with_input(&["check", "-"], block);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{block}");
    }
}

/// What is said beside each example comes of it.
#[test]
fn the_examples_of_each_kind_meet_what_they_expect() {
    let (_, examples) = LANGUAGE.split_once("### Each kind by example").expect("the section");
    let (examples, _) = examples.split_once("\n## ").expect("the next section");
    let examples = blocks(examples, "toml");
    assert_eq!(examples.len(), 10, "one for each kind");
    for example in examples {
        assert_eq!(with_input(&["run", "-"], example).code, 0, "{example}");
    }
}
