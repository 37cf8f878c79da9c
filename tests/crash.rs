//! Nothing is lost when the program is killed: at each named point, `kill -9`, then `run --resume`.
//!
//! The simulated portals live in this process and note the time of every request, so that gaps are measured where they
//! matter. `scripts/crash-matrix.sh` runs the same in full: each point five times, whole cities, and an independent reader
//! over every evidence file.

#[path = "crash/gaps.rs"]
mod gaps;
#[path = "crash/matrix.rs"]
mod matrix;
#[path = "crash/operations.rs"]
mod operations;
#[path = "crash/probe.rs"]
mod probe;
