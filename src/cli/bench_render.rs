//! `bench --render PAGES`: how many pages a minute a browser renders, what it holds in memory, and what is left.
//!
//! The page is a small script-built guide whose answers come from memory: what is measured is the browser and our way to
//! speak to it, without any network or politeness.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use url::Url;

use super::{Ended, Failure, note, print};
use crate::config::Config;
use crate::model::rendering::AskRefusal;
use crate::model::{Profile, Response};
use crate::render::{Answer, Ask, Family, Page, Renderer};

const SHELL: &str = "<!DOCTYPE html><html><head><meta charset=utf-8><title>政务服务</title></head>\
    <body><div id=app></div><script src=/app.js></script></body></html>";

const SCRIPT: &str = "setTimeout(()=>fetch('/one').then(r=>r.json()).then(a=>fetch('/two?'+a.id)).then(r=>r.json())\
    .then(b=>{document.querySelector('#app').innerHTML='<h1>'+b.name+'</h1><table>'+Array.from({length:30},(_,i)=>\
    '<tr><th>要素'+i+'</th><td>'+b.name+'的第'+i+'项说明</td></tr>').join('')+'</table>'}),50)";

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Renders `pages` pages in a row with one tab, then with two.
pub(super) fn run(config: &Config, pages: u32) -> Result<Ended, Failure> {
    super::runtime()?.block_on(async {
        print(&format!(
            "{:>5} {:>7} {:>9} {:>10} {:>10} {:>10} {:>15} {:>15}",
            "tabs", "pages", "failed", "seconds", "pages/min", "mean MiB", "peak, 1st half", "peak, 2nd half"
        ))?;
        for tabs in [1, 2] {
            measure(config, tabs, pages).await?;
        }
        let left = Family::now();
        print(&format!("processes left behind: {}", left.processes))?;
        note("memory: proportional set sizes of all processes below this one, looked at every 200 ms");
        Ok(Ended::Done)
    })
}

async fn measure(config: &Config, tabs: usize, pages: u32) -> Result<(), Failure> {
    let mut settings = config.render.browser.clone();
    settings.tabs = tabs;
    let renderer = Arc::new(Renderer::open(settings).await.map_err(anyhow::Error::from)?);
    let (looking, samples) = (Arc::new(AtomicBool::new(true)), Arc::new(std::sync::Mutex::new(Vec::new())));
    let watch = watch(Arc::clone(&looking), Arc::clone(&samples));
    let (next, failed) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
    let started = Instant::now();
    let workers: Vec<_> = (0..tabs)
        .map(|_| {
            let (renderer, next, failed) = (Arc::clone(&renderer), Arc::clone(&next), Arc::clone(&failed));
            tokio::spawn(async move {
                while next.fetch_add(1, Ordering::Relaxed) < u64::from(pages) {
                    if !one_page(&renderer).await {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.map_err(anyhow::Error::from)?;
    }
    let took = started.elapsed();
    looking.store(false, Ordering::Relaxed);
    watch.await.map_err(anyhow::Error::from)?;
    if let Ok(renderer) = Arc::try_unwrap(renderer) {
        renderer.close().await;
    }
    let samples = samples.lock().map(|samples| samples.clone()).unwrap_or_default();
    print(&row(tabs, pages, failed.load(Ordering::Relaxed), (took, &samples))).map(drop)
}

/// Notes the memory of the browsers every so often.
fn watch(looking: Arc<AtomicBool>, samples: Arc<std::sync::Mutex<Vec<u64>>>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(LOOK);
        while looking.load(Ordering::Relaxed) {
            ticks.tick().await;
            let Ok(family) = tokio::task::spawn_blocking(Family::now).await else { return };
            if let Ok(mut samples) = samples.lock() {
                samples.push(family.bytes);
            }
        }
    })
}

async fn one_page(renderer: &Renderer) -> bool {
    let url = Url::parse("http://portal.example/#/guide?id=7").expect("a constant address");
    let response = answer("text/html; charset=utf-8", SHELL);
    let page = Page { url, response, profile: Profile::Desktop, now: Timestamp::now(), screenshot: false };
    let (asks, mut asked) = Renderer::asks();
    let work = renderer.render(&page, asks);
    tokio::pin!(work);
    loop {
        tokio::select! {
            (_, outcome) = &mut work => {
                return outcome.is_ok_and(|shown| String::from_utf8_lossy(&shown.html).contains("的第29项说明"));
            }
            Some(ask) = asked.recv() => give(ask),
        }
    }
}

fn give(ask: Ask) {
    let response = match ask.url.path() {
        "/app.js" => Some(answer("text/javascript", SCRIPT)),
        "/one" => Some(answer("application/json", "{\"id\":7}")),
        "/two" => Some(answer("application/json", "{\"name\":\"公章刻制备案\"}")),
        _ => None,
    };
    let answer = match response {
        Some(response) => Answer::Response { response, from_record: false },
        None => Answer::Refused(AskRefusal::NotOnRecord),
    };
    // A page that has ended does not need it.
    let _ = ask.reply.send(answer);
}

fn answer(content_type: &str, body: &'static str) -> Response {
    Response {
        status: 200,
        version: "HTTP/1.1".to_owned(),
        headers: vec![("content-type".to_owned(), content_type.as_bytes().to_vec())],
        body: Bytes::from_static(body.as_bytes()),
        truncated: None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn row(tabs: usize, pages: u32, failed: u64, (took, samples): (Duration, &[u64])) -> String {
    let mebibytes = |bytes: f64| bytes / f64::from(1 << 20);
    // A browser grows a little with every page until it is replaced: what must not grow is the height of the teeth.
    let (first, second) = samples.split_at(samples.len() / 2);
    let mean = samples.iter().sum::<u64>() as f64 / samples.len().max(1) as f64;
    let peak = |part: &[u64]| part.iter().max().copied().unwrap_or_default() as f64;
    let seconds = took.as_secs_f64();
    format!(
        "{tabs:>5} {pages:>7} {failed:>9} {seconds:>10.1} {:>10.0} {:>10.0} {:>15.0} {:>15.0}",
        f64::from(pages) * 60.0 / seconds,
        mebibytes(mean),
        mebibytes(peak(first)),
        mebibytes(peak(second))
    )
}
