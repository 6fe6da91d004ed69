//! The index of names at a million entities: each search opens the file anew, as a command does.
//!
//! `cargo bench --bench names`

mod syllables;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use syllables::name;
use xiangtu::model::EntityType;
use xiangtu::names::{Entry, Names, write};

fn main() {
    println!("{}", index().display());
    divan::main();
}

/// A million places, enterprises, projects and persons with names of plausible length.
fn entries() -> Vec<Entry> {
    const TAILS: [&str; 8] = [
        "镇",
        "乡",
        "村",
        "有限公司",
        "农业开发有限公司",
        "高标准农田建设项目",
        "产业园项目",
        "",
    ];
    (0..1_000_000_usize)
        .map(|i| {
            let name = name(i) + TAILS[i % TAILS.len()];
            Entry {
                id: format!("https://w3id.org/xiangtu/id/{i}/{name}"),
                kind: Some(EntityType::ALL[i % 6]),
                names: vec![name],
                statements: i % 97,
                documents: i % 11,
            }
        })
        .collect()
}

fn index() -> &'static Path {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let path = std::env::temp_dir().join(format!("xiangtu-names-{}.idx", std::process::id()));
        let begin = std::time::Instant::now();
        let mut out = std::io::BufWriter::new(std::fs::File::create(&path).expect("a new file"));
        write(entries(), &mut out).expect("the disk has room");
        drop(out);
        let size = std::fs::metadata(&path).expect("just written").len();
        println!(
            "written in {:.1} s, {} MB",
            begin.elapsed().as_secs_f64(),
            size >> 20
        );
        path
    })
}

fn open() -> Names {
    Names::open(index())
        .expect("just written")
        .expect("just written")
}

#[divan::bench(args = ["锦江镇", "锦江文家农业开发有限公司"])]
fn exact(name: &str) -> usize {
    open().exact(name).expect("a whole index").len()
}

#[divan::bench(args = ["jinjiangzhen", "jjz"])]
fn pinyin(name: &str) -> usize {
    let names = open();
    let found = |initials| {
        names
            .by_pinyin(name, initials)
            .expect("a whole index")
            .len()
    };
    found(false) + found(true)
}

#[divan::bench(args = ["锦江", "文家农业", "jinjiang", "有限公司"])]
fn part(name: &str) -> usize {
    open().part(name, 1000).expect("a whole index").len()
}

#[divan::bench(args = ["绵江镇", "锦江文家农业开发有限公示", "jinjangzhen"])]
fn near(name: &str) -> usize {
    open().near(name).expect("a whole index").len()
}
