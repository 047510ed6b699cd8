//! `userenv.h`: environments of users. There is one user, that of the process.

use crate::arguments::pair;
use crate::processenv::{ovl_ExpandEnvironmentStringsA, ovl_ExpandEnvironmentStringsW, set_variable};
use crate::security::check_token;
use crate::support::{Bool, RawHandle, guard_bool, os_to_wide, wide_to_os};
use crate::text::{len, units_or_empty};
use overlapped_abi::Win32Error;
use std::ffi::{OsStr, OsString, c_void};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// `NAME=value` of the environment as the process has got it, without what it has set since.
fn first() -> Vec<OsString> {
    let bytes = std::fs::read("/proc/self/environ").unwrap_or_default();
    let all = bytes.split(|&byte| byte == 0).filter(|one| one.contains(&b'='));
    all.map(|one| OsString::from_vec(one.to_vec())).collect()
}

/// The same as it is now.
fn present() -> Vec<OsString> {
    let join = |(mut name, value): (OsString, OsString)| {
        name.push("=");
        name.push(value);
        name
    };
    std::env::vars_os().map(join).collect()
}

/// CreateEnvironmentBlock, of UTF-16: with `inherit` what the process has now, else what it was started with. The token may be NULL. 998 for
/// nowhere to put it.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateEnvironmentBlock(to: *mut *mut c_void, token: RawHandle, inherit: Bool) -> Bool {
    guard_bool(|| {
        if token != 0 {
            check_token(token)?;
        }
        if to.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        let mut all = if inherit != 0 { present() } else { first() };
        all.sort_by_key(|one| one.to_ascii_uppercase());
        let mut text: Vec<u16> = all.iter().flat_map(|one| os_to_wide(one).into_iter().chain([0])).collect();
        text.push(0);
        let memory = crate::localglobal::ovl_LocalAlloc(0, 2 * text.len());
        if memory.is_null() {
            return Err(Win32Error::NOT_ENOUGH_MEMORY);
        }
        // SAFETY: made with that room; `to` is not NULL, and the caller vouches for it.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr(), memory.cast(), text.len());
            to.write(memory);
        }
        Ok(())
    })
}

/// DestroyEnvironmentBlock: 87 for NULL.
///
/// # Safety
/// A block of CreateEnvironmentBlock that nobody uses any more, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_DestroyEnvironmentBlock(block: *mut c_void) -> Bool {
    guard_bool(|| {
        if block.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        unsafe { crate::localglobal::ovl_LocalFree(block) };
        Ok(())
    })
}

pair! {
    /// ExpandEnvironmentStringsForUser: as ExpandEnvironmentStrings; 122 if it does not fit.
    fn ovl_ExpandEnvironmentStringsForUserA ovl_ExpandEnvironmentStringsForUserW(
        token: RawHandle,
        from: *const C,
        to: *mut C,
        size: u32,
    ) -> Bool {
        guard_bool(|| {
            if token != 0 {
                check_token(token)?;
            }
            if from.is_null() || to.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: the caller's promise.
            let needed = unsafe { expand(from, to, size) };
            if needed > size { Err(Win32Error::INSUFFICIENT_BUFFER) } else { Ok(()) }
        })
    }
}

/// ExpandEnvironmentStrings for either unit.
///
/// # Safety
/// As for the function.
unsafe fn expand<C: 'static>(from: *const C, to: *mut C, size: u32) -> u32 {
    // SAFETY: the caller's promise; a unit of one byte is one of the A form.
    unsafe {
        if size_of::<C>() == 1 {
            ovl_ExpandEnvironmentStringsA(from.cast(), to.cast(), size)
        } else {
            ovl_ExpandEnvironmentStringsW(from.cast(), to.cast(), size)
        }
    }
}

/// The strings of a block.
///
/// # Safety
/// Strings that end with zeros, and one more zero.
unsafe fn strings(mut block: *const u16) -> Vec<OsString> {
    let mut all = Vec::new();
    loop {
        // SAFETY: the caller's promise.
        let text = unsafe { units_or_empty(block) };
        if text.is_empty() {
            return all;
        }
        all.push(wide_to_os(text));
        // SAFETY: as above: there is another string behind this one.
        block = unsafe { block.add(len(block) + 1) };
    }
}

/// SetEnvironmentStringsW: the block is all of the environment from now on; 87 for a string without a name, in which case nothing changes.
///
/// # Safety
/// NULL, or strings that end with zeros, and one more zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetEnvironmentStringsW(block: *const u16) -> Bool {
    guard_bool(|| {
        if block.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        let all = unsafe { strings(block) };
        let pair = |text: &OsString| {
            // The first character may be an equals sign that belongs to the name.
            let at = text.as_bytes().iter().skip(1).position(|&byte| byte == b'=').map(|at| at + 1)?;
            let (name, value) = text.as_bytes().split_at(at);
            Some((OsStr::from_bytes(name).to_owned(), OsStr::from_bytes(&value[1..]).to_owned()))
        };
        let pairs: Option<Vec<_>> = all.iter().map(pair).collect();
        let pairs = pairs.ok_or(Win32Error::INVALID_PARAMETER)?;
        for (name, _) in std::env::vars_os() {
            set_variable(&name, None)?;
        }
        pairs.into_iter().try_for_each(|(name, value)| set_variable(&name, Some(&value)))
    })
}
