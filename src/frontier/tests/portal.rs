//! A portal of twenty thousand pages and a budget of two hundred; and a night of 3,600 cities.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::*;

/// The errands of the scenario, as guides are titled, with the theme whose list holds them.
const GUIDES: [(&str, usize); 6] = [
    ("有限责任公司设立登记", 3),
    ("公章刻制备案", 7),
    ("发票票种核定及领用", 11),
    ("企业社会保险登记", 5),
    ("住房公积金单位缴存登记", 5),
    ("单位银行开户许可", 14),
];

/// Pages of each city in the night of many cities; a hundred go through as well, and take four times as long.
const PAGES: u64 = 25;

/// One link of the made-up portal.
#[derive(Clone)]
struct Out {
    to: String,
    words: String,
    role: LinkRole,
}

fn out(to: impl Into<String>, words: impl Into<String>) -> Out {
    Out { to: to.into(), words: words.into(), role: LinkRole::Page }
}

/// Themes with twenty-five list pages of forty-five guides each, news without end of which many mention the errands, departments with pages of their own, and a footer on every page.
fn links_of(path: &str) -> Vec<Out> {
    let parts: Vec<&str> = path.trim_matches('/').split(['/', '?']).collect();
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<usize>().ok()).unwrap_or_default();
    let mut links = match parts[0] {
        "" => home(),
        "frfw" => (0..16).map(|theme| out(format!("/theme/{theme}/0"), format!("主题{theme}类"))).collect(),
        "bm" => (0..40).map(|bureau| out(format!("/bureau/{bureau}"), format!("市第{bureau}局"))).collect(),
        "bureau" => (0..30).map(|i| out(format!("/bureau-page/{}/{i}", parts[1]), format!("工作职责{i}"))).collect(),
        "theme" => theme(number(1), number(2)),
        "xwzx" if parts.len() == 2 => news(number(1)),
        "article" => related(number(2)),
        _ => Vec::new(),
    };
    for (to, words) in [
        ("/", "首页"),
        ("/about", "关于我们"),
        ("/legal", "网站声明"),
        ("/xwzx/0", "新闻中心"),
        ("/login.html", "登录"),
    ] {
        links.push(out(to, words));
    }
    links
}

fn home() -> Vec<Out> {
    let mut links = vec![
        out("/xwzx/0", "新闻中心"),
        out("/bm", "部门服务"),
        out("/frfw", "法人服务"),
        out("/calendar/2020/05", "日历"),
    ];
    links.extend(news(0));
    links
}

fn article(i: usize) -> Out {
    let headline = match i % 3 {
        0 => format!("公章刻制与发票改革之{i}"),
        1 => format!("全市企业开办与设立登记再提速（第{i}期）"),
        _ => format!("市领导调研第{i}产业园"),
    };
    out(format!("/article/202005/{i}/t20200512_{i}.html"), headline)
}

fn news(list: usize) -> Vec<Out> {
    let mut links: Vec<Out> = (list * 20..list * 20 + 20).map(article).collect();
    links.push(Out { to: format!("/xwzx/{}", list + 1), words: "下一页".into(), role: LinkRole::Paging });
    links
}

/// Under each article stand others "on the same subject", which repeat the words of the errand without end.
fn related(i: usize) -> Vec<Out> {
    (1..=8).map(|step| article(i * 3 + step * 3)).collect()
}

fn theme(theme: usize, list: usize) -> Vec<Out> {
    let mut links: Vec<Out> =
        (0..45).map(|i| out(format!("/item/{theme}-{list}-{i}"), format!("第{theme}-{list}-{i}项许可核发"))).collect();
    for (at, (title, place)) in GUIDES.iter().enumerate().filter(|(_, (_, place))| *place == theme) {
        if list == at {
            links.push(out(format!("/item/wanted-{at}"), *title));
            assert_eq!(*place, theme);
        }
    }
    if list < 24 {
        links.push(Out {
            to: format!("/theme/{theme}/{}", list + 1), words: "下一页".into(), role: LinkRole::Paging
        });
    }
    links
}

/// The news have no end; some thousands are enough to count the rest.
fn is_old_news(path: &str) -> bool {
    let number = |text: &str| text.parse::<usize>().unwrap_or_default();
    match path.trim_matches('/').split('/').collect::<Vec<_>>()[..] {
        ["article", _, id, _] => number(id) >= 3000,
        ["xwzx", list] => number(list) >= 150,
        _ => false,
    }
}

fn wanted<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    paths.filter(|path| path.starts_with("/item/wanted-")).collect()
}

#[test]
fn a_small_budget_finds_all_six_guides_in_a_large_portal() {
    let entry = Offer::entry((&code("330100"), &portal()), url("http://portal.example/"), Profile::Desktop, 1, s(0));
    let (mut frontier, mut now) = opened(Settings::for_tests(), vec![entry]);
    let mut made = Vec::new();
    loop {
        match frontier.next(now) {
            Next::Ready(ticket) => {
                let request = ticket.into_request();
                frontier.settle(&answer(&request, 200, &[], ""), now);
                for link in links_of(request.url.path()) {
                    let to = request.url.join(&link.to).expect("a path");
                    let mut offer = Offer::found(&request, to, Purpose::Page, Hop::Link);
                    (offer.anchor, offer.role) = (link.words, link.role);
                    frontier.offer(offer, now);
                }
                made.push(request);
            }
            Next::Wait(until) => now = until,
            Next::InTransit | Next::Drained => break,
        }
    }
    assert_eq!(made.len(), 199, "the budget of 200 was used up, robots.txt being the first");
    assert_eq!(wanted(made.iter().map(|request| request.url.path())).len(), 6);
    assert!(made.iter().all(|request| !request.url.path().starts_with("/calendar/")), "the calendar is a trap");
    assert!(frontier.coverage(&code("330100"))[&portal()].budget == Some(SkipReason::BudgetRequests));
}

#[test]
fn the_portal_is_large_and_a_walk_without_focus_does_not_find_them() {
    let (mut known, mut queue) = (BTreeSet::from(["/".to_owned()]), VecDeque::from(["/".to_owned()]));
    let mut walked: Vec<String> = Vec::new();
    while let Some(path) = queue.pop_front() {
        for link in links_of(&path).into_iter().filter(|link| !is_old_news(&link.to)) {
            if known.insert(link.to.clone()) {
                queue.push_back(link.to);
            }
        }
        walked.push(path);
    }
    assert!(walked.iter().filter(|path| path.starts_with("/item/")).count() > 17_000);
    assert!(walked.len() > 20_000);
    assert_eq!(wanted(walked.iter().map(String::as_str)).len(), 6, "they can be reached");
    assert!(wanted(walked[..200].iter().map(String::as_str)).len() < 3, "but not by walking along");
}

#[test]
fn a_night_of_3600_cities_goes_through_in_turn() {
    let targets: Vec<Target> = (0..3600)
        .map(|i| {
            // One in four shares a provincial platform with nine others.
            let group = (i % 4 == 0).then(|| format!("platform-{}", i / 40));
            city(&format!("{i:06}"), &[format!("h{i}.example").as_str()], group.as_deref())
        })
        .collect();
    let mut frontier = Frontier::new(Settings::for_tests(), &targets);
    for (i, target) in targets.iter().enumerate() {
        for number in 0..PAGES {
            let mut offer = page("", &format!("http://h{i}.example/{number}"));
            offer.target.clone_from(&target.city.code);
            frontier.offer(offer, s(0));
        }
    }
    assert_eq!(frontier.progress().waiting, 3600 * PAGES);
    let mut last: BTreeMap<String, Duration> = BTreeMap::new();
    let (mut now, mut requests) = (s(0), 0_u64);
    loop {
        match frontier.next(now) {
            Next::Ready(ticket) => {
                let group = ticket.group().to_owned();
                let before = last.insert(group, now);
                assert!(before.is_none_or(|before| now >= before + s(2)));
                frontier.settle(&answer(ticket.request(), 404, &[], ""), now);
                requests += 1;
            }
            Next::Wait(until) => now = until,
            Next::InTransit => panic!("everything was settled"),
            Next::Drained => break,
        }
    }
    assert_eq!(requests, 3600 * (PAGES + 1), "each page once, and each robots.txt");
    assert_eq!(now, s(10 * (PAGES + 1) * 2 - 2), "as long as the busiest group needs, and no longer");
    assert_eq!(frontier.drained().len(), 3600);
}
