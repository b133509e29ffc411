//! The attachments that were sent are the ones that were signed: each listed one is there once, whole and unchanged,
//! and no other.
use super::IntakeLimits;
use super::document::{ApplicationDocument, ListedAttachment};
use crate::procedures::Procedure;
use crate::submission::received::ReceivedAttachment;
use crate::submission::rejection::{FieldFault, Rejection, RejectionCode};

type Checked = Result<(), Box<Rejection>>;

/// The list itself: how many, how large, no name twice.
pub(super) fn check_list(document: &ApplicationDocument, procedure: &Procedure, limits: &IntakeLimits) -> Checked {
    let listed = document.attachments.as_slice();
    let least = procedure.least_attachments(&document.answers);
    if listed.len() < least {
        let detail = format!("With these answers {least} attachments are asked for, and {} are listed.", listed.len());
        return Err(Box::new(Rejection::new(RejectionCode::AttachmentsWanted, detail)));
    }
    let most =
        limits.attachments.min(usize::try_from(procedure.most_attachments(&document.answers)).unwrap_or(usize::MAX));
    if listed.len() > most {
        let detail = format!("This procedure takes at most {most} attachments, and {} are listed.", listed.len());
        return Err(Box::new(Rejection::new(RejectionCode::TooManyAttachments, detail)));
    }
    for (index, attachment) in listed.iter().enumerate() {
        if attachment.size > limits.attachment_bytes {
            let message = format!("is larger than {} bytes", limits.attachment_bytes);
            return refuse(RejectionCode::AttachmentTooLarge, index, "size", message);
        }
        if listed.iter().take(index).any(|earlier| earlier.name == attachment.name) {
            return refuse(
                RejectionCode::AttachmentTwice,
                index,
                "name",
                "is the name of another attachment too".into(),
            );
        }
    }
    Ok(())
}

/// What was sent, against the list.
pub(super) fn check_sent(listed: &[ListedAttachment], sent: &[ReceivedAttachment]) -> Checked {
    for (index, attachment) in sent.iter().enumerate() {
        if sent.iter().take(index).any(|earlier| earlier.claimed_name == attachment.claimed_name) {
            let detail = "Two attachments with the same file name were sent: send each once.";
            return Err(Box::new(Rejection::new(RejectionCode::PartTwice, detail)));
        }
        if !listed.iter().any(|listed| listed.name == attachment.claimed_name) {
            let detail = "An attachment was sent under a file name that the application does not list.";
            return Err(Box::new(Rejection::new(RejectionCode::AttachmentNotListed, detail)));
        }
    }
    for (index, listed) in listed.iter().enumerate() {
        let Some(sent) = sent.iter().find(|sent| sent.claimed_name == listed.name) else {
            return refuse(RejectionCode::AttachmentMissing, index, "name", "names a file that was not sent".into());
        };
        check_same(index, listed, sent)?;
    }
    Ok(())
}

fn check_same(index: usize, listed: &ListedAttachment, sent: &ReceivedAttachment) -> Checked {
    if listed.size != sent.bytes.len() as u64 {
        return refuse(
            RejectionCode::AttachmentMismatch,
            index,
            "size",
            "is not the size of the file that was sent".into(),
        );
    }
    let mut digest = [0_u8; 64];
    if hex::encode_to_slice(sent.sha256, &mut digest).is_err() || listed.sha256.as_bytes() != digest {
        let message = "is not the digest of the file that was sent: another file was signed";
        return refuse(RejectionCode::AttachmentMismatch, index, "sha256", message.into());
    }
    Ok(())
}

fn refuse(code: RejectionCode, index: usize, member: &str, message: String) -> Checked {
    let fault = FieldFault::new(format!("/attachments/{index}/{member}"), code.as_str(), message);
    Err(super::document::refuse(code, fault))
}
