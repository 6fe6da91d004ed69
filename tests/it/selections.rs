//! What a selection keeps and leaves out, in every format alike.

use std::collections::BTreeSet;
use std::path::Path;

use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{NamedNode, NamedOrBlankNode};

use crate::fixture::small;
use xiangtu::export::{Community, Format, Options, Projection, Selection, write, write_folder};
use xiangtu::graph::groups::{Settings, groups, members};
use xiangtu::graph::projection::{self, project};
use xiangtu::messages::Lang;
use xiangtu::model::EntityType;
use xiangtu::store::Store;

const ID: &str = "https://w3id.org/xiangtu/id/";
const FIREWORKS: &str = "enterprise/430181/云峰烟花制造有限公司";
const DAYAO: &str = "place/430181110";
const JINJIANG: &str = "place/360923102";
const CHIEF: &str = "campaign/河长制";

/// All that an export writes; of a folder all its files.
fn export(store: &Store, format: Format, selection: &Selection) -> String {
    let options = Options {
        selection: selection.clone(),
        lang: Lang::Zh,
    };
    if format.is_folder() {
        let folder = tempfile::tempdir().unwrap();
        write_folder(store, format, &options, folder.path()).unwrap();
        let files = std::fs::read_dir(folder.path()).unwrap();
        let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        return texts.collect();
    }
    let mut out = Vec::new();
    write(store, format, &options, &mut out, Path::new("-")).unwrap();
    String::from_utf8(out).unwrap()
}

/// Whether an export has an entity as a thing of its own; a sentence may name what is left out.
fn holds(text: &str, format: Format, local: &str) -> bool {
    let iri = format!("{ID}{local}");
    let syntax = match format {
        Format::Jsonld => RdfFormat::JsonLd {
            profile: Default::default(),
        },
        Format::Turtle => RdfFormat::Turtle,
        Format::Ntriples => RdfFormat::NTriples,
        Format::Trig => RdfFormat::TriG,
        Format::Nquads => RdfFormat::NQuads,
        // The page shows no IRIs to its readers.
        Format::Html => {
            let name = local.rsplit('/').next().unwrap();
            return text.contains(&format!("\"{name}\""));
        }
        _ => return text.contains(&iri),
    };
    let quads = RdfParser::from_format(syntax).for_slice(text.as_bytes());
    let subject = NamedOrBlankNode::from(NamedNode::new(iri).unwrap());
    quads
        .map(Result::unwrap)
        .any(|quad| quad.subject == subject)
}

#[test]
fn every_selection_holds_in_every_format() {
    let (_folder, store) = small();
    let id = |local: &str| format!("{ID}{local}");
    let fireworks = members(
        &store,
        projection::Projection::Network,
        "云峰烟花制造有限公司",
    )
    .unwrap();
    assert!(fireworks.contains(&id(FIREWORKS)));
    let none: &[&str] = &[];
    for (what, selection, kept, left_out) in [
        (
            "everything",
            Selection::default(),
            &[FIREWORKS, DAYAO, JINJIANG, CHIEF][..],
            none,
        ),
        (
            "types",
            Selection {
                types: vec![EntityType::Place, EntityType::Campaign],
                ..Selection::default()
            },
            &[DAYAO, JINJIANG, CHIEF],
            &[FIREWORKS],
        ),
        (
            "place",
            Selection {
                place: Some(id("place/430181")),
                ..Selection::default()
            },
            &[FIREWORKS, DAYAO, CHIEF],
            &[JINJIANG],
        ),
        (
            "years",
            Selection {
                since: Some(2023),
                until: Some(2023),
                ..Selection::default()
            },
            &["place/430181112"],
            &[JINJIANG],
        ),
        (
            "neighbourhood",
            Selection {
                around: Some((id(FIREWORKS), 1)),
                ..Selection::default()
            },
            &[FIREWORKS],
            &[JINJIANG],
        ),
        (
            "community",
            Selection {
                community: Some(Community {
                    members: fireworks.clone(),
                    is_whole: true,
                }),
                ..Selection::default()
            },
            &[FIREWORKS],
            &[JINJIANG],
        ),
        (
            "community of places",
            Selection {
                community: Some(Community {
                    members: BTreeSet::from([id(DAYAO)]),
                    is_whole: false,
                }),
                ..Selection::default()
            },
            &[DAYAO, CHIEF],
            &[JINJIANG],
        ),
        (
            "initiatives and places",
            Selection {
                projection: Some(Projection::InitiativePlace),
                ..Selection::default()
            },
            &[DAYAO, JINJIANG, CHIEF],
            &[FIREWORKS],
        ),
        (
            "enterprises and places",
            Selection {
                projection: Some(Projection::EnterprisePlace),
                ..Selection::default()
            },
            &[FIREWORKS],
            &[CHIEF],
        ),
        (
            "weight",
            Selection {
                projection: Some(Projection::InitiativePlace),
                min_weight: 2,
                ..Selection::default()
            },
            &[JINJIANG, CHIEF],
            &[FIREWORKS],
        ),
    ] {
        for format in Format::ALL {
            if format.is_rdf() && (selection.projection.is_some() || selection.min_weight > 0) {
                continue;
            }
            let text = export(&store, format, &selection);
            for local in kept {
                assert!(
                    holds(&text, format, local),
                    "{what}, {format:?}: no {local}"
                );
            }
            for local in left_out {
                assert!(!holds(&text, format, local), "{what}, {format:?}: {local}");
            }
        }
    }
}

#[test]
fn a_community_is_named_by_its_number_or_by_a_member() {
    let (_folder, store) = small();
    let of = projection::Projection::Network;
    let projected = project(&store, of, &Default::default()).unwrap();
    let found = groups(&projected, &Settings::default(), 1).communities;
    assert!(found.len() > 1);
    for group in &found {
        let own: BTreeSet<String> = group
            .members
            .iter()
            .map(|member| member.id.clone())
            .collect();
        let named = |name: &str| members(&store, of, name).unwrap();
        assert_eq!(named(&group.number.to_string()), own);
        for member in &group.members {
            assert_eq!(named(&member.id), own, "{}", member.name);
        }
    }
    let wrong = members(&store, of, "99").unwrap_err().to_string();
    assert!(wrong.contains("99"), "{wrong}");
    assert!(members(&store, of, "无此镇").is_err());
}
