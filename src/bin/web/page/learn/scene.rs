//! The picture beside a step: the sentence, the stage, and, where nothing is hidden, the timeline and the way along it.

use super::shared::SharedLesson;
use crate::page::SendAction;
use crate::page::world_state::SharedSimulationState;
use crate::panels::beats::{Caption, marks};
use crate::panels::minimap::Minimap;
use crate::panels::prose::coded;
use crate::panels::stage::StagePanel;
use crate::panels::timeline::Timeline;
use crate::store::lesson::LessonState;
use crate::store::run::SharedRun;
use crate::store::{Action, State};
use std::collections::BTreeSet;
use std::rc::Rc;
use threadbare::analysis::beats::BeatKind;
use threadbare::study::lesson::LearnerTask;
use threadbare::trace::event::EventId;
use threadbare::view::beatmark::StoryBeatMark;
use threadbare::view::eventlist;
use yew::{Callback, Html, MouseEvent, Properties, classes, function_component, html, use_memo};

/// Which lesson is shown.
#[derive(Properties, PartialEq)]
pub struct LessonSceneProps {
    /// The lesson as it is now.
    pub state: SharedLesson,
    /// Where actions on the stage go.
    pub send: SendAction,
}

/// The picture in full.
#[function_component]
pub fn SceneView(props: &LessonSceneProps) -> Html {
    let (lesson, stage) = (&props.state.0, &props.state.0.stage);
    let moment = use_memo(stage.run.clone().map(|run| (run, stage.replay.count)), |deps| {
        deps.as_ref().map(|(run, count)| SharedSimulationState(Rc::new(run.digest.lens.state(*count))))
    });
    let here = stage.run.as_ref().and_then(|run| match lesson.hides_future() {
        true => known_then(run, stage.replay.count),
        false => stage.replay.beat(run),
    });
    let dots = use_memo((stage.run.clone(), here), |(run, here)| -> Rc<[StoryBeatMark]> {
        run.as_ref().map_or_else(|| Rc::from([]), |run| marks(run, *here).into())
    });
    if lesson.shown().is_none() {
        return html! {};
    }
    let Some((run, moment)) = stage.run.as_ref().zip(moment.as_ref().as_ref()) else {
        return html! { <section class="centre" aria-label="Run"><p class="starting">{ "Simulating…" }</p></section> };
    };
    html! {
        <section class={classes!("centre", lesson.hides_future().then_some("is-hidden"))} aria-label="Run">
            <div class="headline" role="status">{ sentence(lesson, run, here) }</div>
            <StagePanel run={run.clone()} moment={moment.clone()} at={stage.replay.instant()} selected={stage.task} pointed={stage.pointed}
                dark={stage.is_dark()} scale={stage.scale()} still={stage.still} light={lesson.light()} send={props.send.clone()} />
            if lesson.hides_future() {
                <p class="hidden-future">{ hidden(props) }</p>
            } else {
                { below(stage, run, moment, &dots, &props.send) }
            }
        </section>
    }
}

/// The sentence over the picture: the beat at the cursor; in a game what has just happened, as the beats know what comes.
fn sentence(lesson: &LessonState, run: &SharedRun, here: Option<usize>) -> Html {
    let is_game = lesson.shown().is_some_and(|step| matches!(step.task, LearnerTask::Schedule(_)));
    let last = lesson.stage.replay.count.checked_sub(1).filter(|_| is_game && lesson.hides_future());
    match last {
        Some(last) => {
            let at = lesson.stage.replay.instant();
            let text = eventlist::line(&run.digest, EventId(last)).text;
            html! { <h2 class="caption"><span class="when">{ format!("At {at}: ") }</span>{ coded(&text) }{ "." }</h2> }
        }
        None => html! { <Caption run={run.clone()} {here} /> },
    }
}

/// The last beat that was known for one when it came: which queue was the longest is only known at the end.
fn known_then(run: &SharedRun, count: u32) -> Option<usize> {
    let is_hindsight = |kind: BeatKind| matches!(kind, BeatKind::LongestQueue | BeatKind::Halfway);
    run.digest.beats.iter().rposition(|beat| beat.event.0 < count && !is_hindsight(beat.kind))
}

/// Why there is no timeline.
fn hidden(props: &LessonSceneProps) -> &'static str {
    match props.state.0.shown().is_some_and(|step| step.is_question()) {
        true => "What happens next is hidden until you answer.",
        false => "What happens next is hidden for now.",
    }
}

/// The timeline, and the way along it.
fn below(
    state: &State,
    run: &SharedRun,
    moment: &SharedSimulationState,
    dots: &Rc<[StoryBeatMark]>,
    send: &SendAction,
) -> Html {
    html! {
        <div class="under">
            <Minimap run={run.clone()} viewport={state.viewport} end={run.chart.end} at={state.replay.instant()} beats={Rc::clone(dots)}
                is_future_hidden={state.hides_future()} dark={state.is_dark()} scale={state.scale()} send={send.clone()} />
            <Timeline name="timeline" run={run.clone()} moment={Some(moment.clone())} at={state.replay.instant()} viewport={state.viewport}
                selected={state.task} parted={None} found={Rc::new(BTreeSet::new())} range={state.range} dark={state.is_dark()}
                scale={state.scale()} pointed={state.pointed} beats={Rc::clone(dots)} is_future_hidden={state.hides_future()} send={send.clone()} />
            { along(state, send) }
        </div>
    }
}

/// Play, and from beat to beat.
fn along(state: &State, send: &SendAction) -> Html {
    let button = |label: &'static str, title: &'static str, action: Action| {
        let send = send.clone();
        let press = Callback::from(move |_: MouseEvent| send.emit(action.clone()));
        html! { <button class="beat" {title} aria-label={title} onclick={press}>{ label }</button> }
    };
    let play = if state.replay.playing { "Pause" } else { "Play" };
    html! {
        <div class="along" role="group" aria-label="Replay">
            { button("← beat", "Previous beat", Action::Beat(-1)) }
            { button(play, play, Action::TogglePlay) }
            { button("beat →", "Next beat", Action::Beat(1)) }
            <output class="clock">{ "t = " }{ state.replay.instant().to_string() }</output>
        </div>
    }
}
