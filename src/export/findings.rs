//! Findings of analyses as Turtle: one `xt:Finding` a row, to be loaded beside the graph by whoever wants to join them with it.

use std::io::Write;
use std::path::Path;

use oxigraph::io::{RdfFormat, RdfSerializer};
use oxigraph::model::vocab::xsd;
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term, Triple};

use crate::model::ID_BASE;
use crate::{Error, Result, vocab};

/// What an analysis says of one entity.
#[derive(Clone, Debug)]
pub struct Finding {
    /// IRI of the entity.
    pub about: String,
    /// Properties with their values.
    pub values: Vec<(NamedNodeRef<'static>, Literal)>,
}

impl Finding {
    /// Adds a count.
    pub fn count(&mut self, property: NamedNodeRef<'static>, n: usize) {
        let n = i64::try_from(n).expect("nothing is counted beyond the range of i64");
        self.values.push((property, Literal::from(n)));
    }

    /// Adds a number, to twelve decimals; what is no finite number is left out.
    pub fn number(&mut self, property: NamedNodeRef<'static>, value: f64) {
        if value.is_finite() {
            let text = format!("{value:.12}");
            let text = text.trim_end_matches('0').trim_end_matches('.');
            let literal = Literal::new_typed_literal(text, xsd::DECIMAL);
            self.values.push((property, literal));
        }
    }

    /// Adds a year where it is known.
    pub fn year(&mut self, property: NamedNodeRef<'static>, year: Option<i32>) {
        let literal = |year: i32| Literal::new_typed_literal(year.to_string(), xsd::G_YEAR);
        self.values
            .extend(year.map(|year| (property, literal(year))));
    }
}

/// Writes findings of an analysis with these settings. The same analysis of the same entity has the same IRI.
pub fn write_findings(
    analysis: &str,
    settings: &str,
    findings: &[Finding],
    out: &mut dyn Write,
    path: &Path,
) -> Result<()> {
    let mut serializer = RdfSerializer::from_format(RdfFormat::Turtle);
    for (prefix, iri) in vocab::PREFIXES {
        serializer = serializer
            .with_prefix(*prefix, *iri)
            .expect("the prefixes are IRIs");
    }
    let mut writer = serializer.for_writer(out);
    for finding in findings {
        let key = format!("{analysis}\x1f{settings}\x1f{}", finding.about);
        let hash = &blake3::hash(key.as_bytes()).to_hex()[..32];
        let id = NamedNode::new_unchecked(format!("{ID_BASE}finding/{hash}"));
        let about = NamedNode::new_unchecked(&finding.about);
        let mut values: Vec<(NamedNodeRef<'_>, Term)> = vec![
            (vocab::TYPE, vocab::FINDING.into_owned().into()),
            (vocab::ABOUT, about.into()),
            (vocab::ANALYSIS, Literal::from(analysis).into()),
            (vocab::SETTINGS, Literal::from(settings).into()),
        ];
        let own = finding.values.iter().cloned();
        values.extend(own.map(|(property, literal)| (property, literal.into())));
        for (property, value) in values {
            let triple = Triple::new(id.clone(), property, value);
            writer
                .serialize_triple(&triple)
                .map_err(|e| Error::file(path, e))?;
        }
    }
    writer
        .finish()
        .and_then(|out| out.flush())
        .map_err(|e| Error::file(path, e))
}
