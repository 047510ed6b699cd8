//! Who has come to an end under a lock, to be told when it is free again. One is usual, so it is kept in place.
//!
//! Clients in other processes are told at once: a frame is sent without waiting, and the farewell of an end that is closed as soon as the
//! lock is free must not overtake it.

use super::queue::Sink;
use overlapped_kernel::request::Completion;

/// See the module page.
pub(super) struct Tally<P> {
    first: Option<(P, Completion)>,
    more: Vec<(P, Completion)>,
}

impl<P: Sink> Tally<P> {
    pub fn new() -> Self {
        Self { first: None, more: Vec::new() }
    }

    pub fn push(&mut self, who: P, completion: Completion) {
        let Some(who) = who.tell_at_once(completion) else { return };
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
