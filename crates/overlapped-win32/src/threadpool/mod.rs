//! `threadpoolapiset.h` and `threadpoollegacyapiset.h`: callbacks on pool threads (contract 04 sections 9 to 11, 06 section 10).
//!
//! What pools and their objects do is the kernel's ([`overlapped_kernel::pool`]). Here an object is a reference-counted value whose
//! address the program holds: PTP_WORK and its like. The program's reference ends with the object's Close function or with
//! its cleanup group's; callbacks that are still queued or running then keep it until they have ended, so that the pointer that
//! they were given stays good as long as they run.

pub mod environment;
pub mod group;
pub mod instance;
pub mod io;
pub mod legacy;
pub mod pools;
pub mod registered;
pub mod timer;
pub mod timerqueue;
pub mod wait;
pub mod work;

use crate::support::{RawHandle, system};
use environment::{Environ, Surroundings};
use overlapped_abi::{FileTime, Win32Error};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::{Due, Event};
use overlapped_kernel::handle::Object as HandleObject;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::pool::{Call, Core, Environment, Object, PoolSize, ThreadPool};
use std::ffi::c_void;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// What PTP_WORK, PTP_TIMER, PTP_WAIT and PTP_IO point to.
pub struct Tp<O>(O);

impl<O: Object> Object for Tp<O> {
    fn core(&self) -> &Core {
        self.0.core()
    }

    fn stop(&self) {
        self.0.stop();
    }
}

/// The address of an object, for its callbacks. They come only after the program has it.
type Address = Arc<OnceLock<usize>>;

/// The pool of the process.
pub(crate) fn default_pool() -> Result<&'static ThreadPool, Win32Error> {
    static POOL: OnceLock<Result<ThreadPool, Win32Error>> = OnceLock::new();
    let make = || {
        let pool = ThreadPool::new(system()?, PoolSize::default())?;
        pool.set_stack(pools::STACK);
        Ok(pool)
    };
    POOL.get_or_init(make).as_ref().map_err(|error| *error)
}

/// Makes an object for the program.
///
/// # Safety
/// `environ` is NULL or points to an environment whose pool and group are open.
unsafe fn create<O: Object + 'static>(
    environ: *const Environ,
    context: *mut c_void,
    make: impl FnOnce(&Surroundings, Environment, Address) -> Result<O, Win32Error>,
) -> Result<*mut Tp<O>, Win32Error> {
    // SAFETY: the caller's promise.
    let surroundings = unsafe { Surroundings::read(environ) }?;
    let address = Address::default();
    let object = Arc::new(Tp(make(&surroundings, surroundings.environment.clone(), Arc::clone(&address))?));
    let raw = Arc::into_raw(Arc::clone(&object)).cast_mut();
    let _ = address.set(raw as usize);
    let release = raw as usize;
    surroundings.join(object, context, false, move || {
        // SAFETY: the group has taken the program's reference over.
        drop(unsafe { Arc::from_raw(release as *const Tp<O>) });
    });
    Ok(raw)
}

/// The object that the program names.
///
/// # Safety
/// `raw` comes from [`create`] and is not closed.
unsafe fn object<'a, O>(raw: *mut Tp<O>) -> &'a O {
    // SAFETY: the caller's promise; the program's reference keeps it.
    &unsafe { &*raw }.0
}

/// The program closes an object.
///
/// # Safety
/// As for [`object`]; the program does not use it again.
unsafe fn close<O: Object + 'static>(raw: *mut Tp<O>) {
    // SAFETY: the program gives its reference up.
    let object = unsafe { Arc::from_raw(raw.cast_const()) };
    object.stop();
    if object.core().membership().leave() {
        object.core().keep_until_quiet(Box::new(Arc::clone(&object)));
    } else {
        // Its group has the reference already.
        std::mem::forget(object);
    }
}

/// The device that a handle refers to; 6 for anything else.
fn instance(file: RawHandle) -> Result<Arc<Instance>, Win32Error> {
    match system()?.entry_raw(file)?.object {
        HandleObject::Instance(instance) => Ok(instance),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// A FILETIME as the pool's functions take it: negative is relative, 0 at once. `None` for NULL.
///
/// # Safety
/// `time` is NULL or readable.
unsafe fn due(time: *const FileTime) -> Option<Due> {
    if time.is_null() {
        return None;
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let FileTime { low, high } = unsafe { time.read() };
    let time = (u64::from(high) << 32 | u64::from(low)).cast_signed();
    Some(if time > 0 {
        Due::At(time.unsigned_abs())
    } else {
        Due::In(Duration::from_nanos(time.unsigned_abs().saturating_mul(100)))
    })
}

/// The same as a limit of a wait; no limit for NULL.
///
/// # Safety
/// As for [`due`].
unsafe fn limit(time: *const FileTime) -> Timeout {
    // SAFETY: the caller's promise.
    unsafe { due(time) }.map_or(Timeout::Infinite, |due| due.from_now().into())
}

/// How PTP_CALLBACK_INSTANCE looks in a callback.
fn as_instance(call: &Call) -> *mut Call {
    std::ptr::from_ref(call).cast_mut()
}

/// Sets an event when the last reference goes.
struct SetWhenDropped(Arc<Event>);

impl Drop for SetWhenDropped {
    fn drop(&mut self) {
        self.0.set();
    }
}
