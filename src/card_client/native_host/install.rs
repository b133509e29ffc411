//! Telling browsers where the native messaging host is: a manifest in each browser's folder, and a script that starts this
//! program with the card's arguments, for a manifest has no room for any.
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{CHROMIUM_EXTENSION, FIREFOX_EXTENSION, NAME};
use crate::card_client::ClientError;
use crate::card_client::folder::{DataFolder, write_new};

/// A browser that the host can be told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Browser {
    /// Chromium
    Chromium,
    /// Google Chrome
    Chrome,
    /// Firefox
    Firefox,
    /// Microsoft Edge
    Edge,
}

/// Every browser.
pub const ALL: [Browser; 4] = [Browser::Chromium, Browser::Chrome, Browser::Firefox, Browser::Edge];

impl Browser {
    /// The folder of its manifests, below the person's home.
    fn folder(self) -> &'static str {
        match (self, cfg!(target_os = "macos")) {
            (Self::Chromium, false) => ".config/chromium/NativeMessagingHosts",
            (Self::Chrome, false) => ".config/google-chrome/NativeMessagingHosts",
            (Self::Edge, false) => ".config/microsoft-edge/NativeMessagingHosts",
            (Self::Firefox, false) => ".mozilla/native-messaging-hosts",
            (Self::Chromium, true) => "Library/Application Support/Chromium/NativeMessagingHosts",
            (Self::Chrome, true) => "Library/Application Support/Google/Chrome/NativeMessagingHosts",
            (Self::Edge, true) => "Library/Application Support/Microsoft Edge/NativeMessagingHosts",
            (Self::Firefox, true) => "Library/Application Support/Mozilla/NativeMessagingHosts",
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Chrome => "Google Chrome",
            Self::Firefox => "Firefox",
            Self::Edge => "Microsoft Edge",
        }
    }

    /// Where its manifest lies; `user_data` is the browser's own folder where it is not the usual one.
    ///
    /// # Errors
    /// When there is no home.
    pub fn manifest(self, user_data: Option<&Path>) -> Result<PathBuf, ClientError> {
        let folder = match user_data {
            Some(folder) => folder.join("NativeMessagingHosts"),
            None => {
                let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
                let home = home.ok_or_else(|| {
                    ClientError::usage("there is no HOME: name a folder with --user-data-dir")
                        .in_japanese("HOME がありません。--user-data-dir でフォルダーを指定してください")
                })?;
                PathBuf::from(home).join(self.folder())
            }
        };
        Ok(folder.join(format!("{NAME}.json")))
    }
}

/// What the script starts.
#[derive(Debug)]
pub struct Script<'a> {
    /// This program.
    pub program: &'a Path,
    /// Words between the program and its own arguments (where another program holds this one).
    pub led_by: &'a [&'a str],
    /// The arguments that say where the card is, and how windows are opened.
    pub arguments: Vec<std::ffi::OsString>,
}

impl Script<'_> {
    /// Writes it into the client's folder; gives its path.
    ///
    /// # Errors
    /// When it cannot be written, or a path is not UTF-8.
    pub fn write(&self, folder: &DataFolder) -> Result<PathBuf, ClientError> {
        let mut words = vec![quoted(self.program.as_os_str())?];
        for word in self.led_by {
            words.push(quoted(OsStr::new(word))?);
        }
        words.extend(["--data".to_owned(), quoted(&absolute(folder.path())?)?, "native-host".to_owned()]);
        for argument in &self.arguments {
            words.push(quoted(argument)?);
        }
        let text = format!(
            "#!/bin/sh\n# Written by `madoguchi-card native-host install`.\nexec {} -- \"$@\"\n",
            words.join(" ")
        );
        let path = PathBuf::from(absolute(folder.path())?).join("native-host.sh");
        folder.make()?;
        write_new(&path, text.as_bytes(), 0o700)?;
        Ok(path)
    }
}

/// Tells a browser; gives the manifest's path. `extension` is one that was installed from elsewhere.
///
/// # Errors
/// When it cannot be written.
pub fn install(
    browser: Browser,
    user_data: Option<&Path>,
    script: &Path,
    extension: Option<&str>,
) -> Result<PathBuf, ClientError> {
    let path = browser.manifest(user_data)?;
    let mut manifest = json!({ "name": NAME, "description": "Madoguchi card client", "path": script, "type": "stdio" });
    match browser {
        Browser::Firefox => manifest["allowed_extensions"] = json!([FIREFOX_EXTENSION]),
        _ => {
            let ids = [Some(CHROMIUM_EXTENSION), extension].into_iter().flatten();
            let origins: Vec<String> = ids.map(|id| format!("chrome-extension://{id}/")).collect();
            manifest["allowed_origins"] = json!(origins);
        }
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| ClientError::input(folder, error))?;
    }
    write_new(&path, format!("{manifest:#}\n").as_bytes(), 0o644)?;
    Ok(path)
}

/// Takes a browser's manifest away; none when there was none.
///
/// # Errors
/// When it cannot be removed.
pub fn uninstall(browser: Browser, user_data: Option<&Path>) -> Result<Option<PathBuf>, ClientError> {
    let path = browser.manifest(user_data)?;
    match std::fs::remove_file(&path) {
        Ok(()) => Ok(Some(path)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ClientError::input(&path, error)),
    }
}

/// As the shell takes it for one word, whatever stands in it.
fn quoted(word: &OsStr) -> Result<String, ClientError> {
    let text = word
        .to_str()
        .ok_or_else(|| ClientError::usage("a path is not UTF-8").in_japanese("パスが UTF-8 ではありません"))?;
    Ok(format!("'{}'", text.replace('\'', "'\\''")))
}

/// A path that is good from any folder.
///
/// # Errors
/// When the current folder is not known.
pub fn absolute(path: &Path) -> Result<std::ffi::OsString, ClientError> {
    std::path::absolute(path).map(PathBuf::into_os_string).map_err(|error| ClientError::input(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_and_told_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(Some(dir.path().join("it's data"))).unwrap();
        let arguments = vec!["--p12".into(), "/a b/c'd.p12".into()];
        let script = Script { program: Path::new("/usr/bin/madoguchi-card"), led_by: &["card"], arguments };
        let script = script.write(&folder).unwrap();
        let mode = |path: &Path| {
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
        };
        assert_eq!((mode(folder.path()), mode(&script)), (0o700, 0o700), "for its owner alone");
        let text = std::fs::read_to_string(&script).unwrap();
        assert!(text.contains("exec '/usr/bin/madoguchi-card' 'card' --data '"), "{text}");
        assert!(text.trim_end().ends_with(r#" native-host '--p12' '/a b/c'\''d.p12' -- "$@""#), "{text}");
        for browser in ALL {
            let path = install(browser, Some(dir.path()), &script, Some("abc")).unwrap();
            let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            assert_eq!((manifest["name"].as_str(), manifest["path"].as_str()), (Some(NAME), script.to_str()));
            let allowed = manifest.get("allowed_origins").or(manifest.get("allowed_extensions")).unwrap().to_string();
            assert!(allowed.contains(CHROMIUM_EXTENSION) != allowed.contains(FIREFOX_EXTENSION), "{allowed}");
            assert_eq!(uninstall(browser, Some(dir.path())).unwrap(), Some(path));
            assert_eq!(uninstall(browser, Some(dir.path())).unwrap(), None);
        }
    }

    #[test]
    fn the_identifier_follows_from_the_extensions_key() {
        use base64::Engine as _;
        let manifest: serde_json::Value =
            serde_json::from_str(include_str!("../../../extension/manifest.json")).unwrap();
        let key = base64::engine::general_purpose::STANDARD.decode(manifest["key"].as_str().unwrap()).unwrap();
        let digest = hex::encode(ring::digest::digest(&ring::digest::SHA256, &key));
        let letter = |digit: char| char::from(b'a' + u8::try_from(digit.to_digit(16).unwrap()).unwrap());
        assert_eq!(digest.chars().take(32).map(letter).collect::<String>(), CHROMIUM_EXTENSION);
        let firefox: serde_json::Value =
            serde_json::from_str(include_str!("../../../extension/manifest.firefox.json")).unwrap();
        assert_eq!(firefox["browser_specific_settings"]["gecko"]["id"], FIREFOX_EXTENSION);
    }
}
