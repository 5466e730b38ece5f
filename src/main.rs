//! The command `okta-lint`.

use std::panic::catch_unwind;
use std::process::ExitCode;

use okta_lint::cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let code = catch_unwind(cli::main).unwrap_or_else(|_| cli::our_fault());
    ExitCode::from(code.code())
}
