//! Laws of the store: what it holds depends on the documents alone, and every statement can be traced.

use std::collections::BTreeSet;

use crate::fixture::{build_into, nquads, options, small, texts};
use xiangtu::graph::adoption::{Level, Selection};
use xiangtu::graph::recurrence::{Options, recurrence};
use xiangtu::model::{EntityType, Predicate};
use xiangtu::ontology::Ontology;
use xiangtu::read::content_hash;
use xiangtu::store::{Sourced, Store, document_iri};
use xiangtu::vocab;

#[test]
fn every_statement_is_found_at_its_offsets() {
    let (_folder, store) = small();
    let mut n = 0;
    for property in Predicate::ALL
        .map(vocab::property)
        .into_iter()
        .chain([vocab::REPORTS_INDICATOR])
    {
        for row in store.statements_of(property).unwrap() {
            let document = store.document(&row.document).unwrap();
            let source: Vec<char> = std::fs::read_to_string(&document.paths[0])
                .unwrap()
                .chars()
                .collect();
            assert_eq!(
                source[row.quote_start..row.quote_end]
                    .iter()
                    .collect::<String>(),
                row.quote
            );
            assert!(
                row.quote_start <= row.start && row.start < row.end && row.end <= row.quote_end,
                "{row:?}"
            );
            assert!(!row.rule.is_empty() && row.confidence > 0.0, "{row:?}");
            n += 1;
        }
    }
    assert_eq!(n, 43);
}

#[test]
fn threads_do_not_change_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ["one", "two"].map(|name| folder.path().join(name));
    build_into(&[texts()], &one, 1);
    build_into(&[texts()], &two, 2);
    assert!(nquads(&one) == nquads(&two), "the stores differ");
}

#[test]
fn history_does_not_change_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    std::fs::create_dir(&corpus).unwrap();
    for entry in std::fs::read_dir(texts()).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, corpus.join(path.file_name().unwrap())).unwrap();
    }
    let [clean, worn] = ["clean", "worn"].map(|name| folder.path().join(name));
    build_into(std::slice::from_ref(&corpus), &clean, 2);
    // One document first, then an earlier draft of another, then all of them twice.
    let draft = corpus.join("dayao-2023.txt");
    let final_text = std::fs::read(&draft).unwrap();
    build_into(&[corpus.join("wenjiashi-2023.txt")], &worn, 1);
    std::fs::write(&draft, "大瑶镇2023年政府工作报告（草稿）\n").unwrap();
    build_into(std::slice::from_ref(&draft), &worn, 1);
    std::fs::write(&draft, "").unwrap();
    build_into(std::slice::from_ref(&draft), &worn, 1);
    std::fs::write(&draft, final_text).unwrap();
    build_into(std::slice::from_ref(&corpus), &worn, 1);
    build_into(std::slice::from_ref(&corpus), &worn, 2);
    assert!(nquads(&clean) == nquads(&worn), "the stores differ");
}

#[test]
fn a_build_that_was_stopped_is_completed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let [clean, stopped] = ["clean", "stopped"].map(|name| folder.path().join(name));
    build_into(&[texts()], &clean, 2);
    // Stopped between taking documents in and making what they say together.
    let mut store = Store::create(&stopped).unwrap();
    store.begin("other").unwrap();
    let path = texts().join("dayao-2022.txt");
    let content = options(1)
        .extractions
        .remove("dayao-2022.txt")
        .ok_or_else(String::new);
    let hash = content_hash(&[&std::fs::read(&path).unwrap()]);
    store
        .replace(vec![Sourced {
            hash,
            paths: [path.to_string_lossy().into_owned()].into(),
            content,
            metadata: Default::default(),
        }])
        .unwrap();
    drop(store);
    assert!(Store::open(&stopped).unwrap().is_unfinished());
    build_into(&[texts()], &stopped, 2);
    assert!(!Store::open(&stopped).unwrap().is_unfinished());
    assert!(nquads(&clean) == nquads(&stopped), "the stores differ");
}

#[test]
fn the_same_content_under_two_paths_is_one_document() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    std::fs::create_dir(&corpus).unwrap();
    for name in ["a.txt", "b.md"] {
        std::fs::write(corpus.join(name), "青河镇2021年工作总结\n全镇粮食丰收。\n").unwrap();
    }
    std::fs::write(corpus.join("c.txt"), "另一份文件。\n").unwrap();
    let path = folder.path().join("store");
    build_into(std::slice::from_ref(&corpus), &path, 1);
    let paths: Vec<usize> = Store::open(&path)
        .unwrap()
        .documents()
        .unwrap()
        .iter()
        .map(|d| d.paths.len())
        .collect();
    assert_eq!(paths, [2, 1]);
    // One of the two goes its own way.
    std::fs::write(corpus.join("b.md"), "青河镇2022年工作总结\n").unwrap();
    build_into(&[corpus.join("b.md")], &path, 1);
    let documents = Store::open(&path).unwrap().documents().unwrap();
    assert!(
        documents.len() == 3 && documents.iter().all(|d| d.paths.len() == 1),
        "{documents:?}"
    );
}

#[test]
fn no_triple_stands_in_two_graphs_that_a_query_reads_as_one() {
    let (folder, _) = small();
    let text = nquads(&folder.path().join("store"));
    let shared = ["entities", "thesaurus", "ontology"]
        .map(|name| format!(" <https://w3id.org/xiangtu/id/graph/{name}> ."));
    let mut seen = BTreeSet::new();
    for line in text.lines() {
        let is_document = line
            .rsplit(' ')
            .nth(1)
            .is_some_and(|last| last.contains("/id/document/"));
        let triple = shared
            .iter()
            .find_map(|graph| line.strip_suffix(graph.as_str()))
            .or_else(|| line.strip_suffix(" ."));
        // What a document's own graph says is not read as one with the rest.
        assert!(is_document || seen.insert(triple), "{line}");
    }
    assert!(seen.len() > 100);
}

#[test]
fn only_declared_terms_enter_the_store() {
    let (folder, _) = small();
    let ontology = Ontology::get();
    for line in nquads(&folder.path().join("store")).lines() {
        for word in line
            .split(' ')
            .filter(|word| word.starts_with(&format!("<{}", vocab::NS)))
        {
            let iri = word.trim_matches(['<', '>']);
            assert!(ontology.declares(iri), "{iri} in {line}");
        }
    }
}

#[test]
fn plain_facts_stand_once_and_statements_once_a_document() {
    let (_folder, store) = small();
    let counts = store.counts().unwrap();
    let of = |list: &[(String, usize)], property: &str| {
        list.iter().find(|(p, _)| p.ends_with(property)).unwrap().1
    };
    assert_eq!(
        (
            of(&counts.facts, "#implements"),
            of(&counts.statements, "#implements")
        ),
        (12, 16)
    );
    assert_eq!(
        (counts.documents, counts.set_aside, counts.mentions),
        (8, 0, 49)
    );
}

#[test]
fn namesakes_are_kept_apart() {
    let (_folder, store) = small();
    let towns = store.find("锦江镇", Some(EntityType::Place), None).unwrap();
    let codes: Vec<&str> = towns.iter().filter_map(|f| f.code.as_deref()).collect();
    assert_eq!(codes, ["360923102", "511403110"]);
    for (name, at) in [
        ("锦江镇", Some("上高县")),
        ("上高县锦江镇", None),
        ("上高锦江镇", None),
        ("360923102", None),
    ] {
        let found = store.find(name, None, at).unwrap();
        assert_eq!(found.len(), 1, "{name} {at:?}");
        assert_eq!(
            found[0]
                .path
                .iter()
                .map(|p| p.name.as_str())
                .collect::<Vec<_>>(),
            ["江西省", "宜春市", "上高县", "锦江镇"]
        );
    }
    assert_eq!(store.find("周一帆", None, None).unwrap().len(), 2);
    assert_eq!(store.find("周一帆", None, Some("大瑶镇")).unwrap().len(), 1);
    assert!(store.find("长沙乡", None, None).unwrap().is_empty());
}

#[test]
fn recurrence_counts_places_once_and_rolls_up() {
    let (_folder, store) = small();
    let rows =
        |min: usize, selection: Selection| recurrence(&store, &Options { selection, min }).unwrap();
    let found = rows(2, Selection::default());
    let river = found.iter().find(|row| row.name == "河长制").unwrap();
    // Three named towns of two counties, and one town whose name its report keeps to itself.
    assert_eq!(
        (
            river.towns,
            river.counties,
            river.provinces,
            river.statements
        ),
        (4, 2, 2, 7)
    );
    assert_eq!((river.first, river.last), (Some(2021), Some(2023)));
    let since = Selection {
        since: Some(2023),
        ..Selection::default()
    };
    let since = rows(2, since);
    let since: Vec<_> = since
        .iter()
        .map(|row| (row.name.as_str(), row.towns))
        .collect();
    assert_eq!(since, [("河长制", 2)]);
    let provinces = Selection {
        level: Level::Province,
        ..Selection::default()
    };
    let provinces = rows(3, provinces);
    let provinces: Vec<_> = provinces.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(provinces, ["厕所革命"]);
    let rolled = Selection {
        rollup: true,
        ..Selection::default()
    };
    let rolled = rows(2, rolled);
    // 厕所革命 counts for what it is part of, and for what that is part of.
    for wider in ["农村人居环境整治", "乡村振兴"] {
        assert!(
            rolled.iter().any(|row| row.name == wider && row.towns >= 3),
            "{wider}: {rolled:?}"
        );
    }
    let selection = Selection::default();
    let sure = recurrence(&store.at_least(0.85), &Options { selection, min: 2 }).unwrap();
    let river = sure.iter().find(|row| row.name == "河长制").unwrap();
    assert_eq!(river.statements, 5);
}

#[test]
fn wrong_folders_are_refused_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Store::open(&folder.path().join("none"))
        .err()
        .unwrap()
        .to_string();
    assert!(missing.contains("xiangtu build"), "{missing}");
    std::fs::write(folder.path().join("notes.txt"), "x").unwrap();
    let foreign = Store::create(folder.path()).err().unwrap().to_string();
    assert!(foreign.contains("not empty"), "{foreign}");
    std::fs::write(
        folder.path().join("store.json"),
        r#"{"format":99,"kind":"tape"}"#,
    )
    .unwrap();
    for result in [Store::open(folder.path()), Store::create(folder.path())] {
        let other = result.err().unwrap().to_string();
        assert!(
            other.contains("format 99") && other.contains("build it anew"),
            "{other}"
        );
    }
}

#[test]
fn a_store_that_is_written_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let writing = Store::create(&path).unwrap();
    assert!(
        Store::open(&path)
            .err()
            .unwrap()
            .to_string()
            .contains("a build is writing")
    );
    drop(writing);
    let reading = Store::open(&path).unwrap();
    assert!(Store::open(&path).is_ok());
    assert!(
        Store::create(&path)
            .err()
            .unwrap()
            .to_string()
            .contains("wait")
    );
    drop(reading);
}

#[test]
fn documents_are_named_by_their_content() {
    let (_folder, store) = small();
    let bytes = std::fs::read("tests/fixtures/small/dayao-2022.txt").unwrap();
    let iri = document_iri(&content_hash(&[&bytes]));
    let document = store.document(iri.as_str()).unwrap();
    assert_eq!(
        (document.name(), document.year, document.reason.as_deref()),
        ("dayao-2022.txt", Some(2022), None)
    );
}

#[test]
fn a_village_that_no_list_has_counts_to_the_home() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.txt");
    let path = folder.path().join("store");
    let text = "上高县锦江镇2024年政府工作报告\n\n一、2024年工作回顾\n\n松湾坳村冷库建成投用，全镇粮食总产量3万吨。\n";
    std::fs::write(&report, text).unwrap();
    build_into(&[report], &path, 1);
    let store = Store::open(&path).unwrap();
    let places = store.places().unwrap();
    let of_name = |name: &str| places.iter().find(|(_, place)| place.name == name).unwrap();
    let (village, node) = of_name("松湾坳村");
    let (town, _) = of_name("锦江镇");
    assert_eq!(node.parent.as_ref(), Some(town));
    assert!(node.code.is_empty() && !village.ends_with(|c: char| c.is_ascii_digit()));
    assert_eq!(store.full_name_of(village).unwrap(), "上高县锦江镇松湾坳村");
    // It is counted as the town, not as a town of its own.
    let atlas = xiangtu::graph::adoption::Atlas::of(&store).unwrap();
    assert_eq!(atlas.counted(village, Level::Town).as_ref(), Some(town));
}
