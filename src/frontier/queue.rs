//! Who is next.
//!
//! Comes in: requests with a group, a city and a rank. Goes out: the next request, one per group at a time. Must never
//! know: why a request is worth its rank, or what becomes of it.
//!
//! Three levels: the group whose turn came longest ago; in the group, the city served longest ago; in the city, the
//! highest priority, then the order of arrival. Groups wait in one ordered set of wake times, so that asking for the
//! next request costs a logarithm and not a walk over all groups.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::politeness::Pace;
use super::seen::Way;
use crate::model::{Purpose, Request};

/// Where a request waits, enough to find it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) group: usize,
    pub(super) priority: u8,
    pub(super) sequence: u64,
    pub(super) not_before: Duration,
}

/// A request that waits.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) request: Request,
    pub(super) way: Way,
    pub(super) not_before: Duration,
    pub(super) sequence: u64,
}

impl Waiting {
    pub(super) fn place(&self, group: usize) -> Place {
        Place { group, priority: self.request.priority, sequence: self.sequence, not_before: self.not_before }
    }

    fn rank(&self) -> Rank {
        (Reverse(self.request.priority), self.sequence)
    }
}

type Rank = (Reverse<u8>, u64);

/// One politeness group.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) pace: Pace,
    /// What is in transit; nothing else is handed out meanwhile.
    pub(super) in_transit: Option<InTransit>,
    lines: BTreeMap<usize, Line>,
    turns: BTreeSet<(u64, usize)>,
    later: BTreeMap<(Duration, u64), (usize, Waiting)>,
    served: u64,
    wake: Option<(Duration, u64)>,
}

/// A request that is being exchanged.
#[derive(Debug)]
pub(super) struct InTransit {
    pub(super) city: usize,
    pub(super) waiting: Waiting,
    pub(super) since: Duration,
    /// For a robots.txt: the origin it is asked for.
    pub(super) robots_of: Option<String>,
}

/// The requests of one city in one group, those that may be asked for now.
#[derive(Debug, Default)]
struct Line {
    served: u64,
    waiting: BTreeMap<Rank, Waiting>,
}

/// What the queue says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// This group may be served.
    Group(usize),
    /// None before this moment.
    At(Duration),
    /// Nothing waits, except perhaps behind what is in transit.
    Nothing,
}

/// All groups.
#[derive(Debug, Default)]
pub(super) struct Queue {
    groups: Vec<Group>,
    names: BTreeMap<String, usize>,
    awake: BTreeSet<(Duration, u64, usize)>,
    sequence: u64,
    turn: u64,
}

impl Group {
    /// How many requests wait, now or for later.
    pub(super) fn waiting(&self) -> usize {
        self.later.len() + self.lines.values().map(|line| line.waiting.len()).sum::<usize>()
    }
}

impl Queue {
    /// The group of this name, made if it is new.
    pub(super) fn group_named(&mut self, name: &str) -> usize {
        if let Some(index) = self.names.get(name) {
            return *index;
        }
        let index = self.groups.len();
        self.names.insert(name.to_owned(), index);
        self.groups.push(Group {
            name: name.to_owned(),
            pace: Pace::default(),
            in_transit: None,
            lines: BTreeMap::new(),
            turns: BTreeSet::new(),
            later: BTreeMap::new(),
            served: 0,
            wake: None,
        });
        index
    }

    /// The group of this name, if there is one.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    pub(super) fn group(&self, index: usize) -> &Group {
        &self.groups[index]
    }

    /// After a change of pace or of what is in transit, [`Queue::arm`] must follow.
    pub(super) fn group_mut(&mut self, index: usize) -> &mut Group {
        &mut self.groups[index]
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter()
    }

    /// A number that is larger than all before: the order of arrival.
    pub(super) fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// Puts a request in.
    pub(super) fn push(&mut self, group: usize, city: usize, waiting: Waiting) {
        self.groups[group].later.insert((waiting.not_before, waiting.sequence), (city, waiting));
        self.arm(group);
    }

    /// What is due at `now`.
    pub(super) fn due(&self, now: Duration) -> Due {
        match self.awake.first() {
            Some((wake, _, group)) if *wake <= now => Due::Group(*group),
            Some((wake, _, _)) => Due::At(*wake),
            None => Due::Nothing,
        }
    }

    /// The next request of a group that is due, with its city.
    pub(super) fn take(&mut self, index: usize, now: Duration) -> Option<(usize, Waiting)> {
        let turn = self.turn + 1;
        let group = &mut self.groups[index];
        group.line_up(now);
        let (served, city) = group.turns.pop_first()?;
        let line = group.lines.get_mut(&city).filter(|line| line.served == served)?;
        let (_, waiting) = line.waiting.pop_first()?;
        line.served = turn;
        group.served = turn;
        if !line.waiting.is_empty() {
            group.turns.insert((turn, city));
        }
        self.turn = turn;
        self.arm(index);
        Some((city, waiting))
    }

    /// Takes the request at `place` as [`Queue::take`] had taken it: its city and group have had their turn.
    pub(super) fn take_from(&mut self, city: usize, place: Place) -> Option<Waiting> {
        let waiting = self.remove(city, place)?;
        self.take_turn(place.group, city);
        Some(waiting)
    }

    /// A city and its group have had their turn.
    pub(super) fn take_turn(&mut self, index: usize, city: usize) {
        self.turn += 1;
        let turn = self.turn;
        let group = &mut self.groups[index];
        let line = group.lines.entry(city).or_default();
        group.turns.remove(&(line.served, city));
        line.served = turn;
        group.served = turn;
        if !line.waiting.is_empty() {
            group.turns.insert((turn, city));
        }
        self.arm(index);
    }

    /// Takes out the request at `place`, if it still waits there.
    pub(super) fn remove(&mut self, city: usize, place: Place) -> Option<Waiting> {
        let group = &mut self.groups[place.group];
        let later = group.later.remove(&(place.not_before, place.sequence)).map(|(_, waiting)| waiting);
        let removed = later.or_else(|| {
            let line = group.lines.get_mut(&city)?;
            let waiting = line.waiting.remove(&(Reverse(place.priority), place.sequence))?;
            if line.waiting.is_empty() {
                group.turns.remove(&(line.served, city));
            }
            Some(waiting)
        });
        self.arm(place.group);
        removed
    }

    /// Takes out every request of one group that is `wanted`, in order of arrival; with `city`, only that city's.
    pub(super) fn extract(
        &mut self,
        index: usize,
        city: Option<usize>,
        mut wanted: impl FnMut(&Request) -> bool,
    ) -> Vec<(usize, Waiting)> {
        let group = &mut self.groups[index];
        let is_meant = |owner: usize| city.is_none_or(|city| city == owner);
        let later = group.later.extract_if(.., |_, (owner, one)| is_meant(*owner) && wanted(&one.request));
        let mut out: Vec<(usize, Waiting)> = later.map(|(_, one)| one).collect();
        let (first, last) = city.map_or((0, usize::MAX), |city| (city, city));
        for (owner, line) in group.lines.range_mut(first..=last) {
            let had_some = !line.waiting.is_empty();
            out.extend(line.waiting.extract_if(.., |_, one| wanted(&one.request)).map(|(_, one)| (*owner, one)));
            if had_some && line.waiting.is_empty() {
                group.turns.remove(&(line.served, *owner));
            }
        }
        out.sort_by_key(|(_, waiting)| waiting.sequence);
        self.arm(index);
        out
    }

    /// Every request of one city that waits in this group.
    pub(super) fn of_city(&self, index: usize, city: usize) -> impl Iterator<Item = &Waiting> {
        let group = &self.groups[index];
        let later = group.later.values().filter(move |(owner, _)| *owner == city).map(|(_, waiting)| waiting);
        group.lines.get(&city).into_iter().flat_map(|line| line.waiting.values()).chain(later)
    }

    /// The ordinary page of lowest rank that waits for one city in this group.
    pub(super) fn least_page(&mut self, index: usize, city: usize, now: Duration) -> Option<Place> {
        let group = &mut self.groups[index];
        group.line_up(now);
        let line = group.lines.get(&city)?;
        let least = line.waiting.values().rev().find(|waiting| waiting.request.purpose == Purpose::Page)?;
        Some(least.place(index))
    }

    /// Sets the moment at which the group wakes: when its pace allows and something may be asked for.
    pub(super) fn arm(&mut self, index: usize) {
        let group = &mut self.groups[index];
        if let Some((wake, served)) = group.wake.take() {
            self.awake.remove(&(wake, served, index));
        }
        if group.in_transit.is_some() {
            return;
        }
        let ready = if group.turns.is_empty() {
            group.later.first_key_value().map(|((not_before, _), _)| *not_before)
        } else {
            Some(Duration::ZERO)
        };
        if let Some(ready) = ready {
            let wake = ready.max(group.pace.next_allowed());
            group.wake = Some((wake, group.served));
            self.awake.insert((wake, group.served, index));
        }
    }
}

impl Group {
    /// Moves what may be asked for by now into the lines of its cities.
    fn line_up(&mut self, now: Duration) {
        while let Some(entry) = self.later.first_entry().filter(|entry| entry.key().0 <= now) {
            let (city, waiting) = entry.remove();
            let line = self.lines.entry(city).or_default();
            if line.waiting.is_empty() {
                self.turns.insert((line.served, city));
            }
            line.waiting.insert(waiting.rank(), waiting);
        }
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::model::{ChannelId, CityCode};

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn put(queue: &mut Queue, group: &str, city: usize, priority: u8, not_before: u64) -> Place {
        let index = queue.group_named(group);
        let sequence = queue.next_sequence();
        let url = Url::parse(&format!("http://{group}/{sequence}")).expect("absolute");
        let target = CityCode(city.to_string());
        let request = Request { priority, ..Request::new(target, ChannelId("portal".into()), url, Purpose::Page) };
        let waiting = Waiting { request, way: Way::default(), not_before: s(not_before), sequence };
        let place = waiting.place(index);
        queue.push(index, city, waiting);
        place
    }

    /// Takes everything that is due at `now`, as `city/sequence`.
    fn taken(queue: &mut Queue, now: u64) -> Vec<String> {
        let mut taken = Vec::new();
        while let Due::Group(group) = queue.due(s(now)) {
            let (city, waiting) = queue.take(group, s(now)).expect("a due group has a request");
            taken.push(format!("{city}/{}", waiting.sequence));
        }
        taken
    }

    #[test]
    fn groups_take_turns_then_cities_then_rank_then_arrival() {
        let mut queue = Queue::default();
        for (group, city, priority) in
            [("a", 1, 10), ("a", 1, 50), ("a", 2, 10), ("b", 3, 10), ("a", 1, 50), ("b", 3, 90), ("a", 2, 20)]
        {
            put(&mut queue, group, city, priority, 0);
        }
        assert_eq!(taken(&mut queue, 0), ["1/2", "3/6", "2/7", "3/4", "1/5", "2/3", "1/1"]);
    }

    #[test]
    fn the_group_that_waits_longest_is_first() {
        let mut queue = Queue::default();
        put(&mut queue, "a", 1, 90, 20);
        put(&mut queue, "b", 2, 10, 10);
        assert_eq!(queue.due(s(5)), Due::At(s(10)));
        assert_eq!(taken(&mut queue, 30), ["2/2", "1/1"]);
        assert_eq!(queue.due(s(30)), Due::Nothing);
    }

    #[test]
    fn what_is_in_transit_holds_its_group_and_no_other() {
        let mut queue = Queue::default();
        put(&mut queue, "a", 1, 10, 0);
        put(&mut queue, "b", 2, 10, 0);
        put(&mut queue, "a", 1, 10, 0);
        let (city, waiting) = queue.take(0, s(0)).expect("something waits");
        queue.group_mut(0).in_transit = Some(InTransit { city, waiting, since: s(0), robots_of: None });
        queue.arm(0);
        assert_eq!(taken(&mut queue, 99), ["2/2"]);
        queue.group_mut(0).in_transit = None;
        queue.arm(0);
        assert_eq!(taken(&mut queue, 99), ["1/3"]);
    }

    #[test]
    fn what_is_removed_is_gone_wherever_it_waits() {
        let mut queue = Queue::default();
        let early = put(&mut queue, "a", 1, 10, 0);
        let late = put(&mut queue, "a", 1, 10, 50);
        put(&mut queue, "a", 1, 5, 0);
        assert!(queue.least_page(0, 1, s(0)).is_some_and(|place| place.priority == 5), "lines the early ones up");
        assert!(queue.remove(1, early).is_some() && queue.remove(1, late).is_some());
        assert!(queue.remove(1, early).is_none());
        assert_eq!(queue.of_city(0, 1).count(), 1);
        assert_eq!(queue.extract(0, Some(1), |_| true).len(), 1);
        assert_eq!(queue.due(s(99)), Due::Nothing);
    }
}
