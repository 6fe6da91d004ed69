//! Which names are one after a small change: only the blocks of names that the change bears on are compared again.
//!
//! The graph of judgements holds every join that the rules propose. A block whose units stay as they were proposes what it
//! proposed before, so the joins that come and go are those of the blocks of units that documents have come to say more
//! or less of; and the groups that may change are those that hang together by joins with one of these.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{NamedNode, Term};
use rustc_hash::{FxHashMap, FxHashSet};

use super::looked::{Edge, Looked, MOST_UNITS};
use super::touched::{Name, Said};
use super::{Store, failed};
use crate::identity::{Block, Join, Resolution, Rules, Unit, plain, precedence};
use crate::model::EntityType;
use crate::{Result, vocab};

/// What has become of the names.
pub(super) struct Regrouped {
    /// The nodes of what has another one than before, and of what documents that came name.
    pub(super) resolution: Resolution,
    /// IRIs of names that have another node than before.
    pub(super) moved: BTreeSet<NamedNode>,
    /// Joins that are made no more.
    pub(super) parted: BTreeSet<Edge>,
    /// Joins that are new.
    pub(super) joined: Vec<Join>,
}

/// Blocks with those of their names that a build has touched, in them now or before.
type Blocks = BTreeMap<Block, BTreeSet<NamedNode>>;

/// Joins as the graph of judgements would have them.
type Joins = BTreeMap<Edge, Join>;

impl Store {
    /// Compares the names that a build has touched with those that the rules compare them with. `None` where that is not
    /// worth while, or where a judgement may bear on them: then all are to be compared.
    pub(super) fn regroup(&self) -> Result<Option<Regrouped>> {
        if !self.touched.lists()
            || !self.is_judged_by(&self.ledger)
            || self.marker.judged.is_none()
            || self.is_judged(&self.touched.names)
        {
            return Ok(None);
        }
        let Some(names) = self.last_names()? else {
            return Ok(None);
        };
        Looked::new(self, names).regroup()
    }

    /// Whether a line of the ledger may mean one of these names.
    fn is_judged(&self, names: &FxHashMap<NamedNode, Name>) -> bool {
        let meant = self.ledger.meant();
        names.iter().any(|(id, name)| {
            let names = name.said.keys().filter_map(|said| match said {
                Said::Name(name) => Some(name.as_str()),
                _ => None,
            });
            meant.may_be(id.as_str(), names)
        })
    }

    /// The node to which the graph has a name belong.
    fn node_now(&self, id: &NamedNode) -> Result<NamedNode> {
        let about = Some(id.as_ref().into());
        let mut moved = self
            .inner
            .quads_for_pattern(about, Some(vocab::REPLACED_BY), None, None);
        match moved.next().transpose().map_err(failed)?.map(|q| q.object) {
            Some(Term::NamedNode(node)) => Ok(node),
            _ => Ok(id.clone()),
        }
    }
}

impl Looked<'_> {
    fn regroup(&mut self) -> Result<Option<Regrouped>> {
        let store = self.store;
        let touched: BTreeSet<NamedNode> = store
            .touched
            .names
            .iter()
            .filter(|(_, name)| name.said.values().any(|n| *n != 0))
            .map(|(id, _)| id.clone())
            .collect();
        let blocks = self.blocks_of(&touched)?;
        let Some((parted, joined)) = self.compare(&blocks)? else {
            return Ok(None);
        };
        let Some(groups) = self.groups(&touched, &parted, &joined)? else {
            return Ok(None);
        };
        let mut nodes: BTreeMap<String, String> = BTreeMap::new();
        let mut moved = BTreeSet::new();
        let mut settled: FxHashSet<NamedNode> = FxHashSet::default();
        for group in groups {
            let units: Vec<&Unit> = group
                .iter()
                .filter_map(|id| self.units.get(id).and_then(Option::as_ref))
                .collect();
            let Some(head) = units.iter().copied().min_by_key(|unit| precedence(unit)) else {
                continue;
            };
            for id in group {
                let before = match store.touched.names.get(&id).and_then(|n| n.node.clone()) {
                    Some(node) => node,
                    None => store.node_now(&id)?,
                };
                if head.id != id.as_str() {
                    nodes.insert(id.as_str().to_owned(), head.id.clone());
                }
                settled.insert(id.clone());
                if head.id != before.as_str() {
                    moved.insert(id);
                }
            }
        }
        // What a document that came names may belong to another node as before.
        for (id, name) in &store.touched.names {
            if settled.contains(id) {
                continue;
            }
            let node = match &name.node {
                Some(node) => node.clone(),
                None => store.node_now(id)?,
            };
            if node != *id {
                nodes.insert(id.as_str().to_owned(), node.into_string());
            }
        }
        Ok(Some(Regrouped {
            resolution: Resolution::of_nodes(nodes),
            moved,
            parted,
            joined: joined.into_values().collect(),
        }))
    }

    /// The blocks in which these are now or were before.
    fn blocks_of(&mut self, touched: &BTreeSet<NamedNode>) -> Result<Blocks> {
        let mut all = Blocks::new();
        for id in touched {
            let now = self.unit(id)?.cloned();
            let mut blocks: BTreeSet<Block> = now.iter().flat_map(Block::of).collect();
            let Some(mut any) = now.or_else(|| Unit::new(id.as_str())) else {
                continue;
            };
            let said = self.store.touched.names[id].said.keys();
            for said in said {
                match said {
                    Said::Home(home) => {
                        any.homes.insert(home.clone(), 1);
                    }
                    // The name that most documents use may have been any of these.
                    Said::Name(name) if any.kind == EntityType::Person => {
                        blocks.insert(Block::Persons(plain(name)));
                    }
                    _ => {}
                }
            }
            if any.kind == EntityType::Person {
                let names = any.names.keys();
                blocks.extend(names.map(|name| Block::Persons(plain(name))));
            } else {
                blocks.extend(Block::of(&any));
            }
            for block in blocks {
                all.entry(block).or_default().insert(id.clone());
            }
        }
        Ok(all)
    }

    /// The joins that are made no more and those that are new.
    fn compare(&mut self, blocks: &Blocks) -> Result<Option<(BTreeSet<Edge>, Joins)>> {
        let mut proposed = Joins::new();
        let mut gone: BTreeSet<Edge> = BTreeSet::new();
        for (block, touched) in blocks {
            let Some(joins) = self.propose(block)? else {
                return Ok(None);
            };
            proposed.extend(joins.0);
            let together: BTreeSet<&NamedNode> = joins.1.iter().chain(touched).collect();
            for id in &together {
                for edge in self.edges(id)? {
                    if together.contains(&edge.0) && together.contains(&edge.1) {
                        gone.insert(edge.clone());
                    }
                }
            }
        }
        gone.retain(|edge| !proposed.contains_key(edge) && edge.2 != "ledger");
        let mut parted = BTreeSet::new();
        for edge in gone {
            let mut still = false;
            for block in self.common_blocks(&edge.0, &edge.1)? {
                if blocks.contains_key(&block) {
                    continue;
                }
                let Some(joins) = self.propose(&block)? else {
                    return Ok(None);
                };
                still |= joins.0.contains_key(&edge);
            }
            if !still {
                parted.insert(edge);
            }
        }
        for edge in proposed.keys().cloned().collect::<Vec<_>>() {
            if self.edges(&edge.0)?.contains(&edge) {
                proposed.remove(&edge);
            }
        }
        Ok(Some((parted, proposed)))
    }

    /// The groups that may be others than before; `None` where a judgement bears on one.
    fn groups(
        &mut self,
        touched: &BTreeSet<NamedNode>,
        parted: &BTreeSet<Edge>,
        joined: &Joins,
    ) -> Result<Option<Vec<Vec<NamedNode>>>> {
        let mut new: FxHashMap<&NamedNode, Vec<&NamedNode>> = FxHashMap::default();
        for (left, right, _) in joined.keys() {
            new.entry(left).or_default().push(right);
            new.entry(right).or_default().push(left);
        }
        let mut starts: BTreeSet<NamedNode> = touched.clone();
        for (left, right, _) in parted {
            starts.extend([left.clone(), right.clone()]);
        }
        starts.extend(new.keys().map(|id| (*id).clone()));
        let mut seen: BTreeSet<NamedNode> = BTreeSet::new();
        let mut groups = Vec::new();
        for start in starts {
            if !seen.insert(start.clone()) {
                continue;
            }
            let mut group = vec![start];
            let mut at = 0;
            while let Some(id) = group.get(at).cloned() {
                at += 1;
                let mut others: Vec<NamedNode> = Vec::new();
                for edge in self.edges(&id)? {
                    let (left, right, rule) = edge;
                    if rule == "ledger" {
                        return Ok(None);
                    }
                    if !parted.contains(edge) {
                        others.push(if *left == id { right } else { left }.clone());
                    }
                }
                let joined = new.get(&id).into_iter().flatten();
                others.extend(joined.map(|other| (*other).clone()));
                for other in others {
                    if seen.insert(other.clone()) {
                        group.push(other);
                    }
                }
                self.unit(&id)?;
                if self.units.len() > MOST_UNITS {
                    return Ok(None);
                }
            }
            groups.push(group);
        }
        Ok(Some(groups))
    }

    /// What a block proposes now, and its units; `None` where there are too many.
    fn propose(&mut self, block: &Block) -> Result<Option<(Joins, Vec<NamedNode>)>> {
        let Some(ids) = self.members(block)? else {
            return Ok(None);
        };
        let units: Vec<Unit> = ids
            .iter()
            .filter_map(|id| self.units[id].clone())
            .filter(|unit| Block::of(unit).contains(block))
            .collect();
        let members: Vec<usize> = (0..units.len()).collect();
        let mut joins = BTreeMap::new();
        for found in Rules::new(&units).propose(block, &members) {
            let [left, right] = [found.a, found.b].map(|i| units[i].id.clone());
            let edge = (
                NamedNode::new_unchecked(&left),
                NamedNode::new_unchecked(&right),
                found.rule.to_owned(),
            );
            joins.insert(
                edge,
                Join {
                    left,
                    right,
                    rule: found.rule,
                    confidence: found.confidence,
                },
            );
        }
        let ids = units.into_iter().map(|u| NamedNode::new_unchecked(u.id));
        Ok(Some((joins, ids.collect())))
    }
}
