//! Claims that a mobile channel exists: words, links and pictures in the places where portals put them.
//!
//! Comes in: a page. Goes out: [`MobileClaim`]s. Must never know: whether a channel works. A piece of news that
//! mentions an app is no claim, and the code that opens the current page on a phone is no channel.

use super::dom::{Css, Node, fold};
use super::links::words_of;
use super::page::{Page, is_entry_sized, is_in_dated_entry};
use super::words::{any, is_newsy, width};
use crate::model::extraction::{MobileClaim, Proof};
use crate::model::target::ChannelKind;

/// Words of a claim are a label, not a sentence.
const CLAIM_CHARS: usize = 30;

/// A page that repeats its channels more often than this is not made for people.
const MAX_CLAIMS: usize = 300;

/// Parts of class names and ids of the bands and boxes where channels are offered.
const ZONES: [&str; 20] = [
    "head", "top", "nav", "menu", "foot", "bottom", "side", "float", "ewm", "qr", "erweima", "wx", "weixin", "wechat",
    "app", "download", "media", "mobile", "xmt", "link",
];

/// Words that offer a channel, wherever they stand.
const OFFERS: [&str; 8] = ["下载", "关注", "扫码", "扫一扫", "扫描", "二维码", "识别", "移动端"];

/// The code shows the page that is open, for reading on a phone.
const THIS_PAGE: [&str; 9] =
    ["当前页面", "查看本页", "浏览本页", "当前网页", "手机查看", "手机上查看", "手机浏览", "分享", "打开本页"];

/// Names by which the apps of the 36 cities and their provinces are known.
const NAMES: [&str; 44] = [
    "京通",
    "北京通",
    "津心办",
    "冀时办",
    "石i民",
    "三晋通",
    "蒙速办",
    "辽事通",
    "盛事通",
    "e大连",
    "吉事办",
    "龙易办",
    "随申办",
    "苏服办",
    "我的南京",
    "浙里办",
    "皖事通",
    "闽政通",
    "e福州",
    "i厦门",
    "赣服通",
    "爱山东",
    "泉城办",
    "青e办",
    "豫事办",
    "郑好办",
    "鄂汇办",
    "我的武汉",
    "湘易办",
    "我的长沙",
    "粤省事",
    "穗好办",
    "i深圳",
    "智桂通",
    "爱南宁",
    "海易办",
    "渝快办",
    "天府通办",
    "天府市民云",
    "云南办事通",
    "秦务员",
    "甘快办",
    "青松办",
    "新服办",
];

/// All claims on a page, in document order, each once.
pub(super) fn read(page: &Page<'_>) -> Vec<MobileClaim> {
    let mut claims: Vec<MobileClaim> = Vec::new();
    let mut read = 0;
    for node in page.dom.elements() {
        let claim = match node.name() {
            "a" => of_link(page, node),
            "img" => of_picture(page, node),
            "script" | "style" | "head" | "title" | "option" | "meta" | "body" | "html" => None,
            _ => of_words(node),
        };
        let Some(claim) = claim else { continue };
        read += 1;
        if read > MAX_CLAIMS {
            break;
        }
        let known = claims.iter().any(|known| {
            known.kind == claim.kind && known.name == claim.name && known.proof == claim.proof && known.url == claim.url
        });
        if !known {
            claims.push(claim);
        }
    }
    claims
}

/// The kind of channel that a label names.
fn kind_of(label: &str) -> Option<ChannelKind> {
    let upper = label.to_uppercase();
    if width(label) > CLAIM_CHARS || any(label, &THIS_PAGE) {
        None
    } else if any(label, &["支付宝"]) {
        Some(ChannelKind::AlipayMini)
    } else if label.contains("小程序") {
        Some(ChannelKind::WechatMini)
    } else if any(
        label,
        &["公众号", "官方微信", "微信公众", "关注微信", "微信服务号", "政务微信", "微信订阅号", "微信二维码"],
    ) {
        Some(ChannelKind::WechatOfficial)
    } else if is_word(&upper, "APP")
        || any(label, &["客户端", "移动端下载", "手机端下载"])
        || NAMES.contains(&label.trim())
    {
        Some(ChannelKind::App)
    } else if any(label, &["移动版", "手机版", "触屏版", "移动门户", "手机网站", "手机门户", "WAP版", "wap版"])
    {
        Some(ChannelKind::MobileWeb)
    } else {
        None
    }
}

/// Whether a word of Latin letters stands alone, so that `happy` does not speak of an app.
fn is_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(|c| c.is_ascii_alphabetic()) && !after.is_some_and(|c| c.is_ascii_alphabetic())
    })
}

/// The kind of channel that an address belongs to.
fn kind_of_address(address: &str) -> Option<ChannelKind> {
    let lower = address.to_ascii_lowercase();
    let path = lower.split('?').next().unwrap_or_default();
    if any(&lower, &["alipays://", "render.alipay.com", "qr.alipay.com", "ds.alipay.com"]) {
        Some(ChannelKind::AlipayMini)
    } else if any(&lower, &["weixin://", "wxaurl.cn", "servicewechat.com", "/wxapp/", "miniprogram"]) {
        Some(ChannelKind::WechatMini)
    } else if any(&lower, &["mp.weixin.qq.com/mp/profile", "weixin.qq.com/r/", "mp.weixin.qq.com/cgi-bin/showqrcode"]) {
        Some(ChannelKind::WechatOfficial)
    } else if matches!(path.rsplit_once('.'), Some((_, "apk" | "ipa")))
        || any(
            &lower,
            &[
                "itunes.apple.com",
                "apps.apple.com",
                "appgallery",
                "sj.qq.com",
                "a.app.qq.com",
                "app.mi.com",
                "/download/app",
                "/app/download",
                "/appdownload",
                "/download-app",
                "/appdown",
                "download/app.",
            ],
        )
    {
        Some(ChannelKind::App)
    } else {
        None
    }
}

/// The channel's own name: what a label says besides naming the kind.
fn name_of(label: &str) -> Option<String> {
    if let Some(name) = NAMES.iter().find(|name| label.contains(**name)) {
        return Some((*name).to_owned());
    }
    let mut rest = label.to_owned();
    for word in [
        "微信公众号",
        "微信公众平台",
        "公众号",
        "微信小程序",
        "支付宝小程序",
        "小程序",
        "官方微信",
        "政务微信",
        "微信二维码",
        "二维码",
        "客户端",
        "扫一扫",
        "扫码",
        "扫描",
        "关注",
        "下载",
        "手机版",
        "移动版",
        "触屏版",
        "手机",
        "移动端",
        "官方",
        "点击",
        "APP",
        "App",
        "app",
        "微信",
        "支付宝",
        "安卓",
        "苹果",
        "Android",
        "iOS",
        "IOS",
        "iPhone",
        "进入",
        "使用",
        "请",
        "我们",
        "版",
    ] {
        rest = rest.replace(word, " ");
    }
    let name = rest.split(|c: char| !c.is_alphanumeric()).find(|part| (2..=12).contains(&part.chars().count()))?;
    Some(name.to_owned())
}

fn of_link(page: &Page<'_>, node: Node<'_>) -> Option<MobileClaim> {
    let label = words_of(node);
    let href = node.attr("href").unwrap_or_default();
    let by_address = kind_of_address(href);
    let by_words = kind_of(&label).filter(|_| is_offered(node, &label));
    let kind = by_words.or(by_address)?;
    if is_news(node, &label) {
        return None;
    }
    let url = page.resolve(href).or_else(|| {
        // Addresses that open an app directly are not http, but they are the channel.
        by_address.and_then(|_| url::Url::parse(href).ok())
    });
    let url = url.filter(|url| url != page.url);
    let proof = if url.is_some() { Proof::Link } else { Proof::Words };
    // A page of one's own called "手机版" that leads nowhere is a button of the layout, not a channel.
    if kind == ChannelKind::MobileWeb && url.is_none() {
        return None;
    }
    Some(MobileClaim { kind, name: name_of(&label), proof, url, at: node.locator(), raw: label })
}

fn of_picture(page: &Page<'_>, node: Node<'_>) -> Option<MobileClaim> {
    if !is_qr_picture(node) || is_of_this_page(node) {
        return None;
    }
    let label = caption(node);
    let kind = kind_of(&label).or_else(|| {
        // Beside a code the bare word is enough.
        let is_named = (label.contains("微信") || is_beside_icon(node)) && width(&label) <= CLAIM_CHARS;
        is_named.then_some(ChannelKind::WechatOfficial)
    })?;
    if is_news(node, &label) {
        return None;
    }
    let url = node.attr("src").and_then(|src| page.resolve(src));
    Some(MobileClaim { kind, name: name_of(&label), proof: Proof::Image, url, at: node.locator(), raw: label })
}

/// The mark of `WeChat` stands in the same box.
fn is_beside_icon(node: Node<'_>) -> bool {
    let Some(item) = node.ancestors().take(3).find(|around| around.name() == "li") else { return false };
    item.select(&Css::new("[class*=weixin], [class*=wechat]")).len() == 1
}

fn of_words(node: Node<'_>) -> Option<MobileClaim> {
    let label = node.own_text();
    if label.is_empty() || label.len() > CLAIM_CHARS * 4 {
        return None;
    }
    let kind = kind_of(&label).filter(|kind| *kind != ChannelKind::MobileWeb)?;
    let in_link = node.ancestors().any(|around| around.name() == "a");
    if in_link || is_news(node, &label) || !is_offered(node, &label) {
        return None;
    }
    Some(MobileClaim { kind, name: name_of(&label), proof: Proof::Words, url: None, at: node.locator(), raw: label })
}

/// The label stands in a band or box where channels are offered, or offers one in so many words.
fn is_offered(node: Node<'_>, label: &str) -> bool {
    any(label, &OFFERS)
        || std::iter::once(node).chain(node.ancestors()).take_while(|around| around.name() != "body").any(|around| {
            let is_band = matches!(around.name(), "header" | "nav" | "footer" | "aside");
            let class =
                format!("{} {}", around.attr("class").unwrap_or_default(), around.attr("id").unwrap_or_default());
            is_band || any(&class.to_ascii_lowercase(), &ZONES)
        })
}

/// Part of a list of news, or worded like news.
fn is_news(node: Node<'_>, label: &str) -> bool {
    is_in_dated_entry(node) || is_newsy(label)
}

/// Whether a picture may be a QR code, by its name, its words, or the box it is in.
pub(super) fn is_qr_picture(node: Node<'_>) -> bool {
    let own = ["src", "alt", "title", "class", "id"].into_iter().filter_map(|name| node.attr(name));
    let around = node.ancestors().take(2).flat_map(|around| [around.attr("class"), around.attr("id")]).flatten();
    own.chain(around).any(is_qr_words)
        || any(&caption(node), &["二维码", "扫码", "扫一扫", "公众号", "小程序", "客户端", "APP", "App"])
}

fn is_qr_words(words: &str) -> bool {
    let lower = words.to_ascii_lowercase();
    // The bytes of a picture inside the page say nothing by their letters.
    !lower.starts_with("data:")
        && (any(
            &lower,
            &["二维码", "扫码", "扫一扫", "ewm", "erweima", "qrcode", "qr_code", "qr-code", "weixin", "wechat"],
        ) || lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == "qr" || part == "wx"))
}

/// Whether a code is said to open the current page.
pub(super) fn is_of_this_page(node: Node<'_>) -> bool {
    any(&caption(node), &THIS_PAGE)
}

/// The words that belong to a picture: its own, its box's, or its neighbors'.
pub(super) fn caption(node: Node<'_>) -> String {
    let own = [node.attr("alt"), node.attr("title")].into_iter().flatten().map(fold);
    let own = own.filter(|words| !words.contains('.')).find(|words| width(words) >= 2);
    // Words such as 二维码 say that there is a code, not of what; then the box says the rest.
    let is_telling = |words: &String| {
        let rest = ["二维码", "图片", "图标", "扫码", "扫一扫", "qr", "QR"]
            .iter()
            .fold(words.clone(), |rest, word| rest.replace(word, ""));
        width(&rest) >= 2
    };
    if let Some(telling) = own.clone().filter(is_telling) {
        return telling;
    }
    let mut parts: Vec<String> = own.into_iter().collect();
    // The nearest box with words of its own; a box with more than a label's worth of words is not a caption.
    for around in node.ancestors().take(3) {
        if around.name() == "body"
            || !is_entry_sized(around)
            || around.descendants().filter(|inner| inner.name() == "img").count() > 2
        {
            break;
        }
        let text = around.text_up_to(CLAIM_CHARS * 8);
        if width(&text) > CLAIM_CHARS {
            break;
        }
        if !text.is_empty() {
            if !parts.contains(&text) {
                parts.push(text);
            }
            break;
        }
    }
    if parts.is_empty() {
        let neighbors = [node.next(), node.previous()].into_iter().flatten();
        parts.extend(
            neighbors
                .map(|near| near.text_up_to(CLAIM_CHARS * 8))
                .find(|text| (1..=CLAIM_CHARS).contains(&width(text))),
        );
    }
    parts.dedup();
    parts.join(" ")
}

/// Pictures written into the page itself, at most `max`, with their bytes.
pub(super) fn inline_pictures<'a>(page: &Page<'a>, max: usize) -> Vec<(Node<'a>, Vec<u8>)> {
    page.dom
        .select(&Css::new("img[src^='data:image/']"))
        .into_iter()
        .filter(|node| is_qr_picture(*node) && !is_of_this_page(*node))
        .filter_map(|node| {
            let (_, coded) = node.attr("src")?.split_once(";base64,")?;
            let bytes = data_encoding::BASE64.decode(coded.trim().as_bytes()).ok()?;
            Some((node, bytes))
        })
        .take(max)
        .collect()
}

/// A claim for a code that was decoded in the page itself.
pub(super) fn decoded(node: Node<'_>, text: &str) -> Option<MobileClaim> {
    let label = caption(node);
    let kind = kind_of_address(text).or_else(|| kind_of(&label))?;
    let url = url::Url::parse(text).ok();
    Some(MobileClaim { kind, name: name_of(&label), proof: Proof::Qr, url, at: node.locator(), raw: label })
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_page;
    use super::*;

    fn claims(html: &str) -> Vec<(ChannelKind, Option<String>, Proof)> {
        with_page("http://h.test/", html, |page| {
            read(page).into_iter().map(|claim| (claim.kind, claim.name, claim.proof)).collect()
        })
    }

    #[test]
    fn words_links_and_pictures_are_claims() {
        let html = "<div class=footer><a href='https://apps.apple.com/cn/app/id1'>浙里办APP下载</a>\
            <li><img src=/i/ewm1.png alt='某市发布微信公众号'></li>\
            <p>支付宝小程序</p><div class=ewm_tu><img src=/images/mini.png><p>办事通微信小程序</p></div></div>";
        assert_eq!(
            claims(html),
            [
                (ChannelKind::App, Some("浙里办".to_owned()), Proof::Link),
                (ChannelKind::WechatOfficial, Some("某市发布".to_owned()), Proof::Image),
                (ChannelKind::AlipayMini, None, Proof::Words),
                (ChannelKind::WechatMini, Some("办事通".to_owned()), Proof::Image),
                (ChannelKind::WechatMini, Some("办事通".to_owned()), Proof::Words),
            ]
        );
    }

    #[test]
    fn a_link_to_the_mobile_site_is_a_claim_and_a_button_without_address_is_not() {
        assert_eq!(
            claims("<header><a href=/m/>手机版</a><a href='javascript:;'>移动版</a></header>"),
            [(ChannelKind::MobileWeb, None, Proof::Link)]
        );
    }

    #[test]
    fn the_code_of_the_current_page_and_news_are_not_claims() {
        for html in [
            "<div class=qrcode><p>扫一扫在手机上查看当前页面</p><img src=/q.png></div>",
            "<div class=foot><div class=ewm><img src=/q.png alt='手机查看本页'></div></div>",
            "<div class=main><ul><li><a href=/n1>浙里办APP上线啦</a><span>2026-11-20</span></li></ul></div>",
            "<div class=main><p>近日，我市通过微信小程序办理业务的市民明显增多，窗口压力得到缓解，群众反映良好。</p></div>",
            "<div class=foot><p>happy new year</p></div>",
        ] {
            assert!(claims(html).is_empty(), "{html}");
        }
    }
}
