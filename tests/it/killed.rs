//! Builds that come to a bad end: killed, without room on the disk, without the right to write, beside another build.
//! Whatever happened, the store opens, says what to do, and the next build makes it that of a clean one.
//!
//! The long run: `XIANGTU_KILLS=200 cargo test --test it killed:: -- --nocapture`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use xiangtu::graph::random::Random;
use xiangtu::store::Store;

use crate::history::is_same;

fn program(corpus: &Path, store: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xiangtu"));
    command
        .args([
            "--lang", "en", "build", "--prune", "--jobs", "2", "--commit", "150",
        ])
        .arg(corpus)
        .arg("--store")
        .arg(store);
    command
}

fn run(corpus: &Path, store: &Path) -> Output {
    program(corpus, store).output().unwrap()
}

fn succeeds(corpus: &Path, store: &Path) {
    let output = run(corpus, store);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
}

/// Fails as it should; what it says.
fn fails(corpus: &Path, store: &Path) -> String {
    let output = run(corpus, store);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(&*store.to_string_lossy()), "{said}");
    said
}

const VARIANTS: usize = 3;

/// The samples, in each variant others of them left out, changed or under other names.
fn write_corpus(corpus: &Path, variant: usize) {
    if corpus.exists() {
        std::fs::remove_dir_all(corpus).unwrap();
    }
    std::fs::create_dir(corpus).unwrap();
    let mut files: Vec<PathBuf> = std::fs::read_dir(crate::laws::samples())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    assert!(files.len() > 10);
    for (i, path) in files.iter().enumerate() {
        let mut text = std::fs::read_to_string(path).unwrap();
        let mut name = path.file_name().unwrap().to_owned();
        match (i + variant) % 5 {
            0 if variant > 0 => continue,
            1 if variant > 0 => text.push_str(&format!("\n第{variant}稿：全镇推行林长制。\n")),
            2 if variant > 1 => name.push(".md"),
            _ => {}
        }
        std::fs::write(corpus.join(name), text).unwrap();
    }
}

/// How often the long run kills; a few times in the usual one.
fn kills() -> usize {
    let wanted = std::env::var("XIANGTU_KILLS").ok();
    wanted.and_then(|n| n.parse().ok()).unwrap_or(5)
}

#[test]
fn killed_builds_are_completed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let [corpus, store] = ["corpus", "store"].map(|name| folder.path().join(name));
    let clean = |variant: usize| folder.path().join(format!("clean{variant}"));
    let mut whole = Duration::ZERO;
    for variant in 0..VARIANTS {
        write_corpus(&corpus, variant);
        let begin = Instant::now();
        succeeds(&corpus, &clean(variant));
        whole = begin.elapsed();
    }
    // How long builds take, first ones and later ones, is learnt on the way, so that kills fall on all of their moments.
    let mut spans = [whole, whole / 2];
    let mut random = Random::new(1);
    let (mut killed, mut unopened, mut begun) = (0, 0, 0);
    let mut round = 0;
    while killed < kills() {
        round += 1;
        let variant = round % VARIANTS;
        write_corpus(&corpus, variant);
        if round % 4 == 0 && store.exists() {
            std::fs::remove_dir_all(&store).unwrap();
        }
        // Several kills one after another, now and then.
        for _ in 0..1 + round % 2 {
            let span = &mut spans[usize::from(store.exists())];
            let mut child = program(&corpus, &store)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(span.mul_f64(random.unit()));
            child.kill().unwrap();
            if child.wait().unwrap().code().is_some() {
                *span = span.mul_f64(0.9);
                continue;
            }
            *span = span.mul_f64(1.03);
            killed += 1;
            if !store.join("store.json").exists() {
                unopened += 1;
                continue;
            }
            let opened = Store::open(&store).unwrap();
            begun += usize::from(opened.is_unfinished());
            opened.documents().unwrap();
        }
        succeeds(&corpus, &store);
        is_same(&store, &clean(variant));
        let left = std::fs::read_dir(store.join("db")).into_iter().flatten();
        let left = left.filter(|e| {
            e.as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .starts_with("bulk-")
        });
        assert_eq!(left.count(), 0);
    }
    println!(
        "{killed} kills in {round} rounds: {unopened} before there was a store, {begun} while it was changed"
    );
    assert!(begun > 0);
}

/// A file system in memory of a given size; `None` where none can be mounted.
struct Disk(PathBuf);

impl Disk {
    fn new(at: &Path) -> Option<Self> {
        std::fs::create_dir(at).unwrap();
        let disk = Self(at.to_owned());
        let mounted = disk.mount("size=400m");
        if !mounted {
            eprintln!("skipped: only root can mount a file system of a given size");
        }
        mounted.then_some(disk)
    }

    fn mount(&self, options: &str) -> bool {
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(&self.0);
        mount.stderr(Stdio::null());
        mount.status().is_ok_and(|status| status.success())
    }

    fn change(&self, options: &str) {
        assert!(self.mount(&format!("remount,{options}")), "{options}");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg(&self.0)
            .stderr(Stdio::null())
            .status();
    }
}

/// Bytes that lie in a folder.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| match entry.metadata().unwrap() {
            meta if meta.is_dir() => size(&entry.path()),
            meta => meta.len().next_multiple_of(4096),
        })
        .sum()
}

#[test]
fn a_full_disk_and_one_that_cannot_be_written_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let [corpus, clean, mount] = ["corpus", "clean", "disk"].map(|name| folder.path().join(name));
    let Some(disk) = Disk::new(&mount) else {
        return;
    };
    let store = mount.join("store");
    write_corpus(&corpus, 0);
    // Without room from the beginning, and with room for a part.
    for room in ["size=64k", "size=600k", "size=8m"] {
        disk.change(room);
        let said = fails(&corpus, &store);
        assert!(
            said.contains("No space left") && said.contains("make room"),
            "{said}"
        );
    }
    disk.change("size=400m");
    succeeds(&corpus, &store);
    succeeds(&corpus, &clean);
    is_same(&store, &clean);
    // The second build finds little room left beside what the first has made.
    write_corpus(&corpus, 1);
    disk.change(&format!("size={}k", (size(&mount) >> 10) + 300));
    let said = fails(&corpus, &store);
    assert!(said.contains("make room"), "{said}");
    let before = Store::open(&store).unwrap().documents().unwrap().len();
    assert!(before > 10, "{before} documents are left");
    disk.change("size=400m");
    succeeds(&corpus, &store);
    std::fs::remove_dir_all(&clean).unwrap();
    succeeds(&corpus, &clean);
    is_same(&store, &clean);
    // Nothing can be written: it is read all the same.
    disk.change("ro");
    write_corpus(&corpus, 2);
    for store in [&store, &mount.join("new")] {
        let said = fails(&corpus, store);
        assert!(said.contains("nothing can be written there"), "{said}");
    }
    is_same(&store, &clean);
}

#[test]
fn a_second_build_fails_with_the_reason_and_the_first_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let [corpus, store] = ["corpus", "store"].map(|name| folder.path().join(name));
    write_corpus(&corpus, 0);
    let first = Store::create(&store).unwrap();
    let said = fails(&corpus, &store);
    assert!(
        said.contains("another command uses this store; wait"),
        "{said}"
    );
    drop(first);
    succeeds(&corpus, &store);
}

#[test]
fn a_store_of_another_version_is_refused_with_the_command_that_makes_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let [corpus, store] = ["corpus", "store"].map(|name| folder.path().join(name));
    write_corpus(&corpus, 0);
    succeeds(&corpus, &store);
    let marker = store.join("store.json");
    let text = std::fs::read_to_string(&marker).unwrap();
    let other = text.replace("\"format\":1", "\"format\":2");
    assert_ne!(text, other);
    std::fs::write(&marker, &other).unwrap();
    let said = fails(&corpus, &store);
    let (_, command) = said.split_once("`xiangtu build FILES --store ").unwrap();
    let new = PathBuf::from(command.split('`').next().unwrap());
    assert!(said.contains("has format 2"), "{said}");
    assert!(
        Store::open(&store)
            .err()
            .unwrap()
            .to_string()
            .contains("has format 2")
    );
    assert_eq!(std::fs::read_to_string(&marker).unwrap(), other);
    succeeds(&corpus, &new);
}
