//! The card client's agent as a child process of the same executable, paired beforehand, with the demo cards.
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use super::AgentLink;
use crate::authority::declaration::CardDeclaration;
use crate::card_client::folder::DataFolder;
use crate::card_client::origin::Origin;
use crate::card_client::{ClientError, pairing, phrase, trust};
use crate::clock::{Clock, SystemClock};
use crate::evidence::keys::Keys;

/// Where it listens when the port is free.
const USUAL_PORT: u16 = 8081;
/// The phrase where nobody chose one.
const DEMO_PHRASE: &str = "青い朝顔と灯台";

/// The child; it ends when its standard input is closed, and is waited for.
pub struct Child(std::process::Child);

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It ends by itself now; what it says then is of no use any more.
        let _ = self.0.wait();
    }
}

/// Pins the gateway's keys, pairs its pages and starts the agent. None where the gateway's origin is not on this machine.
pub fn start(data: &Path, origin: &str, keys: &Keys, cards: &[CardDeclaration]) -> Result<Option<AgentLink>, String> {
    let Some(origin) = Origin::parse(origin).ok().filter(Origin::is_local) else { return Ok(None) };
    let client = data.join("card-client");
    let folder = DataFolder::new(Some(client.clone())).map_err(|error| error.to_string())?;
    trust::pin(&folder, &origin, keys.set(), SystemClock.now()).map_err(|error| error.to_string())?;
    let token = pairing::pair(&folder, &origin).map_err(|error| error.to_string())?.line();
    let phrase = phrase_of(&folder).map_err(|error| error.to_string())?;
    let address = free_address().map_err(|error| format!("no port for the card client's agent: {error}"))?;
    let executable = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(executable);
    command.arg("card").arg("--data").arg(&client).args(["agent", "--until-stdin-ends", "--listen", &address]);
    for card in cards {
        command.arg("--p12").arg(data.join("pki/cards").join(format!("{}.p12", card.id)));
    }
    let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
    let child = child.map_err(|error| format!("the card client's agent cannot be started: {error}"))?;
    Ok(Some(AgentLink { origin: format!("http://{address}"), token, phrase, _child: Child(child) }))
}

/// The phrase that stands above every PIN field: the one that was chosen, else one for the demo.
fn phrase_of(folder: &DataFolder) -> Result<String, ClientError> {
    if phrase::phrase(folder)?.is_none() {
        phrase::choose(folder, DEMO_PHRASE)?;
    }
    Ok(phrase::phrase(folder)?.unwrap_or_default())
}

/// The usual address, or another one that is free.
fn free_address() -> std::io::Result<String> {
    let usual = TcpListener::bind(("127.0.0.1", USUAL_PORT));
    let listener = usual.or_else(|_| TcpListener::bind(("127.0.0.1", 0)))?;
    Ok(listener.local_addr()?.to_string())
}
