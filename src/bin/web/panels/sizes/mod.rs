//! How many are needed? A slider swept over many values: the fields, the charts, the value to take.

mod form;
mod picture;
mod plot;
mod props;
mod results;

pub use props::SizesPanelProps;

use super::icons;
use crate::store::sizes::SizesAction;
use crate::store::sizes::range::ParameterRangeFields;
use form::form;
use results::results;
use threadbare::language::Tunable;
use threadbare::model::time::Duration;
use web_sys::HtmlElement;
use yew::{Html, function_component, html, use_effect_with, use_node_ref};

/// Maximum number of sliders that a heat map is offered against.
const MAX_AGAINST: usize = 4;

/// Panel of the sweep.
#[function_component]
pub fn SizesPanel(props: &SizesPanelProps) -> Html {
    let heading = use_node_ref();
    {
        // Opened from a slider that may be far from here: it comes into sight, and the next key is for it.
        let heading = heading.clone();
        use_effect_with(props.sizes.fields.first.path.clone(), move |_| {
            if let Some(heading) = heading.cast::<HtmlElement>() {
                heading.scroll_into_view();
                let _ = heading.focus();
            }
        });
    }
    html! {
        <section class="sizes" aria-labelledby="sizes-title">
            <div class="sizes-head">
                <h2 id="sizes-title" ref={heading} tabindex="-1">{ "Sweep" }</h2>
                { form(props) }
                <button class="square quiet" aria-label="Close the sweep" onclick={props.act(SizesAction::Close)}>{ icons::close() }</button>
            </div>
            { against(props) }
            { news(props) }
            { results(props) }
        </section>
    }
}

/// A heat map is a press away: the same slider against each other one.
fn against(props: &SizesPanelProps) -> Html {
    let fields = &props.sizes.fields;
    let others = props.tunables.iter().filter(|tunable| tunable.path != fields.first.path);
    let others: Vec<_> =
        others.filter(|tunable| ParameterRangeFields::of(tunable).is_some()).take(MAX_AGAINST).collect();
    if others.is_empty() {
        return html! {};
    }
    let button = |tunable: &Tunable| {
        let is_chosen = fields.second.as_ref().is_some_and(|second| second.path == tunable.path);
        html! {
            <button aria-pressed={is_chosen.to_string()} onclick={props.act(SizesAction::Against(tunable.path.clone()))}>{ &tunable.label }</button>
        }
    };
    html! { <div class="row against"><span class="soft">{ "Heat map against" }</span>{ for others.into_iter().map(button) }</div> }
}

/// How far it is, what is wrong, whether it is of an earlier text.
fn news(props: &SizesPanelProps) -> Html {
    let sizes = &props.sizes;
    let wrong = sizes.wrong.as_ref().map(|why| html! { <p class="sizes-wrong" role="alert">{ why }</p> });
    let stale = (sizes.is_stale && sizes.swept().is_some()).then(|| {
        html! {
            <div class="sizes-news" role="status">
                <span>{ "This belongs to an earlier text or to another variant." }</span>
                <button onclick={props.act(SizesAction::Run)}>{ "Run again" }</button>
            </div>
        }
    });
    let going = sizes.study.is_going().then(|| {
        let (share, left) = sizes.progress().unwrap_or((0.0, None));
        let runs = sizes.study.so_far.as_ref().map_or(0, |so_far| so_far.runs());
        let left = left.map_or("starting".to_owned(), left_words);
        html! {
            <div class="sizes-news">
                <progress max="1" value={format!("{share:.3}")} aria-label="Share of the runs"></progress>
                <span role="status">{ format!("{runs} runs, {left}") }</span>
                <button onclick={props.act(SizesAction::Stop)}>{ "Cancel" }</button>
            </div>
        }
    });
    html! { <>{ wrong.unwrap_or_default() }{ stale.unwrap_or_default() }{ going.unwrap_or_default() }</> }
}

/// Time left, in whole seconds: more would be a guess.
fn left_words(millis: f64) -> String {
    if millis < 1000.0 {
        return "less than 1 s left".to_owned();
    }
    format!("about {} left", Duration::from_seconds_f64((millis / 1000.0).round()))
}
