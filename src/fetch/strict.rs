//! The strict lane: today's TLS rules, HTTP/1.1 and HTTP/2.
//!
//! Comes in: a request with its headers. Goes out: one exchange. Must never know: politeness, cookies, what is asked for.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::header::HeaderMap;
use hyper_util::client::legacy::connect::{Connection, HttpInfo};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::ClientConfig;
use tower::{Layer, Service};

use crate::model::{Exchange, Method, Purpose, Request};

use super::BoxError;
use super::exchange::Exchanging;
use super::guard::Guard;
use super::names::{AddressFamily, JudgedNames};
use super::settings::Settings;
use super::trace::{self, Connections, Tracing};

/// How long an unused connection is kept. Common servers close after 5 seconds or more; a request sent into a closing
/// connection fails without any fault of the portal, so we let go first.
const IDLE: Duration = Duration::from_secs(4);

/// The clients of this lane; they differ in what they may dial and whether they keep connections.
pub(super) struct Strict {
    /// Keeps connections open between requests.
    kept: reqwest::Client,
    /// Opens a connection for each request, so that every phase is measured: for entry pages.
    fresh: reqwest::Client,
    /// Version 6 alone.
    six: reqwest::Client,
    connections: Arc<Connections>,
}

impl Strict {
    /// A lane that dials what `names` permits.
    pub(super) fn new(settings: &Settings, names: &JudgedNames, tls: &ClientConfig) -> Result<Self, reqwest::Error> {
        let connections = Arc::new(Connections::default());
        let client = |family: AddressFamily, idle_connections: usize| {
            let names = JudgedNames { family, ..names.clone() };
            let layer = ObserveLayer { guard: names.guard.clone(), connections: Arc::clone(&connections) };
            builder(settings, tls.clone())
                .dns_resolver(names)
                .connector_layer(layer)
                .pool_max_idle_per_host(idle_connections)
                .build()
        };
        Ok(Self {
            kept: client(names.family, 1)?,
            fresh: client(names.family, 0)?,
            six: client(AddressFamily::Ipv6Only, 0)?,
            connections: Arc::clone(&connections),
        })
    }

    /// Performs `request`.
    pub(super) async fn exchange(&self, request: &Request, headers: HeaderMap, exchanging: Exchanging<'_>) -> Exchange {
        let client = match request.purpose {
            Purpose::Ipv6 => &self.six,
            Purpose::Entry { .. } => &self.fresh,
            Purpose::Robots
            | Purpose::Page
            | Purpose::Attachment
            | Purpose::Control404
            | Purpose::Search { .. }
            | Purpose::LinkCheck
            | Purpose::Render
            | Purpose::OwnNetwork => &self.kept,
        };
        match exchanging.head(send(client, request, headers)).await {
            Ok(answer) => {
                let ends = answer.extensions().get::<HttpInfo>();
                let connection = ends.and_then(|ends| self.connections.find(ends.local_addr(), ends.remote_addr()));
                let connection = connection.unwrap_or_else(|| Arc::clone(exchanging.trace()));
                exchanging.finish(answer, connection).await
            }
            Err(failure) => exchanging.fail(failure),
        }
    }
}

async fn send(
    client: &reqwest::Client,
    request: &Request,
    headers: HeaderMap,
) -> Result<http::Response<reqwest::Body>, BoxError> {
    let method = match request.method {
        Method::Get => http::Method::GET,
        Method::Head => http::Method::HEAD,
        Method::Post => http::Method::POST,
    };
    let mut message = client.request(method, request.url.clone()).headers(headers);
    if let Some(body) = &request.body {
        message = message.body(body.text.clone());
    }
    let sent = message.send().await;
    // The address may hold tokens and is known anyway.
    sent.map(http::Response::from).map_err(|error| error.without_url().into())
}

fn builder(settings: &Settings, tls: ClientConfig) -> reqwest::ClientBuilder {
    let header_bytes = u32::try_from(settings.max_header_bytes).unwrap_or(u32::MAX);
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        // A proxy from the environment would connect on our behalf, past the guard.
        .no_proxy()
        // Redirects and retries are requests of their own, through the frontier.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // Also divided among the addresses of a name, so that one dead address does not use up all the time.
        .connect_timeout(settings.connect_timeout)
        .pool_idle_timeout(IDLE)
        // Tolerated, because the meaning is clear: old portal software writes such heads.
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_title_case_headers()
        .http1_max_headers(settings.max_header_count)
        .http2_max_header_list_size(header_bytes)
}

impl Resolve for JudgedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, trace) = (self.clone(), trace::current().unwrap_or_default());
        Box::pin(async move {
            let addresses = JudgedNames::resolve(&names, name.as_str(), &trace).await?;
            // The connector replaces port zero by the port of the URL.
            Ok(Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

/// Wraps the connector: begins the trace, judges the address really connected to, remembers the connection.
#[derive(Clone)]
struct ObserveLayer {
    guard: Guard,
    connections: Arc<Connections>,
}

impl<S> Layer<S> for ObserveLayer {
    type Service = Observe<S>;

    fn layer(&self, inner: S) -> Observe<S> {
        Observe { inner, observer: self.clone() }
    }
}

#[derive(Clone)]
struct Observe<S> {
    inner: S,
    observer: ObserveLayer,
}

impl<S, R> Service<R> for Observe<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: Connection,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let trace = trace::current().unwrap_or_default();
        trace.begun();
        let connecting = self.inner.call(request);
        let observer = self.observer.clone();
        // The scope is set anew: a connection may be completed by a task of its own.
        Box::pin(Arc::clone(&trace).scope(async move {
            let connection = connecting.await?;
            observer.connected(&connection, &trace)?;
            Ok(connection)
        }))
    }
}

impl ObserveLayer {
    fn connected(&self, connection: &impl Connection, trace: &Arc<Tracing>) -> Result<(), BoxError> {
        let mut extensions = http::Extensions::new();
        connection.connected().get_extras(&mut extensions);
        let ends = extensions.get::<HttpInfo>().ok_or("the connector does not say whom it reached")?;
        let (local, remote) = (ends.local_addr(), ends.remote_addr());
        trace.note(|state| state.peer = Some(remote));
        self.guard.judge_address(remote.ip())?;
        self.connections.remember(local, remote, Arc::clone(trace));
        trace.connected(remote);
        Ok(())
    }
}
