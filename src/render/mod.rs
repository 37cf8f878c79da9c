//! Renders pages that scripts build, in a browser that has no network of its own.
//!
//! Comes in: a page's address with the answer that was fetched for it. Goes out: the document after its scripts ran, its
//! layout, a picture; and, while it is rendered, what the page asks for, one [`Ask`] each. Must never know: how an ask is
//! answered, what a page means, where it is kept.
//!
//! ```text
//!   Page ──► tab ── request paused ──► Ask ──► (engine: scope, robots, pace, guard, evidence) ──► Answer ──► tab
//!                                                                                                             │
//!   RenderedPage ◄── document, layout, picture ◄── page's own clock has run out ◄─────────────────────────────┘
//! ```
//!
//! Each tab is a browser of its own: a page that hangs, floods the memory or crashes takes nobody else's page with it,
//! and is ended by ending its process group.

mod browser;
mod cdp;
mod clock;
mod process;
mod proxy;
mod requests;
mod settings;
mod shown;
mod tab;

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc, oneshot};
use url::Url;

use crate::model::rendering::{AskRefusal, Asked, AskedFor, RenderFailure, RenderFailureKind, RenderedPage};
use crate::model::{Profile, Response};

pub use browser::BrowserError;
pub use process::Family;
pub use settings::Settings;

use browser::Browser;

/// A page to be rendered.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its address, with its hash route.
    pub url: Url,
    /// What was answered under the address; its content coding removed.
    pub response: Response,
    /// As a computer or as a phone.
    pub profile: Profile,
    /// What the page's clock shows.
    pub now: Timestamp,
    /// Whether a picture is wanted.
    pub screenshot: bool,
}

/// Something a page asks for while it is rendered.
#[derive(Debug)]
pub struct Ask {
    /// Address, without fragment.
    pub url: Url,
    /// `GET`, `POST` …
    pub method: String,
    /// What it is for.
    pub what: AskedFor,
    /// What would be sent along.
    pub body: Option<Bytes>,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Answer>,
}

/// What becomes of an ask.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// What the server answered; content coding removed.
    Response {
        /// The answer.
        response: Response,
        /// Whether it was on record already.
        from_record: bool,
    },
    /// It is not answered.
    Refused(AskRefusal),
}

/// Asks of one page that may wait to be looked at.
const WAITING_ASKS: usize = 256;

/// The browsers of a run.
#[derive(Debug)]
pub struct Renderer {
    settings: Settings,
    tabs: Arc<Semaphore>,
    idle: Mutex<Vec<Browser>>,
}

impl Renderer {
    /// Starts a browser to see that it works.
    ///
    /// # Errors
    /// When there is none, or it does not start.
    pub async fn open(settings: Settings) -> Result<Self, BrowserError> {
        let first = Browser::start(&settings).await?;
        Ok(Self { tabs: Arc::new(Semaphore::new(settings.tabs.max(1))), idle: Mutex::new(vec![first]), settings })
    }

    /// Where a page's asks go, and come from.
    #[must_use]
    pub fn asks() -> (mpsc::Sender<Ask>, mpsc::Receiver<Ask>) {
        mpsc::channel(WAITING_ASKS)
    }

    /// Renders a page when a tab is free. Dropping the future ends the browser it uses.
    pub async fn render(&self, page: &Page, asks: mpsc::Sender<Ask>) -> (Asked, Result<RenderedPage, RenderFailure>) {
        let Ok(_tab) = Arc::clone(&self.tabs).acquire_owned().await else {
            return (Asked::default(), Err(failure(RenderFailureKind::Interrupted, "the run ends")));
        };
        let mut browser = match self.browser().await {
            Ok(browser) => browser,
            Err(error) => return (Asked::default(), Err(failure(RenderFailureKind::NoBrowser, error))),
        };
        let (asked, outcome) = tab::show(&mut browser, page, &asks, &self.settings).await;
        if outcome.is_err() || browser.is_worn(&self.settings) {
            browser.end().await;
        } else {
            self.idle().push(browser);
        }
        (asked, outcome)
    }

    /// Bytes of memory that the waiting browsers hold.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.idle().iter().map(|browser| browser.group().memory()).sum()
    }

    /// Ends every browser and waits until nothing of them is left.
    pub async fn close(self) {
        let idle = std::mem::take(&mut *self.idle());
        for browser in idle {
            browser.end().await;
        }
    }

    async fn browser(&self) -> Result<Browser, BrowserError> {
        let idle = self.idle().pop();
        match idle {
            Some(browser) => Ok(browser),
            None => Browser::start(&self.settings).await,
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Browser>> {
        // Nothing that holds the lock can panic half-way.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failure(kind: RenderFailureKind, detail: impl std::fmt::Display) -> RenderFailure {
    RenderFailure { kind, detail: detail.to_string() }
}
