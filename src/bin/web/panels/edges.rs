//! The exact wait-for graph at the cursor, behind a button: who waits for whom, task by task.

use super::graph::{Graph, WaitForGraphProps};
use yew::{Callback, Html, function_component, html, use_state};

/// The button, and the graph once it is pressed.
#[function_component]
pub fn EveryEdge(props: &WaitForGraphProps) -> Html {
    let is_open = use_state(|| false);
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: yew::MouseEvent| is_open.set(!*is_open))
    };
    html! {
        <section class="edges" aria-label="Every edge">
            <button aria-expanded={is_open.to_string()} onclick={toggle}>{ "Every edge" }</button>
            if *is_open {
                <Graph ..props.clone() />
            }
        </section>
    }
}
