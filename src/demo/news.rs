//! News, notices and topic entries. Some of their titles name errands, but they are not guides.
//!
//! Comes in: a city. Goes out: dated articles, newest first. Must never know: markup.

use super::world::{DefectKind, SimulatedCity, TopicState};

/// A dated article.
#[derive(Debug, Clone)]
pub(crate) struct Article {
    /// Title without the city's name.
    pub(crate) title: &'static str,
    /// Day of publication, `YYYY-MM-DD`.
    pub(crate) date: String,
    /// Paragraphs.
    pub(crate) paragraphs: &'static [&'static str],
}

const NEWS: [(&str, &str, &[&str]); 12] = [
    (
        "疫情防控期间政务服务大厅办事须知",
        "2020-04-09",
        &[
            "为减少人员聚集，进入大厅请佩戴口罩、测量体温，并尽量提前预约。",
            "能够在网上提交的事项，建议通过网上办理；确需到场的，请错峰前来。",
        ],
    ),
    (
        "关于设立登记办事指南调整的通知",
        "2020-04-08",
        &[
            "各有关单位：根据工作需要，对设立登记办事指南作了调整，现予公布。",
            "调整后，承诺办结时限由5个工作日压缩为3个工作日，申请材料减少一项。具体内容以办事指南栏目公布的为准。",
        ],
    ),
    (
        "我市进一步压缩企业开办时间",
        "2020-04-07",
        &[
            "市政务服务管理局会同有关部门出台措施，把企业开办的各个环节合并办理。",
            "据介绍，今年以来全市新设企业数量同比有所增长，窗口平均等候时间明显缩短。",
        ],
    ),
    (
        "政务服务窗口三月份评价情况通报",
        "2020-04-03",
        &["三月份共收到评价若干条，满意率保持在较高水平。", "对评价较低的窗口，已约谈负责人并限期改进。"],
    ),
    (
        "清明节期间政务服务大厅放假安排",
        "2020-04-02",
        &["4月4日至6日放假，共3天，4月7日起恢复正常办公。", "放假期间可以在网上提交申请，节后统一处理。"],
    ),
    (
        "关于征集政务服务意见建议的公告",
        "2020-04-01",
        &["为改进服务，现面向社会征集意见建议，征集时间截至4月30日。", "意见建议可以通过互动交流栏目提交。"],
    ),
    (
        "阶段性减免企业社会保险费政策解读",
        "2020-03-26",
        &["减免政策自2月起执行，参保企业无需申请，由经办机构直接办理。", "已经缴纳的，可以选择退回或者抵扣。"],
    ),
    (
        "住房公积金缴存登记业务培训通知",
        "2020-03-24",
        &["定于下周举办住房公积金缴存登记业务线上培训，请各缴存单位安排经办人参加。", "培训资料会后发布。"],
    ),
    (
        "发票申领网上操作说明",
        "2020-03-20",
        &["近期不少纳税人来电询问发票申领的网上操作，现将步骤说明如下。", "登录后选择发票业务，按提示填写并提交即可。"],
    ),
    (
        "优化营商环境座谈会召开",
        "2020-03-18",
        &["会议听取了企业代表的意见，研究了下一步的工作安排。", "会议强调，要把企业的感受作为衡量标准。"],
    ),
    (
        "公章刻制单位名录公示",
        "2020-03-16",
        &["根据有关规定，现将本市取得许可的公章刻制单位名录予以公示。", "公示期为五个工作日。"],
    ),
    (
        "2020年政务服务工作要点发布",
        "2020-03-10",
        &["工作要点共分六个方面二十项任务。", "各项任务均明确了责任单位和完成时间。"],
    ),
];

const TOPIC_CURRENT: [(&str, &str, &[&str]); 4] = [
    (
        "疫情防控：本市4月9日情况通报",
        "2020-04-09",
        &["4月9日0时至24时，本市无新增本地确诊病例。", "请市民继续做好个人防护。"],
    ),
    ("疫情防控期间办事指引", "2020-04-07", &["办事大厅实行预约和限流，请提前安排时间。", "非急需事项建议在线提交。"]),
    ("疫情防控期间减免租金申请说明", "2020-04-01", &["符合条件的小微企业可以申请减免租金。", "申请截止时间另行通知。"]),
    ("疫情防控：口罩预约投放公告", "2020-03-25", &["本周继续开展口罩预约投放。", "请按照预约时段到指定地点领取。"]),
];

const TOPIC_OLD: [(&str, &str, &[&str]); 3] = [
    ("疫情防控：关于延迟复工的通知", "2020-02-09", &["各类企业按通知要求安排复工时间。", "保障民生的企业除外。"]),
    (
        "疫情防控期间大厅开放时间调整公告",
        "2020-02-03",
        &["大厅开放时间调整为工作日上午，其余时间请通过电话预约。", "急需办理的请电话联系。"],
    ),
    ("疫情防控：致市民的一封信", "2020-01-28", &["请市民减少外出，勤洗手、多通风。", "如有不适请及时就诊。"]),
];

/// News of a city's portal.
pub(crate) fn news(city: &SimulatedCity) -> Vec<Article> {
    // A stale home page stopped in February: the same titles, 48 days earlier.
    let days = if city.has(DefectKind::StaleHome) { 48 } else { 0 };
    NEWS.iter().map(|(title, date, paragraphs)| article(title, date, paragraphs, days)).collect()
}

/// Topic entries of a city's mobile site.
pub(crate) fn topic(city: &SimulatedCity) -> Vec<Article> {
    let entries: &[(&'static str, &str, &'static [&'static str])] = match city.topic {
        TopicState::Current => &TOPIC_CURRENT,
        TopicState::Old => &TOPIC_OLD,
        TopicState::None => &[],
    };
    entries.iter().map(|(title, date, paragraphs)| article(title, date, paragraphs, 0)).collect()
}

fn article(title: &'static str, date: &str, paragraphs: &'static [&'static str], days_earlier: i64) -> Article {
    let date: jiff::civil::Date = date.parse().expect("the dates of this file are valid");
    let date = date.saturating_sub(jiff::Span::new().days(days_earlier));
    Article { title, date: date.to_string(), paragraphs }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{World, world_date};

    fn newest(articles: &[Article]) -> Option<i64> {
        let newest = articles.iter().filter_map(|a| a.date.parse::<jiff::civil::Date>().ok()).max()?;
        Some(i64::from((world_date() - newest).get_days()))
    }

    #[test]
    fn only_the_stale_city_has_an_old_home_page() {
        for city in World::load().cities() {
            let age = newest(&news(city)).expect("there is news");
            assert_eq!(age > 14, city.has(DefectKind::StaleHome), "{}", city.name);
        }
    }

    #[test]
    fn the_topic_is_current_only_where_the_world_says_so() {
        for city in World::load().cities() {
            let current = newest(&topic(city)).is_some_and(|age| age <= 14);
            assert_eq!(current, city.topic == TopicState::Current, "{}", city.name);
        }
    }
}
