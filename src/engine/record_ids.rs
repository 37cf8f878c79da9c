//! The identities of records: derived from the run, the request, and how often it was asked for, never from chance. A run
//! that was resumed gives the same as one that was not.

use std::collections::BTreeMap;

use crate::model::{CityCode, RecordId, Request, RequestId};
use crate::warc::record::derived_id;

/// How often each request has been asked for, of the cities under way.
#[derive(Debug)]
pub(super) struct RecordIds {
    run: String,
    asked: BTreeMap<CityCode, BTreeMap<RequestId, u32>>,
}

impl RecordIds {
    pub(super) fn of(run: &str) -> Self {
        Self { run: run.to_owned(), asked: BTreeMap::new() }
    }

    /// The record of the next exchange for this request.
    pub(super) fn next(&mut self, request: &Request) -> RecordId {
        let count = self.asked.entry(request.target.clone()).or_default().entry(request.id.clone()).or_default();
        *count += 1;
        derived_id(&self.run, &format!("{} {count}", request.id.0))
    }

    /// A city is done with.
    pub(super) fn forget(&mut self, city: &CityCode) {
        self.asked.remove(city);
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::model::{ChannelId, Purpose};

    #[test]
    fn each_time_a_request_is_asked_for_it_has_another_record_and_the_next_run_other_ones() {
        let url = Url::parse("http://h.test/").expect("an address");
        let request = Request::new(CityCode("1".into()), ChannelId("portal".into()), url, Purpose::Page);
        let (mut ids, mut again, mut other) = (RecordIds::of("a"), RecordIds::of("a"), RecordIds::of("b"));
        let (first, second) = (ids.next(&request), ids.next(&request));
        assert_ne!(first, second);
        assert_eq!((again.next(&request), again.next(&request)), (first.clone(), second));
        assert_ne!(other.next(&request), first);
    }
}
