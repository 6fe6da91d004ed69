//! Phases that a text calls by their number alone (其中一期、二期分别投资3亿元和2.2亿元): which project they are phases of.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::recognise::Name;
use crate::identity::without_phase;
use crate::model::EntityType;
use crate::text::Document;

/// For each mention, by its index, that is only the number of a phase the name of that phase in full: the project that the
/// paragraph named last before it, else the enterprise, with the number behind; nothing where it named neither.
/// `full` tells the full name of a thing by its type and how it is written. Names are in order of their start.
pub(super) fn phases<'a>(
    doc: &Document,
    names: &[Name],
    surfaces: &'a [Cow<'a, str>],
    full: impl Fn(EntityType, &'a str) -> &'a str,
) -> FxHashMap<usize, Option<String>> {
    let chars = &doc.text.chars;
    let mut found = FxHashMap::default();
    let (mut project, mut enterprise) = (None, None);
    let mut end = 0;
    for (i, (name, surface)) in names.iter().zip(surfaces).enumerate() {
        let surface: &str = surface;
        if chars[end.min(name.start)..name.start].contains(&'\n') {
            (project, enterprise) = (None, None);
        }
        end = name.end;
        match name.kind {
            EntityType::Project => match without_phase(surface) {
                Some("") => {
                    let of: Option<&str> = project.or(enterprise);
                    found.insert(i, of.map(|of| format!("{of}{surface}")));
                }
                Some(whole) => project = Some(whole),
                None => project = Some(full(name.kind, surface)),
            },
            EntityType::Enterprise => {
                enterprise = Some(full(name.kind, surface));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names in a text marked as 〔…〕 for projects and ⟨…⟩ for enterprises, and what each phase is called in full.
    fn told(marked: &str) -> Vec<Option<String>> {
        let (mut text, mut names) = (String::new(), Vec::new());
        let mut start = 0;
        for c in marked.chars() {
            let n = text.chars().count();
            match c {
                '〔' | '⟨' => start = n,
                '〕' | '⟩' => names.push(Name {
                    start,
                    end: n,
                    kind: if c == '〕' {
                        EntityType::Project
                    } else {
                        EntityType::Enterprise
                    },
                    confidence: 1.0,
                    corrections: Vec::new(),
                }),
                c => text.push(c),
            }
        }
        let doc = Document::new("a".to_owned(), &text);
        let surfaces: Vec<Cow<str>> = names
            .iter()
            .map(|n| Cow::Borrowed(doc.text.slice(n.start, n.end)))
            .collect();
        let found = phases(&doc, &names, &surfaces, |_, surface| surface);
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort();
        found.into_iter().map(|(_, full)| full).collect()
    }

    #[test]
    fn a_phase_is_called_after_its_project() {
        let named = |names: &[&str]| -> Vec<Option<String>> {
            names.iter().map(|n| Some((*n).to_owned())).collect()
        };
        assert_eq!(
            told("〔枫林产业园〕总投资5亿元，其中〔一期〕、〔二期工程〕投资3亿元和2亿元。"),
            named(&["枫林产业园一期", "枫林产业园二期工程"])
        );
        assert_eq!(
            told("〔枫林小区一期〕交付，〔二期〕封顶。"),
            named(&["枫林小区二期"])
        );
        // Firms that move in between have no part in it; without a project it is the firm's.
        assert_eq!(
            told("〔枫林产业园〕开园，⟨红叶家具⟩、⟨海阳纺织⟩入驻，〔二期〕动工。"),
            named(&["枫林产业园二期"])
        );
        assert_eq!(
            told("⟨红叶家具⟩总投资5亿元，其中〔二期〕2亿元。"),
            named(&["红叶家具二期"])
        );
        assert_eq!(told("〔枫林产业园〕开园。\n〔二期〕投产。"), [None]);
    }
}
