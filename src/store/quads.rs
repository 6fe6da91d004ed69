//! What a document says, as quads of that document's named graph.
//!
//! A pure function of one [`Sourced`] document. What several documents say together is `derive.rs`.

use oxigraph::model::{GraphName, Literal, NamedNode, NamedNodeRef, Quad, Term};
use rustc_hash::FxHashSet;

use super::Sourced;
use crate::model::{
    Entity, Extraction, Fact, ID_BASE, Indicator, IndicatorKind, LOCAL, Metadata, Part, Quote,
};
use crate::vocab;

/// The IRI of the document with this content hash; also the name of its graph.
pub fn document_iri(hash: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{ID_BASE}document/{hash}"))
}

/// All quads of one document, each once, in no particular order.
pub fn document_quads(document: &Sourced) -> Vec<Quad> {
    let mut writer = Writer::new(document_iri(&document.hash));
    writer.document(document);
    if let Ok(extraction) = &document.content {
        writer.extraction(extraction);
    }
    writer.quads
}

/// A Chinese name.
pub(super) fn zh(text: &str) -> Literal {
    Literal::new_language_tagged_literal_unchecked(text, "zh")
}

fn year_literal(year: i32) -> Literal {
    Literal::new_typed_literal(format!("{year:04}"), oxigraph::model::vocab::xsd::G_YEAR)
}

fn decimal_literal(value: String) -> Literal {
    Literal::new_typed_literal(value, oxigraph::model::vocab::xsd::DECIMAL)
}

struct Writer {
    document: NamedNode,
    graph: GraphName,
    quads: Vec<Quad>,
}

impl Writer {
    fn new(document: NamedNode) -> Self {
        Self {
            graph: document.clone().into(),
            document,
            quads: Vec::new(),
        }
    }

    fn add(&mut self, subject: &NamedNode, predicate: NamedNodeRef<'_>, object: impl Into<Term>) {
        self.quads.push(Quad::new(
            subject.clone(),
            predicate.into_owned(),
            object,
            self.graph.clone(),
        ));
    }

    fn document(&mut self, document: &Sourced) {
        let iri = self.document.clone();
        self.add(&iri, vocab::TYPE, vocab::DOCUMENT);
        self.add(
            &iri,
            vocab::CONTENT_HASH,
            Literal::from(document.hash.as_str()),
        );
        for path in &document.paths {
            self.add(&iri, vocab::IDENTIFIER, Literal::from(path.as_str()));
        }
        match &document.content {
            Ok(extraction) => {
                self.add(&iri, vocab::STATE, Literal::from("done"));
                self.add(&iri, vocab::LENGTH, Literal::from(extraction.length as i64));
                // Not the file's name where a title is missing: the same content under another path is the same document.
                if let Some(title) = &extraction.title {
                    self.add(&iri, vocab::TITLE, zh(title));
                }
                if let Some(year) = extraction.year {
                    self.add(&iri, vocab::YEAR, year_literal(year));
                }
                self.metadata(&iri, &document.metadata);
            }
            Err(reason) => {
                self.add(&iri, vocab::STATE, Literal::from("set aside"));
                self.add(&iri, vocab::REASON, Literal::from(reason.as_str()));
            }
        }
    }

    /// Title and year stand with those of the text.
    fn metadata(&mut self, iri: &NamedNode, metadata: &Metadata) {
        if let Some(day) = &metadata.issued {
            let day = Literal::new_typed_literal(day, oxigraph::model::vocab::xsd::DATE);
            self.add(iri, vocab::ISSUED, day);
        }
        if let Some(publisher) = &metadata.publisher {
            self.add(iri, vocab::PUBLISHER, Literal::from(publisher.as_str()));
        }
        if let Some(url) = &metadata.url {
            let address = Literal::new_typed_literal(url, oxigraph::model::vocab::xsd::ANY_URI);
            self.add(iri, vocab::SOURCE, address);
            self.add(iri, vocab::PRIMARY_SOURCE, safe_iri(url));
        }
        if let Some(year) = metadata.year {
            self.add(iri, vocab::TEMPORAL, year_literal(year));
        }
        if let Some(place) = &metadata.place {
            self.add(iri, vocab::SPATIAL, Literal::from(place.as_str()));
        }
        if !metadata.format.is_empty() {
            self.add(iri, vocab::FORMAT, Literal::from(metadata.format.as_str()));
        }
        if metadata.guessed {
            self.add(iri, vocab::GUESSED, Literal::from(true));
        }
    }

    /// The corrections of the user by which something is what it is.
    fn corrections(&mut self, node: &NamedNode, corrections: &[String]) {
        for correction in corrections {
            self.add(node, vocab::RULE, Literal::from(correction.as_str()));
        }
    }

    fn extraction(&mut self, extraction: &Extraction) {
        let document = self.document.clone();
        self.corrections(&document, &extraction.corrections);
        let mut described: FxHashSet<NamedNode> = FxHashSet::default();
        for entity in &extraction.entities {
            described.insert(self.entity(entity));
        }
        if let Some(home) = &extraction.home {
            let iri = self.resolve(&home.id);
            self.add(&document, vocab::HOME, iri.clone());
            if described.insert(iri.clone()) {
                let name = if home.name.is_empty() {
                    local_place_name(extraction)
                } else {
                    home.name.clone()
                };
                self.place(&iri, &name, &home.code);
            }
        }
        for mention in &extraction.mentions {
            let node = NamedNode::new_unchecked(format!(
                "{}#char={},{}",
                self.document.as_str(),
                mention.start,
                mention.end
            ));
            let entity = self.resolve(&mention.entity);
            self.add(&node, vocab::TYPE, vocab::MENTION);
            self.add(&node, vocab::DERIVED_FROM, document.clone());
            self.add(&node, vocab::IDENT_REF, entity.clone());
            self.add(&node, vocab::BEGIN_INDEX, index(mention.start));
            self.add(&node, vocab::END_INDEX, index(mention.end));
            self.add(
                &node,
                vocab::ANCHOR_OF,
                Literal::from(mention.text.as_str()),
            );
            self.add(&node, vocab::CONFIDENCE, confidence(mention.confidence));
            self.corrections(&node, &mention.corrections);
            if let Some(quote) = &mention.quote {
                self.quote(&node, quote);
            }
        }
        let mentioned: FxHashSet<NamedNode> = extraction
            .mentions
            .iter()
            .map(|m| self.resolve(&m.entity))
            .collect();
        for entity in mentioned {
            self.add(&document, vocab::MENTIONS, entity);
        }
        // A place without a readable name is not listed among the entities; it is described here.
        let subjects = extraction
            .facts
            .iter()
            .map(|f| f.subject.as_str())
            .chain(extraction.indicators.iter().map(|i| i.place.as_str()));
        for id in subjects.filter(|id| is_local(id)) {
            let iri = self.resolve(id);
            if described.insert(iri.clone()) {
                self.place(&iri, &local_place_name(extraction), "");
            }
        }
        for fact in &extraction.facts {
            self.fact(fact, extraction.year);
        }
        for indicator in &extraction.indicators {
            self.indicator(indicator, extraction.year);
        }
        let mut seen = FxHashSet::default();
        self.quads.retain(|quad| seen.insert(quad.clone()));
    }

    fn entity(&mut self, entity: &Entity) -> NamedNode {
        let iri = self.resolve(&entity.id);
        match entity.kind {
            crate::model::EntityType::Place => {
                self.place(&iri, &entity.name, entity.code.as_deref().unwrap_or(""))
            }
            kind => {
                self.add(&iri, vocab::TYPE, vocab::class(kind));
                self.add(&iri, vocab::PREF_LABEL, zh(&entity.name));
            }
        }
        for alias in entity.aliases.iter().filter(|alias| **alias != entity.name) {
            self.add(&iri, vocab::ALT_LABEL, zh(alias));
        }
        iri
    }

    fn place(&mut self, iri: &NamedNode, name: &str, code: &str) {
        self.add(iri, vocab::TYPE, vocab::PLACE);
        self.add(iri, vocab::PREF_LABEL, zh(name));
        if let Some(class) = vocab::place_class(code) {
            self.add(iri, vocab::TYPE, class);
            self.add(iri, vocab::CODE, Literal::from(code));
        }
    }

    fn fact(&mut self, fact: &Fact, year: Option<i32>) {
        let subject = self.resolve(&fact.subject);
        let property = vocab::property(fact.predicate);
        let object = fact.object.as_deref().map(|id| self.resolve(id));
        let said = object
            .as_ref()
            .map_or(fact.value.as_deref().unwrap_or(""), |o| o.as_str());
        let unit = fact.unit.as_deref().unwrap_or("");
        let node = self.statement_iri(
            &[subject.as_str(), property.as_str(), said, unit],
            fact.start,
            fact.end,
        );
        self.add(&node, vocab::TYPE, vocab::STATEMENT);
        self.statement(&node, &subject, property, year);
        self.provenance(
            &node,
            fact.start,
            fact.end,
            &fact.quote,
            &fact.rule,
            fact.confidence,
        );
        self.add(&node, vocab::PART, Literal::from(part_name(fact.part)));
        if let Some(object) = object {
            self.add(&node, vocab::OBJECT, object);
        } else {
            self.value(&node, fact.value.as_deref(), fact.unit.as_deref());
        }
    }

    fn indicator(&mut self, indicator: &Indicator, year: Option<i32>) {
        let subject = self.resolve(&indicator.place);
        let property = vocab::REPORTS_INDICATOR;
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let parts = [
            subject.as_str().to_owned(),
            property.as_str().to_owned(),
            indicator.name.clone(),
            text(&indicator.value),
            text(&indicator.unit),
            text(&indicator.period),
            text(&indicator.change),
        ];
        let node = self.statement_iri(
            &parts.each_ref().map(String::as_str),
            indicator.start,
            indicator.end,
        );
        self.add(&node, vocab::TYPE, vocab::STATEMENT);
        self.add(&node, vocab::TYPE, vocab::OBSERVATION);
        let spoken_of = indicator.period.as_deref().and_then(last_year).or(year);
        self.statement(&node, &subject, property, spoken_of);
        self.provenance(
            &node,
            indicator.start,
            indicator.end,
            &indicator.quote,
            &indicator.rule,
            indicator.confidence,
        );
        self.add(
            &node,
            vocab::INDICATOR,
            Literal::from(indicator.name.as_str()),
        );
        let (kind, part) = match indicator.kind {
            IndicatorKind::Actual => ("actual", Part::Review),
            IndicatorKind::Target => ("target", Part::Plan),
        };
        self.add(&node, vocab::KIND, Literal::from(kind));
        self.add(&node, vocab::PART, Literal::from(part_name(part)));
        self.value(&node, indicator.value.as_deref(), indicator.unit.as_deref());
        if let Some(period) = &indicator.period {
            self.add(&node, vocab::PERIOD, Literal::from(period.as_str()));
        }
        if let Some(change) = indicator
            .change
            .as_deref()
            .and_then(|change| scaled(change, 0))
        {
            self.add(&node, vocab::CHANGE, decimal_literal(change));
        }
    }

    fn statement(
        &mut self,
        node: &NamedNode,
        subject: &NamedNode,
        property: NamedNodeRef<'_>,
        year: Option<i32>,
    ) {
        let document = self.document.clone();
        self.add(node, vocab::SUBJECT, subject.clone());
        self.add(node, vocab::PREDICATE, property);
        self.add(node, vocab::DERIVED_FROM, document);
        if let Some(year) = year {
            self.add(node, vocab::YEAR, year_literal(year));
        }
    }

    fn provenance(
        &mut self,
        node: &NamedNode,
        start: usize,
        end: usize,
        quote: &Quote,
        rule: &str,
        certainty: f64,
    ) {
        self.add(node, vocab::START, Literal::from(start as i64));
        self.add(node, vocab::END, Literal::from(end as i64));
        self.quote(node, quote);
        self.add(node, vocab::RULE, Literal::from(rule));
        self.add(node, vocab::CONFIDENCE, confidence(certainty));
    }

    fn quote(&mut self, node: &NamedNode, quote: &Quote) {
        self.add(node, vocab::QUOTE_START, Literal::from(quote.start as i64));
        self.add(node, vocab::QUOTE_END, Literal::from(quote.end as i64));
        self.add(node, vocab::QUOTE, Literal::from(quote.text.as_str()));
    }

    fn value(&mut self, node: &NamedNode, value: Option<&str>, unit: Option<&str>) {
        let Some(value) = value else { return };
        self.add(node, vocab::VALUE, Literal::from(value));
        let Some(unit) = unit.filter(|unit| !unit.is_empty()) else {
            return;
        };
        self.add(node, vocab::UNIT_AS_WRITTEN, Literal::from(unit));
        let (exponent, base) = base_unit(unit);
        if let Some(amount) = scaled(value, exponent) {
            self.add(node, vocab::AMOUNT, decimal_literal(amount));
            self.add(node, vocab::UNIT, Literal::from(base));
        }
    }

    fn statement_iri(&self, parts: &[&str], start: usize, end: usize) -> NamedNode {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.document.as_str().as_bytes());
        for part in parts {
            hasher.update(b"\x1f").update(part.as_bytes());
        }
        hasher.update(format!("\x1f{start}\x1f{end}").as_bytes());
        NamedNode::new_unchecked(format!(
            "{ID_BASE}statement/{}",
            &hasher.finalize().to_hex()[..32]
        ))
    }

    /// The IRI of an entity: its id as it is, or the document's own name for one that only the document knows.
    fn resolve(&self, id: &str) -> NamedNode {
        if is_local(id) {
            let rest = id
                .strip_prefix(LOCAL)
                .or_else(|| id.strip_prefix("_:"))
                .unwrap_or(id);
            return safe_iri(&format!("{}#{rest}", self.document.as_str()));
        }
        safe_iri(id)
    }
}

/// Ids that begin with [`LOCAL`], with `_:`, or that are no IRI name a thing within their document only.
fn is_local(id: &str) -> bool {
    id.starts_with(LOCAL)
        || !(id.starts_with("http://") || id.starts_with("https://") || id.starts_with("urn:"))
}

/// What to call a place that its own report does not name.
fn local_place_name(extraction: &Extraction) -> String {
    extraction
        .title
        .clone()
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| "未具名地方".to_owned())
}

/// An IRI with the characters that an IRI may not hold percent-encoded.
fn safe_iri(text: &str) -> NamedNode {
    if let Ok(iri) = NamedNode::new(text) {
        return iri;
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        let keeps = c.is_ascii_alphanumeric()
            || "-._~:/?#@!$&'()*+,;=".contains(c)
            || (!c.is_ascii() && c.is_alphanumeric());
        if keeps {
            safe.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                safe.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    NamedNode::new_unchecked(safe)
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Review => "review",
        Part::Plan => "plan",
    }
}

fn index(at: usize) -> Literal {
    Literal::new_typed_literal(
        at.to_string(),
        oxigraph::model::vocab::xsd::NON_NEGATIVE_INTEGER,
    )
}

fn confidence(value: f64) -> Literal {
    let value = if value.is_finite() {
        value.clamp(0.0, 1.0)
    } else {
        0.0
    };
    decimal_literal(format!("{}", (value * 1000.0).round() / 1000.0))
}

/// The last year named in a period such as `2016-2020`.
fn last_year(period: &str) -> Option<i32> {
    let digits: Vec<&str> = period
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| part.len() == 4)
        .collect();
    digits.last().and_then(|year| year.parse().ok())
}

/// The power of ten and the base unit of a unit as written: `亿元` is 10^8 `元`.
fn base_unit(unit: &str) -> (usize, &str) {
    const MULTIPLIERS: [(&str, usize); 8] = [
        ("万亿", 12),
        ("千亿", 11),
        ("百亿", 10),
        ("亿", 8),
        ("千万", 7),
        ("百万", 6),
        ("十万", 5),
        ("万", 4),
    ];
    let multiplier = MULTIPLIERS
        .iter()
        .find_map(|(word, exponent)| Some((*exponent, unit.strip_prefix(word)?)));
    multiplier.unwrap_or(if unit == "千元" {
        (3, "元")
    } else {
        (0, unit)
    })
}

/// A plain decimal number times a power of ten, without loss; `None` for anything else.
fn scaled(value: &str, exponent: usize) -> Option<String> {
    let (sign, digits) = match value.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", value.strip_prefix('+').unwrap_or(value)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty()
        || !is_number(whole)
        || !is_number(fraction)
        || whole.len() + fraction.len() + exponent > 30
    {
        return None;
    }
    let shifted = format!("{fraction:0<exponent$}");
    let (into_whole, rest) = shifted.split_at(exponent);
    let whole = format!("{whole}{into_whole}");
    let whole = whole.trim_start_matches('0');
    let rest = rest.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if whole == "0" && rest.is_empty() {
        ""
    } else {
        sign
    };
    Some(if rest.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        assert_eq!(scaled("2.21", 8).as_deref(), Some("221000000"));
        assert_eq!(scaled("0.05", 4).as_deref(), Some("500"));
        assert_eq!(scaled("-5.10", 0).as_deref(), Some("-5.1"));
        assert_eq!(scaled("3.14159", 4).as_deref(), Some("31415.9"));
        assert_eq!(scaled("-0.0", 0).as_deref(), Some("0"));
        assert_eq!(scaled("一百", 0), None);
        assert_eq!(base_unit("万亩"), (4, "亩"));
        assert_eq!(base_unit("千瓦"), (0, "千瓦"));
    }

    #[test]
    fn no_id_makes_a_bad_iri() {
        for id in [
            "https://w3id.org/xiangtu/id/project/3609/“A B”<项目>%",
            "_:home",
            "home place",
            "",
        ] {
            let iri = Writer::new(document_iri("00")).resolve(id);
            assert!(NamedNode::new(iri.as_str()).is_ok(), "{iri}");
        }
    }
}
