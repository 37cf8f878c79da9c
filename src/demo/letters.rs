//! Published letters and replies of a city, dated so that the working-day calendar decides what is late.
//!
//! Comes in: a city and a topic. Goes out: letters, newest first. Must never know: markup.
//!
//! On the night of 2020-04-10 a letter of 04-03 or later cannot be late yet: 清明 (04-04 to 04-06) lies between, so
//! its fifth working day is 04-13 or later. A letter of 03-31 answered on 04-08 took five working days, not eight.

use super::world::SimulatedCity;

/// What letters are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Topic {
    /// 咨询.
    Consultation,
    /// 投诉.
    Complaint,
}

/// A published letter.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// Number on the page.
    pub(crate) number: String,
    /// Title.
    pub(crate) title: &'static str,
    /// Day of submission, `YYYY-MM-DD`.
    pub(crate) asked: &'static str,
    /// Day of the reply; `None` while open, or where the city forgot to publish it.
    pub(crate) answered: Option<&'static str>,
    /// Whether it is still open.
    pub(crate) open: bool,
    /// Agency.
    pub(crate) agency: String,
    /// Invented name of the writer.
    pub(crate) writer: &'static str,
    /// Invented mobile number of the writer.
    pub(crate) phone: String,
    /// Question.
    pub(crate) question: &'static str,
    /// Reply.
    pub(crate) reply: &'static str,
}

/// Day of submission, day of the reply in a city that keeps the five days, and in one that does not.
type Row = (&'static str, Option<&'static str>, Option<&'static str>);

const CONSULTATIONS: [Row; 11] = [
    ("2020-04-09", None, None),
    ("2020-04-07", Some("2020-04-08"), None),
    ("2020-04-03", None, None),
    ("2020-04-02", Some("2020-04-09"), Some("2020-04-03")),
    ("2020-04-01", Some("2020-04-08"), Some("2020-04-07")),
    ("2020-03-31", Some("2020-04-08"), Some("2020-04-10")),
    ("2020-03-30", Some("2020-03-30"), Some("2020-04-09")),
    ("2020-03-29", Some("2020-04-03"), Some("2020-03-31")),
    ("2020-03-28", Some("2020-03-31"), Some("2020-04-01")),
    ("2020-03-24", Some("2020-03-26"), Some("2020-03-25")),
    ("2020-03-18", Some("2020-03-25"), Some("2020-03-20")),
];

const COMPLAINTS: [Row; 9] = [
    ("2020-04-08", None, None),
    ("2020-04-03", Some("2020-04-09"), None),
    ("2020-04-02", Some("2020-04-07"), Some("2020-04-10")),
    ("2020-04-01", Some("2020-04-03"), Some("2020-04-10")),
    ("2020-03-31", Some("2020-04-08"), Some("2020-04-03")),
    ("2020-03-30", Some("2020-04-03"), Some("2020-04-10")),
    ("2020-03-29", Some("2020-03-31"), Some("2020-04-08")),
    ("2020-03-28", Some("2020-04-02"), Some("2020-03-30")),
    ("2020-03-19", Some("2020-03-23"), Some("2020-03-20")),
];

/// Title, question and reply.
type Words = (&'static str, &'static str, &'static str);

const ASKED: [Words; 11] = [
    (
        "新办公司需要带哪些材料",
        "您好，我准备在高新区开一家小公司，请问第一次去窗口要带哪些材料，能不能先在网上提交？",
        "您好，来信收悉。可以先在网上提交，所需材料请查阅公司登记的办事指南，窗口只核对原件。感谢您的关注。",
    ),
    (
        "公积金缴存比例如何确定",
        "单位刚开户，请问缴存比例可以自己选吗？",
        "您好，单位可以在规定的幅度内自行确定缴存比例，一个年度内不再调整。",
    ),
    (
        "发票领取能否邮寄",
        "公司离办税厅较远，希望能够邮寄发票，请问怎样申请？",
        "您好，提交申请时勾选邮寄并填写收件地址即可，一般次日寄出。",
    ),
    (
        "社保单位账户何时生效",
        "上周已经提交单位参保材料，请问账户什么时候生效？",
        "您好，审核通过的当日生效，您可以凭回执编号查询进度。",
    ),
    (
        "公章遗失后怎么重新刻制",
        "公司公章不慎遗失，重新刻制需要先登报声明吗？",
        "您好，请先声明作废，再持声明和执照到窗口重新备案。",
    ),
    (
        "注册地址可以用住宅吗",
        "请问自有住宅能否作为公司的注册地址？",
        "您好，经有利害关系的业主同意并提交承诺书后可以使用。",
    ),
    (
        "窗口周末是否办公",
        "平时上班没有时间，请问周末大厅是否有人值班？",
        "您好，周六上午提供延时服务，法定节假日除外。",
    ),
    (
        "食品店开业前要办什么证",
        "打算开一家早餐店，请问要办哪些证照？",
        "您好，请先办理登记，再申请食品经营许可，具体材料见指南。",
    ),
    (
        "账户年检需要法人到场吗",
        "银行通知年检，法定代表人在外地，能否委托他人办理？",
        "您好，可以委托，请携带委托书和双方证件。",
    ),
    (
        "企业名称多久能核下来",
        "网上申报名称后一直没有结果，请问一般要多久？",
        "您好，系统自动比对，通常当天有结果，请留意短信。",
    ),
    ("办事大厅停车是否收费", "请问到大厅办事停车怎么收费？", "您好，凭取号单可免费停放两小时。"),
];

const COMPLAINED: [Words; 9] = [
    (
        "反映窗口排队时间过长",
        "今天上午取号后等了两个多小时，窗口只开了一个，希望增加人手。",
        "您好，情况属实，已增开两个窗口并加强引导，向您致歉。",
    ),
    (
        "材料退回没有说明理由",
        "申请被退回两次，都没有写明原因，请给一个说法。",
        "您好，经核实系系统漏填，已电话告知补正内容并整改。",
    ),
    ("电话长时间无人接听", "连续三天拨打咨询电话均无人接听。", "您好，线路故障已经修复，另增设一部备用电话。"),
    ("办理超过承诺期限", "提交申请已超过承诺的期限，仍未收到结果。", "您好，经查已于昨日办结并寄出，对延误表示歉意。"),
    ("工作人员态度生硬", "询问流程时工作人员很不耐烦，希望改进。", "您好，已对当事人批评教育，并组织服务礼仪培训。"),
    ("网上系统经常报错", "上传材料时系统反复报错，只好到窗口重新提交。", "您好，服务器已经扩容，请再次尝试。"),
    ("指南上的地址不准确", "按照指南写的楼层过去，发现窗口已经搬走。", "您好，指示牌和指南已经更新，感谢监督。"),
    ("复印收费不合理", "大厅内复印一张纸收费五元，太贵了。", "您好，大厅自助复印现已免费，第三方摊点已经清退。"),
    ("反映中介在大厅内招揽", "有人在大厅门口强拉办事群众，影响秩序。", "您好，已联合公安机关清理，欢迎继续监督。"),
];

const WRITERS: [&str; 6] = ["张明远", "李晓芸", "王建国", "陈思涵", "赵立新", "周雨桐"];

const AGENCIES: [&str; 4] = ["政务服务管理局", "市场监督管理局", "人力资源和社会保障局", "住房公积金管理中心"];

/// The letters of a city on one topic, newest first.
pub(crate) fn letters(city: &SimulatedCity, topic: Topic) -> Vec<Letter> {
    let (rows, words, on_time): (&[Row], &[Words], bool) = match topic {
        Topic::Consultation => (&CONSULTATIONS, &ASKED, city.consultation_on_time()),
        Topic::Complaint => (&COMPLAINTS, &COMPLAINED, city.complaint_on_time()),
    };
    rows.iter()
        .enumerate()
        .map(|(row, (asked, kept, late))| {
            let answered = if on_time { *kept } else { *late };
            // Some cities publish a reply and forget its date; the letter is closed all the same.
            let forgotten = row == 9 && city.base.is_multiple_of(4);
            let (title, question, reply) = words[(row + city.base) % words.len()];
            Letter {
                number: format!("{}{:03}", asked.replace('-', ""), (row * 7 + city.base) % 90 + 1),
                title,
                asked,
                answered: if forgotten { None } else { answered },
                open: answered.is_none(),
                agency: format!("{}{}", city.name, AGENCIES[(row + city.base) % AGENCIES.len()]),
                writer: WRITERS[(row + city.base) % WRITERS.len()],
                phone: format!("138{:08}", 10_000_000 + city.base * 1_013 + row * 97),
                question,
                reply,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::demo::{World, world_date};
    use crate::model::calendar::{Calendar, DayKind};

    /// The days around the night that are not as their weekday suggests.
    fn calendar() -> Calendar {
        let days = [4, 5, 6].map(|day| (jiff::civil::date(2020, 4, day), DayKind::Holiday));
        Calendar::new(BTreeMap::from(days), jiff::civil::date(2020, 3, 1), jiff::civil::date(2020, 4, 25))
    }

    fn longest(city: &SimulatedCity, topic: Topic) -> u32 {
        let calendar = calendar();
        letters(city, topic)
            .iter()
            .filter(|letter| !letter.open)
            .filter_map(|letter| {
                let asked: jiff::civil::Date = letter.asked.parse().expect("a date");
                let answered: jiff::civil::Date = letter.answered?.parse().expect("a date");
                assert!(answered >= asked && answered <= world_date());
                calendar.working_days_between(asked, answered)
            })
            .max()
            .expect("some letter is answered")
    }

    #[test]
    fn cities_on_time_have_no_late_reply_and_the_others_have_a_clearly_late_one() {
        for city in World::load().cities() {
            for (topic, on_time) in
                [(Topic::Consultation, city.consultation_on_time()), (Topic::Complaint, city.complaint_on_time())]
            {
                let longest = longest(city, topic);
                if on_time {
                    assert!(longest <= 5, "{} {topic:?} {longest}", city.name);
                } else {
                    assert!(longest >= 6, "{} {topic:?} {longest}", city.name);
                }
            }
        }
    }

    #[test]
    fn open_letters_of_cities_on_time_are_not_overdue_yet() {
        let calendar = calendar();
        for city in World::load().cities().iter().filter(|city| city.consultation_on_time()) {
            for letter in letters(city, Topic::Consultation).iter().filter(|letter| letter.open) {
                let asked: jiff::civil::Date = letter.asked.parse().expect("a date");
                assert!(calendar.working_days_between(asked, world_date()).expect("covered") < 5, "{}", letter.asked);
            }
        }
    }
}
