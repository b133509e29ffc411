//! `madoguchi serve`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use super::exit;
use super::failure::Failure;
use crate::clock::SystemClock;
use crate::delivery::background::Background;
use crate::delivery::fetching::Fetching;
use crate::delivery::network::NetworkDelivery;
use crate::gateway::Gateway;
use crate::settings::Settings;
use crate::telemetry;
use crate::web::config::WebConfig;
use crate::web::network::server::NetworkServer;
use crate::web::server::{self, BoundServer};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The settings (TOML); MADOGUCHI__SECTION__KEY in the environment overrides a key
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    match serve(&args.config) {
        Ok(()) => ExitCode::from(exit::OK),
        Err(Failure(status, sentence)) => {
            eprintln!("madoguchi serve: {sentence}");
            ExitCode::from(status)
        }
    }
}

/// Opens the gateway of a settings file, with logging and metrics set up. For `serve` and `work`.
///
/// # Errors
/// A sentence for the operator, and what kind of fault it is.
pub(super) fn open(config: &Path) -> Result<(Settings, Arc<Gateway>), Failure> {
    let settings = Settings::load(config)?;
    telemetry::start_logging(settings.log.format, &settings.log.level).map_err(Failure::usage)?;
    telemetry::metrics_handle();
    let gateway = Gateway::open(&settings, Arc::new(SystemClock))?;
    Ok((settings, Arc::new(gateway)))
}

/// Serves until told to stop. For `serve` and `demo`.
///
/// # Errors
/// As [`open`]; also when the address cannot be listened on.
pub(super) fn serve(config: &Path) -> Result<(), Failure> {
    let (settings, gateway) = open(config)?;
    if settings.server.tls_certificate.is_some() != settings.server.tls_key.is_some() {
        return Err(Failure::usage("server.tls_certificate and server.tls_key go together: set both or neither"));
    }
    let mut background = Background::new(gateway.clone(), &settings).map_err(Failure::usage)?;
    // The lists are there before the first filing, which would be held without them.
    background.take_in_lists();
    let background = background.start().map_err(Failure::fault)?;
    let fetching = Fetching::new(gateway.clone(), &settings).start().map_err(Failure::fault)?;
    let network = start_network(&gateway, &settings)?;
    let outcome = actix_web::rt::System::new().block_on(until_told_to_stop(gateway, WebConfig::from(&settings)));
    drop(network);
    drop(fetching);
    drop(background);
    outcome.map_err(|error| Failure::fault(format!("{}: {error}", settings.server.listen)))
}

/// Listens to other gateways and sends them what waits, where the settings put this one on a network.
fn start_network(
    gateway: &Arc<Gateway>,
    settings: &Settings,
) -> Result<Option<(NetworkServer, NetworkDelivery)>, Failure> {
    let Some(listen) = settings.network.listen else { return Ok(None) };
    let server = NetworkServer::start(gateway.clone(), listen)
        .map_err(|error| Failure::fault(format!("network.listen: {listen}: {error}")))?;
    eprintln!("madoguchi: listening to other gateways on {}", server.address());
    Ok(Some((server, NetworkDelivery::start(gateway.clone()).map_err(Failure::fault)?)))
}

/// Serves until SIGTERM or SIGINT; filings under way are finished first.
async fn until_told_to_stop(gateway: Arc<Gateway>, config: WebConfig) -> std::io::Result<()> {
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let BoundServer { addresses, server } = server::bind(gateway, config)?;
    for address in &addresses {
        eprintln!("madoguchi: listening on {scheme}://{address}");
    }
    let handle = server.handle();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    actix_web::rt::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        eprintln!("madoguchi: stopping; what is under way is finished first");
        handle.stop(true).await;
    });
    server.await
}
