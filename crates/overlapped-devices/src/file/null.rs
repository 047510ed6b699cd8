//! NUL, the device that is always empty and never full (contract 01 §3).
//!
//! It has no descriptor: nothing asks Linux for what is known beforehand.

use overlapped_abi::{AccessMask, FileFlags, Status};
use overlapped_kernel::device::{Bequest, Device, FileType, Next, OpenParams, Opened, Start, bequest};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Completion, Function, Request};
use overlapped_kernel::system::Grant;
use std::any::Any;
use std::sync::Arc;

/// See the module page.
pub(crate) struct NullDevice;

/// Opens NUL: for anything, by any disposition, whoever else has it open.
pub(crate) fn open(params: &OpenParams) -> Opened {
    let mut access = params.access.map_generic_file() | AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES;
    if access.contains(AccessMask::MAXIMUM_ALLOWED) {
        access = access.difference(AccessMask::MAXIMUM_ALLOWED) | AccessMask::FILE_ALL_ACCESS;
    }
    let overlapped = params.flags.contains(FileFlags::OVERLAPPED);
    Opened { device: Arc::new(NullDevice), access, overlapped, existed: false }
}

/// Is it NUL?
#[must_use]
pub fn is_null(grant: &Grant) -> bool {
    grant.instance.device().as_any().is::<NullDevice>()
}

/// NUL of a parent process.
pub(crate) fn inherit(overlapped: bool) -> Opened {
    Opened { device: Arc::new(NullDevice), access: AccessMask::FILE_ALL_ACCESS, overlapped, existed: true }
}

// SAFETY: a write counts what it was given, and nothing else counts anything.
unsafe impl Device for NullDevice {
    fn file_type(&self) -> FileType {
        FileType::Char
    }

    fn start(&self, request: &Request) -> Start {
        let len = request.buffer().len;
        match request.function() {
            Function::Read if len > 0 => Start::Failed(Status::END_OF_FILE),
            Function::Write => Start::Done(Completion::success(len)),
            Function::Copy => Start::Failed(Status::INVALID_DEVICE_REQUEST),
            Function::Read | Function::Flush | Function::Control | Function::Lock { .. } => {
                Start::Done(Completion::success(0))
            }
        }
    }

    fn resume(&self, _request: &Request, _result: RawResult) -> Next {
        // It hands out no operation that could have a result.
        Next::Complete(Completion::failure(Status::INVALID_DEVICE_REQUEST))
    }

    fn bequeath(&self, instance: &Instance) -> Option<Bequest> {
        let (descriptor, keep, bytes) = (None, None, Vec::new());
        Some(Bequest { kind: bequest::NULL, overlapped: instance.is_overlapped(), descriptor, keep, bytes })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
