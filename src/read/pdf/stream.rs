//! The bytes of streams, never more of them in all than the limits allow.

use std::io::Read;

use flate2::read::ZlibDecoder;
use lopdf::{Object, Stream};

use super::super::limits::{Limits, megabytes};
use super::super::{Aside, Reason, format, guarded};

/// Unpacks streams and counts what they come to.
pub(super) struct Streams {
    left: u64,
    allowed: u64,
}

impl Streams {
    pub(super) fn new(packed: usize, limits: &Limits) -> Self {
        let allowed = limits.unpacked(packed as u64);
        Self {
            left: allowed,
            allowed,
        }
    }

    /// The unpacked bytes of a stream; what is damaged ends where the damage begins.
    pub(super) fn content(&mut self, stream: &Stream) -> Result<Vec<u8>, Aside> {
        let filters = filters(stream);
        let bytes = match filters.as_slice() {
            [] => stream.content.clone(),
            [b"FlateDecode" | b"Fl"] if !has_predictor(stream) => self.inflate(&stream.content),
            _ => guarded(|| {
                let most = usize::try_from(self.left).unwrap_or(usize::MAX);
                let bytes = stream.decompressed_content_with_limit(most);
                bytes.map_err(|e| Aside::new(Reason::Damaged, e))
            })
            .unwrap_or_default(),
        };
        self.left = self
            .left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| expands(self.allowed))?;
        Ok(bytes)
    }

    fn inflate(&self, packed: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        // An error leaves in `bytes` what came before it.
        let _ = ZlibDecoder::new(packed)
            .take(self.left.saturating_add(1))
            .read_to_end(&mut bytes);
        bytes
    }
}

fn expands(allowed: u64) -> Aside {
    Aside::new(Reason::Expands, format!("> {}", megabytes(allowed)))
}

fn filters(stream: &Stream) -> Vec<&[u8]> {
    match stream.dict.get(b"Filter") {
        Ok(Object::Name(name)) => vec![name],
        Ok(Object::Array(names)) => names.iter().filter_map(|n| n.as_name().ok()).collect(),
        _ => Vec::new(),
    }
}

fn has_predictor(stream: &Stream) -> bool {
    let parameters = stream.dict.get(b"DecodeParms").and_then(Object::as_dict);
    parameters
        .and_then(|p| p.get(b"Predictor"))
        .and_then(Object::as_i64)
        .is_ok_and(|predictor| predictor > 1)
}

/// Refuses a file whose packed streams come to more than the limits allow.
///
/// The library unpacks the streams that hold objects when it opens the file, with a limit for each but none for all of them.
/// Which ones these are is not known before, so each stream that looks packed is unpacked here into nothing, once.
pub(super) fn measure(bytes: &[u8], limits: &Limits) -> Result<(), Aside> {
    const KEYWORD: &[u8] = b"stream";
    let allowed = limits.unpacked(bytes.len() as u64);
    let mut left = allowed;
    let deadline = limits.deadline();
    let mut buffer = vec![0; 1 << 16];
    let mut at = 0;
    while let Some(found) = format::find(&bytes[at..], KEYWORD) {
        deadline.check()?;
        at += found + KEYWORD.len();
        let data = &bytes[at..];
        let data = data.strip_prefix(b"\r").unwrap_or(data);
        let data = data.strip_prefix(b"\n").unwrap_or(data);
        // The first byte of what zlib writes.
        if data.first().is_none_or(|b| b & 0x0F != 8) {
            continue;
        }
        let mut decoder = ZlibDecoder::new(data);
        while let Ok(n) = decoder.read(&mut buffer) {
            deadline.check()?;
            if n == 0 {
                break;
            }
            left = left.checked_sub(n as u64).ok_or_else(|| expands(allowed))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    #[test]
    fn a_bomb_is_refused_before_the_library_opens_it() {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&vec![0; 1 << 24]).unwrap();
        let mut file = b"%PDF-1.5 1 0 obj <</Type/ObjStm>> stream\n".to_vec();
        file.extend(packed.finish().unwrap());
        let mut limits = Limits::default();
        assert_eq!(measure(&file, &limits), Ok(()));
        limits.size = 1 << 20;
        assert_eq!(measure(&file, &limits).unwrap_err().reason, Reason::Expands);
    }
}
