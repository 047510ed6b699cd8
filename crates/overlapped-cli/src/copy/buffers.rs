//! The buffers: as many as requests may be on their way, made when they are wanted for the first time and used again and again.

use overlapped::AlignedBuf;
use parking_lot::Mutex;

/// See the module page.
#[derive(Debug)]
pub struct Buffers {
    stock: Mutex<Stock>,
    size: usize,
}

#[derive(Debug)]
struct Stock {
    free: Vec<AlignedBuf>,
    /// How many may still be made.
    unmade: usize,
}

impl Stock {
    fn available(&self) -> usize {
        self.free.len() + self.unmade
    }

    fn take(&mut self, size: usize) -> AlignedBuf {
        self.free.pop().unwrap_or_else(|| {
            self.unmade -= 1;
            AlignedBuf::with_capacity(size)
        })
    }
}

impl Buffers {
    /// `count` buffers of `size` bytes.
    pub fn new(count: usize, size: usize) -> Self {
        Self { stock: Mutex::new(Stock { free: Vec::new(), unmade: count }), size }
    }

    /// Takes `count` buffers, or none.
    pub fn take(&self, count: usize) -> Option<Vec<AlignedBuf>> {
        let mut stock = self.stock.lock();
        (stock.available() >= count).then(|| (0..count).map(|_| stock.take(self.size)).collect())
    }

    /// Takes one buffer more, if `reserve` others are left for those who have none yet.
    pub fn take_extra(&self, reserve: usize) -> Option<AlignedBuf> {
        let mut stock = self.stock.lock();
        (stock.available() > reserve).then(|| stock.take(self.size))
    }

    /// Gives buffers back.
    pub fn give(&self, buffers: impl IntoIterator<Item = AlignedBuf>) {
        self.stock.lock().free.extend(buffers);
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
        assert!(buffers.take(1).is_none(), "no more than there may be are made");
    }
}
