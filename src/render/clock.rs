//! The page's own clock, and what a visitor does while it runs: looking, scrolling, asking for more.
//!
//! Comes in: the tab's session. Goes out: whether the page had still more to show. Must never know: what the page asked for.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::cdp::{CallError, Session};
use super::failure;
use super::settings::Settings;
use super::shown;
use super::tab::{Signal, protocol};
use crate::model::rendering::{RenderFailure, RenderFailureKind};

/// A page without a single task between two timers is given up after so many timers (the browser's own default for
/// pages rendered by virtual time).
const STARVATION: u32 = 9_999;

/// Time by the page's own clock after each picture to the screen: sites wait a moment before they load on.
pub(super) const MOMENT: Duration = Duration::from_secs(2);

/// A page that is not drawn within this time goes on undrawn.
const DRAWING: Duration = Duration::from_secs(5);

/// Time for the page to notice that something has moved.
const BLINK: Duration = Duration::from_millis(100);

/// Lets the page's clock run for so long; it stands while an answer is waited for.
pub(super) async fn run(tab: Session<'_>, budget: Duration) -> Result<(), CallError> {
    let running = json!({
        "policy": "pauseIfNetworkFetchesPending",
        "budget": u64::try_from(budget.as_millis()).unwrap_or(u64::MAX),
        "maxVirtualTimeTaskStarvationCount": STARVATION,
    });
    tab.call("Emulation.setVirtualTimePolicy", running).await.map(|_| ())
}

/// Waits until the time that the page was given is over.
pub(super) async fn time_over(heard: &mut mpsc::UnboundedReceiver<Signal>) -> Result<(), RenderFailure> {
    loop {
        match heard.recv().await {
            Some(Signal::TimeOver) => return Ok(()),
            Some(Signal::Ready(_)) => {}
            None => return Err(failure(RenderFailureKind::Protocol, "the tab was lost")),
        }
    }
}

/// One picture to the screen, and a moment for what comes of it. By its own clock a page's seconds pass between two
/// pictures of the screen, and what waits for one (scrolling, coming into view, animation frames) would never happen.
async fn moment(
    tab: Session<'_>,
    heard: &mut mpsc::UnboundedReceiver<Signal>,
    budget: Duration,
) -> Result<(), RenderFailure> {
    // A picture that does not come is one that nobody waits for; the page's other limits hold.
    if let Ok(drawn) = tokio::time::timeout(DRAWING, shown::frame(tab)).await {
        drawn.map_err(protocol)?;
    }
    run(tab, budget).await.map_err(protocol)?;
    time_over(heard).await
}

/// Lists without pages: scrolls to the end and presses "load more", as long as that brings something and as often as the
/// settings allow. Answers whether there was still more.
pub(super) async fn see_more(
    tab: Session<'_>,
    world: &Value,
    settings: &Settings,
    heard: &mut mpsc::UnboundedReceiver<Signal>,
) -> Result<bool, RenderFailure> {
    moment(tab, heard, MOMENT).await?;
    let mut grew = false;
    for _ in 0..settings.scrolls {
        let before = shown::more(tab, world, true).await.map_err(protocol)?;
        if !before.acted {
            grew = false;
            break;
        }
        moment(tab, heard, MOMENT).await?;
        let after = shown::more(tab, world, false).await.map_err(protocol)?;
        grew = after.size > before.size;
        if !grew {
            break;
        }
        // What has come has moved the end out of view: the page must notice that before the end is shown again.
        moment(tab, heard, BLINK).await?;
    }
    let end = shown::more(tab, world, false).await.map_err(protocol)?;
    Ok(grew || end.offers)
}
