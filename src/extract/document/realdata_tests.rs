//! Real documents that nobody on this project wrote; without the folder of real material these tests show nothing.

use url::Url;

use crate::extract::testing::input;
use crate::extract::{Settings, extract};
use crate::model::{Document, DocumentKind, DocumentReading, Extraction, FillState, PageKind};

fn read(file: &str) -> Option<Extraction> {
    let folder = crate::extract::realdata::folder()?;
    let body = std::fs::read(folder.join(file)).expect("the folder holds this file");
    let url = Url::parse("http://h.test/x/y/file").expect("a valid address");
    Some(extract(&input(&url, &[], &body), &Settings::default()))
}

fn document(file: &str) -> Option<Document> {
    let facts = read(file)?.file.expect("it is a file");
    Some(*facts.document.expect("it is a document"))
}

#[test]
fn the_blank_form_and_the_sample_of_one_form_are_told_apart() {
    let Some(sample) = document("pingtan/forms/职工基本医疗保险参保登记表（样表）.xlsx") else {
        return;
    };
    let blank = document("pingtan/forms/职工基本医疗保险参保登记表（空表）.xlsx").expect("it is beside the sample");
    assert_eq!((blank.kind, blank.filling.state, blank.filling.filled), (DocumentKind::Xlsx, FillState::Blank, 0));
    assert_eq!((sample.filling.state, sample.filling.filled), (FillState::Filled, 5));
    assert_eq!(sample.filling.quotes[0], "张三");
    assert!(blank.is_whole() && sample.is_whole());
    assert_ne!(blank.words_digest, sample.words_digest);
    assert!(blank.text.contains("户口性质\t□城镇 □农村"));
}

#[test]
fn a_word_file_that_calls_itself_a_guide_and_is_a_list_of_materials_is_no_guide() {
    let Some(read) = read("pingtan/forms/办事指南（新设）.docx") else { return };
    assert_eq!(read.kind, PageKind::Attachment);
    let document = read.file.and_then(|file| file.document).expect("it is a document");
    assert_eq!((document.kind, document.reading, document.words), (DocumentKind::Docx, DocumentReading::Whole, 3168));
    assert!(document.text.starts_with("平潭综合实验区股权投资类企业申请纳入"));
    assert_eq!(document.filling.state, FillState::Unclear);
}
