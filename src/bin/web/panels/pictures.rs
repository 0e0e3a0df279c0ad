//! Every picture of the page as a file, or copied: with its title, its variant, the verdict, a legend and the fingerprint.
//!
//! Invariant: what leaves the page is made anew from the run, and needs nothing of what is on the screen.

use super::export::stem;
use crate::canvas::page_is_dark;
use crate::canvas::painter::CanvasPainter;
use crate::page::{SendAction, files};
use crate::store::run::SharedRun;
use crate::store::{Action, UserNotice};
use std::rc::Rc;
use threadbare::jobs::shape::ShapeAnswer;
use threadbare::jobs::sweep::SweepProgress;
use threadbare::model::id::TaskId;
use threadbare::view::caption::{PictureCaption, captioned};
use threadbare::view::legend::{PictureKind, legend};
use threadbare::view::plot::chart;
use threadbare::view::scene::{Measure, Scene, approximate_width};
use threadbare::view::stage::{self, StageFrame, StageSnapshot, StagedRun};
use threadbare::view::svg::svg;
use threadbare::view::theme::ColourTheme;
use threadbare::view::timeline::{self, TimelineLayout, TimelineViewState};
use threadbare::view::viewport::Viewport;
use threadbare::view::{graph, picture, shape};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlCanvasElement;

/// Width of exported pictures, in CSS pixels.
const WIDTH: f64 = 1280.0;
/// Height of an exported stage, in CSS pixels.
const STAGE_HEIGHT: f64 = 600.0;
/// Pixels of a PNG in one of those.
const RATIO: f64 = 2.0;

/// A picture of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportablePicture {
    /// The stage at the cursor.
    Stage,
    /// The timeline, as far as it is shown.
    Timeline,
    /// The exact wait-for graph at the cursor.
    Graph,
    /// The shape of the scenario.
    Shape,
    /// The chart of the sweep.
    Sweep,
}

impl ExportablePicture {
    /// Every picture, in the order in which they are offered.
    pub const ALL: [ExportablePicture; 5] = [
        ExportablePicture::Stage,
        ExportablePicture::Timeline,
        ExportablePicture::Graph,
        ExportablePicture::Shape,
        ExportablePicture::Sweep,
    ];

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            ExportablePicture::Stage => "Stage",
            ExportablePicture::Timeline => "Timeline",
            ExportablePicture::Graph => "Wait-for graph",
            ExportablePicture::Shape => "Shape",
            ExportablePicture::Sweep => "Sweep",
        }
    }

    /// What its lines and signs mean.
    fn kind(self) -> PictureKind {
        match self {
            ExportablePicture::Stage => PictureKind::Stage,
            ExportablePicture::Timeline => PictureKind::Timeline,
            ExportablePicture::Graph => PictureKind::Graph,
            ExportablePicture::Shape => PictureKind::Shape,
            ExportablePicture::Sweep => PictureKind::Curve,
        }
    }

    /// What its file's name ends with, before the format.
    fn suffix(self) -> &'static str {
        match self {
            ExportablePicture::Stage => ".stage",
            ExportablePicture::Timeline => "",
            ExportablePicture::Graph => ".graph",
            ExportablePicture::Shape => ".shape",
            ExportablePicture::Sweep => ".sweep",
        }
    }
}

/// The run and the view that pictures are made of.
#[derive(Clone, PartialEq)]
pub struct PictureSource {
    /// The run that is shown.
    pub run: SharedRun,
    /// The stretch of time that the timeline shows.
    pub viewport: Viewport,
    /// How many events have happened at the cursor.
    pub count: u32,
    /// The selected task.
    pub selected: Option<TaskId>,
    /// The shape, once it is known.
    pub shape: Option<Rc<ShapeAnswer>>,
    /// The results of the sweep, and the quantity that is charted; none if they are of an earlier text.
    pub sweep: Option<(Rc<SweepProgress>, usize)>,
    /// What the document is called.
    pub name: String,
}

impl PictureSource {
    /// Whether there is anything to draw.
    pub fn has(&self, picture: ExportablePicture) -> bool {
        match picture {
            ExportablePicture::Stage | ExportablePicture::Timeline | ExportablePicture::Graph => true,
            ExportablePicture::Shape => self.shape.is_some(),
            ExportablePicture::Sweep => self.sweep.is_some(),
        }
    }
}

/// How a picture leaves the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureExportMethod {
    /// To the clipboard.
    Copy,
    /// To a file of pixels.
    Png,
    /// To a file of lines and words.
    Svg,
}

/// Gives a picture away.
pub fn give(
    picture: ExportablePicture,
    form: PictureExportMethod,
    subject: &PictureSource,
    send: &SendAction,
) {
    let name = format!("{}{}", stem(&subject.name), picture.suffix());
    match form {
        PictureExportMethod::Svg => {
            let theme = if page_is_dark() { ColourTheme::dark() } else { ColourTheme::light() };
            let scene = scene(picture, subject, &approximate_width);
            let text = svg(&scene, &theme, &subject.run.trace().scenario.title, &approximate_width);
            files::download(&format!("{name}.svg"), "image/svg+xml", text.as_bytes());
        }
        PictureExportMethod::Png => {
            if let Some(url) = canvas(picture, subject).and_then(|canvas| canvas.to_data_url().ok()) {
                files::download_url(&format!("{name}.png"), &url);
            }
        }
        PictureExportMethod::Copy => {
            let Some(canvas) = canvas(picture, subject) else { return };
            let send = send.clone();
            spawn_local(async move {
                let is_copied = copy(&canvas).await.is_ok();
                let text = if is_copied {
                    "The picture is copied."
                } else {
                    "The browser does not allow copying pictures. Save it as PNG."
                };
                send.emit(Action::Dialog(None));
                send.emit(Action::Notice(Some(UserNotice { text: text.to_owned(), is_trouble: !is_copied })));
            });
        }
    }
}

/// A picture with its caption.
fn scene(picture: ExportablePicture, subject: &PictureSource, measure: Measure<'_>) -> Scene {
    let run = &subject.run;
    let digest = &run.digest;
    let scene = match picture {
        ExportablePicture::Stage => {
            let plan = StagedRun::new(digest, &run.chart);
            let state = digest.lens.state(subject.count);
            let stage = StageSnapshot::new(&plan, digest, &state, state.at());
            let frame = StageFrame { width: WIDTH, height: STAGE_HEIGHT, ..StageFrame::default() };
            let placed = stage::place(&plan, digest, &stage, &frame);
            stage::scene(digest, &stage, &placed, &stage::StageSelection::default(), None, measure)
        }
        ExportablePicture::Timeline => {
            let gutter = timeline::gutter(&run.chart, WIDTH, measure);
            let mut viewport = subject.viewport;
            viewport.resize(gutter, WIDTH - gutter);
            let layout = TimelineLayout { width: WIDTH, ..TimelineLayout::default() };
            timeline::scene(digest, &run.chart, &viewport, &layout, &TimelineViewState::default(), measure)
        }
        ExportablePicture::Graph => {
            let state = digest.lens.state(subject.count);
            graph::scene(&graph::picture(digest, &state, subject.selected, measure), None, measure)
        }
        ExportablePicture::Shape => subject
            .shape
            .as_ref()
            .map_or_else(Scene::default, |shape| shape::scene(&shape.map, WIDTH / 2.0, measure)),
        // A chart is about many runs: it has a heading and a foot of its own.
        ExportablePicture::Sweep => return sweep(subject, measure),
    };
    // What is narrow still has room for its title.
    let scene = Scene { width: scene.width.max(WIDTH / 2.0), ..scene };
    let legend = legend(&run.trace().scenario, picture.kind(), &scene);
    captioned(scene, &caption(picture, subject), &legend, measure)
}

/// The chart of the sweep: its quantity, how many runs it rests on, and the run that is shown beside it.
fn sweep(subject: &PictureSource, measure: Measure<'_>) -> Scene {
    let Some((so_far, quantity)) = &subject.sweep else { return Scene::default() };
    let digest = &subject.run.digest;
    let origin = format!("shown run: {}", picture::origin(digest).join(" · "));
    let title = picture::title(digest);
    chart::chart(&so_far.swept, *quantity, &title, &origin, WIDTH, measure).unwrap_or_default()
}

fn caption(picture: ExportablePicture, subject: &PictureSource) -> PictureCaption {
    let digest = &subject.run.digest;
    let told = digest.beats.iter().rfind(|beat| beat.event.0 < subject.count);
    let sentence = match picture {
        ExportablePicture::Stage | ExportablePicture::Graph => {
            told.map(|beat| format!("At {}: {}", beat.from, beat.sentence)).unwrap_or_default()
        }
        ExportablePicture::Timeline => digest.verdict.headline().to_string(),
        ExportablePicture::Shape => {
            subject.shape.as_ref().map(|shape| shape.said.clone()).unwrap_or_default()
        }
        ExportablePicture::Sweep => String::new(),
    };
    PictureCaption {
        title: picture::title(digest),
        sentence: sentence.replace('`', ""),
        foot: picture::origin(digest),
    }
}

/// A picture painted on a canvas of its own.
fn canvas(picture: ExportablePicture, subject: &PictureSource) -> Option<HtmlCanvasElement> {
    let page = web_sys::window().and_then(|window| window.document())?;
    let canvas = page.create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    let mut painter = CanvasPainter::new(canvas)?;
    painter.retheme(page_is_dark());
    let scene = scene(picture, subject, &|text, face| painter.measure(text, face));
    painter.paint_on_ground(&scene, RATIO);
    Some(painter.canvas().clone())
}

/// Puts what is on a canvas on the clipboard. (web-sys has the item of a clipboard among its unstable calls only.)
async fn copy(canvas: &HtmlCanvasElement) -> Result<(), JsValue> {
    let canvas = canvas.clone();
    let blob = js_sys::Promise::new(&mut |done, _| {
        let take = Closure::once_into_js(move |blob: JsValue| done.call1(&JsValue::NULL, &blob));
        // What cannot be written becomes no blob, which the clipboard refuses.
        let _ = canvas.to_blob(take.unchecked_ref());
    });
    let blob = JsFuture::from(blob).await?;
    let record = js_sys::Object::new();
    js_sys::Reflect::set(&record, &"image/png".into(), &blob)?;
    let make =
        js_sys::Reflect::get(&js_sys::global(), &"ClipboardItem".into())?.dyn_into::<js_sys::Function>()?;
    let item = js_sys::Reflect::construct(&make, &js_sys::Array::of1(&record))?;
    let navigator = js_sys::Reflect::get(&js_sys::global(), &"navigator".into())?;
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into())?;
    let write = js_sys::Reflect::get(&clipboard, &"write".into())?.dyn_into::<js_sys::Function>()?;
    let written = write.call1(&clipboard, &js_sys::Array::of1(&item))?;
    JsFuture::from(written.dyn_into::<js_sys::Promise>()?).await.map(drop)
}
