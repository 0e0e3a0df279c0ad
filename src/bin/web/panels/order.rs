//! The bar above the timeline that says when the shown run is not the plain one, and when it is again.

use crate::page::SendAction;
use crate::store::order::ScheduleOrigin;
use crate::store::{Action, State};
use yew::{Callback, Html, html};

/// The bar; nothing while the plain run is shown because it was asked for.
pub fn bar(state: &State, send: &SendAction) -> Html {
    let act = |label: &'static str, action: Action| {
        let send = send.clone();
        let press = Callback::from(move |_| send.emit(action.clone()));
        html! { <button onclick={press}>{ label }</button> }
    };
    let whose = match state.order() {
        ScheduleOrigin::Plain => return html! {},
        ScheduleOrigin::Lost => {
            return html! {
                <div class="way is-lost" role="alert">
                    <p>{ "Back to the plain run: the order that was shown does not apply to the changed text." }</p>
                    if state.history.last().is_some() { { act("Undo", Action::Undo) } }
                    { act("Close", Action::LetGo) }
                </div>
            };
        }
        ScheduleOrigin::Own => "A run in an order of its own",
        ScheduleOrigin::Found => "A run in an order of its own (found by Explore every order)",
        ScheduleOrigin::Taken => "A run in an order of its own (taken at the cursor)",
    };
    let text = state.schedule.as_ref().map(ToString::to_string).unwrap_or_default();
    html! {
        <div class="way" role="status">
            <p><strong>{ whose }</strong>{ " " }<code title={text.clone()}>{ text }</code></p>
            { act("Show the plain run", Action::Follow(None)) }
        </div>
    }
}
