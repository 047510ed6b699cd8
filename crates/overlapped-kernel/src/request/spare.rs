//! Memory of requests, used again by the thread that was the last to have one.
//!
//! A server has one receive pending for each connection: it ends when something comes, and the next is issued a moment later by the same
//! thread. A poll ends them by the handful, and an allocator's caches for a thread are too short for that: its way past them was a twelfth of
//! the library's instructions for an echo. Drawback: each thread that ends requests keeps the memory of some.

use super::{Request, RequestRef};
use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::sync::Arc;

/// So many a thread keeps: twice what is told in one go.
const MOST: usize = 32;

thread_local! {
    static SPARE: Spare<Request> = const { Spare(RefCell::new(Vec::new())) };
}

/// Memory for a request, which nobody else has.
#[inline]
pub(super) fn place() -> Arc<MaybeUninit<Request>> {
    SPARE.try_with(Spare::take).unwrap_or_else(|_| Arc::new_uninit())
}

/// Drops a request that its device is done with, and keeps its memory if nobody else has it.
#[inline]
pub(super) fn let_go(request: RequestRef) {
    if let Some(place) = emptied(request) {
        // A thread that ends keeps nothing.
        let _ = SPARE.try_with(|spare| spare.keep(place));
    }
}

struct Spare<T>(RefCell<Vec<Arc<MaybeUninit<T>>>>);

impl<T> Spare<T> {
    #[inline]
    fn take(&self) -> Arc<MaybeUninit<T>> {
        let kept = self.0.borrow_mut().pop();
        kept.unwrap_or_else(Arc::new_uninit)
    }

    #[inline]
    fn keep(&self, place: Arc<MaybeUninit<T>>) {
        let mut kept = self.0.borrow_mut();
        if kept.len() < MOST {
            kept.push(place);
        }
    }
}

/// Drops the value, and gives its memory if nobody else has a reference.
#[inline]
fn emptied<T>(mut value: Arc<T>) -> Option<Arc<MaybeUninit<T>>> {
    Arc::get_mut(&mut value)?;
    let memory = Arc::into_raw(value).cast::<MaybeUninit<T>>().cast_mut();
    // SAFETY: nobody else has a reference, so that the value may be dropped where it stands; what is left is memory for one.
    unsafe {
        (*memory).assume_init_drop();
        Some(Arc::from_raw(memory))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_and_its_value_is_dropped_once() {
        let counted = Arc::new(());
        let spare = Spare(RefCell::default());
        let first = Arc::new((7_u64, Arc::clone(&counted)));
        let address = Arc::as_ptr(&first).addr();
        spare.keep(emptied(first).expect("nobody else has it"));
        assert_eq!(Arc::strong_count(&counted), 1);
        let again = spare.take();
        assert_eq!(Arc::as_ptr(&again).addr(), address, "the same memory");
        let other = spare.take();
        assert_ne!(Arc::as_ptr(&other).addr(), address, "which is in use");
    }

    #[test]
    fn what_somebody_else_has_stays() {
        let value = Arc::new(String::from("x"));
        let weak = Arc::downgrade(&value);
        assert!(emptied(Arc::clone(&value)).is_none());
        assert!(emptied(value).is_none(), "a weak reference may be asked");
        assert_eq!(weak.strong_count(), 0);
    }

    #[test]
    fn not_more_is_kept_than_is_useful() {
        let spare = Spare::<[u8; 100]>(RefCell::default());
        (0..2 * MOST).for_each(|_| spare.keep(Arc::new_uninit()));
        assert_eq!(spare.0.borrow().len(), MOST);
    }
}
