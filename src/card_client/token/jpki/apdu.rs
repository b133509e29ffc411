//! Commands to a card and its answers (ISO/IEC 7816-4, short form), with bounds.
use zeroize::Zeroizing;

use crate::card_client::token::TokenError;
use crate::card_client::token::algorithm::MAX_CERTIFICATE;

/// The JPKI application.
pub const AID: [u8; 10] = [0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];
/// The longest answer to a short command: 256 octets and the status word.
const MAX_RESPONSE: usize = 258;

/// What a card answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response<'a> {
    /// The data.
    pub data: &'a [u8],
    /// SW1 and SW2.
    pub status: u16,
}

impl<'a> Response<'a> {
    /// Reads an answer.
    ///
    /// # Errors
    /// When it is shorter than a status word, or longer than a short answer may be.
    pub fn read(bytes: &'a [u8]) -> Result<Self, TokenError> {
        if bytes.len() > MAX_RESPONSE {
            return Err(TokenError::Malformed("its answer is longer than a short answer may be"));
        }
        match bytes.split_last_chunk::<2>() {
            Some((data, status)) => Ok(Self { data, status: u16::from_be_bytes(*status) }),
            None => Err(TokenError::Malformed("its answer has no status word")),
        }
    }

    /// The tries that a status of VERIFY tells: 63Cx, or 6983 for none.
    pub fn tries(&self) -> Option<u32> {
        match self.status {
            0x6983 | 0x6984 => Some(0),
            status if status & 0xfff0 == 0x63c0 => Some(u32::from(status & 0xf)),
            _ => None,
        }
    }
}

/// SELECT by application identifier, no answer wanted.
pub fn select_application() -> Vec<u8> {
    [&[0x00, 0xa4, 0x04, 0x0c, 0x0a], AID.as_slice()].concat()
}

/// SELECT an elementary file, no answer wanted.
pub fn select_file(file: u16) -> Vec<u8> {
    let [high, low] = file.to_be_bytes();
    vec![0x00, 0xa4, 0x02, 0x0c, 0x02, high, low]
}

/// READ BINARY of the selected file, `count` octets from `offset`; none beyond what 15 bits address.
pub fn read_binary(offset: usize, count: u8) -> Option<Vec<u8>> {
    let [high, low] = u16::try_from(offset).ok().filter(|offset| *offset < 0x8000)?.to_be_bytes();
    Some(vec![0x00, 0xb0, high, low, count])
}

/// VERIFY without a PIN: asks for the tries left.
pub fn ask_tries() -> Vec<u8> {
    vec![0x00, 0x20, 0x00, 0x80]
}

/// VERIFY the selected PIN file with `pin`, of at most 255 octets; overwritten when it is let go.
pub fn verify(pin: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut command = Zeroizing::new(Vec::with_capacity(5 + pin.len()));
    command.extend_from_slice(&[0x00, 0x20, 0x00, 0x80, u8::try_from(pin.len()).ok()?]);
    command.extend_from_slice(pin);
    Some(command)
}

/// COMPUTE DIGITAL SIGNATURE with the selected key over a DigestInfo of at most 255 octets; the card pads it.
pub fn sign(digest_info: &[u8]) -> Option<Vec<u8>> {
    let length = u8::try_from(digest_info.len()).ok()?;
    Some([&[0x80, 0x2a, 0x00, 0x80, length], digest_info, &[0x00]].concat())
}

/// DigestInfo of a SHA-256 value (RFC 8017 9.2 note 1).
pub fn digest_info_sha256(value: &[u8]) -> Vec<u8> {
    const HEAD: [u8; 19] = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
        0x20,
    ];
    [&HEAD, value].concat()
}

/// How long the DER object is whose first octets these are, its head included: a SEQUENCE of a definite length in the
/// fewest octets, at most 16 KiB in all.
///
/// # Errors
/// When it is not that.
pub fn object_length(head: &[u8]) -> Result<usize, TokenError> {
    let total = match head {
        [0x30, length @ 0..=0x7f, ..] => 2 + usize::from(*length),
        [0x30, 0x81, length @ 0x80..=0xff, ..] => 3 + usize::from(*length),
        [0x30, 0x82, high @ 1..=0xff, low, ..] => 4 + usize::from(u16::from_be_bytes([*high, *low])),
        [0xff | 0x00, ..] => return Err(TokenError::NoCertificate),
        _ => return Err(TokenError::Malformed("its certificate file holds no certificate")),
    };
    match total <= MAX_CERTIFICATE {
        true => Ok(total),
        false => Err(TokenError::Malformed("its certificate is longer than 16 KiB")),
    }
}
