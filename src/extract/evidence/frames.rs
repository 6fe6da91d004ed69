//! Attributes from farther away: heads, verbs, quotation marks and lists around a character.

use std::sync::LazyLock;

use super::{Sink, Template, group};
use crate::lexicon::{Class, Hit, Lexicon};
use crate::text::is_common_han;

/// Neighbouring characters of which the same is told.
struct Run {
    template: Template,
    payload: u32,
    /// The bound between characters where it began.
    from: usize,
}

impl Run {
    /// A run of which nothing is known but where the first character is bounded.
    fn new(template: Template, from: usize) -> Self {
        Self {
            template,
            payload: u32::MAX,
            from,
        }
    }

    /// What is told of the character beyond a bound; characters come one after the other, in either direction.
    #[inline]
    fn tell(&mut self, bound: usize, payload: u32, sink: &mut impl Sink) {
        if payload != self.payload {
            self.end(bound, sink);
            (self.payload, self.from) = (payload, bound);
        }
    }

    fn end(&self, bound: usize, sink: &mut impl Sink) {
        let told = group(self.template, u64::from(self.payload));
        sink.tell_run(told, self.from.min(bound), self.from.max(bound));
    }
}

/// For each class the number of its kind of head, by type of entity, and of the verbs that introduce one; 0 for none.
struct Frames {
    heads: Vec<u8>,
    verbs: Vec<u8>,
}

static FRAMES: LazyLock<Frames> = LazyLock::new(|| {
    let lexicon = Lexicon::get();
    let classes = |names: &[&str]| {
        let number = |class: usize| {
            let name = lexicon.class_name(class as Class);
            names.iter().position(|n| *n == name).map_or(0, |i| i + 1) as u8
        };
        (0..lexicon.n_classes()).map(number).collect()
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

/// The number of the kind of head that a hit is, if it is one.
fn head(hit: &Hit) -> Option<u8> {
    Some(FRAMES.heads[hit.class as usize]).filter(|&code| code > 0)
}

fn distance(n: usize) -> u32 {
    const STEPS: [u8; 13] = [0, 1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4];
    STEPS.get(n).map_or(5, |step| u32::from(*step))
}

fn ends_clause(c: char) -> bool {
    !is_common_han(c) && matches!(c, '，' | '。' | '；' | '！' | '？' | '：' | '\n')
}

/// The nearest head to the right and the nearest verb to the left within the clause.
pub(super) fn frames(chars: &[char], hits: &[Hit], sink: &mut impl Sink) {
    let n = chars.len();
    // For each position the strongest head that ends there, and the verbs that end there as a set.
    let mut head_end = vec![0u8; n + 1];
    let mut head_start = vec![0u32; n + 1];
    let mut verb_end = vec![0u8; n + 1];
    for h in hits {
        if let Some(code) = head(h) {
            let end = h.end as usize;
            let longer = head_end[end] == 0
                || (code <= 4 && head_end[end] > 4)
                || (h.start < head_start[end] && (code <= 4) == (head_end[end] <= 4));
            if longer {
                head_end[end] = code;
                head_start[end] = h.start;
            }
        }
        let verb = FRAMES.verbs[h.class as usize];
        if verb > 0 {
            verb_end[h.end as usize] |= 1 << verb;
        }
    }
    // For each character its strongest head with its distance and the nearest head, four bits each.
    let mut right = vec![0u16; n];
    let (mut strong, mut any) = ((0, 0), (0, 0));
    let (mut strong_run, mut any_run) = (Run::new(Template::Head, n), Run::new(Template::Head, n));
    for i in (0..n).rev() {
        if ends_clause(chars[i]) || chars[i] == '、' {
            (strong, any) = ((0, 0), (0, 0));
        }
        if head_end[i + 1] > 0 {
            any = (u32::from(head_end[i + 1]), i);
            if head_end[i + 1] <= 4 {
                strong = any;
            }
        }
        let told = |(code, end): (u32, usize)| match code {
            0 => 0,
            code => code << 8 | distance(end - i),
        };
        let (s, w) = (told(strong), told(any));
        strong_run.tell(i + 1, 1 << 16 | s, sink);
        any_run.tell(i + 1, 2 << 16 | w, sink);
        right[i] = (s << 4 & 0xFF00 | (s & 0xF) << 4 | w >> 8) as u16;
    }
    strong_run.end(0, sink);
    any_run.end(0, sink);
    let mut verb = (0, 0);
    let (mut verb_run, mut frame_run) = (Run::new(Template::Verb, 0), Run::new(Template::Frame, 0));
    for i in 0..n {
        if verb_end[i] > 0 {
            verb = (u32::from(verb_end[i]), i);
        }
        if i > 0 && ends_clause(chars[i - 1]) {
            verb = (0, 0);
        }
        let (v, d) = match verb {
            (0, _) => (0, 0),
            (set, end) => (set, distance(i - end)),
        };
        verb_run.tell(i, v << 8 | d, sink);
        let right = u32::from(right[i]);
        let head = (right & 0xF000) >> 4 | right & 0xFF;
        frame_run.tell(i, v << 24 | d << 16 | head, sink);
    }
    verb_run.end(n, sink);
    frame_run.end(n, sink);
}

/// Inside quotation marks: how far from the opening mark, how long, and which head follows the closing mark.
pub(super) fn quotes(chars: &[char], hits: &[Hit], sink: &mut impl Sink) {
    let mut head_at = rustc_hash::FxHashMap::<usize, u64>::default();
    for h in hits {
        if let Some(code) = head(h) {
            let e = head_at.entry(h.start as usize).or_insert(u64::from(code));
            *e = (*e).min(u64::from(code));
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
        let length = u64::from(distance(end - i - 1));
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
            let told = book << 20 | comma << 16 | p << 12 | length << 8 | head;
            sink.tell_run(group(Template::Quote, told), j, j + 1);
            sink.tell_run(group(Template::Quote, 1 << 24 | p << 12 | head), j, j + 1);
        }
        if end + 1 < chars.len() {
            let told = 2 << 24 | length << 8 | head | book << 20;
            sink.tell_run(group(Template::Quote, told), end + 1, end + 2);
        }
        i += 1;
    }
}

/// Items parted by 、 and what the words after the last one say they are (`等5家企业`, `等项目`).
pub(super) fn lists(chars: &[char], hits: &[Hit], sink: &mut impl Sink) {
    let mut heads: Vec<(usize, usize, u64)> = hits
        .iter()
        .filter_map(|h| head(h).map(|code| (h.start as usize, h.end as usize, u64::from(code))))
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
        for told in [payload, 1 << 24 | announced << 8] {
            sink.tell_run(group(Template::List, told), from, to);
        }
        i = to;
    }
}
