//! A lesson as it is shown, and what is asked of the workers.

use super::super::State;
use super::super::state::NewRunCursor;
use super::super::study::{PanelStudy, StudyAction};
use super::super::work::OpenDocument;
use super::kept::{SavedAnswer, SavedLesson};
use std::rc::Rc;
use threadbare::gallery::LessonEntry;
use threadbare::gallery::worksheet::{Answers as PaperAnswers, Worksheet};
use threadbare::jobs::lesson::{GamePosition, Judgement, LessonJob, LessonQuestion, Solution};
use threadbare::language::BASE;
use threadbare::study::lesson::answer::{LearnerAnswer, LearnerDesign};
use threadbare::study::lesson::grade::LessonHandIn;
use threadbare::study::lesson::{
    DesignExercise, LearnerTask, Lesson, LessonScene, LessonStep, PredictionQuestion, design,
};
use threadbare::study::schedule::Schedule;

/// A lesson as it is shown.
#[derive(Clone)]
pub struct LessonState {
    /// The lesson as its file has it.
    pub lesson: Rc<Lesson>,
    /// The text of its file, for the workers.
    pub text: &'static str,
    /// The run beside the step.
    pub stage: State,
    /// The number of the step that is shown, from 0; behind the last one there is the end.
    pub step: usize,
    /// The best answer to each step.
    pub entries: Vec<Option<SavedAnswer>>,
    /// What the present answer came to; while there is none, the question is open.
    pub mark: Option<Judgement>,
    /// The answer that a worker is judging, or has judged last.
    pub given: Option<LearnerAnswer>,
    /// The ways taken so far, where the learner is the scheduler.
    pub taken: Vec<u16>,
    /// The design that is being changed.
    pub design: LearnerDesign,
    /// Whose hand-in it is.
    pub by: String,
    /// What can be named, at a step that asks for a task.
    pub options: PanelStudy<Vec<String>>,
    /// Where the game is.
    pub position: PanelStudy<GamePosition>,
    /// What the present answer comes to.
    pub judged: PanelStudy<Judgement>,
    /// The answer that passes the step.
    pub solved: PanelStudy<Solution>,
    /// What is handed in.
    pub hand_in: PanelStudy<LessonHandIn>,
    /// The lesson on paper, once it is to be printed.
    pub paper: PanelStudy<Worksheet>,
    /// Whether the answers are on it.
    pub paper_answers: PaperAnswers,
    /// The number of the last question to a worker.
    pub(super) asked: u32,
    /// The number of the judging whose mark was taken last.
    pub(super) marked: u32,
    /// Where the cursor goes when the run is there.
    pub(super) rest: LessonCursorPlacement,
}

/// Where the cursor goes when a run of a lesson comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LessonCursorPlacement {
    /// To the moment that the step shows.
    Moment,
    /// After this number of events, as a game has it; at the end if there is none.
    Count(Option<u32>),
    /// To the telling beat.
    Telling,
    /// It plays from its beginning to the telling beat.
    Story,
}

impl LessonState {
    /// A lesson of the course, where it was left; `None` if it does not read.
    pub fn open(entry: &LessonEntry, kept: Option<SavedLesson>, page: &State) -> Option<LessonState> {
        let lesson = Rc::new(Lesson::parse(entry.name, entry.text).ok()?);
        let kept = kept.unwrap_or_default().fitted(&lesson);
        let mut stage = State::new(OpenDocument::open(entry.name, lesson.document.source(), BASE));
        (stage.theme, stage.dark_system, stage.still) = (page.theme, page.dark_system, page.still);
        let mut state = LessonState {
            text: entry.text,
            stage,
            step: 0,
            entries: kept.entries,
            mark: None,
            given: None,
            taken: Vec::new(),
            design: LearnerDesign::setting(Vec::new()),
            by: kept.by,
            options: PanelStudy::default(),
            position: PanelStudy::default(),
            judged: PanelStudy::default(),
            solved: PanelStudy::default(),
            hand_in: PanelStudy::default(),
            paper: PanelStudy::default(),
            paper_answers: PaperAnswers::Hidden,
            asked: 0,
            marked: 0,
            rest: LessonCursorPlacement::Moment,
            lesson,
        };
        state.enter(kept.step);
        Some(state)
    }

    /// What is kept for the next visit.
    pub fn kept(&self) -> SavedLesson {
        SavedLesson { step: self.step, by: self.by.clone(), entries: self.entries.clone() }
    }

    /// The step that is shown; `None` at the end.
    pub fn shown(&self) -> Option<&LessonStep> {
        self.lesson.steps.get(self.step)
    }

    /// Whether the present question wants an answer before the lesson goes on by itself.
    pub fn is_open(&self) -> bool {
        self.shown().is_some_and(LessonStep::is_question)
            && self.mark.is_none()
            && self.entries.get(self.step).is_none_or(Option::is_none)
    }

    /// Whether nothing beyond the step's moment is shown.
    pub fn hides_future(&self) -> bool {
        let Some(step) = self.shown() else { return false };
        match &step.task {
            LearnerTask::Say => step.scene.at.is_some(),
            LearnerTask::Predict(_) | LearnerTask::Schedule(_) => self.mark.is_none(),
            LearnerTask::Change(_) | LearnerTask::Prove(_) => false,
        }
    }

    /// Whether a worker is judging.
    pub fn is_judging(&self) -> bool {
        self.judged.is_going()
    }

    /// The answers to the questions, in order.
    pub fn answers(&self) -> Vec<Option<LearnerAnswer>> {
        let steps = self.lesson.steps.iter().zip(&self.entries);
        let questions = steps.filter(|(step, _)| step.is_question());
        questions.map(|(_, entry)| entry.as_ref().map(|entry| entry.answer.clone())).collect()
    }

    /// A question to a worker.
    pub fn order(&self, ask: LessonQuestion) -> LessonJob {
        LessonJob { name: self.lesson.name.clone(), text: self.text.to_owned(), ask }
    }

    /// The design in question, at a step that has one.
    pub fn exercise(&self) -> Option<&DesignExercise> {
        match &self.shown()?.task {
            LearnerTask::Change(exercise) | LearnerTask::Prove(exercise) => Some(exercise),
            LearnerTask::Say | LearnerTask::Predict(_) | LearnerTask::Schedule(_) => None,
        }
    }

    /// Names of what is lit on the stage: nothing once the step has been answered.
    pub fn light(&self) -> Vec<String> {
        self.shown().filter(|_| self.mark.is_none()).map(|step| step.scene.light.clone()).unwrap_or_default()
    }

    /// Whether the step asks for a task.
    pub fn asks_for_a_task(&self) -> bool {
        self.shown()
            .is_some_and(|step| matches!(step.task, LearnerTask::Predict(PredictionQuestion::NextTask(_))))
    }

    /// Shows a step, as it was left.
    pub(super) fn enter(&mut self, step: usize) {
        self.step = step.min(self.lesson.steps.len());
        let entry = self.entries.get(self.step).cloned().flatten();
        self.mark = entry.as_ref().map(|entry| entry.mark.clone());
        self.given = entry.map(|entry| entry.answer);
        self.design = match &self.given {
            Some(LearnerAnswer::Design(design)) => design.clone(),
            Some(
                LearnerAnswer::Choice(_)
                | LearnerAnswer::Number(_)
                | LearnerAnswer::Task(_)
                | LearnerAnswer::Schedule(_),
            )
            | None => LearnerDesign::setting(Vec::new()),
        };
        self.taken.clear();
        (self.options, self.position) = (PanelStudy::default(), PanelStudy::default());
        (self.judged, self.solved) = (PanelStudy::default(), PanelStudy::default());
        self.hand_in = PanelStudy::default();
        let Some(step) = self.shown() else {
            self.hand_in.apply(StudyAction::Ask, &mut self.asked);
            return;
        };
        let scene = self.scene_of(step);
        let is_game = matches!(step.task, LearnerTask::Schedule(_));
        self.show(&scene);
        if self.asks_for_a_task() {
            self.options.apply(StudyAction::Ask, &mut self.asked);
        }
        if is_game {
            self.enter_game();
        }
    }

    /// A game begins, or shows the order that was found.
    fn enter_game(&mut self) {
        match (&self.mark, &self.given) {
            (Some(_), Some(LearnerAnswer::Schedule(text))) => {
                let schedule = text.parse::<Schedule>().ok();
                self.follow(schedule, LessonCursorPlacement::Telling);
                self.solved.apply(StudyAction::Ask, &mut self.asked);
            }
            (Some(_) | None, _) => self.position.apply(StudyAction::Ask, &mut self.asked),
        }
    }

    /// What a step shows, with the learner's design in it.
    pub(super) fn scene_of(&self, step: &LessonStep) -> LessonScene {
        match step.task {
            LearnerTask::Change(_) | LearnerTask::Prove(_) => design::shown(&step.scene, &self.design),
            LearnerTask::Say | LearnerTask::Predict(_) | LearnerTask::Schedule(_) => step.scene.clone(),
        }
    }

    /// Runs a scene.
    pub(super) fn show(&mut self, scene: &LessonScene) {
        let document = &self.lesson.document;
        let work =
            OpenDocument::setting(&self.lesson.name, document.source(), &scene.variant, scene.set.clone());
        self.stage.put(work, NewRunCursor::Play);
        let is_settled = self.mark.is_some() || self.exercise().is_some();
        self.rest = if is_settled { LessonCursorPlacement::Telling } else { LessonCursorPlacement::Moment };
        self.stage.future_hidden = self.hides_future();
    }

    /// Runs the shown scene in this order.
    pub(super) fn follow(&mut self, schedule: Option<Schedule>, rest: LessonCursorPlacement) {
        self.stage.follow(schedule, None);
        self.stage.arrival = NewRunCursor::Play;
        self.rest = rest;
        self.stage.future_hidden = self.hides_future();
    }

    /// Has an answer judged.
    pub(super) fn judge(&mut self, answer: LearnerAnswer) {
        self.given = Some(answer);
        self.judged.apply(StudyAction::Ask, &mut self.asked);
    }
}
