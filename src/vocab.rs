//! The IRIs that the program writes and asks for. A test proves that `ontology/` declares or labels each of them.

use oxigraph::model::NamedNodeRef;

/// The namespace of the ontology.
pub const NS: &str = "https://w3id.org/xiangtu/ontology#";

/// Declares one public constant a term and the list of all of them.
macro_rules! terms {
    ($($(#[$doc:meta])* $name:ident = $iri:expr;)*) => {
        $($(#[$doc])* pub const $name: NamedNodeRef<'static> = NamedNodeRef::new_unchecked($iri);)*
        /// Every term, in the order of declaration.
        pub const ALL: &[NamedNodeRef<'static>] = &[$($name),*];
    };
}

macro_rules! xt {
    ($local:literal) => {
        concat!("https://w3id.org/xiangtu/ontology#", $local)
    };
}
macro_rules! rdf {
    ($local:literal) => {
        concat!("http://www.w3.org/1999/02/22-rdf-syntax-ns#", $local)
    };
}
macro_rules! skos {
    ($local:literal) => {
        concat!("http://www.w3.org/2004/02/skos/core#", $local)
    };
}
macro_rules! dct {
    ($local:literal) => {
        concat!("http://purl.org/dc/terms/", $local)
    };
}
macro_rules! nif {
    ($local:literal) => {
        concat!(
            "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
            $local
        )
    };
}

terms! {
    /// 地方.
    PLACE = xt!("Place");
    /// 省级.
    PROVINCE = xt!("Province");
    /// 地级.
    PREFECTURE = xt!("Prefecture");
    /// 县级.
    COUNTY = xt!("County");
    /// 乡级.
    TOWNSHIP = xt!("Township");
    /// 村（社区）.
    VILLAGE = xt!("Village");
    /// 企业.
    ENTERPRISE = xt!("Enterprise");
    /// 项目.
    PROJECT = xt!("Project");
    /// 行动.
    CAMPAIGN = xt!("Campaign");
    /// 人物.
    PERSON = xt!("Person");
    /// 荣誉.
    HONOUR = xt!("Honour");
    /// 文件.
    DOCUMENT = xt!("Document");
    /// 提及.
    MENTION = xt!("Mention");
    /// 同一性判断.
    JUDGEMENT = xt!("Judgement");
    /// 陈述.
    STATEMENT = xt!("Statement");
    /// 指标值.
    OBSERVATION = xt!("Observation");
    /// 位于.
    LOCATED_IN = xt!("locatedIn");
    /// 承担.
    UNDERTAKES = xt!("undertakes");
    /// 投资额.
    INVESTMENT = xt!("investment");
    /// 进度.
    STATUS = xt!("status");
    /// 职务.
    HOLDS_POST = xt!("holdsPost");
    /// 获得.
    AWARDED = xt!("awarded");
    /// 开展.
    IMPLEMENTS = xt!("implements");
    /// 指标.
    REPORTS_INDICATOR = xt!("reportsIndicator");
    /// 隶属.
    PART_OF = xt!("partOf");
    /// 提到.
    MENTIONS = xt!("mentions");
    /// 文件的所属地.
    HOME = xt!("home");
    /// 区划代码.
    CODE = xt!("code");
    /// 领域.
    DOMAIN = xt!("domain");
    /// 开始年份.
    START_YEAR = xt!("startYear");
    /// 最早见于.
    FIRST_YEAR = xt!("firstYear");
    /// 最晚见于.
    LAST_YEAR = xt!("lastYear");
    /// 字面值.
    VALUE = xt!("value");
    /// 换算成基本单位的数值.
    AMOUNT = xt!("amount");
    /// 基本单位.
    UNIT = xt!("unit");
    /// 原文单位.
    UNIT_AS_WRITTEN = xt!("unitAsWritten");
    /// 原句.
    QUOTE = xt!("quote");
    /// 原句起点.
    QUOTE_START = xt!("quoteStart");
    /// 原句终点.
    QUOTE_END = xt!("quoteEnd");
    /// 证据起点.
    START = xt!("start");
    /// 证据终点.
    END = xt!("end");
    /// 规则.
    RULE = xt!("rule");
    /// 可信度.
    CONFIDENCE = xt!("confidence");
    /// 年份.
    YEAR = xt!("year");
    /// 回顾或计划.
    PART = xt!("part");
    /// 指标名称.
    INDICATOR = xt!("indicator");
    /// 时期.
    PERIOD = xt!("period");
    /// 增幅.
    CHANGE = xt!("change");
    /// 实绩或目标.
    KIND = xt!("kind");
    /// 内容散列.
    CONTENT_HASH = xt!("contentHash");
    /// 处理状态.
    STATE = xt!("state");
    /// 搁置的原因.
    REASON = xt!("reason");
    /// 字数.
    LENGTH = xt!("length");
    /// 题名属性.
    CAPTION = xt!("caption");
    /// 首要属性.
    FEATURED = xt!("featured");
    /// 总称.
    PLURAL = xt!("plural");
    /// 颜色.
    COLOUR = xt!("colour");
    /// 在 FollowTheMoney 模型中的名称.
    FOLLOW_THE_MONEY = xt!("followTheMoney");
    /// 画作边.
    EDGE = xt!("edge");
    /// 边的起点.
    EDGE_FROM = xt!("edgeFrom");
    /// 边的终点.
    EDGE_TO = xt!("edgeTo");
    /// 分析结果.
    FINDING = xt!("Finding");
    /// 一次分析.
    RUN = xt!("Run");
    /// 图谱库.
    STORE = xt!("Store");
    /// 所论.
    ABOUT = xt!("about");
    /// 分析.
    ANALYSIS = xt!("analysis");
    /// 设定.
    SETTINGS = xt!("settings");
    /// 文件数.
    DOCUMENT_COUNT = xt!("documentCount");
    /// 分析之栏.
    COLUMN = xt!("column");
    /// 陈述的主语.
    SUBJECT = rdf!("subject");
    /// 陈述的谓词.
    PREDICATE = rdf!("predicate");
    /// 陈述的宾语.
    OBJECT = rdf!("object");
    /// 名称.
    PREF_LABEL = skos!("prefLabel");
    /// 别名.
    ALT_LABEL = skos!("altLabel");
    /// 弱别名.
    HIDDEN_LABEL = skos!("hiddenLabel");
    /// 上位行动.
    BROADER = skos!("broader");
    /// 取值的代码.
    NOTATION = skos!("notation");
    /// 标题.
    TITLE = dct!("title");
    /// 路径.
    IDENTIFIER = dct!("identifier");
    /// 发布日期.
    ISSUED = dct!("issued");
    /// 发布者.
    PUBLISHER = dct!("publisher");
    /// 网址.
    SOURCE = dct!("source");
    /// 所标年份.
    TEMPORAL = dct!("temporal");
    /// 所标地方.
    SPATIAL = dct!("spatial");
    /// 格式.
    FORMAT = dct!("format");
    /// 编码或个别文字出于推测.
    GUESSED = xt!("guessed");
    /// 判断的甲.
    LEFT = xt!("left");
    /// 判断的乙.
    RIGHT = xt!("right");
    /// 判断的结论.
    VERDICT = xt!("verdict");
    /// 文件自身所得的主语.
    STATED_SUBJECT = xt!("statedSubject");
    /// 文件自身所得的宾语.
    STATED_OBJECT = xt!("statedObject");
    /// 文件自身所得的所指.
    STATED_ENTITY = xt!("statedEntity");
    /// 文件自身所得的所属地.
    STATED_HOME = xt!("statedHome");
    /// 所归入的节点.
    REPLACED_BY = dct!("isReplacedBy");
    /// 判断者.
    CREATOR = dct!("creator");
    /// 判断的日期.
    CREATED = dct!("created");
    /// 原始出处.
    PRIMARY_SOURCE = "http://www.w3.org/ns/prov#hadPrimarySource";
    /// 出自.
    DERIVED_FROM = "http://www.w3.org/ns/prov#wasDerivedFrom";
    /// 得自.
    GENERATED_BY = "http://www.w3.org/ns/prov#wasGeneratedBy";
    /// 所用.
    USED = "http://www.w3.org/ns/prov#used";
    /// 完成时间.
    ENDED_AT = "http://www.w3.org/ns/prov#endedAtTime";
    /// 执行者.
    ASSOCIATED_WITH = "http://www.w3.org/ns/prov#wasAssociatedWith";
    /// 软件.
    SOFTWARE_AGENT = "http://www.w3.org/ns/prov#SoftwareAgent";
    /// 提及所指的实体.
    IDENT_REF = "http://www.w3.org/2005/11/its/rdf#taIdentRef";
    /// 提及的起点.
    BEGIN_INDEX = nif!("beginIndex");
    /// 提及的终点.
    END_INDEX = nif!("endIndex");
    /// 提及的文字.
    ANCHOR_OF = nif!("anchorOf");
}

/// `rdf:type`.
pub const TYPE: NamedNodeRef<'static> = oxigraph::model::vocab::rdf::TYPE;
/// The graph of entities: one judged description a thing.
pub const ENTITIES_GRAPH: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("https://w3id.org/xiangtu/id/graph/entities");
/// The graph of campaigns and domains as `ontology/` lists them.
pub const THESAURUS_GRAPH: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("https://w3id.org/xiangtu/id/graph/thesaurus");
/// The graph of classes and properties.
pub const ONTOLOGY_GRAPH: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("https://w3id.org/xiangtu/id/graph/ontology");

/// The graph of judgements on identity: those of people and those of rules.
pub const JUDGEMENTS_GRAPH: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("https://w3id.org/xiangtu/id/graph/judgements");

/// The prefixes that queries may use without declaring them, and that exports declare.
pub const PREFIXES: &[(&str, &str)] = &[
    ("xt", NS),
    ("id", crate::model::ID_BASE),
    ("place", "https://w3id.org/xiangtu/id/place/"),
    ("campaign", "https://w3id.org/xiangtu/id/campaign/"),
    ("g", "https://w3id.org/xiangtu/id/graph/"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("itsrdf", "http://www.w3.org/2005/11/its/rdf#"),
    (
        "nif",
        "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    ),
];

/// The class of places with a division code of this many digits.
pub fn place_class(code: &str) -> Option<NamedNodeRef<'static>> {
    match code.len() {
        2 => Some(PROVINCE),
        4 => Some(PREFECTURE),
        6 => Some(COUNTY),
        9 => Some(TOWNSHIP),
        12 => Some(VILLAGE),
        _ => None,
    }
}

/// The class of a type of entity.
pub fn class(kind: crate::model::EntityType) -> NamedNodeRef<'static> {
    use crate::model::EntityType::*;
    match kind {
        Place => PLACE,
        Enterprise => ENTERPRISE,
        Project => PROJECT,
        Campaign => CAMPAIGN,
        Person => PERSON,
        Honour => HONOUR,
    }
}

/// The type of entity that a class stands for.
pub fn entity_type(class_iri: &str) -> Option<crate::model::EntityType> {
    crate::model::EntityType::ALL
        .into_iter()
        .find(|kind| class(*kind).as_str() == class_iri)
}

/// The property of a predicate.
pub fn property(predicate: crate::model::Predicate) -> NamedNodeRef<'static> {
    use crate::model::Predicate::*;
    match predicate {
        LocatedIn => LOCATED_IN,
        Undertakes => UNDERTAKES,
        Investment => INVESTMENT,
        Status => STATUS,
        HoldsPost => HOLDS_POST,
        Awarded => AWARDED,
        Implements => IMPLEMENTS,
    }
}
