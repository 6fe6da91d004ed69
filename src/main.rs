//! Parses arguments, runs, prints the error chain, sets the exit code.

use std::process::ExitCode;

/// Extraction makes and drops many short strings; this allocator takes a third of the steps of glibc's for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match xiangtu::cli::run() {
        Ok(exit) => exit.into(),
        Err(error) if xiangtu::cli::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xiangtu: {error:#}");
            xiangtu::cli::Exit::Error.into()
        }
    }
}
