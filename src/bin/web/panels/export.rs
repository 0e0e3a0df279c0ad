//! What leaves the page as a file: the scenario, the timeline as a picture, the trace for other tools.

use crate::canvas::page_is_dark;
use crate::canvas::painter::Painter;
use crate::page::files;
use crate::store::run::SharedRun;
use threadbare::analysis::{chrome, csv, lanes};
use threadbare::view::scene::{Measure, Scene, approximate_width};
use threadbare::view::stage::{self, Frame, Plan, Stage};
use threadbare::view::svg::svg;
use threadbare::view::theme::Theme;
use threadbare::view::timeline::{self, Focus, Layout};
use threadbare::view::viewport::Viewport;
use threadbare::view::words::outcome;
use threadbare::view::{caption, palette};
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

/// Width of exported pictures, in CSS pixels.
const WIDTH: f64 = 1280.0;
/// Height of an exported stage, in CSS pixels.
const STAGE_HEIGHT: f64 = 600.0;
/// Pixels of a PNG in one of those.
const RATIO: f64 = 2.0;

fn scene(run: &SharedRun, viewport: &Viewport, measure: Measure<'_>) -> Scene {
    let gutter = timeline::gutter(&run.chart, WIDTH, measure);
    let mut viewport = *viewport;
    viewport.resize(gutter, WIDTH - gutter);
    let layout = Layout { width: WIDTH, ..Layout::default() };
    timeline::scene(&run.digest, &run.chart, &viewport, &layout, &Focus::default(), measure)
}

/// The timeline as SVG.
pub fn save_svg(run: &SharedRun, viewport: &Viewport, name: &str) {
    let theme = if page_is_dark() { Theme::dark() } else { Theme::light() };
    let scene = scene(run, viewport, &approximate_width);
    let text = svg(&scene, &theme, &run.trace().scenario.title, &approximate_width);
    files::download(&format!("{}.svg", stem(name)), "image/svg+xml", text.as_bytes());
}

/// The timeline as PNG.
pub fn save_png(run: &SharedRun, viewport: &Viewport, name: &str) {
    save_canvas(&format!("{}.png", stem(name)), |measure| scene(run, viewport, measure));
}

/// Paints a scene on a canvas of its own and offers it as a PNG.
fn save_canvas(name: &str, scene: impl FnOnce(Measure<'_>) -> Scene) {
    let canvas = web_sys::window().and_then(|w| w.document()).and_then(|d| d.create_element("canvas").ok());
    let Some(canvas) = canvas.and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok()) else { return };
    let Some(mut painter) = Painter::new(canvas) else { return };
    painter.retheme(page_is_dark());
    let scene = scene(&|text, face| painter.measure(text, face));
    painter.paint_on_ground(&scene, RATIO);
    if let Ok(url) = painter.canvas().to_data_url() {
        files::download_url(name, &url);
    }
}

/// The stage after this number of events, with its title, verdict and fingerprint.
fn stage_scene(run: &SharedRun, count: u32, measure: Measure<'_>) -> Scene {
    let digest = &run.digest;
    let plan = Plan::new(digest, &run.chart);
    let state = digest.lens.state(count);
    let stage = Stage::new(&plan, digest, &state, state.at());
    let frame = Frame { width: WIDTH, height: STAGE_HEIGHT, ..Frame::default() };
    let placed = stage::place(&plan, digest, &stage, &frame);
    let scene = stage::scene(digest, &stage, &placed, &stage::Focus::default(), None, measure);
    let told = digest.beats.iter().rfind(|beat| beat.event.0 < count);
    let sentence = told.map(|beat| format!("At {}: {}", beat.from, beat.sentence)).unwrap_or_default();
    let scenario = &run.trace().scenario;
    let title = format!("{} · {}", scenario.title, scenario.variant);
    let foot = format!("{} · fingerprint {}", outcome(digest), run.fingerprint());
    caption::captioned(
        scene,
        &caption::Caption { title, sentence, foot },
        &palette::legend(scenario),
        measure,
    )
}

/// The stage as SVG.
pub fn save_stage_svg(run: &SharedRun, count: u32, name: &str) {
    let theme = if page_is_dark() { Theme::dark() } else { Theme::light() };
    let scene = stage_scene(run, count, &approximate_width);
    let text = svg(&scene, &theme, &run.trace().scenario.title, &approximate_width);
    files::download(&format!("{}.stage.svg", stem(name)), "image/svg+xml", text.as_bytes());
}

/// The stage as PNG.
pub fn save_stage_png(run: &SharedRun, count: u32, name: &str) {
    save_canvas(&format!("{}.stage.png", stem(name)), |measure| stage_scene(run, count, measure));
}

/// The trace as Perfetto and Chrome read it.
pub fn save_chrome(run: &SharedRun, name: &str) {
    let digest = &run.digest;
    let lanes = lanes::lanes(run.trace(), &digest.lost_updates);
    let text = chrome::chrome(run.trace(), &digest.names, &lanes);
    files::download(&format!("{}.trace.json", stem(name)), "application/json", text.as_bytes());
}

/// The trace as a table.
pub fn save_csv(run: &SharedRun, name: &str) {
    let text = csv::csv(run.trace(), &run.digest.names);
    files::download(&format!("{}.csv", stem(name)), "text/csv", text.as_bytes());
}

/// A name without its ending.
fn stem(name: &str) -> &str {
    name.strip_suffix(".toml").or_else(|| name.strip_suffix(".json")).unwrap_or(name)
}
