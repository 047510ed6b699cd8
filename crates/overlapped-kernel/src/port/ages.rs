//! How long packets have been queued, for next to nothing a packet.
//!
//! Reading a clock for every packet would cost a fifth of a post. So only some are marked with the time: every 32nd, and each
//! that finds the queue empty and stays, unless the thread that took the last one has posted it, which most likely takes it a moment later.
//! A picture of the port and the service thread's looks add marks. A packet without a mark is as old as the next younger mark at
//! least. The clock is the coarse one of Linux, which advances with the timer interrupt: 1 to 10 ms.

use std::collections::VecDeque;
use std::time::Duration;

/// Every so many packets are marked; a power of two.
const EVERY: u64 = 32;
/// Marks that are kept: with one a tick of the clock, the last second or so of a steady stream.
const KEPT: usize = 256;

/// See the module page.
#[derive(Debug, Default)]
#[repr(C)]
pub(super) struct Ages {
    /// Packets inserted so far.
    inserted: u64,
    /// Number of a packet and when it was inserted, at the latest; both ascending.
    marks: VecDeque<(u64, Duration)>,
}

impl Ages {
    /// A packet is inserted; true if its turn has come to be marked.
    #[inline(always)]
    pub(super) fn insert(&mut self) -> bool {
        self.inserted += 1;
        self.inserted.is_multiple_of(EVERY)
    }

    /// Packets inserted and taken so far, with so many queued.
    pub(super) fn taken(&self, queued: usize) -> u64 {
        self.inserted - queued as u64
    }

    /// The newest packet was inserted by now.
    #[inline(never)]
    pub(super) fn mark(&mut self, queued: usize) {
        self.mark_at(queued, coarse());
    }

    fn mark_at(&mut self, queued: usize, now: Duration) {
        let gone = self.taken(queued);
        while self.marks.front().is_some_and(|(packet, _)| *packet <= gone) {
            self.marks.pop_front();
        }
        match self.marks.back_mut() {
            Some((packet, time)) if *packet == self.inserted || *time == now => *packet = self.inserted,
            _ => {
                if self.marks.len() == KEPT {
                    self.thin();
                }
                self.marks.push_back((self.inserted, now));
            }
        }
    }

    /// Every second mark goes: a long backlog keeps its whole history, less finely.
    fn thin(&mut self) {
        let mut keep = false;
        self.marks.retain(|_| {
            keep = !keep;
            keep
        });
    }

    /// How old the queued packets are at least, oldest first.
    pub(super) fn of(&self, queued: usize) -> impl Iterator<Item = Duration> + '_ {
        let now = coarse();
        let mut marks = self.marks.iter().peekable();
        (self.taken(queued) + 1..=self.inserted).map(move |packet| {
            while marks.next_if(|(marked, _)| *marked < packet).is_some() {}
            marks.peek().map_or(Duration::ZERO, |(_, time)| now.saturating_sub(*time))
        })
    }
}

#[cfg(not(loom))]
fn coarse() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::MonotonicCoarse);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}

/// Time stands still under the checker.
#[cfg(loom)]
fn coarse() -> Duration {
    Duration::ZERO
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// Longer than a tick of the coarse clock.
    const LATER: Duration = Duration::from_millis(25);

    fn ages(ages: &Ages, queued: usize) -> Vec<Duration> {
        ages.of(queued).collect()
    }

    #[test]
    fn a_packet_is_as_old_as_its_mark_or_the_next_younger_one() {
        let mut queue = Ages::default();
        queue.insert();
        queue.mark(1);
        queue.insert();
        std::thread::sleep(LATER);
        queue.insert();
        queue.mark(3);
        std::thread::sleep(LATER);
        let [first, second, third] = ages(&queue, 3)[..] else { panic!("three packets") };
        assert!(first >= 2 * LATER - Duration::from_millis(20), "{first:?}");
        assert_eq!(second, third, "the one without a mark has that of the next");
        assert!(first > second && second > Duration::ZERO);
        assert_eq!(ages(&queue, 1).len(), 1, "two were taken");
        assert!(ages(&queue, 1)[0] >= third);
    }

    #[test]
    fn packets_after_the_last_mark_are_new_as_far_as_anybody_knows() {
        let mut queue = Ages::default();
        queue.insert();
        queue.mark(1);
        queue.insert();
        assert_eq!(ages(&queue, 2)[1], Duration::ZERO);
    }

    #[test]
    fn marks_of_packets_that_were_taken_go_and_the_others_stay_few() {
        let mut queue = Ages::default();
        for packet in 1..=4096_u64 {
            queue.insert();
            queue.mark_at(packet as usize, Duration::from_millis(packet));
            assert!(queue.marks.len() <= KEPT);
        }
        assert!(queue.marks.len() > KEPT / 4, "a long backlog keeps its history");
        queue.insert();
        queue.mark(1);
        assert_eq!(queue.marks.len(), 1);
    }
}
