//! Structures of Windows whose texts stand behind them in one buffer of the caller's.

use crate::arguments::{output, store};
use crate::text::{Unit, of};
use overlapped_abi::Win32Error;
use std::ffi::c_void;
use std::marker::PhantomData;

/// A buffer as it will be at its place.
#[derive(Debug)]
pub struct Packed<C> {
    base: usize,
    bytes: Vec<u8>,
    unit: PhantomData<C>,
}

impl<C: Unit> Packed<C> {
    /// One that begins with structures of so many bytes, and is to stand at `base`.
    pub fn new(base: usize, fixed: usize) -> Self {
        Self { base, bytes: vec![0; fixed], unit: PhantomData }
    }

    pub fn number(&mut self, at: usize, number: u32) {
        self.bytes[at..at + 4].copy_from_slice(&number.to_ne_bytes());
    }

    fn pointer(&mut self, at: usize, to: usize) {
        self.bytes[at..at + 8].copy_from_slice(&to.to_ne_bytes());
    }

    /// A copy of bytes that are aligned as a pointer is, and a pointer to it.
    pub fn bytes(&mut self, at: usize, bytes: &[u8]) {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        self.pointer(at, self.base.wrapping_add(self.bytes.len()));
        self.bytes.extend_from_slice(bytes);
    }

    /// A text with its zero, and a pointer to it.
    pub fn text(&mut self, at: usize, text: &str) {
        // A number of bytes may stand before it.
        self.bytes.resize(self.bytes.len().next_multiple_of(size_of::<C>()), 0);
        self.pointer(at, self.base.wrapping_add(self.bytes.len()));
        for unit in of::<C>(text).into_iter().chain([C::default()]) {
            let number: u32 = unit.into();
            self.bytes.extend_from_slice(&number.to_le_bytes()[..size_of::<C>()]);
        }
    }

    /// Puts all of it into the caller's buffer, and says how long it is; 122 if it has no room.
    ///
    /// # Safety
    /// `to` stands at the base, and is NULL or writable for `room` bytes; `needed` is NULL (998) or writable.
    pub unsafe fn give(self, to: *mut c_void, room: u32, needed: *mut u32) -> Result<(), Win32Error> {
        // SAFETY: the caller's promise.
        unsafe {
            store(needed, self.bytes.len() as u32)?;
            if (room as usize) < self.bytes.len() {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            output(&self.bytes, to)
        }
    }

    /// Puts all of it into the caller's buffer, whose room was looked at before.
    ///
    /// # Safety
    /// `to` stands at the base and has the room.
    pub unsafe fn copy_to(self, to: *mut c_void) -> Result<(), Win32Error> {
        // SAFETY: the caller's promise.
        unsafe { output(&self.bytes, to) }
    }

    /// What it takes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }
}
