//! Time-stamps of a night: asked for when it is over, checked by `verify`.

use std::path::Path;

use super::{Failure, note};
use crate::config::Config;
use crate::model::Digest;
use crate::sink::{self, Manifest, manifest};
use crate::stamp::{self, Authority, StampError};

/// Asks the configured authority to stamp the root of a night. What fails is said, left beside the manifest, and is no
/// failure of the night.
pub(super) fn stamp(config: &Config, run: &Path) {
    let Some(url) = &config.evidence.tsa_url else { return };
    let stamped = asked(config, url, run);
    let outcome = match stamped {
        Ok((request, reply)) => sink::keep(run, manifest::STAMP_REQUEST, &request)
            .and_then(|()| sink::keep(run, manifest::STAMP, &reply))
            .map_err(|error| error.to_string()),
        Err(error) => {
            let text = format!("{error}\n");
            let _ = sink::keep(run, manifest::NO_STAMP, text.as_bytes());
            Err(error.to_string())
        }
    };
    if let Err(why) = outcome {
        note(&format!("warning: the night has no time-stamp: {why}"));
    }
}

/// Request and checked answer.
fn asked(config: &Config, url: &url::Url, run: &Path) -> Result<(Vec<u8>, Vec<u8>), anyhow::Error> {
    let root = Manifest::read(run)?.chain.root;
    let request = stamp::request(&root, sink::random()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let reply = runtime.block_on(stamp::ask(url, request.clone()))?;
    let authority = authority(config)?;
    stamp::check(&reply, &root, stamp::nonce_of(&request).as_deref(), authority.as_ref())?;
    Ok((request, reply))
}

fn authority(config: &Config) -> Result<Option<Authority>, StampError> {
    let Some(path) = &config.evidence.tsa_certificates else { return Ok(None) };
    let shown = path.display().to_string();
    let pem = std::fs::read(path)
        .map_err(|error| StampError::Certificates { path: shown.clone(), why: error.to_string() })?;
    Authority::from_pem(&shown, &pem).map(Some)
}

/// What a stamp says, in words.
pub(super) fn checked(config: &Config, stamp: &[u8], root: &Digest, request: Option<&[u8]>) -> Result<String, Failure> {
    let authority = authority(config).map_err(|error| Failure::Configuration(error.into()))?;
    let nonce = request.and_then(stamp::nonce_of);
    let stamped = stamp::check(stamp, root, nonce.as_deref(), authority.as_ref())?;
    let whose = if stamped.trusted {
        "an authority among `evidence.tsa_certificates`"
    } else {
        "somebody; whether that is a time-stamping authority is not checked (`evidence.tsa_certificates`)"
    };
    Ok(format!("the root existed at {}, says {whose}", stamped.at))
}
