//! Documents to print and keep: PDF, tagged for screen readers, with an embedded open font (`assets/fonts`). Nothing of
//! them depends on fonts of the machine that makes or reads them.
pub mod font;
pub mod paper;
pub mod qr;
pub mod sheet;
