//! The integration tests, one binary so that a bare machine links once: a file a subject.
mod authority;
mod pages_i18n;
mod support;
