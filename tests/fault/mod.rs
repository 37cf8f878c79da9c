//! A loopback server that misbehaves as it is told: raw TCP, TLS if asked, one script for all its connections.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use openssl::ssl::{Ssl, SslAcceptor};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub(crate) mod certificates;
pub(crate) mod http2;

/// One thing the server does after it has read a request's head.
#[derive(Clone)]
pub(crate) enum Act {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes again and again until nobody listens.
    Flood(Vec<u8>),
    /// Keeps the connection open and silent.
    Hang,
    /// Closes the connection.
    Close,
}

/// Sends a text.
pub(crate) fn send(text: impl AsRef<[u8]>) -> Act {
    Act::Send(text.as_ref().to_vec())
}

/// A whole, well-behaved answer.
pub(crate) fn page(body: &str) -> Vec<Act> {
    vec![send(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()))]
}

/// What the server saw.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    /// Connections accepted.
    pub(crate) connections: usize,
    /// Heads of requests, in order of arrival.
    pub(crate) heads: Vec<String>,
    /// Bodies of requests, empty where there was none.
    pub(crate) bodies: Vec<String>,
}

impl Seen {
    /// The value of a header of the request with this number, if it was sent.
    pub(crate) fn header(&self, number: usize, name: &str) -> Option<String> {
        self.heads[number].lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }
}

/// How the server answers the request whose head it is given.
pub(crate) type Script = Arc<dyn Fn(&str) -> Vec<Act> + Send + Sync>;

/// How a connection begins.
#[derive(Clone)]
pub(crate) enum Opening {
    /// With the request.
    Plain,
    /// With a handshake.
    Tls(SslAcceptor),
    /// With these acts, before anything is read; the handshake of a client finds no partner.
    Acts(Vec<Act>),
}

/// The server. It stops when dropped.
pub(crate) struct FaultServer {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    accepting: JoinHandle<()>,
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl FaultServer {
    /// A server on a free port of 127.0.0.1 that answers each request with the same acts.
    pub(crate) async fn start(acts: Vec<Act>) -> Self {
        Self::scripted("127.0.0.1", Opening::Plain, Arc::new(move |_| acts.clone())).await
    }

    /// A server with TLS that answers each request with a small page.
    pub(crate) async fn tls(acceptor: SslAcceptor) -> Self {
        Self::scripted("127.0.0.1", Opening::Tls(acceptor), Arc::new(|_| page("read"))).await
    }

    /// A server on a free port of `host`.
    pub(crate) async fn scripted(host: &str, opening: Opening, script: Script) -> Self {
        Self::listening(TcpListener::bind((host, 0)).await.expect("a free port on loopback"), opening, script)
    }

    /// A server on this port of `host`, which nobody may reach.
    pub(crate) async fn at(host: &str, port: u16) -> Self {
        let listener = TcpListener::bind((host, port)).await.expect("the port is free on this alias of loopback");
        Self::listening(listener, Opening::Plain, Arc::new(|_| page("inside")))
    }

    fn listening(listener: TcpListener, opening: Opening, script: Script) -> Self {
        let address = listener.local_addr().expect("a bound listener has an address");
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let shared = Arc::clone(&seen);
        let accepting = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                note(&shared, |seen| seen.connections += 1);
                connections.spawn(serve(stream, opening.clone(), Arc::clone(&script), Arc::clone(&shared)));
            }
        });
        Self { address, seen, accepting }
    }

    /// `http://ADDRESS/path`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// `https://name:port/path`.
    pub(crate) fn https(&self, name: &str, path: &str) -> String {
        format!("https://{name}:{}{path}", self.address.port())
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was seen until now.
    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn note(seen: &Mutex<Seen>, change: impl FnOnce(&mut Seen)) {
    change(&mut seen.lock().unwrap_or_else(PoisonError::into_inner));
}

async fn serve(mut tcp: TcpStream, opening: Opening, script: Script, seen: Arc<Mutex<Seen>>) {
    // Broken connections are what this server is for.
    let _ = match opening {
        Opening::Plain => converse(tcp, &script, &seen).await,
        Opening::Acts(acts) => perform(&mut tcp, acts).await.map(drop),
        Opening::Tls(acceptor) => handshake(&acceptor, tcp, &script, &seen).await,
    };
}

async fn handshake(acceptor: &SslAcceptor, tcp: TcpStream, script: &Script, seen: &Mutex<Seen>) -> io::Result<()> {
    let ssl = Ssl::new(acceptor.context())?;
    let mut stream = tokio_openssl::SslStream::new(ssl, tcp)?;
    std::pin::Pin::new(&mut stream).accept().await.map_err(io::Error::other)?;
    converse(stream, script, seen).await
}

async fn converse<S>(mut stream: S, script: &Script, seen: &Mutex<Seen>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut open = true;
    while open {
        let Some(head) = read_head(&mut stream).await? else { break };
        let body = read_body(&mut stream, &head).await?;
        note(seen, |seen| {
            seen.heads.push(head.clone());
            seen.bodies.push(body);
        });
        open = perform(&mut stream, script(&head)).await?;
    }
    stream.shutdown().await
}

/// The head of the next request; `None` when the client is gone.
async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}

/// The body of a request whose head says how long it is.
async fn read_body<S: AsyncRead + Unpin>(stream: &mut S, head: &str) -> io::Result<String> {
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// Whether the connection stays open after the acts.
async fn perform<S: AsyncWrite + Unpin>(stream: &mut S, acts: Vec<Act>) -> io::Result<bool> {
    for act in acts {
        match act {
            Act::Send(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
            }
            Act::Flood(bytes) => loop {
                stream.write_all(&bytes).await?;
            },
            Act::Hang => std::future::pending().await,
            Act::Close => return Ok(false),
        }
    }
    Ok(true)
}
