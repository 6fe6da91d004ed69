//! Days, years and addresses as pages and tables write them.

use std::sync::LazyLock;

use regex::Regex;

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|\D)((?:19|20)\d\d)\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})(?:\D|$)|(?:^|\D)((?:19|20)\d\d)(\d\d)(\d\d)(?:\D|$)")
        .expect("a test uses the pattern")
});
static YEAR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|\D)((?:19|20)\d\d)(?:\D|$)").expect("a test uses the pattern")
});

/// The first day in a text, as `2023-02-01`.
pub(super) fn day(text: &str) -> Option<String> {
    let found = DAY.captures(text)?;
    let part = |a: usize, b: usize| found.get(a).or(found.get(b))?.as_str().parse::<u32>().ok();
    let (year, month, day) = (part(1, 4)?, part(2, 5)?, part(3, 6)?);
    let days = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days)
        .contains(&day)
        .then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// The first year in a text.
pub(super) fn year(text: &str) -> Option<i32> {
    YEAR.captures(text)?[1].parse().ok()
}

/// An address on the web; `None` for anything else.
pub(super) fn url(text: &str) -> Option<String> {
    let text = text.trim();
    let is_web = ["http://", "https://"]
        .iter()
        .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
    (is_web && !text.contains(|c: char| c.is_whitespace() || c.is_control()))
        .then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_they_are_written() {
        for (text, expected) in [
            ("2023-02-01 10:20:30", Some("2023-02-01")),
            ("发布时间：2023年2月1日", Some("2023-02-01")),
            ("2023/2/1", Some("2023-02-01")),
            ("20230201", Some("2023-02-01")),
            ("2024.02.29", Some("2024-02-29")),
            ("2023-02-29", None),
            ("2023-13-01", None),
            ("202302011", None),
            ("昨天", None),
        ] {
            assert_eq!(day(text).as_deref(), expected, "{text}");
        }
        assert_eq!(year("2021年度"), Some(2021));
        assert_eq!(year("12021"), None);
    }

    #[test]
    fn only_addresses_on_the_web_are_addresses() {
        assert!(url(" https://www.example.gov.cn/a?b=1 ").is_some());
        for bad in [
            "javascript:alert(1)",
            "http://",
            "http://a b",
            "",
            "file:///a",
        ] {
            assert_eq!(url(bad), None, "{bad}");
        }
    }
}
