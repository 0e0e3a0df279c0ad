//! Memory from the system itself for many records, in huge pages where it has them.
//!
//! Deliberately absent: how many records there are, which the log knows; and systems where room that is
//! not used costs more than addresses (Windows) or that have no such memory (WebAssembly).

#[cfg(not(unix))]
use super::record::Record;

#[cfg(unix)]
mod mapped {
    use crate::trace::record::Record;
    use memmap2::{MmapMut, MmapOptions};
    use zerocopy::{FromBytes, IntoBytes};

    const SIZE: usize = size_of::<Record>();

    /// Room for records, side by side from the beginning.
    pub struct Pages(MmapMut);

    impl Pages {
        /// Makes room for `records`; `None` if the system does not give it. Pages that are not written cost only addresses.
        pub fn with_room_for(records: usize) -> Option<Pages> {
            let bytes = records.checked_mul(SIZE)?;
            let pages = MmapOptions::new().len(bytes).no_reserve_swap().map_anon().ok()?;
            #[cfg(target_os = "linux")]
            // Only advice: without huge pages everything works as well, just slower.
            let _ = pages.advise(memmap2::Advice::HugePage);
            Some(Pages(pages))
        }

        /// Writes one in place `at`; `false` if that is beyond the room.
        #[inline(always)]
        pub fn write(&mut self, at: usize, record: Record) -> bool {
            let place = self.0.get_mut(at * SIZE..at * SIZE + SIZE);
            place.map(|place| place.copy_from_slice(record.as_bytes())).is_some()
        }

        /// Writes these from the beginning on; there must be room.
        pub fn write_all(&mut self, records: &[Record]) {
            self.0[..records.len() * SIZE].copy_from_slice(records.as_bytes());
        }

        /// The first `len`, which must have been written.
        pub fn read(&self, len: usize) -> &[Record] {
            <[Record]>::ref_from_bytes(&self.0[..len * SIZE]).expect("pages begin where a record may")
        }
    }
}

#[cfg(unix)]
pub use mapped::Pages;

/// This system has no such memory.
#[cfg(not(unix))]
pub enum Pages {}

#[cfg(not(unix))]
impl Pages {
    pub fn with_room_for(_records: usize) -> Option<Pages> {
        None
    }

    pub fn write(&mut self, _at: usize, _record: Record) -> bool {
        match *self {}
    }

    pub fn write_all(&mut self, _records: &[Record]) {
        match *self {}
    }

    pub fn read(&self, _len: usize) -> &[Record] {
        match *self {}
    }
}
