//! Every rule against sentences of its own: what must be found and what must not.
//!
//! A text marks its mentions: `[镇:青河镇]` is a place, `[企:…]` an enterprise, `[项:…]` a project, `[行:…]` a campaign,
//! `[人:…]` a person, `[誉:…]` an honour. The home place is 青河镇.

use std::collections::HashMap;

use super::super::{Context, Span};
use super::relate;
use crate::model::{Entity, EntityType, Fact, Home};
use crate::text::Document;

/// The facts of a marked text as lines, sorted.
fn facts(marked: &str) -> Vec<String> {
    let (plain, list) = found(marked);
    for fact in &list {
        let cut: String = plain
            .chars()
            .skip(fact.start)
            .take(fact.end - fact.start)
            .collect();
        assert_eq!(cut, fact.text, "evidence is cut from the text");
        assert!(
            fact.quote.text.contains(fact.text.trim()),
            "the quote holds the evidence"
        );
    }
    let mut lines: Vec<String> = list
        .iter()
        .map(|f| {
            let object = f
                .object
                .clone()
                .or_else(|| f.value.clone())
                .unwrap_or_default();
            format!(
                "{} {} {}{}",
                f.subject,
                f.predicate.name(),
                object,
                f.unit.as_deref().unwrap_or_default()
            )
        })
        .collect();
    lines.sort();
    lines
}

fn found(marked: &str) -> (String, Vec<Fact>) {
    let mut plain = String::new();
    let mut spans: Vec<(usize, usize, EntityType, String)> = Vec::new();
    let mut rest = marked;
    while let Some(open) = rest.find('[') {
        plain.push_str(&rest[..open]);
        let close = rest.find(']').expect("a mark is closed");
        let (kind, name) = rest[open + 1..close]
            .split_once(':')
            .expect("a mark has a kind");
        let kind = match kind {
            "镇" => EntityType::Place,
            "企" => EntityType::Enterprise,
            "项" => EntityType::Project,
            "行" => EntityType::Campaign,
            "人" => EntityType::Person,
            "誉" => EntityType::Honour,
            other => panic!("unknown kind {other}"),
        };
        let start = plain.chars().count();
        plain.push_str(name);
        spans.push((start, plain.chars().count(), kind, name.to_owned()));
        rest = &rest[close + 1..];
    }
    plain.push_str(rest);
    let doc = Document::new("t.txt", &plain);
    let home = Entity {
        id: "青河镇".into(),
        kind: EntityType::Place,
        name: "青河镇".into(),
        aliases: vec!["青河".into()],
        code: None,
    };
    let mut entities = vec![home];
    let mut index: HashMap<String, usize> =
        HashMap::from([("青河镇".into(), 0), ("青河".into(), 0)]);
    let spans = spans
        .into_iter()
        .map(|(start, end, kind, name)| {
            let entity = *index.entry(name.clone()).or_insert_with(|| {
                entities.push(Entity {
                    id: name.clone(),
                    kind,
                    name: name.clone(),
                    aliases: Vec::new(),
                    code: None,
                });
                entities.len() - 1
            });
            Span {
                start: doc.text.from_source(start),
                end: doc.text.from_source(end),
                kind,
                entity,
                confidence: 1.0,
                corrections: Vec::new(),
            }
        })
        .collect();
    let home = Home {
        id: "青河镇".into(),
        name: "青河镇".into(),
        ..Home::default()
    };
    let context = Context {
        doc: &doc,
        spans,
        n_named: entities.len(),
        entities,
        home: Some(home),
        year: Some(2021),
        corrections: Default::default(),
    };
    let list = relate(&context);
    (plain, list)
}

/// Holds a text to the facts that one predicate yields.
#[track_caller]
fn holds(predicate: &str, marked: &str, want: &[&str]) {
    let got: Vec<String> = facts(marked)
        .into_iter()
        .filter(|line| line.contains(&format!(" {predicate} ")))
        .map(|line| line.replace(&format!(" {predicate} "), " > "))
        .collect();
    let mut want: Vec<&str> = want.to_vec();
    want.sort_unstable();
    assert_eq!(got, want, "{marked}");
}

#[test]
fn home_implements_its_campaigns_once() {
    holds(
        "implements",
        "全面推行[行:河长制]。[行:河长制]巡河320次。",
        &["青河镇 > 河长制"],
    );
    holds("implements", "全镇总人口3万人。", &[]);
    holds(
        "implements",
        "这是[行:脱贫攻坚]期间唯一的电站，[行:脱贫攻坚]以来换了三任书记。",
        &[],
    );
    holds(
        "implements",
        "实施[行:乡村振兴]以来，村容一新。",
        &["青河镇 > 乡村振兴"],
    );
}

#[test]
fn others_implement_what_they_are_said_to() {
    holds(
        "implements",
        "学习[镇:兰溪镇]推行的“[行:四议工作法]”。",
        &["兰溪镇 > 四议工作法", "青河镇 > 四议工作法"],
    );
    holds(
        "implements",
        "[镇:兰溪镇]搞“[行:退林还耕]”比我们早五年。",
        &["兰溪镇 > 退林还耕"],
    );
    holds(
        "implements",
        "在[镇:上坪村]召开现场会，推进[行:林长制]。",
        &["青河镇 > 林长制"],
    );
}

#[test]
fn cues_stand_after_and_before_projects() {
    holds(
        "status",
        "[项:北塘冷库]建成投用。",
        &["北塘冷库 > completed"],
    );
    holds(
        "status",
        "[项:北塘冷库]、[项:南塘冷库]开工建设。",
        &["北塘冷库 > ongoing", "南塘冷库 > ongoing"],
    );
    holds(
        "status",
        "加快推进[项:北塘冷库]、[项:南塘冷库]等项目建设。",
        &["北塘冷库 > ongoing", "南塘冷库 > ongoing"],
    );
    holds("status", "谋划建设[项:北塘冷库]。", &["北塘冷库 > planned"]);
    holds("status", "游客参观了[项:北塘冷库]。", &[]);
}

#[test]
fn denied_and_partial_cues_say_less() {
    holds(
        "status",
        "[项:北塘冷库]因征地受阻，至今没有开工。",
        &["北塘冷库 > planned"],
    );
    holds(
        "status",
        "[项:北塘冷库]完成主体施工。",
        &["北塘冷库 > ongoing"],
    );
    holds(
        "status",
        "[项:北塘冷库]完成基础开挖。",
        &["北塘冷库 > ongoing"],
    );
    holds(
        "status",
        "[项:北塘冷库]改造全面完成。",
        &["北塘冷库 > completed"],
    );
    holds(
        "status",
        "[项:北塘冷库]正在办理环评手续。",
        &["北塘冷库 > planned"],
    );
    holds("status", "[项:北塘冷库]达产后年产值5亿元。", &[]);
    // The end of a month may have passed, the end of the year has not.
    holds(
        "status",
        "[项:北塘冷库]于8月底交付使用，[项:南塘冷库]年底交付使用，[项:西塘冷库]去年底交付使用。",
        &[
            "北塘冷库 > completed",
            "南塘冷库 > ongoing",
            "西塘冷库 > completed",
        ],
    );
}

#[test]
fn a_year_and_a_measure_say_that_it_is_done() {
    let holds = |text, want: &[&str]| holds("status", text, want);
    holds(
        "[企:海河公司]2016年建设[项:百亩茶园]，现有工人20名。",
        &["百亩茶园 > completed"],
    );
    holds(
        "[企:海河公司]2021年建设[项:百亩茶园]。",
        &["百亩茶园 > ongoing"],
    );
    holds("投入100万元新建[项:村道]3公里。", &["村道 > completed"]);
    holds("新建[项:北塘冷库]。", &["北塘冷库 > ongoing"]);
}

#[test]
fn parts_papers_and_land_are_not_the_whole() {
    let holds = |text, want: &[&str]| holds("status", text, want);
    holds("[项:南塘大桥]桥台、桩基完成。", &["南塘大桥 > ongoing"]);
    holds("[项:污水处理站]完成设备招标。", &["污水处理站 > ongoing"]);
    holds("[项:污水处理站]完成招标。", &["污水处理站 > planned"]);
    holds("完成[项:环山公路]200亩征地工作。", &["环山公路 > ongoing"]);
    holds("完成[项:环山公路]可研编制。", &["环山公路 > planned"]);
    holds("完成[项:环山公路]改造任务。", &["环山公路 > completed"]);
    holds(
        "[项:环山公路]因征地未完成，暂未动工。",
        &["环山公路 > planned"],
    );
    holds("[项:北坡电站]正在准备向国家申报。", &["北坡电站 > planned"]);
    holds("[项:北坡电站]列入2022年计划。", &["北坡电站 > planned"]);
    holds("[项:北塘冷库]通过市级验收。", &["北塘冷库 > completed"]);
}

#[test]
fn later_clauses_go_on_about_a_project() {
    holds(
        "status",
        "[项:北塘冷库]占地30亩，2018年3月开工建设，同年12月投入使用。",
        &["北塘冷库 > completed"],
    );
    holds(
        "status",
        "[项:北塘冷库]占地30亩。该项目主体封顶。",
        &["北塘冷库 > ongoing"],
    );
    holds("status", "[项:北塘冷库]占地30亩。村民新房全部竣工。", &[]);
}

#[test]
fn a_plan_says_less_than_a_review() {
    holds(
        "status",
        "二、2024年工作计划\n启动[项:北塘冷库]。",
        &["北塘冷库 > planned"],
    );
    holds(
        "status",
        "二、2024年工作计划\n续建[项:北塘冷库]，推动[项:南塘冷库]建成投产。",
        &["北塘冷库 > ongoing", "南塘冷库 > ongoing"],
    );
    holds(
        "status",
        "[项:北塘冷库]主体封顶。\n二、2024年工作计划\n启动[项:北塘冷库]设备采购。",
        &["北塘冷库 > ongoing"],
    );
}

#[test]
fn words_and_names_tell_where_things_are() {
    holds(
        "locatedIn",
        "[企:海河公司]位于[镇:黄岭村]。",
        &["海河公司 > 黄岭村"],
    );
    holds(
        "locatedIn",
        "[企:海河公司]落户[镇:兰溪镇][镇:黄岭村]。",
        &["海河公司 > 黄岭村"],
    );
    holds(
        "locatedIn",
        "在[镇:黄岭村]新建[项:百亩茶园]。",
        &["百亩茶园 > 黄岭村"],
    );
    holds(
        "locatedIn",
        "[镇:黄岭村]引进[企:海河公司]。",
        &["海河公司 > 黄岭村"],
    );
    holds(
        "locatedIn",
        "[镇:黄岭村]示范，[项:黄岭村冷库]投用，[项:青河中学食堂]开工。",
        &["青河中学食堂 > 青河镇", "黄岭村冷库 > 黄岭村"],
    );
    holds("locatedIn", "[镇:黄岭村]道路硬化，[企:海河公司]增资。", &[]);
}

#[test]
fn a_profile_lists_the_firms_of_its_place() {
    holds(
        "locatedIn",
        "全镇现有规上企业2家。一是[企:海河公司]，投资3亿元；二是[企:北塘酒厂]，投资2亿元。",
        &["北塘酒厂 > 青河镇", "海河公司 > 青河镇"],
    );
    holds(
        "locatedIn",
        "镇内有[项:百亩茶园]1处。",
        &["百亩茶园 > 青河镇"],
    );
    holds(
        "locatedIn",
        "县里有企业20家。一是[企:海河公司]，投资3亿元。",
        &[],
    );
}

#[test]
fn a_road_lies_between_two_places() {
    holds(
        "locatedIn",
        "[项:环山公路]起于[镇:黄岭村]，止于[镇:上坪村]。",
        &["环山公路 > 上坪村", "环山公路 > 黄岭村"],
    );
    holds(
        "locatedIn",
        "[镇:黄岭村]、[镇:上坪村]出工，[项:黄岭村至上坪村公路]通车。",
        &["黄岭村至上坪村公路 > 上坪村", "黄岭村至上坪村公路 > 黄岭村"],
    );
}

#[test]
fn places_open_sentences_and_are_referred_to() {
    let holds = |text, want: &[&str]| holds("locatedIn", text, want);
    holds(
        "在[镇:黄岭村]，返乡青年开办的[企:绿野合作社]成了样板。",
        &["绿野合作社 > 黄岭村"],
    );
    holds("在[镇:黄岭村]，由[企:绿野合作社]出工的水渠通水。", &[]);
    holds(
        "[镇:黄岭村]依托山水，扶持[企:绿野合作社]、[企:云上民宿]。",
        &["云上民宿 > 黄岭村", "绿野合作社 > 黄岭村"],
    );
    // Who helps is no place of what he helps to build.
    holds("[镇:兰溪镇]结对帮扶，建成[项:扶贫车间]。", &[]);
    holds(
        "[企:海河公司]落户[镇:黄岭村]，投资3亿元建设[项:酱油厂]。",
        &["海河公司 > 黄岭村", "酱油厂 > 黄岭村"],
    );
    holds(
        "[镇:黄岭村]种菜8000亩，该村[项:蔬菜基地]投产。",
        &["蔬菜基地 > 黄岭村"],
    );
    holds(
        "[项:环山公路]通过评审。公路长9公里，起于[镇:兰溪镇][镇:黄岭村]，止于[镇:上坪村]。",
        &["环山公路 > 上坪村", "环山公路 > 黄岭村"],
    );
    holds(
        "[镇:兰溪镇]石材企业有2家，分别是[企:海河石材]、[企:北塘石材]。",
        &["北塘石材 > 兰溪镇", "海河石材 > 兰溪镇"],
    );
    holds(
        "辖区内[企:海河公司]等企业正在整治。",
        &["海河公司 > 青河镇"],
    );
    // 丰乡 is no place in 丰乡村.
    holds(
        "[镇:丰乡]铺路，[项:丰乡村水渠]通水，[项:丰乡村级会堂]开放。",
        &["丰乡村级会堂 > 丰乡"],
    );
}

#[test]
fn enterprises_undertake_what_they_build() {
    holds(
        "undertakes",
        "[企:海河公司]投资3亿元建设的[项:百亩茶园]投产。",
        &["海河公司 > 百亩茶园"],
    );
    holds(
        "undertakes",
        "[项:百亩茶园]由[企:海河公司]承建。",
        &["海河公司 > 百亩茶园"],
    );
    holds(
        "undertakes",
        "引进[企:海河公司]，投资3亿元建设[项:百亩茶园]。",
        &["海河公司 > 百亩茶园"],
    );
    holds(
        "undertakes",
        "（1）[项:百亩茶园]。建设单位：[企:海河公司]；总投资3亿元。",
        &["海河公司 > 百亩茶园"],
    );
    holds(
        "undertakes",
        "[企:海河轴承]增资，[项:海河轴承二期]开工。",
        &["海河轴承 > 海河轴承二期"],
    );
    holds(
        "undertakes",
        "[项:百亩茶园]投产，由[企:海河公司]建设的[项:北塘冷库]开工。",
        &["海河公司 > 北塘冷库"],
    );
    holds("undertakes", "[企:海河公司]上市，[项:百亩茶园]投产。", &[]);
}

#[test]
fn a_sentence_goes_on_about_who_builds() {
    let holds = |text, want: &[&str]| holds("undertakes", text, want);
    holds(
        "2.[项:环山公路]。由[企:海河公司]施工，投资3亿元。",
        &["海河公司 > 环山公路"],
    );
    holds(
        "来到[项:中国兰花博览园]。博览园占地60亩，由[企:海河公司]承建。",
        &["海河公司 > 中国兰花博览园"],
    );
    holds("[项:环山公路]完工。喷灌圈由[企:海河公司]施工。", &[]);
    holds(
        "[项:环山公路]完工。该项目总投资3亿元，由[企:海河公司]建设的[项:北塘冷库]开工。",
        &["海河公司 > 北塘冷库"],
    );
    holds(
        "[企:海河公司]落户[镇:黄岭村]，投资3亿元建设[项:酱油厂]。",
        &["海河公司 > 酱油厂"],
    );
}

#[test]
fn amounts_go_to_what_they_buy() {
    holds(
        "investment",
        "总投资2.5亿元的[项:百亩茶园]投产。",
        &["百亩茶园 > 2.5亿元"],
    );
    holds(
        "investment",
        "[项:百亩茶园]占地30亩，计划投资800余万元。",
        &["百亩茶园 > 800万元"],
    );
    holds(
        "investment",
        "[企:海河公司]投资5000万元，新建厂房。",
        &["海河公司 > 5000万元"],
    );
    holds(
        "investment",
        "[项:百亩茶园]、[项:北塘冷库]总投资分别为3亿元、2亿元。",
        &["北塘冷库 > 2亿元", "百亩茶园 > 3亿元"],
    );
    holds(
        "investment",
        "[项:百亩茶园]在建。该项目总投资3亿元。",
        &["百亩茶园 > 3亿元"],
    );
    holds(
        "investment",
        "[企:海河公司]计划投资7600万元，建设[项:配送中心]。",
        &["配送中心 > 7600万元"],
    );
    holds(
        "investment",
        "争取资金3亿元，建设[项:环湖公路]3公里、[项:古井修缮]。",
        &[],
    );
    holds(
        "investment",
        "[企:海河公司]总投资5亿元、落户[镇:兰溪镇]的[项:百亩茶园]开园。",
        &["百亩茶园 > 5亿元"],
    );
    holds(
        "investment",
        "[企:海河公司]结对帮扶[镇:黄岭村]，捐资50万元。",
        &[],
    );
    holds("investment", "[项:百亩茶园]已完成投资3亿元。", &[]);
    holds("investment", "全镇固定资产投资3亿元。", &[]);
}

#[test]
fn posts_stand_before_and_after_names() {
    holds(
        "holdsPost",
        "镇党委书记[人:江一鸣]主持会议。",
        &["江一鸣 > 镇党委书记"],
    );
    holds(
        "holdsPost",
        "县委常委、镇党委书记[人:江一鸣]，镇长[人:林可]出席。",
        &["林可 > 镇长", "江一鸣 > 县委常委", "江一鸣 > 镇党委书记"],
    );
    holds(
        "holdsPost",
        "[镇:黄岭村]党支部书记[人:江一鸣]带头。",
        &["江一鸣 > 黄岭村党支部书记"],
    );
    holds("holdsPost", "[人:江一鸣]现任副镇长。", &["江一鸣 > 副镇长"]);
    holds(
        "holdsPost",
        "会上，[人:江一鸣]镇长讲话。",
        &["江一鸣 > 镇长"],
    );
    holds(
        "holdsPost",
        "县领导[人:江一鸣]、[人:林可]出席。",
        &["林可 > 县领导", "江一鸣 > 县领导"],
    );
    holds("holdsPost", "村民[人:江一鸣]种茶。", &[]);
}

#[test]
fn posts_keep_their_organ_and_nothing_else() {
    let holds = |text, want: &[&str]| holds("holdsPost", text, want);
    holds("该公司总经理[人:江一鸣]到会。", &["江一鸣 > 总经理"]);
    holds("分管农业的副镇长[人:江一鸣]到会。", &["江一鸣 > 副镇长"]);
    holds("请洽镇商贸办主任[人:江一鸣]。", &["江一鸣 > 镇商贸办主任"]);
    holds(
        "县渔政管理局局长[人:江一鸣]说。",
        &["江一鸣 > 县渔政管理局局长"],
    );
    holds(
        "县委常委、[镇:兰溪镇]经济开发区管委会主任[人:江一鸣]到会。",
        &["江一鸣 > 兰溪镇经济开发区管委会主任", "江一鸣 > 县委常委"],
    );
    holds(
        "镇主要负责人　党委书记[人:江一鸣]。",
        &["江一鸣 > 党委书记"],
    );
    holds(
        "镇长[人:林可]任领导小组组长，副镇长[人:江一鸣]具体负责。",
        &["林可 > 镇长", "林可 > 领导小组组长", "江一鸣 > 副镇长"],
    );
}

#[test]
fn past_and_future_posts_are_none() {
    holds("holdsPost", "原镇长[人:江一鸣]到会。", &[]);
    holds("holdsPost", "免去[人:江一鸣]镇长职务。", &[]);
    holds(
        "holdsPost",
        "县招商中心原副主任[人:江一鸣]同志任镇长。",
        &["江一鸣 > 镇长"],
    );
    holds(
        "holdsPost",
        "原镇长[人:江一鸣]同志任县政协副主席。",
        &["江一鸣 > 县政协副主席"],
    );
    holds(
        "holdsPost",
        "原公司总工程师、现任公司副总经理[人:江一鸣]说。",
        &["江一鸣 > 副总经理"],
    );
    holds("holdsPost", "拟任镇长[人:江一鸣]到会。", &[]);
}

#[test]
fn honours_go_to_those_they_are_conferred_on() {
    holds(
        "awarded",
        "我镇荣获“[誉:全省文明镇]”称号。",
        &["青河镇 > 全省文明镇"],
    );
    holds(
        "awarded",
        "[镇:黄岭村]、[镇:上坪村]被评为[誉:省级美丽村庄]。",
        &["上坪村 > 省级美丽村庄", "黄岭村 > 省级美丽村庄"],
    );
    holds(
        "awarded",
        "[企:海河公司]落户[镇:黄岭村]后，获评[誉:省级龙头企业]。",
        &["海河公司 > 省级龙头企业"],
    );
    holds(
        "awarded",
        "[誉:全国劳动模范][人:江一鸣]到会。",
        &["江一鸣 > 全国劳动模范"],
    );
    holds(
        "awarded",
        "[企:海河公司]是一家集种植、加工、销售为一体的[誉:省级龙头企业]。",
        &["海河公司 > 省级龙头企业"],
    );
    holds(
        "awarded",
        "成功创建[誉:国家卫生镇]。",
        &["青河镇 > 国家卫生镇"],
    );
}

#[test]
fn honours_go_to_whoever_the_sentence_is_about() {
    let holds = |text, want: &[&str]| holds("awarded", text, want);
    holds(
        "[企:海河公司]成功申创[誉:省级龙头企业]。",
        &["海河公司 > 省级龙头企业"],
    );
    holds(
        "[镇:兰溪镇][镇:黄岭村]、[镇:青山镇][镇:上坪村]获评[誉:省级美丽村庄]。",
        &["上坪村 > 省级美丽村庄", "黄岭村 > 省级美丽村庄"],
    );
    holds(
        "村主任[人:林可]、护林员[人:江一鸣]被评为[誉:县优秀调解员]。",
        &["林可 > 县优秀调解员", "江一鸣 > 县优秀调解员"],
    );
    holds(
        "[人:林可]、[人:江一鸣]分别获评[誉:全国劳动模范]、[誉:省优秀党员]。",
        &["林可 > 全国劳动模范", "江一鸣 > 省优秀党员"],
    );
    holds(
        "作为[誉:省级美丽村庄]的[镇:黄岭村]接待游客3万人。",
        &["黄岭村 > 省级美丽村庄"],
    );
    holds(
        "[人:江一鸣]蹲点半年的[镇:黄岭村]，评上[誉:省级美丽村庄]。",
        &["黄岭村 > 省级美丽村庄"],
    );
    holds(
        "名片：[人:江一鸣]，女，1989年3月生，现任黄岭村党支部书记、村委会主任，[誉:省劳动模范]。",
        &["江一鸣 > 省劳动模范"],
    );
    holds(
        "[镇:黄岭村]创成的[誉:省级美丽村庄]要再提升。",
        &["黄岭村 > 省级美丽村庄"],
    );
}

#[test]
fn honours_of_others_are_not_the_nearest_names() {
    let holds = |text, want: &[&str]| holds("awarded", text, want);
    holds("[镇:黄岭村]入围[誉:省级美丽村庄]候选。", &[]);
    holds("[企:海河公司]投产，3项成果入选[誉:全国十大进展]。", &[]);
    holds("村民[人:江一鸣]家的公牛摘得“[誉:牛王]”称号。", &[]);
    holds(
        "去年获得[誉:中国名牌产品]称号的一家外地企业曾想来办厂。",
        &[],
    );
    holds(
        "[企:海河公司]投产；镇上企业接待中心被命名为[誉:市工人先锋号]。",
        &[],
    );
    holds("山上修了栈道，景区成了[誉:国家AAAA级旅游景区]。", &[]);
    holds(
        "我镇被[镇:兰溪县]委授予[誉:先进集体]，被省里列为[誉:示范点]。",
        &["青河镇 > 先进集体", "青河镇 > 示范点"],
    );
}

#[test]
fn honours_aimed_at_or_lost_are_none() {
    holds("awarded", "争创[誉:国家卫生镇]。", &[]);
    holds("awarded", "力争[镇:黄岭村]创成[誉:省级美丽村庄]。", &[]);
    holds("awarded", "申报的[誉:国家卫生镇]未获批准。", &[]);
    holds("awarded", "新增[誉:国家高新技术企业]5家。", &[]);
    holds("awarded", "“青河”牌茶叶荣获[誉:省级名牌产品]称号。", &[]);
}

#[test]
fn nothing_panics_on_odd_text() {
    for text in [
        "",
        "\n\n",
        "[项:冷]",
        "[人:江一鸣]",
        "ⓅⓁⒺ",
        "[镇:黄岭村][项:冷库][企:海河]\n[誉:奖]",
        "投资亿元[项:冷库]总投资1.亿元",
    ] {
        facts(text);
    }
}
