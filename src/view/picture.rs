//! Pictures that leave the page or the terminal whole: each with its title, variant, verdict, legend and fingerprint.
//!
//! Invariant: a function of the run and the size, so that the command line, a report and the page draw the same.

use super::caption::{PictureCaption, captioned};
use super::chart::RunChart;
use super::legend::{PictureKind, legend};
use super::scene::{Measure, Scene};
use super::stage::{self, StageFrame, StageSnapshot, StagedRun};
use super::timeline::{self, RowDensity, StoryBeatMark, TimelineLayout};
use super::viewport::Viewport;
use super::words::outcome;
use super::{graph, thumbnail};
use crate::analysis::beats::{Beat, BeatKind, most_telling};
use crate::analysis::digest::Digest;
use crate::model::time::Time;

/// Width unless asked otherwise, in pixels.
pub const DEFAULT_WIDTH: f64 = 960.0;
/// Height of a stage, in pixels.
const STAGE_HEIGHT: f64 = 440.0;
/// Height above which a timeline is drawn with low rows, and cut, in pixels.
const MAX_TIMELINE: f64 = 560.0;

/// The number of events after which a run is most telling: its deadlock, its worst moment, the most that happens. An end
/// at which all is done shows nothing.
pub fn telling(digest: &Digest<'_>) -> u32 {
    let before: Vec<Beat> = digest
        .beats
        .iter()
        .filter(|beat| !matches!(beat.kind, BeatKind::End | BeatKind::Arrival))
        .cloned()
        .collect();
    let beat = most_telling(&before).and_then(|at| before.get(at));
    beat.map_or(digest.trace().len() as u32, |beat| beat.event.0 + 1)
}

/// The instant that the picture after this number of events is of: that of the last event, or of what the story tells
/// there. A bound is passed between two events.
pub fn moment(digest: &Digest<'_>, count: u32) -> Time {
    let at = digest.lens.state(count).at();
    let told = digest.beats.iter().rfind(|beat| beat.event.0 + 1 == count);
    told.map_or(at, |beat| beat.from.max(at))
}

/// The stage after this number of events.
pub fn stage(digest: &Digest<'_>, chart: &RunChart, count: u32, width: f64, measure: Measure<'_>) -> Scene {
    let plan = StagedRun::new(digest, chart);
    let state = digest.lens.state(count);
    let on_stage = StageSnapshot::new(&plan, digest, &state, moment(digest, count));
    let frame = StageFrame { width, height: STAGE_HEIGHT, ..StageFrame::default() };
    let placed = stage::place(&plan, digest, &on_stage, &frame);
    let scene = stage::scene(digest, &on_stage, &placed, &stage::StageSelection::default(), None, measure);
    let told = digest.beats.iter().rfind(|beat| beat.event.0 < count);
    let sentence = told.map(|beat| format!("At {}: {}", beat.from, beat.sentence)).unwrap_or_default();
    with_caption(scene, digest, PictureKind::Stage, sentence, measure)
}

/// The whole run as a timeline.
pub fn timeline(digest: &Digest<'_>, chart: &RunChart, width: f64, measure: Measure<'_>) -> Scene {
    let left = timeline::gutter(chart, width, measure);
    let view = Viewport::fit(chart.end, left, width - left);
    let beats: &[StoryBeatMark] = &[];
    let focus = timeline::TimelineViewState { beats, ..timeline::TimelineViewState::default() };
    let draw = |layout: &TimelineLayout| timeline::scene(digest, chart, &view, layout, &focus, measure);
    let drawn = [RowDensity::Auto, RowDensity::Low]
        .map(|density| draw(&TimelineLayout { width, density, ..TimelineLayout::default() }))
        .into_iter()
        .find(|scene| scene.height <= MAX_TIMELINE);
    let cut =
        TimelineLayout { width, height: MAX_TIMELINE, density: RowDensity::Low, ..TimelineLayout::default() };
    let scene = drawn.unwrap_or_else(|| draw(&cut));
    with_caption(scene, digest, PictureKind::Timeline, digest.verdict.headline(), measure)
}

/// The whole run as rows without words, where a timeline would be too much.
pub fn overview(digest: &Digest<'_>, chart: &RunChart, width: f64, measure: Measure<'_>) -> Scene {
    let scene = thumbnail::scene(chart, width, 160.0);
    with_caption(scene, digest, PictureKind::Timeline, digest.verdict.headline(), measure)
}

/// Who waits for whom after this number of events.
pub fn waits(digest: &Digest<'_>, count: u32, width: f64, measure: Measure<'_>) -> Scene {
    let state = digest.lens.state(count);
    let waits = graph::picture(digest, &state, None, measure);
    let sentence = format!("At {}. {}", state.at(), graph::words(digest, &waits, state.at()));
    let sentence = sentence.replace(" at the cursor", "");
    let mut scene = graph::scene(&waits, None, measure);
    scene.width = scene.width.max(width);
    with_caption(scene, digest, PictureKind::Graph, sentence, measure)
}

fn with_caption(
    scene: Scene,
    digest: &Digest<'_>,
    kind: PictureKind,
    sentence: String,
    measure: Measure<'_>,
) -> Scene {
    let legend = legend(&digest.trace().scenario, kind, &scene);
    let caption =
        PictureCaption { title: title(digest), sentence: sentence.replace('`', ""), foot: origin(digest) };
    captioned(scene, &caption, &legend, measure)
}

/// The title of the scenario and its variant.
pub fn title(digest: &Digest<'_>) -> String {
    let scenario = &digest.trace().scenario;
    let named = if scenario.title.is_empty() { "Untitled" } else { scenario.title.as_str() };
    format!("{named} · {}", scenario.variant)
}

/// How a run ended, its seed, and its fingerprint.
pub fn origin(digest: &Digest<'_>) -> Vec<String> {
    let trace = digest.trace();
    let (seed, fingerprint) = (trace.scenario.seed, trace.fingerprint());
    vec![outcome(digest), format!("seed {seed}"), format!("fingerprint {fingerprint}")]
}
