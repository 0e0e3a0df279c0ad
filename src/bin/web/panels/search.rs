//! Finds tasks by their names, and marks them on the timeline.

use crate::page::SendAction;
use crate::page::search::MAX_FOUND;
use crate::store::Action;
use crate::store::run::SharedRun;
use std::rc::Rc;
use threadbare::model::id::TaskId;
use threadbare::view::search::TaskSearchResult;
use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::{
    Callback, Html, InputEvent, Properties, TargetCast, function_component, html, use_effect_with,
    use_node_ref,
};

/// Names that are listed.
const MAX_LISTED: usize = 12;

/// What the search shows.
#[derive(Properties, PartialEq)]
pub struct TaskSearchProps {
    /// Run that is searched.
    pub run: SharedRun,
    /// What is searched for.
    pub text: String,
    /// What was found.
    pub found: Rc<TaskSearchResult>,
    /// Where actions go.
    pub send: SendAction,
}

/// The field and what was found.
#[function_component]
pub fn Search(props: &TaskSearchProps) -> Html {
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
    let (send, run, first) = (props.send.clone(), props.run.clone(), props.found.tasks.first().copied());
    let enter = Callback::from(move |event: KeyboardEvent| {
        if let Some(first) = first.filter(|_| event.key() == "Enter") {
            go_to(&run, first, &send);
        }
    });
    let names = &props.run.digest.names;
    let listed = props.found.tasks.iter().take(MAX_LISTED).map(|task| {
        let (send, run, task) = (props.send.clone(), props.run.clone(), *task);
        let press = Callback::from(move |_| go_to(&run, task, &send));
        html! { <li><button onclick={press}>{ names.name(task) }</button></li> }
    });
    let said = said(&props.text, &props.found);
    html! {
        <div class="search" role="search">
            <input ref={field} type="text" aria-label="Search for a task" placeholder="Task" spellcheck="false" value={props.text.clone()} oninput={input} onkeydown={enter} />
            <span class="soft" role="status">{ said }</span>
            <ul>{ for listed }</ul>
        </div>
    }
}

/// Selects a task and puts the cursor where it starts, or is submitted if it never does.
fn go_to(run: &SharedRun, task: TaskId, send: &SendAction) {
    send.emit(Action::Select(Some(task)));
    if let Some(life) = run.digest.lives.get(task.index()) {
        let at = life.started().unwrap_or(life.submitted);
        send.emit(Action::SeekCount(run.trace().count_until(at) as u32));
    }
}

/// How many there are; while some names are still to be looked at, of how many that is true.
fn said(text: &str, found: &TaskSearchResult) -> String {
    if text.trim().is_empty() {
        return "Type a part of a task's name.".to_owned();
    }
    let count = match found.count {
        1 => "1 task".to_owned(),
        many => format!("{many} tasks"),
    };
    match (found.is_whole(), found.count) {
        (false, _) => format!("{count} so far"),
        (true, 0) => "No task has this in its name.".to_owned(),
        (true, many) if many > MAX_FOUND => format!("{count}, the first {MAX_FOUND} of them marked"),
        (true, _) => count,
    }
}
