//! What speaks for two names being one thing, and what against.

use std::collections::BTreeSet;

use serde::Serialize;

use super::names::{difference, is_generic, is_mark, plain};
use super::rules::fullest;
use super::{Firm, Unit};
use crate::gazetteer::{DivisionId, Gazetteer};
use crate::model::EntityType;
use crate::thesaurus::Thesaurus;

/// One piece of evidence. What the words of `rule` mean to a reader stands in the messages as `ground.RULE`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ground {
    /// Its name.
    pub rule: &'static str,
    /// Whether it joins (`true`), keeps apart (`false`) or only bears on the matter.
    pub joins: Option<bool>,
    /// What it is about, in the order in which its message takes it.
    pub values: Vec<String>,
}

fn ground(rule: &'static str, joins: Option<bool>, values: &[&str]) -> Ground {
    Ground {
        rule,
        joins,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    }
}

/// All evidence on two units, what joins and what keeps apart together, in a fixed order.
pub fn grounds(a: &Unit, b: &Unit) -> Vec<Ground> {
    if a.kind != b.kind {
        return vec![ground(
            "types",
            Some(false),
            &[a.kind.name(), b.kind.name()],
        )];
    }
    let mut all = Vec::new();
    if a.id == b.id {
        all.push(ground("same-iri", Some(true), &[a.name()]));
    }
    names(a, b, &mut all);
    match a.kind {
        EntityType::Place => codes(a, b, &mut all),
        EntityType::Enterprise => firms(a, b, &mut all),
        EntityType::Campaign => concepts(a, b, &mut all),
        EntityType::Person => seats(a, b, &mut all),
        EntityType::Project => projects(a, b, &mut all),
        EntityType::Honour => conferred(a, b, &mut all),
    }
    if matches!(
        a.kind,
        EntityType::Enterprise | EntityType::Person | EntityType::Project
    ) {
        counties(a, b, &mut all);
    }
    all
}

fn names(a: &Unit, b: &Unit, all: &mut Vec<Ground>) {
    let plain_names = |unit: &Unit| unit.names.keys().map(|n| plain(n)).collect::<BTreeSet<_>>();
    let (of_a, of_b) = (plain_names(a), plain_names(b));
    if let Some(name) = of_a.intersection(&of_b).next() {
        all.push(ground("same-name", Some(true), &[name]));
        return;
    }
    let (x, y) = (plain(a.name()), plain(b.name()));
    let (in_x, in_y) = difference(&x, &y);
    let (rule, joins) = if is_mark(&format!("{in_x}{in_y}")) {
        ("mark", Some(false))
    } else {
        ("difference", None)
    };
    all.push(ground(rule, joins, &[a.name(), b.name(), &in_x, &in_y]));
}

fn codes(a: &Unit, b: &Unit, all: &mut Vec<Ground>) {
    let code = |unit: &Unit| (unit.scope().is_empty()).then(|| unit.local_name().to_owned());
    match (code(a), code(b)) {
        (Some(x), Some(y)) if x != y => all.push(ground("codes", Some(false), &[&x, &y])),
        (Some(x), Some(_)) => all.push(ground("same-code", Some(true), &[&x])),
        (None, None) if a.scope() != b.scope() => {
            all.push(ground(
                "unlisted",
                Some(false),
                &[&scope_name(a), &scope_name(b)],
            ));
        }
        _ => {}
    }
}

fn firms(a: &Unit, b: &Unit, all: &mut Vec<Ground>) {
    let (x, y) = (fullest(a), fullest(b));
    let region = |firm: &Firm| {
        let name = firm.region.and_then(|id| Gazetteer::get().division(id));
        name.map_or(String::new(), |division| division.name.to_owned())
    };
    if x.is_variant_of(&y) && a.id != b.id {
        all.push(ground(
            "region-left-out",
            Some(true),
            &[&region(&x), &region(&y)],
        ));
    } else if x.is_short_for(&y) {
        all.push(ground("short-name", Some(true), &[&x.core, &y.core]));
    } else if y.is_short_for(&x) {
        all.push(ground("short-name", Some(true), &[&y.core, &x.core]));
    }
    if !x.form.is_empty() && !y.form.is_empty() && x.form != y.form {
        all.push(ground("forms", Some(false), &[x.form, y.form]));
    }
    if x.branch != y.branch {
        all.push(ground("branch", Some(false), &[]));
    }
    if let (Some(_), Some(_)) = (x.region, y.region)
        && x.region != y.region
    {
        all.push(ground("regions", Some(false), &[&region(&x), &region(&y)]));
    }
    for firm in [&x, &y] {
        if is_generic(&firm.core) {
            all.push(ground("generic", Some(false), &[&firm.core]));
        }
    }
}

fn concepts(a: &Unit, b: &Unit, all: &mut Vec<Ground>) {
    let concepts = Thesaurus::get().concepts();
    let listed = |unit: &Unit| concepts.iter().find(|concept| concept.id == unit.id);
    match (listed(a), listed(b)) {
        (Some(x), Some(y)) if x.id == y.id => {
            all.push(ground("same-concept", Some(true), &[&x.name]));
        }
        (Some(x), Some(y)) => all.push(ground("concepts", Some(false), &[&x.name, &y.name])),
        (Some(x), None) | (None, Some(x)) => {
            all.push(ground("one-concept", Some(false), &[&x.name]));
        }
        (None, None) if a.id == b.id => {
            all.push(ground("wording", Some(true), &[a.local_name()]));
        }
        (None, None) => {
            all.push(ground(
                "wordings",
                Some(false),
                &[a.local_name(), b.local_name()],
            ));
        }
    }
}

fn seats(a: &Unit, b: &Unit, all: &mut Vec<Ground>) {
    let (of_a, of_b) = (a.seats(), b.seats());
    let common: Vec<&String> = of_a.intersection(&of_b).collect();
    if let Some(seat) = common.first() {
        all.push(ground("same-seat", Some(true), &[&seat_name(seat)]));
    } else if a.id != b.id {
        let list = |seats: &BTreeSet<String>| {
            let names: Vec<String> = seats.iter().map(|seat| seat_name(seat)).collect();
            if names.is_empty() {
                "—".to_owned()
            } else {
                names.join("、")
            }
        };
        all.push(ground("seats", Some(false), &[&list(&of_a), &list(&of_b)]));
    }
}

fn projects(a: &Unit, b: &Unit, all: &mut Vec<Ground>) {
    if a.id == b.id {
        return;
    }
    if a.local_name() == b.local_name() && is_generic(a.local_name()) {
        all.push(ground("generic", Some(false), &[a.local_name()]));
    }
    if a.scope() == b.scope() {
        all.push(ground("same-place", None, &[&scope_name(a)]));
    } else {
        all.push(ground(
            "places",
            Some(false),
            &[&scope_name(a), &scope_name(b)],
        ));
    }
}

fn conferred(a: &Unit, b: &Unit, all: &mut Vec<Ground>) {
    if a.scope() == b.scope() {
        all.push(ground("same-conferrer", None, &[&scope_name(a)]));
    } else {
        all.push(ground(
            "conferrers",
            Some(false),
            &[&scope_name(a), &scope_name(b)],
        ));
    }
}

fn counties(a: &Unit, b: &Unit, all: &mut Vec<Ground>) {
    let (of_a, of_b) = (a.counties(), b.counties());
    let list = |codes: BTreeSet<String>| {
        let names: Vec<String> = codes
            .iter()
            .take(5)
            .map(|code| division_name(code))
            .collect();
        if names.is_empty() {
            "—".to_owned()
        } else {
            names.join("、")
        }
    };
    let common: BTreeSet<String> = of_a.intersection(&of_b).cloned().collect();
    all.push(if common.is_empty() {
        ground("counties", Some(false), &[&list(of_a), &list(of_b)])
    } else {
        ground("same-county", None, &[&list(common)])
    });
}

/// A division's path of names without the province and prefecture, or the code itself.
pub(crate) fn division_name(code: &str) -> String {
    let id = code.parse().map(DivisionId).ok();
    let path = id.map(|id| Gazetteer::get().path(id)).unwrap_or_default();
    match path.len() {
        0 => code.to_owned(),
        1 | 2 => path[path.len() - 1].to_owned(),
        _ => path[2..].concat(),
    }
}

fn scope_name(unit: &Unit) -> String {
    division_name(unit.scope())
}

/// `360923/教育局` as 上高县教育局; a leader's seat as the division alone.
fn seat_name(seat: &str) -> String {
    let (code, organ) = seat.split_once('/').unwrap_or((seat, ""));
    format!("{}{organ}", division_name(code))
}
