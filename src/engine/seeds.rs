//! What every visit of a channel begins with.
//!
//! Comes in: a target, one of its channels, and what a visit asks for. Goes out: seeds, in order. Pure.

use std::time::Duration;

use url::Url;

use super::night::Scope;
use crate::config::Visit;
use crate::frontier::canonical;
use crate::model::target::authority;
use crate::model::{Channel, ChannelKind, CityCode, Digest, Profile, Purpose, Target};

/// One address to begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seed {
    /// The address.
    pub(super) url: Url,
    /// Why it is asked for.
    pub(super) purpose: Purpose,
    /// Not before so long after the visit began.
    pub(super) after: Duration,
}

/// The seeds of a channel: honest attempts at its entry, a page that cannot exist, the entry over IPv6.
pub(super) fn seeds(target: &Target, channel: &Channel, visit: &Visit, scope: Scope) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for address in &channel.seeds {
        let url = canonical(address);
        if scope == Scope::OnePage {
            seeds.push(Seed { url, purpose: Purpose::Page, after: Duration::ZERO });
            continue;
        }
        for attempt in 1..=visit.entry_attempts {
            let after = visit.entry_spacing * u32::from(attempt - 1);
            seeds.push(Seed { url: url.clone(), purpose: Purpose::Entry { attempt }, after });
        }
        if let Ok(control) = url.join(&format!("/{}", control_path(&target.city.code, &url))) {
            seeds.push(Seed { url: control, purpose: Purpose::Control404, after: Duration::ZERO });
        }
        if visit.ipv6 && matches!(url.host(), Some(url::Host::Domain(_))) {
            seeds.push(Seed { url, purpose: Purpose::Ipv6, after: Duration::ZERO });
        }
    }
    seeds
}

/// As whom a channel is visited.
pub(super) fn profile(kind: ChannelKind) -> Profile {
    match kind {
        ChannelKind::MobileWeb => Profile::Phone,
        ChannelKind::Portal
        | ChannelKind::App
        | ChannelKind::WechatOfficial
        | ChannelKind::WechatMini
        | ChannelKind::AlipayMini => Profile::Desktop,
    }
}

/// A path that no site has, the same every night.
fn control_path(city: &CityCode, seed: &Url) -> String {
    let digest = Digest::of_parts([city.as_str(), &authority(seed), "control"]);
    format!("no-such-page-{}.html", digest.short(12))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::single::nobody;

    fn visit() -> Visit {
        Visit {
            entry_attempts: 2,
            entry_spacing: Duration::from_mins(1),
            ipv6: true,
            search: true,
            control_urls: Vec::new(),
        }
    }

    fn of(address: &str, scope: Scope) -> Vec<Seed> {
        let target = nobody(&[(ChannelKind::Portal, Url::parse(address).expect("an address"))]);
        seeds(&target, &target.channels[0], &visit(), scope)
    }

    #[test]
    fn attempts_at_the_entry_are_spaced() {
        let seeds = of("http://portal.example/hz/", Scope::Night);
        let entries: Vec<u64> = seeds
            .iter()
            .filter(|seed| matches!(seed.purpose, Purpose::Entry { .. }))
            .map(|seed| seed.after.as_secs())
            .collect();
        assert_eq!(entries, [0, 60]);
    }

    #[test]
    fn an_address_without_a_name_is_not_asked_over_ipv6() {
        let asked = |address| of(address, Scope::Night).iter().any(|seed| seed.purpose == Purpose::Ipv6);
        assert!(asked("http://portal.example/"));
        assert!(!asked("http://127.0.0.1:8036/"));
    }

    #[test]
    fn the_control_page_is_the_same_every_night() {
        let control =
            || of("http://portal.example/", Scope::Night).into_iter().find(|seed| seed.purpose == Purpose::Control404);
        assert!(control().is_some());
        assert_eq!(control(), control());
    }

    #[test]
    fn one_page_is_one_seed() {
        assert_eq!(of("http://portal.example/guide", Scope::OnePage).len(), 1);
    }
}
