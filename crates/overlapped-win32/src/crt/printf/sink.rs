//! Where formatted text goes.

use super::spec::Spec;
use crate::text::Unit;
use std::marker::PhantomData;

/// Something that takes units.
pub trait Sink<U> {
    /// Takes these.
    fn put(&mut self, text: &[U]);

    /// Takes one so many times.
    fn repeat(&mut self, unit: U, count: usize);
}

impl<U: Unit> Sink<U> for Vec<U> {
    fn put(&mut self, text: &[U]) {
        self.extend_from_slice(text);
    }

    fn repeat(&mut self, unit: U, count: usize) {
        self.resize(self.len() + count, unit);
    }
}

/// A buffer of the caller: what does not fit is dropped. No zero is written.
pub struct Room<U> {
    next: *mut U,
    left: usize,
}

impl<U> Room<U> {
    /// # Safety
    /// As many units of `start` as are put can be written, up to `size`.
    pub unsafe fn new(start: *mut U, size: usize) -> Self {
        Self { next: start, left: if start.is_null() { 0 } else { size } }
    }
}

impl<U: Unit> Sink<U> for Room<U> {
    fn put(&mut self, text: &[U]) {
        let count = text.len().min(self.left);
        // SAFETY: there is room for that many, as `new` requires.
        unsafe {
            std::ptr::copy(text.as_ptr(), self.next, count);
            self.next = self.next.add(count);
        }
        self.left -= count;
    }

    fn repeat(&mut self, unit: U, count: usize) {
        for _ in 0..count.min(self.left) {
            // SAFETY: there is room for it, as `new` requires.
            unsafe {
                self.next.write(unit);
                self.next = self.next.add(1);
            }
            self.left -= 1;
        }
    }
}

/// A sink that counts.
pub struct Out<'a, U, S> {
    sink: &'a mut S,
    /// Units put so far, also those for which there was no room.
    pub count: usize,
    unit: PhantomData<U>,
}

impl<'a, U: Unit, S: Sink<U>> Out<'a, U, S> {
    /// Nothing counted yet.
    pub fn new(sink: &'a mut S) -> Self {
        Self { sink, count: 0, unit: PhantomData }
    }

    /// Text.
    pub fn text(&mut self, text: &[U]) {
        self.sink.put(text);
        self.count += text.len();
    }

    /// ASCII text.
    pub fn ascii(&mut self, text: &[u8]) {
        for &byte in text {
            self.sink.repeat(U::from(byte), 1);
        }
        self.count += text.len();
    }

    /// An ASCII character so many times.
    pub fn fill(&mut self, byte: u8, count: usize) {
        self.sink.repeat(U::from(byte), count);
        self.count += count;
    }

    /// A field of the directive's width around something that is `len` long. Zeros are for text only here: numbers put
    /// theirs behind the sign themselves.
    pub fn field(&mut self, spec: &Spec, len: usize, content: impl FnOnce(&mut Self)) {
        let fill = spec.width.saturating_sub(len);
        if !spec.left {
            self.fill(b' ', fill);
        }
        content(self);
        if spec.left {
            self.fill(b' ', fill);
        }
    }
}
