//! Lessons as a learner goes through them, without a page: workers answer at once.

use super::super::run::{AnalyzedRun, SharedRun};
use super::super::sliced_run::IncrementalRun;
use super::super::study::StudyAction;
use super::super::work::OpenDocument;
use super::super::{Action, State};
use super::{LessonAction as Act, LessonProgress, LessonState, SavedLesson};
use serde::de::DeserializeOwned;
use std::rc::Rc;
use threadbare::gallery::find_lesson;
use threadbare::jobs::lesson::{LessonQuestion, Solution};
use threadbare::jobs::{self, JobHost, unpacked};
use threadbare::study::lesson::answer::{LearnerAnswer, LearnerDesign};
use threadbare::study::lesson::grade;
use threadbare::study::lesson::read::LessonOutline;
use threadbare::study::schedule::Schedule;

struct LastMessage(Vec<u8>);

impl JobHost for LastMessage {
    fn send(&mut self, message: Vec<u8>) {
        self.0 = message;
    }

    fn now(&self) -> f64 {
        0.0
    }
}

fn answered<T: DeserializeOwned>(state: &LessonState, ask: LessonQuestion) -> Rc<T> {
    let mut last = LastMessage(Vec::new());
    jobs::execute(&jobs::JobRequest::Lesson(state.order(ask)), &mut last).expect("a good question");
    Rc::new(unpacked(&last.0).expect("our own message"))
}

/// Answers one question of the state, if there is one.
fn answer(state: &mut LessonState) -> bool {
    macro_rules! study {
        ($study:ident, $action:ident, $ask:expr) => {
            if state.$study.is_going() {
                let (number, told) = (state.$study.number, answered(state, $ask));
                state.apply(Act::$action(StudyAction::Progress(number, told)));
                state.apply(Act::$action(StudyAction::Over(number, true)));
                return true;
            }
        };
    }
    let step = state.step;
    study!(options, Options, LessonQuestion::Options(step));
    study!(position, GamePosition, LessonQuestion::Play(step, state.taken.clone()));
    study!(judged, Judgement, LessonQuestion::Judge(step, state.given.clone().expect("an answer")));
    study!(solved, Solution, LessonQuestion::Solve(step));
    study!(hand_in, HandIn, LessonQuestion::HandIn(state.answers()));
    false
}

/// Runs and answers all that the state wants, as the page does.
fn settle(state: &mut LessonState) {
    loop {
        if state.stage.run.as_ref().is_none_or(|run| run.id != state.stage.wanted) {
            let scenario = state.stage.work.scenario.clone().expect("a scene that reads");
            let mut slice =
                IncrementalRun::new(&scenario, state.stage.schedule.as_ref()).expect("a way that fits");
            while !slice.advance(u64::MAX / 64) {}
            let run = AnalyzedRun::new(state.stage.wanted, slice.finish().expect("a way that fits"));
            state.apply(Act::Stage(Action::Ran(SharedRun::new(run), None)));
        } else if !answer(state) {
            return;
        }
    }
}

fn opened(name: &str) -> LessonState {
    let page = State::new(OpenDocument::gallery("nova-build-deadlock"));
    let entry = find_lesson(name).expect("a lesson of the course");
    let mut state = LessonState::open(entry, None, &page).expect("it reads");
    settle(&mut state);
    state
}

fn act(state: &mut LessonState, action: Act) {
    state.apply(action);
    settle(state);
}

#[test]
fn nothing_beyond_the_moment_can_be_reached_before_the_answer() {
    let mut state = opened("waiting-takes-a-worker");
    act(&mut state, Act::Turn(1));
    assert!(state.is_open() && state.hides_future());
    for ahead in [Action::Seek(f64::MAX), Action::SeekCount(u32::MAX), Action::Beat(9), Action::ToggleFuture]
    {
        act(&mut state, Act::Stage(ahead));
        assert!(state.stage.hides_future());
        assert_eq!(state.stage.replay.instant().to_string(), "1 s");
    }
    act(&mut state, Act::Answer(LearnerAnswer::Choice(1)));
    assert!(!state.mark.as_ref().expect("a mark").passed);
    assert!(!state.is_open() && !state.hides_future() && state.stage.replay.playing, "the reveal plays");
    act(&mut state, Act::Answer(LearnerAnswer::Choice(3)));
    assert!(state.mark.as_ref().expect("a mark").passed, "one may think again");
    assert!(state.entries[1].as_ref().is_some_and(|entry| entry.mark.passed));
}

#[test]
fn the_best_answer_stays() {
    let mut state = opened("waiting-takes-a-worker");
    act(&mut state, Act::Go(3));
    let pool = |value: &str| Act::Change(LearnerDesign::setting(vec![("pool".to_owned(), value.to_owned())]));
    act(&mut state, pool("5"));
    assert_eq!(state.mark.as_ref().map(|mark| mark.passed), Some(false));
    act(&mut state, pool("6"));
    assert_eq!(state.mark.as_ref().map(|mark| mark.passed), Some(true));
    act(&mut state, pool("5"));
    assert_eq!(state.mark.as_ref().map(|mark| mark.passed), Some(false), "what is said is of what is shown");
    assert!(state.entries[3].as_ref().is_some_and(|entry| entry.mark.passed), "what is kept is the best");
}

#[test]
fn the_counterexample_of_ones_own_design_is_the_next_picture() {
    let mut state = opened("locks-and-order");
    act(&mut state, Act::Go(4));
    act(&mut state, Act::Change(LearnerDesign { variant: "lucky_timing".to_owned(), set: Vec::new() }));
    assert!(
        state.stage.run.as_ref().expect("a run").digest.findings.deadlocks.is_empty(),
        "the run shown is lucky"
    );
    act(&mut state, Act::Judge);
    assert_eq!(state.mark.as_ref().map(|mark| (mark.passed, mark.stars)), Some((false, 1)));
    assert!(state.stage.schedule.is_some());
    assert!(
        !state.stage.run.as_ref().expect("a run").digest.findings.deadlocks.is_empty(),
        "its deadlock is shown"
    );
}

#[test]
fn a_game_shows_no_more_than_has_been_played() {
    let mut state = opened("locks-and-order");
    act(&mut state, Act::Go(3));
    let Some(LearnerAnswer::Schedule(text)) =
        answered::<Solution>(&state, LessonQuestion::Solve(3)).answer.clone()
    else {
        panic!("a schedule")
    };
    let turns = text.parse::<Schedule>().expect("a schedule").turns;
    assert!(!turns.is_empty());
    for _ in 0..20 {
        let position = state.position.so_far.clone().expect("a position");
        if position.is_over {
            break;
        }
        assert!(state.hides_future());
        assert_eq!(Some(state.stage.replay.count), position.events);
        act(&mut state, Act::Take(position.ways[0].0));
    }
    assert!(state.mark.is_some() && !state.hides_future(), "it is judged when it is over");
    act(&mut state, Act::TakeBack);
    assert!(state.hides_future(), "and goes on from there");
}

#[test]
fn a_finished_lesson_is_handed_in_and_resumes_where_it_was() {
    let mut state = opened("a-pool");
    for number in 0..state.lesson.steps.len() {
        if let Some(answer) = grade::model_answer(&state.lesson, &state.lesson.steps[number]) {
            match answer {
                LearnerAnswer::Design(design) => act(&mut state, Act::Change(design)),
                other => act(&mut state, Act::Answer(other)),
            }
        }
        act(&mut state, Act::Turn(1));
    }
    let hand_in = state.hand_in.so_far.clone().expect("a hand-in");
    assert_eq!((hand_in.passed, hand_in.stars), (state.lesson.question_count(), 3));
    assert!(hand_in.grade(&state.lesson).is_as_claimed);
    let json = serde_json::to_string(&state.kept()).expect("plain data");
    let kept: SavedLesson = serde_json::from_str(&json).expect("our own text");
    let outline = LessonOutline::parse(state.text).expect("an outline");
    let questions = state.lesson.question_count();
    assert_eq!(
        kept.standing(&outline),
        LessonProgress { is_begun: true, passed: questions, questions, stars: 3 }
    );
    assert_eq!(
        SavedLesson::default().standing(&outline),
        LessonProgress { questions, ..LessonProgress::default() }
    );
    let page = State::new(OpenDocument::gallery("nova-build-deadlock"));
    let again = LessonState::open(find_lesson("a-pool").expect("a lesson"), Some(kept), &page);
    let again = again.expect("it reads");
    assert_eq!((again.step, again.answers()), (state.step, state.answers()));
}
