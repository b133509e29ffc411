//! The network between gateways of municipalities.
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::super::read::Section;
use super::super::values::{Origin, Period};

/// Another gateway.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerSettings {
    /// Its listener: https, the DNS name in its certificate, and the port.
    pub url: Origin,
    /// Where to connect to instead of what the name resolves to.
    #[serde(default)]
    pub address: Option<SocketAddr>,
    /// The codes of the municipalities that it speaks for.
    pub municipalities: Vec<String>,
    /// The file with the keys that sign for it: what `madoguchi keys network` prints there.
    pub keys: PathBuf,
}

section! {
    /// The network between gateways of municipalities.
    NetworkSettings = "network" {
        /// Where other gateways are listened to; none: this gateway is on no network.
        listen: Option<SocketAddr> = None, "an address and a port: \"127.0.0.1:8443\"";
        /// The codes of the municipalities that this gateway speaks for.
        municipalities: Vec<String> = Vec::new(), "a list of codes: [\"131016\"]";
        /// PEM certificate chain that is shown to other gateways, on both ends of a connection.
        certificate: Option<PathBuf> = None, "a PEM file";
        /// Its PEM key.
        key: Option<PathBuf> = None, "a PEM file";
        /// PEM certificates of the network's authority: only what it issued is believed.
        authority: Option<PathBuf> = None, "a PEM file";
        /// The other gateways.
        peers: Vec<PeerSettings> = Vec::new(), "a list of tables: [[network.peers]] with url, municipalities and keys";
        /// How far the clocks of two gateways may be apart, the way of a message included.
        window: Period = Period::seconds(300), "a length of time: \"5m\"";
        /// How long an answer is waited for.
        patience: Period = Period::seconds(10), "a length of time: \"10s\"";
        /// The first pause before a message is sent again; it doubles.
        retry: Period = Period::seconds(5), "a length of time: \"5s\"";
        /// The longest pause.
        retry_at_most: Period = Period::seconds(900), "a length of time: \"15m\"";
        /// Within so many days of moving one notifies moving in (Basic Resident Registration Act, article 22): a later one is marked.
        move_in_within: Period = Period::seconds(14 * 86_400), "a length of time: \"14d\"";
        /// So long after the day that was notified what a municipality was told of a move is kept for the visit.
        visit_within: Period = Period::seconds(30 * 86_400), "a length of time: \"30d\"";
        /// The most messages a minute from one gateway; 0: off.
        messages_per_minute: u32 = 600, "a number; 0: off";
    }
}

impl NetworkSettings {
    /// What is right alone and wrong together.
    pub(in crate::settings) fn wrong_together(&self) -> Option<String> {
        let files = [("certificate", &self.certificate), ("key", &self.key), ("authority", &self.authority)];
        self.listen?;
        let missing = files.iter().find(|(_, file)| file.is_none());
        if let Some((name, _)) = missing {
            return Some(format!("network.{name}: is missing; allowed: a PEM file, because network.listen is set"));
        }
        self.municipalities.is_empty().then(|| {
            "network.municipalities: is missing; allowed: a list of codes: [\"131016\"], because network.listen is set".to_owned()
        })
    }

    /// The paths that are relative to the file that names them.
    pub(in crate::settings) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let files = [&mut self.certificate, &mut self.key, &mut self.authority];
        files.into_iter().flatten().chain(self.peers.iter_mut().map(|peer| &mut peer.keys))
    }
}
