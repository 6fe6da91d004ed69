//! What analyses give besides the table: CSV, and findings in RDF that say the same and where they come from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use oxigraph::model::{NamedOrBlankNode, Quad, Term};

use crate::cli::{program, text, xiangtu};
use crate::fixture::later;
use crate::written::{report, store_in};
use xiangtu::ontology::Ontology;
use xiangtu::vocab;

/// Every analysis, with what makes it find something in the small corpus.
const ANALYSES: [&[&str]; 16] = [
    &["recurrence"],
    &["recurrence", "--by-year"],
    &["cooccur", "--min", "1", "--min-shared", "1"],
    &["similar", "大瑶镇"],
    &["communities"],
    &["communities", "--of", "campaigns"],
    &["central", "--by", "betweenness"],
    &["diffusion"],
    &["diffusion", "河长制"],
    &["promises"],
    &["money"],
    &["money", "--by", "county"],
    &["careers"],
    &["across", "--level", "town"],
    &["diff", "2021", "2022"],
    &["diff", "2022", "2021", "--type", "place"],
];

/// Columns that have no property: names of things that have an IRI beside them, and texts whose source is told by its IRI.
const WITHOUT: [&str; 27] = [
    "actual_quote",
    "after_document",
    "after_quote",
    "amount",
    "before_document",
    "before_quote",
    "campaign",
    "document",
    "enterprise",
    "from",
    "name",
    "of",
    "other",
    "person",
    "place",
    "possibly_after",
    "project_names",
    "promise",
    "quote",
    "report",
    "report_of",
    "shared_campaigns",
    "subject",
    "target_quote",
    "to",
    "type",
    "where",
];

fn parse(turtle: &[u8]) -> Vec<Quad> {
    let parser = oxigraph::io::RdfParser::from_format(oxigraph::io::RdfFormat::Turtle);
    parser.for_slice(turtle).collect::<Result<_, _>>().unwrap()
}

fn rdf(store: &Path, analysis: &[&str]) -> Vec<Quad> {
    let out = xiangtu(store, &[analysis, &["--rdf", "-"]].concat());
    assert_eq!(
        out.status.code(),
        Some(0),
        "{analysis:?}: {}",
        text(&out.stderr)
    );
    parse(&out.stdout)
}

fn of_class<'a>(
    quads: &'a [Quad],
    class: oxigraph::model::NamedNodeRef<'_>,
) -> Vec<&'a NamedOrBlankNode> {
    let typed = quads.iter().filter(|quad| {
        quad.predicate == vocab::TYPE && quad.object == Term::from(class.into_owned())
    });
    typed.map(|quad| &quad.subject).collect()
}

/// Property and value, each as text.
type Said = BTreeSet<(String, String)>;

fn said(term: &Term) -> String {
    match term {
        Term::NamedNode(iri) => iri.as_str().to_owned(),
        Term::Literal(literal) => literal.value().to_owned(),
        other => panic!("{other}"),
    }
}

#[test]
fn csv_has_a_heading_and_as_many_cells_in_every_line() {
    let (folder, _) = later();
    let store = folder.path().join("store");
    for arguments in ANALYSES {
        let out = xiangtu(&store, &[arguments, &["--csv"]].concat());
        assert_eq!(
            out.status.code(),
            Some(0),
            "{arguments:?}: {}",
            text(&out.stderr)
        );
        let mut reader = csv::Reader::from_reader(out.stdout.as_slice());
        let headings = reader.headers().unwrap().clone();
        assert!(headings.iter().all(|name| name.is_ascii()), "{headings:?}");
        // The reader refuses a line of another length.
        let n = reader.records().map(Result::unwrap).count();
        assert!(n > 0, "{arguments:?}");
        // The same question as a table has a heading for every column.
        let table = text(&xiangtu(&store, arguments).stdout);
        let is_untranslated = |word: &str| word.contains('_');
        assert!(!table.split_whitespace().any(is_untranslated), "{table}");
    }
    let both = xiangtu(&store, &["money", "--csv", "--json"]);
    assert_eq!(both.status.code(), Some(2));
}

/// What the rows of CSV say in the properties of their columns, each with the number of rows that say so.
fn rows(store: &Path, analysis: &[&str]) -> BTreeMap<Said, usize> {
    let csv = xiangtu(store, &[analysis, &["--csv"]].concat()).stdout;
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let headings = reader.headers().unwrap().clone();
    let mut rows = BTreeMap::new();
    for record in reader.records().map(Result::unwrap) {
        let mut row = Said::new();
        for (heading, cell) in headings.iter().zip(&record) {
            let Some((property, term)) = Ontology::get().column(analysis[0], heading) else {
                assert!(
                    WITHOUT.contains(&heading),
                    "{analysis:?}: {heading} has no property"
                );
                continue;
            };
            let range = term.range.as_deref().unwrap_or("");
            let cells = match range.contains("XMLSchema#") {
                true => vec![cell],
                false => cell.split(' ').collect(),
            };
            let cells = cells.into_iter().filter(|cell| !cell.is_empty());
            row.extend(cells.map(|cell| (property.to_owned(), cell.to_owned())));
        }
        *rows.entry(row).or_default() += 1;
    }
    rows
}

/// What the findings say, without what all of them have.
fn findings(quads: &[Quad]) -> BTreeMap<Said, usize> {
    let mut found = BTreeMap::new();
    for finding in of_class(quads, vocab::FINDING) {
        let mut row = Said::new();
        for quad in quads.iter().filter(|quad| quad.subject == *finding) {
            let property = quad.predicate.as_str();
            let of_all = [vocab::TYPE.as_str(), vocab::GENERATED_BY.as_str()];
            if of_all.contains(&property) || property.ends_with("#label") {
                continue;
            }
            let term = Ontology::get().term(property).expect(property);
            if let Term::Literal(literal) = &quad.object {
                let datatype = literal.datatype();
                assert_eq!(term.range.as_deref(), Some(datatype.as_str()), "{quad}");
            }
            row.insert((property.to_owned(), said(&quad.object)));
        }
        *found.entry(row).or_default() += 1;
    }
    found
}

fn say_the_same(store: &Path, analysis: &[&str]) {
    let (rows, found) = (rows(store, analysis), findings(&rdf(store, analysis)));
    assert!(
        found == rows && !rows.is_empty(),
        "{analysis:?}\n{found:#?}\n{rows:#?}"
    );
}

#[test]
fn findings_in_turtle_say_what_the_rows_of_csv_say() {
    let (folder, _) = later();
    let store = folder.path().join("store");
    for analysis in ANALYSES {
        say_the_same(&store, analysis);
    }
    // One town takes up a year later what another one has.
    let planted = folder.path().join("planted");
    let campaigns = ["甲", "乙", "丙"];
    store_in(
        &planted,
        vec![
            report("430181110", 2020, &campaigns),
            report("430181112", 2020, &[]),
            report("430181112", 2021, &campaigns),
        ],
    );
    say_the_same(&planted, &["diffusion", "--infer", "5"]);
}

#[test]
fn findings_say_which_command_and_which_store_gave_them() {
    let (folder, graph) = later();
    let store = folder.path().join("store");
    for analysis in ANALYSES {
        let quads = rdf(&store, analysis);
        let value = |subject: &NamedOrBlankNode,
                     property: oxigraph::model::NamedNodeRef<'_>|
         -> Vec<String> {
            let of = quads
                .iter()
                .filter(|quad| quad.subject == *subject && quad.predicate == property);
            of.map(|quad| said(&quad.object)).collect()
        };
        let runs = of_class(&quads, vocab::RUN);
        let [run] = runs.as_slice() else {
            panic!("{analysis:?}: {runs:?}")
        };
        assert_eq!(value(run, vocab::ANALYSIS), [analysis[0]]);
        let settings = value(run, vocab::SETTINGS);
        assert!(
            settings.contains(&"min-confidence=0".to_owned()),
            "{settings:?}"
        );
        let stores = of_class(&quads, vocab::STORE);
        assert_eq!(value(run, vocab::USED).len(), 1);
        assert_eq!(value(stores[0], vocab::DOCUMENT_COUNT), ["10"]);
        assert!(said(&stores[0].clone().into()).ends_with(&graph.fingerprint().unwrap()));
        assert_eq!(value(run, vocab::ENDED_AT).len(), 1);
        for finding in of_class(&quads, vocab::FINDING) {
            assert_eq!(
                value(finding, vocab::GENERATED_BY),
                [said(&(*run).clone().into())]
            );
        }
    }
    let by_type = rdf(&store, &["diff", "2022", "2021", "--type", "place"]);
    let setting = |wanted: &str| by_type.iter().any(|quad| said(&quad.object) == wanted);
    assert!(setting("type=place") && setting("before=2022") && setting("after=2021"));
}

#[test]
fn findings_of_one_question_have_the_same_bytes_and_those_of_another_other_names() {
    let (folder, _) = later();
    let store = folder.path().join("store");
    let file = folder.path().join("findings.ttl");
    let write = |arguments: &[&str]| -> Vec<u8> {
        let path = file.to_string_lossy().into_owned();
        let out = program(&store)
            .env("SOURCE_DATE_EPOCH", "951782400")
            .args(arguments)
            .args(["--rdf", &path])
            .output()
            .unwrap();
        assert!(!out.stdout.is_empty(), "the table is printed besides");
        std::fs::read(&file).unwrap()
    };
    let once = write(&["recurrence"]);
    assert!(text(&once).contains("2000-02-29T00:00:00Z"));
    assert!(once == write(&["recurrence", "--json"]));
    let names = |turtle: &[u8]| -> BTreeSet<String> {
        let quads = parse(turtle);
        of_class(&quads, vocab::FINDING)
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    let more = write(&["recurrence", "--min", "1"]);
    assert!(names(&more).is_disjoint(&names(&once)) && names(&more).len() > names(&once).len());
    let nowhere = folder.path().join("no/such/folder.ttl");
    let out = xiangtu(&store, &["money", "--rdf", &nowhere.to_string_lossy()]);
    assert_eq!(out.status.code(), Some(2));
}
