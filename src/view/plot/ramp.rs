//! The colours of a heat map: seven steps of one hue whose lightness changes evenly.
//!
//! What tells steps apart is lightness, which every kind of colour vision sees; the hue is a blue, red and
//! amber being reserved for trouble. Invariant (tested for normal vision and for simulated protanopia,
//! deuteranopia and tritanopia): neighbouring steps differ by at least 9 in CIELAB, text can be read on every
//! step, and more always stands out more from the page: darker on a light one, lighter on a dark one.

use crate::view::theme::{self, ColourTheme, Rgb};

/// How many steps there are.
pub const STEPS: usize = theme::STEPS;

/// The colours on a light page, from least to most.
pub const LIGHT: [Rgb; STEPS] = ColourTheme::light().steps;

/// The colours on a dark page, from least to most.
pub const DARK: [Rgb; STEPS] = ColourTheme::dark().steps;

/// The step's place among all for one of `count` classes: few classes spread over the whole ramp.
pub fn spread(class: usize, count: usize) -> usize {
    match count {
        0 | 1 => STEPS / 2,
        _ => (class.min(count - 1) * (STEPS - 1) + (count - 1) / 2) / (count - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::theme::on;

    type Vector = [f64; 3];

    fn linear(colour: Rgb) -> Vector {
        [16, 8, 0].map(|shift| {
            let c = f64::from(colour.0 >> shift & 0xff) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }
        })
    }

    fn times(matrix: [Vector; 3], v: Vector) -> Vector {
        matrix.map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum())
    }

    /// CIELAB under D65, from linear sRGB.
    fn lab(rgb: Vector) -> Vector {
        let xyz = times([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], rgb);
        let f = |t: f64| if t > 0.008_856 { libm::cbrt(t) } else { 7.787 * t + 16.0 / 116.0 };
        let [x, y, z] = [f(xyz[0] / 0.9505), f(xyz[1]), f(xyz[2] / 1.089)];
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn difference(a: Vector, b: Vector) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
    }

    /// G. M. Machado, M. M. Oliveira & L. A. F. Fernandes, "A physiologically-based model for simulation of
    /// color vision deficiency", IEEE TVCG 15 (2009), severity 1.0: protanopia, deuteranopia, tritanopia.
    const SEEN: [[Vector; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ];

    #[test]
    fn steps_stay_apart_for_every_kind_of_colour_vision() {
        for ramp in [LIGHT, DARK] {
            for (kind, seen) in SEEN.into_iter().enumerate() {
                let labs = ramp.map(|colour| lab(times(seen, linear(colour)).map(|c| c.clamp(0.0, 1.0))));
                for pair in labs.windows(2) {
                    let apart = difference(pair[0], pair[1]);
                    assert!(apart >= 9.0, "vision {kind}: {apart:.1} in {labs:?}");
                    assert!((pair[0][0] > pair[1][0]) == (ramp == LIGHT), "vision {kind}: {labs:?}");
                }
            }
        }
    }

    #[test]
    fn text_can_be_read_on_every_step() {
        for colour in LIGHT.into_iter().chain(DARK) {
            assert!(on(colour).contrast(colour) >= 4.5, "{colour}: {:.2}", on(colour).contrast(colour));
        }
    }

    #[test]
    fn few_classes_spread_over_the_ramp() {
        assert_eq!((0..2).map(|class| spread(class, 2)).collect::<Vec<_>>(), [0, 6]);
        assert_eq!((0..4).map(|class| spread(class, 4)).collect::<Vec<_>>(), [0, 2, 4, 6]);
        assert_eq!((0..STEPS).map(|class| spread(class, STEPS)).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(spread(0, 1), 3);
    }
}
