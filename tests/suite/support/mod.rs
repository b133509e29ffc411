//! What the tests share.
pub mod archive;
pub mod browser;
pub mod card;
pub mod card_process;
pub mod case;
pub mod client;
pub mod der_pki;
pub mod desk;
pub mod gateway;
pub mod http;
pub mod mini_pki;
pub mod moto;
pub mod ocsp;
pub mod origin;
pub mod papers;
pub mod pki;
pub mod place;
#[allow(dead_code)]
pub mod postgres;
pub mod reader;
pub mod resident;
pub mod slapd;
pub mod smtp;
pub mod softhsm;
pub mod visitor;
pub mod web_eid;
pub mod world;
