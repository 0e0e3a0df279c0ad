//! Changing a design: a variant, a listed value, a slider or a line of text; judged at once, or over every order.

use super::shared::LessonProps;
use crate::store::control::{ControlInputKind, ParameterControl};
use crate::store::lesson::{LessonAction, LessonState};
use threadbare::language::{BASE, Tunable};
use threadbare::study::lesson::answer::LearnerDesign;
use threadbare::study::lesson::design::{goal_lines, value_of};
use threadbare::study::lesson::{DesignExercise, LearnerTask};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::{Callback, Event, Html, InputEvent, MouseEvent, Properties, TargetCast, function_component, html};

/// An exercise and its lesson.
#[derive(Properties, PartialEq)]
pub struct DesignExerciseProps {
    /// The lesson and where actions go.
    pub lesson: LessonProps,
    /// What may be changed, and what is wanted.
    pub exercise: DesignExercise,
}

/// What may be changed.
#[function_component]
pub fn DesignPanel(props: &DesignExerciseProps) -> Html {
    let state = &props.lesson.state.0;
    let is_proof = state.shown().is_some_and(|step| matches!(step.task, LearnerTask::Prove(_)));
    let goals = goal_lines(&props.exercise.goal);
    let judge = {
        let send = props.lesson.send.clone();
        Callback::from(move |_: MouseEvent| send.emit(LessonAction::Judge))
    };
    html! {
        <>
            <p class="goal-line"><span class="soft">{ "Wanted:" }</span>{ for goals.iter().map(|goal| html! { <code>{ goal }</code> }) }</p>
            { variants(props) }
            { for props.exercise.allow.iter().map(|path| control(props, path)) }
            if is_proof {
                <p class="row">
                    <button class="primary" onclick={judge} disabled={state.is_judging()} title="Explore this design (Enter)">{ "Check every order" }</button>
                </p>
            }
        </>
    }
}

/// The designs that may be chosen, each with its number; none if there is only the one.
pub fn choices(state: &LessonState) -> Vec<(String, LearnerDesign)> {
    let Some((step, exercise)) = state.shown().zip(state.exercise()) else { return Vec::new() };
    let title = |name: &str| {
        let name = if name == BASE { &step.scene.variant } else { name };
        let variants = state.lesson.document.variants();
        let found = variants.into_iter().find(|variant| variant.name == name);
        found.map_or_else(|| name.to_owned(), |variant| variant.title)
    };
    if !exercise.variants.is_empty() {
        let names = std::iter::once(BASE).chain(exercise.variants.iter().map(String::as_str));
        let design = |name: &str| {
            let text = if name == BASE { "The design as it is".to_owned() } else { title(name) };
            (text, LearnerDesign { variant: name.to_owned(), set: Vec::new() })
        };
        return names.map(design).collect();
    }
    let [(path, values)] = exercise.options.as_slice() else { return Vec::new() };
    values.iter().map(|value| (value.clone(), setting(state, path, value))).collect()
}

/// The present design with another value in it.
fn setting(state: &LessonState, path: &str, value: &str) -> LearnerDesign {
    let mut design = state.design.clone();
    design.set.retain(|(other, _)| other != path);
    design.set.push((path.to_owned(), value.to_owned()));
    design.set.sort();
    design
}

fn variants(props: &DesignExerciseProps) -> Html {
    let state = &props.lesson.state.0;
    let item = |(number, (text, design)): (usize, (String, LearnerDesign))| {
        let is_shown = if props.exercise.variants.is_empty() {
            design.set == state.design.set
        } else {
            design.variant == state.design.variant
        };
        let send = props.lesson.send.clone();
        let press = Callback::from(move |_: MouseEvent| send.emit(LessonAction::Change(design.clone())));
        html! {
            <li><button class="option" aria-pressed={is_shown.to_string()} onclick={press}>
                <kbd aria-hidden="true">{ number + 1 }</kbd><span>{ text }</span>
            </button></li>
        }
    };
    let choices = choices(state);
    if choices.is_empty() {
        return html! {};
    }
    html! { <ol class="options" aria-label="Designs">{ for choices.into_iter().enumerate().map(item) }</ol> }
}

/// The control for a path: one of listed values is among the choices already, if it is the only one.
fn control(props: &DesignExerciseProps, path: &str) -> Html {
    let (state, exercise) = (&props.lesson.state.0, &props.exercise);
    let Some(step) = state.shown() else { return html! {} };
    let is_choice = exercise.variants.is_empty() && exercise.options.len() == 1;
    let options = exercise.options_of(path);
    if options.is_some() && is_choice {
        return html! {};
    }
    let value = value_of(&state.lesson, &step.scene, &state.design.variant, &state.design.set, path);
    let value = value.unwrap_or_default();
    let change = {
        let (lesson, path) = (props.lesson.clone(), path.to_owned());
        Callback::from(move |value: String| {
            lesson.send.emit(LessonAction::Change(setting(&lesson.state.0, &path, &value)));
        })
    };
    let variant = if state.design.is_base() { &step.scene.variant } else { &state.design.variant };
    let tunables = state.lesson.document.tunables(variant);
    let full = format!("params.{path}");
    let tunable = tunables.into_iter().find(|tunable| tunable.path == full || tunable.path == path);
    let id = format!("design-{}", path.replace('.', "-"));
    let label = tunable.as_ref().map_or_else(|| path.to_owned(), |tunable| tunable.label.clone());
    let field = match (options, tunable) {
        (Some(options), _) => select(&id, options, &value, change),
        (None, Some(tunable)) => scaled(&id, Tunable { value: value.clone(), ..tunable }, change),
        (None, None) => typed(&id, &value, change),
    };
    html! {
        <div class="control">
            <label for={id.clone()}>{ label }</label><output for={id}>{ value }</output>{ field }
        </div>
    }
}

/// A slider where there are steps, a field where there are none.
fn scaled(id: &str, tunable: Tunable, change: Callback<String>) -> Html {
    let control = ParameterControl::of(&tunable);
    match &control.scale {
        ControlInputKind::Steps(texts) => {
            let (last, texts) = (texts.len() - 1, texts.clone());
            let input = Callback::from(move |event: InputEvent| {
                let at = event.target_dyn_into::<HtmlInputElement>().map(|input| input.value_as_number());
                if let Some(text) = at.and_then(|at| texts.get(at as usize)) {
                    change.emit(text.clone());
                }
            });
            html! {
                <input id={id.to_owned()} type="range" min="0" max={last.to_string()} value={control.position().to_string()}
                    aria-valuetext={control.value.clone()} oninput={input} />
            }
        }
        ControlInputKind::Choice(words) => {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            select(id, &words, &control.value, change)
        }
        ControlInputKind::Switch => {
            select(id, &["true".to_owned(), "false".to_owned()], &control.value, change)
        }
        ControlInputKind::Typed => typed(id, &control.value, change),
    }
}

fn select(id: &str, options: &[String], value: &str, change: Callback<String>) -> Html {
    let changed = Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
            change.emit(select.value());
        }
    });
    let option =
        |text: &String| html! { <option value={text.clone()} selected={text == value}>{ text }</option> };
    html! { <select id={id.to_owned()} onchange={changed}>{ for options.iter().map(option) }</select> }
}

fn typed(id: &str, value: &str, change: Callback<String>) -> Html {
    let changed = Callback::from(move |event: Event| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            change.emit(input.value());
        }
    });
    html! { <input id={id.to_owned()} type="text" spellcheck="false" value={value.to_owned()} onchange={changed} /> }
}
