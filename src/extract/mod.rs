//! From one document to what it says: names, the things named, facts and figures.
//!
//! A pure function of the document and the knowledge files. One file per stage:
//! [`crf`] and [`candidates`] propose mentions and [`choose`] decides among them, [`why`] tells why, `resolve` says which thing each mention names and which place the
//! document is about, `relate` finds facts, `indicate` finds figures, [`trust`] says how sure both are.

pub mod candidates;
pub mod choose;
pub mod crf;
pub mod evidence;
pub mod forest;
mod indicate;
mod inner;
mod issuer;
mod longer;
mod phases;
pub mod places;
pub mod quantity;
pub mod recognise;
mod relate;
mod resolve;
pub mod train;
pub mod trust;
pub mod why;
mod year;

pub use indicate::indicate;
use relate::Relating;
pub use relate::relate;
pub use year::year_published;

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::embedded;
use crate::gazetteer::Gazetteer;
use crate::knowledge::{Line, Rulings, Selected, reference};
use crate::lexicon::Lexicon;
use crate::model::{Entity, EntityType, Extraction, Fact, Home, Mention, Quote};
use crate::text::Document;
use crate::thesaurus::Thesaurus;
use evidence::Clues;
use recognise::Model;
use trust::Trust;

/// A mention in the normal form: what the stages after recognition work on.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// First character in the normal form.
    pub start: usize,
    /// One past the last character in the normal form.
    pub end: usize,
    /// Type of the thing named.
    pub kind: EntityType,
    /// Index into [`Context::entities`].
    pub entity: usize,
    /// 0 to 1.
    pub confidence: f64,
    /// Corrections by which it is what it is.
    pub corrections: Vec<Line>,
}

/// A document with its mentions resolved.
pub struct Context<'a> {
    /// The text.
    pub doc: &'a Document,
    /// Mentions, sorted by start, without overlaps.
    pub spans: Vec<Span>,
    /// The things named, behind them places that only names of other things hold.
    pub entities: Vec<Entity>,
    /// So many of them are named by themselves.
    pub n_named: usize,
    /// The place that the document is about.
    pub home: Option<Home>,
    /// The main year that it reports on.
    pub year: Option<i32>,
    /// Corrections of the document, and those by which something in it is no name.
    pub corrections: BTreeSet<Line>,
}

impl Context<'_> {
    /// A quote of whole sentences around a span of the normal form, without outer white space.
    pub fn quote(&self, start: usize, end: usize) -> Quote {
        quote(self.doc, start, end)
    }

    /// The spans of one sentence.
    pub fn spans_in(&self, start: usize, end: usize) -> &[Span] {
        let a = self.spans.partition_point(|s| s.start < start);
        let b = self.spans.partition_point(|s| s.start < end);
        &self.spans[a..b]
    }

    /// The extraction that this document gives.
    pub fn finish(self, trust: &Trust) -> Extraction {
        let facts = relate(&self);
        self.finish_with(facts, trust)
    }

    fn finish_with(self, mut facts: Vec<Fact>, trust: &Trust) -> Extraction {
        let mut indicators = indicate(&self);
        trust.weigh(&self, &mut facts, &mut indicators);
        let text = &self.doc.text;
        let of_mentions = self.spans.iter().flat_map(|s| &s.corrections);
        let corrections: BTreeSet<Line> = of_mentions.chain(&self.corrections).copied().collect();
        let references = |lines: &[Line]| lines.iter().map(|line| reference(*line)).collect();
        let mut named = vec![false; self.entities.len()];
        let mentions = self
            .spans
            .iter()
            .map(|s| {
                let (start, end) = text.source_span(s.start, s.end);
                let first = !std::mem::replace(&mut named[s.entity], true);
                Mention {
                    start,
                    end,
                    kind: s.kind,
                    text: text.source_text(start, end),
                    entity: self.entities[s.entity].id.clone(),
                    confidence: s.confidence,
                    quote: first.then(|| self.quote(s.start, s.end)),
                    corrections: references(&s.corrections),
                }
            })
            .collect();
        let mut entities = self.entities;
        // Of places that only names of other things hold those are kept of which something is said.
        let said: FxHashSet<&str> = facts.iter().filter_map(|f| f.object.as_deref()).collect();
        let mut n = 0;
        entities.retain(|entity| {
            n += 1;
            n <= self.n_named || said.contains(&*entity.id)
        });
        entities.sort_by(|a, b| a.id.cmp(&b.id));
        entities.dedup_by(|a, b| a.id == b.id);
        Extraction {
            doc: self.doc.name.clone(),
            title: self.doc.headline(),
            length: text.source_length(),
            home: self.home,
            year: self.year,
            mentions,
            entities,
            facts,
            indicators,
            corrections: corrections.into_iter().map(reference).collect(),
        }
    }
}

/// A quote of whole sentences around a span of the normal form, without outer white space.
fn quote(doc: &Document, start: usize, end: usize) -> Quote {
    let text = &doc.text;
    let (mut a, mut b) = (start, end);
    if let (Some(first), Some(last)) = (
        doc.sentences.get(doc.sentence_at(start)),
        doc.sentences.get(doc.sentence_at(end.max(1) - 1)),
    ) {
        (a, b) = (first.start.min(start), last.end.max(end));
    }
    while b > end && text.chars[b - 1] == '\n' {
        b -= 1;
    }
    let (start, end) = text.source_span(a, b);
    Quote {
        start,
        end,
        text: text.source_text(start, end),
    }
}

/// What a document says, given the names in it.
fn from_names(
    doc: &Document,
    survey: &places::Survey,
    found: recognise::Recognised,
    rulings: &Rulings,
    trust: &Trust,
) -> Extraction {
    context(doc, survey, found, rulings).finish(trust)
}

/// A document with its names resolved.
pub fn context<'a>(
    doc: &'a Document,
    survey: &places::Survey,
    found: recognise::Recognised,
    rulings: &Rulings,
) -> Context<'a> {
    let context = resolved(doc, survey, found, rulings);
    Context {
        year: main_year(doc, &context.entities, rulings),
        ..context
    }
}

/// The same, but for its year.
fn resolved<'a>(
    doc: &'a Document,
    survey: &places::Survey,
    found: recognise::Recognised,
    rulings: &Rulings,
) -> Context<'a> {
    let scope = resolve::scope(doc, survey);
    let home = resolve::home(survey, &scope);
    let names = found.names;
    let resolve::Resolved {
        spans,
        entities,
        n_named,
    } = resolve::resolve(doc, survey, home.as_ref(), &scope, names, rulings);
    let of_document = survey
        .correction
        .into_iter()
        .chain(rulings.year.map(|(_, line)| line));
    Context {
        doc,
        spans,
        entities,
        n_named,
        home,
        year: None,
        corrections: of_document.chain(found.forbidden).collect(),
    }
}

/// The year that a document reports on, by a correction or by what it says.
fn main_year(doc: &Document, entities: &[Entity], rulings: &Rulings) -> Option<i32> {
    match rulings.year {
        Some((year, _)) => Some(year),
        None => year::main_year(doc, begun(entities)),
    }
}

/// First years of the national initiatives among what a document names.
fn begun(entities: &[Entity]) -> impl Iterator<Item = i32> {
    let thesaurus = Thesaurus::get();
    let campaigns = entities.iter().filter(|e| e.kind == EntityType::Campaign);
    let concepts = campaigns.filter_map(|e| thesaurus.meant(&e.name));
    concepts
        .filter(|(concept, strong)| *strong && concept.level == "national")
        .filter_map(|(concept, _)| concept.began)
}

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let choice = "data/model/choice.tsv";
    let trees = "data/model/trees.tsv";
    let rules = "data/model/rules.tsv";
    let file = |path: &str| embedded::file(path).unwrap_or_default();
    Model {
        crf: crf::Crf::unpack(embedded::LABELS).expect("a test reads the built-in weights"),
        chooser: choose::Chooser::from_tsv(choice, file(choice))
            .expect("a test reads the built-in weights"),
        forest: forest::Forest::from_tsv(trees, file(trees), &candidates::columns())
            .expect("a test reads the built-in weights"),
        trust: Trust::from_tsv(rules, file(rules)).expect("a test reads the built-in weights"),
    }
});

/// The built-in weights.
pub fn model() -> &'static Model {
    &MODEL
}

/// Loads what extraction knows: names of places beside weights and terms, where a second thread of the pool is free.
///
/// Nothing that is loaded here may use the pool itself: a thread that waits for it would wait for its own work.
pub fn load() {
    let weights_and_terms = || (model(), Lexicon::get());
    rayon::join(Gazetteer::get, weights_and_terms);
}

/// Extracts a document: a pure function of its text, the knowledge files and the user's corrections.
pub fn extract(doc: &Document, corrections: &Selected) -> Extraction {
    let mut found = extract_unless(&mut |_| false, &[(doc, corrections)]);
    found.pop().flatten().expect("nothing stops it")
}

/// Extracts documents, each as [`extract`] does, and gives up those that have become `late` at the end of a stage.
///
/// Each stage goes through all documents before the next begins: what it works with is larger than what the processor
/// has at hand, and would be pushed out by the stages between.
pub fn extract_unless(
    late: &mut dyn FnMut(usize) -> bool,
    documents: &[(&Document, &Selected)],
) -> Vec<Option<Extraction>> {
    let model = model();
    let Model { crf, trust, .. } = model;
    let doc = |i: usize| documents[i].0;
    let begun = documents.iter().map(|_| Some(())).collect();
    let found = stage(late, begun, |i, ()| {
        let (doc, corrections) = documents[i];
        let survey = places::survey(doc, corrections);
        let rulings = corrections.at(survey.known_home());
        (survey, rulings)
    });
    let found = stage(late, found, |i, (survey, rulings)| {
        (survey, rulings, evidence::segment(&doc(i).text))
    });
    let found = stage(late, found, |i, (survey, rulings, words)| {
        (survey, rulings, Clues::with_terms(words, &doc(i).text))
    });
    let mut room = recognise::Room::default();
    let found = stage(late, found, |i, (survey, rulings, clues)| {
        let spans = recognise::label_with(&mut room, crf, doc(i), &survey, &clues);
        (survey, rulings, clues, spans)
    });
    let found = stage(late, found, |i, (survey, rulings, clues, spans)| {
        let scene = recognise::Scene {
            doc: doc(i),
            survey: &survey,
            clues: &clues,
        };
        let names = recognise::decide(model, &scene, spans, &rulings);
        (survey, rulings, names)
    });
    let found = stage(late, found, |i, (survey, rulings, names)| {
        let context = resolved(doc(i), &survey, names, &rulings);
        (rulings, context)
    });
    let found = stage(late, found, |i, (rulings, context)| Context {
        year: main_year(doc(i), &context.entities, &rulings),
        ..context
    });
    let found = stage(late, found, |_, context| (Relating::new(&context), context));
    let mut found = stage(late, found, |_, (mut relating, context)| {
        relating.look_ahead();
        (relating, context)
    });
    for find in relate::FINDERS {
        found = stage(late, found, |_, (mut relating, context)| {
            relating.find(&context, find);
            (relating, context)
        });
    }
    stage(late, found, |_, (relating, context)| {
        context.finish_with(relating.facts(), trust)
    })
}

/// One stage of all documents that are not given up.
fn stage<T, U>(
    late: &mut dyn FnMut(usize) -> bool,
    documents: Vec<Option<T>>,
    mut work: impl FnMut(usize, T) -> U,
) -> Vec<Option<U>> {
    let mut of_one = |(i, document)| {
        let done = work(i, document?);
        (!late(i)).then_some(done)
    };
    documents.into_iter().enumerate().map(&mut of_one).collect()
}

/// Extracts a document whose names are told: half-open spans of the source with the type of what they name.
/// Statements have the confidence that the authors of their rules gave them.
pub fn named(doc: &Document, names: &[(usize, usize, EntityType)]) -> Extraction {
    let survey = places::survey(doc, &Selected::default());
    let name = |&(start, end, kind): &(usize, usize, EntityType)| recognise::Name {
        start: doc.text.from_source(start),
        end: doc.text.from_source(end),
        kind,
        confidence: 1.0,
        corrections: Vec::new(),
    };
    let mut names: Vec<recognise::Name> = names.iter().map(name).collect();
    names.retain(|name| name.start < name.end);
    names.sort_by_key(|name| (name.start, name.end));
    let found = recognise::Recognised {
        names,
        forbidden: Vec::new(),
    };
    from_names(doc, &survey, found, &Rulings::default(), &Trust::default())
}

/// Takes mentions, entities, home and year from an extraction of the same text instead of finding them.
pub fn given(doc: &Document, from: &Extraction) -> Extraction {
    let index: HashMap<&str, usize> = from
        .entities
        .iter()
        .enumerate()
        .map(|(i, e)| (e.id.as_str(), i))
        .collect();
    let mut spans: Vec<Span> = from
        .mentions
        .iter()
        .filter_map(|m| {
            let (start, end) = (doc.text.from_source(m.start), doc.text.from_source(m.end));
            let entity = *index.get(m.entity.as_str())?;
            (start < end).then_some(Span {
                start,
                end,
                kind: m.kind,
                entity,
                confidence: m.confidence,
                corrections: Vec::new(),
            })
        })
        .collect();
    spans.sort_by_key(|s| (s.start, s.end));
    Context {
        doc,
        spans,
        entities: from.entities.clone(),
        n_named: from.entities.len(),
        home: from.home.clone(),
        year: from.year,
        corrections: BTreeSet::new(),
    }
    .finish(&model().trust)
}
