//! A catalogue written by someone else, with other addresses and pages of their own, needs no change of code.

use portal_probe::catalogue;
use portal_probe::engine::clock::Clock;
use portal_probe::engine::night::{self, Night, Scope};
use portal_probe::extract::dialect;
use portal_probe::model::{Observation, Outcome, Reason};

use crate::stranger::Stranger;
use crate::support::{self, DAY, Folder};

const GUIDE: &str = "<html><head><meta charset=utf-8><title>公章刻制备案</title></head><body><h1>公章刻制备案</h1><dl>\
    <dt>事项名称</dt><dd>公章刻制备案</dd><dt>实施主体</dt><dd>临江县公安局</dd><dt>法定办结时限</dt><dd>3个工作日</dd>\
    <dt>承诺办结时限</dt><dd>1个工作日</dd><dt>到办事现场次数</dt><dd>1次</dd><dt>受理条件</dt><dd>已领取营业执照</dd>\
    <dt>办理地点</dt><dd>县政务服务大厅二楼</dd><dt>是否收费</dt><dd>否</dd></dl></body></html>";

async fn visit(name: &str, pages: &[(&str, u16, &str)]) -> (Folder, Vec<Observation>, Vec<String>) {
    let server = Stranger::serve("127.39.200.7", pages).await;
    let (folder, observations) = visit_at(name, server.base(), &[]).await;
    (folder, observations, server.stop())
}

/// A night over a catalogue whose only portal stands at `base`.
async fn visit_at(name: &str, base: &str, sets: &[&str]) -> (Folder, Vec<Observation>) {
    let toml = format!(
        "code = \"659099\"\nname = \"临江县\"\nregion = \"西北\"\nverified = 2020-04-01\n\n[[channel]]\nkind = \"portal\"\n\
         name = \"临江政务\"\nseeds = [\"{base}/index.html\"]\n"
    );
    let catalogue = catalogue::from_texts(&[("elsewhere/659099.toml".to_owned(), toml)], &dialect::ids())
        .expect("a valid catalogue");
    let config = support::config(sets);
    let clock = Clock::starting_at(DAY.parse().expect("a valid time"));
    let folder = Folder::new(name);
    let context = support::context("own", catalogue.targets.clone(), catalogue, &config);
    let night = Night { config, context, clock, out: folder.0.clone(), progress: false, scope: Scope::Night };
    let report = night::run(night, std::future::pending()).await.expect("a night");
    let observations = portal_probe::sink::observations::read(&report.folder).expect("observations");
    (folder, observations)
}

fn outcome(observations: &[Observation], property: &str, segment: &str) -> (Outcome, Option<Reason>) {
    let found = observations.iter().find(|observation| {
        observation.property == property && observation.subject.segment.as_deref() == Some(segment)
    });
    let found = found.unwrap_or_else(|| panic!("no {property} for {segment}"));
    (found.outcome, found.reason)
}

#[tokio::test]
async fn a_guide_on_a_strangers_portal_is_found_and_a_missing_one_is_missed() {
    let home = "<html><head><meta charset=utf-8><title>临江政务</title></head><body><h1>临江县政务服务网</h1>\
        <p>欢迎办事</p><a href=guide.html>公章刻制备案办事指南</a></body></html>";
    let pages = [("/index.html", 200, home), ("/guide.html", 200, GUIDE)];
    let (_folder, observations, _) = visit("stranger", &pages).await;
    assert_eq!(outcome(&observations, "guide.found", "seal"), (Outcome::Passed, None));
    assert_eq!(outcome(&observations, "guide.found", "registration").0, Outcome::Failed);
}

#[tokio::test]
async fn a_portal_that_blocks_us_is_not_accused() {
    let (_folder, observations, _) = visit("blocked", &[("/index.html", 403, "<h1>403 Forbidden</h1>")]).await;
    assert_eq!(outcome(&observations, "guide.found", "seal"), (Outcome::CantTell, Some(Reason::Blocked)));
    let accused: Vec<&str> = observations
        .iter()
        .filter(|observation| observation.outcome == Outcome::Failed)
        .map(|observation| observation.property.as_str())
        .collect();
    assert!(accused.is_empty(), "{accused:?}");
}

#[tokio::test]
async fn robots_txt_keeps_us_out_of_what_it_forbids() {
    let home = "<html><head><meta charset=utf-8><title>临江政务</title></head><body><h1>临江县政务服务网</h1>\
        <a href=/closed/guide.html>公章刻制备案办事指南</a></body></html>";
    let pages = [
        ("/robots.txt", 200, "User-agent: *\nDisallow: /closed/\n"),
        ("/index.html", 200, home),
        ("/closed/guide.html", 200, GUIDE),
    ];
    let (_folder, observations, asked) = visit("robots", &pages).await;
    assert!(!asked.iter().any(|path| path.starts_with("/closed/")), "{asked:?}");
    assert_eq!(outcome(&observations, "guide.found", "seal"), (Outcome::CantTell, Some(Reason::RobotsDisallowed)));
}

#[tokio::test]
async fn a_redirect_out_of_scope_or_inside_is_not_followed() {
    let home = "<html><head><meta charset=utf-8><title>临江政务</title><meta http-equiv=refresh \
        content='0;url=http://127.44.0.9:1/inside'></head><body><h1>临江县政务服务网</h1>\
        <a href=http://169.254.169.254/latest>公章刻制备案办事指南</a></body></html>";
    let (folder, _, asked) = visit("inside", &[("/index.html", 200, home)]).await;
    assert!(asked.iter().all(|path| !path.contains("inside")), "{asked:?}");
    let coverage = std::fs::read_dir(folder.0.join("runs")).expect("a run").count();
    assert_eq!(coverage, 1);
}

/// An address on which nobody listens.
async fn dead_address() -> String {
    let listener = tokio::net::TcpListener::bind(("127.39.200.8", 0)).await.expect("a free loopback address");
    format!("http://{}", listener.local_addr().expect("an address"))
}

fn of<'a>(observations: &'a [Observation], property: &str) -> &'a Observation {
    observations.iter().find(|observation| observation.property == property).expect("an observation of the property")
}

#[tokio::test]
async fn a_dead_portal_is_unreachable_when_our_own_network_is_known_to_work() {
    let control = Stranger::serve("127.39.200.9", &[("/up", 200, "up")]).await;
    let probe = format!("visit.control_urls=[\"{}/up\"]", control.base());
    let (_folder, observations) = visit_at("dead", &dead_address().await, &[&probe]).await;
    assert_eq!(control.stop(), ["/up", "/up"], "before the first city, and again before the dead one is judged");
    assert_eq!(of(&observations, "site.reachable").outcome, Outcome::Failed);
    assert_eq!(outcome(&observations, "guide.found", "seal"), (Outcome::CantTell, Some(Reason::Unreachable)));
}

#[tokio::test]
async fn our_own_outage_accuses_nobody() {
    let probe = format!("visit.control_urls=[\"{}/up\"]", dead_address().await);
    let (_folder, observations) = visit_at("own-outage", &dead_address().await, &[&probe]).await;
    for observation in &observations {
        assert_ne!(observation.outcome, Outcome::Failed, "{observation:?}");
    }
    let reachable = of(&observations, "site.reachable");
    assert_eq!((reachable.outcome, reachable.reason), (Outcome::CantTell, Some(Reason::OwnNetwork)));
}
