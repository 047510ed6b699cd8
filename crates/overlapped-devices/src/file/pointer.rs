//! The file pointer (contract 02 §2). It lives in the instance, or in the descriptor where that was adopted; here are the rules
//! for moving it.

use super::direct::Sectors;
use super::null::is_null;
use super::{device_of, errors};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::file::{FILE_BEGIN, FILE_CURRENT, FILE_END};
use overlapped_kernel::device::Device;
use overlapped_kernel::system::Grant;

/// SetFilePointerEx: where the pointer is now. 87 for another method, for a result past 2^63 and, with NO_BUFFERING, for
/// one that is no sector multiple; 131 before the start; 132 on a device without positions, 1 on what is no file.
pub fn set_pointer(grant: &Grant, distance: i64, method: u32) -> Result<u64, Win32Error> {
    move_pointer(grant, distance, method, i64::MAX as u64)
}

/// SetFilePointer without a high part: 87 for a result that needs more than 32 bits.
pub fn set_pointer_low(grant: &Grant, distance: i32, method: u32) -> Result<u32, Win32Error> {
    let at = move_pointer(grant, i64::from(distance), method, u64::from(u32::MAX))?;
    Ok(at as u32)
}

fn move_pointer(grant: &Grant, distance: i64, method: u32, most: u64) -> Result<u64, Win32Error> {
    if let Some((length, sectors)) = crate::disk::places(grant) {
        let mut pointer = grant.instance.pointer();
        *pointer = moved(*pointer, length, distance, method, most, Some(sectors))?;
        return Ok(*pointer);
    }
    if is_null(grant) && !grant.instance.is_overlapped() {
        // The pointer of a synchronous instance is its own, whatever the device; NUL ends at 0.
        let mut pointer = grant.instance.pointer();
        *pointer = moved(*pointer, Some(0), distance, method, most, None)?;
        return Ok(*pointer);
    }
    let device = device_of(grant)?;
    if device.kind().is_stream() {
        return Err(Win32Error::SEEK_ON_DEVICE);
    }
    if !device.seekable() {
        return Err(Win32Error::INVALID_FUNCTION);
    }
    let mut pointer = grant.instance.pointer();
    let (here, length) = (device.cursor().unwrap_or(*pointer), if method == FILE_END { device.length() } else { None });
    let at = moved(here, length, distance, method, most, device.sectors())?;
    device.set_cursor(at).map_err(errors::other)?;
    *pointer = at;
    Ok(at)
}

/// Where a pointer that is at `here` goes.
fn moved(
    here: u64,
    length: Option<u64>,
    distance: i64,
    method: u32,
    most: u64,
    sectors: Option<&Sectors>,
) -> Result<u64, Win32Error> {
    let base = match method {
        FILE_BEGIN => 0,
        FILE_CURRENT => here,
        FILE_END => length.ok_or(Win32Error::INVALID_FUNCTION)?,
        _ => return Err(Win32Error::INVALID_PARAMETER),
    };
    let Some(at) = base.checked_add_signed(distance) else {
        return Err(if distance < 0 { Win32Error::NEGATIVE_SEEK } else { Win32Error::INVALID_PARAMETER });
    };
    let fits = at <= most && sectors.is_none_or(|sectors| sectors.fits(at));
    if fits { Ok(at) } else { Err(Win32Error::INVALID_PARAMETER) }
}
