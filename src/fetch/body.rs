//! A body read up to its ceilings of size and time.
//!
//! Comes in: a body, transfer-decoded by the library, content-coded as it was sent. Goes out: its bytes, and why they
//! are not all, if so. Must never know: what the bytes mean.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::time::Instant;

use crate::crash::{self, Point};
use crate::model::Truncated;

/// Reads `body` up to `max` bytes and until `until`.
///
/// Whatever breaks it off (a closed connection, a wrong length, a broken chunk) leaves what had arrived.
pub(super) async fn read<B: Body<Data = Bytes>>(body: B, max: usize, until: Instant) -> (Bytes, Option<Truncated>) {
    let mut body = std::pin::pin!(body);
    let mut bytes = BytesMut::new();
    let truncated = loop {
        match tokio::time::timeout_at(until, body.frame()).await {
            Err(_) => break Some(Truncated::Time),
            Ok(None) => break None,
            Ok(Some(Err(_))) => break Some(Truncated::Disconnect),
            Ok(Some(Ok(frame))) => {
                // Trailers are no part of a body.
                let Ok(data) = frame.into_data() else { continue };
                crash::reached(Point::BodyBegun);
                let room = max.saturating_sub(bytes.len());
                bytes.extend_from_slice(&data[..data.len().min(room)]);
                if data.len() > room {
                    break Some(Truncated::Length);
                }
            }
        }
    };
    (bytes.freeze(), truncated)
}
