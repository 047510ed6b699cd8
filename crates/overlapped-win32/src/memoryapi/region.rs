//! What VirtualAlloc has handed out: regions, and the state of their pages.

use std::collections::BTreeMap;

/// A reservation: its pages are reserved (protection 0) or committed with a protection.
pub struct Region {
    /// Bytes, a multiple of the page size.
    pub size: usize,
    /// The protection that it was made with.
    pub protect: u32,
    /// Is it told which of its pages are written to?
    pub watched: bool,
    /// Does it only keep a place for memory or a view that is to come?
    pub placeholder: bool,
    /// Offset at which a run of equal pages begins, and their protection. The first run begins at 0.
    runs: BTreeMap<usize, u32>,
}

impl Region {
    /// One with all pages alike.
    pub fn new(size: usize, protect: u32, state: u32) -> Self {
        Self { size, protect, watched: false, placeholder: false, runs: BTreeMap::from([(0, state)]) }
    }

    /// The same, with or without a watch on its pages.
    pub fn watched(self, watched: bool) -> Self {
        Self { watched, ..self }
    }

    /// The same, as a placeholder.
    pub fn placeholder(self) -> Self {
        Self { placeholder: true, ..self }
    }

    /// The run that the offset is in: where it begins, where it ends, its state.
    pub fn run(&self, offset: usize) -> (usize, usize, u32) {
        let (&start, &state) = self.runs.range(..=offset).next_back().unwrap_or((&0, &0));
        let end = self.runs.range(offset + 1..).next().map_or(self.size, |(&next, _)| next);
        (start, end, state)
    }

    /// The runs of a part.
    pub fn runs(&self, from: usize, to: usize) -> Vec<(usize, usize, u32)> {
        let (mut at, mut found) = (from, Vec::new());
        while at < to {
            let (_, end, state) = self.run(at);
            found.push((at, end.min(to), state));
            at = end;
        }
        found
    }

    /// Gives the pages of a part a new state.
    pub fn set(&mut self, from: usize, to: usize, state: u32) {
        if from >= to {
            return;
        }
        if to < self.size {
            let (.., behind) = self.run(to);
            self.runs.insert(to, behind);
        }
        self.runs.retain(|&start, _| start < from || start >= to);
        self.runs.insert(from, state);
        self.join();
    }

    fn join(&mut self) {
        let mut last = None;
        self.runs.retain(|_, state| last.replace(*state) != Some(*state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_split_and_join() {
        let mut region = Region::new(10, 4, 0);
        region.set(2, 4, 4);
        region.set(6, 10, 2);
        assert_eq!(region.runs(0, 10), [(0, 2, 0), (2, 4, 4), (4, 6, 0), (6, 10, 2)]);
        assert_eq!((region.run(3), region.run(9)), ((2, 4, 4), (6, 10, 2)));
        region.set(4, 6, 4);
        assert_eq!(region.run(5), (2, 6, 4));
        region.set(0, 10, 0);
        assert_eq!(region.runs(3, 10), [(3, 10, 0)]);
    }
}
