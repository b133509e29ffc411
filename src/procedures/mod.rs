//! (room: procedures)
