//! Settings: one struct a subject, parsed once, refused when wrong.
