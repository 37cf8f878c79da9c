//! One exchange under the clock, whichever lane sends it.
//!
//! Comes in: a future that gives an answer's head, and the trace of its connection. Goes out: an [`Exchange`]. Must
//! never know: which library sends.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::Version;
use hyper::body::Body;

use crate::crash::{self, Point};
use crate::model::capture::TlsFault;
use crate::model::{Exchange, FailureKind, FetchFailure, Response, Stage, Timing, Truncated};

use super::classify::classify;
use super::settings::Settings;
use super::trace::{Progress, Tracing};
use super::{BoxError, body, certificate};

/// An exchange that has begun.
pub(super) struct Exchanging<'a> {
    settings: &'a Settings,
    begin: Instant,
    trace: Arc<Tracing>,
}

impl<'a> Exchanging<'a> {
    /// The clock starts.
    pub(super) fn begin(settings: &'a Settings) -> Self {
        Self { settings, begin: Instant::now(), trace: Arc::default() }
    }

    /// The trace that connectors are to write.
    pub(super) fn trace(&self) -> &Arc<Tracing> {
        &self.trace
    }

    /// The answer's head, or the failure that came first: an error of `send`, or the ceiling of the phase it is in.
    pub(super) async fn head<B>(
        &self,
        send: impl Future<Output = Result<http::Response<B>, BoxError>>,
    ) -> Result<http::Response<B>, FetchFailure> {
        let mut send = std::pin::pin!(Arc::clone(&self.trace).scope(send));
        loop {
            tokio::select! {
                answer = &mut send => return answer.map_err(|error| self.explain(&*error)),
                () = self.trace.changed.notified() => {}
                () = tokio::time::sleep_until(self.due().into()) => {
                    let stage = self.trace.stage();
                    let detail = format!("no end of this phase after {} ms", self.begin.elapsed().as_millis());
                    return Err(FetchFailure { kind: FailureKind::Timeout, stage, detail });
                }
            }
        }
    }

    /// When the present phase has lasted too long.
    fn due(&self) -> Instant {
        let phase = match self.trace.progress() {
            Progress::Idle => self.begin + self.settings.first_byte_timeout,
            Progress::Connecting(since) => since + self.settings.connect_timeout,
            Progress::Connected(at) => at + self.settings.first_byte_timeout,
        };
        phase.min(self.begin + self.settings.total_timeout)
    }

    fn explain(&self, error: &(dyn std::error::Error + 'static)) -> FetchFailure {
        let classified = classify(error, self.trace.stage());
        if classified.failure.kind == FailureKind::Tls {
            self.trace.note(|state| {
                state.faults.extend(classified.faults);
                state.faults.extend(certificate::weakness(&state.chain));
                // A named fault explains the rest.
                if state.faults.iter().any(|fault| *fault != TlsFault::Other) {
                    state.faults.retain(|fault| *fault != TlsFault::Other);
                } else {
                    state.faults.push(TlsFault::Other);
                }
                state.faults.sort_unstable();
                state.faults.dedup();
            });
        }
        classified.failure
    }

    /// The exchange that ended in `failure`.
    pub(super) fn fail(self, failure: FetchFailure) -> Exchange {
        let reused = matches!(self.trace.progress(), Progress::Idle) && failure.stage == Stage::Headers;
        let timing = self.trace.timing(self.begin, None, reused);
        exchange(Err(failure), &self.trace, timing)
    }

    /// The exchange that `answer` ends, read to its ceilings. `connection` is the trace of the connection it came over.
    pub(super) async fn finish<B>(self, answer: http::Response<B>, connection: Arc<Tracing>) -> Exchange
    where
        B: Body<Data = Bytes>,
    {
        let head = Instant::now();
        crash::reached(Point::HeadReceived);
        let reused = !Arc::ptr_eq(&connection, &self.trace);
        let (parts, answer_body) = answer.into_parts();
        let size: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        let outcome = if size > self.settings.max_header_bytes || parts.headers.len() > self.settings.max_header_count {
            let detail = format!("{} header lines with {size} bytes", parts.headers.len());
            Err(FetchFailure { kind: FailureKind::Protocol, stage: Stage::Headers, detail })
        } else {
            let until = (head + self.settings.body_timeout).min(self.begin + self.settings.total_timeout);
            let (bytes, truncated) = body::read(answer_body, self.settings.max_body, until.into()).await;
            Ok(response(&parts, bytes, truncated))
        };
        let timing = connection.timing(self.begin, Some(head), reused);
        exchange(outcome, &connection, timing)
    }
}

fn exchange(outcome: Result<Response, FetchFailure>, connection: &Tracing, timing: Timing) -> Exchange {
    let (remote_addr, resolved) = connection.read(|state| (state.peer, state.resolved.clone()));
    Exchange { outcome, remote_addr, resolved, tls: connection.tls_facts(), timing }
}

fn response(parts: &http::response::Parts, body: Bytes, truncated: Option<Truncated>) -> Response {
    let version = match parts.version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2",
        Version::HTTP_3 => "HTTP/3",
        _ => "HTTP/1.1",
    };
    let headers =
        parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
    Response { status: parts.status.as_u16(), version: version.to_owned(), headers, body, truncated }
}
