//! Links, and one file in the place of another (`winbase.h`).

use crate::arguments::{name, optional_name, pair};
use crate::support::{Bool, files, guard_bool, system};
use overlapped_abi::{SecurityAttributes, Win32Error};
use std::ffi::c_void;

const REPLACEFILE_WRITE_THROUGH: u32 = 1;
const REPLACEFILE_IGNORE_MERGE_ERRORS: u32 = 2;
const REPLACEFILE_IGNORE_ACL_ERRORS: u32 = 4;

pair! {
    /// ReplaceFile: the replacement takes the name of what it replaces, which becomes the backup if that is not NULL. Of the flags,
    /// REPLACEFILE_IGNORE_MERGE_ERRORS matters.
    fn ovl_ReplaceFileA ovl_ReplaceFileW(
        replaced: *const C,
        replacement: *const C,
        backup: *const C,
        flags: u32,
        exclude: *const c_void,
        reserved: *const c_void,
    ) -> Bool {
        guard_bool(|| {
            let known =
                REPLACEFILE_WRITE_THROUGH | REPLACEFILE_IGNORE_MERGE_ERRORS | REPLACEFILE_IGNORE_ACL_ERRORS;
            // SAFETY: the caller's promise.
            let (replaced, replacement, backup) =
                unsafe { (optional_name(replaced), optional_name(replacement), optional_name(backup)) };
            let (Some(replaced), Some(replacement)) = (replaced, replacement) else {
                return Err(Win32Error::INVALID_PARAMETER);
            };
            if flags & !known != 0 || !exclude.is_null() || !reserved.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let lenient = flags & REPLACEFILE_IGNORE_MERGE_ERRORS != 0;
            files().replace_file(system()?, &replaced, &replacement, backup.as_deref(), lenient)
        })
    }
}

pair! {
    /// CreateHardLink.
    fn ovl_CreateHardLinkA ovl_CreateHardLinkW(
        link: *const C,
        existing: *const C,
        _attributes: *const SecurityAttributes,
    ) -> Bool {
        // SAFETY: the caller's promise.
        guard_bool(|| files().create_hard_link(system()?, &unsafe { name(link) }?, &unsafe { name(existing) }?))
    }
}

const SYMBOLIC_LINK_FLAG_DIRECTORY: u32 = 1;
const SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE: u32 = 2;

pair! {
    /// CreateSymbolicLink: links to files and to directories are the same here.
    fn ovl_CreateSymbolicLinkA ovl_CreateSymbolicLinkW(link: *const C, target: *const C, flags: u32) -> u8 {
        let made = guard_bool(|| {
            if flags & !(SYMBOLIC_LINK_FLAG_DIRECTORY | SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE) != 0 {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: the caller's promise.
            files().create_symbolic_link(system()?, &unsafe { name(link) }?, &unsafe { name(target) }?)
        });
        made as u8
    }
}
