//! The ontology as the program uses it: labels, captions, order of properties, edges.
//!
//! Read from `ontology/xiangtu.ttl`, the single source of truth, so that no heading, order or edge stands in code.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use oxigraph::model::{NamedNodeRef, NamedOrBlankNode, Quad, Term};

use crate::{Error, Result, embedded, store, vocab};

const PATH: &str = "ontology/xiangtu.ttl";
const RDFS: &str = "http://www.w3.org/2000/01/rdf-schema#";
const OWL: &str = "http://www.w3.org/2002/07/owl#";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// A class or property: what it is called and how it is shown.
#[derive(Clone, Debug, Default)]
pub struct OntologyTerm {
    /// Chinese and English label.
    pub label: [String; 2],
    /// Chinese and English heading over several of a class.
    pub plural: [String; 2],
    /// Properties that name a thing of the class.
    pub caption: Vec<String>,
    /// Properties to show first.
    pub featured: Vec<String>,
    /// Classes above.
    pub parents: Vec<String>,
    /// The same property read backwards.
    pub inverse: Option<String>,
    /// Colour in which things of the class are drawn, as `#RRGGBB`.
    pub colour: Option<String>,
    /// What the term is called in the FollowTheMoney model.
    pub follow_the_money: Option<String>,
    /// Drawn as an edge.
    pub edge: bool,
    /// Classes from which and to which the edge goes.
    pub ends: [Vec<String>; 2],
    /// Class or datatype of the values, where it is one.
    pub range: Option<String>,
    is_class: bool,
    is_property: bool,
}

/// The classes, properties and controlled values.
#[derive(Clone, Debug, Default)]
pub struct Ontology {
    terms: BTreeMap<String, OntologyTerm>,
    values: BTreeMap<String, [String; 2]>,
    columns: BTreeMap<String, String>,
}

impl Ontology {
    /// The ontology that is built into the program.
    pub fn get() -> &'static Self {
        static ONTOLOGY: OnceLock<Ontology> = OnceLock::new();
        ONTOLOGY.get_or_init(|| {
            let text = embedded::file(PATH).unwrap_or_default();
            Self::read(PATH, text)
                .expect("`xiangtu check` and a test hold that the built-in ontology loads")
        })
    }

    /// Reads an ontology from Turtle.
    pub fn read(path: &str, text: &str) -> Result<Self> {
        let quads = store::parse_turtle(path, text, vocab::ONTOLOGY_GRAPH)?;
        let mut ontology = Self::default();
        let lists = Lists::new(&quads);
        for quad in &quads {
            let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
                continue;
            };
            let term = ontology
                .terms
                .entry(subject.as_str().to_owned())
                .or_default();
            term.take(quad, &lists);
        }
        for quad in quads
            .iter()
            .filter(|quad| quad.predicate == vocab::NOTATION)
        {
            if let (NamedOrBlankNode::NamedNode(subject), Term::Literal(code)) =
                (&quad.subject, &quad.object)
            {
                ontology.values.insert(
                    code.value().to_owned(),
                    ontology.terms[subject.as_str()].label.clone(),
                );
            }
        }
        for quad in quads.iter().filter(|quad| quad.predicate == vocab::COLUMN) {
            if let (NamedOrBlankNode::NamedNode(property), Term::Literal(column)) =
                (&quad.subject, &quad.object)
            {
                let property = property.as_str().to_owned();
                ontology.columns.insert(column.value().to_owned(), property);
            }
        }
        Ok(ontology)
    }

    /// The property that holds the values of a column of an analysis.
    pub fn column(&self, analysis: &str, column: &str) -> Option<(&str, &OntologyTerm)> {
        let own = self.columns.get(&format!("{analysis}.{column}"));
        let property = own.or_else(|| self.columns.get(column))?;
        Some((property.as_str(), self.terms.get(property)?))
    }

    /// What is said of a term.
    pub fn term(&self, iri: &str) -> Option<&OntologyTerm> {
        self.terms.get(iri)
    }

    /// Whether a class, property or individual is declared.
    pub fn declares(&self, iri: &str) -> bool {
        self.terms.get(iri).is_some_and(|term| {
            term.is_class || term.is_property || term.label.iter().any(|l| !l.is_empty())
        })
    }

    /// The label of a term in the language (0 Chinese, 1 English); its local name without one.
    pub fn label<'a>(&'a self, iri: &'a str, language: usize) -> &'a str {
        let label = self
            .terms
            .get(iri)
            .map_or("", |term| term.label[language].as_str());
        if label.is_empty() {
            iri.rsplit(['#', '/']).next().unwrap_or(iri)
        } else {
            label
        }
    }

    /// The label of a controlled value such as `ongoing`.
    pub fn value_label<'a>(&'a self, code: &'a str, language: usize) -> &'a str {
        self.values
            .get(code)
            .map_or(code, |label| label[language].as_str())
    }

    /// The colour of a class, as `#RRGGBB`: its own, else that of a class above; grey where none is given.
    pub fn colour(&self, class: &str) -> &str {
        let mut at = self.terms.get(class);
        // The classes above are few; a circle of them would be a fault elsewhere.
        for _ in 0..8 {
            let Some(term) = at else { break };
            if let Some(colour) = &term.colour {
                return colour;
            }
            at = term.parents.first().and_then(|above| self.terms.get(above));
        }
        "#808080"
    }

    /// What a term is called in the FollowTheMoney model.
    pub fn follow_the_money(&self, iri: &str) -> Option<&str> {
        self.terms.get(iri)?.follow_the_money.as_deref()
    }

    /// The properties that are drawn as edges, in order of IRI.
    pub fn edges(&self) -> impl Iterator<Item = (&str, &OntologyTerm)> {
        self.terms
            .iter()
            .filter(|(_, term)| term.edge)
            .map(|(iri, term)| (iri.as_str(), term))
    }

    /// What is wrong with the ontology: a missing label, an unknown parent, a caption that is no property, an edge without ends.
    pub fn faults(&self) -> Vec<Error> {
        let mut faults = Vec::new();
        let mut fault =
            |iri: &str, message: String| faults.push(Error::data(PATH, line_of(iri), message));
        for (iri, term) in self
            .terms
            .iter()
            .filter(|(iri, _)| iri.starts_with(vocab::NS))
        {
            if term.label.iter().any(String::is_empty) {
                fault(
                    iri,
                    format!("{iri}: needs a label in Chinese and in English"),
                );
            }
            for parent in term.parents.iter().filter(|parent| !self.declares(parent)) {
                fault(iri, format!("{iri}: parent {parent} is not declared"));
            }
            for property in term.caption.iter().chain(&term.featured) {
                if !self
                    .terms
                    .get(property)
                    .is_some_and(|term| term.is_property)
                {
                    fault(iri, format!("{iri}: {property} is no declared property"));
                }
            }
            if let Some(colour) = term.colour.as_ref().filter(|colour| !is_colour(colour)) {
                fault(iri, format!("{iri}: {colour} is no colour; write #RRGGBB"));
            }
            if term.edge && term.ends.iter().any(Vec::is_empty) {
                fault(
                    iri,
                    format!("{iri}: an edge needs xt:edgeFrom and xt:edgeTo"),
                );
            }
            for end in term
                .ends
                .iter()
                .flatten()
                .filter(|end| !self.terms.get(*end).is_some_and(|term| term.is_class))
            {
                fault(iri, format!("{iri}: end {end} is no declared class"));
            }
        }
        faults
    }
}

/// Whether a text is `#` and six hexadecimal digits.
fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The line of the file on which a term of ours is declared; 0 if it cannot be told.
fn line_of(iri: &str) -> usize {
    let start = format!("xt:{} a ", iri.strip_prefix(vocab::NS).unwrap_or(iri));
    let text = embedded::file(PATH).unwrap_or_default();
    text.lines()
        .position(|line| line.starts_with(&start))
        .map_or(0, |at| at + 1)
}

impl OntologyTerm {
    fn take(&mut self, quad: &Quad, lists: &Lists) {
        let object = match &quad.object {
            Term::NamedNode(iri) => Some(iri.as_str().to_owned()),
            _ => None,
        };
        let predicate = quad.predicate.as_str();
        let is = |property: NamedNodeRef<'_>| quad.predicate == property;
        if is(vocab::TYPE) {
            let class = object.unwrap_or_default();
            self.is_class |= class == format!("{OWL}Class");
            self.is_property |= class.starts_with(OWL) && class.ends_with("Property")
                || class == format!("{RDF}Property");
        } else if predicate == format!("{RDFS}subClassOf")
            || predicate == format!("{RDFS}subPropertyOf")
        {
            self.parents
                .extend(object.filter(|iri| iri.starts_with(vocab::NS)));
        } else if predicate == format!("{RDFS}label") {
            put(&mut self.label, &quad.object);
        } else if is(vocab::PLURAL) {
            put(&mut self.plural, &quad.object);
        } else if is(vocab::CAPTION) {
            self.caption = lists.items(&quad.object);
        } else if is(vocab::FEATURED) {
            self.featured = lists.items(&quad.object);
        } else if predicate == format!("{OWL}inverseOf") {
            self.inverse = object;
        } else if predicate == format!("{RDFS}range") {
            self.range = object;
        } else if is(vocab::COLOUR) {
            self.colour = text(&quad.object);
        } else if is(vocab::FOLLOW_THE_MONEY) {
            self.follow_the_money = text(&quad.object);
        } else if is(vocab::EDGE) {
            self.edge = matches!(&quad.object, Term::Literal(value) if value.value() == "true");
        } else if is(vocab::EDGE_FROM) {
            self.ends[0].extend(object);
        } else if is(vocab::EDGE_TO) {
            self.ends[1].extend(object);
        }
    }
}

fn text(value: &Term) -> Option<String> {
    match value {
        Term::Literal(value) => Some(value.value().to_owned()),
        _ => None,
    }
}

/// Puts a label at its language's place.
fn put(label: &mut [String; 2], value: &Term) {
    let Term::Literal(value) = value else { return };
    match value.language() {
        Some("zh") => value.value().clone_into(&mut label[0]),
        Some("en") => value.value().clone_into(&mut label[1]),
        _ => {}
    }
}

/// The RDF lists of a file.
struct Lists(BTreeMap<String, (Option<String>, Option<String>)>);

impl Lists {
    fn new(quads: &[Quad]) -> Self {
        let mut cells: BTreeMap<String, (Option<String>, Option<String>)> = BTreeMap::new();
        for quad in quads {
            let NamedOrBlankNode::BlankNode(cell) = &quad.subject else {
                continue;
            };
            let cell = cells.entry(cell.as_str().to_owned()).or_default();
            match (quad.predicate.as_str().strip_prefix(RDF), &quad.object) {
                (Some("first"), Term::NamedNode(item)) => cell.0 = Some(item.as_str().to_owned()),
                (Some("rest"), Term::BlankNode(next)) => cell.1 = Some(next.as_str().to_owned()),
                _ => {}
            }
        }
        Self(cells)
    }

    fn items(&self, head: &Term) -> Vec<String> {
        let mut items = Vec::new();
        let mut at = match head {
            Term::BlankNode(node) => Some(node.as_str().to_owned()),
            _ => None,
        };
        while let Some((first, rest)) = at.and_then(|cell| self.0.get(&cell)) {
            items.extend(first.clone());
            at = if items.len() > self.0.len() {
                None
            } else {
                rest.clone()
            };
        }
        items
    }
}
