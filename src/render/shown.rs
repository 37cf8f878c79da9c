//! What stands in the tab when the page is done: document, layout, picture.
//!
//! Comes in: the tab's session. Goes out: a [`RenderedPage`]. Must never know: what the page asked for.
//!
//! The scripts run in a world of their own beside the page's: they see its document but none of its changes to built-in
//! functions.

use bytes::Bytes;
use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Page;
use super::cdp::{CallError, Session};
use super::settings::Settings;
use super::tab::Screen;
use crate::model::rendering::{LaidOut, Layout, RenderedPage};

const DOCUMENT: &str = include_str!("script/document.js");
const LAYOUT: &str = include_str!("script/layout.js");

/// Reads document and layout, and takes the picture if it is wanted.
pub(super) async fn read(
    tab: Session<'_>,
    frame: &str,
    page: &Page,
    (settings, screen): (&Settings, Screen),
) -> Result<RenderedPage, CallError> {
    let world = json!({"frameId": frame, "worldName": "portal-probe"});
    let world = tab.call("Page.createIsolatedWorld", world).await?["executionContextId"].clone();
    let mut address = page.url.clone();
    address.set_fragment(None);
    let document = run(tab, &world, DOCUMENT, &[json!(settings.max_document), json!(address.as_str())]).await?;
    let measured = run(tab, &world, LAYOUT, &[json!(screen.width), json!(screen.height)]).await?;
    let measured: Measured = serde_json::from_value(measured).map_err(|error| refused("layout", &error.to_string()))?;
    let layout = Layout::from(measured);
    let screenshot = if page.screenshot { Some(picture(tab, &layout, settings, screen).await?) } else { None };
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
async fn picture(tab: Session<'_>, layout: &Layout, settings: &Settings, screen: Screen) -> Result<Bytes, CallError> {
    let width = layout.layout_width.max(screen.width);
    let height = layout.content_height.max(screen.height).min(settings.screenshot_height);
    // A page laid out wider than the screen is shown smaller, as the phone does.
    let scale = f64::from(screen.width) / f64::from(width) / f64::from(screen.pixels_per_point);
    let params = json!({
        "format": "png",
        "captureBeyondViewport": true,
        "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": scale},
    });
    let shot = tab.call("Page.captureScreenshot", params).await?;
    let data = shot["data"].as_str().unwrap_or_default();
    BASE64
        .decode(data.as_bytes())
        .map(Bytes::from)
        .map_err(|error| refused("Page.captureScreenshot", &error.to_string()))
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
