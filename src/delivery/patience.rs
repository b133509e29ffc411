//! Work that stands back: on a thread of the lowest priority, so that a core that a request wants is a request's.

/// The lowest priority there is (setpriority(2)).
const LOWEST: i32 = 19;

/// Does `work` on a thread of its own that gives way to all others, and waits for it. What threads it starts give way too. A
/// thread cannot raise its priority again, which is why it is one of its own.
pub fn patiently<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            // On Linux the priority is the calling thread's alone. Where it cannot be lowered the work is done all the same.
            let _ = rustix::process::setpriority_process(None, LOWEST);
            work()
        });
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_has_the_lowest_priority_and_its_caller_keeps_its_own() {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let before = priority();
        assert_eq!(patiently(priority), LOWEST);
        assert_eq!(patiently(|| std::thread::scope(|scope| scope.spawn(priority).join().unwrap())), LOWEST);
        assert_eq!(priority(), before);
    }
}
