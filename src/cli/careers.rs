//! `xiangtu careers`: officials' posts over time.

use std::io::Write;

use super::rows::{self, Cell, Column, LedgerArguments, hidden, named, shown};
use super::{Context, Done, write_json};
use crate::graph::careers::{Career, Post, careers};
use crate::text::key;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "NAME")]
    name: Option<String>,
    #[arg(long)]
    moves: bool,
    #[command(flatten)]
    ledger: LedgerArguments,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let (store, at) = arguments.ledger.open(context)?;
    let mut found = careers(&store, at.as_deref())?;
    if let Some(name) = &arguments.name {
        found.retain(|career| key(&career.person.name) == key(name) || career.person.id == *name);
    }
    if arguments.moves {
        found.retain(Career::moves);
    }
    // One line a post: a person's posts stand below each other.
    let posts = found
        .iter()
        .flat_map(|career| career.posts.iter().map(move |post| (career, post)));
    let posts: Vec<(&Career, &Post)> = posts.collect();
    let answer = &arguments.ledger.answer;
    if context.json {
        // Each person with all posts.
        if !rows::write_rdf(out, context, answer, &[&store], &posts, &columns())? {
            write_json(out, &found)?;
        }
        return Ok(rows::found(&found));
    }
    let none = context.lang.text("careers.none");
    rows::write(out, context, answer, &store, &posts, &columns(), none)
}

fn columns<'a>() -> Vec<Column<(&'a Career, &'a Post)>> {
    vec![
        hidden("id", |(career, _)| Cell::id(&career.person.id)),
        named("person", |(career, _)| {
            Cell::Text(career.person.name.clone())
        }),
        shown("namesakes", |(career, _)| Cell::Count(career.namesakes)),
        shown("first", |(_, post)| Cell::Year(post.first)),
        shown("last", |(_, post)| Cell::Year(post.last)),
        named("post", |(_, post)| Cell::Text(post.post.clone())),
        shown("report_of", |(_, post)| match &post.place {
            Some(place) => Cell::Text(place.name.clone()),
            None => Cell::Nothing,
        }),
        hidden("place_id", |(_, post)| {
            Cell::ids(post.place.as_ref().map(|place| &place.id))
        }),
        shown("documents", |(_, post)| Cell::Count(post.documents)),
        hidden("document", |(_, post)| Cell::Text(post.document.clone())),
        hidden("quote", |(_, post)| Cell::Text(post.quote.clone())),
        hidden("statement", |(_, post)| Cell::id(&post.statement)),
    ]
}
