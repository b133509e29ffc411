//! The phrase that the person chose: it stands above every PIN field of the client's own windows. A page that only looks
//! like such a window, and a program that took the client's port, do not know it.
use super::ClientError;
use super::folder::DataFolder;
use super::visible::neutralise;

const FILE: &str = "phrase.txt";
/// Characters at most.
const LONGEST: usize = 60;
/// Characters at least: what is shorter can be guessed.
const SHORTEST: usize = 4;

/// The phrase, ready to be shown; none when none was chosen.
///
/// # Errors
/// When it is there and cannot be read.
pub fn phrase(folder: &DataFolder) -> Result<Option<String>, ClientError> {
    let Some(content) = folder.read(FILE)? else { return Ok(None) };
    let text = String::from_utf8(content).map_err(|error| ClientError::input(&folder.path().join(FILE), error))?;
    Ok(Some(neutralise(text.trim())).filter(|text| !text.is_empty()))
}

/// Chooses a phrase, in place of the one before.
///
/// # Errors
/// `phrase-form` when it is too short, too long or holds what cannot be seen; when the file cannot be written.
pub fn choose(folder: &DataFolder, text: &str) -> Result<(), ClientError> {
    let text = text.trim();
    let fits = (SHORTEST..=LONGEST).contains(&text.chars().count()) && neutralise(text) == text && !text.contains('\n');
    match fits {
        true => folder.write(FILE, text.as_bytes()),
        false => Err(ClientError::refused(
            "phrase-form",
            "this phrase cannot be used",
            format!("a phrase has {SHORTEST} to {LONGEST} visible characters"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_kept_and_what_cannot_be_seen_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(Some(dir.path().to_owned())).unwrap();
        assert_eq!(phrase(&folder).unwrap(), None);
        choose(&folder, " 青い　朝顔 ").unwrap();
        assert_eq!(phrase(&folder).unwrap().as_deref(), Some("青い　朝顔"));
        for wrong in ["", "abc", "ab\u{202e}cd", "ab\ncd", &"x".repeat(61)] {
            assert_eq!(choose(&folder, wrong).unwrap_err().code, "phrase-form", "{wrong:?}");
        }
        assert_eq!(phrase(&folder).unwrap().as_deref(), Some("青い　朝顔"));
    }
}
