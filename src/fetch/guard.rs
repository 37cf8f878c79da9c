//! The last line before the network: addresses, names, ports and forms of a URL that are never asked.
//!
//! Comes in: a URL before sending, each address a name resolved to, and the address really connected to. Goes out: leave
//! or a [`Refusal`]. Must never know: how a connection is made. All functions are pure; the tables below are the rules.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::range::AddressRange;
use crate::model::{Method, QueryRule, Request};

/// Why the guard said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused by our own guard: {what} ({rule})")]
pub struct Refusal {
    /// The rule, for people.
    pub rule: &'static str,
    /// What was refused.
    pub what: String,
}

impl Refusal {
    fn new(rule: &'static str, what: impl std::fmt::Display) -> Self {
        Self { rule, what: what.to_string() }
    }
}

/// Ranges of version 4 that are not the public network; the more telling entry stands first.
const FORBIDDEN_V4: &[(AddressRange, &str)] = &[
    (AddressRange::v4([169, 254, 169, 254], 32), "cloud metadata service"),
    (AddressRange::v4([100, 100, 100, 200], 32), "cloud metadata service"),
    (AddressRange::v4([168, 63, 129, 16], 32), "cloud platform service"),
    (AddressRange::v4([0, 0, 0, 0], 8), "this network"),
    (AddressRange::v4([10, 0, 0, 0], 8), "private"),
    (AddressRange::v4([100, 64, 0, 0], 10), "shared by a carrier"),
    (AddressRange::v4([127, 0, 0, 0], 8), "loopback"),
    (AddressRange::v4([169, 254, 0, 0], 16), "link-local"),
    (AddressRange::v4([172, 16, 0, 0], 12), "private"),
    (AddressRange::v4([192, 0, 0, 0], 24), "protocol assignments"),
    (AddressRange::v4([192, 0, 2, 0], 24), "documentation"),
    (AddressRange::v4([192, 88, 99, 0], 24), "6to4 relay"),
    (AddressRange::v4([192, 168, 0, 0], 16), "private"),
    (AddressRange::v4([198, 18, 0, 0], 15), "benchmarking"),
    (AddressRange::v4([198, 51, 100, 0], 24), "documentation"),
    (AddressRange::v4([203, 0, 113, 0], 24), "documentation"),
    (AddressRange::v4([224, 0, 0, 0], 4), "multicast"),
    (AddressRange::v4([240, 0, 0, 0], 4), "reserved"),
];

/// The only public unicast range of version 6; everything outside is refused without further naming.
const PUBLIC_V6: AddressRange = AddressRange::v6([0x2000, 0, 0], 3);

/// Ranges of version 6 that are refused: inside the public range, or outside it with a telling name.
const FORBIDDEN_V6: &[(AddressRange, &str)] = &[
    (AddressRange::v6([0xfc00, 0, 0], 7), "unique local"),
    (AddressRange::v6([0xfe80, 0, 0], 10), "link-local"),
    (AddressRange::v6([0xfec0, 0, 0], 10), "site-local"),
    (AddressRange::v6([0xff00, 0, 0], 8), "multicast"),
    (AddressRange::v6([0x64, 0xff9b, 1], 48), "local translation prefix"),
    (AddressRange::v6([0x100, 0, 0], 48), "discard"),
    (AddressRange::v6([0x2001, 0, 0], 23), "protocol assignments"),
    (AddressRange::v6([0x2001, 0xdb8, 0], 32), "documentation"),
    (AddressRange::v6([0x3fff, 0, 0], 20), "documentation"),
];

/// Names that mean this machine; they are as good as its loopback address.
const LOCAL_NAMES: &[&str] = &["localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"];

/// Names and endings that exist only inside some network; no public portal bears them.
const INTERNAL_SUFFIXES: &[&str] =
    &["local", "internal", "intranet", "lan", "localdomain", "home.arpa", "corp", "home"];

/// Ports of services that are not the web, where a `GET` could be read as a command. Zero is not a port.
const DENIED_PORTS: &[u16] = &[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 445, 465, 512, 513, 514, 515, 526, 530,
    531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 873, 989, 990, 993, 995, 1433, 1521, 1719, 1720, 1723, 2049,
    2375, 2379, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5900, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669,
    6679, 6697, 9200, 10080, 10250, 11211, 27017,
];

/// The rules, with the ranges an operator allows in spite of them.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allow: Vec<AddressRange>,
}

impl Guard {
    /// A guard that lets the ranges in `allow` pass, whatever the tables say of them.
    #[must_use]
    pub fn new(allow: Vec<AddressRange>) -> Self {
        Self { allow }
    }

    /// The first place: a URL before anything is sent. A literal address never reaches a resolver, so it is judged here.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn judge_url(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::new("only http and https", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::new("user information in the address", url.host_str().unwrap_or_default()));
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if DENIED_PORTS.contains(&port) {
            return Err(Refusal::new("not a port of the web", port));
        }
        match url.host() {
            None => Err(Refusal::new("no host", url.scheme())),
            Some(Host::Ipv4(address)) => self.judge_address(address.into()),
            Some(Host::Ipv6(address)) => self.judge_address(address.into()),
            Some(Host::Domain(name)) => self.judge_name(name),
        }
    }

    /// The second and the third place: an address a name resolved to, and the address really connected to.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn judge_address(&self, address: IpAddr) -> Result<(), Refusal> {
        if self.allow.iter().any(|range| range.contains(address)) {
            return Ok(());
        }
        match address {
            IpAddr::V4(v4) => judge_by(FORBIDDEN_V4, v4.into()),
            IpAddr::V6(v6) => {
                // Translated addresses lead where the address inside leads.
                if let Some(inner) = embedded(v6) {
                    return self.judge_address(inner.into());
                }
                judge_by(FORBIDDEN_V6, address)?;
                if PUBLIC_V6.contains(address) { Ok(()) } else { Err(Refusal::new("not public", address)) }
            }
        }
    }

    fn judge_name(&self, name: &str) -> Result<(), Refusal> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if name.is_empty() {
            return Err(Refusal::new("no host", "."));
        }
        if LOCAL_NAMES.contains(&name.as_str()) || ends_with_label(&name, "localhost") {
            return self.judge_address(Ipv4Addr::LOCALHOST.into()).map_err(|_| Refusal::new("loopback", &name));
        }
        match INTERNAL_SUFFIXES.iter().find(|suffix| name == **suffix || ends_with_label(&name, suffix)) {
            Some(_) => Err(Refusal::new("internal name", &name)),
            None => Ok(()),
        }
    }
}

/// A request that sends something: only a query by POST that a page family declares, exactly as it is declared.
///
/// # Errors
/// The rule that forbids it.
pub fn judge_query(request: &Request, declared: &[QueryRule]) -> Result<(), Refusal> {
    match (request.method, &request.body) {
        (Method::Get | Method::Head, None) => Ok(()),
        (Method::Get | Method::Head, Some(_)) => Err(Refusal::new("a body without a query", request.url.path())),
        (Method::Post, Some(body)) if declared.iter().any(|rule| rule.allows(&request.url, body)) => Ok(()),
        (Method::Post, _) => Err(Refusal::new("a query that no page family declares", request.url.path())),
    }
}

fn judge_by(table: &[(AddressRange, &'static str)], address: IpAddr) -> Result<(), Refusal> {
    match table.iter().find(|(range, _)| range.contains(address)) {
        Some((_, rule)) => Err(Refusal::new(rule, address)),
        None => Ok(()),
    }
}

fn ends_with_label(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))
}

/// The version 4 address that a version 6 address stands for: mapped, compatible, NAT64 and 6to4 forms.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        // `::` and `::1` have the compatible form and are what they are: unspecified and loopback.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(guard: &Guard, url: &str) -> Option<&'static str> {
        let url = Url::parse(url).expect("a URL written in this test");
        guard.judge_url(&url).err().map(|refusal| refusal.rule)
    }

    fn allowing(ranges: &[&str]) -> Guard {
        Guard::new(ranges.iter().map(|text| text.parse().expect("a range written in this test")).collect())
    }

    #[test]
    fn a_post_is_refused_unless_it_is_exactly_what_is_declared() {
        use crate::model::{BodyKind, ChannelId, CityCode, Purpose, QueryBody};
        let rule = QueryRule {
            dialect: "x",
            path: "/rest/list",
            kind: BodyKind::Form,
            fields: &["page"],
            note: "reads a page of a list",
        };
        let asked = |method, address: &str, body: Option<QueryBody>| {
            let url = Url::parse(address).expect("a URL written in this test");
            let (city, channel) = (CityCode("330100".into()), ChannelId("portal".into()));
            let request = Request { method, body, ..Request::new(city, channel, url, Purpose::Page) };
            judge_query(&request, &[rule]).is_ok()
        };
        let page = || Some(QueryBody::form(&[("page", "2")]));
        let (list, other) = ("http://h.test/a/rest/list", "http://h.test/a/rest/save");
        assert!(asked(Method::Post, list, page()));
        assert!(asked(Method::Get, list, None) && asked(Method::Head, other, None));
        assert!(!asked(Method::Post, other, page()), "another path");
        assert!(!asked(Method::Post, list, None), "no body");
        assert!(!asked(Method::Post, list, Some(QueryBody::form(&[("page", "2"), ("name", "x")]))), "another field");
        let json = QueryBody { kind: BodyKind::Json, text: "{\"page\":2}".into() };
        assert!(!asked(Method::Post, list, Some(json)), "another form of body");
        assert!(!asked(Method::Get, list, page()), "a body that is no query");
    }

    #[test]
    fn public_addresses_and_names_pass() {
        let guard = Guard::default();
        for url in [
            "http://portal.example.cn/",
            "https://政务服务.example.cn:8443/a?b=c",
            "http://8.8.8.8/",
            "http://172.15.255.255/",
            "http://172.32.0.0/",
            "http://100.63.255.255/",
            "http://100.128.0.0/",
            "http://192.0.1.1/",
            "http://198.17.255.255/",
            "http://198.20.0.0/",
            "http://223.255.255.255/",
            "http://[2400:3200::1]/",
            "http://[::ffff:8.8.8.8]/",
            "http://[64:ff9b::808:808]/",
            "http://[2002:808:808::1]/",
            "http://mylocal/",
            "http://notlocalhost.example/",
            "http://portal.example.cn:81/",
            "http://portal.example.cn:9080/",
        ] {
            assert_eq!(rule(&guard, url), None, "{url}");
        }
    }

    #[test]
    fn every_spelling_of_an_inner_v4_address_is_refused() {
        let guard = Guard::default();
        for (url, expected) in [
            ("http://127.0.0.1/", "loopback"),
            ("http://2130706433/", "loopback"),
            ("http://0177.0.0.1/", "loopback"),
            ("http://0x7f.1/", "loopback"),
            ("http://0x7f000001/", "loopback"),
            ("http://127.1/", "loopback"),
            ("http://127.0.0.1./", "loopback"),
            ("http://①②⑦.0.0.1/", "loopback"),
            ("http://%31%32%37.0.0.1/", "loopback"),
            ("http://127。0。0。1/", "loopback"),
            ("http://127.255.255.254:8080/", "loopback"),
            ("http://0/", "this network"),
            ("http://0.255.255.255/", "this network"),
            ("http://10.0.0.1/", "private"),
            ("http://172.16.0.1/", "private"),
            ("http://172.31.255.255/", "private"),
            ("http://192.168.0.1/", "private"),
            ("http://0300.0250.0.1/", "private"),
            ("http://100.64.0.1/", "shared by a carrier"),
            ("http://100.127.255.255/", "shared by a carrier"),
            ("http://169.254.1.1/", "link-local"),
            ("http://169.254.169.254/latest/", "cloud metadata service"),
            ("http://2852039166/", "cloud metadata service"),
            ("http://100.100.100.200/", "cloud metadata service"),
            ("http://168.63.129.16/", "cloud platform service"),
            ("http://192.0.0.192/", "protocol assignments"),
            ("http://192.0.2.1/", "documentation"),
            ("http://192.88.99.1/", "6to4 relay"),
            ("http://198.18.0.1/", "benchmarking"),
            ("http://198.19.255.255/", "benchmarking"),
            ("http://198.51.100.1/", "documentation"),
            ("http://203.0.113.1/", "documentation"),
            ("http://224.0.0.1/", "multicast"),
            ("http://239.255.255.255/", "multicast"),
            ("http://240.0.0.1/", "reserved"),
            ("http://255.255.255.255/", "reserved"),
        ] {
            assert_eq!(rule(&guard, url), Some(expected), "{url}");
        }
    }

    #[test]
    fn every_v6_form_of_an_inner_address_is_refused() {
        let guard = Guard::default();
        for (url, expected) in [
            ("http://[::]/", "not public"),
            ("http://[::1]/", "not public"),
            ("http://[::ffff:127.0.0.1]/", "loopback"),
            ("http://[::ffff:7f00:1]/", "loopback"),
            ("http://[0:0:0:0:0:ffff:0a00:0001]/", "private"),
            ("http://[::ffff:0:10.0.0.1]/", "private"),
            ("http://[::127.0.0.1]/", "loopback"),
            ("http://[::169.254.169.254]/", "cloud metadata service"),
            ("http://[64:ff9b::169.254.169.254]/", "cloud metadata service"),
            ("http://[64:ff9b::a00:1]/", "private"),
            ("http://[64:ff9b:1::1]/", "local translation prefix"),
            ("http://[2002:7f00:1::1]/", "loopback"),
            ("http://[2002:c0a8:1::]/", "private"),
            ("http://[fc00::1]/", "unique local"),
            ("http://[fd00:ec2::254]/", "unique local"),
            ("http://[fe80::1]/", "link-local"),
            ("http://[febf::1]/", "link-local"),
            ("http://[fec0::1]/", "site-local"),
            ("http://[ff02::1]/", "multicast"),
            ("http://[100::1]/", "discard"),
            ("http://[2001::1]/", "protocol assignments"),
            ("http://[2001:db8::1]/", "documentation"),
            ("http://[3fff::1]/", "documentation"),
            ("http://[4000::1]/", "not public"),
        ] {
            assert_eq!(rule(&guard, url), Some(expected), "{url}");
        }
    }

    #[test]
    fn names_of_this_machine_and_of_inner_networks_are_refused() {
        let guard = Guard::default();
        for (url, expected) in [
            ("http://localhost/", "loopback"),
            ("http://LOCALHOST./", "loopback"),
            ("http://a.localhost/", "loopback"),
            ("http://ip6-localhost/", "loopback"),
            ("http://printer.local/", "internal name"),
            ("http://metadata.google.internal/", "internal name"),
            ("http://router.lan./", "internal name"),
            ("http://nas.home.arpa/", "internal name"),
        ] {
            assert_eq!(rule(&guard, url), Some(expected), "{url}");
        }
    }

    #[test]
    fn other_forms_that_a_portal_never_needs_are_refused() {
        let guard = allowing(&["0.0.0.0/0"]);
        for (url, expected) in [
            ("ftp://portal.example.cn/", "only http and https"),
            ("file:///etc/hostname", "only http and https"),
            ("javascript:void(0)", "only http and https"),
            ("http://user@portal.example.cn/", "user information in the address"),
            ("http://portal.example.cn:secret@8.8.8.8/", "user information in the address"),
            ("http://portal.example.cn:22/", "not a port of the web"),
            ("http://portal.example.cn:25/", "not a port of the web"),
            ("https://portal.example.cn:6379/", "not a port of the web"),
            ("http://127.0.0.1:0/", "not a port of the web"),
        ] {
            assert_eq!(rule(&guard, url), Some(expected), "{url}");
        }
    }

    #[test]
    fn allowed_ranges_override_and_reach_no_further() {
        let guard = allowing(&["127.0.0.1/32", "fd00::/8"]);
        for url in [
            "http://127.0.0.1:8080/",
            "http://0x7f.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost/",
            "http://[fd12::1]/",
        ] {
            assert_eq!(rule(&guard, url), None, "{url}");
        }
        for url in ["http://127.0.0.2/", "http://[::1]/", "http://[fc00::1]/", "http://10.0.0.1/"] {
            assert!(rule(&guard, url).is_some(), "{url}");
        }
    }

    #[test]
    fn every_row_of_the_tables_is_reached() {
        let guard = Guard::default();
        for (range, rule) in FORBIDDEN_V4.iter().chain(FORBIDDEN_V6) {
            let text = range.to_string();
            let first: IpAddr = text.split('/').next().expect("a network").parse().expect("an address");
            let refusal = guard.judge_address(first).expect_err("the first address of a forbidden range");
            assert_eq!(refusal.rule, *rule, "{text}");
        }
    }
}
