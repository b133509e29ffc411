//! An archived list's bytes: packed with gzip, which any system reads without this program, and checked by digest when
//! they come back.
use std::io::Read;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::documents::{DocumentStore, as_recorded, damaged, unread};
use super::error::StoreError;
use super::{Store, blocking};
use crate::pki::crl::{ListBytes, MAX_CRL};

impl Store {
    /// Packs a list and puts it, synced, into the file of its digest beside the documents; gives the packed bytes where
    /// they belong into a row instead (PostgreSQL, so that every gateway has them).
    pub(super) async fn crl_bytes_put(
        &self,
        sha256: [u8; 32],
        bytes: ListBytes,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let documents = self.0.documents.clone();
        blocking(move || {
            let packed = pack(sha256, &bytes)?;
            match documents.crl_files() {
                Some(files) => Ok(files.put(&sha256, &packed).map(|()| None)?),
                None => Ok(Some(packed)),
            }
        })
        .await
    }
}

/// A list of `size` octets out of its row's `content`, or out of its file where the row has none.
///
/// # Errors
/// [`StoreError::Damaged`] when it is not the list of that digest.
pub fn stored(
    documents: &DocumentStore,
    sha256: [u8; 32],
    content: Option<Vec<u8>>,
    size: i64,
) -> Result<Vec<u8>, StoreError> {
    let packed = match (content, documents.crl_files()) {
        (Some(content), _) => content,
        (None, Some(files)) => files.read(&sha256).map_err(|error| unread(sha256, &error))?,
        (None, None) => return Err(damaged(sha256, "its row does not hold it")),
    };
    unpack(sha256, &packed, size)
}

/// Packs a list, read piece by piece from where it lies. Serials are random and keys of signatures too: more effort than
/// the least saves little.
///
/// # Errors
/// [`StoreError::Damaged`] when it cannot be read back as it came in.
pub fn pack(sha256: [u8; 32], list: &ListBytes) -> Result<Vec<u8>, StoreError> {
    let mut packer = GzEncoder::new(Vec::with_capacity(list.len() / 2), Compression::fast());
    list.copy_to(&mut packer).map_err(|fault| damaged(sha256, &fault.what))?;
    Ok(packer.finish()?)
}

/// Gives a list of `size` octets back: never more, whatever the packed bytes claim.
///
/// # Errors
/// [`StoreError::Damaged`] when it is not the list of that digest.
pub fn unpack(sha256: [u8; 32], packed: &[u8], size: i64) -> Result<Vec<u8>, StoreError> {
    let size = u64::try_from(size).map_err(|_| damaged(sha256, "its row tells no size"))?;
    // All room at once: a buffer that grows is there twice when it moves.
    let mut der = Vec::with_capacity(usize::try_from(size).unwrap_or(0).min(MAX_CRL) + 1);
    let read = GzDecoder::new(packed).take(size.saturating_add(1)).read_to_end(&mut der);
    read.map_err(|_| damaged(sha256, "its bytes cannot be unpacked"))?;
    as_recorded(sha256, der)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto;

    #[test]
    fn a_list_comes_back_as_it_was_and_no_longer_than_it_was() {
        let der: Vec<u8> = (0..200_000u32).flat_map(u32::to_be_bytes).collect();
        let (digest, packed) =
            (crypto::sha256(&der), pack(crypto::sha256(&der), &ListBytes::in_memory(der.clone())).unwrap());
        assert!(packed.len() < der.len());
        let size = i64::try_from(der.len()).unwrap();
        assert_eq!(unpack(digest, &packed, size).unwrap(), der);
        assert!(matches!(unpack(digest, &packed, 10), Err(StoreError::Damaged(_))), "a bomb is cut");
        assert!(matches!(unpack(digest, &packed[..packed.len() / 2], size), Err(StoreError::Damaged(_))));
        assert!(matches!(unpack([0; 32], &packed, size), Err(StoreError::Damaged(_))));
    }
}
