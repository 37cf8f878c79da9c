//! `guide.sample_form`: is there a filled sample of every form, and is it really filled?

use super::forms::{self, Form};
use crate::check::view::{GuideSubject, View};
use crate::check::{Check, Test};
use crate::model::{Property, PropertyId, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("guide.sample_form"),
        subject: SubjectKind::Guide,
        unit: None,
        title_zh: "示例样表可用",
        title_en: "filled samples are there",
        passed_when: "every form material offers a filled sample that opens and is not the blank form again",
        rationale: "A filled sample shows how to fill the form; without it forms are filled wrongly and sent back.",
        basis: &[
            "行政许可法 Art. 30: a model of the application form (示范文本) must be published",
            "2020 assessment of 36 cities: 9 of them had no sample forms",
            "国办函〔2017〕115号: 41 % of the guides inspected offered no form or sample to download",
        ],
    },
    version: 1,
    test: Test::Guide(judge),
};

fn judge(view: &View<'_>, subject: &GuideSubject<'_>) -> Verdict {
    forms::judge(view, subject, Form::Sample)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::guide_testing::{
        Night, document, document_file, file, filling, guide, material, offer, page, stated, unreadable,
    };
    use crate::model::extraction::{FileFacts, FileFormat, LinkRole};
    use crate::model::guide::FormOffer;
    use crate::model::{DocumentReading, FillState, Material, Outcome, Reason, ServiceGuide};

    fn night(blank: FormOffer, sample: FormOffer) -> Night {
        let form = Material { blank_form: blank, sample_form: sample, ..material("公司登记申请书") };
        let guide = ServiceGuide {
            materials: stated(vec![material("公司章程"), form], "申请材料"),
            ..guide("公司设立登记")
        };
        Night::new()
            .portal(page("/g").guide(guide))
            .portal(file("/blank.docx", FileFormat::Docx, "blank"))
            .portal(file("/sample.docx", FileFormat::Docx, "filled"))
            .portal(file("/copy.docx", FileFormat::Docx, "blank"))
            .portal(file("/both.zip", FileFormat::Zip, "both"))
    }

    fn verdict(blank: FormOffer, sample: FormOffer) -> Verdict {
        night(blank, sample).judge_one(&CHECK, "portal", "registration")
    }

    #[test]
    fn a_sample_that_opens_and_is_not_the_blank_form_passes() {
        let verdict = verdict(offer("/blank.docx", "下载"), offer("/sample.docx", "下载"));
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(
            verdict.value,
            json!({"materials": [{"name": "公司登记申请书", "sample": "offered"}], "forms": 1, "samples": 1})
        );
    }

    #[test]
    fn a_sample_with_the_bytes_or_the_address_of_the_blank_form_fails() {
        for sample in ["/copy.docx", "/blank.docx"] {
            let verdict = verdict(offer("/blank.docx", "下载"), offer(sample, "样表"));
            assert_eq!(
                (verdict.outcome, verdict.findings[0].kind.as_str()),
                (Outcome::Failed, "blank_again"),
                "{sample}"
            );
        }
    }

    const FORM: &str = "公司登记申请表\n单位名称\n住所\n法定代表人\n联系电话\n申请日期\n申请人签字盖章处";

    fn pair(blank: FileFacts, sample: FileFacts) -> Verdict {
        let night = night(offer("/one.doc", "空白表格"), offer("/two.docx", "示例样表"))
            .portal(document("/one.doc", blank))
            .portal(document("/two.docx", sample));
        night.judge_one(&CHECK, "portal", "registration")
    }

    fn blank(bytes: &str) -> FileFacts {
        document_file(bytes, FORM, filling(FillState::Blank, 6, 0))
    }

    #[test]
    fn the_blank_form_saved_again_under_another_name_fails_and_quotes_both() {
        let verdict = pair(blank("one"), blank("two"));
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "blank_again"));
        assert_eq!(verdict.findings[0].quotes, ["公司登记申请书", "公司登记申请表", "公司登记申请表"]);
        let cited: Vec<&str> =
            verdict.findings[0].at.iter().map(|at| verdict.evidence[*at].target_uri.path()).collect();
        assert_eq!(cited, ["/g", "/one.doc", "/two.docx"]);
        assert_eq!(verdict.value["materials"][0]["sample"], "blank_again");
    }

    #[test]
    fn a_sample_that_fills_a_single_field_is_a_sample() {
        let text = FORM.replace("联系电话", "联系电话\t0571-12345");
        let verdict = pair(blank("one"), document_file("two", &text, filling(FillState::Blank, 5, 0)));
        assert_eq!(verdict.outcome, Outcome::Passed);
    }

    #[test]
    fn a_filled_file_that_is_offered_as_both_is_a_sample() {
        let filled = || document_file("one", FORM, filling(FillState::Filled, 1, 6));
        assert_eq!(pair(filled(), filled()).outcome, Outcome::Passed);
        let again = |file: fn() -> FileFacts| {
            night(offer("/one.doc", "空白表格"), offer("/one.doc", "样表"))
                .portal(document("/one.doc", file()))
                .judge_one(&CHECK, "portal", "registration")
        };
        assert_eq!(again(|| document_file("one", FORM, filling(FillState::Filled, 1, 6))).outcome, Outcome::Passed);
        assert_eq!(again(|| blank("one")).findings[0].kind, "blank_again");
        let both = again(|| document_file("one", FORM, filling(FillState::Filled, 9, 6)));
        assert_eq!((both.outcome, both.reason), (Outcome::CantTell, Some(Reason::NotComparable)));
    }

    #[test]
    fn a_sample_whose_filling_may_be_a_picture_or_that_asks_for_a_password_cannot_be_told() {
        let mut picture = blank("two");
        picture.document.as_mut().expect("it is a document").pictures = 1;
        let verdict = pair(blank("one"), picture);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotComparable)));
        let mut locked = blank("two");
        locked.document.as_mut().expect("it is a document").reading = DocumentReading::Encrypted;
        let verdict = pair(blank("one"), locked);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
    }

    #[test]
    fn a_guide_that_is_a_file_has_its_samples_elsewhere() {
        let form = Material { sample_form: FormOffer::Absent, ..material("公司登记申请书") };
        let guide = ServiceGuide { materials: stated(vec![form], "申请材料"), ..guide("公司设立登记") };
        let night = Night::new().portal(page("/g.docx").guide(guide).in_document());
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
    }

    #[test]
    fn one_archive_for_blank_and_sample_is_not_accused() {
        let verdict = verdict(offer("/both.zip", "下载"), offer("/both.zip", "下载"));
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotComparable)));
    }

    #[test]
    fn no_sample_fails_with_the_material_named() {
        let verdict = verdict(offer("/blank.docx", "下载"), FormOffer::Nothing { raw: "无".into() });
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "missing"));
        assert_eq!(verdict.findings[0].quotes, ["公司登记申请书"]);
        assert_eq!(verdict.value["samples"], 0);
    }

    #[test]
    fn a_sample_that_was_not_fetched_cannot_be_told() {
        let verdict = verdict(offer("/blank.docx", "下载"), offer("/unread.docx", "样表"));
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
    }

    #[test]
    fn a_sample_elsewhere_on_the_page_is_no_absence() {
        let form = Material { sample_form: FormOffer::Absent, ..material("公司登记申请书") };
        let guide = ServiceGuide { materials: stated(vec![form], "申请材料"), ..guide("公司设立登记") };
        let night = |text: &str| {
            Night::new()
                .portal(page("/g").guide(guide.clone()).link_as("/s.docx", text, LinkRole::SampleForm))
                .portal(file("/s.docx", FileFormat::Docx, "filled"))
        };
        let named = night("公司登记申请书（样表）").judge_one(&CHECK, "portal", "registration");
        assert_eq!(named.outcome, Outcome::Passed);
        let unnamed = night("填写示例").judge_one(&CHECK, "portal", "registration");
        assert_eq!((unnamed.outcome, unnamed.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
    }

    #[test]
    fn materials_that_could_not_be_read_cannot_be_told_and_no_forms_is_inapplicable() {
        let unread = ServiceGuide { materials: unreadable("图"), ..guide("公司设立登记") };
        let unread = Night::of_guide(&CHECK, unread);
        assert_eq!((unread.outcome, unread.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
        assert_eq!(Night::of_guide(&CHECK, guide("公司设立登记")).outcome, Outcome::Inapplicable);
    }
}
