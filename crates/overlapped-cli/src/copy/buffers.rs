//! The buffers: as many as requests may be on their way, made once and used again and again.

use overlapped::AlignedBuf;
use parking_lot::Mutex;

/// See the module page.
#[derive(Debug)]
pub struct Buffers {
    free: Mutex<Vec<AlignedBuf>>,
}

impl Buffers {
    /// `count` buffers of `size` bytes. Untouched memory costs nothing.
    pub fn new(count: usize, size: usize) -> Self {
        Self { free: Mutex::new((0..count).map(|_| AlignedBuf::with_capacity(size)).collect()) }
    }

    /// Takes `count` buffers, or none.
    pub fn take(&self, count: usize) -> Option<Vec<AlignedBuf>> {
        let mut free = self.free.lock();
        let rest = free.len().checked_sub(count)?;
        Some(free.split_off(rest))
    }

    /// Takes one buffer more, if `reserve` others are left for those who have none yet.
    pub fn take_extra(&self, reserve: usize) -> Option<AlignedBuf> {
        let mut free = self.free.lock();
        if free.len() > reserve { free.pop() } else { None }
    }

    /// Gives buffers back.
    pub fn give(&self, buffers: impl IntoIterator<Item = AlignedBuf>) {
        self.free.lock().extend(buffers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserve_is_left_for_others() {
        let buffers = Buffers::new(3, 4096);
        let first = buffers.take(1).unwrap();
        assert!(buffers.take(3).is_none());
        let extra = buffers.take_extra(1).unwrap();
        assert!(buffers.take_extra(1).is_none());
        buffers.give(first.into_iter().chain([extra]));
        assert_eq!(buffers.take(3).map(|all| all.len()), Some(3));
    }
}
