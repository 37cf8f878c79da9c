//! What was read from one payload: a value and a list of problems, never an error.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use url::Url;

use super::charted::DrawnProcess;
use super::document::Document;
use super::guide::{ServiceGuide, Step};
use super::interaction::{Entry, ReplyList};
use super::locator::{Located, Locator};
use super::query::QueryBody;
use super::rendering::RenderFacts;
use super::request::Hop;
use super::target::ChannelKind;

/// The kind of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageKind {
    /// Entry page of a portal.
    Home,
    /// Entry page of a mobile site.
    MobileHome,
    /// One service guide.
    Guide,
    /// A list of guides.
    GuideList,
    /// Scenario guidance.
    Scenario,
    /// A form, sample, picture or file.
    Attachment,
    /// A list of public letters and replies.
    ReplyList,
    /// One public letter with its reply.
    Reply,
    /// News, notices, policy.
    News,
    /// A page that asks to log in.
    LoginWall,
    /// A page that asks to prove being human, or blocks us.
    Challenge,
    /// "Not found" with status 200.
    SoftNotFound,
    /// A page whose content comes only by script.
    EmptyShell,
    /// A form for a consultation or complaint.
    InteractionForm,
    /// Data for scripts (JSON).
    Data,
    /// Anything else.
    Other,
}

impl PageKind {
    /// Whether this stands in place of what was asked for: nothing can be concluded from what is not there.
    #[must_use]
    pub fn is_in_the_way(self) -> bool {
        match self {
            Self::LoginWall | Self::Challenge | Self::SoftNotFound | Self::EmptyShell => true,
            Self::Home
            | Self::MobileHome
            | Self::Guide
            | Self::GuideList
            | Self::Scenario
            | Self::Attachment
            | Self::ReplyList
            | Self::Reply
            | Self::News
            | Self::InteractionForm
            | Self::Data
            | Self::Other => false,
        }
    }
}

/// What was read from one payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extraction {
    /// Kind of the page.
    pub kind: PageKind,
    /// Why it was given this kind, in a few words.
    pub kind_because: String,
    /// The obstacle that the page is, for a challenge or a wall to log in.
    pub obstacle: Option<Obstacle>,
    /// Page family that read it.
    pub dialect: String,
    /// Title of the page: best heading, else `<title>`.
    pub title: Option<Located<String>>,
    /// How the bytes became text.
    pub charset: Charset,
    /// The address under which a visitor sees this, where it came from another one (data behind a hash route).
    pub shown_at: Option<Url>,
    /// The item code that the address itself carries (实施编码, 31 digits, or an older one); identifies a guide that
    /// does not state its code, and states nothing.
    pub item: Option<String>,
    /// What the labels of a page say whose values only its scripts fill in.
    pub skeleton: Option<Box<ServiceGuide>>,
    /// The guide, if the page is one.
    pub guide: Option<Box<ServiceGuide>>,
    /// Scenario guidance found on the page.
    pub scenarios: Vec<ScenarioGuidance>,
    /// Published letters.
    pub replies: Option<ReplyList>,
    /// Ways to ask or complain.
    pub entries: Vec<Entry>,
    /// Claims of mobile channels.
    pub mobile: Vec<MobileClaim>,
    /// Facts about the site that stand on this page.
    pub site: SiteFacts,
    /// Entries with a date (news, notices).
    pub dated: Vec<DatedEntry>,
    /// The site's own search.
    pub search: Option<SearchForm>,
    /// Facts of a file or picture.
    pub file: Option<FileFacts>,
    /// Links and embedded pages.
    pub links: Vec<Link>,
    /// The button by which a script brings the rest of a list (加载更多), if the page has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<Located<String>>,
    /// What could not be read.
    pub issues: Vec<Issue>,
    /// The rendering that this rests on, or that was made beside it; `None` if no browser showed the page.
    pub rendered: Option<Box<RenderFacts>>,
    /// Characters of visible text.
    pub text_length: usize,
    /// Digest of the visible text without digits and white space, to know "not found" pages that look alike.
    pub text_shape: String,
}

impl Extraction {
    /// Whether only a browser could show what stands here: a shell whose data no page family knows how to ask for.
    #[must_use]
    pub fn wants_rendering(&self) -> bool {
        self.kind == PageKind::EmptyShell && !self.links.iter().any(|link| link.role == LinkRole::Data)
    }

    /// Whether guides may stand behind the page's button for more (加载更多).
    #[must_use]
    pub fn offers_more(&self) -> bool {
        self.more.is_some()
            && match self.kind {
                PageKind::Home | PageKind::MobileHome | PageKind::GuideList | PageKind::Scenario | PageKind::Other => {
                    true
                }
                PageKind::Guide
                | PageKind::Attachment
                | PageKind::ReplyList
                | PageKind::Reply
                | PageKind::News
                | PageKind::LoginWall
                | PageKind::Challenge
                | PageKind::SoftNotFound
                | PageKind::EmptyShell
                | PageKind::InteractionForm
                | PageKind::Data => false,
            }
    }

    /// A reading in which nothing was found.
    #[must_use]
    pub fn empty(kind: PageKind) -> Self {
        Self {
            kind,
            kind_because: String::new(),
            obstacle: None,
            dialect: "generic".to_owned(),
            title: None,
            charset: Charset::default(),
            shown_at: None,
            item: None,
            skeleton: None,
            guide: None,
            scenarios: Vec::new(),
            replies: None,
            entries: Vec::new(),
            mobile: Vec::new(),
            site: SiteFacts::default(),
            dated: Vec::new(),
            search: None,
            file: None,
            links: Vec::new(),
            more: None,
            issues: Vec::new(),
            rendered: None,
            text_length: 0,
            text_shape: String::new(),
        }
    }
}

/// A page that stands in the way of the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obstacle {
    /// The signature by which it was recognised.
    pub signature: String,
    /// What it is.
    pub kind: ObstacleKind,
}

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObstacleKind {
    /// A test of humanity, or a script that only a browser can answer.
    Challenge,
    /// A firewall or server that refuses us.
    Block,
    /// A wall to log in (登录).
    Login,
    /// A notice that the site is out of service (维护).
    Maintenance,
    /// Too many visits (访问过于频繁).
    RateLimit,
    /// Not from this place or network.
    Region,
    /// The own page of a gateway between IPv6 and IPv4.
    Gateway,
}

impl ObstacleKind {
    /// The word of the table and the records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Challenge => "challenge",
            Self::Block => "block",
            Self::Login => "login",
            Self::Maintenance => "maintenance",
            Self::RateLimit => "rate_limit",
            Self::Region => "region",
            Self::Gateway => "gateway",
        }
    }
}

/// How the bytes became text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charset {
    /// The encoding used, WHATWG name; empty for what is not text.
    pub used: String,
    /// `bom`, `header`, `meta`, `detected` or `default`.
    pub from: String,
    /// What the header or the page declared, if that was not used.
    pub contradicted: Option<String>,
    /// Number of malformed sequences.
    pub malformed: usize,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Absolute address, fragment removed.
    pub url: Url,
    /// Words of the link, or the alternative text of its picture.
    pub text: String,
    /// How a visitor gets there.
    pub hop: Hop,
    /// What kind of thing the place promises.
    pub role: LinkRole,
    /// Where it stood.
    pub at: Locator,
    /// The body to be sent along, where the place answers only to a declared query by POST.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<QueryBody>,
}

impl Link {
    /// What is asked of the server: the address, and the query where there is one.
    #[must_use]
    pub fn asks(&self) -> (&Url, Option<&QueryBody>) {
        (&self.url, self.query.as_ref())
    }
}

/// What a link's place promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkRole {
    /// An ordinary link.
    Page,
    /// The next page of a list.
    Paging,
    /// A blank form.
    BlankForm,
    /// A filled sample.
    SampleForm,
    /// A flowchart.
    Flowchart,
    /// Another file.
    File,
    /// A picture that may be a QR code of a channel.
    QrImage,
    /// A frame, iframe, or data file that the page loads.
    Embed,
    /// Data that the page's scripts load and that its page family knows how to read: together they are what a visitor
    /// sees.
    Data,
}

/// Scenario guidance (场景化服务).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioGuidance {
    /// What it is.
    pub kind: GuidanceKind,
    /// Its title.
    pub title: String,
    /// Where it leads; `None` if it stands on the page itself.
    pub url: Option<Url>,
    /// Where it stood.
    pub at: Locator,
    /// Whether the page itself is the guidance (not only a link that promises it).
    pub here: bool,
}

/// Kinds of scenario guidance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuidanceKind {
    /// Several errands in one (一件事, 套餐服务).
    Package,
    /// Questions that lead to the right errand (智能导办).
    Wizard,
    /// Situations to choose from (情形).
    Situations,
    /// Topic pages (主题服务).
    Topic,
}

/// A claim that a mobile channel exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MobileClaim {
    /// Kind of channel.
    pub kind: ChannelKind,
    /// Its name, if the place says one.
    pub name: Option<String>,
    /// What the claim rests on.
    pub proof: Proof,
    /// Address, for links and decoded QR codes.
    pub url: Option<Url>,
    /// Where it stood.
    pub at: Locator,
    /// The words.
    pub raw: String,
}

/// What a claim rests on, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Words only.
    Words,
    /// A picture with words.
    Image,
    /// A link.
    Link,
    /// A decoded QR code.
    Qr,
}

/// Facts about the site that stand on a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteFacts {
    /// `meta[name=SiteName]`.
    pub site_name: Option<Located<String>>,
    /// `meta[name=SiteDomain]`.
    pub site_domain: Option<Located<String>>,
    /// `meta[name=SiteIDCode]` or 网站标识码 in the footer.
    pub site_id_code: Option<Located<String>>,
    /// ICP record (备案号) in the footer.
    pub icp: Option<Located<String>>,
    /// `meta[name=viewport]`.
    pub viewport: Option<Located<String>>,
    /// The widest fixed width in CSS pixels found in attributes and inline styles.
    pub widest_fixed: Option<Located<u32>>,
    /// Number of links.
    pub tap_targets: usize,
}

/// An entry with a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedEntry {
    /// The date.
    pub date: Date,
    /// The entry's words.
    pub title: String,
    /// Its address.
    pub url: Option<Url>,
    /// Where it stood.
    pub at: Locator,
}

/// A search box that works by GET.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchForm {
    /// Address without query.
    pub action: Url,
    /// Name of the field for the words.
    pub field: String,
    /// Hidden fields to be sent along.
    pub hidden: Vec<(String, String)>,
    /// Where it stood.
    pub at: Locator,
}

impl SearchForm {
    /// The address that asks for `words`.
    #[must_use]
    pub fn query(&self, words: &str) -> Url {
        let mut url = self.action.clone();
        {
            let mut pairs = url.query_pairs_mut();
            pairs.clear();
            for (name, value) in &self.hidden {
                pairs.append_pair(name, value);
            }
            pairs.append_pair(&self.field, words);
        }
        url
    }
}

/// Facts of a file or picture, by content and never by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// What it is.
    pub format: FileFormat,
    /// Decoded length in bytes.
    pub length: usize,
    /// Digest of the decoded bytes.
    pub digest: String,
    /// Width and height of a picture.
    pub pixels: Option<(u32, u32)>,
    /// Texts of QR codes in a picture.
    pub qr: Vec<String>,
    /// Steps of a flowchart drawn in SVG.
    pub steps: Vec<Step>,
    /// What such a drawing shows besides, if its boxes could be read.
    #[serde(default)]
    pub drawn: Option<Box<DrawnProcess>>,
    /// The file opens: it is whole and what it seems to be. A document that asks for a password opens in this sense.
    pub opens: bool,
    /// What was read of it, if it is a document or an archive.
    pub document: Option<Box<Document>>,
}

/// Formats told apart by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// PNG picture.
    Png,
    /// JPEG picture.
    Jpeg,
    /// GIF picture.
    Gif,
    /// WebP picture.
    Webp,
    /// BMP picture.
    Bmp,
    /// SVG drawing.
    Svg,
    /// PDF.
    Pdf,
    /// Word, since 2007.
    Docx,
    /// Excel, since 2007.
    Xlsx,
    /// Any OLE container (doc, xls, wps).
    Ole,
    /// A ZIP that is none of the above.
    Zip,
    /// RTF.
    Rtf,
    /// An HTML page in place of a file.
    Html,
    /// Plain text.
    Text,
    /// Fewer than 64 bytes: nothing a visitor can use.
    Tiny,
    /// Something else.
    Unknown,
}

impl FileFormat {
    /// Whether this is a raster picture or drawing.
    #[must_use]
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Gif | Self::Webp | Self::Bmp | Self::Svg)
    }
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Short stable word, for example `charset_lie`, `unparsed_time_limit`.
    pub kind: String,
    /// For people.
    pub detail: String,
    /// Where.
    pub at: Locator,
}
