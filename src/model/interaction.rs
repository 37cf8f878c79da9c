//! Public consultation (咨询) and complaint (投诉) as seen from outside.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use url::Url;

use super::locator::Locator;

/// Which of the two a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// 咨询, 建议.
    Consultation,
    /// 投诉, 举报.
    Complaint,
}

/// A way in: a link whose words promise consultation or complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it promises.
    pub topic: Topic,
    /// Where it leads.
    pub url: Url,
    /// The link's words.
    pub text: String,
    /// Where it stood.
    pub at: Locator,
}

/// A published list of letters and replies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyList {
    /// What the letters are; `None` if the page does not say.
    pub topic: Option<Topic>,
    /// The letters, in page order.
    pub letters: Vec<Reply>,
    /// Letters that could not be read (rows without any date, for example).
    pub unreadable: usize,
    /// Where the list stood.
    pub at: Locator,
}

/// One published letter. Its text is not kept: dates, agency and length only, names and numbers masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Stable key: the number on the page, else a digest of the row.
    pub key: String,
    /// Own topic, where a mixed list states one per row.
    pub topic: Option<Topic>,
    /// Title, personal data masked.
    pub title: String,
    /// Day of submission.
    pub asked: Option<Date>,
    /// Day of the reply.
    pub answered: Option<Date>,
    /// The page says that the letter is still open (处理中, 待回复).
    pub open: bool,
    /// Agency as it stands.
    pub agency: Option<String>,
    /// Detail page, if linked.
    pub url: Option<Url>,
    /// Where the row stood.
    pub at: Locator,
    /// The dates' words as they stood.
    pub raw: String,
}
