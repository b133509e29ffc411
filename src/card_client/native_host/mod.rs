//! The native messaging host: the browser's extension speaks to it over standard input and output. The browser attests the
//! page's origin to the extension, and the extension's own identity to this program by its arguments. The review and the PIN
//! are taken in the same windows as the loopback agent's, on a port of its own that answers no page.
mod desk;
pub mod framing;
pub mod install;

use std::io::{self, Read, Write};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::ClientError;
use super::loopback::state::Agent;
use super::loopback::{AgentConfig, RunningAgent};
use desk::Desk;

/// The host's name, as extensions connect to it.
pub const NAME: &str = "jp.madoguchi.card";
/// The extension's identifier in Chromium and its kin: it follows from the key in its manifest.
pub const CHROMIUM_EXTENSION: &str = "moobdbgokiamoheiepedaaledfafiapj";
/// The extension's identifier in Firefox.
pub const FIREFOX_EXTENSION: &str = "card@madoguchi.example";

/// Messages that wait to be taken, at most.
const MOST_UNREAD: usize = 16;

/// Whether the browser says that our extension started this: Chromium gives its origin as an argument, Firefox its
/// identifier. `extension` is the identifier of an extension that was installed from elsewhere.
///
/// # Errors
/// `caller-unknown`.
pub fn check_caller(arguments: &[String], extension: Option<&str>) -> Result<(), ClientError> {
    let known = |argument: &String| {
        let id = argument.strip_prefix("chrome-extension://").and_then(|rest| rest.strip_suffix('/'));
        id.is_some_and(|id| id == CHROMIUM_EXTENSION || Some(id) == extension) || argument == FIREFOX_EXTENSION
    };
    match arguments.iter().any(known) {
        true => Ok(()),
        false => Err(ClientError::refused(
            "caller-unknown",
            "this is not started by hand",
            "the browser starts it for the extension; install it with: madoguchi-card native-host install",
        )),
    }
}

/// What answers are written to, a whole one at a time.
type Output = Arc<Mutex<Box<dyn Write + Send>>>;

/// Answers the extension until `input` ends, and then ends what is under way ([`Agent::end`]). Messages are taken on a thread
/// of its own: one that waits for a gateway or a lock does not keep the end of input from being seen. `started` gets the state
/// once it runs.
///
/// # Errors
/// When the windows' server cannot start, or the browser sends what is no message.
pub fn serve(
    config: AgentConfig,
    mut input: impl Read,
    output: Box<dyn Write + Send>,
    started: impl FnOnce(Arc<Agent>) -> io::Result<()>,
) -> Result<(), ClientError> {
    let fault = |error: io::Error| ClientError::fault(error.to_string());
    let running = RunningAgent::start(config).map_err(fault)?;
    let state = running.state();
    started(running.state()).map_err(fault)?;
    let output: Output = Arc::new(Mutex::new(output));
    let (desk, answers) = (Desk::new(running.state()), Arc::clone(&output));
    let (put, taken) = std::sync::mpsc::sync_channel::<Value>(MOST_UNREAD);
    let desk_thread = std::thread::Builder::new().name("desk".to_owned()).spawn(move || {
        for message in taken {
            for answer in desk.take(&message, &answers) {
                // When the browser is gone, its input ends too.
                let _ = send(&answers, &answer);
            }
        }
    });
    desk_thread.map_err(fault)?;
    let read = take_all(&mut input, &put, &output);
    state.end();
    state.close_card();
    read
}

/// Hands every message to the desk; one that finds no room is refused.
fn take_all(input: &mut impl Read, put: &SyncSender<Value>, output: &Output) -> Result<(), ClientError> {
    while let Some(message) = framing::read(input)? {
        if let Err(TrySendError::Full(message)) = put.try_send(message) {
            let error = ClientError::refused("too-many", "too many messages", "wait for the answers to those before");
            let id = message.get("id").cloned().unwrap_or_default();
            send(output, &desk::failure(&id, &error)).map_err(|error| ClientError::fault(error.to_string()))?;
        }
    }
    Ok(())
}

/// Sends an answer; one that is too long for the browser is told in its place.
fn send(output: &Output, answer: &Value) -> io::Result<()> {
    let mut output = output.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let written = framing::write(output.as_mut(), answer);
    match written {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            let error = ClientError::refused("answer-too-long", "too long for the browser", "ask for fewer at once");
            let id = answer.get("id").cloned().unwrap_or_default();
            framing::write(output.as_mut(), &desk::failure(&id, &error))
        }
        written => written,
    }
}
