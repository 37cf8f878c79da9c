//! The same sample every night.
//!
//! Comes in: addresses in any order. Goes out: some of them, chosen by their digest, so that the choice depends neither
//! on the order of arrival nor on how many others there are. Must never know: what the sample is for.

use url::Url;

use crate::model::Digest;

/// At most `n` of `urls`, without repetition. An address keeps its rank when others come or go; another seed gives
/// another sample.
#[must_use]
pub fn stable_sample(urls: &[Url], n: usize, seed: u64) -> Vec<Url> {
    let seed = seed.to_string();
    let mut ranked: Vec<(Digest, &Url)> =
        urls.iter().map(|url| (Digest::of_parts([seed.as_str(), url.as_str()]), url)).collect();
    ranked.sort();
    ranked.dedup();
    ranked.into_iter().take(n).map(|(_, url)| url.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(n: usize) -> Vec<Url> {
        (0..n).map(|i| Url::parse(&format!("http://portal.example/{i}")).expect("absolute")).collect()
    }

    #[test]
    fn the_sample_does_not_depend_on_order_or_repetition() {
        let forward = urls(200);
        let mut backward = forward.clone();
        backward.reverse();
        backward.extend(forward[..50].to_vec());
        assert_eq!(stable_sample(&forward, 20, 7), stable_sample(&backward, 20, 7));
        assert_eq!(stable_sample(&forward, 20, 7).len(), 20);
    }

    #[test]
    fn a_new_address_pushes_out_at_most_one() {
        let before = stable_sample(&urls(200), 20, 7);
        let after = stable_sample(&urls(201), 20, 7);
        assert!(before.iter().filter(|url| after.contains(url)).count() >= 19);
    }

    #[test]
    fn another_seed_gives_another_sample() {
        assert_ne!(stable_sample(&urls(200), 20, 7), stable_sample(&urls(200), 20, 8));
    }

    #[test]
    fn few_addresses_are_all_taken() {
        assert_eq!(stable_sample(&urls(3), 20, 7).len(), 3);
        assert!(stable_sample(&[], 20, 7).is_empty());
    }
}
