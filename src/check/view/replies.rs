//! The letters of a channel, by topic.
//!
//! Comes in: the reply pages that were read. Goes out: each letter once, with the page it stands on.

use std::collections::BTreeMap;

use crate::model::interaction::{Reply, Topic};
use crate::model::{Channel, ChannelKind, PageRecord, PropertyId, Subject, SubjectKind};

use super::View;

/// The letters of one topic on one channel.
pub struct ReplySubject<'a> {
    /// Channel.
    pub channel: &'a Channel,
    /// Topic.
    pub topic: Topic,
    /// Pages that hold letters of this topic, in order of address.
    pub pages: Vec<&'a PageRecord>,
    /// The letters with the page each stands on, one a key; where a letter is met twice, the one that knows more.
    pub letters: Vec<(&'a PageRecord, &'a Reply)>,
    /// Rows that could not be read.
    pub unreadable: usize,
}

impl<'a> View<'a> {
    /// The letters that a timeliness property is about, one subject a web channel.
    #[must_use]
    pub fn replies(&self, property: PropertyId) -> Vec<ReplySubject<'a>> {
        let topic = if property.as_str().contains("complaint") { Topic::Complaint } else { Topic::Consultation };
        let channels: Vec<&'a Channel> =
            self.dossier.target.web_channels().filter(|channel| channel.kind == ChannelKind::Portal).collect();
        channels.into_iter().map(|channel| self.replies_of(channel, topic)).collect()
    }

    fn replies_of(&self, channel: &'a Channel, topic: Topic) -> ReplySubject<'a> {
        let mut subject = ReplySubject { channel, topic, pages: Vec::new(), letters: Vec::new(), unreadable: 0 };
        let mut by_key: BTreeMap<&str, (&'a PageRecord, &'a Reply)> = BTreeMap::new();
        for page in self.dossier.of_channel_owned(&channel.id) {
            let Some(list) = page.extraction.as_ref().and_then(|extraction| extraction.replies.as_ref()) else {
                continue;
            };
            let mut any = list.topic == Some(topic);
            for letter in list.letters.iter().filter(|letter| letter.topic.or(list.topic) == Some(topic)) {
                any = true;
                let better = by_key.get(letter.key.as_str()).is_none_or(|(_, known)| knows(letter) > knows(known));
                if better {
                    by_key.insert(&letter.key, (page, letter));
                }
            }
            if any {
                subject.pages.push(page);
                subject.unreadable += list.unreadable;
            }
        }
        subject.letters = by_key.into_values().collect();
        subject
    }
}

impl ReplySubject<'_> {
    /// The subject of statements about these letters.
    #[must_use]
    pub fn subject(&self) -> Subject {
        let (key, name) = match self.topic {
            Topic::Consultation => ("consultation", "咨询回复"),
            Topic::Complaint => ("complaint", "投诉回复"),
        };
        Subject {
            kind: SubjectKind::ReplyList,
            key: key.to_owned(),
            name: name.to_owned(),
            url: self.pages.first().map(|page| page.request.url.to_string()),
            scenario: None,
            segment: None,
        }
    }
}

fn knows(letter: &Reply) -> u8 {
    u8::from(letter.asked.is_some()) + 2 * u8::from(letter.answered.is_some()) + u8::from(letter.open)
}
