//! What a worker costs in the runtimes that people choose between: words that may stand for `memory`.
//!
//! Invariant: each word has its figure and where that comes from. Two figures are told apart: what is resident
//! (pages that a worker has touched: what a container's limit counts) and what is only reserved (the address
//! space of a thread's stack, of which untouched pages cost nothing). A word without `-stack` is resident,
//! as the default is. `docs/reference/language.md` shows the same table; a test compares the two.

use super::names::suggest;
use super::quantity;
use super::text::TextError;
use crate::model::runtime::{GOROUTINE, GREEN_WORKER, JAVA_THREAD, NATIVE_WORKER, TOKIO_TASK};

/// One word for an amount of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// As it is written.
    pub word: &'static str,
    /// Bytes of one worker.
    pub bytes: u64,
    /// What it is, and whence.
    pub about: &'static str,
}

/// Every word of the language and its cost.
pub const COSTS: [Cost; 7] = [
    Cost {
        word: "cpython-thread",
        bytes: NATIVE_WORKER,
        about: "resident: an idle worker of CPython 3.11's ThreadPoolExecutor, kernel stack and tables included",
    },
    Cost {
        word: "cpython-thread-stack",
        bytes: 8 << 20,
        about: "reserved: the soft limit of RLIMIT_STACK, 8 MiB on common Linux distributions (pthread_create(3))",
    },
    Cost {
        word: "java-thread",
        bytes: JAVA_THREAD,
        about: "resident: a platform thread of OpenJDK 17 that waits ten calls deep, Linux x64",
    },
    Cost {
        word: "java-thread-stack",
        bytes: 1 << 20,
        about: "reserved: -Xss by default, 1024 KB on Linux x64 (the java command; ThreadStackSize)",
    },
    Cost {
        word: "greenlet",
        bytes: GREEN_WORKER,
        about: "resident: a waiting green thread of Eventlet 0.41 on CPython 3.11; its stack is a slice on the heap",
    },
    Cost {
        word: "goroutine",
        bytes: GOROUTINE,
        about: "resident: the smallest stack, stackMin = 2048 in Go's runtime/stack.go; it grows on demand",
    },
    Cost {
        word: "tokio-task",
        bytes: TOKIO_TASK,
        about: "resident: the task's header (the Tokio tutorial, \"Spawning\"); its future comes on top",
    },
];

/// Reads the memory of a worker: an amount, or one of the words.
pub(super) fn memory(text: &str) -> Result<u64, TextError> {
    if let Some(cost) = COSTS.iter().find(|cost| cost.word == text) {
        return Ok(cost.bytes);
    }
    // What does not begin with a digit was meant as a word.
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let help = suggest(text, COSTS.iter().map(|cost| cost.word)).unwrap_or_default();
        let message = format!("`{text}` is not a runtime whose workers' memory is known");
        return Err(TextError::new(0..text.len(), message).help(help));
    }
    quantity::memory(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_for_bytes_and_slips_are_told() {
        assert_eq!(memory("java-thread-stack"), Ok(1 << 20));
        assert_eq!(memory("8MiB"), Ok(8 << 20));
        assert!(memory("8Mib").is_err() && memory("java-thread-stak").is_err());
    }

    #[test]
    fn the_reference_has_every_word() {
        let reference = include_str!("../../docs/reference/language.md");
        for cost in COSTS {
            let amount = match cost.bytes {
                bytes if bytes >= 1 << 20 => format!("{} MiB", bytes >> 20),
                bytes if bytes >= 1 << 10 => format!("{} KiB", bytes >> 10),
                bytes => format!("{bytes} B"),
            };
            let row = format!("| `{}` | {amount} |", cost.word);
            assert!(reference.contains(&row), "docs/reference/language.md has no row {row}");
        }
    }
}
