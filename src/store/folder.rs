//! The folder of a store: its marker, its lock, and how what lies in it is opened.
//!
//! A program may be stopped at any moment, so every file is written beside the old one and then put in its place, and
//! what a stopped program left lying is taken away by the next build.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Write};
use std::path::Path;

use oxigraph::io::{RdfFormat, RdfParser};
use serde::{Deserialize, Serialize};

use super::{Counts, FORMAT, REBUILD, failed};
use crate::{Error, Result};

/// So many of its files RocksDB keeps open while a build runs. A file of 64 MB has an index of some 0.7 MB.
#[cfg(feature = "rocksdb")]
const OPEN_FILES: u32 = 256;

/// How a store is kept on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// RocksDB, in the folder `db`.
    Rocksdb,
    /// Sorted N-Quads, in the file `facts.nq`.
    File,
}

/// What `store.json` says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Marker {
    format: u32,
    pub(super) kind: Kind,
    /// Fingerprint of the knowledge by which documents were extracted.
    #[serde(default)]
    pub(super) knowledge: String,
    /// Hashes of the documents that were extracted by another one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) outdated: BTreeSet<String>,
    /// Fingerprint of the judgements that the graph was made by; empty without any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) judgements: String,
    /// How many judgements were applied, and how many name what is not in the graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) judged: Option<(usize, usize)>,
    /// What the store held when the last build ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) counts: Option<Counts>,
}

impl Marker {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            format: FORMAT,
            kind,
            knowledge: String::new(),
            outdated: BTreeSet::new(),
            judgements: String::new(),
            judged: None,
            counts: None,
        }
    }
}

/// The marker of a folder for a build; makes folder and marker where there is none.
pub(super) fn marker_for_build(folder: &Path) -> Result<Marker> {
    if let Some(marker) = read_marker(folder)? {
        return Ok(marker);
    }
    std::fs::create_dir_all(folder).map_err(|e| Error::file(folder, e))?;
    for entry in std::fs::read_dir(folder).map_err(|e| Error::file(folder, e))? {
        let name = entry.map_err(|e| Error::file(folder, e))?.file_name();
        // A build that was stopped in its first moment leaves these.
        if name != "store.json.tmp" && name != "lock" && name != "store.json" {
            return Err(Error::Store(format!(
                "{}: not empty and no store; name a new or empty folder",
                folder.display()
            )));
        }
    }
    let kind = if cfg!(feature = "rocksdb") {
        Kind::Rocksdb
    } else {
        Kind::File
    };
    let marker = Marker::new(kind);
    write_marker(folder, &marker)?;
    Ok(marker)
}

pub(super) fn read_marker(folder: &Path) -> Result<Option<Marker>> {
    let path = folder.join("store.json");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::file(path, e)),
    };
    let remedy = format!(
        "build it anew in another folder: `xiangtu build FILES --store {}-{FORMAT}`",
        folder.display()
    );
    // The format is read by itself first: another version may name other kinds.
    let format = serde_json::from_str::<serde_json::Value>(&text)
        .ok()
        .and_then(|v| v.get("format")?.as_u64());
    match format {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) => {
            return Err(Error::Store(format!(
                "{}: the store has format {format}, this program reads format {FORMAT}; {remedy}",
                path.display()
            )));
        }
        None => {
            return Err(Error::Store(format!(
                "{}: damaged; {remedy}",
                path.display()
            )));
        }
    }
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|e| Error::Store(format!("{}: {e}; {remedy}", path.display())))
}

pub(super) fn write_marker(folder: &Path, marker: &Marker) -> Result<()> {
    let text = serde_json::to_string(marker).expect("a marker is plain data");
    replace_file(&folder.join("store.json"), |out| {
        out.write_all(text.as_bytes())?;
        out.write_all(b"\n")
    })
}

/// Writes a file beside the old one and then puts it in its place, so that there is always a whole one.
pub(super) fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut std::io::BufWriter<File>) -> std::io::Result<()>,
) -> Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".tmp");
    let new = Path::new(&new);
    let wrong = |e| Error::file(new, e);
    let mut out = std::io::BufWriter::new(File::create(new).map_err(wrong)?);
    write(&mut out).map_err(wrong)?;
    let file = out.into_inner().map_err(|e| wrong(e.into_error()))?;
    file.sync_all().map_err(wrong)?;
    std::fs::rename(new, path).map_err(|e| Error::file(path, e))
}

/// Removes a file that may not be there.
pub(super) fn remove_file(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::file(path, e)),
        _ => Ok(()),
    }
}

/// The right to read a store, or to write it; given back when dropped.
pub(super) struct Lock(File);

impl Drop for Lock {
    /// Closing the file is not enough: a process that this one is just starting has a copy of it for a moment.
    fn drop(&mut self) {
        drop(self.0.unlock());
    }
}

pub(super) fn lock(folder: &Path, alone: bool) -> Result<Lock> {
    let path = folder.join("lock");
    let open = || {
        File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
    };
    let file = match open() {
        // Reading needs no more than the right to read.
        Err(_) if !alone => File::open(&path),
        opened => opened,
    };
    let file = file.map_err(|e| Error::file(&path, e))?;
    let taken = if alone {
        file.try_lock()
    } else {
        file.try_lock_shared()
    };
    match taken {
        Ok(()) => Ok(Lock(file)),
        Err(std::fs::TryLockError::WouldBlock) => {
            let who = if alone {
                "another command uses this store"
            } else {
                "a build is writing this store"
            };
            Err(Error::Store(format!(
                "{}: {who}; wait until it has ended",
                folder.display()
            )))
        }
        Err(std::fs::TryLockError::Error(e)) => Err(Error::file(path, e)),
    }
}

/// Opens what the marker says lies in the folder.
pub(super) fn open(folder: &Path, kind: Kind, reading: bool) -> Result<oxigraph::store::Store> {
    match kind {
        Kind::File => load_file(folder),
        Kind::Rocksdb => open_rocksdb(folder, reading),
    }
}

fn load_file(folder: &Path) -> Result<oxigraph::store::Store> {
    let store = oxigraph::store::Store::new().map_err(failed)?;
    let path = folder.join("facts.nq");
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(store),
        Err(e) => return Err(Error::file(path, e)),
    };
    let mut loader = store.bulk_loader();
    // Not `load_from_reader`, which gives nodes without a name new ones at random.
    let quads = RdfParser::from_format(RdfFormat::NQuads).for_reader(BufReader::new(file));
    loader
        .load_ok_quads::<_, oxigraph::store::LoaderError>(quads)
        .map_err(|e| Error::Store(format!("{}: {e}{REBUILD}", path.display())))?;
    loader.commit().map_err(failed)?;
    Ok(store)
}

#[cfg(feature = "rocksdb")]
fn open_rocksdb(folder: &Path, reading: bool) -> Result<oxigraph::store::Store> {
    use oxigraph::store::Store;
    let (path, new) = (folder.join("db"), folder.join("db.new"));
    let wrong = |error| super::failed_at(&path, error);
    if reading {
        // A build that was stopped in its first moment has not come to it.
        return if path.exists() {
            Store::open_read_only(&path).map_err(wrong)
        } else {
            Store::new().map_err(wrong)
        };
    }
    if path.exists() {
        // The loader's files, which RocksDB does not know as its own.
        for entry in std::fs::read_dir(&path).map_err(|e| Error::file(&path, e))? {
            let entry = entry.map_err(|e| Error::file(&path, e))?;
            if entry.file_name().as_encoded_bytes().starts_with(b"bulk-") {
                remove_file(&entry.path())?;
            }
        }
    } else {
        // RocksDB makes its tables one after another; a folder with some of them could not be opened for reading.
        if new.exists() {
            std::fs::remove_dir_all(&new).map_err(|e| Error::file(&new, e))?;
        }
        drop(Store::open(&new).map_err(wrong)?);
        std::fs::rename(&new, &path).map_err(|e| Error::file(&path, e))?;
    }
    // Of an open file RocksDB keeps the index in memory.
    let options = oxigraph::store::StoreOptions::default().with_max_open_files(OPEN_FILES);
    Store::open_with_options(&path, options).map_err(wrong)
}

#[cfg(not(feature = "rocksdb"))]
fn open_rocksdb(folder: &Path, _: bool) -> Result<oxigraph::store::Store> {
    Err(Error::Store(format!(
        "{}: this store was made by a program with the feature `rocksdb`, which this one lacks; build xiangtu with default features, or build the store anew in an empty folder",
        folder.display()
    )))
}
