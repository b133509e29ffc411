//! The HTTP server: sockets, TLS, workers, and stopping without dropping a filing that is under way.
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use openssl::ssl::{SslAcceptor, SslAcceptorBuilder, SslFiletype, SslMethod};

use super::config::{TlsFiles, WebConfig};
use super::extract::csrf::CsrfGuard;
use super::middleware::envelope::envelope;
use super::routes;
use super::state::WebState;
use crate::gateway::Gateway;

/// A server that is bound to its address and runs once its future is awaited.
pub struct BoundServer {
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// Runs it; ends when it is stopped.
    pub server: Server,
}

/// Binds to the configured address. Signals are left to the caller.
///
/// # Errors
/// When the address cannot be bound or the TLS files cannot be used.
pub fn bind(gateway: Arc<Gateway>, config: WebConfig) -> io::Result<BoundServer> {
    let listen = config.listen.clone();
    let (patience, tls, workers) = (config.patience, config.tls.clone(), config.workers);
    let guard = web::Data::new(CsrfGuard::new(gateway.keys.session(), config.public_origin.trim_end_matches('/')));
    let gateway = web::Data::from(gateway);
    let state = web::Data::new(WebState::new(config));
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(gateway.clone())
            .app_data(state.clone())
            .app_data(guard.clone())
            .wrap(from_fn(envelope))
            .configure(routes::configure)
    })
    .disable_signals()
    .keep_alive(patience.keep_alive)
    .client_request_timeout(patience.head)
    .client_disconnect_timeout(std::time::Duration::from_secs(2))
    .shutdown_timeout(patience.shutdown.as_secs())
    .tcp_nodelay(true);
    if workers > 0 {
        server = server.workers(workers);
    }
    server = match tls {
        Some(files) => server.bind_openssl(listen, acceptor(&files)?)?,
        None => server.bind(listen)?,
    };
    Ok(BoundServer { addresses: server.addrs(), server: server.run() })
}

/// TLS 1.2 and 1.3 with the forward-secret ciphers of Mozilla's intermediate recommendation.
fn acceptor(files: &TlsFiles) -> io::Result<SslAcceptorBuilder> {
    let wrong = |what: &std::path::Path| {
        let name = what.display().to_string();
        move |error: openssl::error::ErrorStack| io::Error::other(format!("TLS: {name} cannot be used: {error}"))
    };
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls())?;
    builder.set_certificate_chain_file(&files.certificate).map_err(wrong(&files.certificate))?;
    builder.set_private_key_file(&files.key, SslFiletype::PEM).map_err(wrong(&files.key))?;
    builder.check_private_key().map_err(wrong(&files.key))?;
    Ok(builder)
}

/// A server that runs on a thread of its own: for `demo`, and for tests inside their process.
pub struct RunningServer {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl RunningServer {
    /// Starts and returns once it listens.
    ///
    /// # Errors
    /// As [`bind`].
    pub fn start(gateway: Arc<Gateway>, config: WebConfig) -> io::Result<Self> {
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::Builder::new().name("http".to_owned()).spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                match bind(gateway, config) {
                    Ok(BoundServer { addresses, server }) => {
                        let _ = tell.send(Ok((addresses, server.handle())));
                        server.await
                    }
                    Err(error) => {
                        let _ = tell.send(Err(error));
                        Ok(())
                    }
                }
            })
        })?;
        let (addresses, handle) = told.recv().map_err(io::Error::other)??;
        let address = addresses.first().copied().ok_or_else(|| io::Error::other("no address was bound"))?;
        Ok(Self { address, handle, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops taking connections, finishes what is under way, and returns when all is done.
    pub fn stop(mut self) {
        self.shut(true);
    }

    fn shut(&mut self, gracefully: bool) {
        if let Some(thread) = self.thread.take() {
            // The command is sent when `stop` is called; its future only waits for the end, as `join` does.
            drop(self.handle.stop(gracefully));
            let _ = thread.join();
        }
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.shut(false);
    }
}
