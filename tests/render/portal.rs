//! A portal on loopback for one test: pages by path, and a log of who asked for what and when.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) at: Instant,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) agent: String,
}

type Pages = BTreeMap<String, (u16, &'static str, String)>;

/// A portal that answers until it is dropped.
pub(crate) struct Portal {
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<Vec<Arrival>>>,
    pages: Arc<Mutex<Pages>>,
    task: tokio::task::JoinHandle<()>,
}

impl Portal {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (log, pages) = (Arc::<Mutex<Vec<Arrival>>>::default(), Arc::<Mutex<Pages>>::default());
        let (of_task, pages_of_task) = (Arc::clone(&log), Arc::clone(&pages));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&of_task), Arc::clone(&pages_of_task)));
            }
        });
        Self { address, log, pages, task }
    }

    /// Puts a page under a path with its query.
    pub(crate) fn put(&self, path: &str, content_type: &'static str, body: impl Into<String>) {
        self.pages.lock().expect("not poisoned").insert(path.to_owned(), (200, content_type, body.into()));
    }

    pub(crate) fn page(&self, path: &str, body: &str) {
        let page = format!("<!DOCTYPE html><html><head><title>政务服务</title></head><body>{body}</body></html>");
        self.put(path, "text/html; charset=utf-8", page);
    }

    pub(crate) fn log(&self) -> Vec<Arrival> {
        self.log.lock().expect("not poisoned").clone()
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.log().iter().filter(|arrival| arrival.path == path).count()
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, log: Arc<Mutex<Vec<Arrival>>>, pages: Arc<Mutex<Pages>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            match stream.read_line(&mut line).await {
                Ok(0) | Err(_) => return,
                Ok(_) if line.trim().is_empty() => break,
                Ok(_) => head.push(line.trim().to_owned()),
            }
        }
        let mut words = head.first().map(String::as_str).unwrap_or_default().split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let field =
            |name: &str| head.iter().find_map(|line| line.to_ascii_lowercase().strip_prefix(name).map(str::to_owned));
        let length = field("content-length: ").and_then(|length| length.trim().parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        if stream.read_exact(&mut body).await.is_err() {
            return;
        }
        let agent =
            head.iter().find_map(|line| line.to_ascii_lowercase().strip_prefix("user-agent: ").map(str::to_owned));
        let arrival = Arrival { at: Instant::now(), method, path: path.clone(), agent: agent.unwrap_or_default() };
        log.lock().expect("not poisoned").push(arrival);
        let page = pages.lock().expect("not poisoned").get(&path).cloned();
        let (status, kind, body) = page.unwrap_or((404, "text/plain", "没有".to_owned()));
        let answer =
            format!("HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
