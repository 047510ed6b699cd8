use super::*;
use crate::localglobal::{ovl_LocalFree, ovl_LocalSize};
use crate::support::last_error;
use overlapped_abi::WsaError;

/// Formats in both units, which must agree; the error if it fails.
fn check(flags: u32, source: &str, code: u32, arguments: &[u64]) -> Result<String, u32> {
    let narrow = run::<u8>(flags, source, code, arguments);
    let wide = run::<u16>(flags, source, code, arguments);
    assert_eq!(narrow, wide, "{source}");
    narrow
}

fn run<U: Unit>(flags: u32, source: &str, code: u32, arguments: &[u64]) -> Result<String, u32> {
    let mut source = of::<U>(source);
    source.push(U::default());
    let at = if arguments.is_empty() { std::ptr::null() } else { arguments.as_ptr() };
    let request =
        Request { flags: flags | ARGUMENT_ARRAY, source: source.as_ptr(), code, arguments: at as *mut c_void };
    let mut room = [U::default(); 300];
    // SAFETY: the size is that of the buffer, and the tables give the arguments that their texts ask for.
    match unsafe { format_message(&request, room.as_mut_ptr(), 300) } {
        0 => Err(last_error()),
        len => Ok(U::to_os(&room[..len as usize]).into_string().unwrap()),
    }
}

fn text(source: &str, arguments: &[u64]) -> Result<String, u32> {
    check(FROM_STRING, source, 0, arguments)
}

#[test]
fn every_error_has_its_sentence() {
    let codes = Win32Error::all().map(|error| error.0).chain(WsaError::all().map(|error| error.0));
    for code in codes.chain(more::MORE.iter().map(|row| row.0)) {
        let message = check(FROM_SYSTEM | IGNORE_INSERTS, "", code, &[]).unwrap();
        assert!(
            message.ends_with(".\r\n") && message.len() > 10 && !message.contains("no description"),
            "{code}: {message}"
        );
        let one_line = check(FROM_SYSTEM | MAX_WIDTH_MASK, "", code, &[]).unwrap();
        assert_eq!(one_line, message.replace("\r\n", " "), "{code}");
        let wrapped = check(FROM_SYSTEM | 40, "", code, &[]).unwrap();
        assert!(wrapped.lines().all(|line| line.len() <= 40), "{code}: {wrapped:?}");
    }
    assert!(more::MORE.is_sorted_by(|a, b| a.0 < b.0));
}

#[test]
fn numbers_that_are_not_codes() {
    assert_eq!(check(FROM_SYSTEM, "", 0x2000_0123, &[]), Err(317));
    assert_eq!(check(FROM_SYSTEM, "", 0x8007_0005, &[]), check(FROM_SYSTEM, "", 5, &[]));
    assert_eq!(check(FROM_HMODULE, "", 0xC000_0022, &[]), check(FROM_SYSTEM, "", 5, &[]));
    assert_eq!(check(FROM_HMODULE | FROM_SYSTEM, "", 5, &[]), check(FROM_SYSTEM, "", 5, &[]));
    assert_eq!(check(FROM_HMODULE, "", 5, &[]), Err(317));
    assert_eq!(check(0, "", 5, &[]), Err(87));
}

#[test]
fn inserts() {
    let (narrow, other) = (c"one".as_ptr() as u64, c"two".as_ptr() as u64);
    let numbers = [42, 0xFFFF_FFFF, 7];
    assert_eq!(run::<u8>(FROM_STRING, "%2 %1!s! %1!-5s!| %%", 0, &[narrow, other]), Ok("two one one  | %".into()));
    assert_eq!(run::<u16>(FROM_STRING, "%2!hs!%1!S!", 0, &[narrow, other]), Ok("twoone".into()));
    assert_eq!(text("%1!d! %2!d! %3!04X! %2!u!", &numbers), Ok("42 -1 0007 4294967295".into()));
    assert_eq!(text("%1!*d!|%3!I64u!", &[5, 42, 7]), Ok("   42|7".into()));
    assert_eq!(
        run::<u8>(FROM_STRING, "%1!*.*s! %4 %5!*s!", 0, &[4, 2, narrow, other, 6, narrow]),
        Ok("  on two    one".into())
    );
    assert_eq!(check(FROM_STRING | IGNORE_INSERTS, "%1 %2!d!%n", 0, &[]), Ok("%1 %2!d!\r\n".into()));
    assert_eq!(text("%1", &[]), Err(87));
    assert_eq!(text("%1!d", &[1]), Err(87));
    assert_eq!(text("end %", &[1]), Err(87));
}

#[test]
fn escapes_and_lines() {
    assert_eq!(text("a%nb%tc%.%!% d%0never", &[]), Ok("a\r\nb\tc.! d".into()));
    assert_eq!(text("a\nb\r\nc\rd", &[]), Ok("a\r\nb\r\nc\r\nd".into()));
    assert_eq!(check(FROM_STRING | 0xFF, "a\nb\r\nc%nd", 0, &[]), Ok("a b c\r\nd".into()));
    assert_eq!(check(FROM_STRING | 9, "the quick brown fox", 0, &[]), Ok("the quick\r\nbrown fox".into()));
}

#[test]
fn the_buffer_is_made_or_must_suffice() {
    let mut made: *mut u16 = std::ptr::null_mut();
    let mut room = [0u8; 8];
    // SAFETY: the sizes are those of the buffers; the pointer has a place.
    unsafe {
        let flags = ALLOCATE_BUFFER | FROM_SYSTEM | IGNORE_INSERTS;
        let at = std::ptr::from_mut(&mut made).cast();
        let len = ovl_FormatMessageW(flags, std::ptr::null(), 2, 0x409, at, 0, std::ptr::null_mut());
        assert_eq!((len as usize, ovl_LocalSize(made.cast())), (crate::text::len(made), (len as usize + 1) * 2));
        assert!(ovl_LocalFree(made.cast()).is_null());
        assert_eq!(ovl_FormatMessageW(flags, std::ptr::null(), 0x2000_0000, 0, at, 0, std::ptr::null_mut()), 0);
        assert!(made.is_null());
        let at = room.as_mut_ptr().cast();
        assert_eq!(ovl_FormatMessageA(FROM_SYSTEM, std::ptr::null(), 2, 0, at, 8, std::ptr::null_mut()), 0);
        assert_eq!((last_error(), room), (122, [0; 8]));
        let fit = ovl_FormatMessageA(FROM_STRING, c"1234567".as_ptr().cast(), 0, 0, at, 8, std::ptr::null_mut());
        assert_eq!((fit, &room), (7, b"1234567\0"));
        assert_eq!(
            ovl_FormatMessageA(FROM_SYSTEM, std::ptr::null(), 2, 0, std::ptr::null_mut(), 8, std::ptr::null_mut()),
            0
        );
    }
}
