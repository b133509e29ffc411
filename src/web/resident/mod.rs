//! The residents' pages: file = noun, handler of at most 20 lines, view struct beside it.
pub mod dates;
pub mod home;
pub mod information;
pub mod problems;
pub mod verdict;
pub mod verify;
