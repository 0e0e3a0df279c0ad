//! The reference of the scenario language, beside the text.

use super::about::markdown;
use super::icons;
use crate::page::Send;
use crate::store::Action;
use yew::{Callback, Html, Properties, function_component, html, use_memo};

/// The same text that the documentation has.
const REFERENCE: &str = include_str!("../../../../docs/reference/language.md");

/// What the panel needs.
#[derive(Properties, PartialEq)]
pub struct ReferenceProps {
    /// Where actions go.
    pub send: Send,
}

/// The reference in full.
#[function_component]
pub fn Reference(props: &ReferenceProps) -> Html {
    let body = use_memo((), |()| markdown(REFERENCE));
    let send = props.send.clone();
    let close = Callback::from(move |_: yew::MouseEvent| send.emit(Action::Reference(false)));
    html! {
        <section class="picture reference" aria-label="Language reference">
            <div class="reference-head">
                <h2>{ "The scenario language" }</h2>
                <button class="square" aria-label="Close the reference" onclick={close}>{ icons::close() }</button>
            </div>
            <div class="reference-body about" tabindex="0">{ (*body).clone() }</div>
        </section>
    }
}
