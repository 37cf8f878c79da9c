//! `guide.blank_form`: can every form be downloaded?

use super::forms::{self, Form};
use crate::check::view::{GuideSubject, View};
use crate::check::{Check, Test};
use crate::model::{Property, PropertyId, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("guide.blank_form"),
        subject: SubjectKind::Guide,
        unit: None,
        title_zh: "空白表格可下载",
        title_en: "blank forms can be downloaded",
        passed_when: "every form material offers a blank form that opens",
        rationale: "Without the form the visitor must fetch it at the counter before the errand can begin.",
        basis: &[
            "国办函〔2017〕115号: 41 % of the guides inspected offered no form or sample to download",
            "GB/T 39554.2-2020 and the national exchange tables: blank form (空白表格) is an element of a material",
        ],
    },
    version: 1,
    test: Test::Guide(judge),
};

fn judge(view: &View<'_>, subject: &GuideSubject<'_>) -> Verdict {
    forms::judge(view, subject, Form::Blank)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::guide_testing::{
        Night, document, document_file, file, filling, guide, material, offer, page, stated,
    };
    use crate::model::extraction::FileFormat;
    use crate::model::guide::FormOffer;
    use crate::model::{FillState, Material, Outcome, Reason, ServiceGuide};

    fn night(materials: Vec<Material>) -> Night {
        let guide = ServiceGuide { materials: stated(materials, "申请材料"), ..guide("公司设立登记") };
        Night::new().portal(page("/g").guide(guide))
    }

    fn form(offer: FormOffer) -> Vec<Material> {
        vec![Material { blank_form: offer, ..material("公司登记申请书") }]
    }

    #[test]
    fn a_form_that_opens_passes() {
        let night = night(form(offer("/a.docx", "下载"))).portal(file("/a.docx", FileFormat::Docx, "blank"));
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(
            verdict.value,
            json!({"materials": [{"name": "公司登记申请书", "blank": "offered"}], "forms": 1, "samples": 0})
        );
    }

    #[test]
    fn a_form_that_is_not_offered_or_does_not_open_fails() {
        let nothing = night(form(FormOffer::Nothing { raw: "-".into() })).judge_one(&CHECK, "portal", "registration");
        assert_eq!((nothing.outcome, nothing.findings[0].kind.as_str()), (Outcome::Failed, "missing"));
        let tiny = night(form(offer("/a.docx", "下载"))).portal(file("/a.docx", FileFormat::Tiny, ""));
        let tiny = tiny.judge_one(&CHECK, "portal", "registration");
        assert_eq!((tiny.outcome, tiny.findings[0].kind.as_str()), (Outcome::Failed, "broken"));
        assert_eq!(tiny.findings[0].at.len(), 2);
    }

    #[test]
    fn a_filled_file_that_is_offered_as_both_leaves_nothing_to_fill_in() {
        let form = Material {
            blank_form: offer("/one.docx", "下载"),
            sample_form: offer("/two.docx", "样表"),
            ..material("公司登记申请书")
        };
        let text = "公司登记申请表\n单位名称\t某某公司\n法定代表人\t张三\n联系电话\t13800001234\n日期\t2020年3月30日";
        let filled = |bytes| document_file(bytes, text, filling(FillState::Filled, 1, 4));
        let files = [document("/one.docx", filled("one")), document("/two.docx", filled("two"))];
        let night = files.into_iter().fold(night(vec![form]), Night::portal);
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "sample_again"));
        assert!(verdict.findings[0].quotes.iter().all(|quote| !quote.contains("张三")));
    }

    #[test]
    fn a_form_that_looks_filled_in_is_noted_and_not_accused() {
        let filled = document_file("one", "登记表\n姓名\t张三", filling(FillState::Filled, 1, 6));
        let night = night(form(offer("/a.docx", "下载"))).portal(document("/a.docx", filled));
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value["materials"][0]["looks"], "filled");
    }

    #[test]
    fn a_form_that_was_not_fetched_or_hides_behind_a_script_cannot_be_told() {
        let unread = night(form(offer("/a.docx", "下载"))).judge_one(&CHECK, "portal", "registration");
        assert_eq!((unread.outcome, unread.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
        let script = night(form(FormOffer::Unfollowable { raw: "down(1)".into() }));
        let script = script.judge_one(&CHECK, "portal", "registration");
        assert_eq!((script.outcome, script.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
    }

    #[test]
    fn a_form_that_may_be_kept_on_a_page_of_downloads_or_filled_in_online_is_not_missing() {
        let guide =
            ServiceGuide { materials: stated(form(FormOffer::Absent), "申请材料"), ..guide("公司设立登记") };
        let with = |text: &str| Night::new().portal(page("/g").guide(guide.clone()).link("/other", text));
        for text in ["下载专区", "表格下载", "申报", "我要办理 >"] {
            let verdict = with(text).judge_one(&CHECK, "portal", "registration");
            assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)), "{text}");
            let read = with(text).portal(page("/other")).judge_one(&CHECK, "portal", "registration");
            assert_eq!((read.outcome, read.reason), (Outcome::CantTell, Some(Reason::Unreadable)), "{text}");
        }
        for text in ["首页", "下载客户端", "关于进一步规范资料下载和使用工作的通知"] {
            assert_eq!(with(text).judge_one(&CHECK, "portal", "registration").outcome, Outcome::Failed, "{text}");
        }
    }

    #[test]
    fn a_column_that_offers_nothing_is_an_answer_whatever_the_page_leads_to() {
        let materials = stated(form(FormOffer::Nothing { raw: "-".into() }), "申请材料");
        let guide = ServiceGuide { materials, ..guide("公司设立登记") };
        let night = Night::new().portal(page("/g").guide(guide).link("/other", "下载专区"));
        assert_eq!(night.judge_one(&CHECK, "portal", "registration").outcome, Outcome::Failed);
    }

    #[test]
    fn a_form_that_two_lists_repeat_is_accused_once() {
        let twice = [form(FormOffer::Absent), form(FormOffer::Absent)].concat();
        let verdict = night(twice).judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.findings.len()), (Outcome::Failed, 1));
    }

    #[test]
    fn papers_that_are_no_forms_need_no_blank_even_if_they_offer_a_sample() {
        let card = Material { sample_form: offer("/s.png", "样例"), ..material("法定代表人身份证") };
        let verdict = night(vec![card]).judge_one(&CHECK, "portal", "registration");
        assert_eq!(verdict.outcome, Outcome::Inapplicable);
    }
}
