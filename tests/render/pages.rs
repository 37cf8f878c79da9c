//! Pages of every kind, one at a time.

use std::time::Duration;

use portal_probe::model::Profile;
use portal_probe::model::rendering::RenderFailureKind;
use portal_probe::render::{Page, Renderer, Settings};

use crate::bench::{ForbiddenDoor, Stage, answer, html, page, renderer, settings, show, text};

#[tokio::test(flavor = "multi_thread")]
async fn values_that_come_after_two_calls_are_read() {
    let stage = Stage::default()
        .with("/app.js", answer("text/javascript", "fetch('/one').then(r=>r.json()).then(a=>fetch('/two?id='+a.id)).then(r=>r.json()).then(b=>{document.querySelector('#app').innerHTML='<h1>'+b.name+'</h1><p>'+new Date().getFullYear()+'</p>'})"))
        .with("/one", answer("application/json", r#"{"id":7}"#))
        .with("/two?id=7", answer("application/json", r#"{"name":"公章刻制备案"}"#));
    let renderer = renderer(settings()).await;
    let shell = page("/#/guide?id=7", html("<div id=app></div><script src=/app.js></script>"), Profile::Desktop);
    let (asked, shown) = show(&renderer, &shell, &stage).await;
    let shown = shown.expect("rendered");
    // The page's clock is the run's.
    assert!(text(&shown).contains("<h1>公章刻制备案</h1><p>2020</p>"), "{}", text(&shown));
    assert_eq!((asked.answered, asked.missing()), (3, 0));
    renderer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_page_does_reaches_a_forbidden_address() {
    let door = ForbiddenDoor::open().await;
    let at = door.address;
    let evil = format!(
        "<link rel=prefetch href=http://{at}/prefetch><link rel=preconnect href=http://{at}><link rel=dns-prefetch href=http://{at}>
         <link rel=preload as=script href=http://{at}/preload><link rel=stylesheet href=http://{at}/style><link rel=icon href=http://{at}/icon>
         <img src=http://{at}/img><iframe src=http://{at}/iframe></iframe><video src=http://{at}/video></video><object data=http://{at}/object></object><embed src=http://{at}/embed>
         <iframe srcdoc=\"<script>fetch('http://{at}/srcdoc').catch(()=>0)</script>\"></iframe>
         <script type=module>import('http://{at}/module').catch(()=>0)</script>
         <form id=f action=http://{at}/form method=post></form><a id=a href=http://{at}/ping ping=http://{at}/pinged>x</a><a id=d href=http://{at}/download download>x</a>
         <script>
         const t=f=>{{try{{f()}}catch(e){{}}}};
         t(()=>fetch('http://{at}/fetch').catch(()=>0));
         t(()=>fetch('http://{at}/keepalive',{{keepalive:true,method:'POST',body:'x'}}).catch(()=>0));
         t(()=>{{let x=new XMLHttpRequest();x.open('GET','http://{at}/xhr');x.send()}});
         t(()=>{{let x=new XMLHttpRequest();x.open('GET','http://{at}/sync',false);x.send()}});
         t(()=>new WebSocket('ws://{at}/ws'));
         t(()=>new EventSource('http://{at}/events'));
         t(()=>navigator.sendBeacon('http://{at}/beacon','x'));
         t(()=>new Worker(URL.createObjectURL(new Blob([\"fetch('http://{at}/worker').catch(()=>0);try{{new WebSocket('ws://{at}/wws')}}catch(e){{}};try{{importScripts('http://{at}/import')}}catch(e){{}}\"]))));
         t(()=>new Worker('/w.js'));
         t(()=>new SharedWorker('http://{at}/shared'));
         t(()=>navigator.serviceWorker.register('/sw.js'));
         t(()=>new RTCPeerConnection({{iceServers:[{{urls:'stun:{at}'}}]}}).createOffer());
         t(()=>new WebTransport('https://{at}/wt'));
         t(()=>window.open('http://{at}/popup'));
         t(()=>document.getElementById('a').click());
         t(()=>document.getElementById('d').click());
         t(()=>new Image().src='http://{at}/newimage');
         t(()=>document.getElementById('f').submit());
         t(()=>alert('x'));
         setTimeout(()=>t(()=>location.href='http://{at}/location'),50);
         setTimeout(()=>t(()=>fetch('http://localhost:{port}/localhost').catch(()=>0)),60);
         setTimeout(()=>{{document.body.insertAdjacentHTML('beforeend','<meta http-equiv=refresh content=\"0;url=http://{at}/refresh\"><p id=end>完</p>')}},70);
         </script>",
        port = at.port()
    );
    let worker =
        format!("fetch('http://{at}/worker2').catch(()=>0);setTimeout(()=>new WebSocket('ws://{at}/wws2'),10)");
    let stage = Stage::default().with("/w.js", answer("text/javascript", worker));
    let renderer = renderer(settings()).await;
    let (asked, shown) = show(&renderer, &page("/", html(&evil), Profile::Desktop), &stage).await;
    assert!(text(&shown.expect("rendered")).contains("完"), "the page ran to its end");
    renderer.close().await;
    assert_eq!(door.knocks(), 0);
    // The page did try: what scripts ask for came to us, what the browser connects to by itself came to the proxy, and
    // where the page wanted to lead its visitor is known.
    let tried = stage.asked();
    for path in ["fetch", "xhr", "sync", "iframe", "img", "style", "srcdoc", "worker", "worker2", "import"] {
        assert!(tried.iter().any(|url| url.ends_with(&format!("/{path}"))), "{path} was not tried: {tried:?}");
    }
    assert!(asked.by_itself >= 3, "three WebSockets: {asked:?}");
    let leads: Vec<&str> = asked.leads_to.iter().map(url::Url::path).collect();
    for path in ["/popup", "/form", "/location", "/refresh"] {
        assert!(leads.contains(&path), "{path}: {leads:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_never_settles_ends_with_its_budget() {
    let restless = "<div id=n></div><script>let n=0;setInterval(()=>{n++;document.querySelector('#n').textContent=n;fetch('/poll?'+n).catch(()=>0)},500)</script>";
    let renderer = renderer(settings()).await;
    let (asked, shown) = show(&renderer, &page("/", html(restless), Profile::Desktop), &Stage::default()).await;
    // Ten seconds by the page's clock, two rounds a second.
    assert!(text(&shown.expect("rendered")).contains("<div id=\"n\">20</div>"));
    assert_eq!(asked.missing(), 20);
    renderer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_asks_without_end_is_answered_up_to_its_limit() {
    let greedy = "<script>for(let i=0;i<500;i++)fetch('/d?'+i).catch(()=>0)</script><p>文</p>";
    let renderer = renderer(Settings { max_requests: 30, ..settings() }).await;
    let stage = Stage::default();
    let (asked, shown) = show(&renderer, &page("/", html(greedy), Profile::Desktop), &stage).await;
    assert!(text(&shown.expect("rendered")).contains("文"));
    assert_eq!(stage.asked().len(), 30);
    assert_eq!(asked.missing(), 500);
    renderer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_hangs_floods_or_dies_is_ended_and_the_next_one_works() {
    let bad = [
        ("<script>for(;;){}</script>", RenderFailureKind::Deadline),
        ("<script>let a=[];for(;;)a.push(new Uint8Array(1e7).fill(7))</script>", RenderFailureKind::Memory),
        ("<script>let a=[];for(;;)a.push(new Array(1e6).fill(Math.random()))</script>", RenderFailureKind::Crashed),
    ];
    let renderer = renderer(Settings { page_work: Duration::from_secs(8), max_memory: 600 << 20, ..settings() }).await;
    for (body, kind) in bad {
        let (_, shown) = show(&renderer, &page("/", html(body), Profile::Desktop), &Stage::default()).await;
        let found = shown.expect_err(body).kind;
        // Which limit a flood meets first depends on the machine.
        let fits = found == kind || (kind != RenderFailureKind::Deadline && found != RenderFailureKind::Protocol);
        assert!(fits, "{body}: {found:?}");
        let (_, next) = show(&renderer, &page("/", html("<p>好</p>"), Profile::Desktop), &Stage::default()).await;
        assert!(text(&next.expect("the next page is rendered")).contains("好"));
    }
    renderer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_and_shadow_roots_are_written_where_they_are_seen() {
    let body = r#"<iframe src="/frame/a.html"></iframe><my-box><b slot=x>槽内</b></my-box>
        <script>document.querySelector('my-box').attachShadow({mode:'open'}).innerHTML='<i>影内</i><slot name=x></slot>';
        JSON.stringify=()=>'stolen';Element.prototype.querySelector=()=>null;Object.defineProperty(Node.prototype,'childNodes',{get(){return[]}})</script>"#;
    let stage = Stage::default().with("/frame/a.html", html("<a href=b.html>框内</a>"));
    let renderer = renderer(settings()).await;
    let (_, shown) = show(&renderer, &page("/x/", html(body), Profile::Desktop), &stage).await;
    let text = text(&shown.expect("rendered"));
    assert!(text.contains("<a href=\"http://portal.test/frame/b.html\">框内</a>"), "{text}");
    assert!(text.contains("<my-box><i>影内</i><slot name=\"x\"><b slot=\"x\">槽内</b></slot></my-box>"), "{text}");
    renderer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_beyond_its_ceiling_is_cut_and_says_so() {
    let renderer = renderer(Settings { max_document: 5_000, ..settings() }).await;
    let long = "<p>办事指南</p>".repeat(2_000);
    let (_, shown) = show(&renderer, &page("/", html(&long), Profile::Desktop), &Stage::default()).await;
    let shown = shown.expect("rendered");
    assert!(shown.cut && text(&shown).chars().count() <= 5_000);
    renderer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_page_is_measured_and_photographed_as_on_a_phone() {
    let wide = "<meta name=viewport content='width=device-width,initial-scale=1'><div id=w style='width:900px;height:20px'>宽</div>
        <p>正文<a href=/in style='font-size:12px'>句中的链接</a>正文</p>
        <div><a href=/a style='display:inline-block;width:12px;height:12px;overflow:hidden'>甲</a><a href=/b style='display:inline-block;width:12px;height:12px;overflow:hidden'>乙</a></div>
        <button style='width:120px;height:44px'>大</button><p id=ua></p><script>document.querySelector('#ua').textContent=navigator.userAgent+('ontouchstart' in window)</script>";
    let renderer = renderer(settings()).await;
    let phone = Page { screenshot: true, ..page("/", html(wide), Profile::Phone) };
    let (_, shown) = show(&renderer, &phone, &Stage::default()).await;
    let shown = shown.expect("rendered");
    let layout = &shown.layout;
    assert!(layout.overflows() && layout.content_width >= 900, "{layout:?}");
    assert_eq!((layout.screen_width, layout.layout_width), (390, 390));
    assert_eq!(layout.widest.as_ref().map(|widest| widest.text.as_str()), Some("宽"));
    assert_eq!((layout.tap_targets, layout.small_targets), (3, 2), "{layout:?}");
    assert!(text(&shown).contains("portal-probe/testtrue"), "our own name, and a screen to touch");
    let png = shown.screenshot.expect("a picture");
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(u32::from_be_bytes(png[16..20].try_into().expect("four bytes")), 390);
    // The same page laid out for a narrow screen overflows nowhere.
    let fit = "<meta name=viewport content='width=device-width'><p>正文</p><a href=/a style='display:block;padding:12px'>办</a>";
    let (_, shown) = show(&renderer, &page("/", html(fit), Profile::Phone), &Stage::default()).await;
    let layout = shown.expect("rendered").layout;
    assert!(!layout.overflows() && layout.small_targets == 0 && layout.tap_targets == 1, "{layout:?}");
    renderer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_page_stores_the_next_does_not_find() {
    let body = "<p id=p></p><script>document.querySelector('#p').textContent='['+localStorage.getItem('a')+document.cookie+']';localStorage.setItem('a','b');document.cookie='c=d'</script>";
    let renderer = renderer(settings()).await;
    for _ in 0..2 {
        let (_, shown) = show(&renderer, &page("/", html(body), Profile::Desktop), &Stage::default()).await;
        assert!(text(&shown.expect("rendered")).contains(">[null]<"));
    }
    renderer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_a_browser_that_was_ended() {
    let folder = tempfile_folder();
    let (wrapper, number) = (folder.join("browser"), folder.join("number"));
    let script = format!("#!/bin/sh\necho $$ >> {}\nexec /usr/bin/chromium-headless-shell \"$@\"\n", number.display());
    std::fs::write(&wrapper, script).expect("a wrapper");
    std::fs::set_permissions(&wrapper, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("made executable");
    let renderer = renderer(Settings { executables: vec![wrapper], pages_per_browser: 2, ..settings() }).await;
    for _ in 0..5 {
        show(&renderer, &page("/", html("<p>文</p>"), Profile::Desktop), &Stage::default()).await.1.expect("rendered");
    }
    // One that is ended in the middle of a page, by dropping what renders it.
    let hang = page("/", html("<script>for(;;){}</script>"), Profile::Desktop);
    let (asks, _taken) = Renderer::asks();
    let broken_off = tokio::time::timeout(Duration::from_millis(700), renderer.render(&hang, asks)).await;
    assert!(broken_off.is_err());
    renderer.close().await;
    let groups: Vec<String> = std::fs::read_to_string(&number).expect("numbers").lines().map(str::to_owned).collect();
    assert!(groups.len() >= 3, "a new browser after every second page: {groups:?}");
    let left: Vec<String> = groups.iter().flat_map(|group| members(group)).collect();
    assert!(left.is_empty(), "{left:?}");
    std::fs::remove_dir_all(folder).expect("removed");
}

/// Processes of a group, dead ones that nobody took in as well.
fn members(group: &str) -> Vec<String> {
    let stats = std::fs::read_dir("/proc")
        .expect("/proc")
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("stat")).ok());
    stats
        .filter(|stat| stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(2)) == Some(group))
        .collect()
}

fn tempfile_folder() -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("portal-probe-render-test-{}", std::process::id()));
    std::fs::create_dir_all(&path).expect("a folder");
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_browser_there_is_a_clear_word() {
    let nowhere = Settings { executables: vec!["/nowhere/browser".into()], ..settings() };
    let error = Renderer::open(nowhere).await.expect_err("there is none");
    assert_eq!(error.to_string(), "no browser at /nowhere/browser");
    let broken = Settings { executables: vec!["/bin/false".into()], ..settings() };
    let error = Renderer::open(broken).await.expect_err("it does not speak");
    assert!(error.to_string().starts_with("/bin/false could not be started"), "{error}");
}
