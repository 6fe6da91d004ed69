//! Changing a store: documents in and out, and the end of a build.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use oxigraph::model::{GraphNameRef, NamedNode, NamedNodeRef, Quad, QuadRef, Term};
use oxigraph::store::BulkLoader;
use rustc_hash::{FxHashMap, FxHashSet};

use super::folder::{Kind, replace_file};
use super::identity::{Scope, join_quads, judged_quads, judgement_iri};
use super::quads::{document_quads, each_quad};
use super::regroup::Regrouped;
use super::units::Homes;
use super::{Sourced, Store, document_iri, failed, knowledge_quads};
use crate::{Result, vocab};

/// Quads that go to the loader at a time. Two such batches are sorted at once while a third gathers: some 100 MB in all,
/// where the loader's own choice takes 2 GB a thread.
pub(super) const BATCH: usize = 32_000;
/// Fewer quads than this are written one by one: the loader makes ten files whatever it is given.
const FEW: usize = 20_000;

/// After so many quads that transactions write or take out they are put on disk: RocksDB would gather 128 MB of them for
/// each of its ten tables, and twice that before it waits.
const IN_MEMORY: usize = 100_000;
/// A document has about so many quads.
const OF_DOCUMENT: usize = 500;

/// Which document has which paths.
#[derive(Default)]
pub(super) struct Paths {
    of: FxHashMap<NamedNode, BTreeSet<String>>,
    owner: FxHashMap<String, NamedNode>,
}

impl Store {
    /// Puts documents in the place of whatever had their content or their paths before.
    ///
    /// A document with new content under an old path replaces the one that was there; the same content under
    /// another path is the same document with two paths. One that is left without a path stays until
    /// [`Store::settle`]: the build may still come to it elsewhere.
    pub fn replace(&mut self, documents: Vec<Sourced>) -> Result<()> {
        if documents.is_empty() {
            return Ok(());
        }
        let mut paths = match self.paths.take() {
            Some(paths) => paths,
            None => self.read_paths()?,
        };
        let mut merged: BTreeMap<String, Sourced> = BTreeMap::new();
        for document in documents {
            match merged.get_mut(&document.hash) {
                Some(same) => same.paths.extend(document.paths),
                None => {
                    merged.insert(document.hash.clone(), document);
                }
            }
        }
        let mut shortened: BTreeSet<NamedNode> = BTreeSet::new();
        for document in merged.values() {
            let iri = document_iri(&document.hash);
            for path in &document.paths {
                if let Some(owner) = paths.owner.get(path).filter(|owner| **owner != iri) {
                    paths.of.entry(owner.clone()).or_default().remove(path);
                    shortened.insert(owner.clone());
                }
            }
        }
        for document in merged.values_mut() {
            let iri = document_iri(&document.hash);
            document
                .paths
                .extend(paths.of.get(&iri).into_iter().flatten().cloned());
            shortened.remove(&iri);
            self.take_out(&iri)?;
            for path in &document.paths {
                paths.owner.insert(path.clone(), iri.clone());
            }
            paths.of.insert(iri, document.paths.clone());
        }
        for document in shortened {
            self.keep_paths(&document, &paths.of[&document])?;
        }
        self.paths = Some(paths);
        self.write(merged.values())?;
        self.renewed(merged.keys())
    }

    fn read_paths(&self) -> Result<Paths> {
        let mut paths = Paths::default();
        for (document, path) in self.values_of(vocab::IDENTIFIER)? {
            paths.owner.insert(path.clone(), document.clone());
            paths.of.entry(document).or_default().insert(path);
        }
        Ok(paths)
    }

    /// Takes a document's other paths from it.
    fn keep_paths(&self, document: &NamedNode, paths: &BTreeSet<String>) -> Result<()> {
        let graph = GraphNameRef::from(document.as_ref());
        let about = Some(document.as_ref().into());
        let old: Vec<Quad> = self
            .inner
            .quads_for_pattern(about, Some(vocab::IDENTIFIER), None, Some(graph))
            .collect::<std::result::Result<_, _>>()
            .map_err(failed)?;
        let is_kept = |quad: &&Quad| matches!(&quad.object, Term::Literal(path) if paths.contains(path.value()));
        for quad in old.iter().filter(|quad| !is_kept(quad)) {
            self.inner.remove(quad).map_err(failed)?;
        }
        Ok(())
    }

    /// Takes a document out, if it is in.
    pub(super) fn take_out(&mut self, document: &NamedNode) -> Result<()> {
        if !self
            .inner
            .contains_named_graph(document.as_ref())
            .map_err(failed)?
        {
            return Ok(());
        }
        if self.touched.lists() || !self.touched.doubtful {
            let nodes = self.nodes_of(document.as_ref())?;
            self.touched.subtract(document, &nodes);
        }
        self.inner
            .remove_named_graph(document.as_ref())
            .map_err(failed)?;
        self.wrote(OF_DOCUMENT)
    }

    /// Says that a transaction has changed so many quads.
    pub(super) fn wrote(&self, quads: usize) -> Result<()> {
        if self.in_memory.fetch_add(quads, Ordering::Relaxed) + quads >= IN_MEMORY {
            self.in_memory.store(0, Ordering::Relaxed);
            #[cfg(feature = "rocksdb")]
            self.inner.flush().map_err(failed)?;
        }
        Ok(())
    }

    /// Writes documents, all in one commit.
    fn write<'a>(&mut self, documents: impl Iterator<Item = &'a Sourced>) -> Result<()> {
        let store = self.inner.clone();
        let mut loader: Option<BulkLoader<'_>> = None;
        let mut waiting: Vec<Quad> = Vec::new();
        let mut load = |quads: &mut Vec<Quad>| {
            let loader = loader.get_or_insert_with(|| loader_of(&store));
            loader.load_quads(std::mem::take(quads)).map_err(failed)
        };
        let mut fresh: FxHashSet<Quad> = FxHashSet::default();
        for document in documents {
            let said = document
                .content
                .as_ref()
                .map_or(0, |e| e.mentions.len() + e.facts.len() + e.indicators.len());
            if self.touched.lists_so_many(said) {
                let quads = document_quads(document);
                self.touched.fresh.insert(document_iri(&document.hash));
                for quad in quads.iter().filter(|q| q.graph_name.is_default_graph()) {
                    if !store.contains(quad).map_err(failed)? && fresh.insert(quad.clone()) {
                        let property = quad.predicate.as_str().to_owned();
                        *self.touched.sums.facts.entry(property).or_default() += 1;
                    }
                }
                waiting.extend(quads);
            } else {
                let mut result = Ok(());
                each_quad(document, |quad| {
                    waiting.push(quad);
                    if waiting.len() >= BATCH && result.is_ok() {
                        result = load(&mut waiting);
                    }
                });
                result?;
            }
            if waiting.len() >= BATCH {
                load(&mut waiting)?;
            }
        }
        if waiting.len() >= FEW {
            load(&mut waiting)?;
        }
        match loader {
            // What the loader has read is saved by its commit only; with it the rest.
            Some(mut loader) => {
                loader.load_quads(waiting).map_err(failed)?;
                loader.commit().map_err(failed)
            }
            None => self.put(&waiting),
        }
    }

    /// Writes a few quads.
    fn put(&self, quads: &[Quad]) -> Result<()> {
        let mut transaction = self.inner.start_transaction().map_err(failed)?;
        transaction.extend(quads.iter().map(Quad::as_ref));
        transaction.commit().map_err(failed)?;
        self.wrote(quads.len())
    }

    pub(super) fn loader(&self) -> BulkLoader<'_> {
        loader_of(&self.inner)
    }

    /// Empties a graph in steps: a transaction holds all that it changes in memory.
    pub(super) fn clear(&self, graph: NamedNodeRef<'_>) -> Result<()> {
        loop {
            let quads: Vec<Quad> = self
                .inner
                .quads_for_pattern(None, None, None, Some(graph.into()))
                .take(BATCH)
                .collect::<std::result::Result<_, _>>()
                .map_err(failed)?;
            if quads.is_empty() {
                return Ok(());
            }
            let mut transaction = self.inner.start_transaction().map_err(failed)?;
            for quad in &quads {
                transaction.remove(QuadRef::from(quad));
            }
            transaction.commit().map_err(failed)?;
            self.wrote(quads.len())?;
        }
    }

    /// Decides which names are one, makes what the documents say together, and writes the store out.
    ///
    /// Costs as much as what the build changed where little is changed and by the judgements of the last build, else as
    /// much as the store. Returns how many judgements were applied and how many name what is not in the graph.
    ///
    /// # Errors
    /// The store fails, or the judgements contradict each other: then the documents' graphs stay as they were.
    pub fn finish(&mut self) -> Result<(usize, usize)> {
        for document in self.touched.fresh.clone() {
            let nodes = self.nodes_of(document.as_ref())?;
            self.touched.add_names(&document, &nodes);
        }
        let judged = match self.regroup()? {
            Some(regrouped) => self.move_few(&regrouped)?,
            None => self.move_all()?,
        };
        for document in std::mem::take(&mut self.touched.fresh) {
            let nodes = self.nodes_of(document.as_ref())?;
            self.touched.add(&document, &nodes);
        }
        let mut touched = std::mem::take(&mut self.touched);
        if touched.knowledge {
            for graph in [vocab::THESAURUS_GRAPH, vocab::ONTOLOGY_GRAPH] {
                self.clear(graph)?;
            }
            let mut loader = self.loader();
            loader.load_quads(knowledge_quads()?).map_err(failed)?;
            loader.commit().map_err(failed)?;
        }
        self.drop_unsupported(&mut touched)?;
        let mut described = FxHashSet::default();
        if touched.lists() {
            described = self.describe_touched(&touched)?;
        } else {
            self.describe_all()?;
        }
        if let Some(folder) = self
            .folder
            .as_ref()
            .filter(|_| self.marker.kind == Kind::File)
        {
            let path = folder.join("facts.nq");
            replace_file(&path, |out| {
                self.write_nquads(out, &path).map_err(std::io::Error::other)
            })?;
        }
        #[cfg(feature = "rocksdb")]
        self.inner.flush().map_err(failed)?;
        let kinds = self.renew_names(&touched, &described)?;
        self.marker.counts = Some(self.renew_counts(&touched, kinds)?);
        self.marker.judgements = self.ledger.fingerprint();
        self.marker.judged = Some(judged);
        self.end()?;
        Ok(judged)
    }

    /// Compares all names and moves those that belong elsewhere.
    fn move_all(&mut self) -> Result<(usize, usize)> {
        let homes = self.home_codes()?;
        let resolution = self.resolution_of_compared(&homes)?;
        self.apply(&resolution, &homes, Scope::All)?;
        self.clear(vocab::JUDGEMENTS_GRAPH)?;
        let joins = resolution.joins.iter().flat_map(join_quads);
        let judged = resolution.judged.iter().flat_map(judged_quads);
        let mut quads = joins.chain(judged).peekable();
        while quads.peek().is_some() {
            let part: Vec<Quad> = quads.by_ref().take(FEW).collect();
            self.put(&part)?;
        }
        Ok((resolution.judged.len(), resolution.idle.len()))
    }

    /// Moves the names that a small change bears on.
    fn move_few(&mut self, regrouped: &Regrouped) -> Result<(usize, usize)> {
        let fresh = self.touched.fresh.clone();
        let scope = Scope::Of(&regrouped.moved, &fresh);
        self.apply(&regrouped.resolution, &Homes::default(), scope)?;
        let mut transaction = self.inner.start_transaction().map_err(failed)?;
        for (left, right, rule) in &regrouped.parted {
            let id = judgement_iri([left.as_str(), right.as_str(), "same", rule]);
            let graph = GraphNameRef::from(vocab::JUDGEMENTS_GRAPH);
            for quad in
                self.inner
                    .quads_for_pattern(Some(id.as_ref().into()), None, None, Some(graph))
            {
                transaction.remove(&quad.map_err(failed)?);
            }
        }
        for join in &regrouped.joined {
            transaction.extend(join_quads(join).iter().map(Quad::as_ref));
        }
        transaction.commit().map_err(failed)?;
        Ok(self.marker.judged.unwrap_or_default())
    }
}

fn loader_of(store: &oxigraph::store::Store) -> BulkLoader<'_> {
    // Two threads of `BATCH` quads each.
    store
        .bulk_loader()
        .with_num_threads(2)
        .with_max_memory_size_in_megabytes(2 * BATCH / 1000)
}
