//! Figures of places: 财政收入2.21亿元，增长5%. A figure has a name, a value with its unit or a change, and the place
//! and years that it speaks of.
//!
//! Every number with a unit is asked what stands before it: a change goes to the figure before it or to the name in
//! front of it; a value goes to the name in front of it, in the clause before, or behind the unit. Names come from
//! `data/lexicon/indicators.tsv`, or end in a head (…面积, …率) of `data/lexicon/indicate-words.tsv`.
//!
//! Left out on purpose: counts of activities, the size of one project, money of enterprises, comparisons with other
//! places.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::quantity::{Quantity, quantities};
use super::{Context, Span};
use crate::embedded;
use crate::model::{EntityType, Indicator, IndicatorKind, LOCAL, Part};
use crate::text::{Sentence, is_han};

/// The figures that a document states, in order of the text.
pub fn indicate(context: &Context) -> Vec<Indicator> {
    let chars = &context.doc.text.chars;
    let mut reader = Reader {
        context,
        chars,
        home: context
            .home
            .as_ref()
            .map_or_else(|| format!("{LOCAL}home"), |home| home.id.clone()),
        rows: Vec::new(),
        before: Vec::new(),
        before_row: 0,
        plan_year: context.year.map(|year| year + 1),
    };
    if context
        .doc
        .sentences
        .iter()
        .all(|s| s.part == Part::Plan || s.heading > 0)
    {
        reader.plan_year = context.year;
    }
    for sentence in &context.doc.sentences {
        reader.sentence(sentence);
    }
    reader.finish()
}

/// What a word does around a figure; a word can have several roles.
mod role {
    pub const LEAD: u32 = 1;
    pub const SCOPE: u32 = 1 << 1;
    pub const LEVEL: u32 = 1 << 2;
    pub const STRONG: u32 = 1 << 3;
    pub const TO: u32 = 1 << 4;
    pub const UP: u32 = 1 << 5;
    pub const DOWN: u32 = 1 << 6;
    pub const COMPARE: u32 = 1 << 7;
    pub const AGAINST: u32 = 1 << 8;
    pub const SHARE: u32 = 1 << 9;
    pub const EACH: u32 = 1 << 10;
    pub const FROM: u32 = 1 << 11;
    pub const HEAD: u32 = 1 << 12;
    pub const FIELD: u32 = 1 << 13;
    pub const NEVER: u32 = 1 << 14;
    pub const FOREIGN: u32 = 1 << 15;
    pub const PLAN: u32 = 1 << 16;
    pub const WISH: u32 = 1 << 17;
    pub const RANGE: u32 = 1 << 18;
    pub const PLACE: u32 = 1 << 20;
    /// A name of `indicators.tsv`.
    pub const NAME: u32 = 1 << 19;

    pub const ALL: [(&str, u32); 20] = [
        ("place", PLACE),
        ("lead", LEAD),
        ("scope", SCOPE),
        ("level", LEVEL),
        ("strong", STRONG),
        ("to", TO),
        ("up", UP),
        ("down", DOWN),
        ("compare", COMPARE),
        ("against", AGAINST),
        ("share", SHARE),
        ("each", EACH),
        ("from", FROM),
        ("head", HEAD),
        ("field", FIELD),
        ("never", NEVER),
        ("foreign", FOREIGN),
        ("plan", PLAN),
        ("wish", WISH),
        ("range", RANGE),
    ];
}

#[derive(Default)]
struct Term {
    roles: u32,
    /// Kinds of unit of a name, a head or a field.
    kinds: Vec<&'static str>,
}

#[derive(Clone, Copy)]
struct Token {
    start: usize,
    end: usize,
    term: &'static Term,
}

impl Token {
    fn is(&self, roles: u32) -> bool {
        self.term.roles & roles != 0
    }
}

/// Words that begin alike.
type Bucket = Vec<(Box<[char]>, Term)>;

/// All words, by their first two characters; within those the longest first.
struct Vocabulary {
    long: FxHashMap<(char, char), Bucket>,
    single: FxHashMap<char, Term>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::load);

impl Vocabulary {
    fn load() -> Self {
        let mut terms: FxHashMap<&'static str, Term> = FxHashMap::default();
        let mut add = |term: &'static str, role: u32, kinds: &'static str| {
            let entry = terms.entry(term).or_default();
            entry.roles |= role;
            entry
                .kinds
                .extend(kinds.split(',').filter(|kind| !kind.is_empty()));
        };
        for line in embedded::file("data/lexicon/indicators.tsv")
            .unwrap_or_default()
            .lines()
        {
            let mut cells = line.split('\t');
            if let (false, Some(term), Some(kinds)) =
                (line.starts_with('#'), cells.next(), cells.next())
            {
                add(term, role::NAME, kinds);
            }
        }
        for line in embedded::file("data/lexicon/indicate-words.tsv")
            .unwrap_or_default()
            .lines()
        {
            let mut cells = line.split('\t');
            if let (false, Some(term), Some(word)) =
                (line.starts_with('#'), cells.next(), cells.next())
            {
                let role = role::ALL
                    .iter()
                    .find(|(name, _)| *name == word)
                    .map_or(0, |(_, role)| *role);
                add(term, role, cells.next().unwrap_or_default());
            }
        }
        // A name with 财政收入 in it speaks of a place as 财政收入 does.
        let of_place: Vec<&str> = terms
            .iter()
            .filter(|(_, term)| term.roles & role::PLACE != 0)
            .map(|(text, _)| *text)
            .collect();
        for (text, term) in &mut terms {
            if term.roles & (role::NAME | role::HEAD) != 0
                && of_place.iter().any(|word| text.contains(word))
            {
                term.roles |= role::PLACE;
            }
        }
        let mut out = Self {
            long: FxHashMap::default(),
            single: FxHashMap::default(),
        };
        for (text, term) in terms {
            let chars: Box<[char]> = text.chars().collect();
            match *chars {
                [] => {}
                [c] => {
                    out.single.insert(c, term);
                }
                [a, b, ..] => out.long.entry((a, b)).or_default().push((chars, term)),
            }
        }
        for bucket in out.long.values_mut() {
            bucket.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        }
        out
    }

    /// The words of a passage: from left to right, the longest at each place.
    fn tokens(&'static self, chars: &[char], start: usize, end: usize, out: &mut Vec<Token>) {
        out.clear();
        let mut i = start;
        while i < end {
            let long = (i + 1 < end)
                .then(|| self.long.get(&(chars[i], chars[i + 1])))
                .flatten();
            let found = long.and_then(|bucket| {
                bucket.iter().find(|(word, _)| {
                    word.get(2).is_none_or(|c| chars.get(i + 2) == Some(c))
                        && chars[i..end].starts_with(word)
                })
            });
            if let Some((word, term)) = found {
                out.push(Token {
                    start: i,
                    end: i + word.len(),
                    term,
                });
                i += word.len();
            } else {
                if let Some(term) = self.single.get(&chars[i]) {
                    out.push(Token {
                        start: i,
                        end: i + 1,
                        term,
                    });
                }
                i += 1;
            }
        }
    }
}

/// How sure a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// A name of the lexicon.
    Known,
    /// It ends in a head.
    Headed,
    /// 占…的比重.
    Share,
    /// A verb of planting or building with its thing.
    Field,
    /// Anything else.
    Other,
}

#[derive(Clone, Debug)]
struct Name {
    text: String,
    start: usize,
    class: Class,
    kinds: &'static [&'static str],
}

struct Row {
    place: String,
    name: Name,
    value: Option<String>,
    unit: Option<String>,
    change: Option<String>,
    period: Option<String>,
    kind: IndicatorKind,
    start: usize,
    end: usize,
    rule: &'static str,
    confidence: f64,
    /// Index of the quantity, to see what follows at once.
    at: usize,
    quantity_kind: &'static str,
}

#[derive(Clone, PartialEq)]
enum Subject {
    Home,
    Place(String),
    /// A firm or a project: its figures are none of the place.
    Firm,
}

struct Reader<'a> {
    context: &'a Context<'a>,
    chars: &'a [char],
    home: String,
    rows: Vec<Row>,
    /// Names of the figures of the sentence before.
    before: Vec<Name>,
    /// Index of the first row of the sentence before.
    before_row: usize,
    /// The year that targets speak of.
    plan_year: Option<i32>,
}

/// A sentence with its words and quantities.
struct Passage<'a> {
    sentence: &'a Sentence,
    tokens: Vec<Token>,
    numbers: Vec<Quantity>,
    years: Vec<(usize, String)>,
    /// Index of the first row of the sentence.
    first_row: usize,
    /// The name whose old level was told last (由A增至B).
    from: Option<Name>,
}

/// What stands between a name and its number.
struct Tail {
    /// Where the name ends.
    end: usize,
    level: bool,
    strong: bool,
    to: bool,
    each: bool,
}

/// Rules: their name in the output, and how often they are right.
mod rule {
    pub const KNOWN: (&str, f64) = ("known-name", 0.93);
    pub const HEADED: (&str, f64) = ("headed-name", 0.86);
    pub const SHARE: (&str, f64) = ("share", 0.88);
    pub const FIELD: (&str, f64) = ("field", 0.85);
    pub const LEVEL: (&str, f64) = ("level", 0.68);
    pub const LISTED: (&str, f64) = ("listed", 0.9);
    pub const THING: (&str, f64) = ("thing", 0.5);
    pub const OF_PLACE: (&str, f64) = ("of-place", 0.85);
    pub const BEFORE_NAME: (&str, f64) = ("value-before-name", 0.75);
    pub const CLAUSE_BEFORE: (&str, f64) = ("clause-before", 0.55);
    pub const SAME_NAME: (&str, f64) = ("same-name", 0.5);
    pub const FROM: (&str, f64) = ("from", 0.92);
    pub const TO: (&str, f64) = ("to", 0.93);
    pub const EACH: (&str, f64) = ("each", 0.88);
    pub const GROWTH: (&str, f64) = ("growth", 0.94);
    pub const GROWTH_OTHER: (&str, f64) = ("growth-other", 0.82);
}

impl Reader<'_> {
    fn sentence(&mut self, sentence: &Sentence) {
        let text = &self.chars[sentence.start..sentence.end];
        if sentence.heading == 9
            || !text
                .iter()
                .any(|c| c.is_ascii_digit() || matches!(c, '番' | 'X' | 'x' | '×' | '*'))
        {
            return;
        }
        let mut numbers = quantities(self.chars, sentence.start, sentence.end);
        if numbers.is_empty() {
            return;
        }
        let mut tokens = Vec::new();
        VOCABULARY.tokens(self.chars, sentence.start, sentence.end, &mut tokens);
        // 500万元以上固定资产投资 is a name.
        numbers.retain(|q| {
            !tokens
                .iter()
                .any(|t| t.start <= q.start && q.end <= t.end && t.is(role::NAME))
        });
        let years = self.years(sentence, &tokens);
        let mut passage = Passage {
            sentence,
            tokens,
            numbers,
            years,
            first_row: self.rows.len(),
            from: None,
        };
        let mut subject = Subject::Home;
        let mut seen = sentence.start;
        let mut i = 0;
        while i < passage.numbers.len() {
            let start = passage.numbers[i].start;
            self.follow_subject(&passage, &mut subject, seen, start);
            seen = start;
            let run = self.run(&passage, i);
            i += self.read(&mut passage, i, run, &subject);
        }
        let names: Vec<Name> = self.rows[passage.first_row..]
            .iter()
            .map(|row| row.name.clone())
            .collect();
        if !names.is_empty() {
            self.before = names;
            self.before_row = passage.first_row;
        }
    }

    /// The years named in a sentence: where each stands and what it says.
    fn years(&mut self, sentence: &Sentence, tokens: &[Token]) -> Vec<(usize, String)> {
        let chars = self.chars;
        let mut out: Vec<(usize, String)> = Vec::new();
        let year = self.context.year;
        for i in sentence.start..sentence.end.saturating_sub(4) {
            if chars[i + 4] == '年'
                && chars[i..i + 4].iter().all(char::is_ascii_digit)
                && matches!(chars[i], '1' | '2')
                && (i == sentence.start || !matches!(chars[i - 1], '比' | '较' | '0'..='9' | '.'))
            {
                out.push((i, chars[i..i + 4].iter().collect()));
            }
        }
        if let Some(year) = year {
            let plan = sentence.part == Part::Plan;
            let this = if plan {
                self.plan_year.unwrap_or(year)
            } else {
                year
            };
            for token in tokens.iter().filter(|t| {
                t.is(role::LEAD | role::COMPARE)
                    && "今本去上前明五过这未十".contains(chars[t.start])
            }) {
                let text: String = chars[token.start..token.end].iter().collect();
                let said = match text.as_str() {
                    "今年" | "本年" => this.to_string(),
                    "去年" | "上年" | "前年" => {
                        (this - if text == "前年" { 2 } else { 1 }).to_string()
                    }
                    "明年" => (year + 1).to_string(),
                    "五年来" | "五年间" | "过去五年" | "这五年" | "五年累计" | "五年" if !plan =>
                    {
                        format!("{}-{year}", year - 4)
                    }
                    "今后五年" | "未来五年" => format!("{}-{}", year + 1, year + 5),
                    "十三五时期" => "2016-2020".into(),
                    "十四五时期" => "2021-2025".into(),
                    "十五五时期" => "2026-2030".into(),
                    _ => continue,
                };
                out.push((token.start, said));
            }
            out.sort();
            if plan
                && let Some(first) = out.first().and_then(|(_, text)| text.parse::<i32>().ok())
                && first > year
                && first <= year + 2
            {
                self.plan_year = Some(first);
            }
        }
        out
    }

    /// Follows who is spoken of from one position to another.
    fn follow_subject(&self, passage: &Passage, subject: &mut Subject, from: usize, to: usize) {
        let spans = self.context.spans_in(from, to);
        let mut words = passage.tokens[passage.tokens.partition_point(|t| t.start < from)..]
            .iter()
            .take_while(|t| t.start < to)
            .filter(|t| t.is(role::SCOPE | role::FOREIGN))
            .peekable();
        for span in spans {
            while let Some(word) = words.next_if(|word| word.start < span.start) {
                *subject = if word.is(role::SCOPE) {
                    Subject::Home
                } else {
                    Subject::Firm
                };
            }
            match span.kind {
                EntityType::Enterprise | EntityType::Project | EntityType::Person => {
                    *subject = Subject::Firm
                }
                EntityType::Place if self.opens_clause(passage, span) => {
                    let id = &self.context.entities[span.entity].id;
                    *subject = if *id == self.home {
                        Subject::Home
                    } else {
                        Subject::Place(id.clone())
                    };
                }
                _ => {}
            }
        }
        for word in words {
            *subject = if word.is(role::SCOPE) {
                Subject::Home
            } else {
                Subject::Firm
            };
        }
    }

    /// Whether a mention stands at the head of its clause, so that it can be the subject.
    fn opens_clause(&self, passage: &Passage, span: &Span) -> bool {
        let mut start = self.clause_start(passage.sentence.start, span.start);
        if let Some(n) = self.chars[start..span.start]
            .iter()
            .rposition(|c| *c == '、')
        {
            start += n + 1;
        }
        span.start - start <= 12 && self.blank(passage, start, span.start)
    }

    fn clause_start(&self, from: usize, position: usize) -> usize {
        self.chars[from..position]
            .iter()
            .rposition(|c| is_break(*c))
            .map_or(from, |n| from + n + 1)
    }

    /// How many quantities from this one on stand in one list: `12%和19.6%`.
    fn run(&self, passage: &Passage, i: usize) -> usize {
        let numbers = &passage.numbers;
        let mut n = 1;
        while i + n < numbers.len() {
            let gap = &self.chars[numbers[i + n - 1].end..numbers[i + n].start];
            let linked = matches!(gap, ['、' | '和' | '与' | '及'] | ['以', '及']);
            if !linked || numbers[i].is_rate() != numbers[i + n].is_rate() {
                break;
            }
            n += 1;
        }
        n
    }

    /// Reads the quantity at `i`, or the list of `run` quantities that begins there; returns how many were read.
    fn read(&mut self, passage: &mut Passage, i: usize, run: usize, subject: &Subject) -> usize {
        let quantity = passage.numbers[i].clone();
        let mut from = self.clause_start(passage.sentence.start, quantity.start);
        if i > 0 {
            from = from.max(passage.numbers[i - 1].end);
        }
        if *subject == Subject::Firm
            && !words(passage, from, quantity.start)
                .iter()
                .any(|t| t.is(role::PLACE))
            && !self.follows_row(passage, i)
        {
            passage.from = None;
            return run;
        }
        let tail = self.tail(passage, from, quantity.start);
        if words(passage, from, quantity.start)
            .iter()
            .any(|t| t.is(role::AGAINST))
        {
            return 1;
        }
        if let Some((grown, sign)) = self.growth(passage, from, &tail, &quantity) {
            return self.read_growth(passage, i, run, subject, from, grown, sign);
        }
        if quantity.kind == "times" || quantity.unit == "倍" {
            return 1;
        }
        if run > 1 && self.read_each(passage, i, run, subject, from, &tail) {
            return run;
        }
        self.read_value(passage, i, subject, from, &tail);
        1
    }

    /// Whether the quantity before was read as a figure, and this one continues it.
    fn follows_row(&self, passage: &Passage, i: usize) -> bool {
        self.rows[passage.first_row..]
            .last()
            .is_some_and(|row| row.at + 1 == i)
            && (passage.numbers[i].is_rate() || passage.from.is_some())
    }

    /// Strips the words between name and number.
    fn tail(&self, passage: &Passage, from: usize, to: usize) -> Tail {
        let mut tail = Tail {
            end: to,
            level: false,
            strong: false,
            to: false,
            each: false,
        };
        loop {
            let years = if tail.level {
                self.strip_years(from, tail.end)
            } else {
                tail.end
            };
            if years < tail.end {
                tail.end = years;
                continue;
            }
            let Some(token) = token_ending(passage, from, tail.end) else {
                break;
            };
            if !token.is(role::LEVEL | role::COMPARE)
                || token.is(role::NAME | role::HEAD | role::UP | role::DOWN)
            {
                break;
            }
            tail.level = true;
            tail.strong |= token.is(role::STRONG);
            tail.to |= token.is(role::TO);
            tail.each |= token.is(role::EACH);
            tail.end = token.start;
        }
        tail
    }

    /// Where the words before a word of change end, and its sign.
    fn growth(
        &self,
        passage: &Passage,
        from: usize,
        tail: &Tail,
        quantity: &Quantity,
    ) -> Option<(usize, &'static str)> {
        let word = token_ending(passage, from, tail.end).filter(|t| t.is(role::UP | role::DOWN));
        let (mut end, sign) = match word {
            Some(word) if !tail.to => (word.start, if word.is(role::DOWN) { "-" } else { "" }),
            None if quantity.kind == "times" => (tail.end, ""),
            _ => return None,
        };
        if !quantity.is_rate() && quantity.unit != "倍" {
            return None;
        }
        loop {
            let start = end;
            if let Some(token) = token_ending(passage, from, end)
                .filter(|t| t.is(role::COMPARE | role::UP | role::DOWN) && !t.is(role::NAME))
            {
                end = token.start;
            }
            end = self.strip_years(from, end);
            if end == start {
                break;
            }
        }
        Some((end, sign))
    }

    /// Strips `5年` and `比2016年` from the end of a passage.
    fn strip_years(&self, from: usize, to: usize) -> usize {
        let passage = &self.chars[from..to];
        if let Some(n) = passage.iter().rposition(|c| matches!(c, '比' | '较'))
            && (3..=12).contains(&(passage.len() - n))
            && passage[n + 1..].iter().all(|c| {
                c.is_ascii_digit()
                    || "年月底末上去前同期初一二三四五六七八九十“”的全个季度增速水平".contains(*c)
            })
        {
            return from + n;
        }
        if let [rest @ .., '年'] = passage {
            let digits = rest
                .iter()
                .rev()
                .take_while(|c| {
                    c.is_ascii_digit() || matches!(c, '一' | '两' | '三' | '四' | '五' | '十')
                })
                .count();
            if digits > 0 {
                return to - 1 - digits;
            }
        }
        to
    }

    #[allow(clippy::too_many_arguments)]
    fn read_growth(
        &mut self,
        passage: &Passage,
        i: usize,
        run: usize,
        subject: &Subject,
        from: usize,
        end: usize,
        sign: &str,
    ) -> usize {
        let change = |q: &Quantity| {
            q.change().map(|c| {
                if c.starts_with('-') {
                    c
                } else {
                    format!("{sign}{c}")
                }
            })
        };
        let region_empty = self.blank(passage, from, end);
        if run > 1 {
            let numbers = &passage.numbers[i..i + run];
            if region_empty {
                let open: Vec<usize> = (passage.first_row..self.rows.len())
                    .rev()
                    .filter(|&r| self.rows[r].change.is_none())
                    .take(run)
                    .collect();
                if open.len() == run {
                    for (row, q) in open.into_iter().rev().zip(numbers) {
                        self.rows[row].change = change(q);
                        self.rows[row].at = i + run - 1;
                    }
                }
            } else if let Some(names) = self.names(passage, from, end, run) {
                for (k, name) in names.into_iter().enumerate() {
                    let q = &passage.numbers[i + k];
                    self.push(
                        passage,
                        i + k,
                        subject,
                        name,
                        None,
                        None,
                        change(q),
                        rule::GROWTH,
                    );
                }
            }
            return run;
        }
        let quantity = &passage.numbers[i];
        if region_empty {
            let last = self.rows[passage.first_row..].iter_mut().last();
            if let Some(row) = last
                && row.change.is_none()
                && row.at + 1 >= i
            {
                row.change = change(quantity);
                row.end = quantity.end.max(row.end);
                row.at = i;
            } else if let Some(name) = self.name_before(passage, from, i) {
                self.push(
                    passage,
                    i,
                    subject,
                    name,
                    None,
                    None,
                    change(quantity),
                    rule::CLAUSE_BEFORE,
                );
            }
            return 1;
        }
        let list = self.names_in(passage, from, end);
        if list.len() > 1
            && list
                .iter()
                .all(|name| matches!(name.class, Class::Known | Class::Headed))
        {
            for name in list {
                self.push(
                    passage,
                    i,
                    subject,
                    name,
                    None,
                    None,
                    change(quantity),
                    rule::GROWTH,
                );
            }
            return 1;
        }
        if let Some(name) = self.name(passage, from, end, true) {
            let rule = match name.class {
                Class::Known | Class::Headed | Class::Share => rule::GROWTH,
                Class::Other | Class::Field
                    if name.text.chars().count() <= 12 && quantity.unit != "倍" =>
                {
                    rule::GROWTH_OTHER
                }
                _ => return 1,
            };
            self.push(
                passage,
                i,
                subject,
                name,
                None,
                None,
                change(quantity),
                rule,
            );
        }
        1
    }

    /// `A、B分别达到x、y`.
    fn read_each(
        &mut self,
        passage: &Passage,
        i: usize,
        run: usize,
        subject: &Subject,
        from: usize,
        tail: &Tail,
    ) -> bool {
        if self.blank(passage, from, tail.end) {
            if !tail.each {
                return false;
            }
            let names: Vec<Name> = if self.rows.len() >= passage.first_row + run {
                self.rows[passage.first_row..]
                    .iter()
                    .map(|row| row.name.clone())
                    .collect()
            } else {
                self.before.clone()
            };
            let mut distinct: Vec<Name> = Vec::new();
            for name in names {
                if distinct.iter().all(|n| n.text != name.text) {
                    distinct.push(name);
                }
            }
            if distinct.len() < run {
                return false;
            }
            let skip = distinct.len() - run;
            for (k, name) in distinct.into_iter().skip(skip).enumerate() {
                let q = passage.numbers[i + k].clone();
                if fits(name.kinds, &q) {
                    self.push(
                        passage,
                        i + k,
                        subject,
                        name,
                        q.value,
                        Some(q.unit),
                        None,
                        rule::EACH,
                    );
                }
            }
            return true;
        }
        let Some(names) = self.names(passage, from, tail.end, run) else {
            return false;
        };
        for (k, name) in names.into_iter().enumerate() {
            let q = passage.numbers[i + k].clone();
            if fits(name.kinds, &q) {
                self.push(
                    passage,
                    i + k,
                    subject,
                    name,
                    q.value,
                    Some(q.unit),
                    None,
                    rule::EACH,
                );
            }
        }
        true
    }

    fn read_value(
        &mut self,
        passage: &mut Passage,
        i: usize,
        subject: &Subject,
        from: usize,
        tail: &Tail,
    ) {
        let quantity = passage.numbers[i].clone();
        let value = quantity.value.clone();
        let unit = Some(quantity.unit.clone());
        // 由A增至B: the new level.
        if let Some(name) = passage.from.take()
            && (tail.to
                || words(passage, from, quantity.start)
                    .iter()
                    .any(|t| t.is(role::TO)))
        {
            self.push(passage, i, subject, name, value, unit, None, rule::TO);
            return;
        }
        // 由A增至B: the old level.
        if let Some(from_at) = self.old_level(passage, from, tail.end, i) {
            let name = if self.blank(passage, from, from_at) {
                self.rows[passage.first_row..]
                    .last()
                    .map(|row| row.name.clone())
                    .or_else(|| self.name_before(passage, from, i))
            } else {
                self.name(passage, from, from_at, true)
            };
            if let Some(name) = name.filter(|name| match name.class {
                Class::Known => fits(name.kinds, &quantity),
                Class::Other => matches!(
                    quantity.kind,
                    "percent" | "money" | "area" | "people" | "households" | "heads" | "weight"
                ),
                _ => true,
            }) {
                passage.from = Some(name.clone());
                self.push(passage, i, subject, name, value, unit, None, rule::FROM);
            }
            return;
        }
        if self.qualifies_noun(quantity.end) {
            return;
        }
        // 较上年增加3200亩 tells no total.
        if token_ending(passage, from, tail.end).is_some_and(|t| {
            t.is(role::UP | role::DOWN) && !t.is(role::FIELD | role::HEAD) && !tail.to
        }) {
            if let Some(row) = self.rows[passage.first_row..]
                .last_mut()
                .filter(|row| row.at + 1 == i)
            {
                row.at = i;
            }
            return;
        }
        if self.blank(passage, from, tail.end) {
            self.read_nameless(passage, i, subject, from, tail);
            return;
        }
        let last_kind = self
            .rows
            .get(passage.first_row..)
            .and_then(|rows| rows.last())
            .map(|row| row.quantity_kind);
        // 其中青溪镇6.2万亩: the figure before, of another place; it may stand in the sentence before.
        let reach = if last_kind.is_some() {
            passage.first_row
        } else {
            self.before_row
        };
        let whole =
            last_kind.is_some() || self.chars[passage.sentence.start..].starts_with(&['其', '中']);
        if whole
            && let Some(name) = self.rows[reach..]
                .iter()
                .rev()
                .find(|row| row.quantity_kind == quantity.kind)
                .map(|row| row.name.clone())
            && let Some(place) = self.only_place(passage, from, tail.end)
        {
            self.push(
                passage,
                i,
                &Subject::Place(place),
                name,
                value,
                unit,
                None,
                rule::OF_PLACE,
            );
            return;
        }
        let Some(mut name) = self.name(passage, from, tail.end, false) else {
            if let Some(behind) = self.name_behind(passage, &quantity) {
                self.push(
                    passage,
                    i,
                    subject,
                    behind,
                    value,
                    unit,
                    None,
                    rule::BEFORE_NAME,
                );
            }
            return;
        };
        let ends = self.ends_clause(quantity.end);
        let rule = match name.class {
            Class::Known if fits(name.kinds, &quantity) => rule::KNOWN,
            Class::Headed if fits(name.kinds, &quantity) => rule::HEADED,
            Class::Share if quantity.kind == "percent" => rule::SHARE,
            Class::Field if name.kinds.contains(&quantity.kind) && ends => rule::FIELD,
            Class::Other | Class::Field
                if last_kind == Some(quantity.kind)
                    && (matches!(quantity.kind, "area" | "weight" | "heads")
                        || matches!(
                            quantity.kind,
                            "people" | "households" | "money" | "count"
                        ) && (from > passage.sentence.start
                            && self.chars[from - 1] == '、'
                            || self.chars[from..].starts_with(&['、'])
                            || self.chars[from..].starts_with(&['其', '中'])
                            || self.chars[from..].starts_with(&['，', '其', '中'])))
                    && ends
                    && name.text.chars().count() <= 8
                    && self.rows.last().is_some_and(|row| row.at + 1 == i) =>
            {
                rule::LISTED
            }
            Class::Other
                if matches!(quantity.kind, "area" | "heads")
                    && ends
                    && tail.end == quantity.start
                    && name.text.chars().count() <= 8 =>
            {
                rule::THING
            }
            Class::Other | Class::Known | Class::Headed
                if tail.strong && ends && !name.kinds.contains(&"money") =>
            {
                if name.text.chars().count() > 18 {
                    return;
                }
                rule::LEVEL
            }
            _ => {
                if let Some(behind) = self.name_behind(passage, &quantity) {
                    self.push(
                        passage,
                        i,
                        subject,
                        behind,
                        value,
                        unit,
                        None,
                        rule::BEFORE_NAME,
                    );
                }
                return;
            }
        };
        name.start = name.start.min(quantity.start);
        self.push(passage, i, subject, name, value, unit, None, rule);
    }

    /// A value without a name in front of it.
    fn read_nameless(
        &mut self,
        passage: &Passage,
        i: usize,
        subject: &Subject,
        from: usize,
        tail: &Tail,
    ) {
        let quantity = passage.numbers[i].clone();
        if let Some(name) = self.name_behind(passage, &quantity) {
            self.push(
                passage,
                i,
                subject,
                name,
                quantity.value,
                Some(quantity.unit),
                None,
                rule::BEFORE_NAME,
            );
            return;
        }
        let adjacent = i > 0 && passage.numbers[i - 1].end + 1 >= quantity.start;
        if let Some(row) = self.rows[passage.first_row..].last_mut() {
            if row.at + 1 == i
                && row.value.is_none()
                && row.unit.is_none()
                && row.change.is_some()
                && tail.level
                && fits(row.name.kinds, &quantity)
            {
                row.value = quantity.value;
                row.unit = Some(quantity.unit);
                row.end = row.end.max(quantity.end);
                row.at = i;
                row.quantity_kind = quantity.kind;
            } else if row.at + 1 == i
                && fits(row.name.kinds, &quantity)
                && (adjacent && row.quantity_kind != quantity.kind
                    || !adjacent
                        && row.quantity_kind == quantity.kind
                        && (tail.to
                            || passage
                                .years
                                .iter()
                                .any(|(at, _)| *at >= from && *at < quantity.start)))
            {
                let name = row.name.clone();
                self.push(
                    passage,
                    i,
                    subject,
                    name,
                    quantity.value,
                    Some(quantity.unit),
                    None,
                    rule::SAME_NAME,
                );
            }
            return;
        }
        if tail.strong
            && i == 0
            && let Some(name) = self.name_before(passage, from, i)
            && fits(name.kinds, &quantity)
        {
            self.push(
                passage,
                i,
                subject,
                name,
                quantity.value,
                Some(quantity.unit),
                None,
                rule::CLAUSE_BEFORE,
            );
        }
    }

    /// Whether nothing but words of time and linking stands in a passage.
    fn blank(&self, passage: &Passage, from: usize, to: usize) -> bool {
        let mut at = from;
        while at < to {
            let c = self.chars[at];
            if let Some(token) = token_at(passage, at).filter(|t| {
                t.is(role::LEAD | role::COMPARE | role::LEVEL | role::SCOPE | role::RANGE)
                    && t.end <= to
                    && !t.is(role::NAME | role::HEAD | role::FIELD)
            }) {
                at = token.end;
            } else if !is_han(c)
                || matches!(c, '年' | '月' | '底' | '末' | '初')
                    && at > from
                    && matches!(self.chars[at - 1], '0'..='9' | '年' | '月')
            {
                at += 1;
            } else {
                return false;
            }
        }
        true
    }

    /// The place that a passage names and nothing else.
    fn only_place(&self, passage: &Passage, from: usize, to: usize) -> Option<String> {
        let span = self
            .context
            .spans_in(from, to)
            .first()
            .filter(|span| span.kind == EntityType::Place)?;
        ((span.start - from <= 4 || self.blank(passage, from, span.start))
            && (self.blank(passage, span.end, to) || to - span.end <= 2))
            .then(|| self.context.entities[span.entity].id.clone())
    }

    /// Where 由 or 从 stands, if what follows it is the old level and a new one comes.
    fn old_level(&self, passage: &Passage, from: usize, to: usize, i: usize) -> Option<usize> {
        let word = words(passage, from, to)
            .iter()
            .rev()
            .find(|t| t.is(role::FROM))?;
        if !self.chars[word.end..to].iter().all(|c| {
            c.is_ascii_digit()
                || "年月底末初的去上前今同期一二三四五六七八九十“”时约近全".contains(*c)
        }) {
            return None;
        }
        let (this, next) = (&passage.numbers[i], passage.numbers.get(i + 1)?);
        let gap = this.end..next.start;
        let new = words(passage, gap.start, gap.end)
            .iter()
            .any(|t| t.is(role::TO));
        (new && !self.chars[gap].iter().any(|c| matches!(c, '；' | '。'))).then_some(word.start)
    }

    /// Whether a quantity belongs to the noun behind it: `2.6亿元的项目`, `500亩以上基地`.
    fn qualifies_noun(&self, end: usize) -> bool {
        let mut rest = &self.chars[end..];
        for more in [['以', '上'], ['左', '右'], ['以', '内'], ['以', '下']] {
            if let Some(after) = rest.strip_prefix(&more) {
                rest = after;
                return rest
                    .first()
                    .is_some_and(|c| is_han(*c) && !matches!(c, '且' | '和' | '并'));
            }
        }
        matches!(rest, ['的', c, ..] if is_han(*c)) || matches!(rest, ['级' | '类' | '型', ..])
    }

    fn ends_clause(&self, end: usize) -> bool {
        let rest = &self.chars[end..];
        let rest = rest
            .strip_prefix(&['以', '上'])
            .or_else(|| rest.strip_prefix(&['左', '右']))
            .unwrap_or(rest);
        rest.first()
            .is_none_or(|c| !is_han(*c) || matches!(c, '和' | '与' | '及'))
    }

    /// The names of a list of exactly `n`.
    fn names(&self, passage: &Passage, from: usize, to: usize, n: usize) -> Option<Vec<Name>> {
        let names = self.names_in(passage, from, to);
        (names.len() == n).then_some(names)
    }

    /// The names of `A、B和C`; a head that only the last one has is given to all.
    fn names_in(&self, passage: &Passage, from: usize, to: usize) -> Vec<Name> {
        let mut cuts = vec![from];
        let mut i = from;
        while i < to {
            let token = token_at(passage, i).filter(|t| t.end <= to);
            if let Some(token) = token {
                if token.is(role::RANGE) && !token.is(role::NAME) {
                    cuts.push(token.end);
                }
                i = token.end;
            } else {
                if self.chars[i] == '、' {
                    cuts.push(i + 1);
                }
                i += 1;
            }
        }
        let mut names: Vec<Name> = Vec::new();
        for (k, &start) in cuts.iter().enumerate() {
            let mut end = cuts.get(k + 1).copied().unwrap_or(to);
            while end > start
                && k + 1 < cuts.len()
                && matches!(self.chars[end - 1], '、' | '和' | '与' | '及' | '以')
            {
                end -= 1;
            }
            match self.name(passage, start, end, false) {
                Some(name) => names.push(name),
                None => return Vec::new(),
            }
        }
        let Some(last) = names.last().cloned() else {
            return names;
        };
        if matches!(last.class, Class::Known | Class::Headed) {
            let last_chars: Vec<char> = last.text.chars().collect();
            let n_names = names.len();
            for name in names.iter_mut().take(n_names - 1) {
                if matches!(name.class, Class::Other | Class::Field)
                    && let Some(whole) = (1..last_chars.len()).find_map(|cut| {
                        let whole: String = name
                            .text
                            .chars()
                            .chain(last_chars[cut..].iter().copied())
                            .collect();
                        known(&whole).map(|_| whole)
                    })
                {
                    name.text = whole;
                    name.class = Class::Known;
                    name.kinds = last.kinds;
                } else if matches!(name.class, Class::Other | Class::Field)
                    && let Some(head) = head_of(&last_chars)
                {
                    name.text.push_str(&head);
                    name.class = last.class;
                    name.kinds = last.kinds;
                }
            }
        }
        names
    }

    /// The name that ends a passage.
    fn name(&self, passage: &Passage, from: usize, to: usize, growing: bool) -> Option<Name> {
        let mut to = to;
        while to > from
            && (matches!(self.chars[to - 1], '“' | '》' | '：' | '—') || self.chars[to - 1] == '的')
        {
            to -= 1;
        }
        let mut start = from;
        if let Some(n) = self.chars[start..to].iter().rposition(|c| *c == '、') {
            start += n + 1;
        }
        let share = words(passage, start, to).iter().find(|t| t.is(role::SHARE));
        let limit = share.map_or(to, |t| t.start.max(start + 1));
        let first = passage.tokens.partition_point(|t| t.start < start);
        for token in passage.tokens[first..]
            .iter()
            .take_while(|t| t.end <= limit)
        {
            if token.is(role::LEAD | role::SCOPE) && !token.is(role::NAME) && token.end < limit {
                start = token.end;
            }
        }
        let date = (start + 1..limit.min(to)).rev().find(|&i| {
            matches!(self.chars[i], '年' | '月') && self.chars[i - 1].is_ascii_digit() && i + 1 < to
        });
        if let Some(i) = date {
            start = i + 1;
        }
        loop {
            let opening = start;
            for span in self.context.spans_in(start, to) {
                if span.kind == EntityType::Place && span.start == start && span.end < to {
                    start = span.end;
                }
            }
            while start < to
                && (!is_han(self.chars[start])
                    && !self.chars[start].is_ascii_alphanumeric()
                    && !matches!(self.chars[start], '“' | '（')
                    || start + 1 < to
                        && matches!(self.chars[start], '底' | '末' | '初' | '度')
                        && start > from
                        && matches!(self.chars[start - 1], '年' | '月'))
            {
                start += 1;
            }
            if start == opening {
                break;
            }
        }
        if start >= to {
            return None;
        }
        // 鸡存栏 is a name, and 鸡存栏量 another.
        let longer = matches!(self.chars[to - 1], '量' | '数' | '额' | '率');
        let last = token_ending(passage, start, to).or_else(|| {
            token_ending(passage, start, to - 1).filter(|t| longer && t.is(role::NAME | role::HEAD))
        });
        let known = last.filter(|t| t.is(role::NAME));
        let head = last.filter(|t| t.is(role::HEAD));
        if last.is_some_and(|t| {
            t.is(role::NEVER) && (t.is(role::NAME) || !t.is(role::HEAD)) && !growing
        }) {
            return None;
        }
        // A rate of anything is a rate of the place; money and counts of projects and activities are not.
        let counted = |t: Token| {
            t.term
                .kinds
                .iter()
                .any(|kind| matches!(*kind, "people" | "count" | "households"))
        };
        let open = share.is_some()
            || known.is_some_and(|t| !counted(t))
            || head.is_some_and(|t| t.term.kinds.contains(&"percent"));
        if !open {
            let foreign = |s: &Span| {
                matches!(
                    s.kind,
                    EntityType::Enterprise | EntityType::Project | EntityType::Person
                )
            };
            let never = |t: &Token| t.is(role::NEVER) && t.end < to;
            if self.context.spans_in(start, to).iter().any(foreign)
                || words(passage, start, to).iter().any(never)
            {
                return None;
            }
        }
        if head.is_some_and(|t| t.is(role::NEVER) && t.start < start + 2) && known.is_none() {
            return None;
        }
        let field = words(passage, from, to).iter().find(|t| t.is(role::FIELD));
        let (class, kinds): (Class, &'static [&'static str]) = if share.is_some() {
            let part_of_plan = words(passage, from, to).iter().any(|t| t.is(role::PLAN));
            if part_of_plan {
                return None;
            }
            (Class::Share, &["percent"])
        } else if let Some(token) = known {
            (Class::Known, &token.term.kinds)
        } else if let Some(token) = head {
            (Class::Headed, &token.term.kinds)
        } else if let Some(token) = field {
            if token.end == to {
                if start + 2 > token.start {
                    return None;
                }
            } else {
                // 种植水稻 is how much there is, 新造油茶林 is what was added.
                start = if token.term.kinds.contains(&"heads") && token.end + 2 <= to {
                    token.end
                } else {
                    token.start
                };
            }
            (Class::Field, &token.term.kinds)
        } else {
            (Class::Other, &[])
        };
        if to - start > 24 {
            start = known.or(last).map_or(to - 24, |t| t.start);
        }
        if let Some(share) =
            share.filter(|t| t.end == to && !self.chars[t.start..t.end].ends_with(&['比']))
        {
            let mut end = share.start;
            while let Some(token) = token_ending(passage, start, end)
                .filter(|t| t.is(role::LEVEL | role::LEAD) && !t.is(role::NAME))
            {
                end = token.start;
            }
            let text: String = self.chars[start..end].iter().chain(&['占', '比']).collect();
            return (text.chars().count() > 3).then_some(Name {
                text,
                start,
                class,
                kinds,
            });
        }
        let text: String = self.chars[start..to]
            .iter()
            .filter(|c| **c != '\n')
            .collect();
        let n = text.chars().count();
        let han = text.chars().filter(|c| is_han(*c)).count();
        (n >= 2 && (han >= 2 || class == Class::Known)).then_some(Name {
            text,
            start,
            class,
            kinds,
        })
    }

    /// The name that the clause before tells without a number.
    fn name_before(&self, passage: &Passage, from: usize, i: usize) -> Option<Name> {
        let end = from
            .checked_sub(1)
            .filter(|end| *end > passage.sentence.start)?;
        let start = self.clause_start(passage.sentence.start, end);
        if i > 0 && passage.numbers[i - 1].end > start {
            return None;
        }
        let token = words(passage, start, end)
            .iter()
            .find(|t| t.is(role::NAME))?;
        self.name(passage, start, token.end, true)
    }

    /// The name behind a unit: `完成3000亩高标准农田建设`.
    fn name_behind(&self, passage: &Passage, quantity: &Quantity) -> Option<Name> {
        if !matches!(quantity.kind, "area" | "money" | "weight" | "foreign money") {
            return None;
        }
        let start = quantity.end;
        let n = self.chars[start..passage.sentence.end]
            .iter()
            .take_while(|c| is_han(**c))
            .count()
            .min(12);
        let mut end = start + n;
        let breaks = self.chars.get(end).is_none_or(|c| !is_han(*c) && *c != '“');
        if let [.., '建', '设'] | [.., '任', '务'] = &self.chars[start..end] {
            end -= 2;
        }
        let token = words(passage, start, end)
            .iter()
            .find(|t| t.start <= start + 4 && t.end == end && t.is(role::NAME))?;
        (breaks && fits(&token.term.kinds, quantity)).then(|| Name {
            text: self.chars[start..start + n].iter().collect(),
            start: quantity.start,
            class: Class::Known,
            kinds: &token.term.kinds,
        })
    }

    #[allow(clippy::too_many_arguments)]
    fn push(
        &mut self,
        passage: &Passage,
        at: usize,
        subject: &Subject,
        name: Name,
        value: Option<String>,
        unit: Option<String>,
        change: Option<String>,
        (rule, confidence): (&'static str, f64),
    ) {
        let quantity = &passage.numbers[at];
        let place = match subject {
            Subject::Place(id) => id.clone(),
            _ => self.home.clone(),
        };
        let plan = passage.sentence.part == Part::Plan;
        let clause = self.clause_start(passage.sentence.start, quantity.start);
        let wish = words(passage, clause, quantity.start)
            .iter()
            .any(|t| t.is(role::WISH));
        let said = passage
            .years
            .iter()
            .rev()
            .find(|(at, _)| *at < quantity.start)
            .map(|(_, year)| year.clone());
        let usual = if plan {
            self.plan_year
        } else {
            self.context.year
        };
        self.rows.push(Row {
            place,
            start: name.start.min(quantity.start),
            end: quantity.end,
            name,
            value,
            unit,
            change,
            period: said.or_else(|| usual.map(|year| year.to_string())),
            kind: if plan || wish {
                IndicatorKind::Target
            } else {
                IndicatorKind::Actual
            },
            rule,
            confidence,
            at,
            quantity_kind: quantity.kind,
        });
    }

    fn finish(self) -> Vec<Indicator> {
        let text = &self.context.doc.text;
        let mut out: Vec<Indicator> = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        for row in self.rows {
            if row.value.is_none() && row.change.is_none() {
                continue;
            }
            let unit = row.unit.filter(|_| row.value.is_some());
            let key = (
                row.place.clone(),
                row.name.text.clone(),
                row.value.clone(),
                unit.clone(),
                row.change.clone(),
            );
            if !seen.insert(key) {
                continue;
            }
            let (start, end) = text.source_span(row.start, row.end);
            out.push(Indicator {
                place: row.place,
                name: row.name.text,
                value: row.value,
                unit,
                period: row.period,
                change: row.change,
                kind: row.kind,
                text: text.source_text(start, end),
                start,
                end,
                quote: self.context.quote(row.start, row.end),
                rule: row.rule.into(),
                confidence: row.confidence,
            });
        }
        out
    }
}

/// Whether a character ends a clause.
fn is_break(c: char) -> bool {
    matches!(
        c,
        '，' | '；' | '。' | '：' | '！' | '？' | '\n' | '（' | '）' | ';' | '…'
    )
}

/// The words between two positions.
fn words<'p>(passage: &'p Passage, from: usize, to: usize) -> &'p [Token] {
    let a = passage.tokens.partition_point(|t| t.start < from);
    let b = a + passage.tokens[a..].partition_point(|t| t.end <= to);
    &passage.tokens[a..b]
}

/// The word that ends here.
fn token_ending(passage: &Passage, from: usize, end: usize) -> Option<Token> {
    let i = passage.tokens.partition_point(|t| t.end < end);
    passage
        .tokens
        .get(i)
        .copied()
        .filter(|t| t.end == end && t.start >= from)
}

/// The word that begins here.
fn token_at(passage: &Passage, start: usize) -> Option<Token> {
    let i = passage.tokens.partition_point(|t| t.start < start);
    passage.tokens.get(i).copied().filter(|t| t.start == start)
}

/// The entry of a name of the lexicon.
fn known(name: &str) -> Option<&'static Term> {
    let chars: Vec<char> = name.chars().collect();
    let key = (*chars.first()?, *chars.get(1)?);
    VOCABULARY
        .long
        .get(&key)?
        .iter()
        .find(|(word, term)| **word == *chars && term.roles & role::NAME != 0)
        .map(|(_, term)| term)
}

/// The head that a name ends in.
fn head_of(name: &[char]) -> Option<String> {
    (1..name.len()).find_map(|i| {
        let rest = &name[i..];
        let term = VOCABULARY
            .long
            .get(&(*rest.first()?, *rest.get(1)?))?
            .iter()
            .find(|(word, _)| **word == *rest)
            .map(|(_, term)| term)?;
        (term.roles & role::HEAD != 0).then(|| rest.iter().collect())
    })
}

/// Whether a name can be measured in the unit of a quantity.
fn fits(kinds: &[&str], quantity: &Quantity) -> bool {
    let family = |kind: &str| match kind {
        "households" | "people" | "person-times" | "count" | "heads" => 1,
        "area" | "floor area" => 2,
        "weight" | "volume" => 3,
        "money" | "foreign money" | "money per person" | "money per area" | "money per time" => 4,
        _ => 0,
    };
    quantity.kind == "bare" && !kinds.is_empty()
        || kinds.iter().any(|kind| {
            *kind == quantity.kind || family(kind) != 0 && family(kind) == family(quantity.kind)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entity, Home};
    use crate::text::Document;

    /// The figures of a text whose mentions are given as (type, name), as `name|value|unit|change`.
    fn read_with(text: &str, mentions: &[(EntityType, &str)]) -> Vec<Indicator> {
        let doc = Document::new("d", text);
        let mut spans = Vec::new();
        let mut entities = Vec::new();
        for (kind, name) in mentions {
            let name_chars: Vec<char> = name.chars().collect();
            entities.push(Entity {
                id: format!("e/{name}"),
                kind: *kind,
                name: (*name).into(),
                aliases: Vec::new(),
                code: None,
            });
            for start in 0..doc.text.chars.len() {
                if doc.text.chars[start..].starts_with(&name_chars) {
                    spans.push(Span {
                        start,
                        end: start + name_chars.len(),
                        kind: *kind,
                        entity: entities.len() - 1,
                        confidence: 1.0,
                    });
                }
            }
        }
        spans.sort_by_key(|s| s.start);
        let home = Some(Home {
            id: "e/青溪镇".into(),
            name: "青溪镇".into(),
            ..Home::default()
        });
        let context = Context {
            doc: &doc,
            spans,
            entities,
            home,
            year: Some(2021),
        };
        indicate(&context)
    }

    fn shown(rows: &[Indicator]) -> Vec<String> {
        let cell = |text: &Option<String>| text.clone().unwrap_or_default();
        rows.iter()
            .map(|r| {
                format!(
                    "{}|{}|{}|{}",
                    r.name,
                    cell(&r.value),
                    cell(&r.unit),
                    cell(&r.change)
                )
            })
            .collect()
    }

    fn read(text: &str) -> Vec<String> {
        shown(&read_with(text, &[]))
    }

    #[test]
    fn a_name_has_a_value_and_a_change() {
        assert_eq!(
            read("全年实现财政总收入1.2亿元，同比增长5.5%。"),
            ["财政总收入|1.2|亿元|5.5"]
        );
        assert_eq!(
            read("2021年完成固定资产投资3.4亿元，比上年下降2%。"),
            ["固定资产投资|3.4|亿元|-2"]
        );
        assert_eq!(
            read("森林覆盖率达72.5%，提高1.5个百分点。"),
            ["森林覆盖率|72.5|%|1.5"]
        );
        assert_eq!(
            read("全镇茶叶产值突破2亿元，较2016年翻了一番。"),
            ["茶叶产值|2|亿元|100"]
        );
    }

    #[test]
    fn a_change_can_stand_alone() {
        assert_eq!(
            read("规模以上工业增加值增长8%左右。"),
            ["规模以上工业增加值||| 8".replace(' ', "")]
        );
        assert_eq!(
            read("社会消费品零售总额年均增长9.1%。"),
            ["社会消费品零售总额|||9.1"]
        );
    }

    #[test]
    fn values_are_shared_out_in_order() {
        assert_eq!(
            read("地区生产总值、财政收入分别达到20亿元和3亿元。"),
            ["地区生产总值|20|亿元|", "财政收入|3|亿元|"]
        );
        assert_eq!(
            read("完成工业总产值8亿元，财政收入5000万元，分别增长7%和9%。"),
            ["工业总产值|8|亿元|7", "财政收入|5000|万元|9"]
        );
        assert_eq!(
            read("地区生产总值、固定资产投资分别增长7%、12%。"),
            ["地区生产总值|||7", "固定资产投资|||12"]
        );
    }

    #[test]
    fn an_old_and_a_new_level_are_two_rows() {
        assert_eq!(
            read("贫困发生率由2016年的9.8%降至0.6%。"),
            ["贫困发生率|9.8|%|", "贫困发生率|0.6|%|"]
        );
        assert_eq!(
            read("农民人均可支配收入从8200元提高到1.3万元。"),
            [
                "农民人均可支配收入|8200|元|",
                "农民人均可支配收入|1.3|万元|"
            ]
        );
    }

    #[test]
    fn a_share_is_named_by_its_parts() {
        assert_eq!(
            read("第三产业增加值6亿元，占地区生产总值比重达41%。"),
            ["第三产业增加值|6|亿元|", "占地区生产总值比重|41|%|"]
        );
        assert_eq!(
            read("新能源装机达40万千瓦、占比达38%。"),
            ["新能源装机|40|万千瓦|", "占比|38|%|"]
        );
        assert!(read("完成投资任务，占年度计划的80%。").is_empty());
    }

    #[test]
    fn fields_and_herds_are_measured() {
        assert_eq!(
            read("新造油茶林600亩，改造低产林900亩。"),
            ["新造油茶林|600|亩|", "改造低产林|900|亩|"]
        );
        assert_eq!(
            read("全镇耕地面积3.1万亩，其中水稻2万亩、玉米6000亩。"),
            ["耕地面积|3.1|万亩|", "水稻|2|万亩|", "玉米|6000|亩|"]
        );
        assert_eq!(
            read("完成2000亩高标准农田建设。"),
            ["高标准农田建设|2000|亩|"]
        );
        assert!(
            read("拆除违建1200平方米，流转土地300亩用于征地。")
                .iter()
                .all(|row| !row.starts_with("拆"))
        );
    }

    #[test]
    fn redacted_numbers_have_no_value() {
        assert!(read("实现地区生产总值X亿元。").is_empty());
        assert_eq!(
            read("实现地区生产总值XX亿元，增长5.2%。"),
            ["地区生产总值|||5.2"]
        );
    }

    #[test]
    fn activities_and_projects_are_none() {
        assert!(read("召开专题会议12次，走访党员130名，整改率100%。").is_empty());
        assert!(read("总投资2.6亿元的产业园开工，建筑面积3万平方米。").is_empty());
        assert!(read("财政收入增速高于全县2个百分点。").is_empty());
    }

    #[test]
    fn money_of_firms_is_none() {
        let firm = [(EntityType::Enterprise, "远山机械有限公司")];
        assert!(read_with("远山机械有限公司实现产值3亿元，利润2000万元。", &firm).is_empty());
        assert_eq!(
            shown(&read_with(
                "远山机械有限公司投产。全镇工业产值9亿元。",
                &firm
            )),
            ["工业产值|9|亿元|"]
        );
    }

    #[test]
    fn the_place_of_the_clause_is_the_subject() {
        let place = [(EntityType::Place, "柳河村")];
        let rows = read_with("全镇茶园面积3万亩，其中柳河村6000亩。", &place);
        assert_eq!(shown(&rows), ["茶园面积|3|万亩|", "茶园面积|6000|亩|"]);
        assert_eq!(rows[0].place, "e/青溪镇");
        assert_eq!(rows[1].place, "e/柳河村");
    }

    #[test]
    fn years_and_aims_are_told() {
        let rows = read_with("到2025年，力争财政收入达到2亿元。", &[]);
        assert_eq!(rows[0].period.as_deref(), Some("2025"));
        assert_eq!(rows[0].kind, IndicatorKind::Target);
        let rows = read_with("去年财政收入达到1亿元，今年为1.2亿元。", &[]);
        assert_eq!(
            rows.iter()
                .map(|r| r.period.clone().unwrap_or_default())
                .collect::<Vec<_>>(),
            ["2020", "2021"]
        );
    }

    #[test]
    fn a_redacted_home_has_a_local_id() {
        let doc = Document::new("d", "全镇财政收入1亿元。");
        let context = Context {
            doc: &doc,
            spans: Vec::new(),
            entities: Vec::new(),
            home: None,
            year: None,
        };
        assert_eq!(
            indicate(&context)[0].place,
            "https://w3id.org/xiangtu/id/local/home"
        );
    }

    #[test]
    fn no_text_panics() {
        for text in [
            "",
            "%",
            "增长5%",
            "由5%到",
            "、3亩、",
            "占5%",
            "翻",
            "翻番",
            "X",
            "1,",
            "其中3亩",
            "-5",
            "5—",
            "5、6",
            "分别达到1亩、2亩",
        ] {
            read(text);
        }
    }
}
