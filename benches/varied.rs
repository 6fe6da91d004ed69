//! Reports that are made up: as varied in names, figures and structure as one likes, not one of them twice, and the same
//! for the same seed.
//!
//! Places are those of the list of divisions, initiatives those of the thesaurus, names of firms and persons are put
//! together from the lexicons. Some initiatives and provinces are spoken of far more often than others, as in life.

use xiangtu::gazetteer::{Division, DivisionId, Gazetteer};
use xiangtu::graph::random::Random;
use xiangtu::lexicon::rows;
use xiangtu::thesaurus::Thesaurus;

const SENTENCES: &str = include_str!("sentences.txt");

/// The patterns of a section.
fn patterns(section: &str) -> Vec<&'static str> {
    let head = format!("[{section}]");
    let lines = SENTENCES.lines().skip_while(|line| *line != head).skip(1);
    lines.take_while(|line| !line.starts_with('[')).collect()
}

/// The words of a lexicon; with a grade, only those that have it.
fn words(file: &str, grade: Option<&str>) -> Vec<&'static str> {
    rows(&format!("data/lexicon/{file}.tsv"))
        .filter(|row| grade.is_none_or(|grade| row.get(1) == Some(&grade)))
        .map(|row| row[0])
        .collect()
}

/// What reports are made of.
pub struct Reports {
    seed: u64,
    counties: Vec<DivisionId>,
    campaigns: Vec<&'static str>,
    industries: Vec<&'static str>,
    surnames: Vec<&'static str>,
    given: Vec<&'static str>,
    posts: Vec<&'static str>,
    honours: Vec<&'static str>,
    indicators: Vec<&'static str>,
    project_heads: Vec<&'static str>,
    firm_heads: Vec<&'static str>,
}

/// What one report is about.
struct Report<'a> {
    of: &'a Reports,
    random: Random,
    town: Division<'static>,
    path: Vec<&'static str>,
    villages: Vec<&'static str>,
    year: usize,
}

impl Reports {
    /// The reports of a seed.
    pub fn new(seed: u64) -> Self {
        let gazetteer = Gazetteer::get();
        let provinces = (11..66).filter_map(|code| gazetteer.by_code(&code.to_string()));
        let prefectures = provinces.flat_map(|province| gazetteer.children(province.id));
        let mut counties: Vec<DivisionId> = prefectures
            .flat_map(|prefecture| gazetteer.children(prefecture))
            .filter(|county| gazetteer.villages(*county).next().is_some())
            .collect();
        Random::new(seed).shuffle(&mut counties);
        let campaigns = Thesaurus::get().concepts().iter();
        Self {
            seed,
            counties,
            campaigns: campaigns.map(|concept| concept.name.as_str()).collect(),
            industries: words("industries", None),
            surnames: words("surnames", Some("1")),
            given: words("given", Some("3")),
            posts: words("posts", Some("government")),
            honours: words("honours", None),
            indicators: words("indicators", Some("money")),
            project_heads: words("project-heads", Some("strong")),
            firm_heads: words("enterprise-heads", Some("strong")),
        }
    }

    /// The text of one report, from half of `size` to twice as many bytes.
    pub fn text(&self, number: usize, size: usize) -> String {
        // The number is scrambled first: numbers in a row would give the same chances, each one step on.
        let mut random = Random::new(self.seed.rotate_left(32) ^ number as u64);
        let mut random = Random::new(random.bits());
        let gazetteer = Gazetteer::get();
        let (town, villages) = loop {
            let county = *often(&self.counties, &mut random);
            let towns = gazetteer.children(county);
            if towns.is_empty() {
                continue;
            }
            let town = towns[random.below(towns.len())];
            let villages: Vec<&str> = gazetteer.villages(town).map(|v| &*v.short).collect();
            if let Some(division) = gazetteer.division(town)
                && !villages.is_empty()
            {
                break (division, villages);
            }
        };
        let path = gazetteer.path(town.id);
        let year = 2008 + random.below(18);
        let report = Report {
            of: self,
            random,
            town,
            path,
            villages,
            year,
        };
        report.write(size)
    }
}

/// One of a list, the first ones far more often than the last.
fn often<'a, T>(list: &'a [T], random: &mut Random) -> &'a T {
    let at = random.unit().powi(3) * list.len() as f64;
    &list[at as usize]
}

impl Report<'_> {
    fn write(mut self, size: usize) -> String {
        let size = size / 2 + self.random.below(size * 3 / 2 + 1);
        let mut text = self.sentence("title");
        text.push('\n');
        if self.random.below(3) == 0 {
            let (month, day) = (1 + self.random.below(3), 1 + self.random.below(28));
            text.push_str(&format!("\n（{}年{month}月{day}日）\n", self.year + 1));
        }
        text.push('\n');
        text.push_str(&self.sentence("opening"));
        text.push('\n');
        let mut middle = [
            "economy",
            "projects",
            "campaigns",
            "people",
            "honours",
            "livelihood",
        ];
        self.random.shuffle(&mut middle);
        let middle = &middle[..3 + self.random.below(4)];
        let style = self.random.below(4);
        let ending = ["problems", "plans"];
        let last = usize::from(self.random.below(4) > 0) + 1;
        let sections: Vec<&str> = middle.iter().chain(&ending[..last]).copied().collect();
        let share = size.saturating_sub(text.len()) / sections.len();
        for (i, section) in sections.iter().enumerate() {
            text.push_str(&self.heading(i, section, style));
            let end = text.len() + share;
            let mut n = 0;
            loop {
                if style == 3 && n > 0 {
                    text.push_str(["二是", "三是", "四是", "五是", "此外，"][n.min(5) - 1]);
                }
                text.push_str(&self.sentence(section));
                n += 1;
                if text.len() >= end {
                    break;
                }
                if self.random.below(4) == 0 {
                    text.push('\n');
                }
            }
            text.push('\n');
            if *section == "economy" && self.random.below(4) == 0 {
                text.push_str(&self.table());
            }
        }
        if self.random.below(2) == 0 {
            text.push_str(&self.sentence("closing"));
            text.push('\n');
        }
        text
    }

    fn heading(&mut self, i: usize, section: &str, style: usize) -> String {
        let ordinal = ["一", "二", "三", "四", "五", "六", "七", "八"][i];
        let names: &[&str] = match section {
            "economy" => &["经济运行稳中向好", "产业发展提质增效", "综合实力稳步提升"],
            "projects" => &["项目建设加快推进", "基础设施不断完善"],
            "campaigns" => &["重点工作纵深推进", "治理效能持续提升", "人居环境明显改善"],
            "people" => &["干部队伍更加过硬", "先进典型不断涌现"],
            "honours" => &["争先创优成果丰硕", "获得荣誉情况"],
            "livelihood" => &["民生福祉持续增进", "社会事业全面发展"],
            "problems" => &["存在的困难和问题", "主要不足"],
            _ => &["下一年工作计划", "下一步打算", "明年工作思路"],
        };
        let name = names[self.random.below(names.len())];
        match style {
            0 => format!("\n{ordinal}、{name}\n"),
            1 => format!("\n## {name}\n\n"),
            2 => format!("\n（{ordinal}）{name}。"),
            _ => format!("\n{}.{name}。一是", i + 1),
        }
    }

    fn table(&mut self) -> String {
        let mut text = String::from("\n| 指标 | 数值 | 增幅 |\n| --- | --- | --- |\n");
        for _ in 0..2 + self.random.below(5) {
            let (name, money) = (self.word("indicator"), self.word("money"));
            text.push_str(&format!("| {name} | {money} | {} |\n", self.word("pct")));
        }
        text
    }

    /// A sentence of a section, filled in.
    fn sentence(&mut self, section: &str) -> String {
        let patterns = patterns(section);
        let mut rest = patterns[self.random.below(patterns.len())];
        let mut text = String::new();
        while let Some((before, after)) = rest.split_once('{') {
            let (slot, after) = after.split_once('}').expect("patterns are well-formed");
            text.push_str(before);
            text.push_str(&self.word(slot));
            rest = after;
        }
        text + rest
    }

    fn pick(&mut self, list: &[&'static str]) -> &'static str {
        list[self.random.below(list.len())]
    }

    /// Two characters that names of firms and projects begin with.
    fn brand(&mut self) -> String {
        let of = self.of;
        format!("{}{}", self.pick(&of.given), self.pick(&of.given))
    }

    fn word(&mut self, slot: &str) -> String {
        let of = self.of;
        let part = |path: &[&str], from_end: usize| {
            let at = path.len().saturating_sub(1 + from_end);
            path.get(at).copied().unwrap_or_default().to_owned()
        };
        match slot {
            "town" => self.town.name.to_owned(),
            "county" => part(&self.path, 1),
            "city" => part(&self.path, 2),
            "province" => self.path[0].to_owned(),
            "village" => {
                let at = self.random.below(self.villages.len());
                self.villages[at].to_owned()
            }
            "firm" => {
                let at = [part(&self.path, 1), part(&self.path, 2), String::new()];
                let at = &at[self.random.below(3)];
                let at = at.trim_end_matches(['县', '市', '区']);
                let (brand, trade) = (self.brand(), self.pick(&of.industries));
                format!("{at}{brand}{trade}{}", self.pick(&of.firm_heads))
            }
            "project" => {
                let before = match self.random.below(3) {
                    0 => self.word("village"),
                    1 => self.town.short.unwrap_or(self.town.name).to_owned(),
                    _ => self.brand(),
                };
                format!(
                    "{before}{}{}",
                    self.pick(&of.industries),
                    self.pick(&of.project_heads)
                )
            }
            "campaign" => (*often(&of.campaigns, &mut self.random)).to_owned(),
            "person" => {
                let name = self.brand();
                let name = if self.random.below(3) == 0 {
                    name.chars().take(1).collect()
                } else {
                    name
                };
                format!("{}{name}", self.pick(&of.surnames))
            }
            "honour" => self.pick(&of.honours).to_owned(),
            "post" => self.pick(&of.posts).to_owned(),
            "industry" => self.pick(&of.industries).to_owned(),
            "indicator" => self.pick(&of.indicators).to_owned(),
            "n" => (2 + self.random.below(98)).to_string(),
            "m" => (100 + self.random.below(30_000)).to_string(),
            "money" => match self.random.below(3) {
                0 => format!("{}万元", 10 + self.random.below(9_000)),
                1 => format!(
                    "{}.{}亿元",
                    self.random.below(90),
                    1 + self.random.below(99)
                ),
                _ => format!("{}亿元", 1 + self.random.below(40)),
            },
            "pct" => format!("{}.{}%", self.random.below(100), self.random.below(10)),
            "change" => {
                let pct = format!("{}.{}%", self.random.below(30), self.random.below(10));
                format!("{}{pct}", ["增长", "增长", "下降"][self.random.below(3)])
            }
            "year" => self.year.to_string(),
            "next" => (self.year + 1).to_string(),
            _ => unreachable!("a pattern names {slot}"),
        }
    }
}
