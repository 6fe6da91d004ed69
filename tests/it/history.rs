//! Laws of building again: whatever came before, the store is that of a clean build, and nothing is extracted twice.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use crate::fixture::nquads;
use xiangtu::pipeline::{BuildOptions, BuildReport, build};
use xiangtu::store::Store;

/// Texts that share places, campaigns and persons, under several names and in several years; the last ones are set aside.
///
/// 四海家具 has the one full name of its county that it fits in one document, and a second one in another, so that its join
/// comes and goes; the secretary of the county is one in both its towns as long as both say so; a town's road is the
/// county's as long as no other town has one of the name.
const TEXTS: [&str; 14] = [
    "青河镇2021年工作总结\n全镇推行河长制，完成财政收入1.5亿元。\n",
    "江西省上高县锦江镇2020年工作总结\n锦江镇推行河长制，镇党委书记周一帆带队引进江西云峰农业开发有限公司，投资1.2亿元。\n",
    "江西省上高县锦江镇2024年工作总结\n引进云峰农业开发有限公司。江西云峰农业开发有限公司投资1.2亿元，斜口村获评全国文明村。\n",
    "江西省上高县敖阳街道2024年工作总结\n推行“河长制”，引进江西云峰农业开发有限公司，投资1.2亿元。\n",
    "江西省上高县锦江镇2022年工作总结\n锦江镇推行河长制，开展厕所革命。\n",
    "江西省上高县锦江镇2023年工作总结\n全镇开展厕所革命，完成财政收入2.5亿元。\n",
    "××镇2021年工作总结\n2021年，全镇完成财政收入3亿元。\n",
    "江西省上高县2024年政府工作报告\n引进四海家具，总投资1亿元。上高县委书记周一帆到会讲话。枫慈公路竣工通车。\n",
    "江西省上高县敖阳街道2023年工作总结\n江西四海家具有限公司投资1.2亿元。上高县委书记周一帆调研。\n",
    "江西省上高县锦江镇2021年工作总结\n上高县四海家具有限公司扩产，投资2亿元。上高县委书记周一帆调研。枫慈公路竣工通车。\n",
    "江西省上高县田心镇2021年工作总结\n引进四海家具，总投资3亿元。枫慈公路竣工通车。田心镇党委书记周一帆讲话。\n",
    "江西省宜丰县2024年政府工作报告\n引进四海家具，江西四海家具有限公司扩产，总投资1亿元。\n",
    "",
    "\u{0}\u{1}\u{2}\u{0}\u{0}",
];
const NAMES: [&str; 4] = ["a.txt", "b.md", "c.txt", "d.txt"];

fn run(corpus: &Path, store: &Path, jobs: usize, prune: bool) -> BuildReport {
    let options = BuildOptions {
        jobs,
        prune,
        ..BuildOptions::default()
    };
    build(&[corpus.to_owned()], store, &options, &|_, _| {}).unwrap()
}

/// Unchanged, new, changed, renewed, pruned.
fn sums(report: &BuildReport) -> [usize; 5] {
    [
        report.unchanged,
        report.new,
        report.changed,
        report.renewed,
        report.pruned,
    ]
}

struct Place {
    _folder: tempfile::TempDir,
    corpus: PathBuf,
    worn: PathBuf,
    clean: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [corpus, worn, clean] = ["corpus", "worn", "clean"].map(|n| folder.path().join(n));
        std::fs::create_dir(&corpus).unwrap();
        Self {
            _folder: folder,
            corpus,
            worn,
            clean,
        }
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.corpus.join(name), text).unwrap();
    }

    fn is_as_clean(&self) {
        run(&self.corpus, &self.clean, 1, false);
        is_same(&self.worn, &self.clean);
    }
}

/// Graph, sums and index of names are the same.
pub fn is_same(worn: &Path, clean: &Path) {
    assert!(nquads(worn) == nquads(clean), "the stores differ");
    let counts = |store| Store::open(store).unwrap().counts().unwrap();
    assert_eq!(counts(worn), counts(clean));
    assert!(found(worn) == found(clean), "the indexes of names differ");
}

/// All entries of the index of names in their order, and what searches for their names find.
fn found(store: &Path) -> Vec<String> {
    let store = Store::open(store).unwrap();
    let names = store.names().unwrap();
    let entries = names.entries().unwrap();
    let mut all: Vec<String> = entries.iter().map(|e| format!("{e:?}")).collect();
    let ids = |numbers: Vec<u32>| -> Vec<String> {
        let entry = |n| names.entry(n).unwrap().id;
        numbers.into_iter().map(entry).collect()
    };
    for entry in entries.iter().step_by(entries.len() / 40 + 1) {
        assert_eq!(names.entry_of(&entry.id).unwrap().as_ref(), Some(entry));
        let name = &entry.names[0];
        let part: String = name.chars().take(2).collect();
        for numbers in [
            names.exact(name),
            names.part(&part, 3),
            names.part(&part, usize::MAX),
            names.near(name),
            names.by_pinyin("zhouyifan", false),
        ] {
            all.push(ids(numbers.unwrap()).join(" "));
        }
    }
    all
}

#[test]
fn only_what_is_new_or_changed_is_extracted() {
    let place = Place::new();
    let build = |prune| sums(&run(&place.corpus, &place.worn, 2, prune));
    place.put("a.txt", TEXTS[0]);
    place.put("b.md", TEXTS[1]);
    place.put("d.txt", "");
    assert_eq!(build(false), [0, 3, 0, 0, 0]);
    assert_eq!(build(false), [3, 0, 0, 0, 0]);
    place.put("b.md", TEXTS[2]);
    place.put("c.txt", TEXTS[3]);
    assert_eq!(build(false), [2, 1, 1, 0, 0]);
    std::fs::remove_file(place.corpus.join("a.txt")).unwrap();
    assert_eq!(build(false), [3, 0, 0, 0, 0]);
    assert_eq!(build(true), [3, 0, 0, 0, 1]);
    place.is_as_clean();
    // Two files change names: nothing is extracted, and the paths follow.
    place.put("b.md", TEXTS[3]);
    place.put("c.txt", TEXTS[2]);
    assert_eq!(build(false), [3, 0, 0, 0, 0]);
    std::fs::remove_dir_all(&place.clean).unwrap();
    place.is_as_clean();
}

#[test]
fn another_knowledge_extracts_everything_anew() {
    let place = Place::new();
    place.put("a.txt", TEXTS[0]);
    place.put("b.md", TEXTS[1]);
    run(&place.corpus, &place.worn, 1, false);
    let mut store = Store::create(&place.worn).unwrap();
    store.begin("another").unwrap();
    drop(store);
    // One of two now; the other one is remembered as outdated.
    let one = run(&place.corpus.join("a.txt"), &place.worn, 1, false);
    assert_eq!(sums(&one), [0, 0, 0, 1, 0]);
    let both = run(&place.corpus, &place.worn, 1, false);
    assert_eq!(sums(&both), [1, 0, 0, 1, 0]);
    let again = run(&place.corpus, &place.worn, 1, false);
    assert_eq!(sums(&again), [2, 0, 0, 0, 0]);
    place.is_as_clean();
}

#[test]
fn given_extractions_are_forgotten_when_they_are_not_given_any_more() {
    let place = Place::new();
    place.put("a.txt", TEXTS[0]);
    let mut made = xiangtu::pipeline::extract_document("a.txt", TEXTS[1]);
    made.title = Some("别的题目".to_owned());
    let options = BuildOptions {
        extractions: BTreeMap::from([("a.txt".to_owned(), made)]),
        ..BuildOptions::default()
    };
    build(
        std::slice::from_ref(&place.corpus),
        &place.worn,
        &options,
        &|_, _| {},
    )
    .unwrap();
    assert!(nquads(&place.worn).contains("别的题目"));
    let report = run(&place.corpus, &place.worn, 1, false);
    assert_eq!(sums(&report), [0, 0, 0, 1, 0]);
    place.is_as_clean();
}

#[test]
fn a_second_build_on_one_store_is_told_to_wait() {
    let place = Place::new();
    place.put("a.txt", TEXTS[0]);
    let writing = Store::create(&place.worn).unwrap();
    let said = build(
        std::slice::from_ref(&place.corpus),
        &place.worn,
        &BuildOptions::default(),
        &|_, _| {},
    );
    let said = said.unwrap_err().to_string();
    assert!(said.contains("another command uses this store"), "{said}");
    drop(writing);
    run(&place.corpus, &place.worn, 1, false);
    place.is_as_clean();
}

/// What happens to the files before a build: which of them gets which text, or none.
type Step = (Vec<(usize, Option<usize>)>, bool, usize);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let change = (0..NAMES.len(), prop::option::weighted(0.8, 0..TEXTS.len()));
    let step = (
        prop::collection::vec(change, 1..4),
        any::<bool>(),
        1..=2_usize,
    );
    prop::collection::vec(step, 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::hostile::cases(6), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_gives_the_store_of_a_clean_build(steps in steps(), stopped in any::<bool>()) {
        let place = Place::new();
        // There is always something to build.
        place.put("e.txt", TEXTS[1]);
        for (changes, prune, jobs) in steps {
            for (name, text) in changes {
                match text {
                    Some(text) => place.put(NAMES[name], TEXTS[text]),
                    None => drop(std::fs::remove_file(place.corpus.join(NAMES[name]))),
                }
            }
            run(&place.corpus, &place.worn, jobs, prune);
            if stopped {
                std::fs::write(place.worn.join("unfinished"), "").unwrap();
            }
        }
        run(&place.corpus, &place.worn, 2, true);
        place.is_as_clean();
    }
}
