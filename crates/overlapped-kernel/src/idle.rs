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
//!
//! What a poll has found is not told all at once, for the same reason that a packet is left to its poster ([`crate::port`]): while
//! leaders come back quickly, a few watchers are told, which most often ends the leader's own wait, and the rest is the *backlog*.
//! Whoever comes for a packet next and finds none tells the next few; only one while others sleep that wait for packets too, so
//! that nobody is woken for what its finder will do in a moment. If there is more in the backlog than one thread does soon, one of
//! them is woken to share it. A backlog that is left lying is a vacancy of the lead as any other: to those that wait it is the same
//! as readiness that nobody has polled yet.

#[cfg(not(loom))]
pub use real::Idle;

#[cfg(loom)]
pub use model::Idle;

#[cfg(not(loom))]
mod real {
    use crate::clock::Tick;
    use crate::engine::{Engine, Harvest, Ready};
    use crate::service::Service;
    use crate::sync::{BriefLock, Line};
    use crate::thread::{Ending, Thread, Ticket, held};
    use slab::Slab;
    use std::collections::VecDeque;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    /// A leader that comes back sooner than a sleeping thread could run needs no stand-in.
    const QUICK_RETURN: Duration = Duration::from_micros(50);
    /// After so many calls, a leader gives way although others have lately come back late: that may have changed.
    const TRIAL: u32 = 16;
    /// A backlog that takes longer than this is worth a second thread, which has to be woken for it.
    const LONG_BACKLOG: Duration = Duration::from_micros(200);
    /// After so many watchers told of a backlog, its pace is looked at.
    const PACE: u32 = 16;
    /// So many watchers are told in one go if nobody sleeps who would be woken for what they find: Linux's receives and sends are
    /// faster when each follows its like.
    const HANDFUL: usize = 16;
    /// With nobody to wake and no backlog, one absence of the leader in so many is measured: the clock costs as much as a lock or two.
    const SAMPLE: u64 = 8;
    /// How often a follower looks at a virtual clock, which no futex can wait for.
    const VIRTUAL_LOOK: Duration = Duration::from_millis(1);

    #[derive(Clone, Copy, Default, PartialEq, Eq)]
    enum Leader {
        #[default]
        Nobody,
        Waiter,
        /// The service thread, which stands in until somebody waits.
        Service,
    }

    struct Follower {
        thread: Arc<Thread>,
        /// Does it wait for packets, and not for something of its own?
        serves: bool,
        /// Until when it waits, where only a poll gets there: on a virtual clock.
        limit: Option<Tick>,
    }

    #[derive(Default)]
    struct Lead {
        leader: Leader,
        followers: Slab<Follower>,
        /// How many of them wait for packets.
        serving: usize,
        /// When the lead fell vacant.
        left: Option<Tick>,
        /// How long leaders have stayed away lately, for each watcher told meanwhile: a moving average in nanoseconds.
        away: u64,
        /// Found by a poll and not told yet, and how many were told since the lead fell vacant.
        backlog: VecDeque<Ready>,
        told: u32,
        /// What of that the pace was last taken at.
        paced: u32,
        /// Room for the next poll, while nobody leads.
        harvest: Option<Box<Harvest>>,
        /// The service thread has seen the vacancy once already.
        seen: bool,
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

        /// Is the absence that begins now to be measured?
        fn counts_absence(&self) -> bool {
            !self.followers.is_empty() || !self.backlog.is_empty() || self.turns.is_multiple_of(SAMPLE)
        }

        /// Leaders were away for so long.
        fn was_away(&mut self, time: Duration) {
            let away = time.as_nanos() as u64 / u64::from(self.told + 1);
            self.away = (self.away * 7 + away) / 8;
        }

        /// Will the backlog keep one thread for long?
        fn is_long(&self) -> bool {
            u128::from(self.away) * self.backlog.len() as u128 > LONG_BACKLOG.as_nanos()
        }

        /// A thread follows from now on; gives its place.
        fn enter(&mut self, follower: Follower) -> usize {
            self.serving += usize::from(follower.serves);
            self.followers.insert(follower)
        }

        fn depart(&mut self, place: usize) {
            self.serving -= usize::from(self.followers.remove(place).serves);
        }

        /// Takes the next few of the backlog: one if others sleep that would be woken for it, else as many as there is room for.
        fn take_next(&mut self, next: &mut [Option<Ready>]) {
            let most = if self.is_quick() && self.serving > 0 { 1 } else { next.len() };
            for place in &mut next[..most] {
                *place = self.backlog.pop_front();
                if place.is_none() {
                    break;
                }
                self.told += 1;
            }
            (self.turns, self.seen) = (self.turns + 1, false);
        }

        fn newest_follower(&self) -> Option<Arc<Thread>> {
            self.followers.iter().next_back().map(|(_, follower)| Arc::clone(&follower.thread))
        }

        /// Who is to be woken when the lead falls vacant: nobody if the leader is soon back, save one that can take its share of a
        /// backlog that is too much for one. In the place of one that `serves` a port only another such, since what comes for the port
        /// is nobody else's business: one that leads while it waits for something of its own would hand each packet over. If the
        /// vacancy lasts, the service thread sees to those.
        fn successor(&self, serves: bool) -> Option<Arc<Thread>> {
            let serving = || {
                let newest = self.followers.iter().rfind(|(_, follower)| follower.serves);
                newest.map(|(_, follower)| Arc::clone(&follower.thread))
            };
            match (self.is_quick(), serves) {
                (false, false) => self.newest_follower(),
                (false, true) => serving(),
                (true, _) if self.serving > 0 && self.is_long() => serving(),
                (true, _) => None,
            }
        }

        /// The limit of the follower that waits the shortest.
        fn next_limit(&self) -> Option<Tick> {
            self.followers.iter().filter_map(|(_, follower)| follower.limit).min()
        }

        /// Wakes those whose limits have passed, to see it for themselves.
        fn wake_expired(&mut self, now: Tick) {
            for (_, follower) in &mut self.followers {
                if follower.limit.is_some_and(|limit| limit <= now) {
                    follower.limit = None;
                    follower.thread.wake();
                }
            }
        }
    }

    /// See the module page.
    pub struct Idle {
        engine: Arc<dyn Engine>,
        service: Arc<Service>,
        lead: Line<BriefLock<Lead>>,
        /// Is there a backlog? For a look without the lock.
        behind: AtomicBool,
        /// The service thread looks after a vacancy. Changes under the lock.
        watched: AtomicBool,
        /// Does the engine have a clock of its own?
        is_virtual: bool,
    }

    impl Idle {
        /// The waiting room of a system.
        pub(crate) fn new(engine: Arc<dyn Engine>, service: Arc<Service>) -> Self {
            let is_virtual = engine.virtual_time();
            Self {
                engine,
                service,
                lead: Line(BriefLock::new(Lead::default())),
                behind: AtomicBool::new(false),
                watched: AtomicBool::new(false),
                is_virtual,
            }
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
                } else if let Some(harvest) = if wants_poll { self.take_lead() } else { None } {
                    gave_way = self.lead(thread, harvest, deadline, || thread.ending(ticket).is_some());
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
        fn lead(
            &self,
            thread: &Arc<Thread>,
            mut harvest: Box<Harvest>,
            deadline: Option<Tick>,
            over: impl Fn() -> bool,
        ) -> bool {
            let gives_way = loop {
                let found = self.tell_next() || self.poll(thread, deadline, &mut harvest);
                thread.forget_wake();
                if over() || self.passed(deadline) || !self.engine.wants_poll() {
                    break false;
                }
                if found && self.gives_way(thread) {
                    break true;
                }
            };
            self.leave_lead(thread, harvest);
            gives_way
        }

        /// Sleeps in the engine, and tells of what was found. False if that is nothing.
        fn poll(&self, thread: &Arc<Thread>, deadline: Option<Tick>, harvest: &mut Harvest) -> bool {
            let alarm = if self.is_virtual { self.service.virtual_alarm() } else { None };
            let limit = if self.is_virtual { self.lead.lock().next_limit() } else { None };
            let until = alarm.filter(|_| !self.service.is(thread)).into_iter().chain(deadline).chain(limit).min();
            thread.sleep_in(&self.engine, || self.engine.poll(until, harvest));
            if limit.is_some() {
                self.lead.lock().wake_expired(self.engine.now());
            }
            let found = !harvest.is_empty();
            let put_off = harvest.ready.len() > 1 && self.put_off(thread, harvest);
            harvest.deliver();
            if put_off {
                self.tell_next();
            }
            if alarm.is_some() {
                self.service.ring();
            }
            found
        }

        /// Makes what became ready the backlog, if that is soon done with.
        fn put_off(&self, thread: &Arc<Thread>, harvest: &mut Harvest) -> bool {
            // Only who comes for packets again and again goes on with it.
            if self.is_virtual || !thread.member.is_waiting() {
                return false;
            }
            let mut lead = self.lead.lock();
            let quick = lead.is_quick();
            if quick {
                lead.backlog.append(&mut harvest.ready);
                self.behind.store(true, Ordering::Relaxed);
            }
            quick
        }

        /// Tells the next few watchers of the backlog; all of them, if it turns out that they take their time. False if there is none.
        pub(crate) fn tell_next(&self) -> bool {
            let mut told = false;
            while self.behind.load(Ordering::Relaxed) {
                let mut next = [const { None }; HANDFUL];
                let goes_on = {
                    let mut lead = self.lead.lock();
                    if lead.told >= lead.paced + PACE
                        && let Some(left) = lead.left
                    {
                        lead.paced = lead.told;
                        let away = self.engine.now().since(left);
                        lead.was_away(away);
                    }
                    lead.take_next(&mut next);
                    self.behind.store(!lead.backlog.is_empty(), Ordering::Relaxed);
                    !lead.is_quick()
                };
                let hold = held::hold();
                for ready in next.into_iter().map_while(|ready| ready) {
                    told = true;
                    ready.deliver();
                }
                drop(hold);
                if !goes_on {
                    break;
                }
            }
            told
        }

        /// Takes the backlog that nobody waits for. To be delivered without the lock.
        fn clear_backlog(&self, lead: &mut Lead) -> VecDeque<Ready> {
            self.behind.store(false, Ordering::Relaxed);
            std::mem::take(&mut lead.backlog)
        }

        /// Was a thread called to its port, which will be back in a moment, and then lead without any hand-over?
        fn gives_way(&self, leader: &Arc<Thread>) -> bool {
            if self.is_virtual || self.service.is(leader) {
                return false;
            }
            let mut lead = self.lead.lock();
            // Who sleeps here does not count as running, unless a packet has just been handed to it.
            if !lead.followers.iter().any(|(_, follower)| follower.thread.member.counts()) {
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

        /// The calling thread leads from now on, with this room for what it finds; `None` if another one does.
        fn take_lead(&self) -> Option<Box<Harvest>> {
            let mut lead = self.lead.lock();
            if lead.leader != Leader::Nobody {
                let stands_in = lead.leader == Leader::Service;
                drop(lead);
                if stands_in {
                    self.service.recall();
                }
                return None;
            }
            if let Some(left) = lead.left.take() {
                let away = self.engine.now().since(left);
                lead.was_away(away);
            }
            lead.leader = Leader::Waiter;
            lead.turns += 1;
            lead.seen = false;
            Some(lead.harvest.take().unwrap_or_default())
        }

        fn leave_lead(&self, thread: &Thread, harvest: Box<Harvest>) {
            let mut lead = self.lead.lock();
            lead.leader = Leader::Nobody;
            // Asked after that: who submits something now sees to the lead itself.
            let wanted = self.engine.wants_poll();
            lead.harvest = Some(harvest);
            if !wanted {
                let rest = self.clear_backlog(&mut lead);
                drop(lead);
                rest.into_iter().for_each(Ready::deliver);
                return;
            }
            let left = lead.counts_absence().then(|| self.engine.now());
            (lead.left, lead.told, lead.paced) = (left, 0, 0);
            let next = lead.successor(thread.member.serves());
            // Also if a follower is woken: its own wait may have ended a moment ago, and then it goes without leading.
            let watch = !self.watched.load(Ordering::Relaxed);
            if watch {
                self.watched.store(true, Ordering::SeqCst);
            }
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
            // The service thread takes this back before it asks whether anybody need poll: so it sees the submission, or is told here.
            if self.watched.load(Ordering::SeqCst) || !self.engine.wants_poll() {
                return;
            }
            let lead = self.lead.lock();
            if lead.leader != Leader::Nobody || self.watched.swap(true, Ordering::SeqCst) {
                return;
            }
            drop(lead);
            self.service.watch_lead();
        }

        /// Sleeps while another thread leads. `watch`: only after a look at the wait for a moment, during which the leader sees it
        /// here already.
        fn follow(&self, thread: &Arc<Thread>, ticket: Ticket, deadline: Option<Tick>, watch: bool) {
            let limit = if self.is_virtual { deadline } else { None };
            let place = self.lead.lock().enter(Follower {
                thread: Arc::clone(thread),
                serves: thread.member.is_waiting(),
                limit,
            });
            if limit.is_some() {
                // Who polls may have been on its way to a later time.
                self.engine.interrupt();
            }
            // A leader that left between the look at the lead and this line has not seen the follower: the service
            // thread finds the vacancy. A wait that ended meanwhile has woken the parker.
            if thread.ending(ticket).is_none() && !(watch && thread.spin(ticket)) {
                thread.sleep(if self.is_virtual { Some(Tick::monotonic().plus(VIRTUAL_LOOK)) } else { deadline });
            }
            self.lead.lock().depart(place);
        }

        /// The service thread looks: a vacancy that it saw at its last look too is filled. What it is to do next.
        pub(crate) fn look(&self) -> Look {
            let mut lead = self.lead.lock();
            let watched = self.watched.swap(false, Ordering::SeqCst);
            let wanted = self.engine.wants_poll();
            let stirring = lead.turns != lead.turns_seen;
            lead.turns_seen = lead.turns;
            if !wanted || lead.leader != Leader::Nobody {
                lead.seen = false;
                // While leaders come and go, a look now and then costs less than a wake-up of this thread for each vacancy.
                self.watched.store(stirring, Ordering::SeqCst);
                let rest = if wanted { VecDeque::new() } else { self.clear_backlog(&mut lead) };
                drop(lead);
                rest.into_iter().for_each(Ready::deliver);
                return if stirring { Look::Later } else { Look::Done };
            }
            self.watched.store(watched, Ordering::SeqCst);
            if !std::mem::replace(&mut lead.seen, true) {
                // A young vacancy while the lead changes hands is one of many; if it is not, that shows at the next look as well. One in which
                // a backlog is told is as old as that takes.
                let fresh = |left: Tick| self.engine.now().since(left) < QUICK_RETURN * (lead.told + 1);
                return if stirring && lead.left.is_none_or(fresh) { Look::Later } else { Look::Again };
            }
            // Whoever left has not come back quickly: no more credit.
            lead.away = QUICK_RETURN.as_nanos() as u64 * 8;
            lead.left = None;
            match lead.newest_follower() {
                Some(follower) => {
                    drop(lead);
                    follower.wake();
                    Look::Woke
                }
                None => {
                    lead.leader = Leader::Service;
                    Look::Lead
                }
            }
        }

        /// The service thread leads, after [`Look::Lead`], until recalled.
        pub(crate) fn stand_in(&self, service: &Arc<Thread>, deadline: Option<Tick>, recalled: impl Fn() -> bool) {
            let harvest = self.lead.lock().harvest.take().unwrap_or_default();
            self.lead(service, harvest, deadline, recalled);
            let next = self.lead.lock().newest_follower();
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
        /// The same; it has lasted, and a follower was woken.
        Woke,
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

        /// And nothing is polled.
        pub(crate) fn tell_next(&self) -> bool {
            false
        }

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
