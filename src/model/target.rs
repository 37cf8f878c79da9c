//! Whom we visit: a city, its channels, and what may be visited there.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use url::Url;

/// GB/T 2260 division code (行政区划代码), six digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CityCode(pub String);

impl CityCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for CityCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A city as the records name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct City {
    /// GB/T 2260 code.
    pub code: CityCode,
    /// Name in Chinese, for example `杭州市`.
    pub name: String,
    /// One of the seven regions (华北, 东北, 华东, 华中, 华南, 西南, 西北).
    pub region: String,
}

/// The kind of a channel (渠道): how a visitor reaches the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// The portal for computers (政务服务网).
    Portal,
    /// Mobile web pages (手机网页, H5).
    MobileWeb,
    /// An app (客户端).
    App,
    /// A `WeChat` official account (微信公众号).
    WechatOfficial,
    /// A `WeChat` mini-program (微信小程序).
    WechatMini,
    /// An Alipay mini-program (支付宝小程序).
    AlipayMini,
}

impl ChannelKind {
    /// Every kind, in the order of the contract.
    pub const ALL: [Self; 6] =
        [Self::Portal, Self::MobileWeb, Self::App, Self::WechatOfficial, Self::WechatMini, Self::AlipayMini];

    /// The word used in catalogue and records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::MobileWeb => "mobile_web",
            Self::App => "app",
            Self::WechatOfficial => "wechat_official",
            Self::WechatMini => "wechat_mini",
            Self::AlipayMini => "alipay_mini",
        }
    }

    /// Whether pages of this channel can be fetched over HTTP; the others are claims to be confirmed from pages.
    #[must_use]
    pub fn is_web(self) -> bool {
        matches!(self, Self::Portal | Self::MobileWeb)
    }
}

/// A channel within its target: the kind, with `-2`, `-3` … for further channels of one kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelId(pub String);

impl ChannelId {
    /// The id as text, as it stands in the record's `channel` field.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ChannelId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One channel of a target, as the catalogue claims it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Its id within the target.
    pub id: ChannelId,
    /// Its kind.
    pub kind: ChannelKind,
    /// The name people know it by, for example `浙里办`.
    pub name: Option<String>,
    /// Where a visit starts; empty for kinds that are not web pages.
    pub seeds: Vec<Url>,
    /// Hosts that may be visited, each `host` or `host:port`, lower case. Never empty for web channels.
    pub scope: Vec<String>,
    /// The page family to be used; `None` = recognised from the pages.
    pub dialect: Option<String>,
    /// Channels with the same group share one clock; `None` = the group is the host (`host:port`).
    pub politeness_group: Option<String>,
}

/// One city with everything the catalogue says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The city.
    pub city: City,
    /// Province-level division, for example `浙江省`.
    pub province: String,
    /// The day an operator opened the portal by hand; `None` = never.
    pub verified: Option<Date>,
    /// Where the addresses come from.
    pub source: String,
    /// Channels in catalogue order.
    pub channels: Vec<Channel>,
}

impl Target {
    /// The channel with this id.
    #[must_use]
    pub fn channel(&self, id: &ChannelId) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == *id)
    }

    /// The channels whose pages can be fetched.
    pub fn web_channels(&self) -> impl Iterator<Item = &Channel> {
        self.channels.iter().filter(|channel| channel.kind.is_web())
    }
}

/// `host:port` of a URL in the form that scopes, politeness groups and robots are keyed by: the default port is left out.
#[must_use]
pub fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"))
}
