//! What can happen in a lesson, and what follows from it.

use super::super::Action;
use super::super::study::{PanelStudy, StudyAction};
use super::kept::SavedAnswer;
use super::state::{LessonCursorPlacement, LessonState};
use threadbare::gallery::worksheet::{Answers as PaperAnswers, Worksheet};
use threadbare::jobs::lesson::{GamePosition, Judgement, Solution};
use threadbare::study::lesson::LearnerTask;
use threadbare::study::lesson::answer::{LearnerAnswer, LearnerDesign};
use threadbare::study::lesson::grade::LessonHandIn;
use threadbare::study::schedule::Schedule;

/// What can happen in a lesson.
#[derive(Clone, Debug, PartialEq)]
pub enum LessonAction {
    /// Something on the stage, or about the whole page.
    Stage(Action),
    /// Shows the step of this number.
    Go(usize),
    /// Shows the next step, or the one before if negative.
    Turn(isize),
    /// Answers a prediction.
    Answer(LearnerAnswer),
    /// Takes the way of this number.
    Take(u16),
    /// Takes the last way back.
    TakeBack,
    /// Begins the game again.
    PlayAgain,
    /// Changes the design.
    Change(LearnerDesign),
    /// Has the shown design judged.
    Judge,
    /// Runs the answer that passes the step.
    ShowSolution,
    /// Forgets every answer and begins again.
    Restart,
    /// Whose hand-in it is.
    By(String),
    /// Prints the lesson, with the answers or without.
    Print(PaperAnswers),
    /// What comes of putting the lesson on paper.
    Paper(StudyAction<Worksheet>),
    /// What comes of asking which tasks can be named.
    Options(StudyAction<Vec<String>>),
    /// What comes of playing a game.
    GamePosition(StudyAction<GamePosition>),
    /// What comes of judging.
    Judgement(StudyAction<Judgement>),
    /// What comes of solving.
    Solution(StudyAction<Solution>),
    /// What comes of making the hand-in.
    HandIn(StudyAction<LessonHandIn>),
}

impl LessonState {
    /// Applies an action.
    pub fn apply(&mut self, action: LessonAction) {
        match action {
            LessonAction::Stage(action) => self.act_on_stage(action),
            LessonAction::Go(step) => self.enter(step),
            LessonAction::Turn(by) => self.enter(self.step.saturating_add_signed(by)),
            LessonAction::Answer(answer) => self.judge(answer),
            LessonAction::Take(way) => {
                self.taken.push(way);
                self.play();
            }
            LessonAction::TakeBack => {
                self.taken.pop();
                self.play();
            }
            LessonAction::PlayAgain => {
                self.taken.clear();
                self.play();
            }
            LessonAction::Change(design) => self.change(design),
            LessonAction::Judge => self.judge(LearnerAnswer::Design(self.design.clone())),
            LessonAction::ShowSolution => self.show_solution(),
            LessonAction::Restart => {
                self.entries.fill(None);
                self.enter(0);
            }
            LessonAction::By(by) => self.by = by,
            LessonAction::Print(answers) => {
                self.paper_answers = answers;
                self.stage.dialog = None;
                self.paper.apply(StudyAction::Ask, &mut self.asked);
            }
            LessonAction::Paper(step) => self.paper.apply(step, &mut self.asked),
            LessonAction::Options(step) => self.options.apply(step, &mut self.asked),
            LessonAction::GamePosition(step) => {
                self.position.apply(step, &mut self.asked);
                self.take_position();
            }
            LessonAction::Judgement(step) => {
                self.judged.apply(step, &mut self.asked);
                self.take_mark();
            }
            LessonAction::Solution(step) => self.solved.apply(step, &mut self.asked),
            LessonAction::HandIn(step) => self.hand_in.apply(step, &mut self.asked),
        }
    }

    fn act_on_stage(&mut self, action: Action) {
        let named = match &action {
            Action::Select(Some(task)) if self.asks_for_a_task() && self.mark.is_none() => {
                self.stage.run.as_ref().map(|run| run.digest.names.name(*task))
            }
            _ => None,
        };
        let before = self.stage.run.as_ref().map(|run| run.id);
        self.stage.apply(action);
        if self.stage.run.as_ref().map(|run| run.id) != before {
            self.arrive();
        }
        self.hold_back();
        let can_be_named = |name: &String| self.options.so_far.iter().any(|options| options.contains(name));
        if let Some(name) = named.filter(can_be_named) {
            self.judge(LearnerAnswer::Task(name));
        }
    }

    /// Asks where the game is.
    fn play(&mut self) {
        (self.mark, self.given) = (None, None);
        (self.judged, self.solved) = (PanelStudy::default(), PanelStudy::default());
        self.position.apply(StudyAction::Renew, &mut self.asked);
    }

    /// Shows where the game is; once it is over, has it judged.
    fn take_position(&mut self) {
        let Some(position) = self.position.so_far.clone().filter(|_| !self.position.is_going()) else {
            return;
        };
        if self.mark.is_some() || self.judged.is_going() {
            return;
        }
        let schedule = position.schedule.parse::<Schedule>().ok();
        self.follow(schedule, LessonCursorPlacement::Count(position.events));
        if position.is_over {
            self.judge(LearnerAnswer::Schedule(position.schedule.clone()));
        }
    }

    fn change(&mut self, design: LearnerDesign) {
        self.design = design;
        (self.mark, self.judged, self.solved) = (None, PanelStudy::default(), PanelStudy::default());
        let Some(step) = self.shown() else { return };
        let (scene, is_change) = (self.scene_of(step), matches!(step.task, LearnerTask::Change(_)));
        self.show(&scene);
        if is_change {
            self.judge(LearnerAnswer::Design(self.design.clone()));
        }
    }

    /// Keeps what the present answer came to, if it is the best, and shows what follows from it.
    fn take_mark(&mut self) {
        let Some(mark) = self.judged.so_far.clone().filter(|_| !self.judged.is_going()) else { return };
        let Some(answer) = self.given.clone().filter(|_| self.judged.number != self.marked) else { return };
        self.marked = self.judged.number;
        let mark = (*mark).clone();
        if let Some(entry) = self.entries.get_mut(self.step)
            && entry.as_ref().is_none_or(|before| mark.stars >= before.mark.stars)
        {
            *entry = Some(SavedAnswer { answer, mark: mark.clone() });
        }
        let counterexample = mark.counterexample.as_deref().and_then(|text| text.parse::<Schedule>().ok());
        self.mark = Some(mark);
        match self.shown().map(|step| &step.task) {
            Some(LearnerTask::Predict(_)) => self.reveal(),
            Some(LearnerTask::Schedule(_)) => {
                self.reveal();
                self.solved.apply(StudyAction::Ask, &mut self.asked);
            }
            Some(LearnerTask::Prove(_)) if counterexample.is_some() => {
                self.follow(counterexample, LessonCursorPlacement::Story)
            }
            Some(LearnerTask::Prove(_) | LearnerTask::Change(_) | LearnerTask::Say) | None => {}
        }
    }

    /// Runs the answer that a worker has found.
    fn show_solution(&mut self) {
        let answer = self.solved.so_far.as_ref().and_then(|solved| solved.answer.clone());
        if let Some(LearnerAnswer::Schedule(text)) = answer {
            self.follow(text.parse().ok(), LessonCursorPlacement::Story);
        }
    }
}
