//! tracing set-up, metrics and event names.
