//! The exact wait-for graph at the cursor, behind a button: who waits for whom, task by task.

use super::graph::Graph;
use crate::page::SendAction;
use crate::page::world_state::SharedSimulationState;
use crate::store::run::SharedRun;
use threadbare::model::id::TaskId;
use threadbare::model::time::Time;
use yew::{Callback, Html, Properties, function_component, html, use_state};

/// What the graph needs.
#[derive(Properties, PartialEq)]
pub struct WaitForEdgeListProps {
    /// The run that is shown.
    pub run: SharedRun,
    /// The state at the cursor.
    pub moment: SharedSimulationState,
    /// Where the cursor is.
    pub at: Time,
    /// The selected task.
    pub selected: Option<TaskId>,
    /// The task that the pointer is on.
    pub pointed: Option<TaskId>,
    /// Which colours are used.
    pub dark: bool,
    /// Where actions go.
    pub send: SendAction,
}

/// The button, and the graph once it is pressed.
#[function_component]
pub fn EveryEdge(props: &WaitForEdgeListProps) -> Html {
    let is_open = use_state(|| false);
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: yew::MouseEvent| is_open.set(!*is_open))
    };
    html! {
        <section class="edges" aria-label="Every edge">
            <button aria-expanded={is_open.to_string()} onclick={toggle}>{ "Every edge" }</button>
            if *is_open {
                <Graph run={props.run.clone()} moment={props.moment.clone()} at={props.at} selected={props.selected} pointed={props.pointed}
                    dark={props.dark} send={props.send.clone()} />
            }
        </section>
    }
}
