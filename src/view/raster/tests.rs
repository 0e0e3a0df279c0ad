//! What is painted, pixel by pixel, where it matters.

use super::*;
use crate::view::palette::TaskHue;
use crate::view::scene::{Fill, Layer, Rect, SceneItem, TextLabel, approximate_width};

const TASK: Ink = Ink::Task(TaskHue { index: 0, shade: 0 });

fn scene(width: f64, height: f64, items: Vec<SceneItem>) -> Scene {
    let layers = vec![Layer { clip: Bounds::new(0.0, 0.0, width, height), items }];
    Scene { width, height, layers, ..Scene::default() }
}

fn rect(at: Bounds, fill: Fill) -> SceneItem {
    SceneItem::Rect(Rect { at, ink: TASK, fill, edge: None, radius: 0.0 })
}

fn label(text: &str) -> SceneItem {
    let at = Point { x: 10.0, y: 10.0 };
    let (ink, face, align) = (Ink::Text, TextSize::Body, TextAlign::Start);
    SceneItem::Label(TextLabel { at, text: text.to_owned(), ink, face, align, plate: None })
}

fn painted(scene: &Scene, scale: f64) -> (PngImage, Pixmap) {
    let png = png(scene, &ColourTheme::light(), scale, &approximate_width).expect("it can be painted");
    let pixmap = Pixmap::decode_png(&png.bytes).expect("a PNG");
    (png, pixmap)
}

/// The colour of a pixel, as a theme has it.
fn pixel(pixmap: &Pixmap, x: u32, y: u32) -> u32 {
    let colour = pixmap.pixel(x, y).expect("within the picture");
    assert_eq!(colour.alpha(), 255, "nothing shines through");
    u32::from_be_bytes([0, colour.red(), colour.green(), colour.blue()])
}

#[test]
fn a_rectangle_covers_its_pixels_at_every_scale() {
    let scene = scene(20.0, 10.0, vec![rect(Bounds::new(5.0, 2.0, 10.0, 6.0), Fill::Solid)]);
    let (light, task) = (ColourTheme::light().colour(Ink::Surface).0, ColourTheme::light().colour(TASK).0);
    for scale in [1, 2, 3] {
        let (png, pixmap) = painted(&scene, f64::from(scale));
        assert_eq!((png.width, png.height), (20 * scale, 10 * scale));
        for (x, y) in (0..20).flat_map(|x| (0..10).map(move |y| (x, y))) {
            let is_within = (5..15).contains(&x) && (2..8).contains(&y);
            let expected = if is_within { task } else { light };
            assert_eq!(pixel(&pixmap, x * scale, y * scale), expected, "at {x}, {y} × {scale}");
        }
    }
}

#[test]
fn hatching_is_stripes_and_not_a_colour() {
    let (_, pixmap) =
        painted(&scene(60.0, 60.0, vec![rect(Bounds::new(0.0, 0.0, 60.0, 60.0), Fill::Hatched)]), 2.0);
    let row: BTreeSet<u32> = (20..100).map(|x| pixel(&pixmap, x, 60)).collect();
    assert!(row.len() > 3, "light and dark take turns: {row:x?}");
    // The period along a row is the tile's side times √2: 17 pixels at twice the size.
    let dark = ColourTheme::light().colour(TASK).0;
    let is_dark = |x: u32| (pixel(&pixmap, x, 60) & 0xff).abs_diff(dark & 0xff) < 90;
    let begins = (20..110).filter(|&x| is_dark(x) && !is_dark(x - 1)).collect::<Vec<_>>();
    assert!(begins.windows(2).all(|pair| (16..=18).contains(&(pair[1] - pair[0]))), "{begins:?}");
}

#[test]
fn what_lies_beyond_its_layer_is_cut_off() {
    let mut scene = scene(20.0, 10.0, vec![rect(Bounds::new(0.0, 0.0, 20.0, 10.0), Fill::Solid)]);
    scene.layers[0].clip = Bounds::new(4.0, 4.0, 4.0, 4.0);
    let (_, pixmap) = painted(&scene, 1.0);
    let (light, task) = (ColourTheme::light().colour(Ink::Surface).0, ColourTheme::light().colour(TASK).0);
    assert_eq!(
        [pixel(&pixmap, 3, 5), pixel(&pixmap, 4, 5), pixel(&pixmap, 7, 7), pixel(&pixmap, 8, 7)],
        [light, task, task, light]
    );
}

#[test]
fn text_is_drawn_without_any_font_of_the_machine() {
    let (png, pixmap) = painted(&scene(120.0, 20.0, vec![label("µ ± → ✓ Ж λ ä")]), 2.0);
    assert_eq!(png.missing, BTreeSet::new());
    let light = ColourTheme::light().colour(Ink::Surface).0;
    let inked =
        (0..240).flat_map(|x| (0..40).map(move |y| (x, y))).filter(|&(x, y)| pixel(&pixmap, x, y) != light);
    assert!(inked.count() > 300);
    let (png, _) = painted(&scene(120.0, 20.0, vec![label("名 build")]), 1.0);
    assert_eq!(png.missing, BTreeSet::from(['名']));
}

#[test]
fn letters_are_no_wider_than_scenes_are_laid_out_for() {
    let fonts = LoadedFonts::new();
    for text in [
        "nova-compute waits for a worker of default",
        "fingerprint 00fa_b17c · seed 12345678",
        "WMWMWM (1 204 of 1 204)",
    ] {
        for face in [TextSize::Body, TextSize::Heading] {
            let (set, laid_out) = (fonts.line(text, face).width, approximate_width(text, face));
            assert!(set <= laid_out * 1.02, "{text}: {set} of {laid_out}");
        }
    }
}

#[test]
fn a_picture_without_pixels_or_with_too_many_is_refused() {
    let too_large = png(&scene(1e6, 1e6, vec![]), &ColourTheme::light(), 1.0, &approximate_width);
    assert_eq!(
        too_large.map(|_| ()).map_err(|e| e.to_string()),
        Err("a picture of 1000000 × 1000000 pixels cannot be painted".to_owned())
    );
    assert!(png(&scene(0.0, 10.0, vec![]), &ColourTheme::light(), 1.0, &approximate_width).is_err());
}
