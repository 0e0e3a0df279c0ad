//! Other orders at the cursor: what else could have come, in words; and where the run that takes it parts from the
//! one before.

use crate::page::SendAction;
use crate::store::Action;
use crate::store::run::SharedRun;
use std::rc::Rc;
use threadbare::analysis::difference::first_difference;
use threadbare::jobs::branch::{Alternative, BranchPoint, BranchPoints};
use threadbare::model::time::Time;
use threadbare::trace::event::EventId;
use threadbare::view::divergence::{RunDivergence, parting};
use threadbare::view::eventlist;
use yew::{Callback, Html, Properties, function_component, html};

/// What the list of other orders shows.
#[derive(Properties, PartialEq)]
pub struct AlternativeSchedulesProps {
    /// What is known; none while it is asked.
    pub told: Option<Rc<BranchPoints>>,
    /// Whether the run is small enough for it.
    pub is_small: bool,
    /// Where actions go.
    pub send: SendAction,
}

/// The list of other orders.
#[function_component]
pub fn Branches(props: &AlternativeSchedulesProps) -> Html {
    let part = |title: &str, points: &Option<Vec<BranchPoint>>| {
        let points = points.as_ref().filter(|points| !points.is_empty())?;
        Some(
            html! { <><h3>{ title }</h3>{ for points.iter().map(|point| self::point(point, &props.send)) }</> },
        )
    };
    let body = match &props.told {
        _ if !props.is_small => html! { <p class="empty">{ "This run is too long to look for them." }</p> },
        None => {
            html! { <p class="empty">{ "Pause the run to see what else could have happened at the cursor." }</p> }
        }
        Some(told) => {
            let parts: Vec<Html> =
                [part("With these timings", &told.timed), part("With other timings", &told.untimed)]
                    .into_iter()
                    .flatten()
                    .collect();
            if parts.is_empty() {
                html! { <p class="empty">{ "From the cursor on, nothing else could have happened." }</p> }
            } else {
                html! { <>{ for parts }</> }
            }
        }
    };
    html! {
        <section class="branches" aria-labelledby="branches-title">
            <h2 id="branches-title">{ "Other orders here" }</h2>
            { body }
        </section>
    }
}

fn point(point: &BranchPoint, send: &SendAction) -> Html {
    let more =
        (point.more > 0).then(|| html! { <li class="soft">{ format!("and {} more", point.more) }</li> });
    html! {
        <>
            <p>{ "At " }{ &point.at }{ " " }{ &point.came }{ ". What could come first:" }</p>
            <ul>{ for point.ways.iter().map(|way| self::way(way, point.events, send)) }{ for more }</ul>
        </>
    }
}

fn way(way: &Alternative, events: u32, send: &SendAction) -> Html {
    let (send, schedule) = (send.clone(), way.schedule.clone());
    let take = Callback::from(move |_| {
        if let Ok(schedule) = schedule.parse() {
            send.emit(Action::Branch(schedule, events));
        }
    });
    let overtakes = (!way.overtakes.is_empty()).then(|| {
        html! { <span class="overtakes">{ "then longer than written:  " }{ way.overtakes.join(", ") }</span> }
    });
    html! {
        <li><button class="finding" onclick={take}>
            <span class="what"><strong>{ &way.text }</strong>{ for overtakes }</span>
            <span class="comes-to">{ for way.comes_to.as_deref().map(super::prose::coded) }</span>
        </button></li>
    }
}

/// The first event that differs, and when that is in each run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstDifference {
    /// Its number in both.
    pub event: EventId,
    /// When it happens in the shown run, or that run ends.
    pub here: Time,
    /// The same in the other.
    pub there: Time,
}

/// Where two runs part, of one design or of two; `None` if they do not.
pub fn parted(here: &SharedRun, there: &SharedRun, is_one_design: bool) -> Option<FirstDifference> {
    let event = if is_one_design {
        first_difference(here.trace(), there.trace())?
    } else {
        let RunDivergence::At(event) = parting(&here.digest, &there.digest) else { return None };
        event
    };
    let at = |run: &SharedRun| {
        run.trace().records.get(event.index()).map_or(run.trace().outcome.at, |record| record.at)
    };
    Some(FirstDifference { event, here: at(here), there: at(there) })
}

/// What is said of where they part.
#[derive(Properties, PartialEq)]
pub struct FirstDifferenceProps {
    /// The shown run.
    pub run: SharedRun,
    /// The one before.
    pub other: SharedRun,
    /// Where they part.
    pub parted: Option<FirstDifference>,
    /// Where actions go.
    pub send: SendAction,
}

/// Where the shown run parts from the one that it was taken from.
#[function_component]
pub fn Part(props: &FirstDifferenceProps) -> Html {
    let act = |action: Action| {
        let send = props.send.clone();
        Callback::from(move |_| send.emit(action.clone()))
    };
    let told = match props.parted {
        None => html! { <p>{ "The two runs are the same, event by event." }</p> },
        Some(FirstDifference { event, here, .. }) => {
            let says = |run: &SharedRun| match run.trace().records.get(event.index()) {
                Some(_) => eventlist::line(&run.digest, event).text,
                None => "it is over".to_owned(),
            };
            html! {
                <>
                    <p>{ "Both are the same run until " }<button class="name" onclick={act(Action::SeekCount(event.0 + 1))}>{ here.to_string() }</button>{ ". Then:" }</p>
                    <dl>
                        <dt>{ "in this order" }</dt><dd>{ says(&props.run) }</dd>
                        <dt>{ "in the order before" }</dt><dd>{ says(&props.other) }</dd>
                    </dl>
                </>
            }
        }
    };
    html! {
        <section class="parted" aria-labelledby="parted-title">
            <h2 id="parted-title">{ "Where they part" }</h2>
            <div role="status">{ told }</div>
            <p class="row">
                <button onclick={act(Action::Back)}>{ "Back to the order before" }</button>
                <button onclick={act(Action::Alone)}>{ "Show this one alone" }</button>
            </p>
        </section>
    }
}
