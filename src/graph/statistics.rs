//! Small statistics that several analyses share. All take and give plain numbers.

/// Shannon entropy of a distribution over classes, in bits: 0 when all is in one, `log2(n)` when it is even over n.
///
/// Method: Shannon 1948, from counts, without correction for small samples. Cost: one pass.
pub fn entropy(counts: impl IntoIterator<Item = usize>) -> f64 {
    let counts: Vec<f64> = counts
        .into_iter()
        .filter(|n| *n > 0)
        .map(|n| n as f64)
        .collect();
    let total: f64 = counts.iter().sum();
    let bits: f64 = counts.iter().map(|n| n / total * (total / n).log2()).sum();
    // An even distribution over one class must not read as -0.
    bits.max(0.0)
}

/// Adjusted p-values: the least rate of false discoveries at which each test would be called a finding.
///
/// Method: Benjamini and Hochberg 1995. `NaN` stands for "not tested" and is left out of the number of tests.
/// Cost: one sort.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|&i| !p[i].is_nan()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let n = order.len() as f64;
    let mut adjusted = vec![f64::NAN; p.len()];
    let mut least: f64 = 1.0;
    for (rank, &i) in order.iter().enumerate().rev() {
        least = least.min(p[i] * n / (rank + 1) as f64);
        adjusted[i] = least;
    }
    adjusted
}

/// Logarithms of factorials up to a number.
pub struct Factorials(Vec<f64>);

impl Factorials {
    /// Those up to `n!`. Cost: `n` logarithms.
    pub fn up_to(n: usize) -> Self {
        let mut table = Vec::with_capacity(n + 1);
        let mut sum = 0.0;
        table.push(0.0);
        for k in 1..=n {
            sum += (k as f64).ln();
            table.push(sum);
        }
        Self(table)
    }

    fn ln_choose(&self, n: usize, k: usize) -> f64 {
        self.0[n] - self.0[k] - self.0[n - k]
    }

    /// The probability that two random sets of `a` and `b` among `n` things share at least `k`.
    ///
    /// Method: the upper tail of the hypergeometric distribution (Fisher's exact test, one-sided).
    pub fn overlap_at_least(&self, n: usize, a: usize, b: usize, k: usize) -> f64 {
        let least = k.max((a + b).saturating_sub(n));
        let term = |shared: usize| {
            (self.ln_choose(a, shared) + self.ln_choose(n - a, b - shared) - self.ln_choose(n, b))
                .exp()
        };
        (least..=a.min(b)).map(term).sum::<f64>().min(1.0)
    }
}

/// Lift of two sets of `a` and `b` among `n` that share `shared`, with an interval of 95 %.
///
/// Lift is how many times more often both occur than if they were independent: `shared · n / (a · b)`. The interval is that
/// of the logarithm by the delta method over the four cells of the table, and is rough below five shared; it is `None`
/// where nothing is shared.
pub fn lift(n: usize, a: usize, b: usize, shared: usize) -> (f64, Option<(f64, f64)>) {
    let [n, a, b, shared] = [n, a, b, shared].map(|x| x as f64);
    let value = shared * n / (a * b);
    if shared == 0.0 {
        return (value, None);
    }
    let (both, pa, pb) = (shared / n, a / n, b / n);
    let square = both * (1.0 / both - 1.0 / pa - 1.0 / pb).powi(2)
        + (pa - both) / (pa * pa)
        + (pb - both) / (pb * pb);
    let deviation = ((square - 1.0).max(0.0) / n).sqrt();
    let factor = (1.959_963_985 * deviation).exp();
    (value, Some((value / factor, value * factor)))
}

/// Agreement of two partitions of the same things, corrected for chance: 1 for the same, about 0 for unrelated ones.
///
/// Method: the adjusted Rand index (Hubert and Arabie 1985). Cost: one pass and one sort.
pub fn adjusted_rand_index(left: &[usize], right: &[usize]) -> f64 {
    let pairs = |n: usize| (n * n.saturating_sub(1)) as f64 / 2.0;
    let within = |mut classes: Vec<(usize, usize)>| {
        classes.sort_unstable();
        classes
            .chunk_by(|a, b| a == b)
            .map(|class| pairs(class.len()))
            .sum::<f64>()
    };
    let both = within(left.iter().copied().zip(right.iter().copied()).collect());
    let of_left = within(left.iter().map(|&class| (class, 0)).collect());
    let of_right = within(right.iter().map(|&class| (class, 0)).collect());
    let expected = of_left * of_right / pairs(left.len()).max(1.0);
    let most = (of_left + of_right) / 2.0;
    if most == expected {
        return 1.0;
    }
    (both - expected) / (most - expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn entropy_is_that_of_the_textbook() {
        assert!(near(entropy([4]), 0.0) && near(entropy([]), 0.0));
        assert!(near(entropy([1, 1, 1, 1]), 2.0));
        assert!(near(entropy([2, 1, 1, 0]), 1.5));
    }

    #[test]
    fn adjusted_p_values_are_those_of_r() {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.2), "BH")
        let adjusted = benjamini_hochberg(&[0.01, 0.04, f64::NAN, 0.03, 0.2]);
        let expected = [0.04, 0.16 / 3.0, f64::NAN, 0.16 / 3.0, 0.2];
        for (a, e) in adjusted.iter().zip(expected) {
            assert!((a.is_nan() && e.is_nan()) || near(*a, e), "{adjusted:?}");
        }
    }

    #[test]
    fn overlaps_are_those_counted_by_hand() {
        let factorials = Factorials::up_to(10);
        // 5 things, sets of 2 and 3: of 10 choices 3 hold both, 6 one, 1 none.
        assert!(near(factorials.overlap_at_least(5, 2, 3, 2), 0.3));
        assert!(near(factorials.overlap_at_least(5, 2, 3, 1), 0.9));
        assert!(near(factorials.overlap_at_least(5, 2, 3, 0), 1.0));
        assert!(near(factorials.overlap_at_least(5, 4, 4, 3), 1.0));
    }

    #[test]
    fn lift_and_its_interval_are_those_computed_by_hand() {
        let (value, interval) = lift(20, 5, 8, 4);
        assert!(near(value, 2.0));
        // Variance of the logarithm by hand: (0.2·(5-4-2.5)² + 0.05·16 + 0.2·6.25 - 1) / 20 = 0.075.
        let factor = (1.959_963_985 * 0.075_f64.sqrt()).exp();
        let (low, high) = interval.unwrap();
        assert!(
            near(low, 2.0 / factor) && near(high, 2.0 * factor),
            "{low} {high}"
        );
        assert_eq!(lift(20, 5, 8, 0), (0.0, None));
    }

    #[test]
    fn agreement_of_partitions_is_that_of_the_paper() {
        assert!(near(adjusted_rand_index(&[0, 0, 1, 1], &[5, 5, 2, 2]), 1.0));
        // scikit-learn: adjusted_rand_score([0, 0, 1, 2], [0, 0, 1, 1]) = 0.5714285714285714
        assert!(near(
            adjusted_rand_index(&[0, 0, 1, 2], &[0, 0, 1, 1]),
            4.0 / 7.0
        ));
        assert!(near(
            adjusted_rand_index(&[0, 0, 1, 1], &[0, 1, 0, 1]),
            -0.5
        ));
    }

    proptest! {
        #[test]
        fn adjusted_values_keep_the_order_and_never_fall(p in prop::collection::vec(0.0_f64..=1.0, 1..40)) {
            let adjusted = benjamini_hochberg(&p);
            for (i, a) in adjusted.iter().enumerate() {
                prop_assert!(*a >= p[i] - 1e-12 && *a <= 1.0);
                // The definition, without the shortcut of one sweep.
                let naive = p.iter().filter(|q| **q >= p[i]).map(|q| {
                    let rank = p.iter().filter(|r| *r <= q).count();
                    q * p.len() as f64 / rank as f64
                }).fold(1.0, f64::min);
                prop_assert!((a - naive).abs() < 1e-9);
            }
        }
    }
}
