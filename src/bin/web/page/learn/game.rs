//! Being the scheduler: what may happen next as buttons, what was chosen, and the shortest solution afterwards.

use super::shared::LessonProps;
use crate::panels::prose::coded;
use crate::store::lesson::LessonAction;
use threadbare::jobs::lesson::GamePosition;
use threadbare::study::lesson::answer::LearnerAnswer;
use threadbare::study::lesson::{PuzzleObjective, SchedulingPuzzle};
use threadbare::study::schedule::Schedule;
use yew::{Callback, Html, MouseEvent, Properties, function_component, html};

/// A game and its lesson.
#[derive(Properties, PartialEq)]
pub struct SchedulingGameProps {
    /// The lesson and where actions go.
    pub lesson: LessonProps,
    /// What is to be brought about.
    pub puzzle: SchedulingPuzzle,
}

/// The game in full.
#[function_component]
pub fn Game(props: &SchedulingGameProps) -> Html {
    let (state, puzzle) = (&props.lesson.state.0, &props.puzzle);
    let moves = match (&state.mark, &state.position.so_far) {
        (Some(_), _) => over(props),
        (None, Some(position)) => next(props, position),
        (None, None) => html! { <p class="soft">{ "One moment…" }</p> },
    };
    html! {
        <>
            <p class="soft">{ format!("{} At most {} choices.", aim(puzzle.aim), puzzle.max_choices) }</p>
            { moves }
        </>
    }
}

/// What is wanted, a sentence.
fn aim(aim: PuzzleObjective) -> &'static str {
    match aim {
        PuzzleObjective::Deadlock => "Bring about a deadlock.",
        PuzzleObjective::Finish => "Let everything finish.",
        PuzzleObjective::LostUpdate => "Lose an update.",
    }
}

fn act(props: &SchedulingGameProps, action: LessonAction) -> Callback<MouseEvent> {
    let send = props.lesson.send.clone();
    Callback::from(move |_| send.emit(action.clone()))
}

/// What may happen next.
fn next(props: &SchedulingGameProps, position: &GamePosition) -> Html {
    let item = |(number, (way, text)): (usize, &(u16, String))| {
        html! {
            <li><button class="option" onclick={act(props, LessonAction::Take(*way))} disabled={props.lesson.state.0.is_judging()}>
                <kbd aria-hidden="true">{ number + 1 }</kbd><span>{ coded(text) }</span>
            </button></li>
        }
    };
    let when = position.at.as_ref().map(|at| {
        format!(
            "Choice {} of at most {}, at {at}. What happens next?",
            position.choices + 1,
            props.puzzle.max_choices
        )
    });
    html! {
        <>
            if let Some(when) = when { <p role="status">{ when }</p> }
            <ol class="options" aria-label="What may happen next">{ for position.ways.iter().enumerate().map(item) }</ol>
            if position.choices > 0 {
                <p class="row">
                    <button onclick={act(props, LessonAction::TakeBack)} title="Undo the last choice (U)">{ "Undo" }</button>
                    <button class="quiet" onclick={act(props, LessonAction::PlayAgain)}>{ "Start over" }</button>
                </p>
            }
        </>
    }
}

/// What can be done once the game is over.
fn over(props: &SchedulingGameProps) -> Html {
    let state = &props.lesson.state.0;
    let passed = state.mark.as_ref().is_some_and(|mark| mark.passed);
    let can_undo = !state.taken.is_empty() && !passed;
    html! {
        <>
            if passed { { shortest(props) } }
            <p class="row">
                if can_undo { <button class="primary" onclick={act(props, LessonAction::TakeBack)} title="Undo the last choice (U)">{ "Undo" }</button> }
                <button onclick={act(props, LessonAction::PlayAgain)}>{ "Play again" }</button>
            </p>
        </>
    }
}

/// How few choices are enough.
fn shortest(props: &SchedulingGameProps) -> Html {
    let state = &props.lesson.state.0;
    let Some(solved) = &state.solved.so_far else {
        return html! { <p class="soft">{ "Looking for the shortest solution…" }</p> };
    };
    let Some(LearnerAnswer::Schedule(text)) = &solved.answer else { return html! {} };
    let turns = text.parse::<Schedule>().map_or(0, |schedule| schedule.turns.len());
    let words = match turns {
        0 => "It needs no choice against the usual order.".to_owned(),
        1 => "The shortest solution needs one choice against the usual order.".to_owned(),
        _ => format!("The shortest solution needs {turns} choices against the usual order."),
    };
    html! {
        <p class="row">{ words }<button onclick={act(props, LessonAction::ShowSolution)}>{ "Show it" }</button></p>
    }
}
