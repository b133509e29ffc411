//! The trust state that a verdict is made in, by content: anchors, intermediates, policy and revocation lists. A verdict
//! is a function of document, signature, trust state, policy and time; its report names the state by one digest.
//!
//! Everything is an object named by the SHA-256 of its octets. The state itself is a text of four lines,
//!
//! ```text
//! madoguchi/trust-state/1
//! policy <the policy's text>
//! certificates <lines "anchor <DER>" and "intermediate <DER>">
//! lists <lines "lists <lines "list <DER>">">
//! ```
//!
//! where each `<…>` stands for the hex SHA-256 of what it describes. Objects are what an archive keeps of it; the lists'
//! own octets are the archive of lists' affair.
use std::sync::Arc;

use ring::digest::{Context, SHA256};

use super::policy::SignaturePolicy;
use crate::crypto::{self, to_hex};
use crate::pki::crl::CrlSnapshot;
use crate::pki::trust_store::TrustStore;

/// The first line.
const FORMAT: &str = "madoguchi/trust-state/1";
/// What each line begins with.
const LABELS: [&str; 3] = ["policy", "certificates", "lists"];

/// An object: its SHA-256 and its octets.
pub type Object = ([u8; 32], Vec<u8>);

/// A digest of SHA-256.
pub type Digest = [u8; 32];

/// What of a trust state is kept, so that it can be made again.
#[derive(Debug, Clone)]
pub struct TrustState {
    digest: Digest,
    objects: Vec<Object>,
}

impl TrustState {
    /// The state that consists of these.
    pub fn of(policy: &SignaturePolicy, trust: &TrustStore, crls: &CrlSnapshot) -> Self {
        let lines = parts(policy, trust, crls);
        let named = LABELS.iter().zip(lines).map(|(label, digest)| format!("{label} {digest}\n"));
        let text: String = std::iter::once(format!("{FORMAT}\n")).chain(named).collect();
        let set = crls.list_set();
        let texts = [text.as_str(), policy.text(), trust.text(), set.text()].into_iter();
        let texts = texts.chain(set.buckets().iter().map(String::as_str)).map(str::as_bytes);
        let certificates = trust.anchors().iter().chain(trust.intermediates()).map(|one| one.der());
        let objects = texts.chain(certificates).map(|octets| (crypto::sha256(octets), octets.to_vec())).collect();
        Self { digest: crypto::sha256(text.as_bytes()), objects }
    }

    /// Its digest: that of the first object, the state's text.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Every object that it takes, the lists' own octets apart; the state's text first.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }
}

fn parts<'a>(policy: &'a SignaturePolicy, trust: &'a TrustStore, crls: &'a CrlSnapshot) -> [&'a str; 3] {
    [&policy.reference().sha256, trust.digest(), crls.list_set().digest()]
}

/// The digest of the state that consists of these, without making its objects.
pub fn digest(policy: &SignaturePolicy, trust: &TrustStore, crls: &CrlSnapshot) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(FORMAT.as_bytes());
    context.update(b"\n");
    for (label, digest) in LABELS.iter().zip(parts(policy, trust, crls)) {
        for part in [label, " ", digest, "\n"] {
            context.update(part.as_bytes());
        }
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

/// What a kept trust state consists of.
#[derive(Debug)]
pub struct KeptState {
    /// The policy's text.
    pub policy: String,
    /// Anchors, DER.
    pub anchors: Vec<Vec<u8>>,
    /// Intermediates, DER.
    pub intermediates: Vec<Vec<u8>>,
    /// The lists' digests.
    pub lists: Vec<Digest>,
}

/// Reads a kept state by its objects, each of which `object` gives; the octets are compared with their digest here.
///
/// # Errors
/// What `object` gives; a sentence where an object is not what its name or its place says.
pub fn read<E: From<String>>(
    state: Digest,
    object: &mut dyn FnMut(Digest) -> Result<Vec<u8>, E>,
) -> Result<KeptState, E> {
    let text = text_of(state, object)?;
    let mut lines = text.lines();
    if lines.next() != Some(FORMAT) {
        return Err(E::from(format!("object {} is no trust state of a format that is known", to_hex(&state))));
    }
    let mut named = LABELS.iter().map(|label| lines.next().and_then(|line| digest_in(line, label)));
    let (Some(Some(policy)), Some(Some(certificates)), Some(Some(lists))) = (named.next(), named.next(), named.next())
    else {
        return Err(E::from(format!("trust state {} does not name its parts", to_hex(&state))));
    };
    let mut kept = KeptState {
        policy: text_of(policy, object)?,
        anchors: Vec::new(),
        intermediates: Vec::new(),
        lists: Vec::new(),
    };
    for line in text_of(certificates, object)?.lines() {
        match (digest_in(line, "anchor"), digest_in(line, "intermediate")) {
            (Some(anchor), _) => kept.anchors.push(octets_of(anchor, object)?),
            (_, Some(intermediate)) => kept.intermediates.push(octets_of(intermediate, object)?),
            _ => return Err(unknown_line(certificates)),
        }
    }
    for line in text_of(lists, object)?.lines() {
        let bucket = digest_in(line, "lists").ok_or_else(|| unknown_line(lists))?;
        for line in text_of(bucket, object)?.lines() {
            kept.lists.push(digest_in(line, "list").ok_or_else(|| unknown_line(bucket))?);
        }
    }
    Ok(kept)
}

fn unknown_line<E: From<String>>(of: Digest) -> E {
    E::from(format!("object {} has a line that is not known", to_hex(&of)))
}

/// The digest that a line names after its label.
fn digest_in(line: &str, label: &str) -> Option<Digest> {
    let text = line.strip_prefix(label)?.strip_prefix(' ')?;
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).ok().map(|()| digest)
}

fn octets_of<E: From<String>>(
    name: Digest,
    object: &mut dyn FnMut(Digest) -> Result<Vec<u8>, E>,
) -> Result<Vec<u8>, E> {
    let octets = object(name)?;
    if crypto::sha256(&octets) != name {
        return Err(E::from(format!("object {} is not the one that was kept", to_hex(&name))));
    }
    Ok(octets)
}

fn text_of<E: From<String>>(name: Digest, object: &mut dyn FnMut(Digest) -> Result<Vec<u8>, E>) -> Result<String, E> {
    let octets = octets_of(name, object)?;
    String::from_utf8(octets).map_err(|_| E::from(format!("object {} is not text", to_hex(&name))))
}

/// The trust store and policy of a kept state.
///
/// # Errors
/// A sentence: a certificate or the policy cannot be read by this version.
pub fn restore(kept: &KeptState) -> Result<(SignaturePolicy, TrustStore), String> {
    let certificates = |ders: &[Vec<u8>]| {
        let read = ders.iter().map(|der| crate::pki::certificate::Certificate::from_der(der.clone()).map(Arc::new));
        read.collect::<Result<Vec<_>, _>>().map_err(|error| format!("a kept certificate is {error}"))
    };
    let policy = SignaturePolicy::parse(&kept.policy).map_err(|error| format!("the kept policy is wrong: {error}"))?;
    Ok((policy, TrustStore::new(certificates(&kept.anchors)?, certificates(&kept.intermediates)?)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_state_is_named_by_its_content_and_read_back_from_its_objects() {
        let (policy, trust, crls) = (SignaturePolicy::generic(), TrustStore::default(), CrlSnapshot::default());
        let state = TrustState::of(&policy, &trust, &crls);
        assert_eq!(state.digest(), digest(&policy, &trust, &crls));
        assert_ne!(digest(&SignaturePolicy::jpki(), &trust, &crls), digest(&policy, &trust, &crls));
        let objects: HashMap<Digest, Vec<u8>> = state.objects().iter().cloned().collect();
        let mut give = |name| objects.get(&name).cloned().ok_or_else(|| "not there".to_owned());
        let kept = read(state.digest(), &mut give).unwrap();
        assert_eq!((kept.policy.as_str(), kept.lists.len(), kept.anchors.len()), (policy.text(), 0, 0));
        let mut changed = |name| objects.get(&name).map(|octets| [octets, &b" "[..]].concat()).ok_or_else(String::new);
        assert!(read(state.digest(), &mut changed).unwrap_err().contains("not the one that was kept"));
    }
}
