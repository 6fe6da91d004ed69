//! Names as units, and which of them are one: read, sorted and compared block by block, so that memory does not grow with
//! their number.
//!
//! What documents say of a name stands scattered over the store; sorted by name it is a unit, and units sorted by the
//! blocks that they are in are compared. Only what rules or judgements join is kept.

use std::collections::BTreeMap;

use oxigraph::model::{GraphName, GraphNameRef, NamedNode, NamedOrBlankNode, Term};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::identity::{code_of, is_document};
use super::read::literal;
use super::touched::post;
use super::{Store, failed};
use crate::identity::{
    Block, Ledger, Proposal, Resolution, Rules, Unit, decide, decide_among, is_ruled, part,
    strongest_first,
};
use crate::model::EntityType;
use crate::sorter::{Groups, IN_MEMORY, Sorter, split};
use crate::{Error, Result, vocab};

/// Homes of documents by their IRIs: division codes.
pub(super) type Homes = FxHashMap<NamedNode, String>;

/// So many units are compared at a time.
const AT_A_TIME: usize = 4_000;

/// What is said of a name.
const NAME: u8 = b'n';
const HOME: u8 = b'h';
const POST: u8 = b'p';
/// Between a post and the home of the document that states it.
const BETWEEN: u8 = 0x1F;

/// Two names that a rule would join.
struct Proposed {
    ids: [String; 2],
    rule: &'static str,
    confidence: f64,
}

impl Store {
    /// Which names are one, by the documents of the store and a ledger. Cost: a pass over all names and posts.
    ///
    /// # Errors
    /// The store fails, or the ledger contradicts itself.
    pub fn resolution(&self, ledger: &Ledger) -> Result<Resolution> {
        let mut units = Vec::new();
        self.each_unit(
            &self.home_codes()?,
            |_| true,
            |unit| {
                units.push(unit);
                Ok(())
            },
        )?;
        decide(units, ledger)
    }

    /// The same by the ledger of the build, with those units only that something joins.
    pub(super) fn resolution_of_compared(&self, homes: &Homes) -> Result<Resolution> {
        let ledger = &self.ledger;
        let is_compared = |kind| is_ruled(kind) || !ledger.judgements.is_empty();
        let meant = ledger.meant();
        let mut blocks = self.sorter(IN_MEMORY);
        let mut judged: Vec<Unit> = Vec::new();
        self.each_unit(homes, is_compared, |unit| {
            if meant.may_be(&unit.id, unit.names.keys().map(String::as_str)) {
                judged.push(unit);
                return Ok(());
            }
            self.put_in_blocks(&unit, &mut blocks)
        })?;
        let parts = part(&mut judged, ledger)?;
        for unit in &judged {
            self.put_in_blocks(unit, &mut blocks)?;
        }
        let sorted = blocks.sorted().and_then(|sorted| sorted.groups());
        let (proposed, mut units) = self.proposed(sorted.map_err(|e| self.unsorted(e))?)?;
        units.extend(judged.into_iter().map(|unit| (unit.id.clone(), unit)));
        let units: Vec<Unit> = units.into_values().collect();
        let at = |id: &str| {
            let at = units.binary_search_by(|unit| unit.id.as_str().cmp(id));
            at.expect("the units of all proposals were kept")
        };
        let mut proposals: Vec<Proposal> = proposed
            .into_iter()
            .map(|p| Proposal::new(at(&p.ids[0]), at(&p.ids[1]), p.rule, p.confidence))
            .collect();
        strongest_first(&mut proposals);
        decide_among(units, parts, &proposals, ledger)
    }

    /// The division codes of the documents' homes, as the documents alone give them.
    pub(super) fn home_codes(&self) -> Result<Homes> {
        let mut homes = Homes::default();
        for role in [vocab::HOME, vocab::STATED_HOME] {
            for quad in self.inner.quads_for_pattern(None, Some(role), None, None) {
                let quad = quad.map_err(failed)?;
                if let (NamedOrBlankNode::NamedNode(document), Term::NamedNode(place)) =
                    (quad.subject, quad.object)
                {
                    homes.insert(document, code_of(place.as_str()).to_owned());
                }
            }
        }
        Ok(homes)
    }

    /// Units of the wanted kinds in order of their IRIs.
    fn each_unit(
        &self,
        homes: &Homes,
        wanted: impl Fn(EntityType) -> bool,
        mut take: impl FnMut(Unit) -> Result<()>,
    ) -> Result<()> {
        let mut units = self
            .names_said(homes, wanted)?
            .sorted()
            .and_then(|sorted| sorted.groups())
            .map_err(|e| self.unsorted(e))?;
        while units.next().map_err(|e| self.unsorted(e))? {
            let unit = Unit::new(&text(units.key())).and_then(|unit| with_said(unit, &units));
            if let Some(unit) = unit {
                take(unit)?;
            }
        }
        Ok(())
    }

    /// What documents say of names, with their IRIs as keys.
    fn names_said(&self, homes: &Homes, wanted: impl Fn(EntityType) -> bool) -> Result<Sorter> {
        let is_wanted = |id: &NamedNode| Unit::kind_of(id.as_str()).is_some_and(&wanted);
        let home_of = |document: &NamedNode| homes.get(document).map_or("", String::as_str);
        let mut said = self.sorter(IN_MEMORY);
        let mut say = |id: &NamedNode, what: u8, value: &str, home: &str| {
            let behind = if what == POST { &[BETWEEN][..] } else { &[] };
            let id = id.as_str().as_bytes();
            let record: [&[u8]; 6] = [id, &[0], &[what], value.as_bytes(), behind, home.as_bytes()];
            said.add(&record).map_err(|e| self.unsorted(e))
        };
        for property in [vocab::PREF_LABEL, vocab::ALT_LABEL] {
            for quad in self
                .inner
                .quads_for_pattern(None, Some(property), None, None)
            {
                let quad = quad.map_err(failed)?;
                if let (NamedOrBlankNode::NamedNode(id), GraphName::NamedNode(document)) =
                    (&quad.subject, &quad.graph_name)
                    && is_document(document)
                    && is_wanted(id)
                    && let Some(name) = literal(&quad.object)
                {
                    say(id, NAME, name.value(), "")?;
                    if property == vocab::PREF_LABEL {
                        say(id, HOME, "", home_of(document))?;
                    }
                }
            }
        }
        let posts = Some(vocab::HOLDS_POST.into());
        for quad in self
            .inner
            .quads_for_pattern(None, Some(vocab::PREDICATE), posts, None)
        {
            let quad = quad.map_err(failed)?;
            let (NamedOrBlankNode::NamedNode(statement), GraphName::NamedNode(document)) =
                (quad.subject, quad.graph_name)
            else {
                continue;
            };
            let node = self.node(&statement, GraphNameRef::from(document.as_ref()))?;
            if let Some((person, post)) = post(&node)
                && is_wanted(person)
            {
                say(person, POST, post, home_of(&document))?;
            }
        }
        Ok(said)
    }

    fn put_in_blocks(&self, unit: &Unit, blocks: &mut Sorter) -> Result<()> {
        for block in Block::of(unit) {
            // Neither holds a byte of 0: it is written otherwise in JSON.
            let block = serde_json::to_vec(&block).expect("a block is plain data");
            let unit_json = serde_json::to_vec(unit).expect("a unit is plain data");
            let id = unit.id.as_bytes();
            blocks
                .add(&[&block, &[0], id, &[0], &unit_json])
                .map_err(|e| self.unsorted(e))?;
        }
        Ok(())
    }

    /// What the rules would join, and the units that this is about.
    fn proposed(&self, mut blocks: Groups) -> Result<(Vec<Proposed>, BTreeMap<String, Unit>)> {
        let (mut proposed, mut units) = (Vec::new(), BTreeMap::new());
        let mut waiting: Vec<(Block, Vec<Unit>)> = Vec::new();
        let mut n = 0;
        loop {
            let more = blocks.next().map_err(|e| self.unsorted(e))?;
            if n >= AT_A_TIME || !more {
                let found: Vec<_> = std::mem::take(&mut waiting)
                    .into_par_iter()
                    .flat_map_iter(|(block, units)| propose(&block, units))
                    .collect();
                for (proposal, of_both) in found {
                    units.extend(of_both.map(|unit| (unit.id.clone(), unit)));
                    proposed.push(proposal);
                }
                n = 0;
            }
            if !more {
                return Ok((proposed, units));
            }
            if blocks.len() > 1 {
                let damaged = |e: serde_json::Error| self.unsorted(e.into());
                let block = serde_json::from_slice(blocks.key()).map_err(damaged)?;
                let units = blocks
                    .records()
                    .map(|record| serde_json::from_slice(split(record).1).map_err(damaged))
                    .collect::<Result<Vec<Unit>>>()?;
                n += units.len();
                waiting.push((block, units));
            }
        }
    }

    /// A sorter that keeps so many bytes in memory.
    pub(crate) fn sorter(&self, most: usize) -> Sorter {
        match &self.folder {
            Some(folder) => Sorter::new(folder, most),
            None => Sorter::new(&std::env::temp_dir(), most),
        }
    }

    /// What is sorted could not be put on disk.
    pub(crate) fn unsorted(&self, error: std::io::Error) -> Error {
        Error::file(
            self.folder.clone().unwrap_or_else(std::env::temp_dir),
            error,
        )
    }
}

/// What is proposed within a block, with both units of each proposal.
fn propose(block: &Block, units: Vec<Unit>) -> Vec<(Proposed, [Unit; 2])> {
    let members: Vec<usize> = (0..units.len()).collect();
    let found = Rules::new(&units).propose(block, &members);
    let proposed = found.into_iter().map(|found| {
        let both = [found.a, found.b].map(|i| &units[i]);
        let proposed = Proposed {
            ids: both.map(|unit| unit.id.clone()),
            rule: found.rule,
            confidence: found.confidence,
        };
        (proposed, both.map(|unit| unit.clone().bare()))
    });
    proposed.collect()
}

/// A unit with what documents say of it; `None` where they name nothing so.
fn with_said(mut unit: Unit, said: &Groups) -> Option<Unit> {
    for record in said.records() {
        let (what, value) = record.split_first()?;
        match *what {
            NAME => *unit.names.entry(text(value)).or_default() += 1,
            HOME => *unit.homes.entry(text(value)).or_default() += 1,
            _ => {
                let between = value.iter().rposition(|byte| *byte == BETWEEN)?;
                let (post, home) = (&value[..between], &value[between + 1..]);
                unit.posts.insert((text(post), text(home)));
            }
        }
    }
    (!unit.names.is_empty()).then_some(unit)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
