//! The shape of the scenario: who holds what while waiting for whom, and what of it can hang.

use super::drawing::{Drawing, SceneDrawer};
use crate::page::SendAction;
use crate::store::Action;
use crate::store::screen::OpenDialog;
use std::rc::Rc;
use threadbare::jobs::shape::{Hazard, ShapeAnswer};
use threadbare::model::rule::Rule;
use threadbare::view::shape::scene;
use yew::{Callback, Html, Properties, classes, function_component, html, use_memo};

/// What the panel shows.
#[derive(Properties, PartialEq)]
pub struct DependencyMapPanelProps {
    /// The shape; none before it was read.
    pub shaped: Option<Rc<ShapeAnswer>>,
    /// Whether dark colours are used.
    pub dark: bool,
    /// How much larger it is drawn.
    pub scale: f64,
    /// Where actions go.
    pub send: SendAction,
}

/// The picture, and its words.
#[function_component]
pub fn Shape(props: &DependencyMapPanelProps) -> Html {
    let draw = use_memo(props.shaped.clone(), |shaped| {
        let shaped = shaped.clone();
        SceneDrawer::new(move |width, measure| {
            shaped.as_ref().map_or_else(Default::default, |shaped| scene(&shaped.map, width, measure))
        })
    });
    let Some(shaped) = &props.shaped else { return html! {} };
    html! {
        <section class="shape" aria-labelledby="shape-title">
            <div class="graph-head"><h2 id="shape-title">{ "Shape" }</h2><p class="soft">{ super::prose::coded(&shaped.said) }</p></div>
            <Drawing draw={(*draw).clone()} dark={props.dark} scale={props.scale} label="The shape, as the sentences below say it" class="shape-picture" />
            <ul class="sr">{ for shaped.map.sentences().into_iter().map(|sentence| html! { <li>{ sentence }</li> }) }</ul>
            <ul class="hazards">{ for shaped.hazards.iter().map(|found| hazard(found, &props.send)) }</ul>
        </section>
    }
}

fn hazard(hazard: &Hazard, send: &SendAction) -> Html {
    let (class, sign) = if hazard.is_stall { ("doubtful", "!") } else { ("bad", "✗") };
    let rule = Rule::find(&hazard.code).map(|rule| {
        let send = send.clone();
        let open = Callback::from(move |_| send.emit(Action::Dialog(Some(OpenDialog::Rule(rule)))));
        let title = format!("Explain {}, {}", rule.code(), rule.name());
        html! { <button class="rule name" onclick={open} title={title.clone()} aria-label={title}>{ rule.code() }</button> }
    });
    html! {
        <li class={classes!("hazard", class)}>
            <p><span class="sign" aria-hidden="true">{ sign }</span><strong>{ "It " }{ super::prose::coded(&hazard.headline) }{ "." }</strong>{ " " }{ for rule }</p>
            <ul>{ for hazard.details.iter().map(|line| html! { <li>{ super::prose::coded(line) }</li> }) }</ul>
        </li>
    }
}
