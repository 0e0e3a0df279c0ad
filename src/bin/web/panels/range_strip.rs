//! A line about the chosen range of time, beside it: the whole of it is under Numbers.

use crate::page::SendAction;
use crate::store::run::SharedRun;
use crate::store::{Action, ViewportChange};
use threadbare::view::range;
use threadbare::view::viewport::TimeWindow;
use yew::{Callback, Html, MouseEvent, Properties, function_component, html, use_memo};

/// What the line is about.
#[derive(Properties, PartialEq)]
pub struct SelectedRangeStripProps {
    /// The run that is shown.
    pub run: SharedRun,
    /// The chosen range.
    pub range: TimeWindow,
    /// Where actions go.
    pub send: SendAction,
}

/// The line, with what can be done with the range.
#[function_component]
pub fn RangeStrip(props: &SelectedRangeStripProps) -> Html {
    let summary = use_memo((props.run.clone(), props.range), |(run, window)| {
        range::measure(&run.digest, &run.chart, *window).summary()
    });
    let press = |action: Action| {
        let send = props.send.clone();
        Callback::from(move |_: MouseEvent| send.emit(action.clone()))
    };
    let zoom = press(Action::ChangeViewport(ViewportChange::GlideTo(props.range)));
    html! {
        <p class="range-strip">
            <span class="range-words" role="status" title={(*summary).clone()}>{ (*summary).clone() }</span>
            <button class="quiet" title="Show the range alone (F)" onclick={zoom}>{ "Zoom" }</button>
            <button class="quiet" title="Choose no range (Escape)" aria-label="Clear the range" onclick={press(Action::Range(None))}>{ "Clear" }</button>
        </p>
    }
}
