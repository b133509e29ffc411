//! Gateways on a network of their own: an authority of theirs, and for each a listener, a client and its settings.
#![allow(dead_code)]
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use madoguchi::authority::Authority;
use madoguchi::authority::declaration::NETWORK;
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::gateway::Gateway;
use madoguchi::gateway::network::{Network, NetworkRound};
use madoguchi::network::message::Message;
use madoguchi::web::network::server::NetworkServer;
use serde_json::Value;

use super::desk::run;
use super::gateway::{TestGateway, Wanted};

/// Chiyoda City, which the first gateway speaks for.
pub const CHIYODA: &str = "131016";
/// Shinjuku City, which the second speaks for.
pub const SHINJUKU: &str = "131041";

/// The authority of the network between gateways, made from `pki/network.toml` once a process.
pub fn authority_dir() -> &'static Path {
    static MADE: OnceLock<tempfile::TempDir> = OnceLock::new();
    MADE.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let sources = [("pki/network.toml".to_owned(), NETWORK.to_owned())];
        Authority::init(dir.path(), &sources, SystemClock.now(), |_, _| {}).unwrap();
        dir
    })
    .path()
}

/// One end of the network, before it runs: its place is known, so that the other's settings can name it.
pub struct End {
    pub name: &'static str,
    pub code: &'static str,
    pub address: SocketAddr,
    pub folder: PathBuf,
}

impl End {
    /// A free port and a key in `folder`.
    pub fn new(name: &'static str, code: &'static str, folder: &Path) -> Self {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let set = Network::public_keys(&folder.join("keys")).unwrap();
        std::fs::write(folder.join("own.jwks"), serde_json::to_vec(&set).unwrap()).unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Self { name, code, address, folder }
    }

    /// The municipalities that it speaks for: Chiyoda's gateway for Yokohama too.
    fn codes(&self) -> Vec<&'static str> {
        if self.code == CHIYODA { vec![CHIYODA, "141003"] } else { vec![self.code] }
    }

    /// The name in its certificate.
    pub fn host(&self) -> String {
        format!("gateway.{}.test", self.name)
    }

    /// Its settings, with `others` as peers.
    pub fn settings(&self, others: &[&End]) -> String {
        let pki = authority_dir();
        let card = format!("gateway-{}", self.name);
        let mut text = format!(
            "[keys]\ndirectory = {:?}\n[database]\nurl = \"sqlite:{}\"\n[network]\nlisten = \"{}\"\nmunicipalities = {:?}\n\
             certificate = {:?}\nkey = {:?}\nauthority = {:?}\nretry = \"1s\"\npatience = \"5s\"\n",
            self.folder.join("keys"),
            self.folder.join("record.db").display(),
            self.address,
            self.codes(),
            pki.join(format!("certificates/{card}.pem")),
            pki.join(format!("private/{card}.key.pem")),
            pki.join("anchors/network-root.pem"),
        );
        for other in others {
            text.push_str(&format!(
                "[[network.peers]]\nurl = \"https://{}:8443\"\naddress = \"{}\"\nmunicipalities = {:?}\nkeys = {:?}\n",
                other.host(),
                other.address,
                other.codes(),
                other.folder.join("own.jwks"),
            ));
        }
        text
    }
}

/// A gateway on the network.
pub struct NetworkGateway {
    pub end: End,
    pub desk: TestGateway,
    listener: Option<NetworkServer>,
}

impl NetworkGateway {
    fn start(end: End, text: String, clock: Arc<dyn Clock>) -> Self {
        let desk = TestGateway::start_with(Wanted { settings: text, clock, ..Wanted::default() });
        let mut gateway = Self { end, desk, listener: None };
        gateway.listen();
        gateway
    }

    pub fn gateway(&self) -> &Arc<Gateway> {
        &self.desk.gateway
    }

    /// Listens (again).
    pub fn listen(&mut self) {
        self.listener = Some(NetworkServer::start(self.desk.gateway.clone(), self.end.address).unwrap());
    }

    /// Listens no more, as a gateway that is down.
    pub fn go_down(&mut self) {
        self.listener = None;
    }

    pub fn is_up(&self) -> bool {
        self.listener.is_some()
    }

    /// Sends what is due.
    pub fn round(&self) -> NetworkRound {
        run(self.gateway().network_round("test")).unwrap()
    }

    /// A message from here to `to`.
    pub fn message(&self, to: &str, kind: &str, body: Value) -> Message {
        let between = (self.end.code.parse().unwrap(), to.parse().unwrap());
        Message::new(kind, between, self.gateway().clock.now(), body)
    }

    /// Keeps a message that is to be sent.
    pub fn keep(&self, message: &Message, lane: &str) {
        let kept = self.gateway().network().unwrap().keep(message, lane).unwrap();
        run(self.gateway().store.network_outbox_add(kept)).unwrap();
    }
}

/// Two gateways that know each other: Chiyoda's and Shinjuku's.
pub struct TwoGateways {
    pub chiyoda: NetworkGateway,
    pub shinjuku: NetworkGateway,
    _folder: tempfile::TempDir,
}

impl TwoGateways {
    pub fn start(clock: Arc<dyn Clock>) -> Self {
        Self::start_with(clock, "")
    }

    /// `more` is added to both gateways' settings.
    pub fn start_with(clock: Arc<dyn Clock>, more: &str) -> Self {
        Self::start_as(clock, more, more)
    }

    /// Both keep registries: the first those of Chiyoda and of Yokohama, the second that of Shinjuku.
    pub fn with_registries(clock: Arc<dyn Clock>) -> Self {
        let registry = |codes: &[&str]| -> String {
            codes.iter().map(|code| format!("[[registry.municipality]]\ncode = {code:?}\n")).collect()
        };
        Self::start_as(clock, &registry(&[CHIYODA, "141003"]), &registry(&[SHINJUKU]))
    }

    fn start_as(clock: Arc<dyn Clock>, first: &str, second: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (End::new("chiyoda", CHIYODA, folder.path()), End::new("shinjuku", SHINJUKU, folder.path()));
        let (first, second) = (one.settings(&[&other]) + first, other.settings(&[&one]) + second);
        Self {
            chiyoda: NetworkGateway::start(one, first, clock.clone()),
            shinjuku: NetworkGateway::start(other, second, clock),
            _folder: folder,
        }
    }
}
