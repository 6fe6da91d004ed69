//! Which column of a table holds what, by its name.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::Row;
use crate::model::Metadata;
use crate::read::dates;
use crate::text::key;

const KNOWN: &str = include_str!("../../../data/read/columns.tsv");

/// What a column of a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The text itself.
    Text,
    /// Title.
    Title,
    /// Year, as the table declares it.
    Year,
    /// Day of publication.
    Date,
    /// Who published it.
    Publisher,
    /// Address on the web.
    Url,
    /// Parts of the place, from the widest division down.
    Province,
    /// Prefecture or city.
    Prefecture,
    /// County or district.
    County,
    /// Town.
    Town,
    /// Village.
    Village,
    /// A place in one column.
    Place,
}

impl Column {
    const NAMES: [(&'static str, Self); 12] = [
        ("text", Self::Text),
        ("title", Self::Title),
        ("year", Self::Year),
        ("date", Self::Date),
        ("publisher", Self::Publisher),
        ("url", Self::Url),
        ("province", Self::Province),
        ("prefecture", Self::Prefecture),
        ("county", Self::County),
        ("town", Self::Town),
        ("village", Self::Village),
        ("place", Self::Place),
    ];
}

impl FromStr for Column {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::NAMES.into_iter().find(|(name, _)| *name == text);
        found.map(|(_, column)| column).ok_or_else(|| {
            let names = Self::NAMES.map(|(name, _)| name);
            format!("{text}: expected one of {}", names.join(", "))
        })
    }
}

/// The names of columns that a user gives; they come before the known ones.
pub type Columns = Vec<(Column, String)>;
/// Which column has which role: as the user says, else the first known name.
pub(super) fn roles(names: &[String], given: &Columns) -> BTreeMap<Column, usize> {
    let plain = |name: &str| key(name).replace(['_', '-'], "");
    let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
    let known = KNOWN
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .map(|(role, name)| (role.parse().expect("a test reads the list"), name));
    let given = given.iter().map(|(column, name)| (*column, name.as_str()));
    let mut roles = BTreeMap::new();
    for (column, name) in given.chain(known) {
        let name = plain(name);
        if let Some(at) = names.iter().position(|n| *n == name) {
            roles.entry(column).or_insert(at);
        }
    }
    roles
}

/// What named values say of a document; `None` where no name is known.
pub(in crate::read) fn metadata_of(
    names: &[String],
    values: &[String],
    columns: &Columns,
) -> Option<Metadata> {
    let roles = roles(names, columns);
    let cells = roles.iter().map(|(c, at)| (*c, values[*at].clone()));
    (!roles.is_empty()).then(|| row("", cells).metadata)
}

pub(super) fn row(format: &str, cells: impl Iterator<Item = (Column, String)>) -> Row {
    let mut row = Row {
        text: String::new(),
        metadata: Metadata {
            format: format.to_owned(),
            ..Metadata::default()
        },
    };
    let metadata = &mut row.metadata;
    let mut place: Vec<String> = Vec::new();
    for (column, value) in cells {
        if column == Column::Text {
            row.text = value;
            continue;
        }
        let value = value.trim().to_owned();
        if value.is_empty() {
            continue;
        }
        match column {
            Column::Text => {}
            Column::Title => metadata.title = Some(value),
            Column::Year => metadata.year = dates::year(&value),
            Column::Date => metadata.issued = dates::day(&value),
            Column::Publisher => metadata.publisher = Some(value),
            Column::Url => metadata.url = dates::url(&value),
            Column::Province
            | Column::Prefecture
            | Column::County
            | Column::Town
            | Column::Village
            | Column::Place => place.push(value),
        }
    }
    if !place.is_empty() {
        metadata.place = Some(place.join(" "));
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_name_has_a_role() {
        for line in KNOWN.lines().filter(|line| !line.starts_with('#')) {
            let (role, name) = line.split_once('\t').unwrap();
            assert!(role.parse::<Column>().is_ok() && !name.is_empty(), "{line}");
        }
    }

    #[test]
    fn a_name_that_is_given_comes_before_a_known_one() {
        let names = ["content", "原文", "Full_Text"].map(str::to_owned);
        assert_eq!(roles(&names, &vec![])[&Column::Text], 2);
        let given = vec![(Column::Text, "原文".to_owned())];
        assert_eq!(roles(&names, &given)[&Column::Text], 1);
    }
}
