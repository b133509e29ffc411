//! Whether a ZIP archive (APPNOTE 6.3) unpacks into no more than it may. It is unpacked for that, piece by piece and within the
//! bounds: what its directory says of sizes is not believed. Entries lie side by side: those that share octets, as the densest
//! bombs do, are refused.
use std::io::Read;

use flate2::read::DeflateDecoder;

/// The most entries.
pub const MOST_ENTRIES: usize = 2_000;
/// The most octets that all entries unpack into.
pub const MOST_UNPACKED: u64 = 100 << 20;

/// Why an archive is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZipFault {
    /// More entries or octets than it may hold, or a further archive.
    TooMuch,
    /// It cannot be read: broken, encrypted, in several parts, of 64-bit sizes, or packed in another way than DEFLATE.
    Unreadable,
}

const END: &[u8; 4] = b"PK\x05\x06";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const LOCAL: &[u8; 4] = b"PK\x03\x04";

/// An entry of the central directory.
struct Entry {
    name: String,
    method: u16,
    packed: usize,
    local: usize,
}

/// Checks the whole archive and gives the names in it.
///
/// # Errors
/// A [`ZipFault`].
pub fn check_zip(bytes: &[u8]) -> Result<Vec<String>, ZipFault> {
    let entries = directory(bytes)?;
    let mut places = Vec::with_capacity(entries.len());
    let mut left = MOST_UNPACKED;
    for entry in &entries {
        if is_archive(&entry.name) {
            return Err(ZipFault::TooMuch);
        }
        let from = data_of(bytes, entry.local)?;
        let end = from.checked_add(entry.packed).ok_or(ZipFault::Unreadable)?;
        let packed = bytes.get(from..end).ok_or(ZipFault::Unreadable)?;
        places.push((entry.local, end));
        left = unpack(packed, entry.method, left)?;
    }
    places.sort_unstable();
    let shared = places.windows(2).any(|pair| matches!(pair, [(_, end), (next, _)] if next < end));
    if shared { Err(ZipFault::TooMuch) } else { Ok(entries.into_iter().map(|entry| entry.name).collect()) }
}

fn is_archive(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    ["zip", "gz", "7z", "rar", "xz", "bz2", "tar", "lzh"].contains(&ending.as_str())
}

/// What is left of the bound after these octets were unpacked.
fn unpack(packed: &[u8], method: u16, left: u64) -> Result<u64, ZipFault> {
    let unpacked = match method {
        0 => packed.len() as u64,
        8 => {
            let mut bounded = DeflateDecoder::new(packed).take(left.saturating_add(1));
            std::io::copy(&mut bounded, &mut std::io::sink()).map_err(|_| ZipFault::Unreadable)?
        }
        _ => return Err(ZipFault::Unreadable),
    };
    left.checked_sub(unpacked).ok_or(ZipFault::TooMuch)
}

fn directory(bytes: &[u8]) -> Result<Vec<Entry>, ZipFault> {
    // The end record is 22 octets and a comment of 65,535 at most; the last one counts.
    let tail = bytes.len().saturating_sub(22 + 65_535);
    let window = bytes.get(tail..).unwrap_or_default();
    let at = window.windows(4).rposition(|octets| octets == END).ok_or(ZipFault::Unreadable)?;
    let end = window.get(at..).unwrap_or_default();
    let (disk, entries, from) = (u16_at(end, 4)?, usize::from(u16_at(end, 10)?), u32_at(end, 16)?);
    if disk != 0 || from == u32::MAX {
        return Err(ZipFault::Unreadable);
    }
    if entries > MOST_ENTRIES {
        return Err(ZipFault::TooMuch);
    }
    let mut at = usize::try_from(from).map_err(|_| ZipFault::Unreadable)?;
    let mut found = Vec::with_capacity(entries);
    for _ in 0..entries {
        let (entry, next) = central(bytes, at)?;
        found.push(entry);
        at = next;
    }
    Ok(found)
}

/// The entry of the central directory at a place, and the place of the next.
fn central(bytes: &[u8], at: usize) -> Result<(Entry, usize), ZipFault> {
    let header = bytes.get(at..).filter(|rest| rest.starts_with(CENTRAL)).ok_or(ZipFault::Unreadable)?;
    let (flags, method, packed) = (u16_at(header, 8)?, u16_at(header, 10)?, u32_at(header, 20)?);
    let [name, extra, comment] = [28, 30, 32].map(|place| u16_at(header, place).map(usize::from));
    let (name, extra, comment, local) = (name?, extra?, comment?, u32_at(header, 42)?);
    if flags & 1 != 0 || packed == u32::MAX || local == u32::MAX {
        return Err(ZipFault::Unreadable);
    }
    let text = header.get(46..46 + name).ok_or(ZipFault::Unreadable)?;
    let entry = Entry {
        name: String::from_utf8_lossy(text).into_owned(),
        method,
        packed: usize::try_from(packed).map_err(|_| ZipFault::Unreadable)?,
        local: usize::try_from(local).map_err(|_| ZipFault::Unreadable)?,
    };
    Ok((entry, at + 46 + name + extra + comment))
}

/// Where the octets of an entry begin, behind its local header.
fn data_of(bytes: &[u8], local: usize) -> Result<usize, ZipFault> {
    let header = bytes.get(local..).filter(|rest| rest.starts_with(LOCAL)).ok_or(ZipFault::Unreadable)?;
    let (name, extra) = (usize::from(u16_at(header, 26)?), usize::from(u16_at(header, 28)?));
    Ok(local + 30 + name + extra)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, ZipFault> {
    let octets = bytes.get(at..at + 2).and_then(|octets| octets.try_into().ok());
    octets.map(u16::from_le_bytes).ok_or(ZipFault::Unreadable)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, ZipFault> {
    let octets = bytes.get(at..at + 4).and_then(|octets| octets.try_into().ok());
    octets.map(u32::from_le_bytes).ok_or(ZipFault::Unreadable)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;

    use super::*;

    /// An archive of these files.
    pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
        let (mut bytes, mut central) = (Vec::new(), Vec::new());
        for (name, content) in files {
            let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
            packer.write_all(content).unwrap();
            let packed = packer.finish().unwrap();
            let local = u32::try_from(bytes.len()).unwrap();
            let sizes = [packed.len(), content.len()].map(|size| u32::try_from(size).unwrap().to_le_bytes()).concat();
            let length = u16::try_from(name.len()).unwrap().to_le_bytes();
            bytes.extend([&LOCAL[..], &[20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0], &sizes, &length, &[0, 0]].concat());
            bytes.extend([name.as_bytes(), &packed].concat());
            central.extend([&CENTRAL[..], &[20, 0, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0], &sizes].concat());
            central.extend([&length[..], &[0; 12], &local.to_le_bytes(), name.as_bytes()].concat());
        }
        let count = u16::try_from(files.len()).unwrap().to_le_bytes();
        let from = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let size = u32::try_from(central.len()).unwrap().to_le_bytes();
        [&bytes[..], &central, END, &[0; 4], &count, &count, &size, &from, &[0, 0]].concat()
    }

    #[test]
    fn an_archive_is_read_and_a_bomb_is_not_unpacked_to_its_end() {
        let good = zip(&[("a.txt", b"text"), ("b/c.txt", b"more")]);
        assert_eq!(check_zip(&good), Ok(vec!["a.txt".to_owned(), "b/c.txt".to_owned()]));
        let zeros = vec![0; 26 << 20];
        let bomb = zip(&[("1", &zeros), ("2", &zeros), ("3", &zeros), ("4", &zeros)]);
        assert!(bomb.len() < 200 << 10, "{}", bomb.len());
        assert_eq!(check_zip(&bomb), Err(ZipFault::TooMuch));
        assert_eq!(check_zip(&zip(&[("inner.zip", &good)])), Err(ZipFault::TooMuch));
        let many: Vec<(String, &[u8])> = (0..=MOST_ENTRIES).map(|n| (n.to_string(), &b""[..])).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
        assert_eq!(check_zip(&zip(&many)), Err(ZipFault::TooMuch));
    }

    #[test]
    fn entries_that_share_octets_and_broken_archives_are_refused() {
        let good = zip(&[("a", b"text"), ("b", b"text")]);
        let second = good.windows(4).rposition(|octets| octets == CENTRAL).unwrap();
        let mut shared = good.clone();
        shared[second + 42..second + 46].copy_from_slice(&[0; 4]);
        assert_eq!(check_zip(&shared), Err(ZipFault::TooMuch));
        for (place, value) in [(8, 1), (10, 12), (20, 0xff), (42, 0xff)] {
            let mut broken = good.clone();
            broken[second + place] = value;
            assert!(check_zip(&broken).is_err(), "octet {place}");
        }
        for broken in [&b""[..], b"PK", END, &good[..good.len() - 8], &good[4..]] {
            assert_eq!(check_zip(broken), Err(ZipFault::Unreadable));
        }
    }

    proptest! {
        #[test]
        fn whatever_it_is_given_it_comes_to_an_end(mut bytes in Just(zip(&[("a", b"text"), ("b", b"more")])),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8), cut in any::<prop::sample::Index>()) {
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            let _ = check_zip(&bytes);
            let _ = check_zip(&bytes[..cut.index(bytes.len())]);
        }
    }
}
