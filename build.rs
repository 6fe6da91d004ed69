//! Lists the knowledge files in sorted order, so that adding one touches no second list.

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("set by cargo");
    let mut out = String::from(
        "/// Path below the project and text of every knowledge file, sorted.\npub static FILES: &[(&str, &str)] = &[\n",
    );
    for (folder, ending) in [
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
            .filter(|n| n.ends_with(&format!(".{ending}")))
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
    let to = Path::new(&std::env::var("OUT_DIR").expect("set by cargo")).join("embedded.rs");
    std::fs::write(to, out).expect("cargo's output folder is writable");
}
