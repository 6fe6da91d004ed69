//! Writes five thousand reports that name a million things, to time look-ups in a store of that size:
//! `cargo run --release --example million -- DIR`, then
//! `xiangtu build DIR/texts --extractions DIR/extractions.jsonl --store DIR/store`.
//!
//! What the reports say is written down as extractions; their texts only tell them apart.

mod syllables;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Parser;
use syllables::name;
use xiangtu::model::{
    Entity, EntityType, Extraction, Fact, Home, ID_BASE, Mention, Part, Predicate, Quote,
};

#[derive(Parser)]
struct Arguments {
    /// Folder that is to hold the texts and the extractions.
    folder: PathBuf,
    /// Number of reports.
    #[arg(long, default_value_t = 5000)]
    documents: usize,
    /// Things that each report names; no two reports name the same.
    #[arg(long, default_value_t = 200)]
    each: usize,
}

const KINDS: [(EntityType, &str); 6] = [
    (EntityType::Enterprise, "有限公司"),
    (EntityType::Project, "高标准农田建设项目"),
    (EntityType::Person, ""),
    (EntityType::Honour, "先进单位"),
    (EntityType::Enterprise, "农业开发有限公司"),
    (EntityType::Campaign, "行动"),
];

/// One thing in three is in a statement with the report's home.
fn fact(kind: EntityType, id: &str, home: &str, named: &Mention) -> Option<Fact> {
    let (subject, predicate, object) = match kind {
        EntityType::Enterprise => (id, Predicate::LocatedIn, home),
        EntityType::Campaign => (home, Predicate::Implements, id),
        EntityType::Honour => (home, Predicate::Awarded, id),
        _ => return None,
    };
    let text = format!("据说{}就在这里。。", named.text);
    Some(Fact {
        subject: subject.to_owned(),
        predicate,
        object: Some(object.to_owned()),
        value: None,
        unit: None,
        text: named.text.clone(),
        start: named.start,
        end: named.end,
        quote: Quote {
            start: named.start,
            end: named.start + text.chars().count(),
            text,
        },
        part: Part::Review,
        rule: "made".to_owned(),
        confidence: 0.9,
    })
}

fn extraction(number: usize, each: usize) -> Extraction {
    let code = format!(
        "99{:02}{:02}{:03}",
        number / 1000,
        number / 100 % 10,
        number % 1000
    );
    let (home, town) = (format!("{ID_BASE}place/{code}"), name(number) + "镇");
    let mut found = Extraction {
        doc: format!("{number:05}.txt"),
        title: Some(format!("{town}2023年工作报告")),
        length: 5000,
        year: Some(2015 + (number % 10) as i32),
        ..Extraction::default()
    };
    let entity = |id: &str, kind, name: &str, code: Option<&str>| Entity {
        id: id.to_owned(),
        kind,
        name: name.to_owned(),
        aliases: Vec::new(),
        code: code.map(str::to_owned),
    };
    found
        .entities
        .push(entity(&home, EntityType::Place, &town, Some(&code)));
    for k in 0..each {
        let i = number * each + k;
        let (kind, tail) = KINDS[i % KINDS.len()];
        let text = match tail {
            "" => name(i).chars().take(3).collect(),
            tail => name(i) + tail,
        };
        let id = format!("{ID_BASE}{}/{}/{i}{text}", kind.name(), &code[..6]);
        found.entities.push(entity(&id, kind, &text, None));
        let mention = Mention {
            start: k * 20,
            end: k * 20 + text.chars().count(),
            kind,
            text,
            entity: id.clone(),
            confidence: 0.9,
            quote: None,
            corrections: Vec::new(),
        };
        if k % 3 == 0 {
            found.facts.extend(fact(kind, &id, &home, &mention));
        }
        found.mentions.push(mention);
    }
    found.home = Some(Home {
        id: home,
        name: town,
        code,
        path: Vec::new(),
        confidence: 1.0,
    });
    found
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let texts = arguments.folder.join("texts");
    std::fs::create_dir_all(&texts)?;
    let mut out = BufWriter::new(File::create(arguments.folder.join("extractions.jsonl"))?);
    for number in 0..arguments.documents {
        let text = format!("第{number}号文件。这里说到许多事物，都在另一份单子里。\n");
        std::fs::write(texts.join(format!("{number:05}.txt")), text)?;
        serde_json::to_writer(&mut out, &extraction(number, arguments.each))?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    let things = arguments.documents * (arguments.each + 1);
    println!("{} reports, {things} things", arguments.documents);
    Ok(())
}
