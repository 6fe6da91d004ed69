use super::*;

fn codes(name: &str) -> Vec<u64> {
    Gazetteer::get()
        .named(name)
        .iter()
        .map(|hit| hit.id.0)
        .collect()
}

#[test]
fn rows_are_in_order_and_every_parent_exists() {
    let gazetteer = Gazetteer::get();
    assert!(
        gazetteer
            .rows
            .windows(2)
            .all(|pair| pair[0].code < pair[1].code)
    );
    assert!(
        gazetteer
            .rows
            .iter()
            .all(|row| row.parent == 0 || gazetteer.row(DivisionId(row.parent)).is_some())
    );
    assert!(
        gazetteer
            .rows
            .iter()
            .all(|row| (row.parent == 0) == (row.code < 100))
    );
}

#[test]
fn every_name_finds_its_division_and_every_form_itself() {
    let gazetteer = Gazetteer::get();
    for row in &gazetteer.rows {
        assert!(
            gazetteer
                .named(row.name)
                .iter()
                .any(|hit| hit.id.0 == row.code),
            "{}",
            row.name
        );
    }
    let mut texts: Vec<_> = gazetteer
        .forms
        .rows()
        .iter()
        .map(|form| form.text)
        .collect();
    texts.sort_unstable();
    assert!(texts.windows(2).all(|pair| pair[0] != pair[1]));
    // Others could not be told apart by the numbers that stand for their characters.
    assert!(
        texts
            .iter()
            .all(|text| text.chars().all(|c| c < '\u{FFFF}'))
    );
    let row = |hit: &Hit| gazetteer.rows.get(hit.row as usize).map(|row| row.code);
    assert!(gazetteer.hits.iter().all(|hit| row(hit) == Some(hit.id.0)));
    assert!(gazetteer.forms.rows().iter().all(|form| {
        gazetteer
            .form(form.text)
            .is_some_and(|found| found.text == form.text)
    }));
}

#[test]
fn rows_of_the_statistics_are_no_places() {
    for name in ["市辖区", "县", "省直辖县级行政区划"] {
        assert!(codes(name).is_empty(), "{name}");
    }
    let gazetteer = Gazetteer::get();
    assert_eq!(gazetteer.path(DivisionId(429004)), ["湖北省", "仙桃市"]);
    assert_eq!(
        gazetteer.path(DivisionId(441900101)),
        ["广东省", "东莞市", "石碣镇"]
    );
    assert_eq!(
        gazetteer.by_code("441900").map(|division| division.id),
        Some(DivisionId(4419))
    );
    assert_eq!(codes("东莞市"), [4419]);
}

#[test]
fn short_forms_follow_the_tables() {
    let short = |name, level| shorten(name, level).short.unwrap_or_default();
    assert_eq!(short("隆林各族自治县", Level::County), "隆林");
    assert_eq!(short("鄂伦春自治旗", Level::County), "鄂伦春");
    assert_eq!(short("大通回族土族自治县", Level::County), "大通");
    assert_eq!(short("东乡族自治县", Level::County), "东乡");
    assert_eq!(short("新疆维吾尔自治区", Level::Province), "新疆");
    assert_eq!(short("恩施土家族苗族自治州", Level::Prefecture), "恩施");
    assert_eq!(short("大兴安岭地区", Level::Prefecture), "大兴安岭");
    assert_eq!(short("于家务回族乡", Level::Township), "于家务");
    assert_eq!(short("保康街道办事处", Level::Township), "保康");
    assert_eq!(short("浦东新区", Level::County), "浦东");
    let briefs = |name| shorten(name, Level::Township).briefs;
    assert_eq!(briefs("唐家墩街街道"), ["唐家墩街办事处", "唐家墩街道"]);
    assert_eq!(briefs("新华街街道"), ["新华街办事处"]);
    assert_eq!(briefs("峪口地区"), ["峪口镇", "峪口乡"]);
    assert_eq!(briefs("兆麟街道地区"), ["兆麟街道"]);
    for (name, level) in [
        ("兰州新区", Level::County),
        ("城区", Level::County),
        ("科尔沁左翼中旗", Level::County),
        ("单县", Level::County),
        ("红旗农场", Level::Township),
        ("苏州工业园区", Level::County),
    ] {
        assert_eq!(short(name, level), "", "{name}");
    }
}

#[test]
fn codes_may_be_filled_with_zeros() {
    assert_eq!(parse_code("360000"), Some(36));
    assert_eq!(parse_code("360923105000"), Some(360923105));
    assert_eq!(parse_code("36092"), None);
    assert_eq!(parse_code("３６"), None);
    assert_eq!(parse_code(""), None);
}

#[test]
fn matches_are_exactly_the_forms_that_stand_there() {
    let gazetteer = Gazetteer::get();
    // Long enough to be gone through in several parts.
    let text: Vec<char> = "上高县锦江镇党委书记到湖南省浏阳市文家市镇、蔚县学习。和平发展，湘"
        .repeat(40)
        .chars()
        .collect();
    let mut expected = Vec::new();
    for start in 0..text.len() {
        for end in start + 2..=text.len().min(start + 20) {
            let slice: String = text[start..end].iter().collect();
            expected.extend(
                gazetteer
                    .form(&slice)
                    .map(|form| Match { start, end, form }),
            );
        }
    }
    assert_eq!(gazetteer.matches(&text), expected);
    assert!(expected.iter().any(|m| m.form.text == "蔚县"));
    assert!(gazetteer.matches(&[]).is_empty());
}

#[test]
fn every_village_belongs_to_its_county() {
    let gazetteer = Gazetteer::get();
    let mut n_villages = 0;
    for county in gazetteer.villages.counties(0..1_000_000) {
        let villages = gazetteer.villages.of_county(county);
        n_villages += villages.len();
        assert!(villages.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(
            villages
                .iter()
                .all(|village| village.code / 1_000_000 == u64::from(county))
        );
        assert!(
            villages
                .iter()
                .all(|village| !village.stem.is_empty() && village.name.starts_with(&village.stem))
        );
    }
    assert_eq!(n_villages, 620_573);
}

#[test]
fn villages_survive_packing() {
    let names = [
        "湖东村委会",
        "常青社区居民委员会",
        "牌坊村村民委员会",
        "养马畜牧队",
        "㙟下村",
    ];
    let villages: Vec<(u64, String)> = names
        .iter()
        .zip([
            110101001001,
            110101001002,
            110101001201,
            110101777001,
            659012505500,
        ])
        .map(|(name, code)| (code, (*name).to_owned()))
        .collect();
    let file = villages::write(&villages)
        .expect("memory can be written")
        .leak();
    let read = Villages::open(file).expect("just written");
    let found: Vec<_> = read
        .counties(0..1_000_000)
        .flat_map(|county| read.of_county(county))
        .map(|v| (v.code, v.name.clone()))
        .collect();
    assert_eq!(found, villages);
    let shorts: Vec<_> = read
        .of_county(110101)
        .iter()
        .map(|v| v.short.as_str())
        .collect();
    assert_eq!(shorts, ["湖东村", "常青社区", "牌坊村", "养马畜牧队"]);
    for town in [110101001, 110101777, 110101002] {
        let of_town = read.of_county(110101).iter();
        let of_town = of_town.filter(|village| village.code / 1_000 == town);
        let expected: Vec<&str> = of_town.map(|village| village.short.as_str()).collect();
        let mut found = Vec::new();
        read.shorts_of_town(town, |stem, ending| {
            found.push(stem.iter().collect::<String>() + ending);
        });
        assert_eq!(found, expected);
    }
}
