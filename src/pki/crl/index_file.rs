//! An index in a file, for the next start (all numbers little-endian):
//!
//! ```text
//! magic "MDGCRLX1"   key id 8     list's SHA-256 32   list's octets u64   signer's SPKI SHA-256 32
//! octets of the stub u32   runs u32   marks u32
//! the stub: the list without its entries
//! a run: start u32, octets u32, the issuer's name          (indirect lists)
//! a mark: 14 octets (super::marks), sorted
//! seal: HMAC-SHA256 over all of it before
//! ```
//!
//! The seal is made with a key that only the gateway has: a file that was changed in any bit is refused, and so is one that
//! somebody else made. The list is then taken in from the archive as if there were no file.
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use ring::hmac;

use super::index::{CrlIndex, Run};
use super::list_key::ListKey;
use super::marks::{MARK_BYTES, Mark, Marks};
use super::shard::CrlShard;

const MAGIC: &[u8; 8] = b"MDGCRLX1";
/// Octets of the seal.
const SEAL: usize = 32;
/// The largest stub that is written: what stands in a list beside its entries.
pub(super) const MAX_STUB: usize = 1 << 20;
/// The largest name of a run.
const MAX_NAME: usize = 64 << 10;
/// Marks that are read at a time.
const MARKS_AT_ONCE: usize = 8 << 10;

/// What an index file says.
pub(super) struct IndexFile {
    /// SHA-256 of the list.
    pub(super) sha256: [u8; 32],
    /// Octets of the list.
    pub(super) len: usize,
    /// SHA-256 of the SubjectPublicKeyInfo whose key signed the list.
    pub(super) issuer_key: [u8; 32],
    /// The list without its entries.
    pub(super) stub: Vec<u8>,
    /// Marks by position, and runs; the issuer is not known yet.
    pub(super) index: CrlIndex,
}

/// Writes through, and seals what went through.
struct Sealing<W> {
    out: W,
    seal: hmac::Context,
}

impl<W: Write> Sealing<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.seal.update(bytes);
        self.out.write_all(bytes)
    }
}

/// Writes the index of `shard`, of digest `sha256`; the caller syncs.
pub(super) fn write(file: &File, shard: &CrlShard, sha256: &[u8; 32], seal: &hmac::Key) -> io::Result<()> {
    let (index, stub) = (&shard.index, shard.stub.as_deref().unwrap_or_default());
    let runs = index.runs.as_deref().unwrap_or_default();
    let mut out = Sealing { out: BufWriter::with_capacity(1 << 20, file), seal: hmac::Context::with_key(seal) };
    out.put(MAGIC)?;
    out.put(&index.key.id())?;
    out.put(sha256)?;
    out.put(&(shard.bytes.len() as u64).to_le_bytes())?;
    out.put(&shard.issuer_key)?;
    for count in [stub.len(), runs.len(), index.len()] {
        out.put(&count_of(count)?)?;
    }
    out.put(stub)?;
    for run in runs {
        out.put(&run.start.to_le_bytes())?;
        out.put(&count_of(run.issuer.len())?)?;
        out.put(&run.issuer)?;
    }
    let mut piece = Vec::with_capacity(MARKS_AT_ONCE * MARK_BYTES);
    for marks in index.marks.all().chunks(MARKS_AT_ONCE) {
        piece.clear();
        marks.iter().for_each(|mark| piece.extend_from_slice(&mark.to_bytes()));
        out.put(&piece)?;
    }
    let Sealing { mut out, seal } = out;
    out.write_all(seal.sign().as_ref())?;
    out.flush()
}

fn count_of(count: usize) -> io::Result<[u8; 4]> {
    u32::try_from(count).map(u32::to_le_bytes).map_err(io::Error::other)
}

/// Reads through, and remembers what went through for the seal.
struct Sealed {
    from: BufReader<File>,
    seal: hmac::Context,
    /// Octets before the seal that were not read yet.
    left: usize,
}

impl Sealed {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), String> {
        self.left = self.left.checked_sub(bytes.len()).ok_or("it is shorter than it says")?;
        self.from.read_exact(bytes).map_err(|error| error.to_string())?;
        self.seal.update(bytes);
        Ok(())
    }
    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
    fn number(&mut self) -> Result<usize, String> {
        self.array().map(|bytes| u32::from_le_bytes(bytes) as usize)
    }
    fn octets(&mut self, count: usize, most: usize) -> Result<Vec<u8>, String> {
        if count > most {
            return Err("it names a size that cannot be".to_owned());
        }
        let mut bytes = vec![0; count];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}

/// Reads the index file at `path`, which must be of the list of digest `wanted`, made under `key` and sealed by `seal`.
///
/// # Errors
/// A sentence: which of it does not hold. No more is read and no more memory taken than the file is long.
pub(super) fn read(path: &Path, wanted: &[u8; 32], key: ListKey, seal: &hmac::Key) -> Result<IndexFile, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let size = file.metadata().map_err(|error| error.to_string())?.len() as usize;
    let left = size.checked_sub(SEAL).ok_or("it is too short")?;
    let from = BufReader::with_capacity(256 << 10, file);
    let mut from = Sealed { from, seal: hmac::Context::with_key(seal), left };
    if from.array()? != *MAGIC {
        return Err("it is of another version".to_owned());
    }
    if from.array()? != key.id() {
        return Err("it was made under another key".to_owned());
    }
    let (sha256, len, issuer_key): ([u8; 32], _, [u8; 32]) = (from.array()?, from.array()?, from.array()?);
    if sha256 != *wanted {
        return Err("it is of another list".to_owned());
    }
    let (stub, runs, marks) = (from.number()?, from.number()?, from.number()?);
    let stub = from.octets(stub, MAX_STUB)?;
    let runs = read_runs(&mut from, runs)?;
    let marks = read_marks(&mut from, marks)?;
    let mut told = [0; SEAL];
    from.from.read_exact(&mut told).map_err(|error| error.to_string())?;
    let made = from.seal.sign();
    if !bool::from(subtle::ConstantTimeEq::ct_eq(made.as_ref(), &told[..])) {
        return Err("it was changed, or another gateway made it".to_owned());
    }
    let index = CrlIndex { key, marks: Marks::of_sorted(marks), issuer: Box::default(), runs };
    Ok(IndexFile { sha256, len: u64::from_le_bytes(len) as usize, issuer_key, stub, index })
}

/// The runs, of which an indirect list has one at least.
fn read_runs(from: &mut Sealed, count: usize) -> Result<Option<Box<[Run]>>, String> {
    if count > from.left / 8 {
        return Err("it is shorter than it says".to_owned());
    }
    let mut runs = Vec::with_capacity(count);
    for _ in 0..count {
        let start = u32::from_le_bytes(from.array()?);
        let length = from.number()?;
        runs.push(Run { start, issuer: from.octets(length, MAX_NAME)?.into() });
    }
    Ok((!runs.is_empty()).then(|| runs.into_boxed_slice()))
}

fn read_marks(from: &mut Sealed, count: usize) -> Result<Box<[Mark]>, String> {
    if count.checked_mul(MARK_BYTES) != Some(from.left) {
        return Err("it is not as long as it says".to_owned());
    }
    let mut marks = Vec::with_capacity(count);
    let mut piece = vec![0; count.min(MARKS_AT_ONCE) * MARK_BYTES];
    while marks.len() < count {
        let size = (count - marks.len()).min(MARKS_AT_ONCE) * MARK_BYTES;
        let piece = piece.get_mut(..size).unwrap_or_default();
        from.fill(piece)?;
        let (read, _) = piece.as_chunks::<MARK_BYTES>();
        marks.extend(read.iter().map(Mark::from_bytes));
    }
    Ok(marks.into_boxed_slice())
}
