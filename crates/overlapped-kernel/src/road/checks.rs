//! What is looked at before a device sees a transfer, in the order of contract 02 section 13.

use super::{Place, Transfer};
use crate::instance::Instance;
use crate::request::{Function, Position};
use overlapped_abi::{AccessMask, Win32Error};

const OFFSET_END: u64 = u64::MAX;
const OFFSET_POINTER: u64 = u64::MAX - 1;

/// 5 unless these rights are enough to read or to write.
#[inline]
pub fn permit(function: Function, access: AccessMask) -> Result<(), Win32Error> {
    let needed = match function {
        Function::Read => AccessMask::READ_DATA,
        Function::Write => AccessMask::WRITE_DATA | AccessMask::APPEND_DATA,
        Function::Flush | Function::Control | Function::Lock { .. } | Function::Copy => return Ok(()),
    };
    if access.intersects(needed) { Ok(()) } else { Err(Win32Error::ACCESS_DENIED) }
}

impl Instance {
    /// The checks of a transfer, and what the handle's right says about its place.
    #[inline(always)]
    pub(super) fn admit(&self, access: AccessMask, transfer: &mut Transfer) -> Result<(), Win32Error> {
        self.check(access, transfer)?;
        if transfer.function == Function::Write && access.is_append_only() {
            // Whatever the pointer or the offset says (contract 02 section 12); the handle's right, not the instance's.
            transfer.place = Place::Offset(OFFSET_END);
        }
        Ok(())
    }

    #[inline(always)]
    fn check(&self, access: AccessMask, transfer: &Transfer) -> Result<(), Win32Error> {
        permit(transfer.function, access)?;
        if self.is_overlapped() && !transfer.overlapped_call() && self.device().requires_overlapped() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if transfer.route.routine.is_some() && (!self.is_overlapped() || self.is_associated()) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        transfer.check_memory()
    }

    /// The meaning of an offset, or 87 (contract 02 section 12). `pointer`: where the file pointer stands, if the call may use it.
    #[inline]
    pub(super) fn position(
        &self,
        function: Function,
        place: Place,
        pointer: Option<u64>,
    ) -> Result<Position, Win32Error> {
        let at = match place {
            _ if !self.device().seekable() => return Ok(Position::At(0)),
            Place::Pointer => {
                return pointer.map(Position::At).ok_or(Win32Error::INVALID_PARAMETER);
            }
            Place::Offset(at) => at,
        };
        match (at, function, pointer) {
            (OFFSET_END, Function::Write, _) => Ok(Position::End),
            (OFFSET_POINTER, _, Some(pointer)) => Ok(Position::At(pointer)),
            (at, _, _) if i64::try_from(at).is_err() => Err(Win32Error::INVALID_PARAMETER),
            (at, _, _) => Ok(Position::At(at)),
        }
    }

    #[inline(always)]
    pub(super) fn overlapped_position(&self, transfer: &Transfer) -> Result<Position, Win32Error> {
        match self.position(transfer.function, transfer.place, None) {
            // A request of no bytes succeeds before anybody looks at its offset.
            Err(_) if transfer.buffer.len == 0 => Ok(Position::At(0)),
            position => position,
        }
    }
}

impl Transfer {
    /// Step 6 of contract 02 section 13: the whole buffer is there, or nothing is transferred.
    #[inline]
    fn check_memory(&self) -> Result<(), Win32Error> {
        match (self.probe, self.function) {
            (Some(usable), function) if self.buffer.len > 0 && !usable(function, &self.buffer) => Err(match function {
                Function::Read => Win32Error::NOACCESS,
                _ => Win32Error::INVALID_USER_BUFFER,
            }),
            _ => Ok(()),
        }
    }
}
