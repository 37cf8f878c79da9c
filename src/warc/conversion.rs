//! Readings of pictures to records and back: a `conversion` record, which WARC has for another form of a record's
//! content, refers to the answer that holds the picture.

use serde::Deserialize as _;
use url::Url;

use crate::model::charted::{ChartReading, ChartedPicture};
use crate::model::{Digest, RecordId};

use super::record::{RecordType, WarcRecord};

/// Type of the block: JSON of our own. Replay tools pass a `conversion` over.
const TYPE: &str = "application/vnd.portal-probe.chart+json";

/// The record of a reading.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "plain data with text keys is always JSON")]
pub fn conversion_record(charted: &ChartedPicture) -> WarcRecord {
    let json = serde_json::to_vec(&charted.reading).expect("plain data with text keys is always JSON");
    WarcRecord::new(RecordType::Conversion, &charted.record, charted.date)
        .with("WARC-Target-URI", charted.url.as_str())
        .with("WARC-Refers-To", &format!("<{}>", charted.of))
        .with("WARC-Payload-Digest", Digest::of(&json).as_str())
        .with_block(TYPE, json)
}

/// The reading that a record holds.
pub(super) fn restore(record: &WarcRecord) -> Result<ChartedPicture, &'static str> {
    let field = |name: &str| record.field(name).ok_or("a conversion without its fields");
    let of = field("WARC-Refers-To")?.trim_start_matches('<').trim_end_matches('>');
    let mut json = serde_json::Deserializer::from_slice(record.block());
    Ok(ChartedPicture {
        record: record.id().ok_or("a conversion without an id")?,
        of: RecordId(of.to_owned()),
        url: Url::parse(field("WARC-Target-URI")?).map_err(|_| "a conversion of no address")?,
        date: field("WARC-Date")?.parse().map_err(|_| "a conversion without a date")?,
        reading: ChartReading::deserialize(&mut json).map_err(|_| "the reading of a picture cannot be read")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::chart::{Area, Chart, Edge, Node, NodeKind};
    use crate::warc::Restorer;

    fn charted() -> ChartedPicture {
        let id = |word: &str| RecordId(format!("urn:uuid:{word}"));
        let node = |text: &str, y| Node {
            text: text.to_owned(),
            kind: NodeKind::Step,
            area: Area { x: 10, y, width: 80, height: 30 },
            confidence: 0.987_654_3,
            lane: None,
            notes: Vec::new(),
        };
        let edge = Edge { from: 0, to: 1, directed: true, dashed: false, label: None, confidence: 0.1 };
        let chart = Chart {
            size: (100, 200),
            nodes: vec![node("申请", 10), node("受理\r\n（1个工作日）", 90)],
            edges: vec![edge],
            confidence: 0.3,
            ..Chart::default()
        };
        ChartedPicture {
            record: id("c"),
            of: id("picture"),
            url: Url::parse("http://h.test/chart.png?id=7").expect("an address"),
            date: "2020-04-10T12:00:00Z".parse().expect("a time"),
            reading: ChartReading {
                reader: "1".to_owned(),
                chart: Some(chart),
                refusal: Some("small".to_owned()),
                several: true,
                tiles: Vec::new(),
            },
        }
    }

    #[test]
    fn a_reading_comes_back_as_it_was() {
        let mut restorer = Restorer::default();
        restorer.accept(&conversion_record(&charted()));
        assert_eq!(restorer.take_charted(), [charted()]);
        assert!(restorer.finish().problems.is_empty());
    }

    #[test]
    fn a_damaged_reading_is_a_problem_that_names_its_record() {
        let record = WarcRecord::new(RecordType::Conversion, &charted().record, charted().date)
            .with("WARC-Target-URI", "http://h.test/")
            .with("WARC-Refers-To", "<urn:uuid:picture>")
            .with_block(TYPE, b"{".to_vec());
        let mut restorer = Restorer::default();
        restorer.accept(&record);
        let problems = restorer.finish().problems;
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].record, charted().record);
    }
}
