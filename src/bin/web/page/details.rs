//! The column beside the picture: the sliders that matter, and one detail area with tabs.

use super::SendAction;
use super::beside::for_other_run;
use super::world_state::SharedSimulationState;
use crate::panels::advice::Advice;
use crate::panels::beats::BeatList;
use crate::panels::branch::{Branches, FirstDifference, Part};
use crate::panels::compare::Compare;
use crate::panels::detail::{Tabs, id};
use crate::panels::edges::EveryEdge;
use crate::panels::events::Events;
use crate::panels::explore::Explore;
use crate::panels::figures::Figures;
use crate::panels::inspector::Inspect;
use crate::panels::report::ReportPanel;
use crate::panels::shape::Shape;
use crate::panels::text::Text;
use crate::panels::tune::{Tune, UndoLabels};
use crate::panels::verdict::{Expected, Verdict};
use crate::store::history::EditKind;
use crate::store::run::SharedRun;
use crate::store::{DetailTab, State};
use std::rc::Rc;
use yew::{Html, classes, html};

/// The sliders, the tabs, and the open one.
pub fn side(
    state: &Rc<State>,
    run: Option<(&SharedRun, &SharedSimulationState)>,
    beside: Option<&SharedSimulationState>,
    here: Option<usize>,
    parted: Option<FirstDifference>,
    send: &SendAction,
) -> Html {
    let work = &state.work;
    let known = state.advice.so_far.as_deref().filter(|_| !state.hides_future());
    let fixes = known.map_or(0, |advised| advised.remedies.len());
    let tab = match (state.tab, run) {
        (DetailTab::Text, _) | (_, None) => text(state, send),
        (DetailTab::Why, Some((run, moment))) => why(state, run, (moment, beside), here, send),
        (DetailTab::Fix, Some(_)) => fix(state, send),
        (DetailTab::Numbers, Some((run, _))) => numbers(state, run, parted, send),
        (DetailTab::Events, Some((run, _))) => events(state, run, here, send),
    };
    let open = if run.is_none() { DetailTab::Text } else { state.tab };
    html! {
        <>
            <Tune tunables={Rc::clone(&work.tunables)} is_changed={work.is_changed()} steps={steps(state)}
                is_broken={work.is_broken()} refused={state.refused} send={send.clone()} />
            <Tabs {open} {fixes} send={send.clone()} />
            <div id="detail" tabindex="-1" class={classes!("detail", (open == DetailTab::Text).then_some("is-text"))} role="tabpanel" aria-labelledby={id(open)}>{ tab }</div>
        </>
    }
}

/// What can be taken back, and done again.
fn steps(state: &State) -> UndoLabels {
    (state.history.last().map(EditKind::words), state.history.next().map(EditKind::words))
}

/// The verdict in full, the selected task, what is expected, what the design can do, and every edge.
fn why(
    state: &Rc<State>,
    run: &SharedRun,
    (moment, beside): (&SharedSimulationState, Option<&SharedSimulationState>),
    here: Option<usize>,
    send: &SendAction,
) -> Html {
    let story = || stories(state, run, moment, beside, send);
    if state.hides_future() {
        return html! {
            <>
                <BeatList run={run.clone()} {here} is_future_hidden={true} send={send.clone()} />
                { story() }
            </>
        };
    }
    html! {
        <>
            <Verdict run={run.clone()} send={send.clone()} />
            { story() }
            <Expected run={run.clone()} />
            <Shape shaped={state.shape.so_far.clone()} dark={state.is_dark()} scale={state.scale()} send={send.clone()} />
            { explore(state, send) }
            <EveryEdge run={run.clone()} moment={moment.clone()} at={state.replay.instant()} selected={state.task} pointed={state.pointed}
                dark={state.is_dark()} send={send.clone()} />
        </>
    }
}

/// The story of the selected task; of two runs side by side, in each of them.
fn stories(
    state: &Rc<State>,
    run: &SharedRun,
    moment: &SharedSimulationState,
    beside: Option<&SharedSimulationState>,
    send: &SendAction,
) -> Html {
    let at = state.replay.instant();
    let names = state.names();
    let other = state.other.as_ref().zip(beside).filter(|_| state.task_beside.is_some());
    let second = other.map(|(other, moment)| {
        let of = names.as_ref().map(|(_, with)| with.clone());
        html! { <Inspect key="beside" run={other.clone()} moment={moment.clone()} {at} task={state.task_beside} {of} id="selected-beside" send={for_other_run(send)} /> }
    });
    // A task that only the other run has leaves nothing to tell here.
    let is_first = state.task.is_some() || second.is_none();
    let of = names.filter(|_| second.is_some()).map(|(name, _)| name);
    let first = is_first.then(|| {
        html! { <Inspect key="here" run={run.clone()} moment={moment.clone()} {at} task={state.task} {of} send={send.clone()} /> }
    });
    html! { <>{ for first }{ for second }</> }
}

/// Other orders of the shown variant.
fn explore(state: &Rc<State>, send: &SendAction) -> Html {
    if state.work.scenario.is_none() || state.work.is_broken() {
        return html! {};
    }
    html! { <Explore orders={state.orders.clone()} send={send.clone()} /> }
}

/// What would fix it, if anything is wrong.
fn fix(state: &Rc<State>, send: &SendAction) -> Html {
    if state.hides_future() {
        return html! { <p class="empty">{ "See how it ends first." }</p> };
    }
    if !state.needs_advice() {
        return html! { <p class="empty">{ "This run needs no fix: nobody is stuck, no update is lost, and every expectation holds." }</p> };
    }
    html! { <Advice advice={state.advice.clone()} source={Rc::clone(&state.work.source)} is_plain={state.schedule.is_none()} send={send.clone()} /> }
}

/// What differs from the run beside it, and the run in numbers.
fn numbers(state: &Rc<State>, run: &SharedRun, parted: Option<FirstDifference>, send: &SendAction) -> Html {
    let differences = state.other.clone().zip(state.names()).map(|(other, (name, with))| {
        let runs = state.with.as_ref().map(|_| state.comparison.clone());
        let part = state.beside.as_ref().map(|_| {
            html! { <Part run={run.clone()} other={other.clone()} {parted} send={send.clone()} /> }
        });
        html! { <>{ part.unwrap_or_default() }<Compare run={run.clone()} {other} {name} {with} {parted} {runs} send={send.clone()} /></> }
    });
    html! {
        <>
            { differences.unwrap_or_default() }
            <Figures run={run.clone()} range={state.range} send={send.clone()} />
            <ReportPanel report={state.report.clone()} name={state.work.file_name()} send={send.clone()} />
        </>
    }
}

/// The story, the events around the cursor, and other orders from there.
fn events(state: &Rc<State>, run: &SharedRun, here: Option<usize>, send: &SendAction) -> Html {
    html! {
        <>
            <BeatList run={run.clone()} {here} is_future_hidden={state.hides_future()} send={send.clone()} />
            <Events run={run.clone()} count={state.replay.count} send={send.clone()} />
            <Branches told={state.branches.so_far.clone()} is_small={state.may_branch()} send={send.clone()} />
        </>
    }
}

fn text(state: &Rc<State>, send: &SendAction) -> Html {
    let work = &state.work;
    html! {
        <Text name={work.file_name()} source={Rc::clone(&work.source)} problems={Rc::clone(&work.problems)}
            is_changed={work.is_changed()} is_reference_open={state.is_reference_open} send={send.clone()} />
    }
}
