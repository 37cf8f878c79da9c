//! The evidence of a run read back in the order in which it was written.
//!
//! Comes in: a run folder that a process left behind. Goes out: exchanges, renderings, readings, coverage. A torn end is
//! where the walk ends; damage elsewhere is an error.

use std::ops::ControlFlow;
use std::path::Path;

use crate::model::charted::ChartedPicture;
use crate::model::{Capture, CityCode, Digest, Rendering};
use crate::warc::exchange::MASKED_FIELD;
use crate::warc::{self, CityCoverage, Damage, DamageKind, Place, Restorer};

use super::evidence::FOLDER;
use super::{SinkError, chain_file, in_order};

/// One thing that stands in the evidence.
#[derive(Debug)]
pub enum Item {
    /// An exchange, and where its answer stands.
    Capture(Box<Capture>, Option<Place>),
    /// A rendering.
    Rendering(Box<Rendering>),
    /// What was read of a picture.
    Charted(Box<ChartedPicture>),
    /// What the frontier did in a city.
    Coverage(CityCode, Box<CityCoverage>),
}

/// An item.
#[derive(Debug)]
pub struct Found {
    /// What it is.
    pub item: Item,
    /// Whether personal data were masked in it.
    pub masked: bool,
}

/// Whether the first `records` records of a run stand in its evidence, as far as the lengths of the files tell.
///
/// # Errors
/// When the chain cannot be read.
pub fn holds(run_folder: &Path, records: u64) -> Result<bool, SinkError> {
    chain_file::holds(run_folder, records)
}

/// Gives the items of a run's evidence until there are no more, its end is torn, or `take` has enough.
///
/// # Errors
/// When a file cannot be read, is damaged elsewhere than at its end, or `take` fails.
pub fn walk<E: From<SinkError>>(
    run_folder: &Path,
    mut take: impl FnMut(Found) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    let mut restorer = Restorer::default();
    let (mut answer, mut masked, mut fault) = (None, false, None);
    let walked = in_order::in_order(run_folder, |file, placed| {
        if warc::answer(&placed.record).is_some() {
            match member(run_folder, file, placed) {
                Ok(member) => {
                    let (offset, length) = (placed.offset, placed.length);
                    answer = Some(Place { file: file.to_owned(), offset, length, member });
                }
                Err(error) => {
                    fault = Some(E::from(error));
                    return ControlFlow::Break(());
                }
            }
        }
        masked |= placed.record.field(MASKED_FIELD).is_some();
        restorer.accept(&placed.record);
        for item in taken(&mut restorer, &mut answer) {
            let masked = std::mem::take(&mut masked);
            match take(Found { item, masked }) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return ControlFlow::Break(()),
                Err(error) => {
                    fault = Some(error);
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    });
    match (fault, walked) {
        (Some(fault), _) => Err(fault),
        (None, Ok(()) | Err(SinkError::Damaged { damage: Damage { kind: DamageKind::Torn, .. }, .. })) => Ok(()),
        (None, Err(error)) => Err(error.into()),
    }
}

fn member(run_folder: &Path, file: &str, placed: &warc::Placed) -> Result<Digest, SinkError> {
    let bytes = chain_file::member(&run_folder.join(FOLDER).join(file), placed.offset, placed.length)?;
    Ok(Digest::of(&bytes))
}

fn taken(restorer: &mut Restorer, answer: &mut Option<Place>) -> Vec<Item> {
    let mut items = Vec::new();
    items.extend(restorer.take_captures().into_iter().map(|one| Item::Capture(Box::new(one), answer.take())));
    items.extend(restorer.take_renderings().into_iter().map(|one| Item::Rendering(Box::new(one))));
    items.extend(restorer.take_charted().into_iter().map(|one| Item::Charted(Box::new(one))));
    let coverage = restorer.take_coverage().into_iter();
    items.extend(coverage.map(|(city, coverage)| Item::Coverage(city, Box::new(coverage))));
    items
}
