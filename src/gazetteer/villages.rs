//! Codec of `villages.bin`: 620,000 villages and neighbourhoods, one compressed block a county, opened when first asked for.
//!
//! A file is `u32` length of the alphabet, the alphabet (characters by falling frequency, UTF-8), `u32` number of blocks, for each block
//! `u32` county and `u32` end of the block, then the blocks; all little-endian. A block is raw deflate over a string of bytes: `TOWN` and
//! two bytes for the last three digits of the township, then each village: `NUMBER` and two bytes unless it is one more than the last,
//! its stem in the alphabet (one byte for the commonest, two for the rest), and its ending's row in `village-endings.tsv` or `NO_ENDING`.
//! Against plain UTF-8 this saves a quarter of the size.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};
use std::sync::OnceLock;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use crate::text::PairFilter;

use super::shorten::{short_ending, split_village, village_name, village_short};

/// A village (行政村, 嘎查) or neighbourhood (社区).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Village {
    /// Twelve digits.
    pub code: u64,
    /// As in the register: 湖东村委会.
    pub name: String,
    /// As people say: 湖东村.
    pub short: String,
    /// Without any head: 湖东.
    pub stem: String,
}

const NO_ENDING: u8 = 35;
const NUMBER: u8 = 36;
const TOWN: u8 = 37;
const FIRST_CHAR: usize = 38;

/// The blocks of a file, each opened once.
pub(super) struct Villages {
    alphabet: Vec<char>,
    n_short: usize,
    /// County, start and end of the block, in order of counties.
    blocks: Vec<(u32, usize, usize, OnceLock<County>)>,
    /// The blocks without compression, each once it was asked for: six megabytes if all are.
    opened: Vec<OnceLock<Opened>>,
    bytes: &'static [u8],
}

/// The villages of a county, in order of codes, and how their names begin.
pub(super) struct County {
    pub(super) villages: Vec<Village>,
    begins: PairFilter,
    /// The first two characters of names, together and in order, each with the index of the village.
    by_pair: Vec<(u64, u32)>,
}

impl County {
    fn new(villages: Vec<Village>) -> Self {
        let mut pairs = Vec::with_capacity(villages.len());
        let mut by_pair = Vec::with_capacity(villages.len());
        for (i, village) in (0..).zip(&villages) {
            for name in [&village.short, &village.name, &village.stem] {
                let mut chars = name.chars();
                if let (Some(a), Some(b)) = (chars.next(), chars.next()) {
                    let entry = (pair(a, b), i);
                    // All names of a village begin alike, but for stems of one character.
                    if by_pair.last() != Some(&entry) {
                        by_pair.push(entry);
                        pairs.push((a, b));
                    }
                }
            }
        }
        by_pair.sort_unstable();
        by_pair.dedup();
        Self {
            begins: PairFilter::new(&pairs),
            by_pair,
            villages,
        }
    }

    /// False where no name begins with two characters.
    #[inline]
    pub(super) fn may_begin(&self, a: char, b: char) -> bool {
        self.begins.may_have(a, b)
    }

    /// The villages of which a name begins with two characters, in order of codes.
    pub(super) fn beginning(&self, a: char, b: char) -> impl Iterator<Item = &Village> {
        let first = self.by_pair.partition_point(|entry| entry.0 < pair(a, b));
        self.by_pair[first..]
            .iter()
            .take_while(move |entry| entry.0 == pair(a, b))
            .map(|entry| &self.villages[entry.1 as usize])
    }
}

fn pair(a: char, b: char) -> u64 {
    u64::from(a) << 32 | u64::from(b)
}

/// A block without compression.
struct Opened {
    bytes: Vec<u8>,
    /// The last three digits of each township and where its part begins.
    towns: Vec<(u16, u32)>,
}

impl Opened {
    fn new(bytes: Vec<u8>, n_short: usize) -> Self {
        let mut towns = Vec::new();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if let [TOWN, high, low, ..] = bytes[at..] {
                towns.push((u16::from_be_bytes([high, low]), at as u32));
            }
            at += match byte {
                TOWN | NUMBER => 3,
                byte if usize::from(byte) >= FIRST_CHAR + n_short => 2,
                _ => 1,
            };
        }
        Self { bytes, towns }
    }

    /// The part of one township.
    fn of_town(&self, town: u16) -> &[u8] {
        let Some(at) = self.towns.iter().position(|(code, _)| *code == town) else {
            return &[];
        };
        let start = |at: usize| {
            self.towns
                .get(at)
                .map_or(self.bytes.len(), |t| t.1 as usize)
        };
        &self.bytes[start(at)..start(at + 1)]
    }
}

impl Villages {
    /// Reads the head of a file that [`write`] made; `None` if it is damaged.
    pub(super) fn open(file: &'static [u8]) -> Option<Self> {
        let number = |at: usize| Some(u32::from_le_bytes(file.get(at..at + 4)?.try_into().ok()?));
        let alphabet_end = 4 + number(0)? as usize;
        let alphabet: Vec<char> = std::str::from_utf8(file.get(4..alphabet_end)?)
            .ok()?
            .chars()
            .collect();
        let n_blocks = number(alphabet_end)? as usize;
        let index = alphabet_end + 4;
        let bytes = file.get(index + 8 * n_blocks..)?;
        let mut blocks = Vec::with_capacity(n_blocks);
        let mut start = 0;
        for block in 0..n_blocks {
            let end = number(index + 8 * block + 4)? as usize;
            bytes.get(start..end)?;
            blocks.push((number(index + 8 * block)?, start, end, OnceLock::new()));
            start = end;
        }
        Some(Self {
            n_short: n_short(alphabet.len()),
            alphabet,
            opened: blocks.iter().map(|_| OnceLock::new()).collect(),
            blocks,
            bytes,
        })
    }

    /// The villages of a county, in order of codes.
    pub(super) fn of_county(&self, county: u32) -> &[Village] {
        self.county(county).map_or(&[], |county| &county.villages)
    }

    /// A county that has villages.
    pub(super) fn county(&self, county: u32) -> Option<&County> {
        let at = self.blocks.binary_search_by_key(&county, |block| block.0);
        let (_, _, _, opened) = &self.blocks[at.ok()?];
        Some(opened.get_or_init(|| County::new(self.read(county))))
    }

    /// The counties with villages whose code lies in a range.
    pub(super) fn counties(&self, range: std::ops::Range<u32>) -> impl Iterator<Item = u32> {
        let first = self.blocks.partition_point(|block| block.0 < range.start);
        self.blocks[first..]
            .iter()
            .map(|block| block.0)
            .take_while(move |&county| county < range.end)
    }

    /// The usual names of a township's villages, each as its stem and its ending.
    pub(super) fn shorts_of_town(&self, town: u64, mut each: impl FnMut(&[char], &str)) {
        if let Some(opened) = self.opened((town / 1000) as u32) {
            let part = opened.of_town((town % 1000) as u16);
            self.each((town / 1000) as u32, part, |_, stem, ending| {
                each(stem, short_ending(ending));
            });
        }
    }

    fn read(&self, county: u32) -> Vec<Village> {
        let mut villages = Vec::new();
        let Some(opened) = self.opened(county) else {
            return villages;
        };
        self.each(county, &opened.bytes, |code, stem, ending| {
            let stem: String = stem.iter().collect();
            villages.push(Village {
                code,
                name: village_name(&stem, ending),
                short: village_short(&stem, ending),
                stem,
            });
        });
        villages
    }

    /// The block of a county.
    fn opened(&self, county: u32) -> Option<&Opened> {
        let at = self.blocks.binary_search_by_key(&county, |block| block.0);
        let at = at.ok()?;
        Some(self.opened[at].get_or_init(|| {
            let (_, start, end, _) = self.blocks[at];
            let block = &self.bytes[start..end];
            let mut bytes = Vec::with_capacity(block.len() * 3);
            // The file is part of the program and a test opens every block; what could not be read would be missing, not wrong.
            let _ = DeflateDecoder::new(block).read_to_end(&mut bytes);
            Opened::new(bytes, self.n_short)
        }))
    }

    /// Every village of a county's block, or of a township's part of it: its code, its stem, the row of its ending.
    fn each(&self, county: u32, bytes: &[u8], mut each: impl FnMut(u64, &[char], Option<usize>)) {
        let (mut town, mut code) = (u64::from(county) * 1000, 0);
        let mut stem = Vec::new();
        let mut bytes = bytes.iter().copied();
        while let Some(byte) = bytes.next() {
            let mut next = || u64::from(bytes.next().unwrap_or_default());
            match byte {
                TOWN => {
                    town = u64::from(county) * 1000 + (next() << 8 | next());
                    code = town * 1000;
                }
                NUMBER => code = town * 1000 + (next() << 8 | next()) - 1,
                0..=NO_ENDING => {
                    code += 1;
                    each(
                        code,
                        &stem,
                        (byte != NO_ENDING).then_some(usize::from(byte)),
                    );
                    stem.clear();
                }
                byte => {
                    let byte = usize::from(byte) - FIRST_CHAR;
                    let rank = if byte < self.n_short {
                        byte
                    } else {
                        self.n_short + (byte - self.n_short) * 256 + next() as usize
                    };
                    stem.extend(self.alphabet.get(rank));
                }
            }
        }
    }
}

/// Writes villages, given as code and name in order of codes, in the form that [`Villages::open`] reads.
pub(super) fn write(villages: &[(u64, String)]) -> std::io::Result<Vec<u8>> {
    let mut counts: HashMap<char, usize> = HashMap::new();
    for (_, name) in villages {
        split_village(name)
            .0
            .chars()
            .for_each(|c| *counts.entry(c).or_default() += 1);
    }
    let mut alphabet: Vec<char> = counts.keys().copied().collect();
    alphabet.sort_by_key(|c| (std::cmp::Reverse(counts[c]), *c));
    let ranks: HashMap<char, usize> = alphabet
        .iter()
        .enumerate()
        .map(|(rank, &c)| (c, rank))
        .collect();

    let mut counties: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    let mut last = 0;
    for (code, name) in villages {
        let block = counties.entry((code / 1_000_000) as u32).or_default();
        if last / 1000 != code / 1000 {
            let town = code / 1000 % 1000;
            block.extend([TOWN, (town >> 8) as u8, town as u8]);
            last = code / 1000 * 1000;
        }
        if *code != last + 1 {
            let number = code % 1000;
            block.extend([NUMBER, (number >> 8) as u8, number as u8]);
        }
        last = *code;
        let (stem, ending) = split_village(name);
        stem.chars()
            .for_each(|c| encode(ranks[&c], n_short(alphabet.len()), block));
        block.push(ending.map_or(NO_ENDING, |row| row as u8));
    }

    let letters: String = alphabet.into_iter().collect();
    let mut file = (letters.len() as u32).to_le_bytes().to_vec();
    file.extend(letters.bytes());
    file.extend((counties.len() as u32).to_le_bytes());
    let mut blocks = Vec::new();
    for (county, block) in counties {
        let mut encoder = DeflateEncoder::new(&mut blocks, Compression::best());
        encoder.write_all(&block)?;
        encoder.finish()?;
        file.extend(county.to_le_bytes());
        file.extend((blocks.len() as u32).to_le_bytes());
    }
    file.extend(blocks);
    Ok(file)
}

fn encode(rank: usize, n_short: usize, block: &mut Vec<u8>) {
    if rank < n_short {
        block.push((FIRST_CHAR + rank) as u8);
    } else {
        let rank = rank - n_short;
        block.extend([
            (FIRST_CHAR + n_short + rank / 256) as u8,
            (rank % 256) as u8,
        ]);
    }
}

/// How many characters of an alphabet take one byte, so that the bytes left over lead all the others.
fn n_short(n_chars: usize) -> usize {
    let n_bytes = 256 - FIRST_CHAR;
    let n_leads = (0..=n_bytes)
        .find(|leads| n_bytes - leads + 256 * leads >= n_chars)
        .unwrap_or(n_bytes);
    n_bytes - n_leads
}
