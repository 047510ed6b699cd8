//! `synchapi.h`: events, mutexes, semaphores, timers and waits (contract 04).

use crate::callbacks::{inside, unwinding};
use crate::support::{Bool, FALSE, RawHandle, fail, guard, guard_bool, guard_or, narrow, set_last_error, system, wide};
use crate::winuser::queue::{Queue, Wait};
use overlapped_abi::{AccessMask, SecurityAttributes, Win32Error};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::{Due, Event, Mutant, Semaphore, Timer, TimerRoutine, WaitRef};
use overlapped_kernel::handle::{CURRENT_PROCESS, CURRENT_THREAD, Entry, HandleFlags, Object};
use overlapped_kernel::wait::{self, MAXIMUM_WAIT_OBJECTS, Outcome};
use std::ffi::{OsStr, OsString, c_char, c_void};
use std::sync::Arc;
use std::time::Duration;

const WAIT_FAILED: u32 = u32::MAX;
const WAIT_ABANDONED_0: u32 = 0x80;
const WAIT_IO_COMPLETION: u32 = 0xC0;
const WAIT_TIMEOUT: u32 = 0x102;
/// EVENT_MODIFY_STATE, SEMAPHORE_MODIFY_STATE and TIMER_MODIFY_STATE.
const MODIFY_STATE: u32 = 2;

/// Should children inherit the handle?
///
/// # Safety
/// `attributes` is NULL or valid.
pub(crate) unsafe fn inherits(attributes: *const SecurityAttributes) -> HandleFlags {
    // SAFETY: the caller vouches for it.
    let inherit = unsafe { attributes.as_ref() }.is_some_and(|a| a.inherit_handle != 0);
    if inherit { HandleFlags::INHERIT } else { HandleFlags::empty() }
}

const MAXIMUM_ALLOWED: u32 = 1 << 25;
const GENERIC_ALL: u32 = 1 << 28;

/// The rights of a handle that an Ex function makes; `None` means all.
fn rights(access: u32) -> Option<AccessMask> {
    (access & (MAXIMUM_ALLOWED | GENERIC_ALL) == 0).then(|| AccessMask::from_bits_retain(access))
}

/// 87 for flags of an Ex function that are none.
fn check_flags(flags: u32, known: u32) -> Result<(), Win32Error> {
    if flags & !known == 0 { Ok(()) } else { Err(Win32Error::INVALID_PARAMETER) }
}

/// Makes the handle, and the last error 0 or 183 (contract 00 section 0.3).
fn create(
    name: Option<&OsStr>,
    new: Object,
    access: Option<AccessMask>,
    flags: HandleFlags,
) -> Result<RawHandle, Win32Error> {
    let (handle, existed) = system()?.create_named(name, new, access, flags)?;
    set_last_error(if existed { Win32Error::ALREADY_EXISTS.0 } else { 0 });
    Ok(handle.into_raw())
}

fn open(
    name: Option<OsString>,
    access: u32,
    inherit: Bool,
    kind: impl FnOnce(&Object) -> bool,
) -> Result<RawHandle, Win32Error> {
    let name = name.ok_or(Win32Error::INVALID_PARAMETER)?;
    let flags = if inherit == 0 { HandleFlags::empty() } else { HandleFlags::INHERIT };
    Ok(system()?.open_named(&name, AccessMask::from_bits_retain(access), flags, kind)?.into_raw())
}

/// The A and W forms of a function that takes a name last but for nothing else: both turn the name into a Linux string.
macro_rules! by_name {
    ($(#[$doc:meta])* $a:ident $w:ident ($($arg:ident: $type:ty),*) name $at:tt -> $body:expr) => {
        by_name!(@one $(#[$doc])* $a, c_char, narrow, ($($arg: $type),*), $at, $body);
        by_name!(@one $(#[$doc])* $w, u16, wide, ($($arg: $type),*), $at, $body);
    };
    (@one $(#[$doc:meta])* $f:ident, $unit:ty, $read:ident, ($($arg:ident: $type:ty),*), last, $body:expr) => {
        $(#[$doc])*
        ///
        /// # Safety
        /// The pointers are NULL or valid, and the name ends with a zero.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $f($($arg: $type,)* name: *const $unit) -> RawHandle {
            // SAFETY: the caller's promise.
            guard_or(0, || unsafe { $body($read(name), $($arg),*) })
        }
    };
    (@one $(#[$doc:meta])* $f:ident, $unit:ty, $read:ident, ($first:ident: $first_type:ty, $($arg:ident: $type:ty),*), second, $body:expr) => {
        $(#[$doc])*
        ///
        /// # Safety
        /// The pointers are NULL or valid, and the name ends with a zero.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $f($first: $first_type, name: *const $unit, $($arg: $type),*) -> RawHandle {
            // SAFETY: the caller's promise.
            guard_or(0, || unsafe { $body($read(name), $first, $($arg),*) })
        }
    };
}

type Attributes = *const SecurityAttributes;

fn new_event(manual: bool, set: bool) -> Object {
    Object::Event(Arc::new(if manual { Event::manual_reset(set) } else { Event::auto_reset(set) }))
}

unsafe fn create_event(
    name: Option<OsString>,
    sa: Attributes,
    manual: Bool,
    set: Bool,
) -> Result<RawHandle, Win32Error> {
    // SAFETY: the caller's promise.
    create(name.as_deref(), new_event(manual != 0, set != 0), None, unsafe { inherits(sa) })
}

unsafe fn create_event_ex(
    name: Option<OsString>,
    sa: Attributes,
    flags: u32,
    access: u32,
) -> Result<RawHandle, Win32Error> {
    check_flags(flags, 3)?;
    let new = new_event(flags & 1 != 0, flags & 2 != 0);
    // SAFETY: the caller's promise.
    create(name.as_deref(), new, rights(access), unsafe { inherits(sa) })
}

unsafe fn open_event(name: Option<OsString>, access: u32, inherit: Bool) -> Result<RawHandle, Win32Error> {
    open(name, access, inherit, |o| matches!(o, Object::Event(_)))
}

by_name! {
    /// CreateEvent (contract 04 section 3).
    ovl_CreateEventA ovl_CreateEventW (sa: Attributes, manual: Bool, set: Bool) name last -> create_event
}
by_name! {
    /// CreateEventEx: flags CREATE_EVENT_MANUAL_RESET 1, CREATE_EVENT_INITIAL_SET 2.
    ovl_CreateEventExA ovl_CreateEventExW (sa: Attributes, flags: u32, access: u32) name second -> create_event_ex
}
by_name! {
    /// OpenEvent.
    ovl_OpenEventA ovl_OpenEventW (access: u32, inherit: Bool) name last -> open_event
}

/// 5 for a handle that may only be waited for: EVENT_, SEMAPHORE_ and TIMER_MODIFY_STATE are one bit (contract 04 section 1).
/// Releasing a mutex needs no right but to own it.
fn may_change(access: AccessMask) -> Result<(), Win32Error> {
    if access.bits() & MODIFY_STATE != 0 { Ok(()) } else { Err(Win32Error::ACCESS_DENIED) }
}

fn event(raw: RawHandle) -> Result<Arc<Event>, Win32Error> {
    match system()?.entry_raw(raw)? {
        Entry { object: Object::Event(event), access, .. } => may_change(access).map(|()| event),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// SetEvent.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetEvent(object: RawHandle) -> Bool {
    guard_bool(|| event(object).map(|event| event.set()))
}

/// ResetEvent.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ResetEvent(object: RawHandle) -> Bool {
    guard_bool(|| event(object).map(|event| event.reset()))
}

/// PulseEvent.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_PulseEvent(object: RawHandle) -> Bool {
    guard_bool(|| event(object).map(|event| event.pulse()))
}

unsafe fn create_mutex(name: Option<OsString>, sa: Attributes, owned: Bool) -> Result<RawHandle, Win32Error> {
    // Owned only if it is new: an existing mutex keeps its owner.
    // SAFETY: the caller's promise.
    create(name.as_deref(), Object::Mutant(Mutant::new(owned != 0)), None, unsafe { inherits(sa) })
}

unsafe fn create_mutex_ex(
    name: Option<OsString>,
    sa: Attributes,
    flags: u32,
    access: u32,
) -> Result<RawHandle, Win32Error> {
    check_flags(flags, 1)?;
    let new = Object::Mutant(Mutant::new(flags & 1 != 0));
    // SAFETY: the caller's promise.
    create(name.as_deref(), new, rights(access), unsafe { inherits(sa) })
}

unsafe fn open_mutex(name: Option<OsString>, access: u32, inherit: Bool) -> Result<RawHandle, Win32Error> {
    open(name, access, inherit, |o| matches!(o, Object::Mutant(_)))
}

by_name! {
    /// CreateMutex (contract 04 section 4).
    ovl_CreateMutexA ovl_CreateMutexW (sa: Attributes, owned: Bool) name last -> create_mutex
}
by_name! {
    /// CreateMutexEx: flag CREATE_MUTEX_INITIAL_OWNER 1.
    ovl_CreateMutexExA ovl_CreateMutexExW (sa: Attributes, flags: u32, access: u32) name second -> create_mutex_ex
}
by_name! {
    /// OpenMutex.
    ovl_OpenMutexA ovl_OpenMutexW (access: u32, inherit: Bool) name last -> open_mutex
}

/// ReleaseMutex: 288 unless the calling thread owns it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ReleaseMutex(object: RawHandle) -> Bool {
    guard_bool(|| match system()?.entry_raw(object)?.object {
        Object::Mutant(mutex) => mutex.release(),
        _ => Err(Win32Error::INVALID_HANDLE),
    })
}

unsafe fn create_semaphore(
    name: Option<OsString>,
    sa: Attributes,
    initial: i32,
    max: i32,
) -> Result<RawHandle, Win32Error> {
    let new = Object::Semaphore(Arc::new(Semaphore::new(initial, max)?));
    // SAFETY: the caller's promise.
    create(name.as_deref(), new, None, unsafe { inherits(sa) })
}

unsafe fn create_semaphore_ex(
    name: Option<OsString>,
    sa: Attributes,
    initial: i32,
    max: i32,
    (flags, access): (u32, u32),
) -> Result<RawHandle, Win32Error> {
    check_flags(flags, 0)?;
    let new = Object::Semaphore(Arc::new(Semaphore::new(initial, max)?));
    // SAFETY: the caller's promise.
    create(name.as_deref(), new, rights(access), unsafe { inherits(sa) })
}

unsafe fn open_semaphore(name: Option<OsString>, access: u32, inherit: Bool) -> Result<RawHandle, Win32Error> {
    open(name, access, inherit, |o| matches!(o, Object::Semaphore(_)))
}

by_name! {
    /// CreateSemaphore (contract 04 section 5).
    ovl_CreateSemaphoreA ovl_CreateSemaphoreW (sa: Attributes, initial: i32, max: i32) name last -> create_semaphore
}
by_name! {
    /// OpenSemaphore.
    ovl_OpenSemaphoreA ovl_OpenSemaphoreW (access: u32, inherit: Bool) name last -> open_semaphore
}

/// CreateSemaphoreEx, narrow.
///
/// # Safety
/// The pointers are NULL or valid, and the name ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateSemaphoreExA(
    sa: Attributes,
    initial: i32,
    max: i32,
    name: *const c_char,
    flags: u32,
    access: u32,
) -> RawHandle {
    // SAFETY: the caller's promise.
    guard_or(0, || unsafe { create_semaphore_ex(narrow(name), sa, initial, max, (flags, access)) })
}

/// CreateSemaphoreEx, wide.
///
/// # Safety
/// As for [`ovl_CreateSemaphoreExA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateSemaphoreExW(
    sa: Attributes,
    initial: i32,
    max: i32,
    name: *const u16,
    flags: u32,
    access: u32,
) -> RawHandle {
    // SAFETY: the caller's promise.
    guard_or(0, || unsafe { create_semaphore_ex(wide(name), sa, initial, max, (flags, access)) })
}

/// ReleaseSemaphore.
///
/// # Safety
/// `previous` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReleaseSemaphore(object: RawHandle, count: i32, previous: *mut i32) -> Bool {
    guard_bool(|| {
        let Entry { object: Object::Semaphore(semaphore), access, .. } = system()?.entry_raw(object)? else {
            return Err(Win32Error::INVALID_HANDLE);
        };
        may_change(access)?;
        let before = semaphore.release(count)?;
        if !previous.is_null() {
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { previous.write(before) };
        }
        Ok(())
    })
}

unsafe fn create_timer(name: Option<OsString>, sa: Attributes, manual: Bool) -> Result<RawHandle, Win32Error> {
    let new = Object::Timer(system()?.new_timer(manual != 0));
    // SAFETY: the caller's promise.
    create(name.as_deref(), new, None, unsafe { inherits(sa) })
}

unsafe fn create_timer_ex(
    name: Option<OsString>,
    sa: Attributes,
    flags: u32,
    access: u32,
) -> Result<RawHandle, Win32Error> {
    check_flags(flags, 3)?;
    let new = Object::Timer(system()?.new_timer(flags & 1 != 0));
    // SAFETY: the caller's promise.
    create(name.as_deref(), new, rights(access), unsafe { inherits(sa) })
}

unsafe fn open_timer(name: Option<OsString>, access: u32, inherit: Bool) -> Result<RawHandle, Win32Error> {
    open(name, access, inherit, |o| matches!(o, Object::Timer(_)))
}

by_name! {
    /// CreateWaitableTimer (contract 04 section 6).
    ovl_CreateWaitableTimerA ovl_CreateWaitableTimerW (sa: Attributes, manual: Bool) name last -> create_timer
}
by_name! {
    /// CreateWaitableTimerEx: flag 1 manual reset, 2 high resolution (which all are).
    ovl_CreateWaitableTimerExA ovl_CreateWaitableTimerExW (sa: Attributes, flags: u32, access: u32) name second -> create_timer_ex
}
by_name! {
    /// OpenWaitableTimer.
    ovl_OpenWaitableTimerA ovl_OpenWaitableTimerW (access: u32, inherit: Bool) name last -> open_timer
}

type RawTimerRoutine = Option<unsafe extern "C" fn(*mut c_void, u32, u32)>;

fn timer(raw: RawHandle) -> Result<Arc<Timer>, Win32Error> {
    match system()?.entry_raw(raw)? {
        Entry { object: Object::Timer(timer), access, .. } => may_change(access).map(|()| timer),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// SetWaitableTimer.
///
/// # Safety
/// `due` is NULL or valid; `routine` may be called with `argument` until the timer is set again, cancelled or closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetWaitableTimer(
    object: RawHandle,
    due: *const i64,
    period: i32,
    routine: RawTimerRoutine,
    argument: *mut c_void,
    resume: Bool,
) -> Bool {
    guard_bool(|| {
        let timer = timer(object)?;
        if due.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        let due = match unsafe { due.read_unaligned() } {
            at @ 0.. => Due::At(at.unsigned_abs()),
            after => Due::In(Duration::from_nanos(after.unsigned_abs().saturating_mul(100))),
        };
        let period = u64::try_from(period).map_err(|_| Win32Error::INVALID_PARAMETER)?;
        let period = (period > 0).then(|| Duration::from_millis(period));
        let argument = argument as usize;
        let routine = routine.map(|routine| -> TimerRoutine {
            // SAFETY: the same function.
            let routine = unsafe { unwinding!(routine, fn(*mut c_void, u32, u32)) };
            // SAFETY: the caller vouches for routine and argument.
            Arc::new(move |at| inside(|| unsafe { routine(argument as *mut c_void, at as u32, (at >> 32) as u32) }))
        });
        timer.set(due, period, routine);
        if resume != 0 {
            // The machine will not wake up for it: a success with a note.
            set_last_error(Win32Error::NOT_SUPPORTED.0);
        }
        Ok(())
    })
}

/// SetWaitableTimerEx. The tolerable delay is not used, since timers expire one by one; nor is the context, since the machine
/// will not wake up for a timer.
///
/// # Safety
/// As for [`ovl_SetWaitableTimer`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetWaitableTimerEx(
    object: RawHandle,
    due: *const i64,
    period: i32,
    routine: RawTimerRoutine,
    argument: *mut c_void,
    _context: *mut c_void,
    _tolerable_delay: u32,
) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { ovl_SetWaitableTimer(object, due, period, routine, argument, FALSE) }
}

/// CancelWaitableTimer.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CancelWaitableTimer(object: RawHandle) -> Bool {
    guard_bool(|| timer(object).map(|timer| timer.cancel()))
}

/// The return value of a wait.
fn answer(outcome: Result<Outcome, Win32Error>) -> u32 {
    match outcome {
        Ok(Outcome::Object(index)) => index as u32,
        Ok(Outcome::Abandoned(index)) => WAIT_ABANDONED_0 + index as u32,
        Ok(Outcome::Alerted) => WAIT_IO_COMPLETION,
        Ok(Outcome::TimedOut) => WAIT_TIMEOUT,
        Err(error) => fail(error, WAIT_FAILED),
    }
}

/// What to wait for; 5 without SYNCHRONIZE.
fn waitable(raw: RawHandle) -> Result<WaitRef, Win32Error> {
    system()?.waitable(raw)
}

/// WaitForSingleObject.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WaitForSingleObject(object: RawHandle, milliseconds: u32) -> u32 {
    ovl_WaitForSingleObjectEx(object, milliseconds, 0)
}

/// WaitForSingleObjectEx.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WaitForSingleObjectEx(object: RawHandle, milliseconds: u32, alertable: Bool) -> u32 {
    guard(WAIT_FAILED, || {
        answer((|| {
            let object = waitable(object)?;
            system()?.wait_any(&[object], Timeout::from_millis(milliseconds), alertable != 0)
        })())
    })
}

/// WaitForMultipleObjects.
///
/// # Safety
/// `objects` points to `count` handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WaitForMultipleObjects(
    count: u32,
    objects: *const RawHandle,
    all: Bool,
    milliseconds: u32,
) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { ovl_WaitForMultipleObjectsEx(count, objects, all, milliseconds, 0) }
}

/// WaitForMultipleObjectsEx (contract 04 section 8).
///
/// # Safety
/// As for [`ovl_WaitForMultipleObjects`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WaitForMultipleObjectsEx(
    count: u32,
    objects: *const RawHandle,
    all: Bool,
    milliseconds: u32,
    alertable: Bool,
) -> u32 {
    guard(WAIT_FAILED, || {
        answer((|| {
            // SAFETY: the caller's promise.
            let objects = unsafe { collect(count, objects, MAXIMUM_WAIT_OBJECTS) }?;
            let (timeout, alertable) = (Timeout::from_millis(milliseconds), alertable != 0);
            let system = system()?;
            if all == 0 {
                system.wait_any(&objects, timeout, alertable)
            } else {
                system.wait_all(&objects, timeout, alertable)
            }
        })())
    })
}

/// The objects of a multiple wait, which takes no pseudo-handles (6).
unsafe fn collect(count: u32, objects: *const RawHandle, max: usize) -> Result<Vec<WaitRef>, Win32Error> {
    if objects.is_null() || count == 0 || count as usize > max {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: the caller's promise.
    let raw = unsafe { std::slice::from_raw_parts(objects, count as usize) };
    let one = |raw: &RawHandle| match *raw {
        CURRENT_PROCESS | CURRENT_THREAD => Err(Win32Error::INVALID_HANDLE),
        raw => waitable(raw),
    };
    raw.iter().map(one).collect()
}

/// SignalObjectAndWait: event, mutex or semaphore, then any object.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SignalObjectAndWait(
    signal: RawHandle,
    object: RawHandle,
    milliseconds: u32,
    alertable: Bool,
) -> u32 {
    guard(WAIT_FAILED, || {
        answer((|| {
            let system = system()?;
            let Entry { object: to_signal, access, .. } = system.entry_raw(signal)?;
            let object = waitable(object)?;
            let signal = || match to_signal {
                Object::Event(event) => may_change(access).map(|()| event.set()),
                Object::Mutant(mutex) => mutex.release(),
                Object::Semaphore(semaphore) => may_change(access).and_then(|()| semaphore.release(1).map(drop)),
                _ => Err(Win32Error::INVALID_HANDLE),
            };
            wait::signal_and_wait(system.idle(), signal, object, Timeout::from_millis(milliseconds), alertable != 0)
        })())
    })
}

const MWMO_WAITALL: u32 = 1;
const MWMO_ALERTABLE: u32 = 2;
const MWMO_INPUTAVAILABLE: u32 = 4;

/// MsgWaitForMultipleObjectsEx: input is what comes into the thread's message queue (`crate::winuser`). A wait for all and input is never
/// satisfied by objects alone (decision D7).
///
/// # Safety
/// As for [`ovl_WaitForMultipleObjects`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_MsgWaitForMultipleObjectsEx(
    count: u32,
    objects: *const RawHandle,
    milliseconds: u32,
    wake_mask: u32,
    flags: u32,
) -> u32 {
    guard(WAIT_FAILED, || {
        answer((|| {
            if flags & !(MWMO_WAITALL | MWMO_ALERTABLE | MWMO_INPUTAVAILABLE) != 0 {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let objects = match count {
                0 => Vec::new(),
                // SAFETY: the caller's promise.
                _ => unsafe { collect(count, objects, MAXIMUM_WAIT_OBJECTS - 1) }?,
            };
            let all = flags & MWMO_WAITALL != 0;
            if all {
                wait::check_distinct(&objects)?;
            }
            let wait = Wait {
                objects: &objects,
                mask: wake_mask,
                old: flags & MWMO_INPUTAVAILABLE != 0,
                all,
                alertable: flags & MWMO_ALERTABLE != 0,
            };
            Queue::own().wait(&wait, Timeout::from_millis(milliseconds))
        })())
    })
}

/// MsgWaitForMultipleObjects.
///
/// # Safety
/// As for [`ovl_WaitForMultipleObjects`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_MsgWaitForMultipleObjects(
    count: u32,
    objects: *const RawHandle,
    all: Bool,
    milliseconds: u32,
    wake_mask: u32,
) -> u32 {
    let flags = if all == 0 { 0 } else { MWMO_WAITALL };
    // SAFETY: the caller's promise.
    unsafe { ovl_MsgWaitForMultipleObjectsEx(count, objects, milliseconds, wake_mask, flags) }
}

/// Sleep.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_Sleep(milliseconds: u32) {
    ovl_SleepEx(milliseconds, 0);
}

/// SleepEx: 0 after the time, 0xC0 if APCs ran.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SleepEx(milliseconds: u32, alertable: Bool) -> u32 {
    guard(0, || match system() {
        Ok(system) => match system.sleep(Timeout::from_millis(milliseconds), alertable != 0) {
            Outcome::Alerted => WAIT_IO_COMPLETION,
            _ => 0,
        },
        Err(error) => fail(error, 0),
    })
}
