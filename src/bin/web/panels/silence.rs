//! In place of the stage where no task arrives: why nothing is seen, and what to do.

use crate::page::SendAction;
use crate::store::first_arrival::SuggestedArrival;
use crate::store::screen::OpenDialog;
use crate::store::work::OpenDocument;
use crate::store::{Action, DetailTab};
use yew::{Callback, Html, MouseEvent, html};

/// Says that nothing arrives, and offers the next steps.
pub fn panel(work: &OpenDocument, send: &SendAction) -> Html {
    let press = |actions: Vec<Action>| {
        let send = send.clone();
        Callback::from(move |_: MouseEvent| {
            for action in &actions {
                send.emit(action.clone());
            }
        })
    };
    let offer = SuggestedArrival::propose(work).map(|first| {
        let take = press(vec![Action::Settle, Action::Edit(first.source), Action::Settle]);
        html! { <button class="primary" onclick={take}>{ first.label }</button> }
    });
    html! {
        <div key="silence" class="picture silence">
            <h2>{ "There is nothing to see until tasks arrive." }</h2>
            <p>{ "Executors and tasks say what there is. An " }<code>{ "[[arrivals]]" }</code>{ " table says which tasks come, when, and where to." }</p>
            <div class="row">
                { for offer }
                <button onclick={press(vec![Action::Tab(DetailTab::Text)])}>{ "Edit the text" }</button>
                <button onclick={press(vec![Action::Dialog(Some(OpenDialog::New))])}>{ "New: four questions" }</button>
            </div>
        </div>
    }
}
