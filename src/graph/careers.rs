//! Officials over time: who held which post where, in which years.
//!
//! What it tells you: of each person the posts in order of year, each with the place whose report names it, and the moves
//! between them.
//!
//! Method: own; statements of `xt:holdsPost`. The place is the home of the document that states the post: a town's report
//! that names a county's secretary gives that post under the town (`place` is the report's, not the post's). Equal
//! posts at one place in several years are one line from the first year to the last; years between in which no
//! document was read are not known to be covered. Persons are the nodes of the graph, told apart by name and seat (see
//! [`crate::identity`]), so an official who moves to another county is two persons until a judgement joins them: other
//! persons of the name are counted as `namesakes`.
//!
//! Units: years. Cost: one pass over the statements. Example: `xiangtu careers --moves`, `xiangtu careers 周一帆`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::adoption::Atlas;
use super::money::Named;
use crate::Result;
use crate::store::{StatementRow, Store};
use crate::text::key;
use crate::vocab;

/// One person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Career {
    /// The person.
    pub person: Named,
    /// Other persons of that name in the graph.
    pub namesakes: usize,
    /// Posts in order of first year, then of place.
    pub posts: Vec<Post>,
}

/// One post.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Post {
    /// As written.
    pub post: String,
    /// The place of the reports that state it.
    pub place: Option<Named>,
    /// First year for which it is stated.
    pub first: Option<i32>,
    /// Last year.
    pub last: Option<i32>,
    /// Number of documents.
    pub documents: usize,
    /// A document that states it, with its sentence.
    pub document: String,
    /// The sentence.
    pub quote: String,
    /// IRI of the statement.
    pub statement: String,
}

impl Career {
    /// Whether more than one post is known: another name, or a post that is told from the report's place
    /// (镇长, 乡党委书记) at another place. 总书记 in the reports of ten provinces is one.
    pub fn moves(&self) -> bool {
        let is_local = |post: &str| post.starts_with(['镇', '乡', '街', '县', '区', '市']);
        let posts = self.posts.iter().map(|post| {
            let place = post.place.as_ref().filter(|_| is_local(&post.post));
            (&post.post, place)
        });
        posts.collect::<BTreeSet<_>>().len() > 1
    }
}

/// What is stated of each post at each home of a report.
type Posts = BTreeMap<(String, Option<String>), Vec<StatementRow>>;

/// All persons with a post, by name; with `at` (IRI) only those whose posts a report of a place in it states.
pub fn careers(store: &Store, at: Option<&str>) -> Result<Vec<Career>> {
    let atlas = Atlas::of(store)?;
    let mut homes = BTreeMap::new();
    let mut paths = BTreeMap::new();
    for document in store.documents()? {
        homes.insert(document.id.clone(), document.home.clone());
        paths.insert(
            document.id,
            document.paths.into_iter().next().unwrap_or_default(),
        );
    }
    let mut of: BTreeMap<String, Posts> = BTreeMap::new();
    for row in store.statements_of(vocab::HOLDS_POST)? {
        let Some(post) = row.value.clone() else {
            continue;
        };
        let home = homes.get(&row.document).cloned().flatten();
        let posts = of.entry(row.subject.clone()).or_default();
        posts.entry((post, home)).or_default().push(row);
    }
    let mut careers = Vec::new();
    for (id, rows) in of {
        let is_within = |at: &str| {
            let mut places = rows.keys().filter_map(|(_, home)| home.as_deref());
            places.any(|home| atlas.is_within(home, at))
        };
        if !at.is_none_or(is_within) {
            continue;
        }
        let mut posts = Vec::new();
        for ((post, home), rows) in rows {
            posts.push(self::post(store, post, home, &rows, &paths)?);
        }
        posts.sort_by(|a, b| (a.first, &a.place, &a.post).cmp(&(b.first, &b.place, &b.post)));
        careers.push(Career {
            person: Named {
                name: store.name_of(&id)?,
                id,
            },
            namesakes: 0,
            posts,
        });
    }
    count_namesakes(&mut careers);
    careers.sort_by(|a, b| (&a.person.name, &a.person.id).cmp(&(&b.person.name, &b.person.id)));
    Ok(careers)
}

fn post(
    store: &Store,
    post: String,
    home: Option<String>,
    rows: &[StatementRow],
    paths: &BTreeMap<String, String>,
) -> Result<Post> {
    let years: BTreeSet<i32> = rows.iter().filter_map(|row| row.year).collect();
    let documents: BTreeSet<&str> = rows.iter().map(|row| row.document.as_str()).collect();
    let best = rows
        .iter()
        .max_by(|a, b| {
            a.confidence
                .total_cmp(&b.confidence)
                .then_with(|| b.id.cmp(&a.id))
        })
        .expect("a post is made of its statements");
    let place = match home {
        Some(id) => Some(Named {
            name: store.full_name_of(&id)?,
            id,
        }),
        None => None,
    };
    Ok(Post {
        post,
        place,
        first: years.first().copied(),
        last: years.last().copied(),
        documents: documents.len(),
        document: paths.get(&best.document).cloned().unwrap_or_default(),
        quote: best.quote.clone(),
        statement: best.id.clone(),
    })
}

fn count_namesakes(careers: &mut [Career]) {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for career in careers.iter() {
        *names.entry(key(&career.person.name)).or_default() += 1;
    }
    for career in careers {
        career.namesakes = names[&key(&career.person.name)] - 1;
    }
}
