//! Parses arguments, runs, prints the error chain, sets the exit code.

use std::collections::HashMap;
use std::io::Write;

use xiangtu::model::Extraction;
use xiangtu::text::Document;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut given: HashMap<String, Extraction> = HashMap::new();
    let mut out = std::io::stdout().lock();
    let mut files = &args[..];
    if args.first().is_some_and(|a| a == "--given") {
        for line in std::fs::read_to_string(&args[1])?.lines() {
            let e: Extraction = serde_json::from_str(line)?;
            given.insert(e.doc.clone(), e);
        }
        files = &args[2..];
    }
    if args.first().is_some_and(|a| a == "--left-out") {
        let t = std::time::Instant::now();
        let docs = xiangtu::extract::train::prepare(xiangtu::gold::read_folder(args[1].as_ref())?);
        eprintln!("prepared {:?}", t.elapsed());
        let mut options = xiangtu::extract::crf::Training::default();
        for o in &args[3..] {
            let (k, v) = o.split_once('=').unwrap();
            match k {
                "epochs" => options.epochs = v.parse()?,
                "rate" => options.rate = v.parse()?,
                "l2" => options.l2 = v.parse()?,
                "docs" => options.min_documents = v.parse()?,
                _ => options.prune = v.parse()?,
            }
        }
        let folds: usize = args[2].parse()?;
        for e in xiangtu::extract::train::left_out(&docs, &options, folds) {
            writeln!(out, "{}", serde_json::to_string(&e)?)?;
        }
        eprintln!("done {:?}", t.elapsed());
        return Ok(());
    }
    if args.first().is_some_and(|a| a == "--train") {
        let docs = xiangtu::extract::train::prepare(xiangtu::gold::read_folder(args[1].as_ref())?);
        let model = xiangtu::extract::train::train(&docs, &Default::default(), |_| true);
        std::fs::write(&args[2], model.to_tsv(xiangtu::extract::evidence::describe))?;
        return Ok(());
    }
    for file in files {
        let name = std::path::Path::new(file).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let source = std::fs::read_to_string(file)?;
        let doc = Document::new(name.clone(), source.strip_prefix('\u{FEFF}').unwrap_or(&source));
        if let Some(from) = given.get(&name) {
            writeln!(out, "{}", serde_json::to_string(&xiangtu::extract::given(&doc, from))?)?;
        } else {
            writeln!(out, "{}", serde_json::to_string(&xiangtu::extract::extract(&doc))?)?;
        }
    }
    Ok(())
}
