//! `interaction.consultation_channel`: is there a way for a consultation (咨询) that works without login?

use super::channel;
use crate::check::{Check, Test};
use crate::model::interaction::Topic;
use crate::model::{Property, PropertyId, SubjectKind};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("interaction.consultation_channel"),
        subject: SubjectKind::Channel,
        unit: None,
        title_zh: "咨询渠道畅通",
        title_en: "a consultation channel is open",
        passed_when: "a link that promises consultation leads to a page that opens without login; behind a login it cannot be told",
        rationale: "An applicant with a doubt must be able to ask before travelling to a window.",
        basis: &[
            "国办秘函〔2019〕19号, single veto: no effective online enquiry channel",
            "国办函〔2017〕115号: on 87 % of the platforms inspected in 2017 the enquiry and complaint channels were real",
        ],
    },
    version: 1,
    test: Test::PortalChannel(|view, channel| channel::judge(view, channel, Topic::Consultation)),
};
