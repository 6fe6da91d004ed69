//! Why two names are one node or two, and which pairs somebody should look at, with the sentences behind them.

use std::collections::BTreeSet;

use oxigraph::model::{GraphName, GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode};
use serde::Serialize;

use super::{Store, failed};
use crate::identity::{
    self, Candidate, Endpoint, Ground, Join, Judged, Ledger, Resolution, Unit, plain,
};
use crate::model::{EntityType, ID_BASE};
use crate::{Error, Result, vocab};

/// So many sentences are shown of each name.
const QUOTES: usize = 2;

/// One of two names, as the documents alone give it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side {
    /// IRI that the documents give it.
    pub id: String,
    /// IRI of the node that it belongs to.
    pub node: String,
    /// Its name, the one that most documents use.
    pub name: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// The places that its documents are about.
    pub places: Vec<String>,
    /// Number of documents.
    pub documents: usize,
    /// Number of statements about its node.
    pub statements: usize,
    /// Posts, of a person.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub posts: Vec<String>,
    /// Sentences that name it.
    pub quotes: Vec<Said>,
}

/// A sentence that names a thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Said {
    /// Path of the document.
    pub document: String,
    /// The sentence.
    pub quote: String,
}

/// Why two names are one node, or two.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Identity {
    /// What kind of thing both are.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// The one.
    pub left: Side,
    /// The other.
    pub right: Side,
    /// Whether they are one node.
    pub one: bool,
    /// The rules that joined their nodes, where rules did.
    pub joins: Vec<Join>,
    /// Lines of the ledger about them.
    pub judged: Vec<Judged>,
    /// What speaks for and against it.
    pub grounds: Vec<Ground>,
    /// A line of the ledger that would change it.
    pub change: String,
}

/// A pair to look at, with all that a reader needs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reviewed {
    /// Rank: doubt times the logarithm of the facts that hang on it.
    pub weight: f64,
    /// How unsure it is, 0 to 1.
    pub doubt: f64,
    /// Why it is asked.
    pub why: &'static str,
    /// The pair.
    #[serde(flatten)]
    pub identity: Identity,
}

impl Store {
    /// Why two names are one node or two; `None` where they are of different types.
    ///
    /// A name is an IRI, the end of one, a division code, a name, `name@place` or `type:name@place`. Cost: that of
    /// [`Store::resolution`].
    ///
    /// # Errors
    /// A name that nothing has, or that several things have.
    pub fn explain_identity(
        &self,
        one: &str,
        other: &str,
        ledger: &Ledger,
    ) -> Result<Option<Identity>> {
        let resolution = self.resolution(ledger)?;
        let Some((a, b)) = self.pair(&resolution, one, other)? else {
            return Ok(None);
        };
        Ok(Some(self.identity_of(&resolution, a, b)?))
    }

    /// The endpoint of the ledger that a name means.
    ///
    /// # Errors
    /// Nothing or several things have the name.
    pub fn endpoint(&self, resolution: &Resolution, name: &str) -> Result<Endpoint> {
        if let Some(endpoint) = Endpoint::parse(name) {
            if let Endpoint::Name { .. } = endpoint {
                resolution.meant(&endpoint)?;
            }
            return Ok(endpoint);
        }
        let units = self.units_called(resolution, name)?;
        match units[..] {
            [unit] => Ok(Endpoint::Iri(unit.id.clone())),
            _ => Err(several(name, &units)),
        }
    }

    /// Pairs that somebody should look at, the weightiest first; at most `limit` of those of a type and in a place (code).
    pub fn review(
        &self,
        ledger: &Ledger,
        kind: Option<EntityType>,
        at: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<Reviewed>, usize)> {
        let resolution = self.resolution(ledger)?;
        let mut found: Vec<(f64, Candidate)> = Vec::new();
        for candidate in identity::candidates(&resolution) {
            let units = [&candidate.left, &candidate.right].map(|id| resolution.unit(id));
            let [Some(a), Some(b)] = units else {
                continue;
            };
            let fits = |unit: &Unit| {
                at.is_none_or(|at| unit.homes.keys().any(|home| home.starts_with(at)))
            };
            if kind.is_some_and(|kind| kind != a.kind) || !(fits(a) || fits(b)) {
                continue;
            }
            let mut facts = 0;
            for node in BTreeSet::from([resolution.node(&a.id, ""), resolution.node(&b.id, "")]) {
                facts += self.n_statements(NamedNodeRef::new_unchecked(node));
            }
            let facts = (facts + a.documents() + b.documents()) as f64;
            found.push((candidate.doubt * facts.ln_1p(), candidate));
        }
        found.sort_by(|(x, a), (y, b)| {
            y.total_cmp(x)
                .then_with(|| (&a.left, &a.right).cmp(&(&b.left, &b.right)))
        });
        let n = found.len();
        let mut rows = Vec::new();
        for (weight, candidate) in found.into_iter().take(limit) {
            let units = [&candidate.left, &candidate.right].map(|id| resolution.unit(id));
            if let [Some(a), Some(b)] = units {
                rows.push(Reviewed {
                    weight: (weight * 1000.0).round() / 1000.0,
                    doubt: (candidate.doubt * 1000.0).round() / 1000.0,
                    why: candidate.why,
                    identity: self.identity_of(&resolution, a, b)?,
                });
            }
        }
        Ok((rows, n))
    }

    fn identity_of(&self, resolution: &Resolution, a: &Unit, b: &Unit) -> Result<Identity> {
        let (left, right) = (self.side(resolution, a)?, self.side(resolution, b)?);
        let one = left.node == right.node;
        let concerns = |x: &str, y: &str| {
            let node = |id: &str| resolution.node(id, "").to_owned();
            let nodes = [&left.node, &right.node];
            let ids = [&left.id, &right.id];
            ids.iter().any(|id| *id == x) && ids.iter().any(|id| *id == y)
                || nodes.contains(&&node(x)) && nodes.contains(&&node(y))
        };
        let joins = resolution
            .joins
            .iter()
            .filter(|j| one && concerns(&j.left, &j.right));
        let judged = resolution
            .judged
            .iter()
            .filter(|j| concerns(&j.left, &j.right));
        let endpoint = |side: &Side| side.id.strip_prefix(ID_BASE).unwrap_or(&side.id).to_owned();
        let verdict = if one { "different" } else { "same" };
        let change = if left.id == right.id {
            // One IRI is parted by the homes of its documents.
            let at = |place: Option<&String>| {
                let place = place.map_or(String::new(), |place| format!("@{place}"));
                format!("{}:{}{place}", a.kind.name(), a.name())
            };
            let places = (left.places.first(), left.places.last());
            format!("{}\t{}\tdifferent", at(places.0), at(places.1))
        } else {
            format!("{}\t{}\t{verdict}", endpoint(&left), endpoint(&right))
        };
        Ok(Identity {
            kind: a.kind,
            one,
            joins: joins.cloned().collect(),
            judged: judged.cloned().collect(),
            grounds: identity::grounds(a, b),
            change,
            left,
            right,
        })
    }

    fn side(&self, resolution: &Resolution, unit: &Unit) -> Result<Side> {
        let home = unit.homes.keys().next().map_or("", String::as_str);
        let node = resolution.node(&unit.id, home);
        let places = unit.homes.keys().filter(|home| !home.is_empty());
        let mut posts: Vec<String> = unit.posts.iter().map(|(post, _)| post.clone()).collect();
        posts.dedup();
        Ok(Side {
            name: unit.name().to_owned(),
            aliases: unit
                .names
                .keys()
                .filter(|name| *name != unit.name())
                .cloned()
                .collect(),
            places: places.map(|home| identity::division_name(home)).collect(),
            documents: unit.documents(),
            statements: self.n_statements(NamedNodeRef::new_unchecked(node)),
            posts,
            quotes: self.quotes_of(&unit.id, node)?,
            node: node.to_owned(),
            id: unit.id.clone(),
        })
    }

    /// The first sentences, in order of documents, in which a name of the IRI stands.
    fn quotes_of(&self, id: &str, node: &str) -> Result<Vec<Said>> {
        let mut found = BTreeSet::new();
        for (role, entity) in [(vocab::STATED_ENTITY, id), (vocab::IDENT_REF, node)] {
            let entity = NamedNodeRef::new_unchecked(entity);
            for quad in self
                .inner
                .quads_for_pattern(None, Some(role), Some(entity.into()), None)
            {
                let quad = quad.map_err(failed)?;
                let (NamedOrBlankNode::NamedNode(mention), GraphName::NamedNode(document)) =
                    (quad.subject, quad.graph_name)
                else {
                    continue;
                };
                let mention = self.node(&mention, GraphNameRef::from(document.as_ref()))?;
                let stated = mention.iris(vocab::STATED_ENTITY).next();
                let is_it = stated.map_or(id == node, |stated| stated.as_str() == id);
                if let Some(quote) = mention.text(vocab::QUOTE).filter(|_| is_it) {
                    found.insert((document, quote.to_owned()));
                }
            }
        }
        let mut said = Vec::new();
        for (document, quote) in found.into_iter().take(QUOTES) {
            let row = self.document(document.as_str())?;
            said.push(Said {
                document: row.paths.into_iter().next().unwrap_or_default(),
                quote,
            });
        }
        said.sort_unstable();
        Ok(said)
    }

    /// The two units that two names mean; `None` where they are of different types.
    fn pair<'a>(
        &self,
        resolution: &'a Resolution,
        one: &str,
        other: &str,
    ) -> Result<Option<(&'a Unit, &'a Unit)>> {
        let (a, b) = (
            self.units_called(resolution, one)?,
            self.units_called(resolution, other)?,
        );
        // Asked of one name: its namesakes are meant, if there are just two.
        if one == other
            && let [x, y] = a[..]
        {
            return Ok((x.kind == y.kind).then_some((x, y)));
        }
        let kinds = |units: &[&Unit]| units.iter().map(|unit| unit.kind).collect::<BTreeSet<_>>();
        let common: Vec<EntityType> = kinds(&a).intersection(&kinds(&b)).copied().collect();
        if common.is_empty() {
            return Ok(None);
        }
        let narrow = |name: &str, units: Vec<&'a Unit>| {
            let units: Vec<&Unit> = units
                .into_iter()
                .filter(|u| common.contains(&u.kind))
                .collect();
            match units[..] {
                [unit] => Ok(unit),
                _ => Err(several(name, &units)),
            }
        };
        Ok(Some((narrow(one, a)?, narrow(other, b)?)))
    }

    /// The units that a name means, by the closest way in which any has it.
    fn units_called<'a>(&self, resolution: &'a Resolution, name: &str) -> Result<Vec<&'a Unit>> {
        let mut found = match (Endpoint::parse(name), name.split_once(['@', '＠'])) {
            (Some(endpoint), _) => resolution.meant(&endpoint)?,
            (None, Some((name, place))) => {
                let mut all = Vec::new();
                for kind in EntityType::ALL {
                    all.extend(resolution.meant(&Endpoint::Name {
                        kind,
                        name: name.to_owned(),
                        place: place.to_owned(),
                    })?);
                }
                all
            }
            (None, None) => {
                let wanted = plain(name);
                let named = resolution.units.iter();
                named
                    .filter(|unit| unit.names.keys().any(|name| plain(name) == wanted))
                    .collect()
            }
        };
        if found.is_empty() {
            let node: NamedNode = self.one(name, None)?;
            found = resolution.members(node.as_str());
            // What the list of divisions or the thesaurus knows and no document names has no unit.
            if found.is_empty() {
                return Err(Error::Query(format!("{name}: no document names it")));
            }
            if let Some(head) = found.iter().position(|unit| unit.id == node.as_str()) {
                found = vec![found[head]];
            }
        }
        Ok(found)
    }
}

fn several(name: &str, units: &[&Unit]) -> Error {
    let list: Vec<&str> = units
        .iter()
        .take(8)
        .map(|unit| unit.id.strip_prefix(ID_BASE).unwrap_or(&unit.id))
        .collect();
    Error::Query(format!(
        "{name} names {} things; give one as name@place or by its IRI: {}",
        units.len(),
        list.join(", ")
    ))
}
