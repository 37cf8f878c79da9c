//! Taking in addresses.
//!
//! Comes in: an address that somebody found. Goes out: queued, known already, or not to be asked for and why. Must never
//! know: what the page it was found on says.

use std::cmp::Reverse;
use std::time::Duration;

use url::Url;

use super::priority::{Promise, priority};
use super::queue::{Place, Waiting};
use super::robots::Leave;
use super::seen::{Key, Known, State, Way};
use super::{Frontier, canonical, origin, trap};
use crate::model::extraction::LinkRole;
use crate::model::{
    ChannelId, CityCode, Hop, HopPath, Lane, Link, Method, Profile, Purpose, QueryBody, Request, RequestId, SkipReason,
    Validators,
};

/// Characters of a link's words that are kept with the request.
const ANCHOR_LENGTH: usize = 64;

/// How many waiting pages a city may have, as a multiple of the pages it may ask for: those of lowest rank beyond that
/// could never have their turn, and forgetting them bounds the memory.
const WAITING_PER_REQUEST: u64 = 2;

/// An address somebody found.
#[derive(Debug, Clone)]
pub struct Offer<'a> {
    /// The city.
    pub target: CityCode,
    /// The channel.
    pub channel: ChannelId,
    /// The address, in any spelling.
    pub url: Url,
    /// The method.
    pub method: Method,
    /// The query's body, for a POST.
    pub body: Option<QueryBody>,
    /// Why it would be asked for.
    pub purpose: Purpose,
    /// The request on whose answer it was found; `None` for seeds.
    pub via: Option<&'a Request>,
    /// How a visitor gets from there to here. Not used for seeds.
    pub hop: Hop,
    /// The link's words.
    pub anchor: String,
    /// What its place promises.
    pub role: LinkRole,
    /// Computer or phone.
    pub profile: Profile,
    /// TLS strictness; a host known to need the lenient lane gets it by itself.
    pub lane: Lane,
    /// For a conditional request.
    pub validators: Option<Validators>,
    /// Not before this moment since the start of the run; zero = as soon as it may be.
    pub not_before: Duration,
}

impl<'a> Offer<'a> {
    /// An attempt at an entry page, not before the given moment.
    #[must_use]
    pub fn entry(
        channel: (&CityCode, &ChannelId),
        url: Url,
        profile: Profile,
        attempt: u8,
        not_before: Duration,
    ) -> Self {
        Self {
            target: channel.0.clone(),
            channel: channel.1.clone(),
            url,
            method: Method::Get,
            body: None,
            purpose: Purpose::Entry { attempt },
            via: None,
            hop: Hop::Link,
            anchor: String::new(),
            role: LinkRole::Page,
            profile,
            lane: Lane::Strict,
            validators: None,
            not_before,
        }
    }

    /// A link found on the answer to `via`.
    #[must_use]
    pub fn link(via: &'a Request, link: &Link) -> Self {
        let purpose = match link.role {
            LinkRole::Page | LinkRole::Paging | LinkRole::Embed | LinkRole::Data => Purpose::Page,
            LinkRole::BlankForm | LinkRole::SampleForm | LinkRole::Flowchart | LinkRole::File | LinkRole::QrImage => {
                Purpose::Attachment
            }
        };
        let mut offer = Self::found(via, link.url.clone(), purpose, link.hop);
        offer.anchor.clone_from(&link.text);
        offer.role = link.role;
        if let Some(query) = &link.query {
            offer.method = Method::Post;
            offer.body = Some(query.clone());
        }
        offer
    }

    /// An address found on the answer to `via`, without words.
    #[must_use]
    pub fn found(via: &'a Request, url: Url, purpose: Purpose, hop: Hop) -> Self {
        Self {
            target: via.target.clone(),
            channel: via.channel.clone(),
            url,
            method: Method::Get,
            body: None,
            purpose,
            via: Some(via),
            hop,
            anchor: String::new(),
            role: LinkRole::Page,
            profile: via.profile,
            lane: Lane::Strict,
            validators: None,
            not_before: Duration::ZERO,
        }
    }
}

impl Offer<'_> {
    fn asks(&self) -> (&Url, Option<&QueryBody>) {
        (&self.url, self.body.as_ref())
    }
}

/// What became of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offered {
    /// It waits for its turn.
    Queued(RequestId),
    /// It waits already, is in transit or settled; the id is that of the one request for the address.
    Duplicate(RequestId),
    /// It is not asked for.
    Skipped(SkipReason),
}

impl Frontier {
    /// Takes in an address.
    pub fn offer(&mut self, offer: Offer<'_>, now: Duration) -> Offered {
        self.take_offer(offer, false, now)
    }

    /// Takes in the target of a redirect. `again` lets an address that only redirected so far be asked once more: some
    /// gates set a cookie and send the visitor back to where he came from.
    pub(super) fn take_offer(&mut self, mut offer: Offer<'_>, again: bool, now: Duration) -> Offered {
        let Some(city) = self.index.get(&offer.target).copied() else {
            return Offered::Skipped(SkipReason::OutOfScope);
        };
        if let Some(reason) = self.cities[city].closed {
            return Offered::Skipped(reason);
        }
        // A monstrous address is not worth the work of spelling it.
        if offer.url.as_str().len() <= self.settings.max_url_length.saturating_mul(2) {
            offer.url = canonical(&offer.url);
        }
        let way = self.way(city, &offer);
        let key = Key::of(offer.asks(), &offer.purpose, offer.profile);
        if let Some((purpose, known)) = self.known(city, &key, &offer) {
            match known.state {
                State::Waiting(place) => return self.met_in_queue(city, place, &offer, way),
                State::Settled { redirected: true } if again => {}
                State::InTransit | State::Settled { .. } => {
                    // A HEAD tells that an address lives; who wants to read it must still ask for it.
                    if known.method == offer.method || known.method == Method::Get || !is_reading(&offer.purpose) {
                        let id = Request::fingerprint(&offer.target, known.method, offer.asks(), &purpose);
                        return Offered::Duplicate(id);
                    }
                }
                State::Skipped(reason @ (SkipReason::TooDeep | SkipReason::RedirectLimit)) => {
                    if self.refusal(city, &offer, way, now).is_some() {
                        return Offered::Skipped(reason);
                    }
                    self.cities[city].uncount_skip(&offer.channel, reason);
                    self.skipped_taken_back(reason);
                }
                State::Skipped(reason) => return Offered::Skipped(reason),
            }
        }
        if let Some(reason) = self.refusal(city, &offer, way, now) {
            self.cities[city].seen.set(key, Known { state: State::Skipped(reason), method: offer.method, way });
            self.count_skip(city, &offer.channel, &offer.url, reason);
            return Offered::Skipped(reason);
        }
        self.queue_up(city, offer, way, now)
    }

    /// What is known of the address, and why it is asked for. The first attempt at an entry reads it for everybody.
    fn known(&self, city: usize, key: &Key, offer: &Offer<'_>) -> Option<(Purpose, Known)> {
        let seen = &self.cities[city].seen;
        if let Some(known) = seen.get(key) {
            return Some((offer.purpose.clone(), known));
        }
        if !is_reading(&offer.purpose) {
            return None;
        }
        let entry = Purpose::Entry { attempt: 1 };
        let known = seen.get(&Key::of(offer.asks(), &entry, offer.profile))?;
        Some((entry, known))
    }

    fn way(&self, city: usize, offer: &Offer<'_>) -> Way {
        let Some(via) = offer.via else { return Way::default() };
        let from = self.cities[city].seen.get(&Key::of(via.asks(), &via.purpose, via.profile));
        let from = from.map_or(Way { depth: via.hops.clicks(), list_pages: 0 }, |known| known.way);
        match (offer.hop, offer.role) {
            (Hop::Link, LinkRole::Paging) => Way { list_pages: from.list_pages + 1, ..from },
            (Hop::Link | Hop::Search, _) => Way { depth: from.depth + 1, list_pages: 0 },
            (Hop::Redirect | Hop::Embed | Hop::Prerequisite, _) => from,
        }
    }

    /// Why the address may not be asked for, if so.
    fn refusal(&self, city: usize, offer: &Offer<'_>, way: Way, now: Duration) -> Option<SkipReason> {
        let state = &self.cities[city];
        let Some(channel) = state.channels.get(&offer.channel) else { return Some(SkipReason::OutOfScope) };
        // robots.txt is asked for by the frontier itself, and our own network belongs to no city.
        if matches!(offer.purpose, Purpose::Robots | Purpose::OwnNetwork) {
            return Some(SkipReason::OutOfScope);
        }
        if let Some(reason) = channel.scope.refusal(&offer.url) {
            return Some(reason);
        }
        if self.stopped.holds(&offer.url) {
            return Some(SkipReason::Stopped);
        }
        let redirects = offer.via.map_or(0, |via| via.hops.then(offer.hop).trailing_redirects());
        if redirects > self.settings.redirect_limit {
            return Some(SkipReason::RedirectLimit);
        }
        if way.depth > self.settings.max_clicks {
            return Some(SkipReason::TooDeep);
        }
        if way.list_pages > self.settings.max_list_pages
            || trap::looks_endless(&offer.url, &self.settings)
            || (offer.purpose == Purpose::Page && state.variants.exhausted(offer.asks(), &self.settings))
        {
            return Some(SkipReason::Trap);
        }
        match self.hosts.get(&origin(&offer.url)).map(|host| host.robots.leave(&offer.url, now)) {
            Some(Leave::Refused) => return Some(SkipReason::RobotsDisallowed),
            Some(Leave::Closed) => return Some(SkipReason::RobotsUnavailable),
            Some(Leave::Granted | Leave::AskRobotsFirst | Leave::Later(_)) | None => {}
        }
        if self.group_is_away(&offer.url) {
            return Some(SkipReason::BackedOff);
        }
        state.spent.limit_reached(&offer.purpose, now, &self.settings)
    }

    fn queue_up(&mut self, city: usize, offer: Offer<'_>, way: Way, now: Duration) -> Offered {
        let key = Key::of(offer.asks(), &offer.purpose, offer.profile);
        let group = self.queue.group_named(&self.group_name(&offer.url));
        let not_before = match self.hosts.get(&origin(&offer.url)).map(|host| host.robots.leave(&offer.url, now)) {
            Some(Leave::Later(until)) => until.max(offer.not_before),
            Some(Leave::Granted | Leave::Refused | Leave::AskRobotsFirst | Leave::Closed) | None => offer.not_before,
        };
        let method = offer.method;
        let request = self.request(offer, way);
        let id = request.id.clone();
        let sequence = self.queue.next_sequence();
        let waiting = Waiting { request, way, not_before, sequence };
        let state = State::Waiting(waiting.place(group));
        self.cities[city].seen.set(key, Known { state, method, way });
        self.enqueue(city, group, waiting);
        if self.forget_least(city, now) == Some(sequence) {
            return Offered::Skipped(SkipReason::BudgetRequests);
        }
        Offered::Queued(id)
    }

    fn request(&self, offer: Offer<'_>, way: Way) -> Request {
        let promise = Promise {
            purpose: &offer.purpose,
            anchor: &offer.anchor,
            url: &offer.url,
            role: offer.role,
            via: offer.via,
            depth: way.depth,
        };
        let priority = match (offer.hop, offer.via) {
            // The rest of a way already begun.
            (Hop::Redirect, Some(via)) => via.priority,
            _ => priority(promise, &self.settings),
        };
        Request {
            id: Request::fingerprint(&offer.target, offer.method, offer.asks(), &offer.purpose),
            target: offer.target,
            channel: offer.channel,
            url: offer.url,
            method: offer.method,
            body: offer.body,
            purpose: offer.purpose,
            via: offer.via.map(|via| via.id.clone()),
            hops: offer.via.map_or_else(HopPath::default, |via| via.hops.then(offer.hop)),
            attempt: 1,
            lane: offer.lane,
            profile: offer.profile,
            anchor: offer.anchor.chars().take(ANCHOR_LENGTH).collect(),
            priority,
            validators: offer.validators,
        }
    }

    /// An address that waits was offered again: the better rank, the shorter way and the stronger purpose win.
    fn met_in_queue(&mut self, city: usize, place: Place, offer: &Offer<'_>, way: Way) -> Offered {
        let other = self.request(offer.clone(), way);
        let Some(mut waiting) = self.queue.remove(city, place) else { return Offered::Duplicate(other.id) };
        let request = &mut waiting.request;
        // An entry stays what it is.
        if is_reading(&request.purpose) {
            request.priority = request.priority.max(other.priority);
            if other.hops.clicks() < request.hops.clicks() {
                request.hops.clone_from(&other.hops);
                request.via.clone_from(&other.via);
            }
            if strength(&other.purpose) > strength(&request.purpose) {
                let (attempt, priority, lane) = (request.attempt, request.priority, request.lane);
                let (hops, via) = (std::mem::take(&mut request.hops), request.via.take());
                *request = Request { via, hops, attempt, lane, priority, ..other };
            }
            if way.depth < waiting.way.depth {
                waiting.way = way;
            }
        }
        let id = waiting.request.id.clone();
        self.put_back(city, place.group, waiting);
        Offered::Duplicate(id)
    }

    /// Forgets the least promising page when more wait than could ever be asked for. Returns which.
    fn forget_least(&mut self, city: usize, now: Duration) -> Option<u64> {
        let limit = self.settings.requests_per_city.saturating_mul(WAITING_PER_REQUEST);
        if self.cities[city].waiting <= limit {
            return None;
        }
        let groups: Vec<usize> = self.cities[city].groups.iter().copied().collect();
        let least = groups.into_iter().filter_map(|group| self.queue.least_page(group, city, now));
        let place = least.min_by_key(|place| (place.priority, Reverse(place.sequence)))?;
        let waiting = self.queue.remove(city, place)?;
        self.drop_waiting(city, &waiting, SkipReason::BudgetRequests);
        Some(waiting.sequence)
    }
}

fn is_reading(purpose: &Purpose) -> bool {
    strength(purpose) > 0
}

/// Of several reasons to read one address the strongest wins.
fn strength(purpose: &Purpose) -> u8 {
    match purpose {
        Purpose::Page => 3,
        Purpose::Attachment => 2,
        Purpose::LinkCheck => 1,
        Purpose::Robots
        | Purpose::Entry { .. }
        | Purpose::Control404
        | Purpose::Search { .. }
        | Purpose::Ipv6
        | Purpose::Render
        | Purpose::OwnNetwork => 0,
    }
}
