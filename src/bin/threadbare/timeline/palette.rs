//! The colours of the terminal timeline: eight hues that stay apart for colour-blind eyes, and red and
//! amber for trouble only.

use super::picture::{EventMark, SpanStyle, Tone};
use anstyle::{Ansi256Color, Color, Style};

/// Nearest of the 256 to Okabe and Ito's, without their orange and vermilion, which mean trouble here.
const HUES: [u8; 8] = [74, 36, 175, 228, 32, 108, 139, 250];
const RED: u8 = 203;
const AMBER: u8 = 214;
/// Reads on light and on dark.
const GREY: u8 = 243;

/// Seven steps of a heat map, from light to dark; the nearest of the 256 to `threadbare::view::plot::ramp`.
const STEPS: [u8; 7] = [195, 153, 110, 67, 25, 19, 17];
/// From this step on, text on it is light.
const FIRST_DARK: usize = 4;

/// A step of a heat map as a background.
pub fn step(step: usize) -> Style {
    let step = step.min(STEPS.len() - 1);
    let text = if step >= FIRST_DARK { Ansi256Color(231) } else { Ansi256Color(16) };
    let (text, background) = (Color::Ansi256(text), Color::Ansi256(Ansi256Color(STEPS[step])));
    Style::new().fg_color(Some(text)).bg_color(Some(background))
}

fn on(background: u8) -> Style {
    let (black, background) = (Ansi256Color(16), Ansi256Color(background));
    Style::new().fg_color(Some(Color::Ansi256(black))).bg_color(Some(Color::Ansi256(background)))
}

fn ink(colour: u8) -> Style {
    Style::new().fg_color(Some(Color::Ansi256(Ansi256Color(colour))))
}

/// How a block of this look is coloured: solid ones as a background with dark text, hatched ones as ink.
pub fn span(look: SpanStyle, hue: usize) -> Style {
    let colour = HUES[hue % HUES.len()];
    match look {
        SpanStyle::Running | SpanStyle::Io => ink(colour),
        SpanStyle::Ready | SpanStyle::Waiting => ink(colour),
        SpanStyle::Stalled => ink(AMBER),
        SpanStyle::Deadlocked => ink(RED),
    }
}

/// A label inside a span.
pub fn label(look: SpanStyle, hue: usize) -> Style {
    match look {
        SpanStyle::Running | SpanStyle::Io => on(HUES[hue % HUES.len()]),
        SpanStyle::Ready | SpanStyle::Waiting | SpanStyle::Stalled | SpanStyle::Deadlocked => span(look, hue),
    }
}

/// The style of a point.
pub fn point(point: EventMark) -> Style {
    match point {
        EventMark::Read | EventMark::Write => Style::new().bold(),
        EventMark::Cancelled => faint(),
        EventMark::Lost | EventMark::Failed | EventMark::Refused => ink(RED).bold(),
    }
}

/// An instant under the ruler.
pub fn mark(tone: Tone) -> Style {
    match tone {
        Tone::Deadlock => ink(RED).bold(),
        Tone::Stall => ink(AMBER).bold(),
    }
}

/// The style of titles.
pub fn title() -> Style {
    Style::new().bold()
}

/// What may be overlooked: rulers, notes.
pub fn faint() -> Style {
    ink(GREY)
}
