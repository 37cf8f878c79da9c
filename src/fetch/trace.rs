//! What is learnt of a connection while it is made: written by resolver, connector and TLS, read by the exchange.
//!
//! Comes in: marks, as each phase begins and ends. Goes out: the stage reached, the durations, the facts of TLS. Must
//! never know: the request or the answer.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::model::capture::TlsFault;
use crate::model::{Stage, Timing, TlsFacts};

use super::certificate;

/// The state of one connection in the making.
#[derive(Debug, Default)]
pub(super) struct State {
    begun: Option<Instant>,
    dns_begun: Option<Instant>,
    dns_done: Option<Instant>,
    tls_begun: Option<Instant>,
    connected: Option<Instant>,
    /// The address really connected to.
    pub(super) peer: Option<SocketAddr>,
    /// All addresses the name has.
    pub(super) resolved: Vec<IpAddr>,
    /// Certificates as sent (DER), leaf first.
    pub(super) chain: Vec<Vec<u8>>,
    /// What the judge of certificates found.
    pub(super) faults: Vec<TlsFault>,
    /// Negotiated version.
    pub(super) protocol: Option<String>,
    /// Negotiated cipher suite.
    pub(super) cipher: Option<String>,
}

/// How far a connection is, for the clock that watches it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Progress {
    /// None is being made: an open one is used.
    Idle,
    /// Being made since then.
    Connecting(Instant),
    /// Ready since then.
    Connected(Instant),
}

/// One connection's trace, shared between those who make it and the exchange that waits for it.
#[derive(Debug, Default)]
pub(super) struct Tracing {
    state: Mutex<State>,
    /// Wakes the clock when [`Progress`] changes.
    pub(super) changed: Notify,
}

tokio::task_local! {
    /// The trace of the exchange that this task performs. Resolver, connector and verifier have no other way to know.
    static CURRENT: Arc<Tracing>;
}

impl Tracing {
    /// Runs `future` with this trace as the one that [`current`] names.
    pub(super) async fn scope<F: Future>(self: Arc<Self>, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Reads the state.
    pub(super) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state.
    pub(super) fn note(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// A connection is being made from now on.
    pub(super) fn begun(&self) {
        self.note(|state| state.begun = Some(Instant::now()));
        self.changed.notify_one();
    }

    /// The name is being looked up.
    pub(super) fn dns_begun(&self) {
        self.note(|state| state.dns_begun = Some(Instant::now()));
    }

    /// The name has these addresses.
    pub(super) fn dns_done(&self, resolved: &[IpAddr]) {
        self.note(|state| {
            state.dns_done = Some(Instant::now());
            state.resolved = resolved.to_vec();
        });
    }

    /// TCP is connected, TLS begins.
    pub(super) fn tls_begun(&self) {
        self.note(|state| {
            state.tls_begun.get_or_insert_with(Instant::now);
        });
    }

    /// The connection is ready for a request.
    pub(super) fn connected(&self, peer: SocketAddr) {
        self.note(|state| {
            state.connected = Some(Instant::now());
            state.peer = Some(peer);
        });
        self.changed.notify_one();
    }

    /// How far the connection is.
    pub(super) fn progress(&self) -> Progress {
        self.read(|state| match (state.begun, state.connected) {
            (_, Some(at)) => Progress::Connected(at),
            (Some(since), None) => Progress::Connecting(since),
            (None, None) => Progress::Idle,
        })
    }

    /// The stage the exchange has reached, before an answer came.
    pub(super) fn stage(&self) -> Stage {
        self.read(|state| {
            if state.connected.is_some() || state.begun.is_none() {
                Stage::Headers
            } else if state.tls_begun.is_some() {
                Stage::Tls
            } else if state.dns_begun.is_some() && state.dns_done.is_none() {
                Stage::Dns
            } else {
                Stage::Connect
            }
        })
    }

    /// The durations of an exchange that began at `begin`, had its answer's head at `head`, and ends now.
    pub(super) fn timing(&self, begin: Instant, head: Option<Instant>, reused: bool) -> Timing {
        let total = milliseconds(begin.elapsed());
        let since =
            |from: Option<Instant>, to: Option<Instant>| Some(milliseconds(to?.saturating_duration_since(from?)));
        if reused {
            return Timing { first_byte: since(Some(begin), head), total, reused, ..Timing::default() };
        }
        self.read(|state| Timing {
            dns: since(state.dns_begun, state.dns_done),
            connect: since(state.dns_done.or(state.begun), state.tls_begun.or(state.connected)),
            tls: since(state.tls_begun, state.connected),
            first_byte: since(state.connected, head),
            total,
            reused,
        })
    }

    /// The facts of TLS, if the connection came so far as to have any.
    pub(super) fn tls_facts(&self) -> Option<TlsFacts> {
        self.read(|state| {
            state.tls_begun?;
            let mut facts = certificate::read_chain(&state.chain);
            facts.protocol.clone_from(&state.protocol);
            facts.cipher.clone_from(&state.cipher);
            facts.faults.clone_from(&state.faults);
            Some(facts)
        })
    }
}

/// The trace of the exchange that the running task performs, if it performs one.
pub(super) fn current() -> Option<Arc<Tracing>> {
    CURRENT.try_with(Arc::clone).ok()
}

fn milliseconds(duration: Duration) -> f64 {
    // Whole microseconds: finer digits are noise of the scheduler.
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// Open connections by their two ends, so that an answer over a kept connection still has its facts.
#[derive(Debug, Default)]
pub(super) struct Connections {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    by_ends: BTreeMap<(SocketAddr, SocketAddr), Arc<Tracing>>,
    order: VecDeque<(SocketAddr, SocketAddr)>,
}

impl Connections {
    /// More connections than a process usually may hold open; the oldest is forgotten beyond that.
    const MOST: usize = 4096;

    /// Remembers a connection.
    pub(super) fn remember(&self, local: SocketAddr, remote: SocketAddr, trace: Arc<Tracing>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.by_ends.insert((local, remote), trace).is_none() {
            known.order.push_back((local, remote));
        }
        if known.order.len() > Self::MOST
            && let Some(oldest) = known.order.pop_front()
        {
            known.by_ends.remove(&oldest);
        }
    }

    /// The trace of the connection between these ends.
    pub(super) fn find(&self, local: SocketAddr, remote: SocketAddr) -> Option<Arc<Tracing>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.by_ends.get(&(local, remote)).map(Arc::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stage_follows_the_marks() {
        let trace = Tracing::default();
        assert_eq!(trace.stage(), Stage::Headers, "an open connection is used");
        trace.begun();
        assert_eq!(trace.stage(), Stage::Connect, "a literal address needs no name");
        trace.dns_begun();
        assert_eq!(trace.stage(), Stage::Dns);
        trace.dns_done(&[]);
        assert_eq!(trace.stage(), Stage::Connect);
        trace.tls_begun();
        assert_eq!(trace.stage(), Stage::Tls);
        trace.connected(SocketAddr::from(([127, 0, 0, 1], 1)));
        assert_eq!(trace.stage(), Stage::Headers);
    }

    #[test]
    fn the_oldest_connection_is_forgotten_first() {
        let connections = Connections::default();
        let end = |port: usize| SocketAddr::from(([127, 0, 0, 1], u16::try_from(port).expect("a small number")));
        for port in 0..=Connections::MOST {
            connections.remember(end(port), end(1), Arc::default());
        }
        assert!(connections.find(end(0), end(1)).is_none());
        assert!(connections.find(end(1), end(1)).is_some());
        assert!(connections.find(end(Connections::MOST), end(1)).is_some());
    }
}
