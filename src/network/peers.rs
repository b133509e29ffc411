//! The gateways that this one speaks to. A peer is known by three things that have to agree: the DNS name in its certificate
//! (the host of its URL), the keys that sign for it, and the municipalities that it serves.
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use crate::ids::AgencyCode;
use crate::jws::JwkSet;
use crate::settings::PeerSettings;

/// Another gateway.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The DNS name in its certificate; what operators and clerks read.
    pub name: String,
    /// Where its listener is: scheme, name and port.
    pub url: String,
    /// Where to connect to instead of what the name resolves to.
    pub address: Option<SocketAddr>,
    /// The municipalities that it speaks for.
    pub municipalities: Vec<AgencyCode>,
    /// The keys that sign for it.
    pub keys: JwkSet,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub struct PeerBook(Vec<Peer>);

impl PeerBook {
    /// Reads the keys of the peers that settings name.
    ///
    /// # Errors
    /// A sentence that names the peer: a municipality is served twice, or its keys cannot be read.
    pub fn load(settings: &[PeerSettings], own: &[AgencyCode]) -> Result<Self, String> {
        let mut peers: Vec<Peer> = Vec::new();
        for (number, one) in settings.iter().enumerate() {
            let at = |why: String| format!("network.peers[{}]: {why}", number + 1);
            let peer = read(one).map_err(at)?;
            let taken = |code: &&AgencyCode| {
                own.contains(code) || peers.iter().any(|other| other.municipalities.contains(code))
            };
            if let Some(code) = peer.municipalities.iter().find(taken) {
                return Err(at(format!("municipality {code} is served by another gateway already")));
            }
            if peers.iter().any(|other| other.name == peer.name) {
                return Err(at(format!("{} stands there twice", peer.name)));
            }
            peers.push(peer);
        }
        Ok(Self(peers))
    }

    /// The one that serves a municipality.
    pub fn serving(&self, code: AgencyCode) -> Option<&Peer> {
        self.0.iter().find(|peer| peer.municipalities.contains(&code))
    }

    /// The one of which a certificate with these DNS names is.
    pub fn named(&self, names: &[String]) -> Option<&Peer> {
        self.0.iter().find(|peer| names.contains(&peer.name))
    }

    /// Each.
    pub fn iter(&self) -> impl Iterator<Item = &Peer> {
        self.0.iter()
    }
}

fn read(settings: &PeerSettings) -> Result<Peer, String> {
    let url = settings.url.as_str();
    let name = url::Url::parse(url).ok().and_then(|url| url.domain().map(str::to_ascii_lowercase));
    let name = name.filter(|_| settings.url.is_https());
    let name =
        name.ok_or_else(|| format!("url = {url:?}: allowed: https with a name: \"https://gateway.example:8443\""))?;
    if settings.municipalities.is_empty() {
        return Err("municipalities: allowed: at least one code".to_owned());
    }
    let keys = keys(&settings.keys)?;
    let code = |code: &String| code.parse().map_err(|_| format!("municipalities: {code:?} is not a municipality code"));
    let municipalities = settings.municipalities.iter().map(code).collect::<Result<_, _>>()?;
    Ok(Peer { name, url: url.to_owned(), address: settings.address, municipalities, keys })
}

fn keys(path: &Path) -> Result<JwkSet, String> {
    let bytes = fs::read(path).map_err(|error| format!("keys: {}: {error}", path.display()))?;
    JwkSet::from_json(&bytes).map_err(|error| format!("keys: {}: {error}", path.display()))
}
