//! What corrections say of one document: those that bear on it, and what they come to once its home is known.

use rustc_hash::FxHashMap;

use super::corrections::{Correction, Line, What, reference};
use crate::gazetteer::DivisionId;
use crate::model::EntityType;

/// The lines that may bear on one document; which do depends on its home.
#[derive(Clone, Debug, Default)]
pub struct Selected<'a> {
    /// The narrower the later.
    pub(super) rows: Vec<&'a Correction>,
}

impl<'a> Selected<'a> {
    /// The home that a line gives a document of which this was found: its division, if it is certain, and its name.
    pub fn home(&self, found: Option<DivisionId>, name: &str) -> Option<(DivisionId, Line)> {
        let name: Vec<char> = name.chars().collect();
        let said = |row: &&Correction| match row.what {
            What::Home(id) if row.holds_at(found) => Some((true, id, row.line)),
            // A place's code is that of the home too, where the home is called so.
            What::Code(id) if row.holds_at(found) && row.text == name => {
                Some((false, id, row.line))
            }
            _ => None,
        };
        let rows = self.rows.iter().filter_map(said);
        // The last of equals.
        let best = rows.max_by_key(|(is_home, ..)| *is_home);
        best.map(|(_, id, line)| (id, line))
    }

    /// Whether one of these references is a line that says the year.
    pub fn say_year(&self, applied: &[String]) -> bool {
        let mut years = self
            .rows
            .iter()
            .filter(|row| matches!(row.what, What::Year(_)));
        years.any(|row| applied.contains(&reference(row.line)))
    }

    /// What holds in a document with this home.
    pub fn at(&self, home: Option<DivisionId>) -> Rulings<'a> {
        let mut rulings = Rulings::default();
        for row in self.rows.iter().copied().filter(|row| row.holds_at(home)) {
            match row.what {
                What::Home(_) => {}
                What::Year(year) => rulings.year = Some((year, row.line)),
                _ => rulings
                    .texts
                    .entry(row.text.as_slice())
                    .or_default()
                    .add(row),
            }
        }
        for (text, ruling) in &rulings.texts {
            if let Verdict::Name(kind, line) = ruling.verdict {
                let texts = rulings.names.entry((text[0], text[1])).or_default();
                texts.push((*text, kind, line));
            }
        }
        // The longest at each place comes first.
        for texts in rulings.names.values_mut() {
            texts.sort_by_key(|(text, ..)| std::cmp::Reverse(text.len()));
        }
        rulings
    }
}

/// Whether a text is a name, so far as lines say it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Verdict {
    #[default]
    Open,
    NoName(Line),
    Name(EntityType, Line),
}

/// What lines say of one text.
#[derive(Clone, Debug, Default)]
struct Ruling<'a> {
    verdict: Verdict,
    instead: Vec<(EntityType, EntityType, Line)>,
    called: Option<(&'a str, Line)>,
    code: Option<(DivisionId, Line)>,
}

impl<'a> Ruling<'a> {
    /// A narrower or later line takes the place of what it contradicts.
    fn add(&mut self, row: &'a Correction) {
        match row.what {
            What::NoName => *self = Self::default(),
            What::Name(_) => self.instead.clear(),
            What::Instead(from, _) => {
                self.verdict = Verdict::Open;
                self.instead.retain(|(other, ..)| *other != from);
            }
            _ if matches!(self.verdict, Verdict::NoName(_)) => self.verdict = Verdict::Open,
            _ => {}
        }
        match row.what {
            What::NoName => self.verdict = Verdict::NoName(row.line),
            What::Name(kind) => self.verdict = Verdict::Name(kind, row.line),
            What::Instead(from, to) => self.instead.push((from, to, row.line)),
            What::Code(id) => self.code = Some((id, row.line)),
            What::Called | What::Home(_) | What::Year(_) => {}
        }
        if let Some(name) = &row.called {
            self.called = Some((name, row.line));
        }
    }
}

/// A text that is a name by a line.
type Told<'a> = (&'a [char], EntityType, Line);

/// What lines say of one document with its home.
#[derive(Clone, Debug, Default)]
pub struct Rulings<'a> {
    /// The year that it reports on.
    pub year: Option<(i32, Line)>,
    texts: FxHashMap<&'a [char], Ruling<'a>>,
    /// Texts that are names, by their first two characters.
    names: FxHashMap<(char, char), Vec<Told<'a>>>,
}

/// A name by a line: where it stands in the normal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruled {
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Type of the thing named.
    pub kind: EntityType,
    /// The line that says so.
    pub line: Line,
}

impl Rulings<'_> {
    /// Whether nothing is said of any text.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Where names stand by lines, the longest from left to right.
    pub fn names(&self, chars: &[char]) -> Vec<Ruled> {
        let mut found: Vec<Ruled> = Vec::new();
        for (start, pair) in chars.windows(2).enumerate() {
            let is_free = found.last().is_none_or(|last| last.end <= start);
            let Some(texts) = self.names.get(&(pair[0], pair[1])).filter(|_| is_free) else {
                continue;
            };
            let here = texts
                .iter()
                .find(|(text, ..)| chars[start..].starts_with(text));
            found.extend(here.map(|&(text, kind, line)| Ruled {
                start,
                end: start + text.len(),
                kind,
                line,
            }));
        }
        found
    }

    /// The line by which a text is no name.
    pub fn forbids(&self, text: &[char]) -> Option<Line> {
        match self.texts.get(text)?.verdict {
            Verdict::NoName(line) => Some(line),
            _ => None,
        }
    }

    /// The type that a text has by a line where it is taken for a name of this type.
    pub fn instead(&self, text: &[char], of: EntityType) -> Option<(EntityType, Line)> {
        let instead = &self.texts.get(text)?.instead;
        let found = instead.iter().find(|(from, ..)| *from == of);
        found.map(|&(_, to, line)| (to, line))
    }

    /// What the thing that a text names is called by a line.
    pub fn called(&self, text: &[char]) -> Option<(&str, Line)> {
        self.texts.get(text)?.called
    }

    /// The division that a text names by a line.
    pub fn code(&self, text: &[char]) -> Option<(DivisionId, Line)> {
        self.texts.get(text)?.code
    }
}
