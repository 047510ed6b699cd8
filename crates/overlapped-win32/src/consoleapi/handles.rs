//! Which handles are a console's, and of which part.

use crate::arguments::grant;
use crate::support::RawHandle;
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_devices::console::{Console, ScreenId, Side, console_of};
use overlapped_kernel::instance::Instance;
use std::sync::Arc;

unsafe extern "C" {
    static stdout: *mut libc::FILE;
}

/// A handle of a console.
pub(super) struct Held {
    pub(super) console: Arc<Console>,
    pub(super) side: Side,
    pub(super) instance: Arc<Instance>,
    access: AccessMask,
}

/// The console that the handle belongs to; 6 if it belongs to none.
pub(super) fn held(file: RawHandle) -> Result<Held, Win32Error> {
    let grant = grant(super::meant(file))?;
    let (console, side) = console_of(&grant.instance).ok_or(Win32Error::INVALID_HANDLE)?;
    Ok(Held { console: Arc::clone(console), side, access: grant.access, instance: Arc::clone(&grant.instance) })
}

impl Held {
    fn needs(self, right: AccessMask) -> Result<Self, Win32Error> {
        if self.access.contains(right) { Ok(self) } else { Err(Win32Error::ACCESS_DENIED) }
    }

    /// 5 unless it may be asked.
    pub(super) fn readable(self) -> Result<Self, Win32Error> {
        self.needs(AccessMask::READ_DATA)
    }

    /// 5 unless it may be changed.
    pub(super) fn writable(self) -> Result<Self, Win32Error> {
        self.needs(AccessMask::WRITE_DATA)
    }

    /// The screen buffer; 6 for an input handle.
    fn screen(self) -> Result<(Arc<Console>, ScreenId), Win32Error> {
        match self.side {
            Side::Screen(id) => Ok((self.console, id)),
            Side::Input => Err(Win32Error::INVALID_HANDLE),
        }
    }
}

/// A screen buffer that is asked something; 6 for what is none, 5 without the right.
pub(super) fn asked(file: RawHandle) -> Result<(Arc<Console>, ScreenId), Win32Error> {
    held(file).and_then(of_screen)?.readable()?.screen()
}

/// A screen buffer that is changed; 6 for what is none, 5 without the right.
pub(super) fn changed(file: RawHandle) -> Result<(Arc<Console>, ScreenId), Win32Error> {
    held(file).and_then(of_screen)?.writable()?.screen()
}

fn of_screen(held: Held) -> Result<Held, Win32Error> {
    if held.side == Side::Input { Err(Win32Error::INVALID_HANDLE) } else { Ok(held) }
}

/// An input handle; 6 for any other.
pub(super) fn input(file: RawHandle) -> Result<Held, Win32Error> {
    held(file).and_then(|held| if held.side == Side::Input { Ok(held) } else { Err(Win32Error::INVALID_HANDLE) })
}

/// What the program has printed goes first: Windows' standard output has no buffer on a console, and libc's keeps a line.
pub(super) fn print_first() {
    // SAFETY: libc's own stream, which is there as long as the process.
    unsafe { libc::fflush(stdout) };
}
