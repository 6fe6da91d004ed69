//! How much one document may cost before it is set aside: bytes, expansion, time, memory.

use std::io::Read;
use std::time::{Duration, Instant};

use super::{Aside, Reason};

/// What one document may cost. Each can be raised by an option of the commands that read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a document, as it lies and unpacked; also of one row of a table. Tables and archives themselves may be larger.
    pub size: u64,
    /// How many times its own size a file may unpack to, once that is more than [`Limits::size`].
    pub expansion: u64,
    /// Time to read one document; also processor time to extract it.
    pub time: Duration,
    /// Bytes of memory that it may take to extract one document, by the length of its text.
    pub memory: u64,
}

/// Bytes of memory that extraction takes for a byte of text: 234 to 258 were measured for reports that are nothing but names.
const MEMORY: u64 = 256;

impl Default for Limits {
    /// 64 MB (a report has less than 1 MB), 100 times (texts pack to a tenth, seldom to a fiftieth), 30 s, 2 GB (8 MB of text).
    fn default() -> Self {
        Self {
            size: 64 << 20,
            expansion: 100,
            time: Duration::from_secs(30),
            memory: 2 << 30,
        }
    }
}

impl Limits {
    /// Bytes that a file of this size may unpack to in all.
    pub(super) fn unpacked(&self, packed: u64) -> u64 {
        packed.saturating_mul(self.expansion).max(self.size)
    }

    pub(super) fn deadline(&self) -> Deadline {
        let now = Instant::now();
        Deadline {
            // A limit too large for the clock is none within the lifetime of anyone.
            end: now
                .checked_add(self.time)
                .unwrap_or(now + Duration::from_secs(u64::from(u32::MAX))),
            allowed: self.time,
        }
    }

    /// All bytes of a reader, or the reason why there are too many.
    pub(super) fn read(&self, reader: impl Read) -> Result<Vec<u8>, Aside> {
        let mut bytes = Vec::new();
        reader
            .take(self.size.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|e| Aside::new(Reason::Unreadable, e))?;
        self.check_size(bytes.len() as u64)?;
        Ok(bytes)
    }

    pub(super) fn check_size(&self, size: u64) -> Result<(), Aside> {
        if size <= self.size {
            return Ok(());
        }
        Err(self.too_large())
    }

    /// Whether a text is short enough to be extracted.
    pub(crate) fn check_memory(&self, text: &str) -> Result<(), Aside> {
        let needed = (text.len() as u64).saturating_mul(MEMORY);
        if needed <= self.memory {
            return Ok(());
        }
        let (needed, most) = (megabytes(needed), megabytes(self.memory));
        Err(Aside::new(Reason::TooLong, format!("{needed} > {most}")))
    }

    /// The time for each of so many extractions that begin now in this thread.
    pub(crate) fn patience(&self, n: usize) -> Patience {
        Patience {
            before: processor_time(),
            spent: vec![Duration::ZERO; n],
            allowed: self.time,
        }
    }

    pub(super) fn too_large(&self) -> Aside {
        Aside::new(Reason::TooLarge, format!("> {}", megabytes(self.size)))
    }
}

/// A size for people.
pub(super) fn megabytes(bytes: u64) -> String {
    if bytes < 1 << 20 {
        return format!("{bytes} B");
    }
    format!("{} MB", bytes >> 20)
}

/// When the time of a document is over.
#[derive(Clone, Copy)]
pub(super) struct Deadline {
    end: Instant,
    allowed: Duration,
}

impl Deadline {
    pub(super) fn check(self) -> Result<(), Aside> {
        if Instant::now() < self.end {
            return Ok(());
        }
        Err(self.missed())
    }

    pub(super) fn left(self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    pub(super) fn missed(self) -> Aside {
        too_slow(self.allowed)
    }
}

fn too_slow(allowed: Duration) -> Aside {
    Aside::new(Reason::TooSlow, format!("> {} s", allowed.as_secs_f32()))
}

/// Processor time for documents: what else the machine does must not decide which documents are set aside.
pub(crate) struct Patience {
    before: Duration,
    spent: Vec<Duration>,
    allowed: Duration,
}

impl Patience {
    /// Whether the time of a document is over, on which all that was done since this was last asked was spent.
    pub(crate) fn is_over(&mut self, document: usize) -> bool {
        let now = processor_time();
        let spent = &mut self.spent[document];
        *spent += now.saturating_sub(std::mem::replace(&mut self.before, now));
        *spent >= self.allowed
    }

    pub(crate) fn missed(&self) -> Aside {
        too_slow(self.allowed)
    }
}

/// Time that the processor has spent on this thread.
#[cfg(unix)]
fn processor_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// Elsewhere the time that has passed.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    static BEGIN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    BEGIN.elapsed()
}
