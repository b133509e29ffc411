//! What the registry says of a person: worked out here from records that were read before, and from what a clerk decided.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::matching::{Agreement, Attribute, Claimed, Decision, Findings, Reason, Recorded, decide};
use super::purpose::Permit;
use super::record::{RecordId, ResidentRecord, Standing};
use crate::ids::AgencyCode;
use crate::submission::applicant::Applicant;

/// What holds of the person whom a certificate names, or whom an agency asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// One current record says the same in all four attributes.
    Match,
    /// No record that is kept here is theirs.
    NoMatch,
    /// The record is theirs, and they live elsewhere now, here or in another municipality.
    Moved,
    /// The record is theirs, and they died.
    Dead,
    /// No rule decides it: a clerk looks at both sides.
    Undecided,
}

impl Found {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Match, Self::NoMatch, Self::Moved, Self::Dead, Self::Undecided];

    /// `match`, `no_match`, `moved`, `dead`, `undecided`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::NoMatch => "no_match",
            Self::Moved => "moved",
            Self::Dead => "dead",
            Self::Undecided => "undecided",
        }
    }

    /// Reads what [`Found::as_str`] wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|found| found.as_str() == text)
    }
}

/// The four attributes as a certificate or an agency states them. `Debug` shows nothing of the person.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedAttributes {
    /// Name.
    pub name: Option<String>,
    /// `1980-12-31`, `1980-12`, `1980`, as far as it is known.
    pub date_of_birth: Option<String>,
    /// `male`, `female` or `unknown`.
    pub sex: Option<String>,
    /// Address.
    pub address: Option<String>,
}

impl ClaimedAttributes {
    /// For comparing; without substitute marks, which only a certificate has.
    pub fn claimed(&self) -> Claimed<'_> {
        Claimed {
            name: self.name.as_deref(),
            date_of_birth: self.date_of_birth.as_deref(),
            sex: self.sex.as_deref(),
            address: self.address.as_deref(),
            ..Claimed::default()
        }
    }

    /// One text for one claim, to be hashed.
    pub fn in_one(&self) -> String {
        let parts = [&self.name, &self.date_of_birth, &self.sex, &self.address];
        let part = |part: &Option<String>| match part {
            Some(text) => format!("{}:{text};", text.len()),
            None => "-;".to_owned(),
        };
        parts.into_iter().map(part).collect()
    }
}

impl std::fmt::Debug for ClaimedAttributes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClaimedAttributes(not shown)")
    }
}

impl From<&Applicant> for ClaimedAttributes {
    fn from(applicant: &Applicant) -> Self {
        Self {
            name: Some(applicant.name.clone()),
            date_of_birth: applicant.date_of_birth.clone(),
            sex: applicant.sex.clone(),
            address: applicant.address.clone(),
        }
    }
}

/// What a clerk decided of these very attributes: whose record it is, in the state that they looked at; or nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClerkDecision {
    /// The record and the digest of its history; none: no record here is theirs.
    pub record: Option<(RecordId, [u8; 32])>,
}

/// A record that may be meant, and why it is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Which.
    pub record: RecordId,
    /// Whose register.
    pub municipality: AgencyCode,
    /// What was found of each attribute.
    pub findings: Findings,
}

/// The registry's answer. It holds nothing of the record but which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryAnswer {
    /// What holds.
    pub found: Found,
    /// Why, as `address:notation`.
    pub reasons: Vec<String>,
    /// The record, where one is theirs.
    pub record: Option<RecordId>,
    /// Whose register that is in.
    pub municipality: Option<AgencyCode>,
    /// The digest of its history, in hexadecimal.
    pub digest: Option<String>,
    /// Whether a clerk decided it.
    pub by_clerk: bool,
    /// The records that may be meant, where it is open.
    pub candidates: Vec<Candidate>,
}

/// What is read from the registry before a person is judged: data, and nothing that asks.
#[derive(Debug, Clone)]
pub struct RegistryExcerpt {
    /// Records that may be the person's.
    pub records: Vec<ResidentRecord>,
    /// Whether these are all that may be: not where the date of birth is unknown, or too many were found.
    pub is_complete: bool,
    /// What a clerk decided of the same attributes before.
    pub decided: Option<ClerkDecision>,
    /// When it was read.
    pub asked_at: DateTime<Utc>,
    /// That it may be asked: for what, and on which clause.
    pub permit: Permit,
}

impl RegistryExcerpt {
    /// What the registry says of the person with these attributes.
    pub fn answer(&self, claimed: &Claimed<'_>) -> RegistryAnswer {
        if let Some(answer) = self.decided.and_then(|decided| self.by_clerk(decided)) {
            return answer;
        }
        let former: Vec<Vec<&str>> = self
            .records
            .iter()
            .map(|record| record.addresses.iter().map(|address| address.text.as_str()).collect())
            .collect();
        let births: Vec<String> = self.records.iter().map(|record| record.date_of_birth.to_string()).collect();
        let views: Vec<Recorded<'_>> = self
            .records
            .iter()
            .zip(&births)
            .zip(&former)
            .map(|((record, born), former)| view(record, born, former))
            .collect();
        self.current_first(claimed, &views)
    }

    /// Records of people who live here are looked at before those of people who left: who comes back has both.
    fn current_first(&self, claimed: &Claimed<'_>, views: &[Recorded<'_>]) -> RegistryAnswer {
        let which = |current: bool| {
            let fits = move |(index, _): &(usize, &ResidentRecord)| {
                self.records.get(*index).is_some_and(|record| record.is_current() == current)
            };
            let indices: Vec<usize> = self.records.iter().enumerate().filter(fits).map(|(index, _)| index).collect();
            let chosen: Vec<Recorded<'_>> = indices.iter().filter_map(|index| views.get(*index).copied()).collect();
            (indices, chosen)
        };
        let (indices, chosen) = which(true);
        let here = self.of_decision(decide(claimed, &chosen), &indices);
        if here.found != Found::NoMatch {
            return here;
        }
        let (indices, chosen) = which(false);
        let gone = self.of_decision(decide(claimed, &chosen), &indices);
        match gone.found {
            Found::NoMatch if !self.is_complete => nobody(
                Found::Undecided,
                vec![format!("{}:{}", Attribute::DateOfBirth.as_str(), Reason::NotTold.as_str())],
            ),
            _ => gone,
        }
    }

    fn of_decision(&self, decision: Decision, indices: &[usize]) -> RegistryAnswer {
        let record = |at: usize| indices.get(at).and_then(|index| self.records.get(*index));
        match decision {
            Decision::None => nobody(Found::NoMatch, Vec::new()),
            Decision::Same(at, findings) => match record(at) {
                Some(record) => of_record(record, standing(record), findings.codes()),
                None => nobody(Found::NoMatch, Vec::new()),
            },
            Decision::Undecided(open) => {
                // All four are the same but for an address that the record itself had before: it is known who it is.
                if let [(at, findings)] = open.as_slice()
                    && has_only_moved(findings)
                    && let Some(record) = record(*at)
                {
                    let found = if record.is_current() { Found::Moved } else { standing(record) };
                    return of_record(record, found, findings.codes());
                }
                let candidates = open.into_iter().filter_map(|(at, findings)| {
                    let record = record(at)?;
                    Some(Candidate { record: record.id, municipality: record.municipality, findings })
                });
                let candidates: Vec<Candidate> = candidates.take(MOST_CANDIDATES).collect();
                let same = |one: &&Candidate| one.findings.agreement() == Agreement::Same;
                let reasons = match candidates.iter().filter(same).count() {
                    0 => candidates.first().map(|one| one.findings.codes()).unwrap_or_default(),
                    _ => vec!["several_records".to_owned()],
                };
                RegistryAnswer { candidates, ..nobody(Found::Undecided, reasons) }
            }
        }
    }

    /// What a clerk decided holds as long as the record stands as they saw it.
    fn by_clerk(&self, decided: ClerkDecision) -> Option<RegistryAnswer> {
        let Some((id, digest)) = decided.record else {
            return Some(RegistryAnswer { by_clerk: true, ..nobody(Found::NoMatch, Vec::new()) });
        };
        let record = self.records.iter().find(|record| record.id == id && record.digest == digest)?;
        Some(RegistryAnswer { by_clerk: true, ..of_record(record, standing(record), vec!["clerk".to_owned()]) })
    }
}

/// More are not shown to a clerk.
const MOST_CANDIDATES: usize = 20;

fn view<'a>(record: &'a ResidentRecord, born: &'a str, former: &'a [&'a str]) -> Recorded<'a> {
    Recorded {
        written: &record.name.written,
        kana: record.name.kana.as_deref(),
        alphabet: record.name.alphabet.as_deref(),
        alias: record.name.alias.as_deref(),
        former_names: &[],
        date_of_birth: Some(born),
        sex: Some(record.sex.as_str()),
        address: Some(&record.address.text),
        former_addresses: former,
    }
}

/// Whether nothing is open but that the address is one that the record had before.
fn has_only_moved(findings: &Findings) -> bool {
    findings.0.iter().all(|finding| match finding.attribute {
        Attribute::Address => finding.reasons == [Reason::FormerAddress],
        _ => finding.agreement == Agreement::Same,
    })
}

fn standing(record: &ResidentRecord) -> Found {
    match record.standing {
        Standing::Current => Found::Match,
        Standing::MovedOut { .. } => Found::Moved,
        Standing::Dead { .. } => Found::Dead,
        Standing::Deleted { .. } => Found::NoMatch,
    }
}

fn of_record(record: &ResidentRecord, found: Found, reasons: Vec<String>) -> RegistryAnswer {
    RegistryAnswer {
        found,
        reasons,
        record: Some(record.id),
        municipality: Some(record.municipality),
        digest: Some(record.digest_hex()),
        by_clerk: false,
        candidates: Vec::new(),
    }
}

fn nobody(found: Found, reasons: Vec<String>) -> RegistryAnswer {
    RegistryAnswer {
        found,
        reasons,
        record: None,
        municipality: None,
        digest: None,
        by_clerk: false,
        candidates: Vec::new(),
    }
}
