//! `demo`: one whole night against 36 simulated cities, through the same code path as a real one.

use anyhow::Context as _;

use super::{DemoArguments, Ended, Failure, night, note};
use crate::catalogue::{self, Catalogue};
use crate::demo::{Simulation, World};
use crate::engine::clock::Clock;
use crate::engine::night::{Night, Scope};
use crate::model::Severity;

/// The simulated night: last day of the 2020 assessment's second window, 20:00 in Asia/Shanghai (docs/adr/0004).
pub(super) const NIGHT: &str = "2020-04-10T20:00:00+08:00";

/// What differs from a real night: loopback may be visited, and one machine is its own polite distance away.
pub(super) const PRESETS: &[&str] = &[
    "guard.allow=[\"127.32.0.0/11\"]",
    "politeness.min_interval=20ms",
    "politeness.latency_factor=0",
    "politeness.backoff_base=100ms",
    "politeness.robots_retry=200ms",
    "visit.entry_spacing=200ms",
];

pub(super) fn run(arguments: &DemoArguments) -> Result<Ended, Failure> {
    let presets: Vec<String> = PRESETS.iter().map(ToString::to_string).collect();
    let config = arguments.configuration.load(&presets)?;
    let runtime = super::runtime()?;
    let simulation = runtime.block_on(Simulation::start(World::load(), arguments.port))?;
    let catalogue = read_catalogue(&simulation)?;
    let targets = night::chosen(&catalogue.targets, &arguments.city)?;
    note(&format!("{} simulated cities on loopback; the night of {}", targets.len(), &NIGHT[..10]));
    let clock = Clock::starting_at(NIGHT.parse().context("the simulated night's date")?);
    let context = night::context(targets, catalogue, &config, &clock);
    let night = Night { config, context, clock, out: arguments.out.clone(), progress: true, scope: Scope::Night };
    let report = runtime.block_on(night::visit_until(night, night::ctrl_c())).map_err(night::failure)?;
    let ended = night::finish(&report, arguments.fail_on.map(Severity::from))?;
    if arguments.stay && ended != Ended::Interrupted {
        note("the simulated portals stay up; Ctrl-C ends them");
        for (_, text) in simulation.catalogue().iter().take(1) {
            note(text);
        }
        runtime.block_on(night::ctrl_c());
    }
    runtime.block_on(simulation.stop());
    Ok(ended)
}

/// The catalogue of the simulated cities, through the same reader as any other.
pub(super) fn read_catalogue(simulation: &Simulation) -> Result<Catalogue, Failure> {
    catalogue::from_texts(&simulation.catalogue(), &crate::extract::dialect::ids())
        .map_err(|error| Failure::Configuration(error.into()))
}
