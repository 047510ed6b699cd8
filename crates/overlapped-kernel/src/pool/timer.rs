//! Timers that call back (CreateThreadpoolTimer, CreateTimerQueueTimer).
//!
//! A periodic timer whose last callback is still queued does not queue another, and periods that have passed are left out: a
//! pool that cannot keep up gets no backlog of ticks.

use super::call::Call;
use super::gate::Entered;
use super::object::{Core, Environment, Object};
use super::timers::{Alarm, Place, Ring};
use crate::clock::Tick;
use crate::dispatcher::Due;
use crate::sync::Mutex;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// When a timer calls back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The first time.
    pub due: Due,
    /// Between that and each further time; `None` for only once.
    pub period: Option<Duration>,
    /// How much later than due a callback may be, so that it shares a wake-up with others.
    pub window: Duration,
}

impl Schedule {
    /// Once, after this long.
    #[must_use]
    pub fn once(after: Duration) -> Self {
        Self { due: Due::In(after), period: None, window: Duration::ZERO }
    }
}

/// PTP_TIMER.
pub struct CallbackTimer {
    own: Weak<Self>,
    core: Core,
    callback: Arc<dyn Fn(&Call) + Send + Sync>,
    /// Callbacks run on the timer thread: only for what is short (WT_EXECUTEINTIMERTHREAD).
    on_timer_thread: bool,
    setting: Mutex<Setting>,
}

#[derive(Default)]
struct Setting {
    number: u64,
    schedule: Option<Schedule>,
    /// When the next callback is due, and where that stands; none if it is not to call back any more.
    next: Option<(Tick, Place)>,
}

impl CallbackTimer {
    /// It is not set yet.
    pub fn new(
        environment: Environment,
        on_timer_thread: bool,
        callback: impl Fn(&Call) + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new_cyclic(|own| Self {
            own: own.clone(),
            core: Core::new(environment),
            callback: Arc::new(callback),
            on_timer_thread,
            setting: Mutex::new(Setting::default()),
        })
    }

    /// Sets it, or with `None` lets it queue no further callbacks. True if it was to call back, and will not.
    pub fn set(&self, schedule: Option<Schedule>) -> bool {
        let mut setting = self.setting.lock();
        self.set_locked(&mut setting, schedule)
    }

    /// Sets it, unless it was to call back only once and has (ChangeTimerQueueTimer).
    pub fn change(&self, schedule: Schedule) {
        let mut setting = self.setting.lock();
        if setting.next.is_some() {
            self.set_locked(&mut setting, Some(schedule));
        }
    }

    /// Was it set last, and not told to stop? A timer that has called back for the only time still counts as set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.setting.lock().schedule.is_some()
    }

    fn set_locked(&self, setting: &mut Setting, schedule: Option<Schedule>) -> bool {
        let pool = self.core.environment().pool.pool();
        let cancelled = setting.next.take().is_some_and(|(_, place)| pool.timers.take_off(place));
        setting.number += 1;
        setting.schedule = schedule;
        if let Some(schedule) = schedule {
            let due = pool.idle.now().plus(schedule.due.from_now());
            self.arm(setting, schedule, due);
        }
        cancelled
    }

    fn arm(&self, setting: &mut Setting, schedule: Schedule, due: Tick) {
        let pool = self.core.environment().pool.pool();
        let ring = Ring::Of(self.own.clone() as Weak<dyn Alarm>, setting.number);
        setting.next = pool.ring_at(due, due.plus(schedule.window), ring).map(|place| (due, place));
    }

    fn fire(&self, entered: Entered) {
        let callback = Arc::clone(&self.callback);
        if self.on_timer_thread {
            self.core.run_entered(entered, |call| callback(call));
        } else {
            // A pool that was shut down calls nobody back.
            let _ = self.core.queue_entered(entered, move |call| callback(call));
        }
    }
}

impl Alarm for CallbackTimer {
    fn ring(self: Arc<Self>, number: u64) {
        // Counted before the lock is gone: who stops the timer after that finds the callback and can withdraw it.
        let entered = {
            let mut setting = self.setting.lock();
            if setting.number != number {
                // It was set again meanwhile: what is next belongs to that setting.
                return;
            }
            let (Some(schedule), Some((due, _))) = (setting.schedule, setting.next.take()) else {
                return;
            };
            let now = self.core.environment().pool.idle().now();
            if let Due::At(_) = schedule.due
                && !schedule.due.from_now().is_zero()
                && schedule.period.is_none()
            {
                // The wall clock was set back meanwhile.
                self.arm(&mut setting, schedule, now.plus(schedule.due.from_now()));
                return;
            }
            if let Some(period) = schedule.period {
                self.arm(&mut setting, schedule, following(due, period, now));
            }
            self.core.gate().enter_alone()
        };
        if let Some(entered) = entered {
            self.fire(entered);
        }
    }
}

impl Object for CallbackTimer {
    fn core(&self) -> &Core {
        &self.core
    }

    fn stop(&self) {
        self.set(None);
    }
}

/// The first of the times after `due`, in steps of `period`, that has not passed.
fn following(due: Tick, period: Duration, now: Tick) -> Tick {
    let next = due.plus(period);
    if next > now {
        return next;
    }
    let step = (period.as_nanos() as u64).max(1);
    Tick(next.0 + (now.0 - next.0).div_ceil(step) * step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::{PoolSize, ThreadPool, tests::system};
    use std::sync::mpsc;

    #[test]
    fn a_time_that_comes_after_the_next_setting_takes_nothing_from_it_04_11() {
        let pool = ThreadPool::new(&system(), PoolSize::default()).unwrap();
        let (tell, told) = mpsc::channel();
        let timer = CallbackTimer::new(Environment::of(&pool), false, move |_| tell.send(()).unwrap());
        timer.set(Some(Schedule::once(Duration::from_secs(3600))));
        let overtaken = timer.setting.lock().number;
        timer.set(Some(Schedule::once(Duration::from_millis(20))));
        // The timer thread had taken the first one off its list before.
        Arc::clone(&timer).ring(overtaken);
        assert_eq!(told.recv_timeout(Duration::from_secs(10)), Ok(()), "the second one calls back");
    }

    #[test]
    fn periods_that_have_passed_are_left_out() {
        let ms = Duration::from_millis;
        assert_eq!(following(Tick(0), ms(10), Tick(3_000_000)), Tick(10_000_000));
        assert_eq!(following(Tick(0), ms(10), Tick(10_000_000)), Tick(10_000_000));
        assert_eq!(following(Tick(0), ms(10), Tick(39_000_001)), Tick(40_000_000));
    }
}
