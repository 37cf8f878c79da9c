//! Whole visits with rendering: politeness, scope, evidence, replay.

use std::path::PathBuf;
use std::time::Duration;

use portal_probe::catalogue;
use portal_probe::config::{self, Config};
use portal_probe::engine::clock::Clock;
use portal_probe::engine::judge::RunContext;
use portal_probe::engine::night::{self, Night, NightReport, Scope};
use portal_probe::engine::replay;
use portal_probe::model::query::BodyKind;
use portal_probe::model::{
    Capture, ChannelKind, FailureKind, Observation, Outcome, Reason, Rendering, SubjectKind, Target,
};
use portal_probe::sink::{evidence, observations};
use portal_probe::warc::Restorer;
use url::Url;

use crate::bench::ForbiddenDoor;
use crate::portal::Portal;

const GUIDE: &str = "fetch('/api/guide?id=7').then(r=>r.json()).then(g=>{document.querySelector('#app').innerHTML=
    '<h1>'+g.name+'</h1><table>'+g.rows.map(r=>'<tr><th>'+r[0]+'</th><td>'+r[1]+'</td></tr>').join('')+'</table>'})";

const DATA: &str = r#"{"name":"公章刻制备案","rows":[["事项名称","公章刻制备案"],["实施主体","市公安局"],
    ["法定办结时限","3工作日"],["承诺办结时限","5工作日"],["受理条件","符合规定"],["办理地点","市民中心一楼"],
    ["办理时间","工作日9:00-17:00"],["咨询电话","020-12345678"],["投诉电话","020-87654321"],["是否收费","否"],
    ["到办事现场次数","1次"]]}"#;

const SHELL: &str = "<div id=app></div><script src=/app.js></script>";

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("portal-probe-render-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

fn config(sets: &[&str]) -> Config {
    let presets = [
        // The portal's own address and no other: the forbidden door is on loopback too.
        "guard.allow=[\"127.0.0.1/32\"]",
        "politeness.min_interval=8ms",
        "politeness.latency_factor=0",
        "politeness.backoff_base=20ms",
        "visit.entry_spacing=20ms",
        "visit.search=false",
    ];
    let sets: Vec<String> = presets.iter().chain(sets).map(ToString::to_string).collect();
    config::parse(None, &sets).expect("a valid configuration")
}

/// A city with one channel whose entry is `entry` on this portal; `also` is in scope as well.
fn city(portal: &Portal, kind: ChannelKind, entry: &str, also: &[String]) -> Target {
    let seed = Url::parse(&format!("http://{}{entry}", portal.address)).expect("an address");
    let mut target = portal_probe::engine::single::nobody(&[(kind, seed)]);
    target.channels[0].scope.extend(also.iter().cloned());
    target
}

async fn visit(folder: &Folder, target: Target, config: Config, scope: Scope) -> NightReport {
    let catalogue = catalogue::builtin();
    let context = RunContext {
        run: "test-run".to_owned(),
        version: "test".to_owned(),
        targets: vec![target],
        scenarios: catalogue.scenarios,
        calendar: catalogue.calendar,
        check: config.check.clone(),
        read: config.read.clone(),
    };
    let clock = Clock::starting_at("2020-04-10T20:00:00+08:00".parse().expect("a time"));
    let night = Night { config, context, clock, out: folder.0.clone(), progress: false, scope };
    night::run(night, std::future::pending()).await.expect("a whole night")
}

struct Evidence {
    captures: Vec<Capture>,
    renderings: Vec<Rendering>,
}

fn evidence_of(report: &NightReport) -> Evidence {
    let mut restorer = Restorer::default();
    evidence::each_record(&report.folder, |record| restorer.accept(record)).expect("whole evidence");
    let night = restorer.finish();
    assert!(night.problems.is_empty(), "{:?}", night.problems);
    Evidence { captures: night.captures, renderings: night.renderings }
}

fn judged(report: &NightReport) -> Vec<Observation> {
    observations::read(&report.folder).expect("readable observations")
}

fn of<'a>(observations: &'a [Observation], property: &str) -> &'a Observation {
    observations.iter().find(|seen| seen.property == property).unwrap_or_else(|| panic!("no {property}"))
}

/// The same observations come out of the evidence alone, byte for byte.
fn assert_replays(report: &NightReport) {
    let lines = |seen: &[Observation]| seen.iter().map(observations::line).collect::<String>();
    let again = replay::observations(&report.folder).expect("replayed");
    assert_eq!(lines(&again), lines(&judged(report)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guide_that_only_scripts_build_is_read_judged_photographed_and_replayed() {
    let portal = Portal::open().await;
    portal.page("/", SHELL);
    portal.put("/app.js", "text/javascript", GUIDE);
    portal.put("/api/guide?id=7", "application/json", DATA);
    let folder = Folder::new("guide");
    let report = visit(&folder, city(&portal, ChannelKind::Portal, "/#/guide", &[]), config(&[]), Scope::OnePage).await;
    let observations = judged(&report);
    let limits = observations.iter().filter(|seen| seen.property == "guide.time_limits");
    let limits: Vec<_> = limits.filter(|seen| seen.outcome == Outcome::Failed).collect();
    let [limits] = limits[..] else { panic!("one guide is judged: {observations:#?}") };
    assert_eq!(limits.findings[0].kind, "promised_exceeds_statutory");
    // The finding rests on the rendered document, and says so.
    let Evidence { renderings, captures } = evidence_of(&report);
    let read = renderings.iter().find(|rendering| rendering.document == limits.evidence[0].record);
    let read = read.expect("the cited record is a rendered document");
    assert!(captures.iter().any(|capture| capture.record == read.of));
    // Every exchange is in the evidence: the page, its script, its data; asked for once each.
    for path in ["/", "/app.js", "/api/guide?id=7"] {
        assert_eq!(portal.asked(path), 1, "{path}");
        assert!(
            captures
                .iter()
                .any(|capture| capture.request.url.as_str().ends_with(path) || capture.request.url.path() == path),
            "{path}"
        );
    }
    // The page of the failed finding was photographed, from what was on record.
    let pictures: Vec<_> =
        renderings.iter().filter_map(|rendering| rendering.outcome.as_ref().ok()?.screenshot.as_ref()).collect();
    assert_eq!(pictures.len(), 1);
    let shots = std::fs::read_dir(report.folder.join("report/screenshots")).expect("pictures in the report").count();
    assert_eq!(shots, 1);
    let page = std::fs::read_to_string(report.folder.join("report/000000.html")).expect("the city's page");
    assert!(page.contains("screenshots&#x2f;"), "the finding leads to its picture");
    assert_replays(&report);
    let manifest = portal_probe::sink::Manifest::read(&report.folder).expect("a manifest");
    assert!(manifest.files.iter().any(|file| file.path.starts_with("report/screenshots/")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_built_by_script_leads_to_its_routes() {
    let portal = Portal::open().await;
    portal.page("/", SHELL);
    let app = format!(
        "function go(){{if(location.hash.startsWith('#/guide')){{{GUIDE}}}else{{document.querySelector('#app').innerHTML=
        '<h1>政务服务网</h1><a href=\"#/guide?id=7\">公章刻制备案办事指南</a><a href=\"/about.html\">关于我们</a>'}}}};go();"
    );
    portal.put("/app.js", "text/javascript", app);
    portal.put("/api/guide?id=7", "application/json", DATA);
    portal.page("/about.html", "<p>关于我们</p>");
    let folder = Folder::new("routes");
    let report = visit(&folder, city(&portal, ChannelKind::Portal, "/", &[]), config(&[]), Scope::Night).await;
    let observations = judged(&report);
    let limits: Vec<_> = observations
        .iter()
        .filter(|seen| seen.property == "guide.time_limits" && seen.outcome == Outcome::Failed)
        .collect();
    assert_eq!(limits.len(), 1, "the guide behind the route was found and read");
    assert!(limits[0].subject.url.as_deref().is_some_and(|url| url.ends_with("/#/guide?id=7")), "{limits:?}");
    assert_eq!(portal.asked("/app.js"), 1, "a script that is on record is not asked for again");
    assert_eq!(portal.asked("/about.html"), 1);
    let entries = evidence_of(&report).renderings;
    assert!(entries.iter().any(|rendering| rendering.outcome.as_ref().is_ok_and(|page| page.screenshot.is_some())));
    assert_replays(&report);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_asks_for_keeps_the_interval_and_the_robots_rules() {
    let portal = Portal::open().await;
    portal.put("/robots.txt", "text/plain", "User-agent: *\nDisallow: /private/\n");
    portal.page("/", "<div id=app></div><script src=/a.js></script><script src=/private/b.js></script>");
    let app =
        "for(let i=0;i<6;i++)fetch('/api/'+i).then(r=>r.text()).then(t=>document.querySelector('#app').append(t))";
    portal.put("/a.js", "text/javascript", app);
    for i in 0..6 {
        portal.put(&format!("/api/{i}"), "text/plain", format!("事项名称{i}的办理说明。"));
    }
    let folder = Folder::new("polite");
    let config = config(&["politeness.min_interval=120ms"]);
    let report = visit(&folder, city(&portal, ChannelKind::Portal, "/", &[]), config, Scope::OnePage).await;
    assert_eq!(portal.asked("/private/b.js"), 0);
    let log = portal.log();
    assert!(log.len() >= 9, "{log:?}");
    let interval = Duration::from_millis(120);
    let whole = log[log.len() - 1].at - log[0].at;
    let gaps = u32::try_from(log.len() - 1).expect("a few requests");
    // The server sees each request a little sooner or later than it was sent; over all of them that evens out.
    assert!(whole + interval / 2 >= interval * gaps, "{gaps} gaps in {whole:?}");
    assert!(log.windows(2).all(|pair| pair[1].at - pair[0].at >= interval / 3), "{log:?}");
    let renderings = evidence_of(&report).renderings;
    let asked = &renderings[0].asked;
    assert!(asked.refused.iter().any(|ask| ask.url.ends_with("/private/b.js")), "{asked:?}");
    assert!(renderings[0].outcome.as_ref().is_ok_and(|page| String::from_utf8_lossy(&page.html).contains("名称5")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_address_in_scope_is_refused_by_the_guard_whoever_asks() {
    let (portal, door) = (Portal::open().await, ForbiddenDoor::open().await);
    let at = door.address;
    portal.page(
        "/",
        &format!(
            "<div id=app></div><script>const t=f=>{{try{{f()}}catch(e){{}}}};
        t(()=>fetch('http://{at}/fetch').catch(()=>0));t(()=>new WebSocket('ws://{at}/ws'));
        t(()=>new Worker(URL.createObjectURL(new Blob([\"fetch('http://{at}/worker').catch(()=>0)\"]))));
        t(()=>navigator.sendBeacon('http://{at}/beacon'));
        document.querySelector('#app').innerHTML='<iframe src=http://{at}/iframe></iframe><img src=http://{at}/img>';
        setTimeout(()=>location.href='http://{at}/location',10)</script>"
        ),
    );
    let folder = Folder::new("forbidden");
    let target = city(&portal, ChannelKind::Portal, "/", &[at.to_string()]);
    let report = visit(&folder, target, config(&["politeness.attempts=1"]), Scope::Night).await;
    assert_eq!(door.knocks(), 0);
    assert!(report.rendered > 0);
    let Evidence { captures, renderings } = evidence_of(&report);
    // The address is in scope, so it came as far as our own fetcher: its guard refused what goes before everything else.
    let by_guard =
        |capture: &Capture| capture.failure().is_some_and(|failure| failure.kind == FailureKind::RefusedByGuard);
    let at_the_door = |capture: &&Capture| capture.request.url.port() == Some(at.port());
    let met: Vec<&Capture> = captures.iter().filter(at_the_door).collect();
    assert!(!met.is_empty() && met.iter().all(|capture| by_guard(capture)), "{met:?}");
    let refused: Vec<&str> = renderings.iter().flat_map(|r| &r.asked.refused).map(|ask| ask.url.as_str()).collect();
    for path in ["fetch", "worker", "iframe", "beacon"] {
        assert!(refused.iter().any(|url| url.ends_with(&format!("/{path}"))), "{path}: {refused:?}");
    }
    assert!(renderings.iter().any(|rendering| rendering.asked.by_itself > 0), "the WebSocket came to the proxy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_page_is_asked_for_rendered_and_measured_as_a_phone() {
    let portal = Portal::open().await;
    portal.page(
        "/m/",
        "<meta name=viewport content='width=device-width'><h1>掌上政务</h1><div style='width:800px'>宽</div>
        <a href=/m/a>办事指南</a><a href=/m/b>咨询</a><a href=/m/c>投诉</a><script src=/m/app.js></script>",
    );
    portal.put("/m/app.js", "text/javascript", "1");
    let folder = Folder::new("phone");
    let report = visit(&folder, city(&portal, ChannelKind::MobileWeb, "/m/", &[]), config(&[]), Scope::Night).await;
    assert!(portal.log().iter().filter(|arrival| arrival.path.starts_with("/m/")).all(|a| a.agent.contains("mobile")));
    let renderings = evidence_of(&report).renderings;
    let page = renderings.iter().find_map(|rendering| rendering.outcome.as_ref().ok()).expect("a rendered page");
    assert_eq!(page.layout.screen_width, 390);
    assert!(page.layout.overflows());
    assert!(page.screenshot.is_some());
    assert_replays(&report);
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_did_not_come_prove_nothing_against_the_page() {
    let portal = Portal::open().await;
    portal.page("/", SHELL);
    // Labels stand there at once; some values would come by a second call, which is out of reach.
    let partly = format!("{GUIDE};fetch('http://elsewhere.example/more').catch(()=>0)");
    portal.put("/app.js", "text/javascript", partly);
    portal.put("/api/guide?id=7", "application/json", DATA.replace("市民中心一楼", ""));
    let folder = Folder::new("partly");
    let report = visit(&folder, city(&portal, ChannelKind::Portal, "/", &[]), config(&[]), Scope::OnePage).await;
    let observations = judged(&report);
    let elements = of(&observations, "guide.elements");
    assert_eq!((elements.outcome, elements.reason.is_some()), (Outcome::CantTell, true), "{elements:?}");
    assert_replays(&report);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_a_family_declares_is_asked_by_post_and_no_other() {
    let rule = portal_probe::extract::dialect::queries().into_iter().find(|rule| rule.kind == BodyKind::Json);
    let rule = rule.expect("a family that asks in JSON");
    let portal = Portal::open().await;
    portal.page("/", SHELL);
    let script = format!(
        "const post=(to,body)=>fetch(to,{{method:'POST',headers:{{'content-type':'application/json'}},body:JSON.stringify(body)}});
         post('{path}',{{'{field}':'7'}}).then(r=>r.text()).then(t=>document.querySelector('#app').append(t));
         post('{path}',{{'drop':'all'}}).catch(()=>0);post('/save',{{'{field}':'7'}}).catch(()=>0)",
        path = rule.path,
        field = rule.fields[0]
    );
    portal.put("/app.js", "text/javascript", script);
    portal.put(rule.path, "application/json", "\"查询所得的办事指南内容\"");
    let folder = Folder::new("post");
    let report = visit(&folder, city(&portal, ChannelKind::Portal, "/", &[]), config(&[]), Scope::OnePage).await;
    let posts: Vec<String> =
        portal.log().into_iter().filter(|arrival| arrival.method == "POST").map(|arrival| arrival.path).collect();
    assert_eq!(posts, [rule.path]);
    let renderings = evidence_of(&report).renderings;
    let page = renderings[0].outcome.as_ref().expect("rendered");
    assert!(String::from_utf8_lossy(&page.html).contains("查询所得"));
    assert_eq!(renderings[0].asked.missing(), 2);
    assert_replays(&report);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_browser_the_night_goes_on_and_says_not_rendered() {
    let portal = Portal::open().await;
    portal.page("/", SHELL);
    let folder = Folder::new("nobrowser");
    let config = config(&["render.executables=[\"/nowhere/browser\"]"]);
    let report = visit(&folder, city(&portal, ChannelKind::Portal, "/", &[]), config, Scope::Night).await;
    assert_eq!(report.rendered, 0);
    let observations = judged(&report);
    assert_eq!(of(&observations, "site.freshness").reason, Some(Reason::NotRendered));
    assert!(observations.iter().all(|seen| seen.outcome != Outcome::Failed || seen.property.starts_with("site.")));
    assert_replays(&report);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_kills_its_browser_is_not_rendered_and_the_others_are() {
    let portal = Portal::open().await;
    portal.page("/", "<h1>网</h1><a href=/bad>公章刻制备案办事指南一</a><a href=/good>公章刻制备案办事指南二</a>");
    portal
        .page("/bad", "<div id=app></div><script>let a=[];for(;;)a.push(new Array(1e6).fill(Math.random()))</script>");
    portal.page("/good", SHELL);
    portal.put("/app.js", "text/javascript", GUIDE);
    portal.put("/api/guide?id=7", "application/json", DATA);
    let folder = Folder::new("crash");
    let config = config(&["render.tabs=1", "render.max_memory=600MiB"]);
    let report = visit(&folder, city(&portal, ChannelKind::Portal, "/", &[]), config, Scope::Night).await;
    let renderings = evidence_of(&report).renderings;
    let outcome = |path: &str| renderings.iter().find(|r| r.url.path() == path).map(|r| r.outcome.is_ok());
    assert_eq!((outcome("/bad"), outcome("/good")), (Some(false), Some(true)), "{renderings:#?}");
    assert!(judged(&report).iter().any(|seen| seen.property == "guide.time_limits" && seen.outcome == Outcome::Failed));
    assert_replays(&report);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_are_masked_in_the_rendered_document_and_in_what_was_fetched_for_it() {
    let portal = Portal::open().await;
    portal.page("/", SHELL);
    let rows: Vec<String> = (1..6)
        .map(|i| format!("<tr><td>{i}</td><td>来信人：王小明，电话13812345678 反映路灯问题{i}</td><td>2020-03-0{i}</td><td>2020-03-1{i}</td><td>已答复</td></tr>"))
        .collect();
    let rows = rows.concat();
    let list = format!(
        "<h1>市长信箱 来信列表</h1><table><tr><th>编号</th><th>来信标题</th><th>来信时间</th><th>答复时间</th><th>状态</th></tr>{rows}</table>"
    );
    portal.put(
        "/app.js",
        "text/javascript",
        "fetch('/api/list').then(r=>r.json()).then(d=>document.querySelector('#app').innerHTML=d.html)",
    );
    portal.put("/api/list", "application/json", format!("{{\"html\":{list:?}}}"));
    let folder = Folder::new("letters");
    let report = visit(&folder, city(&portal, ChannelKind::Portal, "/", &[]), config(&[]), Scope::OnePage).await;
    let Evidence { captures, renderings } = evidence_of(&report);
    let page = renderings.iter().find_map(|rendering| rendering.outcome.as_ref().ok()).expect("rendered");
    let shown = String::from_utf8_lossy(&page.html).into_owned();
    assert!(shown.contains("来信标题") && !shown.contains("13812345678"), "{shown}");
    assert!(page.screenshot.is_none(), "a picture cannot be masked");
    for capture in captures.iter().filter_map(Capture::response) {
        assert!(!String::from_utf8_lossy(&capture.body).contains("13812345678"));
    }
    assert_replays(&report);
}

/// Pages that mean no good, each with what its own scripts do; `{at}` is an address that nobody may connect to.
const HOSTILE: [(&str, &str); 6] = [
    (
        "/calls",
        "const t=f=>{try{f()}catch(e){}};t(()=>fetch('http://{at}/fetch').catch(()=>0));t(()=>new WebSocket('ws://{at}/ws'));
         t(()=>new Worker(URL.createObjectURL(new Blob([\"fetch('http://{at}/worker').catch(()=>0)\"]))));
         document.querySelector('#app').innerHTML='<iframe src=http://{at}/iframe></iframe>'",
    ),
    ("/restless", "let n=0;setInterval(()=>{n++;fetch('/poll?'+n).catch(()=>0)},500)"),
    ("/greedy", "for(let i=0;i<500;i++)fetch('/d?'+i).catch(()=>0)"),
    ("/stuck", "for(;;){}"),
    ("/runs-away", "setTimeout(()=>location.href='/runs-away?'+Date.now(),1)"),
    ("/saves", "fetch('/save',{method:'POST',body:'name=x'});navigator.sendBeacon('/save','x');document.forms[0].submit()"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_city_of_hostile_pages_costs_its_own_budget_and_nothing_else() {
    let (portal, door) = (Portal::open().await, ForbiddenDoor::open().await);
    let at = door.address.to_string();
    let links: Vec<String> =
        HOSTILE.iter().map(|(path, _)| format!("<a href={path}>公章刻制备案办事指南 {path}</a>")).collect();
    portal.page("/", &format!("<h1>政务服务网</h1><p>欢迎</p>{}<a href=/good>公章刻制备案</a>", links.concat()));
    for (path, script) in HOSTILE {
        let form = "<form action=/save method=post><input name=x></form>";
        portal.page(path, &format!("<div id=app></div>{form}<script>{}</script>", script.replace("{at}", &at)));
    }
    portal.page("/good", SHELL);
    portal.put("/app.js", "text/javascript", GUIDE);
    portal.put("/api/guide?id=7", "application/json", DATA);
    let folder = Folder::new("hostile");
    let sets = ["render.page_work=6s", "render.max_requests=20"];
    let report = visit(&folder, city(&portal, ChannelKind::Portal, "/", &[at]), config(&sets), Scope::Night).await;
    assert_eq!(door.knocks(), 0);
    assert!(portal.log().iter().all(|arrival| arrival.method != "POST"), "nothing is sent: {:?}", portal.log());
    let renderings = evidence_of(&report).renderings;
    let shown = |path: &str| renderings.iter().find(|rendering| rendering.url.path() == path);
    for (path, _) in HOSTILE {
        let rendering = shown(path).unwrap_or_else(|| panic!("{path} was tried"));
        assert_eq!(rendering.outcome.is_ok(), path != "/stuck", "{path}: {:?}", rendering.outcome.as_ref().err());
    }
    // The one honest guide among them is read and judged; nothing is said against the others.
    let observations = judged(&report);
    let about_good = |seen: &&Observation| seen.subject.url.as_deref().is_some_and(|url| url.ends_with("/good"));
    let limits = observations.iter().filter(about_good).find(|seen| seen.property == "guide.time_limits");
    assert_eq!(limits.map(|seen| seen.outcome), Some(Outcome::Failed));
    let guides = observations.iter().filter(|seen| seen.subject.kind == SubjectKind::Guide && !about_good(seen));
    let accused: Vec<_> = guides.filter(|seen| seen.outcome == Outcome::Failed).collect();
    assert!(accused.is_empty(), "{accused:#?}");
    assert_replays(&report);
}
