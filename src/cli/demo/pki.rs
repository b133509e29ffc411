//! The demo's test PKI: made once, its CRLs signed anew when they end within a day.
use std::io::{IsTerminal, Write};
use std::path::Path;

use chrono::{DateTime, Duration, Utc};

use crate::authority::declaration::CardDeclaration;
use crate::authority::{Authority, AuthorityError};

/// Makes the PKI of these declarations, of the file `origin`, ready in `dir` and gives its cards.
pub fn ready(dir: &Path, (origin, text): (&str, &str), now: DateTime<Utc>) -> Result<Vec<CardDeclaration>, String> {
    let mut authority = match Authority::open(dir) {
        Ok(mut authority) => {
            if authority.needs_refresh(now, Duration::days(1)) {
                eprintln!("The test PKI's revocation lists are due: signing them anew.");
                authority.sign_lists(now).map_err(sentence)?;
            }
            authority
        }
        Err(AuthorityError::NotThere(_)) => {
            eprintln!("Making the test PKI in {}: keys of CAs and cards, and revocation lists ...", dir.display());
            let sources = [(origin.to_owned(), text.to_owned())];
            Authority::init(dir, &sources, now, progress).map_err(sentence)?
        }
        Err(error) => return Err(sentence(error)),
    };
    for ca in authority.cas_with_lists() {
        if authority.responder_needs_refresh(&ca, now, Duration::days(1)) {
            authority.issue_responder(&ca, now).map_err(sentence)?;
        }
    }
    Ok(authority.declarations().cards.clone())
}

fn sentence(error: AuthorityError) -> String {
    error.to_string()
}

fn progress(done: usize, all: usize) {
    if std::io::stderr().is_terminal() || done == all {
        let end = if done == all { "\n" } else { "\r" };
        eprint!("Making the test PKI: key {done} of {all}{end}");
        // Progress that cannot be shown is no reason to stop.
        let _ = std::io::stderr().flush();
    }
}
