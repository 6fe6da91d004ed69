//! What the second look sees of a candidate: numbers, each in its column.
//!
//! There are what the labelling and the choice make of it, what its features add to its score by what they speak of, and what the
//! choice makes of the other candidates around it and of those with the same characters.

use super::describe::Adds;
use super::features::{N_TEMPLATES, TEMPLATES};
use super::rivals::{Place, Rivals, longest};
use super::surroundings::Surroundings;
use super::{FirstLook, T};
use crate::extract::choose::clusters;
use crate::extract::crf::Span;
use crate::model::EntityType;

/// Columns that are told by the candidate alone, or by what the labelling and the choice give it.
const OWN: [&str; 4] = ["length", "labelling", "score", "choice"];
/// Columns that are told by other candidates.
const OTHERS: [&str; 18] = [
    "again",
    "times",
    "likely-times",
    "as-other-type",
    "item-before",
    "item-before-of-other-type",
    "item-behind",
    "item-behind-of-other-type",
    "longer",
    "longer-of-other-type",
    "inside",
    "inside-of-other-type",
    "crossing",
    "same-of-other-type",
    "near",
    "near-of-all-types",
    "of-type-in-document",
    "density",
];
/// Number of columns.
const WIDTH: usize = T + OWN.len() + N_TEMPLATES + OTHERS.len();
/// A candidate whose log-odds by the choice are farther from zero is not looked at again.
const SURE: f64 = 3.5;
/// So many characters around it are near a candidate.
const NEAR: usize = 80;

/// The names of the columns.
pub fn columns() -> Vec<String> {
    let kinds = EntityType::ALL.iter().map(|kind| kind.name().to_owned());
    let features = TEMPLATES.iter().map(|of| format!("{of:?}"));
    kinds
        .chain(OWN.map(str::to_owned))
        .chain(features)
        .chain(OTHERS.map(str::to_owned))
        .collect()
}

/// The log-odds of a probability, within bounds.
pub fn log_odds(probability: f64) -> f64 {
    let p = probability.clamp(1e-4, 1.0 - 1e-4);
    (p / (1.0 - p)).ln()
}

/// For each type what spans before some span add up to, by their order.
struct Sums(Vec<[f64; T]>);

impl Sums {
    fn new(spans: &[Span]) -> Self {
        let mut sums = [0.0; T];
        let mut all = vec![sums];
        all.extend(spans.iter().map(|span| {
            sums[span.kind] += span.probability;
            sums
        }));
        Self(all)
    }

    /// Of the spans from one to before another.
    fn between(&self, from: usize, to: usize) -> [f64; T] {
        std::array::from_fn(|k| self.0[to][k] - self.0[from][k])
    }
}

/// Tells the columns of the spans of which the choice is not sure, each with its index and what the choice gives it; `adds` says
/// of every span what its features add to its score.
pub(super) fn tell(
    around: &Surroundings,
    first: &FirstLook,
    adds: &[Adds],
    mut each: impl FnMut(usize, f64, &[f32]),
) {
    let is_open = |i: &usize| log_odds(first.probabilities[*i]).abs() < SURE;
    // What the choice gives takes the place of what the labelling gives.
    let chosen = around.with(&first.probabilities);
    let sums = Sums::new(&chosen.spans);
    let mut places = Vec::new();
    for cluster in clusters(&around.spans) {
        if !cluster.clone().any(|i| is_open(&i)) {
            continue;
        }
        Place::of_cluster(&chosen.spans, cluster, &mut places);
        let longest = longest(&places);
        for (at, place) in places.iter().enumerate() {
            if !place.spans.clone().any(|i| is_open(&i)) {
                continue;
            }
            let rivals = Rivals::of(&places, at, longest);
            for i in place.spans.clone().filter(is_open) {
                let span = around.spans[i];
                let mut row = [0.0; WIDTH];
                row[span.kind] = 1.0;
                let of_self = [
                    (span.end - span.start) as f64,
                    log_odds(span.probability),
                    first.scores[i],
                    log_odds(first.probabilities[i]),
                ];
                let of_others = of_others(&chosen, i, &rivals, &sums);
                let told = of_self.iter().map(|number| *number as f32);
                let told = told.chain(adds[i]);
                let told = told.chain(of_others.iter().map(|number| *number as f32));
                for (column, number) in row[T..].iter_mut().zip(told) {
                    *column = number;
                }
                each(i, first.probabilities[i], &row);
            }
        }
    }
}

/// What other candidates tell of one.
fn of_others(chosen: &Surroundings, i: usize, rivals: &Rivals, sums: &Sums) -> [f64; OTHERS.len()] {
    let span = chosen.spans[i];
    let surface = chosen.surface(i);
    let [before, behind] = chosen
        .items(span)
        .map(|item| item.map_or([-1.0; 2], |item| [item.same, item.other.0]));
    let [longer, longer_other, inside, inside_other, crossing, same] = rivals.best(span.kind);
    let from = chosen
        .spans
        .partition_point(|s| s.start + NEAR < span.start);
    let to = chosen.spans.partition_point(|s| s.start < span.end + NEAR);
    let near = sums.between(from, to);
    let in_all = sums.between(0, chosen.spans.len());
    [
        surface.other(span.kind, span.probability),
        f64::from(surface.n[span.kind]),
        f64::from(surface.n_likely[span.kind]),
        surface.as_other_type(span.kind).1,
        before[0],
        before[1],
        behind[0],
        behind[1],
        longer,
        longer_other,
        inside,
        inside_other,
        crossing,
        same,
        near[span.kind],
        near.iter().sum(),
        in_all[span.kind],
        1000.0 * in_all.iter().sum::<f64>() / chosen.length() as f64,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::candidates::features::template;
    use crate::extract::places;
    use crate::extract::recognise::{self, Scene};
    use crate::extract::{evidence::Clues, model};
    use crate::knowledge::Selected;
    use crate::text::Document;

    #[test]
    fn each_column_has_a_name_of_its_own() {
        let mut names = columns();
        assert_eq!(names.len(), WIDTH);
        names.sort();
        names.dedup();
        assert_eq!(names.len(), WIDTH);
    }

    const TEXT: &str = "青溪镇2023年工作报告\n深入开展“美丽庭院”行动，引进红叶家具有限公司，推进百日攻坚、清廉村居建设，\
        枫林产业园项目开工，获评省级卫生镇、平安建设先进集体。";

    #[test]
    fn columns_add_up_what_features_add() {
        let report = include_str!("../../../data/samples/honghe-2023.txt");
        let doc = Document::new("", report);
        let survey = places::survey(&doc, &Selected::default());
        let clues = Clues::new(&doc.text);
        let scene = Scene {
            doc: &doc,
            survey: &survey,
            clues: &clues,
        };
        let model = model();
        let candidates = recognise::propose(&model.crf, &scene);
        let spans: Vec<Span> = candidates.iter().map(|c| c.span).collect();
        let mut n = 0;
        scene.look_once(&model.chooser, &spans, |i, _, row| {
            let mut expected = [0.0; N_TEMPLATES];
            for (feature, adds) in model.chooser.contributions(&candidates[i].features) {
                expected[template(feature)] += adds;
            }
            let told = &row[T + OWN.len()..][..N_TEMPLATES];
            for (column, expected) in told.iter().zip(expected) {
                assert!(
                    (f64::from(*column) - expected).abs() < 1e-4,
                    "{i}: {told:?}"
                );
            }
            n += 1;
        });
        assert!(n > 10, "{n}");
    }

    #[test]
    fn only_what_is_not_sure_is_looked_at_again() {
        let doc = Document::new("", TEXT);
        let survey = places::survey(&doc, &Selected::default());
        let clues = Clues::new(&doc.text);
        let scene = Scene {
            doc: &doc,
            survey: &survey,
            clues: &clues,
        };
        let model = model();
        let spans = recognise::label(&model.crf, &doc, &survey, &clues);
        let mut seen = Vec::new();
        let first = scene.look_once(&model.chooser, &spans, |i, probability, row| {
            assert_eq!(row.len(), WIDTH);
            assert!(row.iter().all(|number| number.is_finite()), "{row:?}");
            assert_eq!(row[spans[i].kind], 1.0);
            assert!(log_odds(probability).abs() < SURE);
            seen.push(i);
        });
        let looked = scene.look(&model.chooser, &model.forest, &spans);
        assert_eq!(looked.first.probabilities, first.probabilities);
        let changed = |i: &usize| looked.probabilities[*i] != first.probabilities[*i];
        let changed: Vec<usize> = (0..spans.len()).filter(changed).collect();
        assert!(!changed.is_empty() && changed.iter().all(|i| seen.contains(i)));
    }
}
