//! Analyses of initiatives over small graphs whose answers were worked out by hand.

use std::collections::BTreeSet;

use crate::fixture::small;
use crate::written::{CAMPAIGN, PLACE, report, store};
use xiangtu::graph::adoption::{Atlas, Level, Selection, Table, adoptions};
use xiangtu::graph::recurrence::{self, recurrence};
use xiangtu::graph::{cooccur, diffusion, similar, statistics};
use xiangtu::store::Store;

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
fn an_initiative_does_not_travel_with_what_it_is_part_of() {
    let (_folder, store) = small();
    let broader = store.broader().unwrap();
    let with = |rollup: bool| {
        let options = cooccur::Options {
            selection: Selection {
                rollup,
                ..Selection::default()
            },
            min: 1,
            min_shared: 1,
            of: None,
        };
        cooccur::cooccur(&store, &options).unwrap()
    };
    let is_part = |pair: &cooccur::Pair| {
        let [a, b] = &pair.ids;
        let is_under = |a: &String, b: &String| {
            let mut above = broader.get(a).into_iter().flatten();
            above.any(|above| above == b)
        };
        is_under(a, b) || is_under(b, a)
    };
    let rolled = with(true);
    assert!(rolled.len() > with(false).len());
    assert!(!rolled.iter().any(is_part), "{rolled:?}");
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
fn provinces_are_no_neighbours_for_want_of_anything_above_them() {
    let store = store(vec![
        report("43", 2018, &["甲"]),
        report("36", 2018, &[]),
        report("36", 2019, &["甲"]),
    ]);
    let spreads = diffusion::diffusion(&store, &Selection::default(), 1).unwrap();
    let steps = spreads[0].steps.iter();
    let ways: Vec<_> = steps.map(|step| (step.year, step.way.name())).collect();
    assert_eq!(ways, [(2018, "first"), (2019, "apart")]);
}

/// Code, first year possible, year stated, rank, number of that rank, way.
type Told = (String, Option<i32>, i32, usize, usize, &'static str);

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
    let of = |name: &str| -> Vec<Told> {
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
