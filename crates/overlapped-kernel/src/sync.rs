//! The synchronisation primitives of this crate, so that the model checker can stand in for them.
//!
//! A normal build uses parking_lot and the futex; a build with `--cfg loom` uses loom's types, and the protocols
//! (request word, handle table, dispatcher objects, port) run unchanged under the checker; with `--cfg shuttle` beside it,
//! shuttle's types take the place of loom's. Reference counts stay
//! `std::sync::Arc` in both: they carry no protocol of ours.

#[cfg(not(loom))]
pub(crate) use crate::brief::{BriefGuard, BriefLock};
#[cfg(not(loom))]
pub(crate) use parking_lot::{Mutex, MutexGuard};
#[cfg(not(loom))]
pub(crate) use std::sync::atomic;

#[cfg(loom)]
pub(crate) use checked::{Mutex as BriefLock, MutexGuard as BriefGuard};
#[cfg(loom)]
pub(crate) use checked::{Mutex, MutexGuard};
#[cfg(loom)]
pub(crate) use checker::sync::atomic;
#[cfg(all(loom, not(shuttle)))]
pub(crate) use loom as checker;
#[cfg(all(loom, shuttle))]
pub(crate) use shuttle as checker;

/// On cache lines of its own; a lock and the beginning of what it protects then share one.
#[repr(align(64))]
pub(crate) struct Line<T>(pub(crate) T);

impl<T> std::ops::Deref for Line<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(loom)]
mod checked {
    //! The checker's mutex with parking_lot's shape: no poisoning to look at.

    use super::checker;

    pub(crate) struct Mutex<T>(checker::sync::Mutex<T>);
    pub(crate) type MutexGuard<'a, T> = checker::sync::MutexGuard<'a, T>;

    impl<T: Default> Default for Mutex<T> {
        fn default() -> Self {
            Self::new(T::default())
        }
    }

    impl<T> std::fmt::Debug for Mutex<T> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Mutex")
        }
    }

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(checker::sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().expect("a thread of the model panicked")
        }

        #[allow(dead_code)]
        pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            self.0.try_lock().ok()
        }
    }
}
