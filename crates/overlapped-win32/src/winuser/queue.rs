//! The message queue of a thread: what is posted to it and to its windows, what other threads send to these, the timers that it set, and
//! WM_QUIT.
//!
//! Only its own thread takes messages out and waits; anybody puts some in. So one event says that there may be something: the
//! owner resets it under the lock before it looks, and whoever posts what the owner looks for sets it under the lock. Timers cost nothing while nobody looks:
//! they are counted from the clock by the thread that looks, and limit how long it sleeps.

use super::hidden;
use super::hidden::send::Sent;
use crate::critical::thread_id;
use crate::support::system;
use crate::sysinfoapi::ovl_GetTickCount;
use overlapped_abi::Win32Error;
use overlapped_kernel::clock::{Tick, Timeout};
use overlapped_kernel::dispatcher::{Event, WaitRef};
use overlapped_kernel::wait::Outcome;
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

const WM_QUIT: u32 = 0x12;
pub const WM_TIMER: u32 = 0x113;
/// What came, as in GetQueueStatus.
pub const QS_TIMER: u32 = 0x10;
pub const QS_POSTED: u32 = 0x8 | 0x100;
pub const QS_SENT: u32 = 0x40;
/// Messages that a queue holds at most.
const MOST: usize = 10_000;
/// USER_TIMER_MINIMUM and USER_TIMER_MAXIMUM, in milliseconds.
const TIMER_LIMITS: (u32, u32) = (10, 0x7FFF_FFFF);
const INVALID_THREAD_ID: Win32Error = Win32Error(1444);

/// MSG.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Message {
    pub window: usize,
    pub message: u32,
    pub wparam: usize,
    pub lparam: isize,
    pub time: u32,
    pub x: i32,
    pub y: i32,
}

const _: () = assert!(size_of::<Message>() == 48);

impl Message {
    pub fn new(message: u32, wparam: usize, lparam: isize) -> Self {
        Self { window: 0, message, wparam, lparam, time: ovl_GetTickCount(), x: 0, y: 0 }
    }

    /// The same to a window.
    pub fn to(self, window: usize) -> Self {
        Self { window, ..self }
    }

    pub fn is_quit(&self) -> bool {
        self.message == WM_QUIT
    }
}

/// Whose messages a call asks for.
#[derive(Clone, Copy)]
pub enum Whose {
    /// The thread's and its windows'.
    All,
    /// Those without a window.
    Thread,
    /// A window's and its children's.
    Window(usize),
}

/// Which messages a call asks for: `first` to `last`, all if both are 0. WM_QUIT is always among them.
#[derive(Clone, Copy)]
pub struct Filter {
    pub whose: Whose,
    pub first: u32,
    pub last: u32,
}

impl Filter {
    fn takes(self, message: u32, window: usize) -> bool {
        let meant = match self.whose {
            Whose::All => true,
            Whose::Thread => window == 0,
            Whose::Window(of) => hidden::is_within(window, of),
        };
        let all = (self.first, self.last) == (0, 0);
        message == WM_QUIT || meant && (all || (self.first..=self.last).contains(&message))
    }
}

struct Timer {
    window: usize,
    id: usize,
    routine: isize,
    period: Duration,
    due: Tick,
    /// It was due, and its message has not been taken yet. There is one at most.
    fired: bool,
}

#[derive(Default)]
struct Contents {
    posted: VecDeque<Message>,
    /// From other threads, to be answered before anything else.
    sent: VecDeque<Arc<Sent>>,
    /// What of that is being answered, one inside another.
    serving: Vec<Arc<Sent>>,
    /// PostQuitMessage: after all that is posted.
    quit: Option<i32>,
    timers: Vec<Timer>,
    last_timer: usize,
    /// What came since somebody looked.
    fresh: u32,
    /// What the owner looks for.
    wanted: u32,
    /// The thread has ended.
    closed: bool,
}

impl Contents {
    /// Timers that are due by now get a message each.
    fn count_timers(&mut self, now: Tick) {
        for timer in self.timers.iter_mut().filter(|timer| timer.due <= now) {
            timer.due = timer.due.plus(timer.period).max(now);
            if !timer.fired {
                timer.fired = true;
                self.fresh |= QS_TIMER;
            }
        }
    }

    fn present(&self) -> u32 {
        let posted = !self.posted.is_empty() || self.quit.is_some();
        let fired = self.timers.iter().any(|timer| timer.fired);
        let sent = if self.sent.is_empty() { 0 } else { QS_SENT };
        sent | (if posted { QS_POSTED } else { 0 }) | (if fired { QS_TIMER } else { 0 })
    }

    /// The next message for the filter: posted ones first, then WM_QUIT, then timers.
    fn take(&mut self, filter: Filter, remove: bool) -> Option<Message> {
        if let Some(at) = self.posted.iter().position(|message| filter.takes(message.message, message.window)) {
            return if remove { self.posted.remove(at) } else { self.posted.get(at).copied() };
        }
        if let Some(code) = self.quit {
            if remove {
                self.quit = None;
            }
            return Some(Message::new(WM_QUIT, code as usize, 0));
        }
        let timer = self.timers.iter_mut().find(|timer| timer.fired && filter.takes(WM_TIMER, timer.window))?;
        if remove {
            timer.fired = false;
        }
        Some(Message::new(WM_TIMER, timer.id, timer.routine).to(timer.window))
    }
}

/// What a wait with a queue waits for.
pub struct Wait<'a> {
    pub objects: &'a [WaitRef],
    /// QS_ bits of what counts.
    pub mask: u32,
    /// What was there before counts, too (MWMO_INPUTAVAILABLE).
    pub old: bool,
    /// All objects and input (MWMO_WAITALL).
    pub all: bool,
    pub alertable: bool,
}

/// A thread's queue.
pub struct Queue {
    input: Arc<Event>,
    contents: Mutex<Contents>,
}

/// An answer is being given.
struct Served<'a>(&'a Queue);

impl Drop for Served<'_> {
    fn drop(&mut self) {
        let served = self.0.contents.lock().serving.pop();
        // A procedure that ended its thread has not answered.
        if let Some(sent) = served {
            sent.give_up();
        }
    }
}

/// The queues by the numbers of their threads.
static QUEUES: LazyLock<Mutex<HashMap<u32, Arc<Queue>>>> = LazyLock::new(Mutex::default);

/// Ends with the thread.
struct Own(u32, Arc<Queue>);

impl Drop for Own {
    fn drop(&mut self) {
        QUEUES.lock().remove(&self.0);
        hidden::forget_thread(self.0);
        // Nobody will answer any more.
        let waiting: Vec<_> = {
            let mut contents = self.1.contents.lock();
            contents.closed = true;
            contents.sent.drain(..).collect()
        };
        for sent in waiting {
            sent.answer(Err(hidden::INVALID_WINDOW_HANDLE));
        }
    }
}

thread_local! {
    static OWN: Own = {
        let queue = Arc::new(Queue { input: Arc::new(Event::manual_reset(false)), contents: Mutex::default() });
        QUEUES.lock().insert(thread_id(), Arc::clone(&queue));
        Own(thread_id(), queue)
    };
}

impl Queue {
    /// That of the calling thread, which has one from now on.
    pub fn own() -> Arc<Self> {
        OWN.with(|own| Arc::clone(&own.1))
    }

    /// That of a thread: 1444 if there is no such thread, or if it has never looked for messages.
    pub fn of(thread: u32) -> Result<Arc<Self>, Win32Error> {
        QUEUES.lock().get(&thread).cloned().ok_or(INVALID_THREAD_ID)
    }

    /// 1816 if it is full.
    pub fn post(&self, message: Message) -> Result<(), Win32Error> {
        let mut contents = self.contents.lock();
        if contents.posted.len() >= MOST {
            return Err(Win32Error::NOT_ENOUGH_QUOTA);
        }
        contents.posted.push_back(message);
        self.came(&mut contents, QS_POSTED);
        Ok(())
    }

    /// A message that another thread sends to a window of this one.
    pub fn send(&self, sent: Arc<Sent>) -> Result<(), Win32Error> {
        let mut contents = self.contents.lock();
        if contents.closed {
            return Err(hidden::INVALID_WINDOW_HANDLE);
        }
        contents.sent.push_back(sent);
        self.came(&mut contents, QS_SENT);
        Ok(())
    }

    /// Answers what was sent.
    pub fn serve(&self) {
        loop {
            let sent = {
                let mut contents = self.contents.lock();
                let Some(sent) = contents.sent.pop_front() else { return };
                contents.serving.push(Arc::clone(&sent));
                sent
            };
            let _served = Served(self);
            sent.deliver();
        }
    }

    /// What the thread answers just now.
    pub fn served(&self) -> Option<Arc<Sent>> {
        self.contents.lock().serving.last().cloned()
    }

    /// A window has gone: its messages and timers go with it.
    pub fn forget_window(&self, window: usize) {
        let mut contents = self.contents.lock();
        contents.posted.retain(|message| message.window != window);
        contents.timers.retain(|timer| timer.window != window);
    }

    pub fn post_quit(&self, code: i32) {
        let mut contents = self.contents.lock();
        contents.quit = Some(code);
        self.came(&mut contents, QS_POSTED);
    }

    fn came(&self, contents: &mut Contents, what: u32) {
        contents.fresh |= what;
        if contents.wanted & what != 0 {
            self.input.set();
        }
    }

    /// Sets a timer of that number again, or a new one, and gives its number: for a window the one that was asked for.
    pub fn set_timer(&self, window: usize, id: usize, milliseconds: u32, routine: isize) -> Result<usize, Win32Error> {
        let period = Duration::from_millis(milliseconds.clamp(TIMER_LIMITS.0, TIMER_LIMITS.1).into());
        let due = now()?.plus(period);
        let mut contents = self.contents.lock();
        if let Some(timer) = contents.timers.iter_mut().find(|timer| timer.window == window && timer.id == id) {
            *timer = Timer { window, id, routine, period, due, fired: false };
            return Ok(id.max(1));
        }
        let id = if window == 0 {
            contents.last_timer += 1;
            contents.last_timer
        } else {
            id
        };
        contents.timers.push(Timer { window, id, routine, period, due, fired: false });
        // Another thread's window: its thread may sleep for longer than that.
        self.came(&mut contents, QS_TIMER);
        Ok(id.max(1))
    }

    /// 87 if there is none of that number.
    pub fn kill_timer(&self, window: usize, id: usize) -> Result<(), Win32Error> {
        let mut contents = self.contents.lock();
        let at = contents.timers.iter().position(|timer| timer.window == window && timer.id == id);
        let at = at.ok_or(Win32Error::INVALID_PARAMETER)?;
        contents.timers.remove(at);
        Ok(())
    }

    /// Takes or looks at the next message, if there is one.
    pub fn peek(&self, filter: Filter, remove: bool) -> Result<Option<Message>, Win32Error> {
        let mut contents = loop {
            self.serve();
            let contents = self.contents.lock();
            if contents.sent.is_empty() {
                break contents;
            }
        };
        self.input.reset();
        contents.count_timers(now()?);
        (contents.fresh, contents.wanted) = (0, u32::MAX);
        Ok(contents.take(filter, remove))
    }

    /// Takes the next message, waiting for it.
    pub fn get(&self, filter: Filter) -> Result<Message, Win32Error> {
        loop {
            if let Some(message) = self.peek(filter, true)? {
                return Ok(message);
            }
            self.sleep(&[], None, &Wait { objects: &[], mask: u32::MAX, old: false, all: false, alertable: false })?;
        }
    }

    /// What is there, and what of it came since the last look (GetQueueStatus).
    pub fn status(&self, flags: u32) -> Result<(u32, u32), Win32Error> {
        let mut contents = self.contents.lock();
        contents.count_timers(now()?);
        let fresh = contents.fresh & flags;
        contents.fresh &= !flags;
        Ok((contents.present() & flags, fresh))
    }

    /// Waits for the objects or for input. Input is the object after the last.
    pub fn wait(&self, wait: &Wait<'_>, timeout: Timeout) -> Result<Outcome, Win32Error> {
        let end = match timeout {
            Timeout::Infinite => None,
            Timeout::Poll => Some(now()?),
            Timeout::After(limit) => Some(now()?.plus(limit)),
        };
        loop {
            self.look(wait)?;
            match self.sleep(wait.objects, end, wait)? {
                Outcome::Object(index) if index == wait.objects.len() || wait.all => {
                    let mut contents = self.contents.lock();
                    if self.counts(&contents, wait) {
                        contents.fresh &= !wait.mask;
                        return Ok(Outcome::Object(wait.objects.len()));
                    }
                }
                Outcome::TimedOut if end.is_none_or(|end| now().is_ok_and(|now| now < end)) => {}
                other => return Ok(other),
            }
        }
    }

    /// The event says from now on whether there is what the wait is for.
    fn look(&self, wait: &Wait<'_>) -> Result<(), Win32Error> {
        let mut contents = self.contents.lock();
        contents.count_timers(now()?);
        contents.wanted = wait.mask;
        if self.counts(&contents, wait) {
            self.input.set()
        } else {
            self.input.reset()
        }
        Ok(())
    }

    fn counts(&self, contents: &Contents, wait: &Wait<'_>) -> bool {
        let fresh = if wait.old { u32::MAX } else { contents.fresh };
        contents.present() & fresh & wait.mask != 0
    }

    /// Until an object or the event is signalled, the end, or the next timer.
    fn sleep(&self, objects: &[WaitRef], end: Option<Tick>, wait: &Wait<'_>) -> Result<Outcome, Win32Error> {
        let timer = self.contents.lock().timers.iter().filter(|timer| !timer.fired).map(|timer| timer.due).min();
        let now = now()?;
        let timeout = match [end, timer].into_iter().flatten().min() {
            Some(end) if end <= now => Timeout::Poll,
            Some(end) => Timeout::After(end.since(now)),
            None => Timeout::Infinite,
        };
        let input: WaitRef = Arc::clone(&self.input) as WaitRef;
        let all: Vec<WaitRef> = objects.iter().cloned().chain([input]).collect();
        if wait.all {
            system()?.wait_all(&all, timeout, wait.alertable)
        } else {
            system()?.wait_any(&all, timeout, wait.alertable)
        }
    }
}

fn now() -> Result<Tick, Win32Error> {
    Ok(system()?.idle().now())
}
