//! Claims about the signer's certificate that the policy makes: whether it is one for signing.
use super::Subject;
use crate::pki::certificate::{Certificate, Oid};
use crate::pki::jpki::{self, ResidentAttributes};
use crate::pki::name;
use crate::signature::policy::{AttributeProfile, KeyUsageName, WithoutKeyUsage};
use crate::signature::report::SignerAttributes;
use crate::verdict::{Check, SubIndication};

/// The key usage is the one for signing; that for authentication is not enough.
pub(in crate::signature) fn key_usage_is_for_signing(subject: &Subject<'_>) -> Check {
    const NAME: &str = "key_usage_is_for_signing";
    const CLAUSE: &str = "RFC 5280 4.2.1.3";
    let Some(certificate) = subject.certificate else { return Check::not_applicable(NAME, CLAUSE) };
    let rules = &subject.rules.signer;
    let failed = |detail: &'static str| Check::failed(NAME, CLAUSE, SubIndication::ChainConstraintsFailure, detail);
    match (certificate.key_usage(), rules.without_key_usage) {
        (Some(usage), _) => {
            let all = rules.key_usage.iter().all(|wanted| match wanted {
                KeyUsageName::DigitalSignature => usage.digital_signature(),
                KeyUsageName::NonRepudiation => usage.non_repudiation(),
            });
            if all {
                Check::passed(NAME, CLAUSE)
            } else {
                failed("the certificate's key usage is not that for signing")
            }
        }
        (None, WithoutKeyUsage::Accept) => Check::passed(NAME, CLAUSE),
        (None, WithoutKeyUsage::Refuse) => failed("the certificate has no key usage"),
    }
}

/// What the path tells of the certificate policies that the signature policy lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::signature) enum PathPolicy {
    /// It is valid for one of them, as mapped and constrained by every CA in it.
    Listed,
    /// It is valid, but for none of them.
    NotListed,
    /// It is not valid, whatever the policies.
    NoPath,
}

/// The path is valid for a certificate policy that the signature policy lists. Where there is no path, the certificate's
/// own policies are looked at.
pub(in crate::signature) fn certificate_policy_is_for_signing(
    subject: &Subject<'_>,
    listed: &[Oid],
    path: PathPolicy,
) -> Check {
    const NAME: &str = "certificate_policy_is_for_signing";
    const CLAUSE: &str = "RFC 5280 4.2.1.4, 6.1.1 (c)";
    let Some(certificate) = subject.certificate.filter(|_| !listed.is_empty()) else {
        return Check::not_applicable(NAME, CLAUSE);
    };
    let states = certificate.policies().iter().any(|policy| listed.contains(policy));
    let failed = |detail: &'static str| Check::failed(NAME, CLAUSE, SubIndication::ChainConstraintsFailure, detail);
    match path {
        PathPolicy::Listed => Check::passed(NAME, CLAUSE),
        PathPolicy::NoPath if states => Check::passed(NAME, CLAUSE),
        PathPolicy::NotListed if states => failed(
            "a certificate above the signer's was not issued under the policy for signing that the signer's names",
        ),
        _ => failed("the certificate was not issued under a policy for signing"),
    }
}

/// The issuing CA is not one that issues certificates for something else.
pub(in crate::signature) fn issuing_ca_is_for_signing(subject: &Subject<'_>) -> Check {
    const NAME: &str = "issuing_ca_is_for_signing";
    const CLAUSE: &str = "EN 319 102-1 5.2.6";
    let refused = &subject.rules.signer.refused_issuer_units;
    let Some(certificate) = subject.certificate.filter(|_| !refused.is_empty()) else {
        return Check::not_applicable(NAME, CLAUSE);
    };
    if refused.iter().any(|unit| name::has_organizational_unit(certificate.issuer_der(), unit)) {
        return Check::failed(
            NAME,
            CLAUSE,
            SubIndication::ChainConstraintsFailure,
            "the certificate was issued by the CA for user authentication",
        );
    }
    Check::passed(NAME, CLAUSE)
}

/// The attributes that the profile asks for are in the certificate and well formed.
pub(in crate::signature) fn attributes_fit_the_profile(subject: &Subject<'_>) -> (Check, SignerAttributes) {
    const NAME: &str = "attributes_fit_the_profile";
    const CLAUSE: &str = "signature policy";
    let not_applicable = Check::not_applicable(NAME, CLAUSE);
    let failed = |detail: String| Check::failed(NAME, CLAUSE, SubIndication::ChainConstraintsFailure, detail);
    match (subject.certificate, subject.rules.signer.attributes) {
        (None, _) => (not_applicable, SignerAttributes::default()),
        (Some(certificate), AttributeProfile::None) => (not_applicable, by_common_name(certificate)),
        (Some(certificate), AttributeProfile::Jpki) => match jpki::resident_attributes(certificate) {
            Ok(attributes) if attributes.name.is_none() => {
                (failed("the certificate does not state the signer's name".into()), resident(attributes))
            }
            Ok(attributes) => (Check::passed(NAME, CLAUSE), resident(attributes)),
            Err(error) => (failed(error.to_string()), SignerAttributes::default()),
        },
    }
}

fn by_common_name(certificate: &Certificate) -> SignerAttributes {
    SignerAttributes { name: certificate.common_name(), ..SignerAttributes::default() }
}

fn resident(attributes: ResidentAttributes) -> SignerAttributes {
    SignerAttributes {
        name: attributes.name,
        date_of_birth: attributes.date_of_birth,
        sex: attributes.sex.map(str::to_owned),
        address: attributes.address,
        name_substitutes: attributes.name_substitutes,
        address_substitutes: attributes.address_substitutes,
    }
}
