//! Findings of analyses as Turtle, to be loaded beside the graph by whoever wants to join them with it.
//!
//! One `xt:Finding` a row, and for all of them one `xt:Run` that says in the words of PROV which command gave them, with
//! which settings, when, and from which store. What a row's values are called stands in the ontology (`xt:column`).

use std::io::{self, Write};

use oxigraph::io::{RdfFormat, RdfSerializer};
use oxigraph::model::vocab::{rdfs, xsd};
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term, TripleRef};

use crate::model::ID_BASE;
use crate::store::Store;
use crate::{Result, clock, vocab};

/// One row of an answer.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The names of what it is about.
    pub label: String,
    /// Its cells, by which it is told from the other rows of the same answer.
    pub cells: Vec<String>,
    /// Properties with their values.
    pub values: Vec<(NamedNode, Term)>,
}

/// The analysis that gave findings.
pub struct Run {
    analysis: String,
    settings: Vec<String>,
    /// Of each store its fingerprint, name and number of documents.
    stores: Vec<(String, String, usize)>,
}

impl Run {
    /// A run of a command with these settings (`name=value`) over these stores.
    pub fn new(analysis: String, settings: Vec<String>, stores: &[&Store]) -> Result<Self> {
        let mut known = Vec::new();
        for store in stores {
            let n_documents = store.documents()?.len();
            known.push((store.fingerprint()?, store.label().to_owned(), n_documents));
        }
        Ok(Self {
            analysis,
            settings,
            stores: known,
        })
    }

    /// Writes it with its findings. The same question to the same store has the same IRIs; the time alone differs.
    pub fn write(&self, findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
        let mut serializer = RdfSerializer::from_format(RdfFormat::Turtle);
        for (prefix, iri) in vocab::PREFIXES {
            serializer = serializer
                .with_prefix(*prefix, *iri)
                .expect("the prefixes are IRIs");
        }
        let mut writer = serializer.for_writer(out);
        let fingerprints = self.stores.iter().map(|(fingerprint, ..)| fingerprint);
        let key: Vec<&String> = [&self.analysis]
            .into_iter()
            .chain(&self.settings)
            .chain(fingerprints)
            .collect();
        let run = iri("run", &key);
        let mut put = |subject: &NamedNode, property: NamedNodeRef<'_>, value: Term| {
            writer.serialize_triple(TripleRef::new(subject, property, &value))
        };
        let software = NamedNode::new_unchecked(format!(
            "{ID_BASE}software/xiangtu-{}",
            env!("CARGO_PKG_VERSION")
        ));
        put(&run, vocab::TYPE, vocab::RUN.into_owned().into())?;
        put(&run, vocab::ANALYSIS, text(&self.analysis))?;
        for setting in &self.settings {
            put(&run, vocab::SETTINGS, text(setting))?;
        }
        for (fingerprint, ..) in &self.stores {
            put(&run, vocab::USED, store_iri(fingerprint).into())?;
        }
        let now = Literal::new_typed_literal(clock::date_time(clock::now()), xsd::DATE_TIME);
        put(&run, vocab::ENDED_AT, now.into())?;
        put(&run, vocab::ASSOCIATED_WITH, software.clone().into())?;
        let agent = vocab::SOFTWARE_AGENT.into_owned();
        put(&software, vocab::TYPE, agent.into())?;
        let name = concat!("xiangtu ", env!("CARGO_PKG_VERSION"));
        put(&software, rdfs::LABEL, text(name))?;
        for (fingerprint, label, n_documents) in &self.stores {
            let store = store_iri(fingerprint);
            put(&store, vocab::TYPE, vocab::STORE.into_owned().into())?;
            put(&store, rdfs::LABEL, text(label))?;
            let n = i64::try_from(*n_documents).expect("no store has so many documents");
            put(&store, vocab::DOCUMENT_COUNT, Literal::from(n).into())?;
        }
        for finding in findings {
            let mut key = vec![run.as_str()];
            key.extend(finding.cells.iter().map(String::as_str));
            let id = iri("finding", &key);
            put(&id, vocab::TYPE, vocab::FINDING.into_owned().into())?;
            put(&id, rdfs::LABEL, text(&finding.label))?;
            put(&id, vocab::GENERATED_BY, run.clone().into())?;
            for (property, value) in &finding.values {
                put(&id, property.as_ref(), value.clone())?;
            }
        }
        writer.finish()?.flush()
    }
}

fn text(text: &str) -> Term {
    Literal::from(text).into()
}

fn store_iri(fingerprint: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{ID_BASE}store/{fingerprint}"))
}

fn iri<T: AsRef<str>>(kind: &str, key: &[T]) -> NamedNode {
    let mut hasher = blake3::Hasher::new();
    for part in key {
        hasher.update(part.as_ref().as_bytes());
        hasher.update(b"\x1f");
    }
    let hash = hasher.finalize().to_hex();
    NamedNode::new_unchecked(format!("{ID_BASE}{kind}/{}", &hash[..32]))
}
