//! The root of the page: holds the store, lays the panels out, and lets things happen when it changes.

use super::{Send, Store, address, media, memory};
use super::{effects, search, sizes};
use crate::panels::about::About;
use crate::panels::advice::Advice;
use crate::panels::branch::{Branches, FirstDifference, Part, parted};
use crate::panels::compare::Compare;
use crate::panels::dialogs::{Help, Share};
use crate::panels::events::Events;
use crate::panels::explore::Explore;
use crate::panels::figures::Figures;
use crate::panels::gallery::Gallery;
use crate::panels::graph::Graph;
use crate::panels::header::{Header, Variants, words};
use crate::panels::hints::Hints;
use crate::panels::inspector::Inspect;
use crate::panels::minimap::Minimap;
use crate::panels::search::Search;
use crate::panels::shape::Shape;
use crate::panels::sizes::SizesPanel;
use crate::panels::splitter::Splitter;
use crate::panels::text::Text;
use crate::panels::timeline::Timeline;
use crate::panels::transport::Transport;
use crate::panels::tune::{Steps, Tune};
use crate::panels::verdict::{Expected, Verdict};
use crate::panels::{notice, order};
use crate::store::history::Edit;
use crate::store::run::SharedRun;
use crate::store::work::Work;
use crate::store::{Action, Dialog, Notice, State, Tab, Theme, link};
use std::collections::BTreeSet;
use std::rc::Rc;
use threadbare::analysis::state;
use threadbare::gallery;
use threadbare::model::id::TaskId;
use threadbare::model::time::Time;
use threadbare::view::search::Found;
use threadbare::view::words::outcome;
use yew::{Callback, Html, classes, function_component, html, use_callback, use_memo, use_reducer};

/// A state of the simulated world, shared by the panels. Two are equal if they are the same one.
#[derive(Clone)]
pub struct Moment(pub Rc<state::State>);

impl PartialEq for Moment {
    fn eq(&self, other: &Moment) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The state of a run at an instant, after all that happens at it.
fn moment_at(run: &SharedRun, at: Time) -> Moment {
    Moment(Rc::new(run.digest.lens.state(run.trace().count_until(at) as u32)))
}

/// The name of the timeline of the shown run.
const MAIN: &str = "timeline";

/// Tasks that a search has found, as the timeline marks them.
type Marked = BTreeSet<TaskId>;

/// What the page begins with: a link, else the last work, else the first scenario of the gallery, playing.
fn initial() -> Store {
    let mut state = State::new(Work::gallery(gallery::ENTRIES[0].name));
    state.still = media("(prefers-reduced-motion: reduce)");
    state.theme = memory::theme();
    state.dark_system = media(effects::DARK);
    state.hints = if memory::hints_read() { 0 } else { 3 };
    match address::carried() {
        Some(Ok(shared)) => state.apply(Action::OpenLink(Box::new(shared))),
        Some(Err(why)) => state.notice = Some(Notice { text: why, is_trouble: true }),
        None => {
            if let Some(shared) = memory::work().and_then(|fragment| link::read(&fragment).ok()) {
                state.apply(Action::OpenLink(Box::new(shared)));
            }
        }
    }
    Store(Rc::new(state))
}

/// The page.
#[function_component]
pub fn App() -> Html {
    let store = use_reducer(initial);
    let state = Rc::clone(&store.0);
    let send: Send = {
        let dispatcher = store.dispatcher();
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };
    effects::use_runs(&state, &send);
    effects::use_studies(&state, &send);
    sizes::use_sizes(&state, &send);
    effects::use_play(&state, &send);
    effects::use_keys(&state, &send);
    effects::use_files(&send);
    effects::use_links(&send);
    effects::use_memory(&state, &send);
    effects::use_look_of_page(&state);
    effects::use_top_of_answers(&state);
    effects::use_system_colours(&send);
    let moment = {
        let deps = state.run.clone().map(|run| (run, state.replay.count));
        use_memo(deps, |deps| {
            deps.as_ref().map(|(run, count)| Moment(Rc::new(run.digest.lens.state(*count))))
        })
    };
    let beside = {
        let deps = state.other.clone().map(|other| (other, state.replay.instant()));
        use_memo(deps, |deps| deps.as_ref().map(|(other, at)| moment_at(other, *at)))
    };
    let found = search::use_search(state.run.as_ref(), state.search.as_deref());
    let marked = use_memo(Rc::clone(&found), |found| found.tasks.iter().copied().collect::<Marked>());
    let pair = state.run.clone().zip(state.other.clone()).filter(|_| state.beside.is_some());
    let parted = use_memo(pair, |pair| pair.as_ref().and_then(|(run, other)| parted(run, other)));
    let body = match (&state.run, moment.as_ref()) {
        (Some(run), Some(moment)) => {
            let moments = (moment, beside.as_ref().as_ref());
            stage(&state, run, moments, (&found, &marked), *parted, &send)
        }
        _ => html! { <main class="stage"><p class="starting">{ "Simulating…" }</p></main> },
    };
    html! {
        <div class={classes!("page", state.projector.then_some("is-projector"))}>
            <Header title={state.work.title().to_owned()} run={state.run.clone()} theme={state.theme}
                projector={state.projector} send={send.clone()} />
            { notice::bar(&state, &send) }
            { body }
            { dialog(&state, &send) }
        </div>
    }
}

fn stage(
    state: &Rc<State>,
    run: &SharedRun,
    (moment, beside): (&Moment, Option<&Moment>),
    (found, marked): (&Rc<Found>, &Rc<Marked>),
    parted: Option<FirstDifference>,
    send: &Send,
) -> Html {
    let reached = run.chart.worst_moment().is_none_or(|worst| state.replay.count > worst.event.0);
    let differences = state.other.clone().zip(names(state)).map(|(other, (name, with))| {
        let part = state.beside.as_ref().map(|_| {
            html! { <Part run={run.clone()} other={other.clone()} {parted} send={send.clone()} /> }
        });
        html! { <>{ part.unwrap_or_default() }<Compare run={run.clone()} {other} {name} {with} /></> }
    });
    let end = state.other.as_ref().map_or(run.chart.end, |other| run.chart.end.max(other.chart.end));
    let search = state.search.clone().map(|text| {
        html! {
            <Search run={run.clone()} {text} found={Rc::clone(found)} send={send.clone()} />
        }
    });
    // What comes and goes is an empty list when it is gone: `for` would move its neighbours to other places,
    // and Yew would make them anew.
    html! {
        <>
        <main class={classes!("stage", (state.tab != Tab::Tune).then_some("is-reading"))}>
            <section class="side" aria-label="Scenario">
                { tabs(state.tab, send) }
                <div class="tab-body" role="tabpanel">{ tab(state, run, send) }</div>
            </section>
            <Splitter property="--side" label="Width of the scenario's column" />
            <section class="centre" aria-label="Timeline">
                <Variants variants={Rc::clone(&state.work.variants)} shown={state.work.variant.clone()}
                    with={state.with.clone()} is_changed={state.work.is_changed()} send={send.clone()} />
                { order::bar(state, send) }
                { notice::progress(state, send) }
                <Minimap run={run.clone()} viewport={state.viewport} end={end} at={state.replay.instant()} dark={state.is_dark()} scale={state.scale()} send={send.clone()} />
                { search.unwrap_or_default() }
                { timelines(state, run, (moment, beside), marked, parted, send) }
                <Hints left={state.hints} send={send.clone()} />
            </section>
            <Splitter property="--answers" label="Width of the answers' column" right={true} />
            <section class="side answers" aria-label="Answers">
                <Verdict run={run.clone()} {reached} is_old={state.is_run_old()} send={send.clone()} />
                { differences.unwrap_or_default() }
                <Inspect run={run.clone()} moment={moment.clone()} at={state.replay.instant()} task={state.task} send={send.clone()} />
                <Expected run={run.clone()} />
                { advice(state, send) }
                { explore(state, send) }
                <Branches told={state.branches.so_far.clone()} is_small={state.may_branch()} send={send.clone()} />
                <Events run={run.clone()} count={state.replay.count} send={send.clone()} />
            </section>
        </main>
        <Transport run={run.clone()} replay={state.replay} viewport={state.viewport} send={send.clone()} />
        </>
    }
}

/// What can be taken back, and done again.
fn steps(state: &State) -> Steps {
    (state.history.last().map(Edit::words), state.history.next().map(Edit::words))
}

/// Other orders of the shown variant.
fn explore(state: &Rc<State>, send: &Send) -> Html {
    if state.work.scenario.is_none() || state.work.is_broken() {
        return html! {};
    }
    html! { <Explore orders={state.orders.clone()} send={send.clone()} /> }
}

/// A slider swept over many values.
fn swept(state: &Rc<State>, send: &Send) -> Html {
    let Some(sizes) = &state.sizes else { return html! {} };
    let is_random = state.work.scenario.as_ref().is_some_and(|scenario| scenario.is_random());
    html! {
        <SizesPanel sizes={Rc::clone(sizes)} tunables={Rc::clone(&state.work.tunables)} {is_random}
            here={sizes.here(&state.work)} dark={state.is_dark()} scale={state.scale()} send={send.clone()} />
    }
}

/// What would fix it, if anything is wrong.
fn advice(state: &Rc<State>, send: &Send) -> Html {
    if !state.needs_advice() {
        return html! {};
    }
    html! { <Advice advice={state.advice.clone()} source={Rc::clone(&state.work.source)} is_plain={state.schedule.is_none()} send={send.clone()} /> }
}

/// What the two runs are called that are shown beside each other.
fn names(state: &State) -> Option<(String, String)> {
    match (&state.with, &state.beside) {
        (Some(with), _) => Some((words(&state.work.variant), words(with))),
        (None, Some(_)) => Some(("This order".to_owned(), "The order before".to_owned())),
        (None, None) => None,
    }
}

/// The timeline with the graph under it; or two timelines and what differs.
fn timelines(
    state: &Rc<State>,
    run: &SharedRun,
    (moment, beside): (&Moment, Option<&Moment>),
    marked: &Rc<Marked>,
    parted: Option<FirstDifference>,
    send: &Send,
) -> Html {
    let timeline = |run: &SharedRun, moment: Option<&Moment>, name: &'static str, parted: Option<Time>| {
        let selected = state.task.filter(|_| name == MAIN);
        html! {
            <Timeline key={name} {name} run={run.clone()} moment={moment.cloned()} at={state.replay.instant()}
                viewport={state.viewport} {selected} {parted} found={Rc::clone(marked)} range={state.range} dark={state.is_dark()}
                scale={state.scale()} pointed={state.pointed} send={send.clone()} />
        }
    };
    // Every child has a key, so that the first timeline stays the same element while the second comes and goes.
    let heading = |key: &'static str, variant: &str, run: &SharedRun| {
        html! { <h2 key={key} class="of">{ variant }{ ": " }{ outcome(&run.digest) }</h2> }
    };
    let mut parts = vec![timeline(run, Some(moment), MAIN, parted.map(|parted| parted.here))];
    if let (Some(other), Some((name, with))) = (&state.other, names(state)) {
        parts.insert(0, heading("here", &name, run));
        parts.push(heading("there", &with, other));
        parts.push(timeline(other, beside, "other", parted.map(|parted| parted.there)));
        if state.sizes.is_some() {
            parts.push(html! { <div key="swept" class="under has-sizes">{ swept(state, send) }</div> });
        }
    } else {
        parts.push(html! {
            <div key="under" class={classes!("under", state.sizes.is_some().then_some("has-sizes"))} tabindex="0" role="group" aria-label="Graph and figures">
                { swept(state, send) }
                <Graph run={run.clone()} moment={moment.clone()} at={state.replay.instant()} selected={state.task} pointed={state.pointed} dark={state.is_dark()} send={send.clone()} />
                <Shape shaped={state.shape.so_far.clone()} dark={state.is_dark()} scale={state.scale()} />
                <Figures run={run.clone()} range={state.range} send={send.clone()} />
            </div>
        });
    }
    html! { <>{ for parts }</> }
}

fn tabs(open: Tab, send: &Send) -> Html {
    let tabs = [(Tab::Tune, "Tune"), (Tab::Text, "Text"), (Tab::About, "About")];
    let buttons = tabs.into_iter().map(|(tab, label)| {
        let send = send.clone();
        let press = Callback::from(move |_| send.emit(Action::Tab(tab)));
        html! { <button role="tab" aria-selected={(tab == open).to_string()} onclick={press}>{ label }</button> }
    });
    html! { <div class="tabs" role="tablist" aria-label="Scenario">{ for buttons }</div> }
}

fn tab(state: &Rc<State>, run: &SharedRun, send: &Send) -> Html {
    let work = &state.work;
    match state.tab {
        Tab::Tune => html! {
            <Tune tunables={Rc::clone(&work.tunables)} is_changed={work.is_changed()} steps={steps(state)}
                is_broken={work.is_broken()} refused={state.refused} send={send.clone()} />
        },
        Tab::Text => html! {
            <Text name={work.name.clone()} source={Rc::clone(&work.source)} problems={Rc::clone(&work.problems)}
                is_changed={work.is_changed()} send={send.clone()} />
        },
        Tab::About => {
            let scenario = &run.trace().scenario;
            html! { <About title={scenario.title.clone()} text={scenario.about.clone()} /> }
        }
    }
}

fn dialog(state: &Rc<State>, send: &Send) -> Html {
    match state.dialog {
        None => html! {},
        Some(Dialog::Help) => html! { <Help send={send.clone()} /> },
        Some(Dialog::Gallery) => {
            html! { <Gallery shown={state.work.name.clone()} dark={state.is_dark()} send={send.clone()} /> }
        }
        Some(Dialog::Share) => html! {
            <Share fragment={link::write(&state.shared())} name={state.work.name.clone()}
                source={Rc::clone(&state.work.source)} run={state.run.clone()} viewport={state.viewport} send={send.clone()} />
        },
    }
}

/// How the root says which theme it has; the style sheet follows the system without it.
pub fn theme_word(theme: Theme) -> Option<&'static str> {
    (theme != Theme::System).then(|| memory::word(theme))
}
