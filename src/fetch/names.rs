//! Names to addresses, every answer judged before anything can dial it.
//!
//! Comes in: a host name. Goes out: the addresses that may be dialed, in order. Must never know: what is asked there.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use futures_util::future::BoxFuture;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::LookupIpStrategy;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;

use super::guard::{Guard, Refusal};
use super::trace::Tracing;

/// Which addresses are dialed when a name has both kinds. A request that asks for version 6 alone overrides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AddressFamily {
    /// Version 4 if the name has any, else version 6: how most visitors arrive today.
    #[default]
    Ipv4First,
    /// Version 4 alone.
    Ipv4Only,
    /// Version 6 alone.
    Ipv6Only,
}

impl AddressFamily {
    /// The addresses to dial. Versions are never mixed, so that a failure speaks of one of them.
    fn choose(self, all: &[IpAddr]) -> Vec<IpAddr> {
        let of = |want_v4: bool| all.iter().copied().filter(|address| address.is_ipv4() == want_v4).collect::<Vec<_>>();
        match self {
            Self::Ipv4Only => of(true),
            Self::Ipv6Only => of(false),
            Self::Ipv4First => Some(of(true)).filter(|v4| !v4.is_empty()).unwrap_or_else(|| of(false)),
        }
    }

    /// Whether a literal address may be dialed.
    pub(super) fn permits(self, address: IpAddr) -> bool {
        !self.choose(&[address]).is_empty()
    }
}

/// Why a name gave no address to dial.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// There is no such name, or it has no address of the version asked for.
    #[error("{0}")]
    NotFound(String),
    /// The name servers did not answer, or not usably.
    #[error("{0}")]
    Failed(String),
}

/// Asks for the addresses of a name, both versions. Implemented by the system's name servers and by a fixed table.
pub trait Lookup: Send + Sync {
    /// The addresses of `host`, which is never a literal address.
    fn lookup(&self, host: &str) -> BoxFuture<'static, Result<Vec<IpAddr>, LookupError>>;
}

/// A fixed table, for simulated portals and tests. A name with several answers gives them in turn, then the last for
/// good: so does a name server that rebinds.
#[derive(Debug, Default)]
pub struct StaticNames {
    answers: Mutex<BTreeMap<String, Vec<Vec<IpAddr>>>>,
}

impl StaticNames {
    /// The same table with one more answer for `host`.
    #[must_use]
    pub fn with(self, host: &str, addresses: &[IpAddr]) -> Self {
        let mut answers = self.answers.into_inner().unwrap_or_else(PoisonError::into_inner);
        answers.entry(host.to_ascii_lowercase()).or_default().push(addresses.to_vec());
        Self { answers: Mutex::new(answers) }
    }
}

impl Lookup for StaticNames {
    fn lookup(&self, host: &str) -> BoxFuture<'static, Result<Vec<IpAddr>, LookupError>> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = match answers.get_mut(host) {
            Some(turns) if turns.len() > 1 => Ok(turns.remove(0)),
            Some(turns) => Ok(turns.first().cloned().unwrap_or_default()),
            None => Err(LookupError::NotFound(format!("`{host}` is not in the table of names"))),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// The name servers this machine is configured with.
#[derive(Default)]
pub(super) struct SystemNames {
    /// Made at the first question: a run on literal addresses needs no name server and must not fail without one.
    resolver: OnceLock<Result<TokioResolver, LookupError>>,
}

impl SystemNames {
    fn resolver(&self) -> Result<TokioResolver, LookupError> {
        self.resolver
            .get_or_init(|| {
                let unusable = |error: NetError| LookupError::Failed(format!("no usable resolver: {error}"));
                let mut builder = TokioResolver::builder_tokio().map_err(unusable)?;
                builder.options_mut().ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
                builder.build().map_err(unusable)
            })
            .clone()
    }
}

impl Lookup for SystemNames {
    fn lookup(&self, host: &str) -> BoxFuture<'static, Result<Vec<IpAddr>, LookupError>> {
        let resolver = self.resolver();
        // The final dot keeps the machine's search domains out: the catalogue's names are whole.
        let name = format!("{}.", host.trim_end_matches('.'));
        Box::pin(async move { Ok(resolver?.lookup_ip(name).await.map_err(|error| explain(&error))?.iter().collect()) })
    }
}

fn explain(error: &NetError) -> LookupError {
    let absent = match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => {
            matches!(none.response_code, ResponseCode::NXDomain | ResponseCode::NoError)
        }
        NetError::Dns(DnsError::ResponseCode(code)) => *code == ResponseCode::NXDomain,
        _ => false,
    };
    if absent { LookupError::NotFound(error.to_string()) } else { LookupError::Failed(error.to_string()) }
}

/// Names looked up and judged: the second of the guard's three places.
#[derive(Clone)]
pub(super) struct JudgedNames {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) guard: Guard,
    pub(super) family: AddressFamily,
}

/// Why a name may not or cannot be dialed.
#[derive(Debug, thiserror::Error)]
pub(super) enum NameFailure {
    #[error(transparent)]
    Lookup(#[from] LookupError),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl JudgedNames {
    /// The addresses to dial for `host`. One forbidden address spoils the whole answer: a public portal has no reason
    /// to name an inner address, an attacker has.
    pub(super) async fn resolve(&self, host: &str, trace: &Tracing) -> Result<Vec<IpAddr>, NameFailure> {
        trace.dns_begun();
        let all = self.lookup.lookup(host).await?;
        trace.dns_done(&all);
        for address in &all {
            self.guard.judge_address(*address)?;
        }
        let chosen = self.family.choose(&all);
        if chosen.is_empty() {
            let version = if self.family == AddressFamily::Ipv6Only { "IPv6 " } else { "" };
            return Err(LookupError::NotFound(format!("`{host}` has no {version}address")).into());
        }
        Ok(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().expect("an address written in this test")).collect()
    }

    fn judged(family: AddressFamily, names: StaticNames) -> JudgedNames {
        JudgedNames { lookup: Arc::new(names), guard: Guard::default(), family }
    }

    #[test]
    fn an_absent_name_is_told_from_a_server_that_fails() {
        use hickory_resolver::net::NoRecords;
        use hickory_resolver::proto::op::Query;
        let none = |code| NetError::Dns(DnsError::NoRecordsFound(NoRecords::new(Query::default(), code)));
        for absent in [none(ResponseCode::NXDomain), none(ResponseCode::NoError)] {
            assert!(matches!(explain(&absent), LookupError::NotFound(_)), "{absent}");
        }
        let servfail = NetError::Dns(DnsError::ResponseCode(ResponseCode::ServFail));
        for failed in [none(ResponseCode::ServFail), servfail, NetError::Timeout, NetError::NoConnections] {
            assert!(matches!(explain(&failed), LookupError::Failed(_)), "{failed}");
        }
    }

    #[tokio::test]
    async fn versions_are_never_mixed() {
        let both = addresses(&["2400:3200::1", "8.8.8.8", "8.8.4.4"]);
        for (family, expected) in [
            (AddressFamily::Ipv4First, addresses(&["8.8.8.8", "8.8.4.4"])),
            (AddressFamily::Ipv4Only, addresses(&["8.8.8.8", "8.8.4.4"])),
            (AddressFamily::Ipv6Only, addresses(&["2400:3200::1"])),
        ] {
            let names = judged(family, StaticNames::default().with("p.example", &both));
            let trace = Tracing::default();
            assert_eq!(names.resolve("p.example", &trace).await.expect("resolves"), expected);
            assert_eq!(trace.read(|state| state.resolved.clone()), both, "all answers are kept as evidence");
        }
        let six = addresses(&["2400:3200::1"]);
        let names = judged(AddressFamily::Ipv4First, StaticNames::default().with("six.example", &six));
        assert_eq!(names.resolve("six.example", &Tracing::default()).await.expect("resolves"), six);
    }

    #[tokio::test]
    async fn a_name_without_the_version_asked_for_is_not_found() {
        let names = judged(AddressFamily::Ipv6Only, StaticNames::default().with("p.example", &addresses(&["8.8.8.8"])));
        let failure = names.resolve("p.example", &Tracing::default()).await.expect_err("no version 6");
        assert_eq!(failure.to_string(), "`p.example` has no IPv6 address");
    }

    #[tokio::test]
    async fn one_forbidden_address_spoils_the_answer() {
        let mixed = addresses(&["8.8.8.8", "10.0.0.1"]);
        let names = judged(AddressFamily::Ipv4First, StaticNames::default().with("p.example", &mixed));
        let failure = names.resolve("p.example", &Tracing::default()).await.expect_err("refused");
        assert!(matches!(failure, NameFailure::Refused(_)), "{failure}");
    }

    #[tokio::test]
    async fn a_table_gives_its_answers_in_turn() {
        let names = StaticNames::default().with("P.example", &addresses(&["8.8.8.8"])).with("p.example", &[]);
        assert_eq!(names.lookup("p.example").await, Ok(addresses(&["8.8.8.8"])));
        assert_eq!(names.lookup("p.example").await, Ok(vec![]));
        assert_eq!(names.lookup("p.example").await, Ok(vec![]));
        assert!(matches!(names.lookup("q.example").await, Err(LookupError::NotFound(_))));
    }
}
