//! Operations as Linux reads them from a ring, and results as it writes them.

use super::flights::CANCEL;
use crate::direct;
use io_uring::{opcode, squeue, types};
use overlapped_kernel::engine::{Kind, Mode, Operation, RawResult};
use rustix::io::Errno;

/// Linux transfers no more than this at a time, and a ring's length field holds no more than 32 bits.
const MAX_TRANSFER: usize = 0x7fff_f000;

/// The entry for an operation.
pub(super) fn transfer(operation: &Operation, tag: u64) -> squeue::Entry {
    let fd = types::Fd(operation.fd);
    let len = operation.len.min(MAX_TRANSFER) as u32;
    let offset = if operation.mode.contains(Mode::STREAM) { u64::MAX } else { operation.offset };
    let entry = match operation.kind {
        Kind::Read => opcode::Read::new(fd, operation.buffer, len).offset(offset).build(),
        Kind::Write => opcode::Write::new(fd, operation.buffer.cast_const(), len)
            .offset(offset)
            .rw_flags(direct::write_flags(operation) as _)
            .build(),
        Kind::Sync => opcode::Fsync::new(fd).build(),
    };
    entry.user_data(tag)
}

/// The entry that asks for the end of another.
pub(super) fn cancel(tag: u64) -> squeue::Entry {
    opcode::AsyncCancel::new(tag).build().user_data(tag | CANCEL)
}

/// What a completion's number means.
pub(super) fn result(number: i32) -> RawResult {
    usize::try_from(number).map_err(|_| Errno::from_raw_os_error(number.wrapping_neg()))
}
