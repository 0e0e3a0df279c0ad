//! A picture that leaves the page: a scene with its title, a sentence, a legend and where it comes from around it.
//!
//! Invariant: the scene itself is moved down and otherwise left as it is; nothing that is said is cut off, it goes on in the
//! next line.

use super::legend::{DOT, LegendSample, LegendSymbolEntry, PictureLegend};
use super::scene::{
    Bounds, Fill, Ink, Layer, Line, Measure, Point, Rect, Scene, SceneItem, SymbolMark, TextAlign, TextLabel,
    TextSize, fit_text,
};

/// What is written around a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PictureCaption {
    /// What it shows.
    pub title: String,
    /// What happens there.
    pub sentence: String,
    /// What became of it and where it comes from, one after another: the verdict, the seed, the fingerprint.
    pub foot: Vec<String>,
}

/// Above the picture with one line of words, in pixels.
const HEAD: f64 = 64.0;
/// Height of a further line of the sentence, in pixels.
const SENTENCE: f64 = 18.0;
/// Height of a line of the legend or of the foot, in pixels.
const LINE: f64 = 22.0;
/// At both sides of the words, in pixels.
const PAD: f64 = 24.0;
/// Between two entries of the legend, in pixels.
const GAP: f64 = 22.0;
/// Width of the sample of a fill or a line, in pixels.
const SAMPLE: f64 = 24.0;
/// Between two parts of the foot.
const BETWEEN: &str = " · ";

/// The picture with its caption.
pub fn captioned(
    scene: Scene,
    caption: &PictureCaption,
    legend: &PictureLegend,
    measure: Measure<'_>,
) -> Scene {
    let width = scene.width;
    let room = width - 2.0 * PAD;
    let sentence = lines(&caption.sentence, " ", room, TextSize::Regular, measure);
    let foot = lines(&caption.foot.join(BETWEEN), BETWEEN, room, TextSize::Body, measure);
    let head = HEAD + SENTENCE * sentence.len().saturating_sub(1) as f64;
    let mut pen = CaptionWriter { items: Vec::new(), measure, width };
    pen.write(PAD, 24.0, &caption.title, Ink::Text, TextSize::Heading);
    for (number, line) in sentence.iter().enumerate() {
        pen.write(PAD, 46.0 + SENTENCE * number as f64, line, Ink::Soft, TextSize::Regular);
    }
    let top = head + scene.height + 16.0;
    let mut y = pen.legend(legend, top);
    for line in &foot {
        pen.write(PAD, y, line, Ink::Soft, TextSize::Body);
        y += LINE;
    }
    let height = y - LINE + 16.0;
    let mut layers: Vec<Layer> = scene.layers.into_iter().map(|layer| lowered(layer, head)).collect();
    layers.push(Layer { clip: Bounds::new(0.0, 0.0, width, height), items: pen.items });
    Scene { width, height, content_height: height, layers, hits: scene.hits }
}

/// A text in lines that fit, broken where `between` is.
fn lines(text: &str, between: &str, room: f64, face: TextSize, measure: Measure<'_>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in text.split(between).filter(|part| !part.is_empty()) {
        let longer = lines.last().map(|line| format!("{line}{between}{part}"));
        match longer.filter(|longer| measure(longer, face) <= room) {
            Some(longer) => *lines.last_mut().expect("there is a line") = longer,
            None => lines.push(part.to_owned()),
        }
    }
    lines
}

/// Writes what is around a picture.
struct CaptionWriter<'a> {
    items: Vec<SceneItem>,
    measure: Measure<'a>,
    width: f64,
}

impl CaptionWriter<'_> {
    fn write(&mut self, x: f64, y: f64, text: &str, ink: Ink, face: TextSize) {
        // A word alone may be longer than the picture is wide.
        if let Some(text) = fit_text(text, face, self.width - x - PAD, self.measure) {
            let at = Point { x, y };
            self.items.push(SceneItem::Label(TextLabel {
                at,
                text,
                ink,
                face,
                align: TextAlign::Start,
                plate: None,
            }));
        }
    }

    /// Task types, then signs, from left to right in lines; where the next line stands.
    fn legend(&mut self, legend: &PictureLegend, top: f64) -> f64 {
        let (mut x, mut y) = (PAD, top);
        let mut place = |wide: f64, width: f64| {
            if x > PAD && x + wide > width - PAD {
                (x, y) = (PAD, y + LINE);
            }
            let at = Point { x, y };
            x += wide + GAP;
            at
        };
        let mut placed = Vec::new();
        for entry in &legend.tasks {
            let name = entry.letter.map_or_else(|| entry.name.clone(), |ch| format!("{ch} {}", entry.name));
            let wide = 18.0 + (self.measure)(&name, TextSize::Body);
            placed.push((place(wide, self.width), None, name, Ink::Task(entry.hue)));
        }
        for LegendSymbolEntry { sample, words } in &legend.signs {
            let wide = SAMPLE + 8.0 + (self.measure)(words, TextSize::Body);
            placed.push((place(wide, self.width), Some(*sample), (*words).to_owned(), Ink::Level));
        }
        let is_empty = placed.is_empty();
        for (at, sample, words, ink) in placed {
            match sample {
                None => {
                    let dot = Bounds::new(at.x, at.y - 6.0, 12.0, 12.0);
                    let (fill, edge, radius) = (Fill::Solid, None, DOT);
                    self.items.push(SceneItem::Rect(Rect { at: dot, ink, fill, edge, radius }));
                    self.write(at.x + 18.0, at.y, &words, Ink::Text, TextSize::Body);
                }
                Some(sample) => {
                    self.items.push(drawn(sample, at));
                    self.write(at.x + SAMPLE + 8.0, at.y, &words, Ink::Text, TextSize::Body);
                }
            }
        }
        if is_empty { y } else { y + LINE + 2.0 }
    }
}

/// A sample of a sign, [`SAMPLE`] wide, its middle at this height.
fn drawn(sample: LegendSample, at: Point) -> SceneItem {
    match sample {
        LegendSample::Fill(fill, ink) => {
            let at = Bounds::new(at.x, at.y - 6.0, SAMPLE, 12.0);
            SceneItem::Rect(Rect { at, ink, fill, edge: None, radius: 2.0 })
        }
        LegendSample::Line(stroke, ink) => {
            let to = Point { x: at.x + SAMPLE, y: at.y };
            SceneItem::Line(Line { from: at, to, ink, stroke, width: 1.6 })
        }
        LegendSample::Mark(shape, ink) => {
            let at = Point { x: at.x + SAMPLE / 2.0, y: at.y };
            SceneItem::Mark(SymbolMark { at, size: 10.0, shape, ink })
        }
    }
}

fn lowered(layer: Layer, by: f64) -> Layer {
    let clip = Bounds { y: layer.clip.y + by, ..layer.clip };
    let by = Point { x: 0.0, y: by };
    Layer { clip, items: layer.items.into_iter().map(|item| moved(item, by)).collect() }
}

/// An item so far to the right and down.
pub(super) fn moved(item: SceneItem, by: Point) -> SceneItem {
    let point = |at: Point| Point { x: at.x + by.x, y: at.y + by.y };
    let bounds = |at: Bounds| Bounds { x: at.x + by.x, y: at.y + by.y, ..at };
    match item {
        SceneItem::Rect(mut rect) => {
            rect.at = bounds(rect.at);
            SceneItem::Rect(rect)
        }
        SceneItem::Bars(mut bars) => {
            bars.bars.iter_mut().for_each(|bar| *bar = bounds(*bar));
            SceneItem::Bars(bars)
        }
        SceneItem::Line(mut line) => {
            (line.from, line.to) = (point(line.from), point(line.to));
            SceneItem::Line(line)
        }
        SceneItem::Polyline(mut line) => {
            line.points.iter_mut().for_each(|at| *at = point(*at));
            SceneItem::Polyline(line)
        }
        SceneItem::Area(mut area) => {
            area.points.iter_mut().for_each(|at| *at = point(*at));
            area.base += by.y;
            SceneItem::Area(area)
        }
        SceneItem::Arrow(mut arrow) => {
            (arrow.from, arrow.to) = (point(arrow.from), point(arrow.to));
            SceneItem::Arrow(arrow)
        }
        SceneItem::Curve(mut curve) => {
            (curve.from, curve.leave) = (point(curve.from), point(curve.leave));
            (curve.approach, curve.to) = (point(curve.approach), point(curve.to));
            SceneItem::Curve(curve)
        }
        SceneItem::Label(mut label) => {
            label.at = point(label.at);
            SceneItem::Label(label)
        }
        SceneItem::Mark(mut mark) => {
            mark.at = point(mark.at);
            SceneItem::Mark(mark)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::approximate_width;
    use super::*;

    #[test]
    fn what_is_too_long_for_a_line_goes_on_in_the_next() {
        let scene = Scene { width: 320.0, height: 100.0, ..Scene::default() };
        let caption = PictureCaption {
            title: "A title".to_owned(),
            sentence: "A sentence that is longer than three hundred and twenty pixels of words.".to_owned(),
            foot: ["2 expectations not met", "seed 1", "fingerprint 0123456789abcdef"]
                .map(str::to_owned)
                .to_vec(),
        };
        let drawn = captioned(scene, &caption, &PictureLegend::default(), &approximate_width);
        insta::assert_snapshot!(drawn.texts().collect::<Vec<_>>().join("\n"), @"
        A title
        A sentence that is longer than three
        hundred and twenty pixels of words.
        2 expectations not met · seed 1
        fingerprint 0123456789abcdef
        ");
        let lowest = drawn.layers.iter().flat_map(|layer| &layer.items).filter_map(|item| match item {
            SceneItem::Label(label) => Some(label.at.y),
            _ => None,
        });
        assert!(lowest.fold(0.0, f64::max) + 8.0 < drawn.height);
    }
}
