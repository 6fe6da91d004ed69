//! What the recogniser sees of a text: attributes of every character, from the characters themselves to lists,
//! quotation marks, lexicons and words.
//!
//! An attribute is a key of 64 bits: the template in the upper 8, what fills it in the lower 56, so that it can be
//! looked up without making a string and still be printed for a reader by [`describe`].

use jieba_rs::Jieba;
use std::sync::LazyLock;

use super::places::PlaceHit;
use crate::lexicon::{Class, Hit, Lexicon};
use crate::model::Part;
use crate::text::{Document, is_han};

static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Loads what is loaded on first use, so that timings of single documents are fair.
pub fn warm() {
    LazyLock::force(&JIEBA);
    Lexicon::get();
}

/// The templates of attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Template {
    /// Always there.
    Bias,
    /// One character at an offset.
    Char,
    /// Two neighbouring characters.
    Pair,
    /// Three neighbouring characters.
    Triple,
    /// Kinds of the characters around.
    Kind,
    /// Position in the word and its tag.
    Word,
    /// Tags of the words before and after.
    Neighbours,
    /// The word itself.
    Form,
    /// Position in a term of a class.
    In,
    /// A term of a class ends right before.
    After,
    /// A term of a class begins right behind.
    Before,
    /// Position in the name of a division.
    Place,
    /// The name of a division ends right before.
    PlaceBefore,
    /// The name of a division begins right behind.
    PlaceBehind,
    /// Quotation marks around, and the head behind them.
    Quote,
    /// Nearest head to the right in the clause, and how far it is.
    Head,
    /// Nearest verb to the left in the clause, and how far it is.
    Verb,
    /// The list that the position stands in: what its end says it lists.
    List,
    /// Part of the document and kind of sentence.
    Part,
    /// Head to the right and verb to the left together.
    Frame,
    /// The name stands elsewhere in the document with strong evidence.
    Elsewhere,
}

const TEMPLATES: [Template; 21] = [
    Template::Bias,
    Template::Char,
    Template::Pair,
    Template::Triple,
    Template::Kind,
    Template::Word,
    Template::Neighbours,
    Template::Form,
    Template::In,
    Template::After,
    Template::Before,
    Template::Place,
    Template::PlaceBefore,
    Template::PlaceBehind,
    Template::Quote,
    Template::Head,
    Template::Verb,
    Template::List,
    Template::Part,
    Template::Frame,
    Template::Elsewhere,
];

fn key(template: Template, payload: u64) -> u64 {
    (template as u64) << 56 | (payload & 0x00FF_FFFF_FFFF_FFFF)
}

/// A character as attributes see it: digits are one, Latin letters are one, and it fits 16 bits.
fn code(c: char) -> u64 {
    match c {
        '0'..='9' => u64::from('0' as u32),
        'a'..='z' | 'A'..='Z' => u64::from('A' as u32),
        c if (c as u32) < 0x1_0000 => u64::from(c as u32),
        _ => 0xFFFD,
    }
}

/// 0 boundary, 1 Han, 2 digit, 3 Latin, 4 clause mark, 5 enumeration comma, 6 quotation mark, 7 bracket, 8 other.
fn kind(c: Option<char>) -> u64 {
    match c {
        None | Some('\n') => 0,
        Some(c) if is_han(c) => 1,
        Some('0'..='9') => 2,
        Some(c) if c.is_alphabetic() => 3,
        Some('，' | '。' | '；' | '！' | '？' | '：') => 4,
        Some('、') => 5,
        Some('“' | '”' | '‘' | '’') => 6,
        Some('（' | '）' | '《' | '》' | '【' | '】' | '〈' | '〉') => 7,
        Some(_) => 8,
    }
}

/// Position within something of `n` parts: 0 first, 1 middle, 2 last, 3 only.
fn place_in(i: usize, n: usize) -> u64 {
    match (i == 0, i + 1 == n) {
        (true, true) => 3,
        (true, false) => 0,
        (false, true) => 2,
        (false, false) => 1,
    }
}

/// The attributes of every character of a document.
pub struct Evidence {
    /// Attribute keys, position by position.
    pub attributes: Vec<Vec<u64>>,
}

/// Collects the attributes of a document.
pub fn collect(doc: &Document, places: &[PlaceHit]) -> Evidence {
    let chars = &doc.text.chars;
    let mut a: Vec<Vec<u64>> = (0..chars.len()).map(|_| Vec::with_capacity(64)).collect();
    characters(chars, &mut a);
    words(chars, &mut a);
    let hits = Lexicon::get().hits(chars);
    terms(&hits, &mut a);
    place_names(places, &mut a);
    frames(chars, &hits, &mut a);
    quotes(chars, &hits, &mut a);
    lists(chars, &hits, &mut a);
    for s in &doc.sentences {
        let payload = u64::from(s.part == Part::Plan) | u64::from(s.heading.min(4)) << 1;
        for row in &mut a[s.start..s.end] {
            row.push(key(Template::Part, payload));
        }
    }
    Evidence { attributes: a }
}

fn characters(chars: &[char], a: &mut [Vec<u64>]) {
    let n = chars.len() as i64;
    let at = |i: i64| {
        if (0..n).contains(&i) && chars[i as usize] != '\n' {
            code(chars[i as usize])
        } else {
            0
        }
    };
    let kind_at = |i: i64| {
        kind(if (0..n).contains(&i) {
            Some(chars[i as usize])
        } else {
            None
        })
    };
    for i in 0..n {
        let row = &mut a[i as usize];
        row.push(key(Template::Bias, 0));
        for d in -3..=3i64 {
            row.push(key(Template::Char, ((d + 4) as u64) << 16 | at(i + d)));
        }
        for d in -2..=1i64 {
            row.push(key(
                Template::Pair,
                ((d + 4) as u64) << 32 | at(i + d) << 16 | at(i + d + 1),
            ));
        }
        for d in -2..=0i64 {
            row.push(key(
                Template::Triple,
                ((d + 4) as u64) << 48 | at(i + d) << 32 | at(i + d + 1) << 16 | at(i + d + 2),
            ));
        }
        row.push(key(
            Template::Kind,
            kind_at(i - 1) << 8 | kind_at(i) << 4 | kind_at(i + 1),
        ));
    }
}

/// A part-of-speech tag as a number; only its first two letters count.
fn tag_code(tag: &str) -> u64 {
    tag.bytes()
        .take(2)
        .fold(0, |code, b| code << 8 | u64::from(b))
}

fn words(chars: &[char], a: &mut [Vec<u64>]) {
    let mut start = 0;
    while start < chars.len() {
        let end = chars[start..]
            .iter()
            .position(|&c| c == '\n')
            .map_or(chars.len(), |n| start + n + 1);
        let text: String = chars[start..end].iter().collect();
        let tags = JIEBA.tag(&text, true);
        let mut at = start;
        for (w, token) in tags.iter().enumerate() {
            let n = token.word.chars().count();
            let tag = tag_code(token.tag);
            let before = if w > 0 { tag_code(tags[w - 1].tag) } else { 0 };
            let behind = tags.get(w + 1).map_or(0, |t| tag_code(t.tag));
            let form = form_code(token.word);
            let form_before = if w > 0 {
                form_code(tags[w - 1].word)
            } else {
                0
            };
            let form_behind = tags.get(w + 1).map_or(0, |t| form_code(t.word));
            for k in 0..n {
                let p = place_in(k, n);
                let row = &mut a[at + k];
                row.push(key(Template::Word, p << 16 | tag));
                row.push(key(
                    Template::Neighbours,
                    1 << 48 | p << 32 | before << 16 | tag,
                ));
                row.push(key(
                    Template::Neighbours,
                    2 << 48 | p << 32 | tag << 16 | behind,
                ));
                row.push(key(Template::Form, 1 << 50 | p << 48 | form));
                row.push(key(Template::Form, 2 << 50 | p << 48 | form_before));
                row.push(key(Template::Form, 3 << 50 | p << 48 | form_behind));
            }
            at += n;
        }
        start = end;
    }
}

/// The first two and the last character of a word.
fn form_code(word: &str) -> u64 {
    let mut chars = word.chars();
    let first = chars.next().map_or(0, code);
    let second = chars.next().map_or(0, code);
    let last = chars.next_back().map_or(0, code);
    first << 32 | second << 16 | last
}

/// For each class the leftmost longest of its hits that do not overlap.
fn leftmost_longest(hits: &[Hit]) -> Vec<Hit> {
    let mut hits = hits.to_vec();
    hits.sort_unstable_by_key(|h| (h.class, h.start, std::cmp::Reverse(h.end)));
    let mut last: Option<Hit> = None;
    hits.retain(|h| {
        let keep = last.is_none_or(|l| l.class != h.class || h.start >= l.end);
        if keep {
            last = Some(*h);
        }
        keep
    });
    hits
}

fn class_code(class: Class) -> u64 {
    // A class keeps its code when files are added: it is made from its name.
    let name = Lexicon::get().class_name(class);
    name.bytes().fold(0xCBF2_9CE4_8422_2325u64, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x100_0000_01B3)
    }) & 0xFFFF_FFFF
}

static CLASS_CODES: LazyLock<Vec<u64>> = LazyLock::new(|| {
    (0..Lexicon::get().n_classes())
        .map(|c| class_code(c as Class))
        .collect()
});

fn terms(hits: &[Hit], a: &mut [Vec<u64>]) {
    let codes = &*CLASS_CODES;
    for h in leftmost_longest(hits) {
        let class = codes[h.class as usize];
        let (start, end) = (h.start as usize, h.end as usize);
        for i in start..end {
            a[i].push(key(
                Template::In,
                place_in(i - start, end - start) << 32 | class,
            ));
        }
        if end < a.len() {
            a[end].push(key(Template::After, class));
        }
        if start > 0 {
            a[start - 1].push(key(Template::Before, class));
        }
    }
}

fn place_names(places: &[PlaceHit], a: &mut [Vec<u64>]) {
    // Of names that begin at one place or lie within another only the longest is told, by the strongest grade.
    let mut sorted: Vec<&PlaceHit> = places.iter().collect();
    sorted.sort_by_key(|h| {
        (
            h.start,
            std::cmp::Reverse(h.end),
            std::cmp::Reverse(h.grade),
        )
    });
    let mut last_end = 0;
    for hit in sorted {
        if hit.end <= last_end {
            continue;
        }
        last_end = hit.end;
        let code = u64::from(hit.grade);
        for i in hit.start..hit.end {
            a[i].push(key(
                Template::Place,
                place_in(i - hit.start, hit.end - hit.start) << 16 | code,
            ));
        }
        if hit.end < a.len() {
            a[hit.end].push(key(Template::PlaceBefore, code));
        }
        if hit.start > 0 {
            a[hit.start - 1].push(key(Template::PlaceBehind, code));
        }
    }
}

/// The classes of heads, by type of entity, and of verbs that introduce one.
struct Frames {
    heads: Vec<(Class, u64)>,
    verbs: Vec<(Class, u64)>,
}

static FRAMES: LazyLock<Frames> = LazyLock::new(|| {
    let lexicon = Lexicon::get();
    let classes = |names: &[&str]| {
        names
            .iter()
            .enumerate()
            .filter_map(|(i, n)| Some((lexicon.class(n)?, i as u64 + 1)))
            .collect()
    };
    Frames {
        heads: classes(&[
            "enterprise-heads:strong",
            "project-heads:strong",
            "campaign-heads:strong",
            "honour-heads:strong",
            "enterprise-heads:weak",
            "project-heads:weak",
            "campaign-heads:weak",
            "honour-heads:weak",
        ]),
        verbs: classes(&[
            "verbs>enterprise",
            "verbs>project",
            "verbs>campaign",
            "verbs>honour",
            "verbs>place",
            "verbs>person",
        ]),
    }
});

fn distance(n: usize) -> u64 {
    match n {
        0 => 0,
        1 => 1,
        2..=3 => 2,
        4..=6 => 3,
        7..=12 => 4,
        _ => 5,
    }
}

fn ends_clause(c: char) -> bool {
    matches!(c, '，' | '。' | '；' | '！' | '？' | '：' | '\n')
}

/// The nearest head to the right and the nearest verb to the left within the clause.
fn frames(chars: &[char], hits: &[Hit], a: &mut [Vec<u64>]) {
    let n = chars.len();
    // For each position the strongest head that ends there, and the verbs that end there as a set.
    let mut head_end = vec![0u8; n + 1];
    let mut head_start = vec![0u32; n + 1];
    let mut verb_end = vec![0u8; n + 1];
    for h in hits {
        if let Some(&(_, code)) = FRAMES.heads.iter().find(|(c, _)| *c == h.class) {
            let end = h.end as usize;
            let longer = head_end[end] == 0
                || (code <= 4 && head_end[end] > 4)
                || (h.start < head_start[end] && (code <= 4) == (head_end[end] <= 4));
            if longer {
                head_end[end] = code as u8;
                head_start[end] = h.start;
            }
        }
        if let Some(&(_, code)) = FRAMES.verbs.iter().find(|(c, _)| *c == h.class) {
            verb_end[h.end as usize] |= 1 << code;
        }
    }
    let mut right = vec![(0u8, 0u64, 0u64); n];
    let (mut strong, mut any) = (None::<(u8, usize)>, None::<(u8, usize)>);
    for i in (0..n).rev() {
        if ends_clause(chars[i]) || chars[i] == '、' {
            (strong, any) = (None, None);
        }
        if head_end[i + 1] > 0 {
            any = Some((head_end[i + 1], i));
            if head_end[i + 1] <= 4 {
                strong = any;
            }
        }
        let (s, sd) = strong.map_or((0, 0), |(code, end)| (u64::from(code), distance(end - i)));
        let (w, wd) = any.map_or((0, 0), |(code, end)| (u64::from(code), distance(end - i)));
        a[i].push(key(Template::Head, 1 << 16 | s << 8 | sd));
        a[i].push(key(Template::Head, 2 << 16 | w << 8 | wd));
        right[i] = (s as u8, sd, w);
    }
    let mut verb = None::<(u8, usize)>;
    for i in 0..n {
        if verb_end[i] > 0 {
            verb = Some((verb_end[i], i));
        }
        if i > 0 && ends_clause(chars[i - 1]) {
            verb = None;
        }
        let (v, d) = verb.map_or((0, 0), |(set, end)| (u64::from(set), distance(i - end)));
        a[i].push(key(Template::Verb, v << 8 | d));
        let (s, sd, w) = right[i];
        a[i].push(key(
            Template::Frame,
            v << 24 | d << 16 | u64::from(s) << 8 | sd << 4 | w,
        ));
    }
}

/// Inside quotation marks: how far from the opening mark, how long, and which head follows the closing mark.
fn quotes(chars: &[char], hits: &[Hit], a: &mut [Vec<u64>]) {
    let mut head_at = rustc_hash::FxHashMap::<usize, u64>::default();
    for h in hits {
        if let Some(&(_, code)) = FRAMES.heads.iter().find(|(c, _)| *c == h.class) {
            let e = head_at.entry(h.start as usize).or_insert(code);
            *e = (*e).min(code);
        }
    }
    let mut i = 0;
    while i < chars.len() {
        let (close, book) = match chars[i] {
            '“' => ('”', 0),
            '‘' => ('’', 0),
            '《' => ('》', 1),
            _ => {
                i += 1;
                continue;
            }
        };
        let limit = (i + 60).min(chars.len());
        let Some(end) = (i + 1..limit)
            .find(|&j| chars[j] == close || chars[j] == '\n')
            .filter(|&j| chars[j] == close)
        else {
            i += 1;
            continue;
        };
        let head = head_at.get(&(end + 1)).copied().unwrap_or(0);
        let length = distance(end - i - 1);
        let comma = u64::from(chars[i..end].iter().any(|&c| matches!(c, '，' | '。')));
        for j in i..=end {
            let p = if j == i {
                0
            } else if j == i + 1 {
                1
            } else if j == end {
                4
            } else if j + 1 == end {
                3
            } else {
                2
            };
            a[j].push(key(
                Template::Quote,
                book << 20 | comma << 16 | p << 12 | length << 8 | head,
            ));
            a[j].push(key(Template::Quote, 1 << 24 | p << 12 | head));
        }
        if end + 1 < chars.len() {
            a[end + 1].push(key(
                Template::Quote,
                2 << 24 | length << 8 | head | book << 20,
            ));
        }
        i += 1;
    }
}

/// Items parted by 、 and what the words after the last one say they are (`等5家企业`, `等项目`).
fn lists(chars: &[char], hits: &[Hit], a: &mut [Vec<u64>]) {
    let mut heads: Vec<(usize, usize, u64)> = hits
        .iter()
        .filter_map(|h| {
            FRAMES
                .heads
                .iter()
                .find(|(c, _)| *c == h.class)
                .map(|&(_, code)| (h.start as usize, h.end as usize, code))
        })
        .collect();
    heads.sort_unstable();
    let mut i = 0;
    while i < chars.len() {
        if chars[i] != '、' {
            i += 1;
            continue;
        }
        let bound = |c: char| ends_clause(c);
        let mut from = i;
        while from > 0 && i - from < 30 && !bound(chars[from - 1]) {
            from -= 1;
        }
        let mut to = i + 1;
        let mut last_comma = i;
        let mut depth = 0i32;
        while to < chars.len() && (depth > 0 || !bound(chars[to])) && to - last_comma < 40 {
            match chars[to] {
                '、' => last_comma = to,
                '（' | '《' => depth += 1,
                '）' | '》' => depth -= 1,
                '\n' => break,
                _ => {}
            }
            to += 1;
        }
        let n_items = 1 + chars[from..to].iter().filter(|&&c| c == '、').count() as u64;
        let etc = chars[last_comma..to]
            .iter()
            .position(|&c| c == '等')
            .map(|p| last_comma + p);
        let head_in = |lo: usize, hi: usize, ending: bool| {
            let first = heads.partition_point(|h| h.0 < lo);
            let mut best = 0;
            for &(s, e, code) in heads[first..].iter().take_while(|h| h.0 < hi) {
                if e <= hi && (!ending || e == hi) && (best == 0 || code < best || s == lo) {
                    best = code;
                }
            }
            best
        };
        let announced = etc.map_or(0, |e| head_in(e + 1, (e + 12).min(to), false));
        let last_item = head_in(last_comma + 1, etc.unwrap_or(to), etc.is_some());
        let payload =
            u64::from(etc.is_some()) << 16 | announced << 8 | last_item << 4 | n_items.min(4);
        for row in &mut a[from..to] {
            row.push(key(Template::List, payload));
            row.push(key(Template::List, 1 << 24 | announced << 8));
        }
        i = to;
    }
}

/// A readable name for an attribute.
pub fn describe(key: u64) -> String {
    let template = TEMPLATES.get((key >> 56) as usize);
    let p = key & 0x00FF_FFFF_FFFF_FFFF;
    let text = |p: u64, n: u32| -> String {
        (0..n)
            .rev()
            .filter_map(|i| char::from_u32((p >> (16 * i) & 0xFFFF) as u32))
            .map(|c| if c == '\0' || c == '\n' { '␣' } else { c })
            .collect()
    };
    let tag = |p: u64| -> String {
        [(p >> 8 & 0xFF) as u8, (p & 0xFF) as u8]
            .iter()
            .filter(|b| **b > 0)
            .map(|&b| b as char)
            .collect()
    };
    let class = |p: u64| -> String {
        let lexicon = Lexicon::get();
        (0..lexicon.n_classes())
            .find(|&c| CLASS_CODES[c] == p & 0xFFFF_FFFF)
            .map_or_else(
                || format!("{p:x}"),
                |c| lexicon.class_name(c as Class).to_owned(),
            )
    };
    let within = |p: u64| ["first", "middle", "last", "only"][(p & 3) as usize];
    let Some(template) = template else {
        return format!("{key:x}");
    };
    match template {
        Template::Char => format!("Char[{:+}]={}", (p >> 16) as i64 - 4, text(p, 1)),
        Template::Pair => format!("Pair[{:+}]={}", (p >> 32) as i64 - 4, text(p, 2)),
        Template::Triple => format!("Triple[{:+}]={}", (p >> 48) as i64 - 4, text(p, 3)),
        Template::Word => format!("Word={} {}", within(p >> 16), tag(p)),
        Template::Neighbours => {
            format!(
                "Neighbours{}={} {} {}",
                p >> 48,
                within(p >> 32),
                tag(p >> 16),
                tag(p)
            )
        }
        Template::Form => format!(
            "Form[{:+}]={} {}",
            [0, 0, -1, 1][(p >> 50 & 3) as usize],
            within(p >> 48),
            text(p, 3).replace('␣', "")
        ),
        Template::In => format!("In={} {}", within(p >> 32), class(p)),
        Template::After | Template::Before => format!("{template:?}={}", class(p)),
        _ => format!("{template:?}={p:x}"),
    }
}
