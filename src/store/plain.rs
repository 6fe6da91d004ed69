//! Plain triples: what statements say without document, place and certainty, each once in the default graph.
//!
//! A plain triple is written with each document that states it, and taken out with its last statement.

use std::collections::BTreeSet;

use oxigraph::model::{GraphName, GraphNameRef, NamedOrBlankNode, Triple};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::quads::plain_object;
use super::read::Node;
use super::touched::Touched;
use super::{Store, failed};
use crate::{Result, vocab};

/// So many triples are looked at a time.
const AT_A_TIME: usize = 20_000;

/// The plain triple that a statement supports.
pub(super) fn plain_triple(statement: &Node) -> Option<Triple> {
    let subject = statement.iris(vocab::SUBJECT).next()?.clone();
    let property = statement.iris(vocab::PREDICATE).next()?.clone();
    let object = plain_object(
        property.as_ref(),
        statement.iris(vocab::OBJECT).next(),
        statement.text(vocab::INDICATOR),
        statement.text(vocab::VALUE),
        statement.text(vocab::UNIT_AS_WRITTEN),
    )?;
    Some(Triple::new(subject, property, object))
}

impl Store {
    /// Takes out the plain triples that no statement supports any more.
    pub(super) fn drop_unsupported(&self, touched: &mut Touched) -> Result<()> {
        let mut gone: Vec<Triple> = std::mem::take(&mut touched.gone).into_iter().collect();
        if touched.doubtful {
            let mut waiting = Vec::new();
            // In this order a subject's triples stand together.
            for quad in
                self.inner
                    .quads_for_pattern(None, None, None, Some(GraphNameRef::DefaultGraph))
            {
                let triple = Triple::from(quad.map_err(failed)?);
                if waiting.len() >= AT_A_TIME
                    && waiting
                        .last()
                        .is_some_and(|last: &Triple| last.subject != triple.subject)
                {
                    self.drop_if_unsupported(std::mem::take(&mut waiting), touched)?;
                }
                waiting.push(triple);
            }
            return self.drop_if_unsupported(waiting, touched);
        }
        gone.sort_by_cached_key(|triple| triple.subject.to_string());
        self.drop_if_unsupported(gone, touched)
    }

    fn drop_if_unsupported(&self, triples: Vec<Triple>, touched: &mut Touched) -> Result<()> {
        let groups: Vec<&[Triple]> = triples.chunk_by(|a, b| a.subject == b.subject).collect();
        let lost = groups
            .par_iter()
            .map(|group| self.unsupported(group))
            .collect::<Result<Vec<_>>>()?;
        for triple in lost.into_iter().flatten() {
            let quad = triple.clone().in_graph(GraphName::DefaultGraph);
            if self.inner.contains(&quad).map_err(failed)? {
                self.inner.remove(&quad).map_err(failed)?;
                let property = triple.predicate.into_string();
                *touched.sums.facts.entry(property).or_default() -= 1;
            }
        }
        Ok(())
    }

    /// Those of one subject's triples that no statement supports.
    fn unsupported(&self, triples: &[Triple]) -> Result<FxHashSet<Triple>> {
        let mut wanted: FxHashSet<Triple> = triples.iter().cloned().collect();
        let Some(NamedOrBlankNode::NamedNode(subject)) = triples.first().map(|t| &t.subject) else {
            return Ok(wanted);
        };
        let about = Some(subject.as_ref().into());
        for quad in self
            .inner
            .quads_for_pattern(None, Some(vocab::SUBJECT), about, None)
        {
            let quad = quad.map_err(failed)?;
            if let NamedOrBlankNode::NamedNode(statement) = &quad.subject {
                let node = self.node(statement, quad.graph_name.as_ref())?;
                if let Some(triple) = plain_triple(&node) {
                    wanted.remove(&triple);
                }
            }
            if wanted.is_empty() {
                break;
            }
        }
        Ok(wanted)
    }

    /// The plain triples that these statements support.
    pub(crate) fn plain_triples(&self, statements: &BTreeSet<&str>) -> Result<BTreeSet<String>> {
        let mut triples = BTreeSet::new();
        for document in self.document_iris()? {
            for (id, node) in self.nodes_of(document.as_ref())? {
                if statements.contains(id.as_str())
                    && let Some(triple) = plain_triple(&node)
                {
                    triples.insert(triple.to_string());
                }
            }
        }
        Ok(triples)
    }
}
