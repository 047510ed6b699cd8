//! `threadpoolapiset.h` and `threadpoollegacyapiset.h`: callbacks on pool threads (contract 04 sections 9 to 11).
//!
//! All of it stands on one pool of the process, which stands on a port.

use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, event_of, fail, guard, guard_bool, guard_or, system};
use overlapped_abi::Win32Error;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::{Event, WaitRef};
use overlapped_kernel::handle::Object;
use overlapped_kernel::pool::{Fired, PoolSize, RegisteredWait, Registration, ThreadPool};
use overlapped_kernel::wait::wait_any;
use parking_lot::{Condvar, Mutex};
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// LPOVERLAPPED_COMPLETION_ROUTINE with a number for the OVERLAPPED.
pub type CompletionRoutine = Option<unsafe extern "C" fn(u32, u32, usize)>;
/// LPTHREAD_START_ROUTINE as a work item.
pub type WorkRoutine = Option<unsafe extern "C" fn(*mut c_void) -> u32>;
/// WAITORTIMERCALLBACK.
pub type WaitRoutine = Option<unsafe extern "C" fn(*mut c_void, u8)>;
/// PTP_WORK_CALLBACK.
pub type WorkCallback = Option<unsafe extern "C" fn(*mut c_void, *mut c_void, *mut Work)>;
/// PTP_SIMPLE_CALLBACK.
pub type SimpleCallback = Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>;
/// PTP_WIN32_IO_CALLBACK.
pub type IoCallback = Option<unsafe extern "C" fn(*mut c_void, *mut c_void, usize, u32, usize, *mut Io)>;

const WT_EXECUTEINWAITTHREAD: u32 = 4;
const WT_EXECUTEONLYONCE: u32 = 8;

fn pool() -> Result<&'static ThreadPool, Win32Error> {
    static POOL: OnceLock<Result<ThreadPool, Win32Error>> = OnceLock::new();
    POOL.get_or_init(|| ThreadPool::new(system()?, PoolSize::default())).as_ref().map_err(|error| *error)
}

/// BindIoCompletionCallback: every completion of the instance is a call of the routine, with the raw status as its error.
///
/// # Safety
/// The routine may be called on other threads as long as the instance is open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_BindIoCompletionCallback(file: RawHandle, routine: CompletionRoutine, flags: u32) -> Bool {
    guard_bool(|| {
        let Object::Instance(instance) = system()?.entry_raw(file)?.object else {
            return Err(Win32Error::INVALID_HANDLE);
        };
        let routine = routine.filter(|_| flags == 0).ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: the caller vouches for the routine.
        let completed = Arc::new(move |status: overlapped_abi::Status, bytes, address| unsafe {
            routine(status.0, bytes, address);
        });
        pool()?.bind(&instance, completed)
    })
}

/// QueueUserWorkItem.
///
/// # Safety
/// The routine may be called with `context` on another thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueueUserWorkItem(routine: WorkRoutine, context: *mut c_void, flags: u32) -> Bool {
    guard_bool(|| {
        let routine = routine.ok_or(Win32Error::INVALID_PARAMETER)?;
        let context = context as usize;
        let pool = pool()?;
        if let Some(limit) = std::num::NonZeroU32::new(flags >> 16) {
            pool.set_max(limit.get() as usize);
        }
        pool.submit(Box::new(move || {
            // SAFETY: the caller vouches for routine and context.
            unsafe { routine(context as *mut c_void) };
        }));
        Ok(())
    })
}

/// RegisterWaitForSingleObject. The handle it gives is only for UnregisterWait(Ex).
///
/// # Safety
/// `wait` is writable; the routine may be called with `context` on other threads until the wait is unregistered.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RegisterWaitForSingleObject(
    wait: *mut *mut RegisteredWait,
    object: RawHandle,
    routine: WaitRoutine,
    context: *mut c_void,
    milliseconds: u32,
    flags: u32,
) -> Bool {
    guard_bool(|| {
        let object = system()?.waitable(object)?;
        let routine = routine.filter(|_| !wait.is_null()).ok_or(Win32Error::INVALID_PARAMETER)?;
        let context = context as usize;
        // The callback may come first; it is to find the handle written.
        let written = Arc::new((Mutex::new(false), Condvar::new()));
        let seen = Arc::clone(&written);
        let callback = Arc::new(move |fired: Fired| {
            let (done, told) = &*seen;
            let mut done = done.lock();
            while !*done {
                told.wait(&mut done);
            }
            drop(done);
            // SAFETY: the caller vouches for routine and context.
            unsafe { routine(context as *mut c_void, u8::from(fired == Fired::TimedOut)) };
        });
        let registration = Registration {
            object,
            timeout: Timeout::from_millis(milliseconds),
            once: flags & WT_EXECUTEONLYONCE != 0,
            in_wait_thread: flags & WT_EXECUTEINWAITTHREAD != 0,
            callback,
        };
        let registered = Box::into_raw(Box::new(pool()?.register_wait(registration)?));
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { wait.write(registered) };
        *written.0.lock() = true;
        written.1.notify_all();
        Ok(())
    })
}

/// UnregisterWait: 997 if a callback is running; none starts afterwards.
///
/// # Safety
/// `wait` is NULL or comes from RegisterWaitForSingleObject, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UnregisterWait(wait: *mut RegisteredWait) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { ovl_UnregisterWaitEx(wait, 0) }
}

/// UnregisterWaitEx: waits for a running callback with INVALID_HANDLE_VALUE, or has `completion` set when it ends.
///
/// # Safety
/// As for [`ovl_UnregisterWait`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UnregisterWaitEx(wait: *mut RegisteredWait, completion: RawHandle) -> Bool {
    guard_bool(|| {
        if wait.is_null() {
            return Err(Win32Error::INVALID_HANDLE);
        }
        // SAFETY: not NULL, and the caller gives it away.
        let wait = unsafe { Box::from_raw(wait) };
        let running = wait.unregister();
        let over = wait.over();
        if completion == INVALID_HANDLE_VALUE {
            return wait_for(over).map(drop);
        }
        if let Some(event) = event_of(completion)? {
            if running {
                let told = move || {
                    let _ = wait_for(over);
                    event.set();
                };
                pool()?.submit(Box::new(told));
            } else {
                event.set();
            }
        }
        if running { Err(Win32Error::IO_PENDING) } else { Ok(()) }
    })
}

fn wait_for(event: Arc<Event>) -> Result<(), Win32Error> {
    wait_any(system()?.idle(), &[event as WaitRef], Timeout::Infinite, false).map(drop)
}

/// Counts callbacks that are to come, for those who wait until there are none.
#[derive(Default)]
struct Pending {
    count: Mutex<usize>,
    none: Condvar,
}

impl Pending {
    fn enter(&self) {
        *self.count.lock() += 1;
    }

    fn leave(&self) {
        let mut count = self.count.lock();
        *count = count.saturating_sub(1);
        if *count == 0 {
            self.none.notify_all();
        }
    }

    fn clear(&self) {
        *self.count.lock() = 0;
        self.none.notify_all();
    }

    /// The calling thread counts as blocked meanwhile.
    fn wait(&self) {
        overlapped_kernel::port::blocking(|| {
            let mut count = self.count.lock();
            while *count > 0 {
                self.none.wait(&mut count);
            }
        });
    }
}

/// PTP_WORK.
pub struct Work(Arc<WorkState>);

struct WorkState {
    callback: unsafe extern "C" fn(*mut c_void, *mut c_void, *mut Work),
    context: usize,
    pending: Pending,
    /// How often callbacks that had not started were dropped.
    cancelled: AtomicUsize,
}

/// CreateThreadpoolWork.
///
/// # Safety
/// The callback may be called with `context` on other threads until the work is closed and its callbacks have ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateThreadpoolWork(
    callback: WorkCallback,
    context: *mut c_void,
    _environment: *mut c_void,
) -> *mut Work {
    guard(std::ptr::null_mut(), || match callback {
        None => fail(Win32Error::INVALID_PARAMETER, std::ptr::null_mut()),
        Some(callback) => {
            let (pending, cancelled) = (Pending::default(), AtomicUsize::new(0));
            let state = WorkState { callback, context: context as usize, pending, cancelled };
            Box::into_raw(Box::new(Work(Arc::new(state))))
        }
    })
}

/// SubmitThreadpoolWork.
///
/// # Safety
/// `work` comes from CreateThreadpoolWork and is not closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SubmitThreadpoolWork(work: *mut Work) {
    guard((), || {
        let address = work as usize;
        // SAFETY: the caller vouches for it.
        let state = Arc::clone(unsafe { &(*work).0 });
        state.pending.enter();
        let round = state.cancelled.load(Ordering::Acquire);
        let run = move || {
            if state.cancelled.load(Ordering::Acquire) == round {
                // SAFETY: the caller of CreateThreadpoolWork vouches for callback and context.
                unsafe { (state.callback)(std::ptr::null_mut(), state.context as *mut c_void, address as *mut Work) };
            }
            state.pending.leave();
        };
        if let Ok(pool) = pool() {
            pool.submit(Box::new(run));
        }
    });
}

/// WaitForThreadpoolWorkCallbacks; with `cancel`, callbacks that have not started are dropped.
///
/// # Safety
/// As for [`ovl_SubmitThreadpoolWork`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WaitForThreadpoolWorkCallbacks(work: *mut Work, cancel: Bool) {
    guard((), || {
        // SAFETY: the caller vouches for it.
        let state = Arc::clone(unsafe { &(*work).0 });
        if cancel != 0 {
            state.cancelled.fetch_add(1, Ordering::AcqRel);
        }
        state.pending.wait();
    });
}

/// CloseThreadpoolWork.
///
/// # Safety
/// As for [`ovl_SubmitThreadpoolWork`]; `work` is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CloseThreadpoolWork(work: *mut Work) {
    // SAFETY: the caller gives it away; callbacks hold their own reference to the state.
    guard((), || drop(unsafe { Box::from_raw(work) }));
}

/// TrySubmitThreadpoolCallback.
///
/// # Safety
/// The callback may be called with `context` on another thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_TrySubmitThreadpoolCallback(
    callback: SimpleCallback,
    context: *mut c_void,
    _environment: *mut c_void,
) -> Bool {
    guard_bool(|| {
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        let context = context as usize;
        // SAFETY: the caller vouches for callback and context.
        pool()?.submit(Box::new(move || unsafe { callback(std::ptr::null_mut(), context as *mut c_void) }));
        Ok(())
    })
}

/// PTP_IO.
pub struct Io(Arc<IoState>);

struct IoState {
    callback: unsafe extern "C" fn(*mut c_void, *mut c_void, usize, u32, usize, *mut Io),
    context: usize,
    pending: Pending,
    closed: AtomicBool,
    address: OnceLock<usize>,
}

/// CreateThreadpoolIo: 87 if the instance is not overlapped or reports somewhere already.
///
/// # Safety
/// The callback may be called with `context` on other threads until the object is closed and its callbacks have ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateThreadpoolIo(
    file: RawHandle,
    callback: IoCallback,
    context: *mut c_void,
    _environment: *mut c_void,
) -> *mut Io {
    guard_or(std::ptr::null_mut(), || {
        let Object::Instance(instance) = system()?.entry_raw(file)?.object else {
            return Err(Win32Error::INVALID_HANDLE);
        };
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        let state = Arc::new(IoState {
            callback,
            context: context as usize,
            pending: Pending::default(),
            closed: AtomicBool::new(false),
            address: OnceLock::new(),
        });
        let bound = Arc::clone(&state);
        pool()?
            .bind(&instance, Arc::new(move |status, bytes, overlapped| bound.completed(status, bytes, overlapped)))?;
        let io = Box::into_raw(Box::new(Io(Arc::clone(&state))));
        let _ = state.address.set(io as usize);
        Ok(io)
    })
}

impl IoState {
    fn completed(&self, status: overlapped_abi::Status, bytes: u32, overlapped: usize) {
        if !self.closed.load(Ordering::Acquire) {
            let io = self.address.get().copied().unwrap_or(0) as *mut Io;
            let (context, result) = (self.context as *mut c_void, status.to_win32().0);
            // SAFETY: the caller of CreateThreadpoolIo vouches for callback and context.
            unsafe { (self.callback)(std::ptr::null_mut(), context, overlapped, result, bytes as usize, io) };
        }
        self.pending.leave();
    }
}

/// StartThreadpoolIo: to be called before every request.
///
/// # Safety
/// `io` comes from CreateThreadpoolIo and is not closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_StartThreadpoolIo(io: *mut Io) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { &(*io).0 }.pending.enter());
}

/// CancelThreadpoolIo: the request that was announced will bring no callback.
///
/// # Safety
/// As for [`ovl_StartThreadpoolIo`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CancelThreadpoolIo(io: *mut Io) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { &(*io).0 }.pending.leave());
}

/// WaitForThreadpoolIoCallbacks; with `cancel`, announced requests are forgotten.
///
/// # Safety
/// As for [`ovl_StartThreadpoolIo`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WaitForThreadpoolIoCallbacks(io: *mut Io, cancel: Bool) {
    guard((), || {
        // SAFETY: the caller vouches for it.
        let state = Arc::clone(unsafe { &(*io).0 });
        if cancel != 0 {
            state.pending.clear();
        }
        state.pending.wait();
    });
}

/// CloseThreadpoolIo.
///
/// # Safety
/// As for [`ovl_StartThreadpoolIo`]; `io` is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CloseThreadpoolIo(io: *mut Io) {
    guard((), || {
        // SAFETY: the caller gives it away; completions hold their own reference to the state.
        let io = unsafe { Box::from_raw(io) };
        if *io.0.pending.count.lock() == 0 {
            io.0.closed.store(true, Ordering::Release);
        }
    });
}
