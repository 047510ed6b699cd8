//! The service thread: it does late what nobody did in time, and sleeps without any timer while there is nothing of the kind.
//!
//! Two things are put off in the hope that a thread does them for nothing a moment later: handing a packet to a waiting thread
//! when its poster is about to come for it ([`crate::port`]), and polling the engine when the last leader is about to
//! come back ([`crate::idle`]). Each is watched here: looked at every `PERIOD` and done at the second look. When a look finds
//! no new debt, watching ends and so do the wake-ups.
//!
//! It also keeps the waitable timers and the alarms of devices: it sleeps until the next one is due. Where time is virtual, it cannot: there the thread that
//! polls the engine goes no further than the next timer, and expires it ([`crate::idle`]).
//!
//! A timer with an absolute due time follows the wall clock when that is set (contract 04 section 6). As long as there is one, the
//! thread compares the two clocks every `CLOCK_LOOK`: a wake-up a second is the price.

use crate::clock::Tick;
use crate::dispatcher::filetime_now;
use crate::engine::Engine;
use crate::port::Port;
use crate::sentinel::Sentinel;
use crate::sync::Mutex;
use std::collections::BinaryHeap;
use std::sync::{Arc, Weak};

#[cfg(not(loom))]
pub(crate) use real::start;

/// Fewer alarms than this are not worth tidying up.
const FULL: usize = 1024;

/// So far apart the clocks may drift, in 100-nanosecond units, before somebody must have set one.
#[cfg(not(loom))]
const DRIFT: u64 = 10_000;

/// The service thread's list of what to look at.
#[derive(Default)]
pub struct Service {
    state: Mutex<State>,
    /// Whose clock the timers go by; without one, that of Linux.
    /// Weak: ports know the service, and threads that have worked for a port know that for as long as they live.
    engine: Option<Weak<dyn Engine>>,
    sentinel: Arc<Sentinel>,
    /// By how much a test has set the wall clock.
    #[cfg(test)]
    shift: std::sync::atomic::AtomicU64,
}

#[derive(Default)]
struct State {
    ports: Vec<Weak<Port>>,
    timers: BinaryHeap<Alarm>,
    /// How far the wall clock was ahead of the timers' clock, while there are absolute times.
    ahead: Option<u64>,
    /// So many alarms make a look for stale ones worth while.
    full: usize,
    lead: bool,
    stop: bool,
    recalled: bool,
    #[cfg(not(loom))]
    thread: Option<Arc<crate::thread::Thread>>,
}

/// When a timer is due: by the timers' clock, and if it is absolute by the wall clock, as a FILETIME.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When {
    pub(crate) due: Tick,
    pub(crate) at: Option<u64>,
}

impl When {
    /// By the wall clock alone, which shows `wall` when the other shows `now`.
    pub(crate) fn at(at: u64, now: Tick, wall: u64) -> Self {
        let after = std::time::Duration::from_nanos(at.saturating_sub(wall).saturating_mul(100));
        Self { due: now.plus(after), at: Some(at) }
    }
}

/// What something happens to at a time: a timer, or a device's alarm.
pub(crate) trait Expires: Send + Sync {
    /// Is this the setting that counts?
    fn is_set(&self, setting: u64) -> bool;

    /// The due time of a setting has come; when the next one is.
    #[cfg(not(loom))]
    fn expire(&self, setting: u64) -> Option<When>;
}

/// A timer's due time; the earliest is the greatest, for the heap.
struct Alarm {
    due: Tick,
    at: Option<u64>,
    timer: Weak<dyn Expires>,
    setting: u64,
}

impl PartialEq for Alarm {
    fn eq(&self, other: &Self) -> bool {
        self.due == other.due
    }
}

impl Eq for Alarm {}

impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Alarm {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.due.cmp(&self.due)
    }
}

impl Service {
    /// With timers that go by the engine's clock.
    #[cfg(not(loom))]
    pub(crate) fn new(engine: Arc<dyn Engine>) -> Self {
        let sentinel = Sentinel::default();
        sentinel.give(engine.sight());
        Self { engine: Some(Arc::downgrade(&engine)), sentinel: Arc::new(sentinel), ..Self::default() }
    }

    /// The clock of the timers.
    pub(crate) fn now(&self) -> Tick {
        self.engine().map_or_else(Tick::monotonic, |engine| engine.now())
    }

    /// The wall clock, as a FILETIME.
    pub(crate) fn wall(&self) -> u64 {
        #[cfg(test)]
        return filetime_now().wrapping_add(self.shift.load(std::sync::atomic::Ordering::Relaxed));
        #[cfg(not(test))]
        filetime_now()
    }

    /// Is the timers' clock a real one, which the wall clock may be set against?
    pub(crate) fn has_wall(&self) -> bool {
        self.engine().is_none_or(|engine| !engine.virtual_time())
    }

    fn engine(&self) -> Option<Arc<dyn Engine>> {
        self.engine.as_ref().and_then(Weak::upgrade)
    }

    /// Expires this setting of the timer when it is due.
    pub(crate) fn schedule(&self, when: When, timer: Weak<dyn Expires>, setting: u64) {
        let When { due, at } = when;
        let mut seen = Vec::new();
        self.kick(|state| {
            state.timers.push(Alarm { due, at, timer, setting });
            if at.is_some() && state.ahead.is_none() {
                state.ahead = Some(self.ahead());
            }
            if state.timers.len() >= state.full {
                // A timer that is set again and again leaves its old settings here until they would have been due.
                state.timers.retain(|a| {
                    let Some(timer) = a.timer.upgrade() else { return false };
                    let is_set = timer.is_set(a.setting);
                    seen.push(timer);
                    is_set
                });
                state.full = (state.timers.len() * 2).max(FULL);
            }
        });
        // Not under the lock: somebody may have dropped a timer meanwhile, and what goes with it is the user's.
        drop(seen);
        #[cfg(not(loom))]
        if let Some(engine) = self.engine().filter(|engine| engine.virtual_time()) {
            // What is due already expires here, and whoever polls must not go past the rest.
            self.ring();
            engine.interrupt();
        }
    }

    /// How far the wall clock is ahead of the timers' clock, in 100-nanosecond units; wraps.
    fn ahead(&self) -> u64 {
        self.wall().wrapping_sub(self.now().0 / 100)
    }

    /// Puts absolute times where they belong if somebody has set the wall clock. Are there any?
    #[cfg(not(loom))]
    fn follow_wall(&self, state: &mut State) -> bool {
        let Some(before) = state.ahead else { return false };
        if !state.timers.iter().any(|alarm| alarm.at.is_some()) {
            state.ahead = None;
            return false;
        }
        let ahead = self.ahead();
        if ahead.wrapping_sub(before).wrapping_add(DRIFT) > 2 * DRIFT {
            state.ahead = Some(ahead);
            let (now, wall) = (self.now(), self.wall());
            let again = |alarm: Alarm| match alarm.at {
                Some(at) => Alarm { due: When::at(at, now, wall).due, ..alarm },
                None => alarm,
            };
            state.timers = std::mem::take(&mut state.timers).into_iter().map(again).collect();
        }
        true
    }

    /// Who finds threads that block unannounced.
    pub fn sentinel(&self) -> &Arc<Sentinel> {
        &self.sentinel
    }

    /// Looks at this port until a look finds nothing owed.
    pub(crate) fn watch(&self, port: &Arc<Port>) {
        self.kick(|state| state.ports.push(Arc::downgrade(port)));
    }

    #[cfg(not(loom))]
    fn kick(&self, change: impl FnOnce(&mut State)) {
        let thread = {
            let mut state = self.state.lock();
            change(&mut state);
            state.thread.clone()
        };
        if let Some(thread) = thread {
            thread.wake();
        }
    }

    #[cfg(loom)]
    pub(crate) fn stop(&self) {
        self.kick(|state| state.stop = true);
    }

    #[cfg(loom)]
    fn kick(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock());
    }
}

#[cfg(not(loom))]
mod real {
    use super::{Alarm, Service, State, When};
    use crate::clock::Tick;
    use crate::idle::{Idle, Look};
    use crate::port::{Again, Port};
    use crate::thread::Thread;
    use std::num::NonZeroU64;
    use std::sync::{Arc, Weak};
    use std::time::Duration;

    /// The time between two looks. Short against what a user feels, long against what it costs: 5,000 short
    /// wake-ups a second while, and only while, threads post to themselves beside idle ones.
    const PERIOD: Duration = Duration::from_micros(200);

    /// The time between two looks at a lead that changes hands without a gap that lasts, and at a port whose posters take what they are
    /// owed: a look wakes this thread, which costs as much as an echo or two.
    const CALM_PERIOD: Duration = Duration::from_millis(1);

    /// After so many looks in a row that found nothing left undone, Linux may put the next ones off by so much, to when it interrupts the
    /// processor anyhow. A timer of one's own costs more than the look itself, above all in a virtual machine, where the host must be asked.
    const LONG_CALM: u32 = 16;
    const SLACK: Duration = Duration::from_millis(3);

    /// How late it may be found that the wall clock was set.
    const CLOCK_LOOK: Duration = Duration::from_secs(1);

    impl Service {
        /// Looks at the lead until somebody has it or nobody needs it.
        pub(crate) fn watch_lead(&self) {
            self.kick(|state| state.lead = true);
        }

        /// Is this the service thread?
        pub(crate) fn is(&self, thread: &Arc<Thread>) -> bool {
            self.state.lock().thread.as_ref().is_some_and(|t| Arc::ptr_eq(t, thread))
        }

        /// Asks the service thread to give up the lead.
        pub(crate) fn recall(&self) {
            self.kick(|state| state.recalled = true);
        }

        fn is_virtual(&self) -> bool {
            self.engine().is_some_and(|engine| engine.virtual_time())
        }

        /// When the next timer is due, where only a poll can get there.
        pub(crate) fn virtual_alarm(&self) -> Option<Tick> {
            if !self.is_virtual() {
                return None;
            }
            self.state.lock().timers.peek().map(|alarm| alarm.due)
        }

        /// Expires the timers that are due; when to come again.
        pub(crate) fn ring(&self) -> Option<Tick> {
            let absolute = self.follow_wall(&mut self.state.lock());
            // One look at the clock: a timer with a tiny period is always due again, and the ports must have their turn.
            let now = self.now();
            loop {
                let Alarm { timer, setting, .. } = {
                    let mut state = self.state.lock();
                    let next = state.timers.peek()?.due;
                    if next > now {
                        return Some(if absolute { next.min(now.plus(CLOCK_LOOK)) } else { next });
                    }
                    state.timers.pop()?
                };
                let Some(timer) = timer.upgrade() else { continue };
                if let Some(When { due, at }) = timer.expire(setting) {
                    let timer = Arc::downgrade(&timer);
                    self.state.lock().timers.push(Alarm { due, at, timer, setting });
                }
            }
        }

        /// Sets the wall clock that the timers see, and tells the thread nothing, as Linux does.
        #[cfg(test)]
        pub(crate) fn set_wall(&self, by: i64) {
            self.shift.fetch_add(by as u64, std::sync::atomic::Ordering::Relaxed);
        }

        /// Ends the thread.
        pub(crate) fn stop(&self) {
            self.sentinel.stop();
            self.kick(|state| state.stop = true);
        }
    }

    /// Starts the thread of a system.
    pub(crate) fn start(service: &Arc<Service>, idle: &Arc<Idle>) -> std::io::Result<std::thread::JoinHandle<()>> {
        let (service, idle) = (Arc::clone(service), Arc::downgrade(idle));
        std::thread::Builder::new().name("ovl-service".into()).spawn(move || run(&service, &idle))
    }

    fn run(service: &Service, idle: &Weak<Idle>) {
        let me = crate::thread::current();
        service.state.lock().thread = Some(Arc::clone(&me));
        let mut watched: Vec<Weak<Port>> = Vec::new();
        let mut lead = false;
        let mut calm = 0_u32;
        let mut slack = Slack::default();
        loop {
            me.forget_wake();
            let stop = {
                let mut state = service.state.lock();
                let State { ports, lead: new_lead, stop, recalled, .. } = &mut *state;
                watched.append(ports);
                lead |= std::mem::take(new_lead);
                *recalled = false;
                *stop
            };
            // The last handles of a system that ends have cancelled their requests, and these are still brought home.
            let Some(idle) = idle.upgrade().filter(|idle| !stop || idle.needs_poll()) else {
                return;
            };
            lead |= stop;
            let mut owed = false;
            watched.retain(|port| {
                let again = port.upgrade().map_or(Again::Never, |port| port.look());
                owed |= again == Again::Soon;
                again != Again::Never
            });
            let look = if lead { idle.look() } else { Look::Done };
            lead = matches!(look, Look::Again | Look::Woke | Look::Later);
            let alarm = if service.is_virtual() { None } else { service.ring() };
            let soon = matches!(look, Look::Again | Look::Woke) || stop || owed;
            let period = if soon { PERIOD } else { CALM_PERIOD };
            let look_again = (lead || soon || !watched.is_empty()).then(|| Tick::monotonic().plus(period));
            let next = look_again.into_iter().chain(alarm).min();
            calm = if owed || matches!(look, Look::Woke | Look::Lead) { 0 } else { calm.saturating_add(1) };
            let late = look_again.map(|look| look.plus(SLACK));
            let in_time = alarm.is_none_or(|alarm| late.is_some_and(|late| late < alarm));
            slack.set(calm >= LONG_CALM && !soon && in_time);
            if look == Look::Lead {
                idle.stand_in(&me, next, || {
                    let state = service.state.lock();
                    let due = state.timers.peek().is_some_and(|alarm| alarm.due <= service.now());
                    state.recalled || state.stop || state.lead || due || !state.ports.is_empty()
                });
                lead = true;
            } else {
                drop(idle);
                me.sleep(next);
            }
        }
    }

    /// How late Linux may wake this thread.
    #[derive(Default)]
    struct Slack {
        is_long: bool,
    }

    impl Slack {
        fn set(&mut self, long: bool) {
            if self.is_long != long {
                self.is_long = long;
                let nanoseconds = if long { SLACK.as_nanos() as u64 } else { 0 };
                // Nothing depends on it but what looks cost. 0 is what the thread began with.
                let _ = rustix::thread::set_current_timer_slack(NonZeroU64::new(nanoseconds));
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::mpsc::{Sender, channel};
    use std::time::Duration;

    /// Somebody drops it while it is asked; with it goes something that sets a timer, as a user's may.
    struct Leaves {
        own: Mutex<Option<Arc<Self>>>,
        service: Arc<Service>,
        gone: Sender<()>,
    }

    impl Expires for Leaves {
        fn is_set(&self, _: u64) -> bool {
            drop(self.own.lock().take());
            true
        }

        fn expire(&self, _: u64) -> Option<When> {
            None
        }
    }

    impl Drop for Leaves {
        fn drop(&mut self) {
            let when = When { due: Tick(u64::MAX), at: None };
            self.service.schedule(when, Weak::<Self>::new(), 1);
            let _ = self.gone.send(());
        }
    }

    #[test]
    fn a_timer_may_go_while_the_list_is_tidied_up() {
        let (gone, went) = channel();
        let service = Arc::<Service>::default();
        let leaves = Arc::new(Leaves { own: Mutex::default(), service: Arc::clone(&service), gone });
        *leaves.own.lock() = Some(Arc::clone(&leaves));
        let timer: Weak<Leaves> = Arc::downgrade(&leaves);
        drop(leaves);
        std::thread::spawn(move || {
            // As many as make a look at all of them worth while.
            for setting in 0..=FULL as u64 {
                let timer = Weak::clone(&timer) as Weak<dyn Expires>;
                service.schedule(When { due: Tick(u64::MAX), at: None }, timer, setting);
            }
        });
        assert_eq!(went.recv_timeout(Duration::from_secs(30)), Ok(()), "it was dropped under the lock");
    }
}
