//! Speaks the browser's debugging protocol over its two pipes: calls with answers, and events.
//!
//! Comes in: method names and parameters. Goes out: results, and what the browser tells by itself. Must never know: what
//! a page is. Unknown events and fields are passed over, so a newer browser does not break us.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, oneshot};

/// The largest message that is taken in: a document at its ceiling and a screenshot stay far below.
const MAX_MESSAGE: u64 = 96 * 1024 * 1024;

/// Events that may wait; a page that makes more than this in one go is not worth more of our memory.
const MAX_WAITING_EVENTS: usize = 200_000;

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum CallError {
    /// The browser has gone.
    #[error("the browser is gone")]
    Gone,
    /// The browser says no.
    #[error("{method}: {message}")]
    Refused {
        /// The method.
        method: String,
        /// The browser's words.
        message: String,
    },
}

/// Something the browser tells by itself.
#[derive(Debug)]
pub(super) struct Event {
    /// The session it belongs to; empty for the browser as a whole.
    pub(super) session: String,
    /// Its name.
    pub(super) method: String,
    /// Its content.
    pub(super) params: Value,
}

type Answers = HashMap<u64, oneshot::Sender<Result<Value, String>>>;

/// Who waits for which answer; `None` once the browser is gone.
type Waiting = Arc<Mutex<Option<Answers>>>;

/// The caller's end.
#[derive(Debug, Clone)]
pub(super) struct Cdp {
    next: Arc<AtomicU64>,
    out: mpsc::UnboundedSender<Vec<u8>>,
    waiting: Waiting,
}

impl Cdp {
    /// Begins to speak. The events come through the receiver, which ends when the browser does.
    pub(super) fn start(to: pipe::Sender, from: pipe::Receiver) -> (Self, mpsc::Receiver<Event>) {
        let (out, messages) = mpsc::unbounded_channel();
        let (events_in, events) = mpsc::channel(MAX_WAITING_EVENTS);
        let waiting: Waiting = Arc::new(Mutex::new(Some(Answers::new())));
        tokio::spawn(write(to, messages));
        tokio::spawn(read(from, Arc::clone(&waiting), events_in));
        (Self { next: Arc::default(), out, waiting }, events)
    }

    /// Calls a method and waits for its result.
    pub(super) async fn call(&self, session: &str, method: &str, params: Value) -> Result<Value, CallError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let (answer, result) = oneshot::channel();
        lock(&self.waiting).as_mut().ok_or(CallError::Gone)?.insert(id, answer);
        let mut message = json!({"id": id, "method": method, "params": params});
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        // A pipe that cannot be written to any more cannot be read from either: the reader tells all who wait.
        self.out.send(bytes).map_err(|_| CallError::Gone)?;
        match result.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(message)) => Err(CallError::Refused { method: method.to_owned(), message }),
            Err(_) => Err(CallError::Gone),
        }
    }
}

/// One session of the browser: a page, or something in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Session<'a> {
    pub(super) cdp: &'a Cdp,
    pub(super) id: &'a str,
}

impl Session<'_> {
    /// Calls a method of this session.
    pub(super) async fn call(self, method: &str, params: Value) -> Result<Value, CallError> {
        self.cdp.call(self.id, method, params).await
    }
}

fn lock(waiting: &Waiting) -> MutexGuard<'_, Option<Answers>> {
    // Nothing that holds the lock can panic half-way.
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn write(mut to: pipe::Sender, mut messages: mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(message) = messages.recv().await {
        if to.write_all(&message).await.is_err() {
            return;
        }
    }
}

async fn read(from: pipe::Receiver, waiting: Waiting, events: mpsc::Sender<Event>) {
    let mut from = BufReader::with_capacity(1 << 16, from);
    let mut message = Vec::new();
    loop {
        message.clear();
        match (&mut from).take(MAX_MESSAGE).read_until(0, &mut message).await {
            Ok(read) if read > 0 && message.last() == Some(&0) => {}
            Ok(_) | Err(_) => break,
        }
        message.pop();
        let Ok(mut value) = serde_json::from_slice::<Value>(&message) else { continue };
        if let Some(id) = value["id"].as_u64() {
            let result = match value["error"]["message"].as_str() {
                Some(message) => Err(message.to_owned()),
                None => Ok(value["result"].take()),
            };
            if let Some(answer) = lock(&waiting).as_mut().and_then(|answers| answers.remove(&id)) {
                // A caller that gave up does not want it any more.
                let _ = answer.send(result);
            }
        } else if let Some(method) = value["method"].as_str().map(str::to_owned) {
            let session = value["sessionId"].as_str().unwrap_or_default().to_owned();
            if events.try_send(Event { session, method, params: value["params"].take() }).is_err() {
                break;
            }
        }
    }
    // Whoever still waits learns that the browser is gone.
    lock(&waiting).take();
}
