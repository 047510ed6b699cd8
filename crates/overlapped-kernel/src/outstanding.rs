//! The outstanding requests of an open instance.
//!
//! Mostly there is one, which has its place in here, or a few; then whoever looks for an OVERLAPPED looks at each. If there are many, the first
//! who does makes an index of them, which is kept up until there are few again: so a program that cancels a hundred thousand requests one by
//! one does not look at all the others each time. Drawback: with an index a request's way on and off the list takes a search of a tree more.

use smallvec::SmallVec;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// More than so many are searched by an index.
const MANY: usize = 128;
/// At so many the index goes.
const FEW: usize = 32;

/// What is on the list.
pub(crate) trait Entry: Clone {
    /// By which it is looked for. It does not change.
    fn token(&self) -> usize;
    /// Where it stands, for the list alone.
    fn place(&self) -> &AtomicUsize;
}

/// See the module page.
pub(crate) struct Outstanding<T> {
    list: SmallVec<[T; 1]>,
    index: Option<Box<Index>>,
}

/// Token and place of each. In a box, since most instances have none.
struct Index(BTreeSet<(usize, usize)>);

impl<T: Entry> Outstanding<T> {
    pub fn new() -> Self {
        Self { list: SmallVec::new(), index: None }
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.list.iter()
    }

    #[inline]
    pub fn push(&mut self, entry: T) {
        let place = self.list.len();
        entry.place().store(place, Ordering::Relaxed);
        if let Some(index) = &mut self.index {
            index.0.insert((entry.token(), place));
        }
        self.list.push(entry);
    }

    /// Takes the entry at this place; the last one comes to stand there.
    #[inline]
    pub fn remove(&mut self, place: usize) -> T {
        let gone = self.list.swap_remove(place);
        if let Some(moved) = self.list.get(place) {
            moved.place().store(place, Ordering::Relaxed);
        }
        if self.index.is_some() {
            self.unlist(&gone, place);
        }
        gone
    }

    /// The index without what was at this place before the last one came there.
    #[cold]
    fn unlist(&mut self, gone: &T, place: usize) {
        if self.list.len() <= FEW {
            self.index = None;
        }
        let Some(Index(index)) = self.index.as_deref_mut() else { return };
        index.remove(&(gone.token(), place));
        if let Some(moved) = self.list.get(place) {
            index.remove(&(moved.token(), self.list.len()));
            index.insert((moved.token(), place));
        }
    }

    /// Those with this token: one, unless a program has given one OVERLAPPED to several requests.
    pub fn with_token(&mut self, token: usize) -> Vec<T> {
        if self.list.len() <= MANY && self.index.is_none() {
            return self.list.iter().filter(|entry| entry.token() == token).cloned().collect();
        }
        let list = &self.list;
        let index = self.index.get_or_insert_with(|| {
            Box::new(Index(list.iter().enumerate().map(|(place, entry)| (entry.token(), place)).collect()))
        });
        index.0.range((token, 0)..=(token, usize::MAX)).map(|&(_, place)| list[place].clone()).collect()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::Arc;

    struct One(usize, AtomicUsize);

    impl Entry for Arc<One> {
        fn token(&self) -> usize {
            self.0
        }

        fn place(&self) -> &AtomicUsize {
            &self.1
        }
    }

    fn one(token: usize) -> Arc<One> {
        Arc::new(One(token, AtomicUsize::new(usize::MAX)))
    }

    /// What it finds is what a look at each would.
    fn check(outstanding: &mut Outstanding<Arc<One>>, token: usize) {
        let mut found: Vec<_> = outstanding.with_token(token).iter().map(|one| one.1.load(Ordering::Relaxed)).collect();
        found.sort_unstable();
        let all = outstanding.iter().enumerate().filter(|(_, one)| one.0 == token).map(|(place, _)| place);
        assert_eq!(found, all.collect::<Vec<_>>());
    }

    #[test]
    fn few_and_many_are_found_by_their_tokens() {
        let mut outstanding = Outstanding::new();
        let mut random = 1_u32;
        let mut next = |below: usize| {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            random as usize % below
        };
        for round in 0..6 {
            // Up to a few or to many, and down again, with tokens that come twice.
            let most = if round % 3 == 0 { FEW } else { 5 * MANY };
            while outstanding.len() < most {
                outstanding.push(one(next(3 * MANY)));
                check(&mut outstanding, next(3 * MANY));
                if outstanding.len() > 1 && next(3) == 0 {
                    let place = next(outstanding.len());
                    let gone = outstanding.remove(place);
                    assert_eq!(gone.1.load(Ordering::Relaxed), place);
                }
            }
            assert_eq!(outstanding.index.is_some(), most > MANY, "only where there are many");
            while outstanding.len() > round {
                let gone = outstanding.remove(next(outstanding.len()));
                check(&mut outstanding, gone.0);
            }
            assert!(outstanding.index.is_none());
        }
    }
}
