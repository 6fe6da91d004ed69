//! What the parts of a package have in common: elements by local name, entities, attributes.

use std::collections::HashSet;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

/// One step through a part. Namespaces are not looked at: local names tell these parts' elements apart.
pub(super) enum Step<'a> {
    Start(BytesStart<'a>),
    End(String),
    Text(String),
    Finished,
}

/// A reader over a part; where the XML breaks off, what came before it counts.
pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    /// Whether the part ended before it was complete.
    pub(super) broken: bool,
}

impl<'a> Xml<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        Self {
            reader,
            broken: false,
        }
    }

    pub(super) fn step(&mut self) -> Step<'a> {
        loop {
            return match self.reader.read_event() {
                Ok(Event::Start(start)) => Step::Start(start),
                Ok(Event::End(end)) => Step::End(end.local_name().as_ref().to_owned()),
                Ok(Event::Text(text)) => Step::Text(text.to_string()),
                Ok(Event::CData(text)) => Step::Text(text.to_string()),
                // Since quick-xml 0.38 entities are events of their own, and `&amp;` is lost where they are passed over.
                Ok(Event::GeneralRef(entity)) => Step::Text(resolve(&entity)),
                Ok(Event::Eof) => Step::Finished,
                Ok(_) => continue,
                Err(_) => {
                    self.broken = true;
                    Step::Finished
                }
            };
        }
    }
}

/// Characters and the five entities of XML. Others are not expanded, so that none can grow; they stay as written.
fn resolve(entity: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return c.to_string();
    }
    match resolve_predefined_entity(entity) {
        Some(text) => text.to_owned(),
        None => format!("&{};", &**entity),
    }
}

/// The value of an attribute by its local name.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .and_then(|attribute| {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            Some(value.into_owned())
        })
}

/// The styles whose text is not shown.
pub(super) fn hidden_styles(part: &str) -> HashSet<String> {
    let mut xml = Xml::new(part);
    let (mut style, mut hidden) = (String::new(), HashSet::new());
    loop {
        match xml.step() {
            Step::Start(start) => match start.local_name().as_ref() {
                "style" => style = attribute(&start, "styleId").unwrap_or_default(),
                "vanish" if is_on(attribute(&start, "val").as_deref()) => {
                    hidden.insert(style.clone());
                }
                _ => {}
            },
            Step::Finished => return hidden,
            _ => {}
        }
    }
}

/// Whether a property that is named is on.
pub(super) fn is_on(value: Option<&str>) -> bool {
    !matches!(value, Some("0" | "false" | "off"))
}

/// The text of the first element of this name.
pub(super) fn first_text(part: &str, name: &str) -> Option<String> {
    let mut xml = Xml::new(part);
    let mut text = None;
    loop {
        match xml.step() {
            Step::Start(start) if start.local_name().as_ref() == name => text = Some(String::new()),
            Step::Text(more) => {
                if let Some(text) = &mut text {
                    text.push_str(&more);
                }
            }
            Step::End(end) if end == name => return text,
            Step::Finished => return None,
            _ => {}
        }
    }
}

/// The target of the first relation whose type ends so, as a name within the package.
pub(super) fn relation(part: &str, kind: &str) -> Option<String> {
    let mut xml = Xml::new(part);
    loop {
        match xml.step() {
            Step::Start(start) if attribute(&start, "Type").is_some_and(|t| t.ends_with(kind)) => {
                let target = attribute(&start, "Target")?;
                return Some(target.trim_start_matches('/').to_owned());
            }
            Step::Finished => return None,
            _ => {}
        }
    }
}
