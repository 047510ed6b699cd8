//! GetAddrInfoEx and its relatives: look-ups with a time limit, and look-ups that go on while their caller does something else.
//!
//! libc looks a name up in one call that cannot be ended. So such a look-up is made on a thread of the pool, and who is first tells
//! the caller: the answer, the time limit or GetAddrInfoExCancel. The drawback: a look-up that was given up keeps its thread until
//! libc returns.

use super::layout::{AddrInfo, AddrInfoEx};
use super::overlap::wanted;
use super::resolve::{self, Entry, Found, Question};
use super::{Outcome, away, check_writable, select, startup};
use crate::support::{RawHandle, event_of, guard};
use crate::text::Unit;
use crate::threadpool::default_pool;
use overlapped_abi::{Overlapped, Status, TimeVal, WsaError};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::Event;
use overlapped_kernel::pool::{Environment, Manner, WorkObject};
use parking_lot::Mutex;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak, mpsc};

/// LPLOOKUPSERVICE_COMPLETION_ROUTINE: code, bytes, the OVERLAPPED. Called on a thread of the pool.
pub type LookupRoutine = Option<unsafe extern "C" fn(u32, u32, *mut Overlapped)>;

/// Name spaces: all that there are, and DNS.
const NS_ALL: u32 = 0;
const NS_DNS: u32 = 12;

impl<C> Entry<C> for AddrInfoEx<C> {
    fn new(flags: i32, found: &Found, next: *mut Self) -> Self {
        Self {
            flags,
            family: found.family(),
            socktype: found.socktype,
            protocol: found.protocol,
            address_len: found.address.len(),
            canonical: null_mut(),
            address: null_mut(),
            blob: null_mut(),
            blob_len: 0,
            provider: null_mut(),
            next,
        }
    }

    fn lead(&mut self, address: *mut c_void, canonical: *mut C) {
        (self.address, self.canonical) = (address, canonical);
    }

    fn next(&self) -> *mut Self {
        self.next
    }
}

/// Has the pool do this, which may take long.
fn elsewhere(work: impl FnOnce() + Send + 'static) -> Outcome<()> {
    let work = Mutex::new(Some(work));
    let manner = Manner { long: true, ..Manner::default() };
    let pool = default_pool().map_err(|_| WsaError::ENOBUFS)?;
    let item = WorkObject::new(Environment { manner, ..Environment::of(pool) }, move |_| {
        if let Some(work) = work.lock().take() {
            work();
        }
    });
    item.submit().map_err(|_| WsaError::ENOBUFS)
}

/// The answer, or 10060 if it takes longer than that.
pub(super) fn answer_within(question: Question, limit: Timeout) -> Outcome<Vec<Found>> {
    let Timeout::After(limit) = limit else { return question.answer() };
    let (sender, receiver) = mpsc::channel();
    elsewhere(move || {
        // Nobody may be there any more.
        let _ = sender.send(question.answer());
    })?;
    away(|| receiver.recv_timeout(limit)).unwrap_or(Err(WsaError::ETIMEDOUT))
}

/// Who is to be told of the end of a look-up.
struct Caller {
    result: *mut *mut AddrInfoEx<u16>,
    overlapped: *mut Overlapped,
    event: Option<Arc<Event>>,
    routine: LookupRoutine,
}

// SAFETY: the caller has given the memory away until it is told, which happens once.
unsafe impl Send for Caller {}

impl Caller {
    fn tell(self, outcome: Outcome<Vec<Found>>, flags: i32) {
        let code = outcome.as_ref().err().copied().unwrap_or(WsaError::SUCCESS);
        let found = outcome.map_or(null_mut(), |found| resolve::list(found, flags));
        // SAFETY: both are the caller's until now.
        unsafe {
            self.result.write(found);
            // Whoever polls sees the result when it sees the status.
            AtomicUsize::from_ptr(&raw mut (*self.overlapped).internal)
                .store(code.to_status().0 as usize, Ordering::Release);
        }
        if let Some(event) = self.event {
            event.set();
        }
        if let Some(routine) = self.routine {
            // SAFETY: the caller vouches for the routine.
            unsafe { routine(code.value(), 0, self.overlapped) };
        }
    }
}

/// A look-up on its way; empty when its caller was told.
type Lookup = Mutex<Option<Caller>>;

/// What GetAddrInfoExCancel finds look-ups by.
static LOOKUPS: Mutex<Vec<(RawHandle, Weak<Lookup>)>> = Mutex::new(Vec::new());

/// The name of a look-up, a number that no handle has.
fn register(lookup: &Arc<Lookup>) -> RawHandle {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let name = NEXT.fetch_add(1, Ordering::Relaxed) << 40 | 4;
    let mut all = LOOKUPS.lock();
    all.retain(|(_, lookup)| lookup.strong_count() > 0);
    all.push((name, Arc::downgrade(lookup)));
    name
}

/// Begins a look-up that goes on without its caller.
fn begin(question: Question, limit: Timeout, caller: Caller, name: *mut RawHandle) -> Outcome<()> {
    let (flags, overlapped) = (question.flags, caller.overlapped);
    // SAFETY: the caller's, which was seen to be memory.
    unsafe {
        (*overlapped).internal = Status::PENDING.0 as usize;
        (*overlapped).internal_high = 0;
    }
    let lookup = Arc::new(Mutex::new(Some(caller)));
    if !name.is_null() {
        // SAFETY: the caller vouches for it.
        unsafe { name.write(register(&lookup)) };
    }
    elsewhere(move || {
        let outcome = answer_within(question, limit);
        let caller = lookup.lock().take();
        if let Some(caller) = caller {
            caller.tell(outcome, flags);
        }
    })
}

/// What both forms begin with: the question and its time limit.
///
/// # Safety
/// The pointers are NULL or lead to what they should.
unsafe fn asked<C: Unit>(
    (node, service): (*const C, *const C),
    name_space: u32,
    hints: *const AddrInfoEx<C>,
    to: *mut *mut AddrInfoEx<C>,
    timeout: *const TimeVal,
) -> Outcome<(Question, Timeout)> {
    startup::started()?;
    check_writable(to, size_of::<usize>())?;
    // SAFETY: writable, as was just seen.
    unsafe { to.write(null_mut()) };
    if ![NS_ALL, NS_DNS].contains(&name_space) {
        return Err(WsaError::SERVICE_NOT_FOUND);
    }
    // SAFETY: the caller's promise.
    let limit = unsafe { select::time_limit(timeout) }?;
    // SAFETY: the caller's promise; hints of both kinds begin with the same fields, and only those count.
    let question = unsafe { Question::new(node, service, hints.cast::<AddrInfo<C>>()) }?;
    Ok((question, limit))
}

/// GetAddrInfoExA: 0 or the code itself. It does not go on without its caller: 10022 for an OVERLAPPED, a routine or a name.
///
/// # Safety
/// The pointers are NULL or valid; names end with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetAddrInfoExA(
    node: *const u8,
    service: *const u8,
    name_space: u32,
    _provider: *const c_void,
    hints: *const AddrInfoEx<u8>,
    to: *mut *mut AddrInfoEx<u8>,
    timeout: *const TimeVal,
    overlapped: *mut Overlapped,
    routine: LookupRoutine,
    name: *mut RawHandle,
) -> i32 {
    resolve::code(|| {
        // SAFETY: the caller's promise.
        let (question, limit) = unsafe { asked((node, service), name_space, hints, to, timeout) }?;
        if !overlapped.is_null() || routine.is_some() || !name.is_null() {
            return Err(WsaError::EINVAL);
        }
        let flags = question.flags;
        let found = answer_within(question, limit)?;
        // SAFETY: writable, as `asked` has seen.
        unsafe { to.write(resolve::list(found, flags)) };
        Ok(())
    })
}

/// GetAddrInfoExW: 0 or the code itself; with an OVERLAPPED 997, and the event is set or the routine called when it is done. 10022
/// for a routine without an OVERLAPPED, and for both a routine and an event.
///
/// # Safety
/// The pointers are NULL or valid, the result and the OVERLAPPED until completion; names end with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetAddrInfoExW(
    node: *const u16,
    service: *const u16,
    name_space: u32,
    _provider: *const c_void,
    hints: *const AddrInfoEx<u16>,
    to: *mut *mut AddrInfoEx<u16>,
    timeout: *const TimeVal,
    overlapped: *mut Overlapped,
    routine: LookupRoutine,
    name: *mut RawHandle,
) -> i32 {
    resolve::code(|| {
        // SAFETY: the caller's promise.
        let (question, limit) = unsafe { asked((node, service), name_space, hints, to, timeout) }?;
        if overlapped.is_null() {
            if routine.is_some() {
                return Err(WsaError::EINVAL);
            }
            let flags = question.flags;
            let found = answer_within(question, limit)?;
            // SAFETY: writable, as `asked` has seen.
            unsafe { to.write(resolve::list(found, flags)) };
            return Ok(());
        }
        let overlapped = wanted(overlapped)?;
        // SAFETY: memory, as was just seen.
        let event = event_of(unsafe { overlapped.as_ref() }.h_event).map_err(|_| WsaError::INVALID_HANDLE)?;
        if event.is_some() && routine.is_some() {
            return Err(WsaError::EINVAL);
        }
        if let Some(event) = &event {
            event.reset();
        }
        begin(question, limit, Caller { result: to, overlapped: overlapped.as_ptr(), event, routine }, name)?;
        Err(WsaError::IO_PENDING)
    })
}

/// GetAddrInfoExCancel: the look-up ends with 10111 (WSA_E_CANCELLED); 6 if it is over.
///
/// # Safety
/// `name` is NULL or readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetAddrInfoExCancel(name: *const RawHandle) -> i32 {
    resolve::code(|| {
        startup::started()?;
        // SAFETY: the caller's promise.
        let name = unsafe { name.as_ref() }.copied().ok_or(WsaError::INVALID_HANDLE)?;
        let known = LOOKUPS.lock().iter().find(|(known, _)| *known == name).map(|(_, lookup)| Weak::clone(lookup));
        let caller = known.and_then(|lookup| lookup.upgrade()).and_then(|lookup| lookup.lock().take());
        let caller = caller.ok_or(WsaError::INVALID_HANDLE)?;
        // The routine may want what this thread holds.
        elsewhere(move || caller.tell(Err(WsaError::E_CANCELLED), 0))
    })
}

/// GetAddrInfoExOverlappedResult: how it ended; 10036 if it has not, 10022 without an OVERLAPPED.
///
/// # Safety
/// `overlapped` is NULL or one of a look-up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetAddrInfoExOverlappedResult(overlapped: *mut Overlapped) -> i32 {
    resolve::code(|| {
        startup::started()?;
        let overlapped = wanted(overlapped).map_err(|_| WsaError::EINVAL)?;
        // SAFETY: memory, as was just seen; others write it as one word.
        let status = unsafe { AtomicUsize::from_ptr(&raw mut (*overlapped.as_ptr()).internal) }.load(Ordering::Acquire);
        match Status(status as u32) {
            Status::PENDING => Err(WsaError::EINPROGRESS),
            status if status.is_success() => Ok(()),
            status => Err(status.to_wsa()),
        }
    })
}

/// FreeAddrInfoEx: NULL is no list.
///
/// # Safety
/// `list` is NULL or one of GetAddrInfoExA's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FreeAddrInfoEx(list: *mut AddrInfoEx<u8>) {
    // SAFETY: the caller's promise.
    guard((), || unsafe { resolve::free::<AddrInfoEx<u8>, u8>(list) });
}

/// FreeAddrInfoExW.
///
/// # Safety
/// `list` is NULL or one of GetAddrInfoExW's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FreeAddrInfoExW(list: *mut AddrInfoEx<u16>) {
    // SAFETY: the caller's promise.
    guard((), || unsafe { resolve::free::<AddrInfoEx<u16>, u16>(list) });
}
