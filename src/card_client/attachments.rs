//! The attachments that a document lists, and comparing them with files at hand.
use std::path::Path;

use super::ClientError;
use super::document::Node;
use super::folder::read_bounded;
use super::visible::neutralise;

/// The largest attachment that is read to be compared.
const MAX_ATTACHMENT: u64 = 64 << 20;

/// An attachment as the document lists it, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Bytes, as it reads in the document.
    pub size: String,
    /// Hex SHA-256.
    pub sha256: String,
    /// Set when a file at hand was found to be this one.
    pub compared: Option<()>,
}

impl Attachment {
    /// Every attachment that a document lists; none when one of them does not read as an attachment.
    pub fn listed_in(root: &Node) -> Vec<Self> {
        let Some(Node::List(items)) = root.member("attachments") else { return Vec::new() };
        let read = |item: &Node| {
            let text = |name: &str| item.member(name).and_then(Node::text).map(neutralise);
            let Some(Node::Number(size)) = item.member("size") else { return None };
            let Node::Object(members) = item else { return None };
            (members.len() == 4).then_some(())?;
            Some(Self {
                name: text("name")?,
                media_type: text("media_type")?,
                size: size.clone(),
                sha256: text("sha256")?,
                compared: None,
            })
        };
        items.iter().map(read).collect::<Option<Vec<Self>>>().unwrap_or_default()
    }

    /// Whether a file of this size and SHA-256 (hex) is this attachment.
    pub fn is(&self, size: u64, sha256: &str) -> bool {
        self.size == size.to_string() && self.sha256.eq_ignore_ascii_case(sha256)
    }
}

/// Compares files with what the document lists, by size and digest; marks those that were found.
///
/// # Errors
/// When a file cannot be read, or is none of the listed attachments.
pub fn compare(listed: &mut [Attachment], files: &[std::path::PathBuf]) -> Result<(), ClientError> {
    for file in files {
        let content = read_bounded(file, MAX_ATTACHMENT)?;
        let digest = hex::encode(ring::digest::digest(&ring::digest::SHA256, &content).as_ref());
        let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
        let found = listed.iter_mut().find(|attachment| attachment.compared.is_none() && attachment.is(size, &digest));
        match found {
            Some(attachment) => attachment.compared = Some(()),
            None => return Err(not_listed(file, size, &digest)),
        }
    }
    Ok(())
}

fn not_listed(file: &Path, size: u64, digest: &str) -> ClientError {
    ClientError::refused(
        "attachment-mismatch",
        "a file is not the one that the application lists",
        format!("{} has {size} bytes and SHA-256 {digest}; no attachment of the application is that", file.display()),
    )
    .about(format!("{}: {size} バイト、SHA-256 {digest}", file.display()))
}
