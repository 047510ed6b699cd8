//! A queue of requests that is small while it is short: the first is kept in place, and only more than one cost memory of their own.
//! Most connections of a server have one request that waits, and there are thousands of them.

use overlapped_kernel::request::RequestRef;
use std::collections::VecDeque;

/// Requests, the oldest first.
#[derive(Default)]
pub(super) struct Queue {
    first: Option<RequestRef>,
    /// Nothing while there is no first.
    #[expect(clippy::box_collection, reason = "nearly always absent, and a pointer is a quarter of its size")]
    rest: Option<Box<VecDeque<RequestRef>>>,
}

impl Queue {
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub fn iter(&self) -> impl Iterator<Item = &RequestRef> {
        self.first.iter().chain(self.rest.iter().flat_map(|rest| rest.iter()))
    }

    pub fn push_back(&mut self, request: RequestRef) {
        if self.first.is_none() {
            self.first = Some(request);
        } else {
            self.rest.get_or_insert_default().push_back(request);
        }
    }

    pub fn push_front(&mut self, request: RequestRef) {
        if let Some(second) = self.first.replace(request) {
            self.rest.get_or_insert_default().push_front(second);
        }
    }

    pub fn pop_front(&mut self) -> Option<RequestRef> {
        let next = self.rest.as_mut().and_then(|rest| rest.pop_front());
        std::mem::replace(&mut self.first, next)
    }

    /// Takes out the one in this place, the oldest being in place 0.
    pub fn remove(&mut self, place: usize) -> Option<RequestRef> {
        match place {
            0 => self.pop_front(),
            place => self.rest.as_mut()?.remove(place - 1),
        }
    }
}
