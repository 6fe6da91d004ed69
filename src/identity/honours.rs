//! 荣誉: who confers an honour is part of what it is. 省级卫生乡镇 of two provinces are two, and in one province it is that
//! province's by name or by level.

use std::sync::LazyLock;

use regex::Regex;

use super::names::plain;
use crate::gazetteer::{DivisionId, Gazetteer, Level};

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:19|20)\d{2}(?:[—\-至到](?:19|20)?\d{2})?年?度?|第[0-9一二三四五六七八九十百]+[届批轮次])+")
        .expect("a pattern of this file")
});
static TITLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:光荣称号|荣誉称号|称号)$").expect("a pattern of this file"));

/// What an honour's identity is made of: a division's code, `中国`, or nothing; and the rest of the name.
///
/// `home` is what the document is about; an honour that does not tell who confers it belongs to the county. `None` for the
/// division where a relative level (全市) cannot be told.
pub fn honour(name: &str, home: Option<DivisionId>) -> (Option<String>, String) {
    let name = plain(name);
    // Looking at the edges is cheaper than the patterns, and nearly all names have neither.
    let name = match name.ends_with('号') {
        true => TITLE.replace(&name, ""),
        false => name.as_str().into(),
    };
    let dated = name.starts_with(|c: char| c == '第' || c.is_numeric());
    let time = Some(&name)
        .filter(|_| dated)
        .and_then(|name| TIME.find(name));
    let time = time.map_or("", |m| m.as_str());
    let rest = &name[time.len()..];
    for word in [
        "全国",
        "国家级",
        "国家",
        "中国",
        "中华",
        "世界",
        "国际",
        "亚洲",
    ] {
        if let Some(after) = rest.strip_prefix(word) {
            // 全国, 国家级 and 国家 say one thing; 中国最美乡镇 has its word in its name.
            let kept = if word.starts_with("全国") || word.starts_with("国家") {
                after.to_owned()
            } else {
                rest.to_owned()
            };
            return (Some("中国".to_owned()), format!("{time}{kept}"));
        }
    }
    if let Some((id, after)) = named_division(rest, home) {
        return (Some(id.to_string()), format!("{time}{after}"));
    }
    match home.and_then(|home| relative(rest, home)) {
        Some((id, n)) => (Some(id.to_string()), format!("{time}{}", &rest[n..])),
        None => (None, name.into_owned()),
    }
}

fn named_division(rest: &str, home: Option<DivisionId>) -> Option<(DivisionId, String)> {
    let (id, n) = super::names::leading_divisions(rest, |name| {
        Gazetteer::get()
            .nearest(home, name)
            .filter(|id| id.level() <= Level::County)
    })?;
    let after: String = rest.chars().skip(n).collect();
    let after = after.strip_prefix('级').unwrap_or(&after).to_owned();
    (after.chars().count() >= 2).then_some((id, after))
}

/// The division of the home's lineage that a relative level means, and the length of its word.
fn relative(rest: &str, home: DivisionId) -> Option<(DivisionId, usize)> {
    let gazetteer = Gazetteer::get();
    let lineage: Vec<DivisionId> = gazetteer.lineage(home).collect();
    let at = |level| lineage.iter().copied().find(|id| id.level() == level);
    let is_city = |id: DivisionId| {
        gazetteer
            .division(id)
            .is_some_and(|d| d.name.ends_with('市'))
    };
    let county = at(Level::County);
    // In a county-level city 市级 may be the city's or the prefecture's: the name stays as it is, under the county.
    let city = at(Level::Prefecture).filter(|_| !county.is_some_and(is_city));
    for (word, id) in [
        ("全省", at(Level::Province)),
        ("省级", at(Level::Province)),
        ("自治区级", at(Level::Province)),
        ("省", at(Level::Province)),
        ("全市", city),
        ("市级", city),
        ("市", city),
        ("全县", county),
        ("县级", county),
        ("县", county),
        ("区级", county),
        ("全镇", at(Level::Township)),
        ("镇级", at(Level::Township)),
        ("全乡", at(Level::Township)),
    ] {
        let is_word = ["市场", "市民", "县域", "省会"]
            .iter()
            .any(|other| rest.starts_with(other));
        if rest.starts_with(word) && !is_word {
            return Some((id?, word.len()));
        }
    }
    county
        .or(city)
        .or_else(|| lineage.first().copied())
        .map(|id| (id, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_confers() {
        let told = |name, home| {
            let (who, rest) = honour(name, Some(DivisionId(home)));
            format!("{} {rest}", who.unwrap_or_default())
        };
        assert_eq!(
            told("全国文明村", 360923102),
            told("国家级文明村称号", 430181112)
        );
        assert_eq!(told("省级卫生乡镇", 360923102), "36 卫生乡镇");
        assert_eq!(told("江西省卫生乡镇", 430181112), "36 卫生乡镇");
        assert_eq!(
            told("2022年度全县先进集体", 360923102),
            "360923 2022年度先进集体"
        );
        assert_eq!(told("先进单位", 360923102), "360923 先进单位");
        assert_ne!(
            told("市级文明单位", 430181112),
            told("市级文明单位", 360923102)
        );
    }
}
