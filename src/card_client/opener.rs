//! Opening the client's own windows in the person's browser.
use std::ffi::OsString;
use std::process::{Command, Stdio};

use super::ClientError;

/// Names the command that opens windows, where `--open-with` does not.
pub const ENVIRONMENT: &str = "MADOGUCHI_CARD_BROWSER";

/// Opens a page of the client's own in a browser.
pub trait OpenWindow: Send + Sync {
    /// Opens `url`.
    ///
    /// # Errors
    /// `window-not-opened` when there is nothing to open it with.
    fn open(&self, url: &str) -> Result<(), ClientError>;
}

/// A program that is given the address as its last argument. No shell reads it.
#[derive(Debug, Clone)]
pub struct BrowserCommand {
    program: OsString,
    args: Vec<OsString>,
}

impl BrowserCommand {
    /// What `command` says (a program and its arguments, divided by spaces), else what the environment says, else what the
    /// platform opens addresses with.
    pub fn new(command: Option<&str>) -> Self {
        let named = command.map(str::to_owned).or_else(|| std::env::var(ENVIRONMENT).ok());
        let mut words = named.iter().flat_map(|command| command.split_whitespace()).map(OsString::from);
        match words.next() {
            Some(program) => Self { program, args: words.collect() },
            None => Self { program: OsString::from(PLATFORM.0), args: PLATFORM.1.iter().map(OsString::from).collect() },
        }
    }
}

#[cfg(target_os = "macos")]
const PLATFORM: (&str, &[&str]) = ("open", &[]);
#[cfg(target_os = "windows")]
const PLATFORM: (&str, &[&str]) = ("rundll32", &["url.dll,FileProtocolHandler"]);
#[cfg(not(any(target_os = "macos", target_os = "windows")))]
const PLATFORM: (&str, &[&str]) = ("xdg-open", &[]);

impl OpenWindow for BrowserCommand {
    fn open(&self, url: &str) -> Result<(), ClientError> {
        let mut command = Command::new(&self.program);
        // Its output must not land in ours: that of a native messaging host is a protocol.
        command.args(&self.args).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| {
            let program = self.program.to_string_lossy();
            let detail = format!("{program}: {error}; name a browser with --open-with or {ENVIRONMENT}");
            ClientError::refused("window-not-opened", "the card client's window cannot be opened", detail)
                .about(format!("{program}: {error}"))
        })?;
        // Waited for elsewhere, so that no dead process is left behind; how it ended says nothing about the window.
        let waiter = std::thread::Builder::new().name("browser".to_owned());
        let _ = waiter.spawn(move || child.wait());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_at_spaces_and_the_address_is_one_argument() {
        let command = BrowserCommand::new(Some("  firefox --new-window "));
        assert_eq!((command.program.to_str(), command.args), (Some("firefox"), vec![OsString::from("--new-window")]));
        let missing = BrowserCommand::new(Some("/nothing/here")).open("http://127.0.0.1/").unwrap_err();
        assert_eq!(missing.code, "window-not-opened");
    }
}
