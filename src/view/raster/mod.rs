//! A scene as a PNG: for slides, chats and trackers that take no SVG.
//!
//! Invariant: the same forms as [`super::svg`], of one [`drawing`]; a function of scene, theme and scale, whatever fonts a
//! machine has: the letters are those of two fonts within ([Roboto](https://github.com/googlefonts/roboto), Apache 2.0,
//! `fonts/README.md`). Letters are set one after another: kerning, ligatures and scripts that join letters are absent.

mod letters;

use super::drawing::{
    BASELINE, ClippedDrawing, DrawingPrimitive, DrawingShape, FillPaint, HATCH, HATCH_GROUND, HATCH_LINES,
    HATCH_STRIPE, dashes, drawing,
};
use super::scene::{Bounds, Ink, Measure, Point, Scene, Stroke, TextAlign, TextSize};
use super::theme::ColourTheme;
use letters::LoadedFonts;
use std::collections::BTreeSet;
use std::fmt;
use tiny_skia::{
    Color, FillRule, FilterQuality, LineCap, Mask, Paint, Path, PathBuilder, Pattern, Pixmap, Shader,
    SpreadMode, StrokeDash, Transform,
};

/// Most pixels of a picture: 256 MiB while it is painted.
pub const MAX_PIXELS: u64 = 1 << 26;

/// How finely the tile of a hatch is painted, in pixels for each pixel of the picture.
const HATCH_FINENESS: f64 = 8.0;

/// A picture in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PngImage {
    /// The file as it is saved.
    pub bytes: Vec<u8>,
    /// Its width, in pixels.
    pub width: u32,
    /// Its height, in pixels.
    pub height: u32,
    /// The characters that the fonts lack, in order; each is a box in the picture.
    pub missing: BTreeSet<char>,
}

/// A picture of this size has more than [`MAX_PIXELS`], or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnpaintableSize {
    /// The width that it would have, in pixels.
    pub width: u64,
    /// The height that it would have, in pixels.
    pub height: u64,
}

impl fmt::Display for UnpaintableSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a picture of {} × {} pixels cannot be painted", self.width, self.height)
    }
}

impl std::error::Error for UnpaintableSize {}

/// Paints a scene, with `scale` pixels for each pixel of the scene.
///
/// # Errors
/// The picture would have more than [`MAX_PIXELS`], or none.
pub fn png(
    scene: &Scene,
    theme: &ColourTheme,
    scale: f64,
    measure: Measure<'_>,
) -> Result<PngImage, UnpaintableSize> {
    let [width, height] = [scene.width, scene.height].map(|length| libm::ceil(length * scale) as u64);
    let unpaintable = UnpaintableSize { width, height };
    let is_paintable = width.checked_mul(height).is_some_and(|pixels| (1..=MAX_PIXELS).contains(&pixels));
    let pixmap = is_paintable.then(|| Pixmap::new(width as u32, height as u32)).flatten();
    let mut pixmap = pixmap.ok_or(unpaintable)?;
    pixmap.fill(colour(theme, Ink::Surface, 1.0));
    let mut painter = RasterPainter {
        pixmap,
        theme,
        scale,
        clip: None,
        fonts: LoadedFonts::new(),
        missing: BTreeSet::new(),
    };
    for sheet in drawing(scene, measure) {
        painter.sheet(&sheet);
    }
    let bytes = painter.pixmap.encode_png().expect("writing to memory cannot fail");
    Ok(PngImage { bytes, width: width as u32, height: height as u32, missing: painter.missing })
}

fn colour(theme: &ColourTheme, ink: Ink, opacity: f64) -> Color {
    let [_, red, green, blue] = theme.colour(ink).0.to_be_bytes();
    Color::from_rgba8(red, green, blue, libm::round(opacity * 255.0) as u8)
}

struct RasterPainter<'a> {
    pixmap: Pixmap,
    theme: &'a ColourTheme,
    /// Pixels for each pixel of the scene.
    scale: f64,
    /// What the sheet that is painted may cover; `None` for everything.
    clip: Option<Mask>,
    fonts: LoadedFonts,
    missing: BTreeSet<char>,
}

impl RasterPainter<'_> {
    fn transform(&self) -> Transform {
        Transform::from_scale(self.scale as f32, self.scale as f32)
    }

    fn sheet(&mut self, sheet: &ClippedDrawing) {
        let whole = Bounds::new(
            0.0,
            0.0,
            f64::from(self.pixmap.width()) / self.scale,
            f64::from(self.pixmap.height()) / self.scale,
        );
        let clip = sheet.clip;
        let covers_all = clip.x <= 0.0
            && clip.y <= 0.0
            && clip.right() >= whole.right()
            && clip.bottom() >= whole.bottom();
        self.clip = None;
        if !covers_all {
            let Some(form) = path(&DrawingShape::Rect(clip, 0.0)) else { return };
            let mut mask =
                Mask::new(self.pixmap.width(), self.pixmap.height()).expect("the size of the picture");
            mask.fill_path(&form, FillRule::Winding, true, self.transform());
            self.clip = Some(mask);
        }
        for piece in &sheet.pieces {
            self.piece(piece);
        }
    }

    fn piece(&mut self, piece: &DrawingPrimitive) {
        match piece {
            DrawingPrimitive::Filled { form, paint, opacity } => {
                let Some(path) = path(form) else { return };
                match *paint {
                    FillPaint::Plain(ink) => {
                        let colour = colour(self.theme, ink, *opacity);
                        self.fill(&path, Shader::SolidColor(colour));
                    }
                    FillPaint::Hatched(ink) => {
                        let tile = self.hatch(ink);
                        let turned = Transform::from_rotate(45.0)
                            .pre_scale((1.0 / HATCH_FINENESS) as f32, (1.0 / HATCH_FINENESS) as f32);
                        let pattern = Pattern::new(
                            tile.as_ref(),
                            SpreadMode::Repeat,
                            FilterQuality::Bilinear,
                            *opacity as f32,
                            turned,
                        );
                        self.fill(&path, pattern);
                    }
                }
            }
            DrawingPrimitive::Stroked { form, ink, width, stroke } => {
                self.stroke(form, *ink, *width, *stroke)
            }
            DrawingPrimitive::Text { at, text, ink, face, align } => {
                self.text(*at, text, *ink, *face, *align)
            }
        }
    }

    fn fill(&mut self, path: &Path, shader: Shader<'_>) {
        let paint = Paint { shader, anti_alias: true, ..Paint::default() };
        let transform = self.transform();
        self.pixmap.fill_path(path, &paint, FillRule::Winding, transform, self.clip.as_ref());
    }

    fn stroke(&mut self, form: &DrawingShape, ink: Ink, width: f64, stroke: Stroke) {
        let Some(path) = path(form) else { return };
        let shader = Shader::SolidColor(colour(self.theme, ink, 1.0));
        let paint = Paint { shader, anti_alias: true, ..Paint::default() };
        let dash =
            dashes(stroke).and_then(|lengths| StrokeDash::new(lengths.map(|x| x as f32).to_vec(), 0.0));
        let stroke = tiny_skia::Stroke {
            width: width as f32,
            line_cap: LineCap::Butt,
            dash,
            ..tiny_skia::Stroke::default()
        };
        let transform = self.transform();
        self.pixmap.stroke_path(&path, &paint, &stroke, transform, self.clip.as_ref());
    }

    /// The tile that a hatch repeats, before it is turned.
    fn hatch(&self, ink: Ink) -> Pixmap {
        let side = (HATCH * HATCH_FINENESS) as u32;
        let mut tile = Pixmap::new(side, side).expect("a small square");
        tile.fill(colour(self.theme, ink, HATCH_GROUND));
        let stripe =
            path(&DrawingShape::Rect(Bounds::new(0.0, 0.0, HATCH_STRIPE, HATCH), 0.0)).expect("a rectangle");
        let shader = Shader::SolidColor(colour(self.theme, ink, HATCH_LINES));
        let paint = Paint { shader, anti_alias: true, ..Paint::default() };
        let finer = Transform::from_scale(HATCH_FINENESS as f32, HATCH_FINENESS as f32);
        tile.fill_path(&stripe, &paint, FillRule::Winding, finer, None);
        tile
    }

    fn text(&mut self, at: Point, text: &str, ink: Ink, face: TextSize, align: TextAlign) {
        let line = self.fonts.line(text, face);
        self.missing.extend(line.missing);
        let left = match align {
            TextAlign::Start => at.x,
            TextAlign::Middle => at.x - line.width / 2.0,
            TextAlign::End => at.x - line.width,
        };
        let baseline = at.y + BASELINE * face.size();
        let placed = line
            .outline
            .and_then(|path| path.transform(Transform::from_translate(left as f32, baseline as f32)));
        if let Some(path) = placed {
            self.fill(&path, Shader::SolidColor(colour(self.theme, ink, 1.0)));
        }
    }
}

/// A form as a path; `None` if there is nothing of it to be seen.
fn path(form: &DrawingShape) -> Option<Path> {
    let mut path = PathBuilder::new();
    let xy = |point: Point| (point.x as f32, point.y as f32);
    let mut trace = |points: &[Point]| {
        for (at, point) in points.iter().enumerate() {
            let (x, y) = xy(*point);
            if at == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
    };
    match form {
        DrawingShape::Rect(at, radius) => rounded(&mut path, *at, *radius),
        DrawingShape::Circle(centre, radius) => {
            path.push_circle(centre.x as f32, centre.y as f32, *radius as f32)
        }
        DrawingShape::Line(from, to) => trace(&[*from, *to]),
        DrawingShape::Polyline(points) => trace(points),
        DrawingShape::Polygon(points) => {
            trace(points);
            path.close();
        }
        DrawingShape::Bars(bars) => bars.iter().for_each(|bar| rounded(&mut path, *bar, 0.0)),
        DrawingShape::Curve([from, leave, approach, to]) => {
            let ((x, y), (x1, y1), (x2, y2), (x3, y3)) = (xy(*from), xy(*leave), xy(*approach), xy(*to));
            path.move_to(x, y);
            path.cubic_to(x1, y1, x2, y2, x3, y3);
        }
        DrawingShape::Lines(lines) => lines.iter().for_each(|line| trace(line)),
    }
    path.finish()
}

/// A rectangle whose corners are quarters of a circle, or of an ellipse where there is no room for one: as SVG has it.
fn rounded(path: &mut PathBuilder, at: Bounds, radius: f64) {
    /// How far the handles of a cubic curve reach that comes close to a quarter of a circle of radius 1.
    const HANDLE: f64 = 0.552_284_749_8;
    let (x, y, right, bottom) = (at.x as f32, at.y as f32, at.right() as f32, at.bottom() as f32);
    let (rx, ry) = (radius.min(at.width / 2.0), radius.min(at.height / 2.0));
    if rx <= 0.0 || ry <= 0.0 {
        path.move_to(x, y);
        path.line_to(right, y);
        path.line_to(right, bottom);
        path.line_to(x, bottom);
        path.close();
        return;
    }
    let (hx, hy) = ((rx * (1.0 - HANDLE)) as f32, (ry * (1.0 - HANDLE)) as f32);
    let (rx, ry) = (rx as f32, ry as f32);
    path.move_to(x + rx, y);
    path.line_to(right - rx, y);
    path.cubic_to(right - hx, y, right, y + hy, right, y + ry);
    path.line_to(right, bottom - ry);
    path.cubic_to(right, bottom - hy, right - hx, bottom, right - rx, bottom);
    path.line_to(x + rx, bottom);
    path.cubic_to(x + hx, bottom, x, bottom - hy, x, bottom - ry);
    path.line_to(x, y + ry);
    path.cubic_to(x, y + hy, x + hx, y, x + rx, y);
    path.close();
}

#[cfg(test)]
mod tests;
