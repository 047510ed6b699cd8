//! Boxes of requests, used again by the thread that has emptied one.
//!
//! Each request of a port brings its parcel (key, context, buffer) in a box, and who takes the packet most often issues the next request of
//! the same kind a moment later. So a thread keeps the last box that it has emptied, and asks the allocator only for another size.
//! Drawback: one small box a thread is kept.

use std::alloc::{Layout, dealloc};
use std::cell::Cell;
use std::ptr::NonNull;

/// Larger ones go back at once.
const LARGEST: usize = 512;

/// Memory of the allocator's that nobody uses, with this layout.
struct Spare(Cell<Option<(NonNull<u8>, Layout)>>);

thread_local! {
    static SPARE: Spare = const { Spare(Cell::new(None)) };
}

impl Drop for Spare {
    fn drop(&mut self) {
        if let Some((memory, layout)) = self.0.take() {
            // SAFETY: it came from the allocator with this layout, and is used by nobody.
            unsafe { dealloc(memory.as_ptr(), layout) };
        }
    }
}

/// The value in a box.
#[inline]
pub(crate) fn boxed<T>(value: T) -> Box<T> {
    let layout = Layout::new::<T>();
    let fitting = |spare: &Spare| match spare.0.get() {
        Some((memory, of)) if of == layout => {
            spare.0.set(None);
            Some(memory.cast::<T>())
        }
        _ => None,
    };
    match SPARE.try_with(fitting) {
        Ok(Some(memory)) => {
            // SAFETY: memory of the allocator's with the layout of a `T`, and nobody else's since it was taken out.
            unsafe {
                memory.write(value);
                Box::from_raw(memory.as_ptr())
            }
        }
        _ => Box::new(value),
    }
}

/// What is in the box, which is kept if there is room for it.
#[inline]
pub(crate) fn unboxed<T>(full: Box<T>) -> T {
    let layout = Layout::new::<T>();
    if layout.size() == 0 || layout.size() > LARGEST {
        return *full;
    }
    let memory = NonNull::from(Box::leak(full));
    // SAFETY: the value is moved out, and its place is only memory from here on.
    let value = unsafe { memory.read() };
    let kept = SPARE.try_with(|spare| {
        let room = spare.0.get().is_none();
        if room {
            spare.0.set(Some((memory.cast(), layout)));
        }
        room
    });
    if kept != Ok(true) {
        // SAFETY: it came from a box of this layout, and is used by nobody.
        unsafe { dealloc(memory.cast().as_ptr(), layout) };
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_box_is_used_again_for_the_same_size_and_drops_nothing_twice() {
        let counted = Arc::new(());
        let first = boxed((7_u64, Arc::clone(&counted)));
        let address = &raw const *first as usize;
        let (number, count) = unboxed(first);
        assert_eq!((number, Arc::strong_count(&counted)), (7, 2));
        let other = boxed([1_u8; 3]);
        let second = boxed((8_u64, count));
        assert_eq!(&raw const *second as usize, address, "the same memory");
        assert_eq!((unboxed(second).0, unboxed(other)), (8, [1; 3]));
        assert_eq!(Arc::strong_count(&counted), 1);
    }

    #[test]
    fn values_without_a_size_and_large_ones_are_boxed_as_usual() {
        unboxed(boxed(()));
        assert_eq!(unboxed(boxed([5_u8; LARGEST + 1])), [5; LARGEST + 1]);
    }
}
