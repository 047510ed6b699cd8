//! How long somebody watches what he waits for before he sleeps.
//!
//! Going to sleep and being woken costs both sides some microseconds; a wait that is over sooner is better watched. Whether it
//! will be is learnt: each success doubles the watch, up to what a wake-up costs, and each failure halves it, down to
//! nothing. So those who wait long, or whose wakers have no processor of their own, watch only now and then to see
//! whether things have changed. Drawback: the processor time of the failures, which the limits keep small.

use std::sync::atomic::{AtomicU32, Ordering};

/// The longest watch, in parts that are the user's to choose.
pub const LONGEST: u32 = 256;
/// Shortest watch worth trying.
const SHORTEST: u32 = 8;
/// Who does not watch tries again after this many waits.
const RETRY: u32 = 512;

/// See the module page. Meant for one thread at a time; what others do to it makes it guess worse, nothing else.
#[derive(Debug)]
pub struct Patience {
    parts: AtomicU32,
    skipped: AtomicU32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { parts: AtomicU32::new(LONGEST), skipped: AtomicU32::new(0) }
    }
}

impl Patience {
    /// Watches by `look`, if that has paid off lately. It is given how long, in parts of the longest watch ([`LONGEST`]), and says
    /// whether the wait was over by then.
    pub fn watch(&self, look: impl FnOnce(u32) -> bool) -> bool {
        let mut parts = self.parts.load(Ordering::Relaxed);
        if parts < SHORTEST {
            let skipped = self.skipped.load(Ordering::Relaxed) + 1;
            self.skipped.store(skipped % RETRY, Ordering::Relaxed);
            if skipped < RETRY {
                return false;
            }
            parts = LONGEST;
        }
        let over = look(parts);
        self.parts.store(if over { (parts * 2).min(LONGEST) } else { parts / 2 }, Ordering::Relaxed);
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(patience: &Patience, count: u32, over: bool) -> Vec<u32> {
        let mut watched = Vec::new();
        for _ in 0..count {
            patience.watch(|parts| {
                watched.push(parts);
                over
            });
        }
        watched
    }

    #[test]
    fn what_pays_off_is_done_to_the_full() {
        assert_eq!(waits(&Patience::default(), 3, true), [LONGEST; 3]);
    }

    #[test]
    fn what_does_not_is_given_up_but_for_a_look_now_and_then() {
        let patience = Patience::default();
        assert_eq!(waits(&patience, 100, false), [256, 128, 64, 32, 16, 8]);
        let again = waits(&patience, 100 * RETRY, false);
        assert!(again.len() >= 90 && again.len() <= 6 * 100, "{}", again.len());
        assert_eq!(again[0], LONGEST, "with the whole watch, or a gain would not be seen");
    }

    #[test]
    fn success_brings_it_back() {
        let patience = Patience::default();
        waits(&patience, 4, false);
        assert_eq!(waits(&patience, 6, true), [16, 32, 64, 128, 256, 256]);
    }
}
