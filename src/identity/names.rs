//! Names as they are compared: what is layout, script or a generic word is passed over, and nothing else.

use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;

use crate::gazetteer::{DivisionId, Gazetteer, Hit, Level};
use crate::lexicon::rows;
use crate::text::{Trie, key};

/// Simplified characters by their traditional forms.
struct Simplified {
    /// For each ideograph of the main block what it is compared as.
    block: Vec<char>,
    /// Those of other blocks.
    others: FxHashMap<char, char>,
}

/// The main block of ideographs.
const BLOCK: std::ops::RangeInclusive<char> = '\u{4E00}'..='\u{9FFF}';

static SIMPLIFIED: LazyLock<Simplified> = LazyLock::new(|| {
    let mut simplified = Simplified {
        block: BLOCK.collect(),
        others: FxHashMap::default(),
    };
    for row in rows("data/identity/traditional.tsv") {
        if let (Some(to), Some(froms)) = (row[0].chars().next(), row.get(1)) {
            for from in froms.chars() {
                match simplified.in_block(from) {
                    Some(at) => simplified.block[at] = to,
                    None => drop(simplified.others.insert(from, to)),
                }
            }
        }
    }
    simplified
});

impl Simplified {
    fn in_block(&self, c: char) -> Option<usize> {
        BLOCK
            .contains(&c)
            .then(|| c as usize - *BLOCK.start() as usize)
    }

    fn of(&self, c: char) -> char {
        match self.in_block(c) {
            Some(at) => self.block[at],
            None => self.others.get(&c).copied().unwrap_or(c),
        }
    }

    /// Whether a name has none but ideographs that stay as they are.
    fn keeps(&self, name: &str) -> bool {
        name.chars()
            .all(|c| self.in_block(c).is_some_and(|at| self.block[at] == c))
    }
}

/// Words that say what a thing is and not which.
static COMMON: LazyLock<Trie> = LazyLock::new(|| {
    let words = COMMON_FILES.into_iter().flat_map(rows).map(|row| row[0]);
    Trie::new(words.zip(0..))
});

const COMMON_FILES: [&str; 6] = [
    "data/identity/common.tsv",
    "data/identity/legal-forms.tsv",
    "data/lexicon/industries.tsv",
    "data/lexicon/enterprise-heads.tsv",
    "data/lexicon/project-heads.tsv",
    "data/lexicon/organs.tsv",
];

static YEAR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:19|20)\d{2}年?度?").expect("a pattern of this file"));

/// Words that may stand behind the name of an initiative without making it another one.
const CAMPAIGN_HEADS: [&str; 7] = [
    "专项行动",
    "主题活动",
    "行动",
    "工程",
    "活动",
    "工作",
    "计划",
];

/// Words that may stand behind the name of a project without making it another one.
const PROJECT_HEADS: [&str; 4] = ["建设项目", "建设工程", "项目", "工程"];

/// A name without layout, quotation marks and brackets, in half-width, lower case and simplified characters.
///
/// ```
/// assert_eq!(xiangtu::identity::plain("“紅葉”傢俱（ＡＢ）"), "红叶家俱ab");
/// ```
pub fn plain(name: &str) -> String {
    let simplified = &*SIMPLIFIED;
    // Nearly all names are of this kind.
    if simplified.keeps(name) {
        return name.to_owned();
    }
    key(name).chars().map(|c| simplified.of(c)).collect()
}

/// A plain name with single Arabic digits as Chinese ones: 2期 and 二期 are one.
pub(super) fn with_han_digits(name: &str) -> String {
    if !name.bytes().any(|b| b.is_ascii_digit()) {
        return name.to_owned();
    }
    let chars: Vec<char> = name.chars().collect();
    let part_of_number =
        |c: Option<&char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || ".+-%/".contains(*c));
    let mut out = String::with_capacity(name.len());
    for (i, &c) in chars.iter().enumerate() {
        let alone = !(part_of_number(i.checked_sub(1).and_then(|i| chars.get(i)))
            || part_of_number(chars.get(i + 1)));
        match c.to_digit(10).filter(|_| alone) {
            Some(digit) => out.extend("零一二三四五六七八九".chars().nth(digit as usize)),
            None => out.push(c),
        }
    }
    out
}

/// What tells an initiative that the thesaurus does not know from others: its name without year in front, without a
/// generic head, digits written in one way.
///
/// ```
/// use xiangtu::identity::campaign_key;
/// assert_eq!(campaign_key("2022年“枫叶传情”行动"), campaign_key("枫叶传情工程"));
/// assert_ne!(campaign_key("春雷行动"), campaign_key("春雷工程"));
/// ```
pub fn campaign_key(name: &str) -> String {
    let name = plain(name);
    let name = with_han_digits(&without_year(&name));
    strip_head(&name, &CAMPAIGN_HEADS, 3).to_owned()
}

/// A plain name without a year in front.
pub(super) fn without_year(name: &str) -> String {
    if !name.starts_with(['1', '2']) {
        return name.to_owned();
    }
    let rest = YEAR.replace(name, "");
    if rest.chars().count() >= 3 {
        rest.into_owned()
    } else {
        name.to_owned()
    }
}

/// What tells a project from others of its place.
pub fn project_key(name: &str) -> String {
    let name = with_han_digits(name);
    let name = match name.strip_prefix("新建") {
        Some(rest) if rest.chars().count() >= 4 => rest,
        _ => &name,
    };
    strip_head(name, &PROJECT_HEADS, 3).to_owned()
}

/// A project's name before the number of its phase, if it ends in one: nothing for 二期, 枫林小区 for 枫林小区二期工程.
///
/// ```
/// use xiangtu::identity::without_phase;
/// assert_eq!(without_phase("枫林小区二期工程"), Some("枫林小区"));
/// assert_eq!(without_phase("一期"), Some(""));
/// assert_eq!(without_phase("长学期"), None);
/// ```
pub fn without_phase(name: &str) -> Option<&str> {
    let numbered = ["工程", "项目"]
        .iter()
        .find_map(|head| name.strip_suffix(head))
        .unwrap_or(name)
        .strip_suffix('期')?;
    let before = numbered.strip_suffix(|c: char| "首一二三四五六七八九123456789".contains(c))?;
    Some(before.strip_suffix('第').unwrap_or(before))
}

/// A name without the first of some heads that it ends in, if at least so many characters are left.
fn strip_head<'a>(name: &'a str, heads: &[&str], least: usize) -> &'a str {
    heads
        .iter()
        .find_map(|head| name.strip_suffix(head))
        .filter(|rest| rest.chars().count() >= least)
        .unwrap_or(name)
}

/// Whether a text is made of nothing but words that say what a thing is: 便民服务中心, 建筑.
///
/// ```
/// use xiangtu::identity::is_generic;
/// assert!(is_generic("便民服务中心") && !is_generic("枫慈公路提质改造"));
/// ```
pub fn is_generic(name: &str) -> bool {
    let chars: Vec<char> = name.chars().collect();
    let mut reached = vec![false; chars.len() + 1];
    reached[0] = true;
    for start in 0..chars.len() {
        if !reached[start] {
            continue;
        }
        let longest = chars.len().min(start + 10);
        COMMON.find(&chars[start..longest], |length, _| {
            reached[start + length] = true;
        });
    }
    reached[chars.len()]
}

/// The division that a path of names ends in (上高县锦江镇, 江西上高), and how many characters of the name are the path.
///
/// Every name of the path must lie in the one before; the first is told by `near`.
pub fn leading_divisions(
    name: &str,
    near: impl Fn(&str) -> Option<DivisionId>,
) -> Option<(DivisionId, usize)> {
    let gazetteer = Gazetteer::get();
    let chars: Vec<char> = name.chars().collect();
    let mut forms = Vec::new();
    let mut found: Option<(DivisionId, usize)> = None;
    loop {
        let at = found.map_or(0, |(_, at)| at);
        let longest = chars.len().min(at + 12);
        forms.clear();
        gazetteer.beginning(&chars[at..longest], |length, form| {
            forms.push((at + length, form));
        });
        let next = forms.iter().rev().find_map(|&(end, form)| {
            let headed = |id: DivisionId| {
                form.hits
                    .iter()
                    .any(|hit| hit.id == id && hit.kind.has_head())
            };
            // Short names of towns and ordinary words begin many other names: 朝阳小区, 和平电器.
            let opens =
                |id: DivisionId| !form.weak && id.level() <= Level::County && found.is_none();
            let may_tell = |hit: &Hit| hit.kind.has_head() || opens(hit.id);
            if !form.hits.iter().any(may_tell) {
                return None;
            }
            let id = match found {
                None => near(form.text)?,
                Some((above, _)) => {
                    let mut below =
                        form.hits.iter().map(|hit| hit.id).filter(|&id| {
                            id != above && gazetteer.lineage(id).any(|up| up == above)
                        });
                    let first = below.next()?;
                    below.next().is_none().then_some(first)?
                }
            };
            (headed(id) || opens(id)).then_some((id, end))
        });
        match next {
            Some(next) => found = Some(next),
            None => return found,
        }
    }
}

/// Where two names differ: what stands between their common beginning and their common end.
///
/// ```
/// assert_eq!(xiangtu::identity::difference("第一小学", "第二小学"), ("一".into(), "二".into()));
/// ```
pub fn difference(a: &str, b: &str) -> (String, String) {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let most = a.len().min(b.len()) - start;
    let end = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take(most)
        .take_while(|(x, y)| x == y)
        .count();
    let cut = |chars: &[char]| chars[start..chars.len() - end].iter().collect();
    (cut(&a), cut(&b))
}

/// Whether a character counts: 红星二厂 is no longer name of 红星.
pub(super) fn is_number(c: char) -> bool {
    c.is_ascii_digit() || "第零〇一二三四五六七八九十百千两".contains(c)
}

/// Whether a difference tells two things apart by itself: numbers, directions, levels, great and small, new and old.
pub fn is_mark(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| {
            is_number(c)
                || "东西南北中上下前后左右内外大小新老旧期号标段省市县区镇乡村级厂组队届"
                    .contains(c)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(with_han_digits("枫林2期"), "枫林二期");
        assert_eq!(with_han_digits("1+3+n枫桥25号"), "1+3+n枫桥25号");
    }

    #[test]
    fn differences_that_tell_apart() {
        for (a, b) in [
            ("第一小学", "第二小学"),
            ("枫东公路", "枫西公路"),
            ("县医院", "市医院"),
            ("小区", "小区二期"),
        ] {
            let (a, b) = difference(a, b);
            assert!(is_mark(&format!("{a}{b}")), "{a} {b}");
        }
        assert!(!is_mark("丰"));
        assert!(!is_mark(""));
    }
}
