//! Certificate extensions (RFC 5280 4.2), each as its DER content, and put into OpenSSL's builder.
use openssl::asn1::{Asn1Object, Asn1OctetString};
use openssl::x509::{X509Builder, X509Extension};

use super::declaration::{DistributionPoint, KeyUsage, Policy};
use super::names::{Values, name_der};
use super::{AuthorityError, der};

/// Whether an extension must be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criticality {
    /// It must.
    Critical,
    /// It need not.
    NonCritical,
}

/// Adds the extension `oid` with the DER `content`.
///
/// # Errors
/// When OpenSSL refuses it.
pub fn append(
    builder: &mut X509Builder,
    oid: &str,
    criticality: Criticality,
    content: &[u8],
) -> Result<(), AuthorityError> {
    let oid = Asn1Object::from_str(oid)?;
    let content = Asn1OctetString::new_from_bytes(content)?;
    let extension = X509Extension::new_from_der(&oid, criticality == Criticality::Critical, &content)?;
    builder.append_extension2(&extension)?;
    Ok(())
}

/// basicConstraints of a CA.
pub fn ca_constraints(path_length: Option<u32>) -> Vec<u8> {
    let mut content = der::boolean_true();
    if let Some(length) = path_length {
        content.extend(der::unsigned(&length.to_be_bytes()));
    }
    der::tlv(0x30, &content)
}

/// keyUsage.
pub fn key_usage(usages: &[KeyUsage]) -> Vec<u8> {
    let bits: Vec<u8> = usages
        .iter()
        .map(|usage| match usage {
            KeyUsage::DigitalSignature => 0,
            KeyUsage::NonRepudiation => 1,
            KeyUsage::KeyEncipherment => 2,
            KeyUsage::KeyCertSign => 5,
            KeyUsage::CrlSign => 6,
        })
        .collect();
    der::named_bits(&bits)
}

/// certificatePolicies.
///
/// # Errors
/// When a policy is not an object identifier.
pub fn policies(policies: &[Policy]) -> Result<Vec<u8>, AuthorityError> {
    let mut all = Vec::new();
    for policy in policies {
        let mut information = der::oid(&policy.oid)?;
        if let Some(cps) = &policy.cps {
            let qualifier = der::sequence(&[&der::oid("1.3.6.1.5.5.7.2.1")?, &der::ia5(cps)]);
            information.extend(der::sequence(&[&qualifier]));
        }
        all.extend(der::tlv(0x30, &information));
    }
    Ok(der::tlv(0x30, &all))
}

/// A GeneralNames of one directoryName, as issuerAltName has it.
///
/// # Errors
/// When the name is not well formed.
pub fn directory_names(name: &[String]) -> Result<Vec<u8>, AuthorityError> {
    Ok(der::sequence(&[&der::context(4, &name_der(name, &Values::default())?)]))
}

/// A GeneralNames of one dNSName, as the subjectAltName of a machine has it.
pub fn dns_name(name: &str) -> Vec<u8> {
    der::sequence(&[&der::context_primitive(2, name.as_bytes())])
}

/// extendedKeyUsage of a machine that both takes connections and makes them: serverAuth and clientAuth (RFC 5280 4.2.1.12).
///
/// # Errors
/// Never in practice: the identifiers are fixed.
pub fn both_ends_of_tls() -> Result<Vec<u8>, AuthorityError> {
    Ok(der::sequence(&[&der::oid("1.3.6.1.5.5.7.3.1")?, &der::oid("1.3.6.1.5.5.7.3.2")?]))
}

/// DistributionPointName: fullName with one name.
fn point_name(point: &DistributionPoint, values: &Values<'_>) -> Result<Vec<u8>, AuthorityError> {
    let general_name = match point {
        DistributionPoint::DirectoryName(name) => der::context(4, &name_der(name, values)?),
        DistributionPoint::Uri(address) => der::context_primitive(6, values.fill(address)?.as_bytes()),
    };
    Ok(der::context(0, &der::context(0, &general_name)))
}

/// cRLDistributionPoints with one point.
///
/// # Errors
/// When the name is not well formed.
pub fn distribution_points(point: &DistributionPoint, values: &Values<'_>) -> Result<Vec<u8>, AuthorityError> {
    Ok(der::sequence(&[&der::sequence(&[&point_name(point, values)?])]))
}

/// issuingDistributionPoint that covers all certificates of one point.
///
/// # Errors
/// When the name is not well formed.
pub fn issuing_distribution_point(point: &DistributionPoint, values: &Values<'_>) -> Result<Vec<u8>, AuthorityError> {
    Ok(der::sequence(&[&point_name(point, values)?]))
}

/// authorityInfoAccess with one OCSP responder.
///
/// # Errors
/// Never in practice: the identifier is fixed.
pub fn ocsp_access(address: &str) -> Result<Vec<u8>, AuthorityError> {
    let description =
        der::sequence(&[&der::oid("1.3.6.1.5.5.7.48.1")?, &der::context_primitive(6, address.as_bytes())]);
    Ok(der::sequence(&[&description]))
}

/// authorityKeyIdentifier by key identifier.
pub fn authority_key_identifier(key_identifier: &[u8]) -> Vec<u8> {
    der::sequence(&[&der::context_primitive(0, key_identifier)])
}
