//! The loopback agent: lets the pages of paired gateways ask for a certificate or a signature, and takes the PIN in
//! windows of its own. It listens on this machine alone. `docs/card-client.md` describes its interface.
pub mod api;
mod ending;
mod files;
mod form;
mod guard;
mod lock;
pub mod multipart;
pub mod operation;
mod pages;
mod peer;
mod screen;
pub mod state;
mod windows;
mod work;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};

use super::folder::DataFolder;
use super::opener::OpenWindow;
use super::token::TokenSource;
use crate::clock::Clock;
use state::Agent;

/// The largest body of a call that asks for no signature.
const MAX_BODY: usize = 64 << 10;
/// Connections at once: a browser's and its window's, with room to spare.
const MAX_CONNECTIONS: usize = 64;
/// Longest wait for a request's head.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);
/// How often what is over is let go, a card that was held open above all.
const TIDY_EVERY: std::time::Duration = std::time::Duration::from_secs(2);

/// How long the end of the server's thread is waited for: so many looks, this far apart.
const STOP_LOOKS: u32 = 50;
const BETWEEN_LOOKS: std::time::Duration = std::time::Duration::from_millis(10);

/// What an agent is started with.
pub struct AgentConfig {
    /// Where it listens, on 127.0.0.1; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The client's folder: pinned keys and pairings, read anew at each request.
    pub folder: DataFolder,
    /// Where cards may be.
    pub cards: Arc<dyn TokenSource>,
    /// What opens its windows.
    pub opener: Arc<dyn OpenWindow>,
    /// Whether pages may speak to it; a native messaging host answers its browser alone.
    pub answers_pages: bool,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// An agent that is bound to its address and runs once its future is awaited.
pub struct BoundAgent {
    /// Where it listens.
    pub address: SocketAddr,
    /// Runs it; ends when it is stopped.
    pub server: Server,
    /// Its state, for who asks in another way than over HTTP.
    pub agent: web::Data<Agent>,
}

/// Binds an agent.
///
/// # Errors
/// When the address is not on this machine, or taken.
pub fn bind(config: AgentConfig) -> io::Result<BoundAgent> {
    if !(config.listen.is_ipv4() && config.listen.ip().is_loopback()) {
        let message = format!("{} is not on this machine: the agent listens on 127.0.0.1 only", config.listen);
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let listener = TcpListener::bind(config.listen)?;
    let address = listener.local_addr()?;
    let agent = web::Data::new(Agent::new(config, address));
    let served = agent.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(served.clone())
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .wrap(from_fn(guard::guard))
            .configure(routes)
    })
    .disable_signals()
    .workers(1)
    .max_connections(MAX_CONNECTIONS)
    .client_request_timeout(PATIENCE)
    .listen(listener)?
    .run();
    // A thread of its own: closing a card takes its time, and nothing else is to wait for that.
    let tidied = Arc::downgrade(&agent.clone().into_inner());
    std::thread::Builder::new().name("card-tidy".to_owned()).spawn(move || {
        while let Some(agent) = tidied.upgrade() {
            drop(agent.inner());
            drop(agent);
            std::thread::sleep(TIDY_EVERY);
        }
    })?;
    Ok(BoundAgent { address, server, agent })
}

/// The agent's whole URL table.
fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/v1/hello", web::post().to(api::post_hello))
        .route("/v1/pair", web::post().to(api::post_pair))
        .route("/v1/pair/confirm", web::post().to(api::post_confirm))
        .route("/v1/status", web::get().to(api::get_status))
        .route("/v1/certificate", web::post().to(api::post_certificate))
        .service(
            web::resource("/v1/sign")
                .app_data(web::PayloadConfig::new(operation::MAX_ASKED))
                .route(web::post().to(api::post_sign))
                .default_service(web::to(api::not_found)),
        )
        .route("/v1/authenticate", web::post().to(api::post_authenticate))
        .route("/v1/operations/{operation}", web::get().to(api::get_operation))
        .route("/v1/operations/{operation}", web::delete().to(api::delete_operation))
        .route("/p/{key}", web::get().to(pages::get_page))
        .route("/answer", web::post().to(pages::post_answer))
        .route("/files", web::post().to(files::post_files))
        .route("/card.css", web::get().to(pages::get_style))
        .default_service(web::to(api::not_found));
}

/// An agent that runs on a thread of its own.
pub struct RunningAgent {
    address: SocketAddr,
    handle: ServerHandle,
    agent: web::Data<Agent>,
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
                    Ok(BoundAgent { address, server, agent }) => {
                        // The one who started it waits for this; when it is gone, the server still runs until stopped.
                        let _ = tell.send(Ok((address, server.handle(), agent)));
                        server.await
                    }
                    Err(error) => {
                        let _ = tell.send(Err(error));
                        Ok(())
                    }
                }
            })
        })?;
        let (address, handle, agent) = told.recv().map_err(io::Error::other)??;
        Ok(Self { address, handle, agent, thread: Some(thread) })
    }

    /// Its state, for who asks in another way than over HTTP.
    pub fn state(&self) -> Arc<Agent> {
        self.agent.clone().into_inner()
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
            // Its end is all that matters here; it comes at once unless something is stuck, which is not waited for.
            for _ in 0..STOP_LOOKS {
                if thread.is_finished() {
                    let _ = thread.join();
                    return;
                }
                std::thread::sleep(BETWEEN_LOOKS);
            }
        }
    }
}
