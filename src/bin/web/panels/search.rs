//! Finds tasks by their names, and marks them on the timeline.

use crate::page::Send;
use crate::store::Action;
use crate::store::run::SharedRun;
use std::collections::BTreeSet;
use std::rc::Rc;
use threadbare::model::id::TaskId;
use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::{
    Callback, Html, InputEvent, Properties, TargetCast, function_component, html, use_effect_with,
    use_node_ref,
};

/// Tasks that are marked at most, and names that are listed.
const MOST_FOUND: usize = 2_000;
const MOST_LISTED: usize = 12;
/// Tasks that are looked at: more than these a person does not search by name.
const MOST_TASKS: usize = 200_000;

/// The tasks whose names hold a text; none for an empty one.
pub fn find(run: &SharedRun, text: &str) -> Rc<BTreeSet<TaskId>> {
    let names = &run.digest.names;
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Rc::default();
    }
    let fits = |task: &TaskId| names.name(*task).to_lowercase().contains(&text);
    Rc::new(names.tasks().take(MOST_TASKS).filter(fits).take(MOST_FOUND).collect())
}

/// What the search shows.
#[derive(Properties, PartialEq)]
pub struct SearchProps {
    /// The run.
    pub run: SharedRun,
    /// What is searched for.
    pub text: String,
    /// What was found.
    pub found: Rc<BTreeSet<TaskId>>,
    /// Where actions go.
    pub send: Send,
}

/// The field and what was found.
#[function_component]
pub fn Search(props: &SearchProps) -> Html {
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with((), move |()| {
            let _ = field.cast::<HtmlInputElement>().map(|field| field.focus());
        });
    }
    let send = props.send.clone();
    let input = Callback::from(move |event: InputEvent| {
        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
            send.emit(Action::Search(Some(field.value())));
        }
    });
    let (send, first) = (props.send.clone(), props.found.first().copied());
    let enter = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" && first.is_some() {
            send.emit(Action::Select(first));
        }
    });
    let names = &props.run.digest.names;
    let listed = props.found.iter().take(MOST_LISTED).map(|task| {
        let (send, task) = (props.send.clone(), *task);
        let press = Callback::from(move |_| send.emit(Action::Select(Some(task))));
        html! { <li><button onclick={press}>{ names.name(task) }</button></li> }
    });
    let said = match (props.text.trim().is_empty(), props.found.len()) {
        (true, _) => "Type a part of a task's name.".to_owned(),
        (false, 0) => "No task has this in its name.".to_owned(),
        (false, 1) => "1 task".to_owned(),
        (false, many) if many >= MOST_FOUND => format!("{many} tasks or more"),
        (false, many) => format!("{many} tasks"),
    };
    html! {
        <div class="search" role="search">
            <input ref={field} type="text" aria-label="Search for a task" placeholder="Task" spellcheck="false" value={props.text.clone()} oninput={input} onkeydown={enter} />
            <span class="soft" role="status">{ said }</span>
            <ul>{ for listed }</ul>
        </div>
    }
}
