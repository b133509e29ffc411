//! Documents that a municipality makes out of the register and seals: what kinds there are, the code by which anybody can ask
//! about one, and what of its contents can be compared without anything of it being kept.
pub mod code;
pub mod facts;
pub mod kind;
pub mod till;
