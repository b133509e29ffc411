//! `madoguchi`: the gateway and its tools. Everything is in the library; this reads the command line.

use std::process::ExitCode;

/// Filings are many small allocations on a few threads, which the system's allocator takes longer for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    madoguchi::cli::main()
}
