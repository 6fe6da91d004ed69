//! 企业名称: region, brand with trade, legal form, branch; and which name may stand for which.

use std::sync::LazyLock;

use regex::Regex;

use super::names::{is_generic, is_number, leading_divisions, plain, with_han_digits};
use crate::gazetteer::{DivisionId, Gazetteer, Level};
use crate::lexicon::rows;
use crate::text::Trie;

/// Words of legal form, the longest first, each with its form.
static FORMS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let mut forms: Vec<(&str, &str)> = rows("data/identity/legal-forms.tsv")
        .map(|row| (row[0], row.get(1).copied().unwrap_or_default()))
        .collect();
    forms.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    forms
});

static BRANCHES: LazyLock<Trie> =
    LazyLock::new(|| Trie::new(rows("data/identity/branches.tsv").map(|row| (row[0], 0))));

/// Whether a name has one of the words for a part of an enterprise.
fn names_branch(name: &str) -> bool {
    let chars: Vec<char> = name.chars().collect();
    BRANCHES.occurs_in(&chars)
}

/// A place in brackets: 红叶家具（江西）有限公司.
static IN_BRACKETS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[（(]([^（）()]{2,8})[）)]").expect("a pattern of this file"));

/// Full words of legal form, as a register has them.
const REGISTERED: [&str; 8] = [
    "有限公司",
    "股份公司",
    "有限责任公司",
    "专业合作社",
    "合作联社",
    "联合社",
    "集团公司",
    "有限合伙",
];

/// The parts of an enterprise's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Firm {
    /// The division that the name begins with or has in brackets.
    pub region: Option<DivisionId>,
    /// What is left: brand with trade.
    pub core: String,
    /// Legal form; empty where the name does not tell it.
    pub form: &'static str,
    /// Whether the legal form is written as a register has it.
    pub registered: bool,
    /// Whether it is a joint-stock company, of which there are few and hardly two of one name.
    pub joint_stock: bool,
    /// Whether it is a part of an enterprise: 分公司, 支行.
    pub branch: bool,
}

impl Firm {
    /// The parts of a name.
    ///
    /// ```
    /// use xiangtu::identity::Firm;
    /// let firm = Firm::of("江西红叶家具有限公司");
    /// assert_eq!((firm.core.as_str(), firm.form, firm.registered), ("红叶家具", "公司", true));
    /// ```
    pub fn of(name: &str) -> Self {
        let mut region = None;
        let mut text = name.to_owned();
        if name.contains(['（', '('])
            && let Some(found) = IN_BRACKETS.captures(name)
            && let Some(id) = well_known(&plain(&found[1]))
        {
            region = Some(id);
            text = name.replacen(&found[0], "", 1);
        }
        let text = with_han_digits(&plain(&text));
        let registered = REGISTERED.iter().any(|words| text.ends_with(words));
        let branch = names_branch(&text);
        let (mut core, mut form) = (text.as_str(), "");
        for (words, kind) in FORMS.iter() {
            if let Some(rest) = text.strip_suffix(words)
                && rest.chars().count() >= 2
            {
                (core, form) = (rest, kind);
                break;
            }
        }
        let mut core = core.to_owned();
        if let Some((id, n)) = leading_divisions(&core, well_known) {
            let rest: String = core.chars().skip(n).collect();
            if rest.chars().count() >= 2 && (form == "合作社" || !is_generic(&rest)) {
                region = region.or(Some(id));
                core = rest;
            }
        }
        Self {
            region,
            core,
            form,
            registered,
            joint_stock: text.ends_with("股份有限公司"),
            branch,
        }
    }

    /// Whether the name is one in the whole country: registered with its region or as a joint-stock company, or of the
    /// country itself.
    pub fn is_unique(&self) -> bool {
        let is_told = self.registered && (self.region.is_some() || self.joint_stock);
        (is_told && self.core.chars().count() >= 2)
            || self.core.starts_with("中国")
            || self.core.starts_with("中华")
    }

    /// Whether both may be the same words for one enterprise, but for the region that one of them leaves out.
    pub fn is_variant_of(&self, other: &Self) -> bool {
        self.core == other.core
            && self.form == other.form
            && self.branch == other.branch
            && !is_generic(&self.core)
            && self.fits_region(other)
    }

    /// Whether the name may be a shorter one of `full`: its brand, with or without trade and legal form.
    ///
    /// ```
    /// use xiangtu::identity::Firm;
    /// let full = Firm::of("江西红叶家具有限公司");
    /// assert!(Firm::of("红叶").is_short_for(&full) && Firm::of("红叶公司").is_short_for(&full));
    /// assert!(!Firm::of("红叶集团").is_short_for(&full) && !Firm::of("家具公司").is_short_for(&full));
    /// ```
    pub fn is_short_for(&self, full: &Self) -> bool {
        let form_fits = if self.form.is_empty() {
            !full.form.is_empty() || self.core != full.core
        } else {
            self.form == full.form
        };
        let Some(rest) = self.left_out_of(full) else {
            return false;
        };
        form_fits
            && self.branch == full.branch
            && (full.registered || is_generic(rest))
            && !rest.starts_with(is_number)
            && self.core.chars().count() >= 2
            && !is_generic(&self.core)
            && self.fits_region(full)
    }

    /// What a full name has behind the brand that this one begins with: all of it (红叶 for 红叶家具), or the trade
    /// of which this one keeps a word (绿野农业 for 绿野生态农业开发).
    fn left_out_of<'a>(&self, full: &'a Self) -> Option<&'a str> {
        if let Some(rest) = full.core.strip_prefix(&self.core) {
            return Some(rest);
        }
        let same = |(a, b): &(char, char)| a == b;
        let pairs = self.core.chars().zip(full.core.chars());
        let brand: usize = pairs.take_while(same).map(|(a, _)| a.len_utf8()).sum();
        let (kept, rest) = (&self.core[brand..], &full.core[brand..]);
        let is_word = rest.contains(kept) && is_generic(kept) && is_generic(rest);
        (is_word && self.core[..brand].chars().count() >= 2).then_some(rest)
    }

    /// Whether a full name has nothing behind the brand but words of trade, as it must to be joined across documents.
    pub(super) fn rest_is_trade(&self, full: &Self) -> bool {
        self.left_out_of(full).is_some_and(is_generic)
    }

    /// Two names that tell their regions must tell the same: 上高县恒兴 and 宜春市恒兴 are two.
    fn fits_region(&self, other: &Self) -> bool {
        self.region.is_none() || other.region.is_none() || self.region == other.region
    }
}

/// The one province, prefecture or county of a name.
fn well_known(name: &str) -> Option<DivisionId> {
    let form = Gazetteer::get().form(name)?;
    let mut wide = form
        .hits
        .iter()
        .filter(|hit| hit.id.level() <= Level::County);
    let first = wide.next()?;
    // 吉林 is a province and its city: the wider one, which is first.
    (first.id.level() < Level::County || wide.next().is_none()).then_some(first.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_brands_and_forms() {
        let firm = |name| {
            let Firm { core, form, .. } = Firm::of(name);
            format!("{core} {form}")
        };
        assert_eq!(firm("红叶家具（江西）有限公司"), "红叶家具 公司");
        assert_eq!(firm("上高县丰禾水稻种植专业合作社"), "丰禾水稻种植 合作社");
        assert_eq!(firm("江西龙腾集团有限公司"), "龙腾 集团");
        assert_eq!(firm("上高县瑞祥砖厂"), "瑞祥砖厂 ");
    }

    #[test]
    fn what_stands_for_what() {
        let stands = |short, full| Firm::of(short).is_short_for(&Firm::of(full));
        assert!(stands("赣峰", "江西赣峰新能源材料有限公司"));
        assert!(stands("丰禾水稻合作社", "上高县丰禾水稻种植专业合作社"));
        assert!(stands("红叶股份", "江西红叶家具股份有限公司"));
        assert!(stands("绿野农业", "江西绿野生态农业开发有限公司"));
        assert!(!stands("绿野旅游", "江西绿野生态农业开发有限公司"));
        assert!(!stands("宜春恒兴", "上高县恒兴建筑有限公司"));
        assert!(!stands("远泰集团", "远泰科技有限公司"));
        assert!(!stands("建筑公司", "江西建筑工程有限公司"));
        assert!(!stands("红星", "红星二厂有限公司分公司"));
        assert!(!stands("丰禾家庭农场", "丰禾专业合作社"));
    }
}
