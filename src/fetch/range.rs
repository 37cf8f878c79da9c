//! Ranges of addresses, as an operator writes them: `127.0.0.0/8`, `::1`.
//!
//! Comes in: text. Goes out: a range that can be asked whether it contains an address. Must never know: why one asks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A network: an address of which the first `prefix` bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressRange {
    network: IpAddr,
    prefix: u8,
}

impl AddressRange {
    /// A range of version 4, for tables; the caller's `prefix` is at most 32.
    pub(super) const fn v4(octets: [u8; 4], prefix: u8) -> Self {
        let [a, b, c, d] = octets;
        Self { network: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), prefix }
    }

    /// A range of version 6 by its first three groups, for tables; the caller's `prefix` is at most 48.
    pub(super) const fn v6(groups: [u16; 3], prefix: u8) -> Self {
        let [a, b, c] = groups;
        Self { network: IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)), prefix }
    }

    /// Whether `address` lies within. An address of the other version never does.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        masked(address, self.prefix) == self.network
    }
}

impl std::fmt::Display for AddressRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

/// Why a text is not a range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressRangeError {
    /// The part before the slash is not an address.
    #[error("`{0}` is not an IP address; write for example `127.0.0.0/8`")]
    Address(String),
    /// The part after the slash is not a length of this version.
    #[error("`{0}` is not a prefix length; write 0 to 32 for IPv4, 0 to 128 for IPv6")]
    Prefix(String),
    /// Bits beyond the prefix are set, so one cannot tell which of the two is the slip.
    #[error("`{written}` has bits beyond its prefix; did you mean `{meant}`?")]
    HostBits {
        /// What was written.
        written: String,
        /// The network of that prefix.
        meant: String,
    },
}

impl FromStr for AddressRange {
    type Err = AddressRangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.trim().parse().map_err(|_| AddressRangeError::Address(text.to_owned()))?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => longest,
            Some(written) => written
                .trim()
                .parse()
                .ok()
                .filter(|prefix| *prefix <= longest)
                .ok_or_else(|| AddressRangeError::Prefix(written.to_owned()))?,
        };
        let network = masked(address, prefix);
        if network != address {
            let meant = Self { network, prefix }.to_string();
            return Err(AddressRangeError::HostBits { written: text.to_owned(), meant });
        }
        Ok(Self { network, prefix })
    }
}

/// The address with all bits beyond the prefix cleared; a prefix longer than the address keeps it whole.
fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    let prefix = u32::from(prefix);
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(prefix)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(prefix)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> AddressRange {
        text.parse().expect("a range written in this test")
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address written in this test")
    }

    #[test]
    fn a_range_holds_what_lies_within_and_nothing_else() {
        for (text, inside, outside) in [
            ("127.0.0.0/8", "127.255.255.255", "128.0.0.0"),
            ("172.16.0.0/12", "172.31.255.255", "172.32.0.0"),
            ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("::1/128", "::1", "::2"),
            ("fc00::/7", "fdff::1", "fe00::1"),
            ("::/0", "2001::1", "1.2.3.4"),
        ] {
            assert!(range(text).contains(address(inside)), "{text} holds {inside}");
            assert!(!range(text).contains(address(outside)), "{text} does not hold {outside}");
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_named() {
        let problem = |text: &str| text.parse::<AddressRange>().expect_err("not a range").to_string();
        assert_eq!(problem("local"), "`local` is not an IP address; write for example `127.0.0.0/8`");
        assert!(problem("127.0.0.0/33").starts_with("`33` is not a prefix length"));
        assert!(problem("127.0.0.0/x").starts_with("`x` is not a prefix length"));
        assert_eq!(problem("127.0.0.1/8"), "`127.0.0.1/8` has bits beyond its prefix; did you mean `127.0.0.0/8`?");
    }

    #[test]
    fn a_range_is_shown_as_it_is_written() {
        assert_eq!(range("fc00::/7").to_string(), "fc00::/7");
        assert_eq!(range("127.0.0.1").to_string(), "127.0.0.1/32");
    }
}
