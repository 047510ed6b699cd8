//! Messages that are sent: to a window of the same thread they are calls; of another thread, calls that this makes when it looks for
//! messages, while the sender waits and answers what is sent to itself.

use super::procedure::{Call, call};
use super::{HWND_MESSAGE, Window, found};
use crate::arguments::{pair, store_if_wanted};
use crate::support::{Bool, FALSE, TRUE, guard, guard_bool, guard_or};
use crate::winuser::queue::{QS_SENT, Queue, Wait};
use overlapped_abi::Win32Error;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::{Event, WaitRef};
use overlapped_kernel::wait::Outcome;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) const HWND_BROADCAST: usize = 0xFFFF;
const WS_CHILD: u32 = 0x4000_0000;
/// SMTO_BLOCK: what is sent to the sender waits, too.
const BLOCK: u32 = 1;

/// A message under way from another thread.
pub(crate) struct Sent {
    window: Arc<Window>,
    call: Call,
    answer: Mutex<Option<Result<isize, Win32Error>>>,
    done: Arc<Event>,
}

impl Sent {
    fn new(window: &Arc<Window>, call: Call) -> Arc<Self> {
        let done = Arc::new(Event::manual_reset(false));
        Arc::new(Self { window: Arc::clone(window), call, answer: Mutex::new(None), done })
    }

    /// The first answer counts.
    pub(crate) fn answer(&self, answer: Result<isize, Win32Error>) -> bool {
        let mut given = self.answer.lock();
        let first = given.is_none();
        if first {
            *given = Some(answer);
            self.done.set();
        }
        first
    }

    /// There will be no answer, unless there is one.
    pub(crate) fn give_up(&self) {
        self.answer(Err(super::INVALID_WINDOW_HANDLE));
    }

    /// On the window's thread.
    pub(crate) fn deliver(self: &Arc<Self>) {
        if !Window::is_there(self.window.handle) {
            self.answer(Err(super::INVALID_WINDOW_HANDLE));
            return;
        }
        // SAFETY: the sender waits with what its message points to, or has promised that it carries nothing.
        let result = unsafe { call(&self.window, self.call) };
        self.answer(Ok(result));
    }

    /// On the sender's thread.
    fn wait(&self, until: Option<Instant>, blocked: bool) -> Result<isize, Win32Error> {
        let own = Queue::own();
        let done = [Arc::clone(&self.done) as WaitRef];
        loop {
            let timeout = until
                .map_or(Timeout::Infinite, |until| Timeout::After(until.saturating_duration_since(Instant::now())));
            let mask = if blocked { 0 } else { QS_SENT };
            let wait = Wait { objects: &done, mask, old: true, all: false, alertable: false };
            match own.wait(&wait, timeout)? {
                Outcome::Object(0) => return (*self.answer.lock()).unwrap_or(Err(super::INVALID_WINDOW_HANDLE)),
                Outcome::TimedOut => return Err(Win32Error::TIMEOUT),
                _ => own.serve(),
            }
        }
    }
}

/// # Safety
/// As for [`call`].
unsafe fn send(window: usize, message: Call, until: Option<Instant>, blocked: bool) -> Result<isize, Win32Error> {
    let window = Window::of(window)?;
    if window.is_own() {
        // SAFETY: the caller's promise.
        return Ok(unsafe { call(&window, message) });
    }
    let sent = Sent::new(&window, message);
    window.queue.send(Arc::clone(&sent))?;
    sent.wait(until, blocked)
}

/// The windows of this process that a broadcast means.
pub(crate) fn of_broadcast() -> Vec<Arc<Window>> {
    found(|window| {
        let state = window.state.lock();
        state.parent != HWND_MESSAGE && state.style & WS_CHILD == 0
    })
}

pair! {
    /// SendMessage: what the window's procedure answers; 1400 for a window that has gone, also meanwhile.
    fn ovl_SendMessageA ovl_SendMessageW(window: usize, message: u32, wparam: usize, lparam: isize) -> isize {
        let call = Call { message, wparam, lparam, wide: size_of::<C>() == 2 };
        guard_or(0, || {
            if window != HWND_BROADCAST {
                // SAFETY: the caller's promise.
                return unsafe { send(window, call, None, false) };
            }
            for window in of_broadcast() {
                // SAFETY: the caller's promise. A window may have gone by now.
                let _ = unsafe { send(window.handle, call, None, false) };
            }
            Ok(1)
        })
    }
}

pair! {
    /// SendMessageTimeout: 0 with 1460 if there is no answer in that time.
    fn ovl_SendMessageTimeoutA ovl_SendMessageTimeoutW(
        window: usize, message: u32, wparam: usize, lparam: isize, flags: u32, milliseconds: u32, result: *mut usize,
    ) -> isize {
        let call = Call { message, wparam, lparam, wide: size_of::<C>() == 2 };
        guard_or(0, || {
            let until = Instant::now().checked_add(Duration::from_millis(milliseconds.into()));
            // SAFETY: the caller's promise.
            let answer = unsafe { send(window, call, until, flags & BLOCK != 0) }?;
            // SAFETY: the caller's promise.
            unsafe { store_if_wanted(result, answer as usize) };
            Ok(1)
        })
    }
}

pair! {
    /// SendNotifyMessage: does not wait for another thread's answer.
    fn ovl_SendNotifyMessageA ovl_SendNotifyMessageW(window: usize, message: u32, wparam: usize, lparam: isize) -> Bool {
        let message = Call { message, wparam, lparam, wide: size_of::<C>() == 2 };
        guard_bool(|| {
            let window = Window::of(window)?;
            if window.is_own() {
                // SAFETY: the caller's promise.
                unsafe { call(&window, message) };
                return Ok(());
            }
            window.queue.send(Sent::new(&window, message))
        })
    }
}

/// ReplyMessage: lets the sender go on before the procedure returns; FALSE if the message is not of another thread.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ReplyMessage(result: isize) -> Bool {
    guard(FALSE, || Bool::from(Queue::own().served().is_some_and(|sent| sent.answer(Ok(result)))))
}

/// InSendMessage: whether the procedure works for another thread.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_InSendMessage() -> Bool {
    guard(FALSE, || if Queue::own().served().is_some() { TRUE } else { FALSE })
}
