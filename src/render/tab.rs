//! One page in one tab, from the empty tab to the picture.
//!
//! Comes in: a browser, a page, a place for its asks. Goes out: the rendered page, or why there is none. Must never know:
//! how asks are answered.
//!
//! Two things go on side by side: the sequence of calls that shows the page, and the answering of what the browser tells
//! meanwhile. Virtual time lets the page's timers run as fast as they can, and stand still while a request is open: a
//! polite answer after half a minute is to the page an answer at once, and a page that never settles ends with its
//! budget.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use url::Url;

use super::browser::Browser;
use super::cdp::{CallError, Cdp, Event, Session};
use super::clock;
use super::process::Group;
use super::requests::{self, Answered, Paused, Requests, Verdict};
use super::settings::Settings;
use super::shown;
use super::{Ask, Page, failure};
use crate::model::Profile;
use crate::model::rendering::{Asked, RenderFailure, RenderFailureKind, RenderedPage};

/// How often time and memory of a page are looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Memory is looked at every so many looks: reading the shares of a process takes a millisecond or more.
const MEMORY_LOOKS: u32 = 5;

/// A tab that does not close within this time belongs to a browser that is not used again.
const CLOSING: Duration = Duration::from_secs(5);

const BEFORE: &str = include_str!("script/before.js");

/// A screen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels_per_point: u32,
    pub(super) is_phone: bool,
}

impl Screen {
    /// The screens of the two kinds of visitor: an ordinary computer, and the commonest size of phones.
    pub(super) fn of(profile: Profile) -> Self {
        match profile {
            Profile::Desktop => Self { width: 1366, height: 768, pixels_per_point: 1, is_phone: false },
            Profile::Phone => Self { width: 390, height: 844, pixels_per_point: 2, is_phone: true },
        }
    }
}

/// What the sequence waits for.
pub(super) enum Signal {
    /// The tab is held and prepared; its session.
    Ready(String),
    /// The page's own time is over.
    TimeOver,
}

/// What comes of work that goes on beside the sequence.
enum Done {
    Answered(Answered),
    Prepared { session: String, is_main: bool, result: Result<(), CallError> },
    Nothing,
}

/// What was opened and must be closed.
#[derive(Default)]
struct Opened {
    context: Option<String>,
    target: Option<String>,
}

/// Shows a page. After a failure the browser must not be used again.
pub(super) async fn show(
    browser: &mut Browser,
    page: &Page,
    asks: &mpsc::Sender<Ask>,
    settings: &Settings,
) -> (Asked, Result<RenderedPage, RenderFailure>) {
    let refused_before = browser.refused();
    let (cdp, group) = (browser.cdp.clone(), browser.group());
    // What an earlier page left.
    while browser.events.try_recv().is_ok() {}
    let mut opened = Opened::default();
    let opening = open(&cdp, &mut opened);
    let target = match tokio::time::timeout(CLOSING, opening).await {
        Ok(Ok(target)) => target,
        Ok(Err(error)) => return (Asked::default(), Err(protocol(error))),
        Err(_) => return (Asked::default(), Err(failure(RenderFailureKind::Protocol, "the browser opens no tab"))),
    };
    let (signals, heard) = mpsc::unbounded_channel();
    let mut desk = Desk::new(cdp.clone(), page, asks, settings, (target, signals));
    let sequence = sequence(&cdp, page, settings, heard);
    let outcome = attend(&mut browser.events, &mut desk, sequence, (group, settings)).await;
    let asked = desk.requests.finish(browser.refused() - refused_before);
    let outcome = match outcome {
        Ok(shown) => close(&cdp, &opened).await.map(|()| shown),
        Err(failure) => Err(failure),
    };
    (asked, outcome)
}

/// Runs the sequence to its end while the browser's events are attended to and the page's limits are watched.
async fn attend(
    events: &mut mpsc::Receiver<Event>,
    desk: &mut Desk<'_>,
    sequence: impl Future<Output = Result<RenderedPage, RenderFailure>>,
    (group, settings): (Group, &Settings),
) -> Result<RenderedPage, RenderFailure> {
    let mut sequence = pin!(sequence);
    let mut look = tokio::time::interval(LOOK);
    let begun = Instant::now();
    let (mut worked, mut looks) = (Duration::ZERO, 0_u32);
    loop {
        tokio::select! {
            outcome = &mut sequence => return outcome,
            event = events.recv() => match event {
                Some(event) => desk.hear(event)?,
                None => return Err(failure(RenderFailureKind::Crashed, "the browser has gone")),
            },
            Some(done) = desk.work.next(), if !desk.work.is_empty() => desk.take(done)?,
            _ = look.tick() => {
                looks += 1;
                if desk.waiting == 0 {
                    worked += LOOK;
                }
                if worked > settings.page_work {
                    let detail = format!("worked for more than {:?} of its own", settings.page_work);
                    return Err(failure(RenderFailureKind::Deadline, detail));
                }
                if begun.elapsed() > settings.page_deadline {
                    let detail = format!("not done within {:?}", settings.page_deadline);
                    return Err(failure(RenderFailureKind::Deadline, detail));
                }
                if looks.is_multiple_of(MEMORY_LOOKS) && group.memory() > settings.max_memory {
                    let detail = format!("took more than {} MiB", settings.max_memory >> 20);
                    return Err(failure(RenderFailureKind::Memory, detail));
                }
            }
        }
    }
}

pub(super) fn protocol(error: CallError) -> RenderFailure {
    match error {
        CallError::Gone => failure(RenderFailureKind::Crashed, error),
        CallError::Refused { .. } => failure(RenderFailureKind::Protocol, error),
    }
}

/// An empty tab with a storage of its own, without downloads and permissions.
async fn open(cdp: &Cdp, opened: &mut Opened) -> Result<String, CallError> {
    let context = cdp.call("", "Target.createBrowserContext", json!({"disposeOnDetach": true})).await?;
    let context = context["browserContextId"].as_str().unwrap_or_default().to_owned();
    opened.context = Some(context.clone());
    cdp.call("", "Browser.setDownloadBehavior", json!({"behavior": "deny", "browserContextId": context})).await?;
    for name in ["geolocation", "notifications", "midi", "audioCapture", "videoCapture", "clipboardReadWrite"] {
        let setting = json!({"permission": {"name": name}, "setting": "denied", "browserContextId": context});
        // A browser that does not know the name does not grant it either.
        let _ = cdp.call("", "Browser.setPermission", setting).await;
    }
    let target =
        cdp.call("", "Target.createTarget", json!({"url": "about:blank", "browserContextId": context})).await?;
    let target = target["targetId"].as_str().unwrap_or_default().to_owned();
    opened.target = Some(target.clone());
    Ok(target)
}

async fn close(cdp: &Cdp, opened: &Opened) -> Result<(), RenderFailure> {
    let closing = async {
        if let Some(target) = &opened.target {
            cdp.call("", "Target.closeTarget", json!({"targetId": target})).await?;
        }
        if let Some(context) = &opened.context {
            cdp.call("", "Target.disposeBrowserContext", json!({"browserContextId": context})).await?;
        }
        Ok(())
    };
    match tokio::time::timeout(CLOSING, closing).await {
        Ok(result) => result.map_err(protocol),
        Err(_) => Err(failure(RenderFailureKind::Protocol, "the tab does not close")),
    }
}

/// From the prepared tab to the picture.
async fn sequence(
    cdp: &Cdp,
    page: &Page,
    settings: &Settings,
    mut heard: mpsc::UnboundedReceiver<Signal>,
) -> Result<RenderedPage, RenderFailure> {
    let session = loop {
        match heard.recv().await {
            Some(Signal::Ready(session)) => break session,
            Some(Signal::TimeOver) => {}
            None => return Err(failure(RenderFailureKind::Protocol, "the tab was lost")),
        }
    };
    let screen = Screen::of(page.profile);
    let tab = Session { cdp, id: &session };
    pretend(tab, page, settings, screen).await.map_err(protocol)?;
    // The page's clock stands until the page is there: otherwise its time would run out on the empty tab.
    let standing = json!({"policy": "pause", "initialVirtualTime": page.now.as_second()});
    tab.call("Emulation.setVirtualTimePolicy", standing).await.map_err(protocol)?;
    let gone_to = tab.call("Page.navigate", json!({"url": page.url.as_str()})).await.map_err(protocol)?;
    if let Some(error) = gone_to["errorText"].as_str() {
        return Err(failure(RenderFailureKind::Protocol, format!("the page did not load: {error}")));
    }
    // The last moment of its time is spent in `clock::see_more`.
    clock::run(tab, settings.page_budget.saturating_sub(clock::MOMENT)).await.map_err(protocol)?;
    clock::time_over(&mut heard).await?;
    let frame = gone_to["frameId"].as_str().unwrap_or_default();
    let world = shown::world(tab, frame).await.map_err(protocol)?;
    let goes_on = clock::see_more(tab, &world, settings, &mut heard).await?;
    let mut shown = shown::read(tab, &world, page, (settings, screen)).await.map_err(protocol)?;
    shown.layout.goes_on = goes_on;
    Ok(shown)
}

/// The visitor that the page sees: a screen, our own name, China's time and language.
async fn pretend(tab: Session<'_>, page: &Page, settings: &Settings, screen: Screen) -> Result<(), CallError> {
    let agent = match page.profile {
        Profile::Desktop => &settings.user_agent,
        Profile::Phone => &settings.phone_user_agent,
    };
    let metrics = json!({
        "width": screen.width, "height": screen.height, "screenWidth": screen.width, "screenHeight": screen.height,
        "deviceScaleFactor": screen.pixels_per_point, "mobile": screen.is_phone,
    });
    tab.call("Emulation.setDeviceMetricsOverride", metrics).await?;
    let touch = json!({"enabled": screen.is_phone, "maxTouchPoints": 5});
    tab.call("Emulation.setTouchEmulationEnabled", touch).await?;
    tab.call("Emulation.setUserAgentOverride", json!({"userAgent": agent, "acceptLanguage": "zh-CN,zh"})).await?;
    tab.call("Emulation.setTimezoneOverride", json!({"timezoneId": "Asia/Shanghai"})).await?;
    tab.call("Emulation.setLocaleOverride", json!({"locale": "zh_CN"})).await?;
    Ok(())
}

/// What goes on beside the sequence.
struct Desk<'a> {
    cdp: Cdp,
    page: &'a Page,
    asks: &'a mpsc::Sender<Ask>,
    target: String,
    main: Option<String>,
    signals: mpsc::UnboundedSender<Signal>,
    requests: Requests,
    /// Asks that wait for their answer.
    waiting: usize,
    work: FuturesUnordered<BoxFuture<'static, Done>>,
}

impl<'a> Desk<'a> {
    fn new(
        cdp: Cdp,
        page: &'a Page,
        asks: &'a mpsc::Sender<Ask>,
        settings: &Settings,
        (target, signals): (String, mpsc::UnboundedSender<Signal>),
    ) -> Self {
        let mut requests = Requests::new(settings);
        // The frame of a page bears the name of its target.
        requests.set_main_frame(&target);
        let work = FuturesUnordered::new();
        Self { cdp, page, asks, target, main: None, signals, requests, waiting: 0, work }
    }

    /// Attends to something the browser tells. An error ends the page.
    fn hear(&mut self, event: Event) -> Result<(), RenderFailure> {
        let Event { session, method, params } = event;
        match method.as_str() {
            "Target.attachedToTarget" => self.attached(&params),
            "Fetch.requestPaused" => self.paused(Paused::of(session, &params)),
            "Page.javascriptDialogOpening" => {
                self.call_beside(session, "Page.handleJavaScriptDialog", json!({"accept": false}));
            }
            "Page.windowOpen" => {
                if let Some(url) = params["url"].as_str().and_then(|url| Url::parse(url).ok()) {
                    self.requests.leads_to(url);
                }
            }
            "Emulation.virtualTimeBudgetExpired" if Some(&session) == self.main.as_ref() => {
                self.signal(Signal::TimeOver);
            }
            "Inspector.targetCrashed" if Some(&session) == self.main.as_ref() => {
                return Err(failure(RenderFailureKind::Crashed, "the page's process died"));
            }
            "Target.targetCrashed" if params["targetId"].as_str() == Some(&self.target) => {
                return Err(failure(RenderFailureKind::Crashed, "the page's process died"));
            }
            // Everything else, known or new, is passed over.
            _ => {}
        }
        Ok(())
    }

    fn take(&mut self, done: Done) -> Result<(), RenderFailure> {
        match done {
            Done::Answered(answered) => {
                self.waiting -= 1;
                self.requests.count(answered);
            }
            Done::Prepared { session, is_main: true, result } => {
                result.map_err(protocol)?;
                self.signal(Signal::Ready(session));
            }
            // A frame or worker that cannot be held has gone already, or stays held for good.
            Done::Prepared { is_main: false, .. } | Done::Nothing => {}
        }
        Ok(())
    }

    fn signal(&self, signal: Signal) {
        // A sequence that has ended needs no signal.
        let _ = self.signals.send(signal);
    }

    /// A page, frame or worker is there, and held before it runs.
    fn attached(&mut self, params: &Value) {
        let Some(session) = params["sessionId"].as_str().map(str::to_owned) else { return };
        let info = &params["targetInfo"];
        let target = info["targetId"].as_str().unwrap_or_default();
        let is_main = target == self.target;
        match info["type"].as_str().unwrap_or_default() {
            "page" if is_main => self.main = Some(session.clone()),
            "iframe" | "worker" => {}
            // Other windows, and workers that outlive their page: not ours to look at.
            _ => {
                if let Some(url) = info["url"].as_str().and_then(|url| Url::parse(url).ok()) {
                    self.requests.leads_to(url);
                }
                self.call_beside(String::new(), "Target.closeTarget", json!({"targetId": target}));
                return;
            }
        }
        let is_document = info["type"] != "worker";
        let cdp = self.cdp.clone();
        self.work.push(Box::pin(async move {
            let result = prepare(&cdp, &session, is_document).await;
            Done::Prepared { session, is_main, result }
        }));
    }

    fn paused(&mut self, paused: Paused) {
        let cdp = self.cdp.clone();
        let work: BoxFuture<'static, Done> = match self.requests.judge(paused) {
            Verdict::ThePage(paused) => {
                let response = self.page.response.clone();
                Box::pin(async move {
                    requests::fulfil(&cdp, &paused, &response).await;
                    Done::Nothing
                })
            }
            Verdict::GoOn(paused) => Box::pin(async move {
                requests::go_on(cdp, paused).await;
                Done::Nothing
            }),
            Verdict::Preflight(paused) => Box::pin(async move {
                requests::permit(cdp, paused).await;
                Done::Nothing
            }),
            Verdict::Stay(paused) => Box::pin(async move {
                requests::stay(cdp, paused).await;
                Done::Nothing
            }),
            Verdict::Refuse(paused, why) => self.counted(async move { requests::refuse(cdp, paused, why).await }),
            Verdict::Ask(paused, url) => {
                let asks = self.asks.clone();
                self.counted(async move { requests::ask(cdp, asks, paused, url).await })
            }
        };
        self.work.push(work);
    }

    fn counted(&mut self, work: impl Future<Output = Answered> + Send + 'static) -> BoxFuture<'static, Done> {
        self.waiting += 1;
        Box::pin(async move { Done::Answered(work.await) })
    }

    fn call_beside(&mut self, session: String, method: &'static str, params: Value) {
        let cdp = self.cdp.clone();
        self.work.push(Box::pin(async move {
            // What it was about may have gone.
            let _ = cdp.call(&session, method, params).await;
            Done::Nothing
        }));
    }
}

/// Holds every request of a page, frame or worker, takes from it what it shall not have, and lets it run.
async fn prepare(cdp: &Cdp, session: &str, is_document: bool) -> Result<(), CallError> {
    let hold = json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true});
    if is_document {
        cdp.call(session, "Fetch.enable", json!({"patterns": [{"urlPattern": "*"}]})).await?;
        cdp.call(session, "Page.enable", json!({})).await?;
        cdp.call(session, "Network.enable", json!({})).await?;
        cdp.call(session, "Network.setBypassServiceWorker", json!({"bypass": true})).await?;
        cdp.call(session, "Page.addScriptToEvaluateOnNewDocument", json!({"source": BEFORE})).await?;
        cdp.call(session, "Target.setAutoAttach", hold).await?;
    } else {
        // A worker's requests are held where its page's are; its own session knows only some of this.
        let _ = cdp.call(session, "Fetch.enable", json!({"patterns": [{"urlPattern": "*"}]})).await;
        let _ = cdp.call(session, "Target.setAutoAttach", hold).await;
    }
    cdp.call(session, "Runtime.runIfWaitingForDebugger", json!({})).await?;
    Ok(())
}
