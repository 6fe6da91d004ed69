//! The library's one error type; variants differ by what the reader can do about them.

use std::path::PathBuf;

/// What can go wrong outside the text itself. Text never fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written: check path and rights. The cause is told by its source alone, so that a printed
    /// chain says it once.
    #[error("{path}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is no text that can be read: the message says what to do with it.
    #[error("{path}: {message}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What it is and what to do.
        message: String,
    },
    /// A knowledge file, gold file or extraction is malformed: mend the line.
    #[error("{path}:{line}: {message}")]
    Data {
        /// The file.
        path: String,
        /// 1-based line.
        line: usize,
        /// What was expected.
        message: String,
    },
    /// The store cannot be opened, read or written.
    #[error("{0}")]
    Store(String),
    /// A query is wrong or missing.
    #[error("{0}")]
    Query(String),
}

impl Error {
    /// An I/O error with the file it happened on, and with what to do about it where that is plain.
    pub fn file(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        let source = match remedy(&source) {
            "" => source,
            remedy => std::io::Error::new(source.kind(), format!("{source}{remedy}")),
        };
        Self::File {
            path: path.into(),
            source,
        }
    }

    /// A malformed line.
    pub fn data(path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self::Data {
            path: path.into(),
            line,
            message: message.into(),
        }
    }
}

/// What to do about an error of the system, where it is plain.
pub(crate) fn remedy(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    // Of some errors the store gives the system's words without its code.
    let says = |words: &str| error.kind() == ErrorKind::Other && error.to_string().contains(words);
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => DISK_FULL,
        ErrorKind::ReadOnlyFilesystem => READ_ONLY,
        ErrorKind::NotFound => "; check its name",
        ErrorKind::PermissionDenied => {
            "; you lack the right to it: name another place, or have its rights changed"
        }
        _ if says("No space left on device") => DISK_FULL,
        _ if says("Read-only file system") => READ_ONLY,
        _ => "",
    }
}

const DISK_FULL: &str = "; the disk is full: make room there and run the same command again";
const READ_ONLY: &str =
    "; nothing can be written there: name another place, or mount it for writing";

/// The library's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;
