//! Words that tell what a page or a link is about, in one place so that the readers agree.
//!
//! Comes in: nothing but text. Goes out: answers to "does it speak of …". Must never know: documents.

/// Whether one of the words occurs.
pub(super) fn any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// Number of characters without white space.
pub(super) fn width(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// Letters to the government (信件).
pub(super) const LETTER: [&str; 14] =
    ["信件", "来信", "写信", "信箱", "咨询", "投诉", "举报", "留言", "诉求", "建议", "问政", "求助", "意见", "互动"];

/// 咨询 and its neighbours.
pub(super) const CONSULT: [&str; 5] = ["咨询", "建议", "求助", "意见", "谘询"];

/// 投诉 and its neighbours.
pub(super) const COMPLAIN: [&str; 3] = ["投诉", "举报", "申诉"];

/// Words that only a piece of news has in its title: an article about an offer is not the offer.
pub(super) const NEWS: [&str; 25] = [
    "改革", "推进", "通知", "公告", "会议", "启动", "上线", "印发", "解读", "关于", "方案", "召开", "试点", "我市",
    "全市", "我省", "报道", "新闻", "动态", "经验", "调研", "推广", "部署", "公示", "图解",
];

/// Whether a title reads like that of a piece of news.
pub(super) fn is_newsy(title: &str) -> bool {
    // The tag that lists of errands carry is not the word of an announcement.
    any(&title.replace("事项公示", ""), &NEWS) || title.contains('！') || title.contains('《') || title.contains('〔')
}

/// Errands as lists of guides name them.
pub(super) const ERRAND: [&str; 34] = [
    "登记",
    "核发",
    "许可",
    "备案",
    "审批",
    "申领",
    "申请",
    "刻制",
    "公章",
    "刻章",
    "发票",
    "参保",
    "社会保险",
    "公积金",
    "开户",
    "注销",
    "变更",
    "换领",
    "补领",
    "核定",
    "认定",
    "鉴定",
    "审核",
    "审查",
    "设立",
    "办理",
    "换证",
    "补证",
    "执照",
    "证明",
    "缴存",
    "报告",
    "签发",
    "签注",
];

/// Whether a link's words name an errand.
pub(super) fn is_errand(title: &str) -> bool {
    (3..=60).contains(&width(title))
        && any(title, &ERRAND)
        && !is_newsy(title)
        && !any(title, &["查询", "入口", "专区", "大厅"])
}

/// Parts of addresses by which guides are known (VOCABULARY §4).
pub(super) const GUIDE_ADDRESS: [&str; 20] = [
    "bszn",
    "guide",
    "ywtranstodetail",
    "itemcode=",
    "taskguid=",
    "taskcode=",
    "task_code=",
    "itemid=",
    "innercode=",
    "bsfw/item",
    "pubtask/task",
    "item_detail_id=",
    "proinfo",
    "transactcode=",
    "otheritemcode=",
    "personaleventdetail",
    "matterid=",
    "legaleventdetail",
    "iteminfo",
    "banshizhinan",
];

/// Whether an address is one of a guide.
pub(super) fn is_guide_address(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    any(&lower, &GUIDE_ADDRESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errands_are_told_from_news_about_them() {
        assert!(is_errand("公司设立登记"));
        assert!(!is_errand("关于优化公司设立登记的通知"));
        assert!(!is_errand("首页"));
    }

    #[test]
    fn guide_addresses_are_known() {
        assert!(is_guide_address("/jiq/front/transition/ywTransToDetail?areaCode=1"));
        assert!(!is_guide_address("/news/2020/0401.html"));
    }
}
