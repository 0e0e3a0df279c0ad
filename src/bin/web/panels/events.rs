//! The list of events around the cursor: says what the canvas shows.

use crate::page::SendAction;
use crate::page::roving::{ArrowKeyAxis, use_roving};
use crate::store::Action;
use crate::store::run::SharedRun;
use threadbare::view::eventlist::{self, EventImportance, EventListLine};
use web_sys::HtmlElement;
use yew::{
    Callback, Html, NodeRef, Properties, classes, function_component, html, use_effect_with, use_memo,
    use_node_ref,
};

/// Lines that are listed at once.
const ROWS: u32 = 120;

/// What the list shows.
#[derive(Properties, PartialEq)]
pub struct EventListProps {
    /// Run whose events are listed.
    pub run: SharedRun,
    /// How many events have happened at the cursor.
    pub count: u32,
    /// Where actions go.
    pub send: SendAction,
}

/// List of the run's events.
#[function_component]
pub fn Events(props: &EventListProps) -> Html {
    let (here, list) = (use_node_ref(), use_node_ref());
    let all = eventlist::count(&props.run.digest);
    let range = eventlist::around(&props.run.digest, props.count, ROWS);
    let lines = use_memo((props.run.clone(), range.clone()), |(run, range)| {
        eventlist::lines(&run.digest, range.clone())
    });
    {
        let (here, list) = (here.clone(), list.clone());
        use_effect_with((props.count, range.clone()), move |_| reveal(&list, &here));
    }
    let item = |line: &EventListLine| {
        let is_here = line.event.0 + 1 == props.count;
        let send = props.send.clone();
        let (count, task) = (line.event.0 + 1, line.task);
        let press = Callback::from(move |_| {
            send.emit(Action::SeekCount(count));
            send.emit(Action::Select(task));
        });
        let ahead = (line.event.0 >= props.count).then_some("is-ahead");
        let node = if is_here { here.clone() } else { Default::default() };
        html! {
            <li key={line.event.0} ref={node} class={classes!(weight(line.weight), ahead)} aria-current={is_here.then_some("true")}>
                <button onclick={press}><span class="when">{ line.at.to_string() }</span><span>{ &line.text }</span></button>
            </li>
        }
    };
    let keys = use_roving(&list, ArrowKeyAxis::Column);
    let note = (all > ROWS).then(|| format!("{} to {} of {all}", range.start + 1, range.end));
    html! {
        <section class="events" aria-labelledby="events-title">
            <div class="events-head"><h2 id="events-title">{ "Events" }</h2>{ for note.map(|note| html! { <span class="soft">{ note }</span> }) }</div>
            <ol ref={list} aria-label="Events around the cursor" onkeydown={keys}>{ for lines.iter().map(item) }</ol>
        </section>
    }
}

/// Scrolls the list, and nothing else, so far that the event at the cursor is seen.
fn reveal(list: &NodeRef, here: &NodeRef) {
    let (Some(list), Some(here)) = (list.cast::<HtmlElement>(), here.cast::<HtmlElement>()) else { return };
    let (top, height) = (here.offset_top() - list.offset_top(), here.offset_height());
    if top < list.scroll_top() + height {
        list.set_scroll_top(top - height);
    } else if top + 2 * height > list.scroll_top() + list.client_height() {
        list.set_scroll_top(top + 2 * height - list.client_height());
    }
}

fn weight(weight: EventImportance) -> &'static str {
    match weight {
        EventImportance::Minor => "minor",
        EventImportance::Plain => "plain",
        EventImportance::Trouble => "trouble",
        EventImportance::Hang => "knot",
    }
}
