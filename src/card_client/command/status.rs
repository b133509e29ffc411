//! `status`.
use serde_json::json;

use super::print;
use crate::card_client::ClientError;
use crate::card_client::folder::DataFolder;
use crate::card_client::pairing::pairings;
use crate::card_client::trust::trusted;

/// Arguments of `status`.
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Tells what is trusted and paired.
pub fn status(args: &StatusArgs, folder: &DataFolder) -> Result<(), ClientError> {
    let (gateways, pairings) = (trusted(folder)?, pairings(folder)?);
    let mut trusted = Vec::new();
    for gateway in &gateways {
        let keys: Vec<String> = gateway.key_set()?.keys.iter().map(crate::jws::Jwk::thumbprint).collect();
        trusted.push(json!({ "origin": gateway.origin, "pinned_at": gateway.pinned_at, "keys": keys }));
    }
    let paired: Vec<&str> = pairings.iter().map(|pairing| pairing.origin.as_str()).collect();
    let version = env!("CARGO_PKG_VERSION");
    if args.json {
        let document = json!({ "version": version, "data": folder.path(), "trusted": trusted, "paired": paired });
        return print(&format!("{document:#}\n"));
    }
    let mut text = format!("madoguchi-card {version}\nfolder  {}\n", folder.path().display());
    for gateway in &gateways {
        text.push_str(&format!("trusted {} since {}\n", gateway.origin, gateway.pinned_at.to_rfc3339()));
    }
    for origin in &paired {
        text.push_str(&format!("paired  {origin}\n"));
    }
    if gateways.is_empty() {
        text.push_str("no gateway is trusted yet: madoguchi-card trust ORIGIN\n");
    }
    print(&text)
}
