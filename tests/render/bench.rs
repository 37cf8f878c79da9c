//! A stage for one page: its answers, its asks, and a door that must never be touched.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use portal_probe::model::rendering::{AskRefusal, Asked, RenderFailure, RenderedPage};
use portal_probe::model::{Profile, Response};
use portal_probe::render::{Answer, Ask, Page, Renderer, Settings};
use url::Url;

/// The portal that pages of these tests belong to. Nobody listens there: every answer comes from the test.
pub(crate) const PORTAL: &str = "http://portal.test";

pub(crate) fn settings() -> Settings {
    Settings {
        enabled: true,
        executables: vec![PathBuf::from("/usr/bin/chromium-headless-shell")],
        tabs: 1,
        pages_per_browser: 100,
        browser_age: Duration::from_mins(10),
        page_budget: Duration::from_secs(10),
        page_work: Duration::from_mins(1),
        scrolls: 5,
        page_deadline: Duration::from_mins(2),
        max_requests: 50,
        max_bytes: 8 << 20,
        max_document: 4 << 20,
        max_memory: 1 << 30,
        screenshot_height: 2000,
        user_agent: "portal-probe/test".to_owned(),
        phone_user_agent: "Mozilla/5.0 (Linux; Android 14; Mobile) portal-probe/test".to_owned(),
    }
}

pub(crate) async fn renderer(settings: Settings) -> Renderer {
    Renderer::open(settings).await.expect("chromium-headless-shell is there: `sh scripts/setup.sh` installs it")
}

pub(crate) fn answer(content_type: &str, body: impl Into<Bytes>) -> Response {
    Response {
        status: 200,
        version: "HTTP/1.1".to_owned(),
        headers: vec![("content-type".to_owned(), content_type.as_bytes().to_vec())],
        body: body.into(),
        truncated: None,
    }
}

pub(crate) fn html(body: &str) -> Response {
    answer("text/html; charset=utf-8", format!("<!DOCTYPE html><html><head></head><body>{body}</body></html>"))
}

/// What a page may have, by path and query, and what it asked for.
#[derive(Default)]
pub(crate) struct Stage {
    pub(crate) answers: BTreeMap<String, Response>,
    pub(crate) asked: Mutex<Vec<(String, String)>>,
}

impl Stage {
    pub(crate) fn with(mut self, path: &str, answer: Response) -> Self {
        self.answers.insert(format!("{PORTAL}{path}"), answer);
        self
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("not poisoned").iter().map(|(_, url)| url.clone()).collect()
    }

    fn take(&self, ask: Ask) {
        let url = ask.url.to_string();
        self.asked.lock().expect("not poisoned").push((ask.method.clone(), url.clone()));
        let answer = match self.answers.get(&url) {
            _ if ask.method != "GET" => Answer::Refused(AskRefusal::Method),
            Some(response) => Answer::Response { response: response.clone(), from_record: false },
            None => Answer::Refused(AskRefusal::Skipped(portal_probe::model::SkipReason::OutOfScope)),
        };
        let _ = ask.reply.send(answer);
    }
}

pub(crate) fn page(address: &str, response: Response, profile: Profile) -> Page {
    let url = Url::parse(&format!("{PORTAL}{address}")).expect("an address");
    Page { url, response, profile, now: "2020-04-10T04:00:00Z".parse().expect("a time"), screenshot: false }
}

/// Renders a page on a stage.
pub(crate) async fn show(
    renderer: &Renderer,
    page: &Page,
    stage: &Stage,
) -> (Asked, Result<RenderedPage, RenderFailure>) {
    let (asks, mut taken) = Renderer::asks();
    let rendering = renderer.render(page, asks);
    tokio::pin!(rendering);
    loop {
        tokio::select! {
            outcome = &mut rendering => return outcome,
            Some(ask) = taken.recv() => stage.take(ask),
        }
    }
}

pub(crate) fn text(page: &RenderedPage) -> String {
    String::from_utf8(page.html.to_vec()).expect("UTF-8")
}

/// A listener at an address that nobody may connect to.
pub(crate) struct ForbiddenDoor {
    pub(crate) address: SocketAddr,
    knocks: Arc<AtomicU32>,
    task: tokio::task::JoinHandle<()>,
}

impl ForbiddenDoor {
    pub(crate) async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::new(127, 66, 6, 6), 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let knocks = Arc::<AtomicU32>::default();
        let counter = Arc::clone(&knocks);
        let task = tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { address, knocks, task }
    }

    pub(crate) fn knocks(&self) -> u32 {
        self.knocks.load(Ordering::SeqCst)
    }
}

impl Drop for ForbiddenDoor {
    fn drop(&mut self) {
        self.task.abort();
    }
}
