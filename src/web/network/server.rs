//! The listener's sockets and its thread.
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpServer, web};

use super::{note_peer, post_message};
use crate::gateway::Gateway;
use crate::network::PATH;

/// Connections of other gateways that are open at the same time.
const CONNECTIONS: usize = 256;

/// A listener that runs; it stops when it is dropped, with what is under way finished.
pub struct NetworkServer {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

fn bind(gateway: Arc<Gateway>, listen: SocketAddr) -> io::Result<(SocketAddr, Server)> {
    let off = || io::Error::other("this gateway is on no network");
    let acceptor = gateway.network().ok_or_else(off)?.identity.acceptor().map_err(io::Error::other)?;
    let gateway = web::Data::from(gateway);
    let server = HttpServer::new(move || {
        App::new().app_data(gateway.clone()).service(web::resource(PATH).route(web::post().to(post_message)))
    })
    .on_connect(note_peer)
    .disable_signals()
    .workers(1)
    .max_connections(CONNECTIONS)
    .keep_alive(Duration::from_secs(15))
    .client_request_timeout(Duration::from_secs(10))
    .client_disconnect_timeout(Duration::from_secs(2))
    .shutdown_timeout(10)
    .bind_openssl(listen, acceptor)?;
    let address = server.addrs().first().copied().ok_or_else(|| io::Error::other("no address was bound"))?;
    Ok((address, server.run()))
}

impl NetworkServer {
    /// Starts and returns once it listens.
    ///
    /// # Errors
    /// When the address cannot be bound, or the gateway is on no network.
    pub fn start(gateway: Arc<Gateway>, listen: SocketAddr) -> io::Result<Self> {
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::Builder::new().name("network-listener".to_owned()).spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                match bind(gateway, listen) {
                    Ok((address, server)) => {
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

impl Drop for NetworkServer {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // The command is sent when `stop` is called; its future only waits for the end, as `join` does.
            drop(self.handle.stop(true));
            let _ = thread.join();
        }
    }
}
