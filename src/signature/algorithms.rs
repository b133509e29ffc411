//! The allow-list: what the engine holds reliable (`crypto::weakness`), narrowed by the policy.
use super::policy::{AlgorithmRules, CurveName, DigestName, SchemeName};
use crate::crypto::{self, Curve, DigestAlgorithm, PublicKey, Scheme, SignatureAlgorithm, Weakness};

const NOT_IN_POLICY: &str = "the policy does not list the digest algorithm";

/// Why the policy does not rely on `digest`; none where it does.
pub(super) fn weak_digest(rules: &AlgorithmRules, digest: DigestAlgorithm) -> Option<Weakness> {
    let name = match digest {
        DigestAlgorithm::Sha1 => return digest.weakness(),
        DigestAlgorithm::Sha256 => DigestName::Sha256,
        DigestAlgorithm::Sha384 => DigestName::Sha384,
        DigestAlgorithm::Sha512 => DigestName::Sha512,
    };
    (!rules.digests.contains(&name)).then_some(not_listed(NOT_IN_POLICY))
}

/// Why the policy does not rely on `algorithm`; none where it does.
pub(super) fn weak_algorithm(rules: &AlgorithmRules, algorithm: &SignatureAlgorithm) -> Option<Weakness> {
    if let Some(weakness) = crypto::weak_algorithm(algorithm) {
        return Some(weakness);
    }
    let (scheme, digest, second) = match algorithm.scheme() {
        Scheme::RsaPkcs1(digest) => (SchemeName::RsaPkcs1, digest, None),
        Scheme::RsaPss { digest, mgf_digest, .. } => (SchemeName::RsaPss, digest, Some(mgf_digest)),
        Scheme::Ecdsa(digest) => (SchemeName::Ecdsa, digest, None),
        Scheme::Other(_) => return Some(not_listed("the signature algorithm is not on the list")),
    };
    if !rules.schemes.contains(&scheme) {
        return Some(not_listed("the policy does not list the signature algorithm"));
    }
    weak_digest(rules, digest).or_else(|| weak_digest(rules, second?))
}

/// Why the policy does not rely on `key`; none where it does.
pub(super) fn weak_key(rules: &AlgorithmRules, key: &PublicKey) -> Option<Weakness> {
    if let Some(weakness) = crypto::weak_key(key) {
        return Some(weakness);
    }
    let curve = key.curve().map(|curve| match curve {
        Curve::P256 => CurveName::P256,
        Curve::P384 => CurveName::P384,
        Curve::P521 => CurveName::P521,
    });
    match curve {
        Some(curve) => {
            (!rules.curves.contains(&curve)).then_some(not_listed("the policy does not list the key's curve"))
        }
        None => (!(rules.rsa_bits_from..=rules.rsa_bits_to).contains(&key.bits()))
            .then_some(not_listed("the policy does not list the RSA key's size")),
    }
}

fn not_listed(reason: &'static str) -> Weakness {
    Weakness { reason, end: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::policy::SignaturePolicy;

    fn rules(change: impl FnOnce(&mut AlgorithmRules)) -> AlgorithmRules {
        let mut rules = SignaturePolicy::generic().rules.algorithms;
        change(&mut rules);
        rules
    }

    #[test]
    fn a_policy_narrows_the_list_and_never_widens_it() {
        let generic = rules(|_| ());
        assert_eq!(weak_digest(&generic, DigestAlgorithm::Sha256), None);
        assert!(weak_digest(&generic, DigestAlgorithm::Sha1).is_some());
        let narrow = rules(|rules| rules.digests = vec![DigestName::Sha384]);
        assert!(weak_digest(&narrow, DigestAlgorithm::Sha256).is_some());
        assert_eq!(weak_digest(&narrow, DigestAlgorithm::Sha384), None);
        assert!(weak_digest(&narrow, DigestAlgorithm::Sha1).is_some());
    }

    #[test]
    fn schemes_are_listed_one_by_one() {
        let ecdsa = [0x30, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
        let algorithm = SignatureAlgorithm::from_der(&ecdsa).unwrap();
        assert_eq!(weak_algorithm(&rules(|_| ()), &algorithm), None);
        assert!(
            weak_algorithm(&rules(|rules| rules.schemes.retain(|name| *name != SchemeName::Ecdsa)), &algorithm)
                .is_some()
        );
        assert!(weak_algorithm(&rules(|rules| rules.digests.clear()), &algorithm).is_some());
    }

    #[test]
    fn curves_and_sizes_are_listed() {
        let group = openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::SECP384R1).unwrap();
        let key = openssl::pkey::PKey::from_ec_key(openssl::ec::EcKey::generate(&group).unwrap()).unwrap();
        let p384 = PublicKey::from_spki_der(&key.public_key_to_der().unwrap()).unwrap();
        assert_eq!(weak_key(&rules(|_| ()), &p384), None);
        assert!(weak_key(&rules(|rules| rules.curves = vec![CurveName::P256]), &p384).is_some());
        let key = openssl::pkey::PKey::from_rsa(openssl::rsa::Rsa::generate(2048).unwrap()).unwrap();
        let rsa = PublicKey::from_spki_der(&key.public_key_to_der().unwrap()).unwrap();
        assert_eq!(weak_key(&rules(|_| ()), &rsa), None);
        assert!(weak_key(&rules(|rules| rules.rsa_bits_from = 3072), &rsa).is_some());
        assert!(weak_key(&rules(|rules| rules.rsa_bits_to = 2047), &rsa).is_some());
    }
}
