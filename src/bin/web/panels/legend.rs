//! The legend strip: a swatch and the name of each task type; a press marks its tasks.

use crate::page::SendAction;
use crate::page::roving::{ArrowKeyAxis, use_roving};
use crate::store::Action;
use crate::store::run::SharedRun;
use threadbare::view::palette;
use yew::{Callback, Html, Properties, classes, function_component, html, use_node_ref};

/// Maximum number of types in the strip.
const MAX_TYPES: usize = 12;

/// What the strip shows.
#[derive(Properties, PartialEq)]
pub struct LegendProps {
    /// The run that is shown.
    pub run: SharedRun,
    /// What is searched for.
    pub sought: Option<String>,
    /// Where actions go.
    pub send: SendAction,
}

/// The strip of task types.
#[function_component]
pub fn Legend(props: &LegendProps) -> Html {
    let types = palette::legend(&props.run.trace().scenario);
    let more = types.len().saturating_sub(MAX_TYPES);
    let entry = |entry: palette::TaskTypeLegendEntry| {
        let is_sought = props.sought.as_ref() == Some(&entry.name);
        let (send, name) = (props.send.clone(), entry.name.clone());
        let press = Callback::from(move |_| {
            send.emit(Action::Search(if is_sought { None } else { Some(name.clone()) }));
        });
        let hue = format!("hue-{}-{}", entry.hue.shade, entry.hue.index);
        html! {
            <li><button class="legend-entry" aria-pressed={is_sought.to_string()} title="Mark its tasks" onclick={press}>
                <i class={classes!("dot", hue)} aria-hidden="true"></i>{ for entry.letter }{ entry.name }
            </button></li>
        }
    };
    let strip = use_node_ref();
    let keys = use_roving(&strip, ArrowKeyAxis::Row);
    html! {
        <ul ref={strip} class="legend-strip" aria-label="Task types" onkeydown={keys}>
            { for types.into_iter().take(MAX_TYPES).map(entry) }
            if more > 0 { <li class="soft">{ format!("and {more} more") }</li> }
        </ul>
    }
}
