//! `xiangtu careers`: officials' posts over time.

use std::io::Write;

use super::rows::{self, Cell, Column, CsvArgument, hidden, shown};
use super::{AtArgument, ConfidenceArgument, Context, Done, StoreArgument, open};
use crate::graph::careers::{Career, Post, careers};
use crate::text::key;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "NAME")]
    name: Option<String>,
    #[arg(long)]
    moves: bool,
    #[command(flatten)]
    at: AtArgument,
    #[command(flatten)]
    csv: CsvArgument,
    #[command(flatten)]
    store: StoreArgument,
    #[command(flatten)]
    confidence: ConfidenceArgument,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = open(&arguments.store, context)?;
    let at = arguments.at.place(&store)?;
    let mut found = careers(&store, at.as_deref(), arguments.confidence.min_confidence)?;
    if let Some(name) = &arguments.name {
        found.retain(|career| key(&career.person.name) == key(name) || career.person.id == *name);
    }
    if arguments.moves {
        found.retain(Career::moves);
    }
    let none = context.lang.text("careers.none");
    if context.json {
        return rows::write(out, context, false, &found, &[], none);
    }
    // One line a post: a person's posts stand below each other.
    let posts = found
        .iter()
        .flat_map(|career| career.posts.iter().map(move |post| (career, post)));
    let posts: Vec<(&Career, &Post)> = posts.collect();
    rows::write(out, context, arguments.csv.csv, &posts, &columns(), none)
}

fn columns<'a>() -> Vec<Column<(&'a Career, &'a Post)>> {
    vec![
        hidden("id", |(career, _)| Cell::Text(career.person.id.clone())),
        shown("person", |(career, _)| {
            Cell::Text(career.person.name.clone())
        }),
        shown("namesakes", |(career, _)| Cell::Count(career.namesakes)),
        shown("first", |(_, post)| Cell::Year(post.first)),
        shown("last", |(_, post)| Cell::Year(post.last)),
        shown("post", |(_, post)| Cell::Text(post.post.clone())),
        shown("report_of", |(_, post)| match &post.place {
            Some(place) => Cell::Text(place.name.clone()),
            None => Cell::Nothing,
        }),
        shown("documents", |(_, post)| Cell::Count(post.documents)),
        hidden("document", |(_, post)| Cell::Text(post.document.clone())),
        hidden("quote", |(_, post)| Cell::Text(post.quote.clone())),
    ]
}
