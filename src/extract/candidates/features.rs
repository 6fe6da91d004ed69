//! Features of candidates: what each speaks of, how it is written down, how it is shown to a reader.

use super::Feature;
use crate::extract::evidence::CLASS_CODES;
use crate::lexicon::Lexicon;
use crate::model::EntityType;

/// What a feature speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Template {
    /// Always there.
    Bias,
    /// What the labelling gives, as log-odds.
    Odds,
    /// What the labelling gives, in steps.
    Likely,
    /// How likely the same name is at its best other place.
    Again,
    /// How likely the same name is as another type elsewhere.
    AgainOther,
    /// How often it stands in the document, and in what part of these it is likely.
    Count,
    /// It begins or ends a name that is likely elsewhere.
    PartOf,
    /// The likeliest rival: longer, inside, crossing, or of another type.
    Rival,
    /// The item before in the list.
    ItemBefore,
    /// The item behind in the list.
    ItemBehind,
    /// Length.
    Length,
    /// It is a term of a class.
    Exact,
    /// It begins with a term of a class.
    Prefix,
    /// It ends with a term of a class.
    Suffix,
    /// It lies in a longer term of a class.
    Within,
    /// A term of a class stands before it.
    After,
    /// A term of a class stands behind it.
    Before,
    /// It is the name of a division.
    Place,
    /// It begins with the name of a division.
    PlacePrefix,
    /// The character before.
    CharBefore,
    /// The two characters before.
    PairBefore,
    /// The character behind.
    CharBehind,
    /// The two characters behind.
    PairBehind,
    /// The first character.
    First,
    /// The first two characters.
    FirstPair,
    /// The last character.
    Last,
    /// The last two characters.
    LastPair,
    /// Whether its edges are edges of words, and the tags there.
    Edges,
    /// The tags of the words before and behind.
    Tags,
    /// Quotation marks in it and around it.
    Quotes,
    /// Marks in it.
    Marks,
    /// Kinds of characters in order.
    Shape,
    /// Part of the document and kind of sentence.
    Passage,
}

/// The number of things that features speak of.
pub(super) const N_TEMPLATES: usize = TEMPLATES.len();

/// They in order.
pub(super) const TEMPLATES: [Template; 33] = {
    use Template::*;
    [
        Bias,
        Odds,
        Likely,
        Again,
        AgainOther,
        Count,
        PartOf,
        Rival,
        ItemBefore,
        ItemBehind,
        Length,
        Exact,
        Prefix,
        Suffix,
        Within,
        After,
        Before,
        Place,
        PlacePrefix,
        CharBefore,
        PairBefore,
        CharBehind,
        PairBehind,
        First,
        FirstPair,
        Last,
        LastPair,
        Edges,
        Tags,
        Quotes,
        Marks,
        Shape,
        Passage,
    ]
};

/// The number of what a feature or a group of them speaks of.
pub(super) fn template(feature: u64) -> usize {
    (feature >> 56) as usize
}

/// Steps of probability; 0 for none.
pub(super) fn step(p: f64) -> u64 {
    const STEPS: [f64; 11] = [0.003, 0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97];
    STEPS.iter().filter(|&&s| p >= s).count() as u64
}

pub(super) fn length(n: usize) -> u64 {
    match n {
        0..=12 => n as u64,
        13..=15 => 13,
        16..=20 => 14,
        21..=30 => 15,
        _ => 16,
    }
}

/// Collects features without the type of their candidate, each with its value.
#[derive(Default)]
pub(super) struct Collector {
    /// The features.
    pub groups: Vec<Feature>,
}

impl Collector {
    pub(super) fn push(&mut self, template: Template, payload: u64) {
        self.push_value(template, payload, 1.0);
    }

    pub(super) fn push_value(&mut self, template: Template, payload: u64, value: f32) {
        let group = (template as u64) << 56 | (payload & 0x000F_FFFF_FFFF_FFFF);
        self.groups.push((group, value));
    }

    /// Adds one unless it is there already, `first` or behind it.
    pub(super) fn push_once(&mut self, template: Template, payload: u64, first: usize) {
        let told = self.groups.len();
        self.push(template, payload);
        // There are so few that looking through them is cheapest.
        let (earlier, last) = self.groups.split_at(told);
        if earlier[first..].contains(&last[0]) {
            self.groups.pop();
        }
    }
}

/// A readable name for a feature.
pub fn describe(feature: u64) -> String {
    let Some(of) = TEMPLATES.get(template(feature)) else {
        return format!("{feature:x}");
    };
    let kind = EntityType::ALL
        .get((feature >> 52 & 0xF) as usize)
        .map_or("?", |kind| kind.name());
    let p = feature & 0x000F_FFFF_FFFF_FFFF;
    let text = |n: u32| -> String {
        (0..n)
            .rev()
            .filter_map(|i| char::from_u32((p >> (16 * i) & 0xFFFF) as u32))
            .map(|c| if c == '\0' || c == '\n' { '␣' } else { c })
            .collect()
    };
    let payload = match of {
        Template::Exact
        | Template::Prefix
        | Template::Suffix
        | Template::Within
        | Template::After
        | Template::Before => {
            let lexicon = Lexicon::get();
            (0..lexicon.n_classes())
                .find(|&c| CLASS_CODES[c] == p)
                .map_or_else(
                    || format!("{p:x}"),
                    |c| lexicon.class_name(c as u16).to_owned(),
                )
        }
        Template::CharBefore | Template::CharBehind | Template::First | Template::Last => text(1),
        Template::PairBefore | Template::PairBehind | Template::FirstPair | Template::LastPair => {
            text(2)
        }
        _ => format!("{p:x}"),
    };
    format!("{kind} {of:?}={payload}")
}
