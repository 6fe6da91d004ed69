//! Parses arguments, runs, prints the error chain, sets the exit code.

use std::process::ExitCode;

#[cfg(all(unix, not(target_env = "musl")))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    match xiangtu::cli::run() {
        Ok(exit) => exit.into(),
        Err(error) if xiangtu::cli::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xiangtu: {}", xiangtu::cli::told(&error));
            xiangtu::cli::Exit::Error.into()
        }
    }
}
