//! The few DER reads that algorithm identifiers and keys need; lengths up to 65,535 octets, one-octet tags.
use super::CryptoError;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const NULL: &[u8] = &[0x05, 0x00];
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

/// Splits the first element off: its tag, its contents, and what comes after it.
pub(super) fn split(input: &[u8]) -> Result<(u8, &[u8], &[u8]), CryptoError> {
    let (tag, rest) = input.split_first().ok_or(CryptoError::Encoding)?;
    let (first, rest) = rest.split_first().ok_or(CryptoError::Encoding)?;
    let (length, rest) = match (*first, rest) {
        (short @ 0..=0x7f, rest) => (usize::from(short), rest),
        (0x81, [length @ 0x80..=0xff, rest @ ..]) => (usize::from(*length), rest),
        (0x82, [high @ 1..=0xff, low, rest @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return Err(CryptoError::Encoding),
    };
    let (contents, rest) = rest.split_at_checked(length).ok_or(CryptoError::Encoding)?;
    Ok((*tag, contents, rest))
}

/// The contents of the first element, which must have `tag`, and what comes after it.
pub(super) fn take(input: &[u8], tag: u8) -> Result<(&[u8], &[u8]), CryptoError> {
    match split(input)? {
        (found, contents, rest) if found == tag => Ok((contents, rest)),
        _ => Err(CryptoError::Encoding),
    }
}

/// The contents of the only element, which must have `tag`.
pub(super) fn only(input: &[u8], tag: u8) -> Result<&[u8], CryptoError> {
    match take(input, tag)? {
        (contents, []) => Ok(contents),
        _ => Err(CryptoError::Encoding),
    }
}

/// The magnitude of a positive INTEGER's contents, without its leading zero octet.
pub(super) fn positive(contents: &[u8]) -> Result<&[u8], CryptoError> {
    match contents {
        [0, high, ..] if *high >= 0x80 => Ok(contents.get(1..).unwrap_or_default()),
        [1..=0x7f, ..] => Ok(contents),
        _ => Err(CryptoError::Encoding),
    }
}

/// An AlgorithmIdentifier (RFC 5280 4.1.1.2): the OID's contents and the parameters' whole DER (empty: absent).
pub(super) fn algorithm_identifier(der: &[u8]) -> Result<(&[u8], &[u8]), CryptoError> {
    let (oid, parameters) = take(only(der, SEQUENCE)?, OID)?;
    if !parameters.is_empty() && !split(parameters)?.2.is_empty() {
        return Err(CryptoError::Encoding);
    }
    Ok((oid, parameters))
}
