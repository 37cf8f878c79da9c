//! Thirty-six simulated cities: a portal and a mobile site each, on loopback addresses of their own.
//!
//! Comes in: the world file and the templates under `fixtures/world`, compiled in. Goes out: HTTP answers, a
//! catalogue that points at them, and a log of every arrival. Must never know: the crawling side; and the crawling
//! side must never read the world file, which says what a night is to find.

pub(crate) mod attachments;
mod catalogue;
mod city;
mod codes;
mod content;
pub(crate) mod errands;
pub(crate) mod flowchart;
mod letters;
mod news;
pub(crate) mod pages;
mod server;
mod world;

pub use content::SEGMENTS;
pub use server::{Arrival, Simulation};
pub use world::{Change, DefectKind, Expectation, Guidance, SimulatedCity, TopicState, World};

/// Why the simulation could not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// An address of the simulation could not be listened on.
    #[error("cannot listen on `{address}`: {source}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// No port was free on all addresses at once.
    #[error("no port is free on all `{addresses}` addresses of the simulation")]
    NoPort {
        /// How many addresses there are.
        addresses: usize,
    },
}

/// The day on which the simulated night takes place (Asia/Shanghai).
#[must_use]
pub fn world_date() -> jiff::civil::Date {
    jiff::civil::date(2020, 4, 10)
}
