//! An address as a QR code, for whoever sees the wall and has a phone.

use qrcodegen::{QrCode, QrCodeEcc};
use yew::{Html, html};

/// Modules of white around a code, as its standard asks.
const QUIET: i32 = 4;

/// The code as a picture; nothing if the address is too long for one.
pub fn code(address: &str) -> Html {
    let Ok(code) = QrCode::encode_text(address, QrCodeEcc::Medium) else { return html! {} };
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            path += &format!("M{x} {y}h1v1h-1z");
        }
    }
    let side = size + 2 * QUIET;
    let view = format!("{} {} {side} {side}", -QUIET, -QUIET);
    html! {
        <svg class="qr" viewBox={view} role="img" aria-label="QR code of the link" shape-rendering="crispEdges">
            <rect x={(-QUIET).to_string()} y={(-QUIET).to_string()} width={side.to_string()} height={side.to_string()} fill="#fff" />
            <path d={path} fill="#000" />
        </svg>
    }
}
