//! `xiangtu review`: which names somebody should look at, and the ledger of what was judged.

use std::path::{Path, PathBuf};

use super::FolderArgument;
use crate::Error;
use crate::identity::Ledger;

/// The ledger of judgements: the file named, else the one beside the store.
#[derive(clap::Args)]
pub(super) struct LedgerArgument {
    #[arg(long, env = "XIANGTU_JUDGEMENTS", value_name = "FILE")]
    judgements: Option<PathBuf>,
}

impl LedgerArgument {
    /// Where the ledger is: `store.judgements.tsv` beside a store `store`, so that it outlives the store.
    pub(super) fn path(&self, store: &FolderArgument) -> PathBuf {
        if let Some(path) = &self.judgements {
            return path.clone();
        }
        let folder: &Path = &store.store;
        let mut name = folder.file_name().unwrap_or("store".as_ref()).to_owned();
        name.push(".judgements.tsv");
        folder.with_file_name(name)
    }

    /// The judgements. A file that is named and not there is an error; the one beside the store need not be there.
    pub(super) fn read(&self, store: &FolderArgument) -> anyhow::Result<Ledger> {
        let path = self.path(store);
        if self.judgements.is_some()
            && let Err(e) = std::fs::metadata(&path)
        {
            return Err(Error::file(path, e).into());
        }
        Ok(Ledger::read(&path)?)
    }
}
