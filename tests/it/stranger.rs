//! A portal that nobody of ours wrote: a few given pages over plain HTTP on one loopback address.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A running stranger.
pub(crate) struct Stranger {
    base: String,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Stranger {
    /// Serves these pages (path, status, body) on a free port of `address`; everything else is 404.
    pub(crate) async fn serve(address: &str, pages: &[(&str, u16, &str)]) -> Self {
        let listener = TcpListener::bind((address, 0)).await.expect("a free loopback address");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let pages: Arc<Vec<(String, u16, String)>> = Arc::new(
            pages.iter().map(|(path, status, body)| ((*path).to_owned(), *status, (*body).to_owned())).collect(),
        );
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&pages), Arc::clone(&log)));
            }
        });
        Self { base, asked, task }
    }

    /// Scheme, address and port.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Ends it and tells which paths were asked for, in order.
    pub(crate) fn stop(self) -> Vec<String> {
        self.task.abort();
        self.asked.lock().expect("no test panicked here").clone()
    }
}

async fn answer(mut stream: TcpStream, pages: Arc<Vec<(String, u16, String)>>, asked: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return,
            Ok(n) => head.extend_from_slice(&chunk[..n]),
        }
    }
    let text = String::from_utf8_lossy(&head);
    let path = text.split_whitespace().nth(1).unwrap_or("/").to_owned();
    asked.lock().expect("no test panicked here").push(path.clone());
    let page = pages.iter().find(|(known, _, _)| *known == path);
    let (status, body) = page.map_or((404, "<h1>404</h1>"), |(_, status, body)| (*status, body.as_str()));
    let kind = if path == "/robots.txt" { "text/plain" } else { "text/html; charset=utf-8" };
    let answer = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    // The crawler may have gone away; then there is nobody to tell.
    let _ = stream.write_all(answer.as_bytes()).await;
}
