//! The integration tests, one binary so that a bare machine links once: a file a subject.
// A table of cases is as long as it has cases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::too_many_lines, clippy::type_complexity)]

mod authority;
mod card_agent;
mod card_command;
mod card_request;
mod cli_exit;
#[path = "../conformance/mod.rs"]
mod conformance;
mod crl_archive;
mod crl_lints;
mod crl_quarantine;
mod crl_refused;
mod crypto_primitives;
mod desk_accounts;
mod desk_alarms;
mod desk_filings;
mod desk_operator;
mod desk_quarantine;
mod documents_s3;
mod fetch_guarded;
mod held_order;
mod http_agency;
mod http_filings;
mod http_limits;
mod http_plumbing;
mod http_process;
mod http_upkeep;
mod impact;
mod intake_afterwards;
mod intake_corpus;
mod intake_documents;
mod intake_signatures;
mod kill9;
mod pages_flow;
mod pages_i18n;
mod pki_certificates;
mod pki_crl_kinds;
mod pki_crls;
mod pki_paths;
mod pki_properties;
mod pki_scope_properties;
mod pki_sources;
mod roles;
mod second_opinion;
mod status_machine;
mod support;
mod two_steps;
mod two_steps_killed;
mod two_steps_seen;
mod verdict_as_of;
mod verify_cli;
mod verify_hostile;
mod verify_signer;
mod verify_table;
