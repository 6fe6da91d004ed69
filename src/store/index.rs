//! The index of names beside the store: written at the end of a build, from all entities or from the last index and
//! what has changed since.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use oxigraph::model::{
    GraphName, GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::folder::{remove_file, replace_file};
use super::read::literal;
use super::touched::Touched;
use super::{Store, failed};
use crate::model::{EntityType, ID_BASE};
use crate::names::{Entry, Names, Writer, changes};
use crate::sorter::{Groups, IN_MEMORY, Sorter};
use crate::{Error, Result, vocab};

/// Where names of entities stand, the place of the first name before the others.
const LABELS: [(NamedNodeRef<'static>, NamedNodeRef<'static>); 4] = [
    (vocab::THESAURUS_GRAPH, vocab::PREF_LABEL),
    (vocab::ENTITIES_GRAPH, vocab::PREF_LABEL),
    (vocab::THESAURUS_GRAPH, vocab::ALT_LABEL),
    (vocab::ENTITIES_GRAPH, vocab::ALT_LABEL),
];

/// The ways in which documents speak of an entity; the first two in statements.
const ROLES: [NamedNodeRef<'static>; 4] =
    [vocab::SUBJECT, vocab::OBJECT, vocab::MENTIONS, vocab::HOME];

/// What is said of an entity, besides its labels.
const KIND: u8 = b'k';
const STATEMENTS: u8 = b's';
const DOCUMENT: u8 = b't';

impl Store {
    /// The index of names: the one beside the store, else one made now in memory.
    pub fn names(&self) -> Result<&Names> {
        if let Some(names) = self.names.get() {
            return Ok(names);
        }
        let stored = match self.names_path() {
            Some(path) => Names::open(&path)?,
            None => None,
        };
        let names = match stored {
            Some(names) => names,
            None => {
                let mut bytes = Vec::new();
                let (writer, _) = self.all_names()?;
                writer
                    .write(&mut bytes)
                    .map_err(|e| Error::Store(format!("cannot index the names: {e}")))?;
                Names::from_bytes(bytes)?
            }
        };
        Ok(self.names.get_or_init(|| names))
    }

    /// The index of the last build, while another one runs.
    pub(super) fn last_names(&self) -> Result<Option<Names>> {
        match self.old_names_path() {
            Some(path) => Ok(Names::open(&path).unwrap_or_default()),
            None => Ok(None),
        }
    }

    fn names_path(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join("names.idx"))
    }

    fn old_names_path(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join("names.old"))
    }

    /// Puts the index where no search finds it: it does not fit a graph that changes.
    pub(super) fn put_names_aside(&mut self) -> Result<()> {
        self.names.take();
        if let (Some(path), Some(old)) = (self.names_path(), self.old_names_path())
            && path.exists()
        {
            std::fs::rename(&path, &old).map_err(|e| Error::file(path, e))?;
        }
        Ok(())
    }

    /// Puts it back where the build has written no other.
    pub(super) fn put_names_back(&self) -> Result<()> {
        let (Some(path), Some(old)) = (self.names_path(), self.old_names_path()) else {
            return Ok(());
        };
        if path.exists() {
            return remove_file(&old);
        }
        // One that another version wrote is no use.
        if self.last_names()?.is_some() {
            return std::fs::rename(&old, &path).map_err(|e| Error::file(path, e));
        }
        self.write_names(self.all_names()?.0)
    }

    /// Writes the index after a build and counts the entities that documents speak of; nothing in memory.
    pub(super) fn renew_names(
        &self,
        touched: &Touched,
        described: &FxHashSet<NamedNode>,
    ) -> Result<Option<BTreeMap<EntityType, usize>>> {
        if self.folder.is_none() {
            return Ok(None);
        }
        let kinds = self.marker.counts.as_ref().map(|counts| &counts.entities);
        if let (true, Some(kinds), Some(names)) = (touched.lists(), kinds, self.last_names()?) {
            let mut kinds = kinds.clone();
            let changed = self.changed_entries(&names, touched, described, &mut kinds)?;
            match names.changed(changed.clone())? {
                Some(bytes) => self.write_changed_names(&bytes)?,
                None => {
                    let mut writer = self.writer();
                    for entry in names.each_entry()? {
                        let entry = entry?;
                        if !changed.contains_key(&entry.id) {
                            writer.add(&entry).map_err(|e| self.unsorted(e))?;
                        }
                    }
                    for entry in changed.values().flatten() {
                        writer.add(entry).map_err(|e| self.unsorted(e))?;
                    }
                    self.write_names(writer)?;
                }
            }
            return Ok(Some(kinds));
        }
        let (writer, kinds) = self.all_names()?;
        self.write_names(writer)?;
        Ok(Some(kinds))
    }

    fn writer(&self) -> Writer {
        match &self.folder {
            Some(folder) => Writer::new(folder),
            None => Writer::new(&std::env::temp_dir()),
        }
    }

    fn write_names(&self, writer: Writer) -> Result<()> {
        match self.names_path() {
            Some(path) => {
                // While there is no index of this name nobody looks for what has changed since.
                remove_file(&changes(&path))?;
                replace_file(&path, |out| writer.write(out))
            }
            None => Ok(()),
        }
    }

    fn write_changed_names(&self, bytes: &[u8]) -> Result<()> {
        let (Some(path), Some(old)) = (self.names_path(), self.old_names_path()) else {
            return Ok(());
        };
        replace_file(&changes(&old), |out| out.write_all(bytes))?;
        std::fs::rename(&old, &path).map_err(|e| Error::file(path, e))
    }

    /// The entries that are others than in the last index; of the numbers of entities those that change are changed.
    fn changed_entries(
        &self,
        names: &Names,
        touched: &Touched,
        described: &FxHashSet<NamedNode>,
        kinds: &mut BTreeMap<EntityType, usize>,
    ) -> Result<BTreeMap<String, Option<Entry>>> {
        let mut changed = BTreeMap::new();
        let ids: BTreeSet<&NamedNode> = described.iter().chain(touched.entities.keys()).collect();
        for id in ids {
            let old = names.entry_of(id.as_str())?;
            let mut new = if described.contains(id) {
                self.entry_of(id)?
            } else {
                old.clone()
            };
            if let Some(new) = &mut new {
                match (touched.entities.get(id), &old) {
                    (change, Some(old)) if !touched.regrouped.contains(id) => {
                        let sum = |n: usize, more: i64| n.saturating_add_signed(more as isize);
                        let (statements, documents) =
                            change.map_or((0, 0), |c| (c.statements, c.documents));
                        new.statements = sum(old.statements, statements);
                        new.documents = sum(old.documents, documents);
                    }
                    _ => (new.statements, new.documents) = self.weight_of(&new.id)?,
                }
            }
            if old != new {
                count_kind(kinds, old.as_ref(), -1);
                count_kind(kinds, new.as_ref(), 1);
                changed.insert(id.as_str().to_owned(), new);
            }
        }
        Ok(changed)
    }

    /// One entity or concept with its names; `None` for what has none.
    fn entry_of(&self, id: &NamedNode) -> Result<Option<Entry>> {
        let mut entry = empty_entry(id);
        for (graph, property) in LABELS {
            let about = Some(id.as_ref().into());
            let graph = Some(GraphNameRef::from(graph));
            for quad in self
                .inner
                .quads_for_pattern(about, Some(property), None, graph)
            {
                let quad = quad.map_err(failed)?;
                if let Some(label) = literal(&quad.object) {
                    add_label(&mut entry, label.value().to_owned(), leads(&quad));
                }
            }
        }
        for class in self
            .node(id, vocab::ENTITIES_GRAPH.into())?
            .iris(vocab::TYPE)
        {
            entry.kind = vocab::entity_type(class.as_str()).or(entry.kind);
        }
        Ok((!entry.names.is_empty()).then(|| in_order(entry)))
    }

    /// Number of statements with an entity as subject or object, and of documents that name it.
    fn weight_of(&self, id: &str) -> Result<(usize, usize)> {
        let id = NamedNode::new_unchecked(id);
        let mut statements = 0;
        let mut documents: FxHashSet<GraphName> = FxHashSet::default();
        for (i, role) in ROLES.into_iter().enumerate() {
            let whom = Some(id.as_ref().into());
            for quad in self.inner.quads_for_pattern(None, Some(role), whom, None) {
                documents.insert(quad.map_err(failed)?.graph_name);
                statements += usize::from(i < 2);
            }
        }
        Ok((statements, documents.len()))
    }

    /// Every entity and concept with its names and how often it is spoken of, and how many of each kind documents speak of.
    fn all_names(&self) -> Result<(Writer, BTreeMap<EntityType, usize>)> {
        let mut writer = self.writer();
        let mut kinds = BTreeMap::new();
        let mut entries = self
            .entities_with_names()?
            .sorted()
            .and_then(|sorted| sorted.groups())
            .map_err(|e| self.unsorted(e))?;
        while entries.next().map_err(|e| self.unsorted(e))? {
            if let Some(entry) = entry_said(&entries) {
                count_kind(&mut kinds, Some(&entry), 1);
                writer.add(&entry).map_err(|e| self.unsorted(e))?;
            }
        }
        Ok((writer, kinds))
    }

    /// Names, kinds, statements and documents of all entities and concepts, with their IRIs as keys.
    fn entities_with_names(&self) -> Result<Sorter> {
        let mut said = self.sorter(IN_MEMORY);
        let mut say = |id: &NamedNode, what: u8, value: &[u8]| {
            let record: [&[u8]; 4] = [id.as_str().as_bytes(), &[0], &[what], value];
            said.add(&record).map_err(|e| self.unsorted(e))
        };
        for (what, (graph, property)) in (0..).zip(LABELS) {
            self.each(property, Some(graph.into()), |quad| {
                if let (NamedOrBlankNode::NamedNode(id), Some(label)) =
                    (&quad.subject, literal(&quad.object))
                {
                    let leads = u8::from(leads(&quad));
                    say(id, what, &[&[leads], label.value().as_bytes()].concat())?;
                }
                Ok(())
            })?;
        }
        self.each(vocab::TYPE, Some(vocab::ENTITIES_GRAPH.into()), |quad| {
            if let (NamedOrBlankNode::NamedNode(id), Term::NamedNode(class)) =
                (&quad.subject, &quad.object)
                && let Some(kind) = vocab::entity_type(class.as_str())
            {
                say(id, KIND, kind.name().as_bytes())?;
            }
            Ok(())
        })?;
        let documents = self.document_iris()?;
        let numbers: FxHashMap<&NamedNode, u32> = documents.iter().zip(0..).collect();
        for (i, role) in ROLES.into_iter().enumerate() {
            // What names one entity stands together.
            let mut of: Option<NamedNode> = None;
            let mut statements = 0_u64;
            let mut named: BTreeSet<u32> = BTreeSet::new();
            let mut end = |id: &NamedNode, statements: u64, named: &mut BTreeSet<u32>| {
                if i < 2 {
                    say(id, STATEMENTS, &statements.to_be_bytes())?;
                }
                std::mem::take(named)
                    .into_iter()
                    .try_for_each(|number| say(id, DOCUMENT, &number.to_be_bytes()))
            };
            self.each(role, None, |quad| {
                if let (Term::NamedNode(id), GraphName::NamedNode(graph)) =
                    (quad.object, &quad.graph_name)
                    && let Some(number) = numbers.get(graph)
                {
                    if let Some(last) = of.as_ref().filter(|last| **last != id) {
                        end(last, statements, &mut named)?;
                        statements = 0;
                    }
                    statements += 1;
                    named.insert(*number);
                    of = Some(id);
                }
                Ok(())
            })?;
            if let Some(last) = of {
                end(&last, statements, &mut named)?;
            }
        }
        Ok(said)
    }

    fn each(
        &self,
        property: NamedNodeRef<'_>,
        graph: Option<GraphNameRef<'_>>,
        mut take: impl FnMut(Quad) -> Result<()>,
    ) -> Result<()> {
        for quad in self
            .inner
            .quads_for_pattern(None, Some(property), None, graph)
        {
            take(quad.map_err(failed)?)?;
        }
        Ok(())
    }
}

/// What an IRI tells of its thing: concepts of the thesaurus have no class among the entities.
pub(super) fn kind_by_iri(id: &NamedNode) -> Option<EntityType> {
    let rest = id.as_str().strip_prefix(ID_BASE)?;
    rest.starts_with("campaign/")
        .then_some(EntityType::Campaign)
}

/// Counts an entity that documents speak of.
fn count_kind(kinds: &mut BTreeMap<EntityType, usize>, entry: Option<&Entry>, more: isize) {
    if let Some(kind) = entry.filter(|e| e.documents > 0).and_then(|e| e.kind) {
        let n = kinds.entry(kind).or_default();
        *n = n.saturating_add_signed(more);
        if *n == 0 {
            kinds.remove(&kind);
        }
    }
}

fn empty_entry(id: &NamedNode) -> Entry {
    Entry {
        id: id.as_str().to_owned(),
        kind: kind_by_iri(id),
        names: Vec::new(),
        statements: 0,
        documents: 0,
    }
}

/// A concept's Chinese name leads, whatever the order in which its labels are read.
fn leads(quad: &Quad) -> bool {
    let language = literal(&quad.object).and_then(|label| label.language());
    quad.predicate == vocab::PREF_LABEL && language == Some("zh")
}

fn add_label(entry: &mut Entry, label: String, leads: bool) {
    let at = if leads { 0 } else { entry.names.len() };
    entry.names.insert(at, label);
}

/// One entity or concept from what is said of it; `None` for what has no name.
fn entry_said(said: &Groups) -> Option<Entry> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut entry = empty_entry(&NamedNode::new_unchecked(text(said.key())));
    let mut document = None;
    for record in said.records() {
        let (what, value) = record.split_first()?;
        match *what {
            KIND => entry.kind = EntityType::from_name(&text(value)).or(entry.kind),
            STATEMENTS => {
                entry.statements += u64::from_be_bytes(value.try_into().ok()?) as usize;
            }
            DOCUMENT => {
                entry.documents += usize::from(document != Some(value));
                document = Some(value);
            }
            _ => {
                let (leads, label) = value.split_first()?;
                add_label(&mut entry, text(label), *leads == 1);
            }
        }
    }
    (!entry.names.is_empty()).then(|| in_order(entry))
}

/// The first name, then the others in order, each once.
fn in_order(mut entry: Entry) -> Entry {
    let others: BTreeSet<String> = entry.names.split_off(1).into_iter().collect();
    let first = entry.names[0].clone();
    let others = others.into_iter().filter(|name| *name != first);
    entry.names.extend(others);
    entry
}
