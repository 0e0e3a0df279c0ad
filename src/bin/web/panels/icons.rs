//! The few pictures on buttons, as outlines that take the text's colour.

use yew::{Html, html};

/// A picture of 16 by 16, drawn by this path.
fn icon(path: &'static str) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path d={path} fill="currentColor" />
        </svg>
    }
}

pub fn play() -> Html {
    icon("M4 2.5v11l9-5.5z")
}

pub fn pause() -> Html {
    icon("M4 3h3v10H4zM9 3h3v10H9z")
}

pub fn step_on() -> Html {
    icon("M3 3v10l7-5zM11 3h2v10h-2z")
}

pub fn step_back() -> Html {
    icon("M13 3v10L6 8zM3 3h2v10H3z")
}

pub fn to_start() -> Html {
    icon("M8.5 3v10L2.5 8zM14 3v10L8.5 8zM1.5 3h1.5v10H1.5z")
}

pub fn to_end() -> Html {
    icon("M7.5 3v10l6-5zM2 3v10l5.5-5zM13 3h1.5v10H13z")
}

pub fn half_moon() -> Html {
    icon("M8 1.5a6.5 6.5 0 100 13a6.5 6.5 0 000-13zM8 3v10a5 5 0 010-10z")
}

pub fn close() -> Html {
    icon("M3.3 2.2L8 6.9l4.7-4.7 1.1 1.1L9.1 8l4.7 4.7-1.1 1.1L8 9.1l-4.7 4.7-1.1-1.1L6.9 8 2.2 3.3z")
}
