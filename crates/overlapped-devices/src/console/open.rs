//! CONIN$, CONOUT$ and CON by name: the process' own console, whatever its standard handles are (contract 09 §2, §7).

use super::{ConsoleDevice, ScreenId, Side, own};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::device::{OpenParams, Opened};
use overlapped_kernel::namespace::Target;
use std::sync::Arc;

/// Rights that somebody can ask for: those of files, the generic ones, and the most that there is.
const VALID: u32 = 0xF31F_01FF;
/// ACCESS_SYSTEM_SECURITY, for which nobody here has the privilege.
const SYSTEM_SECURITY: u32 = 0x0100_0000;

/// Opens what the target names, if that is a console: 6 if the process has none, 87 for a disposition that none is, for rights that there
/// are not, and for both directions of CON.
pub(crate) fn open(target: &Target, params: &OpenParams) -> Option<Result<Opened, Win32Error>> {
    let access = params.access.map_generic_file();
    let (reads, writes) = (access.contains(AccessMask::READ_DATA), access.contains(AccessMask::WRITE_DATA));
    let input = match target {
        Target::ConsoleInput => true,
        Target::ConsoleOutput => false,
        Target::Console if reads && writes => return Some(Err(Win32Error::INVALID_PARAMETER)),
        Target::Console => !writes,
        _ => return None,
    };
    Some(open_side(input, params))
}

fn open_side(input: bool, params: &OpenParams) -> Result<Opened, Win32Error> {
    let asked = params.access.bits();
    if params.disposition > 5 || asked & !(VALID | SYSTEM_SECURITY) != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if asked & SYSTEM_SECURITY != 0 {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let console = own::get()?;
    let side = if input { Side::Input } else { Side::Screen(console.active()) };
    Ok(opened(ConsoleDevice::new(console, side, None), params.access))
}

fn opened(device: ConsoleDevice, asked: AccessMask) -> Opened {
    let mut access = asked.map_generic_file() | AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES;
    if access.contains(AccessMask::MAXIMUM_ALLOWED) {
        access = access.difference(AccessMask::MAXIMUM_ALLOWED) | AccessMask::FILE_ALL_ACCESS;
    }
    Opened { device: Arc::new(device), access, overlapped: false, existed: false }
}

/// CreateConsoleScreenBuffer on the process' own console: 87 for flags that are not CONSOLE_TEXTMODE_BUFFER, 6 without a console.
pub(super) fn new_screen(access: AccessMask, flags: u32) -> Result<(Opened, ScreenId), Win32Error> {
    if flags != overlapped_abi::constants::console::CONSOLE_TEXTMODE_BUFFER {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let console = own::get()?;
    let id = console.new_screen()?;
    Ok((opened(ConsoleDevice::new(console, Side::Screen(id), None), access), id))
}
