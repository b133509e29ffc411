//! Sends what waits for other gateways, on a thread of its own: a gateway that does not answer keeps nothing else waiting.
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;

use crate::gateway::Gateway;
use crate::store::StoreError;

/// How often the outbox is looked at.
const POLL: Duration = Duration::from_secs(1);

/// The sending under way; dropping it ends it after the present message.
pub struct NetworkDelivery {
    stop: Option<watch::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl NetworkDelivery {
    /// Starts it.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start(gateway: Arc<Gateway>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, mut stopped) = watch::channel(());
        let worker = format!("network-{}", uuid::Uuid::new_v4());
        let thread = std::thread::Builder::new().name("network".to_owned()).spawn(move || {
            runtime.block_on(async move {
                loop {
                    tokio::select! {
                        ended = round(&gateway, &worker) => if let Err(error) = ended {
                            tracing::warn!(target: "madoguchi::network", %error, "messages wait for the record");
                        },
                        // Ends when the handle is dropped; what was under way is sent again.
                        _ = stopped.changed() => return,
                    }
                    if tokio::time::timeout(POLL, stopped.changed()).await.is_ok() {
                        return;
                    }
                }
            });
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

/// Follows what was filed, so that there is something to send, and sends.
async fn round(gateway: &Gateway, worker: &str) -> Result<(), StoreError> {
    gateway.moves_round().await?;
    gateway.network_round(worker).await.map(drop)
}

impl Drop for NetworkDelivery {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
