//! QR codes (ISO/IEC 18004) as squares to be drawn.
use qrcode::{Color, EcLevel, QrCode};

/// A code: so many modules wide and high, and which of them are dark, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modules {
    /// Modules of a side, without the quiet zone.
    pub width: usize,
    /// The dark ones: column and row.
    pub dark: Vec<(usize, usize)>,
}

/// The code of a text, at the error correction level Q, so that a crumpled print is still read. None where the text is
/// too long for one.
pub fn modules(text: &str) -> Option<Modules> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::Q).ok()?;
    let width = code.width();
    let colours = code.to_colors().into_iter().enumerate();
    let dark = colours.filter(|(_, colour)| *colour == Color::Dark).map(|(at, _)| (at % width, at / width));
    Some(Modules { width, dark: dark.collect() })
}
