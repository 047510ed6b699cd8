//! The converters of libc.

use std::ffi::{CString, c_char};
use std::ptr::null_mut;

/// A converter of libc.
pub(super) struct Iconv(libc::iconv_t);

/// What stands for input that cannot be converted.
pub(super) struct Instead {
    /// The output.
    pub(super) put: Vec<u8>,
    /// Bytes of the input that it stands for.
    pub(super) skip: usize,
    /// Does it count as replaced?
    pub(super) lossy: bool,
}

/// A byte alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum One {
    /// Is this unit.
    Unit(u16),
    /// Is the beginning of something.
    More,
    /// Means nothing.
    None,
}

impl Iconv {
    pub(super) fn open(to: &str, from: &str) -> Option<Self> {
        let (to, from) = (CString::new(to).ok()?, CString::new(from).ok()?);
        // SAFETY: two strings.
        let handle = unsafe { libc::iconv_open(to.as_ptr(), from.as_ptr()) };
        (handle as isize != -1).then_some(Self(handle))
    }

    /// What a byte alone is, to UTF-16LE.
    pub(super) fn one(&self, byte: u8) -> One {
        let (mut out, mut left, mut room) = ([0u8; 8], 1, 8);
        let (mut from, mut to) = ((&raw const byte).cast::<c_char>().cast_mut(), out.as_mut_ptr().cast::<c_char>());
        // SAFETY: both pointers have the lengths that are given with them; NULL asks for what was kept back, and to begin anew.
        let converted = unsafe {
            let converted = libc::iconv(self.0, &mut from, &mut left, &mut to, &mut room) != usize::MAX;
            let more = !converted && std::io::Error::last_os_error().raw_os_error() == Some(libc::EINVAL);
            libc::iconv(self.0, null_mut(), null_mut(), &mut to, &mut room);
            if more {
                return One::More;
            }
            converted
        };
        if converted && room == 6 { One::Unit(u16::from_le_bytes([out[0], out[1]])) } else { One::None }
    }

    /// Converts all of it; `instead` says what stands for the beginning of a rest that cannot be.
    pub(super) fn run(&self, input: &[u8], instead: impl Fn(&[u8]) -> Instead) -> (Vec<u8>, bool) {
        let mut out = vec![0u8; input.len() * 4 + 16];
        let (mut from, mut left) = (input.as_ptr().cast::<c_char>().cast_mut(), input.len());
        let (mut done, mut lossy) = (0, false);
        while left > 0 {
            let (mut to, mut room) = (out[done..].as_mut_ptr().cast::<c_char>(), out.len() - done);
            // SAFETY: both pointers have the lengths that are given with them.
            let failed = unsafe { libc::iconv(self.0, &mut from, &mut left, &mut to, &mut room) } == usize::MAX;
            done = out.len() - room;
            if !failed {
                break;
            }
            if std::io::Error::last_os_error().raw_os_error() == Some(libc::E2BIG) {
                out.resize(out.len() * 2, 0);
                continue;
            }
            let other = instead(&input[input.len() - left..]);
            lossy |= other.lossy;
            let skip = other.skip.clamp(1, left);
            from = from.wrapping_add(skip);
            left -= skip;
            out.truncate(done);
            out.extend_from_slice(&other.put);
            done = out.len();
            out.resize(done + left * 4 + 16, 0);
        }
        out.truncate(done);
        (out, lossy)
    }
}

impl Drop for Iconv {
    fn drop(&mut self) {
        // SAFETY: open until here.
        unsafe { libc::iconv_close(self.0) };
    }
}
