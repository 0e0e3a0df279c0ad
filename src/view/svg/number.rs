//! Numbers as they are written in SVG.

/// At most two decimals, no trailing zeros.
pub(super) fn number(value: f64) -> String {
    let rounded = libm::round(value * 100.0) / 100.0;
    // Negative zero reads badly.
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}
