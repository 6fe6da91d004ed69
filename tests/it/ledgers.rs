//! Promises, money, careers and enterprises across regions, over small graphs worked out by hand.

use crate::fixture::small;
use crate::written::{PLACE, entity, fact, report, store};
use xiangtu::graph::adoption::Level;
use xiangtu::graph::money::{By, State, stakes, sums};
use xiangtu::graph::promises::{Outcome, Promise, promises};
use xiangtu::graph::{across, careers};
use xiangtu::identity::Ledger;
use xiangtu::model::{EntityType, Extraction, Indicator, IndicatorKind, Predicate};
use xiangtu::store::Store;

/// A figure that 大瑶镇 reports.
pub fn figure(
    name: &str,
    kind: IndicatorKind,
    value: &str,
    unit: &str,
    change: Option<&str>,
    text: &str,
) -> Indicator {
    Indicator {
        place: format!("{PLACE}430181110"),
        name: name.to_owned(),
        value: (!value.is_empty()).then(|| value.to_owned()),
        unit: (!unit.is_empty()).then(|| unit.to_owned()),
        period: None,
        change: change.map(str::to_owned),
        kind,
        text: text.to_owned(),
        start: 0,
        end: text.chars().count(),
        quote: xiangtu::model::Quote {
            start: 0,
            end: text.chars().count(),
            text: text.to_owned(),
        },
        rule: "test".to_owned(),
        confidence: 0.9,
    }
}

fn outcome<'a>(all: &'a [Promise], indicator: &str) -> &'a Promise {
    all.iter()
        .find(|promise| promise.indicator == indicator)
        .unwrap()
}

#[test]
fn promises_of_the_small_corpus() {
    let (_folder, store) = small();
    let all = promises(&store, None).unwrap();
    assert_eq!(all.len(), 1);
    let promise = outcome(&all, "财政收入");
    assert_eq!(
        (promise.outcome, promise.period.as_str()),
        (Outcome::Missed, "2022")
    );
    assert!((promise.ratio.unwrap() - 0.975).abs() < 1e-12);
    assert_eq!(promise.target.text, "2亿元");
    assert_eq!(promise.actual.as_ref().unwrap().text, "1.95亿元（+9.6%）");
}

#[test]
fn promises_are_kept_missed_dropped_or_not_comparable() {
    use IndicatorKind::{Actual, Target};
    let (mut promised, mut reported) = (
        report("430181110", 2021, &[]),
        report("430181110", 2022, &[]),
    );
    promised.indicators = vec![
        figure(
            "粮食产量",
            Target,
            "1.5",
            "万吨",
            None,
            "粮食产量1.5万吨以上",
        ),
        figure("能耗", Target, "3", "万吨", None, "能耗控制在3万吨以内"),
        figure("财政收入", Target, "", "", Some("8"), "财政收入增长8%"),
        figure("事故起数", Target, "", "", Some("-5"), "事故起数下降5%"),
        figure("绿化面积", Target, "500", "亩", None, "绿化500亩"),
        figure("招商引资", Target, "2", "亿元", None, "招商引资2亿元"),
    ];
    reported.indicators = vec![
        figure("粮食产量", Actual, "16000", "吨", None, "粮食产量16000吨"),
        figure("能耗", Actual, "3.2", "万吨", None, "能耗3.2万吨"),
        figure(
            "财政收入",
            Actual,
            "2",
            "亿元",
            Some("7.5"),
            "财政收入2亿元，增长7.5%",
        ),
        figure(
            "事故起数",
            Actual,
            "12",
            "起",
            Some("-6"),
            "事故12起，下降6%",
        ),
        figure("招商引资", Actual, "5", "个", None, "招商引资5个"),
        figure("游客人数", Target, "9", "万人", None, "游客9万人"),
    ];
    let all = promises(&store(vec![promised, reported]), None).unwrap();
    let outcomes = [
        "粮食产量",
        "能耗",
        "财政收入",
        "事故起数",
        "绿化面积",
        "招商引资",
        "游客人数",
    ]
    .map(|name| outcome(&all, name).outcome);
    assert_eq!(
        outcomes,
        [
            Outcome::Kept,
            Outcome::Missed,
            Outcome::Missed,
            Outcome::Kept,
            Outcome::Dropped,
            Outcome::Unlike,
            Outcome::Open,
        ]
    );
    assert_eq!(outcome(&all, "绿化面积").silent, ["430181110-2022.txt"]);
    assert_eq!(outcome(&all, "游客人数").period, "2023");
    assert!((outcome(&all, "粮食产量").ratio.unwrap() - 16.0 / 15.0).abs() < 1e-9);
}

#[test]
fn only_a_later_report_on_the_year_tells_what_became_of_a_target() {
    use IndicatorKind::{Actual, Target};
    const SENTENCE: &str = "明年预期目标：地区生产总值增长5%，粮食产量1.5万吨。";
    let target = || figure("粮食产量", Target, "1.5", "万吨", None, SENTENCE);
    let told = |later: i32, indicators: Vec<Indicator>| {
        let mut promised = report("430181110", 2021, &[]);
        promised.indicators = vec![target()];
        let mut other = report("430181110", later, &[]);
        other.doc = "other.txt".to_owned();
        other.indicators = indicators;
        let all = promises(&store(vec![promised, other]), None).unwrap();
        outcome(&all, "粮食产量").outcome
    };
    assert_eq!(told(2022, Vec::new()), Outcome::Dropped);
    assert_eq!(told(2021, Vec::new()), Outcome::Open);
    // A year between was not read.
    assert_eq!(told(2023, Vec::new()), Outcome::Open);
    // An excerpt of the same report, whatever year it was taken for, fulfils nothing and drops nothing.
    let mut copied = figure("粮食产量", Actual, "1.5", "万吨", None, SENTENCE);
    copied.period = Some("2022".to_owned());
    assert_eq!(told(2022, vec![copied]), Outcome::Open);
    // A report that sets targets for its own main year is followed by one of the next.
    let given = |later| {
        let mut promised = report("430181110", 2021, &[]);
        let mut own = target();
        own.period = Some("2021".to_owned());
        promised.indicators = vec![own];
        let next = report("430181110", later, &[]);
        let all = promises(&store(vec![promised, next]), None).unwrap();
        outcome(&all, "粮食产量").outcome
    };
    assert_eq!(
        (given(2022), given(2023)),
        (Outcome::Dropped, Outcome::Open)
    );
}

#[test]
fn money_of_the_small_corpus() {
    let (_folder, store) = small();
    let all = stakes(&store, None).unwrap();
    let rows: Vec<(&str, f64, State, bool)> = all
        .iter()
        .map(|s| (s.subject.name.as_str(), s.amount, s.state, s.place_stated))
        .collect();
    assert_eq!(
        rows,
        [
            ("锦江稻米加工园项目", 250_000_000.0, State::Completed, false),
            (
                "云峰烟花制造有限公司技改项目",
                120_000_000.0,
                State::Completed,
                false
            ),
            ("仓储中心项目", 80_000_000.0, State::Ongoing, true),
            ("蜀江果业有限公司", 30_000_000.0, State::Unknown, true),
        ]
    );
    let by = |by| sums(&store, &all, by).unwrap();
    let provinces: Vec<(String, f64, f64)> = by(By::Province)
        .into_iter()
        .map(|sum| (sum.of.unwrap().name, sum.total, sum.completed))
        .collect();
    assert_eq!(
        provinces,
        [
            ("江西省".to_owned(), 2.5e8, 2.5e8),
            ("湖南省".to_owned(), 2e8, 1.2e8),
            ("四川省".to_owned(), 3e7, 0.0),
        ]
    );
    for sum in by(By::Enterprise).iter().chain(&by(By::Town)) {
        let parts = sum.planned + sum.ongoing + sum.completed + sum.unknown;
        assert!((sum.total - parts).abs() < 1e-6, "{sum:?}");
    }
    let fireworks = by(By::Enterprise)
        .into_iter()
        .find(|sum| sum.subjects == 2)
        .unwrap();
    assert_eq!(fireworks.of.unwrap().name, "云峰烟花制造有限公司");
    let hunan = stakes(&store, Some(&format!("{PLACE}43"))).unwrap();
    assert_eq!(hunan.len(), 2);
}

#[test]
fn careers_keep_namesakes_apart() {
    let (_folder, store) = small();
    let all = careers::careers(&store, None).unwrap();
    let named: Vec<&careers::Career> = all.iter().filter(|c| c.person.name == "周一帆").collect();
    assert_eq!(named.len(), 2);
    assert!(
        named
            .iter()
            .all(|career| career.namesakes == 1 && !career.moves())
    );
    let longest = named
        .iter()
        .map(|career| &career.posts[0])
        .max_by_key(|post| post.documents)
        .unwrap();
    assert_eq!(
        (longest.first, longest.last, longest.documents),
        (Some(2021), Some(2022), 2)
    );
    assert_eq!(longest.place.as_ref().unwrap().name, "上高县锦江镇");
    let hunan = careers::careers(&store, Some(&format!("{PLACE}43"))).unwrap();
    assert_eq!(
        hunan
            .iter()
            .map(|c| c.person.name.as_str())
            .collect::<Vec<_>>(),
        ["周一帆", "陈立新"]
    );
}

/// A report of a place that says who holds which post, with what confidence.
fn posts(code: &str, year: i32, said: &[(&str, &str, f64)]) -> Extraction {
    let mut report = report(code, year, &[]);
    for (person, post, confidence) in said {
        let id = format!("https://w3id.org/xiangtu/id/person/{person}");
        let name = entity(id.clone(), EntityType::Person, person, None);
        report.entities.push(name);
        let mut holds = fact(id, Predicate::HoldsPost, None, Some((*post).to_owned()));
        holds.quote.text = format!("{post}{person}，{year}年。");
        holds.confidence = *confidence;
        report.facts.push(holds);
    }
    report
}

#[test]
fn a_career_shows_its_surest_sentence_and_moves_with_local_posts_only() {
    let store = store(vec![
        posts(
            "430181110",
            2020,
            &[("陈立新", "镇长", 0.9), ("周一帆", "作家", 0.9)],
        ),
        posts("430181110", 2021, &[("陈立新", "镇长", 0.6)]),
        posts("430181110", 2022, &[("陈立新", "镇长", 0.7)]),
        posts(
            "360923102",
            2022,
            &[("周一帆", "作家", 0.9), ("陈立新", "镇长", 0.8)],
        ),
    ]);
    let all = careers::careers(&store, None).unwrap();
    let of = |name: &str| {
        all.iter()
            .filter(|c| c.person.name == name)
            .collect::<Vec<_>>()
    };
    let mayor = of("陈立新")
        .into_iter()
        .find(|career| career.posts.iter().any(|post| post.documents == 3))
        .unwrap();
    let post = mayor.posts.iter().find(|post| post.documents == 3).unwrap();
    assert_eq!(post.quote, "镇长陈立新，2020年。");
    assert!(of("周一帆").iter().all(|career| !career.moves()), "{all:?}");
}

#[test]
fn enterprises_across_regions() {
    let (_folder, store) = small();
    let towns = across::across(&store, Level::Town, 2).unwrap();
    assert_eq!(towns.len(), 1);
    let fireworks = &towns[0];
    assert_eq!(
        (fireworks.name.as_str(), fireworks.namesakes),
        ("云峰烟花制造有限公司", 0)
    );
    assert_eq!(
        (fireworks.counties, fireworks.projects.len(), fireworks.yuan),
        (1, 2, 2e8)
    );
    assert_eq!(fireworks.years, Some((2021, 2022)));
    assert!(across::across(&store, Level::County, 2).unwrap().is_empty());
}

#[test]
fn one_name_in_two_counties_is_one_enterprise_by_judgement_only() {
    let of = |code: &str, name: &str| {
        let mut report = report(code, 2021, &[]);
        let id = format!(
            "https://w3id.org/xiangtu/id/enterprise/{}/{name}",
            &code[..6]
        );
        report
            .entities
            .push(entity(id.clone(), EntityType::Enterprise, name, None));
        let place = Some(format!("{PLACE}{code}"));
        let lies = fact(id, Predicate::LocatedIn, place, None);
        report.facts.push(lies);
        report.doc = format!("{code}-{name}.txt");
        report
    };
    let mut store = store(vec![
        of("430181110", "正邦农牧发展有限公司"),
        of("360923102", "正邦农牧发展有限公司"),
        of("430181110", "农商银行"),
        of("360923102", "农商银行"),
    ]);
    let across = |store: &Store| across::across(store, Level::Province, 1).unwrap();
    let rows = across(&store);
    assert_eq!(rows.len(), 4);
    assert!(
        rows.iter()
            .all(|row| (row.provinces, row.namesakes) == (1, 1))
    );
    let line =
        "enterprise/430181/正邦农牧发展有限公司\tenterprise/360923/正邦农牧发展有限公司\tsame\n";
    store.judge(Ledger::parse("ledger", line).unwrap());
    store.finish().unwrap();
    let rows = across(&store);
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (rows[0].provinces, rows[0].namesakes, rows[0].yuan),
        (2, 0, 0.0)
    );
}

#[test]
fn what_an_enterprise_invests_is_added_up_in_one_currency() {
    let mut report = report("430181110", 2021, &[]);
    let iri = |kind: &str, name: &str| format!("https://w3id.org/xiangtu/id/{kind}/{name}");
    let enterprise = iri("enterprise", "红星机械有限公司");
    let projects = [("冷链物流园", "2", "亿元"), ("光伏电站", "300", "万美元")];
    let firm = entity(
        enterprise.clone(),
        EntityType::Enterprise,
        "红星机械有限公司",
        None,
    );
    report.entities.push(firm);
    for (name, value, unit) in projects {
        let project = iri("project", name);
        report
            .entities
            .push(entity(project.clone(), EntityType::Project, name, None));
        let object = Some(project.clone());
        report.facts.push(fact(
            enterprise.clone(),
            Predicate::Undertakes,
            object,
            None,
        ));
        let mut invests = fact(project, Predicate::Investment, None, Some(value.to_owned()));
        invests.unit = Some(unit.to_owned());
        report.facts.push(invests);
    }
    let store = store(vec![report]);
    assert_eq!(stakes(&store, None).unwrap().len(), 2);
    let rows = across::across(&store, Level::Town, 1).unwrap();
    assert_eq!((rows.len(), rows[0].yuan), (1, 2e8));
}
