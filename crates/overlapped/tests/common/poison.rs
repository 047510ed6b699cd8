//! Buffers that tell when somebody used them after their end.
//!
//! A buffer that is dropped is filled with [`POISON`] and laid into the graveyard of its ledger instead of being freed. A
//! read that Linux carries out after that leaves its bytes in the graveyard; a write carries poison to the file.

use overlapped::{IoBuf, IoBufMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What a dropped buffer is filled with; no test writes it.
pub const POISON: u8 = 0xdd;

/// Counts buffers and keeps the dead ones.
#[derive(Default)]
pub struct Ledger {
    made: AtomicUsize,
    dropped: AtomicUsize,
    keep: bool,
    graveyard: Mutex<Vec<Box<[u8]>>>,
}

impl Ledger {
    /// A ledger that keeps dead buffers.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { keep: true, ..Self::default() })
    }

    /// A ledger that only counts: for tests that make many.
    pub fn counting() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// A buffer of `len` zeros.
    pub fn zeroed(self: &Arc<Self>, len: usize) -> Poisoned {
        self.holding(vec![0; len])
    }

    /// A buffer with these bytes.
    pub fn holding(self: &Arc<Self>, bytes: impl Into<Vec<u8>>) -> Poisoned {
        self.made.fetch_add(1, Ordering::SeqCst);
        let memory = bytes.into().into_boxed_slice();
        Poisoned { filled: memory.len(), memory, ledger: Arc::clone(self) }
    }

    pub fn made(&self) -> usize {
        self.made.load(Ordering::SeqCst)
    }

    pub fn dropped(&self) -> usize {
        self.dropped.load(Ordering::SeqCst)
    }

    pub fn alive(&self) -> usize {
        let dropped = self.dropped();
        self.made() - dropped
    }

    /// Panics if a dead buffer has changed.
    #[track_caller]
    pub fn check_graves(&self) {
        for (number, grave) in self.graveyard.lock().expect("no panic").iter().enumerate() {
            let spoilt = grave.iter().position(|byte| *byte != POISON);
            assert_eq!(spoilt, None, "buffer {number} was written to after its end");
        }
    }
}

/// See the module page.
pub struct Poisoned {
    memory: Box<[u8]>,
    filled: usize,
    ledger: Arc<Ledger>,
}

impl Poisoned {
    /// The bytes that count.
    pub fn bytes(&self) -> &[u8] {
        &self.memory[..self.filled]
    }
}

impl std::fmt::Debug for Poisoned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Poisoned").field("filled", &self.filled).field("capacity", &self.memory.len()).finish()
    }
}

impl Drop for Poisoned {
    fn drop(&mut self) {
        self.memory.fill(POISON);
        if self.ledger.keep {
            let memory = std::mem::take(&mut self.memory);
            self.ledger.graveyard.lock().expect("no panic").push(memory);
        }
        self.ledger.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

// SAFETY: the bytes are on the heap and stay there while nobody touches the value.
unsafe impl IoBuf for Poisoned {
    fn start(&self) -> *const u8 {
        self.memory.as_ptr()
    }

    fn len(&self) -> usize {
        self.filled
    }
}

// SAFETY: as above; all of the memory may be written.
unsafe impl IoBufMut for Poisoned {
    fn start_mut(&mut self) -> *mut u8 {
        self.memory.as_mut_ptr()
    }

    fn capacity(&self) -> usize {
        self.memory.len()
    }

    unsafe fn set_filled(&mut self, len: usize) {
        self.filled = len;
    }
}
