//! 任职: which post a person holds.
//!
//! A post stands before the name (镇党委书记Ⓝ), after it (Ⓝ镇长), or in a clause of its own (Ⓝ，现任县委副书记). It is given with
//! the organ or place in front of it, as written. A post that is over or not yet taken is none.

use super::fold::{Mark, SIGN};
use super::words::WORDS;
use super::{Facts, Object, patterns};
use crate::model::{EntityType, Predicate};

patterns! {
    /// Words of level and place that stand between a name and an organ.
    LEVEL = r"(?:Ⓛ委|Ⓛ党委|Ⓛ人民政府|Ⓛ政府|自治区|自治州|自治县|开发区|管委会|(?:经济技术|高新技术产业|经济|工业|高新技术)开发区|Ⓛ(?:经济技术|高新技术产业|经济|工业|高新技术)|高新区|工业园区|产业园区|园区|省|市|县|区|州|旗|镇|乡|村|街道|社区|居民区|驻村?|该公司|公司|集团|本报|分管[^，。、]{1,6}的|党外|专职|兼职|挂职|常务|第一|办事处)$";
    /// A name with a word that says it takes or holds a post.
    TAKES = r"^(?:（[^）Ⓝ]{1,16}）)?(?:同志)?，?(?:同志)?(?:现任|现为|担任|挂任|兼任|出任|接任|任|当选为?|系|是|为)([^，。；：Ⓝ]{2,24})";
    /// A later clause that gives the post.
    HOLDS = r"，(?:现任|现为|现担任|同时担任|兼任|当选为?)([^，。；：、Ⓝ]{2,24})";
    /// A post with a duty between it and the name: 副县长、包联青河镇的Ⓝ.
    DUTY = r"、[^，。；：、Ⓝ]{2,16}的$";
    /// An organ that no list knows, in front of a post.
    ORGAN = r"[\p{Han}]{1,10}[局委办部院校厂站所队会社科处组厅署行馆]$";
    /// What stands between the comma of a list and a post.
    IN_LIST = r"、([\p{Han}]{2,8})$";
    /// An organ of the place itself that no list knows: 镇商贸办主任.
    OWN_ORGAN = r"(?:镇|乡|街道|县|市|区|省|州|旗)[\p{Han}]{1,8}$";
    /// What says whose post it is, or over what, and is no part of it.
    NOT_POST = r"^(?:现任|现为)?(?:(?:该|本)?(?:公司|企业)|分管[^，。、]{1,6}的)?";
    /// Words that no organ's name begins with or holds.
    NO_ORGAN = r"[的在是由请给向把被对问称说据让]";
    /// A clause that is nothing but a post.
    ASIDE = r"^(?:同志)?[，（]([^，。；：（）Ⓝ]{1,24})[，。；）\n]";
}

/// Finds who holds which post.
pub fn find(facts: &mut Facts) {
    let persons: Vec<Mark> = facts.marks(EntityType::Person).collect();
    // Posts before the name that a list of names may share.
    let mut shared: Option<(usize, Vec<(usize, usize)>)> = None;
    for person in persons {
        let text = &facts.fold.text;
        let sentence = facts.fold.sentences[facts.fold.sentence_at(person.at)].clone();
        let rest = &text[person.at + SIGN..sentence.end];
        let mut posts = before(facts, sentence.start, person.at);
        let listed = facts.list_before(person).len() > 1;
        if posts.is_empty()
            && listed
            && let Some((last, list)) = &shared
            && person.at - last <= SIGN + "以及".len() + 2
        {
            posts.clone_from(list);
        }
        shared = Some((person.at, posts.clone()));
        let n_posts = posts.len();
        posts.retain(|&(post, _)| !was_undone(text, post, sentence.start));
        // 原镇长Ⓝ任镇党委书记: the post behind the name is his, the one before it no longer.
        let was = match n_posts {
            0 => was_undone(text, person.at, sentence.start),
            n => posts.len() < n,
        };
        if is_undone(rest) || (was && n_posts == 0) {
            shared = None;
            continue;
        }
        if was {
            shared = None;
        }
        let mut found: Vec<(String, usize, usize, &str, f64)> = posts
            .iter()
            .map(|&(a, b)| {
                (
                    value(facts, a, b),
                    a,
                    person.at + SIGN,
                    "post-before-name",
                    0.93,
                )
            })
            .collect();
        // A post that another name follows is that one's.
        let behind = post_prefix(rest).filter(|len| !was && !rest[*len..].starts_with('Ⓝ'));
        if let Some(len) = behind {
            // 省委Ⓝ书记: the organ stands before the name and the post after it.
            let mut name = rest[..len].to_owned();
            let mut from = person.at;
            if let Some(a) = organ_start(text, sentence.start, person.at) {
                name = format!("{}{}", value(facts, a, person.at), name);
                from = a;
            }
            found.push((name, from, person.at + SIGN + len, "post-after-name", 0.9));
        }
        let may_take = rest.starts_with(may_take);
        let takes = Some(rest)
            .filter(|_| may_take)
            .and_then(|rest| TAKES.captures(rest));
        if let Some(inner) = takes.and_then(|c| c.get(1)) {
            let (a, mut end) = (
                person.at + SIGN + inner.start(),
                person.at + SIGN + inner.end(),
            );
            while let Some(start) = post_start(text, a, end) {
                found.push((value(facts, start, end), person.at, end, "takes-post", 0.85));
                match text[a..start].strip_suffix('、') {
                    Some(left) => end = a + left.len(),
                    None => break,
                }
            }
        }
        // 任命Ⓝ、Ⓝ为副镇长: the post stands after the last of the list.
        if found.is_empty() {
            let mut last = person;
            while let Some(next) = facts.listed_after(last) {
                last = next;
            }
            if last.at != person.at
                && let Some(inner) = TAKES
                    .captures(&text[last.at + SIGN..sentence.end])
                    .and_then(|c| c.get(1))
            {
                let (a, end) = (last.at + SIGN + inner.start(), last.at + SIGN + inner.end());
                if let Some(start) = post_start(text, a, end) {
                    found.push((value(facts, start, end), person.at, end, "takes-post", 0.8));
                }
            }
        }
        // 现任 in a later clause about the same person.
        let own = &rest[..rest.find('Ⓝ').unwrap_or(rest.len())];
        let holds = own
            .contains(['任', '为', '选'])
            .then(|| HOLDS.captures_iter(own));
        for inner in holds.into_iter().flatten().filter_map(|c| c.get(1)) {
            let (a, end) = (
                person.at + SIGN + inner.start(),
                person.at + SIGN + inner.end(),
            );
            if let Some(start) = post_start(text, a, end) {
                found.push((value(facts, start, end), person.at, end, "takes-post", 0.8));
            }
        }
        // Clauses after the name that are nothing but a post.
        let mut a = person.at + SIGN;
        for _ in 0..4 {
            let behind = &text[a..sentence.end];
            let opens = behind.starts_with(['，', '（', '同']);
            let aside = Some(behind)
                .filter(|_| opens)
                .and_then(|rest| ASIDE.captures(rest));
            let Some(inner) = aside.and_then(|c| c.get(1)) else {
                break;
            };
            let (start, end) = (a + inner.start(), a + inner.end());
            if post_start(text, start, end) == Some(start) {
                found.push((value(facts, start, end), person.at, end, "post-aside", 0.8));
            }
            a = end;
        }
        for (value, a, b, rule, confidence) in found {
            facts.add(
                Predicate::HoldsPost,
                person.entity,
                Object::Value(value, None),
                a..b,
                rule,
                confidence,
            );
        }
    }
}

/// Whether [`TAKES`] can begin with a character.
fn may_take(c: char) -> bool {
    "（同，现担挂兼出接任当系是为".contains(c)
}

/// The posts that stand directly before a byte, nearest first.
fn before(facts: &Facts, from: usize, at: usize) -> Vec<(usize, usize)> {
    let text = &facts.fold.text;
    let mut posts = Vec::new();
    let mut end = at;
    for lead in ["同志", "：", "——", "“"] {
        if let Some(left) = text[from..end].strip_suffix(lead) {
            end = from + left.len();
        }
    }
    if let Some(duty) = DUTY.find(&text[from..end]) {
        end = from + duty.start();
    }
    while let Some(start) = post_start(text, from, end) {
        posts.push((start, end));
        let left = &text[from..start];
        let Some(left) = ["、", "兼", "兼任", "，", "，也是", "和"]
            .iter()
            .filter_map(|j| left.strip_suffix(j))
            .min_by_key(|l| l.len())
        else {
            break;
        };
        end = from + left.len();
        // Ⓝ任领导小组组长，副镇长Ⓝ: the post before the comma is the other's.
        if text[end..].starts_with('，')
            && let Some(start) = post_start(text, from, end)
            && text[from..start].ends_with(['任', '为', '是'])
        {
            break;
        }
    }
    posts
}

/// Where the post begins that ends at a byte, organ and place included.
fn post_start(text: &str, from: usize, end: usize) -> Option<usize> {
    let mut start = suffix(text, from, end, |s| WORDS.posts.contains(s))?;
    loop {
        if let Some(a) = suffix(text, from, start, |s| WORDS.organs.contains(s)) {
            start = a;
            continue;
        }
        if let Some(m) = LEVEL.find(&text[from..start]) {
            start = from + m.start();
            continue;
        }
        // In a list of posts whatever stands between the comma and the post belongs to it.
        if let Some(m) = IN_LIST
            .captures(&text[from..start])
            .and_then(|c| c.get(1))
            .filter(|m| !NO_ORGAN.is_match(m.as_str()))
        {
            start = from + m.start();
            continue;
        }
        if let Some(m) = ORGAN
            .find(&text[from..start])
            .filter(|m| !NO_ORGAN.is_match(m.as_str()))
        {
            let a = from + m.start();
            if text[from..a].is_empty()
                || text[from..a]
                    .ends_with(['、', '，', '。', '；', '：', '“', '”', '（', '\n', 'Ⓛ', 'Ⓔ'])
            {
                start = a;
                continue;
            }
        }
        if text[from..start].ends_with(['Ⓛ', 'Ⓔ']) {
            start -= SIGN;
            continue;
        }
        let own = OWN_ORGAN.find(&text[from..start]);
        let is_organ = |words: &str| {
            !NO_ORGAN.is_match(words)
                && !words.contains(['人', '员', '干', '长'])
                && WORDS.undone(words).next().is_none()
        };
        if let Some(m) = own.filter(|m| is_organ(m.as_str()) && !m.as_str().ends_with("委派")) {
            start = from + m.start();
        }
        return Some(start);
    }
}

fn organ_start(text: &str, from: usize, at: usize) -> Option<usize> {
    suffix(text, from, at, |s| WORDS.organs.contains(s))
}

/// Where the longest word of a kind begins that ends at a byte.
fn suffix(text: &str, from: usize, end: usize, is: impl Fn(&str) -> bool) -> Option<usize> {
    text[from..end]
        .char_indices()
        .rev()
        .take(WORDS.longest)
        .map(|(i, _)| from + i)
        .filter(|&i| is(&text[i..end]))
        .last()
}

/// The length of the longest post that a text begins with.
fn post_prefix(text: &str) -> Option<usize> {
    text.char_indices()
        .take(WORDS.longest)
        .map(|(i, c)| i + c.len_utf8())
        .filter(|&i| WORDS.posts.contains(&text[..i]))
        .last()
}

/// The words of a stretch of the folded text, without what is no part of a post.
fn value(facts: &Facts, a: usize, b: usize) -> String {
    let a = match NOT_POST.find(&facts.fold.text[a..b]) {
        Some(m) if m.end() < b - a => a + m.end(),
        _ => a,
    };
    let (start, end) = facts.fold.normal(a..b);
    facts.context.doc.text.slice(start, end).to_owned()
}

/// Whether words in front of a post, or of a name without one, say that it is over or yet to come.
fn was_undone(text: &str, post: usize, from: usize) -> bool {
    let clause = text[from..post]
        .rfind(['，', '；', '：', '、', 'Ⓝ'])
        .map_or(from, |i| from + i);
    let near = &text[clause..post];
    WORDS
        .undone(near)
        .any(|(_, b)| near[b..].chars().count() <= 8)
}

/// Whether words behind a name say so.
fn is_undone(rest: &str) -> bool {
    let soon: usize = rest.char_indices().nth(8).map_or(rest.len(), |(i, _)| i);
    let head = rest[..soon]
        .split(['，', '。', '；', '、', 'Ⓝ'])
        .next()
        .unwrap_or_default();
    WORDS.undone(head).next().is_some()
}
