//! The loopback agent: lets the pages of paired gateways ask for a certificate or a signature, and takes the PIN in
//! windows of its own. It listens on this machine alone. `docs/card-client.md` describes its interface.
mod api;
mod form;
mod guard;
mod operation;
mod pages;
mod state;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};

use super::folder::DataFolder;
use super::token::TokenSource;
use crate::clock::Clock;
use state::Agent;

/// The largest body: a signing request.
const MAX_BODY: usize = 4 << 20;

/// What an agent is started with.
pub struct AgentConfig {
    /// Where it listens; 127.0.0.1 or ::1, port 0 takes a free one.
    pub listen: SocketAddr,
    /// The client's folder: pinned keys and pairings, read anew at each request.
    pub folder: DataFolder,
    /// The cards.
    pub cards: Box<dyn TokenSource>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// An agent that is bound to its address and runs once its future is awaited.
pub struct BoundAgent {
    /// Where it listens.
    pub address: SocketAddr,
    /// Runs it; ends when it is stopped.
    pub server: Server,
}

/// Binds an agent.
///
/// # Errors
/// When the address is not on this machine, or taken.
pub fn bind(config: AgentConfig) -> io::Result<BoundAgent> {
    if !config.listen.ip().is_loopback() {
        let message = format!("{} is not on this machine: the agent listens on 127.0.0.1 only", config.listen);
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let listener = TcpListener::bind(config.listen)?;
    let address = listener.local_addr()?;
    let agent = web::Data::new(Agent::new(config, address));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(agent.clone())
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .wrap(from_fn(guard::guard))
            .configure(routes)
    })
    .disable_signals()
    .workers(1)
    .listen(listener)?
    .run();
    Ok(BoundAgent { address, server })
}

/// The agent's whole URL table.
fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/v1/status", web::get().to(api::get_status))
        .route("/v1/certificate", web::post().to(api::post_certificate))
        .route("/v1/sign", web::post().to(api::post_sign))
        .route("/v1/operations/{operation}", web::get().to(api::get_operation))
        .route("/v1/operations/{operation}", web::delete().to(api::delete_operation))
        .route("/p/{key}", web::get().to(pages::get_page))
        .route("/answer", web::post().to(pages::post_answer))
        .route("/card.css", web::get().to(pages::get_style))
        .default_service(web::to(api::not_found));
}

/// An agent that runs on a thread of its own.
pub struct RunningAgent {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl RunningAgent {
    /// Starts and returns once it listens.
    ///
    /// # Errors
    /// As [`bind`].
    pub fn start(config: AgentConfig) -> io::Result<Self> {
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::Builder::new().name("card-agent".to_owned()).spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                match bind(config) {
                    Ok(BoundAgent { address, server }) => {
                        // The one who started it waits for this; when it is gone, the server still runs until stopped.
                        let _ = tell.send(Ok((address, server.handle())));
                        server.await
                    }
                    Err(error) => {
                        let _ = tell.send(Err(error));
                        Ok(())
                    }
                }
            })
        })?;
        let (address, handle) = told.recv().map_err(io::Error::other)??;
        Ok(Self { address, handle, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for RunningAgent {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            drop(self.handle.stop(false));
            // Its end is all that matters here.
            let _ = thread.join();
        }
    }
}
