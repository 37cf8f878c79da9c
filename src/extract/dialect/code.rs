//! The item code in an address.
//!
//! Comes in: an address. Goes out: the code that it carries, if it carries one. Must never know: families; the forms of
//! the code are national.
//!
//! An address may be a redirector, a hash route or signed for one session, and the same item stands under several of
//! them. The code is the same everywhere: 31 signs for an item (实施编码), 33 for one of its handling items
//! (业务办理项编码), 24 in older lists.

use url::Url;

/// Lengths of the codes. They begin with the division or the credit code of the body that acts, in digits and capitals.
const LENGTHS: [usize; 3] = [31, 33, 24];

/// Digits that such a code has at least; identifiers of 24 signs made by databases have fewer.
const LEAST_DIGITS: usize = 20;

/// The item code that an address carries, in its query, behind its hash, or as a part of its path.
pub(in crate::extract) fn item_code(url: &Url) -> Option<String> {
    let fragment = url.fragment().unwrap_or_default();
    let behind = fragment.split_once('?').map_or("", |(_, query)| query);
    let from_query =
        url.query_pairs().chain(url::form_urlencoded::parse(behind.as_bytes())).find_map(|(_, value)| code(&value));
    from_query.or_else(|| {
        let mut places = url.path().split('/').chain(fragment.split(['/', '?']));
        places.find_map(|part| code(part.split('.').next()?))
    })
}

fn code(text: &str) -> Option<String> {
    let is_code = LENGTHS.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && text.bytes().filter(u8::is_ascii_digit).count() >= LEAST_DIGITS;
    is_code.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(address: &str) -> Option<String> {
        item_code(&Url::parse(address).expect("a valid address"))
    }

    #[test]
    fn the_code_is_found_wherever_an_address_carries_it() {
        let code = "11440000006939756B2440101007000";
        for address in [
            format!("http://h.test/portal/v2/guide/{code}"),
            format!("http://h.test/guide/{code}.html"),
            format!("http://h.test/t?areaCode=440100&itemCode={code}&t=1589265600123&s=9f2a"),
            format!("http://h.test/fe/#/workguide?localInnerCode={code}"),
            format!("http://h.test/apply.html#/{code}"),
        ] {
            assert_eq!(found(&address).as_deref(), Some(code), "{address}");
        }
        assert_eq!(found("http://h.test/g?code=11440000006939756B244010100700001").map(|code| code.len()), Some(33));
    }

    #[test]
    fn other_identifiers_are_no_item_codes() {
        for address in [
            "http://h.test/g?id=5f2d9c01e4b0a1c2d3e4f5a6",
            "http://h.test/g?id=0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "http://h.test/t20200310_1301.html",
            "http://h.test/g?itemCode=1",
        ] {
            assert_eq!(found(address), None, "{address}");
        }
    }
}
