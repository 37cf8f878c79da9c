//! `targets`: list, lint, verify.

use anyhow::Context as _;

use super::{Ended, Failure, TargetsCommand, note, print};
use crate::catalogue::{self, Catalogue};
use crate::extract::dialect::ids;

pub(super) fn run(command: TargetsCommand) -> Result<Ended, Failure> {
    match command {
        TargetsCommand::List { targets } => list(&load(&targets)?),
        TargetsCommand::Lint { targets } => {
            let catalogue = load(&targets)?;
            note(&format!(
                "{} cities, {} scenarios: no fault found",
                catalogue.targets.len(),
                catalogue.scenarios.len()
            ));
            Ok(Ended::Done)
        }
        TargetsCommand::Verify { code, targets } => verify(&code, &targets),
    }
}

fn load(folder: &std::path::Path) -> Result<Catalogue, Failure> {
    catalogue::load(folder, &ids()).map_err(|error| Failure::Configuration(error.into()))
}

fn list(catalogue: &Catalogue) -> Result<Ended, Failure> {
    let lines: Vec<String> = catalogue
        .targets
        .iter()
        .map(|target| {
            let verified =
                target.verified.map_or_else(|| "never verified".to_owned(), |date| format!("verified {date}"));
            let seeds: Vec<String> =
                target.web_channels().flat_map(|channel| &channel.seeds).map(ToString::to_string).collect();
            format!(
                "{}\t{}\t{}\t{}\t{}",
                target.city.code,
                target.city.name,
                target.city.region,
                verified,
                seeds.join(" ")
            )
        })
        .collect();
    print(&lines.join("\n"))
}

/// Writes today's date into the city's file; everything else in it stays as it is.
fn verify(code: &str, folder: &std::path::Path) -> Result<Ended, Failure> {
    load(folder)?;
    let path = catalogue::file_of(folder, code, &ids())
        .ok_or_else(|| Failure::Configuration(anyhow::anyhow!("no city `{code}` below {}", folder.display())))?;
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let date = format!("verified = {}", super::night::today());
    let mut lines: Vec<String> = text.lines().filter(|line| !line.starts_with("verified")).map(str::to_owned).collect();
    let after_region = lines.iter().position(|line| line.starts_with("region")).map_or(0, |at| at + 1);
    lines.insert(after_region, date.clone());
    let temporary = path.with_extension("toml.new");
    std::fs::write(&temporary, lines.join("\n") + "\n")
        .and_then(|()| std::fs::rename(&temporary, &path))
        .with_context(|| format!("cannot write {}", path.display()))?;
    note(&format!("{}: {date}", path.display()));
    Ok(Ended::Done)
}
