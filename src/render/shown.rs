//! What stands in the tab when the page is done: document, layout, picture.
//!
//! Comes in: the tab's session. Goes out: a [`RenderedPage`]. Must never know: what the page asked for.
//!
//! The scripts run in a world of their own beside the page's: they see its document but none of its changes to built-in
//! functions.

use std::time::Duration;

use bytes::Bytes;
use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Page;
use super::cdp::{CallError, Session};
use super::clock;
use super::settings::Settings;
use super::tab::Screen;
use crate::model::rendering::{LaidOut, Layout, RenderedPage};

/// How long a picture is waited for before the page's clock is moved on a little, how far, and how often.
const PATIENCE: Duration = Duration::from_secs(2);
const NUDGE: Duration = Duration::from_millis(100);
const NUDGES: usize = 5;

const DOCUMENT: &str = include_str!("script/document.js");
const LAYOUT: &str = include_str!("script/layout.js");
const MORE: &str = include_str!("script/more.js");

/// A world of our own in the page's frame.
pub(super) async fn world(tab: Session<'_>, frame: &str) -> Result<Value, CallError> {
    let world = json!({"frameId": frame, "worldName": "portal-probe"});
    Ok(tab.call("Page.createIsolatedWorld", world).await?["executionContextId"].clone())
}

/// How much the page holds, and whether it offers more.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct More {
    /// Elements and characters.
    pub(super) size: u64,
    /// Whether it says that there is more to be loaded.
    pub(super) offers: bool,
    /// Whether something was scrolled or pressed.
    pub(super) acted: bool,
}

/// Has the browser draw the page once.
pub(super) async fn frame(tab: Session<'_>) -> Result<(), CallError> {
    let clip = json!({"x": 0, "y": 0, "width": 1, "height": 1, "scale": 1});
    let params = json!({"format": "jpeg", "quality": 1, "optimizeForSpeed": true, "clip": clip});
    tab.call("Page.captureScreenshot", params).await.map(|_| ())
}

/// Looks whether the page offers more; with `act`, asks for it as a visitor would.
pub(super) async fn more(tab: Session<'_>, world: &Value, act: bool) -> Result<More, CallError> {
    let seen = run(tab, world, MORE, &[json!(act)]).await?;
    serde_json::from_value(seen).map_err(|error| refused("more", &error.to_string()))
}

/// Reads document and layout, and takes the picture if it is wanted.
pub(super) async fn read(
    tab: Session<'_>,
    world: &Value,
    page: &Page,
    (settings, screen): (&Settings, Screen),
) -> Result<RenderedPage, CallError> {
    let mut address = page.url.clone();
    address.set_fragment(None);
    let document = run(tab, world, DOCUMENT, &[json!(settings.max_document), json!(address.as_str())]).await?;
    let measured = run(tab, world, LAYOUT, &[json!(screen.width), json!(screen.height)]).await?;
    let measured: Measured = serde_json::from_value(measured).map_err(|error| refused("layout", &error.to_string()))?;
    let layout = Layout::from(measured);
    let screenshot = if page.screenshot { picture(tab, &layout, settings, screen).await? } else { None };
    let html = document["html"].as_str().unwrap_or_default().to_owned();
    Ok(RenderedPage { html: Bytes::from(html), cut: document["cut"] == true, layout, screenshot })
}

/// Calls a function in a world of its own and gives what it returns.
async fn run(tab: Session<'_>, world: &Value, script: &str, arguments: &[Value]) -> Result<Value, CallError> {
    let arguments: Vec<String> = arguments.iter().map(Value::to_string).collect();
    let expression = format!("(\n{script}\n)({})", arguments.join(", "));
    let params = json!({"expression": expression, "contextId": world, "returnByValue": true});
    let mut result = tab.call("Runtime.evaluate", params).await?;
    match result["exceptionDetails"]["exception"]["description"].as_str() {
        Some(message) => Err(refused("Runtime.evaluate", message)),
        None => Ok(result["result"]["value"].take()),
    }
}

/// The page from its top, as wide as the screen, one pixel a point.
async fn picture(
    tab: Session<'_>,
    layout: &Layout,
    settings: &Settings,
    screen: Screen,
) -> Result<Option<Bytes>, CallError> {
    let width = layout.layout_width.max(screen.width);
    let height = layout.content_height.max(screen.height).min(settings.screenshot_height);
    // A page laid out wider than the screen is shown smaller, as the phone does.
    let scale = f64::from(screen.width) / f64::from(width) / f64::from(screen.pixels_per_point);
    let params = json!({
        "format": "png",
        "captureBeyondViewport": true,
        "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": scale},
    });
    let shot = drawn(tab, params).await?;
    let Some(data) = shot["data"].as_str() else { return Ok(None) };
    let picture = BASE64.decode(data.as_bytes());
    picture.map(|bytes| Some(Bytes::from(bytes))).map_err(|error| refused("Page.captureScreenshot", &error.to_string()))
}

/// Has a picture taken. With the page's clock standing a busy machine sometimes never draws it; a moment of the clock
/// sets that going, and a picture that does not come all the same is done without.
async fn drawn(tab: Session<'_>, params: Value) -> Result<Value, CallError> {
    let picture = tab.call("Page.captureScreenshot", params);
    tokio::pin!(picture);
    for _ in 0..NUDGES {
        tokio::select! {
            shot = &mut picture => return shot,
            () = tokio::time::sleep(PATIENCE) => clock::run(tab, NUDGE).await?,
        }
    }
    Ok(Value::Null)
}

fn refused(method: &str, message: &str) -> CallError {
    CallError::Refused { method: method.to_owned(), message: message.chars().take(300).collect() }
}

/// What the script measures.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Measured {
    screen_width: u32,
    screen_height: u32,
    layout_width: u32,
    content_width: u32,
    content_height: u32,
    widest: Option<Boxed>,
    tap_targets: u32,
    small_targets: u32,
    small_examples: Vec<Boxed>,
    text_chars: u32,
    small_text_chars: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Boxed {
    selector: String,
    text: String,
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

impl From<Measured> for Layout {
    fn from(measured: Measured) -> Self {
        Self {
            screen_width: measured.screen_width,
            screen_height: measured.screen_height,
            layout_width: measured.layout_width,
            content_width: measured.content_width,
            content_height: measured.content_height,
            widest: measured.widest.map(LaidOut::from),
            tap_targets: measured.tap_targets,
            small_targets: measured.small_targets,
            small_examples: measured.small_examples.into_iter().map(LaidOut::from).collect(),
            text_chars: measured.text_chars,
            small_text_chars: measured.small_text_chars,
            goes_on: false,
        }
    }
}

impl From<Boxed> for LaidOut {
    fn from(boxed: Boxed) -> Self {
        Self {
            selector: boxed.selector,
            text: crate::model::redact::excerpt(&boxed.text),
            x: boxed.x,
            y: boxed.y,
            width: boxed.width,
            height: boxed.height,
        }
    }
}
