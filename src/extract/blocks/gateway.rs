//! Gateways between IPv6 and IPv4, which rewrite the hosts of a site's outward links to names of their own.
//!
//! Comes in: an address. Goes out: the address that a visitor over IPv4 would see, where the name tells it. Must never
//! know: which hosts may be visited.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

/// A gateway known by the names that it makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// Its name.
    pub id: String,
    /// How it writes a host.
    pub form: Form,
    /// The domain, or the part of the name, by which it is known.
    pub suffix: String,
    /// What a part at the end of a spelled host stands for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub endings: BTreeMap<String, String>,
    /// Where it was seen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// How a gateway writes a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Dots as dashes, then `x` and a number, under the gateway's domain; `xx` at the end for https.
    Dashed,
    /// The host in full, then scheme and port, then the gateway's part and the site's own domain.
    Spelled,
}

impl Gateway {
    /// Whether it could be right, given the ids already taken.
    pub(super) fn check(&self, known: &[&str]) -> Result<(), String> {
        if known.contains(&self.id.as_str()) {
            return Err(format!("the id `{}` stands twice in this file", self.id));
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        let dots = self.suffix.contains('.');
        let fits = match self.form {
            Form::Dashed => dots,
            Form::Spelled => !dots,
        };
        if self.suffix.is_empty() || !self.suffix.chars().all(is_name) || !fits {
            return Err(format!(
                "`suffix` of `{}` is the gateway's domain (form `dashed`) or one part of a name (form `spelled`)",
                self.id
            ));
        }
        Ok(())
    }

    /// The address behind one that this gateway made.
    fn recover(&self, url: &Url) -> Option<Url> {
        let host = url.host_str()?.to_ascii_lowercase();
        let (scheme, real, port) = match self.form {
            Form::Dashed => {
                let made = host.strip_suffix(&self.suffix)?.strip_suffix('.')?;
                let (scheme, made) = made.strip_suffix("xx").map_or(("http", made), |made| ("https", made));
                let (real, number) = made.rsplit_once('x')?;
                if number.len() < 6 || !number.chars().all(|c| c.is_ascii_hexdigit()) {
                    return None;
                }
                // A name without dots had them written as dashes; its own dashes cannot be told from them.
                let real = if real.contains('.') { real.to_owned() } else { real.replace('-', ".") };
                (scheme, real, None)
            }
            Form::Spelled => {
                let parts: Vec<&str> = host.split('.').collect();
                let at = parts.iter().position(|part| *part == self.suffix)?;
                let port_at = (at.saturating_sub(2)..at).find(|at| parts[*at].parse::<u16>().is_ok())?;
                let scheme = parts[..port_at].last().copied().filter(|part| matches!(*part, "http" | "https"))?;
                let mut real: Vec<&str> = parts[..port_at - 1].to_vec();
                if let Some(ending) = real.last().and_then(|part| self.endings.get(*part)) {
                    real.pop();
                    real.push(ending);
                }
                (scheme, real.join("."), parts[port_at].parse::<u16>().ok())
            }
        };
        let is_host = real.contains('.') && real.split('.').all(|part| !part.is_empty());
        let mut recovered = url.clone();
        let made = is_host
            && recovered.set_scheme(scheme).is_ok()
            && recovered.set_host(Some(&real)).is_ok()
            && recovered.set_port(port).is_ok();
        made.then_some(recovered)
    }
}

impl super::Blocks {
    /// The address that a gateway rewrote, with the gateway's id; `None` if no gateway made this one.
    #[must_use]
    pub fn behind_gateway(&self, url: &Url) -> Option<(&str, Url)> {
        self.gateways.iter().find_map(|gateway| Some((gateway.id.as_str(), gateway.recover(url)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Blocks;
    use super::*;

    fn behind(address: &str) -> Option<String> {
        let url = Url::parse(address).expect("a valid address");
        Blocks::builtin().behind_gateway(&url).map(|(_, url)| url.to_string())
    }

    #[test]
    fn the_real_host_is_recovered_with_scheme_port_path_and_query() {
        let table = [
            ("https://i-weather-comx3211967233868xx.ipv6best.cn/?c=code&id=26", "https://i.weather.com/?c=code&id=26"),
            ("http://10.20.30.40x5f107a28c18865.ipv6best.cn/api/list", "http://10.20.30.40/api/list"),
            ("http://zwfw.city.gov.cn.https.443.ipv6.site.gov.cn/bszn/1", "https://zwfw.city.gov.cn/bszn/1"),
            ("http://code.ex1.https.443.g0.ipv6.site.gov.cn/a", "https://code.com/a"),
            ("http://jwnew.school.edu.ex2.http.8080.ipv6.school.edu.cn/x", "http://jwnew.school.edu.cn:8080/x"),
        ];
        for (made, real) in table {
            assert_eq!(behind(made).as_deref(), Some(real), "{made}");
        }
    }

    #[test]
    fn ordinary_hosts_and_half_names_are_left_alone() {
        for address in [
            "https://zwfw.city.gov.cn/",
            "https://www.ipv6best.cn/",
            "https://abcx12.ipv6best.cn/",
            "https://ipv6.city.gov.cn/",
            "https://www.ipv6.city.gov.cn/guide",
            "https://http.80.ipv6.city.gov.cn/",
            "https://evilipv6best.cn/",
            "https://[::1]/",
        ] {
            assert_eq!(behind(address), None, "{address}");
        }
    }
}
