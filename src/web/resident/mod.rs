//! The residents' pages: file = noun, handler of at most 20 lines, view struct beside it.
pub mod home;
