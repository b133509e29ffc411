//! Certificate requests (PKCS#10, RFC 2986) that come from a token: read within bounds, and proven to come from the key's holder.
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::x509::X509Req;

use super::CounterRefusal;

/// The largest request, in octets.
pub const MAX_REQUEST: usize = 16 * 1024;

/// A request whose signature is its key's. Nothing else of it counts: the certificate says what the register says.
pub struct ProvenKey {
    pub(super) key: PKey<Public>,
}

impl ProvenKey {
    /// Reads a request, DER or PEM.
    ///
    /// # Errors
    /// [`CounterRefusal::Request`] with what is wrong.
    pub fn of_request(bytes: &[u8]) -> Result<Self, CounterRefusal> {
        let wrong = CounterRefusal::Request;
        if bytes.len() > MAX_REQUEST {
            return Err(wrong("it is larger than 16 KiB"));
        }
        let request = match bytes.starts_with(b"-----BEGIN") {
            true => X509Req::from_pem(bytes),
            false => X509Req::from_der(bytes),
        };
        let request = request.map_err(|_| wrong("it is no PKCS#10 request"))?;
        let key = request.public_key().map_err(|_| wrong("its key cannot be read"))?;
        is_strong(&key)?;
        if !request.verify(&key).unwrap_or(false) {
            return Err(wrong("it is not signed with its own key: the token has to sign it"));
        }
        Ok(Self { key })
    }
}

/// What certificates of residents are issued for: RSA of 2048 to 4096 bits with the exponent 65537, P-256, P-384.
fn is_strong(key: &PKey<Public>) -> Result<(), CounterRefusal> {
    let weak =
        || CounterRefusal::Request("its key is neither RSA-2048 to 4096 with exponent 65537 nor on P-256 or P-384");
    match key.id() {
        Id::RSA => {
            let rsa = key.rsa().map_err(|_| weak())?;
            let exponent = rsa.e().to_dec_str().map_err(|_| weak())?;
            ((2048..=4096).contains(&key.bits()) && exponent.to_string() == "65537").then_some(()).ok_or_else(weak)
        }
        Id::EC => {
            let curve = key.ec_key().map_err(|_| weak())?.group().curve_name();
            matches!(curve, Some(Nid::X9_62_PRIME256V1 | Nid::SECP384R1)).then_some(()).ok_or_else(weak)
        }
        _ => Err(weak()),
    }
}

#[cfg(test)]
mod tests {
    use openssl::hash::MessageDigest;
    use openssl::pkey::Private;
    use openssl::rsa::Rsa;
    use openssl::x509::X509ReqBuilder;
    use proptest::prelude::*;

    use super::*;

    fn request(key: &PKey<Private>, signer: &PKey<Private>) -> Vec<u8> {
        let mut builder = X509ReqBuilder::new().unwrap();
        builder.set_pubkey(key).unwrap();
        builder.sign(signer, MessageDigest::sha256()).unwrap();
        builder.build().to_der().unwrap()
    }

    fn why(bytes: &[u8]) -> String {
        ProvenKey::of_request(bytes).err().unwrap().to_string()
    }

    #[test]
    fn only_the_holder_of_a_strong_key_gets_a_certificate_for_it() {
        let rsa = |bits| PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap();
        let (good, weak) = (rsa(2048), rsa(1024));
        let der = request(&good, &good);
        assert!(ProvenKey::of_request(&der).is_ok());
        assert!(why(&request(&weak, &weak)).contains("neither RSA-2048"));
        assert!(why(&request(&good, &weak)).contains("its own key"));
        assert!(why(b"-----BEGIN CERTIFICATE REQUEST-----\n").contains("no PKCS#10"));
        assert!(why(&vec![0x30; MAX_REQUEST + 1]).contains("larger"));
        for cut in 0..der.len() {
            assert!(ProvenKey::of_request(&der[..cut]).is_err(), "{cut}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_without_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(ProvenKey::of_request(&bytes).is_err());
        }
    }
}
