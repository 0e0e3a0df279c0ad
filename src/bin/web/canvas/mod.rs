//! The one place that draws: a canvas painter for `view`'s scenes.

pub mod painter;
mod signs;
pub mod size_watch;

use crate::page::media;

/// Whether the page shows its dark colours: as its root says, or else as the system asks.
pub fn page_is_dark() -> bool {
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.document_element());
    match root.and_then(|root| root.get_attribute("data-theme")).as_deref() {
        Some("dark") => true,
        Some("light") => false,
        Some(_) | None => media("(prefers-color-scheme: dark)"),
    }
}

/// How many of the device's pixels are in one of the page's.
pub fn pixel_ratio() -> f64 {
    web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(0.5, 4.0)
}
