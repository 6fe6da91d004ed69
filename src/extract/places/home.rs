//! The place that a text is about: among the divisions that it names the one for which most speaks.

use std::sync::LazyLock;

use super::named::{Candidate, MOST_VILLAGES, Named, PER_VILLAGE};
use super::pairs::Pairs;
use super::{Survey, called};
use crate::gazetteer::{DivisionId, FormKind, Gazetteer, Level, Match};
use crate::text::Document;

/// By so much must the score of a home be above that of its namesakes for its code to be told.
const TELLING: f64 = 0.6;
/// What it adds for one of them that the head of the text says in which division above it lies.
const LYING: f64 = 1.6;
/// The divisions with an official name, in order.
pub(super) fn namesakes(name: &str) -> Vec<DivisionId> {
    let gazetteer = Gazetteer::get();
    let is_name = |id: &DivisionId| gazetteer.division(*id).is_some_and(|d| d.name == name);
    let named = gazetteer.named(name).iter();
    named.map(|hit| hit.id).filter(is_name).collect()
}

/// The likeliest home first, then the runner-up and all that are named like the first, each with its score.
///
/// Looking for villages costs most, so that it is done only where it could matter.
fn rank(named: &Named, chars: &[char]) -> Vec<(f64, DivisionId)> {
    let gazetteer = Gazetteer::get();
    let text: LazyLock<Pairs, _> = LazyLock::new(|| Pairs::new(chars));
    let has_villages =
        |id: DivisionId| id.level() == Level::Township && named.candidates[id].full > 0;
    // The most that each can score, a little above for the rounding of sums.
    let mut open: Vec<(f64, DivisionId)> = named
        .candidates
        .0
        .iter()
        .filter(|(id, c)| named.considered(*id, c))
        .map(|&(id, _)| match (named.score(id, 0), has_villages(id)) {
            (least, true) => (least + PER_VILLAGE * MOST_VILLAGES as f64 + 1e-6, id),
            (score, false) => (score, id),
        })
        .collect();
    let exact = |(most, id): (f64, DivisionId)| {
        if !has_villages(id) {
            return (most, id);
        }
        let mut below = 0;
        gazetteer.village_names(id, |stem, ending| {
            below += usize::from(text.names(stem, ending))
        });
        (named.score(id, below), id)
    };
    let order =
        |a: &(f64, DivisionId), b: &(f64, DivisionId)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    open.sort_by(order);
    let mut ranked: Vec<(f64, DivisionId)> = Vec::new();
    let mut next = 0;
    while next < open.len() && ranked.get(1).is_none_or(|second| second.0 <= open[next].0) {
        ranked.push(exact(open[next]));
        ranked.sort_by(order);
        next += 1;
    }
    if let Some(&(_, first)) = ranked.first() {
        let namesakes = namesakes(gazetteer.division(first).map_or("", |d| d.name));
        let alike = open[next..]
            .iter()
            .filter(|(_, id)| named.alike(first, *id, &namesakes));
        ranked.extend(alike.map(|&found| exact(found)));
        ranked.sort_by(order);
    }
    ranked
}

/// How sure a home is that only the townships tell that the text names.
const HINTED: f64 = 0.6;

/// Finds the home place among names that do not overlap.
pub(super) fn find_home(doc: &Document, matches: &[Match]) -> Survey {
    let gazetteer = Gazetteer::get();
    let chars = &doc.text.chars;
    let named = Named::new(doc, matches);
    let scored = rank(&named, chars);
    let told = scored
        .first()
        .filter(|(best, id)| *best >= 3.0 && is_told(&named.candidates[*id], *id, chars));
    let Some(&(_, first)) = told else {
        let county = named.county_of_towns();
        let county = county.filter(|_| n_blanks(chars) < BLANKS);
        return county.map_or_else(Survey::default, |id| Survey {
            home: Some(id),
            home_name: called(id),
            confidence: HINTED,
            certain: true,
            ..Survey::default()
        });
    };
    // Among divisions of one name counts too where the head of the text says that it lies; the runner-up of them decides whether
    // the code can be told.
    let of_first = namesakes(gazetteer.division(first).map_or("", |d| d.name));
    let alike = scored
        .iter()
        .filter(|(_, id)| *id == first || named.alike(first, *id, &of_first));
    let with_lying = |&(score, id): &(f64, DivisionId)| {
        let lies = named.lying.contains(&id);
        (score + if lies { LYING } else { 0.0 }, id)
    };
    let mut alike: Vec<(f64, DivisionId)> = alike.map(with_lying).collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let (best, id) = alike[0];
    let rival = alike.get(1).map(|(score, _)| *score);
    let name = gazetteer.division(id).map_or("", |d| d.name).to_owned();
    let shared = gazetteer
        .named(&name)
        .iter()
        .filter(|h| h.kind == FormKind::Full)
        .count()
        > 1;
    let margin = rival.map_or(best, |r| best - r);
    let certain = !shared || margin >= TELLING;
    let second = scored
        .iter()
        .find(|(_, other)| *other != id)
        .map_or(0.0, |s| s.0);
    let confidence = 1.0 / (1.0 + (-(best - second).min(margin) * 1.2).exp());
    Survey {
        home: Some(id),
        home_name: called(id),
        confidence: (confidence * 100.0).round() / 100.0,
        certain,
        hits: Vec::new(),
        correction: None,
    }
}

/// Whether the text really gives the name, rather than a word that happens to be one (街道) or a redacted name (X镇).
fn is_told(candidate: &Candidate, id: DivisionId, chars: &[char]) -> bool {
    let name = Gazetteer::get().division(id).map_or("", |d| d.name);
    let is_word = matches!(name, "城镇" | "和县" | "城区");
    name != "街道" && (candidate.in_title > 0 || (!is_word && !is_redacted(candidate, chars)))
}

/// Whether names are blacked out in a text: a name in it is another place's then, unless the title gives it.
fn is_redacted(candidate: &Candidate, chars: &[char]) -> bool {
    let blanks = n_blanks(chars);
    blanks >= 10 && blanks > 3 * candidate.full
}

/// With so many blanks the text may have its own place blacked out.
const BLANKS: usize = 3;

/// How many names are blacked out.
fn n_blanks(chars: &[char]) -> usize {
    let stars = chars.chunk_by(|a, b| *a == '*' && *b == '*');
    let stars = stars.map(|run| run.iter().filter(|c| **c == '*').count() / 3);
    let letters = chars.iter().filter(|c| matches!(c, 'X' | '×' | '某'));
    stars.sum::<usize>() + letters.count()
}

#[cfg(test)]
mod tests {
    use super::super::{survey, usual_name};
    use super::*;
    use crate::knowledge::Selected;
    use crate::model::Metadata;

    /// The code of the home of a text; its name where the code cannot be told.
    fn home(text: &str) -> String {
        let survey = survey(&Document::new("", text), &Selected::default());
        match survey.known_home() {
            Some(id) => id.0.to_string(),
            None => survey.home_name,
        }
    }

    #[test]
    fn townships_are_known_by_the_names_that_reports_give_them() {
        // In the register: 唐家墩街街道, 峪口地区, 济源市五龙口镇.
        for (text, code) in [
            (
                "唐家墩街道2020年工作总结\n一年来，街道上下一条心。\n",
                "420103009",
            ),
            (
                "平谷区峪口镇2023年工作总结\n全镇上下一条心。\n",
                "110117004",
            ),
            (
                "五龙口镇概况\n五龙口镇在济源市东北，全镇有三十五个村。\n",
                "419001101",
            ),
        ] {
            assert_eq!(home(text), code, "{text}");
        }
        let gazetteer = Gazetteer::get();
        let name = |code| gazetteer.by_code(code).map(usual_name);
        assert_eq!(name("419001101"), Some("五龙口镇"));
        assert_eq!(name("360923102"), Some("锦江镇"));
    }

    #[test]
    fn columns_beside_a_text_tell_its_place() {
        let home = |place: &str, title: &str, text: &str| {
            let given = |s: &str| (!s.is_empty()).then(|| s.to_owned());
            let told = Metadata {
                place: given(place),
                title: given(title),
                ..Metadata::default()
            };
            let doc = Document::new("", text).told(&told);
            let survey = survey(&doc, &Selected::default());
            survey.known_home().map(|id| id.0)
        };
        let text = "粮食总产量3万吨，全镇上下一条心。";
        let (town, other) = (360_923_102, 430_181_112);
        assert_eq!(home("", "上高县锦江镇2024年工作总结", text), Some(town));
        assert_eq!(
            home("江西省 上高县 锦江镇", "2024年工作总结", text),
            Some(town)
        );
        assert_eq!(
            home("江西省 上高县", "锦江镇2024年工作总结", text),
            Some(town)
        );
        let named = "锦江镇是个好地方，全镇上下一条心，锦江镇的粮食丰收。";
        assert_eq!(home("江西省 上高县", "", named), Some(town));
        assert_eq!(home("", "2024年工作总结", text), None);
        // The text outweighs the table.
        let own = "浏阳市文家市镇2024年工作总结\n文家市镇上下一条心，全镇粮食丰收。";
        assert_eq!(home("江西省 上高县 锦江镇", "", own), Some(other));
    }

    #[test]
    fn of_namesakes_the_one_counts_of_which_the_text_says_where_it_lies() {
        for (text, code) in [
            (
                "渠县三汇镇的一年\n全镇上下一条心，三汇镇的码头变了样，合川区也来学习。\n",
                "511725104",
            ),
            (
                "二郎镇概况\n二郎镇位于古蔺县城东，与贵州省习水县隔河相望。全镇有六个村。\n",
                "510525104",
            ),
            // A province tells by its full name, but not by one that may stand for much.
            (
                "新安镇2025年工作要点\n全镇学习浙江省的经验。\n",
                "330521114",
            ),
            ("新安镇2025年工作要点\n全镇学习浙江经验。\n", "新安镇"),
            // Nothing tells which.
            ("三汇镇2023年工作总结\n全镇上下一条心。\n", "三汇镇"),
            ("梅江镇2023年工作会\n全镇上下一条心。\n", "梅江镇"),
        ] {
            assert_eq!(home(text), code, "{text}");
        }
    }

    #[test]
    fn names_that_are_none_are_no_home() {
        for (text, code) in [
            (
                "经济开发区2023年工作总结\n经济开发区引进了三家企业，社区面貌一新。\n",
                "",
            ),
            (
                "肇东经济开发区发展情况\n肇东经济开发区在哈尔滨和大庆之间，肇东市和肇东人都看重它，肇东开发区去年有十家企业。\n",
                "231282",
            ),
        ] {
            assert_eq!(home(text), code, "{text}");
        }
    }

    #[test]
    fn a_county_is_told_by_its_towns_where_the_text_speaks_of_its_county() {
        let told = "信访局来访\n昨天，信访局一行来到我县的定江镇，县领导一同前往。我县把这件事放在心上。\n";
        assert_eq!(home(told), "450323");
        assert_eq!(home("客人到访\n昨天，客人来到定江镇。\n"), "");
        // The county can be another than that of a town that is blacked out.
        let blacked = "X镇来访\nX镇和X村的人来到我县的定江镇，我县热情相迎。\n";
        assert_eq!(home(blacked), "");
    }
}
