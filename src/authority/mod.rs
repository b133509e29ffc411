//! (room: authority)
