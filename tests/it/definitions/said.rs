//! What reports say of enterprises, money, posts and figures.

use proptest::prelude::*;
use xiangtu::model::{
    EntityType, Extraction, Fact, ID_BASE, IndicatorKind, Part, Predicate, Quote,
};

use super::{PLACES, Report, local};
use crate::ledgers::figure;
use crate::written::{PLACE, entity, fact};
use xiangtu::graph::money::State;

pub(super) const ENTERPRISES: [&str; 3] =
    ["红星机械有限公司", "大地农牧有限公司", "明月酒业有限公司"];
const PROJECTS: [&str; 3] = ["冷链物流园", "光伏电站", "文化广场"];
const PERSONS: [&str; 2] = ["陈立新", "周一帆"];
const POSTS: [&str; 2] = ["镇长", "党委书记"];
pub(super) const STATES: [(&str, State); 3] = [
    ("planned", State::Planned),
    ("ongoing", State::Ongoing),
    ("completed", State::Completed),
];
/// A sentence so long that reports which share it are copies of one.
const SENTENCE: &str = "全镇各项目标任务全面完成并且好于上年同期水平。";

/// One thing that a report says; enterprises and projects by name.
#[derive(Clone, Debug)]
pub(super) enum Said {
    Lies(&'static str, &'static str),
    Undertakes(&'static str, &'static str),
    /// 万元, and whether the passage looks ahead.
    Amount(&'static str, u8, bool),
    State(&'static str, usize),
    Post(&'static str, &'static str),
    Figure(Figured),
}

#[derive(Clone, Debug)]
pub(super) struct Figured {
    pub(super) name: &'static str,
    pub(super) is_target: bool,
    pub(super) value: u8,
    pub(super) unit: &'static str,
    pub(super) period: Option<i32>,
    /// Stands in the sentence that others have too.
    pub(super) is_copied: bool,
}

pub(super) fn said() -> impl Strategy<Value = Said> {
    use prop::sample::select;
    let things = [&ENTERPRISES[..], &PROJECTS[..]].concat();
    let one = || select(things.clone());
    let figure = (
        (select(vec!["粮食产量", "绿化面积"]), any::<bool>(), 1..5_u8),
        (
            select(vec!["吨", "吨", "个"]),
            prop::option::weighted(0.3, 2018..2024),
            prop::bool::weighted(0.1),
        ),
    );
    prop_oneof![
        2 => (one(), select(&PLACES[..])).prop_map(|(thing, place)| Said::Lies(thing, place)),
        2 => (select(&ENTERPRISES[..]), select(&PROJECTS[..])).prop_map(|(e, p)| Said::Undertakes(e, p)),
        3 => (one(), 1..4_u8, any::<bool>()).prop_map(|(thing, amount, ahead)| Said::Amount(thing, amount, ahead)),
        2 => (one(), 0..3_usize).prop_map(|(thing, state)| Said::State(thing, state)),
        2 => (select(&PERSONS[..]), select(&POSTS[..])).prop_map(|(person, post)| Said::Post(person, post)),
        6 => figure.prop_map(|((name, is_target, value), (unit, period, is_copied))| {
            Said::Figure(Figured { name, is_target, value, unit, period, is_copied })
        }),
    ]
}

pub(super) fn kind(name: &str) -> EntityType {
    match name {
        name if ENTERPRISES.contains(&name) => EntityType::Enterprise,
        name if PROJECTS.contains(&name) => EntityType::Project,
        _ => EntityType::Person,
    }
}

pub(super) fn iri(name: &str) -> String {
    format!("{ID_BASE}{}/x/{name}", kind(name).name())
}

/// Adds to a report what it says besides its initiatives.
pub(super) fn write(all: &[Said], report: &mut Extraction) {
    for (at, said) in (100..).step_by(10).zip(all) {
        let (subject, predicate, object, value) = match said {
            Said::Lies(thing, place) => (
                thing,
                Predicate::LocatedIn,
                Some(format!("{PLACE}{place}")),
                None,
            ),
            Said::Undertakes(enterprise, project) => {
                (enterprise, Predicate::Undertakes, Some(iri(project)), None)
            }
            Said::Amount(thing, amount, _) => {
                (thing, Predicate::Investment, None, Some(amount.to_string()))
            }
            Said::State(thing, state) => (
                thing,
                Predicate::Status,
                None,
                Some(STATES[*state].0.to_owned()),
            ),
            Said::Post(person, post) => {
                (person, Predicate::HoldsPost, None, Some((*post).to_owned()))
            }
            Said::Figure(said) => {
                write_figure(said, at, report);
                continue;
            }
        };
        for name in [Some(*subject), object.as_deref().map(local)]
            .into_iter()
            .flatten()
        {
            let thing = match PLACES.iter().find(|code| **code == name) {
                Some(code) => entity(
                    format!("{PLACE}{code}"),
                    EntityType::Place,
                    code,
                    Some(code),
                ),
                None => entity(iri(name), kind(name), name, None),
            };
            if report.entities.iter().all(|known| known.id != thing.id) {
                report.entities.push(thing);
            }
        }
        let is_amount = predicate == Predicate::Investment;
        report.facts.push(Fact {
            start: at,
            end: at + 1,
            unit: is_amount.then(|| "万元".to_owned()),
            part: match said {
                Said::Amount(_, _, true) => Part::Plan,
                _ => Part::Review,
            },
            ..fact(iri(subject), predicate, object, value)
        });
    }
}

fn write_figure(said: &Figured, at: usize, report: &mut Extraction) {
    let kind = if said.is_target {
        IndicatorKind::Target
    } else {
        IndicatorKind::Actual
    };
    let mut indicator = figure(
        said.name,
        kind,
        &said.value.to_string(),
        said.unit,
        None,
        "",
    );
    indicator.place = report.home.as_ref().unwrap().id.clone();
    indicator.period = said.period.map(|year| year.to_string());
    (indicator.start, indicator.end) = (at, at + 1);
    let text = if said.is_copied {
        SENTENCE.to_owned()
    } else {
        format!("{}：{at}", report.doc)
    };
    indicator.quote = Quote {
        start: at,
        end: at + text.chars().count(),
        text,
    };
    report.indicators.push(indicator);
}

/// All that a kind of statement says, with the report.
pub(super) fn all<'a, T>(
    reports: &'a [Report],
    of: impl Fn(&'a Said) -> Option<T>,
) -> Vec<(&'a Report, T)> {
    let all = reports
        .iter()
        .flat_map(|report| report.said.iter().map(move |said| (report, said)));
    all.filter_map(|(report, said)| Some((report, of(said)?)))
        .collect()
}

pub(super) fn lies(reports: &[Report]) -> Vec<(&Report, (&str, &str))> {
    all(reports, |said| match said {
        Said::Lies(thing, place) => Some((*thing, *place)),
        _ => None,
    })
}

pub(super) fn undertaken(reports: &[Report]) -> Vec<(&Report, (&str, &str))> {
    all(reports, |said| match said {
        Said::Undertakes(enterprise, project) => Some((*enterprise, *project)),
        _ => None,
    })
}
