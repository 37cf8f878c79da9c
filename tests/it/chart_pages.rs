//! Flowcharts that are pages of a PDF: beside a saved guide, and in a night with its evidence, replay and report.

use portal_probe::catalogue;
use portal_probe::engine::clock::Clock;
use portal_probe::engine::night::{self, Night, Scope};
use portal_probe::engine::replay;
use portal_probe::extract::dialect;
use portal_probe::model::Outcome;
use portal_probe::sink::observations;

use crate::stranger::Stranger;
use crate::support::{self, DAY, Folder};

/// Drawings need no models.
const NO_MODELS: &str = "chart.models=\"/nowhere/models\"";

/// A page with a box a step and arrows between them, as instructions.
fn drawing(steps: &[&str]) -> String {
    let mut out = Vec::new();
    for (step, number) in steps.iter().zip(0_i32..) {
        let y = 700 - 100 * number;
        let codes: Vec<String> = step.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
        let codes = codes.concat();
        let x = 290 - 6 * i32::try_from(step.chars().count()).expect("a short name");
        out.push(format!("1 g 0 G 150 {y} 280 40 re B\nBT /F1 12 Tf 1 0 0 1 {x} {} Tm <{codes}> Tj ET\n", y + 15));
        if number > 0 {
            let (from, neck, to) = (y + 100, y + 48, y + 40);
            out.push(format!("290 {from} m 290 {neck} l S 0 g 285 {neck} m 295 {neck} l 290 {to} l h f\n"));
        }
    }
    out.concat()
}

/// A PDF of such pages, in characters of ASCII.
fn pdf(pages: &[&[&str]]) -> String {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let font = "/Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [<< /Type /Font \
                /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 >>]";
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!(
            "<< /Type /Pages /Kids [{}] /Count {} /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> >>",
            kids.join(" "),
            pages.len()
        ),
        format!("<< {font} >>"),
    ];
    for (page, steps) in pages.iter().enumerate() {
        let content = drawing(steps);
        objects.push(format!("<< /Type /Page /Parent 2 0 R /Contents {} 0 R >>", 5 + 2 * page));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let numbered: Vec<String> =
        (1..).zip(objects).map(|(number, object)| format!("{number} 0 obj\n{object}\nendobj\n")).collect();
    format!("%PDF-1.4\n{}trailer\n<< /Root 1 0 R >>\n%%EOF\n", numbered.concat())
}

/// The chart of the guide below.
const STEPS: [&str; 4] = ["申请", "受理（2个工作日）", "审查（10个工作日）", "决定（3个工作日）"];

/// A guide whose chart is behind a link; its text gives the review these days.
fn guide(days: u32) -> String {
    format!(
        "<html><head><meta charset=utf-8><title>公章刻制备案</title></head><body><h1>公章刻制备案</h1><dl>\
         <dt>事项名称</dt><dd>公章刻制备案</dd><dt>实施主体</dt><dd>临江县公安局</dd><dt>法定办结时限</dt><dd>20个工作日</dd>\
         <dt>承诺办结时限</dt><dd>{}个工作日</dd><dt>到办事现场次数</dt><dd>1次</dd><dt>受理条件</dt><dd>已领取营业执照</dd>\
         <dt>办理地点</dt><dd>县政务服务大厅二楼</dd><dt>是否收费</dt><dd>否</dd>\
         <dt>办理流程</dt><dd>申请→受理（2个工作日）→审查（{days}个工作日）→决定（3个工作日）</dd>\
         <dt>办理流程图</dt><dd><a href=\"lct.pdf\">点击下载流程图</a></dd></dl></body></html>",
        days + 5
    )
}

#[test]
fn check_reads_the_pdf_beside_a_guide_without_models() {
    let folder = Folder::new("check-pdf");
    let checked = |days: u32, chart: &str| {
        let page = folder.0.join("guide.html");
        std::fs::write(&page, guide(days)).expect("a page");
        std::fs::write(folder.0.join("lct.pdf"), chart).expect("a chart");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_portal-probe"))
            .arg("check")
            .arg(&page)
            .args(["--set", NO_MODELS])
            .output()
            .expect("the program runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let differs = checked(5, &pdf(&[&STEPS]));
    let part = differs.split("✗ guide.flowchart_consistency").nth(1).expect("a difference");
    assert!(part.contains("「审查（5个工作日）」") && part.contains("审查（10个工作日）"), "{differs}");
    let agrees = checked(10, &pdf(&[&[], &STEPS]));
    assert!(agrees.contains("✓ guide.flowchart_consistency"), "{agrees}");
    let line = |printed: &str| {
        let line = printed.lines().find(|line| line.contains("guide.flowchart_consistency")).expect("a line");
        line.to_owned()
    };
    // Two charts: nobody can tell which one is meant.
    let several = line(&checked(5, &pdf(&[&STEPS, &STEPS])));
    assert!(several.contains("cant_tell (not_comparable)"), "{several}");
    // Codes that only a font knows.
    let unknown = pdf(&[&STEPS]).replace("/UniGB-UCS2-H", "/Identity-H");
    let unread = line(&checked(5, &unknown));
    assert!(unread.contains("cant_tell (unreadable)"), "{unread}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_night_compares_the_page_of_a_pdf_and_its_replay_says_the_same() {
    let home = "<html><head><meta charset=utf-8><title>临江政务</title></head><body><h1>临江县政务服务网</h1>\
        <p>欢迎办事</p><a href=guide.html>公章刻制备案办事指南</a></body></html>";
    let (guide, chart) = (guide(5), pdf(&[&[], &STEPS]));
    let pages = [("/index.html", 200, home), ("/guide.html", 200, guide.as_str()), ("/lct.pdf", 200, chart.as_str())];
    let server = Stranger::serve("127.39.200.41", &pages).await;
    let toml = format!(
        "code = \"659099\"\nname = \"临江县\"\nregion = \"西北\"\nverified = 2020-04-01\n\n[[channel]]\nkind = \"portal\"\n\
         name = \"临江政务\"\nseeds = [\"{}/index.html\"]\n",
        server.base()
    );
    let catalogue = catalogue::from_texts(&[("elsewhere/659099.toml".to_owned(), toml)], &dialect::ids())
        .expect("a valid catalogue");
    let config = support::config(&["chart.enabled=true", NO_MODELS]);
    let clock = Clock::starting_at(DAY.parse().expect("a valid time"));
    let folder = Folder::new("pdf-night");
    let context = support::context("own", catalogue.targets.clone(), catalogue, &config);
    let night = Night { config, context, clock, out: folder.0.clone(), progress: false, scope: Scope::Night };
    let report = night::run(night, std::future::pending()).await.expect("a night");
    server.stop();
    assert_eq!(report.charts, 1);
    let seen = observations::read(&report.folder).expect("readable observations");
    let of = |property: &str| {
        let found =
            seen.iter().find(|seen| seen.property == property && seen.subject.segment.as_deref() == Some("seal"));
        found.unwrap_or_else(|| panic!("no {property}"))
    };
    let there = of("guide.flowchart");
    assert_eq!((there.outcome, &there.value), (Outcome::Passed, &serde_json::json!("document")));
    let compared = of("guide.flowchart_consistency");
    let kinds: Vec<&str> = compared.findings.iter().map(|finding| finding.kind.as_str()).collect();
    assert_eq!(kinds, ["time_limit_differs"], "{compared:#?}");
    let places = serde_json::to_string(&compared.evidence).expect("citations");
    // The box with its outline, in points from the upper left corner.
    assert!(places.contains("page=2&xywh=148,300,284,44"), "{places}");
    let lines = |seen: &[_]| seen.iter().map(observations::line).collect::<String>();
    assert_eq!(lines(&replay::observations(&report.folder).expect("replayed")), lines(&seen));
    let shown = std::fs::read_dir(report.folder.join("report/charts")).expect("pages of charts");
    let shown: Vec<String> =
        shown.map(|file| std::fs::read_to_string(file.expect("an entry").path()).expect("a page")).collect();
    let page = shown.iter().find(|page| page.contains("时限不一致")).expect("the difference has a page");
    assert_eq!(page.matches("<g class=\"differs\"").count(), 1, "one box is marked: {page}");
}
