//! Two runs under each other on one axis of time, and what many runs of both come to as a table: a comparison as a picture
//! that leaves the house.
//!
//! Invariant: both timelines have the same scale and begin at the same place, so that what is shorter is quicker.

use super::caption::{PictureCaption, captioned, moved};
use super::chart::RunChart;
use super::legend::{PictureKind, legend};
use super::picture;
use super::scene::{
    Bounds, Ink, Layer, Line, Measure, Point, Scene, SceneItem, Stroke, TextAlign, TextLabel, TextSize,
    fit_text,
};
use super::timeline::{self, RowDensity, TimelineLayout};
use super::viewport::Viewport;
use crate::analysis::digest::Digest;

/// Height above which a timeline is drawn with low rows, and cut, in pixels.
const MAX_TIMELINE: f64 = 320.0;
/// Height of the line above each timeline, in pixels.
const HEADING: f64 = 34.0;
/// Height of a row of the table, in pixels.
const ROW: f64 = 20.0;
/// At both sides of the words, in pixels.
const PAD: f64 = 24.0;

/// One of the two runs.
#[derive(Clone, Copy)]
pub struct ComparedRun<'a> {
    /// All that is said of it.
    pub digest: &'a Digest<'a>,
    /// The same as rows.
    pub chart: &'a RunChart,
}

/// A line of the table, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComparisonTableRow {
    /// What is measured.
    pub metric: String,
    /// Of the first, of the second, and the second minus the first.
    pub cells: [String; 3],
    /// What the difference is worth: `better by 12 %`; empty if it may be chance.
    pub worth: String,
}

/// What many runs come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComparisonTable {
    /// In a few sentences.
    pub sentence: String,
    /// How many runs there were.
    pub runs: String,
    /// What was measured, line by line.
    pub rows: Vec<ComparisonTableRow>,
}

/// The picture of two runs and of what many come to.
pub fn comparison(
    runs: [ComparedRun<'_>; 2],
    figures: &ComparisonTable,
    width: f64,
    measure: Measure<'_>,
) -> Scene {
    let end = runs[0].chart.end.max(runs[1].chart.end);
    let left = runs.map(|run| timeline::gutter(run.chart, width, measure));
    let view = Viewport::fit(end, left[0].max(left[1]), width - left[0].max(left[1]));
    let mut page = StackedPicture { layers: Vec::new(), height: 0.0, width, measure };
    for run in runs {
        let name = &run.digest.trace().scenario.variant;
        page.heading(&format!("{name}: {}", run.digest.verdict.headline()));
        page.scene(drawn(run, &view, width, measure));
    }
    page.table(runs.map(|run| run.digest.trace().scenario.variant.as_str()), &figures.rows);
    let scene = page.finish();
    let [first, second] = runs.map(|run| run.digest);
    let names = format!("{} and {}", first.trace().scenario.variant, second.trace().scenario.variant);
    let title = picture::title(first);
    let title = title.rsplit_once(" · ").map_or(title.as_str(), |(title, _)| title);
    let of = |digest: &Digest<'_>| {
        let name = &digest.trace().scenario.variant;
        format!("{name}: {}", picture::origin(digest).join(", "))
    };
    let caption = PictureCaption {
        title: format!("{title} · {names}"),
        sentence: figures.sentence.replace('`', ""),
        foot: vec![figures.runs.clone(), of(first), of(second)],
    };
    let legend = legend(&first.trace().scenario, PictureKind::Timeline, &scene);
    captioned(scene, &caption, &legend, measure)
}

fn drawn(run: ComparedRun<'_>, view: &Viewport, width: f64, measure: Measure<'_>) -> Scene {
    let draw = |layout: &TimelineLayout| {
        timeline::scene(run.digest, run.chart, view, layout, &timeline::TimelineViewState::default(), measure)
    };
    let whole = [RowDensity::Auto, RowDensity::Low]
        .map(|density| draw(&TimelineLayout { width, density, ..TimelineLayout::default() }))
        .into_iter()
        .find(|scene| scene.height <= MAX_TIMELINE);
    let cut =
        TimelineLayout { width, height: MAX_TIMELINE, density: RowDensity::Low, ..TimelineLayout::default() };
    whole.unwrap_or_else(|| draw(&cut))
}

/// A picture that grows downwards, part by part.
struct StackedPicture<'a> {
    layers: Vec<Layer>,
    height: f64,
    width: f64,
    measure: Measure<'a>,
}

impl StackedPicture<'_> {
    fn heading(&mut self, text: &str) {
        let mut items = Vec::new();
        let at = Point { x: PAD, y: self.height + HEADING / 2.0 + 4.0 };
        self.write(
            &mut items,
            at,
            text,
            TextSize::Strong,
            Ink::Text,
            TextAlign::Start,
            self.width - 2.0 * PAD,
        );
        self.put(items, HEADING);
    }

    fn scene(&mut self, scene: Scene) {
        let by = Point { x: 0.0, y: self.height };
        for layer in scene.layers {
            let clip = Bounds { y: layer.clip.y + by.y, ..layer.clip };
            let items = layer.items.into_iter().map(|item| moved(item, by)).collect();
            self.layers.push(Layer { clip, items });
        }
        self.height += scene.height;
    }

    fn table(&mut self, names: [&str; 2], rows: &[ComparisonTableRow]) {
        let wide = self.width - 2.0 * PAD;
        // The right edges of three columns of figures, and where their worth begins.
        let edges = [0.45, 0.61, 0.79].map(|share| PAD + wide * share);
        let worth = PAD + wide * 0.81;
        let mut items = Vec::new();
        let mut y = self.height + ROW;
        let header = ComparisonTableRow {
            metric: "over many runs".to_owned(),
            cells: [names[0].to_owned(), names[1].to_owned(), "difference".to_owned()],
            worth: String::new(),
        };
        for (number, row) in std::iter::once(&header).chain(rows).enumerate() {
            let ink = if number == 0 { Ink::Soft } else { Ink::Text };
            let room = wide * 0.3;
            self.write(
                &mut items,
                Point { x: PAD, y },
                &row.metric,
                TextSize::Body,
                ink,
                TextAlign::Start,
                room,
            );
            for ((cell, x), room) in row.cells.iter().zip(edges).zip([0.15, 0.155, 0.175]) {
                self.write(
                    &mut items,
                    Point { x, y },
                    cell,
                    TextSize::Body,
                    ink,
                    TextAlign::End,
                    wide * room,
                );
            }
            let at = Point { x: worth, y };
            self.write(&mut items, at, &row.worth, TextSize::Title, ink, TextAlign::Start, wide * 0.19);
            let (from, to) =
                (Point { x: PAD, y: y + ROW / 2.0 }, Point { x: self.width - PAD, y: y + ROW / 2.0 });
            items.push(SceneItem::Line(Line { from, to, ink: Ink::Grid, stroke: Stroke::Solid, width: 1.0 }));
            y += ROW;
        }
        let height = y - self.height;
        self.put(items, height);
    }

    #[expect(clippy::too_many_arguments, reason = "what a label has")]
    fn write(
        &self,
        items: &mut Vec<SceneItem>,
        at: Point,
        text: &str,
        face: TextSize,
        ink: Ink,
        align: TextAlign,
        room: f64,
    ) {
        if let Some(text) = fit_text(text, face, room, self.measure) {
            items.push(SceneItem::Label(TextLabel { at, text, ink, face, align, plate: None }));
        }
    }

    fn put(&mut self, items: Vec<SceneItem>, height: f64) {
        let clip = Bounds::new(0.0, self.height, self.width, height);
        self.layers.push(Layer { clip, items });
        self.height += height;
    }

    fn finish(self) -> Scene {
        let (width, height) = (self.width, self.height);
        Scene { width, height, content_height: height, layers: self.layers, ..Scene::default() }
    }
}
