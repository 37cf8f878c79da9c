//! The simulation at work: listeners on loopback addresses, answers, and a log of every arrival.
//!
//! Comes in: a [`World`]. Goes out: HTTP answers, and what was asked for. Must never know: who asks.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::serve::IncomingStream;
use bytes::Bytes;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::content::Side;
use super::pages::{Answer, MOBILE_HOST, PORTAL_HOST, Page, Site};
use super::world::{DefectKind, SimulatedCity, World};
use super::{DemoError, attachments, catalogue};

/// Up to this many cities every address has a listener of its own; more would need more open files than a process
/// is usually allowed, so a larger world listens once, on the loopback device only.
const OWN_LISTENERS: usize = 100;

/// Attempts to find a port that is free on every address.
const PORT_ATTEMPTS: usize = 8;

/// How long a slow portal takes; far below every configured limit, so that the demo stays short.
const SLOW: Duration = Duration::from_millis(300);

/// Most bytes of a query; the longest that a family takes has some 300.
const LONGEST_QUERY: usize = 4096;

/// How long connections may take to end.
const GRACE: Duration = Duration::from_secs(2);

/// Services that fail the first time where [`DefectKind::DataFailsOnce`] is planted: each answer of them once.
const FAILS_ONCE: [&str; 2] = ["route", "feed"];

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// When.
    pub at: Instant,
    /// The simulated server's address.
    pub address: IpAddr,
    /// Politeness group: the catalogue's, else `address:port`.
    pub group: String,
    /// Method.
    pub method: String,
    /// Path and query.
    pub path_and_query: String,
    /// Status answered.
    pub status: u16,
    /// `User-Agent`.
    pub user_agent: String,
}

/// Simulated cities that are listening.
pub struct Simulation {
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    servers: JoinSet<()>,
}

struct Shared {
    world: World,
    port: u16,
    sites: BTreeMap<Ipv4Addr, (usize, Side)>,
    log: Option<Mutex<Vec<Arrival>>>,
    cache: Vec<[Cache; 2]>,
    seen: Mutex<BTreeSet<(usize, Page)>>,
}

/// Answers by address, for one side of one city of the world file.
type Cache = RwLock<BTreeMap<String, Kept>>;

/// An answer that is kept, and whether the city's own addresses must be put into it.
#[derive(Clone)]
struct Kept {
    page: Page,
    status: u16,
    content_type: &'static str,
    body: Bytes,
    location: Option<String>,
    has_addresses: bool,
}

/// The address that a connection was made to.
#[derive(Debug, Clone, Copy)]
struct LocalAddress(Option<SocketAddr>);

impl Connected<IncomingStream<'_, TcpListener>> for LocalAddress {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self(stream.io().local_addr().ok())
    }
}

impl Simulation {
    /// Starts listening; with port 0 on any port that is free on all addresses.
    ///
    /// # Errors
    /// If an address cannot be listened on.
    pub async fn start(world: World, port: u16) -> Result<Self, DemoError> {
        Self::launch(world, port, Some(Mutex::default())).await
    }

    /// As [`Simulation::start`], but arrivals are not kept: for measuring, where a log would grow with every request.
    ///
    /// # Errors
    /// If an address cannot be listened on.
    pub async fn start_without_log(world: World, port: u16) -> Result<Self, DemoError> {
        Self::launch(world, port, None).await
    }

    async fn launch(world: World, port: u16, log: Option<Mutex<Vec<Arrival>>>) -> Result<Self, DemoError> {
        let sites = sites(&world);
        let addresses: Vec<Ipv4Addr> = sites.keys().copied().collect();
        let (port, listeners) = listen(&world, &addresses, port).await?;
        let cache = world.cities().iter().map(|_| [RwLock::default(), RwLock::default()]).collect();
        let shared = Arc::new(Shared { world, port, sites, log, cache, seen: Mutex::default() });
        let (stop, stopped) = watch::channel(false);
        let mut servers = JoinSet::new();
        for listener in listeners {
            let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
            let service = app.into_make_service_with_connect_info::<LocalAddress>();
            let mut stopped = stopped.clone();
            servers.spawn(async move {
                let until_stopped = async move {
                    // An error means that the simulation is gone, which is a reason to stop as well.
                    let _ = stopped.wait_for(|stopped| *stopped).await;
                };
                // Serving only ends by the signal; errors of single connections end those connections.
                let _ = axum::serve(listener, service).with_graceful_shutdown(until_stopped).await;
            });
        }
        Ok(Self { shared, stop, servers })
    }

    /// The port on every address.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.shared.port
    }

    /// The catalogue that points at this simulation: relative paths and TOML texts.
    #[must_use]
    pub fn catalogue(&self) -> Vec<(String, String)> {
        catalogue::catalogue(&self.shared.world, self.shared.port)
    }

    /// Every request so far, in the order in which the answers were ready; `at` is the time of arrival.
    #[must_use]
    pub fn log(&self) -> Vec<Arrival> {
        let log = self.shared.log.as_ref();
        log.map(|log| log.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    /// Ends all connections and frees the addresses.
    pub async fn stop(mut self) {
        // No receiver is left only if all servers have ended by themselves.
        let _ = self.stop.send(true);
        let ended = async { while self.servers.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            self.servers.shutdown().await;
        }
    }
}

fn sites(world: &World) -> BTreeMap<Ipv4Addr, (usize, Side)> {
    world
        .cities()
        .iter()
        .enumerate()
        .flat_map(|(n, city)| [(city.portal_address(), (n, Side::Portal)), (city.mobile_address(), (n, Side::Mobile))])
        .collect()
}

async fn listen(world: &World, addresses: &[Ipv4Addr], port: u16) -> Result<(u16, Vec<TcpListener>), DemoError> {
    if world.cities().len() > OWN_LISTENERS {
        let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        let listener = listen_on_loopback_device(address).map_err(|source| DemoError::Listen { address, source })?;
        let bound = listener.local_addr().map_err(|source| DemoError::Listen { address, source })?;
        return Ok((bound.port(), vec![listener]));
    }
    for _ in 0..PORT_ATTEMPTS {
        let mut listeners: Vec<TcpListener> = Vec::new();
        let mut chosen = port;
        for address in addresses {
            let address = SocketAddr::from((*address, chosen));
            match TcpListener::bind(address).await {
                Ok(listener) => {
                    chosen = listener.local_addr().map_err(|source| DemoError::Listen { address, source })?.port();
                    listeners.push(listener);
                }
                // Another program has the port that the first address got: try with another one.
                Err(_) if port == 0 && !listeners.is_empty() => break,
                Err(source) => return Err(DemoError::Listen { address, source }),
            }
        }
        if listeners.len() == addresses.len() {
            return Ok((chosen, listeners));
        }
    }
    Err(DemoError::NoPort { addresses: addresses.len() })
}

/// Listens on every loopback address at once. The device keeps the outside world out.
fn listen_on_loopback_device(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    #[cfg(target_os = "linux")]
    socket.bind_device(Some(b"lo"))?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Answers one request and logs it.
async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(local): ConnectInfo<LocalAddress>,
    request: Request,
) -> Response {
    let at = Instant::now();
    let place = local.0.and_then(|address| match address.ip() {
        IpAddr::V4(ip) => shared.sites.get(&ip).map(|(city, side)| (ip, *city, *side)),
        IpAddr::V6(_) => None,
    });
    let Some((ip, index, side)) = place else { return empty(StatusCode::MISDIRECTED_REQUEST) };
    let (parts, body) = request.into_parts();
    let (method, headers) = (parts.method, parts.headers);
    let sent = axum::body::to_bytes(body, LONGEST_QUERY).await.unwrap_or_default();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let asked = ask(&shared, (index, side), &method, path, &sent);
    let (response, status) = if let Some(asked) = asked {
        let known = headers.get(header::IF_NONE_MATCH).cloned();
        let (response, status) = respond(&shared, (index, side), &asked, method == Method::HEAD).await;
        if known.is_some() && response.headers().get(header::ETAG) == known.as_ref() {
            (empty(StatusCode::NOT_MODIFIED), 304)
        } else {
            (response, status)
        }
    } else {
        (empty(StatusCode::METHOD_NOT_ALLOWED), 405)
    };
    let Some(log) = &shared.log else { return response };
    let group = shared.world.cities()[index].group.clone().filter(|_| side == Side::Portal);
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let arrival = Arrival {
        at,
        address: IpAddr::V4(ip),
        group: group.unwrap_or_else(|| format!("{ip}:{}", shared.port)),
        method: method.to_string(),
        path_and_query: path.to_owned(),
        status,
        user_agent: user_agent.unwrap_or_default().to_owned(),
    };
    log.lock().unwrap_or_else(PoisonError::into_inner).push(arrival);
    response
}

/// What is asked for, if a reader may ask it: a page, or a list or item by one of the family's own queries.
struct Asked {
    page: Option<Page>,
    /// Address, with the query's body where there is one.
    key: String,
}

fn ask(shared: &Shared, (index, side): (usize, Side), method: &Method, path: &str, sent: &[u8]) -> Option<Asked> {
    if *method == Method::GET || *method == Method::HEAD {
        return Some(Asked { page: None, key: path.to_owned() });
    }
    let city = &shared.world.cities()[index];
    let shown = Site::new(&shared.world, shared.world.base_of(city), side);
    let page = (*method == Method::POST).then(|| shown.posted(path, sent))??;
    Some(Asked { page: Some(page), key: format!("{path}\n{}", String::from_utf8_lossy(sent)) })
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

async fn respond(shared: &Shared, (index, side): (usize, Side), asked: &Asked, head: bool) -> (Response, u16) {
    let city = &shared.world.cities()[index];
    let kept = shared.kept(city, side, asked);
    if side == Side::Portal && city.has(DefectKind::Slow) {
        tokio::time::sleep(SLOW).await;
    }
    if side == Side::Portal
        && let Some((status, retry_after)) = shared.first_failure(index, city, &kept.page)
    {
        let mut response = empty(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY));
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        return (response, status);
    }
    let body = if kept.has_addresses { shared.with_addresses(city, &kept) } else { kept.body };
    let length = body.len();
    let tag = entity_tag(&body);
    let mut response = Response::new(if head { Body::empty() } else { Body::from(body) });
    *response.status_mut() = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kept.content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::SERVER, HeaderValue::from_static("demo"));
    if let Some(location) = kept.location.as_deref().and_then(|location| HeaderValue::from_str(location).ok()) {
        headers.insert(header::LOCATION, location);
    }
    if kept.status == 200
        && let Ok(tag) = HeaderValue::from_str(&tag)
    {
        headers.insert(header::ETAG, tag);
    }
    (response, kept.status)
}

/// The page's `ETag`: the same content, the same tag, in every process.
fn entity_tag(body: &[u8]) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    std::hash::Hasher::write(&mut hasher, body);
    format!("\"{:016x}\"", std::hash::Hasher::finish(&hasher))
}

impl Shared {
    /// A page that fails the first time it is asked for: its status and `Retry-After`.
    fn first_failure(&self, index: usize, city: &SimulatedCity, page: &Page) -> Option<(u16, Option<&'static str>)> {
        let failure = match page {
            Page::News(2) if city.has(DefectKind::UnavailableOnce) => (503, Some("1")),
            Page::Guide(4) if city.segment_has(DefectKind::GuideFailsOnce, "housing-fund") => (502, None),
            Page::Data(service, _) if city.has(DefectKind::DataFailsOnce) && FAILS_ONCE.contains(&service.as_str()) => {
                (502, None)
            }
            _ => return None,
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert((index, page.clone())).then_some(failure)
    }

    /// The answer for an address, rendered at most once for all cities that show the same page.
    fn kept(&self, city: &SimulatedCity, side: Side, asked: &Asked) -> Kept {
        let cache = &self.cache[city.base][usize::from(side == Side::Mobile)];
        if let Some(kept) = cache.read().unwrap_or_else(PoisonError::into_inner).get(&asked.key) {
            return kept.clone();
        }
        let shown = Site::new(&self.world, self.world.base_of(city), side);
        let page = asked.page.clone().unwrap_or_else(|| shown.page(&asked.key));
        let kept = keep(shown.answer(&page), page);
        // Searches and unknown addresses come in any number and are not kept, so that nothing grows without end.
        let endless = match kept.page {
            Page::Search(_) | Page::NotFound | Page::Withdrawn | Page::Calendar(..) => true,
            Page::Data(..) | Page::Static(_) => kept.status != 200,
            _ => false,
        };
        if !endless {
            cache.write().unwrap_or_else(PoisonError::into_inner).insert(asked.key.clone(), kept.clone());
        }
        kept
    }

    /// The body with the city's own addresses; QR codes are drawn only now.
    fn with_addresses(&self, city: &SimulatedCity, kept: &Kept) -> Bytes {
        let hosts = [(PORTAL_HOST, city.portal_address()), (MOBILE_HOST, city.mobile_address())];
        let mut bytes = kept.body.to_vec();
        for (name, address) in hosts {
            bytes = replace(&bytes, name.as_bytes(), format!("{address}:{}", self.port).as_bytes());
        }
        match kept.page {
            Page::Qr(_) => Bytes::from(attachments::qr(&String::from_utf8_lossy(&bytes))),
            _ => Bytes::from(bytes),
        }
    }
}

fn keep(answer: Answer, page: Page) -> Kept {
    let contains = |name: &str| answer.body.windows(name.len()).any(|window| window == name.as_bytes());
    let has_addresses =
        matches!((&page, answer.status), (Page::Qr(_), 200)) || contains(PORTAL_HOST) || contains(MOBILE_HOST);
    Kept {
        page,
        status: answer.status,
        content_type: answer.content_type,
        body: Bytes::from(answer.body),
        location: answer.location,
        has_addresses,
    }
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(client: &reqwest::Client, address: &str) -> (u16, Vec<u8>) {
        let response = client.get(address).send().await.expect("the simulation answers");
        (response.status().as_u16(), response.bytes().await.expect("a body").to_vec())
    }

    fn client() -> reqwest::Client {
        reqwest::Client::builder().no_proxy().build().expect("a client")
    }

    #[tokio::test]
    async fn every_city_answers_on_its_own_addresses_and_the_log_tells() {
        let world = World::load();
        let simulation = Simulation::start(world.clone(), 0).await.expect("a free port");
        let client = client();
        for city in world.cities() {
            let portal = format!("http://{}:{}/", city.portal_address(), simulation.port());
            let (status, body) = get(&client, &portal).await;
            assert_eq!(status, 200, "{}", city.name);
            // The shell of a script-built home page is the smallest.
            assert!(body.len() > 1_000, "{} {}", city.name, body.len());
            let mobile = format!("http://{}:{}/", city.mobile_address(), simulation.port());
            assert_eq!(get(&client, &mobile).await.0 == 410, !city.has_mobile_site(), "{}", city.name);
        }
        let log = simulation.log();
        assert_eq!(log.len(), 72);
        let shared: Vec<&Arrival> = log.iter().filter(|arrival| arrival.group == "zjzwfw").collect();
        assert_eq!(shared.len(), 2);
        simulation.stop().await;
    }

    #[tokio::test]
    async fn a_qr_code_holds_the_citys_own_address_even_in_a_scaled_world() {
        let world = World::load().scaled(120);
        let simulation = Simulation::start(world.clone(), 0).await.expect("the loopback device can be listened on");
        let city = world.cities().iter().rev().find(|city| city.channels.len() >= 2).expect("such a city");
        let address = format!("http://{}:{}/qr/app.png", city.portal_address(), simulation.port());
        let (status, body) = get(&client(), &address).await;
        assert_eq!(status, 200);
        let picture = image::load_from_memory(&body).expect("a picture").to_luma8();
        let mut prepared = rqrr::PreparedImage::prepare(picture);
        let text = prepared.detect_grids()[0].decode().expect("readable").1;
        assert_eq!(text, format!("http://{}:{}/app/download.html", city.mobile_address(), simulation.port()));
        simulation.stop().await;
    }

    #[tokio::test]
    async fn a_page_that_fails_once_is_there_the_second_time() {
        let world = World::load();
        let changsha = world.cities().iter().find(|city| city.code == "430100").expect("in the world").clone();
        let path = Site::new(&world, &changsha, Side::Portal).address(&Page::Guide(4));
        let simulation = Simulation::start(world, 0).await.expect("a free port");
        let address = format!("http://{}:{}{path}", changsha.portal_address(), simulation.port());
        let client = client();
        assert_eq!(get(&client, &address).await.0, 502);
        assert_eq!(get(&client, &address).await.0, 200);
        simulation.stop().await;
    }

    #[tokio::test]
    async fn only_reading_is_allowed() {
        let simulation = Simulation::start(World::load().first(1), 0).await.expect("a free port");
        let address = format!("http://127.36.1.1:{}/", simulation.port());
        let response = client().post(&address).send().await.expect("an answer");
        assert_eq!(response.status(), 405);
        assert_eq!(simulation.log()[0].method, "POST");
        simulation.stop().await;
    }
}
