//! Who has come to an end under a lock, to be told when it is free again. One is usual, so it is kept in place.

use overlapped_kernel::request::Completion;

/// See the module page.
pub(super) struct Tally<P> {
    first: Option<(P, Completion)>,
    more: Vec<(P, Completion)>,
}

impl<P> Tally<P> {
    pub fn new() -> Self {
        Self { first: None, more: Vec::new() }
    }

    pub fn push(&mut self, who: P, completion: Completion) {
        match self.first {
            None => self.first = Some((who, completion)),
            Some(_) => self.more.push((who, completion)),
        }
    }

    /// In the order in which they ended.
    pub fn drain(&mut self) -> impl Iterator<Item = (P, Completion)> {
        self.first.take().into_iter().chain(self.more.drain(..))
    }
}
