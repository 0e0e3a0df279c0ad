//! Ways past what stands before: seen only while they have the focus.

use crate::page::focus;
use yew::{Callback, Html, html};

/// Where a person may want to be at once, and the element there that takes the focus.
const GOALS: [(&str, &str); 4] = [
    ("Skip to the stage", "picture"),
    ("Skip to play", "play"),
    ("Skip to the sliders", "tune"),
    ("Skip to the details", "detail"),
];

/// The first stops of the page.
pub fn links() -> Html {
    let link = |(label, id): (&'static str, &'static str)| {
        let go = Callback::from(move |_: yew::MouseEvent| focus::give_to(id));
        html! { <button class="skip" onclick={go}>{ label }</button> }
    };
    html! { <nav class="skips" aria-label="Skip">{ for GOALS.into_iter().map(link) }</nav> }
}
