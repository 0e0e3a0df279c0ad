//! `threadbare lesson` and `threadbare grade`, as a learner and a teacher use them.

use crate::cli::{file, folder, threadbare, with_input};

#[test]
fn the_list_names_every_lesson() {
    let ran = threadbare(&["lesson"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("a-pool") && ran.out.contains("Depth: how many workers"), "{}", ran.out);
}

/// Right answers to the first lesson, typed as a person would.
const PLAYED: &str = "\n3\n1\n2\n2 s\nworkers=3\n\n";

#[test]
fn a_lesson_is_played_handed_in_and_graded() {
    let ran = with_input(&["lesson", "a-pool", "--by", "ada"], PLAYED);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("5 of 5 passed. ***"), "{}", ran.err);
    let folder = folder("lesson");
    let honest = file(&folder, "ada.json", &ran.out);
    let graded = threadbare(&["grade", &honest]);
    assert_eq!(graded.code, 0, "{}{}", graded.out, graded.err);
    assert!(graded.out.contains("ada") && graded.out.contains("5 of 5"), "{}", graded.out);
}

#[test]
fn an_edited_result_fails() {
    let ran = with_input(&["lesson", "a-pool"], "\n4\nskip\n");
    let edited = ran.out.replace("\"passed\":0", "\"passed\":5").replace("\"stars\":0", "\"stars\":3");
    assert_ne!(edited, ran.out);
    let graded = with_input(&["grade", "-"], &edited);
    assert_eq!(graded.code, 1);
    assert!(graded.out.contains("0 of 5") && graded.out.contains("differs"), "{}", graded.out);
}

#[test]
fn a_worksheet_has_blanks_and_answers_only_on_request() {
    let blank = threadbare(&["lesson", "1", "--worksheet"]).out;
    let solved = threadbare(&["lesson", "1", "--worksheet", "--answers"]).out;
    assert!(blank.contains("class=\"blank\"") && !blank.contains("<h2>Answers"), "{blank}");
    assert!(solved.contains("<h2>Answers") && solved.contains("workers = 3"), "{solved}");
}

#[test]
fn what_is_no_hand_in_is_told_with_its_line() {
    let ran = with_input(&["grade", "-"], "\n{\"lesson\": 5}\n");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("line 2: no hand-in"), "{}", ran.err);
    assert!(threadbare(&["lesson", "no-such-lesson"]).err.contains("there is no lesson"));
}

#[test]
fn check_reads_lessons_too() {
    let built_in = concat!(env!("CARGO_MANIFEST_DIR"), "/www/lessons/races.toml");
    let ran = threadbare(&["check", built_in]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("a lesson of 7 steps, 5 of them questions"), "{}", ran.out);
    let folder = folder("lesson-check");
    let text = std::fs::read_to_string(built_in).expect("the lesson");
    let broken = file(&folder, "broken.toml", &text.replace("aim = \"lost-update\"", ""));
    let ran = threadbare(&["check", &broken]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("a schedule step says its `aim`"), "{}", ran.err);
}
