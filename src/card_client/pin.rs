//! The PIN: overwritten when it is let go, and never shown.
use zeroize::Zeroizing;

use super::ClientError;

/// A PIN as a person typed it.
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Takes a PIN of 1 to 64 characters, none of them a control character.
    ///
    /// # Errors
    /// When it is not that; the message does not repeat it.
    pub fn new(text: Zeroizing<String>) -> Result<Self, ClientError> {
        let fits = !text.is_empty() && text.len() <= 64 && !text.chars().any(char::is_control);
        match fits {
            true => Ok(Self(text)),
            false => Err(ClientError::refused("pin-form", "this cannot be a PIN", "a PIN has 1 to 64 characters")),
        }
    }

    /// Its characters, for the token alone.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Asks on the terminal, without echo.
    ///
    /// # Errors
    /// When there is no terminal, or what was typed is no PIN.
    pub fn ask(prompt: &str) -> Result<Self, ClientError> {
        let typed = rpassword::prompt_password(prompt).map_err(|_| {
            ClientError::usage("there is no terminal to ask the PIN on; use --pin-stdin")
                .in_japanese("暗証番号を入力する端末がありません。--pin-stdin を使ってください")
        })?;
        Self::new(Zeroizing::new(typed))
    }

    /// Reads the first line of standard input.
    ///
    /// # Errors
    /// When it cannot be read or is no PIN.
    pub fn from_stdin() -> Result<Self, ClientError> {
        let mut line = Zeroizing::new(String::with_capacity(128));
        std::io::stdin()
            .read_line(&mut line)
            .map_err(|error| ClientError::input(std::path::Path::new("standard input"), error))?;
        while line.ends_with(['\n', '\r']) {
            line.pop();
        }
        Self::new(line)
    }
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(hidden)")
    }
}
