//! Threads with nothing to do, and which of them polls the engine.
//!
//! Every wait of the model ends up here. If the engine has completions that only a poll will show, one of the waiting threads
//! leads: it waits inside the engine, delivers what it reaps, and so learns of its own completion without any hand-over.
//! The others follow: they sleep on their futexes until somebody ends their wait.
//!
//! A leader whose wait has ended leaves. If leaders have lately come back within `QUICK_RETURN`, it leaves the lead vacant: the
//! same thread will be back before a follower would have run. Otherwise it wakes the newest follower to lead. A vacancy that
//! lasts is found by the service thread, which wakes a follower or, when nobody waits, leads itself; so completions are
//! seen although nobody calls into the library. Drawback: after a stretch of quick returns, the first long handler delays
//! other completions by up to two looks of the service thread.
//!
//! A leader whose own wait goes on, and that has just called a thread of a port, gives way to that thread under the same
//! condition. Otherwise whoever waits longest (a program's main thread, for its end; one that accepts connections) would come to
//! lead for ever, and each completion would cost a hand-over.

#[cfg(not(loom))]
pub use real::Idle;

#[cfg(loom)]
pub use model::Idle;

#[cfg(not(loom))]
mod real {
    use crate::clock::Tick;
    use crate::engine::{Engine, Harvest};
    use crate::service::Service;
    use crate::sync::Mutex;
    use crate::thread::{Ending, Thread, Ticket};
    use slab::Slab;
    use std::sync::Arc;
    use std::time::Duration;

    /// A leader that comes back sooner than a sleeping thread could run needs no stand-in.
    const QUICK_RETURN: Duration = Duration::from_micros(50);
    /// After so many calls, a leader gives way although others have lately come back late: that may have changed.
    const TRIAL: u32 = 16;
    /// How often a follower looks at a virtual clock, which no futex can wait for.
    const VIRTUAL_LOOK: Duration = Duration::from_millis(1);

    #[derive(Default)]
    struct Lead {
        leader: Option<Arc<Thread>>,
        followers: Slab<Arc<Thread>>,
        /// When the lead fell vacant.
        left: Option<Tick>,
        /// How long leaders have stayed away lately: a moving average in nanoseconds.
        away: u64,
        /// The service thread has seen the vacancy once already.
        seen: bool,
        /// The service thread looks after a vacancy.
        watched: bool,
        /// How often somebody has taken the lead, and what of it the service thread saw at its last look.
        turns: u64,
        turns_seen: u64,
        /// How often a leader has called others to their ports without giving way.
        calls: u32,
    }

    impl Lead {
        /// Will who is needed be back before a sleeping thread could run?
        fn is_quick(&self) -> bool {
            u128::from(self.away) < QUICK_RETURN.as_nanos()
        }
    }

    /// See the module page.
    pub struct Idle {
        engine: Arc<dyn Engine>,
        service: Arc<Service>,
        lead: Mutex<Lead>,
    }

    impl Idle {
        /// The waiting room of a system.
        pub(crate) fn new(engine: Arc<dyn Engine>, service: Arc<Service>) -> Self {
            Self { engine, service, lead: Mutex::new(Lead::default()) }
        }

        /// The clock that deadlines refer to.
        #[must_use]
        pub fn now(&self) -> Tick {
            self.engine.now()
        }

        /// Are there requests on their way that only a polling thread brings home?
        pub(crate) fn needs_poll(&self) -> bool {
            self.engine.needs_poll()
        }

        /// Sleeps until the wait has ended, or ends it at the deadline.
        pub(crate) fn sleep(&self, thread: &Arc<Thread>, ticket: Ticket, deadline: Option<Tick>) -> Ending {
            let mut gave_way = false;
            loop {
                thread.forget_wake();
                if let Some(ending) = thread.ending(ticket) {
                    return ending;
                }
                if self.passed(deadline) {
                    if thread.end_wait(ticket, Ending::TimedOut) {
                        return Ending::TimedOut;
                    }
                    continue;
                }
                let wants_poll = self.engine.wants_poll();
                if std::mem::take(&mut gave_way) {
                    self.follow(thread, ticket, deadline, false);
                } else if wants_poll && self.take_lead(thread) {
                    gave_way = self.lead(thread, deadline, || thread.ending(ticket).is_some());
                } else if wants_poll || !thread.spin(ticket) {
                    self.follow(thread, ticket, deadline, wants_poll);
                }
            }
        }

        fn passed(&self, deadline: Option<Tick>) -> bool {
            deadline.is_some_and(|d| self.engine.now() >= d)
        }

        /// Polls until `over`, the deadline, or somebody else wants the lead; then leaves it. True if it gives way to a thread
        /// that was called.
        fn lead(&self, thread: &Arc<Thread>, deadline: Option<Tick>, over: impl Fn() -> bool) -> bool {
            let mut harvest = Harvest::default();
            let gives_way = loop {
                let alarm = self.service.virtual_alarm();
                let until = alarm.filter(|_| !self.service.is(thread)).into_iter().chain(deadline).min();
                thread.sleep_in(&self.engine, || self.engine.poll(until, &mut harvest));
                let found = !harvest.is_empty();
                harvest.deliver();
                if alarm.is_some() {
                    self.service.ring();
                }
                thread.forget_wake();
                if over() || self.passed(deadline) || !self.engine.wants_poll() {
                    break false;
                }
                if found && self.gives_way(thread) {
                    break true;
                }
            };
            self.leave_lead();
            gives_way
        }

        /// Was a thread called to its port, which will be back in a moment, and then lead without any hand-over?
        fn gives_way(&self, leader: &Arc<Thread>) -> bool {
            if self.service.is(leader) || self.engine.virtual_time() {
                return false;
            }
            let mut lead = self.lead.lock();
            // Who sleeps here does not count as running, unless a packet has just been handed to it.
            if !lead.followers.iter().any(|(_, follower)| follower.member.counts()) {
                return false;
            }
            lead.calls += 1;
            if !lead.is_quick() {
                if lead.calls < TRIAL {
                    return false;
                }
                lead.away = 0;
            }
            lead.calls = 0;
            true
        }

        fn take_lead(&self, thread: &Arc<Thread>) -> bool {
            let mut lead = self.lead.lock();
            if lead.leader.is_some() {
                if lead.leader.as_ref().is_some_and(|l| self.service.is(l)) {
                    // It only stands in, and gives way to a thread that waits.
                    self.service.recall();
                }
                return false;
            }
            if let Some(left) = lead.left.take() {
                let away = self.engine.now().since(left).as_nanos() as u64;
                lead.away = (lead.away * 7 + away) / 8;
            }
            lead.leader = Some(Arc::clone(thread));
            lead.turns += 1;
            lead.seen = false;
            true
        }

        fn leave_lead(&self) {
            let wanted = self.engine.wants_poll();
            let mut lead = self.lead.lock();
            lead.leader = None;
            if !wanted {
                return;
            }
            lead.left = Some(self.engine.now());
            let next =
                if lead.is_quick() { None } else { lead.followers.iter().next_back().map(|(_, t)| Arc::clone(t)) };
            // Also if a follower is woken: its own wait may have ended a moment ago, and then it goes without leading.
            let watch = !std::mem::replace(&mut lead.watched, true);
            drop(lead);
            if let Some(next) = next {
                next.wake();
            }
            if watch {
                self.service.watch_lead();
            }
        }

        /// Something was submitted that only a poll will show; somebody must lead, sooner or later.
        pub fn submitted(&self) {
            if !self.engine.wants_poll() {
                return;
            }
            let mut lead = self.lead.lock();
            if lead.leader.is_some() || std::mem::replace(&mut lead.watched, true) {
                return;
            }
            drop(lead);
            self.service.watch_lead();
        }

        /// Sleeps while another thread leads. `watch`: only after a look at the wait for a moment, during which the leader sees it
        /// here already.
        fn follow(&self, thread: &Arc<Thread>, ticket: Ticket, deadline: Option<Tick>, watch: bool) {
            let place = self.lead.lock().followers.insert(Arc::clone(thread));
            // A leader that left between the look at the lead and this line has not seen the follower: the service
            // thread finds the vacancy. A wait that ended meanwhile has woken the parker.
            if thread.ending(ticket).is_none() && !(watch && thread.spin(ticket)) {
                let limit =
                    if self.engine.virtual_time() { Some(Tick::monotonic().plus(VIRTUAL_LOOK)) } else { deadline };
                thread.sleep(limit);
            }
            self.lead.lock().followers.remove(place);
        }

        /// The service thread looks: a vacancy that it saw at its last look too is filled. What it is to do next.
        pub(crate) fn look(&self, service: &Arc<Thread>) -> Look {
            let wanted = self.engine.wants_poll();
            let mut lead = self.lead.lock();
            let stirring = lead.turns != lead.turns_seen;
            lead.turns_seen = lead.turns;
            if !wanted || lead.leader.is_some() {
                lead.seen = false;
                // While leaders come and go, a look now and then costs less than a wake-up of this thread for each vacancy.
                lead.watched = stirring;
                return if stirring { Look::Later } else { Look::Done };
            }
            if !std::mem::replace(&mut lead.seen, true) {
                return Look::Again;
            }
            // Whoever left has not come back quickly: no more credit.
            lead.away = QUICK_RETURN.as_nanos() as u64 * 8;
            lead.left = None;
            let follower = lead.followers.iter().next_back().map(|(_, t)| Arc::clone(t));
            match follower {
                Some(follower) => {
                    drop(lead);
                    follower.wake();
                    Look::Again
                }
                None => {
                    lead.leader = Some(Arc::clone(service));
                    Look::Lead
                }
            }
        }

        /// The service thread leads, after [`Look::Lead`], until recalled.
        pub(crate) fn stand_in(&self, service: &Arc<Thread>, deadline: Option<Tick>, recalled: impl Fn() -> bool) {
            self.lead(service, deadline, recalled);
            let next = {
                let lead = self.lead.lock();
                lead.followers.iter().next_back().map(|(_, t)| Arc::clone(t))
            };
            if let Some(next) = next {
                next.wake();
            }
        }
    }

    /// What the service thread is to do about the lead.
    #[derive(Debug, PartialEq, Eq)]
    pub(crate) enum Look {
        /// Nothing: somebody leads, or nobody need.
        Done,
        /// Come again soon: there is a vacancy.
        Again,
        /// Come again in a while.
        Later,
        /// Lead.
        Lead,
    }
}

#[cfg(not(loom))]
pub(crate) use real::Look;

#[cfg(loom)]
mod model {
    use crate::clock::Tick;
    use crate::thread::{Ending, Thread, Ticket};
    use std::sync::Arc;

    /// For the checker: no engine, no clock.
    #[derive(Default)]
    pub struct Idle;

    impl Idle {
        /// Time stands still under the checker.
        #[must_use]
        pub fn now(&self) -> Tick {
            Tick(0)
        }

        /// Nothing is submitted under the checker.
        pub fn submitted(&self) {}

        pub(crate) fn sleep(&self, thread: &Arc<Thread>, ticket: Ticket, deadline: Option<Tick>) -> Ending {
            loop {
                thread.forget_wake();
                if let Some(ending) = thread.ending(ticket) {
                    return ending;
                }
                if deadline.is_some() {
                    // Any limit has passed: the race of a time-out against everything else.
                    if thread.end_wait(ticket, Ending::TimedOut) {
                        return Ending::TimedOut;
                    }
                    continue;
                }
                thread.sleep(None);
            }
        }
    }
}
