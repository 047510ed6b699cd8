//! Small functions of `winbase.h`, `utilapiset.h`, `timeapi.h` and `winuser.h` that have nowhere else to be.

use crate::support::{Bool, FALSE, TRUE, fail};
use crate::sysinfoapi::ovl_GetTickCount;
use overlapped_abi::Win32Error;
use std::ffi::c_void;
use std::io::Write;

/// MulDiv: `number` × `by` ÷ `divisor`, rounded to the nearest; −1 if that is too large or the divisor is 0.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_MulDiv(number: i32, by: i32, divisor: i32) -> i32 {
    if divisor == 0 {
        return -1;
    }
    let (product, divisor) = (i64::from(number) * i64::from(by), i64::from(divisor));
    let half = divisor.abs() / 2;
    let rounded = (product.abs() + half) / divisor.abs();
    i32::try_from(if (product < 0) != (divisor < 0) { -rounded } else { rounded }).unwrap_or(-1)
}

/// timeGetTime: GetTickCount.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_timeGetTime() -> u32 {
    ovl_GetTickCount()
}

/// timeBeginPeriod: TIMERR_NOERROR; timers are as fine here without it. 97 for a period of 0.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_timeBeginPeriod(ms: u32) -> u32 {
    if ms == 0 { 97 } else { 0 }
}

/// timeEndPeriod, as [`ovl_timeBeginPeriod`].
#[unsafe(no_mangle)]
pub extern "C" fn ovl_timeEndPeriod(ms: u32) -> u32 {
    ovl_timeBeginPeriod(ms)
}

fn bell() -> Bool {
    let mut terminal = match std::fs::OpenOptions::new().write(true).open("/dev/tty") {
        Ok(terminal) => terminal,
        // Without a terminal nobody hears it.
        Err(_) => return TRUE,
    };
    let _ = terminal.write_all(b"\x07");
    TRUE
}

/// Beep: the terminal's own sound; FALSE/87 for a frequency that cannot be heard. It takes as long as asked for.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_Beep(hertz: u32, ms: u32) -> Bool {
    if !(37..=32767).contains(&hertz) {
        return fail(Win32Error::INVALID_PARAMETER, FALSE);
    }
    crate::support::guard(FALSE, || {
        bell();
        overlapped_kernel::port::blocking(|| std::thread::sleep(std::time::Duration::from_millis(ms.into())));
        TRUE
    })
}

/// MessageBeep: the terminal's own sound.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_MessageBeep(_kind: u32) -> Bool {
    crate::support::guard(FALSE, bell)
}

/// Whether the kernel can read so many bytes here.
fn readable(at: *const c_void, len: usize) -> bool {
    let page = crate::memoryapi::pages::page_size();
    let (start, end) = (at as usize & !(page - 1), (at as usize).saturating_add(len));
    (start..end).step_by(page).all(|page_start| {
        let mut byte = 0u8;
        let local = libc::iovec { iov_base: std::ptr::from_mut(&mut byte).cast(), iov_len: 1 };
        let remote = libc::iovec { iov_base: page_start.max(at as usize) as *mut c_void, iov_len: 1 };
        // SAFETY: the kernel checks the address itself, which is what is wanted.
        unsafe { libc::process_vm_readv(libc::getpid(), &local, 1, &remote, 1, 0) == 1 }
    })
}

/// IsBadReadPtr: TRUE for memory that cannot be read at present.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsBadReadPtr(at: *const c_void, len: usize) -> Bool {
    Bool::from(len != 0 && !readable(at, len))
}

/// IsBadWritePtr, as [`ovl_IsBadReadPtr`]: whether it could be written is not tried.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsBadWritePtr(at: *mut c_void, len: usize) -> Bool {
    ovl_IsBadReadPtr(at, len)
}

/// IsBadCodePtr: as [`ovl_IsBadReadPtr`], of one byte.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsBadCodePtr(at: *const c_void) -> Bool {
    ovl_IsBadReadPtr(at, 1)
}

/// IsBadHugeReadPtr: [`ovl_IsBadReadPtr`].
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsBadHugeReadPtr(at: *const c_void, len: usize) -> Bool {
    ovl_IsBadReadPtr(at, len)
}

/// IsBadHugeWritePtr: [`ovl_IsBadWritePtr`].
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsBadHugeWritePtr(at: *mut c_void, len: usize) -> Bool {
    ovl_IsBadWritePtr(at, len)
}

/// Is there a string, up to its zero or to so many units?
fn bad_string<C: crate::text::Unit>(at: *const C, most: usize) -> Bool {
    // A unit at a time, since what is behind the zero does not matter.
    for n in 0..most {
        let unit = at.wrapping_add(n);
        if ovl_IsBadReadPtr(unit.cast(), size_of::<C>()) != 0 {
            return 1;
        }
        // SAFETY: it can be read, as was just seen.
        if unsafe { unit.read_unaligned() } == C::default() {
            break;
        }
    }
    0
}

crate::arguments::pair! {
    /// IsBadStringPtr: TRUE for memory that cannot be read at present, up to the zero or to so many units.
    fn ovl_IsBadStringPtrA ovl_IsBadStringPtrW(at: *const C, most: usize) -> Bool {
        bad_string(at, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_quotients() {
        let cases =
            [(10, 3, 4, 8), (-10, 3, 4, -8), (1, 1, 3, 0), (1, 2, 3, 1), (i32::MAX, i32::MAX, i32::MAX, i32::MAX)];
        for (number, by, divisor, expected) in cases {
            assert_eq!(ovl_MulDiv(number, by, divisor), expected);
        }
        assert_eq!((ovl_MulDiv(1, 1, 0), ovl_MulDiv(i32::MAX, 2, 1), ovl_MulDiv(7, 7, -7)), (-1, -1, -7));
    }

    #[test]
    fn bad_pointers() {
        let good = [0u8; 9000];
        assert_eq!(ovl_IsBadReadPtr(good.as_ptr().cast(), 9000), FALSE);
        // Processes may be forbidden to ask; then everything looks bad.
        assert_eq!(ovl_IsBadReadPtr(16 as *const c_void, 1), TRUE);
        assert_eq!(ovl_IsBadReadPtr(std::ptr::null(), 0), FALSE);
        assert_eq!((ovl_IsBadCodePtr(good.as_ptr().cast()), ovl_IsBadCodePtr(std::ptr::null())), (FALSE, TRUE));
        // SAFETY: whether there is a string is what is asked.
        unsafe {
            assert_eq!(ovl_IsBadStringPtrA(c"text".as_ptr().cast(), usize::MAX), FALSE);
            assert_eq!(
                (ovl_IsBadStringPtrW(16 as *const u16, 1), ovl_IsBadStringPtrW(16 as *const u16, 0)),
                (TRUE, FALSE)
            );
        }
    }
}
