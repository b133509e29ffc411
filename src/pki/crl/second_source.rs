//! OCSP beside the lists. Lists come first: what they call revoked or on hold stays so. Where they leave a certificate
//! undecided, a response that passes every check decides; and where they call it good, a response that calls it revoked
//! counts, for it may know what the next list will say.
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::entry::CERTIFICATE_HOLD;
use super::snapshot::CrlSnapshot;
use super::standing::{Look, Said};
use crate::pki::certificate::Certificate;
use crate::pki::ocsp::{self, CertStatus, Judged, OcspEvidence, OcspIdentity, OcspRule, OcspUse, Question};
use crate::verdict::{Check, CheckStatus, SubIndication};

/// The most responses that are looked at for one chain.
const MAX_EVIDENCE: usize = 64;

/// OCSP responses at hand and what a policy asks of them.
#[derive(Debug, Clone, Copy)]
pub struct OcspSource<'a> {
    /// What the policy asks.
    pub rule: &'a OcspRule,
    /// The responses; none of them is believed.
    pub evidence: &'a [OcspEvidence],
}

/// Everything that revocation is judged by. A snapshot of lists alone is such data.
#[derive(Debug, Clone, Copy)]
pub struct RevocationData<'a> {
    /// The lists.
    pub crls: &'a CrlSnapshot,
    /// The second source, where there is one.
    pub ocsp: Option<OcspSource<'a>>,
}

impl<'a> From<&'a CrlSnapshot> for RevocationData<'a> {
    fn from(crls: &'a CrlSnapshot) -> Self {
        Self { crls, ocsp: None }
    }
}

impl<'a> From<&'a Arc<CrlSnapshot>> for RevocationData<'a> {
    fn from(crls: &'a Arc<CrlSnapshot>) -> Self {
        Self { crls, ocsp: None }
    }
}

/// What OCSP says of a certificate where it counts.
#[derive(Debug)]
pub(super) enum SecondSaid {
    /// Good, where lists say nothing.
    Good(Arc<OcspIdentity>),
    /// Revoked or on hold, for this CRLReason.
    Ended(DateTime<Utc>, u8, Arc<OcspIdentity>),
}

impl SecondSaid {
    /// Which response says so.
    pub(super) fn identity(&self) -> &Arc<OcspIdentity> {
        let (Self::Good(identity) | Self::Ended(.., identity)) = self;
        identity
    }
}

/// Asks the second source for the certificates of one chain and gathers the checks.
#[derive(Debug)]
pub(super) struct SecondSource<'a> {
    source: Option<OcspSource<'a>>,
    at: DateTime<Utc>,
    checks: Vec<Check>,
}

impl<'a> SecondSource<'a> {
    /// For judging at `at`; nothing is asked where the policy does not want it.
    pub(super) fn new(source: Option<OcspSource<'a>>, at: DateTime<Utc>) -> Self {
        let source = source.filter(|source| source.rule.ask != OcspUse::Never && !source.evidence.is_empty());
        Self { source, at, checks: Vec::new() }
    }

    /// What OCSP says of the certificate at `index` of `path`, of which lists say `said`; none where it does not count.
    pub(super) fn ask(
        &mut self,
        said: &Said,
        path: &[Arc<Certificate>],
        index: usize,
        look: &mut Look<'_>,
    ) -> Option<SecondSaid> {
        let source = self.source?;
        let by_lists = match said {
            // A list that cannot be read may be one that calls it revoked.
            Said::Revoked(_) | Said::OnHold(_) | Said::Unreadable => return None,
            Said::Good => true,
            _ => false,
        };
        let question = Question { certificate: path.get(index)?, issuer: path.get(index + 1)?, at: self.at };
        let mut best: Option<(u8, Judged)> = None;
        for evidence in source.evidence.iter().take(MAX_EVIDENCE) {
            if by_lists && !ocsp::relates_to(evidence, &question) {
                continue;
            }
            let mut is_good = |delegate: &Arc<Certificate>| {
                let above = path.iter().skip(index + 1).cloned();
                let of_delegate: Vec<_> = std::iter::once(delegate.clone()).chain(above).collect();
                matches!(look.standing(&of_delegate, 0).said, Said::Good)
            };
            let judged = ocsp::judge(evidence, &question, source.rule, &mut is_good);
            let weight = self.weight(&judged);
            if best.as_ref().is_none_or(|(known, _)| weight > *known) {
                best = Some((weight, judged));
            }
        }
        let (_, judged) = best?;
        self.conclude(judged, by_lists, index)
    }

    /// A revocation before a good answer before one that is not known; of what does not count the one that comes
    /// farthest.
    fn weight(&self, judged: &Judged) -> u8 {
        match judged.answer.as_ref().map(|(status, _)| *status) {
            Some(CertStatus::Revoked { at, reason }) if at <= self.at => {
                if reason == Some(CERTIFICATE_HOLD) {
                    254
                } else {
                    255
                }
            }
            Some(CertStatus::Good | CertStatus::Revoked { .. }) => 253,
            Some(CertStatus::Unknown) => 252,
            None => {
                let passed = judged.checks.iter().filter(|check| check.status == CheckStatus::Passed).count();
                u8::try_from(passed).unwrap_or(u8::MAX).min(251)
            }
        }
    }

    fn conclude(&mut self, judged: Judged, by_lists: bool, index: usize) -> Option<SecondSaid> {
        const NAME: &str = "ocsp_status_is_known";
        const CLAUSE: &str = "RFC 6960 2.2";
        let is_unknown = matches!(judged.answer, Some((CertStatus::Unknown, _)));
        let said = match judged.answer {
            Some((CertStatus::Revoked { at, reason }, identity)) if at <= self.at => {
                Some(SecondSaid::Ended(at, reason.unwrap_or(0), identity))
            }
            // Revoked after the time of judging: it was good then.
            Some((CertStatus::Good | CertStatus::Revoked { .. }, identity)) => Some(SecondSaid::Good(identity)),
            Some((CertStatus::Unknown, _)) | None => None,
        };
        if by_lists && !matches!(said, Some(SecondSaid::Ended(..))) {
            return None;
        }
        judged.checks.into_iter().for_each(|check| self.note(check, index));
        if is_unknown {
            let why = "the responder does not know whether it is revoked";
            self.note(Check::failed(NAME, CLAUSE, SubIndication::TryLater, why), index);
        }
        said
    }

    /// One check a name for the whole chain: it failed where it failed for a certificate.
    fn note(&mut self, mut check: Check, index: usize) {
        if check.is_failed() {
            check.detail = format!("certificate {}: {}", index + 1, check.detail).into();
        }
        match self.checks.iter_mut().find(|known| known.name == check.name) {
            None => self.checks.push(check),
            Some(known) if known.is_failed() && check.is_failed() => {
                known.detail = format!("{}; {}", known.detail, check.detail).into();
            }
            Some(known) if check.is_failed() || known.status == CheckStatus::NotApplicable => *known = check,
            Some(_) => {}
        }
    }

    /// Every check made.
    pub(super) fn into_checks(self) -> Vec<Check> {
        self.checks
    }
}

/// What was found against lists for certificates that OCSP decides: it is told, and does not count.
pub(super) fn stood_in_for(by_lists: Vec<Check>, checks: &mut [Check]) {
    for found in by_lists.into_iter().filter(Check::is_failed) {
        if let Some(check) = checks.iter_mut().find(|check| check.name == found.name && !check.is_failed()) {
            *check = Check::warning(found.name, found.clause, format!("{}; an OCSP answer decides", found.detail));
        }
    }
}
