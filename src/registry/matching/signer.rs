//! The applicant is the signer: what the document says of the applicant is what the certificate says of its holder.
use std::sync::Arc;

use super::compare::Claimed;
use crate::pki::certificate::Certificate;
use crate::registry::answer::{RegistryAnswer, RegistryExcerpt};
use crate::signature::report::SignerAttributes;
use crate::signature::verifier::{UndecidedSignature, VerifiedSignature};
use crate::submission::applicant::Applicant;
use crate::submission::rejection::FieldFault;

/// What the applicant is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicantRule {
    /// Policy `jpki`: name, date of birth, sex and address are those of the certificate, byte for byte; what the
    /// certificate does not know is null.
    FourAttributes,
    /// Policy `generic`: the name is the subject's commonName; of the others, what the certificate does not hold is
    /// not compared.
    CommonName,
}

/// A signature of one person, with or without the decision on revocation.
#[derive(Debug)]
pub enum SignerProof {
    /// TOTAL_PASSED.
    Verified(VerifiedSignature),
    /// Everything but revocation.
    Undecided(UndecidedSignature),
}

impl SignerProof {
    /// The signer's certificate.
    pub fn signer(&self) -> &Arc<Certificate> {
        match self {
            Self::Verified(signature) => signature.signer(),
            Self::Undecided(signature) => signature.signer(),
        }
    }

    /// What it says of the person.
    pub fn attributes(&self) -> &SignerAttributes {
        match self {
            Self::Verified(signature) => signature.attributes(),
            Self::Undecided(signature) => signature.attributes(),
        }
    }
}

/// Proof that the applicant whom a document names is the holder of the certificate that signed it, with what the resident
/// registry says of them where it was asked.
#[derive(Debug)]
pub struct IdentifiedSigner(SignerProof, Option<RegistryAnswer>);

impl IdentifiedSigner {
    /// The signature's proof.
    pub fn proof(&self) -> &SignerProof {
        &self.0
    }

    /// What the resident registry says of the holder; none: it was not asked.
    pub fn registry(&self) -> Option<&RegistryAnswer> {
        self.1.as_ref()
    }

    /// The signer's certificate.
    pub fn signer(&self) -> &Arc<Certificate> {
        self.0.signer()
    }

    /// What it says of the person.
    pub fn attributes(&self) -> &SignerAttributes {
        self.0.attributes()
    }
}

/// Compares the applicant with the signer, and the signer with what was read from the registry.
///
/// # Errors
/// Every member that differs, without its content.
pub fn identify(
    proof: SignerProof,
    applicant: &Applicant,
    rule: ApplicantRule,
    registry: Option<&RegistryExcerpt>,
) -> Result<IdentifiedSigner, Vec<FieldFault>> {
    let different = differences(proof.attributes(), applicant, rule);
    if !different.is_empty() {
        return Err(different);
    }
    let answer = registry.map(|registry| registry.answer(&Claimed::from(proof.attributes())));
    Ok(IdentifiedSigner(proof, answer))
}

fn differences(holder: &SignerAttributes, applicant: &Applicant, rule: ApplicantRule) -> Vec<FieldFault> {
    let members: [(&str, Option<&str>, &Option<String>); 4] = [
        ("name", Some(&applicant.name), &holder.name),
        ("date_of_birth", applicant.date_of_birth.as_deref(), &holder.date_of_birth),
        ("sex", applicant.sex.as_deref(), &holder.sex),
        ("address", applicant.address.as_deref(), &holder.address),
    ];
    let is_same = |name: &str, claimed: Option<&str>, held: &Option<String>| match (rule, held) {
        // A certificate without a commonName names nobody: the name is always compared.
        (ApplicantRule::CommonName, None) => name != "name",
        _ => claimed == held.as_deref(),
    };
    members
        .into_iter()
        .filter(|(name, claimed, held)| !is_same(name, *claimed, held))
        .map(|(name, _, _)| {
            FieldFault::new(format!("/applicant/{name}"), "not-the-signer", "is not what the signer's certificate says")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(name: Option<&str>, birth: Option<&str>, sex: Option<&str>, address: Option<&str>) -> SignerAttributes {
        SignerAttributes {
            name: name.map(Into::into),
            date_of_birth: birth.map(Into::into),
            sex: sex.map(Into::into),
            address: address.map(Into::into),
            ..SignerAttributes::default()
        }
    }

    fn applicant(name: &str, birth: Option<&str>, sex: Option<&str>, address: Option<&str>) -> Applicant {
        Applicant {
            name: name.into(),
            date_of_birth: birth.map(Into::into),
            sex: sex.map(Into::into),
            address: address.map(Into::into),
        }
    }

    /// What differs, over every pair of (certificate holds it, document states it, the two are equal) of one member.
    #[test]
    fn the_rule_for_one_member_is_this_table() {
        use ApplicantRule::{CommonName, FourAttributes};
        for (rule, held, stated, same) in [
            (FourAttributes, Some("a"), Some("a"), true),
            (FourAttributes, Some("a"), Some("b"), false),
            (FourAttributes, Some("a"), None, false),
            (FourAttributes, None, Some("a"), false),
            (FourAttributes, None, None, true),
            (CommonName, Some("a"), Some("a"), true),
            (CommonName, Some("a"), Some("b"), false),
            (CommonName, Some("a"), None, false),
            (CommonName, None, Some("a"), true),
            (CommonName, None, None, true),
        ] {
            for member in 1..4 {
                let at = |index: usize, value| if index == member { value } else { None };
                let holder = holder(Some("n"), at(1, held), at(2, held), at(3, held));
                let applicant = applicant("n", at(1, stated), at(2, stated), at(3, stated));
                let found = differences(&holder, &applicant, rule);
                assert_eq!(found.is_empty(), same, "{rule:?} {held:?} {stated:?} member {member}");
                assert!(found.len() <= 1);
            }
        }
    }

    #[test]
    fn the_name_is_always_compared_byte_for_byte() {
        for rule in [ApplicantRule::FourAttributes, ApplicantRule::CommonName] {
            for (held, stated, same) in [
                (Some("山田　花子"), "山田　花子", true),
                (Some("山田　花子"), "山田 花子", false),
                (Some("Ａ"), "A", false),
                (Some("が"), "か\u{3099}", false),
                (None, "山田", false),
            ] {
                let found = differences(&holder(held, None, None, None), &applicant(stated, None, None, None), rule);
                assert_eq!(found.is_empty(), same, "{rule:?} {held:?} {stated}");
            }
        }
    }

    #[test]
    fn every_difference_is_told_and_none_repeats_the_person() {
        let holder = holder(Some("山田"), Some("1980"), Some("male"), Some("東京都"));
        let found = differences(&holder, &applicant("佐藤", None, None, None), ApplicantRule::FourAttributes);
        let pointers: Vec<_> = found.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/applicant/name", "/applicant/date_of_birth", "/applicant/sex", "/applicant/address"]);
        assert!(!format!("{found:?}").contains("山田"));
    }
}
