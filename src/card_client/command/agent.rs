//! `agent`.
use std::net::SocketAddr;
use std::sync::Arc;

use super::card::CardArgs;
use crate::card_client::ClientError;
use crate::card_client::folder::DataFolder;
use crate::card_client::leave;
use crate::card_client::loopback::{AgentConfig, BoundAgent, bind};
use crate::card_client::opener::BrowserCommand;
use crate::card_client::texts::Language;
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
        let BoundAgent { address, server, agent } = bind(config)?;
        let (handle, state) = (server.handle(), agent.into_inner());
        let end = move || {
            leave::end(&state);
            drop(handle.stop(false));
        };
        if until_stdin_ends {
            let end = end.clone();
            std::thread::Builder::new().name("parent".to_owned()).spawn(move || {
                // Whatever ends it, an error as well, means that the parent is gone.
                let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
                end();
            })?;
        }
        leave::on_signal(end)?;
        // Told last: from now on it ends when it is told to.
        eprintln!("{} http://{address}", Language::of_environment().texts().listens);
        server.await
    });
    served.map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidInput => ClientError::usage(error.to_string())
            .in_japanese(format!("{} はこのパソコンのアドレスではありません。127.0.0.1 を使ってください", args.listen)),
        std::io::ErrorKind::AddrInUse => {
            let detail =
                format!("on {} another program listens, perhaps an agent; see: madoguchi-card status", args.listen);
            ClientError::refused("port-taken", "the agent's address is taken", detail).about(args.listen)
        }
        _ => ClientError::fault(format!("{}: {error}", args.listen)),
    })
}
