//! The proxy that refuses everything.
//!
//! The browser has no network: what its pages ask for is answered by us. What it would connect to by itself (`WebSocket`,
//! preconnect, its own services) is sent to this proxy, on loopback, which says no and counts.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const REFUSAL: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// A listening proxy; it stops when dropped.
#[derive(Debug)]
pub(super) struct Proxy {
    address: SocketAddr,
    refused: Arc<AtomicU32>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port.
    pub(super) async fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let refused = Arc::<AtomicU32>::default();
        let counter = Arc::clone(&refused);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(refuse(stream));
            }
        });
        Ok(Self { address, refused, task })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connections refused so far.
    pub(super) fn refused(&self) -> u32 {
        self.refused.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn refuse(mut stream: TcpStream) {
    let mut head = [0; 1024];
    // Whatever was said, and whether the answer arrives, the connection ends here.
    let _ = stream.read(&mut head).await;
    let _ = stream.write_all(REFUSAL).await;
}
