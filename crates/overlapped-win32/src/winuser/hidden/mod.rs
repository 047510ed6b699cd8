//! Windows that nobody sees: they get messages, timers and what sockets tell (WSAAsyncSelect), which is what programs without a face make
//! windows for. Nothing is ever drawn. They live in the process, and go with the thread that made them.

pub mod classes;
pub mod create;
pub mod longs;
pub mod procedure;
pub mod send;
pub mod texts;

use super::queue::Queue;
use crate::critical::thread_id;
use classes::Class;
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) const INVALID_WINDOW_HANDLE: Win32Error = Win32Error(1400);
/// The parent of windows that only get messages.
pub(crate) const HWND_MESSAGE: usize = -3_isize as usize;

/// WNDPROC.
pub(crate) type Procedure = unsafe extern "C-unwind" fn(usize, u32, usize, isize) -> isize;

/// What changes in a window's life.
pub(crate) struct State {
    /// The address of its procedure, and whether that takes text in UTF-16.
    pub(crate) procedure: isize,
    pub(crate) wide: bool,
    pub(crate) title: OsString,
    pub(crate) style: u32,
    pub(crate) ex_style: u32,
    pub(crate) parent: usize,
    pub(crate) id: isize,
    pub(crate) instance: usize,
    pub(crate) user_data: isize,
    pub(crate) extra: Vec<u8>,
}

/// A window.
pub(crate) struct Window {
    pub(crate) handle: usize,
    pub(crate) thread: u32,
    pub(crate) queue: Arc<Queue>,
    pub(crate) class: Arc<Class>,
    pub(crate) state: Mutex<State>,
}

/// All of them, in the order in which they were made. Held for moments only, and nothing else is locked meanwhile.
static WINDOWS: Mutex<BTreeMap<usize, Arc<Window>>> = Mutex::new(BTreeMap::new());
static LAST: AtomicUsize = AtomicUsize::new(0x1_0002);

impl Window {
    /// A new one of the calling thread.
    fn add(class: Arc<Class>, state: State) -> Arc<Self> {
        let handle = LAST.fetch_add(2, Ordering::Relaxed);
        let (thread, queue, state) = (thread_id(), Queue::own(), Mutex::new(state));
        let window = Arc::new(Self { handle, thread, queue, class, state });
        WINDOWS.lock().insert(handle, Arc::clone(&window));
        window
    }

    /// The one with that handle; 1400 if it is none, or has gone.
    pub(crate) fn of(handle: usize) -> Result<Arc<Self>, Win32Error> {
        WINDOWS.lock().get(&handle).cloned().ok_or(INVALID_WINDOW_HANDLE)
    }

    pub(crate) fn is_there(handle: usize) -> bool {
        WINDOWS.lock().contains_key(&handle)
    }

    /// Whether the calling thread has made it.
    pub(crate) fn is_own(&self) -> bool {
        self.thread == thread_id()
    }

    pub(crate) fn parent(&self) -> usize {
        self.state.lock().parent
    }
}

/// Those for which the test holds, the oldest first.
pub(crate) fn found(test: impl Fn(&Window) -> bool) -> Vec<Arc<Window>> {
    let all: Vec<_> = WINDOWS.lock().values().cloned().collect();
    all.into_iter().filter(|window| test(window)).collect()
}

/// Whether `window` is `of` or one of its children, theirs, and so on.
pub(crate) fn is_within(window: usize, of: usize) -> bool {
    const WS_CHILD: u32 = 0x4000_0000;
    let mut at = window;
    while at != of {
        let Ok(window) = Window::of(at) else { return false };
        let state = window.state.lock();
        if state.style & WS_CHILD == 0 {
            return false;
        }
        at = state.parent;
    }
    true
}

/// The windows of a thread go with it, without a message.
pub(crate) fn forget_thread(thread: u32) {
    let gone: Vec<_> = {
        let mut windows = WINDOWS.lock();
        let handles: Vec<usize> = windows.values().filter(|w| w.thread == thread).map(|w| w.handle).collect();
        handles.into_iter().filter_map(|handle| windows.remove(&handle)).collect()
    };
    drop(gone);
}
