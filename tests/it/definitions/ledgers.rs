//! Money, enterprises across regions, and careers.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use xiangtu::graph::across::across;
use xiangtu::graph::adoption::Level;
use xiangtu::graph::careers::careers;
use xiangtu::graph::money::{By, Stake, State, stakes, sums};
use xiangtu::model::EntityType;
use xiangtu::store::Store;

use super::said::{ENTERPRISES, STATES, Said, all, kind, lies, undertaken};
use super::{Checked, LEVELS, Report, counted, local, near};

pub(super) fn check(store: &Store, reports: &[Report]) -> Checked {
    let stakes = check_money(store, reports)?;
    for level in LEVELS {
        check_across(store, reports, level, &stakes)?;
    }
    check_careers(store, reports)
}

fn check_money(store: &Store, reports: &[Report]) -> Result<Vec<Stake>, TestCaseError> {
    let stakes = stakes(store, None).unwrap();
    let amounts = all(reports, |said| match said {
        Said::Amount(thing, amount, is_ahead) => Some((*thing, *amount, *is_ahead)),
        _ => None,
    });
    let subjects: BTreeSet<&str> = amounts.iter().map(|(_, said)| said.0).collect();
    prop_assert_eq!(
        stakes
            .iter()
            .map(|stake| local(&stake.subject.id))
            .collect::<BTreeSet<_>>(),
        subjects
    );
    prop_assert!(stakes.is_sorted_by(|a, b| a.amount >= b.amount));
    for stake in &stakes {
        let thing = local(&stake.subject.id);
        let own: Vec<_> = amounts.iter().filter(|(_, said)| said.0 == thing).collect();
        let best = own
            .iter()
            .map(|(report, said)| (report.year, said.1))
            .max()
            .unwrap();
        prop_assert_eq!(
            (stake.year, stake.amount),
            (best.0, f64::from(best.1) * 1e4),
            "{:?}",
            stake
        );
        prop_assert_eq!(
            stake.stated,
            own.iter()
                .map(|(_, said)| said.1)
                .collect::<BTreeSet<_>>()
                .len()
        );
        // Of equal amounts in one year any may be the one that is shown.
        let shown: Vec<_> = own
            .iter()
            .filter(|(report, said)| (report.year, said.1) == best)
            .collect();
        let states = all(reports, |said| match said {
            Said::State(of, state) if *of == thing => Some(STATES[*state].1),
            _ => None,
        });
        let possible: Vec<State> = match states
            .iter()
            .map(|(report, state)| (report.year, *state))
            .max()
        {
            Some((_, state)) => vec![state],
            None => shown
                .iter()
                .map(|(_, said)| {
                    if said.2 {
                        State::Planned
                    } else {
                        State::Unknown
                    }
                })
                .collect(),
        };
        prop_assert!(possible.contains(&stake.state), "{stake:?}");
        let stated = lies(reports)
            .into_iter()
            .filter(|(_, (of, _))| *of == thing);
        let stated = stated
            .map(|(report, (_, place))| (report.year, place.len(), place))
            .max();
        let places: Vec<&str> = match stated {
            Some((.., place)) => vec![place],
            None => shown.iter().map(|(report, _)| report.place).collect(),
        };
        let place = local(&stake.place.as_ref().unwrap().id);
        prop_assert!(
            stake.place_stated == stated.is_some() && places.contains(&place),
            "{stake:?}"
        );
        let undertakers: BTreeSet<&str> = match kind(thing) {
            EntityType::Enterprise => [thing].into(),
            _ => undertaken(reports)
                .iter()
                .filter(|(_, said)| said.1 == thing)
                .map(|(_, said)| said.0)
                .collect(),
        };
        prop_assert_eq!(
            stake
                .enterprises
                .iter()
                .map(|e| local(&e.id))
                .collect::<BTreeSet<_>>(),
            undertakers
        );
    }
    check_sums(store, &stakes)?;
    Ok(stakes)
}

fn check_sums(store: &Store, stakes: &[Stake]) -> Checked {
    let at = |stake: &Stake, level| {
        counted(local(&stake.place.as_ref().unwrap().id), level).map(str::to_owned)
    };
    let levels = [
        (By::Town, Level::Town),
        (By::County, Level::County),
        (By::Prefecture, Level::Prefecture),
        (By::Province, Level::Province),
    ];
    for (by, level) in levels {
        check_sum(store, stakes, by, |stake| vec![at(stake, level)])?;
    }
    check_sum(store, stakes, By::Enterprise, |stake| {
        let of: Vec<_> = stake
            .enterprises
            .iter()
            .map(|e| Some(e.name.clone()))
            .collect();
        if of.is_empty() { vec![None] } else { of }
    })
}

fn check_sum(
    store: &Store,
    stakes: &[Stake],
    by: By,
    keys: impl Fn(&Stake) -> Vec<Option<String>>,
) -> Checked {
    let sums = sums(store, stakes, by).unwrap();
    let wanted: BTreeSet<Option<String>> = stakes.iter().flat_map(&keys).collect();
    prop_assert_eq!(sums.len(), wanted.len());
    for sum in sums {
        let key = sum.of.as_ref().map(|of| local(&of.id).to_owned());
        let own: Vec<&Stake> = stakes
            .iter()
            .filter(|stake| keys(stake).contains(&key))
            .collect();
        let total = |state: Option<State>| {
            let counted = own
                .iter()
                .filter(|stake| state.is_none_or(|state| stake.state == state));
            counted.map(|stake| stake.amount).sum::<f64>()
        };
        let behind: BTreeSet<_> = own.iter().flat_map(|stake| &stake.enterprises).collect();
        prop_assert_eq!(
            (sum.subjects, sum.enterprises),
            (own.len(), behind.len()),
            "{:?}",
            by
        );
        let found = [
            sum.total,
            sum.planned,
            sum.ongoing,
            sum.completed,
            sum.unknown,
        ];
        let states = [
            None,
            Some(State::Planned),
            Some(State::Ongoing),
            Some(State::Completed),
            Some(State::Unknown),
        ];
        prop_assert!(
            found
                .iter()
                .zip(states)
                .all(|(found, state)| near(*found, total(state))),
            "{sum:?}"
        );
    }
    Ok(())
}

fn check_across(store: &Store, reports: &[Report], level: Level, stakes: &[Stake]) -> Checked {
    let rows = across(store, level, 1).unwrap();
    let (lies, undertaken) = (lies(reports), undertaken(reports));
    let mut listed = 0;
    for enterprise in ENTERPRISES {
        let projects: BTreeSet<&str> = undertaken
            .iter()
            .filter(|(_, said)| said.0 == enterprise)
            .map(|(_, said)| said.1)
            .collect();
        let naming = all(reports, |said| match said {
            Said::Lies(thing, _) | Said::Undertakes(thing, _) | Said::Amount(thing, ..)
                if *thing == enterprise =>
            {
                Some(())
            }
            _ => None,
        });
        let homes = naming.iter().map(|(report, ())| report.place);
        let is_its = |thing: &str| thing == enterprise || projects.contains(thing);
        let stated = lies
            .iter()
            .filter(|(_, said)| !naming.is_empty() && is_its(said.0))
            .map(|(_, said)| said.1);
        let places: BTreeSet<&str> = homes.chain(stated).collect();
        let at = |level| {
            places
                .iter()
                .filter_map(|place| counted(place, level))
                .collect::<BTreeSet<&str>>()
        };
        let row = rows.iter().find(|row| row.name == enterprise);
        prop_assert_eq!(row.is_some(), !at(level).is_empty(), "{}", enterprise);
        let Some(row) = row else { continue };
        listed += 1;
        prop_assert_eq!(
            row.regions
                .iter()
                .map(|region| local(&region.id))
                .collect::<BTreeSet<_>>(),
            at(level)
        );
        prop_assert_eq!(
            [row.counties, row.provinces],
            [at(Level::County).len(), at(Level::Province).len()]
        );
        prop_assert_eq!(
            row.projects
                .iter()
                .map(|project| local(&project.id))
                .collect::<BTreeSet<_>>(),
            projects
        );
        let documents: BTreeSet<_> = naming
            .iter()
            .map(|(report, ())| std::ptr::from_ref(*report))
            .collect();
        let years: BTreeSet<i32> = naming
            .iter()
            .filter_map(|(report, ())| report.year)
            .collect();
        let years = years.first().copied().zip(years.last().copied());
        prop_assert_eq!(
            (row.documents, row.years, row.namesakes),
            (documents.len(), years, 0)
        );
        let own = stakes
            .iter()
            .filter(|stake| stake.enterprises.iter().any(|e| e.name == enterprise));
        prop_assert!(
            near(row.yuan, own.map(|stake| stake.amount).sum()),
            "{row:?}"
        );
    }
    prop_assert_eq!(rows.len(), listed);
    Ok(())
}

fn check_careers(store: &Store, reports: &[Report]) -> Checked {
    let mut expected: BTreeMap<(&str, &str, &str), Vec<&Report>> = BTreeMap::new();
    let posts = all(reports, |said| match said {
        Said::Post(person, post) => Some((*person, *post)),
        _ => None,
    });
    for (report, (person, post)) in posts {
        expected
            .entry((person, post, report.place))
            .or_default()
            .push(report);
    }
    let careers = careers(store, None).unwrap();
    let mut found = BTreeMap::new();
    for career in &careers {
        prop_assert!(career.posts.is_sorted_by_key(|post| post.first));
        for post in &career.posts {
            let key = (
                career.person.name.as_str(),
                post.post.as_str(),
                local(&post.place.as_ref().unwrap().id),
            );
            prop_assert!(
                found
                    .insert(key, (post.first, post.last, post.documents))
                    .is_none(),
                "{career:?}"
            );
        }
    }
    let expected: BTreeMap<_, _> = expected
        .into_iter()
        .map(|(key, reports)| {
            let years = || reports.iter().filter_map(|report| report.year);
            let documents: BTreeSet<_> = reports
                .iter()
                .map(|report| std::ptr::from_ref(*report))
                .collect();
            (key, (years().min(), years().max(), documents.len()))
        })
        .collect();
    prop_assert_eq!(found, expected);
    Ok(())
}
