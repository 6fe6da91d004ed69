//! Who speaks in a document: whose report its title says it is, and the words by which a text calls its own place.

use std::sync::LazyLock;

use regex::Regex;

use crate::gazetteer::Match;
use crate::text::Trie;

/// How a text speaks of itself: 全镇 → a town, 全县 → a county.
pub(super) struct SelfReference {
    /// 全镇, 镇政府.
    pub township: usize,
    /// 全县, 我市.
    pub county: usize,
    /// 全省.
    pub province: usize,
}

/// The words by which a text speaks of its own place, each with the level that it tells.
static SELF_WORDS: LazyLock<Trie> = LazyLock::new(|| {
    let township = [
        "全镇",
        "我镇",
        "本镇",
        "该镇",
        "镇党委",
        "镇政府",
        "全乡",
        "我乡",
        "该乡",
        "乡党委",
        "乡政府",
        "街道党工委",
        "全街道",
        "我街道",
        "街道办",
        "苏木党委",
        "全苏木",
    ];
    let county = [
        "全县", "我县", "全区", "我区", "全市", "我市", "该县", "全旗", "我旗",
    ];
    let province = ["全省", "我省", "省政府工作", "全自治区"];
    let township = township.map(|word| (word, 0));
    let county = county.map(|word| (word, 1));
    let province = province.map(|word| (word, 2));
    Trie::new(township.into_iter().chain(county).chain(province))
});

/// How often a text speaks of its own town, county or province.
pub(super) fn self_reference(chars: &[char]) -> SelfReference {
    let mut counts = [0; 3];
    let words = &*SELF_WORDS;
    words.find_all(chars, |_, _, level| counts[level as usize] += 1);
    let [township, county, province] = counts;
    SelfReference {
        township,
        county,
        province,
    }
}

/// What follows the name of a division whose report it is: 人民政府工作报告, 2024年政府工作报告, 概况.
static REPORT: LazyLock<Regex> = LazyLock::new(|| {
    let organ = "(?:(?:人民)?政府)?";
    let year = "(?:[（(]?[0-9]{4}年?(?:度)?[)）]?)?";
    let what = "(?:工作报告|工作总结|工作情况|工作要点|工作回顾|国民经济|经济社会|概况|简介|年鉴)";
    Regex::new(&format!("^{organ}{year}{organ}{what}")).expect("a pattern of this file")
});

/// Whether a name stands where a text says whose report it is: before its title, or after “on behalf of”.
pub(super) fn says_whose(chars: &[char], name: &Match) -> bool {
    let behind = &chars[name.end..];
    // Looking at the next character is cheaper than the pattern, and nearly all names are followed by another one.
    let may_open = |c: &char| c.is_ascii_digit() || "人政（(工国经概简年".contains(*c);
    if !behind.first().is_some_and(may_open) {
        return false;
    }
    let behind: String = behind.iter().take(24).collect();
    let organ = behind.starts_with("人民政府") || behind.starts_with("政府");
    REPORT.is_match(&behind) || (organ && chars[..name.start].ends_with(&['代', '表']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gazetteer::Gazetteer;

    #[test]
    fn a_title_says_whose_report_it_is() {
        for (text, whose) in [
            ("2024年宁夏回族自治区政府工作报告", true),
            ("广西壮族自治区2013年政府工作报告选编", true),
            ("红河镇人民政府2021年工作总结", true),
            ("现在，我代表昌乐县人民政府向大会报告工作", true),
            ("昌乐县召开政府工作会议", false),
            ("全力支持昌乐县发展，工作报告通过", false),
        ] {
            let chars: Vec<char> = text.chars().collect();
            let matches = Gazetteer::get().matches(&chars);
            let found = matches.iter().any(|m| says_whose(&chars, m));
            assert_eq!(found, whose, "{text}");
        }
    }
}
