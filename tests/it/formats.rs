//! Every format is read to the text and the metadata that a reader of the document would give.

use std::path::Path;

use encoding_rs::GB18030;
use xiangtu::pipeline::{BuildOptions, build};
use xiangtu::read::{Column, Options, Reason, find_piece, list_files, pieces};
use xiangtu::store::Store;

use crate::files::{PdfFont, REPORT, docx_of, paragraph, pdf, put, read_all, read_one, zip};

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

// ---------------------------------------------------------------- html

const PAGE: &str = r#"<!DOCTYPE html>
<!-- saved from url=(0046)https://www.qinghe.example.gov.cn/zwgk/1.html -->
<html><head><meta charset="utf-8"><title>青河镇2021年工作总结_青河县人民政府</title>
<meta name="SiteName" content="青河县人民政府"><meta name="ArticleTitle" content="青河镇2021年工作总结">
<meta name="PubDate" content="2022-01-12 09:30"><meta name="ContentSource" content="青河镇人民政府">
<style>.a{color:red}</style><script>document.write("<p>脚本里的文字</p>")</script></head>
<body><div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/x">政务公开</a></li></ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/b">政府工作报告</a></div>
<div class="wrap"><h1>青河镇2021年工作总结</h1>
<div class="info">来源：青河镇人民政府 发布时间：2022-01-12 【字体：大 中 小】</div>
<div id="zoom"><p>一、2021年工作回顾<p>全镇推行&ldquo;河长制&rdquo;，完成财政收入1.5亿元&nbsp;&#65292;增长8.5%。</p>
<table><tr><th>指标<th>2021年<tr><td>财政收入<td><p>1.5亿元</p></table>
<p style="display: none">看不见的文字</p><p>二、2022年工作计划<br>继续开展农村人居环境整治。</p></div>
<div class="share">分享到：微信</div></div>
<div class="related"><a href="/1">关于做好河湖长制工作的通知</a><a href="/2">关于开展清明防火工作的通知</a></div>
<div id="footer">主办：青河县人民政府办公室 网站标识码：0000000000 <a href="/m">网站地图</a></div></body></html>"#;

#[test]
fn a_page_gives_its_article_and_metadata() {
    let source = read_one("page.html", PAGE.as_bytes()).unwrap();
    assert_eq!(
        lines(&source.text),
        [
            "青河镇2021年工作总结",
            "一、2021年工作回顾",
            "全镇推行“河长制”，完成财政收入1.5亿元 ，增长8.5%。",
            "指标 | 2021年",
            "财政收入 | 1.5亿元",
            "二、2022年工作计划",
            "继续开展农村人居环境整治。",
        ]
    );
    let metadata = source.metadata;
    let field = |field: &Option<String>| field.clone().unwrap_or_default();
    assert_eq!(
        [
            field(&metadata.title),
            field(&metadata.issued),
            field(&metadata.publisher),
            field(&metadata.url)
        ],
        [
            "青河镇2021年工作总结",
            "2022-01-12",
            "青河镇人民政府",
            "https://www.qinghe.example.gov.cn/zwgk/1.html"
        ]
    );
}

#[test]
fn a_page_without_known_names_gives_its_largest_block() {
    let long = "全镇推行河长制，完成财政收入1.5亿元，增长8.5%。".repeat(20);
    let page = format!(
        "<html><title>青河镇政府工作报告</title><body><table><tr><td><a>首页</a> <a>要闻</a></td></tr><tr><td>\
         <table><tr><td>日期：2022年1月12日</td></tr><tr><td><font><p>{long}</p><p>{long}</p></font></td></tr></table></td></tr>\
         <tr><td>版权所有：青河县人民政府</td></tr></table></body></html>"
    );
    let source = read_one("page.htm", GB18030.encode(&page).0.as_ref()).unwrap();
    assert_eq!(lines(&source.text), ["青河镇政府工作报告", &long, &long]);
    assert_eq!(source.metadata.issued.as_deref(), Some("2022-01-12"));
    assert_eq!(source.metadata.format, "text/html; charset=gb18030");
}

#[test]
fn what_follows_an_article_is_left_out() {
    let long = "全镇推行河长制，完成财政收入1.5亿元，增长8.5%。".repeat(5);
    let page = |first: &str, second: &str| {
        format!(
            "<html><title>青河镇要闻</title><body><div><p>{first}</p><h3>相关新闻</h3><p>河水清了</p>\
             <h3>全部评论 23条</h3><p>{second}</p></div></body></html>"
        )
    };
    let read = |page: String| read_one("page.html", page.as_bytes()).unwrap().text;
    assert_eq!(lines(&read(page(&long, "说得好！"))), ["青河镇要闻", &long]);
    // Above the article such a heading is only a heading.
    assert_eq!(
        lines(&read(page("要闻", &long))),
        [
            "青河镇要闻",
            "要闻",
            "相关新闻",
            "河水清了",
            "全部评论 23条",
            &long
        ]
    );
}

#[test]
fn an_article_whose_class_sounds_like_furniture_is_read() {
    let page = "<body><div class=\"location\"><p>青河镇位于青河县东部。</p></div></body>";
    let source = read_one("page.html", page.as_bytes()).unwrap();
    assert_eq!(source.text, "青河镇位于青河县东部。\n");
}

/// Title, date and issuer of a page and the lines of its text.
fn told(page: &str) -> ([String; 3], Vec<String>) {
    let source = read_one("page.html", page.as_bytes()).unwrap();
    let metadata = source.metadata;
    let told = [metadata.title, metadata.issued, metadata.publisher];
    let lines = source.text.lines().map(|line| line.trim().to_owned());
    (told.map(Option::unwrap_or_default), lines.collect())
}

const PASSAGE: &str = "全镇推行河长制，青河水质稳定达到二类标准，完成财政收入1.5亿元，同比增长8.5%，新修产业路18公里，群众出行更加方便。";

#[test]
fn the_box_of_an_index_is_metadata_and_no_text() {
    let items = [
        ("索 引 号", "000000000/2023-00123"),
        ("发布机构", "青河镇人民政府"),
        ("成文日期", "2023年12月20日"),
        ("标　　题", "青河镇2023年工作总结"),
        ("发布日期", "2023年12月25日"),
        ("有 效 性", ""),
    ];
    let each = |item: &dyn Fn(&str, &str) -> String| -> String {
        items
            .iter()
            .map(|(label, value)| item(label, value))
            .collect()
    };
    let two_pairs = |label: &str, value: &str| {
        let pairs: String = items
            .chunks(2)
            .map(|pairs| {
                let cells: String = pairs
                    .iter()
                    .map(|(a, b)| format!("<{label}>{a}</{label}><{value}>{b}</{value}>"))
                    .collect();
                format!("<tr>{cells}</tr>")
            })
            .collect();
        format!("<table>{pairs}</table>")
    };
    for index in [
        two_pairs("td", "td"),
        two_pairs("th", "td"),
        each(&|a, b| format!("<dl><dt>{a}：</dt><dd>{b}</dd></dl>")),
        each(&|a, b| format!("<div><div>{a}：</div><div>{b}</div></div>")),
        each(&|a, b| format!("<li><span>{a}</span><span>{b}</span></li>")),
        each(&|a, b| format!("<li>{a}：{b}</li>")),
        each(&|a, b| format!("<span>{a}：</span><span>{b}</span>")),
    ] {
        for page in [
            format!("<h1>青河镇2023年工作总结</h1>{index}<div id=zoom><p>{PASSAGE}</p></div>"),
            format!("<h1>青河镇2023年工作总结</h1><div id=zoom>{index}<p>{PASSAGE}</p></div>"),
        ] {
            let page = format!("<title>青河镇2023年工作总结_青河县人民政府</title><body>{page}");
            let title = "青河镇2023年工作总结";
            assert_eq!(
                told(&page),
                (
                    [title, "2023-12-25", "青河镇人民政府"].map(str::to_owned),
                    vec![title.to_owned(), PASSAGE.to_owned()]
                ),
                "{page}"
            );
        }
    }
}

#[test]
fn a_table_of_the_article_with_words_of_an_index_stays() {
    for [table, first, second] in [
        [
            "<tr><td>来源<td>金额<td>发布日期<tr><td>县里拨款<td>320<td>2023-05-01",
            "来源 | 金额 | 发布日期",
            "县里拨款 | 320 | 2023-05-01",
        ],
        [
            "<tr><td>来源<td>金额<tr><td>县里拨款<td>320",
            "来源 | 金额",
            "县里拨款 | 320",
        ],
        [
            "<tr><td>名称<td>青河桥<tr><td>状态<td>在建",
            "名称 | 青河桥",
            "状态 | 在建",
        ],
    ] {
        let page = format!("<body><div id=zoom><table>{table}</table><p>{PASSAGE}</p></div>");
        let (_, lines) = told(&page);
        assert_eq!(lines, [first, second, PASSAGE]);
    }
}

#[test]
fn date_and_issuer_need_no_label() {
    for (head, publisher) in [
        (
            "<span class=date>2024-01-15</span><span class=source>青河镇人民政府</span>",
            "青河镇人民政府",
        ),
        (
            "<p>2024.01.15 | 来源：青河镇人民政府 | 【字号 大 中 小】</p>",
            "青河镇人民政府",
        ),
        ("<p>2024年1月15日 16:20 点击：[210]</p>", ""),
        ("<p>2024/1/15 10:22:33</p>", ""),
    ] {
        let page = format!(
            "<title>青河镇要闻</title><div><h1>青河镇要闻</h1>{head}<p>{PASSAGE}</p></div>"
        );
        assert_eq!(
            told(&page),
            (
                ["青河镇要闻", "2024-01-15", publisher].map(str::to_owned),
                vec!["青河镇要闻".to_owned(), PASSAGE.to_owned()]
            ),
            "{page}"
        );
    }
}

#[test]
fn rows_of_a_page_can_be_read_alone() {
    let table = "<table><tr><th rowspan=2>村<th colspan=2>改厕（户）<tr><th>计划<th>完成\
        <tr><td rowspan=65000000>青山村<td>60<td>58<tr><td>10<td><p>9</p></table>";
    let nested = "<table><tr><td>河口村<td><table><tr><td>水渠<td>3<tr><td>便桥<td>1</table><td>在建</table>";
    let layout = format!(
        "<table><tr><td><p>{PASSAGE}</p><p>{PASSAGE}</p><td><p>{PASSAGE}</p><p>{PASSAGE}</p></table>"
    );
    let page = format!("<body><div id=zoom><p>{PASSAGE}</p>{table}{nested}{layout}</div>");
    assert_eq!(
        told(&page).1,
        [
            PASSAGE,
            "村 | 改厕（户）",
            "村 | 计划 | 完成",
            "青山村 | 60 | 58",
            "青山村 | 10 | 9",
            "河口村 | 水渠 | 3 | 在建",
            "河口村 | 便桥 | 1 | 在建",
            PASSAGE,
            PASSAGE,
            PASSAGE,
            PASSAGE,
        ]
    );
}

#[test]
fn an_article_of_links_is_read_and_a_menu_is_not() {
    let menu =
        "<ul><li><a href=/>首页</a><li><a href=/a>政务公开</a><li><a href=/b>办事服务</a></ul>";
    let linked = |texts: &[&str]| -> String {
        texts
            .iter()
            .map(|text| format!("<p><a href=x>{text}</a></p>"))
            .collect()
    };
    for texts in [
        vec![PASSAGE, "一、2023年工作回顾", PASSAGE],
        vec![
            "关于落实耕地地力补贴的实施办法",
            "关于落实农机购置补贴的实施办法",
        ],
    ] {
        let page = format!(
            "<title>青河镇惠民政策</title><body><div>{menu}</div><div><h1>青河镇惠民政策</h1>{}</div>",
            linked(&texts)
        );
        let (_, lines) = told(&page);
        assert_eq!(lines[0], "青河镇惠民政策");
        assert_eq!(lines[1..], texts);
    }
}

#[test]
fn what_is_not_closed_costs_only_itself() {
    let options = "<option>2023".repeat(300);
    let page = format!(
        "<body><a name=top><select>{options}</select><table><tr><td><div>{PASSAGE}</div></div></span><td>12</table><p>{PASSAGE}"
    );
    assert_eq!(told(&page).1, [&format!("{PASSAGE} | 12"), PASSAGE]);
}

// ---------------------------------------------------------------- docx

#[test]
fn a_word_document_gives_paragraphs_numbers_and_rows() {
    let body = r#"<w:p><w:r><w:t>青河镇</w:t></w:r><w:r><w:t>2021年工作总结</w:t></w:r></w:p>
<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>工作回顾</w:t></w:r></w:p>
<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="7"/></w:numPr></w:pPr><w:r><w:t>产业A&amp;B &lt;试点&gt; 增长8&#37;。</w:t></w:r></w:p>
<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="7"/></w:numPr></w:pPr><w:del><w:r><w:delText>删去</w:delText></w:r></w:del><w:ins><w:r><w:t>新增</w:t><w:br/><w:t>一行</w:t></w:r></w:ins></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>指标</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>数量</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>企业</w:t></w:r></w:p><w:p><w:r><w:t>（家）</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>12</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>工作计划</w:t></w:r></w:p>"#;
    let level = |at: usize, format: &str, text: &str| {
        format!(
            r#"<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{format}"/><w:lvlText w:val="{text}"/></w:lvl>"#
        )
    };
    let numbering = format!(
        r#"<w:numbering><w:abstractNum w:abstractNumId="3">{}{}</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num></w:numbering>"#,
        level(0, "chineseCountingThousand", "%1、"),
        level(1, "chineseCounting", "（%2）")
    );
    let styles = r#"<w:styles><w:style w:styleId="1"><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style></w:styles>"#;
    let core = "<cp:coreProperties><dc:title>青河镇2021年工作总结</dc:title></cp:coreProperties>";
    let bytes = docx_of(
        body,
        &[
            ("word/numbering.xml", &numbering),
            ("word/styles.xml", styles),
            ("docProps/core.xml", core),
        ],
    );
    let source = read_one("a.docx", &bytes).unwrap();
    assert_eq!(
        lines(&source.text),
        [
            "青河镇2021年工作总结",
            "一、工作回顾",
            "（一）产业A&B <试点> 增长8%。",
            "（二）新增",
            "一行",
            "指标 | 数量",
            "企业 （家） | 12",
            "二、工作计划",
        ]
    );
    assert_eq!(
        source.metadata.title.as_deref(),
        Some("青河镇2021年工作总结")
    );
}

#[test]
fn rows_of_a_word_document_can_be_read_alone() {
    let cell = |properties: &str, text: &str| {
        format!(
            "<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>",
            paragraph(text)
        )
    };
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let begins = r#"<w:vMerge w:val="restart"/>"#;
    let goes_on = "<w:vMerge/>";
    let wide = r#"<w:gridSpan w:val="2"/>"#;
    let table = [
        row(&[
            cell(begins, "村"),
            cell(wide, "改厕（户）"),
            cell(begins, "备注"),
        ]),
        row(&[
            cell(goes_on, ""),
            cell("", "计划"),
            cell("", "完成"),
            cell(goes_on, ""),
        ]),
        row(&[
            cell(begins, "青山村"),
            cell("", "60"),
            cell("", "58"),
            cell("", ""),
        ]),
        row(&[
            cell(goes_on, ""),
            cell("", "10"),
            cell("", "9"),
            cell("", "二期"),
        ]),
        row(&[
            cell("", "河口村"),
            cell("", "20"),
            cell("", "19"),
            cell("", ""),
        ]),
    ]
    .concat();
    let inner = [
        row(&[cell("", "水渠"), cell("", "3")]),
        row(&[cell("", "便桥"), cell("", "1")]),
    ]
    .concat();
    let nested = format!(
        "<w:tbl><w:tr>{}<w:tc><w:p/><w:tbl>{inner}</w:tbl><w:p/></w:tc></w:tr></w:tbl>",
        cell("", "白沙村")
    );
    let bytes = docx_of(&format!("<w:tbl>{table}</w:tbl>{nested}"), &[]);
    assert_eq!(
        lines(&read_one("a.docx", &bytes).unwrap().text),
        [
            "村 | 改厕（户） |  | 备注",
            "村 | 计划 | 完成 | 备注",
            "青山村 | 60 | 58",
            "青山村 | 10 | 9 | 二期",
            "河口村 | 20 | 19",
            "白沙村 | 水渠 | 3",
            "白沙村 | 便桥 | 1",
        ]
    );
}

#[test]
fn hidden_text_of_a_word_document_is_left_out() {
    let run = |properties: &str, text: &str| {
        format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>")
    };
    let body = format!(
        "<w:p>{}{}{}{}</w:p><w:p><w:pPr><w:pStyle w:val=\"h\"/></w:pPr>{}</w:p>",
        run("", "青河镇"),
        run("<w:vanish/>", "甲"),
        run("<w:vanish w:val=\"0\"/>", "推行河长制。"),
        run("<w:rStyle w:val=\"h\"/>", "乙"),
        run("", "丙")
    );
    let styles =
        "<w:styles><w:style w:styleId=\"h\"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>";
    let bytes = docx_of(&body, &[("word/styles.xml", styles)]);
    assert_eq!(
        read_one("a.docx", &bytes).unwrap().text.trim(),
        "青河镇推行河长制。"
    );
}

#[test]
fn a_word_document_under_the_name_of_an_old_one_is_read() {
    let bytes = docx_of(&paragraph(REPORT[2]), &[]);
    for name in ["a.doc", "a.wps", "a"] {
        assert_eq!(
            read_one(name, &bytes).unwrap().text,
            format!("{}\n", REPORT[2]),
            "{name}"
        );
    }
}

// ---------------------------------------------------------------- pdf

#[test]
fn a_pdf_is_read_whatever_its_font_says() {
    let page: Vec<_> = REPORT
        .iter()
        .enumerate()
        .map(|(i, line)| {
            (
                if i == 0 { 200.0 } else { 72.0 },
                700.0 - 24.0 * i as f32,
                *line,
            )
        })
        .collect();
    for font in [PdfFont::Gbk, PdfFont::Ucs2, PdfFont::Mapped] {
        let source = read_one("a.pdf", &pdf(font, std::slice::from_ref(&page))).unwrap();
        assert_eq!(lines(&source.text), REPORT, "{font:?}");
        assert!(!source.metadata.guessed);
    }
    let mute = read_one("a.pdf", &pdf(PdfFont::Mute, &[page])).unwrap_err();
    assert_eq!(mute.reason, Reason::Fonts);
}

#[test]
fn a_pdf_without_text_is_a_scan() {
    let objects = [
        "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj",
        "2 0 obj <</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 595 842]>> endobj",
        "3 0 obj <</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>> endobj",
        "4 0 obj <</Length 24>> stream\nq 595 0 0 842 0 0 cm /I Do Q\nendstream endobj",
        "5 0 obj <</Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>> stream\n0\nendstream endobj",
    ];
    let bytes = crate::files::assemble(&objects.map(str::to_owned));
    assert_eq!(
        read_one("a.pdf", &bytes).unwrap_err().reason,
        Reason::Scanned
    );
}

#[test]
fn a_pdf_of_which_most_is_a_scan_is_one() {
    let of = |kids: &str| {
        let objects = [
            "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj",
            &format!(
                "2 0 obj <</Type/Pages/Count 3/Kids[{kids}]/MediaBox[0 0 595 842]/Resources<</Font<</F 6 0 R>>/XObject<</I 5 0 R>>>>>> endobj"
            ),
            "3 0 obj <</Type/Page/Parent 2 0 R/Contents 4 0 R>> endobj",
            "4 0 obj <</Length 24>> stream\nq 595 0 0 842 0 0 cm /I Do Q\nendstream endobj",
            "5 0 obj <</Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>> stream\n0\nendstream endobj",
            "6 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj",
            "7 0 obj <</Type/Page/Parent 2 0 R/Contents 8 0 R>> endobj",
            "8 0 obj <</Length 60>> stream\nBT /F 12 Tf 1 0 0 1 72 700 Tm (Annual report of the town) Tj ET\nendstream endobj",
        ];
        read_one(
            "a.pdf",
            &crate::files::assemble(&objects.map(str::to_owned)),
        )
    };
    let scanned = of("3 0 R 7 0 R 3 0 R").unwrap_err();
    assert_eq!(scanned.to_string(), "scanned: 2 of 3 pages are pictures");
    let read = of("7 0 R 3 0 R 7 0 R").unwrap();
    assert_eq!(read.text.matches("Annual report of the town").count(), 2);
}

#[test]
fn a_pdf_that_broke_off_says_so() {
    let page: Vec<_> = REPORT.iter().map(|line| (72.0, 700.0, *line)).collect();
    let whole = pdf(PdfFont::Ucs2, &[page.clone(), page]);
    let cut = read_one("a.pdf", &whole[..whole.len() * 2 / 3]).unwrap_err();
    assert_eq!(cut.reason, Reason::Damaged);
    assert!(cut.detail.starts_with("cut off before its end"), "{cut}");
}

#[test]
fn a_table_of_a_pdf_is_read_row_by_row() {
    let rows = [
        ["序号", "项目名称", "投资额（万元）", "进度"],
        ["1", "青河冷库", "3200", "在建"],
        ["2", "白沙粮食烘干中心", "800", "已投用"],
        ["3", "石桥水厂", "120", "完成"],
    ];
    let mut page: Vec<_> = vec![(150.0, 760.0, "青河县2021年重点项目完成情况表")];
    for (i, row) in rows.iter().enumerate() {
        let at = [72.0, 120.0, 300.0, 430.0];
        let cells = at.into_iter().zip(row);
        page.extend(cells.map(|(x, cell)| (x, 720.0 - 20.0 * i as f32, *cell)));
    }
    let source = read_one("a.pdf", &pdf(PdfFont::Ucs2, &[page])).unwrap();
    let rows = rows.map(|row| row.join(" | "));
    assert_eq!(lines(&source.text)[1..], rows);
}

// ---------------------------------------------------------------- tables

const TABLE: &str = "省份,年份,标题,网址,发布日期,备注,全文\n\
    江西省,2021,青河镇工作总结,https://example.gov.cn/1,2022/1/12,,\"青河镇2021年工作总结\n全镇推行河长制。\"\n\
    江西省,2022年,,,,无,白沙镇完成财政收入2亿元。\n\
    江西省,2022,空白,,,,\n";

#[test]
fn a_table_gives_one_document_a_row() {
    for (name, bytes) in [
        ("a.csv", TABLE.as_bytes().to_vec()),
        ("a.csv", format!("\u{FEFF}{TABLE}").into_bytes()),
        ("a.csv", GB18030.encode(TABLE).0.into_owned()),
        ("a.tsv", TABLE.replace(',', "\t").into_bytes()),
        (
            "a.csv",
            std::iter::once(0xFEFF)
                .chain(TABLE.encode_utf16())
                .flat_map(u16::to_le_bytes)
                .collect(),
        ),
    ] {
        let rows = read_all(name, &bytes, &Options::default());
        let names: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [2, 3, 4].map(|row| format!("{name}#row={row}")));
        let first = rows[0].1.as_ref().unwrap();
        assert_eq!(first.text, "青河镇2021年工作总结\n全镇推行河长制。\n");
        let metadata = &first.metadata;
        assert_eq!(
            (
                metadata.year,
                metadata.place.as_deref(),
                metadata.issued.as_deref(),
                metadata.title.as_deref()
            ),
            (
                Some(2021),
                Some("江西省"),
                Some("2022-01-12"),
                Some("青河镇工作总结")
            )
        );
        assert_eq!(metadata.url.as_deref(), Some("https://example.gov.cn/1"));
        assert_eq!(rows[1].1.as_ref().unwrap().metadata.year, Some(2022));
        assert_eq!(rows[2].1.as_ref().unwrap_err().reason, Reason::Empty);
    }
}

#[test]
fn lines_of_json_are_read_and_bad_ones_cost_only_themselves() {
    let table = concat!(
        "{\"province\": \"江西省\", \"year\": 2021, \"full_text\": \"青河镇推行河长制。\"}\n",
        "not json\n\n",
        "{\"text\": \"白沙镇开展环境整治。\", \"meta\": {\"year\": \"2022\"}}\n",
        "{\"year\": 2021}\n",
        "[1]\n",
        "{\"text\": \"\\ud800\"}\n",
        "{\"text\": \"最后一行。\"}",
    );
    let rows = read_all("a.jsonl", table.as_bytes(), &Options::default());
    let found: Vec<(&str, Result<&str, Reason>)> = rows
        .iter()
        .map(|(name, row)| {
            (
                name.as_str(),
                row.as_ref().map(|s| s.text.as_str()).map_err(|a| a.reason),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("a.jsonl#line=1", Ok("青河镇推行河长制。\n")),
            ("a.jsonl#line=2", Err(Reason::Damaged)),
            ("a.jsonl#line=4", Ok("白沙镇开展环境整治。\n")),
            ("a.jsonl#line=5", Err(Reason::NoColumn)),
            ("a.jsonl#line=6", Err(Reason::Damaged)),
            ("a.jsonl#line=7", Err(Reason::Damaged)),
            ("a.jsonl#line=8", Ok("最后一行。\n")),
        ]
    );
    assert_eq!(rows[2].1.as_ref().unwrap().metadata.year, Some(2022));
}

#[test]
fn a_column_may_be_named() {
    let table = "年,甲,乙\n2021,青河镇推行河长制。,白沙镇开展整治。\n";
    let error = read_one("a.csv", table.as_bytes()).unwrap_err();
    assert_eq!(
        (error.reason, error.detail.as_str()),
        (Reason::NoColumn, "年, 甲, 乙")
    );
    let options = Options {
        columns: vec![(Column::Text, "乙".to_owned())],
        ..Options::default()
    };
    let rows = read_all("a.csv", table.as_bytes(), &options);
    assert_eq!(rows[0].1.as_ref().unwrap().text, "白沙镇开展整治。\n");
}

// ---------------------------------------------------------------- archives and folders

#[test]
fn an_archive_gives_what_it_holds() {
    let inner = zip(&[("内.txt", "内层文件：青河镇。".as_bytes())]);
    let deep = zip(&[("deep.zip", &zip(&[("a.txt", b"text")]))]);
    let bytes = zip(&[
        ("甲/报告.txt", REPORT[2].as_bytes()),
        ("甲/图.png", b"png"),
        ("__MACOSX/._a.txt", b"mac"),
        ("../../上级.md", REPORT[4].as_bytes()),
        ("表.csv", TABLE.as_bytes()),
        ("内.zip", &inner),
        ("深.zip", &deep),
        ("老.doc", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
    ]);
    let all = read_all("包.zip", &bytes, &Options::default());
    let found: Vec<(&str, Option<Reason>)> = all
        .iter()
        .map(|(name, read)| (name.as_str(), read.as_ref().err().map(|a| a.reason)))
        .collect();
    assert_eq!(
        found,
        [
            ("包.zip/甲/报告.txt", None),
            ("包.zip/上级.md", None),
            ("包.zip/表.csv#row=2", None),
            ("包.zip/表.csv#row=3", None),
            ("包.zip/表.csv#row=4", Some(Reason::Empty)),
            ("包.zip/内.zip/内.txt", None),
            ("包.zip/深.zip/deep.zip", Some(Reason::Nested)),
            ("包.zip/老.doc", Some(Reason::OldDocument)),
        ]
    );
}

#[test]
fn a_piece_is_found_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let table = put(folder.path(), "表.csv", TABLE.as_bytes());
    let archive = put(
        folder.path(),
        "包.zip",
        &zip(&[("a.txt", "甲".as_bytes()), ("b.txt", "乙".as_bytes())]),
    );
    let options = Options::default();
    for file in [&table, &archive] {
        for piece in pieces(file, &options) {
            let found = find_piece(Path::new(&piece.path), &options).unwrap();
            assert_eq!(
                (found.path.as_str(), found.hash()),
                (piece.path.as_str(), piece.hash())
            );
        }
        let said = find_piece(file, &options).unwrap_err().to_string();
        assert!(said.contains("name one of them"), "{said}");
    }
    assert!(find_piece(&folder.path().join("no.txt"), &options).is_err());
}

#[test]
fn a_folder_gives_its_texts_and_not_the_parts_of_pages() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "b.PDF",
        "a.txt",
        "c.doc",
        "x.png",
        ".hidden.txt",
        "页.html",
        "页_files/frame.html",
        "深/d.jsonl",
        "散_files/e.txt",
    ] {
        put(folder.path(), name, b"x");
    }
    let files = list_files(&[folder.path().to_owned()]).unwrap();
    let names: Vec<String> = files
        .iter()
        .map(|file| {
            file.strip_prefix(folder.path())
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(
        names,
        [
            "a.txt",
            "b.PDF",
            "c.doc",
            "散_files/e.txt",
            "深/d.jsonl",
            "页.html"
        ]
    );
}

#[test]
fn what_is_not_supported_is_told_apart() {
    let ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    for (name, bytes, reason) in [
        ("a.doc", &ole[..], Reason::OldDocument),
        ("a.wps", ole, Reason::OldDocument),
        ("a.xls", ole, Reason::Spreadsheet),
        ("a.docx", ole, Reason::Protected),
        ("a.pdf", b"text", Reason::Damaged),
        ("a.docx", b"PK\x03\x04rubbish", Reason::Damaged),
        ("a.zip", b"PK\x03\x04rubbish", Reason::Damaged),
        ("a.pdf", b"", Reason::Empty),
        ("a.csv", b"\n", Reason::Empty),
    ] {
        assert_eq!(read_one(name, bytes).unwrap_err().reason, reason, "{name}");
    }
}

// ---------------------------------------------------------------- the way into the graph

#[test]
fn every_format_goes_into_the_graph_with_its_metadata() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let town = REPORT.map(|line| line.replace("青河镇", "江西省宜春市上高县锦江镇"));
    let page: Vec<_> = town
        .iter()
        .enumerate()
        .map(|(i, line)| (72.0, 700.0 - 24.0 * i as f32, line.as_str()))
        .collect();
    put(&corpus, "a.pdf", &pdf(PdfFont::Ucs2, &[page]));
    let body: String = town.iter().map(|line| paragraph(line)).collect();
    put(&corpus, "b.docx", &docx_of(&body, &[]));
    put(&corpus, "c.html", PAGE.as_bytes());
    put(&corpus, "d.csv", GB18030.encode(TABLE).0.as_ref());
    put(
        &corpus,
        "e.zip",
        &zip(&[("甲/e.txt", town.join("\n").as_bytes())]),
    );
    put(&corpus, "f.doc", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    let big5 = "青河鎮工作總結。全鎮推行河長制，開展農村環境整治，財政收入一億元。";
    put(&corpus, "g.txt", encoding_rs::BIG5.encode(big5).0.as_ref());
    let path = folder.path().join("store");
    let options = BuildOptions::default();
    let report = build(&[corpus], &path, &options, &|_, _| {}).unwrap();
    assert_eq!((report.files, report.documents, report.done), (7, 9, 7));
    assert_eq!(report.documents, report.done + report.set_aside.len());
    let guessed: Vec<&str> = report
        .guessed
        .iter()
        .map(|(_, format)| format.as_str())
        .collect();
    assert_eq!(guessed, ["text/plain; charset=big5"]);
    let store = Store::open(&path).unwrap();
    let (statements, mentions) = crate::laws::every_span_is_found(&store);
    assert!(statements >= 3 && mentions >= 7, "{statements} {mentions}");
    let documents = store.documents().unwrap();
    assert_eq!(documents.len(), 9);
    let row = |ending: &str| {
        documents
            .iter()
            .find(|d| d.paths[0].ends_with(ending))
            .unwrap()
    };
    let html = row("c.html");
    assert_eq!(html.title.as_deref(), Some("青河镇2021年工作总结"));
    assert_eq!(html.metadata.issued.as_deref(), Some("2022-01-12"));
    assert_eq!(html.metadata.publisher.as_deref(), Some("青河镇人民政府"));
    let first = row("d.csv#row=2");
    assert_eq!(
        (first.metadata.year, first.metadata.place.as_deref()),
        (Some(2021), Some("江西省"))
    );
    assert_eq!(row("d.csv#row=3").year, Some(2022));
    assert_eq!(row("f.doc").reason.as_deref(), Some("old document"));
    for ending in ["a.pdf", "b.docx", "e.txt"] {
        assert_eq!(row(ending).year, Some(2021), "{ending}");
        let home = row(ending).home.as_deref().unwrap();
        assert!(home.ends_with("/360923102"), "{ending}: {home}");
    }
}

#[test]
fn rows_and_files_of_one_content_are_one_document_wherever_they_lie() {
    let options = Options::default();
    let folder = tempfile::tempdir().unwrap();
    let hashes = |name: &str, bytes: &[u8]| -> Vec<String> {
        let path = put(folder.path(), name, bytes);
        pieces(&path, &options).map(|piece| piece.hash()).collect()
    };
    let one = hashes("a.csv", TABLE.as_bytes());
    assert_eq!(one, hashes("深/b.csv", GB18030.encode(TABLE).0.as_ref()));
    assert!(one[0] != one[1]);
    let text = REPORT[2].as_bytes();
    assert_eq!(
        hashes("a.txt", text),
        hashes("c.zip", &zip(&[("x/y.md", text)]))
    );
    assert_ne!(hashes("a.txt", text), hashes("a.html", text));
}
