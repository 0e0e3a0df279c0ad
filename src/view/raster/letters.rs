//! Letters as outlines, from the two fonts that the command carries.

use crate::view::scene::TextSize;
use std::collections::BTreeSet;
use tiny_skia::{Path, PathBuilder};
use ttf_parser::{Face as Font, GlyphId, OutlineBuilder};

const REGULAR: &[u8] = include_bytes!("fonts/threadbare-roboto-regular.ttf");
const BOLD: &[u8] = include_bytes!("fonts/threadbare-roboto-bold.ttf");

/// The fonts, read.
pub(super) struct LoadedFonts {
    regular: Font<'static>,
    bold: Font<'static>,
}

/// A line of text as one path, which begins at 0 and stands on y = 0.
pub(super) struct TextLinePath {
    /// What is filled; `None` if there is nothing to see.
    pub outline: Option<Path>,
    /// How wide the line is, in pixels.
    pub width: f64,
    /// The characters that the font lacks.
    pub missing: BTreeSet<char>,
}

impl LoadedFonts {
    pub(super) fn new() -> LoadedFonts {
        let read = |bytes| Font::parse(bytes, 0).expect("the font that we carry");
        LoadedFonts { regular: read(REGULAR), bold: read(BOLD) }
    }

    /// Sets a line in a face.
    pub(super) fn line(&self, text: &str, face: TextSize) -> TextLinePath {
        let font = if face.weight() > 400 { &self.bold } else { &self.regular };
        let scale = face.size() / f64::from(font.units_per_em());
        let mut pen = GlyphOutlinePen { path: PathBuilder::new(), scale, x: 0.0 };
        let mut missing = BTreeSet::new();
        for ch in text.chars() {
            // What SVG makes of line breaks and other characters that are not printed.
            let ch = if ch.is_whitespace() {
                ' '
            } else if ch.is_control() {
                '\u{fffd}'
            } else {
                ch
            };
            let glyph = font.glyph_index(ch).unwrap_or_else(|| {
                missing.insert(ch);
                GlyphId(0)
            });
            font.outline_glyph(glyph, &mut pen);
            pen.x += f64::from(font.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
        }
        TextLinePath { outline: pen.path.finish(), width: pen.x, missing }
    }
}

/// Draws one letter after another; a font's y points up.
struct GlyphOutlinePen {
    path: PathBuilder,
    /// Pixels for each unit of the font.
    scale: f64,
    /// Where the next letter begins, in pixels.
    x: f64,
}

impl GlyphOutlinePen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        ((self.x + f64::from(x) * self.scale) as f32, (-f64::from(y) * self.scale) as f32)
    }
}

impl OutlineBuilder for GlyphOutlinePen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
