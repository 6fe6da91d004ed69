//! Oxigraph's bulk loader alone, for comparison: `cargo run --release --example load -- GRAPH.nq DIR`.
//!
//! The same loader with the same memory as a build uses, fed from N-Quads.

use std::fs::File;
use std::io::BufReader;
use std::time::Instant;

use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::store::{LoaderError, Store};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(graph), Some(folder)) = (arguments.next(), arguments.next()) else {
        anyhow::bail!("two arguments: a file of N-Quads and a new folder");
    };
    let begin = Instant::now();
    #[cfg(feature = "rocksdb")]
    let store = Store::open(&folder)?;
    #[cfg(not(feature = "rocksdb"))]
    let store = (drop(folder), Store::new()?).1;
    let mut loader = store.bulk_loader().with_max_memory_size_in_megabytes(256);
    let reader = BufReader::with_capacity(1 << 20, File::open(&graph)?);
    let mut n = 0_usize;
    let quads = RdfParser::from_format(RdfFormat::NQuads).for_reader(reader);
    loader.load_ok_quads::<_, LoaderError>(quads.inspect(|_| n += 1))?;
    loader.commit()?;
    #[cfg(feature = "rocksdb")]
    store.flush()?;
    let seconds = begin.elapsed().as_secs_f64();
    println!("{n} quads in {seconds:.1} s");
    Ok(())
}
