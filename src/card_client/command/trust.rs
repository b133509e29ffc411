//! `trust`.
use super::agrees;
use crate::card_client::ClientError;
use crate::card_client::folder::DataFolder;
use crate::card_client::origin::Origin;
use crate::card_client::texts::Language;
use crate::card_client::trust::{self, trusted};
use crate::clock::{Clock, SystemClock};

/// Arguments of `trust`.
#[derive(Debug, clap::Args)]
pub struct TrustArgs {
    /// The gateway: https://…, or http:// on this machine
    origin: String,
    /// Pin without asking; only where you compared the keys by another way
    #[arg(long)]
    yes: bool,
}

/// Fetches, shows and pins a gateway's keys.
pub fn trust(args: &TrustArgs, folder: &DataFolder) -> Result<(), ClientError> {
    let origin = Origin::parse(&args.origin)?;
    let keys = trust::fetch(&origin)?;
    let before = trusted(folder)?.into_iter().find(|gateway| gateway.origin == origin.as_str());
    let before = before.map(|gateway| gateway.key_set()).transpose()?.unwrap_or_default();
    let texts = Language::of_environment().texts();
    eprintln!("{origin}");
    for key in &keys.keys {
        let known =
            if before.keys.iter().any(|old| old.thumbprint() == key.thumbprint()) { texts.trust_known } else { "" };
        eprintln!("  {} {known}", key.thumbprint());
    }
    for key in before.keys.iter().filter(|old| !keys.keys.iter().any(|key| key.thumbprint() == old.thumbprint())) {
        eprintln!("  {} {}", key.thumbprint(), texts.trust_lost);
    }
    if !args.yes && !agrees(texts.trust_question)? {
        return Err(ClientError::refused("user-cancelled", "nothing was pinned", "you did not agree"));
    }
    trust::pin(folder, &origin, &keys, SystemClock.now())?;
    eprintln!("{}", texts.trusted);
    Ok(())
}
