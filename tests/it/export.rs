//! Exports: what a selection keeps, what every edge carries, and names made to do harm.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::fixture::{build_into, small};
use serde_json::Value;
use xiangtu::export::{Format, Options, Projection, Selection, write, write_folder};
use xiangtu::messages::Lang;
use xiangtu::model::{EntityType, Extraction};
use xiangtu::pipeline::{BuildOptions, build};
use xiangtu::store::Store;

const HE: &str = "https://w3id.org/xiangtu/id/campaign/河长制";

fn text(store: &Store, format: Format, selection: Selection) -> String {
    let options = Options {
        selection,
        lang: Lang::Zh,
    };
    let mut out = Vec::new();
    write(store, format, &options, &mut out, Path::new("-")).unwrap();
    String::from_utf8(out).unwrap()
}

/// The elements of the network, each as its `data`.
fn elements(store: &Store, selection: Selection) -> [Vec<Value>; 2] {
    let json: Value = serde_json::from_str(&text(store, Format::Cytoscape, selection)).unwrap();
    ["nodes", "edges"].map(|part| {
        let elements = json["elements"][part].as_array().unwrap();
        elements.iter().map(|e| e["data"].clone()).collect()
    })
}

fn count(store: &Store, selection: Selection) -> (usize, usize) {
    let [nodes, edges] = elements(store, selection);
    (nodes.len(), edges.len())
}

fn stated(edges: &[Value]) -> usize {
    edges.iter().filter(|e| e["property"] != "partOf").count()
}

fn projected(projection: Projection) -> Selection {
    Selection {
        projection: Some(projection),
        ..Selection::default()
    }
}

#[test]
fn projections_count_what_the_small_corpus_states() {
    let (_folder, store) = small();
    let initiatives = projected(Projection::InitiativePlace);
    assert_eq!(count(&store, initiatives.clone()), (10, 12));
    // One firm where it settled, one where its project is.
    assert_eq!(
        count(&store, projected(Projection::EnterprisePlace)),
        (4, 2)
    );
    let together = Selection {
        types: vec![EntityType::Campaign],
        min_weight: 2,
        ..projected(Projection::CoOccurrence)
    };
    assert_eq!(count(&store, together.clone()), (4, 3));
    let [_, edges] = elements(&store, together);
    assert!(edges.iter().all(|e| e["weight"] == 2.0));
    let store = store.at_least(0.9);
    assert_eq!(count(&store, initiatives.clone()), (10, 11));
    let store = store.at_least(0.0);
    let liuyang = Selection {
        place: Some("https://w3id.org/xiangtu/id/place/430181".to_owned()),
        ..initiatives
    };
    assert_eq!(count(&store, liuyang), (6, 6));
}

#[test]
fn years_and_neighbourhoods_cut_the_graph() {
    let (_folder, store) = small();
    let in_2023 = Selection {
        since: Some(2023),
        until: Some(2023),
        ..Selection::default()
    };
    let [nodes, edges] = elements(&store, in_2023);
    assert_eq!(stated(&edges), 6);
    assert!(
        edges
            .iter()
            .filter(|e| e["property"] != "partOf")
            .all(|e| e["years"] == serde_json::json!([2023]))
    );
    // The town, and the divisions above it, of a report of that year.
    let names: BTreeSet<&str> = nodes.iter().filter_map(|n| n["label"].as_str()).collect();
    assert!(names.contains("文家市镇") && names.contains("浏阳市") && !names.contains("上高县"));

    let around = |hops| Selection {
        around: Some((HE.to_owned(), hops)),
        ..Selection::default()
    };
    assert_eq!(count(&store, around(0)), (1, 0));
    // The campaign, the four places, and the county that two of them lie in is two steps away.
    assert_eq!(count(&store, around(1)), (5, 4));
    let far: Vec<usize> = (0..8).map(|hops| count(&store, around(hops)).0).collect();
    assert!(far.is_sorted() && far[2] > far[1], "{far:?}");
    let all = count(&store, Selection::default());
    assert!(far[7] <= all.0);
}

#[test]
fn every_edge_carries_weight_years_and_a_source() {
    let (_folder, store) = small();
    let projections = [
        None,
        Some(Projection::InitiativePlace),
        Some(Projection::EnterprisePlace),
        Some(Projection::CoOccurrence),
    ];
    for projection in projections {
        let selection = Selection {
            projection,
            ..Selection::default()
        };
        let [nodes, edges] = elements(&store, selection);
        let ids: BTreeSet<&str> = nodes.iter().filter_map(|n| n["id"].as_str()).collect();
        assert!(!edges.is_empty());
        for edge in &edges {
            assert!(edge["weight"].as_f64().unwrap() >= 1.0, "{edge}");
            for field in ["label", "document"] {
                assert!(!edge[field].as_str().unwrap().is_empty(), "{edge}");
            }
            for end in ["source", "target"] {
                assert!(ids.contains(edge[end].as_str().unwrap()), "{edge}");
            }
            // Divisions come from a list without years.
            if edge["property"] != "partOf" {
                assert!(!edge["quote"].as_str().unwrap().is_empty(), "{edge}");
                let years = edge["years"].as_array().unwrap();
                assert!(
                    years.contains(&edge["first"]) && years.contains(&edge["last"]),
                    "{edge}"
                );
            }
        }
    }
}

#[test]
fn a_selection_in_rdf_keeps_whole_statements_and_nothing_else() {
    let (folder, store) = small();
    let all = text(&store, Format::Nquads, Selection::default());
    assert!(all == crate::fixture::nquads(&folder.path().join("store")));
    let liuyang = Selection {
        place: Some("https://w3id.org/xiangtu/id/place/430181".to_owned()),
        ..Selection::default()
    };
    let part = text(&store, Format::Nquads, liuyang);
    let lines: BTreeSet<&str> = all.lines().collect();
    assert!(part.lines().all(|line| lines.contains(line)));
    let statements = |text: &str| {
        let subjects = text.lines().filter_map(|line| line.split(' ').next());
        let subjects: BTreeSet<&str> = subjects.filter(|s| s.contains("/id/statement/")).collect();
        subjects.len()
    };
    // Five facts of Dayao's first report, three of its second, six of Wenjiashi's first and six of its second.
    assert_eq!(statements(&part), 20);
    assert!(statements(&all) > 20);
    assert!(part.contains("place/430181112") && !part.contains("place/360923102"));
    let is_of = |line: &&str| line.contains("/id/statement/");
    for statement in part
        .lines()
        .filter(is_of)
        .filter_map(|l| l.split(' ').next())
    {
        let whole = |text: &str| text.lines().filter(|l| l.starts_with(statement)).count();
        assert_eq!(whole(&part), whole(&all), "{statement}");
    }
}

/// A store whose names are made to do harm: formulas, markup, escapes, control characters.
fn hostile() -> (tempfile::TempDir, Store, Vec<String>) {
    let line = std::fs::read_to_string("tests/fixtures/hostile.jsonl").unwrap();
    let extraction: Extraction = serde_json::from_str(&line).unwrap();
    let names = extraction.mentions.iter().map(|m| m.text.clone()).collect();
    let options = BuildOptions {
        jobs: 1,
        extractions: BTreeMap::from([(extraction.doc.clone(), extraction)]),
        ..BuildOptions::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    build(
        &["tests/fixtures/hostile".into()],
        &path,
        &options,
        &|_, _| {},
    )
    .unwrap();
    let store = Store::open(&path).unwrap();
    (folder, store, names)
}

fn is_harmless(text: &str) -> bool {
    !text
        .chars()
        .any(|c| (c.is_control() && c != '\n') || ('\u{202A}'..='\u{202E}').contains(&c))
}

/// Labels of the nodes that the hostile document names.
fn labels(names: &[String]) -> BTreeSet<String> {
    names
        .iter()
        .map(|name| {
            let spaced = name.replace(['\n', '\t'], " ");
            spaced
                .chars()
                .filter(|c| is_harmless(&c.to_string()))
                .collect()
        })
        .collect()
}

#[test]
fn hostile_names_stay_names_in_markup() {
    let (_folder, store, names) = hostile();
    for format in [Format::Graphml, Format::Gexf] {
        let xml = text(&store, format, Selection::default());
        assert!(is_harmless(&xml), "{format:?}");
        let mut reader = quick_xml::Reader::from_str(&xml);
        let mut seen = BTreeSet::new();
        let mut word = String::new();
        loop {
            use quick_xml::events::Event;
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(tag) => {
                    word.clear();
                    for attribute in tag.attributes() {
                        let attribute = attribute.unwrap();
                        let value = attribute
                            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                            .unwrap();
                        seen.insert(value.into_owned());
                    }
                }
                Event::Text(text) => word.push_str(&text.xml10_content()),
                Event::GeneralRef(name) => {
                    let entity = format!("&{};", name.xml10_content());
                    word.push_str(&quick_xml::escape::unescape(&entity).unwrap());
                }
                Event::End(_) => {
                    seen.insert(word.clone());
                }
                _ => {}
            }
        }
        assert!(labels(&names).is_subset(&seen), "{format:?} {seen:#?}");
    }
    let page = text(&store, Format::Html, Selection::default());
    assert_eq!(page.matches("</script>").count(), 5);
    assert!(!page.contains("<b>甲"));
    let json = page.split("id=\"data\">").nth(1).unwrap();
    let json: Value = serde_json::from_str(json.split("</script>").next().unwrap()).unwrap();
    let seen = json["nodes"].as_array().unwrap().iter();
    let seen: BTreeSet<String> = seen.map(|n| n["n"].as_str().unwrap().to_owned()).collect();
    assert!(labels(&names).is_subset(&seen), "{seen:#?}");
}

#[test]
fn hostile_names_stay_names_in_json() {
    let (_folder, store, names) = hostile();
    let strings = |text: &str| {
        let mut seen = BTreeSet::new();
        let mut to_do: Vec<Value> = vec![serde_json::from_str(text).unwrap()];
        while let Some(value) = to_do.pop() {
            match value {
                Value::String(text) => {
                    seen.insert(text);
                }
                Value::Array(values) => to_do.extend(values),
                Value::Object(fields) => to_do.extend(fields.into_iter().map(|(_, value)| value)),
                _ => {}
            }
        }
        seen
    };
    for format in [Format::Cytoscape, Format::Cx2, Format::Jsonld] {
        let seen = strings(&text(&store, format, Selection::default()));
        if format == Format::Jsonld {
            // RDF keeps every character of a name; JSON escapes it.
            assert!(names.iter().all(|name| seen.contains(name)), "{seen:#?}");
        } else {
            assert!(labels(&names).is_subset(&seen), "{format:?} {seen:#?}");
        }
    }
    let lines = text(&store, Format::Ftm, Selection::default());
    let seen: BTreeSet<String> = lines.lines().flat_map(strings).collect();
    assert!(labels(&names).is_subset(&seen), "{seen:#?}");
}

#[test]
fn hostile_names_stay_names_in_tables_and_scripts() {
    let (folder, store, names) = hostile();
    for format in [Format::Csv, Format::Neo4j] {
        let into = folder.path().join(format!("{format:?}"));
        write_folder(&store, format, &Options::default(), &into).unwrap();
        for file in std::fs::read_dir(&into).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(is_harmless(&text), "{}", path.display());
            if path.extension().unwrap() != "csv" {
                // The script holds labels and types of the ontology, no name.
                assert!(
                    !names.iter().any(|name| text.contains(name.trim())),
                    "{text}"
                );
                continue;
            }
            let mut table =
                csv::Reader::from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
            let mut cells = BTreeSet::new();
            for record in table.records() {
                cells.extend(record.unwrap().iter().map(str::to_owned));
            }
            for cell in &cells {
                assert!(
                    !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                    "{cell}"
                );
            }
            if path.ends_with("nodes.csv") {
                let of = |name: &String| name.replace('\\', "＼");
                let seen: BTreeSet<String> = cells
                    .iter()
                    .map(|c| of(&c.trim_start_matches('\'').to_owned()))
                    .collect();
                assert!(
                    labels(&names).iter().all(|name| seen.contains(&of(name))),
                    "{seen:#?}"
                );
            }
        }
    }
    let dot = text(&store, Format::Dot, Selection::default());
    assert!(is_harmless(&dot));
    for line in dot.lines() {
        // Every quotation mark opens or closes a text: one inside has a backslash before it.
        let bare = line.replace("\\\\", "").replace("\\\"", "");
        assert_eq!(bare.matches('"').count() % 2, 0, "{line}");
    }
}

#[test]
fn every_rdf_format_says_the_same() {
    use oxigraph::io::{RdfFormat, RdfParser};
    let (_folder, store, names) = hostile();
    let count = |format, rdf| {
        let text = text(&store, format, Selection::default());
        let quads: BTreeSet<String> = RdfParser::from_format(rdf)
            .for_slice(&text)
            .map(|quad| quad.unwrap().to_string())
            .collect();
        let named = names.iter().all(|name| {
            let literal =
                oxigraph::model::Literal::new_language_tagged_literal(name, "zh").unwrap();
            quads.iter().any(|quad| quad.contains(&literal.to_string()))
        });
        assert!(named, "{format:?}");
        quads
    };
    let quads = count(Format::Nquads, RdfFormat::NQuads);
    assert!(quads == count(Format::Trig, RdfFormat::TriG));
    let triples = count(Format::Ntriples, RdfFormat::NTriples);
    assert!(triples.len() < quads.len());
    assert!(triples == count(Format::Turtle, RdfFormat::Turtle));
    let json = RdfFormat::JsonLd {
        profile: Default::default(),
    };
    assert!(triples == count(Format::Jsonld, json));
}

#[test]
fn the_same_store_gives_the_same_bytes() {
    let (folder, store) = small();
    let again = folder.path().join("again");
    build_into(&[crate::fixture::texts()], &again, 1);
    let again = Store::open(&again).unwrap();
    for format in Format::ALL.into_iter().filter(|format| !format.is_folder()) {
        let [a, b] = [&store, &again].map(|store| text(store, format, Selection::default()));
        assert!(a == b, "{format:?}");
    }
}

#[test]
fn an_official_of_many_places_stands_beside_none() {
    let one = "https://w3id.org/xiangtu/id/person/中国/周一帆";
    let mut options = crate::fixture::options(1);
    let towns = ["360923102", "430181110"];
    for extraction in options.extractions.values_mut() {
        let text = serde_json::to_string(extraction).unwrap();
        let text = towns.iter().fold(text, |text, town| {
            text.replace(
                &format!("https://w3id.org/xiangtu/id/person/{town}/周一帆"),
                one,
            )
        });
        *extraction = serde_json::from_str(&text).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    build(&[crate::fixture::texts()], &path, &options, &|_, _| {}).unwrap();
    let [_, edges] = elements(&Store::open(&path).unwrap(), Selection::default());
    let posts: Vec<&Value> = edges
        .iter()
        .filter(|e| e["property"] == "holdsPost")
        .collect();
    // Li Wenqing and Chen Lixin stay; the one whom two towns report goes.
    assert_eq!(posts.len(), 2);
    assert!(
        posts
            .iter()
            .all(|e| e["source"] != one && e["value"] == "镇长")
    );
}
