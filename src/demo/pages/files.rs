//! Answers that are not pages: robots.txt, forms, charts, QR codes.
//!
//! Comes in: a site and a name. Goes out: an [`Answer`], or `None` for "not found".

use super::{Answer, ChartForm, MOBILE_HOST, Page, Site};
use crate::demo::attachments::{Form, Format, table_document};
use crate::demo::content::{GuideContent, MaterialContent, Side, StepContent};
use crate::demo::errands::{ERRANDS, Errand};
use crate::demo::flowchart;
use crate::demo::world::DefectKind;

/// Rules for crawlers. Some cities have none, one forbids its search.
pub(super) fn robots(site: &Site<'_>) -> Option<Answer> {
    if site.side == Side::Mobile || site.city.has(DefectKind::NoRobots) {
        return None;
    }
    let mut text = String::from("# robots.txt\nUser-agent: *\nDisallow: /internal/\nDisallow: /*.bak$\n");
    if site.city.has(DefectKind::SearchDisallowed)
        && let Some(path) = site.family.paths.get("search")
    {
        text.extend(["Disallow: ", path, "\n"]);
    }
    text.push_str("\nUser-agent: BadBot\nDisallow: /\n");
    Some(Answer::new(200, "text/plain; charset=utf-8", text))
}

/// The name of the file that a guide is, where it is only a file.
pub(super) fn guide_name(number: usize) -> String {
    format!("guide-{number}.docx")
}

/// A guide that is only a Word file.
fn guide(site: &Site<'_>, name: &str) -> Option<Answer> {
    let is_file = |errand: &Errand| site.city.segment_has(DefectKind::GuideAsFile, errand.slug);
    let number = (0..ERRANDS.len()).find(|number| guide_name(*number) == name && is_file(&ERRANDS[*number]))?;
    let view = site.view(number);
    let mut rows: Vec<(&str, &str)> = [&view.info, &view.time, &view.fee, &view.place]
        .into_iter()
        .flatten()
        .map(|row| (row.label, row.value.as_str()))
        .collect();
    let conditions = view.conditions.join("；");
    let materials: Vec<&str> = view.materials.iter().map(|material| material.name).collect();
    let materials = materials.join("；");
    rows.extend([("设定依据", view.basis), (view.conditions_label, &conditions)]);
    rows.extend([(view.materials_label, materials.as_str()), (view.process_label, &view.sentence)]);
    let title = format!("{}办事指南", view.title);
    Some(Answer::new(200, Format::Docx.content_type(), table_document(&[&title], &rows)))
}

/// A guide, a blank form or a sample.
pub(super) fn file(site: &Site<'_>, name: &str) -> Option<Answer> {
    guide(site, name).or_else(|| form(site, name))
}

/// A blank form or a sample.
fn form(site: &Site<'_>, name: &str) -> Option<Answer> {
    let (guide, material, is_sample) = site.guides.iter().find_map(|guide| find(guide, name))?;
    let slug = ERRANDS[guide.number].slug;
    let has = |kind| site.city.segment_has(kind, slug);
    let format = Format::of_errand(guide.number);
    let document = |form: Form<'_>, format: Format| Answer::new(200, format.content_type(), form.write(format));
    let blank = Form::blank(material.name);
    Some(if is_sample && has(DefectKind::SampleIsBlank) {
        document(blank, format)
    } else if is_sample && has(DefectKind::SampleIsBlankAgain) {
        // Only the line below the title and the format differ: the bytes have nothing in common.
        let note = "（示例样表，请用黑色签字笔填写）";
        document(Form { note, ..blank }, if format == Format::Xls { Format::Docx } else { Format::Xls })
    } else if is_sample {
        document(Form::sample(material.name), format)
    } else if has(DefectKind::TinyForm) {
        Answer::new(200, format.content_type(), "PK")
    } else if has(DefectKind::FormIsErrorPage) {
        let body = "<html><head><title>错误</title></head><body><h3>系统错误</h3>\
                    <p>您访问的文件暂时无法下载，请稍后再试。错误代码：DOC-0403</p></body></html>";
        Answer::new(200, "application/msword", body)
    } else {
        document(blank, format)
    })
}

fn find<'a>(guide: &'a GuideContent, name: &str) -> Option<(&'a GuideContent, &'a MaterialContent, bool)> {
    guide.materials.iter().filter(|material| material.is_form).find_map(|material| {
        if material.blank_file == name {
            Some((guide, material, false))
        } else if material.has_sample && material.sample_file == name {
            Some((guide, material, true))
        } else {
            None
        }
    })
}

/// A flowchart as a picture or drawing.
pub(super) fn chart(site: &Site<'_>, number: usize) -> Option<Answer> {
    let guide = site.guides.get(number)?;
    let limit = |step: &StepContent| step.limit.number().map_or_else(|| "即时".into(), |days| format!("{days}工作日"));
    let lines: Vec<flowchart::Drawn> =
        guide.chart.iter().map(|step| (step.name.clone(), step.department.clone(), limit(step))).collect();
    let title = format!("{}办理流程图", guide.chart_title);
    match site.family.chart {
        ChartForm::Image => Some(Answer::new(200, "image/png", flowchart::png(&title, &lines))),
        ChartForm::SvgFile => Some(Answer::new(200, "image/svg+xml", flowchart::svg(&title, &lines))),
        ChartForm::Html | ChartForm::Svg | ChartForm::Table => None,
    }
}

/// A QR code of a mobile channel. Pictures hold the address itself, so the server fills it in before drawing: the
/// body is the text to be drawn.
pub(super) fn qr(site: &Site<'_>, name: &str) -> Option<Answer> {
    let claimed = |kind: &str| site.city.channels.iter().any(|channel| channel == kind);
    let text = match name {
        "app" if claimed("app") => format!("http://{MOBILE_HOST}/app/download.html"),
        "wechat" if claimed("wechat_official") => format!("http://weixin.qq.com/r/zwfw{}", site.city.code),
        "mini" if claimed("wechat_mini") => format!("https://mp.weixin.qq.com/a/~zwfw{}", site.city.code),
        "mobile" if claimed("mobile_web") => format!("http://{MOBILE_HOST}/"),
        // A code of the page one is looking at is not a channel.
        "page" if claimed("mobile_web") => {
            format!("http://{}{}", super::PORTAL_HOST, site.address(&Page::Home))
        }
        _ => return None,
    };
    Some(Answer::new(200, "image/png", text))
}
