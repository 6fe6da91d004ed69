//! Where a post is held: the division and the organ that an official belongs to, told by the words of the post and by the
//! home of the document that states it.

use std::sync::LazyLock;

use regex::Regex;

use super::names::{leading_divisions, plain};
use crate::gazetteer::{DivisionId, Gazetteer, Level};

static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:中共|原任?|时任|现任|常务|党组?成员、?)+").expect("a pattern of this file")
});
static DEPARTMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:委|政府|人民政府)?(.{1,10}?(?:局|办|院|学|校|中心|馆|站|所|队|公司|厂|厅|处|科|银行|协会|联合会|合作社|集团|妇联|工会|团委|共青团))")
        .expect("a pattern of this file")
});
static LEADER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:副?长|副?主席|副?州长|委|党委|党工委|政府|人民政府|办事处|人大|政协|纪委|监委|人武部|武装部|四套班子|领导|级领导|书记|副书记|主任|副主任)")
        .expect("a pattern of this file")
});

/// The post's division and organ: `360923/` for a county's leader, `360923/教育局` for a head of bureau, `中国/` for who leads
/// the country; `None` where the words do not tell a division.
///
/// ```
/// use xiangtu::gazetteer::DivisionId;
/// use xiangtu::identity::seat;
/// let town = DivisionId(360923102);
/// assert_eq!(seat("镇党委书记", town).as_deref(), Some("360923102/"));
/// assert_eq!(seat("县委常委", town).as_deref(), Some("360923/"));
/// assert_eq!(seat("宜春市委书记", town).as_deref(), Some("3609/"));
/// assert_eq!(seat("县教育局局长", town).as_deref(), Some("360923/教育局"));
/// assert_eq!(seat("董事长", town), None);
/// ```
pub fn seat(post: &str, home: DivisionId) -> Option<String> {
    let post = plain(post);
    let post = BEFORE.replace(&post, "");
    if ["总书记", "国家主席", "国务院", "中央", "总理", "全国"]
        .iter()
        .any(|word| post.starts_with(word))
    {
        return Some("中国/".to_owned());
    }
    let (division, rest) =
        match leading_divisions(&post, |name| Gazetteer::get().nearest(Some(home), name)) {
            Some((id, n)) => (id, post.chars().skip(n).collect::<String>()),
            None => {
                // 副镇长, 副县长: the word for the level comes second.
                let words = post.strip_prefix('副').unwrap_or(&post);
                let (id, n) = by_level(words, home)?;
                (id, words[n..].to_owned())
            }
        };
    // 锦江镇镇长: the word for the level stands twice.
    let rest = rest
        .strip_prefix(['省', '市', '州', '县', '区', '旗', '镇', '乡'])
        .unwrap_or(&rest);
    if let Some(found) = DEPARTMENT.captures(rest)
        && !rest.starts_with("办事处")
    {
        return Some(format!("{division}/{}", &found[1]));
    }
    LEADER.is_match(rest).then(|| format!("{division}/"))
}

/// The division of a home's lineage that a word of level means, and the length of the word in bytes.
fn by_level(post: &str, home: DivisionId) -> Option<(DivisionId, usize)> {
    let gazetteer = Gazetteer::get();
    let at = |level: Level| gazetteer.lineage(home).find(|id| id.level() == level);
    let named = |ending: &str| {
        gazetteer.lineage(home).find(|&id| {
            gazetteer
                .division(id)
                .is_some_and(|d| d.name.ends_with(ending))
        })
    };
    let words: [(&str, Option<DivisionId>); 12] = [
        ("自治区", at(Level::Province)),
        ("自治州", at(Level::Prefecture)),
        ("省", at(Level::Province)),
        // 市委书记 in a county-level city is that city's.
        ("市", named("市")),
        ("州", at(Level::Prefecture)),
        ("县", at(Level::County)),
        ("区", at(Level::County)),
        ("旗", at(Level::County)),
        ("镇", at(Level::Township)),
        ("乡", at(Level::Township)),
        ("街道", at(Level::Township)),
        ("苏木", at(Level::Township)),
    ];
    let (word, id) = words.into_iter().find(|(word, _)| post.starts_with(word))?;
    Some((id?, word.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats() {
        let seat = |post, home| seat(post, DivisionId(home)).unwrap_or_default();
        assert_eq!(seat("副镇长", 360923102), "360923102/");
        assert_eq!(seat("镇人大主席", 360923102), "360923102/");
        assert_eq!(seat("锦江镇党委书记", 360923), "360923102/");
        assert_eq!(seat("锦江镇镇长", 360923), "360923102/");
        assert_eq!(seat("市委书记", 430181112), "430181/");
        assert_eq!(seat("市委书记", 360923102), "3609/");
        assert_eq!(seat("省长", 36), "36/");
        assert_eq!(seat("国务院总理", 36), "中国/");
        assert_eq!(seat("村支书", 360923102), "");
        assert_eq!(seat("县委办主任", 360923102), "360923/委办");
    }
}
