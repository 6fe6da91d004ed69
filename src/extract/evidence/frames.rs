//! Attributes from farther away: heads, verbs, quotation marks and lists around a character.

use std::sync::LazyLock;

use super::Sink;
use super::keys::{Template, group};
use crate::lexicon::{Class, Hit, Lexicon};
use crate::text::is_common_han;

/// Classes of heads by type of entity, the strong ones first, then of the verbs that introduce one.
const ROLES: [&str; 14] = [
    "enterprise-heads:strong",
    "project-heads:strong",
    "campaign-heads:strong",
    "honour-heads:strong",
    "enterprise-heads:weak",
    "project-heads:weak",
    "campaign-heads:weak",
    "honour-heads:weak",
    "verbs>enterprise",
    "verbs>project",
    "verbs>campaign",
    "verbs>honour",
    "verbs>place",
    "verbs>person",
];
/// So many of them are heads, and of those so many strong ones.
const HEADS: u8 = 8;
const STRONG: u8 = 4;

/// For each class its number among the roles, from 1; 0 for none.
static ROLE_OF: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let lexicon = Lexicon::get();
    let number = |class: usize| {
        let name = lexicon.class_name(class as Class);
        ROLES.iter().position(|n| *n == name).map_or(0, |i| i + 1) as u8
    };
    (0..lexicon.n_classes()).map(number).collect()
});

/// The numbers of characters from which on each step of distance counts.
const STEPS: [usize; 6] = [0, 1, 2, 4, 7, 13];

fn distance(n: usize) -> u32 {
    STEPS[1..].iter().filter(|step| **step <= n).count() as u32
}

fn ends_clause(c: char) -> bool {
    !is_common_han(c) && matches!(c, '，' | '。' | '；' | '！' | '？' | '：' | '\n')
}

/// A head.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    start: usize,
    end: usize,
    code: u8,
}

/// What is seen from afar.
pub(super) struct Landmarks<'a> {
    chars: &'a [char],
    /// Heads by their start.
    heads: Vec<Head>,
    /// By their end the strongest that ends there.
    by_end: Vec<Head>,
    /// Where verbs end, each with the bit of its kind.
    verbs: Vec<(usize, u32)>,
    /// Ends of clauses, enumeration commas and opening quotation marks.
    marks: Vec<(usize, char)>,
}

/// What is told from a character on, until the next of these.
struct Stretch {
    from: usize,
    told: u32,
}

impl Stretch {
    /// Nothing is seen.
    fn empty(from: usize) -> Self {
        Self { from, told: 0 }
    }
}

impl<'a> Landmarks<'a> {
    /// The landmarks of a text, given its terms by their start.
    pub(super) fn new(chars: &'a [char], hits: &[Hit]) -> Self {
        let (mut heads, mut verbs) = (Vec::new(), Vec::new());
        let role_of = &**ROLE_OF;
        for h in hits {
            let (start, end) = (h.start as usize, h.end as usize);
            match role_of[h.class as usize] {
                0 => {}
                code @ ..=HEADS => heads.push(Head { start, end, code }),
                verb => verbs.push((end, 1 << (verb - HEADS))),
            }
        }
        verbs.sort_unstable();
        // Of those that are as strong as others the one that begins first.
        let mut by_end = heads.clone();
        by_end.sort_by_key(|head| (head.end, head.code > STRONG));
        by_end.dedup_by_key(|head| head.end);
        heads.sort_unstable();
        let is_mark = |c: char| ends_clause(c) || matches!(c, '、' | '“' | '‘' | '《');
        let marks = chars.iter().copied().enumerate();
        let marks = marks.filter(|(_, c)| !is_common_han(*c) && is_mark(*c));
        Self {
            chars,
            heads,
            by_end,
            verbs,
            marks: marks.collect(),
        }
    }

    /// The nearest of some heads to the right in the clause or the item of a list, and how far it is.
    fn ahead(&self, heads: impl Iterator<Item = Head>) -> Vec<Stretch> {
        let bounds = self.marks.iter();
        let mut bounds = bounds
            .filter(|(_, c)| *c == '、' || ends_clause(*c))
            .peekable();
        let mut stretches = Vec::new();
        // Before this all is told; from there on the head is seen.
        let (mut told, mut seen_from) = (0, 0);
        for head in heads {
            while let Some((bound, _)) = bounds.next_if(|(bound, _)| bound + 1 < head.end) {
                seen_from = bound + 1;
            }
            if told < seen_from {
                stretches.push(Stretch::empty(told));
                told = seen_from;
            }
            for (step, nearest) in STEPS.into_iter().enumerate().rev() {
                let to = head.end.saturating_sub(nearest);
                if told < to {
                    stretches.push(Stretch {
                        from: told,
                        told: u32::from(head.code) << 8 | step as u32,
                    });
                    told = to;
                }
            }
        }
        self.finish(stretches, told)
    }

    /// The nearest verb to the left in the clause, and how far it is.
    fn behind(&self) -> Vec<Stretch> {
        let n = self.chars.len();
        let clauses = self.marks.iter().filter(|(_, c)| ends_clause(*c));
        let mut clauses = clauses.map(|(end, _)| end + 1).peekable();
        let mut stretches = Vec::new();
        let mut told = 0;
        let mut verbs = self.verbs.chunk_by(|(a, _), (b, _)| a == b).peekable();
        while let Some(verb) = verbs.next() {
            let (end, _) = verb[0];
            let set = verb.iter().fold(0, |set, (_, kind)| set | kind);
            while clauses.next_if(|clause| *clause < end).is_some() {}
            let clause = clauses.peek().map_or(n, |clause| *clause);
            let to = verbs.peek().map_or(n, |next| next[0].0).min(clause);
            if told < end.min(n) {
                stretches.push(Stretch::empty(told));
                told = end;
            }
            for (step, nearest) in STEPS.into_iter().enumerate() {
                if end + nearest < to {
                    stretches.push(Stretch {
                        from: end + nearest,
                        told: set << 8 | step as u32,
                    });
                    told = to;
                }
            }
        }
        self.finish(stretches, told)
    }

    /// Stretches up to the end of the text, which are told up to a character; behind them one begins at the end.
    fn finish(&self, mut stretches: Vec<Stretch>, told: usize) -> Vec<Stretch> {
        let n = self.chars.len();
        if told < n {
            stretches.push(Stretch::empty(told));
        }
        stretches.push(Stretch::empty(n));
        stretches
    }

    /// The nearest head to the right and the nearest verb to the left within the clause.
    pub(super) fn frames(&self, sink: &mut impl Sink) {
        let any = self.ahead(self.by_end.iter().copied());
        let strong = self.by_end.iter().copied();
        let strong = self.ahead(strong.filter(|head| head.code <= STRONG));
        let verbs = self.behind();
        // All three together, but for how far a head is that is not strong.
        let mut all: Vec<Stretch> = Vec::new();
        let (mut from, mut at) = (0, [0; 3]);
        while from < self.chars.len() {
            let [(strong, strong_to), (any, any_to), (verb, verb_to)] =
                [(&strong, at[0]), (&any, at[1]), (&verbs, at[2])]
                    .map(|(of, at)| (of[at].told, of[at + 1].from));
            let head = strong & 0xF00 | (strong & 0xF) << 4 | any >> 8;
            let told = (verb & 0xFF00) << 16 | (verb & 0xF) << 16 | head;
            if all.last().is_none_or(|last| last.told != told) {
                all.push(Stretch { from, told });
            }
            from = strong_to.min(any_to).min(verb_to);
            for (at, end) in at.iter_mut().zip([strong_to, any_to, verb_to]) {
                *at += usize::from(end == from);
            }
        }
        let all = self.finish(all, from);
        for (template, which, stretches) in [
            (Template::Head, 1 << 16, strong),
            (Template::Head, 2 << 16, any),
            (Template::Verb, 0, verbs),
            (Template::Frame, 0, all),
        ] {
            for (stretch, next) in stretches.iter().zip(&stretches[1..]) {
                let told = group(template, u64::from(which | stretch.told));
                sink.tell_run(told, stretch.from, next.from);
            }
        }
    }

    /// Inside quotation marks: how far from the opening mark, how long, and which head follows the closing mark.
    pub(super) fn quotes(&self, sink: &mut impl Sink) {
        let chars = self.chars;
        for &(i, mark) in &self.marks {
            let (close, book) = match mark {
                '“' => ('”', 0),
                '‘' => ('’', 0),
                '《' => ('》', 1),
                _ => continue,
            };
            let limit = (i + 60).min(chars.len());
            let Some(end) = (i + 1..limit)
                .find(|&j| chars[j] == close || chars[j] == '\n')
                .filter(|&j| chars[j] == close)
            else {
                continue;
            };
            let behind = self.heads.iter();
            let behind = behind.skip(self.heads.partition_point(|head| head.start <= end));
            let behind = behind.take_while(|head| head.start == end + 1);
            let head = behind.map(|head| u64::from(head.code)).min().unwrap_or(0);
            let length = u64::from(distance(end - i - 1));
            let comma = u64::from(chars[i..end].iter().any(|&c| matches!(c, '，' | '。')));
            let second = i + 2;
            for (place, from, to) in [
                (0, i, i + 1),
                (1, i + 1, second),
                (2, second, end - 1),
                (3, second.max(end - 1), end),
                (4, second.max(end), end + 1),
            ] {
                let told = book << 20 | comma << 16 | place << 12 | length << 8 | head;
                sink.tell_run(group(Template::Quote, told), from, to);
                let told = 1 << 24 | place << 12 | head;
                sink.tell_run(group(Template::Quote, told), from, to);
            }
            let told = 2 << 24 | length << 8 | head | book << 20;
            let behind = (end + 1)..(end + 2).min(chars.len());
            sink.tell_run(group(Template::Quote, told), behind.start, behind.end);
        }
    }

    /// Items parted by 、 and what the words after the last one say they are (`等5家企业`, `等项目`).
    pub(super) fn lists(&self, sink: &mut impl Sink) {
        let chars = self.chars;
        let mut listed = 0;
        for &(i, mark) in &self.marks {
            if mark != '、' || i < listed {
                continue;
            }
            let mut from = i;
            while from > 0 && i - from < 30 && !ends_clause(chars[from - 1]) {
                from -= 1;
            }
            let mut to = i + 1;
            let mut last_comma = i;
            let mut depth = 0i32;
            while to < chars.len() && (depth > 0 || !ends_clause(chars[to])) && to - last_comma < 40
            {
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
            let announced = etc.map_or(0, |e| self.head_in(e + 1, (e + 12).min(to), false));
            let last_item = self.head_in(last_comma + 1, etc.unwrap_or(to), etc.is_some());
            let payload =
                u64::from(etc.is_some()) << 16 | announced << 8 | last_item << 4 | n_items.min(4);
            for told in [payload, 1 << 24 | announced << 8] {
                sink.tell_run(group(Template::List, told), from, to);
            }
            listed = to;
        }
    }

    /// The strongest head within some characters, or at their end; those that begin with them count most.
    fn head_in(&self, from: usize, to: usize, ending: bool) -> u64 {
        let first = self.heads.partition_point(|head| head.start < from);
        let mut best = 0;
        for head in self.heads[first..].iter().take_while(|h| h.start < to) {
            if head.end <= to
                && (!ending || head.end == to)
                && (best == 0 || head.code < best || head.start == from)
            {
                best = head.code;
            }
        }
        u64::from(best)
    }
}
