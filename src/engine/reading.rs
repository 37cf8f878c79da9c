//! One capture read beside the loop: the reader, and the masking of letters before anything is stored.

use std::time::{Duration, Instant};

use super::journal::Made;
use super::judge::RunContext;
use super::kept::Kept;
use super::reader::{self, Asked, Read};
use crate::model::{ChannelKind, Digest, Request};

/// A capture as it is to be stored, and what was read of it.
#[derive(Debug)]
pub(super) struct ReadPage {
    pub(super) made: Made,
    /// Digest of the payload before masking, if personal data were masked.
    pub(super) masked_from: Option<Digest>,
    pub(super) read: Read,
    pub(super) took: Duration,
}

/// Reads a capture. A page of letters is masked first and read again: what is stored is what is read, so that a
/// replay reads the same.
pub(super) fn read_page(context: &RunContext, kept: &Kept, mut made: Made) -> ReadPage {
    let started = Instant::now();
    let capture = &mut made.capture;
    let earlier = capture.revisit.as_ref().and_then(|place| kept.response(place));
    let channel = asked(context, &capture.request);
    let mut read = reader::read(capture, earlier.as_ref(), channel, &context.read);
    let mut masked_from = None;
    if let Read::Done(extraction) = &read
        && reader::shows_letters(extraction)
        && let Ok(response) = &capture.exchange.outcome
        && let Some(masked) = crate::warc::masked(response)
    {
        capture.exchange.outcome = Ok(masked.response);
        masked_from = Some(masked.original);
        read = reader::read(capture, earlier.as_ref(), channel, &context.read);
    }
    ReadPage { made, masked_from, read, took: started.elapsed() }
}

/// The channel that a request is made for.
pub(super) fn asked<'a>(context: &'a RunContext, request: &Request) -> Asked<'a> {
    context
        .targets
        .binary_search_by(|target| target.city.code.cmp(&request.target))
        .ok()
        .and_then(|at| context.targets[at].channel(&request.channel))
        .map_or(Asked::by_hand(ChannelKind::Portal), Asked::of)
}
