//! Waitable timers (contract 04 section 6).
//!
//! A timer's due time stands in the list of the system's service thread, which signals it and, if it has a routine, queues that
//! to the thread that set it. Each setting has a number, so that an expiry that was on its way when the timer was set again
//! or cancelled does nothing.

use super::shared::{Exchange, Shared, Spec};
use super::{Dispatcher, Waitable};
use crate::clock::Tick;
use crate::service::{Expires, Service, When};
use crate::sync::Mutex;
use crate::thread::{Apc, Thread};
use overlapped_abi::Win32Error;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

/// A timer's routine: called on the setting thread, in an alertable wait, with the due time as a FILETIME.
pub type TimerRoutine = Arc<dyn Fn(u64) + Send + Sync>;

/// When a timer is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// After this long.
    In(Duration),
    /// At this FILETIME: 100-nanosecond units since 1601, UTC.
    At(u64),
}

impl Due {
    /// How long that is from now; nothing for a time that has passed.
    #[must_use]
    pub fn from_now(self) -> Duration {
        match self {
            Self::In(after) => after,
            Self::At(filetime) => Duration::from_nanos(filetime.saturating_sub(filetime_now()).saturating_mul(100)),
        }
    }
}

/// See the module page.
pub struct Timer {
    signal: Dispatcher,
    /// One wait takes the signal.
    auto: bool,
    /// Other processes have it too: which setting counts stands there.
    shared: OnceLock<Arc<dyn Shared>>,
    service: Arc<Service>,
    setting: Mutex<Setting>,
}

#[derive(Default)]
struct Setting {
    number: u64,
    /// It has not been cancelled, and its last time has not come.
    armed: bool,
    /// The number among all processes.
    stamp: Option<u64>,
    period: Option<Duration>,
    due: Tick,
    /// The due time by the wall clock, until it has come.
    at: Option<u64>,
    routine: Option<(Arc<Thread>, TimerRoutine)>,
}

impl Timer {
    pub(crate) fn new(manual_reset: bool, service: Arc<Service>) -> Arc<Self> {
        let signal = if manual_reset { Dispatcher::notification(false) } else { Dispatcher::synchronization(false) };
        let setting = Mutex::new(Setting::default());
        Arc::new(Self { signal, auto: !manual_reset, shared: OnceLock::new(), service, setting })
    }

    /// A timer that other processes have too. It is signalled by the process that set it, while that has a handle;
    /// afterwards by whoever waits.
    pub(crate) fn shared(shared: Arc<dyn Shared>, auto: bool, service: Arc<Service>) -> Arc<Self> {
        let signal = Dispatcher::shared(Arc::clone(&shared), None);
        let setting = Mutex::new(Setting::default());
        Arc::new(Self { signal, auto, shared: OnceLock::from(shared), service, setting })
    }

    /// Other processes get it too; what leads them to it. A time that is set counts for them, unless it has a routine.
    pub(crate) fn share(self: &Arc<Self>, exchange: &dyn Exchange) -> Result<Arc<dyn Shared>, Win32Error> {
        let mut setting = self.setting.lock();
        if let Some(shared) = self.shared.get() {
            return Ok(Arc::clone(shared));
        }
        let signal = self.signal.share(None, |_, held| exchange.publish(Spec::Timer { auto: self.auto }, held))?;
        let object: Weak<Self> = Arc::downgrade(self);
        signal.bind(object);
        if setting.armed {
            let heir = setting.routine.is_none().then_some((setting.due, setting.period));
            setting.stamp = Some(signal.restamp(heir));
        }
        let _ = self.shared.set(Arc::clone(&signal));
        Ok(signal)
    }

    /// Does one wait take the signal?
    pub(crate) fn is_auto(&self) -> bool {
        self.auto
    }

    /// Sets it: non-signalled until the due time, and then signalled every `period` if there is one; zero is none.
    pub fn set(self: &Arc<Self>, due: Due, period: Option<Duration>, routine: Option<TimerRoutine>) {
        let period = period.filter(|period| !period.is_zero());
        let now = self.service.now();
        let when = match due {
            Due::In(after) => When { due: now.plus(after), at: None },
            Due::At(at) => When::at(at, now, self.service.wall()),
        };
        let when = When { at: when.at.filter(|_| self.service.has_wall()), ..when };
        let due = when.due;
        let routine = routine.map(|routine| (crate::thread::current(), routine));
        let (number, old) = {
            let mut setting = self.setting.lock();
            // A routine is this process's alone: with its end, the timer is cancelled.
            let heir = routine.is_none().then_some((due, period));
            setting.stamp = self.shared.get().map(|shared| shared.restamp(heir));
            setting.number += 1;
            setting.armed = true;
            setting.period = period;
            (setting.due, setting.at) = (due, when.at);
            let old = std::mem::replace(&mut setting.routine, routine);
            self.withdraw(&old);
            self.signal.reset();
            (setting.number, old)
        };
        // The user's, and so is what happens when it is dropped.
        drop(old);
        let timer = Arc::downgrade(self);
        self.service.schedule(when, timer, number);
    }

    /// Stops it; the signalled state does not change. A time that has come counts, although the service thread had no processor for it yet.
    pub fn cancel(&self) {
        #[cfg(not(loom))]
        if let Some(number) = self.overdue() {
            self.expire(number);
        }
        let old = {
            let mut setting = self.setting.lock();
            setting.stamp = self.shared.get().map(|shared| shared.restamp(None));
            setting.number += 1;
            setting.armed = false;
            setting.period = None;
            let old = setting.routine.take();
            self.withdraw(&old);
            old
        };
        drop(old);
    }

    /// The number of the setting, if its time has come.
    #[cfg(not(loom))]
    fn overdue(&self) -> Option<u64> {
        let setting = self.setting.lock();
        let is_due = setting.armed && setting.due <= self.service.now();
        is_due.then_some(setting.number)
    }

    /// Takes back what a setting has queued. The caller keeps the routine meanwhile, so nothing of the user's is dropped here.
    fn withdraw(&self, routine: &Option<(Arc<Thread>, TimerRoutine)>) {
        if let Some((thread, _)) = routine {
            thread.withdraw_apcs(self.source());
        }
    }

    fn source(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }
}

impl Expires for Timer {
    fn is_set(&self, number: u64) -> bool {
        self.setting.lock().number == number
    }

    /// The due time of setting `number` has come; when the next one is, if it is periodic, or if the wall clock was set back.
    ///
    /// Signal and routine go out under the lock: who sets or cancels the timer after that finds them, and none comes later.
    #[cfg(not(loom))]
    fn expire(&self, number: u64) -> Option<When> {
        let mut setting = self.setting.lock();
        let overtaken = setting.stamp.is_some_and(|stamp| self.shared.get().is_some_and(|s| s.stamp() != stamp));
        if setting.number != number || overtaken {
            return None;
        }
        if setting.routine.as_ref().is_some_and(|(thread, _)| thread.has_ended()) {
            // The end of the setting thread cancels a timer with a routine.
            setting.number += 1;
            (setting.armed, setting.period) = (false, None);
            let routine = setting.routine.take();
            drop(setting);
            drop(routine);
            return None;
        }
        let now = self.service.now();
        if let Some(at) = setting.at
            && let wall = self.service.wall()
            && wall < at
        {
            return Some(When::at(at, now, wall));
        }
        setting.at = None;
        let next = setting.period.map(|period| setting.due.plus(period).max(now));
        match next {
            Some(next) => setting.due = next,
            None => setting.armed = false,
        }
        self.signal.set();
        if let Some(shared) = self.shared.get() {
            shared.advance(next);
        }
        if let Some((thread, routine)) = &setting.routine {
            let (due, routine) = (self.service.wall(), Arc::clone(routine));
            // At most one routine of a timer is queued at a time.
            thread.withdraw_apcs(self.source());
            thread.queue_apc(Apc::of(self.source(), move || routine(due)));
        }
        next.map(|due| When { due, at: None })
    }
}

impl Waitable for Timer {
    fn dispatcher(&self) -> &Dispatcher {
        &self.signal
    }
}

/// Now, in 100-nanosecond units since 1601.
pub(crate) fn filetime_now() -> u64 {
    const UNIX_EPOCH: u64 = 11_644_473_600 * 10_000_000;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + u64::try_from(now.as_nanos() / 100).unwrap_or(u64::MAX)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    const LONG: Due = Due::In(Duration::from_secs(3600));

    /// Runs `expire` of whatever is set as fast as it can, beside `body`.
    fn beside_expiries(timer: &Arc<Timer>, body: impl FnOnce()) {
        let stop = Arc::new(AtomicBool::new(false));
        let service = {
            let (timer, stop) = (Arc::clone(timer), Arc::clone(&stop));
            std::thread::spawn(move || {
                while !stop.load(Ordering::Acquire) {
                    let number = timer.setting.lock().number;
                    if number % 2 == 1 {
                        timer.expire(number);
                    }
                }
            })
        };
        body();
        stop.store(true, Ordering::Release);
        service.join().unwrap();
    }

    #[test]
    fn an_expiry_on_its_way_does_not_signal_the_next_setting_04_6() {
        let timer = Timer::new(true, Arc::default());
        beside_expiries(&timer, || {
            for _ in 0..100_000 {
                timer.set(LONG, None, None);
                timer.set(LONG, None, None);
                assert!(!timer.signal.is_signalled(), "by the setting before");
            }
        });
    }

    /// Ten seconds and an hour, in 100-nanosecond units.
    const TEN: i64 = 100_000_000;
    const HOUR: i64 = 360 * TEN;

    /// One round of the service thread.
    fn rings(service: &Service, timer: &Timer) -> (bool, Option<Duration>) {
        let next = service.ring().map(|next| next.since(service.now()));
        (timer.signal.is_signalled(), next)
    }

    #[test]
    fn an_absolute_timer_follows_a_wall_clock_that_is_set_04_6() {
        let service = Arc::<Service>::default();
        let timer = Timer::new(true, Arc::clone(&service));
        let in_an_hour = || Due::At(service.wall() + HOUR as u64);
        timer.set(in_an_hour(), None, None);
        let (signalled, next) = rings(&service, &timer);
        assert!(!signalled && next.is_some_and(|next| next <= Duration::from_secs(1)), "{next:?}: it keeps looking");
        service.set_wall(HOUR - TEN);
        assert!(!rings(&service, &timer).0, "ten seconds are left");
        service.set_wall(TEN);
        assert_eq!(rings(&service, &timer), (true, None), "the clock was put forward to the due time");

        timer.set(Due::At(service.wall()), None, None);
        service.set_wall(-HOUR);
        assert!(!rings(&service, &timer).0, "the clock was put back before the due time");
        service.set_wall(HOUR);
        assert!(rings(&service, &timer).0);
    }

    #[test]
    fn a_relative_timer_and_the_periods_after_an_absolute_time_take_no_notice_of_the_wall_clock_04_6() {
        let service = Arc::<Service>::default();
        let timer = Timer::new(true, Arc::clone(&service));
        timer.set(Due::In(Duration::from_secs(3600)), None, None);
        service.set_wall(10 * HOUR);
        let (signalled, next) = rings(&service, &timer);
        assert!(!signalled && next.is_some_and(|next| next > Duration::from_secs(3000)), "{next:?}");
        timer.set(Due::At(0), Some(Duration::from_secs(3600)), None);
        assert!(rings(&service, &timer).0, "the past is at once");
        timer.signal.reset();
        service.set_wall(10 * HOUR);
        let (signalled, next) = rings(&service, &timer);
        assert!(!signalled && next.is_some_and(|next| next > Duration::from_secs(3000)), "{next:?}");
    }

    #[test]
    fn a_period_of_nothing_is_once_and_a_tiny_one_lets_the_service_thread_go_04_6() {
        let service = Arc::<Service>::default();
        let timer = Timer::new(true, Arc::clone(&service));
        timer.set(Due::In(Duration::ZERO), Some(Duration::ZERO), None);
        assert_eq!(rings(&service, &timer), (true, None));
        timer.set(Due::In(Duration::ZERO), Some(Duration::from_nanos(1)), None);
        let (signalled, next) = rings(&service, &timer);
        assert!(signalled && next.is_some(), "it comes back to the other work, and again");
    }

    #[test]
    fn a_time_that_has_come_counts_although_nobody_has_looked_before_the_cancel_04_6() {
        let (timer, runs) = (Timer::new(true, Arc::default()), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&runs);
        let routine: TimerRoutine = Arc::new(move |_| _ = count.fetch_add(1, Ordering::Relaxed));
        timer.set(Due::In(Duration::ZERO), Some(Duration::from_secs(1)), Some(routine));
        timer.cancel();
        assert!(timer.signal.is_signalled());
        assert!(!crate::thread::current().has_apcs(), "its routine is taken back");
        timer.set(LONG, None, None);
        timer.cancel();
        assert!(!timer.signal.is_signalled());
        timer.cancel();
        assert!(!timer.signal.is_signalled());
    }

    #[test]
    fn a_timer_whose_setting_thread_has_ended_is_not_signalled_by_a_cancel_04_6() {
        let timer = Timer::new(true, Arc::default());
        let set = Arc::clone(&timer);
        let setting = std::thread::spawn(move || {
            set.set(Due::In(Duration::ZERO), Some(Duration::from_secs(1)), Some(Arc::new(|_| {})));
        });
        setting.join().unwrap();
        timer.service.ring();
        assert!(!timer.signal.is_signalled(), "it was cancelled with its thread");
        timer.cancel();
        assert!(!timer.signal.is_signalled(), "and nothing of it is left to come");
    }

    #[test]
    fn an_expiry_on_its_way_queues_no_routine_after_a_cancel_04_6() {
        let (timer, runs) = (Timer::new(true, Arc::default()), Arc::new(AtomicUsize::new(0)));
        beside_expiries(&timer, || {
            for _ in 0..200_000 {
                let runs = Arc::clone(&runs);
                let count = move |_| _ = runs.fetch_add(1, Ordering::Relaxed);
                timer.set(LONG, None, Some(Arc::new(count)));
                timer.cancel();
                assert!(!crate::thread::current().has_apcs(), "of the setting that was cancelled");
            }
        });
        assert!(!crate::thread::current().has_apcs());
        assert_eq!(runs.load(Ordering::Relaxed), 0);
    }
}
