//! Searching for a path from a target to an anchor (RFC 4158), depth first, within a budget.
use std::sync::Arc;

use super::budget::{MAX_PATH, PathWork, Spent};
use super::cache::CaPath;
use super::checks::{self, Findings, Rule};
use super::state::{Place, State};
use super::{PathRequest, PolicyInputs};
use crate::crypto::SignatureAlgorithm;
use crate::pki::certificate::{Certificate, Oid};
use crate::pki::trust_store::TrustStore;

/// What the search ended with.
#[derive(Debug)]
pub struct Found {
    /// Target first; ends with an anchor where `complete`.
    pub path: Vec<Arc<Certificate>>,
    /// Whether it reaches an anchor.
    pub complete: bool,
    /// What is wrong with it.
    pub findings: Findings,
    /// Its user-constrained policy set.
    pub valid_policies: Vec<Oid>,
}

/// A possible issuer.
struct Candidate {
    certificate: Arc<Certificate>,
    is_anchor: bool,
    /// 0: the key identifiers agree; 1: one side has none; 2: they differ.
    distance: u8,
}

/// One search.
pub struct Search<'a> {
    trust: &'a TrustStore,
    request: &'a PathRequest<'a>,
    work: &'a mut PathWork,
    best: Option<Found>,
    /// Whether certificates from outside the trust store may be used.
    use_extra: bool,
    usable: Option<Usable<'a>>,
    dead_end: DeadEnd,
}

/// What stood in the way where no path reaches an anchor, the farthest first.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum DeadEnd {
    /// Nobody has the name of the target's issuer.
    #[default]
    NoIssuer,
    /// Those who have it have not the key that signed the target.
    WrongKey,
    /// The target is signed with an algorithm that is not known.
    UnknownAlgorithm(&'static str),
    /// The issuer is there, and no path from it reaches an anchor.
    BeyondIssuer,
    /// A CA's certificate is signed with an algorithm that is not known.
    UnknownAlgorithmBeyond(&'static str),
}

impl DeadEnd {
    fn findings(self) -> Findings {
        let mut findings = Findings::default();
        let what = match self {
            Self::NoIssuer => "no certificate that is at hand has the name of its issuer",
            Self::WrongKey => "no certificate with the name of its issuer has the key that signed it",
            Self::UnknownAlgorithm(_) | Self::UnknownAlgorithmBeyond(_) => "a signature on the way cannot be verified",
            Self::BeyondIssuer => "no chain of signatures leads from its issuer to an anchor",
        };
        findings.add(Rule::PathFound, what.to_owned());
        if let Self::UnknownAlgorithm(name) | Self::UnknownAlgorithmBeyond(name) = self {
            let what = format!("a certificate is signed with an algorithm that is not among those allowed: {name}");
            findings.add(Rule::Algorithms, what);
        }
        findings
    }
}

/// Whether a path that holds will do; one that will not is passed over.
pub type Usable<'a> = &'a dyn Fn(&[Arc<Certificate>]) -> bool;

impl<'a> Search<'a> {
    /// A search in `trust`, within what `work` has left.
    pub fn new(trust: &'a TrustStore, request: &'a PathRequest<'a>, work: &'a mut PathWork) -> Self {
        Self { trust, request, work, best: None, use_extra: false, usable: None, dead_end: DeadEnd::default() }
    }

    /// The same, but only for a path that is `usable`.
    pub fn for_usable(mut self, usable: Usable<'a>) -> Self {
        self.usable = Some(usable);
        self
    }

    fn accepts(&self, found: &Found) -> bool {
        self.usable.is_none_or(|usable| usable(&found.path))
    }

    /// A path that holds, or the best that was found.
    pub fn run(mut self, target: &Arc<Certificate>) -> Found {
        if self.trust.is_anchor(target) {
            return self.target_is_anchor(target);
        }
        for use_extra in [false, true] {
            if use_extra && self.request.extra.is_empty() {
                continue;
            }
            self.use_extra = use_extra;
            if let Ok(Some(found)) = self.extend(&mut vec![target.clone()]) {
                return found;
            }
        }
        let spent = self.work.budget.is_spent();
        let dead_end = self.dead_end;
        let mut found = self.best.unwrap_or_else(|| Found {
            path: vec![target.clone()],
            complete: false,
            findings: dead_end.findings(),
            valid_policies: Vec::new(),
        });
        if spent {
            found.findings.add(Rule::WithinBudget, "the certificates given ask for too much work".to_owned());
        }
        found
    }

    /// A target that is an anchor is trusted as it is; its validity is the target's.
    fn target_is_anchor(&self, target: &Arc<Certificate>) -> Found {
        let valid_policies = if self.request.policies.initial_policies.is_empty() {
            vec![super::policy::any_policy()]
        } else {
            self.request.policies.initial_policies.clone()
        };
        Found { path: vec![target.clone()], complete: true, findings: Findings::default(), valid_policies }
    }

    /// Goes on from the last certificate of `path`; a path that holds ends the search.
    fn extend(&mut self, path: &mut Vec<Arc<Certificate>>) -> Result<Option<Found>, Spent> {
        let Some(last) = path.last().cloned() else { return Ok(None) };
        if path.len() >= MAX_PATH {
            return Ok(None);
        }
        for candidate in self.candidates(&last) {
            self.work.budget.candidate()?;
            let issuer = candidate.certificate;
            if is_in(path, &issuer) {
                continue;
            }
            if !self.signed_by(&last, &issuer)? {
                self.dead_end = self.dead_end.max(match (path.len(), unknown_algorithm(&last)) {
                    (1, None) => DeadEnd::WrongKey,
                    (1, Some(name)) => DeadEnd::UnknownAlgorithm(name),
                    (_, None) => DeadEnd::BeyondIssuer,
                    (_, Some(name)) => DeadEnd::UnknownAlgorithmBeyond(name),
                });
                continue;
            }
            self.dead_end = self.dead_end.max(DeadEnd::BeyondIssuer);
            if path.len() == 1
                && let Some(found) = self.through_known_path(&last, &issuer)
                && self.accepts(&found)
            {
                return Ok(Some(found));
            }
            path.push(issuer);
            let found = if candidate.is_anchor { self.judge(path)? } else { self.extend(path)? };
            if let Some(found) = found
                && self.accepts(&found)
            {
                return Ok(Some(found));
            }
            path.pop();
        }
        Ok(None)
    }

    /// Those whose subject is the issuer's name, the likeliest first.
    fn candidates(&self, of: &Certificate) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = self
            .trust
            .possible_issuers(of)
            .iter()
            .map(|authority| Candidate {
                distance: distance(of, &authority.certificate),
                certificate: authority.certificate.clone(),
                is_anchor: authority.is_anchor,
            })
            .collect();
        if self.use_extra {
            let known = found.len();
            for extra in self.request.extra {
                let is_known = found.iter().take(known).any(|one| one.certificate.sha256() == extra.sha256());
                if !is_known && issued_by_name(of, extra) {
                    let distance = distance(of, extra);
                    found.push(Candidate { certificate: extra.clone(), is_anchor: false, distance });
                }
            }
        }
        found.sort_by_key(|candidate| candidate.distance);
        found
    }

    fn signed_by(&mut self, certificate: &Certificate, issuer: &Arc<Certificate>) -> Result<bool, Spent> {
        let is_ca = certificate.is_ca();
        if is_ca && self.trust.cache().knows_signature(certificate, issuer) {
            return Ok(true);
        }
        let (own, key) = (certificate.sha256(), issuer.spki_sha256());
        if let Some(verifies) = self.work.judged(&own, &key) {
            return Ok(verifies);
        }
        self.work.budget.signature()?;
        let verifies = checks::signature_verifies(certificate, issuer);
        self.work.note(own, key, verifies);
        if verifies && is_ca {
            self.trust.cache().keep_signature(certificate, issuer);
        }
        Ok(verifies)
    }

    /// The target under the kept path of its issuer, where there is one and it holds.
    fn through_known_path(&mut self, target: &Arc<Certificate>, issuer: &Arc<Certificate>) -> Option<Found> {
        let known = self.trust.cache().path(issuer, self.request.policies, self.request.at)?;
        let mut path = Vec::with_capacity(known.certificates.len() + 1);
        path.push(target.clone());
        path.extend(known.certificates.iter().cloned());
        let mut state = known.state.clone();
        let mut findings = Findings::default();
        let place = Place { number: 1, of: path.len() };
        checks::algorithms(target, issuer, place, &mut findings);
        let valid_policies = state.target(target, place, &mut findings, &mut self.work.budget);
        findings.is_empty().then_some(Found { path, complete: true, findings, valid_policies })
    }

    /// Judges a path that reaches an anchor; keeps its CA part when that holds.
    fn judge(&mut self, path: &[Arc<Certificate>]) -> Result<Option<Found>, Spent> {
        self.work.budget.path()?;
        let (Some((target, cas)), Some(anchor)) = (path.split_first(), path.last()) else { return Ok(None) };
        let (at, inputs, of) = (self.request.at, self.request.policies, path.len());
        let mut findings = Findings::default();
        let mut state = State::new(anchor, Place { number: of, of }, at, inputs, of - 1, &mut findings);
        for index in (1..of - 1).rev() {
            let (Some(ca), Some(issuer)) = (path.get(index), path.get(index + 1)) else { continue };
            let place = Place { number: index + 1, of };
            state.ca(ca, place, at, &mut findings, &mut self.work.budget);
            checks::algorithms(ca, issuer, place, &mut findings);
        }
        if findings.is_empty() && !self.use_extra {
            self.keep(cas, &state, inputs);
        }
        let place = Place { number: 1, of };
        if let Some(issuer) = cas.first() {
            checks::algorithms(target, issuer, place, &mut findings);
        }
        let valid_policies = state.target(target, place, &mut findings, &mut self.work.budget);
        let holds = findings.is_empty();
        let found = Found { path: path.to_vec(), complete: true, findings, valid_policies };
        if holds {
            return Ok(Some(found));
        }
        if self.best.as_ref().is_none_or(|best| found.findings.len() < best.findings.len()) {
            self.best = Some(found);
        }
        Ok(None)
    }

    fn keep(&self, cas: &[Arc<Certificate>], state: &State, inputs: &PolicyInputs) {
        let from = cas.iter().map(|ca| ca.not_before()).max();
        let until = cas.iter().map(|ca| ca.not_after()).min();
        if let (Some(from), Some(until)) = (from, until) {
            let path = CaPath { certificates: cas.to_vec(), state: state.clone(), from, until };
            self.trust.cache().keep_path(inputs, path);
        }
    }
}

/// The name of the algorithm with which a certificate is signed, where it is none that is verified.
fn unknown_algorithm(certificate: &Certificate) -> Option<&'static str> {
    match SignatureAlgorithm::from_der(certificate.signature_algorithm_der()) {
        Ok(algorithm) if algorithm.digest().is_some() => None,
        Ok(algorithm) => Some(algorithm.name()),
        Err(_) => Some("unknown"),
    }
}

/// A certificate with the same name and key is already in the path: going through it again is a loop.
fn is_in(path: &[Arc<Certificate>], issuer: &Certificate) -> bool {
    let same = |one: &Arc<Certificate>| {
        one.spki_der() == issuer.spki_der()
            && (one.subject_der() == issuer.subject_der() || one.subject_normal() == issuer.subject_normal())
    };
    path.iter().any(same)
}

/// Whether `issuer` has the name that `of` gives its issuer; bytes first, and each name is made comparable once.
fn issued_by_name(of: &Certificate, issuer: &Certificate) -> bool {
    of.issuer_der() == issuer.subject_der() || of.issuer_normal() == issuer.subject_normal()
}

/// How well `issuer` answers to what `certificate` says of its issuer's key.
fn distance(certificate: &Certificate, issuer: &Certificate) -> u8 {
    let by_key = match (certificate.authority_key_id(), issuer.subject_key_id()) {
        (Some(wanted), Some(has)) if wanted == has => 0,
        (Some(_), Some(_)) => 2,
        _ => 1,
    };
    match certificate.authority_serial() {
        Some(serial) if by_key == 1 => {
            if serial == issuer.serial() {
                0
            } else {
                2
            }
        }
        _ => by_key,
    }
}
