//! What is found in small texts.

use super::*;
use crate::extract::Span;
use crate::model::{Entity, EntityType, Home, IndicatorKind};
use crate::text::Document;

/// The figures of a text whose mentions are given as (type, name), as `name|value|unit|change`.
fn read_with(text: &str, mentions: &[(EntityType, &str)]) -> Vec<Indicator> {
    let doc = Document::new("d", text);
    let mut spans = Vec::new();
    let mut entities = Vec::new();
    for (kind, name) in mentions {
        let name_chars: Vec<char> = name.chars().collect();
        entities.push(Entity {
            id: format!("e/{name}"),
            kind: *kind,
            name: (*name).into(),
            aliases: Vec::new(),
            code: None,
        });
        for start in 0..doc.text.chars.len() {
            if doc.text.chars[start..].starts_with(&name_chars) {
                spans.push(Span {
                    start,
                    end: start + name_chars.len(),
                    kind: *kind,
                    entity: entities.len() - 1,
                    confidence: 1.0,
                    corrections: Vec::new(),
                });
            }
        }
    }
    spans.sort_by_key(|s| s.start);
    let home = Some(Home {
        id: "e/青溪镇".into(),
        name: "青溪镇".into(),
        ..Home::default()
    });
    let context = Context {
        doc: &doc,
        spans,
        n_named: entities.len(),
        entities,
        home,
        year: Some(2021),
        corrections: Default::default(),
    };
    indicate(&context)
}

fn shown(rows: &[Indicator]) -> Vec<String> {
    let cell = |text: &Option<String>| text.clone().unwrap_or_default();
    rows.iter()
        .map(|r| {
            format!(
                "{}|{}|{}|{}",
                r.name,
                cell(&r.value),
                cell(&r.unit),
                cell(&r.change)
            )
        })
        .collect()
}

fn read(text: &str) -> Vec<String> {
    shown(&read_with(text, &[]))
}

#[test]
fn a_name_has_a_value_and_a_change() {
    assert_eq!(
        read("全年实现财政总收入1.2亿元，同比增长5.5%。"),
        ["财政总收入|1.2|亿元|5.5"]
    );
    assert_eq!(
        read("2021年完成固定资产投资3.4亿元，比上年下降2%。"),
        ["固定资产投资|3.4|亿元|-2"]
    );
    assert_eq!(
        read("森林覆盖率达72.5%，提高1.5个百分点。"),
        ["森林覆盖率|72.5|%|1.5"]
    );
    assert_eq!(
        read("全镇茶叶产值突破2亿元，较2016年翻了一番。"),
        ["茶叶产值|2|亿元|100"]
    );
}

#[test]
fn a_change_can_stand_alone() {
    assert_eq!(
        read("规模以上工业增加值增长8%左右。"),
        ["规模以上工业增加值||| 8".replace(' ', "")]
    );
    assert_eq!(
        read("社会消费品零售总额年均增长9.1%。"),
        ["社会消费品零售总额|||9.1"]
    );
}

#[test]
fn values_are_shared_out_in_order() {
    assert_eq!(
        read("地区生产总值、财政收入分别达到20亿元和3亿元。"),
        ["地区生产总值|20|亿元|", "财政收入|3|亿元|"]
    );
    assert_eq!(
        read("完成工业总产值8亿元，财政收入5000万元，分别增长7%和9%。"),
        ["工业总产值|8|亿元|7", "财政收入|5000|万元|9"]
    );
    assert_eq!(
        read("地区生产总值、固定资产投资分别增长7%、12%。"),
        ["地区生产总值|||7", "固定资产投资|||12"]
    );
}

#[test]
fn an_old_and_a_new_level_are_two_rows() {
    assert_eq!(
        read("贫困发生率由2016年的9.8%降至0.6%。"),
        ["贫困发生率|9.8|%|", "贫困发生率|0.6|%|"]
    );
    assert_eq!(
        read("农民人均可支配收入从8200元提高到1.3万元。"),
        [
            "农民人均可支配收入|8200|元|",
            "农民人均可支配收入|1.3|万元|"
        ]
    );
}

#[test]
fn a_share_is_named_by_its_parts() {
    assert_eq!(
        read("第三产业增加值6亿元，占地区生产总值比重达41%。"),
        ["第三产业增加值|6|亿元|", "占地区生产总值比重|41|%|"]
    );
    assert_eq!(
        read("新能源装机达40万千瓦、占比达38%。"),
        ["新能源装机|40|万千瓦|", "占比|38|%|"]
    );
    assert!(read("完成投资任务，占年度计划的80%。").is_empty());
}

#[test]
fn fields_and_herds_are_measured() {
    assert_eq!(
        read("新造油茶林600亩，改造低产林900亩。"),
        ["新造油茶林|600|亩|", "改造低产林|900|亩|"]
    );
    assert_eq!(
        read("全镇耕地面积3.1万亩，其中水稻2万亩、玉米6000亩。"),
        ["耕地面积|3.1|万亩|", "水稻|2|万亩|", "玉米|6000|亩|"]
    );
    assert_eq!(
        read("完成2000亩高标准农田建设。"),
        ["高标准农田建设|2000|亩|"]
    );
    assert!(
        read("拆除违建1200平方米，流转土地300亩用于征地。")
            .iter()
            .all(|row| !row.starts_with("拆"))
    );
}

#[test]
fn redacted_numbers_have_no_value() {
    assert!(read("实现地区生产总值X亿元。").is_empty());
    assert_eq!(
        read("实现地区生产总值XX亿元，增长5.2%。"),
        ["地区生产总值|||5.2"]
    );
}

#[test]
fn activities_and_projects_are_none() {
    assert!(read("召开专题会议12次，走访党员130名，整改率100%。").is_empty());
    assert!(read("总投资2.6亿元的产业园开工，建筑面积3万平方米。").is_empty());
    assert!(read("财政收入增速高于全县2个百分点。").is_empty());
}

#[test]
fn money_of_firms_is_none() {
    let firm = [(EntityType::Enterprise, "远山机械有限公司")];
    assert!(read_with("远山机械有限公司实现产值3亿元，利润2000万元。", &firm).is_empty());
    assert_eq!(
        shown(&read_with(
            "远山机械有限公司投产。全镇工业产值9亿元。",
            &firm
        )),
        ["工业产值|9|亿元|"]
    );
}

#[test]
fn the_place_of_the_clause_is_the_subject() {
    let place = [(EntityType::Place, "柳河村")];
    let rows = read_with("全镇茶园面积3万亩，其中柳河村6000亩。", &place);
    assert_eq!(shown(&rows), ["茶园面积|3|万亩|", "茶园面积|6000|亩|"]);
    assert_eq!(rows[0].place, "e/青溪镇");
    assert_eq!(rows[1].place, "e/柳河村");
}

#[test]
fn years_and_aims_are_told() {
    let rows = read_with("到2025年，力争财政收入达到2亿元。", &[]);
    assert_eq!(rows[0].period.as_deref(), Some("2025"));
    assert_eq!(rows[0].kind, IndicatorKind::Target);
    let rows = read_with("去年财政收入达到1亿元，今年为1.2亿元。", &[]);
    assert_eq!(
        rows.iter()
            .map(|r| r.period.clone().unwrap_or_default())
            .collect::<Vec<_>>(),
        ["2020", "2021"]
    );
}

#[test]
fn the_part_of_a_report_that_plans_may_stand_alone() {
    for (heading, year) in [
        ("三、2022年重点任务", "2022"),
        ("三、2021年重点任务", "2021"),
    ] {
        let rows = read_with(&format!("{heading}\n财政收入达到2亿元。"), &[]);
        assert_eq!(rows[0].period.as_deref(), Some(year), "{heading}");
        assert_eq!(rows[0].kind, IndicatorKind::Target);
    }
}

#[test]
fn words_of_time_tell_years() {
    let periods = |text| -> Vec<String> {
        let rows = read_with(text, &[]).into_iter();
        rows.map(|r| r.period.unwrap_or_default()).collect()
    };
    assert_eq!(
        periods("五年来，财政收入年均增长7%。前年财政收入1亿元，十四五时期财政收入9亿元。"),
        ["2017-2021", "2019", "2021-2025"]
    );
    assert_eq!(periods("今后五年，力争财政收入达到8亿元。"), ["2022-2026"]);
}

#[test]
fn every_role_and_period_is_understood() {
    for row in crate::lexicon::rows("data/lexicon/indicate-words.tsv") {
        assert!(role::written(row[1]) != 0 || row[1] == "solid", "{row:?}");
        let years = |text: &str| text.split('-').all(|year| year.parse::<i32>().is_ok());
        assert!(
            row[1] != "period"
                || matches!(
                    row[2],
                    "this" | "last" | "last but one" | "next" | "last five" | "next five"
                )
                || years(row[2]),
            "{row:?}"
        );
    }
}

#[test]
fn a_redacted_home_has_a_local_id() {
    let doc = Document::new("d", "全镇财政收入1亿元。");
    let context = Context {
        doc: &doc,
        spans: Vec::new(),
        entities: Vec::new(),
        n_named: 0,
        home: None,
        year: None,
        corrections: Default::default(),
    };
    assert_eq!(
        indicate(&context)[0].place,
        "https://w3id.org/xiangtu/id/local/home"
    );
}

#[test]
fn no_text_panics() {
    for text in [
        "",
        "%",
        "增长5%",
        "由5%到",
        "、3亩、",
        "占5%",
        "翻",
        "翻番",
        "X",
        "1,",
        "其中3亩",
        "-5",
        "5—",
        "5、6",
        "分别达到1亩、2亩",
    ] {
        read(text);
    }
}
