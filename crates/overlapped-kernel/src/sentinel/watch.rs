//! The sentinel's thread.

use super::{LONGEST, SHORTEST, Sentinel, Sight};
use crate::clock::Tick;
use crate::port::{Patrol, Port};
use crate::thread::Thread;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// The thread's name, as tools show it.
const NAME: &str = "ovl-sentinel";

impl Sentinel {
    /// Patrols this port from now on, until a patrol is over. False if there can be no thread.
    pub(crate) fn watch(self: &Arc<Self>, port: &Arc<Port>) -> bool {
        let Some(sight) = self.sight() else { return false };
        let thread = {
            let mut state = self.state.lock();
            if state.stop {
                return false;
            }
            if state.thread.is_none() {
                // Most programs never have a crowded port, and so never this thread.
                let record = Thread::unstarted();
                let (this, me) = (Arc::clone(self), Arc::clone(&record));
                let made = std::thread::Builder::new().name(NAME.into()).spawn(move || this.run(&*sight, &me));
                if let Err(error) = made {
                    tracing::warn!(%error, "no thread to look for blocked threads of ports");
                    return false;
                }
                state.thread = Some(record);
                state.ports.push(Arc::downgrade(port));
                return true;
            }
            state.ports.push(Arc::downgrade(port));
            state.thread.clone()
        };
        if let Some(thread) = thread {
            thread.wake();
        }
        true
    }

    /// Ends the thread.
    pub(crate) fn stop(&self) {
        let thread = {
            let mut state = self.state.lock();
            state.stop = true;
            state.thread.take()
        };
        if let Some(thread) = thread {
            thread.wake();
        }
    }

    fn run(&self, sight: &dyn Sight, me: &Arc<Thread>) {
        crate::thread::adopt(me);
        sight.prepare();
        let mut watched: Vec<Weak<Port>> = Vec::new();
        let mut period = SHORTEST;
        loop {
            me.forget_wake();
            {
                let mut state = self.state.lock();
                if state.stop {
                    return;
                }
                if watched.is_empty() {
                    period = SHORTEST;
                }
                watched.append(&mut state.ports);
            }
            let mut seen = Patrol::Over;
            watched.retain(|port| {
                let patrol = port.upgrade().map_or(Patrol::Over, |port| port.patrol(sight));
                seen = seen.max(patrol);
                patrol != Patrol::Over
            });
            period = next_period(period, seen);
            me.sleep((!watched.is_empty()).then(|| Tick::monotonic().plus(period)));
        }
    }
}

fn next_period(now: Duration, seen: Patrol) -> Duration {
    match seen {
        Patrol::Sleepers => (now / 2).max(SHORTEST),
        Patrol::Busy | Patrol::Calm | Patrol::Over => (now * 2).min(LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_follows_what_is_found() {
        let mut period = SHORTEST;
        for _ in 0..10 {
            period = next_period(period, Patrol::Busy);
        }
        assert_eq!(period, LONGEST);
        for _ in 0..10 {
            period = next_period(period, Patrol::Sleepers);
        }
        assert_eq!(period, SHORTEST);
    }
}
