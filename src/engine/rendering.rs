//! Rendering within a night: which pages, in which order, and what their scripts may have.
//!
//! Comes in: pages that were read, what a page asks for while it is rendered, answers as they come. Goes out: jobs for
//! the browser, offers for the frontier, answers for the page. The loop owns it; nothing is locked.
//!
//! A page's ask is answered from what this night has on record, or offered to the frontier like any address; the answer
//! is archived like any other before the page gets it. So scope, robots.txt, pace, budget, guard and evidence hold for
//! every byte that a page is given.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};
use url::Url;

use super::journal::Made;
use super::kept::Kept;
use crate::config;
use crate::extract;
use crate::frontier::canonical;
use crate::model::query::{BodyKind, QueryRule};
use crate::model::rendering::{AskRefusal, Asked, AskedFor, MadeFor, RenderFailure, RenderFailureKind, RenderedPage};
use crate::model::request::KeptPayload;
use crate::model::{
    CityCode, PageRecord, Profile, Purpose, QueryBody, RecordId, Rendering, Request, Response, SkipReason, as_sent,
};
use crate::render::{Answer, Ask, BrowserError, Page, Renderer};
use crate::telemetry;
use crate::warc::record::derived_id;

/// A rendering under way.
pub(super) type JobId = u64;

/// Asks of all pages that may wait for the loop.
const WAITING_ASKS: usize = 1024;

/// An address as the server sees it, the query it was asked with, and as whom.
type Place = (Profile, Url, Option<QueryBody>);

fn place(request: &Request) -> Place {
    (request.profile, as_sent(&request.url), request.body.clone())
}

/// What is known of an address in this night.
#[derive(Debug, Clone)]
enum OnRecord {
    /// Its answer stands in the evidence.
    Answer(KeptPayload),
    /// Its answer waits to be archived, until the page it was for has been read.
    Held(Response),
    /// It gave no answer.
    Failed,
}

/// What an earlier process of the run has done.
#[derive(Debug, Clone, Copy)]
pub(super) enum Before<'a> {
    /// A request that gave no answer.
    Failed(&'a Request),
    /// A page that was rendered, or could not be.
    Rendered(&'a PageRecord),
}

/// A page's ask that waits for an exchange.
struct Waiter {
    what: AskedFor,
    reply: oneshot::Sender<Answer>,
}

/// A page that is being rendered.
struct Job {
    request: Request,
    made_for: MadeFor,
    /// Data that were fetched for it, and are archived when it is known what they are.
    held: Vec<Made>,
}

/// A page to be rendered.
pub(super) struct Order {
    pub(super) job: JobId,
    /// The page as the dossier has it.
    pub(super) page: PageRecord,
    pub(super) made_for: MadeFor,
    pub(super) screenshot: bool,
    /// Where its answer stands.
    pub(super) answer: KeptPayload,
}

/// Rendering, as the loop sees it.
pub(super) struct RenderDesk {
    renderer: Arc<Renderer>,
    settings: config::Rendering,
    /// Queries by POST that may be asked.
    queries: Vec<QueryRule>,
    next: JobId,
    asks_in: mpsc::Sender<(JobId, Ask)>,
    asks: mpsc::Receiver<(JobId, Ask)>,
    stop: watch::Sender<bool>,
    jobs: BTreeMap<JobId, Job>,
    waiting: BTreeMap<(CityCode, Place), Vec<Waiter>>,
    on_record: BTreeMap<CityCode, BTreeMap<Place, OnRecord>>,
    /// Pages of each city that were rendered, or tried.
    tried: BTreeMap<CityCode, BTreeSet<RecordId>>,
}

impl RenderDesk {
    /// Starts a browser; without one the night goes on, and says once what would help.
    pub(super) async fn open(settings: &config::Rendering) -> Option<Self> {
        if !settings.browser.enabled {
            return None;
        }
        match Renderer::open(settings.browser.clone()).await {
            Ok(renderer) => {
                let (asks_in, asks) = mpsc::channel(WAITING_ASKS);
                Some(Self {
                    renderer: Arc::new(renderer),
                    settings: settings.clone(),
                    queries: extract::dialect::queries(),
                    next: 0,
                    asks_in,
                    asks,
                    stop: watch::Sender::new(false),
                    jobs: BTreeMap::new(),
                    waiting: BTreeMap::new(),
                    on_record: BTreeMap::new(),
                    tried: BTreeMap::new(),
                })
            }
            Err(error @ (BrowserError::NotThere(_) | BrowserError::NotStarted { .. })) => {
                telemetry::no_browser(&error);
                None
            }
        }
    }

    /// The next thing that a page asks for. Never ends.
    pub(super) async fn ask(&mut self) -> (JobId, Ask) {
        match self.asks.recv().await {
            Some(ask) => ask,
            // The desk itself holds a sender.
            None => std::future::pending().await,
        }
    }

    /// Takes a page in, if the city's budget allows it.
    pub(super) fn order(&mut self, page: &PageRecord, made_for: MadeFor, answer: KeptPayload) -> Option<Order> {
        if *self.stop.borrow() {
            return None;
        }
        match made_for {
            MadeFor::Reading => {
                let tried = self.tried.entry(page.request.target.clone()).or_default();
                let most = usize::try_from(self.settings.pages_per_city).unwrap_or(usize::MAX);
                if tried.len() >= most || !tried.insert(page.record.clone()) {
                    return None;
                }
            }
            // Limited by the list of what is to be photographed.
            MadeFor::Picture => {}
        }
        self.next += 1;
        let job = self.next;
        let request = page.request.clone();
        self.jobs.insert(job, Job { request, made_for, held: Vec::new() });
        let screenshot = made_for == MadeFor::Picture || page.request.purpose == (Purpose::Entry { attempt: 1 });
        Some(Order { job, page: page.clone(), made_for, screenshot, answer })
    }

    /// The work of an order, to be done beside the loop.
    pub(super) fn work(&self, order: Order, kept: Arc<Kept>, read: extract::Settings) -> Work {
        Work {
            order,
            kept,
            read,
            renderer: Arc::clone(&self.renderer),
            asks: self.asks_in.clone(),
            stop: self.stop.subscribe(),
        }
    }

    /// Decides on an ask: answers it, or gives what is to be offered to the frontier.
    pub(super) fn consider(
        &mut self,
        (job, ask): (JobId, Ask),
        kept: &Arc<Kept>,
        read: &extract::Settings,
    ) -> Option<Wanted> {
        let Ask { url, method, what, body, reply } = ask;
        let Some(of) = self.jobs.get(&job) else {
            answer(reply, Answer::Refused(AskRefusal::Failed));
            return None;
        };
        let url = as_sent(&canonical(&url));
        let query = match method.as_str() {
            "POST" => query(body.as_deref()).filter(|query| self.queries.iter().any(|rule| rule.allows(&url, query))),
            _ => None,
        };
        // Anything else may change something.
        if method != "GET" && query.is_none() {
            answer(reply, Answer::Refused(AskRefusal::Method));
            return None;
        }
        let place = (of.request.profile, url.clone(), query.clone());
        let known = self.on_record.get(&of.request.target).and_then(|city| city.get(&place));
        match known {
            Some(OnRecord::Answer(stored)) => {
                let (stored, kept, read) = (stored.clone(), Arc::clone(kept), read.clone());
                tokio::task::spawn_blocking(move || {
                    let response = kept.response(&stored).map(|response| plain(response, &read));
                    answer(reply, given(response, true));
                });
                None
            }
            Some(OnRecord::Held(response)) => {
                answer(reply, given(Some(response.clone()), true));
                None
            }
            Some(OnRecord::Failed) => {
                answer(reply, Answer::Refused(AskRefusal::Failed));
                None
            }
            None if what == AskedFor::Media => {
                answer(reply, Answer::Refused(AskRefusal::NotWanted));
                None
            }
            None if of.made_for == MadeFor::Picture => {
                answer(reply, Answer::Refused(AskRefusal::NotOnRecord));
                None
            }
            None => Some(Wanted { via: of.request.clone(), url, query, waiter: Waiter { what, reply } }),
        }
    }

    /// The frontier has taken the address in: its answer is waited for.
    pub(super) fn wait_for(&mut self, wanted: Wanted) {
        let place = (wanted.via.profile, wanted.url, wanted.query);
        self.waiting.entry((wanted.via.target, place)).or_default().push(wanted.waiter);
    }

    /// The frontier will not ask for an address after all.
    pub(super) fn refuse(&mut self, request: &Request, reason: SkipReason) {
        for waiter in self.waiters(request) {
            answer(waiter.reply, Answer::Refused(AskRefusal::Skipped(reason)));
        }
    }

    /// An exchange was made and is to be archived. What a page waits for is given to it; answers `None` if the capture
    /// is held back until the page has been read, because it may hold data of private persons.
    pub(super) fn exchanged(&mut self, made: Made, read: &extract::Settings) -> Option<Made> {
        let capture = &made.capture;
        let waiters = self.waiters(&capture.request);
        let data = waiters.iter().any(|waiter| waiter.what == AskedFor::Data);
        let Some(response) = capture.response().cloned() else {
            self.note(&capture.request, OnRecord::Failed);
            for waiter in waiters {
                answer(waiter.reply, Answer::Refused(AskRefusal::Failed));
            }
            return Some(made);
        };
        let response = plain(response, read);
        for waiter in waiters {
            answer(waiter.reply, given(Some(response.clone()), false));
        }
        let via = capture.request.via.clone();
        match self.jobs.values_mut().find(|job| data && Some(&job.request.id) == via.as_ref()) {
            Some(job) => {
                let request = capture.request.clone();
                job.held.push(made);
                self.note(&request, OnRecord::Held(response));
                None
            }
            None => Some(made),
        }
    }

    /// A request gave no answer, or a page was rendered, before the run was resumed.
    pub(super) fn done_before(&mut self, what: Before<'_>) {
        match what {
            Before::Failed(request) => self.note(request, OnRecord::Failed),
            Before::Rendered(page) => {
                self.tried.entry(page.request.target.clone()).or_default().insert(page.record.clone());
            }
        }
    }

    /// An answer stands in the evidence.
    pub(super) fn archived(&mut self, request: &Request, place: Option<KeptPayload>) {
        if let Some(place) = place {
            self.note(request, OnRecord::Answer(place));
        }
    }

    /// Where a page's answer stands in the evidence.
    pub(super) fn answer_of(&self, request: &Request) -> Option<KeptPayload> {
        match self.on_record.get(&request.target)?.get(&place(request))? {
            OnRecord::Answer(kept) => Some(kept.clone()),
            OnRecord::Held(_) | OnRecord::Failed => None,
        }
    }

    /// A job is done; gives what was held back for it.
    pub(super) fn done(&mut self, job: JobId) -> Vec<Made> {
        self.jobs.remove(&job).map(|job| job.held).unwrap_or_default()
    }

    /// Most pictures of pages where a finding failed.
    pub(super) fn most_pictures(&self) -> usize {
        usize::try_from(self.settings.screenshots_per_city).unwrap_or(usize::MAX)
    }

    /// A city is done with; what was remembered of it is let go.
    pub(super) fn forget(&mut self, city: &CityCode) {
        self.on_record.remove(city);
        self.tried.remove(city);
    }

    /// Nothing more is rendered; what is under way ends.
    pub(super) fn interrupt(&mut self) {
        // The desk itself listens as well, so there is always somebody to hear it.
        self.stop.send_replace(true);
    }

    /// Ends the browsers.
    pub(super) async fn close(self) {
        let Self { renderer, .. } = self;
        if let Ok(renderer) = Arc::try_unwrap(renderer) {
            renderer.close().await;
        }
    }

    fn note(&mut self, request: &Request, what: OnRecord) {
        let place = place(request);
        let city = self.on_record.entry(request.target.clone()).or_default();
        match (city.get(&place), &what) {
            // A later failure, or a second answer, does not undo an answer.
            (Some(OnRecord::Answer(_)), _) | (Some(OnRecord::Held(_)), OnRecord::Failed) => {}
            _ => {
                city.insert(place, what);
            }
        }
    }

    fn waiters(&mut self, request: &Request) -> Vec<Waiter> {
        if request.purpose != Purpose::Render {
            return Vec::new();
        }
        self.waiting.remove(&(request.target.clone(), place(request))).unwrap_or_default()
    }
}

/// What the frontier is to be asked.
pub(super) struct Wanted {
    /// The page that asks.
    pub(super) via: Request,
    /// The address.
    pub(super) url: Url,
    /// The query, for a POST that a family declares.
    pub(super) query: Option<QueryBody>,
    waiter: Waiter,
}

impl Wanted {
    /// It is not asked for.
    pub(super) fn refuse(self, why: AskRefusal) {
        answer(self.waiter.reply, Answer::Refused(why));
    }
}

/// The body of a POST as a query.
fn query(body: Option<&[u8]>) -> Option<QueryBody> {
    let text = std::str::from_utf8(body?).ok()?.to_owned();
    let kind = if text.trim_start().starts_with('{') { BodyKind::Json } else { BodyKind::Form };
    Some(QueryBody { kind, text })
}

/// A page's ask is answered; a page that has ended meanwhile does not hear it.
fn answer(reply: oneshot::Sender<Answer>, what: Answer) {
    let _ = reply.send(what);
}

fn given(response: Option<Response>, from_record: bool) -> Answer {
    match response {
        Some(response) => Answer::Response { response, from_record },
        None => Answer::Refused(AskRefusal::Failed),
    }
}

/// An answer as a browser is given it: without its content coding, and markup under the encoding that it is really in.
/// Where a server names a wrong one the browser would show signs that nobody wrote, and a page that we read would seem
/// to lack what it says.
fn plain(response: Response, settings: &extract::Settings) -> Response {
    let body = extract::decoded(&response.headers, &response.body, settings);
    let mut headers = response.headers;
    headers.retain(|(name, _)| name != "content-encoding");
    if let Some(content_type) = extract::truthful_type(&headers, &body) {
        headers.retain(|(name, _)| name != "content-type");
        headers.push(("content-type".to_owned(), content_type.into_bytes()));
    }
    Response { headers, body, ..response }
}

/// One rendering, to be done beside the loop.
pub(super) struct Work {
    order: Order,
    kept: Arc<Kept>,
    read: extract::Settings,
    renderer: Arc<Renderer>,
    asks: mpsc::Sender<(JobId, Ask)>,
    stop: watch::Receiver<bool>,
}

impl Work {
    /// Renders the page.
    pub(super) async fn run(mut self, now: jiff::Timestamp) -> (JobId, Rendering) {
        let Order { job, page, made_for, screenshot, answer } = self.order;
        let (kept, read) = (Arc::clone(&self.kept), self.read.clone());
        let stored = tokio::task::spawn_blocking(move || kept.response(&answer).map(|response| plain(response, &read)));
        let mut rendering = Rendering {
            record: derived_id(&page.record.0, &format!("rendered {made_for:?}")),
            document: derived_id(&page.record.0, &format!("document {made_for:?}")),
            screenshot: derived_id(&page.record.0, &format!("screenshot {made_for:?}")),
            made_for,
            of: page.record.clone(),
            url: page.request.url.clone(),
            date: now,
            profile: page.request.profile,
            asked: Asked::default(),
            outcome: Err(failure(RenderFailureKind::Protocol, "the page's answer cannot be read back")),
        };
        let Ok(Some(response)) = stored.await else { return (job, rendering) };
        let profile = page.request.profile;
        let shown = Page { url: page.request.url.clone(), response, profile, now, screenshot };
        let (asks, mut asked) = Renderer::asks();
        let work = self.renderer.render(&shown, asks);
        tokio::pin!(work);
        let (asked, outcome) = loop {
            tokio::select! {
                done = &mut work => break done,
                Some(ask) = asked.recv() => {
                    // The loop has ended: nobody answers any more, and the page learns it by the dropped reply.
                    let _ = self.asks.send((job, ask)).await;
                }
                Ok(()) = self.stop.changed() => {
                    break (Asked::default(), Err(failure(RenderFailureKind::Interrupted, "the run was interrupted")));
                }
            }
        };
        rendering.asked = asked;
        rendering.outcome = outcome.map(|page| match made_for {
            MadeFor::Reading => page,
            // The page was judged already: its document would be a second one.
            MadeFor::Picture => RenderedPage { html: bytes::Bytes::new(), ..page },
        });
        (job, rendering)
    }
}

fn failure(kind: RenderFailureKind, detail: &str) -> RenderFailure {
    RenderFailure { kind, detail: detail.to_owned() }
}
