//! The analyses over small graphs whose answers were worked out by hand.

use std::collections::BTreeSet;

use crate::fixture::small;
use xiangtu::graph::adoption::{Atlas, Level, Selection, Table, adoptions};
use xiangtu::graph::money::{By, State, stakes, sums};
use xiangtu::graph::promises::{Outcome, Promise, promises};
use xiangtu::graph::recurrence::{self, recurrence};
use xiangtu::graph::{across, careers, cooccur, diffusion, similar, statistics};
use xiangtu::model::{
    Entity, EntityType, Extraction, Fact, Home, Indicator, IndicatorKind, Predicate,
};
use xiangtu::store::{Sourced, Store, content_hash};

const PLACE: &str = "https://w3id.org/xiangtu/id/place/";
const CAMPAIGN: &str = "https://w3id.org/xiangtu/id/campaign/";

fn entity(id: String, kind: EntityType, name: &str, code: Option<&str>) -> Entity {
    Entity {
        id,
        kind,
        name: name.to_owned(),
        aliases: Vec::new(),
        code: code.map(str::to_owned),
    }
}

/// A report on the year by the place with this code, that says these initiatives are carried out.
fn report(code: &str, year: i32, campaigns: &[&str]) -> Extraction {
    let home = format!("{PLACE}{code}");
    let mut entities = vec![entity(home.clone(), EntityType::Place, code, Some(code))];
    let mut facts = Vec::new();
    for name in campaigns {
        let id = format!("{CAMPAIGN}{name}");
        entities.push(entity(id.clone(), EntityType::Campaign, name, None));
        facts.push(Fact {
            subject: home.clone(),
            predicate: Predicate::Implements,
            object: Some(id),
            value: None,
            unit: None,
            text: (*name).to_owned(),
            start: facts.len(),
            end: facts.len() + 1,
            quote: Default::default(),
            part: Default::default(),
            rule: "test".to_owned(),
            confidence: 0.9,
        });
    }
    Extraction {
        doc: format!("{code}-{year}.txt"),
        home: Some(Home {
            id: home,
            code: code.to_owned(),
            ..Home::default()
        }),
        year: Some(year),
        entities,
        facts,
        ..Extraction::default()
    }
}

fn figure(
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

fn store(reports: Vec<Extraction>) -> Store {
    let mut store = Store::memory().unwrap();
    let sourced = reports.into_iter().map(|report| Sourced {
        hash: content_hash(report.doc.as_bytes()),
        paths: BTreeSet::from([report.doc.clone()]),
        content: Ok(report),
    });
    store.replace(sourced.collect()).unwrap();
    store.finish().unwrap();
    store
}

/// Two towns in each of three provinces, each with two of six initiatives.
fn even() -> Store {
    let towns = [
        "430181110",
        "430181112",
        "360923102",
        "360923103",
        "511403110",
        "511403111",
    ];
    let of = [
        ["甲", "丁"],
        ["甲", "戊"],
        ["乙", "丁"],
        ["乙", "己"],
        ["丙", "戊"],
        ["丙", "己"],
    ];
    store(
        towns
            .iter()
            .zip(of)
            .map(|(town, of)| report(town, 2020, &of))
            .collect(),
    )
}

fn options(level: Level, min: usize) -> recurrence::Options {
    recurrence::Options {
        selection: Selection {
            level,
            ..Selection::default()
        },
        min,
    }
}

#[test]
fn surprise_is_that_worked_out_by_hand() {
    let rows = recurrence(&even(), &options(Level::Town, 2)).unwrap();
    assert_eq!(rows.len(), 6);
    for row in &rows {
        let across = row.across.as_ref().unwrap();
        // All towns have two initiatives, so every pair of towns is as likely: 3 of 15 lie in one province.
        assert!((across.expected - 1.8).abs() < 1e-6, "{row:?}");
        assert_eq!(across.drawn, 2);
        if ["甲", "乙", "丙"].contains(&row.name.as_str()) {
            assert_eq!((row.provinces, row.spread), (1, 0.0));
            // Twice 3/15; adjusted, three of six tests are as small.
            assert!(
                (across.p - 0.4).abs() < 1e-6 && (across.q - 0.8).abs() < 1e-6,
                "{row:?}"
            );
        } else {
            assert_eq!((row.provinces, row.spread), (2, 1.0));
            assert!((across.p - 1.0).abs() < 1e-6, "{row:?}");
        }
        assert_eq!(across.verdict(), "chance");
    }
}

#[test]
fn a_regional_campaign_and_a_national_one_are_told_from_chance() {
    // 区域 in all twelve towns of one province of five; 全国 in one town of each; 常见 in a random half.
    let mut reports = Vec::new();
    for (p, county) in ["430181", "360923", "511403", "330183", "520102"]
        .iter()
        .enumerate()
    {
        for t in 0..12 {
            let mut campaigns = vec!["甲", "乙"];
            if p == 0 {
                campaigns.push("区域");
            }
            if (p * 5 + t * 7) % 2 == 0 {
                campaigns.push("常见");
            }
            reports.push(report(&format!("{county}{}", 100 + t), 2020, &campaigns));
        }
    }
    let rows = recurrence(&store(reports), &options(Level::Town, 2)).unwrap();
    let find = |name: &str| rows.iter().find(|row| row.name == name).unwrap();
    let regional = find("区域").across.as_ref().unwrap();
    assert_eq!(
        (regional.verdict(), regional.observed, regional.drawn),
        ("narrower", 1, 12)
    );
    assert!(regional.q < 1e-4, "{regional:?}");
    assert_eq!(find("常见").across.as_ref().unwrap().verdict(), "chance");
    assert!((find("甲").spread - 5.0_f64.log2()).abs() < 1e-9);
}

#[test]
fn recurrence_of_the_small_corpus_at_every_level_and_by_year() {
    let (_folder, store) = small();
    let of = |level| {
        let rows = recurrence(&store, &options(level, 1)).unwrap();
        rows.into_iter().find(|row| row.name == "河长制").unwrap()
    };
    // Three towns with a code, in two provinces, and one that its report does not name.
    let counts = [
        Level::Town,
        Level::County,
        Level::Prefecture,
        Level::Province,
        Level::All,
    ]
    .map(|level| of(level).places);
    assert_eq!(counts, [4, 2, 2, 2, 4]);
    let river = of(Level::Town);
    let spread = statistics::entropy([1, 2]);
    assert!((river.spread - spread).abs() < 1e-12 && (spread - 0.918_295_834).abs() < 1e-8);
    let years: Vec<_> = river
        .by_year
        .iter()
        .map(|y| (y.year, y.places, y.reporting))
        .collect();
    assert_eq!(years, [(2021, 2, 2), (2022, 3, 4), (2023, 2, 2)]);
    assert!(of(Level::Province).across.is_none());
    let mut ecology = options(Level::Town, 1);
    for name in ["生态环境", "ecology", "Environment"] {
        ecology.selection.domain = Some(name.to_owned());
        let rows = recurrence(&store, &ecology).unwrap();
        let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert!(
            names.contains("河长制") && !names.contains("乡村振兴"),
            "{names:?}"
        );
    }
    ecology.selection.domain = Some("不存在".to_owned());
    let error = recurrence(&store, &ecology).unwrap_err().to_string();
    assert!(
        error.contains("不存在") && error.contains("rural"),
        "{error}"
    );
}

#[test]
fn pairs_of_the_small_corpus() {
    let (_folder, store) = small();
    let options = cooccur::Options {
        min: 2,
        min_shared: 1,
        ..cooccur::Options::default()
    };
    let pairs = cooccur::cooccur(&store, &options).unwrap();
    let names = |pair: &cooccur::Pair| (pair.names[0].clone(), pair.names[1].clone());
    let pair = pairs
        .iter()
        .find(|p| names(p) == ("河长制".into(), "林长制".into()))
        .unwrap();
    // Five towns: 河长制 in four, 林长制 in two of these: lift 2·5/(4·2), p = C(4,2)/C(5,2).
    assert_eq!((pair.places, pair.shared, pair.of_places), ([4, 2], 2, 5));
    assert!((pair.lift - 1.25).abs() < 1e-12 && (pair.p - 0.6).abs() < 1e-9);
    assert!(pair.interval[0] < 1.25 && pair.interval[1] > 1.25);
    assert!(
        pair.p_degrees > pair.p,
        "the towns that carry it out are those that do much: {pair:?}"
    );
    // Four initiatives stand in two towns or more, and 文家市镇 carries out all of them.
    assert_eq!(pairs.len(), 6);
    assert!(
        pairs
            .iter()
            .all(|pair| pair.q > pair.p - 1e-12 && pair.q_degrees > pair.p_degrees - 1e-12)
    );
    let of = cooccur::Options {
        of: Some(format!("{CAMPAIGN}林长制")),
        ..options
    };
    let pairs = cooccur::cooccur(&store, &of).unwrap();
    assert!(
        pairs.iter().all(|pair| pair.names[0] == "林长制") && pairs.len() == 3,
        "{pairs:?}"
    );
}

#[test]
fn likeness_is_the_sum_of_what_is_shared() {
    let (_folder, store) = small();
    let found = similar::similar(
        &store,
        &Selection::default(),
        &format!("{PLACE}430181110"),
        9,
    )
    .unwrap();
    // 大瑶镇 carries out 河长制 (two reports) and 林长制.
    let (river, forest) = ((1.0 + 2.0_f64.ln()) * 2.25_f64.ln(), 3.5_f64.ln());
    let length = river.hypot(forest);
    let unnamed = found.iter().find(|row| row.campaigns == 1).unwrap();
    assert!(
        (unnamed.cosine - river / length).abs() < 1e-9,
        "{unnamed:?}"
    );
    for row in &found {
        let sum: f64 = row.shared.iter().map(|shared| shared.part).sum();
        assert!((sum - row.cosine).abs() < 1e-12 && row.cosine <= 1.0 + 1e-12);
    }
    assert_eq!(found[0].name, "浏阳市文家市镇");
    // Against the definition, over all pairs of places.
    let (said, atlas) = adoptions(&store, &Selection::default()).unwrap();
    let table = Table::of(&said, &atlas, Level::Town);
    let vectors = similar::Vectors::of(&table);
    for a in 0..table.places.len() {
        for like in vectors.like(&table, a) {
            let back = vectors.like(&table, like.place);
            let back = back.iter().find(|back| back.place == a).unwrap();
            assert!((back.cosine - like.cosine).abs() < 1e-12, "not symmetric");
        }
    }
}

#[test]
fn spread_keeps_ties_and_uncertain_years_apart() {
    let (county, town, next, late, gap, far) = (
        "430181",
        "430181110",
        "430181112",
        "430181114",
        "430181115",
        "360923102",
    );
    let store = store(vec![
        report(county, 2018, &[]),
        report(county, 2019, &["甲"]),
        report(town, 2019, &[]),
        report(town, 2020, &["甲", "乙", "丙"]),
        report(next, 2018, &[]),
        report(next, 2020, &["乙", "丙"]),
        report(next, 2021, &["甲"]),
        report(late, 2021, &["甲"]),
        report(gap, 2017, &[]),
        report(gap, 2021, &["甲"]),
        report(far, 2017, &[]),
        report(far, 2018, &["丙"]),
    ]);
    let spreads = diffusion::diffusion(&store, &Selection::default(), 1).unwrap();
    let of = |name: &str| -> Vec<(String, Option<i32>, i32, usize, usize, &str)> {
        let spread = spreads.iter().find(|spread| spread.name == name).unwrap();
        let steps = spread.steps.iter().map(|step| {
            let code = step.id.rsplit('/').next().unwrap().to_owned();
            (
                code,
                step.earliest,
                step.year,
                step.rank,
                step.tied,
                step.way.name(),
            )
        });
        steps.collect()
    };
    let own = |code: &str| code.to_owned();
    assert_eq!(
        of("甲"),
        [
            (own(county), Some(2019), 2019, 1, 1, "first"),
            (own(town), Some(2020), 2020, 2, 1, "above"),
            (own(next), Some(2021), 2021, 3, 3, "both"),
            // No earlier report of this town was read: it may have been before all others.
            (own(late), None, 2021, 3, 3, "unknown"),
            // The last one was read before anyone had it: any year since is possible.
            (own(gap), Some(2018), 2021, 3, 3, "unknown"),
        ]
    );
    assert_eq!(
        of("乙"),
        [
            (own(town), Some(2020), 2020, 1, 2, "first"),
            (own(next), Some(2019), 2020, 1, 2, "first"),
        ]
    );
    // Neighbours of one year, and none of their kin before: which led cannot be told.
    assert_eq!(
        of("丙"),
        [
            (own(far), Some(2018), 2018, 1, 1, "first"),
            (own(town), Some(2020), 2020, 2, 2, "tied"),
            (own(next), Some(2019), 2020, 2, 2, "tied"),
        ]
    );
    let spread = spreads.iter().find(|spread| spread.name == "丙").unwrap();
    assert!((spread.tied_pairs() - 1.0 / 3.0).abs() < 1e-12);
}

fn outcome<'a>(all: &'a [Promise], indicator: &str) -> &'a Promise {
    all.iter()
        .find(|promise| promise.indicator == indicator)
        .unwrap()
}

#[test]
fn promises_of_the_small_corpus() {
    let (_folder, store) = small();
    let all = promises(&store, None, 0.0).unwrap();
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
    let all = promises(&store(vec![promised, reported]), None, 0.0).unwrap();
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
fn money_of_the_small_corpus() {
    let (_folder, store) = small();
    let all = stakes(&store, None, 0.0).unwrap();
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
    let hunan = stakes(&store, Some(&format!("{PLACE}43")), 0.0).unwrap();
    assert_eq!(hunan.len(), 2);
}

#[test]
fn careers_keep_namesakes_apart() {
    let (_folder, store) = small();
    let all = careers::careers(&store, None, 0.0).unwrap();
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
    let hunan = careers::careers(&store, Some(&format!("{PLACE}43")), 0.0).unwrap();
    assert_eq!(
        hunan
            .iter()
            .map(|c| c.person.name.as_str())
            .collect::<Vec<_>>(),
        ["周一帆", "陈立新"]
    );
}

#[test]
fn enterprises_across_regions() {
    let (_folder, store) = small();
    let towns = across::across(&store, Level::Town, 2, 0.0).unwrap();
    assert_eq!(towns.len(), 1);
    let fireworks = &towns[0];
    assert_eq!(
        (fireworks.name.as_str(), fireworks.joined),
        ("云峰烟花制造有限公司", 1)
    );
    assert_eq!(
        (fireworks.counties, fireworks.projects.len(), fireworks.yuan),
        (1, 2, 2e8)
    );
    assert_eq!(fireworks.years, Some((2021, 2022)));
    assert!(
        across::across(&store, Level::County, 2, 0.0)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn one_legal_name_in_two_counties_is_joined_and_short_names_are_not() {
    let of = |code: &str, name: &str| {
        let mut report = report(code, 2021, &[]);
        let id = format!(
            "https://w3id.org/xiangtu/id/enterprise/{}/{name}",
            &code[..6]
        );
        report
            .entities
            .push(entity(id.clone(), EntityType::Enterprise, name, None));
        report.facts.push(Fact {
            subject: id,
            predicate: Predicate::LocatedIn,
            object: Some(format!("{PLACE}{code}")),
            value: None,
            unit: None,
            text: String::new(),
            start: 0,
            end: 0,
            quote: Default::default(),
            part: Default::default(),
            rule: "test".to_owned(),
            confidence: 0.9,
        });
        report.doc = format!("{code}-{name}.txt");
        report
    };
    let store = store(vec![
        of("430181110", "正邦农牧发展有限公司"),
        of("360923102", "正邦农牧发展有限公司"),
        of("430181110", "农商银行"),
        of("360923102", "农商银行"),
    ]);
    let rows = across::across(&store, Level::Province, 2, 0.0).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].joined, rows[0].provinces, rows[0].yuan),
        (2, 2, 0.0)
    );
}

#[test]
fn a_place_lies_within_its_divisions() {
    let (_folder, store) = small();
    let atlas = Atlas::of(&store).unwrap();
    let place = |code: &str| format!("{PLACE}{code}");
    for division in ["430181110", "430181", "4301", "43"] {
        assert!(
            atlas.is_within(&place("430181110"), &place(division)),
            "{division}"
        );
    }
    assert!(!atlas.is_within(&place("430181110"), &place("36")));
    assert!(!atlas.is_within(&place("43"), &place("4301")));
}
