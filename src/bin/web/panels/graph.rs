//! The wait-for graph at the cursor.

use super::drawing::{Drawing, DrawingPointerEvent, DrawingPointerEventKind, SceneDrawer};
use crate::page::SendAction;
use crate::page::world_state::SharedSimulationState;
use crate::store::Action;
use crate::store::run::SharedRun;
use std::rc::Rc;
use threadbare::model::id::TaskId;
use threadbare::model::time::Time;
use threadbare::view::graph;
use threadbare::view::hits::HitTarget;
use threadbare::view::scene::approximate_width;
use yew::{Callback, Html, Properties, function_component, html, use_memo, use_state};

/// What the graph shows.
#[derive(Clone, Properties, PartialEq)]
pub struct WaitForGraphProps {
    /// Run that is shown.
    pub run: SharedRun,
    /// The state at the cursor.
    pub moment: SharedSimulationState,
    /// Time of the cursor.
    pub at: Time,
    /// The selected task.
    pub selected: Option<TaskId>,
    /// The task that the pointer is on, here or in the timeline.
    pub pointed: Option<TaskId>,
    /// Whether dark colours are used.
    pub dark: bool,
    /// Where actions go.
    pub send: SendAction,
}

/// The graph, and in words what is in it.
#[function_component]
pub fn Graph(props: &WaitForGraphProps) -> Html {
    let pointed = use_state(|| None::<u32>);
    // Nodes stand in an order that no measure of text changes: this one serves to look them up.
    let picture =
        use_memo((props.run.clone(), props.moment.clone(), props.selected), |(run, moment, keep)| {
            graph::picture(&run.digest, &moment.0, *keep, &approximate_width)
        });
    let elsewhere = props.pointed.and_then(|task| picture.find(&graph::WaitForNodeKind::Task(task)));
    let deps = (props.run.clone(), props.moment.clone(), props.selected, pointed.or(elsewhere));
    let draw = use_memo(deps, |(run, moment, keep, pointed)| {
        let (run, moment, keep, pointed) = (run.clone(), moment.clone(), *keep, *pointed);
        SceneDrawer::new(move |_, measure| {
            let picture = graph::picture(&run.digest, &moment.0, keep, measure);
            graph::scene(&picture, pointed, measure)
        })
    });
    let touch = {
        let (picture, send, pointed) = (Rc::clone(&picture), props.send.clone(), pointed.clone());
        Callback::from(move |touch: DrawingPointerEvent| {
            let node = match touch.target {
                Some(HitTarget::Node(node)) if touch.what != DrawingPointerEventKind::Leave => Some(node),
                _ => None,
            };
            if touch.what == DrawingPointerEventKind::Up {
                send.emit(Action::Select(node.and_then(|node| picture.task(node))));
            }
            if *pointed != node {
                pointed.set(node);
                send.emit(Action::Point(node.and_then(|node| picture.task(node))));
            }
        })
    };
    let said = graph::words(&props.run.digest, &picture, props.at);
    html! {
        <section class="graph" tabindex="0" aria-labelledby="graph-title">
            <div class="graph-head"><h2 id="graph-title">{ "Wait-for graph" }</h2><p class="soft">{ &said }</p></div>
            if !picture.nodes.is_empty() {
                <Drawing draw={(*draw).clone()} dark={props.dark} fits={true} label={said} class="graph-picture" {touch} />
            }
        </section>
    }
}
