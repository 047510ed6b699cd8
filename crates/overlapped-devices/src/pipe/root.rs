//! `\\.\pipe\`, the place where all pipes are: who waits for an instance of a name to listen waits here (contract 01 §6, 07 §1.4).

use super::device::{Job, started};
use super::names::Names;
use super::party::{Party, ended_early};
use super::state::Verdict;
use overlapped_abi::Status;
use overlapped_kernel::device::{Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::request::{Completion, Request, RequestRef};
use std::any::Any;
use std::sync::Arc;

/// See the module page.
pub(super) struct RootDevice {
    pub names: Arc<Names>,
}

impl Device for RootDevice {
    fn file_type(&self) -> FileType {
        FileType::Pipe
    }

    fn requires_overlapped(&self) -> bool {
        false
    }

    fn serializes(&self) -> bool {
        false
    }

    fn start(&self, request: &Request) -> Start {
        match Job::of(request) {
            Some(Job::Wait(name)) => started(self.names.wait(name, None)),
            _ => Start::Failed(Status::INVALID_DEVICE_REQUEST),
        }
    }

    fn enqueue(&self, request: RequestRef) {
        let Some(Job::Wait(name)) = Job::of(&request) else {
            return request.complete(Completion::failure(Status::INVALID_DEVICE_REQUEST));
        };
        match self.names.wait(name, Some(Party::Local(Arc::clone(&request)))) {
            // A cancellation before it was there has not found it.
            Verdict::Wait if request.is_cancelling() => drop(self.cancel(&request)),
            Verdict::Wait => {}
            Verdict::Done(completion) => request.complete(completion),
            Verdict::Failed(status) => request.complete(Completion::failure(status)),
        }
    }

    fn cancel(&self, request: &RequestRef) -> bool {
        let Some(Job::Wait(name)) = Job::of(request) else { return false };
        if self.names.take_out(Some(name), |who| who.is(request)).is_some() {
            request.complete(ended_early(request));
        }
        true
    }

    fn resume(&self, _request: &Request, _result: RawResult) -> Next {
        // It hands out no operation that could have a result.
        Next::Complete(Completion::failure(Status::INVALID_DEVICE_REQUEST))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
