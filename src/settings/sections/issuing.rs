//! Certificates that are issued at a municipality's counter.
use std::path::PathBuf;

use serde::Deserialize;

use super::super::read::Section;

section! {
    /// Certificates that are issued at a municipality's counter, into the resident's token.
    IssuingSettings = "issuing" {
        /// The authority's folder; none: no certificate is issued here.
        authority: Option<PathBuf> = None, "a folder made with `madoguchi pki init`";
        /// The CA of certificates for signing.
        sign_ca: String = "jpki-sign-2023".to_owned(), "the id of a CA of the authority";
        /// Their profile.
        sign_profile: String = "jpki-sign".to_owned(), "a profile of the authority";
        /// The CA of certificates for user authentication.
        authentication_ca: String = "jpki-auth-2023".to_owned(), "the id of a CA of the authority";
        /// Their profile.
        authentication_profile: String = "jpki-auth".to_owned(), "a profile of the authority";
    }
}
