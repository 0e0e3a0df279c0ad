//! The wait-for graph at the cursor.

use super::drawing::{Draw, Drawing, Touch, TouchKind};
use crate::page::Send;
use crate::page::app::Moment;
use crate::store::Action;
use crate::store::run::SharedRun;
use std::rc::Rc;
use threadbare::model::id::TaskId;
use threadbare::view::chart::Trouble;
use threadbare::view::graph;
use threadbare::view::hits::Target;
use threadbare::view::scene::approximate_width;
use yew::{Callback, Html, Properties, function_component, html, use_memo, use_state};

/// What the graph shows.
#[derive(Properties, PartialEq)]
pub struct GraphProps {
    /// The run.
    pub run: SharedRun,
    /// The state at the cursor.
    pub moment: Moment,
    /// The selected task.
    pub selected: Option<TaskId>,
    /// The task that the pointer is on, here or in the timeline.
    pub pointed: Option<TaskId>,
    /// The colours.
    pub dark: bool,
    /// Where actions go.
    pub send: Send,
}

/// The graph, and in words what is in it.
#[function_component]
pub fn Graph(props: &GraphProps) -> Html {
    let pointed = use_state(|| None::<u32>);
    // Nodes stand in an order that no measure of text changes: this one serves to look them up.
    let picture =
        use_memo((props.run.clone(), props.moment.clone(), props.selected), |(run, moment, keep)| {
            graph::picture(&run.digest, &moment.0, *keep, &approximate_width)
        });
    let elsewhere = props.pointed.and_then(|task| picture.find(&graph::Who::Task(task)));
    let deps = (props.run.clone(), props.moment.clone(), props.selected, pointed.or(elsewhere));
    let draw = use_memo(deps, |(run, moment, keep, pointed)| {
        let (run, moment, keep, pointed) = (run.clone(), moment.clone(), *keep, *pointed);
        Draw::new(move |_, measure| {
            let picture = graph::picture(&run.digest, &moment.0, keep, measure);
            graph::scene(&picture, pointed, measure)
        })
    });
    let touch = {
        let (picture, send, pointed) = (Rc::clone(&picture), props.send.clone(), pointed.clone());
        Callback::from(move |touch: Touch| {
            let node = match touch.target {
                Some(Target::Node(node)) if touch.what != TouchKind::Leave => Some(node),
                _ => None,
            };
            if touch.what == TouchKind::Up {
                send.emit(Action::Select(node.and_then(|node| picture.task(node))));
            }
            if *pointed != node {
                pointed.set(node);
                send.emit(Action::Point(node.and_then(|node| picture.task(node))));
            }
        })
    };
    let stuck =
        picture.nodes.iter().filter(|node| node.trouble == Trouble::Stuck && picture_task(&node.who)).count();
    let said = match (picture.nodes.is_empty(), stuck) {
        (true, _) => "Nobody waits for anybody at the cursor.".to_owned(),
        (false, 0) => "Who waits for whom at the cursor. Nothing is knotted.".to_owned(),
        (false, 1) => "Who waits for whom at the cursor. One task can never go on.".to_owned(),
        (false, many) => format!("Who waits for whom at the cursor. {many} tasks can never go on."),
    };
    html! {
        <section class="graph" tabindex="0" aria-labelledby="graph-title">
            <div class="graph-head"><h2 id="graph-title">{ "Wait-for graph" }</h2><p class="soft">{ &said }</p></div>
            if !picture.nodes.is_empty() {
                <Drawing draw={(*draw).clone()} dark={props.dark} fits={true} label={said} class="graph-picture" {touch} />
            }
        </section>
    }
}

fn picture_task(who: &graph::Who) -> bool {
    matches!(who, graph::Who::Task(_))
}
