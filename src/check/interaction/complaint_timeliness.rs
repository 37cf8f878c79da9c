//! `interaction.complaint_timeliness`: are published complaint letters (投诉) answered in time?

use super::timeliness;
use crate::check::{Check, Test};
use crate::model::property::Unit;
use crate::model::{Property, PropertyId, SubjectKind};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("interaction.complaint_timeliness"),
        subject: SubjectKind::ReplyList,
        unit: Some(Unit::WorkingDay),
        title_zh: "投诉回复及时",
        title_en: "complaint letters are answered in time",
        passed_when: "every published reply came within the configured working days (5) and no letter that the page itself calls open is beyond them; letters still within the limit do not count",
        rationale: "A complaint that is answered late leaves the wrong in place while the applicant is waiting for it to be put right.",
        basis: &[
            "the 2020 assessment of 36 cities: five working days for enquiry and complaint",
            "国办函〔2017〕115号: 38 % of the channels inspected did not answer within five working days",
            "国办秘函〔2019〕19号: simple enquiries within five working days; a message unanswered for more than three months is a veto",
            "民法典 Art. 201: the day of submission is not counted",
        ],
    },
    version: 1,
    test: Test::Replies(timeliness::judge),
};
