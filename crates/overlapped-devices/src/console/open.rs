//! CONIN$, CONOUT$ and CON by name: the process' own terminal, whatever its standard handles are (contract 09 §2, §7).
//!
//! The descriptor is open for one direction only, which tells what kind of handle it is; the handle has the rights that were asked for.

use crate::FileDriver;
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::device::{OpenParams, Opened};
use overlapped_kernel::namespace::Target;
use rustix::fs::{CWD, Mode, OFlags};

/// Where Linux has it.
const TERMINAL: &str = "/dev/tty";

/// Opens what the target names, if that is a console: 6 without a terminal, 87 for a disposition that none is, or for both
/// directions of CON.
pub(crate) fn open(files: &FileDriver, target: &Target, params: &OpenParams) -> Option<Result<Opened, Win32Error>> {
    let access = params.access.map_generic_file();
    let (reads, writes) = (access.contains(AccessMask::READ_DATA), access.contains(AccessMask::WRITE_DATA));
    let direction = match target {
        Target::ConsoleInput => OFlags::RDONLY,
        Target::ConsoleOutput => OFlags::WRONLY,
        Target::Console if reads && !writes => OFlags::RDONLY,
        Target::Console if writes && !reads => OFlags::WRONLY,
        Target::Console => return Some(Err(Win32Error::INVALID_PARAMETER)),
        _ => return None,
    };
    if params.disposition > 5 {
        return Some(Err(Win32Error::INVALID_PARAMETER));
    }
    let fd = rustix::fs::openat(CWD, TERMINAL, direction | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty());
    let opened = fd.map_err(|_| Win32Error::INVALID_HANDLE).and_then(|fd| files.adopt(fd, false));
    let access = access | AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES;
    Some(opened.map(|opened| Opened { access, existed: false, ..opened }))
}
