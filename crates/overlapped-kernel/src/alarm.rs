//! Alarms: how a device comes back to its requests after a time.
//!
//! Time limits that belong to a device (those of a serial port's reads, say) run by the engine's clock, so they are virtual
//! where that is. The service thread keeps them beside the waitable timers. An alarm may ring early: setting it to a later
//! time than it is set to already changes nothing, so that a limit which moves with every byte costs no call; whoever is told
//! looks at the clock.

use crate::clock::Tick;
use crate::service::{Expires, Service, When};
use crate::sync::Mutex;
use std::sync::{Arc, Weak};

/// Who is told.
pub trait Alarmed: Send + Sync {
    /// The time has come, or an earlier one that the alarm was set to. Called by the service thread, or on virtual time by a
    /// thread that polls or sets an alarm; calls nothing that blocks.
    fn alarm(self: Arc<Self>);
}

/// See the module page.
pub struct Alarm {
    service: Arc<Service>,
    whom: Weak<dyn Alarmed>,
    setting: Mutex<Setting>,
}

#[derive(Default)]
struct Setting {
    number: u64,
    due: Option<Tick>,
}

impl Alarm {
    pub(crate) fn new(service: Arc<Service>, whom: Weak<dyn Alarmed>) -> Arc<Self> {
        Arc::new(Self { service, whom, setting: Mutex::default() })
    }

    /// Rings once at `due`, or before if it was set to an earlier time. To be called with no lock held that [`Alarmed::alarm`]
    /// takes.
    pub fn set(self: &Arc<Self>, due: Tick) {
        let number = {
            let mut setting = self.setting.lock();
            if setting.due.is_some_and(|earlier| earlier <= due) {
                return;
            }
            setting.number += 1;
            setting.due = Some(due);
            setting.number
        };
        let alarm = Arc::downgrade(self);
        self.service.schedule(When { due, at: None }, alarm, number);
    }
}

impl Expires for Alarm {
    fn is_set(&self, number: u64) -> bool {
        let setting = self.setting.lock();
        setting.number == number && setting.due.is_some()
    }

    #[cfg(not(loom))]
    fn expire(&self, number: u64) -> Option<When> {
        {
            let mut setting = self.setting.lock();
            if setting.number != number {
                return None;
            }
            setting.due = None;
        }
        if let Some(whom) = self.whom.upgrade() {
            whom.alarm();
        }
        None
    }
}

impl std::fmt::Debug for Alarm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Alarm").field("due", &self.setting.lock().due).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Alarmed for Count {
        fn alarm(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn an_alarm_rings_once_at_the_earliest_time_it_was_set_to() {
        let (service, count) = (Arc::<Service>::default(), Arc::new(Count::default()));
        let alarm = Alarm::new(Arc::clone(&service), Arc::downgrade(&count) as Weak<dyn Alarmed>);
        let hour = Duration::from_secs(3600);
        alarm.set(service.now().plus(hour));
        assert!(service.ring().is_some_and(|next| next > service.now()), "an hour is left");
        alarm.set(service.now());
        alarm.set(service.now().plus(hour));
        service.ring();
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
        alarm.set(service.now());
        service.ring();
        assert_eq!(count.0.load(Ordering::Relaxed), 2, "it can be set again");
    }
}
