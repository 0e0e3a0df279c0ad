//! The selected task at the cursor: its program, its future, where its time went, its kin.

use crate::page::SendAction;
use crate::page::world_state::SharedSimulationState;
use crate::store::Action;
use crate::store::run::SharedRun;
use threadbare::analysis::lives::LifePart;
use threadbare::model::id::TaskId;
use threadbare::model::time::{Duration, Time};
use threadbare::view::inspector::{InspectedStep, InspectedTask, StepProgress, TaskInspector, part_words};
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::{
    Callback, Html, NodeRef, Properties, classes, function_component, hook, html, use_effect_with, use_memo,
    use_mut_ref, use_node_ref,
};

/// What the inspector shows.
#[derive(Properties, PartialEq)]
pub struct TaskInspectorProps {
    /// Run that is shown.
    pub run: SharedRun,
    /// The state at the cursor.
    pub moment: SharedSimulationState,
    /// Time of the cursor.
    pub at: Time,
    /// The selected task.
    pub task: Option<TaskId>,
    /// Whose it is, where there are two runs.
    #[prop_or_default]
    pub of: Option<String>,
    /// What its heading is called among the page's elements.
    #[prop_or("selected")]
    pub id: &'static str,
    /// Where actions go.
    pub send: SendAction,
}

/// Panel about the selected task.
#[function_component]
pub fn Inspect(props: &TaskInspectorProps) -> Html {
    let inspector =
        use_memo((props.run.clone(), props.task), |(run, task)| TaskInspector::new(&run.digest, (*task)?));
    let node = use_node_ref();
    use_reveal(&node, props.task);
    let Some(inspector) = inspector.as_ref() else {
        let hint = if props.run.digest.lives.is_empty() {
            "Nothing ran. What a task does, and where its time goes, is shown here."
        } else {
            "Click a block of the timeline, or a name, to see what it does and where its time goes."
        };
        return html! { <section class="inspector"><p class="empty">{ hint }</p></section> };
    };
    let view = inspector.at(&props.run.digest, &props.run.chart, props.moment.0.applied(), props.at);
    let close = select(&props.send, None);
    html! {
        <section ref={node} class="inspector" aria-labelledby={props.id}>
            <div class="inspector-head"><h2 id={props.id}>{ &view.name }{ for props.of.as_ref().map(|of| html! { <span class="soft">{ " in " }{ of }</span> }) }</h2><button class="quiet" onclick={close}>{ "Clear" }</button></div>
            <p>{ capital(&view.doing) }{ ". " }<span class="soft">{ "Future: " }{ view.future }{ "." }</span></p>
            <ol class="program">{ for view.steps.iter().map(step) }</ol>
            { spent(&view) }
            { kin(&view, props) }
        </section>
    }
}

/// Brings the inspector into sight when another task is selected, unless that is done in the list of events, where the
/// next press will be.
#[hook]
fn use_reveal(node: &NodeRef, task: Option<TaskId>) {
    let (node, before) = (node.clone(), use_mut_ref(|| task));
    use_effect_with(task, move |task| {
        let is_new = before.replace(*task) != *task && task.is_some();
        let focus = web_sys::window().and_then(|window| window.document()).and_then(|d| d.active_element());
        let is_listed = focus.is_some_and(|focus| focus.closest(".events").is_ok_and(|list| list.is_some()));
        if let Some(section) = node.cast::<HtmlElement>().filter(|_| is_new && !is_listed) {
            let how = ScrollIntoViewOptions::new();
            how.set_block(ScrollLogicalPosition::Nearest);
            section.scroll_into_view_with_scroll_into_view_options(&how);
        }
    });
}

fn select(send: &SendAction, task: Option<TaskId>) -> Callback<yew::MouseEvent> {
    let send = send.clone();
    Callback::from(move |_| send.emit(Action::Select(task)))
}

fn step(step: &InspectedStep) -> Html {
    let (class, sign, word) = match step.progress {
        StepProgress::Done => ("done", "✓", "done"),
        StepProgress::Current => ("current", "▸", "here"),
        StepProgress::Ahead => ("ahead", "", "ahead"),
    };
    let indent = "\u{2003}".repeat(step.depth as usize);
    let times = (step.times > 1).then(|| format!("{} times", step.times));
    html! {
        <li class={classes!(class)} aria-current={(step.progress == StepProgress::Current).then_some("step")}>
            <span class="sign" aria-hidden="true">{ sign }</span><span class="sr">{ word }{ ": " }</span>
            <code>{ indent }{ &step.text }</code>{ for times.map(|times| html! { <span class="soft">{ times }</span> }) }
        </li>
    }
}

fn spent(view: &InspectedTask) -> Html {
    if view.spent.is_empty() {
        return html! {};
    }
    let total: u64 = view.spent.iter().map(|(_, length)| length.0).sum();
    let row = |(part, length): &(LifePart, Duration)| {
        let share = length.0 as f64 / total.max(1) as f64;
        html! {
            <tr>
                <th scope="row">{ part_words(*part) }</th><td>{ length.to_string() }</td>
                <td class="share"><meter min="0" max="1" value={format!("{share:.4}")} aria-label={part_words(*part)}></meter></td>
            </tr>
        }
    };
    html! {
        <>
            <h3>{ "Where its time went" }</h3>
            <table class="spent"><tbody>{ for view.spent.iter().map(row) }</tbody></table>
        </>
    }
}

fn kin(view: &InspectedTask, props: &TaskInspectorProps) -> Html {
    let parent = view.parent.map(|parent| {
        let name = props.run.digest.names.name(parent);
        html! { <p><span class="soft">{ "Submitted by " }</span><button class="name" onclick={select(&props.send, Some(parent))}>{ name }</button></p> }
    });
    let child = |(task, name, doing): &(TaskId, String, String)| {
        html! { <li><button class="name" onclick={select(&props.send, Some(*task))}>{ name }</button>{ " " }<span class="soft">{ doing }</span></li> }
    };
    let children = (!view.children.is_empty())
        .then(|| html! { <><h3>{ "Its children" }</h3><ul>{ for view.children.iter().map(child) }</ul></> });
    html! { <>{ for parent }{ for children }</> }
}

/// With a capital letter.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
