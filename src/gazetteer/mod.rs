//! 地名: the administrative divisions of China, province to village, with codes, short names and former names.
//!
//! A *division* is known by its code: 2 digits for a province (省), 4 for a prefecture (地级市, 州), 6 for a county (县, 区, 市, 旗), 9 for a
//! township (镇, 乡, 街道, 苏木), 12 for a village (行政村, 社区). A *form* is a string that names one or more divisions. Which of them
//! a text means is not decided here, nor where a name really is a place: forms that are ordinary words too are only marked as weak.
//! The single-character names of provinces (湘, 赣) are left out. The data and their source are described in `data/gazetteer/README.md`.

mod build;
mod code;
mod forms;
mod load;
mod nearest;
mod shorten;
mod villages;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

pub use build::{Built, build};
pub use code::{DivisionId, Level};
pub use nearest::Near;
pub use shorten::{Shortened, shorten, shorten_village};
pub use villages::Village;

use code::{ancestors, below, parse_code};
use forms::Forms;
use villages::{County, Villages};

/// A division.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division<'a> {
    /// Its code.
    pub id: DivisionId,
    /// The full name: 文家市镇; of a village the name in the register: 湖东村委会.
    pub name: &'a str,
    /// The name without its head, if it has one: 文家市; of a village the usual form: 湖东村.
    pub short: Option<&'a str>,
    /// The last year in which it was listed, if it is no more.
    pub until: Option<u16>,
}

impl Division<'_> {
    /// The level.
    pub fn level(&self) -> Level {
        self.id.level()
    }
}

/// In what way a form names a division.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FormKind {
    /// Its full name: 文家市镇, 延边朝鲜族自治州.
    Full,
    /// Shorter, with a head: 延边州, 前郭县, 东华门办事处.
    Brief,
    /// Without a head: 文家市, 延边.
    Short,
    /// A full name that is no longer in use: 横县, 莱芜市.
    Former,
    /// The same without a head, where today's name has another: 崇文.
    FormerShort,
}

impl FormKind {
    /// Whether the form ends in a word for a level (镇, 州).
    pub fn has_head(self) -> bool {
        matches!(self, Self::Full | Self::Brief | Self::Former)
    }
}

/// A division that a form names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hit {
    /// The division.
    pub id: DivisionId,
    /// In what way.
    pub kind: FormKind,
    /// Index of its row.
    row: u32,
    /// Whether the codes above it are not all those of the divisions above it.
    astray: bool,
}

/// A string that names divisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form<'a> {
    /// The string.
    pub text: &'a str,
    /// It is an ordinary word too (和平, 中心, 开发区), or a short name that at least [`WEAK_FROM`] divisions share.
    pub weak: bool,
    /// It is a name in the register and none elsewhere (经济开发区, 社区): a text that gives it means the one of its own place.
    pub generic: bool,
    /// What it names, in order of codes.
    pub hits: &'a [Hit],
}

impl<'a> Form<'a> {
    /// In what way it names a division.
    pub(crate) fn hit(&self, id: DivisionId) -> Option<&'a Hit> {
        let at = self.hits.binary_search_by_key(&id, |hit| hit.id).ok()?;
        Some(&self.hits[at])
    }
}

/// A short name of this many divisions counts as weak.
pub const WEAK_FROM: usize = 6;

/// An occurrence of a form in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'a> {
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// What stands there.
    pub form: Form<'a>,
}

/// All divisions with their names; see the module's description.
pub struct Gazetteer {
    /// In order of codes.
    rows: Vec<Row>,
    /// For each code its row.
    row_of: FxHashMap<u64, u32>,
    /// Codes no longer in use, and what has them now.
    successors: FxHashMap<u64, DivisionId>,
    forms: Forms,
    /// In order of forms.
    hits: Vec<Hit>,
    villages: Villages,
}

impl Gazetteer {
    /// The gazetteer that the program brings along; read on first use, which takes some ten milliseconds.
    ///
    /// ```
    /// use xiangtu::gazetteer::Gazetteer;
    /// let town = Gazetteer::get().by_code("430181112").unwrap();
    /// assert_eq!((town.name, town.short), ("文家市镇", Some("文家市")));
    /// ```
    pub fn get() -> &'static Self {
        static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::read);
        &GAZETTEER
    }

    /// The division with a code of any level; zeros may fill it up (360900, 360923000000), and codes that are no longer in use lead
    /// to what has taken their place.
    ///
    /// ```
    /// # use xiangtu::gazetteer::Gazetteer;
    /// let gazetteer = Gazetteer::get();
    /// assert_eq!(gazetteer.by_code("360900").unwrap().name, "宜春市");
    /// assert_eq!(gazetteer.by_code("450127").unwrap().name, "横州市");
    /// assert_eq!(gazetteer.by_code("110101001001").unwrap().short, Some("多福巷社区"));
    /// ```
    pub fn by_code(&self, code: &str) -> Option<Division<'_>> {
        let code = parse_code(code)?;
        self.division(DivisionId(code))
            .or_else(|| self.division(*self.successors.get(&code)?))
    }

    /// The division with an id; `None` for a number that is no code in use.
    pub fn division(&self, id: DivisionId) -> Option<Division<'_>> {
        if id.level() == Level::Village {
            let villages = self.villages.of_county((id.0 / 1_000_000) as u32);
            let village = &villages[villages
                .binary_search_by_key(&id.0, |village| village.code)
                .ok()?];
            return Some(Division {
                id,
                name: &village.name,
                short: Some(&village.short),
                until: None,
            });
        }
        let row = self.row(id)?;
        let short = (!row.short.is_empty()).then_some(row.short);
        Some(Division {
            id,
            name: row.name,
            short,
            until: (row.until > 0).then_some(row.until),
        })
    }

    /// What a name names: full names, short names, former names, province to township; empty for a name unknown.
    ///
    /// ```
    /// use xiangtu::gazetteer::{FormKind, Gazetteer};
    /// let gazetteer = Gazetteer::get();
    /// let hits = gazetteer.named("浏阳");
    /// assert_eq!((hits[0].id.to_string().as_str(), hits[0].kind), ("430181", FormKind::Short));
    /// assert!(gazetteer.named("锦江镇").len() > 1);
    /// assert_eq!(gazetteer.named("横县")[0].kind, FormKind::Former);
    /// ```
    pub fn named(&self, name: &str) -> &[Hit] {
        self.form(name).map_or(&[], |form| form.hits)
    }

    /// The form that is this string, with its hits and whether it is weak.
    ///
    /// ```
    /// # use xiangtu::gazetteer::Gazetteer;
    /// assert!(Gazetteer::get().form("和平").unwrap().weak);
    /// assert!(!Gazetteer::get().form("浏阳").unwrap().weak);
    /// assert!(Gazetteer::get().form("工业集中区").unwrap().generic);
    /// ```
    pub fn form(&self, name: &str) -> Option<Form<'_>> {
        Some(self.form_at(self.forms.find(name)?))
    }

    /// Names from the province down to the division; levels that only the statistics know (市辖区) are not in it.
    ///
    /// ```
    /// use xiangtu::gazetteer::{DivisionId, Gazetteer};
    /// let gazetteer = Gazetteer::get();
    /// assert_eq!(gazetteer.path(DivisionId(360923102)), ["江西省", "宜春市", "上高县", "锦江镇"]);
    /// assert_eq!(gazetteer.path(DivisionId(110101)), ["北京市", "东城区"]);
    /// ```
    pub fn path(&self, id: DivisionId) -> Vec<&str> {
        let mut names: Vec<_> = self
            .lineage(id)
            .filter_map(|id| Some(self.division(id)?.name))
            .collect();
        names.reverse();
        names
    }

    /// The division and all above it, lowest first.
    ///
    /// ```
    /// use xiangtu::gazetteer::{DivisionId, Gazetteer};
    /// let lineage: Vec<u64> = Gazetteer::get().lineage(DivisionId(441900101)).map(|id| id.0).collect();
    /// assert_eq!(lineage, [441900101, 4419, 44]);
    /// ```
    pub fn lineage(&self, id: DivisionId) -> impl Iterator<Item = DivisionId> {
        let village = Some(id).filter(|_| id.level() == Level::Village);
        let village = village.filter(|_| self.division(id).is_some());
        let row = match village {
            Some(_) => self.parent(id).and_then(|above| self.row(above)),
            None => self.row(id),
        };
        let rows = self.rows_from(row).map(|row| DivisionId(row.code));
        village.into_iter().chain(rows)
    }

    /// A row and those of all divisions above it.
    fn rows_from<'a>(&'a self, row: Option<&'a Row>) -> impl Iterator<Item = &'a Row> {
        std::iter::successors(row, |row| self.rows.get(row.above as usize))
    }

    /// The codes above a division's in its [lineage](Self::lineage), and perhaps some that are no division's.
    pub(crate) fn each_above(&self, hit: &Hit, each: impl FnMut(DivisionId)) {
        if hit.astray {
            self.above(hit).for_each(each);
        } else {
            ancestors(hit.id.0).map(DivisionId).for_each(each);
        }
    }

    /// The divisions above one, lowest first.
    pub(crate) fn above(&self, hit: &Hit) -> impl Iterator<Item = DivisionId> {
        self.rows_from(self.rows.get(hit.row as usize))
            .skip(1)
            .map(|row| DivisionId(row.code))
    }

    /// The first of some divisions in the [lineage](Self::lineage) of another.
    pub(crate) fn first_above(&self, hit: &Hit, among: &[DivisionId]) -> Option<DivisionId> {
        // The codes tell it without a look at the rows, which lie far apart.
        if hit.astray {
            return self.lineage(hit.id).find(|above| among.contains(above));
        }
        std::iter::once(hit.id.0)
            .chain(ancestors(hit.id.0))
            .find(|code| among.contains(&DivisionId(*code)))
            .map(DivisionId)
    }

    /// Whether a division is still listed.
    pub(crate) fn exists(&self, hit: &Hit) -> bool {
        let row = self.rows.get(hit.row as usize);
        row.is_some_and(|row| row.until == 0)
    }

    /// The division directly above.
    pub fn parent(&self, id: DivisionId) -> Option<DivisionId> {
        match self.row(id) {
            Some(row) => (row.parent > 0).then_some(DivisionId(row.parent)),
            None => ancestors(id.0)
                .map(DivisionId)
                .find(|&id| self.row(id).is_some()),
        }
    }

    /// The divisions directly below that exist today: prefectures of a province, counties of a prefecture, townships of a county,
    /// villages of a township.
    ///
    /// ```
    /// use xiangtu::gazetteer::{DivisionId, Gazetteer};
    /// let gazetteer = Gazetteer::get();
    /// let towns = gazetteer.children(DivisionId(360923));
    /// assert!(towns.iter().any(|&town| gazetteer.division(town).unwrap().name == "锦江镇"));
    /// assert_eq!(gazetteer.children(DivisionId(11)).len(), 16);
    /// ```
    pub fn children(&self, id: DivisionId) -> Vec<DivisionId> {
        if id.level() >= Level::Township {
            return self
                .villages(id)
                .map(|village| DivisionId(village.code))
                .collect();
        }
        below(id.0)
            .flat_map(|codes| {
                let first = self.rows.partition_point(|row| row.code < codes.start);
                let rows = self.rows[first..]
                    .iter()
                    .take_while(move |row| row.code < codes.end);
                rows.filter(|row| row.parent == id.0 && row.until == 0)
                    .map(|row| DivisionId(row.code))
            })
            .collect()
    }

    /// The townships that are or were, in order of codes.
    pub fn townships(&self) -> impl Iterator<Item = DivisionId> {
        let ids = self.rows.iter().map(|row| DivisionId(row.code));
        ids.filter(|id| id.level() == Level::Township)
    }

    /// The division that has this one among its [`Gazetteer::children`].
    pub(crate) fn listed_below(&self, hit: &Hit) -> Option<DivisionId> {
        let row = self.rows.get(hit.row as usize)?;
        let row = Some(row).filter(|row| row.until == 0)?;
        let listed = below(row.parent).any(|codes| codes.contains(&row.code));
        listed.then_some(DivisionId(row.parent))
    }

    /// The villages and neighbourhoods of a township or county, in order of codes.
    ///
    /// ```
    /// use xiangtu::gazetteer::{DivisionId, Gazetteer};
    /// let village = Gazetteer::get().villages(DivisionId(110101001)).next().unwrap();
    /// assert_eq!(village.name, "多福巷社区居委会");
    /// assert_eq!((&*village.short, &*village.stem), ("多福巷社区", "多福巷"));
    /// ```
    pub fn villages(&self, id: DivisionId) -> impl Iterator<Item = &Village> {
        let counties = match id.level() {
            Level::Province => id.0 * 10_000..(id.0 + 1) * 10_000,
            Level::Prefecture => id.0 * 100..(id.0 + 1) * 100,
            Level::County => id.0..id.0 + 1,
            Level::Township => id.0 / 1_000..id.0 / 1_000 + 1,
            Level::Village => 0..0,
        };
        let town = Some(id.0).filter(|_| id.level() == Level::Township);
        self.villages
            .counties(counties.start as u32..counties.end as u32)
            .flat_map(move |county| {
                let villages = self.villages.of_county(county);
                let Some(town) = town else { return villages };
                // In order of codes those of a township stand together.
                let first = villages.partition_point(|village| village.code / 1_000 < town);
                let end = villages.partition_point(|village| village.code / 1_000 <= town);
                &villages[first..end]
            })
    }

    /// The villages and neighbourhoods of a township or county of which a name begins with two characters, in order of codes.
    ///
    /// ```
    /// use xiangtu::gazetteer::{DivisionId, Gazetteer};
    /// let near = Gazetteer::get().near_villages(DivisionId(110101001));
    /// assert_eq!(near.beginning('多', '福').next().unwrap().stem, "多福巷");
    /// assert!(near.beginning('多', '多').next().is_none());
    /// ```
    pub fn near_villages(&self, id: DivisionId) -> NearVillages<'_> {
        let county = match id.level() {
            Level::County => id.0,
            Level::Township => id.0 / 1_000,
            _ => 0,
        };
        NearVillages {
            county: self.villages.county(county as u32),
            town: Some(id.0).filter(|_| id.level() == Level::Township),
        }
    }

    /// The usual names of a township's villages (湖东村), each as its stem and its ending, where nothing else of them is asked.
    pub fn village_names(&self, town: DivisionId, each: impl FnMut(&[char], &str)) {
        self.villages.shorts_of_town(town.0, each);
    }

    /// Every occurrence of every form in a text, overlapping ones too, by start and then by length.
    ///
    /// Looks at each position once: two characters tell which forms are possible.
    ///
    /// ```
    /// use xiangtu::gazetteer::Gazetteer;
    /// let text: Vec<char> = "浏阳市文家市镇".chars().collect();
    /// let found: Vec<_> = Gazetteer::get().matches(&text).into_iter().map(|m| (m.start, m.end, m.form.text)).collect();
    /// assert_eq!(found, [(0, 2, "浏阳"), (0, 3, "浏阳市"), (3, 5, "文家"), (3, 6, "文家市"), (3, 7, "文家市镇")]);
    /// ```
    pub fn matches(&self, chars: &[char]) -> Vec<Match<'_>> {
        let mut matches = Vec::new();
        self.forms.all(chars, |start, row| {
            matches.push(Match {
                start,
                end: start + usize::from(row.length),
                form: self.form_at(row),
            });
        });
        matches
    }

    /// The forms of two characters or more that a text begins with, the shortest first, each with its length in characters.
    pub(crate) fn beginning<'a>(&'a self, chars: &[char], mut each: impl FnMut(usize, Form<'a>)) {
        self.forms.beginning(chars, |row| {
            each(usize::from(row.length), self.form_at(row));
        });
    }

    /// Number of divisions, of forms, and of pairs of a form with a division.
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.rows.len(), self.forms.rows().len(), self.hits.len())
    }

    fn row(&self, id: DivisionId) -> Option<&Row> {
        Some(&self.rows[*self.row_of.get(&id.0)? as usize])
    }

    fn form_at(&self, row: &FormRow) -> Form<'_> {
        let hits = row.first as usize..(row.first + row.n_hits) as usize;
        Form {
            text: row.text,
            weak: row.weak,
            generic: row.generic,
            hits: &self.hits[hits],
        }
    }
}

/// The villages of a township or a county, to be found by their names.
#[derive(Clone, Copy)]
pub struct NearVillages<'a> {
    county: Option<&'a County>,
    town: Option<u64>,
}

impl<'a> NearVillages<'a> {
    /// False where no name begins with two characters; cheaper to ask than [`NearVillages::beginning`].
    #[inline]
    pub fn may_begin(self, a: char, b: char) -> bool {
        self.county.is_some_and(|county| county.may_begin(a, b))
    }

    /// Those of which a name begins with two characters, in order of codes.
    pub fn beginning(self, a: char, b: char) -> impl Iterator<Item = &'a Village> {
        let Self { county, town } = self;
        county
            .into_iter()
            .flat_map(move |county| county.beginning(a, b))
            .filter(move |village| town.is_none_or(|town| village.code / 1_000 == town))
    }

    /// The first that is called by a name, in the register or usually; of a township by its name without a head too.
    pub fn called(self, name: &str) -> Option<&'a Village> {
        let is_called = |village: &&Village| {
            *village.short == *name
                || *village.name == *name
                || (self.town.is_some() && *village.stem == *name)
        };
        let mut chars = name.chars();
        match (chars.next(), chars.next()) {
            (Some(a), Some(b)) if self.may_begin(a, b) => self.beginning(a, b).find(is_called),
            _ => None,
        }
    }
}

struct Row {
    code: u64,
    name: &'static str,
    short: &'static str,
    parent: u64,
    /// Index of the row of the parent; beyond all rows if there is none.
    above: u32,
    /// 0 while it exists.
    until: u16,
}

#[derive(Clone, Copy)]
struct FormRow {
    text: &'static str,
    first: u32,
    n_hits: u32,
    /// Characters.
    length: u8,
    weak: bool,
    generic: bool,
}

#[cfg(test)]
mod tests;
