//! Lists the knowledge files in sorted order, so that adding one touches no second list, packs the largest of them so that
//! they load fast, and makes their fingerprint.

#[path = "src/embedded/campaigns.rs"]
mod campaigns;
#[path = "src/text/double_array.rs"]
mod double_array;
#[expect(dead_code, reason = "the build makes no keys")]
#[path = "src/extract/evidence/keys.rs"]
mod keys;
#[path = "src/embedded/labels.rs"]
mod labels;
#[path = "src/extract/crf/sequences.rs"]
mod sequences;
#[expect(dead_code, reason = "the build makes the table and looks nothing up")]
#[path = "src/extract/crf/table.rs"]
mod table;
#[path = "src/embedded/words.rs"]
mod words;

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// What decides what a document says and how it stands in the store.
const KNOWLEDGE: [&str; 8] = [
    "src",
    "ontology",
    "data/gazetteer",
    "data/identity",
    "data/lexicon",
    "data/model",
    "data/words",
    "Cargo.lock",
];
/// The table of weights that is built into the program in its packed form alone.
const PACKED: &str = "labels.tsv";
/// Parts of the program that only show what is in the store.
const SHOWING: [&str; 3] = ["src/cli", "src/export", "src/graph"];

fn main() {
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("set by cargo");
    let mut out = String::from(
        "/// Path below the project and text of every knowledge file, sorted.\npub static FILES: &[(&str, &str)] = &[\n",
    );
    for (folder, ending) in [
        ("data/identity", "tsv"),
        ("data/lexicon", "tsv"),
        ("ontology", "ttl"),
        ("ontology/campaigns", "ttl"),
        ("queries", "rq"),
        ("data/model", "tsv"),
    ] {
        println!("cargo:rerun-if-changed={folder}");
        let Ok(entries) = std::fs::read_dir(Path::new(&root).join(folder)) else {
            continue;
        };
        let mut names: Vec<String> = entries
            .filter_map(|e| Some(e.ok()?.file_name().to_string_lossy().into_owned()))
            .filter(|n| n.ends_with(&format!(".{ending}")) && n != PACKED)
            .collect();
        names.sort();
        for name in names {
            println!("cargo:rerun-if-changed={folder}/{name}");
            writeln!(
                out,
                "    ({:?}, include_str!({:?})),",
                format!("{folder}/{name}"),
                format!("{root}/{folder}/{name}")
            )
            .expect("writing to a string");
        }
    }
    out.push_str("];\n");
    let to = PathBuf::from(std::env::var("OUT_DIR").expect("set by cargo"));
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(to.join(name), bytes).expect("cargo's output folder is writable");
    };
    write("embedded.rs", out.as_bytes());
    let read = |path: &Path| {
        println!("cargo:rerun-if-changed={}", path.display());
        std::fs::read_to_string(Path::new(&root).join(path)).unwrap_or_default()
    };
    let table = PathBuf::from("data/model").join(PACKED);
    write("labels.bin", &packed(&table, labels::pack(&read(&table))));
    let table = PathBuf::from("data/words/words.tsv");
    write("words.bin", &packed(&table, words::pack(&read(&table))));
    let mut turtle = Vec::new();
    gather(Path::new(&root), "ontology/campaigns".into(), &mut turtle);
    turtle.sort();
    let mut statements = String::new();
    for path in turtle
        .iter()
        .filter(|p| p.extension().is_some_and(|e| e == "ttl"))
    {
        packed(path, campaigns::pack(&read(path), &mut statements));
    }
    write("campaigns.tsv", statements.as_bytes());
    println!("cargo:rustc-env=XIANGTU_FINGERPRINT={}", fingerprint(&root));
}

/// What packing a file gave; a file that cannot be read by its own rules stops the build.
fn packed<T>(path: &Path, result: Result<T, String>) -> T {
    result.unwrap_or_else(|problem| panic!("{}: {problem}", path.display()))
}

/// A hash of the names and bytes of all files below [`KNOWLEDGE`] without [`SHOWING`].
fn fingerprint(root: &str) -> String {
    let mut files = Vec::new();
    for path in KNOWLEDGE {
        println!("cargo:rerun-if-changed={path}");
        gather(Path::new(root), path.into(), &mut files);
    }
    files.sort();
    // The same for the same bytes: this hasher has fixed keys.
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        let bytes = std::fs::read(Path::new(root).join(&file)).unwrap_or_default();
        bytes.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

fn gather(root: &Path, path: PathBuf, files: &mut Vec<PathBuf>) {
    if SHOWING.iter().any(|part| Path::new(part) == path) {
        return;
    }
    match std::fs::read_dir(root.join(&path)) {
        Ok(entries) => {
            for entry in entries.flatten() {
                gather(root, path.join(entry.file_name()), files);
            }
        }
        Err(_) => files.push(path),
    }
}
