//! The card beside the pointer: what it is on, in a few lines.

use crate::store::run::SharedRun;
use threadbare::view::chart::StuckSeverity;
use threadbare::view::hits::HitTarget;
use threadbare::view::words;
use web_sys::HtmlElement;
use yew::{Html, Properties, function_component, html, use_effect_with, use_node_ref};

/// What a card says: a title and lines below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoverCardText {
    /// What it is.
    pub title: String,
    /// More about it.
    pub rest: Vec<String>,
}

/// What can be said of a target; none where there is nothing to say.
pub fn of(run: &SharedRun, target: &HitTarget) -> Option<HoverCardText> {
    let digest = &run.digest;
    match target {
        HitTarget::Span { task, lane, piece } => {
            let piece = run.chart.piece((*lane, *piece))?;
            let life = digest.lives.get(task.index())?;
            let mut rest = Vec::new();
            let waits = words::waits_for(digest, *task, piece.event).into_iter().next();
            let doing = if piece.act.is_work() { None } else { waits };
            rest.extend(doing);
            let until = if piece.is_open { "the end".to_owned() } else { piece.to.to_string() };
            rest.push(format!("{} to {until}", piece.from));
            rest.push(format!("submitted at {}", life.submitted));
            rest.push(
                life.end.map_or("never ends".to_owned(), |end| format!("in the end {}", words::ended(end))),
            );
            Some(HoverCardText { title: digest.names.name(*task), rest })
        }
        HitTarget::Crowd { first, end, .. } => {
            let title = format!("{} stretches too short to show", end - first);
            Some(HoverCardText { title, rest: vec!["Click to zoom in".to_owned()] })
        }
        HitTarget::Moment(event) | HitTarget::Access(event) => {
            let at = digest.trace().records.get(event.index())?.at;
            let moment = run.chart.moments.iter().find(|moment| moment.event == *event);
            let title = match moment.map(|moment| moment.trouble) {
                Some(StuckSeverity::Stuck) => format!("A deadlock forms at {at}"),
                Some(_) => format!("A stall begins at {at}"),
                None => format!("At {at}"),
            };
            Some(HoverCardText { title, rest: vec!["Click to go there".to_owned()] })
        }
        HitTarget::Worker { .. }
        | HitTarget::Heading(_)
        | HitTarget::Queue(_)
        | HitTarget::Cap(..)
        | HitTarget::CellsHeading
        | HitTarget::Cell(_)
        | HitTarget::Ruler
        | HitTarget::Minimap
        | HitTarget::MinimapWindow
        | HitTarget::MinimapFrom
        | HitTarget::MinimapTo
        | HitTarget::Node(_)
        | HitTarget::Edge(_)
        | HitTarget::Figure(_)
        | HitTarget::Object(_) => None,
    }
}

/// Where the card is, and what it says.
#[derive(Properties, PartialEq)]
pub struct HoverCardProps {
    /// What it says.
    pub lines: HoverCardText,
    /// The pointer, in pixels of the timeline.
    pub x: f64,
    /// The pointer, in pixels of the timeline.
    pub y: f64,
}

/// Card of one scenario.
#[function_component]
pub fn Card(props: &HoverCardProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((props.x, props.y, props.lines.clone()), move |(x, y, _)| {
            let Some(card) = node.cast::<HtmlElement>() else { return };
            let room = card.parent_element().map_or(0.0, |parent| f64::from(parent.client_width()));
            let left = (x + 16.0).min(room - f64::from(card.offset_width()) - 8.0).max(0.0);
            let _ = card.style().set_property("left", &format!("{left}px"));
            let _ = card.style().set_property("top", &format!("{}px", y + 20.0));
        });
    }
    html! {
        <div ref={node} class="card-hover" aria-hidden="true">
            <strong>{ &props.lines.title }</strong>
            { for props.lines.rest.iter().map(|line| html! { <span>{ line }</span> }) }
        </div>
    }
}
