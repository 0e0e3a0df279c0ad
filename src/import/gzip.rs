//! Recordings that are compressed with gzip.

use flate2::read::MultiGzDecoder;
use std::io::Read;

/// Whether bytes begin as gzip does.
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b, 0x08])
}

/// What is packed, all members of it, of at most `max` bytes.
///
/// # Errors
/// Why it cannot be unpacked, as a sentence without its point.
pub(super) fn unpacked(bytes: &[u8], max: u64) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    match MultiGzDecoder::new(bytes).take(max + 1).read_to_end(&mut content) {
        Ok(_) if content.len() as u64 > max => {
            Err(format!("the recording is longer than {} MiB when it is unpacked", max >> 20))
        }
        Ok(_) => Ok(content),
        Err(error) => Err(format!("the recording is damaged: gzip says: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).expect("a vector takes all");
        encoder.finish().expect("a vector takes all")
    }

    #[test]
    fn every_member_is_unpacked_up_to_the_limit() {
        let both = [packed(b"start,"), packed(b"duration")].concat();
        assert!(is_gzip(&both));
        assert_eq!(unpacked(&both, 14).as_deref(), Ok(b"start,duration".as_slice()));
        assert!(unpacked(&both, 13).is_err_and(|why| why.contains("longer than")));
        assert!(unpacked(&both[..both.len() - 9], 14).is_err_and(|why| why.contains("damaged")));
        // A megabyte of zeros is a kilobyte: what is unpacked is bounded, not what is given.
        assert!(unpacked(&packed(&[0; 1 << 20]), 1 << 10).is_err());
    }
}
