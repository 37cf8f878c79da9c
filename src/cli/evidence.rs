//! What proves a night, and what is removed from it: `verify`, `prove`, `key`, `purge`.

use std::path::{Path, PathBuf};

use super::{ConfigArguments, Ended, Failure, note, print, stamping};
use crate::config::Config;
use crate::seal::{Proof, PublicKey, SecretKey, Shown};
use crate::sink::{audit, key_file, manifest, prove as sink_prove, purge};

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArguments {
    /// A run folder, or a file with a proof.
    place: PathBuf,
    /// The public key that must have signed, 64 hexadecimal digits (`portal-probe key`); without it a run must be signed
    /// with the key of its output folder, if that is there.
    #[arg(long, value_name = "HEX")]
    key: Option<String>,
    #[command(flatten)]
    configuration: ConfigArguments,
}

/// Arguments of `key`.
#[derive(Debug, clap::Args)]
pub(super) struct KeyArguments {
    #[command(flatten)]
    configuration: ConfigArguments,
    /// Output folder.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
}

/// Arguments of `purge`.
#[derive(Debug, clap::Args)]
pub(super) struct PurgeArguments {
    #[command(flatten)]
    configuration: ConfigArguments,
    /// The run folder; without it, all runs of `--out` that are old enough.
    #[arg(conflicts_with = "older_than")]
    run: Option<PathBuf>,
    /// Output folder.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// Runs that ended before so many days; without it, `evidence.retention_days`.
    #[arg(long, value_name = "DAYS")]
    older_than: Option<u32>,
    /// Why, for the record.
    #[arg(long, value_name = "TEXT", default_value = "retention period over")]
    why: String,
}

pub(super) fn verify(arguments: &VerifyArguments) -> Result<Ended, Failure> {
    let key = arguments.key.as_deref().map(parsed_key).transpose()?;
    let config = arguments.configuration.load(&[])?;
    if arguments.place.is_dir() {
        verify_run(&arguments.place, key.as_ref(), &config)
    } else {
        verify_proof(&arguments.place, key.as_ref(), &config)
    }
}

fn parsed_key(text: &str) -> Result<PublicKey, Failure> {
    PublicKey::from_hex(text).ok_or_else(|| {
        Failure::Configuration(anyhow::anyhow!(
            "`{text}` is no Ed25519 public key\nhint: give the 64 hexadecimal digits that `portal-probe key` prints"
        ))
    })
}

fn verify_run(run: &Path, key: Option<&PublicKey>, config: &Config) -> Result<Ended, Failure> {
    let mut audit = audit::audit(run, key)?;
    if let Some(stamp) = &audit.stamp {
        let request = std::fs::read(run.join(manifest::STAMP_REQUEST)).ok();
        match stamping::checked(config, stamp, &audit.manifest.chain.root, request.as_deref()) {
            Ok(said) => audit.notes.push(said),
            Err(Failure::Operation(error)) => audit.faults.push(format!("`{}`: {error}", manifest::STAMP)),
            Err(failure) => return Err(failure),
        }
    } else {
        let why = std::fs::read_to_string(run.join(manifest::NO_STAMP)).unwrap_or_default();
        let why = why.lines().next().map_or_else(String::new, |why| format!(": {why}"));
        audit.notes.push(format!("there is no time-stamp{why}"));
    }
    audit.notes.iter().for_each(|text| note(text));
    if audit.faults.is_empty() {
        note(&format!(
            "{} files and {} records of evidence are as they were written; the root is {}",
            audit.manifest.files.len(),
            audit.records,
            audit.manifest.chain.root
        ));
        return Ok(Ended::Done);
    }
    Err(anyhow::anyhow!(
        "{} things of the run are not as they were written:\n{}",
        audit.faults.len(),
        audit.faults.join("\n")
    )
    .into())
}

fn verify_proof(path: &Path, key: Option<&PublicKey>, config: &Config) -> Result<Ended, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        anyhow::anyhow!("cannot read `{}`: {error}\nhint: give a run folder or a proof", path.display())
    })?;
    let proof = Proof::parse(&text);
    let shown = proof.and_then(|proof| proof.check(key));
    let shown = shown.map_err(|flaw| anyhow::anyhow!("the proof `{}` does not hold: {flaw}", path.display()))?;
    let stamped = shown.stamp.as_deref().map(|stamp| stamping::checked(config, stamp, &shown.sealed.chain.root, None));
    let stamped = stamped.transpose()?.unwrap_or_else(|| "there is no time-stamp".to_owned());
    print(&format!("{}{stamped}\n", in_words(&shown, key.is_some())))
}

/// What a proof shows and what not.
fn in_words(shown: &Shown, key_expected: bool) -> String {
    let Shown { sealed, line, record, key, .. } = shown;
    let field = |name: &str| record.field(name).unwrap_or("-");
    let whose = if key_expected {
        ("与给定公钥一致", "which is the key given")
    } else {
        ("尚未与运营方公布的公钥核对（--key）", "not compared with a key that its operator published (--key)")
    };
    format!(
        "记录 {record_id}（{kind}，{uri}，{date}）\n\
         属于运行 {run}（{started} 至 {finished}）的第 {number} 条记录，共 {records} 条。\n\
         证明：自该运行签名封存之时起，此记录的内容、先后次序未被改动。签名公钥 {key}，{whose_zh}。\n\
         不证明：网站确曾这样说；签名之前未被改动；时间属实（除非另有可信时间戳）。\n\
         \n\
         Record {record_id} ({kind}, {uri}, {date})\n\
         is number {number} of {records} in the run {run} ({started} to {finished}).\n\
         Shown: the record and its place in the order are as they were when the night was sealed with the key\n\
         {key}, {whose}.\n\
         Not shown: that the site said this; that nothing was altered before the seal; that the times are true,\n\
         unless a trusted time-stamp says so.\n\
         root {root}\n",
        record_id = line.record,
        kind = field("WARC-Type"),
        uri = field("WARC-Target-URI"),
        date = field("WARC-Date"),
        run = sealed.run,
        started = sealed.started,
        finished = sealed.finished,
        number = line.number,
        records = sealed.chain.records,
        key = key.hex(),
        whose_zh = whose.0,
        whose = whose.1,
        root = sealed.chain.root,
    )
}

pub(super) fn purge(arguments: &PurgeArguments) -> Result<Ended, Failure> {
    let config = arguments.configuration.load(&[])?;
    let now = jiff::Timestamp::now();
    let (runs, out) = if let Some(run) = &arguments.run {
        let run = run.canonicalize().map_err(|error| {
            anyhow::anyhow!("there is no run folder `{}`: {error}\nhint: name one under `runs`", run.display())
        })?;
        let out = run.parent().and_then(Path::parent).unwrap_or(&arguments.out).to_owned();
        (vec![run], out)
    } else {
        let Some(days) = arguments.older_than.or(config.evidence.retention_days) else {
            return Err(Failure::Configuration(anyhow::anyhow!(
                "`evidence.retention_days` is 0, so nothing is ever too old\nhint: say `--older-than DAYS`, or name a run"
            )));
        };
        (purge::older_than(&arguments.out, days, now)?, arguments.out.clone())
    };
    let key_path = key_file::path(&out, config.evidence.key.as_deref());
    let key = key_file::load(&key_path)?.ok_or_else(|| {
        anyhow::anyhow!(
            "there is no key `{}`\nhint: a removal is signed with the key of its night; name it with `evidence.key`",
            key_path.display()
        )
    })?;
    for run in runs {
        remove(&run, &key, (now, &arguments.why))?;
    }
    Ok(Ended::Done)
}

fn remove(run: &Path, key: &SecretKey, when_and_why: (jiff::Timestamp, &str)) -> Result<(), Failure> {
    let removed = purge::purge(run, key, when_and_why)?;
    let bytes: u64 = removed.iter().map(|file| file.bytes).sum();
    note(&format!("{}: {} files removed, {bytes} bytes", run.display(), removed.len()));
    Ok(())
}

/// Removes what is older than the retention setting, at the end of a night. What cannot be removed is said and is no
/// failure of the night.
pub(super) fn retain(config: &Config, out: &Path) {
    let Some(days) = config.evidence.retention_days else { return };
    let now = jiff::Timestamp::now();
    let done = purge::older_than(out, days, now).map_err(Failure::from).and_then(|runs| {
        let Some(key) = key_file::load(&key_file::path(out, config.evidence.key.as_deref()))? else { return Ok(()) };
        let has_some = |run: &PathBuf| purge::holds_any(run);
        runs.iter().filter(|run| has_some(run)).try_for_each(|run| remove(run, &key, (now, "retention period over")))
    });
    if let Err(Failure::Operation(error) | Failure::Configuration(error) | Failure::Held(error)) = done {
        note(&format!("warning: what is older than {days} days could not all be removed: {error}"));
    }
}

pub(super) fn prove(run: &Path, record: &str) -> Result<Ended, Failure> {
    let proof = sink_prove::prove(run, record)?;
    print(&serde_json::to_string_pretty(&proof)?)
}

pub(super) fn key(arguments: &KeyArguments) -> Result<Ended, Failure> {
    let config = arguments.configuration.load(&[])?;
    if !arguments.out.is_dir() {
        return Err(anyhow::anyhow!(
            "there is no output folder `{}`\nhint: name it with `--out`; the first run makes it",
            arguments.out.display()
        )
        .into());
    }
    let key = key_file::load_or_make(&key_file::path(&arguments.out, config.evidence.key.as_deref()))?.public();
    print(&format!("{}\nfingerprint {}\n{}", key.hex(), key.fingerprint(), key.pem()))
}
