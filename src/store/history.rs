//! What a build has to know of the builds before it: which documents are in, by which knowledge, under which paths.
//!
//! The store's marker names the knowledge by which documents were extracted (a fingerprint), and lists those that were
//! extracted by another one and not yet again. Whatever is in the store and not on that list need not be extracted.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use rustc_hash::FxHashMap;

use super::{Kind, Store, document_iri, failed, write_marker};
use crate::model::ID_BASE;
use crate::{Error, Result, vocab};

/// A document that was in the store before the build.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeldDocument {
    /// Whether it was extracted by the knowledge of this build.
    pub fresh: bool,
    /// Why it was set aside.
    pub reason: Option<String>,
    /// Its format, where it was read by a guess.
    pub guessed: Option<String>,
    /// Corrections of the user that changed something in it.
    pub corrections: BTreeSet<String>,
}

/// What was in the store before the build.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    /// Documents by the hash of their content.
    pub documents: FxHashMap<String, HeldDocument>,
    /// All their paths.
    pub paths: BTreeSet<String>,
}

/// What giving documents their paths did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Whether anything changed.
    pub changed: bool,
    /// Documents taken out because their files are not among those given.
    pub pruned: usize,
}

impl Store {
    /// Says that documents are about to change, and by which knowledge they are extracted from now on.
    pub fn begin(&mut self, knowledge: &str) -> Result<()> {
        if let Some(mark) = self.unfinished_mark() {
            std::fs::write(&mark, "").map_err(|e| Error::file(mark, e))?;
        }
        if self.marker.knowledge != knowledge {
            self.marker.outdated = self
                .document_iris()?
                .iter()
                .map(|iri| hash_of(iri).to_owned())
                .collect();
            self.marker.knowledge = knowledge.to_owned();
            self.save_marker()?;
        }
        self.drop_names()
    }

    /// Whether the last build ended and was made by this knowledge, so that what documents say together holds still.
    pub fn is_current(&self, knowledge: &str) -> bool {
        !self.is_unfinished() && self.marker.knowledge == knowledge
    }

    /// What is in the store.
    pub fn held(&self) -> Result<Held> {
        let mut held = Held::default();
        for (document, _) in self.values_of(vocab::STATE)? {
            let hash = hash_of(&document).to_owned();
            let fresh = !self.marker.outdated.contains(&hash);
            held.documents.entry(hash).or_default().fresh = fresh;
        }
        for (document, reason) in self.values_of(vocab::REASON)? {
            if let Some(known) = held.documents.get_mut(hash_of(&document)) {
                known.reason = Some(reason);
            }
        }
        for (document, _) in self.values_of(vocab::GUESSED)? {
            let format = self.node(&document, document.as_ref().into())?;
            if let Some(known) = held.documents.get_mut(hash_of(&document)) {
                known.guessed = format.text(vocab::FORMAT).map(str::to_owned);
            }
        }
        for (hash, known) in &mut held.documents {
            known.corrections = self.corrections_of(&document_iri(hash))?;
        }
        let paths = self.values_of(vocab::IDENTIFIER)?;
        held.paths = paths.into_iter().map(|(_, path)| path).collect();
        Ok(held)
    }

    /// The corrections of the user that changed something in any document.
    pub fn corrections(&self) -> Result<BTreeSet<String>> {
        let mut all = BTreeSet::new();
        for document in self.document_iris()? {
            all.extend(self.corrections_of(&document)?);
        }
        Ok(all)
    }

    /// One look-up: the rules of statements, which are many, have the same property.
    fn corrections_of(&self, document: &NamedNode) -> Result<BTreeSet<String>> {
        let subject = document.as_ref().into();
        let graph = document.as_ref().into();
        let rules =
            self.inner
                .quads_for_pattern(Some(subject), Some(vocab::RULE), None, Some(graph));
        let text = |quad: Quad| match quad.object {
            Term::Literal(value) => value.value().to_owned(),
            other => other.to_string(),
        };
        rules.map(|quad| quad.map(text).map_err(failed)).collect()
    }

    /// Gives every document the paths under which it was seen, and takes out those that are left without any.
    ///
    /// `seen` has the hashes of what was found under each path. A path that is not among them stays with its document,
    /// unless `prune`.
    pub fn settle(
        &mut self,
        seen: &BTreeMap<String, BTreeSet<String>>,
        prune: bool,
    ) -> Result<Settled> {
        let mut missing: BTreeSet<(NamedNode, String)> = BTreeSet::new();
        for (path, hashes) in seen {
            missing.extend(hashes.iter().map(|hash| (document_iri(hash), path.clone())));
        }
        let mut placed: BTreeSet<NamedNode> = missing.iter().map(|(iri, _)| iri.clone()).collect();
        let mut unseen: BTreeSet<NamedNode> = BTreeSet::new();
        let mut settled = Settled::default();
        for (document, path) in self.values_of(vocab::IDENTIFIER)? {
            let found = seen.get(&path);
            if found.map_or(!prune, |hashes| hashes.contains(hash_of(&document))) {
                missing.remove(&(document.clone(), path));
                placed.insert(document);
                continue;
            }
            let quad = path_quad(&document, &path);
            self.inner.remove(&quad).map_err(failed)?;
            settled.changed = true;
            if found.is_none() {
                unseen.insert(document);
            }
        }
        for (document, path) in missing {
            let quad = path_quad(&document, &path);
            self.inner.insert(&quad).map_err(failed)?;
            settled.changed = true;
        }
        for document in self.document_iris()? {
            if placed.contains(&document) {
                continue;
            }
            self.inner
                .remove_named_graph(document.as_ref())
                .map_err(failed)?;
            self.marker.outdated.remove(hash_of(&document));
            settled.changed = true;
            settled.pruned += usize::from(unseen.contains(&document));
        }
        Ok(settled)
    }

    /// Says that these documents were extracted by the knowledge of this build.
    pub(super) fn renewed<'a>(&mut self, hashes: impl Iterator<Item = &'a String>) -> Result<()> {
        let before = self.marker.outdated.len();
        for hash in hashes {
            self.marker.outdated.remove(hash);
        }
        // A store in a file is written out at the end only, and its marker after it.
        if before == self.marker.outdated.len() || self.marker.kind == Kind::File {
            return Ok(());
        }
        self.save_marker()
    }

    /// Says that the build has ended. Only when nothing changed does it end without [`Store::finish`].
    pub fn end(&self) -> Result<()> {
        self.save_marker()?;
        self.write_names()?;
        match self.unfinished_mark() {
            Some(mark) if mark.exists() => {
                std::fs::remove_file(&mark).map_err(|e| Error::file(mark, e))
            }
            _ => Ok(()),
        }
    }

    fn save_marker(&self) -> Result<()> {
        match &self.folder {
            Some(folder) => write_marker(folder, &self.marker),
            None => Ok(()),
        }
    }

    /// The documents that have a property, with its literal values.
    fn values_of(
        &self,
        property: oxigraph::model::NamedNodeRef<'_>,
    ) -> Result<Vec<(NamedNode, String)>> {
        let mut values = Vec::new();
        for quad in self
            .inner
            .quads_for_pattern(None, Some(property), None, None)
        {
            let quad = quad.map_err(failed)?;
            if let (NamedOrBlankNode::NamedNode(document), Term::Literal(value)) =
                (quad.subject, quad.object)
                && !hash_of(&document).is_empty()
            {
                values.push((document, value.value().to_owned()));
            }
        }
        Ok(values)
    }
}

/// The hash in a document's IRI; empty for what is no document.
fn hash_of(document: &NamedNode) -> &str {
    let rest = document.as_str().strip_prefix(ID_BASE);
    rest.and_then(|rest| rest.strip_prefix("document/"))
        .unwrap_or_default()
}

fn path_quad(document: &NamedNode, path: &str) -> Quad {
    Quad::new(
        document.clone(),
        vocab::IDENTIFIER,
        Literal::from(path),
        document.clone(),
    )
}
