//! What a run folder holds, shown: `replay`, `report`, `summary`.

use std::path::Path;

use super::{Ended, Failure, note, print};
use crate::check::CHECKS;
use crate::engine::replay;
use crate::model::Property;
use crate::observe::table;
use crate::sink::{self, Manifest};

pub(super) fn replay(run: &Path) -> Result<Ended, Failure> {
    let observations = replay::observations(run).map_err(super::night::failure)?;
    let lines: String = observations.iter().map(sink::observations::line).collect();
    print(&lines)
}

pub(super) fn report(run: &Path) -> Result<Ended, Failure> {
    let manifest = Manifest::read(run)?;
    let properties: Vec<Property> = CHECKS.iter().map(|check| check.property).collect();
    sink::report::rewrite(run, &manifest.run, &properties)?;
    note(&format!("{}", run.join("report/index.html").display()));
    Ok(Ended::Done)
}

pub(super) fn summary(run: &Path, json: bool) -> Result<Ended, Failure> {
    if json {
        return print(&sink::summary::json(&sink::summary::read(run)?));
    }
    print(&table(run)?)
}

/// The assessment table of a run.
pub(super) fn table(run: &Path) -> Result<String, Failure> {
    Ok(table::render(&sink::summary::read(run)?))
}
