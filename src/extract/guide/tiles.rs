//! A chart that was cut into several pictures (切片), often for the sake of an image map: they stand directly beside or
//! below each other and are numbered.
//!
//! Comes in: a picture in a page. Goes out: the addresses of the tiles, in order. Must never know: what is drawn on them;
//! whether they really fit together is for who reads the pictures to say.

use url::Url;

use super::flowchart::is_icon;
use super::forms;
use crate::extract::dom::{Node, Piece};
use crate::model::Tiles;

/// More pieces than this are a gallery.
const MOST: usize = 12;

/// What may stand between two tiles without parting them.
const SEAMS: [&str; 4] = ["br", "map", "area", "wbr"];

/// The tiles that a picture is one of; `None` if it stands alone.
pub(super) fn around(image: Node<'_>, base: &Url) -> Option<Tiles> {
    let parent = image.parent()?;
    let (images, in_a_row) = if only_picture(parent).is_some() {
        // Each tile in a cell or a paragraph of its own.
        let cells: Vec<Node<'_>> = parent.parent()?.children().filter(|cell| !SEAMS.contains(&cell.name())).collect();
        let is_alike = cells.iter().all(|cell| cell.name() == parent.name());
        let images: Option<Vec<Node<'_>>> = cells.into_iter().map(only_picture).collect();
        (images.filter(|_| is_alike)?, matches!(parent.name(), "td" | "span" | "a"))
    } else {
        if !parent.own_text().trim().is_empty() {
            return None;
        }
        let children: Vec<Node<'_>> = parent.children().collect();
        let is_tiled = children.iter().all(|child| child.name() == "img" || SEAMS.contains(&child.name()));
        let in_a_row = !children.iter().any(|child| child.name() == "br");
        (is_tiled.then_some(children)?.into_iter().filter(|child| child.name() == "img").collect(), in_a_row)
    };
    let images: Vec<Node<'_>> = images.into_iter().filter(|image| !is_icon(*image)).collect();
    if !(2..=MOST).contains(&images.len()) {
        return None;
    }
    let address = |image: &Node<'_>| base.join(image.attr("src").or_else(|| image.attr("data-src"))?).ok();
    let urls: Vec<Url> = images.iter().map(address).collect::<Option<_>>()?;
    are_numbered(&urls).then_some(Tiles { urls, in_a_row })
}

/// The picture of an element that holds one and nothing else.
fn only_picture(node: Node<'_>) -> Option<Node<'_>> {
    let mut children = node.children().filter(|child| !SEAMS.contains(&child.name()));
    let only = children.next().filter(|child| child.name() == "img")?;
    let says_nothing = !node.pieces().any(|piece| matches!(piece, Piece::Text(text) if !text.trim().is_empty()));
    (children.next().is_none() && says_nothing).then_some(only)
}

/// Whether names of files differ in nothing but a number that counts on by one.
fn are_numbered(urls: &[Url]) -> bool {
    let parts: Option<Vec<(String, u32, String)>> = urls.iter().map(|url| parts(&forms::file_name(url))).collect();
    parts.is_some_and(|parts| {
        parts.windows(2).all(|pair| {
            let [(stem, number, ending), (next_stem, next, next_ending)] = pair else { return false };
            stem == next_stem && ending == next_ending && number.checked_add(1) == Some(*next)
        })
    })
}

/// Stem, number and ending of a file's name: `lct_`, 2, `png`.
fn parts(name: &str) -> Option<(String, u32, String)> {
    let (name, ending) = name.rsplit_once('.')?;
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = name[stem.len()..].parse().ok()?;
    Some((stem.to_owned(), number, ending.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::dom::{Css, Dom};

    fn tiles(html: &str) -> Option<(Vec<String>, bool)> {
        let dom = Dom::parse(html);
        let base = Url::parse("http://h.test/a/").expect("a valid address");
        let image = dom.first(&Css::new("img"))?;
        let tiles = around(image, &base)?;
        Some((tiles.urls.iter().map(forms::file_name).collect(), tiles.in_a_row))
    }

    #[test]
    fn numbered_pictures_without_words_between_them_are_tiles() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (html, in_a_row) in [
            ("<p><img src=lct1.png><img src=lct2.png></p>", true),
            ("<p><img src=lct1.png usemap=#a><map name=a><area></map><br><img src=lct2.png></p>", false),
            ("<div><p><img src=lct1.png></p>\n<p><img src=lct2.png></p></div>", false),
            ("<table><tr><td><img src=lct1.png></td><td><img src=lct2.png></td></tr></table>", true),
        ] {
            assert_eq!(tiles(html), Some((names(&["lct1.png", "lct2.png"]), in_a_row)), "{html}");
        }
    }

    #[test]
    fn pictures_with_words_between_them_or_names_of_their_own_are_none() {
        for html in [
            "<p><img src=lct1.png></p>",
            "<p><img src=lct1.png>窗口办理<img src=lct2.png></p>",
            "<div><p>网上办理<img src=lct1.png></p><p>窗口办理<img src=lct2.png></p></div>",
            "<div><p><img src=lct1.png></p><p>窗口办理流程图</p><p><img src=lct2.png></p></div>",
            "<p><img src=wangshang.png><img src=chuangkou.png></p>",
            "<p><img src=lct1.png><img src=lct3.png></p>",
            "<p><img src=lct1.png><img src=lct2.jpg></p>",
            "<p><img src=lct1.png><a href=x>更多</a><img src=lct2.png></p>",
        ] {
            assert_eq!(tiles(html), None, "{html}");
        }
    }
}
