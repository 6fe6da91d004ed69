//! The made-up corpus of the benches: repeatable, and no document twice.

#[path = "../../benches/varied.rs"]
mod reports;

use std::collections::HashSet;

pub use reports::Reports;

#[test]
fn a_seed_gives_the_same_reports_and_no_report_twice() {
    let [one, same, other] = [1, 1, 2].map(Reports::new);
    let mut seen = HashSet::new();
    for number in 0..200 {
        let text = one.text(number, 2000);
        assert!((600..8000).contains(&text.len()), "{text}");
        assert!(!text.contains(['{', '}']), "{text}");
        assert_eq!(text, same.text(number, 2000));
        assert_ne!(text, other.text(number, 2000));
        assert!(seen.insert(text), "{number} stands twice");
    }
}
