//! TP_CALLBACK_ENVIRON: where callbacks run, and to which group their objects belong.
//!
//! Programs fill it with inline functions of the header, so its layout is part of the interface.

use super::Tp;
use super::default_pool;
use super::group::CleanupGroup;
use super::pools::Pool;
use overlapped_abi::Win32Error;
use overlapped_kernel::pool::{Call, Environment, Group, Manner, Member, Object, Priority};
use std::ffi::c_void;
use std::sync::Arc;

/// PTP_SIMPLE_CALLBACK.
pub type SimpleCallback = Option<unsafe extern "C" fn(*mut Call, *mut c_void)>;
/// PTP_CLEANUP_GROUP_CANCEL_CALLBACK: the object's context, and the one of CloseThreadpoolCleanupGroupMembers.
pub type CancelCallback = Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>;

/// TP_CALLBACK_ENVIRON_V3. Version 1 ends with the flags.
#[repr(C)]
pub struct Environ {
    /// 1 or 3.
    pub version: u32,
    /// NULL for the pool of the process.
    pub pool: *const Pool,
    /// NULL for none.
    pub cleanup_group: *const CleanupGroup,
    /// Called for each object of a group that is cancelled.
    pub cleanup_group_cancel_callback: CancelCallback,
    /// The library whose code the callbacks are.
    pub race_dll: *mut c_void,
    /// Not used.
    pub activation_context: *mut c_void,
    /// Called after each callback, with its instance and context.
    pub finalization_callback: SimpleCallback,
    /// Bit 0: callbacks may run long; bit 1: on a thread that stays.
    pub flags: u32,
    /// TP_CALLBACK_PRIORITY.
    pub callback_priority: u32,
    /// The structure's size.
    pub size: u32,
}

const _: () = assert!(size_of::<Environ>() == 72 && std::mem::offset_of!(Environ, flags) == 56);

const LONG_FUNCTION: u32 = 1;
const PERSISTENT: u32 = 2;

/// What an environment means.
pub(super) struct Surroundings {
    pub(super) environment: Environment,
    /// To be called after each callback.
    pub(super) finalization: SimpleCallback,
    group: Option<Arc<Group>>,
    cancelled: CancelCallback,
}

impl Surroundings {
    /// 87 for a priority or version that does not exist.
    ///
    /// # Safety
    /// `environ` is NULL or points to an environment whose pool and group are open.
    pub(super) unsafe fn read(environ: *const Environ) -> Result<Self, Win32Error> {
        if environ.is_null() {
            let environment = Environment::of(default_pool()?);
            return Ok(Self { environment, finalization: None, group: None, cancelled: None });
        }
        // SAFETY: the caller's promise. Every version has the first field.
        let version = unsafe { (&raw const (*environ).version).read() };
        let priority = match version {
            // SAFETY: version 3 has the field.
            3 => match unsafe { (&raw const (*environ).callback_priority).read() } {
                0 => Priority::High,
                1 => Priority::Normal,
                2 => Priority::Low,
                _ => return Err(Win32Error::INVALID_PARAMETER),
            },
            1 => Priority::Normal,
            _ => return Err(Win32Error::INVALID_PARAMETER),
        };
        // SAFETY: the fields that both versions have; the caller vouches for pool and group.
        unsafe {
            let flags = (&raw const (*environ).flags).read();
            let pool = match (&raw const (*environ).pool).read().as_ref() {
                Some(pool) => pool.pool(),
                None => default_pool()?,
            };
            let manner = Manner { long: flags & LONG_FUNCTION != 0, persistent: flags & PERSISTENT != 0 };
            let group = (&raw const (*environ).cleanup_group).read().as_ref().map(CleanupGroup::group);
            Ok(Self {
                environment: Environment { pool: pool.clone(), priority, manner },
                finalization: (&raw const (*environ).finalization_callback).read(),
                group,
                cancelled: (&raw const (*environ).cleanup_group_cancel_callback).read(),
            })
        }
    }

    /// Makes the object a member of the group, if there is one. `release` gives the program's reference up.
    pub(super) fn join<O: Object + 'static>(
        &self,
        object: Arc<Tp<O>>,
        context: *mut c_void,
        only_if_withdrawn: bool,
        release: impl FnOnce() + Send + 'static,
    ) {
        let Some(group) = &self.group else { return };
        let context = context as usize;
        let cancelled = self.cancelled.map(|cancelled| {
            Box::new(move |cleanup: usize| {
                // SAFETY: who set the function into the environment vouches for it.
                unsafe { cancelled(context as *mut c_void, cleanup as *mut c_void) };
            }) as Box<dyn FnOnce(usize) + Send>
        });
        group.add(Member { object, cancelled, only_if_withdrawn, release: Box::new(release) });
    }
}

/// Calls the environment's last function.
///
/// # Safety
/// Who set it into the environment vouches for it.
pub(super) unsafe fn finalize(function: SimpleCallback, call: &Call, context: usize) {
    if let Some(function) = function {
        // SAFETY: the caller's promise.
        unsafe { function(super::as_instance(call), context as *mut c_void) };
    }
}
