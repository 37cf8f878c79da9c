//! Lists without pages: scrolled, pressed, and known to go on.

use portal_probe::model::Profile;
use portal_probe::model::rendering::RenderedPage;
use portal_probe::render::Settings;

use crate::bench::{Stage, answer, html, page, renderer, settings, show, text};

/// Four parts of a list, five entries each.
fn parts() -> Stage {
    (0..4).fold(Stage::default(), |stage, part| {
        let rows: Vec<String> = (0..5).map(|row| format!("\"事项{part}{row}\"")).collect();
        let next = if part < 3 { (part + 1).to_string() } else { "null".to_owned() };
        let body = format!("{{\"rows\":[{}],\"next\":{next}}}", rows.join(","));
        stage.with(&format!("/feed?after={part}"), answer("application/json", body))
    })
}

/// Loads part after part with `more()`; `how` says when.
fn list(style: &str, how: &str) -> String {
    format!(
        "<style>li{{height:300px}}{style}</style><div id=box><ul id=list></ul><div id=end>正在加载</div></div><script>
        let next=0,busy=false;const list=document.querySelector('#list'),end=document.querySelector('#end'),box=document.querySelector('#box');
        function more(){{if(busy||next===null)return;busy=true;fetch('/feed?after='+next).then(r=>r.json()).then(p=>{{
            for(const row of p.rows){{const li=document.createElement('li');li.textContent=row;list.appendChild(li)}}
            next=p.next;busy=false;if(next===null)end.textContent='没有更多了'}})}}
        more();{how}</script>"
    )
}

const SEEN: &str = "new IntersectionObserver(s=>{if(s[0].isIntersecting)more()}).observe(end)";
const SCROLLED: &str = "addEventListener('scroll',()=>{if(innerHeight+scrollY>=document.body.scrollHeight-50)more()})";
const INSIDE: &str =
    "box.addEventListener('scroll',()=>{if(box.clientHeight+box.scrollTop>=box.scrollHeight-50)more()})";
const PRESSED: &str = "end.textContent='点击加载更多';end.addEventListener('click',more)";

async fn shown(body: &str, scrolls: u32) -> RenderedPage {
    let renderer = renderer(Settings { scrolls, ..settings() }).await;
    let (_, shown) = show(&renderer, &page("/list", html(body), Profile::Desktop), &parts()).await;
    renderer.close().await;
    shown.expect("rendered")
}

fn entries(page: &RenderedPage) -> usize {
    text(page).matches("<li>事项").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_loads_on_is_seen_to_its_end_whatever_makes_it_load() {
    for (style, how) in [("", SEEN), ("", SCROLLED), ("#box{height:500px;overflow-y:auto}", INSIDE), ("", PRESSED)] {
        let page = shown(&list(style, how), 6).await;
        assert_eq!((entries(&page), page.layout.goes_on), (20, false), "{how}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_goes_on_after_the_last_round_says_so() {
    for how in [SEEN, PRESSED] {
        let page = shown(&list("", how), 1).await;
        assert!(entries(&page) < 20, "{how}: {}", entries(&page));
        assert!(page.layout.goes_on, "{how}");
    }
    let unpressed = shown(&list("", PRESSED), 0).await;
    assert_eq!((entries(&unpressed), unpressed.layout.goes_on), (5, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_list_ends_with_the_rounds() {
    let endless = "<style>p{height:900px}</style><div id=l></div><script>const l=document.querySelector('#l');
        function more(){for(let i=0;i<3;i++){const p=document.createElement('p');p.textContent='动态';l.appendChild(p)}}
        more();addEventListener('scroll',more)</script>";
    let page = shown(endless, 3).await;
    assert!(page.layout.goes_on);
    let count = text(&page).matches("<p>动态").count();
    assert!((6..60).contains(&count), "{count}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leads_elsewhere_or_sends_something_is_not_pressed() {
    let body = "<a href='/news'>查看更多</a><button disabled onclick='n()'>加载更多</button><button onclick='n()'>更多</button>
        <p onclick='n()'>如何加载更多资料请看办事指南的说明页面</p><button onclick='n()'>提交</button>
        <script>function n(){document.body.dataset.pressed='1'}document.querySelector('a').addEventListener('click',n)</script>";
    let page = shown(body, 3).await;
    assert!(!text(&page).contains("data-pressed"), "{}", text(&page));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_long_page_is_whole_and_shown_from_its_top() {
    let long = "<style>p{height:700px}</style><p>一</p><p>二</p><p>三</p><script>addEventListener('scroll',()=>{document.body.dataset.top=scrollY})</script>";
    let page = shown(long, 5).await;
    assert!(!page.layout.goes_on);
    assert!(page.layout.content_height >= 2100);
}
