//! The root of the page: holds the store, lays the panels out, and lets things happen when it changes.
//!
//! One sentence, one picture, the timeline under it; beside them the sliders and one detail area with tabs.

use super::beside::for_other_run;
use super::world_state::{SharedSimulationState, world_state_at};
use super::{PageStore, SendAction, address, follow, media, memory, route};
use super::{details, effects, search, sizes};
use crate::panels::beats::marks;
use crate::panels::branch::{FirstDifference, parted};
use crate::panels::dialogs::{Help, Share};
use crate::panels::gallery::Gallery;
use crate::panels::header::{Header, Variants};
use crate::panels::learn::Learn;
use crate::panels::legend::Legend;
use crate::panels::minimap::Minimap;
use crate::panels::new_scenario::NewScenario;
use crate::panels::outcomes::use_outcomes;
use crate::panels::pictures::PictureSource;
use crate::panels::range_strip::RangeStrip;
use crate::panels::reference::{Reference, RulePage};
use crate::panels::search::Search;
use crate::panels::sizes::SizesPanel;
use crate::panels::splitter::Splitter;
use crate::panels::stage::StagePanel;
use crate::panels::timeline::Timeline;
use crate::panels::transport::Transport;
use crate::panels::verdict::Headline;
use crate::panels::{notice, order, silence, skips};
use crate::store::run::SharedRun;
use crate::store::screen::OpenDialog;
use crate::store::work::OpenDocument;
use crate::store::{Action, DetailTab, State, UserNotice, link};
use std::collections::BTreeSet;
use std::rc::Rc;
use threadbare::analysis::verdict::RunKind;
use threadbare::gallery;
use threadbare::jobs::explore::ViewProgress;
use threadbare::model::id::TaskId;
use threadbare::model::time::Time;
use threadbare::view::beatmark::StoryBeatMark;
use threadbare::view::search::TaskSearchResult;
use threadbare::view::words::outcome;
use yew::{Html, classes, function_component, html, use_callback, use_memo, use_reducer};

/// The name of the timeline of the shown run.
const MAIN: &str = "timeline";

/// The tasks that a search has found; the timeline marks them.
type FoundTasks = BTreeSet<TaskId>;

/// What the page begins with: a link, else the last work, else the first scenario of the gallery, playing.
fn initial() -> PageStore {
    let mut state = State::new(OpenDocument::gallery(gallery::ENTRIES[0].name));
    state.still = media("(prefers-reduced-motion: reduce)");
    state.theme = memory::theme();
    state.dark_system = media(effects::DARK);
    state.large_screen = media(effects::LARGE);
    let last = memory::work().and_then(|fragment| link::read(&fragment).ok());
    let open = |state: &mut State, shared: link::ShareLinkPayload| match memory::work_name() {
        Some(name) => state.apply(Action::OpenKept(name, Box::new(shared))),
        None => state.apply(Action::OpenLink(Box::new(shared))),
    };
    match address::carried() {
        Some(Ok(shared)) => {
            let is_last =
                |last: &link::ShareLinkPayload| last.name == shared.name && last.source == shared.source;
            match last.filter(is_last) {
                // The same work, and besides the text that it was opened with.
                Some(last) => open(&mut state, link::ShareLinkPayload { original: last.original, ..shared }),
                None => state.apply(Action::OpenLink(Box::new(shared))),
            }
        }
        Some(Err(why)) => state.notice = Some(UserNotice { text: why, is_trouble: true }),
        None => {
            if let Some(last) = last {
                open(&mut state, last);
            }
        }
    }
    PageStore(Rc::new(state))
}

/// The whole page.
#[function_component]
pub fn App() -> Html {
    let store = use_reducer(initial);
    let state = Rc::clone(&store.0);
    let send: SendAction = {
        let dispatcher = store.dispatcher();
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };
    effects::use_runs(&state, &send);
    effects::use_studies(&state, &send);
    sizes::use_sizes(&state, &send);
    effects::use_play(&state, &send);
    effects::use_glide(&state, &send);
    effects::use_keys(&state, &send);
    effects::use_files(&send);
    effects::use_links(&send);
    follow::use_follow(&send);
    effects::use_memory(&state, &send);
    effects::use_look_of_page(&state);
    effects::use_top_of_answers(&state);
    effects::use_system_colours(&send);
    let outcomes = use_outcomes(&state.work);
    let moment = {
        let deps = state.run.clone().map(|run| (run, state.replay.count));
        use_memo(deps, |deps| {
            deps.as_ref().map(|(run, count)| SharedSimulationState(Rc::new(run.digest.lens.state(*count))))
        })
    };
    let beside = {
        let deps = state.other.clone().map(|other| (other, state.replay.instant()));
        use_memo(deps, |deps| deps.as_ref().map(|(other, at)| world_state_at(other, *at)))
    };
    let found = search::use_search(state.run.as_ref(), state.search.as_deref());
    let marked = use_memo(Rc::clone(&found), |found| found.tasks.iter().copied().collect::<FoundTasks>());
    let pair = state.run.clone().zip(state.other.clone());
    let parted = use_memo((pair, state.beside.is_some()), |(pair, is_one_design)| {
        pair.as_ref().and_then(|(run, other)| parted(run, other, *is_one_design))
    });
    let here = state.run.as_ref().and_then(|run| state.replay.beat(run));
    let dots = use_memo((state.run.clone(), here), |(run, here)| -> Rc<[StoryBeatMark]> {
        run.as_ref().map_or_else(|| Rc::from([]), |run| marks(run, *here).into())
    });
    let shown = DerivedPageData {
        moment: moment.as_ref().as_ref(),
        beside: beside.as_ref().as_ref(),
        found: &found,
        marked: &marked,
        parted: *parted,
        here,
        marks: state.marks.as_slice().into(),
        dots: &dots,
    };
    html! {
        <div class={classes!("page", state.projector.then_some("is-projector"))}>
            { skips::links() }
            if !route::is_embedded() { <Header theme={state.theme} projector={state.projector} send={send.clone()} /> }
            <Variants title={state.work.title().to_owned()} variants={Rc::clone(&state.work.variants)} {outcomes} shown={state.work.variant.clone()}
                with={state.with.clone()} is_changed={state.work.is_changed()} is_future_hidden={state.hides_future()} followed={state.followed.clone()} send={send.clone()} />
            { notice::bar(&state, &send) }
            { desk(&state, &shown, &send) }
            { dialog(&state, &send) }
        </div>
    }
}

/// What one rendering derives from the state.
struct DerivedPageData<'a> {
    moment: Option<&'a SharedSimulationState>,
    beside: Option<&'a SharedSimulationState>,
    found: &'a Rc<TaskSearchResult>,
    marked: &'a Rc<FoundTasks>,
    parted: Option<FirstDifference>,
    /// The beat at the cursor.
    here: Option<usize>,
    /// What the person marked.
    marks: Rc<[Time]>,
    dots: &'a Rc<[StoryBeatMark]>,
}

/// The sentence, the picture, the timeline; the sliders and the details; the transport.
fn desk(state: &Rc<State>, shown: &DerivedPageData<'_>, send: &SendAction) -> Html {
    let run = state.run.as_ref().zip(shown.moment);
    let centre = match run {
        Some((run, moment)) => centre(state, run, moment, shown, send),
        None if state.work.is_broken() => {
            html! { <p class="starting">{ "The text has errors, so there is nothing to show yet. They are listed under Text." }</p> }
        }
        None => html! { <p class="starting">{ "Simulating…" }</p> },
    };
    let transport = state.run.clone().map(|run| html! {
        <Transport {run} replay={state.replay} viewport={state.viewport} future_hidden={state.future_hidden} send={send.clone()} />
    });
    // At the bottom of the page, but few stops of the Tab key away.
    html! {
        <>
        { transport.unwrap_or_default() }
        <main class={classes!("stage", (state.tab == DetailTab::Text).then_some("is-reading"))}>
            <section class="centre" aria-label="Run">{ centre }</section>
            <Splitter property="--answers" label="Width of the answers' column" right={true} />
            <section class="side answers" aria-label="Sliders and details">{ details::side(state, run, shown.beside, shown.here, shown.parted, send) }</section>
        </main>
        </>
    }
}

fn centre(
    state: &Rc<State>,
    run: &SharedRun,
    moment: &SharedSimulationState,
    shown: &DerivedPageData<'_>,
    send: &SendAction,
) -> Html {
    let reached = run.chart.worst_moment().is_none_or(|worst| state.replay.count > worst.event.0);
    let end = state.other.as_ref().map_or(run.chart.end, |other| run.chart.end.max(other.chart.end));
    let is_wrong_elsewhere =
        state.orders.so_far.as_deref().is_some_and(|all| all.iter().any(ViewProgress::is_grave));
    let search = state.search.clone().map(|text| {
        html! { <Search run={run.clone()} {text} found={Rc::clone(shown.found)} send={send.clone()} /> }
    });
    let is_hidden = state.hides_future();
    // What stands still for ever is not in the strip either, unless one looks at it.
    let story = run
        .chart
        .story()
        .filter(|story| state.other.is_none() && state.viewport.window.to <= story.to * 1.04);
    let end = story.map_or(end, |story| Time(story.to as u64));
    let beside = state.other.clone().zip(state.names()).map(|(other, (_, with))| html! {
        <Minimap run={other} label={format!("The whole run of {with} in small")} viewport={state.viewport} {end} at={state.replay.instant()} beats={Rc::from([])}
            is_future_hidden={is_hidden} dark={state.is_dark()} scale={state.scale()} send={send.clone()} />
    });
    html! {
        <>
        <Headline run={run.clone()} beat={shown.here} at={state.replay.instant()} is_future_hidden={is_hidden} {reached}
            design={state.design()} {is_wrong_elsewhere} before={state.before.words.clone()} is_old={state.is_run_old() || state.work.is_broken()} />
        { order::bar(state, send) }
        { notice::progress(state, send) }
        { picture(state, run, moment, shown, send) }
        <div class="under">
            <div class="under-head">
                <Legend run={run.clone()} sought={state.search.clone()} send={send.clone()} />
                { for state.range.map(|range| html! { <RangeStrip run={run.clone()} {range} send={send.clone()} /> }) }
            </div>
            <Minimap run={run.clone()} viewport={state.viewport} {end} at={state.replay.instant()} beats={Rc::clone(shown.dots)} is_future_hidden={is_hidden}
                dark={state.is_dark()} scale={state.scale()} send={send.clone()} />
            { for beside }
            { search.unwrap_or_default() }
            { timelines(state, run, moment, shown, send) }
        </div>
        </>
    }
}

/// The stage; or a slider swept over many values.
fn picture(
    state: &Rc<State>,
    run: &SharedRun,
    moment: &SharedSimulationState,
    shown: &DerivedPageData<'_>,
    send: &SendAction,
) -> Html {
    if state.is_reference_open && state.tab == DetailTab::Text {
        return html! { <Reference key="reference" send={send.clone()} /> };
    }
    if let Some(sizes) = &state.sizes {
        let is_random = state.work.scenario.as_ref().is_some_and(|scenario| scenario.is_random());
        return html! {
            <div key="swept" class="picture has-sizes">
                <SizesPanel sizes={Rc::clone(sizes)} tunables={Rc::clone(&state.work.tunables)} {is_random}
                    here={sizes.here(&state.work)} dark={state.is_dark()} scale={state.scale()} send={send.clone()} />
            </div>
        };
    }
    if run.digest.verdict.kind == RunKind::Empty {
        return silence::panel(&state.work, send);
    }
    let names = state.other.as_ref().zip(shown.beside).zip(state.names());
    let stage = html! {
        <StagePanel key="stage" run={run.clone()} moment={moment.clone()} at={state.replay.instant()} selected={state.task} pointed={state.pointed}
            of={names.as_ref().map(|(_, (name, _))| name.clone())} dark={state.is_dark()} scale={state.scale()} still={state.still} send={send.clone()} />
    };
    let beside = names.as_ref().map(|((other, moment), (_, with))| html! {
        <StagePanel key="beside" name="stage beside" of={with.clone()} run={(*other).clone()} moment={(*moment).clone()} at={state.replay.instant()}
            selected={state.task_beside} pointed={state.pointed_beside} dark={state.is_dark()} scale={state.scale()} still={state.still} send={for_other_run(send)} />
    });
    // It stays the same element while the second comes and goes.
    html! { <div key="stages" class={classes!("picture", "stages", beside.is_some().then_some("are-two"))}>{ stage }{ for beside }</div> }
}

/// The timeline; or two timelines.
fn timelines(
    state: &Rc<State>,
    run: &SharedRun,
    moment: &SharedSimulationState,
    shown: &DerivedPageData<'_>,
    send: &SendAction,
) -> Html {
    let marks = &shown.marks;
    let timeline = |run: &SharedRun,
                    moment: Option<&SharedSimulationState>,
                    name: &'static str,
                    parted: Option<Time>| {
        let is_main = name == MAIN;
        let (selected, pointed) =
            if is_main { (state.task, state.pointed) } else { (state.task_beside, state.pointed_beside) };
        let send = if is_main { send.clone() } else { for_other_run(send) };
        let beats = if is_main { Rc::clone(shown.dots) } else { Rc::from([]) };
        html! {
            <Timeline key={name} {name} run={run.clone()} moment={moment.cloned()} at={state.replay.instant()}
                viewport={state.viewport} {selected} {parted} found={Rc::clone(shown.marked)} range={state.range} marks={Rc::clone(marks)} dark={state.is_dark()}
                scale={state.scale()} {pointed} {beats} is_future_hidden={state.hides_future()} {send} />
        }
    };
    // Every child has a key, so that the first timeline stays the same element while the second comes and goes.
    let heading = |key: &'static str, variant: &str, run: &SharedRun| {
        html! { <h2 key={key} class="of">{ variant }{ ": " }{ outcome(&run.digest) }</h2> }
    };
    let parted = shown.parted;
    let mut parts = vec![timeline(run, Some(moment), MAIN, parted.map(|parted| parted.here))];
    if let (Some(other), Some((name, with))) = (&state.other, state.names()) {
        parts.insert(0, heading("here", &name, run));
        parts.push(heading("there", &with, other));
        parts.push(timeline(other, shown.beside, "other", parted.map(|parted| parted.there)));
    }
    html! { <>{ for parts }</> }
}

/// What pictures are made of.
fn subject(state: &State) -> Option<PictureSource> {
    state.run.clone().map(|run| PictureSource {
        run,
        viewport: state.viewport,
        count: state.replay.count,
        selected: state.task,
        shape: state.shape.so_far.clone(),
        sweep: state.sizes.as_ref().and_then(|sizes| sizes.charted()),
        name: state.work.file_name(),
    })
}

fn dialog(state: &Rc<State>, send: &SendAction) -> Html {
    match state.dialog {
        None => html! {},
        Some(OpenDialog::Help) => html! { <Help send={send.clone()} /> },
        Some(OpenDialog::Rule(rule)) => html! { <RulePage {rule} send={send.clone()} /> },
        Some(OpenDialog::New) => html! { <NewScenario send={send.clone()} /> },
        Some(OpenDialog::Learn) => {
            let scenario = state.work.scenario.as_ref();
            let about = scenario.map(|scenario| scenario.about.clone()).unwrap_or_default();
            html! { <Learn title={state.work.title().to_owned()} {about} send={send.clone()} /> }
        }
        Some(OpenDialog::Gallery) => {
            html! { <Gallery shown={state.work.name.clone()} dark={state.is_dark()} send={send.clone()} /> }
        }
        Some(OpenDialog::Share) => html! {
            <Share fragment={link::write(&state.shared())} name={state.work.file_name()} source={Rc::clone(&state.work.source)}
                subject={subject(state)} send={send.clone()} />
        },
    }
}
