//! What handlers are handed: checked before the handler runs.
pub mod csrf;
pub mod session;
