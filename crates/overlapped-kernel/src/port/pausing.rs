//! Released threads that block elsewhere: announced by themselves, or found by the sentinel (contract 06 section 9, rules 5 to 7).
//!
//! A thread that blocks in a call of the library says so before and after. One that blocks anywhere else is found: the port
//! looks at its released threads when it is *crowded* (a packet, a thread that waits for one, and no room), because only
//! then does anything depend on it. Who looks: whoever posts to or comes to the crowded port, by a glance that costs no
//! system call ([`View::glance`]), and the sentinel's thread, for when nobody comes. What a glance takes for asleep is
//! looked at closely ([`View::look`]) without the lock, and paused if nothing has changed meanwhile.
//!
//! A thread found asleep counts again as soon as it is seen running or calls the library; as after an announced
//! pause, more threads than the concurrency value may run then, and nobody new is woken until they are fewer.

use super::member::{Member, Standing};
use super::{Port, Queue};
use crate::sentinel::{Glance, Place, Sight, View};
use crate::sync::BriefGuard;
use crate::thread::Thread;
use std::sync::Arc;

/// Why a thread has said that it blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// A wait for objects, requests or packets.
    Wait,
    /// Sleep or SleepEx.
    Sleep,
    /// A synchronous request.
    SynchronousIo,
    /// A lock that somebody else has.
    Lock,
    /// A section that the program has announced by [`blocking`].
    Section,
}

impl Reason {
    pub(super) fn decode(byte: u8) -> Self {
        match byte {
            0 => Self::Wait,
            1 => Self::Sleep,
            2 => Self::SynchronousIo,
            3 => Self::Lock,
            _ => Self::Section,
        }
    }
}

/// Threads that one look examines closely.
const SUSPECTS: usize = 16;
/// Threads that one patrol begins to view.
const RECRUITS: usize = 16;
/// Threads found asleep, without records, that one patrol looks at again.
const REVISITS: usize = 4;
/// Glances of those who come to the port between two patrols: more would cost a port with tiny packets too much.
pub(super) const GLANCES: u32 = 32;
/// Patrols of a port that is not crowded before the sentinel forgets it.
const CALM: u8 = 16;

/// A thread that works for the port.
#[derive(Debug)]
pub(super) struct Enlisted {
    pub(super) thread: Arc<Thread>,
    view: Option<Arc<dyn View>>,
    /// There was an attempt to get a view of it.
    tried: bool,
    /// Where it was found asleep, and the view's stamp then.
    pub(super) place: Option<Place>,
    stamp: Option<u64>,
}

impl Enlisted {
    pub(super) fn new(thread: &Arc<Thread>) -> Self {
        Self { thread: Arc::clone(thread), view: None, tried: false, place: None, stamp: None }
    }

    /// From now on the thread can be seen.
    pub(super) fn see(&mut self, view: Arc<dyn View>) {
        (self.view, self.tried) = (Some(view), true);
    }

    fn standing(&self) -> Standing {
        self.thread.member.standing()
    }

    fn glance(&self) -> Glance {
        self.view.as_ref().map_or(Glance::Awake, |view| view.glance())
    }
}

/// What the sentinel knows of the port's need for it.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// It patrols here.
    on: bool,
    /// Threads found asleep since its last patrol.
    finds: u32,
    /// Patrols since the port was last crowded.
    calm: u8,
    /// Where the next patrol revisits.
    next: usize,
    /// Glances that are left until the next patrol.
    glances: u32,
}

impl Watch {
    fn may_glance(&mut self) -> bool {
        let may = self.on && self.glances > 0;
        self.glances -= u32::from(may);
        may
    }
}

#[cfg(test)]
impl Watch {
    /// As if the sentinel patrolled here.
    pub(super) fn turn_on(&mut self) {
        *self = Self { on: true, glances: GLANCES, ..Self::default() };
    }
}

/// What a patrol has seen, the most urgent last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Patrol {
    /// Nothing to do for a while: the port will ask for the next patrol.
    Over,
    /// Nothing to do at present.
    Calm,
    /// Packets wait, and everybody who is released works.
    Busy,
    /// Threads that block unannounced, since the last patrol.
    Sleepers,
}

/// A thread that may be asleep, or, if it was found asleep before, awake.
struct Suspect {
    thread: Arc<Thread>,
    view: Arc<dyn View>,
    stamp: Option<u64>,
}

impl Queue {
    /// A packet, somebody to give it to, and no room. A pool would make somebody.
    fn is_crowded(&self) -> bool {
        self.active >= self.limit && !self.packets.is_empty() && (!self.waiting.is_empty() || self.hooked)
    }

    /// May packets still come in? Counts those again that were found asleep and run.
    #[cold]
    pub(super) fn admits(&mut self) -> bool {
        if self.found > 0 {
            crate::thread::with_record(|thread| self.refresh(Some(thread)));
        }
        self.unusual = self.closed || self.found > 0;
        !self.closed
    }

    /// The thread was found asleep, and is there again.
    pub(super) fn rise(&mut self, member: &Member) {
        member.set(Standing::Released);
        self.active += 1;
        self.found -= 1;
    }

    /// Counts those again that were found asleep and are seen to have run since. And the calling thread.
    #[cold]
    pub(super) fn refresh(&mut self, me: Option<&Thread>) {
        let mut left = self.found;
        for index in 0..self.members.len() {
            if left == 0 {
                return;
            }
            let one = &self.members[index];
            if one.standing() != Standing::Asleep {
                continue;
            }
            left -= 1;
            let here = me.is_some_and(|me| std::ptr::eq(me, &*one.thread));
            if here || one.glance() == Glance::Awake {
                let thread = Arc::clone(&one.thread);
                self.rise(&thread.member);
            }
        }
    }

    /// Does a glance show a released thread that seems to be asleep?
    fn is_suspicious(&self) -> bool {
        let asleep = |one: &Enlisted| one.standing() == Standing::Released && matches!(one.glance(), Glance::Asleep(_));
        self.members.iter().any(asleep)
    }

    /// A close look has found the thread asleep: pauses it, unless anything has changed since the glance.
    fn lay_down(&mut self, suspect: &Suspect, place: Place, taken: u64) -> bool {
        let calm = self.ages.taken(self.packets.len()) == taken;
        let Some(one) = self.members.iter_mut().find(|one| Arc::ptr_eq(&one.thread, &suspect.thread)) else {
            return false;
        };
        let same = match one.glance() {
            Glance::Asleep(stamp) => suspect.stamp == Some(stamp),
            // Without records, a packet taken meanwhile may be the suspect's.
            Glance::Unknown => calm,
            Glance::Awake => false,
        };
        if one.standing() != Standing::Released || !same {
            return false;
        }
        one.thread.member.set(Standing::Asleep);
        (one.place, one.stamp) = (Some(place), suspect.stamp);
        self.active -= 1;
        self.found += 1;
        self.unusual = true;
        self.watch.finds += 1;
        true
    }
}

impl Port {
    /// A released thread is about to block.
    pub(super) fn block(self: &Arc<Self>, member: &Member, reason: Reason) {
        let mut queue = self.queue.lock();
        match member.standing() {
            Standing::Released => queue.active -= 1,
            Standing::Asleep => queue.found -= 1,
            _ => return,
        }
        member.set_reason(reason);
        member.set(Standing::Paused);
        self.hand_over(queue);
    }

    /// A paused thread runs again, without asking.
    pub(super) fn unblock(&self, member: &Member) {
        let mut queue = self.queue.lock();
        // It may have come back to the port meanwhile (a handler that waits on its own port inside a blocking section).
        if member.standing() == Standing::Paused {
            member.set(Standing::Released);
            queue.active += 1;
        }
    }

    /// A thread that was found asleep calls the library.
    pub(super) fn woke(&self, member: &Member) {
        let mut queue = self.queue.lock();
        if member.standing() == Standing::Asleep {
            queue.rise(member);
        }
    }

    /// Asks the sentinel to patrol, if the port is crowded and it does not already. To be followed by [`Port::summon`].
    pub(super) fn wants_patrol(&self, queue: &mut Queue) -> bool {
        let wants = !queue.watch.on && queue.is_crowded() && self.sentinel().is_some_and(|s| s.sees());
        if wants {
            queue.watch = Watch { on: true, glances: GLANCES, ..Watch::default() };
        }
        wants
    }

    /// After [`Port::wants_patrol`], without the lock.
    #[cold]
    pub(super) fn summon(self: &Arc<Self>) {
        if !self.sentinel().is_some_and(|sentinel| sentinel.watch(self)) {
            self.queue.lock().watch.on = false;
        }
    }

    /// Somebody has come to the port and found it crowded.
    #[cold]
    pub(super) fn crowded(self: &Arc<Self>, mut queue: BriefGuard<'_, Queue>) {
        let summon = self.wants_patrol(&mut queue);
        let suspicious = queue.is_crowded() && queue.watch.may_glance() && queue.is_suspicious();
        drop(queue);
        if summon {
            self.summon();
        }
        if suspicious {
            self.scan(false);
        }
    }

    /// Looks closely at those that seem to be asleep, and with `deep` at all of which a glance does not tell.
    fn scan(self: &Arc<Self>, deep: bool) {
        let (suspects, taken) = self.suspects(deep);
        let looks: Vec<_> = suspects.into_iter().map(|suspect| (suspect.view.look(), suspect)).collect();
        if looks.is_empty() {
            return;
        }
        let mut queue = self.queue.lock();
        for (place, suspect) in &looks {
            let member = &suspect.thread.member;
            match place {
                Some(place) => {
                    queue.lay_down(suspect, *place, taken);
                }
                None if member.standing() == Standing::Asleep && queue.has(&suspect.thread) => queue.rise(member),
                None => {}
            }
        }
        self.hand_over(queue);
    }

    /// Who is to be looked at, and how many packets were taken by now.
    fn suspects(&self, deep: bool) -> (Vec<Suspect>, u64) {
        // Memory is not asked for under the lock.
        let mut suspects = Vec::with_capacity(SUSPECTS);
        let mut queue = self.queue.lock();
        let revisit = queue.watch.next;
        let mut revisits = if deep { REVISITS } else { 0 };
        let count = queue.members.len();
        for index in (0..count).map(|i| (i + revisit) % count) {
            let one = &queue.members[index];
            let Some(view) = &one.view else { continue };
            let stamp = match (one.standing(), one.glance()) {
                (Standing::Released, Glance::Asleep(stamp)) => Some(stamp),
                (Standing::Released, Glance::Unknown) if deep => None,
                (Standing::Asleep, Glance::Unknown) if revisits > 0 => {
                    revisits -= 1;
                    None
                }
                _ => continue,
            };
            suspects.push(Suspect { thread: Arc::clone(&one.thread), view: Arc::clone(view), stamp });
            if suspects.len() == SUSPECTS {
                break;
            }
        }
        queue.watch.next = revisit.wrapping_add(REVISITS) % count.max(1);
        let taken = queue.ages.taken(queue.packets.len());
        (suspects, taken)
    }

    /// The sentinel's thread comes by.
    pub(crate) fn patrol(self: &Arc<Self>, sight: &dyn Sight) -> Patrol {
        {
            let mut queue = self.queue.lock();
            if !queue.is_crowded() {
                queue.watch.calm += 1;
                if queue.closed || queue.watch.calm >= CALM {
                    queue.watch.on = false;
                    return Patrol::Over;
                }
                return if std::mem::take(&mut queue.watch.finds) > 0 { Patrol::Sleepers } else { Patrol::Calm };
            }
            (queue.watch.calm, queue.watch.glances) = (0, GLANCES);
            if queue.found > 0 {
                queue.refresh(None);
            }
        }
        self.recruit(sight);
        self.scan(true);
        let finds = std::mem::take(&mut self.queue.lock().watch.finds);
        if finds > 0 { Patrol::Sleepers } else { Patrol::Busy }
    }

    /// Gets a view of threads that work here and of which there is none yet.
    fn recruit(self: &Arc<Self>, sight: &dyn Sight) {
        let mut recruits = Vec::with_capacity(RECRUITS);
        {
            let mut queue = self.queue.lock();
            for one in queue.members.iter_mut().filter(|one| !one.tried).take(RECRUITS) {
                one.tried = true;
                recruits.push(Arc::clone(&one.thread));
            }
        }
        for thread in recruits {
            let Some(view) = sight.attach(thread.id()) else { continue };
            let mut queue = self.queue.lock();
            if let Some(one) = queue.members.iter_mut().find(|one| Arc::ptr_eq(&one.thread, &thread)) {
                one.see(Arc::clone(&view));
            }
            drop(queue);
        }
    }
}

impl Queue {
    fn has(&self, thread: &Arc<Thread>) -> bool {
        self.members.iter().any(|one| Arc::ptr_eq(&one.thread, thread))
    }
}

/// Runs `f`, which may block in a way that the library does not see; the calling thread counts as paused meanwhile, so that
/// its port may let another thread run (contract 06 section 9, the note).
///
/// The sentinel finds such blocking by itself, some tenths of a millisecond late; this says it at once and for the price of two
/// locks. A panic of `f` ends the section too.
pub fn blocking<R>(f: impl FnOnce() -> R) -> R {
    blocking_for(Reason::Section, f)
}

/// [`blocking`], with the reason that a picture of the port shows.
pub fn blocking_for<R>(reason: Reason, f: impl FnOnce() -> R) -> R {
    let thread = crate::thread::current();
    let _paused = thread.pause(reason);
    f()
}
