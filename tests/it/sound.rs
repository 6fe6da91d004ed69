//! What holds of whatever is read and extracted, whoever wrote it: the laws that proptest and the fuzz targets try to break.

use std::collections::BTreeSet;

use xiangtu::model::{Extraction, LOCAL};
use xiangtu::read::{Aside, Limits, Options, Source};
use xiangtu::text::is_han;

/// Limits that a test reaches quickly.
pub fn small_limits() -> Options {
    Options {
        limits: Limits {
            size: 1 << 20,
            expansion: 20,
            ..Limits::default()
        },
        ..Options::default()
    }
}

/// What holds of whatever is read.
pub fn is_sound(name: &str, read: &Result<Source, Aside>) {
    let Ok(source) = read else { return };
    assert!(
        source
            .text
            .chars()
            .any(|c| c.is_alphanumeric() || is_han(c)),
        "{name}: {source:?}"
    );
    assert!(!source.metadata.format.is_empty(), "{name}");
    // Plain text is given as it is.
    if source.metadata.format.starts_with("text/plain") {
        return;
    }
    let controls = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    assert!(!source.text.contains(controls), "{name}: {:?}", source.text);
}

/// What holds of an extraction whatever its text.
pub fn keeps_the_laws(source: &str, found: &Extraction) {
    let text: Vec<char> = source.chars().collect();
    assert_eq!(found.length, text.len());
    let cut = |start: usize, end: usize| text[start..end].iter().collect::<String>();
    let known: BTreeSet<&str> = found.entities.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(known.len(), found.entities.len(), "an entity stands twice");
    let mut last = 0;
    for m in &found.mentions {
        assert!(m.start < m.end && cut(m.start, m.end) == m.text, "{m:?}");
        assert!(m.start >= last, "mentions overlap: {m:?}");
        assert!(known.contains(m.entity.as_str()), "{m:?}");
        assert!(m.confidence > 0.0 && m.confidence <= 1.0, "{m:?}");
        last = m.end;
    }
    let spans = found
        .facts
        .iter()
        .map(|f| (f.start, f.end, &f.text, &f.quote))
        .chain(
            found
                .indicators
                .iter()
                .map(|i| (i.start, i.end, &i.text, &i.quote)),
        );
    for (start, end, words, quote) in spans {
        assert!(
            start < end && cut(start, end) == *words,
            "{start}-{end} {words}"
        );
        assert_eq!(cut(quote.start, quote.end), quote.text);
        assert!(
            quote.start <= start && end <= quote.end,
            "{start}-{end} outside of {quote:?}"
        );
    }
    let named = found
        .facts
        .iter()
        .flat_map(|f| std::iter::once(&f.subject).chain(&f.object))
        .chain(found.indicators.iter().map(|i| &i.place));
    for id in named {
        let is_home = found.home.as_ref().is_some_and(|home| home.id == *id);
        assert!(
            is_home || id.starts_with(LOCAL) || known.contains(id.as_str()),
            "{id} is no entity of the document"
        );
    }
}
