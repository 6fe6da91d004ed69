//! The list of what pages consist of, from `data/read/pages.tsv`.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

const LIST: &str = include_str!("../../../data/read/pages.tsv");

/// The values of one kind, in order.
pub(super) fn values(kind: &'static str) -> impl Iterator<Item = &'static str> {
    LIST.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .filter(move |(of, _)| *of == kind)
        .map(|(_, value)| value)
}

static CONTAINERS: LazyLock<HashSet<&str>> = LazyLock::new(|| values("container").collect());
static FURNITURE: LazyLock<HashSet<&str>> = LazyLock::new(|| values("furniture").collect());
static LINES: LazyLock<Regex> = LazyLock::new(|| whole_line("line"));
static AFTER: LazyLock<Regex> = LazyLock::new(|| whole_line("after"));

fn whole_line(kind: &'static str) -> Regex {
    let patterns: Vec<&str> = values(kind).collect();
    Regex::new(&format!(r"^\s*(?:{})\s*$", patterns.join("|"))).expect("a test reads the list")
}

/// Whether an id or a list of classes names the article.
pub(super) fn is_container(names: &str) -> bool {
    names
        .split_ascii_whitespace()
        .any(|name| CONTAINERS.contains(name))
}

/// Whether an id or a list of classes names what surrounds the article.
pub(super) fn is_furniture(names: &str) -> bool {
    names
        .split_ascii_whitespace()
        .any(|name| FURNITURE.contains(name.to_ascii_lowercase().as_str()))
}

/// Whether a line is a button, a credit or the like.
pub(super) fn is_no_text(line: &str) -> bool {
    // The longest pattern is shorter; a line of a megabyte is text.
    line.len() < 600 && LINES.is_match(line)
}

/// Whether a line is the heading of what follows an article: other articles, comments.
pub(super) fn is_after(line: &str) -> bool {
    line.len() < 60 && AFTER.is_match(line)
}

/// A pattern of `label：value` for the labels of one kind.
pub(super) fn labelled(kind: &'static str, value: &str) -> Regex {
    let labels: Vec<&str> = values(kind).collect();
    Regex::new(&format!(r"(?:{})\s*[：:]\s*{value}", labels.join("|")))
        .expect("labels are plain words and the value is one of two patterns")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_and_credits_are_told_from_text() {
        for line in [
            "【打印】【关闭】",
            "打印本页 | 关闭窗口",
            "【字体：大 中 小】",
            "上一篇：关于做好河湖长制工作的通知",
            "当前位置：首页 > 政务公开 > 政府工作报告",
            "来源：青河镇人民政府 发布时间：2023-02-01 浏览次数：120",
            "责任编辑：张三",
        ] {
            assert!(is_no_text(line), "{line}");
        }
        for line in [
            "一、2022年工作回顾",
            "返回式集体经济增收12万元。",
            "时间紧、任务重，全镇上下一心。",
            "关闭小煤窑3家。",
            "分享会上，12名青年代表发言，并围绕乡村振兴谈了自己的体会和收获。",
        ] {
            assert!(!is_no_text(line), "{line}");
        }
    }
}
