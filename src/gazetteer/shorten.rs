//! How full names are shortened, after the tables `suffixes.tsv`, `peoples.tsv` and `village-endings.tsv`: 隆林各族自治县 is 隆林 and 隆林县,
//! 湖东村委会 is 湖东村. Irregular short names (前郭, 内蒙) are rows of `extra.tsv` instead.

use std::sync::LazyLock;

use super::Level;

/// The shorter names of a division.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shortened {
    /// The name without its head: 文家市, 隆林.
    pub short: Option<String>,
    /// Shorter names that keep a head: 隆林县, 延边州.
    pub briefs: Vec<String>,
    /// The name is one of the statistics (市辖区, 县) and not of a place.
    pub pseudo: bool,
}

/// The shorter names of a full name, whether or not the gazetteer holds it.
///
/// ```
/// use xiangtu::gazetteer::{Level, shorten};
/// assert_eq!(shorten("文家市镇", Level::Township).short.as_deref(), Some("文家市"));
/// assert_eq!(shorten("积石山保安族东乡族撒拉族自治县", Level::County).short.as_deref(), Some("积石山"));
/// assert_eq!(shorten("延边朝鲜族自治州", Level::Prefecture).briefs, ["延边州"]);
/// assert_eq!(shorten("蔚县", Level::County).short, None);
/// ```
pub fn shorten(name: &str, level: Level) -> Shortened {
    let fits = |rule: &&Rule| rule.levels.contains(letter(level)) && name.ends_with(rule.ending);
    let mut rules = RULES.iter().filter(fits);
    let Some(rule) = rules.next() else {
        return Shortened::default();
    };
    if rule.kind != "also" {
        return by_rule(name, rule);
    }
    let mut plain = rules
        .next()
        .map_or_else(Shortened::default, |rule| by_rule(name, rule));
    let stem = &name[..name.len() - rule.ending.len()];
    if stem.chars().count() > 2 {
        plain.briefs.extend(with_heads(stem, rule, name));
    }
    plain
}

/// The same for the name of a township below a division that has the name `above`: some begin with that name in the register
/// (济源市五龙口镇), which is then told as a shorter one as well.
pub(super) fn shorten_below(above: &str, name: &str, level: Level) -> Shortened {
    let heads = ["镇", "乡", "街道", "苏木"];
    let is_name = |own: &&str| {
        let head = heads.iter().find(|head| own.ends_with(*head));
        head.is_some_and(|head| own.chars().count() > 1 + head.chars().count())
    };
    let own = name.strip_prefix(above).filter(is_name);
    match own.filter(|_| level == Level::Township && !above.is_empty()) {
        Some(own) => {
            let mut shortened = shorten(own, level);
            shortened.briefs.insert(0, own.to_owned());
            shortened
        }
        None => shorten(name, level),
    }
}

fn by_rule(name: &str, rule: &Rule) -> Shortened {
    let rest = &name[..name.len() - rule.ending.len()];
    match rule.kind {
        "pseudo" => Shortened {
            pseudo: true,
            ..Shortened::default()
        },
        "is" => Shortened {
            short: Some(rule.heads.to_owned()),
            ..Shortened::default()
        },
        "keep" => Shortened {
            briefs: with_heads(rest, rule, name),
            ..Shortened::default()
        },
        kind => {
            // 族 belongs to the name of the people: 于家务回族乡 ends in 族乡, and 于家务回族 is what is peeled.
            let rest = if rule.ending.starts_with('族') {
                &name[..rest.len() + '族'.len_utf8()]
            } else {
                rest
            };
            let stem = if kind == "people" {
                without_peoples(rest)
            } else {
                rest
            };
            if stem.chars().count() < 2 {
                return Shortened::default();
            }
            Shortened {
                short: Some(stem.to_owned()),
                briefs: with_heads(stem, rule, name),
                pseudo: false,
            }
        }
    }
}

/// The name of a village or neighbourhood without the words for its committee, and without any head.
///
/// ```
/// use xiangtu::gazetteer::shorten_village;
/// assert_eq!(shorten_village("湖东村委会"), ("湖东村".to_owned(), "湖东".to_owned()));
/// assert_eq!(shorten_village("常青社区居民委员会"), ("常青社区".to_owned(), "常青".to_owned()));
/// assert_eq!(shorten_village("养马畜牧队"), ("养马畜牧队".to_owned(), "养马畜牧队".to_owned()));
/// ```
pub fn shorten_village(name: &str) -> (String, String) {
    let (stem, ending) = split_village(name);
    (village_short(stem, ending), stem.to_owned())
}

/// Cuts a village's name before its ending; the number is the row of `village-endings.tsv`.
pub(super) fn split_village(name: &str) -> (&str, Option<usize>) {
    VILLAGE_ENDINGS
        .iter()
        .enumerate()
        .filter(|(_, (ending, _))| name.len() > ending.len() && name.ends_with(ending))
        .max_by_key(|(_, (ending, _))| ending.len())
        .map_or((name, None), |(row, (ending, _))| {
            (&name[..name.len() - ending.len()], Some(row))
        })
}

/// The full name that was cut by [`split_village`].
pub(super) fn village_name(stem: &str, ending: Option<usize>) -> String {
    [stem, village_ending(ending).0].concat()
}

/// The usual short name of a village that was cut by [`split_village`].
pub(super) fn village_short(stem: &str, ending: Option<usize>) -> String {
    [stem, short_ending(ending)].concat()
}

/// What follows the stem in that short name.
pub(super) fn short_ending(ending: Option<usize>) -> &'static str {
    village_ending(ending).1
}

fn village_ending(row: Option<usize>) -> (&'static str, &'static str) {
    let ending = row.and_then(|row| VILLAGE_ENDINGS.get(row));
    ending.copied().unwrap_or_default()
}

/// Lines of a table without its comments and its heading.
pub(super) fn table_rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .skip(1)
}

struct Rule {
    levels: &'static str,
    ending: &'static str,
    kind: &'static str,
    heads: &'static str,
}

/// Longest ending first.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut rules: Vec<Rule> = table_rows(include_str!("../../data/gazetteer/suffixes.tsv"))
        .map(|line| {
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or_default();
            Rule {
                levels: next(),
                ending: next(),
                kind: next(),
                heads: next(),
            }
        })
        .collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.ending.len()));
    rules
});

/// Longest first, so that 土家族 is not read as 族 after 土家, nor 蒙古族 as 蒙古.
static PEOPLES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut peoples: Vec<_> =
        table_rows(include_str!("../../data/gazetteer/peoples.tsv")).collect();
    peoples.sort_by_key(|people| std::cmp::Reverse(people.len()));
    peoples
});

static VILLAGE_ENDINGS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    table_rows(include_str!("../../data/gazetteer/village-endings.tsv"))
        .map(|line| line.split_once('\t').unwrap_or((line, "")))
        .collect()
});

fn letter(level: Level) -> char {
    match level {
        Level::Province => 'P',
        Level::Prefecture => 'C',
        Level::County => 'X',
        Level::Township => 'T',
        Level::Village => 'V',
    }
}

fn with_heads(stem: &str, rule: &Rule, name: &str) -> Vec<String> {
    let forms = rule
        .heads
        .split_whitespace()
        .map(|head| format!("{stem}{head}"));
    forms
        .filter(|form| form != name && form.chars().count() > 2)
        .collect()
}

/// What is left before the names of peoples; a division that is named by a people only (东乡族自治县) keeps it, without 族.
fn without_peoples(mut rest: &str) -> &str {
    while let Some(shorter) = PEOPLES.iter().find_map(|people| rest.strip_suffix(people)) {
        if shorter.chars().count() < 2 {
            return rest
                .strip_suffix('族')
                .filter(|stem| stem.chars().count() >= 2)
                .unwrap_or(rest);
        }
        rest = shorter;
    }
    rest
}
