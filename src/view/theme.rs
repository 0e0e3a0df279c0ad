//! What each meaning looks like, in light and in dark: for pictures that leave the page (SVG, export). The
//! page itself takes the same meanings from its style sheet.
//!
//! Invariant: text stands out from its ground by at least 4.5 : 1, everything else that means something by
//! at least 2 : 1 (tests measure it). Red and amber mean trouble only; nothing but the cursor has its colour.

use super::palette::{HUES, SHADES, TaskHue};
use super::scene::{HALF, Ink};
use std::fmt;

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u32);

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}

impl Rgb {
    /// Relative luminance, as WCAG 2 defines it: 0 for black, 1 for white.
    pub fn luminance(self) -> f64 {
        let part = |shift: u32| {
            let c = f64::from(self.0 >> shift & 0xff) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    }

    /// This colour under a veil of another, of a strength from 0 to 1.
    pub fn under(self, veil: Rgb, strength: f64) -> Rgb {
        let part = |shift: u32| {
            let (a, b) = (f64::from(self.0 >> shift & 0xff), f64::from(veil.0 >> shift & 0xff));
            (libm::round(a + (b - a) * strength) as u32) << shift
        };
        Rgb(part(16) | part(8) | part(0))
    }

    /// How much two colours differ in lightness, from 1 to 21, as WCAG 2 defines it.
    pub fn contrast(self, other: Rgb) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

/// A colour for every meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColourTheme {
    tasks: [[Rgb; HUES]; SHADES],
    accent: Rgb,
    on_accent: Rgb,
    danger: Rgb,
    on_danger: Rgb,
    stall: Rgb,
    muted: Rgb,
    grid: Rgb,
    rule: Rgb,
    text: Rgb,
    soft: Rgb,
    surface: Rgb,
    raised: Rgb,
    idle: Rgb,
    level: Rgb,
    chosen: Rgb,
    /// The steps of a heat map, from least to most.
    pub(super) steps: [Rgb; STEPS],
}

/// Number of steps of a heat map.
pub const STEPS: usize = 7;

const BLACK: Rgb = Rgb(0x0b0d10);
const WHITE: Rgb = Rgb(0xffffff);

impl ColourTheme {
    /// Dark on light.
    pub const fn light() -> ColourTheme {
        ColourTheme {
            tasks: [
                rgb([0x3874bf, 0x1b9e77, 0xcc79a7, 0x9d9b2f, 0x56b4e9, 0x8f6a4e, 0x22686f, 0xa394d8]),
                rgb([0x1f4b85, 0x0e6b4f, 0x93446f, 0x66641a, 0x2a7bac, 0x5c4027, 0x4fa3ab, 0x6f5fb0]),
            ],
            accent: Rgb(0x5a35e0),
            on_accent: WHITE,
            danger: Rgb(0xc9182f),
            on_danger: WHITE,
            stall: Rgb(0x9a5c00),
            muted: Rgb(0x868d96),
            grid: Rgb(0xe6e8eb),
            rule: Rgb(0xb9bfc7),
            text: Rgb(0x1a1d21),
            soft: Rgb(0x59606a),
            surface: WHITE,
            raised: Rgb(0xf3f4f6),
            idle: Rgb(0xf0f2f4),
            level: Rgb(0x66717e),
            chosen: Rgb(0x15181c),
            steps: [
                Rgb(0xe3eef9),
                Rgb(0xc0d8ef),
                Rgb(0x93bde2),
                Rgb(0x619dd0),
                Rgb(0x3677b3),
                Rgb(0x1d5994),
                Rgb(0x0b386a),
            ],
        }
    }

    /// Light on dark.
    pub const fn dark() -> ColourTheme {
        ColourTheme {
            tasks: [
                rgb([0x5b97e0, 0x2fb58b, 0xdd8fba, 0xbab84c, 0x7cc6f0, 0xb28b6d, 0x3f9099, 0xb8abe6]),
                rgb([0x9cc4f5, 0x86dcbf, 0xf0c0da, 0xdedc93, 0x4a9fce, 0xd3b69e, 0x80c4cb, 0x8f7fd0]),
            ],
            accent: Rgb(0xa78bff),
            on_accent: BLACK,
            danger: Rgb(0xff6166),
            on_danger: BLACK,
            stall: Rgb(0xf0b03a),
            muted: Rgb(0x7d848e),
            grid: Rgb(0x262a30),
            rule: Rgb(0x4a515b),
            text: Rgb(0xe8eaed),
            soft: Rgb(0xa3abb5),
            surface: Rgb(0x131518),
            raised: Rgb(0x1c1f24),
            idle: Rgb(0x1d2126),
            level: Rgb(0x8993a0),
            chosen: Rgb(0xf5f6f7),
            steps: [
                Rgb(0x12263c),
                Rgb(0x183f66),
                Rgb(0x245b91),
                Rgb(0x3b78b6),
                Rgb(0x689cd3),
                Rgb(0x9bc0e6),
                Rgb(0xd5e5f5),
            ],
        }
    }

    /// The colour of a meaning.
    pub fn colour(&self, ink: Ink) -> Rgb {
        match ink {
            Ink::Task(hue) => self.task(hue),
            Ink::OnTask(hue) => on(self.task(hue)),
            Ink::OnVeiled(hue) => on_veiled(self.task(hue).under(self.surface, HALF)),
            Ink::Accent => self.accent,
            Ink::OnAccent => self.on_accent,
            Ink::Danger => self.danger,
            Ink::OnDanger => self.on_danger,
            Ink::Stall => self.stall,
            Ink::Muted => self.muted,
            Ink::Grid => self.grid,
            Ink::Rule => self.rule,
            Ink::Text => self.text,
            Ink::Soft => self.soft,
            Ink::Surface => self.surface,
            Ink::Raised => self.raised,
            Ink::Idle => self.idle,
            Ink::Level => self.level,
            Ink::Step(step) => self.step(step),
            Ink::OnStep(step) => on(self.step(step)),
            Ink::Chosen => self.chosen,
        }
    }

    fn step(&self, step: u8) -> Rgb {
        self.steps[usize::from(step).min(STEPS - 1)]
    }

    fn task(&self, hue: TaskHue) -> Rgb {
        self.tasks[hue.shade as usize % SHADES][hue.index as usize % HUES]
    }
}

const fn rgb(colours: [u32; HUES]) -> [Rgb; HUES] {
    let mut all = [Rgb(0); HUES];
    let mut at = 0;
    while at < HUES {
        all[at] = Rgb(colours[at]);
        at += 1;
    }
    all
}

/// Black or white, whichever can be read on a ground.
pub fn on(ground: Rgb) -> Rgb {
    if WHITE.contrast(ground) >= BLACK.contrast(ground) { WHITE } else { BLACK }
}

/// The same on a ground of middling lightness, where only the full black and white can be read.
fn on_veiled(ground: Rgb) -> Rgb {
    if WHITE.contrast(ground) >= Rgb(0).contrast(ground) { WHITE } else { Rgb(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hues() -> impl Iterator<Item = TaskHue> {
        (0..SHADES as u8).flat_map(|shade| (0..HUES as u8).map(move |index| TaskHue { index, shade }))
    }

    #[test]
    fn text_can_be_read_and_meanings_can_be_seen() {
        for theme in [ColourTheme::light(), ColourTheme::dark()] {
            let of = |ink| theme.colour(ink);
            let grounds = [Ink::Surface, Ink::Raised, Ink::Idle];
            for (ink, ground) in grounds.into_iter().flat_map(|ground| {
                [Ink::Text, Ink::Soft, Ink::Danger, Ink::Stall].into_iter().map(move |ink| (ink, ground))
            }) {
                let contrast = of(ink).contrast(of(ground));
                assert!(contrast >= 4.5, "{ink:?} on {ground:?}: {contrast:.2}");
            }
            for (ink, ground) in [(Ink::OnAccent, Ink::Accent), (Ink::OnDanger, Ink::Danger)] {
                assert!(of(ink).contrast(of(ground)) >= 4.5, "{ink:?}");
            }
            for hue in hues() {
                let contrast = of(Ink::OnTask(hue)).contrast(of(Ink::Task(hue)));
                assert!(contrast >= 4.5, "text on {hue:?}: {contrast:.2}");
                let veiled = of(Ink::Task(hue)).under(of(Ink::Surface), HALF);
                let contrast = of(Ink::OnVeiled(hue)).contrast(veiled);
                assert!(contrast >= 4.5, "text on {hue:?} after the cursor: {contrast:.2}");
                let contrast = of(Ink::Task(hue)).contrast(of(Ink::Surface));
                assert!(contrast >= 2.0, "{hue:?} on the page: {contrast:.2}");
            }
        }
    }

    #[test]
    fn no_two_meanings_share_a_colour() {
        for theme in [ColourTheme::light(), ColourTheme::dark()] {
            let mut all: Vec<u32> = hues().map(|hue| theme.colour(Ink::Task(hue)).0).collect();
            all.extend([Ink::Accent, Ink::Danger, Ink::Stall, Ink::Muted].map(|ink| theme.colour(ink).0));
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
        }
    }
}
