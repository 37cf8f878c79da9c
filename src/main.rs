//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    portal_probe::cli::run(std::env::args_os())
}
