//! The blank form and the sample that one material offers: are they the same thing again?
//!
//! Comes in: the facts of both files. Goes out: what they are to each other. Must never know: where they were offered.
//!
//! The usual trick is to offer the blank form twice. It is seen by the bytes, and by the words where the bytes differ
//! (saved again, another format, headed 样表). Whatever could be a filling that was not read (a picture, an unknown
//! character, a single tick) makes the answer unclear, and an unclear answer accuses nobody.

use crate::model::extraction::{FileFacts, FileFormat};
use crate::model::{Document, FillState};

/// What two files are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    /// One and the same, and nobody filled it in.
    Blank,
    /// One and the same, and it is filled in.
    Filled,
    /// One and the same by its words, and whether it is filled in cannot be said.
    Unclear,
    /// Two things.
    Different,
}

/// Fewer words than this prove nothing: two files may hold no more than a heading each.
const ENOUGH_WORDS: usize = 20;

/// From this certainty on a file counts as filled in.
const FILLED: u8 = 80;

/// Compares the blank form and the sample of a material.
pub(super) fn compare(blank: &FileFacts, sample: &FileFacts) -> Pair {
    // An archive may hold both.
    if FileFormat::Zip == sample.format && sample.digest == blank.digest {
        return Pair::Unclear;
    }
    let documents = blank.document.as_deref().zip(sample.document.as_deref());
    if blank.digest == sample.digest {
        return documents.map_or(Pair::Blank, |(_, sample)| of_one_file(sample));
    }
    match documents {
        Some((blank, sample)) if same_words(blank, sample) => of_same_words(blank, sample),
        _ => Pair::Different,
    }
}

/// Of one file that is offered as both: whichever it is, one of the offers is wrong, unless it holds a blank form and a
/// filled one after each other.
fn of_one_file(file: &Document) -> Pair {
    if file.filling.state == FillState::Filled && file.filling.certainty >= FILLED {
        return if file.filling.empty > file.filling.filled { Pair::Unclear } else { Pair::Filled };
    }
    if file.filling.filled > 0 { Pair::Unclear } else { Pair::Blank }
}

fn same_words(blank: &Document, sample: &Document) -> bool {
    blank.is_whole() && sample.is_whole() && sample.words >= ENOUGH_WORDS && blank.words_digest == sample.words_digest
}

fn of_same_words(blank: &Document, sample: &Document) -> Pair {
    // The filling may be a picture of handwriting.
    if sample.pictures > blank.pictures {
        return Pair::Unclear;
    }
    let filled = blank.filling.filled.max(sample.filling.filled);
    if filled == 0 {
        return Pair::Blank;
    }
    of_one_file(sample)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{document_file, filling};
    use crate::model::DocumentReading;

    const FORM: &str = "公司登记申请表\n单位名称\n住所\n法定代表人\n联系电话\n申请日期\n申请人签字盖章处";

    fn blank(bytes: &str) -> FileFacts {
        document_file(bytes, FORM, filling(FillState::Blank, 6, 0))
    }

    fn with(mut facts: FileFacts, change: impl FnOnce(&mut Document)) -> FileFacts {
        change(facts.document.as_mut().expect("it is a document"));
        facts
    }

    #[test]
    fn the_blank_form_saved_again_is_the_blank_form() {
        assert_eq!(compare(&blank("one"), &blank("one")), Pair::Blank);
        assert_eq!(compare(&blank("one"), &blank("two")), Pair::Blank);
    }

    #[test]
    fn a_filled_file_offered_twice_is_a_sample_twice() {
        let filled = || document_file("one", FORM, filling(FillState::Filled, 1, 6));
        assert_eq!(compare(&filled(), &filled()), Pair::Filled);
    }

    #[test]
    fn words_that_differ_in_one_place_make_two_things() {
        let filled = FORM.replace("法定代表人", "法定代表人\t张三");
        let sample = document_file("two", &filled, filling(FillState::Unclear, 5, 1));
        assert_eq!(compare(&blank("one"), &sample), Pair::Different);
    }

    #[test]
    fn what_may_hide_a_filling_is_unclear_or_different() {
        let pictures = with(blank("two"), |sample| sample.pictures = 1);
        assert_eq!(compare(&blank("one"), &pictures), Pair::Unclear);
        let part = with(blank("two"), |sample| sample.reading = DocumentReading::Part);
        assert_eq!(compare(&blank("one"), &part), Pair::Different);
        let short = |bytes| document_file(bytes, "登记表", filling(FillState::Unclear, 0, 0));
        assert_eq!(compare(&short("one"), &short("two")), Pair::Different);
        let both = || document_file("one", FORM, filling(FillState::Filled, 9, 6));
        assert_eq!(compare(&both(), &both()), Pair::Unclear);
        let one_value = || document_file("one", FORM, filling(FillState::Unclear, 5, 1));
        assert_eq!(compare(&one_value(), &one_value()), Pair::Unclear);
    }

    #[test]
    fn a_picture_in_the_place_of_a_sample_is_another_thing() {
        let picture = FileFacts {
            document: None,
            format: FileFormat::Png,
            ..document_file("p", "", filling(FillState::Unclear, 0, 0))
        };
        assert_eq!(compare(&blank("one"), &picture), Pair::Different);
    }
}
