//! A second look at candidates that the choice is not sure of: gradient boosted trees.
//!
//! The choice adds up what speaks for a candidate and what against it; trees see what it means that several things come together.
//! Each tree asks the same questions of all candidates, one a level ("oblivious" trees), and what all trees say is added to the
//! log-odds of the choice. Method: Friedman (2001), "Greedy function approximation: a gradient boosting machine"; leaves by Newton
//! steps and the gain of a question as in Chen, Guestrin (2016), "XGBoost"; trees of one question a level as in Prokhorenkova et
//! al. (2018), "CatBoost". Cost: a comparison for each level of each tree.

mod train;

pub use train::{Samples, Training};

use std::fmt::Write as _;

use pulp::{Arch, NullaryFnOnce};

use crate::{Error, Result};

/// Questions of a tree.
const DEPTH: usize = 6;
/// Ends of a tree.
const LEAVES: usize = 1 << DEPTH;
/// So many candidates are led through a tree together.
const TOGETHER: usize = 8;
/// Decimals that thresholds and leaves are kept with.
const DECIMALS: usize = 4;

/// The trained trees.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    trees: Vec<Tree>,
}

/// One tree.
#[derive(Clone, Debug, PartialEq)]
struct Tree {
    /// Which column is asked for at each level, and above what number one goes to the right.
    questions: [(u16, f32); DEPTH],
    /// What it adds to the log-odds, by the answers: the first one is the highest bit.
    leaves: [f32; LEAVES],
}

/// Answers to `questions` lead some candidates through a forest.
struct Walk<'a> {
    forest: &'a Forest,
    width: usize,
    rows: &'a [f32],
}

impl NullaryFnOnce for Walk<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn call(self) -> Vec<f32> {
        let mut sums = Vec::with_capacity(self.rows.len() / self.width.max(1) + TOGETHER);
        let mut columns = vec![[0.0; TOGETHER]; self.width];
        for rows in self.rows.chunks(TOGETHER * self.width.max(1)) {
            for (lane, row) in rows.chunks_exact(self.width).enumerate() {
                for (column, number) in columns.iter_mut().zip(row) {
                    column[lane] = *number;
                }
            }
            let mut of_rows = [0.0f32; TOGETHER];
            for tree in &self.forest.trees {
                let mut leaf = [0u32; TOGETHER];
                for (column, above) in tree.questions {
                    let numbers = &columns[usize::from(column)];
                    for (leaf, number) in leaf.iter_mut().zip(numbers) {
                        *leaf = *leaf << 1 | u32::from(*number > above);
                    }
                }
                for (sum, leaf) in of_rows.iter_mut().zip(leaf) {
                    *sum += tree.leaves[leaf as usize % LEAVES];
                }
            }
            sums.extend(&of_rows[..rows.len() / self.width]);
        }
        sums
    }
}

impl Forest {
    /// What all trees together add to the log-odds of each candidate; `rows` holds its `width` columns one behind the other.
    pub fn sums(&self, width: usize, rows: &[f32]) -> Vec<f32> {
        assert!(
            self.trees.iter().all(|tree| tree.is_within(width)),
            "columns that were learned from"
        );
        let walk = Walk {
            forest: self,
            width,
            rows,
        };
        // With instructions that not every processor has, where this one has them.
        Arch::new().dispatch(walk)
    }

    /// Writes the trees as text, a line each: the questions by the names of their columns, then the leaves.
    pub fn to_tsv(&self, columns: &[String]) -> String {
        let mut out = String::new();
        for tree in &self.trees {
            let questions = tree.questions.iter().map(|(column, above)| {
                let name = &columns[usize::from(*column)];
                format!("{name}>{}", short(*above))
            });
            let leaves = tree.leaves.iter().map(|leaf| short(*leaf));
            let cells: Vec<String> = questions.chain(leaves).collect();
            writeln!(out, "{}", cells.join("\t")).expect("writing to a string");
        }
        out
    }

    /// Reads what [`Forest::to_tsv`] wrote.
    pub fn from_tsv(path: &str, text: &str, columns: &[String]) -> Result<Self> {
        let tree = |line: &str| -> Option<Tree> {
            let mut cells = line.split('\t');
            let mut tree = Tree {
                questions: [(0, 0.0); DEPTH],
                leaves: [0.0; LEAVES],
            };
            for question in &mut tree.questions {
                let (name, above) = cells.next()?.split_once('>')?;
                let column = columns.iter().position(|column| column == name)?;
                *question = (column as u16, above.parse().ok()?);
            }
            for leaf in &mut tree.leaves {
                *leaf = cells.next()?.parse().ok()?;
            }
            cells.next().is_none().then_some(tree)
        };
        let read = |(n, line): (usize, &str)| {
            tree(line).ok_or_else(|| {
                let wanted = "expected six questions and 64 leaves, as `xiangtu train` writes them";
                Error::data(path, n + 1, wanted)
            })
        };
        let trees = text.lines().enumerate().map(read).collect::<Result<_>>()?;
        Ok(Self { trees })
    }
}

impl Tree {
    /// Whether it asks for no column beyond the last.
    fn is_within(&self, width: usize) -> bool {
        let columns = self.questions.iter().map(|(column, _)| column);
        columns.into_iter().all(|c| usize::from(*c) < width)
    }
}

/// A number as it is kept.
fn kept(number: f32) -> f32 {
    let scale = 10f32.powi(DECIMALS as i32);
    (number * scale).round() / scale
}

/// A number as it is written.
fn short(number: f32) -> String {
    format!("{}", kept(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<String> {
        ["one", "two"].map(String::from).to_vec()
    }

    /// Samples of which the right ones have either number above a half, but not both.
    fn either(n: usize) -> Samples {
        let mut samples = Samples::new(2);
        for i in 0..n {
            let row = [(i % 10) as f32 / 10.0, (i / 10 % 10) as f32 / 10.0];
            samples.push(&row, (row[0] > 0.5) != (row[1] > 0.5), 0.0);
        }
        samples
    }

    #[test]
    fn what_no_sum_can_tell_is_learned() {
        let training = Training {
            trees: 20,
            rate: 0.3,
            ..Training::default()
        };
        let forest = Forest::train(&either(1000), &training);
        let rows = [0.9, 0.1, 0.1, 0.9, 0.9, 0.9, 0.1, 0.1];
        let sums = forest.sums(2, &rows);
        assert!(sums[0] > 1.0 && sums[1] > 1.0, "{sums:?}");
        assert!(sums[2] < -1.0 && sums[3] < -1.0, "{sums:?}");
        assert_eq!(forest, Forest::train(&either(1000), &training));
    }

    #[test]
    fn candidates_are_led_alike_alone_and_together() {
        let forest = Forest::train(&either(500), &Training::default());
        let rows: Vec<f32> = (0..42).map(|i| (i * 7 % 11) as f32 / 11.0).collect();
        let alone: Vec<f32> = rows.chunks(2).flat_map(|r| forest.sums(2, r)).collect();
        assert_eq!(forest.sums(2, &rows), alone);
        assert_eq!(alone.len(), 21);
        assert!(Forest::default().sums(2, &rows).iter().all(|s| *s == 0.0));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let forest = Forest::train(&either(300), &Training::default());
        let text = forest.to_tsv(&columns());
        let read = Forest::from_tsv("f", &text, &columns()).expect("its own writing");
        assert_eq!(read, forest);
        for bad in ["one>1\t2", "three>1", "\n", &text.replace("one>", "nine>")] {
            let error = Forest::from_tsv("f", bad, &columns()).expect_err(bad);
            assert!(error.to_string().contains('f'), "{error}");
        }
    }
}
