//! What RFC 5280 asks of a CRL's issuer and a relying party can live without: named, never refused.
mod entries;
mod header;
mod scope;

use serde::Serialize;

use super::parse::ParsedCrl;

/// One thing that the issuer should do otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// Its name: `crl_has_number`; the claim that does not hold.
    pub name: &'static str,
    /// Where the claim comes from.
    pub clause: &'static str,
    /// A sentence.
    pub detail: String,
}

/// A claim about a list as a whole: its name, its clause, and what is wrong where it does not hold.
type Rule = (&'static str, &'static str, fn(&ParsedCrl<'_>) -> Option<String>);

/// Every claim that does not hold for `crl`.
pub fn lints(crl: &ParsedCrl<'_>) -> Vec<Lint> {
    let broken = |(name, clause, check): &Rule| check(crl).map(|detail| Lint { name, clause, detail });
    let mut found: Vec<Lint> = header::RULES.iter().chain(scope::RULES).filter_map(broken).collect();
    found.extend(entries::lints(crl));
    found
}

/// `what` where the claim is broken.
fn broken(is_broken: bool, what: &str) -> Option<String> {
    is_broken.then(|| what.to_owned())
}
