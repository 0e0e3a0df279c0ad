//! Lessons: every one is played with its model answers and with every wrong answer that it knows of.

use threadbare::gallery::LESSONS;
use threadbare::study::lesson::answer::{LearnerAnswer, LearnerDesign};
use threadbare::study::lesson::grade::{self, LessonHandIn};
use threadbare::study::lesson::{
    DesignExercise, LearnerTask, Lesson, LessonStep, PredictionQuestion, design, predict,
};

fn lessons() -> Vec<Lesson> {
    let read = |name: &str, text: &str| match Lesson::parse(name, text) {
        Ok(lesson) => lesson,
        Err(problems) => panic!("{name}:\n{}", problems.render(false)),
    };
    LESSONS.iter().map(|entry| read(entry.name, entry.text)).collect()
}

fn lesson(name: &str) -> Lesson {
    lessons().into_iter().find(|lesson| lesson.name == name).expect("a lesson of the course")
}

#[test]
fn every_file_of_the_folder_is_in_the_course_once() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/lessons");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder of lessons")
        .map(|entry| entry.expect("a readable entry").file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    let mut listed: Vec<String> = LESSONS.iter().map(|entry| entry.name.to_owned()).collect();
    files.sort();
    listed.sort();
    assert_eq!(files, listed);
}

#[test]
fn every_lesson_says_what_it_is_for() {
    for lesson in lessons() {
        assert!(!lesson.title.is_empty() && !lesson.misconception.is_empty(), "{}", lesson.name);
        assert!((5..=15).contains(&lesson.minutes), "{} takes {} minutes", lesson.name, lesson.minutes);
        assert!(lesson.goals.iter().all(|goal| goal.starts_with("I can ")), "{}", lesson.name);
        assert!(lesson.question_count() >= 3, "{} asks too little", lesson.name);
        assert!(lesson.steps.iter().any(|step| !step.is_question()), "{} explains nothing", lesson.name);
    }
}

/// A question with two right answers, or with none, teaches nothing.
#[test]
fn every_choice_has_exactly_one_right_answer() {
    for lesson in lessons() {
        for (number, step) in lesson.steps.iter().enumerate() {
            let LearnerTask::Predict(PredictionQuestion::Choice(choices)) = &step.task else { continue };
            let right = predict::right_choices(&lesson, &step.scene, choices);
            assert_eq!(right.len(), 1, "{}, step {}: right are {right:?}", lesson.name, number + 1);
        }
    }
}

#[test]
fn model_answers_pass_with_three_stars() {
    for lesson in lessons() {
        let questions = lesson.steps.iter().filter(|step| step.is_question());
        let answers = questions.map(|step| grade::model_answer(&lesson, step)).collect();
        let hand_in = LessonHandIn::new(&lesson, "model", answers);
        let grade = hand_in.grade(&lesson);
        let told: Vec<&String> = grade.marks.iter().map(|mark| &mark.reply).collect();
        assert_eq!(
            grade.passed(),
            lesson.question_count(),
            "{}: {told:?} {:?}",
            lesson.name,
            hand_in.answers
        );
        assert_eq!(grade.stars(), 3, "{}: {told:?}", lesson.name);
        assert!(grade.is_as_claimed, "{}", lesson.name);
    }
}

#[test]
fn wrong_choices_fail_with_their_own_reply() {
    for lesson in lessons() {
        for step in &lesson.steps {
            let LearnerTask::Predict(PredictionQuestion::Choice(choices)) = &step.task else { continue };
            let right = predict::right_choices(&lesson, &step.scene, choices);
            for (number, choice) in choices.iter().enumerate().filter(|(number, _)| !right.contains(number)) {
                let mark = grade::judge(&lesson, step, &LearnerAnswer::Choice(number + 1));
                assert!(!mark.passed && mark.stars == 0, "{}: {}", lesson.name, choice.text);
                assert!(!choice.reply.is_empty(), "{}: no reply to \"{}\"", lesson.name, choice.text);
                assert_eq!(mark.reply, choice.reply, "{}", lesson.name);
            }
        }
    }
}

fn exercise(step: &LessonStep) -> Option<&DesignExercise> {
    match &step.task {
        LearnerTask::Change(exercise) | LearnerTask::Prove(exercise) => Some(exercise),
        LearnerTask::Say | LearnerTask::Predict(_) | LearnerTask::Schedule(_) => None,
    }
}

#[test]
fn misconceptions_fail_with_their_own_reply() {
    for lesson in lessons() {
        for step in &lesson.steps {
            for wrong in exercise(step).map(|exercise| &exercise.misconceptions).into_iter().flatten() {
                let design = LearnerDesign { variant: wrong.variant.clone(), set: wrong.set.clone() };
                let mark = grade::judge(&lesson, step, &LearnerAnswer::Design(design));
                assert!(!mark.passed, "{}: {}", lesson.name, wrong.reply);
                assert_eq!(mark.reply, wrong.reply, "{}", lesson.name);
            }
        }
    }
}

/// No answer is stored: a longer task makes another number right.
#[test]
fn a_number_in_the_scenario_changes_the_right_answer() {
    let entry = LESSONS.iter().find(|entry| entry.name == "a-pool").expect("the first lesson");
    let original = Lesson::parse("a-pool", entry.text).expect("it reads");
    let changed = entry.text.replace("run 2s", "run 3s");
    let changed = Lesson::parse("a-pool", &changed).expect("it still reads");
    let step = |lesson: &Lesson| {
        lesson.steps.iter().rposition(|step| step.kind() == "predict").expect("a prediction")
    };
    let answer = |lesson: &Lesson| grade::model_answer(lesson, &lesson.steps[step(lesson)]);
    assert_eq!(answer(&original), Some(LearnerAnswer::Number("2 s".to_owned())));
    assert_eq!(answer(&changed), Some(LearnerAnswer::Number("3 s".to_owned())));
}

/// Names and what they are set to.
type Values = &'static [(&'static str, &'static str)];

/// Designs that work in the run shown by luck: the variant, what it sets, and what the scene sets so that it is lucky. Where
/// tasks come an hour apart, none meets another, and the fault is there all the same.
const LUCKY: [(&str, &str, Values, Values); 7] = [
    ("waiting-takes-a-worker", "base", &[("pool", "6")], &[("arrivals.0.every", "1h")]),
    ("depth-multiplies", "base", &[("workers", "3")], &[("arrivals.0.every", "1h")]),
    ("locks-and-order", "lucky_timing", &[], &[]),
    ("races", "base", &[("workers", "2")], &[]),
    ("bounded-queues", "base", &[], &[("arrivals.0.every", "1h"), ("workers", "2"), ("parts", "2")]),
    ("helping", "release_first", &[], &[("arrivals.0.every", "1h")]),
    ("carriers-and-pinning", "base", &[], &[("arrivals.2.every", "1h")]),
];

/// A design that is lucky in the run shown gets one star and the order in which it fails: tried at every proof of the course.
#[test]
fn luck_never_gets_the_second_star() {
    let owned = |set: &[(&str, &str)]| -> Vec<(String, String)> {
        set.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect()
    };
    let mut proofs: Vec<String> = Vec::new();
    for lesson in lessons() {
        for step in lesson.steps.iter().filter(|step| step.kind() == "prove") {
            proofs.push(lesson.name.clone());
            let lucky = LUCKY.iter().find(|(name, ..)| *name == lesson.name);
            let (_, variant, set, scene) =
                lucky.unwrap_or_else(|| panic!("{} has no lucky design", lesson.name));
            let mut step = step.clone();
            step.scene.set.retain(|(path, _)| scene.iter().all(|(other, _)| other != path));
            step.scene.set.extend(owned(scene));
            let design = LearnerDesign { variant: (*variant).to_owned(), set: owned(set) };
            let LearnerTask::Prove(exercise) = &step.task else { unreachable!("a proof") };
            let once = design::judge_change(&lesson, &step.scene, exercise, &design);
            assert!(once.passed, "{} is no luck: {}", lesson.name, once.reply);
            let mark = grade::judge(&lesson, &step, &LearnerAnswer::Design(design));
            assert!(!mark.passed, "{}: {}", lesson.name, mark.reply);
            assert_eq!(mark.stars, 1, "{}: {}", lesson.name, mark.reply);
            assert!(mark.counterexample.is_some(), "{}: {}", lesson.name, mark.reply);
        }
    }
    assert_eq!(proofs.len(), LUCKY.len(), "{proofs:?}");
}

#[test]
fn an_edited_result_is_found() {
    let lesson = lesson("a-pool");
    let answers = vec![Some(LearnerAnswer::Number("4".to_owned())); lesson.question_count()];
    let honest = LessonHandIn::new(&lesson, "ada", answers);
    assert!(honest.grade(&lesson).is_as_claimed);
    let claimed = LessonHandIn { passed: lesson.question_count(), stars: 3, ..honest.clone() };
    let grade = claimed.grade(&lesson);
    assert!(!grade.is_as_claimed);
    assert_eq!(grade.passed(), honest.passed);
    let read = LessonHandIn::parse(&honest.line()).expect("it is a hand-in");
    assert_eq!(read, honest);
}

#[test]
fn a_faulty_lesson_is_told_with_its_places() {
    let text = r#"
title = "Wrong"
minutes = 5
goals = ["I can fail."]
misconception = "It reads."
gallery = "nova-build-deadlock"

[[steps]]
say = "Fine."
variant = "no_such_variant"

[[steps]]
predict = "How long?"
measure = "no.such.metric"

[[steps]]
prove = "Nothing is allowed."
goal = { deadlock = false }
"#;
    let problems = Lesson::parse("wrong", text).expect_err("it is wrong");
    let told: Vec<(u32, &str)> =
        problems.list.iter().map(|problem| (problem.line, problem.message.as_str())).collect();
    assert_eq!(
        told,
        [
            (8, "its run does not read: line 1: there is no variant `no_such_variant`"),
            (12, "there is no metric `no.such.metric`"),
            (16, "the step allows nothing: give `allow`, `options` or `variants`"),
        ]
    );
}

/// The template that the teaching guide hands out is a lesson that works.
#[test]
fn the_template_reads_and_can_be_passed() {
    let lesson = Lesson::parse("lesson-template", include_str!("../../examples/lesson-template.toml"));
    let lesson = lesson.unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let questions = lesson.steps.iter().filter(|step| step.is_question());
    let answers = questions.map(|step| grade::model_answer(&lesson, step)).collect();
    let grade = LessonHandIn::new(&lesson, "", answers).grade(&lesson);
    assert_eq!((grade.passed(), grade.stars()), (lesson.question_count(), 3), "{:?}", grade.marks);
}
