//! The keys of attributes: what is told of a character, in 64 bits.
//!
//! The template stands in the upper 8 bits, the role of the character in what is told in the next 4 (which of its neighbours,
//! where in the word), what is told in the lower 52. What differs in the role alone is a group. The build reads keys with this
//! file too, as it lays out their weights.

/// Number of roles that a group may have.
pub const ROLES: usize = 16;
const ROLE_SHIFT: u32 = 52;
/// The bits of what is told.
pub const PAYLOAD: u64 = (1 << ROLE_SHIFT) - 1;

/// The attribute of a group in a role.
pub fn in_role(group: u64, role: u8) -> u64 {
    debug_assert!((role as usize) < ROLES);
    group | u64::from(role) << ROLE_SHIFT
}

/// The group of an attribute and its role.
pub fn group_of(key: u64) -> (u64, u8) {
    (key & !(0xF << ROLE_SHIFT), (key >> ROLE_SHIFT & 0xF) as u8)
}

/// The templates of attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Template {
    /// Always there.
    Bias,
    /// One character at an offset.
    Char,
    /// Two neighbouring characters.
    Pair,
    /// Three neighbouring characters.
    Triple,
    /// Kinds of the characters around.
    Kind,
    /// Position in the word and its tag.
    Word,
    /// Tags of the words before and after.
    Neighbours,
    /// The word itself, to its own characters and those of the words beside it.
    Form,
    /// Position in a term of a class, or right behind or before one.
    In,
    /// Position in the name of a division, or right behind or before one.
    Place,
    /// Quotation marks around, and the head behind them.
    Quote,
    /// Nearest head to the right in the clause, and how far it is.
    Head,
    /// Nearest verb to the left in the clause, and how far it is.
    Verb,
    /// The list that the position stands in: what its end says it lists.
    List,
    /// Part of the document and kind of sentence.
    Part,
    /// Head to the right and verb to the left together.
    Frame,
}

/// All templates, by number.
pub const TEMPLATES: [Template; 16] = [
    Template::Bias,
    Template::Char,
    Template::Pair,
    Template::Triple,
    Template::Kind,
    Template::Word,
    Template::Neighbours,
    Template::Form,
    Template::In,
    Template::Place,
    Template::Quote,
    Template::Head,
    Template::Verb,
    Template::List,
    Template::Part,
    Template::Frame,
];

/// For sequences of one, two and three characters how far behind the first of them the last character stands that sees them, and
/// how many see them, that one and those before it.
pub const SEEN_BY: [(usize, u8); 3] = [(3, 7), (2, 4), (2, 3)];
/// So many boundaries stand before a text, as far as its characters see.
pub const BEFORE: usize = 3;
/// So many stand behind it.
pub const BEHIND: usize = 5;

/// The templates of sequences of one, two and three characters.
const SEQUENCES: [Template; 3] = [Template::Char, Template::Pair, Template::Triple];

/// Whether a group is the form of a word.
pub fn is_form(group: u64) -> bool {
    Template::Form as u64 == group >> 56
}

/// The group of a sequence of one, two or three characters.
pub fn sequence(codes: &[u16]) -> u64 {
    group(SEQUENCES[codes.len() - 1], told(codes))
}

/// The group of the form of a word.
pub fn form(codes: [u16; 3]) -> u64 {
    group(Template::Form, told(&codes))
}

/// What is told of characters.
fn told(codes: &[u16]) -> u64 {
    codes.iter().fold(0, |told, c| told << 16 | u64::from(*c))
}

/// The length and the characters of a group of a sequence or of the form of a word; `None` for other groups.
pub fn sequence_of(group: u64) -> Option<(usize, [u16; 3])> {
    let of_length = |t: &Template| *t as u64 == group >> 56;
    let length = match is_form(group) {
        true => 3,
        false => 1 + SEQUENCES.iter().position(of_length)?,
    };
    let first_first = (group & PAYLOAD) << (16 * (3 - length));
    Some((
        length,
        [32, 16, 0].map(|shift| (first_first >> shift) as u16),
    ))
}

/// The number of roles of the groups whose rows are added without asking which of them are there.
pub fn n_roles(group: u64) -> Option<u8> {
    let template = TEMPLATES.get((group >> 56) as usize)?;
    match template {
        Template::Char => Some(SEEN_BY[0].1),
        Template::Pair => Some(SEEN_BY[1].1),
        Template::Triple => Some(SEEN_BY[2].1),
        Template::Word | Template::Neighbours => Some(4),
        Template::In | Template::Place => Some(6),
        _ => None,
    }
}

/// The group of what a template tells.
pub fn group(template: Template, payload: u64) -> u64 {
    (template as u64) << 56 | (payload & PAYLOAD)
}
