//! What kind of file somebody attaches on the pages: the name's ending says one thing, and the first octets have to say the same.
//! What an agency opens is what it seems to be; archives do not unpack into more than they may ([`super::zip_bounds`]).
use super::zip_bounds::{ZipFault, check_zip};

/// A kind of file that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// PDF (ISO 32000).
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// HEIF images, as phones make them.
    Heic,
    /// TIFF.
    Tiff,
    /// Plain text.
    Text,
    /// Comma-separated values.
    Csv,
    /// XML.
    Xml,
    /// JSON.
    Json,
    /// Word (Office Open XML).
    Docx,
    /// Excel (Office Open XML).
    Xlsx,
    /// A ZIP archive.
    Zip,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFault {
    /// There is nothing in it.
    Empty,
    /// Files of this ending are not taken.
    NotTaken,
    /// It is not what its name says.
    Lies,
    /// It unpacks into more than it may, or holds further archives.
    TooMuchInside,
    /// An archive that cannot be read, or is encrypted.
    Unreadable,
}

impl FileFault {
    /// The key of its words on the pages.
    pub fn key(self) -> &'static str {
        match self {
            Self::Empty => "attachments-empty-file",
            Self::NotTaken => "attachments-not-taken",
            Self::Lies => "attachments-lies",
            Self::TooMuchInside => "attachments-too-much-inside",
            Self::Unreadable => "attachments-unreadable",
        }
    }
}

/// The endings of names that are taken, for people and for the browser's file chooser.
pub const ENDINGS: &[(&str, FileKind)] = &[
    ("pdf", FileKind::Pdf),
    ("png", FileKind::Png),
    ("jpg", FileKind::Jpeg),
    ("jpeg", FileKind::Jpeg),
    ("heic", FileKind::Heic),
    ("heif", FileKind::Heic),
    ("tif", FileKind::Tiff),
    ("tiff", FileKind::Tiff),
    ("txt", FileKind::Text),
    ("csv", FileKind::Csv),
    ("xml", FileKind::Xml),
    ("json", FileKind::Json),
    ("docx", FileKind::Docx),
    ("xlsx", FileKind::Xlsx),
    ("zip", FileKind::Zip),
];

impl FileKind {
    /// What a file's name says it is.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        ENDINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending)).map(|(_, kind)| *kind)
    }

    /// The media type that is signed.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Heic => "image/heic",
            Self::Tiff => "image/tiff",
            Self::Text => "text/plain",
            Self::Csv => "text/csv",
            Self::Xml => "application/xml",
            Self::Json => "application/json",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Zip => "application/zip",
        }
    }

    fn begins(self, bytes: &[u8]) -> bool {
        match self {
            Self::Pdf => bytes.starts_with(b"%PDF-"),
            Self::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => bytes.starts_with(b"\xff\xd8\xff"),
            Self::Heic => is_heic(bytes),
            Self::Tiff => bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*"),
            Self::Docx | Self::Xlsx | Self::Zip => bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06"),
            Self::Text | Self::Csv | Self::Xml | Self::Json => is_text(bytes),
        }
    }
}

/// The brands that ISO/IEC 23008-12 gives still images and bursts.
fn is_heic(bytes: &[u8]) -> bool {
    let brand = bytes.get(4..8).filter(|kind| *kind == b"ftyp").and(bytes.get(8..12));
    brand.is_some_and(|brand| {
        [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc"].iter().any(|known| *known == brand)
    })
}

/// Text of any of the usual encodings: no control characters but those of lines, tabs and ISO-2022-JP, and none of the other
/// kinds' beginnings.
fn is_text(bytes: &[u8]) -> bool {
    let others = [FileKind::Pdf, FileKind::Png, FileKind::Jpeg, FileKind::Heic, FileKind::Tiff, FileKind::Zip];
    let plain = |byte: &u8| *byte >= 0x20 || b"\t\n\r\x0c\x1b".contains(byte);
    bytes.iter().all(plain) && !others.iter().any(|other| other.begins(bytes))
}

/// Judges a file by its name and its octets. Unpacks archives, within bounds: not on a thread that others wait for.
///
/// # Errors
/// Why it is not taken.
pub fn judge_file(name: &str, bytes: &[u8]) -> Result<FileKind, FileFault> {
    let kind = FileKind::of_name(name).ok_or(FileFault::NotTaken)?;
    if bytes.is_empty() {
        return Err(FileFault::Empty);
    }
    if !kind.begins(bytes) {
        return Err(FileFault::Lies);
    }
    let within = match kind {
        FileKind::Docx => Some("word/"),
        FileKind::Xlsx => Some("xl/"),
        FileKind::Zip => Some(""),
        _ => None,
    };
    let Some(folder) = within else { return Ok(kind) };
    let names = check_zip(bytes).map_err(|fault| match fault {
        ZipFault::TooMuch => FileFault::TooMuchInside,
        ZipFault::Unreadable => FileFault::Unreadable,
    })?;
    let is_office = folder.is_empty() || names.iter().any(|name| name == "[Content_Types].xml");
    let has_folder = folder.is_empty() || names.iter().any(|name| name.starts_with(folder));
    if is_office && has_folder { Ok(kind) } else { Err(FileFault::Lies) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_and_the_octets_have_to_agree() {
        let png = b"\x89PNG\r\n\x1a\nrest";
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0";
        for (name, bytes, expected) in [
            ("a.PDF", &b"%PDF-1.7\n"[..], Ok(FileKind::Pdf)),
            ("a.png", png, Ok(FileKind::Png)),
            ("a.jpeg", b"\xff\xd8\xff\xe0", Ok(FileKind::Jpeg)),
            ("a.heic", heic, Ok(FileKind::Heic)),
            ("a.tif", b"II*\0", Ok(FileKind::Tiff)),
            ("a.csv", "氏名,住所\r\n".as_bytes(), Ok(FileKind::Csv)),
            ("a.txt", b"\x8e\x81\x96\xbc", Ok(FileKind::Text)),
            ("a.txt", b"\x1b$B;aL>\x1b(B", Ok(FileKind::Text)),
            ("a.pdf", png, Err(FileFault::Lies)),
            ("a.png", b"png", Err(FileFault::Lies)),
            ("a.jpg", heic, Err(FileFault::Lies)),
            ("a.txt", b"MZ\x90\0", Err(FileFault::Lies)),
            ("a.txt", b"%PDF-1.7", Err(FileFault::Lies)),
            ("a.exe", b"MZ", Err(FileFault::NotTaken)),
            ("a.html", b"<html>", Err(FileFault::NotTaken)),
            ("noending", b"text", Err(FileFault::NotTaken)),
            ("a.pdf", b"", Err(FileFault::Empty)),
            ("a.zip", b"PK\x03\x04", Err(FileFault::Unreadable)),
        ] {
            assert_eq!(judge_file(name, bytes), expected, "{name} {bytes:?}");
        }
    }
}
