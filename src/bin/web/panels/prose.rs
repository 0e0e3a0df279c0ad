//! A sentence in pieces: names select what they name, instants move the cursor there.

use crate::page::SendAction;
use crate::store::Action;
use crate::store::run::SharedRun;
use threadbare::analysis::prose::{Prose, Segment, bound};
use yew::{Callback, Html, html};

/// A text with its names as buttons.
pub fn linked(prose: &Prose, run: &SharedRun, send: &SendAction) -> Html {
    let mut pieces: Vec<Html> = Vec::new();
    let mut segments = prose.segments.iter().peekable();
    // A sign that a name took along already.
    let mut taken = 0;
    while let Some(segment) = segments.next() {
        if let Segment::Words { text } = segment {
            pieces.push(coded(&text[taken..]));
            taken = 0;
            continue;
        }
        let name = piece(segment, run, send);
        let sign = match segments.peek() {
            Some(Segment::Words { text }) if text.starts_with(['.', ',', ';', ':']) => &text[..1],
            _ => "",
        };
        taken = sign.len();
        // A line never begins with the sign that ends what is before it.
        pieces.push(html! { <span class="together">{ name }{ sign }</span> });
    }
    pieces.into_iter().collect()
}

fn piece(segment: &Segment, run: &SharedRun, send: &SendAction) -> Html {
    let button = |text: &str, action: Action| {
        let send = send.clone();
        let press = Callback::from(move |_| send.emit(action.clone()));
        html! { <button class="name" onclick={press}>{ coded(text) }</button> }
    };
    match segment {
        Segment::Words { text } => coded(text),
        Segment::Tasks { tasks, text } => match tasks.first() {
            Some(task) => button(text, Action::Select(Some(*task))),
            None => coded(text),
        },
        Segment::Executor { text, .. } | Segment::Resource { text, .. } | Segment::Cell { text, .. } => {
            coded(text)
        }
        Segment::Time { at, event, text } => {
            let count = match event {
                Some(event) => event.0 + 1,
                None => run.trace().count_until(*at) as u32,
            };
            button(text, Action::SeekCount(count))
        }
    }
}

/// Text in which backquotes mark names.
pub fn coded(text: &str) -> Html {
    let parts = text.split('`').enumerate();
    parts
        .map(|(at, part)| {
            if at % 2 == 1 {
                html! { <code>{ part }</code> }
            } else {
                html! { <>{ bound(part) }</> }
            }
        })
        .collect()
}
