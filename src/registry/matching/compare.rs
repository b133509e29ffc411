//! All four attributes together, and which of several records is meant.
use super::finding::{Agreement, Attribute, Finding, Findings, Verdict};
use super::name::Names;
use super::{address, birth, name};
use crate::signature::report::SignerAttributes;

/// What is said of a person by a certificate, or by an agency that asks.
#[derive(Clone, Copy, Default)]
pub struct Claimed<'a> {
    /// Name.
    pub name: Option<&'a str>,
    /// One `0` or `1` a character of the name; 1: a substitute stands there.
    pub name_substitutes: Option<&'a str>,
    /// `1980-12-31`, `1980-12`, `1980`, as far as it is known.
    pub date_of_birth: Option<&'a str>,
    /// `male`, `female` or `unknown`.
    pub sex: Option<&'a str>,
    /// Address.
    pub address: Option<&'a str>,
    /// As `name_substitutes`, for the address.
    pub address_substitutes: Option<&'a str>,
}

impl<'a> From<&'a SignerAttributes> for Claimed<'a> {
    fn from(attributes: &'a SignerAttributes) -> Self {
        Self {
            name: attributes.name.as_deref(),
            name_substitutes: attributes.name_substitutes.as_deref(),
            date_of_birth: attributes.date_of_birth.as_deref(),
            sex: attributes.sex.as_deref(),
            address: attributes.address.as_deref(),
            address_substitutes: attributes.address_substitutes.as_deref(),
        }
    }
}

/// What a record says of a person.
#[derive(Clone, Copy, Default)]
pub struct Recorded<'a> {
    /// The name as it is written.
    pub written: &'a str,
    /// How it is read.
    pub kana: Option<&'a str>,
    /// The name in letters of the alphabet.
    pub alphabet: Option<&'a str>,
    /// The registered alias (通称).
    pub alias: Option<&'a str>,
    /// Names before this one.
    pub former_names: &'a [&'a str],
    /// `1980-12-31`, `1980-12`, `1980`, as far as it is known.
    pub date_of_birth: Option<&'a str>,
    /// `male`, `female` or `unknown`.
    pub sex: Option<&'a str>,
    /// Address.
    pub address: Option<&'a str>,
    /// Addresses before this one.
    pub former_addresses: &'a [&'a str],
}

/// Personal data is not shown.
impl std::fmt::Debug for Claimed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Claimed(..)")
    }
}

/// Personal data is not shown.
impl std::fmt::Debug for Recorded<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recorded(..)")
    }
}

/// Compares what is said of a person with one record, attribute by attribute.
pub fn compare(claimed: &Claimed<'_>, recorded: &Recorded<'_>) -> Findings {
    let names = Names {
        written: recorded.written,
        kana: recorded.kana,
        alphabet: recorded.alphabet,
        alias: recorded.alias,
        former: recorded.former_names,
    };
    let of_name = match claimed.name {
        Some(claimed_name) => name::compare(claimed_name, claimed.name_substitutes, &names),
        None => Verdict::different(),
    };
    let of_address =
        address::compare(claimed.address, claimed.address_substitutes, recorded.address, recorded.former_addresses);
    Findings([
        finding(Attribute::Name, of_name),
        finding(Attribute::DateOfBirth, birth::compare_dates(claimed.date_of_birth, recorded.date_of_birth)),
        finding(Attribute::Sex, birth::compare_sexes(claimed.sex, recorded.sex)),
        finding(Attribute::Address, of_address),
    ])
}

fn finding(attribute: Attribute, verdict: Verdict) -> Finding {
    Finding { attribute, agreement: verdict.agreement, reasons: verdict.reasons }
}

/// Which of several records is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// This one, and no other.
    Same(usize, Findings),
    /// A clerk decides: these may be meant, the likeliest first. Two that are the same in all four are both here.
    Undecided(Vec<(usize, Findings)>),
    /// None of them.
    None,
}

/// Compares what is said of a person with each record.
pub fn decide(claimed: &Claimed<'_>, records: &[Recorded<'_>]) -> Decision {
    let findings = records.iter().map(|recorded| compare(claimed, recorded)).enumerate();
    let (mut same, open): (Vec<_>, Vec<_>) = findings
        .filter(|(_, findings)| findings.agreement() != Agreement::Different)
        .partition(|(_, findings)| findings.agreement() == Agreement::Same);
    match (same.len(), open.is_empty()) {
        (1, _) => same.pop().map_or(Decision::None, |(index, findings)| Decision::Same(index, findings)),
        (0, true) => Decision::None,
        _ => {
            same.extend(open);
            Decision::Undecided(same)
        }
    }
}
