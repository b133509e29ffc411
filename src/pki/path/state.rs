//! The state variables of RFC 5280 6.1.2 and how each certificate, from the anchor down, changes them.
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::PolicyInputs;
use super::budget::Budget;
use super::checks::{self, Findings, Rule};
use super::names;
use super::policy::PolicyState;
use crate::pki::certificate::{Certificate, Oid};

/// Where RFC 5280 6.1 stands after the certificates seen so far.
#[derive(Debug, Clone)]
pub struct State {
    /// max_path_length; none before a CA sets one.
    path_length: Option<u32>,
    /// The CAs whose name constraints hold for what follows.
    constrained_by: Vec<Arc<Certificate>>,
    policies: PolicyState,
}

/// Where a certificate stands, for reports: `certificate 2 of 3`, counted from the target.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// 1 is the target.
    pub number: usize,
    /// All certificates of the path.
    pub of: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "certificate {} of {}", self.number, self.of)
    }
}

impl State {
    /// Before the first certificate under `anchor`. `length` is the number of certificates below the anchor.
    ///
    /// Beyond RFC 5280, what a self-signed anchor says of itself is heeded (RFC 5937): validity, CA flag, key usage,
    /// path length and name constraints.
    pub fn new(
        anchor: &Arc<Certificate>,
        place: Place,
        at: DateTime<Utc>,
        inputs: &PolicyInputs,
        length: usize,
        findings: &mut Findings,
    ) -> Self {
        checks::validity(anchor, place, at, findings);
        checks::anchor_may_issue(anchor, place, findings);
        let path_length = anchor.extensions().basic_constraints.and_then(|basic| basic.path_len);
        let constrained = anchor.extensions().name_constraints.is_some();
        let constrained_by = if constrained { vec![anchor.clone()] } else { Vec::new() };
        Self { path_length, constrained_by, policies: PolicyState::new(inputs, length) }
    }

    /// A CA certificate below the anchor: 6.1.3, then 6.1.4.
    pub fn ca(
        &mut self,
        certificate: &Arc<Certificate>,
        place: Place,
        at: DateTime<Utc>,
        findings: &mut Findings,
        budget: &mut Budget,
    ) {
        let self_issued = certificate.is_self_issued();
        checks::validity(certificate, place, at, findings);
        checks::critical_extensions(certificate, place, findings);
        if !self_issued {
            self.names(certificate, place, findings, budget);
        }
        if !self.policies.certificate(certificate, self_issued) {
            findings.add(Rule::Policies, format!("{place}: no acceptable policy is left where one is required"));
        }
        // 6.1.4
        if !self.policies.prepare_next(certificate, self_issued) {
            findings.add(Rule::PolicyMappings, format!("{place} maps from or to anyPolicy"));
        }
        if certificate.extensions().name_constraints.is_some() {
            self.constrained_by.push(certificate.clone());
        }
        checks::is_ca(certificate, place, findings);
        if !self_issued {
            match self.path_length {
                Some(0) => {
                    findings.add(Rule::PathLength, format!("{place} is beyond the path length allowed above it"))
                }
                Some(length) => self.path_length = Some(length - 1),
                None => {}
            }
        }
        if let Some(own) = certificate.extensions().basic_constraints.and_then(|basic| basic.path_len) {
            self.path_length = Some(self.path_length.map_or(own, |length| length.min(own)));
        }
        checks::may_sign_certificates(certificate, place, findings);
    }

    /// The target: 6.1.3, then 6.1.5. Returns the user-constrained policy set.
    pub fn target(
        &mut self,
        certificate: &Arc<Certificate>,
        place: Place,
        findings: &mut Findings,
        budget: &mut Budget,
    ) -> Vec<Oid> {
        checks::critical_extensions(certificate, place, findings);
        self.names(certificate, place, findings, budget);
        let at_certificate = self.policies.certificate_final(certificate);
        match self.policies.wrap_up(certificate) {
            Some(policies) if at_certificate => policies,
            _ => {
                findings.add(Rule::Policies, "the path is not valid for any of the policies asked for".to_owned());
                Vec::new()
            }
        }
    }

    fn names(&self, certificate: &Certificate, place: Place, findings: &mut Findings, budget: &mut Budget) {
        for ca in &self.constrained_by {
            if let Err(what) = names::check(ca, certificate, budget) {
                findings.add(Rule::NameConstraints, format!("{place} {what}"));
            }
        }
    }
}
