//! The README tells the truth: its pictures are what the command prints, its examples are sound.

use crate::cli::{threadbare, with_input};

const README: &str = include_str!("../../README.md");
const LANGUAGE: &str = include_str!("../../docs/reference/language.md");

/// The blocks of a Markdown text that are fenced as `kind`.
fn blocks<'a>(text: &'a str, kind: &str) -> Vec<&'a str> {
    let opening = format!("```{kind}\n");
    let rest = text.split(opening.as_str()).skip(1);
    rest.map(|block| block.split("```").next().expect("a first part")).collect()
}

#[test]
fn its_pictures_are_what_is_printed() {
    let blocks = blocks(README, "text");
    let commands =
        [&["--timeline", "--width", "100"][..], &["--timeline", "--width", "100", "--set", "pool=6"]];
    assert_eq!(blocks.len(), commands.len());
    for (block, arguments) in blocks.iter().zip(commands) {
        let ran = threadbare(&[&["run", "nova-build-deadlock"][..], arguments].concat());
        assert!(ran.out.contains(block.trim_end()), "the README shows\n{block}\nand it prints\n{}", ran.out);
    }
}

#[test]
fn its_scenario_does_what_it_says() {
    let blocks = blocks(README, "toml");
    assert_eq!(blocks.len(), 1);
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
