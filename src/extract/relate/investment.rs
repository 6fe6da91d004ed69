//! 投资: the amount of money that a project or an enterprise is said to cost or to be investing.
//!
//! An amount counts where a word of investment introduces it (总投资, 计划投资, 出资), or where it stands as the
//! attribute of a project (2.6亿元的Ⓟ). What has been spent so far (完成投资, 累计投资) and totals of a place do not.

use std::ops::Range;

use regex::Captures;

use super::fold::{Mark, SIGN};
use super::undertakes::is_end;
use super::{Facts, Object, patterns, within};
use crate::model::{EntityType, Predicate};

patterns! {
    /// A word of investment with its amount, or several amounts.
    INVESTED = r"(?:总投资额?|投资总额|投资规模|投资总规模|投资额|投资|总造价|造价|工程造价|总概算|概算|预算|出资|捐资|斥资|耗资|投入资金|投入|筹资)(?:概算|估算|预算|合计|共计|总计)?(?:分别)?(?:约为|大约|约|近|超过|超|逾|达到|达|高达|为|是|：|共|了)*((?:[0-9][0-9.,，]*)(?:余|多)?(?:百|千)?(?:万|亿)(?:余|多)?(?:美元|欧元|港元|港币|日元|元)?)";
    /// Further amounts of a list.
    MORE = r"^(?:、|和|及|，|，分别为|，分别是|，其中分别为)((?:[0-9][0-9.,，]*)(?:余|多)?(?:百|千)?(?:万|亿)(?:余|多)?(?:美元|欧元|港元|港币|日元|元)?)";
    /// An amount as attribute of a project without a word of investment.
    BARE = r"((?:[0-9][0-9.,，]*)(?:余|多)?(?:百|千)?(?:万|亿)(?:余|多)?(?:美元|欧元|港元|港币|日元|元)?)的“?Ⓟ";
    /// Number and unit of an amount.
    AMOUNT = r"^([0-9][0-9.,，]*)(?:余|多)?((?:百|千)?(?:万|亿))(?:余|多)?(美元|欧元|港元|港币|日元|元)?$";
    /// What stands in front of money already spent or of totals.
    SPENT = r"(?:已|累计|完成|实际|年度|当年|今年|共|全社会|固定资产|民间|工业|有效|技改|产业|省级以上重点项目|到位|新增|争取|扶贫|财政|专项|帮扶|各类|撬动|带动|引导|拉动|协议|合同|签约|[0-9]月份?|先后|总共|合计)(?:计划|的)?$";
    /// What may stand between that and the word of investment.
    KIND = r"(?:计划|规划|预计|预算|概算|估算|估计|拟|项目|工程|建设|静态)+$";
    /// From the amount to the project that it buys.
    TO_PROJECT = r"^(?:以上|左右|元)?(?:人民币)?(?:资金)?(?:，(?:在Ⓛ+)?(?:建设|新建|兴建|打造|建)|、[^，。；：、ⓅⒺ]{0,10}的)?[^，。；：、ⓅⒺ]{0,18}Ⓟ";
    /// 前者投资, 后者投资.
    TURN = r"(前者|后者)[^，。；：ⓅⒺ]{0,6}$";
    /// The amount is the firm's.
    FIRM = r"公司|企业|集团";
    /// What stands in front of a firm that builds.
    BUILDER = r"(?:(?:由|与|和|同|方|单位|商)(?:为|是|：|系)?[^，。；：ⓅⒺ]{0,12}|与Ⓔ?、?)$";
    /// A pronoun for the thing last spoken of.
    PRONOUN = r"(?:^|[，。；：])(?:其中)?(?:该|此|这)?(?:项目|工程|条?线|电站|基地|园区|产业园|中心|厂|桥|路|公司|企业|新公司|新村)?[^，。；：ⓅⒺ]{0,6}$";
}

/// What may cost something.
const THINGS: [EntityType; 2] = [EntityType::Project, EntityType::Enterprise];

struct Amount {
    value: String,
    unit: String,
}

/// Finds what things cost.
pub fn find(facts: &mut Facts) {
    if !facts.has(&(0..facts.fold.text.len()), &THINGS) {
        return;
    }
    for paragraph in facts.fold.paragraphs.clone() {
        let text = &facts.fold.text[paragraph.clone()];
        if !text.contains('亿') && !text.contains('万') {
            continue;
        }
        for found in INVESTED.captures_iter(text) {
            invested(facts, paragraph.clone(), &found);
        }
        let buys = text.contains("的Ⓟ") || text.contains("的“Ⓟ");
        let bare = buys.then(|| BARE.captures_iter(text));
        for found in bare.into_iter().flatten() {
            let (Some(whole), Some(amount)) = (found.get(0), found.get(1)) else {
                continue;
            };
            let range = paragraph.start + whole.start()..paragraph.start + whole.end();
            if let (Some(mark), Some(amount)) =
                (facts.fold.mark_at(range.end - SIGN), read(amount.as_str()))
            {
                add(facts, mark, amount, range, "amount-of-project", 0.85);
            }
        }
    }
}

fn invested(facts: &mut Facts, paragraph: Range<usize>, found: &Captures) {
    let (Some(whole), Some(first)) = (found.get(0), found.get(1)) else {
        return;
    };
    let text = &facts.fold.text[paragraph.clone()];
    let before = &text[..whole.start()];
    let before = KIND.find(before).map_or(before, |m| &before[..m.start()]);
    if SPENT.is_match(before) {
        return;
    }
    let mut amounts: Vec<Amount> = read(first.as_str()).into_iter().collect();
    let mut end = whole.end();
    while let Some(more) = MORE
        .captures(&text[end..])
        .and_then(|c| Some((c.get(0)?.end(), read(c.get(1)?.as_str())?)))
    {
        end += more.0;
        amounts.push(more.1);
    }
    let range = paragraph.start + whole.start()..paragraph.start + end;
    if amounts.len() > 1 {
        // 总投资38亿元，分别为18亿元、20亿元: the first is the sum.
        if text[whole.end()..end].starts_with('，') {
            amounts.remove(0);
        }
        // 总投资分别为3亿元、2亿元: the amounts go to the things listed last, in order.
        let things = last_list(facts, paragraph.start..range.start, amounts.len());
        for (mark, amount) in things.into_iter().zip(amounts) {
            add(
                facts,
                mark,
                amount,
                mark.at..range.end,
                "amounts-in-turn",
                0.85,
            );
        }
        return;
    }
    let Some(amount) = amounts.pop() else { return };
    if let Some(turn) = TURN.captures(before).and_then(|c| c.get(1)) {
        let things = last_list(facts, paragraph.start..range.start, 2);
        if let Some(mark) = things.get(usize::from(turn.as_str() == "后者")).copied() {
            add(
                facts,
                mark,
                amount,
                mark.at..range.end,
                "former-and-latter",
                0.85,
            );
        }
        return;
    }
    let rest = &text[end..];
    if let Some(next) = TO_PROJECT.find(rest) {
        let at = range.end + next.end() - SIGN;
        let listed = ["、Ⓟ", "和Ⓟ", "及Ⓟ", "与Ⓟ"]
            .iter()
            .any(|j| facts.fold.text[at + SIGN..].starts_with(j));
        // 投资3亿元，建设Ⓟ3公里、Ⓟ: a clause of its own may go on.
        let clause = facts.fold.clauses[facts.fold.clause_at(at)].end;
        let goes_on =
            next.as_str().contains('，') && facts.fold.text[at + SIGN..clause].contains('Ⓟ');
        let listed = listed || goes_on;
        if let (Some(mark), false) = (facts.fold.mark_at(at), listed) {
            let span = range.start..mark.at + SIGN;
            add(facts, mark, amount, span, "investment-then-project", 0.97);
            return;
        }
    }
    let owner = owner(facts, paragraph, range.start);
    // What a firm gives away it does not invest.
    let is_given =
        |mark: &Mark| mark.kind == EntityType::Enterprise && whole.as_str().starts_with('捐');
    if let Some(mark) = owner.filter(|mark| !is_given(mark)) {
        add(
            facts,
            mark,
            amount,
            mark.at..range.end,
            "thing-then-investment",
            0.93,
        );
    }
}

/// The project or enterprise that an amount speaks of when it is not named after it.
fn owner(facts: &Facts, paragraph: Range<usize>, at: usize) -> Option<Mark> {
    let fold = facts.fold;
    let sentence = fold.sentences[fold.sentence_at(at)].clone();
    let clause = fold.clauses[fold.clause_at(at)].start;
    let of_firm = FIRM.is_match(&fold.text[clause..at]);
    let near = |range: Range<usize>| -> Option<Mark> {
        let marks = || fold.marks_in(range.clone()).iter().rev().copied();
        let project =
            marks().find(|m| m.kind == EntityType::Project && !of_firm && !is_end(facts, *m));
        // 由Ⓔ建设 and 与Ⓔ合作 name a builder, not what is built.
        let firm = |m: &Mark| {
            m.kind == EntityType::Enterprise
                && !BUILDER.is_match(&fold.text[sentence.start.min(m.at)..m.at])
        };
        let last = project.or_else(|| marks().find(firm))?;
        // An amount after a list of several projects is their total.
        (last.kind != EntityType::Project || facts.list_before(last).len() == 1).then_some(last)
    };
    if let Some(mark) = near(sentence.start..at) {
        return Some(mark);
    }
    if fold.text[clause..at].starts_with("捐") {
        return None;
    }
    let in_sentence = &fold.text[sentence.start.max(paragraph.start)..at];
    let before = &fold.text[paragraph.start..at];
    if !(in_sentence.is_empty() || PRONOUN.is_match(in_sentence) || within(before, 80)) {
        return None;
    }
    near(paragraph.start..at).or_else(|| {
        // A heading that names the thing stands on one of the lines before.
        let n = fold.paragraph_at(at);
        (1..=5).find_map(|back| {
            let line = fold.paragraphs.get(n.checked_sub(back)?)?.clone();
            (line.len() < 40 * 3)
                .then(|| near(line).filter(|m| m.kind == EntityType::Project))
                .flatten()
        })
    })
}

fn last_list(facts: &Facts, range: Range<usize>, n: usize) -> Vec<Mark> {
    let marks: Vec<Mark> = facts
        .fold
        .marks_in(range)
        .iter()
        .copied()
        .filter(|m| m.kind == EntityType::Project)
        .collect();
    if marks.len() < n {
        Vec::new()
    } else {
        marks[marks.len() - n..].to_vec()
    }
}

fn read(amount: &str) -> Option<Amount> {
    let found = AMOUNT.captures(amount)?;
    let value = found[1]
        .replace([',', '，'], "")
        .trim_end_matches('.')
        .to_owned();
    let unit = format!("{}{}", &found[2], found.get(3).map_or("", |m| m.as_str()));
    (!value.is_empty()).then_some(Amount { value, unit })
}

fn add(
    facts: &mut Facts,
    mark: Mark,
    amount: Amount,
    range: Range<usize>,
    rule: &str,
    confidence: f64,
) {
    facts.add(
        Predicate::Investment,
        mark.entity,
        Object::Value(amount.value, Some(amount.unit)),
        range,
        rule,
        confidence,
    );
}
