//! Messages of threads and of their windows (`winuser.h`): posted by PostThreadMessage, PostMessage and timers.

use super::hidden::procedure::{Call, call};
use super::hidden::send::{HWND_BROADCAST, of_broadcast};
use super::hidden::{INVALID_WINDOW_HANDLE, Window};
use super::queue::{Filter, Message, QS_POSTED, QS_SENT, QS_TIMER, Queue, WM_TIMER, Wait, Whose};
use crate::arguments::pair;
use crate::callbacks::inside;
use crate::critical::thread_id;
use crate::support::{Bool, FALSE, TRUE, fail, guard, guard_bool, guard_or};
use crate::sysinfoapi::ovl_GetTickCount;
use overlapped_abi::Win32Error;
use overlapped_kernel::clock::Timeout;
use std::cell::Cell;

const PM_REMOVE: u32 = 1;
/// The window that means messages to the thread only.
const NO_WINDOW: usize = usize::MAX;

/// TIMERPROC.
type TimerRoutine = unsafe extern "C-unwind" fn(usize, u32, usize, u32);

thread_local! {
    /// When the last message that GetMessage took was posted.
    static TAKEN_AT: Cell<u32> = const { Cell::new(0) };
}

/// Whose messages are meant: 1400 for a window that is not there, or another thread's.
fn whose(window: usize) -> Result<Whose, Win32Error> {
    match window {
        0 => Ok(Whose::All),
        NO_WINDOW => Ok(Whose::Thread),
        window if Window::of(window)?.is_own() => Ok(Whose::Window(window)),
        _ => Err(INVALID_WINDOW_HANDLE),
    }
}

/// Tells the caller.
///
/// # Safety
/// `to` is NULL or has room for a message.
unsafe fn hand_over(message: Message, to: *mut Message) -> Result<(), Win32Error> {
    if to.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: the caller's promise.
    unsafe { to.write(message) };
    TAKEN_AT.set(message.time);
    Ok(())
}

pair! {
    /// GetMessage: waits for a message, and is FALSE for WM_QUIT; -1 with the last error for a window that is not the thread's.
    fn ovl_GetMessageA ovl_GetMessageW(to: *mut Message, window: usize, first: u32, last: u32) -> Bool {
        guard_or(-1, || {
            let whose = whose(window)?;
            let message = Queue::own().get(Filter { whose, first, last })?;
            // SAFETY: the caller's promise.
            unsafe { hand_over(message, to) }?;
            Ok(if message.is_quit() { FALSE } else { TRUE })
        })
    }
}

pair! {
    /// PeekMessage: FALSE if there is no message now.
    fn ovl_PeekMessageA ovl_PeekMessageW(to: *mut Message, window: usize, first: u32, last: u32, flags: u32) -> Bool {
        guard_or(FALSE, || {
            let whose = whose(window)?;
            let Some(message) = Queue::own().peek(Filter { whose, first, last }, flags & PM_REMOVE != 0)? else {
                return Ok(FALSE);
            };
            // SAFETY: the caller's promise.
            unsafe { hand_over(message, to) }?;
            Ok(TRUE)
        })
    }
}

fn post(thread: u32, message: Message) -> Result<(), Win32Error> {
    let queue = if thread == thread_id() { Queue::own() } else { Queue::of(thread)? };
    queue.post(message)
}

pair! {
    /// PostThreadMessage: 1444 for a thread that has never looked for messages.
    fn ovl_PostThreadMessageA ovl_PostThreadMessageW(thread: u32, message: u32, wparam: usize, lparam: isize) -> Bool {
        guard_bool(|| post(thread, Message::new(message, wparam, lparam)))
    }
}

pair! {
    /// PostMessage: to a window of any thread; without one, to the calling thread.
    fn ovl_PostMessageA ovl_PostMessageW(window: usize, message: u32, wparam: usize, lparam: isize) -> Bool {
        guard_bool(|| match window {
            0 => post(thread_id(), Message::new(message, wparam, lparam)),
            HWND_BROADCAST => {
                let post = |window: &std::sync::Arc<Window>| {
                    window.queue.post(Message::new(message, wparam, lparam).to(window.handle))
                };
                of_broadcast().iter().try_for_each(post)
            }
            window => Window::of(window)?.queue.post(Message::new(message, wparam, lparam).to(window)),
        })
    }
}

/// PostQuitMessage.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_PostQuitMessage(code: i32) {
    guard((), || Queue::own().post_quit(code));
}

/// TranslateMessage: FALSE, there is nothing to translate.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_TranslateMessage(_message: *const Message) -> Bool {
    FALSE
}

pair! {
    /// DispatchMessage: calls the routine of a timer or the procedure of the window; 0 without them.
    fn ovl_DispatchMessageA ovl_DispatchMessageW(message: *const Message) -> isize {
        guard(0, || {
            // SAFETY: the caller's promise.
            let Some(message) = (unsafe { message.as_ref() }) else { return 0 };
            if message.message == WM_TIMER && message.lparam != 0 {
                // SAFETY: SetTimer's caller gave it as a TIMERPROC.
                let routine: TimerRoutine = unsafe { std::mem::transmute(message.lparam) };
                // SAFETY: as above.
                inside(|| unsafe { routine(message.window, WM_TIMER, message.wparam, ovl_GetTickCount()) });
                return 0;
            }
            let Ok(window) = Window::of(message.window) else { return 0 };
            let wide = size_of::<C>() == 2;
            // SAFETY: what the parameters mean is between who has posted them and the procedure.
            unsafe { call(&window, Call { message: message.message, wparam: message.wparam, lparam: message.lparam, wide }) }
        })
    }
}

/// The queue of a window, or the caller's.
fn queue_of(window: usize) -> Result<std::sync::Arc<Queue>, Win32Error> {
    if window == 0 { Ok(Queue::own()) } else { Ok(std::sync::Arc::clone(&Window::of(window)?.queue)) }
}

/// SetTimer: the number of the timer, whose messages come until KillTimer. For a window that is `id`; without one a new number.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetTimer(window: usize, id: usize, milliseconds: u32, routine: isize) -> usize {
    guard_or(0, || queue_of(window)?.set_timer(window, id, milliseconds, routine))
}

/// KillTimer.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_KillTimer(window: usize, id: usize) -> Bool {
    guard_bool(|| queue_of(window)?.kill_timer(window, id))
}

/// GetQueueStatus: in the high word what is there, in the low one what came since the last look.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetQueueStatus(flags: u32) -> u32 {
    guard_or(0, || Queue::own().status(flags).map(|(present, fresh)| present << 16 | fresh))
}

/// WaitMessage: until something comes.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WaitMessage() -> Bool {
    guard_bool(|| {
        let wait =
            Wait { objects: &[], mask: QS_POSTED | QS_TIMER | QS_SENT, old: false, all: false, alertable: false };
        Queue::own().wait(&wait, Timeout::Infinite).map(drop)
    })
}

/// GetMessageTime: of the message that was taken last.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetMessageTime() -> i32 {
    TAKEN_AT.get() as i32
}

/// IsGUIThread: has the thread a queue? With TRUE, it has one then.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsGUIThread(convert: Bool) -> Bool {
    guard(FALSE, || {
        if convert != FALSE {
            Queue::own();
        }
        Queue::of(thread_id()).map_or_else(|_| fail(Win32Error::SUCCESS, FALSE), |_| TRUE)
    })
}
