//! The Japanese specifics of a form: dates in eras, kana, names, numbers that are typed in full width; what each takes,
//! and how it is put into the one form that is signed.
pub mod date;
pub mod text;

pub use date::{DateFault, Era};
pub use text::Change;
