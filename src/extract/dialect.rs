//! Page families: which portal software made a page. A name for the record; the readers go by structure.
//!
//! Comes in: address and source. Goes out: a family's name. Must never know: cities.

use url::Url;

/// One family.
struct Family {
    id: &'static str,
    /// Parts of addresses.
    address: &'static [&'static str],
    /// Parts of the source.
    source: &'static [&'static str],
}

/// Known families (VOCABULARY §3–4), most telling first.
const FAMILIES: [Family; 7] = [
    Family { id: "epoint", address: &["epoint", "personaleventdetail", "taskguid="], source: &["epointzwmhwz"] },
    Family { id: "jpaas", address: &["jpaas", "ywtranstodetail", "/jiq/"], source: &["jpaas-", "ywTransToDetail"] },
    Family { id: "icity", address: &["/icity/"], source: &["its-table-overview"] },
    Family { id: "gdzwfw", address: &["gdzwfw", "task_code="], source: &["matters-cond"] },
    Family { id: "eui", address: &[], source: &["eui-table-info", "eui-index-bjgs"] },
    Family { id: "trs", address: &[], source: &["TRS_Editor", "ms-controller=", "trt-row"] },
    Family { id: "visualsitebuilder", address: &["wbtreeid="], source: &["_jsq_", "winstyle"] },
];

/// The family of a page; `generic` if it is none we know.
pub(super) fn of(url: &Url, source: &str) -> &'static str {
    let address = url.as_str().to_ascii_lowercase();
    FAMILIES
        .iter()
        .find(|family| {
            family.address.iter().any(|part| address.contains(part))
                || family.source.iter().any(|part| source.contains(part))
        })
        .map_or("generic", |family| family.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_known_by_address_or_source() {
        let url = |text: &str| Url::parse(text).expect("a valid address");
        assert_eq!(of(&url("http://h.test/icity/proinfo?code=1"), ""), "icity");
        assert_eq!(of(&url("http://h.test/a"), "<div class=TRS_Editor>"), "trs");
        assert_eq!(of(&url("http://h.test/a"), "<p>"), "generic");
    }
}
