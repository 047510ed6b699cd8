//! `system`: commands.
//!
//! Most are for the shell that is here. A few belong to the other shell itself, and console programs end or begin with them: `pause`,
//! `cls`, `color`, `title` and `chcp` are done here, also in capitals and with their output sent to `nul`. In all others `> nul` is `/dev/null`.

use super::conio::ovl__getch;
use super::files::ovl__flushall;
use super::invalid;
use crate::arguments::pair;
use crate::consoleapi::ovl_GetStdHandle;
use crate::consoleapi::screen::ovl_SetConsoleTextAttribute;
use crate::support::guard;
use crate::text::{Unit, units};
use libc::{EINVAL, FILE};
use overlapped_abi::constants::handle::STD_OUTPUT_HANDLE;
use overlapped_devices::console::own::{Lent, existing};
use overlapped_kernel::port::blocking;
use std::ffi::{CString, OsStr, OsString, c_int};
use std::fs::File;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::ptr::null_mut;

/// Grey on black.
const USUAL_COLOURS: u16 = 0x07;

pair! {
    /// system, _wsystem: what the command ended with, −1 if it could not run; 1 for NULL, as there is a shell.
    fn ovl_system ovl__wsystem(command: *const C) -> c_int {
        if command.is_null() {
            return 1;
        }
        guard(-1, || {
            // SAFETY: the caller vouches for the command.
            let command = C::to_os(unsafe { units(command) });
            ovl__flushall();
            own(&command).unwrap_or_else(|| of_the_shell(&command))
        })
    }
}

pair! {
    /// _popen, _wpopen: the command with one end of a pipe; `mode` is `r` or `w`, with `t` or `b`. NULL/22 for anything else.
    fn ovl__popen ovl__wpopen(command: *const C, mode: *const C) -> *mut FILE {
        guard(null_mut(), || {
            if command.is_null() || mode.is_null() {
                invalid(EINVAL);
                return null_mut();
            }
            // SAFETY: the caller vouches for both.
            let (command, mode) = unsafe { (C::to_os(units(command)), C::to_os(units(mode))) };
            let mode = match mode.as_bytes().first() {
                Some(b'r') => c"re",
                Some(b'w') => c"we",
                _ => {
                    invalid(EINVAL);
                    return null_mut();
                }
            };
            ovl__flushall();
            let Ok(command) = CString::new(with_null_device(&command).into_vec()) else { return null_mut() };
            let _lent = Lent::new();
            // SAFETY: strings with their zeros.
            unsafe { libc::popen(command.as_ptr(), mode.as_ptr()) }
        })
    }
}

/// _pclose: what the command ended with; −1 for a stream that _popen has not opened.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__pclose(stream: *mut FILE) -> c_int {
    if stream.is_null() {
        invalid(EINVAL);
        return -1;
    }
    // SAFETY: the caller vouches for the stream.
    match blocking(|| unsafe { libc::pclose(stream) }) {
        status if status >= 0 && libc::WIFEXITED(status) => libc::WEXITSTATUS(status),
        status if status >= 0 => 128 + libc::WTERMSIG(status),
        failed => failed,
    }
}

/// A child like any other, so that it inherits handles.
fn of_the_shell(command: &OsStr) -> c_int {
    let _lent = Lent::new();
    super::spawn::shell(&with_null_device(command)).unwrap_or(-1)
}

/// The command with redirections to and from `nul` as the shell here knows them.
fn with_null_device(command: &OsStr) -> OsString {
    let bytes = command.as_bytes();
    let (mut out, mut quote, mut at) = (Vec::with_capacity(bytes.len()), None, 0);
    while let Some(&byte) = bytes.get(at) {
        out.push(byte);
        at += 1;
        match (byte, quote) {
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            (b'<' | b'>', None) => {
                let name = bytes[at..].trim_ascii_start();
                let ends = |byte: &u8| byte.is_ascii_whitespace() || b"&|;<>()".contains(byte);
                let is_null = name.get(..3).is_some_and(|name| name.eq_ignore_ascii_case(b"nul"));
                if is_null && name.get(3).is_none_or(ends) {
                    out.extend(b"/dev/null");
                    at = bytes.len() - name.len() + 3;
                }
            }
            _ => {}
        }
    }
    OsString::from_vec(out)
}

/// Does a command that no program of this name exists for; `None` for any other.
fn own(command: &OsStr) -> Option<c_int> {
    let text = command.to_str()?.trim().trim_start_matches('@');
    let (text, quiet) = match text.split_once('>') {
        Some((text, to)) if to.trim().eq_ignore_ascii_case("nul") => (text.trim_end(), true),
        Some(_) => return None,
        None => (text, false),
    };
    let (name, rest) = text.split_once(char::is_whitespace).map_or((text, ""), |(name, rest)| (name, rest.trim()));
    let say = |text: &str| quiet || print(text.as_bytes());
    let done = match name.to_ascii_lowercase().as_str() {
        "pause" if rest.is_empty() => {
            say("Press any key to continue . . . ");
            ovl__getch();
            say("\n")
        }
        "cls" if rest.is_empty() => {
            let done = say(if on_terminal() { "\x1b[H\x1b[2J\x1b[3J" } else { "\x0C" });
            if let Some(console) = existing().filter(|_| !quiet) {
                // A console that was let go of has nothing to be cleared.
                let _ = console.was_cleared();
            }
            done
        }
        "title" => !on_terminal() || print(format!("\x1b]0;{rest}\x07").as_bytes()),
        "color" => colours(rest),
        // Text is UTF-8 here, whatever page is asked for.
        "chcp" if rest.bytes().all(|digit| digit.is_ascii_digit()) => say("Active code page: 65001\n"),
        _ => return None,
    };
    Some(c_int::from(!done))
}

/// `color`: a digit for the background, one for the text; one alone is the text's. Equal ones are refused.
fn colours(digits: &str) -> bool {
    let attributes = match (digits, u16::from_str_radix(digits, 16)) {
        ("", _) => USUAL_COLOURS,
        (_, Ok(both)) if digits.len() <= 2 && both >> 4 != both & 15 => both,
        _ => return false,
    };
    ovl_SetConsoleTextAttribute(ovl_GetStdHandle(STD_OUTPUT_HANDLE), attributes);
    true
}

fn on_terminal() -> bool {
    // SAFETY: asks about a descriptor.
    unsafe { libc::isatty(1) == 1 }
}

fn print(text: &[u8]) -> bool {
    // SAFETY: the file is never dropped, so the descriptor stays the program's.
    let mut output = ManuallyDrop::new(unsafe { File::from_raw_fd(1) });
    output.write_all(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::of;

    #[test]
    fn nul_is_the_null_device_where_output_goes() {
        for (command, wanted) in [
            ("dir >NUL 2>nul", "dir >/dev/null 2>/dev/null"),
            ("a>> nul&b < nul", "a>>/dev/null&b </dev/null"),
            ("echo nul '> nul' \"> nul\" > nullify", "echo nul '> nul' \"> nul\" > nullify"),
            ("echo >", "echo >"),
        ] {
            assert_eq!(with_null_device(OsStr::new(command)), wanted);
        }
    }

    #[test]
    fn commands_of_the_shell_here_and_of_the_other_one() {
        // SAFETY: strings.
        unsafe {
            assert_eq!((ovl_system(c"exit 3".as_ptr().cast()), ovl_system(std::ptr::null())), (3, 1));
            assert_eq!((ovl__wsystem(of::<u16>("exit 4\0").as_ptr()), ovl__wsystem(std::ptr::null())), (4, 1));
        }
        for (command, outcome) in [
            ("cls > nul", Some(0)),
            (" @CHCP 65001 >NUL", Some(0)),
            ("color 77", Some(1)),
            ("color 123", Some(1)),
            ("color xy", Some(1)),
            ("pause && ls", None),
            ("cls > somewhere", None),
            ("echo title", None),
        ] {
            assert_eq!(own(OsStr::new(command)), outcome, "{command}");
        }
    }
}
