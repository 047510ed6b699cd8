//! `threadpoolapiset.h` and `threadpoollegacyapiset.h` (contract 04 sections 9 to 11). Most of what C programs see of them is shown
//! by the programs of `conformance/`; here is what takes several pools, threads that are held back, or a look inside.

mod groups;
mod io;
mod layout;
mod legacy;
mod objects;
mod pools;

use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::threadpool::environment::Environ;
use overlapped_win32::threadpool::group::CleanupGroup;
use overlapped_win32::threadpool::pools::{Pool, ovl_CloseThreadpool, ovl_CreateThreadpool};
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// After this long, something that should have happened has been lost.
const LONG: Duration = Duration::from_secs(60);
/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(50);

/// What callbacks of these tests get as their context: they count, tell, and wait to be let go.
#[derive(Default)]
struct Stage {
    calls: AtomicUsize,
    cancelled: AtomicUsize,
    finalized: AtomicUsize,
    open: Mutex<bool>,
    opened: Condvar,
}

/// All stages: a callback that has told that it runs still looks at its own, whether or not its test is over.
static STAGES: Mutex<Vec<Arc<Stage>>> = Mutex::new(Vec::new());

impl Stage {
    fn new() -> Arc<Self> {
        let stage = Arc::<Self>::default();
        STAGES.lock().unwrap().push(Arc::clone(&stage));
        stage
    }

    /// One whose callbacks do not wait.
    fn opened() -> Arc<Self> {
        let stage = Self::new();
        stage.open();
        stage
    }

    fn context(self: &Arc<Self>) -> *mut c_void {
        Arc::as_ptr(self) as *mut c_void
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    /// A callback's body. The port is told that it blocks.
    fn enter(&self) {
        self.calls.fetch_add(1, Ordering::SeqCst);
        overlapped_kernel::port::blocking(|| {
            let open = self.open.lock().unwrap();
            let (open, _) = self.opened.wait_timeout_while(open, LONG, |open| !*open).unwrap();
            assert!(*open, "nobody let the callback go");
        });
    }

    #[track_caller]
    fn wait_for(&self, calls: usize) {
        eventually("so many calls", || self.calls() >= calls);
    }
}

/// # Safety
/// `context` is a [`Stage`]'s.
unsafe fn stage<'a>(context: *mut c_void) -> &'a Stage {
    // SAFETY: the caller's promise; no stage goes away.
    unsafe { &*context.cast::<Stage>() }
}

#[track_caller]
fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < LONG, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The last error of a call that fails.
fn error_of<T: PartialEq + std::fmt::Debug>(failed: T, call: impl FnOnce() -> T) -> u32 {
    ovl_SetLastError(0);
    assert_eq!(call(), failed);
    ovl_GetLastError()
}

/// An environment as InitializeThreadpoolEnvironment of the header makes it.
fn environment(pool: *const Pool, group: *const CleanupGroup) -> Environ {
    Environ {
        version: 3,
        pool,
        cleanup_group: group,
        cleanup_group_cancel_callback: None,
        race_dll: std::ptr::null_mut(),
        activation_context: std::ptr::null_mut(),
        finalization_callback: None,
        flags: 0,
        callback_priority: 1,
        size: 72,
    }
}

/// A pool of a test's own, closed at its end.
struct OwnPool(*mut Pool);

impl OwnPool {
    fn new() -> Self {
        let pool = ovl_CreateThreadpool(std::ptr::null_mut());
        assert!(!pool.is_null());
        Self(pool)
    }
}

impl Drop for OwnPool {
    fn drop(&mut self) {
        // SAFETY: made by `new`, and closed only here.
        unsafe { ovl_CloseThreadpool(self.0) };
    }
}
