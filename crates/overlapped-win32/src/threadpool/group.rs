//! Cleanup groups.

use crate::support::{Bool, guard, guard_or};
use overlapped_kernel::pool::Group;
use std::ffi::c_void;
use std::sync::Arc;

/// What PTP_CLEANUP_GROUP points to.
pub struct CleanupGroup(Arc<Group>);

impl CleanupGroup {
    pub(super) fn group(&self) -> Arc<Group> {
        Arc::clone(&self.0)
    }
}

/// CreateThreadpoolCleanupGroup.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CreateThreadpoolCleanupGroup() -> *mut CleanupGroup {
    guard_or(std::ptr::null_mut(), || Ok(Box::into_raw(Box::new(CleanupGroup(Group::new())))))
}

/// CloseThreadpoolCleanupGroupMembers: closes all objects of the group, and waits until none of their callbacks runs. With
/// `cancel`, callbacks that have not started are dropped, and the environment's cancel function is called for each object.
///
/// # Safety
/// `group` comes from CreateThreadpoolCleanupGroup and is not closed; its objects are not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CloseThreadpoolCleanupGroupMembers(
    group: *mut CleanupGroup,
    cancel: Bool,
    context: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { &*group }.0.close_members(cancel != 0, context as usize));
}

/// CloseThreadpoolCleanupGroup. It should have no members.
///
/// # Safety
/// `group` comes from CreateThreadpoolCleanupGroup and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CloseThreadpoolCleanupGroup(group: *mut CleanupGroup) {
    // SAFETY: the caller gives it away.
    guard((), || drop(unsafe { Box::from_raw(group) }));
}
