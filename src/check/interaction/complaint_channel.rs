//! `interaction.complaint_channel`: is there a way for a complaint (投诉) that works without login?

use super::channel;
use crate::check::{Check, Test};
use crate::model::interaction::Topic;
use crate::model::{Property, PropertyId, SubjectKind};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("interaction.complaint_channel"),
        subject: SubjectKind::Channel,
        unit: None,
        title_zh: "投诉渠道畅通",
        title_en: "a complaint channel is open",
        passed_when: "a link that promises complaint leads to a page that opens without login; behind a login it cannot be told",
        rationale: "An applicant who was sent away wrongly needs a place to say so that is not the window that sent him away.",
        basis: &[
            "国办函〔2017〕115号: the inspection of 2017 tested whether enquiry and complaint channels of service platforms are real",
        ],
    },
    version: 1,
    test: Test::PortalChannel(|view, channel| channel::judge(view, channel, Topic::Complaint)),
};
