//! Writes a corpus of made-up reports to measure with: `cargo run --release --example corpus -- DIR --size 100MB --seed 1`.
//!
//! `--mean BYTES` is the usual size of a document; `--documents N` fixes their number in place of the size.

mod varied;

use std::path::PathBuf;

use clap::Parser;

#[derive(Parser)]
struct Arguments {
    /// Folder that is to hold the texts, a thousand to a folder.
    folder: PathBuf,
    /// Size of all texts: 500kB, 100MB.
    #[arg(long, default_value = "10MB")]
    size: String,
    /// The same seed gives the same corpus.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Usual bytes of a document.
    #[arg(long, default_value_t = 6000)]
    mean: usize,
    /// Number of documents, whatever their size.
    #[arg(long)]
    documents: Option<usize>,
}

fn bytes(size: &str) -> Option<usize> {
    let digits = size.trim_end_matches(|c: char| !c.is_ascii_digit());
    let factor = match &size[digits.len()..] {
        "" => 1,
        "kB" => 1_000,
        "MB" => 1_000_000,
        _ => return None,
    };
    Some(digits.parse::<usize>().ok()? * factor)
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let size = bytes(&arguments.size).ok_or_else(|| anyhow::anyhow!("--size: 500kB or 100MB"))?;
    let reports = varied::Reports::new(arguments.seed);
    let (mut written, mut number) = (0, 0);
    while arguments.documents.map_or(written < size, |n| number < n) {
        let folder = arguments.folder.join(format!("{:03}", number / 1000));
        if number % 1000 == 0 {
            std::fs::create_dir_all(&folder)?;
        }
        let text = reports.text(number, arguments.mean);
        std::fs::write(folder.join(format!("{number:06}.txt")), &text)?;
        written += text.len();
        number += 1;
    }
    println!("{number} documents, {written} bytes");
    Ok(())
}
