//! The resident registry: who a person is, by what a certificate says of its holder and by the residents' records.
pub mod matching;
pub mod papers;
