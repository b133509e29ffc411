//! Leaving: the process ends when it is told to, whatever a card, a reader's driver or a page does meanwhile.
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Signal, getpid, kill_process};
use tokio::signal::unix::{SignalKind, signal};

use super::loopback::state::Agent;

/// From the last thing that is waited for to the end of the process, at most.
const SOON: Duration = Duration::from_millis(900);

/// Calls `end` on a thread of its own at the first SIGINT or SIGTERM; a second one ends the process where it stands. A thread
/// of its own, because the others may wait for a card.
///
/// # Errors
/// When the system gives no thread or no signals.
pub fn on_signal(end: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let (mut interrupt, mut terminate) = {
        let _entered = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    let spawned = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        });
        let ends = std::thread::Builder::new().name("ending".to_owned()).spawn(end);
        if ends.is_ok() {
            runtime.block_on(async {
                tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            });
        }
        now();
    });
    spawned.map(drop)
}

/// Ends what `agent` has under way, so that the process may end: a signature that is being made finishes and is given out,
/// a card that is open is closed, each for a bounded time. Where a card or its driver still works after that, the process ends
/// by the hardest signal: what libraries do at an ordinary end would wait for it.
pub fn end(agent: &Arc<Agent>) {
    agent.end();
    let late = std::thread::Builder::new().name("late".to_owned()).spawn(|| {
        std::thread::sleep(SOON);
        now();
    });
    if late.is_err() || !agent.close_card() || agent.card_works() {
        now();
    }
}

/// Ends the process where it stands. A card that it had open is reset by the readers' service.
pub fn now() {
    // It does not come back from this; where the system refuses, nothing harder is left to try.
    let _ = kill_process(getpid(), Signal::KILL);
}
