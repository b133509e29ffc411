//! Append-only segments: many small documents in one file, synced once a group. A process appends only to segments that
//! it made itself, so nobody needs a lock; what a crash leaves at the tail of one is in no row and is never read.
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use ring::rand::{SecureRandom, SystemRandom};

/// Name of the folder.
pub const FOLDER: &str = "segments";

/// A segment is not begun anew before it has this many bytes.
const ROLL_AT: u64 = 256 << 20;

/// The segment that a writer appends to.
#[derive(Debug)]
pub struct SegmentWriter {
    folder: PathBuf,
    open: Option<OpenSegment>,
    roll_at: u64,
    /// Room for a group's bytes, kept from one group to the next.
    room: Vec<u8>,
}

/// Room that is kept at most; a group of large documents gives its own back.
const ROOM: usize = 4 << 20;

#[derive(Debug)]
struct OpenSegment {
    number: i64,
    file: File,
    length: u64,
}

/// A stretch of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The segment's number.
    pub segment: i64,
    /// Position of the first byte.
    pub offset: i64,
    /// Bytes.
    pub size: i64,
}

/// Where a group's bytes will come to lie.
#[derive(Debug, Clone, Copy)]
pub struct Reservation {
    /// The segment's number.
    pub number: i64,
    /// Position of the group's first byte.
    pub offset: u64,
}

impl SegmentWriter {
    /// A writer into `folder`; makes no file before the first group.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, open: None, roll_at: ROLL_AT, room: Vec::new() }
    }

    /// The same with another size to roll at.
    #[cfg(test)]
    pub fn with_roll_at(mut self, bytes: u64) -> Self {
        self.roll_at = bytes;
        self
    }

    /// Where the next group goes.
    ///
    /// # Errors
    /// When a new segment cannot be made.
    pub fn reserve(&mut self) -> io::Result<Reservation> {
        let open = match self.open.take() {
            Some(open) if open.length < self.roll_at => open,
            _ => create(&self.folder)?,
        };
        let reservation = Reservation { number: open.number, offset: open.length };
        self.open = Some(open);
        Ok(reservation)
    }

    /// Empty room for a group's bytes, to be given back with [`Self::append`].
    pub fn room(&mut self) -> Vec<u8> {
        let mut room = std::mem::take(&mut self.room);
        room.clear();
        room
    }

    /// Writes the group at its reservation and syncs it. Nothing is appended when it fails.
    ///
    /// # Errors
    /// When the disk does not take it. The segment is left alone from then on, because after a failed sync nobody
    /// knows what of it is on disk.
    pub fn append(&mut self, reservation: Reservation, bytes: Vec<u8>) -> io::Result<()> {
        let result = self.write(reservation, &bytes);
        if bytes.capacity() <= ROOM {
            self.room = bytes;
        }
        result
    }

    fn write(&mut self, reservation: Reservation, bytes: &[u8]) -> io::Result<()> {
        let Some(mut open) = self.open.take().filter(|open| open.number == reservation.number) else {
            return Err(io::Error::other("the segment is not open any more"));
        };
        let written = open.file.write_all_at(bytes, reservation.offset).and_then(|()| open.file.sync_data());
        if let Err(error) = written {
            // Gives the space back where the disk is full; what is kept is what rows speak of.
            let _ = open.file.set_len(open.length);
            if open.length == 0 {
                let _ = std::fs::remove_file(path(&self.folder, open.number));
            }
            return Err(error);
        }
        open.length = reservation.offset + bytes.len() as u64;
        self.open = Some(open);
        Ok(())
    }
}

/// Makes a segment of a number that no other has, and syncs the folder so that its name lasts.
fn create(folder: &Path) -> io::Result<OpenSegment> {
    let random = SystemRandom::new();
    loop {
        let mut raw = [0; 8];
        random.fill(&mut raw).map_err(|_| io::Error::other("no randomness"))?;
        let number = i64::from_be_bytes(raw) & i64::MAX;
        match OpenOptions::new().read(true).write(true).create_new(true).open(path(folder, number)) {
            Ok(file) => {
                File::open(folder)?.sync_all()?;
                return Ok(OpenSegment { number, file, length: 0 });
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reads a stretch of a segment.
///
/// # Errors
/// When it is not there or too short.
pub fn read(folder: &Path, stretch: Stretch) -> io::Result<Vec<u8>> {
    let offset = u64::try_from(stretch.offset).map_err(io::Error::other)?;
    let size = usize::try_from(stretch.size).map_err(io::Error::other)?;
    let file = File::open(path(folder, stretch.segment))?;
    // A row that was changed must not make us reserve whatever it says.
    if file.metadata()?.len().saturating_sub(offset) < size as u64 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut bytes = vec![0; size];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes)
}

fn path(folder: &Path, number: i64) -> PathBuf {
    folder.join(format!("{number:016x}.seg"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(place: Reservation, offset: u64, size: usize) -> Stretch {
        let number = |value: u64| i64::try_from(value).unwrap();
        Stretch { segment: place.number, offset: number(offset), size: number(size as u64) }
    }

    #[test]
    fn a_group_is_read_back_from_where_it_was_reserved() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = SegmentWriter::new(folder.path().to_owned());
        let mut places = Vec::new();
        for text in ["first", "second"] {
            let place = writer.reserve().unwrap();
            writer.append(place, text.as_bytes().to_vec()).unwrap();
            places.push((place, text));
        }
        assert_eq!(places[0].0.number, places[1].0.number);
        for (place, text) in places {
            let stretch = stretch(place, place.offset, text.len());
            assert_eq!(read(folder.path(), stretch).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn a_full_segment_is_followed_by_a_new_one_and_a_torn_tail_harms_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = SegmentWriter::new(folder.path().to_owned()).with_roll_at(4);
        let first = writer.reserve().unwrap();
        writer.append(first, b"12345".to_vec()).unwrap();
        let second = writer.reserve().unwrap();
        assert_ne!(first.number, second.number);
        assert_eq!(second.offset, 0);
        // A group whose transaction failed leaves its bytes; the next reservation begins after them.
        let torn = path(folder.path(), first.number);
        std::fs::write(&torn, b"12345 and half of a group").unwrap();
        assert_eq!(read(folder.path(), stretch(first, 0, 5)).unwrap(), b"12345");
        assert!(read(folder.path(), stretch(first, 20, 50)).is_err());
    }

    #[test]
    fn two_writers_of_one_folder_never_share_a_segment() {
        let folder = tempfile::tempdir().unwrap();
        let mut one = SegmentWriter::new(folder.path().to_owned());
        let mut other = SegmentWriter::new(folder.path().to_owned());
        assert_ne!(one.reserve().unwrap().number, other.reserve().unwrap().number);
    }
}
