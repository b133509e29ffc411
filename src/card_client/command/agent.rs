//! `agent`.
use std::io::Read;
use std::net::SocketAddr;
use std::sync::Arc;

use super::card::CardArgs;
use crate::card_client::ClientError;
use crate::card_client::folder::DataFolder;
use crate::card_client::loopback::{AgentConfig, BoundAgent, bind};
use crate::card_client::opener::BrowserCommand;
use crate::clock::SystemClock;

/// Arguments of `agent`.
#[derive(Debug, clap::Args)]
pub struct AgentArgs {
    #[command(flatten)]
    card: CardArgs,
    /// Where to listen, on this machine
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// The command that opens the client's windows, given the address as its last argument; by default the system's browser
    #[arg(long, value_name = "COMMAND", alias = "browser")]
    open_with: Option<String>,
    /// End when standard input ends: for a program that starts the agent as its child
    #[arg(long, hide = true)]
    until_stdin_ends: bool,
}

/// Serves until it is ended.
pub fn agent(args: AgentArgs, folder: DataFolder) -> Result<(), ClientError> {
    let config = AgentConfig {
        listen: args.listen,
        cards: Arc::new(args.card.source(&folder)?),
        folder,
        opener: Arc::new(BrowserCommand::new(args.open_with.as_deref())),
        answers_pages: true,
        clock: Arc::new(SystemClock),
    };
    let until_stdin_ends = args.until_stdin_ends;
    let served = actix_web::rt::System::new().block_on(async move {
        let BoundAgent { address, server, .. } = bind(config)?;
        eprintln!("the card client's agent listens on http://{address}");
        let handle = server.handle();
        if until_stdin_ends {
            std::thread::spawn(move || {
                // Whatever ends it, an error as well, means that the parent is gone.
                let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
                drop(handle.stop(false));
            });
        } else {
            actix_web::rt::spawn(async move {
                if tokio::signal::ctrl_c().await.is_ok() {
                    handle.stop(false).await;
                }
            });
        }
        server.await
    });
    served.map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidInput => ClientError::usage(error.to_string()),
        _ => ClientError::fault(format!("{}: {error}", args.listen)),
    })
}
