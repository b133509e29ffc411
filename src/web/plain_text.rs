//! Plain text that somebody wrote for somebody else: bounded, and without characters that do anything.

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFault {
    /// Nothing was written.
    Empty,
    /// It is longer than allowed.
    Long,
}

/// The text as it is kept: lines end with a line feed, blanks around it are gone, and so are controls and marks that
/// turn the direction of writing.
///
/// # Errors
/// Where it is empty, or longer than `most` characters.
pub fn plain(text: &str, most: usize) -> Result<String, TextFault> {
    let harmful = |letter: &char| {
        (letter.is_control() && !matches!(letter, '\n' | '\t'))
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{200b}')
    };
    let text: String =
        text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|letter| !harmful(letter)).collect();
    let text = text.trim();
    match text.chars().count() {
        0 => Err(TextFault::Empty),
        count if count > most => Err(TextFault::Long),
        _ => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_and_what_does_something_goes() {
        assert_eq!(plain(" a\r\nb\u{202e}\u{0}\u{200b}c\t ", 10).as_deref(), Ok("a\nbc"));
        assert_eq!(plain(" \u{0} \n", 10), Err(TextFault::Empty));
        assert_eq!(plain(&"あ".repeat(11), 10), Err(TextFault::Long));
        assert!(plain(&"あ".repeat(10), 10).is_ok());
    }
}
