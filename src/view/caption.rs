//! A picture that leaves the page: a scene with its title, a sentence, a legend and where it comes from around it.
//!
//! Invariant: the scene itself is moved down and otherwise left as it is.

use super::palette::LegendEntry;
use super::scene::{
    Align, Bounds, Fill, Ink, Item, Label, Layer, Measure, Point, Rect, Scene, TextSize, fit_text,
};

/// What is written around a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    /// What it shows.
    pub title: String,
    /// What happens there.
    pub sentence: String,
    /// Where it comes from.
    pub foot: String,
}

/// Above the picture, in pixels.
const HEAD: f64 = 64.0;
/// Below the picture, in pixels.
const FOOT: f64 = 56.0;
/// At both sides of the words, in pixels.
const PAD: f64 = 24.0;

/// The picture with its caption.
pub fn captioned(scene: Scene, caption: &Caption, legend: &[LegendEntry], measure: Measure<'_>) -> Scene {
    let (width, height) = (scene.width, scene.height + HEAD + FOOT);
    let mut layers: Vec<Layer> = scene.layers.into_iter().map(|layer| lowered(layer, HEAD)).collect();
    let mut items = Vec::new();
    let mut write = |x: f64, y: f64, text: &str, ink: Ink, face: TextSize| {
        let fitted = fit_text(text, face, width - x - PAD, measure);
        items.extend(fitted.map(|text| {
            Item::Label(Label { at: Point { x, y }, text, ink, face, align: Align::Start, plate: None })
        }));
    };
    write(PAD, 24.0, &caption.title, Ink::Text, TextSize::Heading);
    write(PAD, 46.0, &caption.sentence, Ink::Soft, TextSize::Regular);
    write(PAD, height - 16.0, &caption.foot, Ink::Soft, TextSize::Body);
    let mut x = PAD;
    for entry in legend {
        let wide = measure(&entry.name, TextSize::Body);
        if x + wide + 40.0 > width {
            break;
        }
        write(x + 18.0, height - 40.0, &entry.name, Ink::Text, TextSize::Body);
        x += wide + 40.0;
    }
    let mut x = PAD;
    for entry in legend {
        let wide = measure(&entry.name, TextSize::Body);
        if x + wide + 40.0 > width {
            break;
        }
        let at = Bounds::new(x, height - 46.0, 12.0, 12.0);
        items.push(Item::Rect(Rect {
            at,
            ink: Ink::Task(entry.hue),
            fill: Fill::Solid,
            edge: None,
            radius: 5.9,
        }));
        x += wide + 40.0;
    }
    layers.push(Layer { clip: Bounds::new(0.0, 0.0, width, height), items });
    Scene { width, height, content_height: height, layers, hits: scene.hits }
}

fn lowered(layer: Layer, by: f64) -> Layer {
    let point = |at: Point| Point { y: at.y + by, ..at };
    let bounds = |at: Bounds| Bounds { y: at.y + by, ..at };
    let item = |item: Item| match item {
        Item::Rect(mut rect) => {
            rect.at = bounds(rect.at);
            Item::Rect(rect)
        }
        Item::Bars(mut bars) => {
            bars.bars.iter_mut().for_each(|bar| *bar = bounds(*bar));
            Item::Bars(bars)
        }
        Item::Line(mut line) => {
            (line.from, line.to) = (point(line.from), point(line.to));
            Item::Line(line)
        }
        Item::Polyline(mut line) => {
            line.points.iter_mut().for_each(|at| *at = point(*at));
            Item::Polyline(line)
        }
        Item::Area(mut area) => {
            area.points.iter_mut().for_each(|at| *at = point(*at));
            area.base += by;
            Item::Area(area)
        }
        Item::Arrow(mut arrow) => {
            (arrow.from, arrow.to) = (point(arrow.from), point(arrow.to));
            Item::Arrow(arrow)
        }
        Item::Curve(mut curve) => {
            (curve.from, curve.leave) = (point(curve.from), point(curve.leave));
            (curve.approach, curve.to) = (point(curve.approach), point(curve.to));
            Item::Curve(curve)
        }
        Item::Label(mut label) => {
            label.at = point(label.at);
            Item::Label(label)
        }
        Item::Mark(mut mark) => {
            mark.at = point(mark.at);
            Item::Mark(mark)
        }
    };
    Layer { clip: bounds(layer.clip), items: layer.items.into_iter().map(item).collect() }
}
