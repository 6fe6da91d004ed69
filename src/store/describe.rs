//! Describes every entity anew, in order of their IRIs and some thousand at a time, so that memory does not grow with
//! their number.

use std::collections::BTreeSet;

use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, TermRef};
use rayon::prelude::*;

use super::change::BATCH;
use super::derive::{Years, divisions_from, document_of, place_iri};
use super::{Store, failed};
use crate::model::EntityType;
use crate::sorter::{Groups, IN_MEMORY, Sorter};
use crate::{Result, vocab};

/// So many entities are described at a time.
const AT_A_TIME: usize = 4_000;

/// Why an entity is described: documents describe it, a division below it is spoken of, a name was moved to it.
const SAID: u8 = b'e';
const BROUGHT: u8 = b'b';
const MEMBER: u8 = b'm';

/// An entity to be described.
struct Waiting {
    id: NamedNode,
    members: BTreeSet<NamedNode>,
    brought: bool,
}

impl Store {
    /// Describes every entity anew.
    pub(super) fn describe_all(&self) -> Result<()> {
        self.clear(vocab::ENTITIES_GRAPH)?;
        let mut entities = self
            .entities_said()?
            .sorted()
            .and_then(|sorted| sorted.groups())
            .map_err(|e| self.unsorted(e))?;
        let years = Years::default();
        let described = |of: &Waiting| self.described(&of.id, &of.members, of.brought, &years);
        let mut loader = self.loader();
        let mut waiting: Vec<Waiting> = Vec::new();
        let mut quads: Vec<Quad> = Vec::new();
        loop {
            let more = entities.next().map_err(|e| self.unsorted(e))?;
            if waiting.len() >= AT_A_TIME || !more {
                let part = waiting
                    .par_iter()
                    .map(described)
                    .collect::<Result<Vec<_>>>()?;
                waiting.clear();
                quads.extend(part.into_iter().flatten());
                if quads.len() >= BATCH || !more {
                    loader
                        .load_quads(std::mem::take(&mut quads))
                        .map_err(failed)?;
                }
            }
            if !more {
                return loader.commit().map_err(failed);
            }
            waiting.push(Waiting::of(&entities));
        }
    }

    /// The entities, with why each is to be described.
    fn entities_said(&self) -> Result<Sorter> {
        let mut entities = self.sorter(IN_MEMORY);
        let mut say = |id: &NamedNode, why: u8, value: &str| {
            let record: [&[u8]; 4] = [id.as_str().as_bytes(), &[0], &[why], value.as_bytes()];
            entities.add(&record).map_err(|e| self.unsorted(e))
        };
        for kind in EntityType::ALL {
            let class = vocab::class(kind);
            let mut last: Option<NamedNode> = None;
            self.each_said(vocab::TYPE, Some(class.into()), |quad| {
                // Quads of one thing stand together.
                if let NamedOrBlankNode::NamedNode(id) = quad.subject
                    && last.as_ref() != Some(&id)
                {
                    say(&id, SAID, "")?;
                    last = Some(id);
                }
                Ok(())
            })?;
        }
        let mut last: Option<(NamedNode, NamedNode)> = None;
        self.each_said(vocab::REPLACED_BY, None, |quad| {
            if let (NamedOrBlankNode::NamedNode(name), Term::NamedNode(entity)) =
                (quad.subject, quad.object)
                && last
                    .as_ref()
                    .is_none_or(|(e, n)| (e, n) != (&entity, &name))
            {
                say(&entity, MEMBER, name.as_str())?;
                last = Some((entity, name));
            }
            Ok(())
        })?;
        let mut codes: BTreeSet<String> = BTreeSet::new();
        self.each_said(vocab::CODE, None, |quad| {
            if let Term::Literal(code) = &quad.object
                && !codes.contains(code.value())
            {
                codes.insert(code.value().to_owned());
            }
            Ok(())
        })?;
        let above = codes.iter().flat_map(|code| divisions_from(code));
        let above: BTreeSet<String> = above.map(|division| division.code).collect();
        for code in above {
            say(&place_iri(&code), BROUGHT, "")?;
        }
        Ok(entities)
    }

    /// What documents say with a property, and of a value where one is given; quads of one value stand together.
    fn each_said(
        &self,
        property: NamedNodeRef<'_>,
        value: Option<TermRef<'_>>,
        mut take: impl FnMut(Quad) -> Result<()>,
    ) -> Result<()> {
        for quad in self
            .inner
            .quads_for_pattern(None, Some(property), value, None)
        {
            let quad = quad.map_err(failed)?;
            if document_of(&quad.graph_name).is_some() {
                take(quad)?;
            }
        }
        Ok(())
    }
}

impl Waiting {
    fn of(entity: &Groups) -> Self {
        let iri = |bytes: &[u8]| NamedNode::new_unchecked(String::from_utf8_lossy(bytes));
        let mut waiting = Self {
            id: iri(entity.key()),
            members: BTreeSet::new(),
            brought: false,
        };
        for record in entity.records() {
            match record.split_first() {
                Some((&MEMBER, name)) => drop(waiting.members.insert(iri(name))),
                Some((&BROUGHT, _)) => waiting.brought = true,
                _ => {}
            }
        }
        waiting
    }
}
