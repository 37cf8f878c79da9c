//! Our own network: control addresses that tell our outage from theirs.

use url::Url;

use super::clock::Clock;
use super::record_ids::RecordIds;
use crate::fetch::Fetcher;
use crate::frontier::Ticket;
use crate::model::{Capture, ChannelId, CityCode, CityDossier, Method, Purpose, RecordId, Request};
use crate::telemetry;

/// What a probe of the control addresses gave.
#[derive(Debug)]
pub(super) struct Probe {
    /// Whether any of them answered; one silent address may be its own fault.
    pub(super) up: bool,
    /// The exchanges: they belong to the evidence like any other.
    pub(super) captures: Vec<Capture>,
}

/// The questions of one probe.
pub(super) fn questions(addresses: &[Url], ids: &mut RecordIds) -> Vec<(RecordId, Request)> {
    addresses.iter().map(request).map(|request| (ids.next(&request), request)).collect()
}

/// Asks every control address once.
pub(super) async fn probe(fetcher: &Fetcher, clock: Clock, questions: Vec<(RecordId, Request)>) -> Probe {
    let mut captures = Vec::new();
    for (record, request) in questions {
        let url = request.url.clone();
        let Some(ticket) = Ticket::own_network(request) else { continue };
        let date = clock.civil();
        let (request, exchange) = fetcher.fetch(ticket).await;
        if exchange.outcome.is_err() {
            telemetry::own_network_down(&url);
        }
        captures.push(Capture { record, request, date, exchange, revisit: None });
    }
    Probe { up: captures.iter().any(|capture| capture.failure().is_none()), captures }
}

/// Whether a city's failures could be ours: then the control addresses are asked again before it is judged.
pub(super) fn could_be_ours(dossier: &CityDossier) -> bool {
    dossier.pages.iter().filter_map(|page| page.failure.as_ref()).any(|failure| failure.kind.is_transient())
}

fn request(url: &Url) -> Request {
    let nobody = CityCode("000000".to_owned());
    Request {
        id: Request::fingerprint(&nobody, Method::Get, (url, None), &Purpose::OwnNetwork),
        priority: 100,
        ..Request::new(nobody, ChannelId("own_network".to_owned()), url.clone(), Purpose::OwnNetwork)
    }
}
