//! `processthreadsapi.h`: threads, and APCs for them (contract 04 section 7, 05 section 3).
//!
//! A thread's record is made before the thread, so that its handle works, and APCs queue, from the first moment. CreateThread
//! returns when the thread has its number. A suspended thread stands at a gate before its function; APCs that were queued until
//! then run first. The same gate stops threads later on: see [`threadcontrol`].

use crate::callbacks::{inside, unwinding};
use crate::context::Context;
use crate::support::{Bool, RawHandle, fail, guard, guard_bool, guard_or, system};
use crate::synchapi::inherits;
use crate::threadcontrol;
use overlapped_abi::{AccessMask, FileTime, SecurityAttributes, Win32Error};
use overlapped_kernel::handle::{CURRENT_PROCESS, CURRENT_THREAD, Entry, HandleFlags, Object};
use overlapped_kernel::process::Process;
use overlapped_kernel::thread::{Apc, Thread, adopt};
use parking_lot::{Condvar, Mutex};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, LazyLock, Weak};

/// LPTHREAD_START_ROUTINE.
pub type StartRoutine = Option<unsafe extern "C-unwind" fn(*mut c_void) -> u32>;
/// PAPCFUNC.
pub type ApcRoutine = Option<unsafe extern "C" fn(usize)>;

const CREATE_SUSPENDED: u32 = 4;
const THREAD_ALL_ACCESS: u32 = 0x1F_FFFF;
const THREAD_SET_CONTEXT: u32 = 0x10;
const THREAD_SUSPEND_RESUME: u32 = 2;
/// THREAD_QUERY_INFORMATION and THREAD_QUERY_LIMITED_INFORMATION.
const THREAD_QUERY: u32 = 0x40 | 0x800;
/// Stacks smaller than this are asked for by programs that measure in another machine's bytes.
const SMALLEST_STACK: usize = 256 * 1024;

/// What the face knows of a thread that it has made.
pub(crate) struct Made {
    record: Arc<Thread>,
    created: FileTime,
    gate: Mutex<Gate>,
    opened: Condvar,
}

/// What a thread must pass before its function, and at the end of its calls.
#[derive(Default)]
struct Gate {
    /// The suspend count.
    suspended: u32,
    /// The exit code with which somebody wants it to end.
    doom: Option<u32>,
    /// The thread is among those that `threadcontrol` counts.
    marked: bool,
    /// It stands at the gate.
    stopped: bool,
    /// Of a thread that has stopped.
    registers: Option<Box<Context>>,
    /// Has somebody set them?
    changed: bool,
    ended: bool,
}

impl Gate {
    /// Has the thread counted, or not any more.
    fn remark(&mut self) {
        let wanted = !self.ended && (self.suspended > 0 || self.doom.is_some());
        if wanted != std::mem::replace(&mut self.marked, wanted) {
            if wanted { threadcontrol::mark() } else { threadcontrol::unmark() }
        }
    }
}

impl Made {
    pub(crate) fn record(&self) -> &Arc<Thread> {
        &self.record
    }

    pub(crate) fn is_current(&self) -> bool {
        Arc::ptr_eq(&self.record, &overlapped_kernel::thread::current())
    }

    pub(crate) fn is_marked(&self) -> bool {
        self.gate.lock().marked
    }

    pub(crate) fn doom(&self) -> Option<u32> {
        self.gate.lock().doom
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.gate.lock().ended
    }

    /// Does the thread stand at its gate?
    pub(crate) fn is_stopped(&self) -> bool {
        self.gate.lock().stopped
    }

    /// Waits until the thread is not suspended, or is to end.
    pub(crate) fn pass_gate(&self, here: &Context) -> Option<Box<Context>> {
        let mut gate = self.gate.lock();
        while gate.suspended > 0 && gate.doom.is_none() {
            if !gate.stopped {
                gate.registers = Some(Box::new(*here));
                gate.stopped = true;
            }
            self.opened.wait(&mut gate);
        }
        gate.stopped = false;
        let registers = gate.registers.take();
        if std::mem::take(&mut gate.changed) { registers } else { None }
    }

    /// The registers of a thread that has stopped.
    pub(crate) fn registers(&self) -> Option<Context> {
        self.gate.lock().registers.as_deref().copied()
    }

    /// Gives a thread that has stopped others; has it?
    pub(crate) fn set_registers(&self, new: Context) -> bool {
        let mut gate = self.gate.lock();
        let stopped = gate.registers.is_some();
        if stopped {
            gate.registers = Some(Box::new(new));
            gate.changed = true;
        }
        stopped
    }

    /// Suspends it once more; the count before, or `None` at the limit.
    pub(crate) fn suspend(&self, limit: u32) -> Option<u32> {
        let mut gate = self.gate.lock();
        let before = gate.suspended;
        if before == limit {
            return None;
        }
        gate.suspended += 1;
        gate.remark();
        Some(before)
    }

    pub(crate) fn resume(&self) -> u32 {
        let mut gate = self.gate.lock();
        let before = gate.suspended;
        gate.suspended = before.saturating_sub(1);
        gate.remark();
        self.opened.notify_all();
        before
    }

    pub(crate) fn condemn(&self, code: u32) {
        let mut gate = self.gate.lock();
        gate.doom = gate.doom.or(Some(code));
        gate.remark();
        self.opened.notify_all();
    }
}

/// The threads of the process that have a number, for OpenThread and ResumeThread.
static THREADS: LazyLock<Mutex<HashMap<u32, Weak<Made>>>> = LazyLock::new(Mutex::default);

thread_local! {
    /// Keeps the calling thread in `THREADS`.
    static MADE: RefCell<Option<Arc<Made>>> = const { RefCell::new(None) };
}

/// CreateThread.
///
/// # Safety
/// `attributes` is NULL or valid, `id` NULL or writable, and `start` may be called with `argument` on another thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateThread(
    attributes: *const SecurityAttributes,
    stack: usize,
    start: StartRoutine,
    argument: *mut c_void,
    flags: u32,
    id: *mut u32,
) -> RawHandle {
    guard_or(0, || {
        let start = start.ok_or(Win32Error::INVALID_PARAMETER)?;
        let made = spawn(stack, flags & CREATE_SUSPENDED != 0, start, argument as usize)?;
        let record = Arc::clone(&made.record);
        if !id.is_null() {
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { id.write(record.id()) };
        }
        // SAFETY: the caller vouches for it.
        let inherit = unsafe { inherits(attributes) };
        let handle = thread_handle(record, THREAD_ALL_ACCESS, inherit);
        made.resume();
        handle
    })
}

fn thread_handle(record: Arc<Thread>, access: u32, flags: HandleFlags) -> Result<RawHandle, Win32Error> {
    let system = system()?;
    let handle = system.insert(Object::Thread(record), AccessMask::from_bits_retain(access))?;
    system.set_handle_flags(handle, flags, flags)?;
    Ok(handle.into_raw())
}

/// What a new thread is told.
struct Birth {
    made: Arc<Made>,
    started: SyncSender<()>,
    start: unsafe extern "C-unwind" fn(*mut c_void) -> u32,
    argument: usize,
}

/// Starts a thread; returns when it has its number. It stands at its gate until its maker lets it go, at the end of CreateThread: as on
/// Windows, that has nearly always returned, and its caller stored the handle, before the thread's function begins.
fn spawn(
    stack: usize,
    suspended: bool,
    start: unsafe extern "C-unwind" fn(*mut c_void) -> u32,
    argument: usize,
) -> Result<Arc<Made>, Win32Error> {
    let record = Thread::unstarted();
    let (gate, created) = (Mutex::default(), crate::timezoneapi::now());
    let made = Arc::new(Made { record, created, gate, opened: Condvar::new() });
    made.suspend(u32::MAX);
    if suspended {
        made.suspend(u32::MAX);
    }
    let (started, has_started) = sync_channel(1);
    let birth = Box::into_raw(Box::new(Birth { made: Arc::clone(&made), started, start, argument }));
    // SAFETY: `enter` takes the birth over, once.
    if !unsafe { create(stack, birth.cast()) } {
        // SAFETY: there is no thread that has taken it.
        drop(unsafe { Box::from_raw(birth) });
        while made.resume() > 1 {}
        return Err(Win32Error::NOT_ENOUGH_MEMORY);
    }
    has_started.recv().map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    Ok(made)
}

/// A detached thread in [`enter`]; false if there can be no more.
///
/// # Safety
/// `birth` is a leaked `Box<Birth>`.
unsafe fn create(stack: usize, birth: *mut c_void) -> bool {
    let mut attributes = MaybeUninit::uninit();
    let mut thread = 0;
    // SAFETY: the attributes are initialised before use and destroyed after; the stack size is a page's multiple.
    unsafe {
        if libc::pthread_attr_init(attributes.as_mut_ptr()) != 0 {
            return false;
        }
        libc::pthread_attr_setdetachstate(attributes.as_mut_ptr(), libc::PTHREAD_CREATE_DETACHED);
        if stack != 0 {
            let stack = stack.max(SMALLEST_STACK).next_multiple_of(4096);
            libc::pthread_attr_setstacksize(attributes.as_mut_ptr(), stack);
        }
        let enter =
            std::mem::transmute::<extern "C-unwind" fn(*mut c_void) -> *mut c_void, extern "C" fn(_) -> _>(enter);
        let made = libc::pthread_create(&mut thread, attributes.as_ptr(), enter, birth) == 0;
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        made
    }
}

/// The first function of a thread. ExitThread unwinds through it without landing, so it has nothing to destroy while the
/// caller's function runs.
extern "C-unwind" fn enter(birth: *mut c_void) -> *mut c_void {
    let code = match prepare(birth) {
        // SAFETY: the caller of CreateThread vouches for both.
        Ok((start, argument)) => unsafe { start(argument as *mut c_void) },
        Err(code) => code,
    };
    finish(code);
    if has_requests() {
        Thread::cancel_at_end();
    }
    std::ptr::null_mut()
}

#[inline(never)]
fn has_requests() -> bool {
    overlapped_kernel::thread::current().has_requests()
}

/// The thread's function and its argument, or the exit code if an APC has ended the thread before.
fn prepare(birth: *mut c_void) -> Result<(unsafe extern "C-unwind" fn(*mut c_void) -> u32, usize), u32> {
    // SAFETY: `spawn` leaked it for this thread.
    let Birth { made, started, start, argument } = *unsafe { Box::from_raw(birth.cast::<Birth>()) };
    adopt(&made.record);
    THREADS.lock().insert(made.record.id(), Arc::downgrade(&made));
    MADE.set(Some(Arc::clone(&made)));
    if crate::structured::is_catching() {
        crate::structured::arm();
    }
    let _ = started.send(());
    let (start, argument) = threadcontrol::registers::begin(&made, start as *const () as usize, argument);
    if made.doom().is_some() {
        threadcontrol::end(&made);
    }
    // What was queued before the start runs first, without any wait.
    let ended = crate::callbacks::exit_code_of(|| {
        crate::libloaderapi::attach::thread_begins();
        Thread::test_alert();
    });
    // SAFETY: the function that CreateThread was given, or what the program has put in its place.
    let start = unsafe { std::mem::transmute::<usize, unsafe extern "C-unwind" fn(*mut c_void) -> u32>(start) };
    ended.map_or(Ok((start, argument)), Err)
}

/// The calling thread's function is over.
fn finish(code: u32) {
    crate::libloaderapi::attach::thread_ends();
    overlapped_kernel::thread::current().set_exit_code(code);
    with_made(forget);
    MADE.set(None);
    crate::lastthread::ended(code);
}

/// Has every thread that CreateThread has made ended?
pub(crate) fn none_is_left() -> bool {
    THREADS.lock().is_empty()
}

/// The thread is not to be found by its number any more.
pub(crate) fn forget(made: &Arc<Made>) {
    crate::processtimes::keep(&made.record, made.created);
    let mut gate = made.gate.lock();
    gate.ended = true;
    gate.remark();
    THREADS.lock().remove(&made.record.id());
}

/// Does something with the calling thread, if CreateThread has made it.
pub(crate) fn with_made(f: impl FnOnce(&Arc<Made>)) {
    let made = MADE.try_with(|made| made.borrow().clone()).ok().flatten();
    if let Some(made) = &made {
        f(made);
    }
}

/// ExitThread. Ends the calling thread like a return from its function.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn ovl_ExitThread(code: u32) -> ! {
    crate::callbacks::unwind_with(code);
    finish(code);
    if has_requests() {
        // While the frames of the program are still there.
        Thread::cancel_at_end();
    }
    // SAFETY: ends the calling thread; its thread-local destructors run, which ends its record. The frames up to `enter`
    // are the program's own and `enter`, which has nothing to destroy.
    unsafe { pthread_exit(std::ptr::null_mut()) }
}

unsafe extern "C-unwind" {
    fn pthread_exit(value: *mut c_void) -> !;
}

/// GetCurrentThreadId.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetCurrentThreadId() -> u32 {
    guard(0, || overlapped_kernel::thread::current().id())
}

/// GetCurrentThread: the pseudo-handle.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetCurrentThread() -> RawHandle {
    CURRENT_THREAD
}

/// GetCurrentProcess: the pseudo-handle.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetCurrentProcess() -> RawHandle {
    CURRENT_PROCESS
}

/// The thread of a handle, and the handle's rights; 6 for anything else.
pub(crate) fn thread(raw: RawHandle) -> Result<(Arc<Thread>, AccessMask), Win32Error> {
    match system()?.entry_raw(raw)? {
        Entry { object: Object::Thread(thread), access, .. } => Ok((thread, access)),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// The process whose first thread a handle refers to, if it has these rights: 5 without; `None` for any other handle.
pub(crate) fn main_thread_of(raw: RawHandle, rights: u32) -> Result<Option<Arc<Process>>, Win32Error> {
    match system()?.entry_raw(raw)? {
        Entry { object: Object::MainThread(process), access, .. } => {
            let may = access.contains(AccessMask::from_bits_retain(rights));
            if may { Ok(Some(process)) } else { Err(Win32Error::ACCESS_DENIED) }
        }
        _ => Ok(None),
    }
}

/// GetThreadId.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetThreadId(object: RawHandle) -> u32 {
    guard_or(0, || match main_thread_of(object, 0)? {
        Some(process) => Ok(process.id()),
        None => thread(object).map(|(thread, _)| thread.id()),
    })
}

/// OpenThread: a handle to a thread that CreateThread has made, or to the calling one; 87 for other numbers.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_OpenThread(access: u32, inherit: Bool, id: u32) -> RawHandle {
    guard_or(0, || {
        let flags = if inherit == 0 { HandleFlags::empty() } else { HandleFlags::INHERIT };
        let me = overlapped_kernel::thread::current();
        if me.id() == id {
            return thread_handle(me, access, flags);
        }
        let made = THREADS.lock().get(&id).and_then(Weak::upgrade).ok_or(Win32Error::INVALID_PARAMETER)?;
        thread_handle(Arc::clone(&made.record), access, flags)
    })
}

/// GetExitCodeThread: 259 while it runs; 5 without a right to ask for it.
///
/// # Safety
/// `code` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetExitCodeThread(object: RawHandle, code: *mut u32) -> Bool {
    guard_bool(|| {
        let (found, access) = match system()?.entry_raw(object)? {
            Entry { object: Object::MainThread(process), access, .. } => (process.exit_code(), access),
            _ => thread(object).map(|(thread, access)| (thread.exit_code(), access))?,
        };
        if !access.intersects(AccessMask::from_bits_retain(THREAD_QUERY)) {
            return Err(Win32Error::ACCESS_DENIED);
        }
        if code.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { code.write(found) };
        Ok(())
    })
}

/// GetCurrentProcessId.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetCurrentProcessId() -> u32 {
    guard(0, || Process::current().id())
}

/// The thread of a handle with these rights, if CreateThread has made it and it has not ended; 5 otherwise.
pub(crate) fn made_with(raw: RawHandle, rights: u32) -> Result<Arc<Made>, Win32Error> {
    known_with(raw, rights)?.ok_or(Win32Error::ACCESS_DENIED)
}

/// The same; `None` for a thread that was not made by CreateThread.
fn known_with(raw: RawHandle, rights: u32) -> Result<Option<Arc<Made>>, Win32Error> {
    let (thread, access) = thread(raw)?;
    if !access.contains(AccessMask::from_bits_retain(rights)) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    Ok(THREADS.lock().get(&thread.id()).and_then(Weak::upgrade))
}

/// ResumeThread: the suspend count before; a thread or a process made with CREATE_SUSPENDED starts when it falls to 0. One that was not made by
/// CreateThread is never suspended.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ResumeThread(object: RawHandle) -> u32 {
    guard_or(u32::MAX, || match main_thread_of(object, THREAD_SUSPEND_RESUME)? {
        Some(process) => process.resume(),
        None => known_with(object, THREAD_SUSPEND_RESUME).map(|made| made.map_or(0, |made| made.resume())),
    })
}

/// SwitchToThread.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SwitchToThread() -> Bool {
    std::thread::yield_now();
    1
}

/// QueueUserAPC: 6 for a bad handle, 5 without THREAD_SET_CONTEXT, 31 if the thread has ended.
///
/// # Safety
/// `routine` may be called with `data` on the target thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueueUserAPC(routine: ApcRoutine, target: RawHandle, data: usize) -> u32 {
    guard_or(0, || {
        let (thread, access) = thread(target)?;
        if !access.contains(AccessMask::from_bits_retain(THREAD_SET_CONTEXT)) {
            return Err(Win32Error::ACCESS_DENIED);
        }
        let routine = routine.ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: the same function.
        let routine = unsafe { unwinding!(routine, fn(usize)) };
        // SAFETY: the caller vouches for the routine.
        let queued = thread.queue_apc(Apc::new(move || inside(|| unsafe { routine(data) })));
        if queued { Ok(1) } else { Err(Win32Error::GEN_FAILURE) }
    })
}

/// QueueUserAPC2 (contract 05 section 3): TRUE, or FALSE with the errors of QueueUserAPC; 87 for flags that do not exist, 50 for
/// QUEUE_USER_APC_FLAGS_SPECIAL_USER_APC, which would interrupt the thread anywhere.
///
/// # Safety
/// As for [`ovl_QueueUserAPC`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueueUserAPC2(routine: ApcRoutine, target: RawHandle, data: usize, flags: i32) -> Bool {
    match flags {
        // SAFETY: the caller's promise.
        0 => Bool::from(unsafe { ovl_QueueUserAPC(routine, target, data) } != 0),
        1 => fail(Win32Error::NOT_SUPPORTED, 0),
        _ => fail(Win32Error::INVALID_PARAMETER, 0),
    }
}

/// ExitProcess.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ExitProcess(code: u32) -> ! {
    // SAFETY: exit ends the process; handlers that were registered with atexit run.
    unsafe { libc::exit(code.cast_signed()) }
}
